import { Agent, type IncomingMessage, request } from 'node:http'
import { answer, pathOf, problem, quit, readPlace, serve } from './service.ts'
import { createTally, type Outcome } from './tally.ts'

/**
 * Sends numbered packets through the router at a steady rate and counts what becomes of them (tally.ts says how).
 *
 *   GET /traffic, GET /health   the counts
 *   GET /range                  customers whose packets were refused within the last minute, for the Andon
 *
 * At TERM it prints a summary. It ends by itself after 24 h.
 */
const place = readPlace()
const target = place.peers[0] ?? quit(2, 'traffic needs --peer URL (the router)')
const periodMs = 1_000 / place.rate
const timeoutMs = 1_000
const maxInFlight = 256
const maxLifeMs = 24 * 3_600_000
/** Sessions of this run only: the counters of an earlier run must not hide a loss. */
const sessions = Array.from({ length: 10 }, (_, i) => `t${process.pid}-${i}`)

// Two periods pass between answers even when all is well; five are an interruption.
const tally = createTally({ interruptionMs: Math.max(50, 5 * periodMs) })
const agent = new Agent({ keepAlive: true })
const now = () => performance.now()
let seq = 0
let waiting = 0
/** When each session was refused last. */
const refusedAt = new Map<string, number>()
/** Not sent: too many were in flight, or this process itself was held up. */
let skipped = 0

function send(): void {
  const session = sessions[seq % sessions.length] as string
  const text = JSON.stringify({ session, seq: ++seq })
  const sent = tally.send(session)
  waiting++
  let settled = false
  const settle = (outcome: Outcome) => {
    if (settled) return
    settled = true
    waiting--
    tally.settle(sent, outcome, now())
    if (sent.counted && !('status' in outcome && outcome.status === 200)) refusedAt.set(session, now())
  }
  const headers = { 'content-type': 'application/json', 'content-length': text.length }
  const req = request(`${target}/packets`, { method: 'POST', agent, headers, signal: AbortSignal.timeout(timeoutMs) }, (res) => {
    readBody(res).then(
      (body) => settle(outcomeOf(res, body)),
      (error) => settle({ failed: failureOf(error) }),
    )
  })
  req.on('error', (error) => settle({ failed: failureOf(error) }))
  req.end(text)
}

async function readBody(res: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of res.setEncoding('utf8')) text += chunk
  return text
}

function outcomeOf(res: IncomingMessage, body: string): Outcome {
  const header = (name: string) => res.headers[name]?.toString()
  const packets = Number(/"packets":(\d+)/.exec(body)?.[1] ?? Number.NaN)
  const generation = Number(header('x-generation') ?? Number.NaN)
  return {
    status: res.statusCode ?? 0,
    role: header('x-role'),
    generation,
    member: header('x-member'),
    refusedBy: header('x-refused-by'),
    packets,
  }
}

function failureOf(error: NodeJS.ErrnoException): string {
  return error.name === 'TimeoutError' || error.name === 'AbortError' ? 'timeout' : (error.code ?? error.message)
}

const startedAt = now()
let due = startedAt
const timer = setInterval(
  () => {
    if (now() - startedAt > maxLifeMs) process.kill(process.pid, 'SIGTERM')
    // Held up for longer than a second (a suspended laptop): go on from here, instead of a burst that nobody asked for.
    if (now() - due > 1_000) {
      skipped += Math.floor((now() - due) / periodMs)
      due = now()
    }
    for (; due <= now(); due += periodMs) {
      if (waiting < maxInFlight) send()
      else skipped++
    }
  },
  Math.max(1, Math.min(20, periodMs)),
)

const report = () => {
  const { member, ...counts } = tally.counts(now())
  const rounded = Object.fromEntries(
    Object.entries(counts).map(([key, value]) => [key, typeof value === 'number' ? Math.round(value) : value]),
  )
  return { ...rounded, skipped, member, rate: place.rate, forMs: Math.round(now() - startedAt) }
}

const rangeMs = 60_000
/** Whose sessions are which. */
const customers = [
  { name: 'Osaka Robotics', from: 0, until: 4 },
  { name: 'Kyoto Meters', from: 4, until: 8 },
  { name: 'Nagoya Fleet', from: 8, until: 10 },
]

function range(): object {
  const concerned = (session: string) => now() - (refusedAt.get(session) ?? Number.NEGATIVE_INFINITY) < rangeMs
  const segments = customers.map(({ name, from, until }) => ({ name, count: sessions.slice(from, until).filter(concerned).length }))
  const count = segments.reduce((sum, segment) => sum + segment.count, 0)
  return {
    count,
    of: sessions.length,
    segments: segments.filter((segment) => segment.count > 0),
    confidence: 'high',
    asOf: new Date().toISOString(),
  }
}

function summary(): string {
  const c = tally.counts(now())
  const refusals = Object.entries(c.refusals)
    .map(([reason, n]) => `${n} ${reason}`)
    .join(', ')
  return [
    `traffic: ${c.sent} sent, ${c.answered} answered, ${c.refused} refused${refusals ? ` (${refusals})` : ''}, ${c.inFlight} in flight`,
    `traffic: ${c.byNonActive} answered by a member that was not active, ${c.lost} acknowledged packets lost`,
    `traffic: longest time without a good answer ${Math.round(c.longestGapMs)} ms`,
  ].join('\n')
}

serve(
  place,
  (req, res) => {
    const { pathname } = pathOf(req)
    if (pathname === '/traffic' || pathname === '/health') return answer(res, 200, report())
    if (pathname === '/range') return answer(res, 200, range())
    problem(res, 404, 'not-found', `There is no ${pathname}; see GET /traffic.`)
  },
  () => {
    clearInterval(timer)
    process.stdout.write(`${summary()}\n`)
  },
)
