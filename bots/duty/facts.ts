import type { Finding, FindingsDesk, Precision, ScanSummary, TrendDay } from '../../guardians/desk.ts'
import { keeper, silent } from '../../guardians/silence.ts'
import type { Digest, Hole, Review, ReviewFacts } from './review.ts'
import type { WeekId } from './week.ts'

/** What is told beside the findings. Reads through the desk of the findings; what is reckoned is pure. */

const dayMs = 86_400_000
const scansLooked = 60
const holesShown = 8
const pageMax = 200
/** A share of fewer decisions says nothing. */
const decidedMin = 3
const busDays = 90
/** Beyond so many the sums say "at least". */
const fixedLooked = 5_000

interface Since {
  now: number
  /** When the last review opened; 0: there was none. */
  since: number
  /** A guardian that is silent for longer than a day and this did not report. */
  lateAfterMs: number
}

export async function factsOf(findings: FindingsDesk, { now, since, lateAfterMs }: Since): Promise<ReviewFacts> {
  const [scans, trend, precision, busFactor, open, unheard] = await Promise.all([
    findings.scans({ limit: scansLooked }),
    findings.trend(8),
    findings.precision(),
    findings.busFactor(busDays),
    findings.count({}),
    findings.list({ check: silent.id }, { limit: 50 }),
  ])
  const recent = scans.filter(({ endedAt }) => endedAt >= since)
  return {
    silent: silentOf(unheard, scans, now - dayMs - lateAfterMs),
    scans: {
      runs: recent.length,
      lastAt: scans[0]?.endedAt ?? null,
      ...{ opened: sum(recent, 'opened'), regressed: sum(recent, 'regressed'), fixed: sum(recent, 'fixed') },
    },
    coverage: coverageOf(recent.length > 0 ? recent : scans.slice(0, 1)),
    cost: costOf(recent),
    open: { now: open, before: before(trend), usdPerMonth: trend.at(-1)?.usdPerMonth ?? 0 },
    precision: lowest(precision),
    busFactor: { fixes: busFactor.fixes, topTwoShare: busFactor.topTwoShare },
  }
}

const sum = (scans: readonly ScanSummary[], key: 'opened' | 'regressed' | 'fixed') => scans.reduce((total, scan) => total + scan[key], 0)
const before = (trend: readonly TrendDay[]) => (trend.length >= 8 ? (trend[0]?.open ?? null) : null)

/** What the keeper of the schedule did not hear; and who reported once, by whatever way, and does no more. */
function silentOf(unheard: readonly Finding[], scans: readonly ScanSummary[], limit: number): ReviewFacts['silent'] {
  const last = new Map<string, number>()
  for (const { guardians: of, endedAt } of scans) for (const one of of) last.set(one, Math.max(last.get(one) ?? 0, endedAt))
  last.delete(keeper.id)
  const problems = new Map(unheard.map(({ name, resource, evidence }) => [name ?? resource, String(evidence.problem ?? '') || null]))
  const all = new Set([...problems.keys(), ...[...last].flatMap(([guardian, at]) => (at < limit ? [guardian] : []))])
  return [...all].map((guardian) => ({ guardian, lastAt: last.get(guardian) ?? null, problem: problems.get(guardian) ?? null }))
}

/** Of each check, account and region the newest look counts. `scans`: newest first. */
function coverageOf(scans: readonly ScanSummary[]): ReviewFacts['coverage'] {
  const lines = new Map<string, { looked: number; hole: Hole | null }>()
  const keyOf = ({ check, account, region }: Pick<Hole, 'check' | 'account' | 'region'>) => `${check}/${account}/${region}`
  for (const { coverage, unknown } of scans) {
    const missing = new Map(unknown.map((one) => [keyOf(one), one]))
    for (const line of coverage) {
      const key = keyOf(line)
      if (lines.has(key)) continue
      const { check, account, region } = line
      const why = missing.get(key)
      const isHole = !line.complete || line.unknown > 0
      const hole = { check, account, region, missing: why?.missing ?? null, resources: why?.resources ?? (line.unknown || null) }
      lines.set(key, { looked: line.looked, hole: isHole ? hole : null })
    }
    for (const [key, { check, account, region, missing: what, resources }] of missing)
      if (!lines.has(key)) lines.set(key, { looked: 0, hole: { check, account, region, missing: what, resources } })
  }
  const all = [...lines.values()]
  const holes = all.flatMap(({ hole }) => (hole ? [hole] : [])).toSorted((a, b) => (b.resources ?? 1e9) - (a.resources ?? 1e9))
  return {
    looked: all.reduce((total, { looked }) => total + looked, 0),
    lines: all.length,
    holes: holes.slice(0, holesShown),
    moreHoles: Math.max(0, holes.length - holesShown),
  }
}

function costOf(scans: readonly ScanSummary[]): ReviewFacts['cost'] {
  const calls = scans.flatMap(({ cost }) => cost.byCall)
  const top = calls.toSorted((a, b) => b.share - a.share)[0]
  return {
    calls: scans.reduce((total, { cost }) => total + cost.calls, 0),
    usd: scans.reduce((total, { cost }) => total + cost.usd, 0),
    top: top ? { call: top.call, share: top.share } : null,
  }
}

const lowest = (all: readonly Precision[]): Precision[] =>
  all
    .filter(({ decided, precision }) => decided >= decidedMin && precision !== null && precision < 1)
    .toSorted((a, b) => (a.precision ?? 1) - (b.precision ?? 1))
    .slice(0, 3)

/** Every page of a list, up to a limit. */
export async function allOf(findings: FindingsDesk, filter: Parameters<FindingsDesk['list']>[0], max = 1_000): Promise<Finding[]> {
  const found: Finding[] = []
  for (let after: string | undefined; found.length < max; after = found.at(-1)?.id) {
    const some = await findings.list(filter, { limit: pageMax, ...(after ? { after } : {}) })
    found.push(...some)
    if (some.length < pageMax) break
  }
  return found.slice(0, max)
}

interface WeekNumbers {
  week: WeekId
  id: string
  now: number
  /** Beginning of the week, epoch ms. */
  from: number
  reviews: readonly Review[]
  people: string[]
  next: Digest['next']
}

export async function digestOf(findings: FindingsDesk, { week, id, now, from, reviews, people, next }: WeekNumbers): Promise<Digest> {
  const [fixed, trend, open] = await Promise.all([
    allOf(findings, { status: 'fixed' }, fixedLooked),
    findings.trend(1 + Math.ceil((now - from) / dayMs)),
    findings.count({}),
  ])
  const inWeek = fixed.filter((one) => one.fixed !== null && one.fixed.at >= from)
  const decisions: Digest['decisions'] = { ask: 0, mute: 0, fix: 0, wrong: 0, later: 0 }
  let carried = 0
  for (const item of reviews.flatMap(({ items }) => items)) {
    if (item.decision) decisions[item.decision.kind] += 1
    else carried += 1
  }
  const lasted = reviews.reduce((total, { openedAt, state }) => total + (state.status === 'ended' ? state.at - openedAt : 0), 0)
  return {
    ...{ type: 'digest', id, week, at: now, people, reviews: reviews.length, decisions, carried, next, open },
    minutes: Math.round(lasted / 60_000),
    opened: trend.filter(({ day }) => Date.parse(day) + dayMs > from).reduce((total, one) => total + one.opened + one.regressed, 0),
    fixed: inWeek.length,
    savedUsd: Math.round(inWeek.reduce((total, { savings }) => total + (savings?.usdPerMonth ?? 0), 0) * 100) / 100,
    openUsd: trend.at(-1)?.usdPerMonth ?? 0,
  }
}
