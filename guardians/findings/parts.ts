import type { Report } from '../report.ts'
import { scopeOf } from './record.ts'

/** A controller takes 1 MiB at once; this leaves room for what is around. */
const partBytes = 900_000

type Piece = Partial<Pick<Report, 'findings' | 'coverage' | 'undecided' | 'unknown'>>

/**
 * A report as parts that `POST /v1/scans` takes, to be sent one after the other: first all findings, then the ledger, each line
 * with what could not be decided there. A line that is too large by itself says no more that it is complete: then nothing of its
 * place is closed, which is safe.
 */
export function partsOf(report: Report, limitBytes = partBytes): Report[] {
  const undecided = new Map(report.undecided.map((one) => [scopeOf(one), one]))
  const lines = report.coverage.map((line): Piece => {
    const known = undecided.get(scopeOf(line))
    const whole = { coverage: [line], undecided: known ? [known] : [] }
    return sizeOf(whole) <= limitBytes ? whole : { coverage: [{ ...line, complete: false }] }
  })
  const pieces: Piece[] = [
    ...report.findings.map((one) => ({ findings: [one] })),
    ...lines,
    ...report.unknown.map((one) => ({ unknown: [one] })),
  ]
  const parts: Report[] = []
  const empty = (): Report => ({
    ...report,
    findings: [],
    coverage: [],
    undecided: [],
    unknown: [],
    cost: { calls: 0, usd: 0, byCall: [] },
  })
  let part = empty()
  let bytes = 0
  for (const piece of pieces) {
    const size = sizeOf(piece)
    if (bytes > 0 && bytes + size > limitBytes) {
      parts.push(part)
      part = empty()
      bytes = 0
    }
    bytes += size
    part.findings.push(...(piece.findings ?? []))
    part.coverage.push(...(piece.coverage ?? []))
    part.undecided.push(...(piece.undecided ?? []))
    part.unknown.push(...(piece.unknown ?? []))
  }
  return [...parts, { ...part, cost: report.cost }]
}

const sizeOf = (value: object) => Buffer.byteLength(JSON.stringify(value))
