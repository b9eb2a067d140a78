import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../clock.ts'
import { fault, isFault, problemOf } from '../../errors.ts'
import { problemType } from '../contract.ts'

/** A request as the hooks see it, whatever server it came through. */
export interface HookRequest {
  method: string
  /** Path, with or without a query. */
  path: string
  headers: { get(name: string): string | null | undefined }
  /** The whole body as text. Stops at `limitBytes` with `body-too-large`; the time limit is kept by the caller. */
  body(limitBytes: number): Promise<string>
}

export interface HookAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

/** What an adapter needs: whether a request is a hook's, and the answer. `handle` never rejects; null: not a hook. */
export interface HookHandler {
  owns(method: string, path: string): boolean
  handle(request: HookRequest): Promise<HookAnswer | null>
}

export const jsonAnswer = (status: number, body: unknown, type = 'application/json'): HookAnswer => ({
  status,
  headers: { 'content-type': type, 'cache-control': 'no-store' },
  body: JSON.stringify(body),
})

/** `status` overrides the catalogue's, where the contract wants another one for the same code. */
export function problemAnswer(error: unknown, status?: number): HookAnswer {
  const problem = { ...problemOf(error), ...(status === undefined ? {} : { status }) }
  // Who asks can tell by how much it is behind without reading a sentence.
  const details = isFault(error, 'stale-generation', 'unknown-action') ? error.details : {}
  const answer = jsonAnswer(problem.status, { ...details, ...problem }, problemType)
  if (problem.status === 401) answer.headers['www-authenticate'] = 'Bearer'
  return answer
}

/** The work's outcome, or `late()` thrown when it takes longer than `limitMs`. */
export function within<T>(clock: Clock, limitMs: number, work: Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limitMs, () => reject(late()))
    work.then(resolve, reject).finally(cancel)
  })
}

export const pathOnly = (path: string) => {
  const query = path.indexOf('?')
  return query < 0 ? path : path.slice(0, query)
}

/** A request of `node:http`, and of express, whose body parser may have taken the body already. */
export const nodeRequest = (request: IncomingMessage & { body?: unknown }): HookRequest => ({
  method: request.method ?? 'GET',
  path: request.url ?? '/',
  headers: {
    get(name) {
      const value = request.headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    },
  },
  body: (limitBytes) => (request.readableEnded ? Promise.resolve(textOf(request.body)) : readBody(request, limitBytes)),
})

function textOf(parsed: unknown): string {
  if (parsed === undefined) return ''
  return typeof parsed === 'string' ? parsed : Buffer.isBuffer(parsed) ? parsed.toString() : JSON.stringify(parsed)
}

function readBody(request: IncomingMessage, limitBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length']) > limitBytes) return reject(fault('body-too-large', { limitBytes }))
    const chunks: Buffer[] = []
    let size = 0
    const cut = () => reject(fault('malformed-body', { problem: 'the connection ended before the body did' }))
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= limitBytes) chunks.push(chunk)
      else reject(fault('body-too-large', { limitBytes }))
    })
    request.on('end', () => resolve(Buffer.concat(chunks).toString()))
    request.on('error', cut)
    request.on('close', cut)
  })
}

/** Refusals that leave a body unread: the connection ends with them, or the rest of it would be read as the next request. */
const closing = [401, 408, 413]

export function sendNode(response: ServerResponse, answer: HookAnswer): void {
  if (response.destroyed || response.headersSent) return
  response.writeHead(answer.status, {
    ...answer.headers,
    'content-length': Buffer.byteLength(answer.body),
    ...(closing.includes(answer.status) ? { connection: 'close' } : {}),
  })
  response.end(answer.body)
}
