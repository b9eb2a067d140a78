import http from 'node:http'
import https from 'node:https'
import { type Clock, sleep } from '../clock.ts'
import { fault, isFault } from '../errors.ts'
import { type ControlAnswer, type ControlCall, type Health, headers } from './contract.ts'
import { parseControlAnswer, parseHealth } from './parse.ts'

export interface HookClientOptions {
  /** The bearer token of control calls. Health is asked without one. */
  token(): string
  clock: Clock
  /** Answers above it are refused; 256 KiB. */
  answerLimitBytes?: number
  /** Pause between two looks at an accepted operation; 100 ms. */
  pollMs?: number
}

export interface CallLimits {
  /** For everything: connecting, the answer, and waiting for an accepted operation. */
  timeoutMs: number
  signal?: AbortSignal
}

/**
 * Speaks the hooks of a member or of an agent over kept connections.
 *
 * Faults: `target-refused` (nobody listens), `target-unreachable` (no route, no name, connection cut), `target-timeout`,
 * `target-bad-answer` (not the contract), `target-failed` ({httpStatus, code}: it says that it did not act),
 * `stale-generation` and `unknown-action` as the target told them, `deadline-passed` when `signal` aborted.
 */
export interface HookClient {
  /** A member that says `fail` (503) is an answer, not an error. */
  health(base: string, limits: CallLimits): Promise<Health>
  /** Answers when the action is done: an accepted operation is asked until then. */
  control(base: string, call: ControlCall, limits: CallLimits): Promise<ControlAnswer>
  /** Closes the kept connections. */
  close(): void
}

interface Sent {
  target: string
  url: string
  method: 'GET' | 'POST'
  headers: Record<string, string | number>
  body?: string
}

interface Received {
  status: number
  text: string
}

export function hookClient(options: HookClientOptions): HookClient {
  const { clock, answerLimitBytes = 262_144, pollMs = 100 } = options
  const plain = new http.Agent({ keepAlive: true })
  const secure = new https.Agent({ keepAlive: true })

  function once(sent: Sent, limits: CallLimits): Promise<Received> {
    return new Promise((resolve, reject) => {
      const { target } = sent
      const { timeoutMs, signal } = limits
      const stop = (error: Error) => {
        end()
        reject(error)
        request.destroy()
      }
      const cancelTimer = clock.after(Math.max(1, timeoutMs), () => stop(fault('target-timeout', { target, timeoutMs })))
      const aborted = () => stop(fault('deadline-passed', { what: `${sent.method} ${sent.url}`, timeoutMs }, signal?.reason))
      const end = () => {
        cancelTimer()
        signal?.removeEventListener('abort', aborted)
      }
      const over = sent.url.startsWith('https:') ? { send: https.request, agent: secure } : { send: http.request, agent: plain }
      const request = over.send(sent.url, { method: sent.method, headers: sent.headers, agent: over.agent })
      request.on('error', (error) => stop(new ConnectionError(error, request.reusedSocket)))
      request.on('response', (response) => {
        receive(response, answerLimitBytes, target).then((received) => {
          end()
          resolve(received)
        }, stop)
      })
      signal?.addEventListener('abort', aborted, { once: true })
      if (signal?.aborted) aborted()
      else request.end(sent.body)
    })
  }

  /** The other side may close a kept connection in the moment in which it is used again. Only a read may be sent twice. */
  async function exchange(sent: Sent, limits: CallLimits): Promise<Received> {
    const startedAt = clock.monotonic()
    try {
      return await once(sent, limits)
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error
      if (sent.method !== 'GET' || !error.stale) throw connectionFault(sent.target, error)
    }
    const rest = { ...limits, timeoutMs: limits.timeoutMs - (clock.monotonic() - startedAt) }
    return once(sent, rest).catch((error) => {
      throw error instanceof ConnectionError ? connectionFault(sent.target, error) : error
    })
  }

  const authorization = () => `Bearer ${options.token()}`

  /** The process may be on its way down and up again: silence is no answer yet. */
  async function untilDone(base: string, operation: string, limits: CallLimits): Promise<ControlAnswer> {
    const endsAt = clock.monotonic() + limits.timeoutMs
    const url = operationUrl(base, operation)
    for (;;) {
      await sleep(clock, Math.max(0, Math.min(pollMs, endsAt - clock.monotonic())), limits.signal)
      const timeoutMs = endsAt - clock.monotonic()
      if (timeoutMs <= 0) throw fault('target-timeout', { target: base, timeoutMs: limits.timeoutMs })
      try {
        const received = await exchange(
          { target: base, url, method: 'GET', headers: { authorization: authorization() } },
          { ...limits, timeoutMs },
        )
        const answer = controlAnswer(base, received)
        if (answer.status === 'done') return answer
      } catch (error) {
        if (!isFault(error, 'target-refused', 'target-unreachable')) throw error
      }
    }
  }

  return {
    async health(base, limits) {
      const target = trimmed(base)
      const received = await exchange(
        { target, url: `${target}/health`, method: 'GET', headers: { accept: 'application/health+json, application/json' } },
        limits,
      )
      if (received.status !== 200 && received.status !== 503) throw failure(target, received)
      const health = parseHealth(received.text)
      if (typeof health !== 'string') return health
      // A 503 of something in between (a proxy, a server that is full) is no health document, and no breach of the contract.
      throw received.status === 503 ? failure(target, received) : fault('target-bad-answer', { target, problem: health })
    },
    async control(base, call, limits) {
      const target = trimmed(base)
      const startedAt = clock.monotonic()
      const body = JSON.stringify(call.body ?? {})
      const sent: Sent = {
        target,
        url: `${target}/control/${encodeURIComponent(call.action)}`,
        method: 'POST',
        headers: {
          authorization: authorization(),
          [headers.key]: call.key,
          [headers.generation]: call.generation,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
        body,
      }
      const answer = controlAnswer(target, await exchange(sent, limits), call)
      if (answer.status === 'done') return answer
      return untilDone(target, answer.operation, { ...limits, timeoutMs: limits.timeoutMs - (clock.monotonic() - startedAt) })
    },
    close() {
      plain.destroy()
      secure.destroy()
    },
  }
}

/** Never leaves this file. `stale`: a kept connection was reset before any byte of an answer. */
class ConnectionError extends Error {
  readonly stale: boolean
  readonly code: string
  constructor(cause: NodeJS.ErrnoException, reused: boolean) {
    super(cause.message, { cause })
    this.code = cause.code ?? ''
    this.stale = reused && (this.code === 'ECONNRESET' || this.code === 'EPIPE')
  }
}

function connectionFault(target: string, { code, message, cause }: ConnectionError): Error {
  if (code === 'ECONNREFUSED') return fault('target-refused', { target }, cause)
  if (code.startsWith('HPE_')) return fault('target-bad-answer', { target, problem: `not HTTP (${message})` }, cause)
  return fault('target-unreachable', { target, problem: code || message }, cause)
}

function receive(response: http.IncomingMessage, limitBytes: number, target: string): Promise<Received> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    response.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > limitBytes) reject(fault('target-bad-answer', { target, problem: `more than ${limitBytes} bytes` }))
      else chunks.push(chunk)
    })
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
    response.on('close', () =>
      reject(fault('target-unreachable', { target, problem: 'the connection was cut in the middle of the answer' })),
    )
    response.on('error', () => {}) // 'close' follows
  })
}

