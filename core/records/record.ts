import type { Mint } from '../ids.ts'
import type { Entry } from '../journal/context.ts'
import type { OutboxMessage, Page } from '../journal/journal.ts'

/** Something with a life of its own, and what it is looked for by. `data` is its whole state. */
export interface Stored<Data> {
  id: string
  kind: string
  /** A word for lists; whether it is over is `open`. */
  status: string
  open: boolean
  component: string | null
  /** What recurs: records of the same topic are the same matter again. */
  topic: string | null
  /** What it belongs to: an andon, an incident. */
  parent: string | null
  /** At most one record of a kind has it, ever. Fixed when the record is made. */
  key: string | null
  /** Epoch ms; from then on `due` names it. */
  nextAt: number | null
  /** Grows by one with each change; 0 before the first. */
  rev: number
  createdAt: number
  data: Data
}

/** A record as somebody decided it should be; whoever read it with this `rev` writes it. */
export type Draft<Data> = Omit<Stored<Data>, 'kind' | 'createdAt'>

/** What a change may look at, read in its own transaction. */
export interface Look {
  ids?: readonly string[]
  /** Also the one with this key. */
  key?: string
  /** Also all that are open, newest first, at most 200; with `topic` only those. */
  open?: true | { topic: string }
}

export interface Found<Data> {
  /** Epoch ms, the time of the transaction. */
  now: number
  mint: Mint
  /** By id. */
  records: ReadonlyMap<string, Stored<Data>>
  byKey: Stored<Data> | null
  /** Newest first. */
  open: readonly Stored<Data>[]
}

export interface Change<Data, Answer> {
  put?: readonly Draft<Data>[]
  /** Appended to the journal, in this order. */
  tell?: readonly Entry[]
  post?: readonly OutboxMessage[]
  answer: Answer
}

export interface RecordFilter {
  open?: true
  topic?: string
  parent?: string
}

/** Records of one kind. */
export interface Records<Data> {
  /**
   * One transaction: reads what `look` names, lets `decide` choose (pure and synchronous; called again when somebody else was
   * faster), writes what it answers. Committed when it answers. What `decide` throws is thrown, and nothing is written.
   */
  change<Answer>(look: Look, decide: (found: Found<Data>) => Change<Data, Answer>): Promise<Answer>
  get(id: string): Promise<Stored<Data> | null>
  byKey(key: string): Promise<Stored<Data> | null>
  /** Newest first. `topic` and `parent` exclude each other. */
  list(filter: RecordFilter, page: Page): Promise<Stored<Data>[]>
  /** Ids of those that want to be looked at now, the longest waiting first. */
  due(limit: number): Promise<string[]>
  /** When the next one wants to be looked at; null: none does. */
  nextAt(): Promise<number | null>
  /** How many there are and were of a topic. */
  count(topic: string): Promise<number>
}
