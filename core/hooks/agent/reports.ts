import http from 'node:http'
import https from 'node:https'
import type { AgentReport } from '../../api/ports.ts'
import type { Clock } from '../../clock.ts'
import { fault } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { Random } from '../../random.ts'

export interface ReporterOptions {
  agent: string
  /** `token` has the role `agent`. `others`: they share a store with the first, and any of them takes reports. */
  controller: { url: string; token: string; others?: readonly string[] }
  clock: Clock
  random: Random
  log: Log
  /** A controller answered something. */
  onHeard(): void
}

/** Tells the controller what happened, until it says that it has it. */
export interface Reporter {
  /** The first attempt leaves in the tick of the call. */
  send(report: AgentReport): void
  /** Monotonic ms since when reports wait and none was acknowledged; null: none waits. */
  silentSince(): number | null
  /** Whether some controller says within a second that it is well. One that is not takes no action. */
  reachable(): Promise<boolean>
  close(): void
}

interface Waiting {
  report: AgentReport
  key: string
  sending: boolean
  /** A later report of the same member has told more: not sent again. */
  outdated: boolean
}

const maxWaiting = 1_000
const answerLimitMs = 2_000
const reachableLimitMs = 1_000
const firstBackoffMs = 200
const longestBackoffMs = 10_000
/** The controller understood it and will never take it: sending it again would hold up the others. */
const refusedForGood = [400, 413, 422]

/** One controller. One that hangs may hold all of the first connections; whether it is there is asked beside them. */
interface Place {
  base: string
  connections: Record<'POST' | 'GET', http.Agent>
}

function placeOf(url: string): Place {
  const base = url.replace(/\/$/, '')
  const open = (maxSockets: number) =>
    base.startsWith('https:') ? new https.Agent({ keepAlive: true, maxSockets }) : new http.Agent({ keepAlive: true, maxSockets })
  return { base, connections: { POST: open(64), GET: open(1) } }
}

export function startReporter(options: ReporterOptions): Reporter {
  const { agent, clock, random, log, controller } = options
  const places = [controller.url, ...(controller.others ?? [])].map(placeOf)
  const path = `/v1/agents/${encodeURIComponent(agent)}/reports`
  /** Who took the last report, or is to be tried next. */
  let current = places[0] as Place
  const life = clock.now().toString(36)
  let waiting: Waiting[] = []
  let silentSince: number | null = null
  let serial = 0
  let failures = 0
  let retryTimer: (() => void) | null = null
  let delivering = false
  let closed = false

  function ask(
    { base, connections }: Place,
    method: 'GET' | 'POST',
    to: string,
    limitMs: number,
    headers: Record<string, string | number>,
    body?: string,
  ): Promise<number> {
    return new Promise((resolve, reject) => {
      const request = (base.startsWith('https:') ? https : http).request(base + to, { method, agent: connections[method], headers })
      const cancel = clock.after(limitMs, () => request.destroy(fault('target-timeout', { target: base, timeoutMs: limitMs })))
      request.on('response', (response) => {
        response.resume()
        response.on('error', () => {}) // 'close' follows
        response.on('close', () => {
          cancel()
          if (response.complete) resolve(response.statusCode ?? 0)
          else reject(fault('target-unreachable', { target: base, problem: 'the answer was cut' }))
        })
      })
      request.on('error', (error) => {
        cancel()
        reject(error)
      })
      request.end(body)
    })
  }

  const post = ({ report, key }: Waiting, place: Place): Promise<number> => {
    const body = JSON.stringify(report)
    const headers = {
      authorization: `Bearer ${options.controller.token}`,
      'idempotency-key': key,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }
    return ask(place, 'POST', path, answerLimitMs, headers, body)
  }

  /** True: it need not be sent again. Who does not take it costs its answer, or its time limit once; then the next is asked. */
  async function attempt(entry: Waiting): Promise<boolean> {
    entry.sending = true
    try {
      for (let left = places.length; left > 0; left--) {
        const place = current
        if (await attemptAt(entry, place)) return true
        if (closed) return false
        leave(place)
      }
      return false
    } finally {
      entry.sending = false
    }
  }

  /** What is still under way there is not waited for: it goes to the next as well, which knows what it has from its time. */
  function leave(place: Place): void {
    if (places.length === 1 || current !== place) return
    current = places[(places.indexOf(place) + 1) % places.length] as Place
    place.connections.POST.destroy()
  }

  async function attemptAt(entry: Waiting, place: Place): Promise<boolean> {
    const url = place.base + path
    // A kept connection may have been closed from the other side; the key makes a repetition harmless.
    const again = (error: { code?: string }) =>
      error.code === 'ECONNRESET' && !closed && current === place ? post(entry, place) : Promise.reject(error)
    try {
      const status = await post(entry, place).catch(again)
      if (status < 500) options.onHeard()
      const taken = status >= 200 && status < 300
      const refused = refusedForGood.includes(status)
      if (refused) log.error({ ...entry.report, httpStatus: status }, 'the controller refuses this report: it is dropped')
      else if (!taken) log.warn({ httpStatus: status, url }, 'the controller does not take reports')
      return taken || refused
    } catch (error) {
      log.debug({ url, err: error instanceof Error ? error.message : String(error) }, 'report not delivered')
      return false
    }
  }

  async function deliver(entry: Waiting): Promise<boolean> {
    const done = await attempt(entry)
    if (done || entry.outdated) waiting = waiting.filter((other) => other !== entry)
    if (closed) return false
    if (done) {
      failures = 0
      silentSince = waiting.length > 0 ? clock.monotonic() : null
    } else {
      failures++
    }
    return done
  }

  /** The oldest first, one after the other; a failure ends it until the next time. */
  async function deliverAll(): Promise<void> {
    if (delivering) return
    delivering = true
    for (;;) {
      const next = waiting.find((entry) => !entry.sending)
      if (closed || !next || !(await deliver(next))) break
    }
    delivering = false
    retryLater()
  }

  function retryLater() {
    if (closed || retryTimer || !waiting.some((entry) => !entry.sending)) return
    const pauseMs = Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.max(0, failures - 1)) * (0.75 + random.next() / 2)
    retryTimer = clock.after(pauseMs, () => {
      retryTimer = null
      void deliverAll()
    })
  }

  return {
    send(report) {
      const entry: Waiting = {
        report: { ...report, detail: report.detail.slice(0, 500) },
        key: `${agent}/${life}/${++serial}`,
        sending: false,
        outdated: false,
      }
      // "It ended", heard only after it was started again, would have the controller restart what runs.
      if (report.event === 'restarted-locally') outdate(report.member)
      waiting.push(entry)
      if (waiting.length > maxWaiting) waiting.shift()
      silentSince ??= clock.monotonic()
      void deliver(entry).then((done) => {
        if (!done) return retryLater()
        retryTimer?.()
        retryTimer = null
        return deliverAll()
      })
    },
    silentSince: () => silentSince,
    async reachable() {
      const well = async (place: Place) => {
        const status = await ask(place, 'GET', '/health', reachableLimitMs, {}).catch(() => 0)
        if (status > 0) options.onHeard()
        return status >= 200 && status < 300
      }
      return (await Promise.all(places.map(well))).includes(true)
    },
    close() {
      closed = true
      retryTimer?.()
      for (const { connections } of places) for (const kept of Object.values(connections)) kept.destroy()
    },
  }

  function outdate(member: string) {
    for (const entry of waiting) if (entry.report.member === member) entry.outdated = true
    waiting = waiting.filter((entry) => !entry.outdated || entry.sending)
  }
}
