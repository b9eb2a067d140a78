import type { Ingested, ScanSummary } from '../desk.ts'
import type { Report } from '../report.ts'
import { type KeptScan, scopeOf } from './record.ts'

/** What is kept of a run: its ledger, put together from the reports that arrived of it. */
export function mergeScan(before: KeptScan | null, report: Report, result: Ingested, digest: string): KeptScan {
  const places = new Set(report.coverage.map(scopeOf))
  const unknownKey = (one: Report['unknown'][number]) => `${scopeOf(one)}|${one.missing}`
  const unknown = new Set(report.unknown.map(unknownKey))
  return {
    guardians: [...new Set([...(before?.guardians ?? []), ...report.guardians])],
    startedAt: Math.min(before?.startedAt ?? report.startedAt, report.startedAt),
    endedAt: Math.max(before?.endedAt ?? 0, report.endedAt),
    findings: (before?.findings ?? 0) + result.seen,
    opened: (before?.opened ?? 0) + result.opened.length,
    regressed: (before?.regressed ?? 0) + result.regressed.length,
    fixed: (before?.fixed ?? 0) + result.fixed.length,
    coverage: [...(before?.coverage ?? []).filter((line) => !places.has(scopeOf(line))), ...report.coverage],
    unknown: [...(before?.unknown ?? []).filter((one) => !unknown.has(unknownKey(one))), ...report.unknown],
    cost: before ? addCosts(before.cost, report.cost) : report.cost,
    parts: [...(before?.parts ?? []), digest],
  }
}

export function addCosts(a: Report['cost'], b: Report['cost']): Report['cost'] {
  const byCall = new Map(a.byCall.map((one) => [one.call, one]))
  for (const one of b.byCall) {
    const sum = byCall.get(one.call)
    byCall.set(
      one.call,
      sum
        ? {
            call: one.call,
            calls: sum.calls + one.calls,
            throttled: sum.throttled + one.throttled,
            denied: sum.denied + one.denied,
            usd: sum.usd + one.usd,
            share: Math.max(sum.share, one.share),
          }
        : one,
    )
  }
  return { calls: a.calls + b.calls, usd: a.usd + b.usd, byCall: [...byCall.values()].sort((x, y) => y.calls - x.calls) }
}

export const summaryOf = (run: string, { parts, ...scan }: KeptScan): ScanSummary => ({ run, ...scan })
