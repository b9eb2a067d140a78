import { isFault } from '../errors.ts'
import type { Context } from '../journal/context.ts'
import type { Statements } from '../store/statements/all.ts'
import type { Driver, Tx } from '../store/transaction.ts'
import { changeRecords, storedOf } from './change.ts'
import type { Found, RecordFilter, Records } from './record.ts'

export interface RecordParts {
  driver: Driver
  sql: Statements
  now(): number
  write<Result>(body: (context: Context) => Tx<Result>): Promise<Result>
}

const pageLimit = 1_000
const end = '~'
/** Somebody else is faster at most so often; then it is told. */
const triesMax = 5

/** The records of one kind, over a driver. */
export function openRecords<Data>(kind: string, { driver, sql, now, write }: RecordParts): Records<Data> {
  const statements = sql.records
  return {
    async change(look, decide) {
      for (let tries = 1; ; tries++) {
        try {
          return await write((context) => changeRecords(context, kind, look, (found: Found<Data>) => decide(found)))
        } catch (error) {
          if (!isFault(error, 'record-changed') || tries >= triesMax) throw error
        }
      }
    },
    async get(id) {
      const [row] = await driver.read(statements.byId, { id })
      return row?.kind === kind ? storedOf(row) : null
    },
    async byKey(key) {
      const [row] = await driver.read(statements.byKey, { kind, key })
      return row ? storedOf(row) : null
    },
    async list(filter, { limit, after = end }) {
      const { topic, parent } = filter
      const values = { kind, after, limit: Math.min(limit, pageLimit), ...(topic ? { topic } : parent ? { parent } : {}) }
      return (await driver.read(listOf(statements.list, filter), values)).map((row) => storedOf<Data>(row))
    },
    due: async (limit) => (await driver.read(statements.due, { kind, at: now(), limit: Math.min(limit, pageLimit) })).map(({ id }) => id),
    nextAt: async () => (await driver.read(statements.nextAt, { kind }))[0]?.at ?? null,
    count: async (topic) => (await driver.read(statements.count, { kind, topic }))[0]?.n ?? 0,
  }
}

function listOf(list: Statements['records']['list'], { open, topic, parent }: RecordFilter) {
  if (topic !== undefined) return open ? list.openOfTopic : list.topic
  if (parent !== undefined) return open ? list.openOfParent : list.parent
  return open ? list.open : list.all
}
