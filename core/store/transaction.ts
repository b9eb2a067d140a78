import { JidokaError } from '../errors.ts'
import type { Chain, Statement, Value, Values } from './kit.ts'

/**
 * A transaction is a generator that yields calls and is given their answers. It is written once; SQLite's driver runs it
 * synchronously, PostgreSQL's asynchronously. Calls that are yielded together do not depend on each other.
 */
export type Tx<Result> = Generator<readonly Call[], Result, readonly Answer[]>

export interface Call {
  statement: Statement
  values: Values
}

export interface Answer {
  rows: unknown[]
  /** Rows changed. */
  changes: number
}

/** What runs transactions. Everything it throws is an error of the catalogue. */
export interface Driver {
  /** Each call has committed before it returns, so that nothing else can come meanwhile. */
  readonly immediate: boolean
  /** Runs a query by itself. */
  read<Row>(statement: Statement<Row>, values: Values): Promise<Row[]>
  /** Runs a transaction; committed when it answers. May call `begin` more than once: only the last time counts. */
  write<Result>(begin: () => Tx<Result>): Promise<Result>
  /** Runs a chain; committed when it answers. False: the guard did not hold, nothing was written. */
  chain(chain: Chain, values: Values): Promise<boolean>
  /** Runs one write by itself, outside the order of the journal. Answers how many rows it changed. */
  change(statement: Statement<never>, values: Values): Promise<number>
  /** Calls `wake` soon after others who share the store have appended to the journal; the answer stops it. Absent: there are no others. */
  follow?(wake: () => void): () => void
  close(): Promise<void>
}

export function* rows<Row>(statement: Statement<Row>, values: Values = {}): Tx<Row[]> {
  const [answer] = yield [{ statement, values }]
  return (answer as Answer).rows as Row[]
}

export function* first<Row>(statement: Statement<Row>, values: Values = {}): Tx<Row | undefined> {
  const [answer] = yield [{ statement, values }]
  return (answer as Answer).rows[0] as Row | undefined
}

/** Answers how many rows were changed. */
export function* change(statement: Statement<never>, values: Values = {}): Tx<number> {
  const [answer] = yield [{ statement, values }]
  return (answer as Answer).changes
}

type RowsOf<Calls extends readonly Statement[]> = { [At in keyof Calls]: Calls[At] extends Statement<infer Row> ? Row[] : never }

/** Several queries with the same values, in one round trip. */
export function* together<const Statements extends readonly Statement[]>(statements: Statements, values: Values): Tx<RowsOf<Statements>> {
  const answers = yield statements.map((statement) => ({ statement, values }))
  return answers.map((answer) => answer.rows) as RowsOf<Statements>
}

/** Errors that a transaction threw itself: they are told as they are, whatever the store has to do with them. */
const thrown = new WeakSet<object>()

/** Lets a transaction go on with the answers to what it yielded last. */
export function resume<Result>(tx: Tx<Result>, answers: readonly Answer[]): IteratorResult<readonly Call[], Result> {
  try {
    return tx.next(answers)
  } catch (error) {
    if (typeof error === 'object' && error !== null) thrown.add(error)
    throw error
  }
}

export const isOurs = (error: unknown): boolean =>
  error instanceof JidokaError || (typeof error === 'object' && error !== null && thrown.has(error))

/** The parameters of a statement, in their order. `now` is what `$now` stands for. */
export function bind({ params, text }: Statement, values: Values, now: () => number): Value[] {
  const bound: Value[] = new Array(params.length)
  for (let at = 0; at < params.length; at++) {
    const param = params[at] as Statement['params'][number]
    if (typeof param !== 'string') bound[at] = param.constant
    else if (param === '$now') bound[at] = now()
    else {
      const value = values[param]
      if (value === undefined) throw new TypeError(`no value for ${param} in: ${text}`)
      bound[at] = value
    }
  }
  return bound
}

/** Rows come as arrays, because that is the fastest on both drivers. */
export function objects(fields: readonly string[], rows: readonly unknown[][]): Record<string, unknown>[] {
  return rows.map((row) => {
    const object: Record<string, unknown> = {}
    for (let at = 0; at < fields.length; at++) object[fields[at] as string] = row[at]
    return object
  })
}
