import { setTimeout as wait } from 'node:timers/promises'
import type { Answer, Emulate } from './emulate.ts'
import { app, team } from './emulate.ts'
import type { Fault, Faults } from './faults.ts'
import { refusal } from './limits.ts'
import { mended } from './mend.ts'
import type { Stubs } from './stubs.ts'
import type { Call, Fields, PersonOptions } from './types.ts'

/**
 * The one door through which an app reaches Slack: `fetch`. It records each call, injects faults, and sends it where it is answered:
 * emulate, a stub, the sockets, or the holder of `response_url`s. No address but Slack's is ever reached through it.
 */
export interface WebOptions {
  emulate: Emulate
  stubs: Stubs
  faults: Faults
  people: PersonOptions[]
  scopes: string[]
  botToken: string
  appToken: string
  /** The address of the harness's own server, which stands for Slack's hosts; see `gateway.ts`. */
  gateway: string
  /** `ws://` address of one new socket connection. */
  connect(): Promise<string>
  /** A post to a `response_url`; false when it is unknown or used up. */
  respond(id: string, body: Fields): Promise<boolean>
  /** After a call was answered with `ok`. */
  done(method: string, args: Fields, answer: Answer): void | Promise<void>
  weather: { down: boolean; latencyMs: number }
}

interface Init {
  method?: string
  headers?: Record<string, string>
  body?: unknown
  signal?: AbortSignal
}

export type Web = ReturnType<typeof openWeb>

export function openWeb(options: WebOptions) {
  const { emulate, faults, weather } = options
  const calls: Call[] = []
  const counts = new Map<string, number>()
  const closing = new AbortController()
  const peopleByToken = new Map(options.people.map(({ name }) => [`xoxp-${name}`, name]))

  const whoIs = (token: string | undefined): string => {
    if (token === options.botToken) return 'bot'
    if (token === options.appToken) return 'app'
    return peopleByToken.get(token ?? '') ?? 'unknown'
  }

  /** Emulate's addresses are told as Slack's, and the other way round. */
  const hosts = slackHosts(options.gateway, emulate)

  async function route(url: URL, method: string, init: Init, call: Call): Promise<Response> {
    if (method === 'response_url') {
      const ok = await options.respond(url.pathname.split('/').at(-1) ?? '', call.args)
      return ok ? new Response('ok') : Response.json({ ok: false, error: 'used_url' }, { status: 404 })
    }
    if (method === 'file' || method === 'upload') {
      const headers = { ...(init.headers ?? {}) }
      if (method === 'file') headers.authorization = `Bearer ${emulate.tokenOf(call.by === 'unknown' ? 'bot' : call.by)}`
      // Slack answers an unknown token with its log-in page and 200, and so does this.
      if (method === 'file' && call.by === 'unknown') return new Response('<!DOCTYPE html>', { headers: { 'content-type': 'text/html' } })
      return fetch(`${emulate.url}${url.pathname}`, { method: init.method ?? 'GET', headers, body: init.body as string })
    }
    const answer = await api(method, call)
    if (answer.ok) await options.done(method, call.args, answer)
    call.answered = answer.ok ? 'ok' : String(answer.error)
    return Response.json(answer, { headers: { 'x-oauth-scopes': call.by === 'bot' ? options.scopes.join(',') : '' } })
  }

  async function api(method: string, call: Call): Promise<Answer> {
    if (call.by === 'unknown') return { ok: false, error: call.args.token ? 'invalid_auth' : 'not_authed' }
    if (method === 'auth.test' && call.by === 'app') return { ok: false, error: 'not_allowed_token_type' }
    if (method === 'apps.connections.open') {
      if (call.by !== 'app') return { ok: false, error: 'not_allowed_token_type' }
      return { ok: true, url: await options.connect() }
    }
    const refused = refusal(method, call.args)
    if (refused) return refused as Answer
    const stub = options.stubs.methods[method]
    if (stub) {
      if (!options.scopes.includes(stub.scope) && call.by === 'bot') return missing(stub.scope, options.scopes)
      return stub.run(call.args)
    }
    const { token: _token, ...args } = call.args
    const answer = await mended(emulate, options.people, options.scopes, call.by, method, args)
    return hosts.told(answer.ok === undefined ? { ok: false, error: 'unknown_method' } : answer)
  }

  async function suffer(fault: Fault, call: Call, init: Init, go: () => Promise<Response>): Promise<Response> {
    if (fault.network) return fall(call, 'network', 'ECONNREFUSED')
    if (fault.hang) {
      call.answered = 'hang'
      return never(init.signal, closing.signal)
    }
    if (fault.status !== undefined) {
      call.answered = `http ${fault.status}`
      const headers = fault.retryAfterS === undefined ? {} : { 'retry-after': String(fault.retryAfterS) }
      return Response.json({ ok: false, error: fault.status === 429 ? 'ratelimited' : 'internal_error' }, { status: fault.status, headers })
    }
    if (fault.error !== undefined) {
      call.answered = fault.error
      return Response.json({ ok: false, error: fault.error, ...fault.detail })
    }
    if (fault.latencyMs !== undefined) await wait(fault.latencyMs, undefined, init.signal ? { signal: init.signal } : {})
    const response = await go()
    return fault.lostAnswer ? fall(call, 'lost', 'ECONNRESET') : response
  }

  return {
    calls,
    /** How many calls of a method were made, failed ones too. */
    count: (method: string) => counts.get(method) ?? 0,
    hosts,

    /** Shaped as web-api and Bolt want it. Throws as `fetch` does when the network fails. */
    async fetch(input: string | URL, init: Init = {}): Promise<Response> {
      const url = new URL(hosts.reached(String(input)))
      const method = methodOf(url, options.gateway)
      const args = argsOf(init.body)
      const header = Object.entries(init.headers ?? {}).find(([name]) => name.toLowerCase() === 'authorization')?.[1]
      const token = header?.replace(/^Bearer\s+/i, '') ?? (args.token as string | undefined)
      const call: Call = { method, args: token ? { ...args, token } : args, by: whoIs(token), at: Date.now(), ms: 0, answered: 'under way' }
      const start = performance.now()
      calls.push(call)
      counts.set(method, (counts.get(method) ?? 0) + 1)
      try {
        if (weather.down || method === 'elsewhere') return fall(call, 'network', 'ENOTFOUND')
        if (weather.latencyMs > 0) await wait(weather.latencyMs, undefined, init.signal ? { signal: init.signal } : {})
        const go = () => route(url, method, init, call)
        const fault = faults.pick(call)
        const response = await (fault ? suffer(fault, call, init, go) : go())
        if (call.answered === 'under way') call.answered = response.ok ? 'ok' : `http ${response.status}`
        return response
      } finally {
        call.ms = performance.now() - start
        // A token has no place in what a failing test prints.
        delete call.args.token
      }
    },
    close: () => closing.abort(),
  }
}

