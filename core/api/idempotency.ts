import { createHash } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import type { ContentfulStatusCode, StatusCode } from 'hono/utils/http-status'
import { type Clock, hours } from '../clock.ts'
import { fault } from '../errors.ts'
import type { ApiEnv } from './env.ts'

const keepMs = hours(24)
const maxKeys = 10_000
const maxBytes = 32 * 2 ** 20

interface Answer {
  status: number
  headers: Record<string, string>
  text: string
}
interface Entry {
  bodyHash: string
  at: number
  bytes: number
  answer: Promise<Answer | null>
}

/**
 * Idempotency-Key: the same key from the same token on the same path within 24 h gets the first answer again, and nothing is
 * done twice; also while the first one is still at work. Kept in memory, the newest 10,000 keys or 32 MiB of answers: after a
 * restart of the controller a key is new again. Answers of 500 and above are not kept, so that a retry is a real one.
 */
export function openIdempotency(clock: Clock): MiddlewareHandler<ApiEnv> {
  const entries = new Map<string, Entry>()
  let bytes = 0
  const forget = (key: string) => {
    bytes -= entries.get(key)?.bytes ?? 0
    entries.delete(key)
  }
  const makeRoom = () => {
    for (const [key, entry] of entries) {
      if (entries.size <= maxKeys && bytes <= maxBytes && entry.at > clock.now() - keepMs) return
      forget(key)
    }
  }

  return async (c, next) => {
    const given = c.req.header('idempotency-key')
    if (given === undefined) return next()
    if (given.length < 1 || given.length > 255) throw fault('bad-request', { problems: 'header idempotency-key: 1 to 255 characters' })
    const key = JSON.stringify([c.get('who').name, c.req.method, c.req.path, given])
    const bodyHash = createHash('sha256').update(c.get('bodyText')).digest('base64')
    makeRoom()
    for (let known = entries.get(key); known; known = entries.get(key)) {
      if (known.bodyHash !== bodyHash) throw fault('key-reused')
      const answer = await known.answer
      if (answer) return replay(c, answer)
    }
    const settled = Promise.withResolvers<Answer | null>()
    const entry: Entry = { bodyHash, at: clock.now(), bytes: 0, answer: settled.promise }
    entries.set(key, entry)
    let answer: Answer | null = null
    try {
      await next()
      if (c.res.status < 500) answer = await copy(c.res)
    } finally {
      if (answer) bytes += entry.bytes = answer.text.length
      else forget(key)
      settled.resolve(answer)
    }
  }
}

async function copy(response: Response): Promise<Answer> {
  const kept = ['content-type', 'location'].flatMap((name) => {
    const value = response.headers.get(name)
    return value === null ? [] : [[name, value]]
  })
  return { status: response.status, headers: Object.fromEntries(kept), text: await response.clone().text() }
}

function replay(c: Context<ApiEnv>, { status, headers, text }: Answer): Response {
  c.header('idempotency-replayed', 'true')
  for (const [name, value] of Object.entries(headers)) c.header(name, value)
  return text === '' ? c.body(null, status as StatusCode) : c.body(text, status as ContentfulStatusCode)
}
