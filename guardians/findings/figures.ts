import { dayMs } from '../../core/calendar.ts'
import type { BusFactor, FindingStatus, Precision, TrendDay } from '../desk.ts'
import type { Report } from '../report.ts'
import { type Store, usdOf } from './record.ts'
import { addCosts } from './scan.ts'

/** What is counted over all findings and scans. */

const dayName = (day: number) => new Date(day * dayMs).toISOString().slice(0, 10)
const share = (part: number, whole: number) => (whole === 0 ? null : part / whole)

/** One entry per day, the last one today; a day without a scan stands as the one before. */
export async function trendOf(store: Store, days: number, now: number): Promise<TrendDay[]> {
  const last = Math.floor(now / dayMs)
  const first = last - days + 1
  const { before, scans } = await store.trend(first * dayMs)
  const found: TrendDay[] = []
  let stands = { open: before?.open ?? 0, savings: before?.savings ?? 0 }
  let at = 0
  for (let day = first; day <= last; day++) {
    const sums = { opened: 0, fixed: 0, regressed: 0 }
    for (let scan = scans[at]; scan && Math.floor(scan.at / dayMs) === day; scan = scans[++at]) {
      sums.opened += scan.opened
      sums.fixed += scan.fixed
      sums.regressed += scan.regressed
      stands = scan
    }
    found.push({ day: dayName(day), open: stands.open, ...sums, usdPerMonth: usdOf(stands.savings) })
  }
  return found
}

export const precisionOf = async (store: Store): Promise<Precision[]> =>
  (await store.votes()).map(({ check, decided, wrong }) => {
    const wrongShare = share(wrong, decided)
    return { check, decided, wrong, precision: wrongShare === null ? null : 1 - wrongShare }
  })

/** Of the fixes whose person is known. */
export async function busFactorOf(store: Store, days: number, now: number): Promise<BusFactor> {
  const people = await store.fixers(now - days * dayMs)
  const fixes = people.reduce((sum, one) => sum + one.fixes, 0)
  const topTwo = people.slice(0, 2).reduce((sum, one) => sum + one.fixes, 0)
  return { fixes, topTwoShare: share(topTwo, fixes), people }
}

interface Counts {
  /** Open or asked. */
  open: number
  high: number
  medium: number
  low: number
  /** Of the open ones. */
  usdPerMonth: number
}

export interface Totals {
  all: Counts
  byStatus: Record<FindingStatus, number>
  byGuardian: (Counts & { guardian: string })[]
}

const severityNames = ['low', 'medium', 'high'] as const

export async function totalsOf(store: Store): Promise<Totals> {
  const none = (): Counts => ({ open: 0, high: 0, medium: 0, low: 0, usdPerMonth: 0 })
  const all = none()
  const byStatus: Totals['byStatus'] = { open: 0, asked: 0, muted: 0, wrong: 0, fixed: 0 }
  const guardians = new Map<string, Counts>()
  for (const { guardian, status, severity, n, savings } of await store.sums()) {
    byStatus[status as FindingStatus] += n
    if (status !== 'open' && status !== 'asked') continue
    const own = guardians.get(guardian) ?? none()
    guardians.set(guardian, own)
    for (const counts of [all, own]) {
      counts.open += n
      counts[severityNames[severity - 1] ?? 'low'] += n
      counts.usdPerMonth = Math.round((counts.usdPerMonth + usdOf(savings)) * 100) / 100
    }
  }
  const byGuardian = [...guardians].map(([guardian, counts]) => ({ guardian, ...counts }))
  return { all, byStatus, byGuardian: byGuardian.sort((a, b) => (a.guardian < b.guardian ? -1 : 1)) }
}

export interface LastLook {
  runs: string[]
  endedAt: number | null
  cost: Report['cost']
  /** What was not looked at, and why. */
  unknown: Report['unknown']
  /** Places (check, account, region) that were told of, and of these, those looked at to their end. */
  places: number
  complete: number
}

/** So far back a guardian's last report is looked for. */
const scansRead = 100

/** The last report of each guardian, together. */
export async function lastLook(store: Store): Promise<LastLook> {
  const scans = await store.scans({ limit: scansRead })
  const told = new Set<string>()
  const look: LastLook = { runs: [], endedAt: null, cost: { calls: 0, usd: 0, byCall: [] }, unknown: [], places: 0, complete: 0 }
  for (const { run, data } of scans) {
    const fresh = new Set(data.guardians.filter((guardian) => !told.has(guardian)))
    if (fresh.size === 0) continue
    for (const guardian of fresh) told.add(guardian)
    const lines = data.coverage.filter(({ guardian }) => fresh.has(guardian))
    look.runs.push(run)
    look.endedAt = Math.max(look.endedAt ?? 0, data.endedAt)
    look.cost = addCosts(look.cost, data.cost)
    look.unknown.push(...data.unknown.filter(({ guardian }) => fresh.has(guardian)))
    look.places += lines.length
    look.complete += lines.filter(({ complete }) => complete).length
  }
  return look
}
