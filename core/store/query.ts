import { createRequire } from 'node:module'
import pg from 'pg'
import { type Asking, deadline, failed, tookTooLong } from '../query/problem.ts'
import { outputOf } from '../query/program.ts'

const maxRows = 10_000
const rowsLimitBytes = 8 * 2 ** 20
const fetchRows = 1_000

/**
 * Rows of one reading statement on a database of others: `sqlite:FILE`, opened for reading, or `postgres://...`, in a transaction that
 * cannot write. Errors: `query-failed`, also when there are more than 10,000 rows: a part of them would look like all.
 */
export async function rowsOf(url: string, query: string, asking: Asking): Promise<unknown[]> {
  if (url.startsWith('sqlite:')) return sqliteRows(url.slice('sqlite:'.length), query, asking)
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return postgresRows(url, query, asking)
  throw failed(asking, 'it is neither sqlite:FILE nor postgres://USER@HOST/DATABASE')
}

/**
 * SQLite works within the thread that asks, and a statement that is under way cannot be called off. So it has a process of its own,
 * which can be killed: nobody's question may hold up the controller.
 */
async function sqliteRows(file: string, query: string, asking: Asking): Promise<unknown[]> {
  const driver = createRequire(import.meta.url).resolve('better-sqlite3')
  const command = [process.execPath, '--input-type=commonjs', '-e', sqliteScript]
  const stdin = JSON.stringify({ driver, file, query, maxRows })
  const text = await outputOf({ command, stdin, env: {}, limitBytes: rowsLimitBytes }, asking)
  const answer = JSON.parse(text) as { rows: unknown[] } | { problem: string }
  if ('problem' in answer) throw failed(asking, answer.problem)
  return answer.rows
}

const sqliteScript = `
let text = ''
const plain = (_, value) => {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  return value && value.type === 'Buffer' ? null : value
}
const tell = (answer) => process.stdout.write(JSON.stringify(answer, plain))
function rows({ driver, file, query, maxRows }) {
  const database = new (require(driver))(file, { readonly: true, fileMustExist: true })
  const statement = database.prepare(query)
  if (!statement.reader || !statement.readonly) return { problem: 'it is not a statement that only reads' }
  const rows = []
  for (const row of statement.safeIntegers(true).iterate()) {
    if (rows.push(row) > maxRows) return { problem: 'it answers more than ' + maxRows + ' rows' }
  }
  return { rows }
}
process.stdin.setEncoding('utf8').on('data', (chunk) => { text += chunk }).on('end', () => {
  try { tell(rows(JSON.parse(text))) } catch (error) { tell({ problem: error.message }) }
})
`

/** Counts and sums come as text, because they may be too large for a number; those of customers are not. */
const numeric: readonly number[] = [pg.types.builtins.INT8, pg.types.builtins.NUMERIC]
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    numeric.includes(oid) ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
}

async function postgresRows(url: string, query: string, asking: Asking): Promise<unknown[]> {
  const { timeoutMs } = asking
  const client = new pg.Client({ connectionString: url, types, application_name: 'jidoka', connectionTimeoutMillis: timeoutMs })
  // What breaks between two statements is told by the next one.
  client.on('error', () => {})
  let late = false
  const cancelTimer = deadline(asking, () => {
    late = true
    void client.end().catch(() => {})
  })
  try {
    await client.connect()
    await client.query(`begin transaction read only; set local statement_timeout = ${timeoutMs}`)
    // A cursor takes one statement that reads, and no other; by the extended protocol nothing can follow it.
    await client.query({ name: 'jidoka', text: `declare jidoka no scroll cursor for ${query}` })
    return await fetched(client, asking)
  } catch (error) {
    throw late || (error as { code?: string }).code === '57014' ? tookTooLong(asking) : reasonOf(error, asking)
  } finally {
    cancelTimer()
    await client.end().catch(() => {})
  }
}

async function fetched(client: pg.Client, asking: Asking): Promise<unknown[]> {
  const all: unknown[] = []
  for (let bytes = 0; ; ) {
    const { rows } = await client.query(`fetch ${fetchRows} from jidoka`)
    const text = JSON.stringify(rows)
    bytes += text.length
    if (all.length + rows.length > maxRows) throw failed(asking, `it answers more than ${maxRows} rows`)
    if (bytes > rowsLimitBytes) throw failed(asking, `it answers more than ${rowsLimitBytes} bytes`)
    all.push(...JSON.parse(text))
    if (rows.length < fetchRows) return all
  }
}

function reasonOf(error: unknown, asking: Asking): unknown {
  const { code = '', message } = error as { code?: string; message?: string }
  return code === 'query-failed' ? error : failed(asking, message || code || 'it cannot be reached')
}
