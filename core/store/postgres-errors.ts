import { fault, type JidokaError } from '../errors.ts'

/** What the client may assume after a failure: nothing was committed, or nobody can tell. */
export type Outcome = 'refused' | 'timed out' | 'unknown'

/** Two of us met; the transaction as a whole may be tried again. Of unique indexes only those that hold "at most one" count. */
export const mayRetry = (error: unknown): boolean => {
  const { code, constraint } = error as { code?: string; constraint?: string }
  return code === '40001' || code === '40P01' || (code === '23505' && (constraint === 'incident_open' || constraint === 'run_live'))
}

/** True when surely nothing was written: the server itself said no, and has rolled back, or nobody was there to be asked. */
export const refused = (error: unknown): boolean => {
  const code = String((error as { code?: unknown }).code)
  if (neverSent.includes(code)) return true
  // 57P0x: the server closes the connection, whatever was under way on it.
  return /^[0-9A-Z]{5}$/.test(code) && !/^(08|57P)/.test(code)
}

const neverSent = ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH']

export function postgresFault(error: unknown, outcome: Outcome, place: string): JidokaError {
  const { code = '', message = String(error) } = error as { code?: string; message?: string }
  if (code === '53100' || code === '25006' || code === '42501')
    return fault('store-full', { path: place, problem: message, outcome }, error)
  if (code.startsWith('XX00')) return fault('store-corrupt', { path: place, problem: message, outcome }, error)
  if (code === '23505') return fault('conflict', { problem: message, hint: 'It is in the store already.' }, error)
  const told = timedOut(error) ? 'timed out' : outcome
  return fault('store-failed', { problem: `${place}: ${message || code} (${words[told]})`, outcome: told }, error)
}

const timedOut = (error: unknown) => {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  return code === '57014' || code === '55P03' || code === 'ETIMEDOUT' || /timeout/i.test(message)
}

const words: Record<Outcome, string> = {
  refused: 'nothing was written',
  'timed out': 'it took too long; nothing is assumed',
  unknown: 'nobody knows whether it was written; nothing is assumed',
}

/** Where the store is, without its password. */
export function placeOf(url: string): string {
  if (!URL.canParse(url))
    throw fault('store-failed', { problem: 'its URL cannot be read; it looks like postgres://USER@HOST/DATABASE', outcome: 'refused' })
  const { host, pathname } = new URL(url)
  return `postgres://${host}${pathname}`
}
