import { createHmac, randomBytes } from 'node:crypto'
import { answer, hooked, pathOf, problem, readJson, readPlace } from './service.ts'

/**
 * SIM authentication: a challenge, and what a card with the right key answers to it.
 *
 *   POST /challenges {imsi}                      {challenge}
 *   POST /responses {imsi, challenge, response}  {accepted}
 *
 * The response is HMAC-SHA256 of the challenge under the card's key, first 16 hexadecimal digits. Nothing is kept: any
 * member can check what another one asked. Real cards hold a secret key; those of the example derive theirs from the IMSI.
 */
const place = readPlace()
let [asked, accepted] = [0, 0]

const keyOf = (imsi: string) => createHmac('sha256', 'example-operator-key').update(imsi).digest()
const responseTo = (imsi: string, challenge: string) => createHmac('sha256', keyOf(imsi)).update(challenge).digest('hex').slice(0, 16)
const isImsi = (value: unknown): value is string => typeof value === 'string' && /^\d{14,15}$/.test(value)

hooked(place, { check: () => ({ 'responses:accepted': [{ observedValue: accepted, observedUnit: `of ${asked}` }] }) }, async (req, res) => {
  const { pathname } = pathOf(req)
  if (req.method !== 'POST' || !['/challenges', '/responses'].includes(pathname))
    return problem(res, 404, 'not-found', `There is no ${req.method} ${pathname}.`)
  const body = await readJson(req)
  if (!body || !isImsi(body.imsi)) return problem(res, 422, 'bad-request', 'imsi: 14 or 15 digits are needed.')
  if (pathname === '/challenges') return answer(res, 200, { challenge: randomBytes(16).toString('hex') })
  asked++
  const right = body.response === responseTo(body.imsi, String(body.challenge))
  if (right) accepted++
  answer(res, 200, { accepted: right })
})
