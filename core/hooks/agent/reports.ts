import http from 'node:http'
import https from 'node:https'
import type { AgentReport } from '../../api/ports.ts'
import type { Clock } from '../../clock.ts'
import { fault } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { Random } from '../../random.ts'

export interface ReporterOptions {
  agent: string
  /** `token` has the role `agent`. */
  controller: { url: string; token: string }
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
  /** Whether the controller says within a second that it is well. One that is not takes no action. */
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

export function startReporter(options: ReporterOptions): Reporter {
  const { agent, clock, random, log } = options
  const base = options.controller.url.replace(/\/$/, '')
  const url = `${base}/v1/agents/${encodeURIComponent(agent)}/reports`
  const open = (maxSockets: number) =>
    base.startsWith('https:') ? new https.Agent({ keepAlive: true, maxSockets }) : new http.Agent({ keepAlive: true, maxSockets })
  // A controller that hangs may hold all of the first; whether it is there is asked beside them.
  const connections = { POST: open(64), GET: open(1) }
  const life = clock.now().toString(36)
  let waiting: Waiting[] = []
  let silentSince: number | null = null
  let serial = 0
  let failures = 0
  let retryTimer: (() => void) | null = null
  let delivering = false
  let closed = false

  function ask(
    method: 'GET' | 'POST',
    to: string,
    limitMs: number,
    headers: Record<string, string | number>,
    body?: string,
  ): Promise<number> {
    return new Promise((resolve, reject) => {
      const request = (to.startsWith('https:') ? https : http).request(to, { method, agent: connections[method], headers })
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

  const post = ({ report, key }: Waiting): Promise<number> => {
    const body = JSON.stringify(report)
    const headers = {
      authorization: `Bearer ${options.controller.token}`,
      'idempotency-key': key,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }
    return ask('POST', url, answerLimitMs, headers, body)
  }

  /** True: it need not be sent again. */
  async function attempt(entry: Waiting): Promise<boolean> {
    entry.sending = true
    try {
      // A kept connection may have been closed from the other side; the key makes a repetition harmless.
      const status = await post(entry).catch((error) => (error.code === 'ECONNRESET' && !closed ? post(entry) : Promise.reject(error)))
      if (status < 500) options.onHeard()
      const taken = status >= 200 && status < 300
      const refused = refusedForGood.includes(status)
      if (refused) log.error({ ...entry.report, httpStatus: status }, 'the controller refuses this report: it is dropped')
      else if (!taken) log.warn({ httpStatus: status, url }, 'the controller does not take reports')
      return taken || refused
    } catch (error) {
      log.debug({ url, err: error instanceof Error ? error.message : String(error) }, 'report not delivered')
      return false
    } finally {
      entry.sending = false
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
      try {
        const status = await ask('GET', `${base}/health`, reachableLimitMs, {})
        options.onHeard()
        return status >= 200 && status < 300
      } catch {
        return false
      }
    },
    close() {
      closed = true
      retryTimer?.()
      for (const kept of Object.values(connections)) kept.destroy()
    },
  }

  function outdate(member: string) {
    for (const entry of waiting) if (entry.report.member === member) entry.outdated = true
    waiting = waiting.filter((entry) => !entry.outdated || entry.sending)
  }
}