const missing = (needed: string, provided: string[]): Answer => ({
  ok: false,
  error: 'missing_scope',
  needed,
  provided: provided.join(','),
})

function fall(call: Call, how: string, code: string): never {
  call.answered = how
  throw new TypeError('fetch failed', { cause: Object.assign(new Error(`${code} slack.com`), { code }) })
}

/** Ends only with the caller's patience, or with the workspace. */
function never(signal: AbortSignal | undefined, closing: AbortSignal): Promise<never> {
  return new Promise((_, fail) => {
    signal?.addEventListener('abort', () => fail(signal.reason), { once: true })
    closing.addEventListener('abort', () => fail(new TypeError('fetch failed')), { once: true })
  })
}

function slackHosts(gateway: string, emulate: Emulate) {
  const pairs: [ours: string, slacks: string][] = [
    [`${emulate.writtenUrl}/files-pri`, 'https://files.slack.com/files-pri'],
    [`${emulate.writtenUrl}/upload`, 'https://files.slack.com/upload'],
    [`${emulate.writtenUrl}/archives`, `https://${team.domain}.slack.com/archives`],
  ]
  return {
    told<T>(value: T): T {
      let text = JSON.stringify(value)
      for (const [ours, slacks] of pairs) text = text.replaceAll(ours, slacks)
      return JSON.parse(text) as T
    },
    reached: (url: string): string =>
      url
        .replace(/^https:\/\/files\.slack\.com/, gateway)
        .replace(/^https:\/\/hooks\.slack\.com/, gateway)
        .replace(/^https:\/\/(www\.)?slack\.com/, gateway),
    responseUrl: (id: string): string => `https://hooks.slack.com/actions/${team.id}/${app.id}/${id}`,
  }
}

function methodOf(url: URL, gateway: string): string {
  if (url.origin !== gateway) return 'elsewhere'
  if (url.pathname.startsWith('/api/')) return url.pathname.slice('/api/'.length)
  if (/^\/(actions|commands)\//.test(url.pathname)) return 'response_url'
  if (url.pathname.startsWith('/files-pri/')) return 'file'
  if (url.pathname.startsWith('/upload/')) return 'upload'
  return 'elsewhere'
}

/** Forms as web-api writes them (what is not a string is JSON in a string), or JSON. */
function argsOf(body: unknown): Fields {
  if (typeof body !== 'string' || body === '') return {}
  if (body.startsWith('{')) return JSON.parse(body) as Fields
  return Object.fromEntries([...new URLSearchParams(body)].map(([key, value]) => [key, /^[[{]/.test(value) ? fromJson(value) : value]))
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
