import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ErrorCode, fault, JidokaError } from '../core/errors.ts'
import type { ApiOptions } from './define.ts'
import { localeOf } from './locale.ts'
import { splitUrls } from './options.ts'
import { version } from './version.ts'

/** A problem that the controller answered; carries its code and its advice. */
export class Refused extends Error {
  readonly status: number
  readonly code: string
  readonly next: string
  constructor(status: number, problem: { title?: string; code?: string; detail?: string }) {
    super(problem.title ?? `HTTP ${status}`)
    this.name = 'Refused'
    this.status = status
    this.code = problem.code ?? 'unknown'
    this.next = problem.detail ?? ''
  }
}

export interface Api {
  url: string
  /** What it shows to the controller. Never printed. */
  token: string
  get<T>(path: string): Promise<T>
  /** What is no JSON: a document. */
  text(path: string): Promise<string>
  /** `key`: the same one acts once, however often it is sent. */
  send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, key?: string): Promise<T>
  /** Server-sent events until the signal aborts or the connection ends; those after `after`, or from now on. */
  events(signal: AbortSignal, after?: number | null): AsyncGenerator<{ id: string; event: string; data: string }>
}

const answerWithinMs = 10_000
/** The controller tells every 15 s that it is there; so long without a word, the connection is dead, whatever it looks like. */
const silentMs = 40_000

/** The address of the controller that last started on a data folder. */
export const addressFile = (data: string) => join(data, 'address')

export async function openApi(options: ApiOptions, env: Readonly<Record<string, string | undefined>>, data: string): Promise<Api> {
  const given = [options.url ?? env.JIDOKA_URL].flat().flatMap(splitUrls)
  const urls = (given.length > 0 ? given : [(await readLine(addressFile(data))) ?? 'http://127.0.0.1:7070']).map((url) =>
    url.replace(/\/$/, ''),
  )
  /** Who answered last, or is asked first. */
  let url = urls[0] as string
  const token = options.token ?? env.JIDOKA_TOKEN ?? (await readLine(join(data, 'token')))
  if (!token)
    throw fault('unreachable', {
      url,
      problem:
        given.length > 0
          ? `no token: pass --token or JIDOKA_TOKEN (jidoka token create NAME makes one where the controller is), or --data FOLDER of that controller`
          : `no token: ${join(data, 'token')} does not exist, so no controller has started on this data folder`,
    })

  const person = env.JIDOKA_PERSON || env.USER || env.LOGNAME
  const common = {
    ...(person ? { 'jidoka-person': encodeURIComponent(person.toWellFormed()) } : {}),
    authorization: `Bearer ${token}`,
    'user-agent': `jidoka-cli/${version}`,
    'accept-language': localeOf(env),
  }

  async function ask(path: string, init: RequestInit): Promise<Response> {
    const answer = await asked(path, {
      ...init,
      headers: { ...common, ...(init.body ? { 'content-type': 'application/json' } : {}), ...init.headers },
    })
    if (answer.ok) return answer
    const problem = await answer.json().catch(() => ({}))
    throw new Refused(answer.status, problem as object)
  }

  /** Of several the first that answers is taken. A write goes on to the next only when it surely did not arrive. */
  async function asked(path: string, init: RequestInit): Promise<Response> {
    let at = url
    for (let left = urls.length; ; ) {
      try {
        return await fetch(at + path, init)
      } catch (cause) {
        const { code, problem } = troubleOf(cause)
        left--
        const failed = fault('unreachable', { url: left > 0 ? at : urls.join(', '), problem }, cause)
        const mayGoOn = code === 'ECONNREFUSED' || init.method === undefined
        const next = urls[(urls.indexOf(at) + 1) % urls.length] as string
        // Whoever does not answer now is not asked first next time. Of several questions at once only one moves on for all.
        if (url === at) url = next
        at = next
        if (left === 0 || !mayGoOn || init.signal?.aborted) throw failed
      }
    }
  }

  return {
    get url() {
      return url
    },
    token,
    get: async <T>(path: string) => (await ask(path, { signal: AbortSignal.timeout(answerWithinMs) })).json() as Promise<T>,
    text: async (path) => (await ask(path, { signal: AbortSignal.timeout(answerWithinMs) })).text(),
    async send<T>(method: string, path: string, body?: unknown, key?: string) {
      const answer = await ask(path, {
        method,
        headers: key === undefined ? {} : { 'idempotency-key': key },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(answerWithinMs),
      })
      return (answer.status === 204 ? null : await answer.json()) as T
    },
    async *events(signal, after = null) {
      const silence = new AbortController()
      const watch = setTimeout(() => silence.abort(), silentMs)
      const either = AbortSignal.any([signal, silence.signal])
      const path = `/v1/events${after === null ? '' : `?after=${after}`}`
      try {
        const answer = await ask(path, { signal: either, headers: { accept: 'text/event-stream' } })
        let held = ''
        for await (const chunk of (answer.body as ReadableStream<Uint8Array>).pipeThrough(
          new TextDecoderStream() as never,
        ) as unknown as AsyncIterable<string>) {
          watch.refresh()
          held += chunk
          for (let end = held.indexOf('\n\n'); end >= 0; end = held.indexOf('\n\n')) {
            const told = eventOf(held.slice(0, end))
            held = held.slice(end + 2)
            if (told.event) yield told
          }
        }
      } finally {
        clearTimeout(watch)
      }
    },
  }
}

function troubleOf(error: unknown): { code: string | undefined; problem: string | undefined } {
  const { cause, name, message } = error as { cause?: { code?: string; message?: string }; name?: string; message?: string }
  return { code: cause?.code, problem: cause?.code ?? cause?.message ?? name ?? message }
}

function eventOf(block: string) {
  const lines = block.split('\n')
  const field = (name: string) =>
    lines
      .filter((line) => line.startsWith(`${name}: `))
      .map((line) => line.slice(name.length + 2))
      .join('\n')
  return { id: field('id'), event: field('event'), data: field('data') }
}

async function readLine(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim() || undefined
  } catch {
    return undefined
  }
}

/** What to say and how to exit, for anything that went wrong. */
export function tellFailure(error: unknown): { text: string; code: 1 | 2 | 3 } {
  if (error instanceof Refused)
    return { text: `${error.message}\n${error.next}`, code: error.status === 401 || error.status >= 500 ? 3 : error.status === 409 ? 1 : 2 }
  if (error instanceof JidokaError) return { text: `${error.message}\n${error.next}`, code: exitOf(error) }
  return { text: error instanceof Error ? (error.stack ?? error.message) : String(error), code: 1 }
}

const couldNotReach: readonly ErrorCode[] = [
  'unreachable',
  'address-in-use',
  'store-locked',
  'store-corrupt',
  'store-full',
  'store-failed',
  'token-file',
  'target-refused',
  'target-unreachable',
  'target-timeout',
  'aws-unreachable',
  'aws-credentials',
  'aws-denied',
]

function exitOf(error: JidokaError): 1 | 2 | 3 {
  if (couldNotReach.includes(error.code)) return 3
  // 409: understood, and refused as things are.
  return error.status < 500 && error.status !== 409 ? 2 : 1
}
