import type { FetchFunction, WebClient } from '@slack/web-api'
import type { Clock } from '../../core/clock.ts'
import { causeChain, fault } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { scrub } from '../../core/scrub.ts'
import type { AnswerOf, SlackMethod } from './methods.ts'

/** Why a call did not succeed. */
export type Trouble =
  /** Not done; may be tried after so long. */
  | { kind: 'limited'; retryAfterMs: number }
  /** Slack could not be reached, or was not itself. `done: 'maybe'`: it may have acted all the same. */
  | { kind: 'away'; done: 'no' | 'maybe'; problem: string }
  /** Slack's answer: no. `error` is its code; `detail` says more, when it does. */
  | { kind: 'refused'; error: string; detail: string; errors: readonly { user?: string; error: string }[] }

export type Answer<Result> = { ok: true; result: Result } | { ok: false; trouble: Trouble }

export interface WebOptions {
  token: string
  /** Default `https://slack.com/api/`. */
  apiUrl?: string | undefined
  fetch?: FetchFunction | undefined
  timeoutMs?: number
  clock: Clock
  log: Log
}

export interface Web {
  /** One try. Never throws: what went wrong is in the answer. */
  call<Method extends SlackMethod>(method: Method, args: Record<string, unknown>): Promise<Answer<AnswerOf<Method>>>
  /** As `fetch`, to Slack's own hosts alone; `not-allowed` hosts are refused before anything is sent. */
  fetch: FetchFunction
  /** A file of Slack by its private address, with our token. */
  download(url: string, signal: AbortSignal): Promise<Response>
}

const slackHosts = ['slack.com', 'hooks.slack.com', 'files.slack.com']
const timeoutDefaultMs = 10_000
/** Told to wait, but not how long. */
const retryAfterDefaultMs = 10_000

/** Nothing of what web-api logs is ours to tell: it logs arguments. */
const quiet = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, getLevel: () => 'error' as never, setName() {} }

/** A `fetch` that reaches Slack's hosts and that of `apiUrl`, and nothing else, whatever it is asked for; it follows no redirect. */
export function slackFetch(apiUrl: string | undefined, inner: FetchFunction = fetch as unknown as FetchFunction): FetchFunction {
  const own = apiUrl === undefined ? null : new URL(apiUrl).origin
  return async (input, init) => {
    const url = new URL(String(input))
    const known = url.origin === own || (url.protocol === 'https:' && url.port === '' && slackHosts.includes(url.hostname))
    if (!known) throw fault('refused', { reason: `${url.hostname} is not a host of Slack`, hint: 'Nothing was sent there.' })
    return inner(input, { ...init, redirect: 'error' })
  }
}

/** The Web API: one client, no retries of its own (the outbox looks before it sends again), no queue that one method could hold up. */
export function openWeb({ token, apiUrl, fetch: inner, timeoutMs = timeoutDefaultMs, log }: WebOptions): Web {
  const guarded = slackFetch(apiUrl, inner)
  let client: Promise<WebClient> | null = null

  // Loaded when it is first needed: it costs a fifth of a second.
  const load = async () => {
    const { WebClient } = await import('@slack/web-api')
    return new WebClient(token, {
      ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
      logger: quiet,
      fetch: guarded,
      timeout: timeoutMs,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      allowAbsoluteUrls: false,
      maxRequestConcurrency: 100,
    })
  }

  return {
    fetch: guarded,
    async call<Method extends SlackMethod>(method: Method, args: Record<string, unknown>): Promise<Answer<AnswerOf<Method>>> {
      client ??= load()
      try {
        return { ok: true, result: (await (await client).apiCall(method, args)) as unknown as AnswerOf<Method> }
      } catch (error) {
        const trouble = troubleOf(error, token)
        log.debug({ method, trouble }, 'a call of Slack did not succeed')
        return { ok: false, trouble }
      }
    },
    download: async (url, signal) => {
      // Files lie on one host only: the token goes nowhere else.
      const { hostname, protocol } = new URL(url)
      if (hostname !== 'files.slack.com' || protocol !== 'https:')
        throw fault('refused', { reason: `${hostname} does not hold Slack's files`, hint: 'Nothing was sent there.' })
      return (await guarded(url, { method: 'GET', headers: { authorization: `Bearer ${token}` }, signal })) as unknown as Response
    },
  }
}

/** Of these Slack says itself that something may have been done. */
const inDoubt = new Set(['internal_error', 'fatal_error', 'request_timeout', 'service_unavailable'])
/** It is not the message that is wrong, but our key: as if Slack were away, until a person mends it. */
const keyless = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'org_login_required',
  'team_access_not_granted',
])
const notReached =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|ERR_TLS_\w+|DEPTH_ZERO_\w+)$/

interface WebApiError {
  code?: string
  retryAfter?: number
  statusCode?: number
  original?: unknown
  data?: { error?: string; needed?: string; response_metadata?: { messages?: string[] }; errors?: { user?: string; error: string }[] }
}

export function troubleOf(error: unknown, token: string): Trouble {
  const { code, retryAfter, statusCode, original, data } = error as WebApiError
  switch (code) {
    case 'slack_webapi_rate_limited_error':
      return { kind: 'limited', retryAfterMs: Math.max(1, retryAfter ?? 0) * 1_000 }
    case 'slack_webapi_platform_error':
      return platformTrouble(data ?? {})
    case 'slack_webapi_http_error':
      // Below 500 it was not Slack that answered, or it did not read us; at 500 and above nobody knows.
      return { kind: 'away', done: (statusCode ?? 500) >= 500 ? 'maybe' : 'no', problem: `HTTP ${statusCode}` }
    case 'slack_webapi_request_error': {
      const reason = codeOf(original)
      return { kind: 'away', done: notReached.test(reason) ? 'no' : 'maybe', problem: reason }
    }
    default:
      if (/retry header/i.test(String((error as Error)?.message))) return { kind: 'limited', retryAfterMs: retryAfterDefaultMs }
      // An answer that is none (the page of a proxy): it may have come from beyond it.
      return { kind: 'away', done: 'maybe', problem: scrub(causeChain(error).replaceAll(token, '[cut]')).slice(0, 200) }
  }
}

function platformTrouble({ error = 'unknown_error', needed, response_metadata, errors = [] }: NonNullable<WebApiError['data']>): Trouble {
  if (error === 'ratelimited' || error === 'rate_limited') return { kind: 'limited', retryAfterMs: retryAfterDefaultMs }
  if (inDoubt.has(error)) return { kind: 'away', done: 'maybe', problem: error }
  if (keyless.has(error)) return { kind: 'away', done: 'no', problem: error }
  const more = needed ? `needs ${needed}` : (response_metadata?.messages ?? []).join('; ')
  return { kind: 'refused', error, detail: scrub(more).slice(0, 300), errors }
}

/** The innermost word for what happened: `ECONNRESET`, `TimeoutError`. */
function codeOf(error: unknown): string {
  for (let at = error as { code?: unknown; name?: string; cause?: unknown } | undefined; at; at = at.cause as typeof at) {
    if (typeof at.code === 'string') return at.code
    if (at.name === 'TimeoutError' || at.name === 'AbortError') return 'no answer in time'
    if (at.cause === undefined) return at.name ?? 'unknown'
  }
  return 'unknown'
}
