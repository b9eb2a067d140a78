import type { Mint } from '../ids.ts'
import type { Entry } from '../journal/context.ts'
import type { Page } from '../journal/journal.ts'

/**
 * The store of what guardians find: tens of thousands of documents that are taken in by the hundred. What they mean is said in
 * guardians/findings; here is only what they are looked for, sorted and counted by. Times are epoch ms, money is cents a month.
 */
export interface StoredFinding<Data> {
  id: string
  /** Once; says which thing it is of. */
  key: string
  /** Check, account and region: what a scan covers as one. */
  scope: string
  guardian: string
  check: string
  account: string
  region: string
  status: string
  /** 0 wants somebody, 1 muted, 2 voted wrong, 3 fixed. */
  class: 0 | 1 | 2 | 3
  severity: number
  savings: number
  /** Lists are read upwards by it. Ends with the id. */
  sort: string
  /** Lower case. */
  owner: string | null
  asked: string | null
  newAt: number
  dueAt: number | null
  nextAt: number | null
  lastSeenAt: number
  /** The run that saw it last, and the last after which it may still be there. */
  lastRun: string
  heldRun: string
  fixedRun: string | null
  fixedAt: number | null
  fixedBy: string | null
  fixing: boolean
  voted: boolean
  decided: boolean
  data: Data
}

export interface ScopeRun {
  scope: string
  run: string
  startedAt: number
}

export interface StoredScan<Data> {
  id: string
  run: string
  at: number
  opened: number
  regressed: number
  fixed: number
  /** What wants somebody after it, and what that costs; filled in when it is written. */
  open: number
  savings: number
  data: Data
}

/** What a change may look at, read in its own transaction. At most 500 of anything. */
export interface FindingLook {
  ids?: readonly string[]
  keys?: readonly string[]
  scopes?: readonly string[]
  /** Those of the scopes, neither fixed nor voted wrong, that `run` does not hold; by id. */
  gone?: { scopes: readonly string[]; run: string; after: string; limit: number }
  /** How many `run` saw in each scope. */
  seen?: { scopes: readonly string[]; run: string }
  /** Those that want to be looked at now. */
  due?: { limit: number }
  /** How many fixes wait for their scan. */
  fixing?: true
  scan?: string
}

export interface FoundFindings<Data, Scan> {
  /** Epoch ms, the time of the transaction. */
  now: number
  mint: Mint
  byId: ReadonlyMap<string, StoredFinding<Data>>
  byKey: ReadonlyMap<string, StoredFinding<Data>>
  scopes: ReadonlyMap<string, ScopeRun>
  gone: readonly StoredFinding<Data>[]
  seen: ReadonlyMap<string, number>
  due: readonly StoredFinding<Data>[]
  fixing: number
  scan: StoredScan<Scan> | null
}

export interface FindingChange<Data, Scan, Answer> {
  put?: readonly StoredFinding<Data>[]
  /** These may still be there after that run. */
  hold?: { keys: readonly string[]; run: string }
  scopes?: readonly ScopeRun[]
  scan?: Omit<StoredScan<Scan>, 'open' | 'savings'>
  /** What ended or was not met since then goes: epoch ms. */
  forgetBefore?: number
  tell?: readonly Entry[]
  answer: Answer
}

export interface FindingQuery {
  /** From which class to which. */
  classes: readonly [number, number]
  status?: string
  guardian?: string
  check?: string
  account?: string
  region?: string
  severity?: number
  owner?: string
  newSince?: number
  dueBefore?: number
}

export interface FindingSums {
  guardian: string
  status: string
  severity: number
  n: number
  savings: number
}

export interface FindingStore<Data, Scan> {
  /** One transaction: reads what `look` names, lets `decide` choose (pure; may be called again), writes what it answers. */
  change<Answer>(look: FindingLook, decide: (found: FoundFindings<Data, Scan>) => FindingChange<Data, Scan, Answer>): Promise<Answer>
  get(id: string): Promise<StoredFinding<Data> | null>
  /** `after`: an id. One that is gone begins anew. */
  list(query: FindingQuery, page: Page): Promise<StoredFinding<Data>[]>
  count(query: FindingQuery): Promise<number>
  nextAt(): Promise<number | null>
  /** What a run closed, by id. */
  fixedBy(run: string, page: Page): Promise<{ id: string; scope: string }[]>
  /** Newest first; `after`: a run. */
  scans(page: Page): Promise<StoredScan<Scan>[]>
  /** Oldest first, and how it stood before. */
  trend(since: number): Promise<{
    before: { open: number; savings: number } | null
    scans: { at: number; opened: number; regressed: number; fixed: number; open: number; savings: number }[]
  }>
  sums(): Promise<FindingSums[]>
  votes(): Promise<{ check: string; decided: number; wrong: number }[]>
  /** Who fixed most, first. */
  fixers(since: number): Promise<{ person: string; fixes: number }[]>
}
