import { isUtf8 } from 'node:buffer'
import type { Context, MiddlewareHandler } from 'hono'
import type { Clock } from '../clock.ts'
import { fault } from '../errors.ts'
import type { ApiEnv } from './env.ts'

/**
 * Takes the body of a write whole: at most `limitBytes`, counted as they come, within `timeoutMs`, JSON by its type and UTF-8.
 * After it the handlers read it without waiting.
 */
export function limitBody(clock: Clock, limitBytes: number, timeoutMs: number): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const bytes = await withDeadline(clock, timeoutMs, () => take(c, limitBytes))
    if (!isUtf8(bytes)) throw fault('malformed-body', { problem: 'it is not UTF-8' })
    const headers = new Headers(c.req.raw.headers)
    if (bytes.length > 0) requireJsonType(c)
    else headers.set('content-type', 'application/json')
    // No body says the same as an empty object: the validators then name the fields that are missing, if any.
    const text = bytes.length > 0 ? bytes.toString() : '{}'
    c.set('bodyText', text)
    // A request with the body in memory, as hono's own body limit makes it: the validators read it from there.
    c.req.raw = new Request(c.req.raw, { headers, body: text })
    await next()
  }
}

function requireJsonType(c: Context<ApiEnv>) {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw fault('malformed-body', { problem: `its content-type is ${type ?? 'not given'}` })
}

async function take(c: Context<ApiEnv>, limitBytes: number): Promise<Buffer> {
  if (Number(c.req.header('content-length') ?? 0) > limitBytes) throw fault('body-too-large', { limitBytes })
  const stream = c.req.raw.body
  if (!stream) return Buffer.alloc(0)
  const reader = stream.getReader()
  const parts: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(parts, size)
    size += value.length
    // The reader is not cancelled: under Node that would cut the connection before the answer is out.
    if (size > limitBytes) throw fault('body-too-large', { limitBytes })
    parts.push(value)
  }
}

function withDeadline<T>(clock: Clock, limitMs: number, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limitMs, () => reject(fault('body-too-slow', { limitMs })))
    work().then(resolve, reject).finally(cancel)
  })
}