function controlAnswer(target: string, received: Received, call?: ControlCall): ControlAnswer {
  if (received.status !== 200 && received.status !== 202) throw failure(target, received, call)
  const answer = parseControlAnswer(received.text, received.status)
  if (typeof answer === 'string') throw fault('target-bad-answer', { target, problem: answer })
  return answer
}

/** What a refusal means: the problem document says it, where there is one. */
function failure(target: string, { status, text }: Received, call?: ControlCall): Error {
  const problem = readProblem(text)
  const member = problem.member ?? target
  if (problem.code === 'stale-generation')
    return fault('stale-generation', { seen: problem.seen ?? 'of another order', member, given: call?.generation ?? '' })
  if (problem.code === 'unknown-action')
    return fault('unknown-action', { member, action: call?.action ?? '', known: problem.known ?? 'others' })
  return fault('target-failed', {
    target,
    httpStatus: status,
    code: problem.code ?? 'without a code',
    problem: problem.title ?? (text.slice(0, 200).trim() || 'no text'),
  })
}

function readProblem(text: string): { code?: string; title?: string; member?: string; seen?: number; known?: string } {
  try {
    const value = (JSON.parse(text) ?? {}) as Record<string, unknown>
    const string = (name: string) => (typeof value[name] === 'string' ? value[name].slice(0, 500) : undefined)
    const seen = typeof value.seen === 'number' ? value.seen : undefined
    return { code: string('code'), title: string('title') ?? string('detail'), member: string('member'), known: string('known'), seen }
  } catch {
    return {}
  }
}

const trimmed = (base: string) => (base.endsWith('/') ? base.slice(0, -1) : base)

/** Below the base, as the contract has it. The token goes nowhere else, whatever the target answers. */
function operationUrl(base: string, operation: string): string {
  const url = operation.startsWith('/') && !operation.startsWith('//') ? `${base}${operation}` : operation
  if (!URL.canParse(url) || new URL(url).origin !== new URL(base).origin) {
    throw fault('target-bad-answer', { target: base, problem: `its operation ${operation.slice(0, 200)} is somewhere else` })
  }
  return url
}
