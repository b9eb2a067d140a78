import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { fault } from '../../core/errors.ts'
import { ask, hooked, problem, readPlace } from './service.ts'

/**
 * The one address of Polaris: passes requests to the member that it was last told of.
 *
 *   POST /control/route {to: "http://127.0.0.1:PORT" | null, member}    refused (409) when its generation is stale
 *   503 with x-refused-by: router    no route, or the member did not take the request
 *
 * An answer of an older generation than the route's is not passed on: an old active that was frozen and thaws cannot answer
 * users, whatever it believes. The route is kept in a file, so that a restarted router goes on where it was. One that missed
 * its order (it was away while somebody was promoted) looks for a member that is active at a newer generation than its route.
 */
interface Route {
  to: string | null
  member: string | null
  generation: number
}

const place = readPlace()
const routeFile = join(place.folder, 'route.json')
const answerTimeoutMs = 1_000
const maxInFlight = 2_000
const lookEveryMs = 250
const lookTimeoutMs = 200
const hopByHop = ['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade']

let route = readRoute()
let upstream = newUpstream()
let inFlight = 0
let lastProblem = ''
let lookedAt = Number.NEGATIVE_INFINITY

function readRoute(): Route {
  try {
    return JSON.parse(readFileSync(routeFile, 'utf8')) as Route
  } catch {
    return { to: null, member: null, generation: 0 }
  }
}

function newUpstream() {
  return new Agent({ keepAlive: true, maxFreeSockets: 256 })
}

/** Requests under way on the old connections end as they end; what is idle is closed, and nothing new goes there. */
function retire(old: Agent): void {
  old.maxFreeSockets = 0
  for (const sockets of Object.values(old.freeSockets)) for (const socket of sockets ?? []) socket.destroy()
}

/** A full disk must not stop the switch: users are on their way already. */
function keep(kept: Route): void {
  try {
    writeFileSync(`${routeFile}.new`, JSON.stringify(kept))
    renameSync(`${routeFile}.new`, routeFile)
  } catch (error) {
    process.stderr.write(`${place.member}: the route is not kept over a restart: ${error}\n`)
  }
}

function switchTo({ to, member }: Record<string, unknown>, generation: number): void {
  if (to !== null && !(typeof to === 'string' && /^http:\/\/127\.0\.0\.1:\d+$/.test(to)))
    throw fault('bad-request', { problems: 'to: http://127.0.0.1:PORT, or null' })
  // The gate in front of us knows what it was ordered, not what was found by looking.
  if (generation < route.generation) throw fault('stale-generation', { seen: route.generation, member: place.member, given: generation })
  if (to !== route.to) {
    retire(upstream)
    upstream = newUpstream()
  }
  route = { to, member: typeof member === 'string' ? member : null, generation }
  lastProblem = ''
  keep(route)
}

function refuse(res: ServerResponse, code: string, title: string): void {
  lastProblem = title
  void lookForActive()
  if (res.headersSent) res.destroy()
  else problem(res, 503, code, title, { 'x-refused-by': 'router' })
}

/** Asks the members who is active; at most one round at a time, and only while users are refused. */
async function lookForActive(): Promise<void> {
  if (performance.now() - lookedAt < lookEveryMs) return
  lookedAt = performance.now()
  const looks = await Promise.allSettled(place.peers.map((peer) => ask(`${peer}/health`, { timeoutMs: lookTimeoutMs })))
  for (const [i, look] of looks.entries()) {
    if (look.status !== 'fulfilled') continue
    const { role, generation, serviceId } = look.value.body
    // A newer generation is never wrong: only the control plane gives one, and only after the old active was fenced.
    if (role !== 'active' || typeof generation !== 'number' || generation <= route.generation) continue
    switchTo({ to: place.peers[i], member: serviceId }, generation)
  }
}

function forward(req: IncomingMessage, res: ServerResponse) {
  const { to, member } = route
  if (to === null) return refuse(res, 'no-route', 'There is no active member to go to.')
  if (inFlight >= maxInFlight) return refuse(res, 'too-many', `${maxInFlight} requests are under way already.`)
  inFlight++
  res.once('close', () => inFlight--)

  const { hostname, port } = new URL(to)
  const out = request({ hostname, port, path: req.url, method: req.method, headers: passable(req.headers), agent: upstream }, (told) => {
    clearTimeout(late)
    const generation = Number(told.headers['x-generation'] ?? Number.NaN)
    if (generation < route.generation) {
      told.resume()
      return refuse(res, 'old-generation', `${member} answered for generation ${generation}; ${route.member} serves ${route.generation}.`)
    }
    res.writeHead(told.statusCode ?? 502, passable(told.headers))
    told.pipe(res)
    told.once('error', () => res.destroy())
  })
  const late = setTimeout(() => out.destroy(new Error(`no answer within ${answerTimeoutMs} ms`)), answerTimeoutMs)
  out.once('error', (error) => {
    clearTimeout(late)
    refuse(res, 'upstream-refused', `${member} did not answer: ${error.message}.`)
  })
  // A user who hangs up takes his request back.
  res.once('close', () => {
    if (!res.writableFinished) out.destroy()
  })
  req.pipe(out)
}

function passable(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.includes(name)))
}

// No status: without a route, or with a broken member behind it, the router is well. To restart it would help nobody.
const check = () => ({
  'route:target': [{ observedValue: route.member ?? route.to ?? 'none', ...(lastProblem ? { output: lastProblem } : {}) }],
  'requests:inFlight': [{ observedValue: inFlight, observedUnit: 'requests' }],
})

hooked(
  place,
  {
    check,
    on: { route: ({ body, generation }) => switchTo(body, generation) },
    generations: { load: () => route.generation, save: () => {} },
  },
  forward,
)
