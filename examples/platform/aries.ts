import { answer, ask, hooked, pathOf, problem, quit, readJson, readPlace } from './service.ts'

/**
 * Signalling: a device attaches. Aries keeps nothing; it carries the two halves of the handshake to Leo and back.
 *
 *   POST /attach {imsi}                       {challenge}
 *   POST /attach {imsi, challenge, response}  {attached}
 */
const place = readPlace()
const leo = place.peers[0] ?? quit(2, 'aries needs --peer URL (leo)')
const timeoutMs = 500
let leoAnswers: boolean | null = null
let attached = 0

// Leo's trouble is told, but it is not ours: a status here would have Aries restarted, which mends nothing.
const check = () => ({
  'devices:attached': [{ observedValue: attached, observedUnit: 'devices' }],
  'leo:answers': leoAnswers === null ? [] : [{ observedValue: leoAnswers }],
})

hooked(place, { check }, async (req, res) => {
  if (req.method !== 'POST' || pathOf(req).pathname !== '/attach') return problem(res, 404, 'not-found', 'See POST /attach {imsi}.')
  const body = await readJson(req)
  if (!body) return problem(res, 422, 'bad-request', 'The body must be a JSON object.')
  const half = body.response === undefined ? 'challenges' : 'responses'
  try {
    const told = await ask(`${leo}/${half}`, { method: 'POST', body, timeoutMs })
    leoAnswers = true
    if (told.status !== 200)
      return problem(res, told.status, String(told.body.code ?? 'refused'), String(told.body.title ?? 'Leo refused it.'))
    if (half === 'challenges') return answer(res, 200, { challenge: told.body.challenge })
    if (told.body.accepted !== true) return problem(res, 403, 'not-accepted', 'The card did not give the right response.')
    attached++
    answer(res, 200, { attached: true })
  } catch {
    leoAnswers = false
    problem(res, 503, 'leo-unavailable', `Leo did not answer within ${timeoutMs} ms.`)
  }
})
