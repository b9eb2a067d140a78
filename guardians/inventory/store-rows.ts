import type { StoreSideConfig } from '../../core/catalog/schema-guardians.ts'
import { bodyOf } from '../../core/query/http.ts'
import { type Asking, failed, parsed } from '../../core/query/problem.ts'
import { outputOf } from '../../core/query/program.ts'
import { scrub } from '../../core/scrub.ts'
import type { Row } from '../consistency/side.ts'
import type { Sources } from '../define.ts'
import { needPlatform } from '../platform.ts'

/** Rows of a store, page by page; nothing of it is held. Errors: `query-failed`, which never holds a secret. */
export type Pages = AsyncGenerator<readonly Row[]>

/** More than this is not compared: the reading would take longer than its scan. */
export const rowsMax = 2_000_000
const pageTimeoutMs = 30_000
const outputLimitBytes = 64 * 2 ** 20
const sqlPageRows = 5_000
const sqlPageRowsMin = 50

type SideOf<Kind extends StoreSideConfig['kind']> = Extract<StoreSideConfig, { kind: Kind }>

/** `[...]`, or `{items: [...], next}` where `next` is an address of the same origin, or a cursor that is sent as `after`. */
export async function* httpRows({ url: address, tokenEnv }: SideOf<'http'>, sources: Sources): Pages {
  const given = new URL(address)
  const asking: Asking = {
    ...{ clock: sources.clock, timeoutMs: pageTimeoutMs, signal: sources.signal, what: scrub(`${given.origin}${given.pathname}`) },
    secrets: [given.password, given.search.slice(1)],
  }
  const token = tokenEnv === undefined ? undefined : environment(tokenEnv, sources, asking)
  const secret: Asking = { ...asking, secrets: [...asking.secrets, token ?? ''] }
  const seen = new Set([given.href])
  for (let url = given; ; ) {
    const answer = parsed(secret, await bodyOf(url, token, secret))
    yield rowsIn(answer, secret)
    const next = nextOf(answer)
    if (next === null) return
    url = nextUrl(url, next)
    if (url.origin !== given.origin) throw failed(secret, 'its next page is at another host; nobody else is asked')
    if (seen.has(url.href)) throw failed(secret, 'its pages repeat')
    seen.add(url.href)
  }
}

const nextOf = (answer: unknown): string | null => {
  const next = Array.isArray(answer) ? null : (answer as { next?: unknown }).next
  return typeof next === 'string' && next !== '' ? next : null
}

function nextUrl(at: URL, next: string): URL {
  if (/^(https?:\/\/|[/?])/.test(next)) return new URL(next, at)
  const url = new URL(at)
  url.searchParams.set('after', next)
  return url
}

/**
 * Page by page in the order of the keys, because one answer of a database may have 10,000 rows only. The rows are counted by the
 * database as well: a key that does not order as it is written would end the pages too early.
 */
export async function* sqlRows({ urlEnv, query: given }: SideOf<'sql'>, keys: readonly string[], sources: Sources): Pages {
  const asking: Asking = {
    ...{ clock: sources.clock, timeoutMs: 2 * pageTimeoutMs, signal: sources.signal, what: `the database of ${urlEnv}`, secrets: [] },
  }
  const url = environment(urlEnv, sources, asking)
  const secret = { ...asking, secrets: [url, ...passwordOf(url)] }
  const query = given.trim().replace(/;$/, '')
  // Only who has such a pair needs a driver in memory.
  const { rowsOf } = await import('../../core/store/query.ts')
  const all = rowsIn(await rowsOf(url, `select count(*) as jidoka_rows from (${query}\n) as jidoka_pair`, secret), secret)
  const expected = Number(all[0]?.jidoka_rows)
  const columns = keys.map((key) => `"${key.replaceAll('"', '""')}"`).join(', ')
  let size = sqlPageRows
  let read = 0
  for (let after = ''; ; ) {
    const text = `select * from (${query}\n) as jidoka_pair ${after} order by ${columns} limit ${size}`
    const answered = await rowsOf(url, text, secret).catch((error: Error) => {
      // Rows may be large: fewer at a time.
      if (size > sqlPageRowsMin && / bytes$/.test(String((error as { details?: { problem?: string } }).details?.problem))) return null
      throw error
    })
    if (answered === null) {
      size = Math.ceil(size / 4)
      continue
    }
    const rows = rowsIn(answered, secret)
    read += rows.length
    yield rows
    const last = rows.at(-1)
    if (rows.length < size || !last) break
    after = `where (${columns}) > (${keys.map((key) => literal(last[key], key, secret)).join(', ')})`
  }
  if (read + Math.max(10, expected / 100) < expected)
    throw failed(secret, `it counts ${expected} rows and gave ${read} in the order of ${columns}`)
}

function literal(value: unknown, key: string, asking: Asking): string {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  if (typeof value === 'number' && !Number.isInteger(value)) return String(value)
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`
  if (typeof value === 'boolean') return String(value)
  throw failed(asking, `a row has no ${key} that can be ordered; select it as text`)
}

/** A JSON array, `{items: [...]}`, or one JSON object per line. */
export async function* execRows({ command, timeoutMs }: SideOf<'exec'>, sources: Sources): Pages {
  const asking: Asking = { clock: sources.clock, timeoutMs, signal: sources.signal, what: `the program ${command[0]}`, secrets: [] }
  const text = await outputOf({ command, limitBytes: outputLimitBytes }, asking)
  const lines = text.trim().split('\n')
  const apart = lines.length > 1 && /^\s*\{.*\}\s*$/.test(lines[0] as string)
  yield rowsIn(apart ? lines.map((line) => parsed(asking, line)) : parsed(asking, text), asking)
}

export function rowsIn(answer: unknown, asking: Pick<Asking, 'what' | 'secrets'>): readonly Row[] {
  const rows = Array.isArray(answer) ? answer : (answer as { items?: unknown } | null)?.items
  if (!Array.isArray(rows)) throw failed(asking, 'its answer is neither a list nor {items: [...]}')
  if (!rows.every((row) => typeof row === 'object' && row !== null && !Array.isArray(row))) throw failed(asking, 'its rows are not objects')
  return rows
}

function environment(name: string, sources: Sources, asking: Asking): string {
  const value = needPlatform(sources).environment(name)
  if (value) return value
  throw failed(asking, `the environment variable ${name} is not set`)
}

function passwordOf(url: string): string[] {
  if (!URL.canParse(url)) return []
  const { password } = new URL(url)
  try {
    return [password, decodeURIComponent(password)]
  } catch {
    return [password]
  }
}
