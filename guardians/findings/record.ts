import { createHash } from 'node:crypto'
import type { FindingStore, StoredFinding } from '../../core/findings/finding.ts'
import type { Severity } from '../define.ts'
import type { Finding, FindingStatus, ScanSummary } from '../desk.ts'
import type { ReportedFinding } from '../report.ts'

/** How a finding is kept: the document that people see, what only we remember, and what it is looked for by. */

export interface Kept extends Finding {
  /** The run that opened it, and the last one that saw it come back: a report that is sent again gets the same answer. */
  openedRun: string
  regressedRun: string | null
  /** A vote against the check stands, though the finding may be back for another reason. */
  voted: boolean
  /** Asked, muted, voted on, or fixed at some time. */
  decided: boolean
  /** Person whose fix it was; null: nobody's that we know. */
  fixedBy: string | null
}

export interface KeptScan extends Omit<ScanSummary, 'run'> {
  /** Digests of the reports that it was made of. */
  parts: string[]
}

export type Store = FindingStore<Kept, KeptScan>

export const classes: Record<FindingStatus, 0 | 1 | 2 | 3> = { open: 0, asked: 0, muted: 1, wrong: 2, fixed: 3 }
export const severityRanks: Record<Severity, number> = { low: 1, medium: 2, high: 3 }

type Place = Pick<ReportedFinding, 'check' | 'account' | 'region'>

/** What a scan covers as one. No part of it has a bar in it. */
export const scopeOf = ({ check, account, region }: Place) => `${check}|${account}|${region}`
export const keyOf = (place: Place & Pick<ReportedFinding, 'resource'>) =>
  createHash('sha256')
    .update(JSON.stringify([place.check, place.account, place.region, place.resource]))
    .digest('base64url')

export const centsOf = ({ savings }: Pick<Finding, 'savings'>) =>
  Math.min(999_999_999_999, Math.max(0, Math.round((savings?.usdPerMonth ?? 0) * 100)))
export const usdOf = (cents: number) => cents / 100

/** `nextAt`: when it wants to be looked at again; `heldRun`: the last run after which it may still be there. */
export function storedOf(kept: Kept, { nextAt, heldRun }: { nextAt: number | null; heldRun: string }): StoredFinding<Kept> {
  const { id, guardian, check, account, region, status, ask, fix, fixed } = kept
  const savings = centsOf(kept)
  const severity = severityRanks[kept.severity]
  return {
    ...{ id, guardian, check, account, region, status, severity, savings, nextAt, heldRun },
    key: keyOf(kept),
    scope: scopeOf(kept),
    class: classes[status],
    sort: `${9 - severity}${pad(999_999_999_999 - savings, 12)}${pad(kept.firstSeenAt, 14)}${id}`,
    owner: kept.owner?.name.toLowerCase() ?? null,
    asked: status === 'asked' && ask ? ask.to.toLowerCase() : null,
    newAt: kept.regressedAt ?? kept.firstSeenAt,
    dueAt: status === 'asked' ? dueAtOf(kept) : null,
    lastSeenAt: kept.lastSeenAt,
    lastRun: kept.lastRun,
    fixedRun: fixed?.run ?? null,
    fixedAt: fixed?.at ?? null,
    fixedBy: kept.fixedBy,
    fixing: fix !== null && !fix.dryRun && status !== 'fixed',
    voted: kept.voted,
    decided: kept.decided,
    data: kept,
  }
}

/** Who was asked and sends it back has said so; that is for the next review, whatever the day. */
function dueAtOf({ ask }: Kept): number | null {
  if (!ask) return null
  const { answer } = ask
  return answer?.kind === 'not-mine' || answer?.kind === 'disagree' ? Math.min(answer.at, ask.dueAt) : ask.dueAt
}

const pad = (value: number, digits: number) => String(Math.floor(value)).padStart(digits, '0')

/** As people see it. */
export function findingOf({ openedRun, regressedRun, voted, decided, fixedBy, ...finding }: Kept): Finding {
  return finding
}
