import { fault } from '../../core/errors.ts'
import type { Report, ReportedCoverage, ReportedUnknown } from '../report.ts'

/** Shards and guardians of one run as one report. */

const examplesMax = 20

interface Place {
  check: string
  account: string
  region: string
}
const keyOf = ({ check, account, region }: Place) => `${check}|${account}|${region}`
const byKey = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/**
 * In the order in which they were made. Coverage is added up; complete is what the last shard of that inventory says. What two
 * shards both saw (its page shifted between them) counts once.
 * @throws fault `usage`: none, or of several runs
 */
export function mergeReports(reports: readonly Report[]): Report {
  const [first] = reports
  const last = reports.at(-1)
  if (!first || !last) throw fault('usage', { problem: 'There is no report to merge.', hint: 'Give at least one.' })
  const stranger = reports.find(({ run }) => run !== first.run)
  if (stranger)
    throw fault('usage', { problem: `Reports of two runs: ${first.run} and ${stranger.run}.`, hint: 'Merge shards of one run.' })
  const { findings, twice } = mergedFindings(reports)
  const { undecided, undecidedTwice } = mergedUndecided(reports)
  return inOrder({
    ...{ schema: 1, run: first.run, guardians: [...new Set(reports.flatMap(({ guardians }) => guardians))] },
    startedAt: Math.min(...reports.map(({ startedAt }) => startedAt)),
    endedAt: Math.max(...reports.map(({ endedAt }) => endedAt)),
    ...{ findings, undecided },
    unknown: mergedUnknown(reports),
    coverage: mergedCoverage(reports, twice, undecidedTwice),
    cost: mergedCost(reports),
    ...(last.checkpoint === undefined ? {} : { checkpoint: last.checkpoint }),
  })
}

/** The same content always stands in the same order. */
export function inOrder(report: Report): Report {
  const place = (a: Place, b: Place) => byKey(keyOf(a), keyOf(b))
  report.findings.sort((a, b) => place(a, b) || byKey(a.resource, b.resource))
  report.coverage.sort(place)
  report.unknown.sort((a, b) => place(a, b) || byKey(a.missing, b.missing))
  report.undecided.sort(place)
  return report
}

type Count = Map<string, number>
const count = (counts: Count, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1)

function mergedFindings(reports: readonly Report[]) {
  const findings = new Map<string, Report['findings'][number]>()
  const twice: Count = new Map()
  for (const finding of reports.flatMap((report) => report.findings)) {
    const key = `${keyOf(finding)}|${finding.resource}`
    if (findings.has(key)) count(twice, keyOf(finding))
    findings.set(key, finding)
  }
  return { findings: [...findings.values()], twice }
}

function mergedUndecided(reports: readonly Report[]) {
  const lines = new Map<string, Place & { resources: Set<string> }>()
  const undecidedTwice: Count = new Map()
  for (const { check, account, region, resources } of reports.flatMap((report) => report.undecided)) {
    const key = keyOf({ check, account, region })
    const line = lines.get(key) ?? { check, account, region, resources: new Set() }
    lines.set(key, line)
    for (const resource of resources) {
      if (line.resources.has(resource)) count(undecidedTwice, key)
      line.resources.add(resource)
    }
  }
  return { undecided: [...lines.values()].map((line) => ({ ...line, resources: [...line.resources] })), undecidedTwice }
}

function mergedUnknown(reports: readonly Report[]): ReportedUnknown[] {
  const lines = new Map<string, ReportedUnknown>()
  for (const line of reports.flatMap(({ unknown }) => unknown)) {
    const key = `${keyOf(line)}|${line.missing}`
    const known = lines.get(key)
    if (!known) {
      lines.set(key, { ...line, examples: [...line.examples] })
      continue
    }
    known.resources = known.resources === null || line.resources === null ? null : known.resources + line.resources
    known.examples = [...new Set([...known.examples, ...line.examples])].slice(0, examplesMax)
  }
  return [...lines.values()]
}

function mergedCoverage(reports: readonly Report[], failedTwice: Count, unknownTwice: Count): ReportedCoverage[] {
  const lines = new Map<string, ReportedCoverage>()
  for (const line of reports.flatMap(({ coverage }) => coverage)) {
    const known = lines.get(keyOf(line))
    if (!known) {
      lines.set(keyOf(line), { ...line })
      continue
    }
    for (const figure of ['looked', 'passed', 'failed', 'unknown'] as const) known[figure] += line[figure]
    known.complete = line.complete
  }
  for (const [key, line] of lines) {
    const failed = failedTwice.get(key) ?? 0
    const unknown = unknownTwice.get(key) ?? 0
    line.failed -= failed
    line.unknown -= unknown
    line.looked -= failed + unknown
  }
  return [...lines.values()]
}

function mergedCost(reports: readonly Report[]): Report['cost'] {
  const span = Math.max(...reports.map(({ endedAt }) => endedAt)) - Math.min(...reports.map(({ startedAt }) => startedAt))
  const lines = new Map<string, Report['cost']['byCall'][number]>()
  for (const { cost, startedAt, endedAt } of reports)
    for (const line of cost.byCall) {
      const known = lines.get(line.call) ?? { call: line.call, calls: 0, throttled: 0, denied: 0, usd: 0, share: 0 }
      lines.set(line.call, known)
      known.calls += line.calls
      known.throttled += line.throttled
      known.denied += line.denied
      known.usd = rounded(known.usd + line.usd, 6)
      // Of shards one after another each had its part of the time; side by side they add up.
      known.share = rounded(known.share + (span > 0 ? (line.share * (endedAt - startedAt)) / span : line.share), 4)
    }
  return {
    calls: reports.reduce((sum, { cost }) => sum + cost.calls, 0),
    usd: rounded(
      reports.reduce((sum, { cost }) => sum + cost.usd, 0),
      6,
    ),
    byCall: [...lines.values()].sort((a, b) => b.calls - a.calls || byKey(a.call, b.call)),
  }
}

const rounded = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits
