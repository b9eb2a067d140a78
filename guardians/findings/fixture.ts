import { type Catalog, indexCatalog } from '../../core/catalog/catalog.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import type { Report, ReportedCoverage, ReportedFinding } from '../report.ts'

/** For tests: what a run of guardians says, and a small configuration. */

export const place = { guardian: 'ebs', check: 'ebs-unattached', account: '123456789012', region: 'us-east-1' }

export const volumeArn = (name: string) => `arn:aws:ec2:us-east-1:123456789012:volume/${name}`

export const reported = (name: string, over: Partial<ReportedFinding> = {}): ReportedFinding => ({
  ...place,
  resource: volumeArn(name),
  name: null,
  severity: 'medium',
  reason: 'unattached',
  evidence: { type: 'gp3', sizeGiB: 100, ageDays: 8 },
  savings: null,
  owner: null,
  ...over,
})

/** A complete line for the findings given, unless told otherwise. */
export const coverage = (failed: number, over: Partial<ReportedCoverage> = {}): ReportedCoverage => ({
  ...place,
  ...{ looked: failed + 10, passed: 10, failed, unknown: 0, complete: true, ...over },
})

export const savingsOf = (usdPerMonth: number): NonNullable<ReportedFinding['savings']> => ({
  usdPerMonth,
  basis: {
    ...{ item: 'ebs-gp3', quantity: usdPerMonth / 0.08, unit: 'GiB', usd: 0.08, region: 'us-east-1' },
    ...{ asOf: '2025-06-01', source: 'https://aws.amazon.com/ebs/pricing/' },
  },
})

/** `findings` with a complete line of coverage for their place, unless `over` says more. */
export const reportOf = (run: string, startedAt: number, findings: readonly ReportedFinding[], over: Partial<Report> = {}): Report => ({
  ...{ schema: 1, run, guardians: ['ebs'], startedAt, endedAt: startedAt + 60_000, findings: [...findings], unknown: [] },
  ...{ coverage: [coverage(findings.length)], undecided: [], cost: { calls: 3, usd: 0.01, byCall: [] }, ...over },
})

export const smallCatalog = (guardians: object = {}, more: object = {}): Catalog =>
  indexCatalog(
    configSchema.parse({
      people: [
        { id: 'aki', name: 'Aki Tanaka', email: 'aki@example.com', teams: ['team-core'], locale: 'ja', zone: 'Asia/Tokyo' },
        { id: 'ben', name: 'Ben', teams: ['team-core'] },
        { id: 'chi', name: 'Chi' },
      ],
      teams: [{ id: 'team-core', title: 'Core team' }],
      components: [{ id: 'polaris', owner: 'team-core', members: [{ id: 'polaris-1' }] }],
      guardians: { fallback: 'chi', ...guardians },
      ...more,
    }),
  )
