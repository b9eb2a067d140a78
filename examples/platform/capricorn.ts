import { answer, hooked, pathOf, problem, readJson, readPlace } from './service.ts'

/**
 * Messaging: a queue per line, in memory.
 *
 *   POST /messages {to, text}   202 {id}, or 429 when it is full
 *   GET  /messages?to=LINE      takes the oldest one: 200 {id, to, text}, or 204
 *
 * Bounded: who sends is told at once that there is no room, instead of a message lost later.
 */
const place = readPlace()
const maxMessages = 10_000
const maxTextLength = 1_000
const queues = new Map<string, { id: number; to: string; text: string }[]>()
let [waiting, lastId] = [0, 0]

const check = () => ({
  'messages:waiting': [
    { observedValue: waiting, observedUnit: 'messages', status: waiting < 0.9 * maxMessages ? ('pass' as const) : ('warn' as const) },
  ],
})

hooked(place, { check }, async (req, res) => {
  const url = pathOf(req)
  if (url.pathname !== '/messages') return problem(res, 404, 'not-found', 'See POST /messages and GET /messages?to=LINE.')
  if (req.method === 'GET') {
    const to = url.searchParams.get('to') ?? ''
    const queue = queues.get(to)
    const message = queue?.shift()
    if (queue?.length === 0) queues.delete(to)
    if (!message) return void res.writeHead(204).end()
    waiting--
    return answer(res, 200, message)
  }
  const body = await readJson(req)
  if (typeof body?.to !== 'string' || typeof body.text !== 'string' || body.text.length > maxTextLength) {
    return problem(res, 422, 'bad-request', `to and text are needed; text has at most ${maxTextLength} characters.`)
  }
  if (waiting >= maxMessages)
    return problem(res, 429, 'queue-full', `${maxMessages} messages wait already; nothing was taken.`, { 'retry-after': '1' })
  const message = { id: ++lastId, to: body.to, text: body.text }
  const queue = queues.get(body.to)
  if (queue) queue.push(message)
  else queues.set(body.to, [message])
  waiting++
  answer(res, 202, { id: message.id })
})
