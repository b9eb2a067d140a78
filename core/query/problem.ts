import type { Clock } from '../clock.ts'
import { fault } from '../errors.ts'
import { scrub } from '../scrub.ts'

/** What every way to ask is held to. */
export interface Asking {
  clock: Clock
  /** For all of it: connecting, waiting, reading. */
  timeoutMs: number
  /** As people are told of it; never holds a secret. */
  what: string
  /** Never told, wherever they turn up. */
  secrets: readonly string[]
  /** Nobody waits for the answer any more. */
  signal?: AbortSignal
}

export const answerLimitBytes = 2 ** 20
const problemChars = 300

/**
 * A question without an answer, in words. The error behind it is not kept as its cause: causes are logged whole, and whoever was asked
 * may have repeated the password in it.
 */
export function failed({ what, secrets }: Pick<Asking, 'what' | 'secrets'>, problem: string) {
  const known = secrets.filter((secret) => secret.length >= 3)
  const told = scrub(known.reduce((text, secret) => text.replaceAll(secret, '[secret cut]'), problem.slice(0, 10 * problemChars)))
  return fault('query-failed', {
    what,
    problem: told
      .replace(/\p{Cc}+/gu, ' ')
      .trim()
      .slice(0, problemChars)
      .toWellFormed(),
  })
}

export const tookTooLong = (asking: Asking) => failed(asking, `no answer within ${asking.timeoutMs} ms`)

/** Calls `late` when the time is up, or when nobody waits any more; the answer calls it off. */
export function deadline({ clock, signal, timeoutMs }: Asking, late: () => void, restMs = timeoutMs): () => void {
  const cancel = clock.after(Math.max(0, restMs), late)
  signal?.addEventListener('abort', late, { once: true })
  return () => {
    cancel()
    signal?.removeEventListener('abort', late)
  }
}

export function parsed(asking: Asking, text: string): unknown {
  if (text.trim() === '') throw failed(asking, 'it answered nothing')
  try {
    return JSON.parse(text)
  } catch {
    throw failed(asking, 'its answer is not JSON')
  }
}
