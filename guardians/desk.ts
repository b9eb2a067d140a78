import type { Page } from '../core/journal/journal.ts'
import type { Evidence, Severity } from './define.ts'
import type { Savings } from './prices.ts'
import type { Report } from './report.ts'

/**
 * A finding, from the first scan that saw it to the scan that proved it gone.
 *
 *   open --ask--> asked --answer--> asked
 *    |  \           |
 *    |   +--mute----+--> muted --until is over, or by hand--> open
 *    |   +--wrong---+--> wrong --seen for another reason, or by hand--> open
 *    |              |
 *    +--a complete scan that covered it did not see it--> fixed --seen again--> open (regressed)
 *
 * Only a scan closes: neither an answer nor a button does.
 */
export type FindingStatus = 'open' | 'asked' | 'muted' | 'wrong' | 'fixed'

/** Who decides or answers: a person of the configuration, or who sits at the token (`token:NAME`). */
export type Who = string

export interface Owner {
  /** A person or team of the configuration where one is known by that name, else the words of the tag. */
  name: string
  kind: 'person' | 'team' | 'words'
  /** How we know. */
  by: 'ask' | 'tag' | 'catalogue' | 'fallback'
}

export interface Ask {
  id: string
  /** Person who is asked. */
  to: string
  /** Why that person: named by whoever asks, the owner, on call for the owner's team, or nobody else was found (then say whose it may be). */
  via: 'named' | 'owner' | 'team' | 'fallback'
  by: Who
  /** Epoch ms, as all times here. */
  at: number
  dueAt: number
  words: string | null
  /** Null again when a later scan still sees what was said to be done. */
  answer: { kind: 'will-do' | 'done' | 'not-mine' | 'disagree'; by: Who; at: number; words: string | null } | null
  remindedAt: number | null
  reminders: number
}

export interface Finding {
  id: string
  guardian: string
  check: string
  account: string
  region: string
  /** ARN, or an address of our own. */
  resource: string
  name: string | null
  severity: Severity
  reason: string
  evidence: Evidence
  savings: Savings | null
  status: FindingStatus
  owner: Owner | null
  firstSeenAt: number
  lastSeenAt: number
  /** The scan that saw it last. */
  lastRun: string
  /** How often it came back after it was fixed, and when last. */
  regressions: number
  regressedAt: number | null
  ask: Ask | null
  mute: { reason: string; by: Who; at: number; until: number } | null
  wrong: { reason: string; by: Who; at: number } | null
  /** A runbook that was approved for it; `run` null: not begun. `said`: what it answered, of a dry run what it would do. */
  fix: {
    runbook: string
    by: Who
    at: number
    run: string | null
    dryRun: boolean
    /** It takes back what the runbook did. */
    undo?: true
    /** How the run ended. Also one that is done is confirmed by a scan alone; `unknown`: nobody knows whether it was done. */
    ended?: FixEnd
    said: string | null
  } | null
  /** When, and the scan that covered it. */
  fixed: { at: number; run: string } | null
}

export type FixEnd = 'done' | 'failed' | 'unknown' | 'cancelled'

export type Decision =
  | { kind: 'ask'; to?: string; dueAt?: number; words?: string }
  | { kind: 'mute'; reason: string; until: number }
  | { kind: 'wrong'; reason: string }
  | { kind: 'answer'; answer: 'will-do' | 'done' | 'not-mine' | 'disagree'; words?: string; dueAt?: number; to?: string }
  | { kind: 'reopen'; reason: string }
  | { kind: 'fix'; dryRun?: boolean; undo?: boolean }

export interface FindingFilter {
  /** Default: `open` and `asked`. `live`: those two and `muted`. */
  status?: FindingStatus | 'live' | 'all'
  guardian?: string
  check?: string
  account?: string
  region?: string
  severity?: Severity
  /** Person or team. */
  owner?: string
  /** First seen, or seen again after it was fixed, since then. */
  newSince?: number
  /** Asked, and due before then; what was answered with `not-mine` or `disagree` is due for the next review at once. */
  dueBefore?: number
}

export interface Ingested {
  run: string
  seen: number
  opened: string[]
  regressed: string[]
  fixed: string[]
  /** Muted or voted wrong: seen, and left as they are. */
  silent: number
  /** Checks x account x region whose coverage was not complete: nothing of theirs was closed. */
  uncovered: number
}

/** One whole scan, kept for trend and ledger. */
export interface ScanSummary {
  run: string
  guardians: string[]
  startedAt: number
  endedAt: number
  findings: number
  opened: number
  regressed: number
  fixed: number
  coverage: Report['coverage']
  unknown: Report['unknown']
  cost: Report['cost']
}

export interface Precision {
  check: string
  /** Decided by people or fixed: what the share is of. */
  decided: number
  wrong: number
  /** 1 - wrong / decided; null: nothing decided yet. */
  precision: number | null
}

export interface BusFactor {
  fixes: number
  /** Share of the fixes by the two who fixed most; null: none yet. */
  topTwoShare: number | null
  people: { person: string; fixes: number }[]
}

export interface TrendDay {
  /** `2026-11-21`, UTC. */
  day: string
  open: number
  opened: number
  fixed: number
  regressed: number
  usdPerMonth: number
}

/** The findings of the platform; every surface (Slack, API, CLI) goes through it. */
export interface FindingsDesk {
  /**
   * A whole run (shards merged); or parts of it one after the other, as long as the line of coverage comes with the last part of
   * its check. Idempotent: a report may be sent again, also one that was taken in by half. At most 500 findings per transaction.
   */
  ingest(report: Report): Promise<Ingested>
  get(id: string): Promise<Finding | null>
  /** Worst first: severity, then savings, then age. */
  list(filter: FindingFilter, page: Page): Promise<Finding[]>
  count(filter: FindingFilter): Promise<number>
  /** @throws fault `finding-not-found`, `finding-decided` (the status does not allow it), `owner-unknown`, `no-runbook`, `too-many-items`, `forbidden` */
  decide(id: string, decision: Decision, by: Who): Promise<Finding>
  /** Asks that are to be reminded of now (`finding.reminded`), and mutes that are over (`finding.unmuted`); told in the journal. */
  tick(): Promise<void>
  /** When `tick` has something to do next; epoch ms. */
  nextAt(): Promise<number | null>
  /** Newest first. */
  scans(page: Page): Promise<ScanSummary[]>
  trend(days: number): Promise<TrendDay[]>
  precision(): Promise<Precision[]>
  busFactor(days: number): Promise<BusFactor>
}
