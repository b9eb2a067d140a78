import type { Ask, BusFactor, Finding, Precision } from '../../guardians/desk.ts'
import type { Person } from '../andon/andon.ts'
import type { Day, WeekId } from './week.ts'

/**
 * The review of one morning. Its agenda is frozen when it opens: what comes later waits for the next one.
 *
 *     open --all decided | by hand | its clock is over--> ended
 *
 * What is left undecided comes back in the next review.
 */
export interface Review {
  type: 'review'
  id: string
  day: Day
  week: WeekId
  /** Ids of who was on duty. */
  people: string[]
  /** Epoch ms, as all times here. */
  plannedAt: number
  openedAt: number
  /** Null: the house, at its hour. */
  openedBy: Person | null
  remindAt: number
  reminded: boolean
  endsAt: number
  state: { status: 'open' } | { status: 'ended'; at: number; how: 'decided' | 'by-hand' | 'clock' | 'nothing'; by: Person | null }
  items: ReviewItem[]
  /** Open findings that found no room in this one. */
  waiting: number
  facts: ReviewFacts
}

export type Why = 'regressed' | 'new' | 'overdue' | 'returned' | 'carried' | 'open'
export type DecisionKind = 'ask' | 'mute' | 'fix' | 'wrong' | 'later'

export interface ReviewItem {
  /** From 1; how people call it. */
  n: number
  why: Why
  /** As it was when the review opened. */
  finding: SeenFinding
  /** Somebody decides it right now; nobody else can. */
  pending: { by: Person; at: number; kind: DecisionKind } | null
  decision: ItemDecision | null
}

export type SeenFinding = Pick<
  Finding,
  | 'id'
  | 'guardian'
  | 'check'
  | 'account'
  | 'region'
  | 'resource'
  | 'name'
  | 'severity'
  | 'reason'
  | 'evidence'
  | 'savings'
  | 'owner'
  | 'firstSeenAt'
  | 'lastSeenAt'
  | 'regressions'
  | 'ask'
>

export interface ItemDecision {
  kind: DecisionKind
  by: Person
  at: number
  /** Person who is asked. */
  to: string | null
  /** Why they; null: nobody is asked. Absent, like the next one: decided by an older version. */
  via?: Ask['via'] | null
  /** They have no Slack: no message went to them, somebody has to tell them. */
  unreached?: boolean
  dueAt: number | null
  /** End of a mute. */
  until: number | null
  words: string | null
  runbook: string | null
}

/** What the three should know before they begin; kept as it was. */
export interface ReviewFacts {
  /** Guardians that did not report since the last day. */
  silent: { guardian: string; lastAt: number | null; problem: string | null }[]
  /** Days whose review did not take place; absent: told by an older version. */
  missed?: Day[]
  /** Of the scans since the last review. */
  scans: { runs: number; lastAt: number | null; opened: number; regressed: number; fixed: number }
  coverage: { looked: number; lines: number; holes: Hole[]; moreHoles: number }
  cost: { calls: number; usd: number /** The call that used most of what AWS allows. */; top: { call: string; share: number } | null }
  /** Open now and seven days before. */
  open: { now: number; before: number | null; usdPerMonth: number }
  /** The lowest, of checks about which enough was decided. */
  precision: Precision[]
  busFactor: Pick<BusFactor, 'fixes' | 'topTwoShare'>
}

/** What was not looked at. */
export interface Hole {
  check: string
  account: string
  region: string
  /** Permission or answer that was missing; null: the inventory was not read to its end. */
  missing: string | null
  resources: number | null
}

/** The week in numbers. */
export interface Digest {
  type: 'digest'
  id: string
  week: WeekId
  at: number
  people: string[]
  reviews: number
  decisions: Record<DecisionKind, number>
  carried: number
  minutes: number
  opened: number
  fixed: number
  open: number
  /** USD a month: of what was fixed in this week, and of what is open. */
  savedUsd: number
  openUsd: number
  /** Null: the next week is not drawn. */
  next: { week: WeekId; people: string[]; missing: number } | null
}

/** A day whose hour came and went without a review. */
export interface MissedReview {
  type: 'missed'
  id: string
  day: Day
  at: number
}

export type ReviewData = Review | Digest | MissedReview
export const isReview = (data: ReviewData): data is Review => data.type === 'review'
export const isMissed = (data: ReviewData): data is MissedReview => data.type === 'missed'
export const isDigest = (data: ReviewData): data is Digest => data.type === 'digest'
export const isOpen = ({ state }: Review): boolean => state.status === 'open'
export const undecided = ({ items }: Review): ReviewItem[] => items.filter(({ decision }) => decision === null)

export const seen = (finding: Finding): SeenFinding => {
  const { id, guardian, check, account, region, resource, name, severity, reason, evidence, savings, owner } = finding
  const { firstSeenAt, lastSeenAt, regressions, ask } = finding
  return {
    ...{ id, guardian, check, account, region, resource, name, severity, reason, evidence, savings, owner },
    ...{ firstSeenAt, lastSeenAt, regressions, ask },
  }
}

export interface AgendaInput {
  /** Open, and new or seen again since the last review; worst first, as all of these. */
  fresh: readonly Finding[]
  /** Asked, and overdue or handed back. */
  due: readonly Finding[]
  /** Of the last review, without a decision. */
  carried: readonly Finding[]
  open: readonly Finding[]
  /** When the last review opened. */
  since: number
}

/** What came back first, then what is new, what nobody did, what was left over, and the rest; each once. */
export function agendaOf({ fresh, due, carried, open, since }: AgendaInput, maxItems: number): ReviewItem[] {
  const isBack = ({ regressedAt }: Finding) => regressedAt !== null && regressedAt >= since
  const parts: [Why, readonly Finding[]][] = [
    ['regressed', fresh.filter(isBack)],
    ['new', fresh.filter((one) => !isBack(one))],
    ['overdue', due.filter((one) => !handedBack(one))],
    ['returned', due.filter(handedBack)],
    ['carried', carried],
    ['open', open],
  ]
  const taken = new Map<string, ReviewItem>()
  for (const [why, findings] of parts)
    for (const finding of findings)
      if (taken.size < maxItems && !taken.has(finding.id))
        taken.set(finding.id, { n: taken.size + 1, why, finding: seen(finding), pending: null, decision: null })
  return [...taken.values()]
}

const handedBack = ({ ask }: Finding): boolean => ask?.answer?.kind === 'not-mine' || ask?.answer?.kind === 'disagree'
