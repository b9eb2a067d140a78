import { existsSync, readFileSync } from 'node:fs'
import {
  Agent,
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestListener,
  request,
  type ServerResponse,
} from 'node:http'
import { flushCompileCache } from 'node:module'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { HealthCheck } from '../../core/hooks/contract.ts'
import { createHooks, type Kit, type KitOptions, nodeHooks } from '../../core/hooks/kit/kit.ts'

/** What every process of the example platform shares: its arguments, its port, JSON in and out. Small, so that a process starts fast. */

export const version = '1.4.2'

/** Where a process is: told on its command line, so that `ps` shows who it is. */
export interface Place {
  /** `polaris-1` */
  member: string
  port: number
  /** The folder of the example (`<data>/example`): the control token, and the marks of what was broken on purpose. */
  folder: string
  /** Repeatable `--peer URL`: whom this process talks to. */
  peers: string[]
  /** Requests per second; only the traffic driver asks for it. */
  rate: number
}

/** `node polaris.ts MEMBER --port N --folder DIR [--peer URL]...`; ends the process when the member was broken on purpose. */
export function readPlace(): Place {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string' },
      folder: { type: 'string' },
      peer: { type: 'string', multiple: true },
      rate: { type: 'string', default: '50' },
    },
  })
  const [member] = positionals
  if (!member || !values.port || !values.folder) return quit(2, 'usage: node SCRIPT MEMBER --port N --folder DIR [--peer URL]...')
  if (existsSync(brokenMark(values.folder, member))) {
    return quit(1, `${member} was killed for good and will not start. Undo it: jidoka example restore ${member}`)
  }
  return { member, port: Number(values.port), folder: values.folder, peers: values.peer ?? [], rate: Number(values.rate) }
}

/** While this file is there, the member ends as soon as it starts. */
export const brokenMark = (folder: string, member: string) => join(folder, 'broken', member)
/** The token that the hooks of the platform ask for; mode 0600. */
export const tokenFile = (folder: string) => join(folder, 'control-token')
export const readToken = (folder: string) => readFileSync(tokenFile(folder), 'utf8').trim()

export function quit(code: number, text: string): never {
  process.stderr.write(`${text}\n`)
  process.exit(code)
}

/** Listens on loopback until TERM or INT; `end` runs before the process ends. */
export function serve(place: { member: string; port: number }, listener: RequestListener, end: () => void = () => {}): void {
  const server = createServer({ keepAliveTimeout: 60_000 }, listener)
  server.on('error', (error: NodeJS.ErrnoException) =>
    quit(1, error.code === 'EADDRINUSE' ? `${place.member}: port ${place.port} is already in use` : `${place.member}: ${error.message}`),
  )
  server.listen(place.port, '127.0.0.1', () => {
    // Stripped types are kept when a process ends in good order; ours are killed. Not now: first it has to answer.
    setTimeout(flushCompileCache, 300).unref()
  })
  const stop = () => {
    end()
    server.close(() => process.exit(0))
    // Answers under way get a moment; idle keep-alive connections would hold the process for a minute.
    server.closeIdleConnections()
    setTimeout(() => process.exit(0), 300).unref()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

export interface HookedOptions extends Pick<KitOptions, 'roles' | 'on' | 'generations'> {
  /** What the health hook tells, by name. A check without a status only informs. */
  check(): Record<string, HealthCheck[]>
  end?(): void
}

type Listener = (req: IncomingMessage, res: ServerResponse) => unknown

/** A service with both hooks: what is not theirs goes to `listener`. */
export function hooked(place: Place, { check, end, on, ...rest }: HookedOptions, listener: Listener): Kit {
  const restart = () => process.kill(process.pid, 'SIGTERM')
  const checks = async () => ({ checks: check() })
  const kit = createHooks({
    serviceId: place.member,
    version,
    token: readToken(place.folder),
    check: checks,
    on: { restart, ...on },
    ...rest,
  })
  const handled = nodeHooks(kit)
  serve(
    place,
    async (req, res) => {
      if (handled(req, res)) return
      try {
        await listener(req, res)
      } catch (error) {
        process.stderr.write(`${place.member}: ${error instanceof Error ? error.stack : error}\n`)
        if (!res.headersSent) problem(res, 500, 'internal', 'Something failed that should not have.')
      }
    },
    end,
  )
  return kit
}

export function answer(res: ServerResponse, status: number, body: unknown, headers: OutgoingHttpHeaders = {}): void {
  const text = JSON.stringify(body)
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers }).end(text)
}

/** RFC 9457. `code` is stable. */
export function problem(res: ServerResponse, status: number, code: string, title: string, headers: OutgoingHttpHeaders = {}): void {
  answer(
    res,
    status,
    { type: `urn:jidoka:example:${code}`, title, status, code },
    { 'content-type': 'application/problem+json', ...headers },
  )
}

export const pathOf = (req: IncomingMessage) => new URL(req.url ?? '/', 'http://localhost')

/** The JSON object of a body; `null` when it is none, or larger than `limitBytes`. */
export async function readJson(req: IncomingMessage, limitBytes = 65_536): Promise<Record<string, unknown> | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limitBytes) return null
    chunks.push(chunk)
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

const keepAlive = new Agent({ keepAlive: true, maxSockets: 64 })

export interface Asked {
  status: number
  body: Record<string, unknown>
}

/** One JSON request; rejects when there is no whole answer within `timeoutMs`. */
export function ask(
  url: string,
  options: { method?: string; body?: unknown; token?: string; headers?: OutgoingHttpHeaders; timeoutMs: number },
): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const text = options.body === undefined ? undefined : JSON.stringify(options.body)
    const headers: OutgoingHttpHeaders = { ...options.headers }
    if (text !== undefined) {
      headers['content-type'] = 'application/json'
      headers['content-length'] = Buffer.byteLength(text)
    }
    if (options.token) headers.authorization = `Bearer ${options.token}`
    const signal = AbortSignal.timeout(options.timeoutMs)
    const req = request(url, { method: options.method ?? 'GET', agent: keepAlive, headers, signal }, (res) => {
      readAll(res).then((whole) => resolve({ status: res.statusCode ?? 0, body: parsed(whole) }), reject)
    })
    req.on('error', reject)
    req.end(text)
  })
}

async function readAll(res: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of res as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return {}
  }
}
