import type { Resource, Target, Verdict } from '../define.ts'
import type { Report, ReportedCoverage, ReportedFinding, ReportedUnknown } from '../report.ts'
import type { Item, Unit } from './plan.ts'

/** Examples of what could not be told, per reason. */
const examplesMax = 20
/** More undecided resources than this are not listed one by one: then nothing of that check is closed there. */
const undecidedMax = 5_000

/** What one item found so far, check by check. */
export interface Tally {
  verdict(unit: Unit, row: Resource, verdict: Verdict): void
  /** Nothing can be said of any resource of these checks; or of those that were not reached. */
  missing(units: readonly Unit[], what: string): void
  /** The subject was read to its end. */
  ended(): void
  /** Checks that can no longer be complete, whatever follows. */
  readonly broken: readonly string[]
  readonly looked: number
  readonly found: number
  /** Rough size of what was kept. */
  readonly bytes: number
  parts(): Pick<Report, 'findings' | 'unknown' | 'coverage' | 'undecided'>
}

interface Line {
  unit: Unit
  coverage: ReportedCoverage
  unknown: Map<string, ReportedUnknown>
  undecided: string[]
  broken: boolean
}

export function tallyOf(item: Item, broken: readonly string[] = []): Tally {
  const { target } = item
  const findings: ReportedFinding[] = []
  const lines = new Map(item.units.map((unit) => [unit, lineOf(unit, target, broken.includes(unit.check.id))]))
  let bytes = 0
  let looked = 0

  function unknown(line: Line, missing: string, resource: string | null) {
    const { guardian, check, account, region } = line.coverage
    const known = line.unknown.get(missing) ?? {
      guardian,
      check,
      account,
      region,
      missing,
      resources: resource === null ? null : 0,
      examples: [],
    }
    line.unknown.set(missing, known)
    if (resource === null) return
    if (known.resources !== null) known.resources += 1
    if (known.examples.length < examplesMax) known.examples.push(resource)
  }

  return {
    verdict(unit, row, verdict) {
      const line = lines.get(unit) as Line
      const { coverage } = line
      coverage.looked += 1
      looked += 1
      if (verdict.verdict === 'pass') {
        coverage.passed += 1
        return
      }
      if (verdict.verdict === 'unknown') {
        const resource = detached(row.arn)
        coverage.unknown += 1
        unknown(line, verdict.missing, resource)
        bytes += resource.length + 4
        if (line.undecided.length < undecidedMax) line.undecided.push(resource)
        else line.broken = true
        return
      }
      coverage.failed += 1
      const finding = findingOf(unit, row, target, verdict)
      bytes += JSON.stringify(finding).length
      findings.push(finding)
    },
    missing(units, what) {
      for (const unit of units) {
        const line = lines.get(unit) as Line
        line.broken = true
        unknown(line, what, null)
      }
    },
    ended() {
      for (const { coverage, broken: cut } of lines.values()) coverage.complete = !cut
    },
    get broken() {
      return [...lines.values()].filter((line) => line.broken).map(({ unit }) => unit.check.id)
    },
    get looked() {
      return looked
    },
    get found() {
      return findings.length
    },
    get bytes() {
      return bytes
    },
    parts: () => ({
      findings,
      unknown: [...lines.values()].flatMap((line) => [...line.unknown.values()]),
      coverage: [...lines.values()].map(({ coverage }) => coverage),
      undecided: [...lines.values()].flatMap(({ unit, undecided }) =>
        undecided.length > 0 ? [{ check: unit.check.id, account: target.account, region: target.region, resources: undecided }] : [],
      ),
    }),
  }
}

const lineOf = (unit: Unit, { account, region }: Target, broken: boolean): Line => ({
  unit,
  coverage: {
    guardian: unit.guardian,
    check: unit.check.id,
    account,
    region,
    looked: 0,
    passed: 0,
    failed: 0,
    unknown: 0,
    complete: false,
  },
  unknown: new Map(),
  undecided: [],
  broken,
})

/** Made anew: a text may be a slice that keeps the whole answer of AWS in memory. */
const detached = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

/** Only what came from AWS is made anew; all else is shared by all findings. */
function findingOf(unit: Unit, row: Resource, target: Target, verdict: Extract<Verdict, { verdict: 'fail' }>): ReportedFinding {
  const { check, guardian, severity } = unit
  const [resource, name, owner] = detached([row.arn, row.name ?? null, row.owner ?? null] as const)
  return {
    ...{ guardian, check: check.id, resource, name, account: target.account, region: target.region },
    severity: severity ?? verdict.severity ?? check.severity,
    reason: verdict.reason,
    evidence: detached(verdict.evidence) as ReportedFinding['evidence'],
    savings: verdict.savings ?? null,
    owner,
  }
}
