import { z } from 'zod'

/**
 * What one run of guardians says: findings, what could not be told, and what was looked at. Written by the scan (here or in a
 * Lambda), parsed once where it arrives. Nothing may be closed that is not covered here.
 */

const savings = z.strictObject({
  usdPerMonth: z.number(),
  /** How it was reckoned: item, quantity, unit price, region, date and source of the price. */
  basis: z.strictObject({
    item: z.string(),
    quantity: z.number(),
    unit: z.string(),
    usd: z.number(),
    region: z.string(),
    asOf: z.string(),
    source: z.string(),
  }),
})

const evidence = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.union([z.string(), z.number()]))]))

const severity = z.enum(['low', 'medium', 'high'])

const reportedFinding = z.strictObject({
  guardian: z.string(),
  check: z.string(),
  /** ARN, or our own address. With check, account and region it is the finding's key. */
  resource: z.string(),
  name: z.string().nullable(),
  account: z.string(),
  region: z.string(),
  severity,
  reason: z.string(),
  evidence,
  savings: savings.nullable(),
  /** From its tags; null: not told there. */
  owner: z.string().nullable(),
})

const reportedUnknown = z.strictObject({
  guardian: z.string(),
  check: z.string(),
  account: z.string(),
  region: z.string(),
  /** Permission or answer: `ec2:DescribeVolumes`, `throttled: …`, `no datapoints: …`. */
  missing: z.string(),
  /** How many resources it concerns; null: not even that is known. */
  resources: z.int().nullable(),
  /** Some of them, at most 20. */
  examples: z.array(z.string()),
})

/** The ledger: one line per check, account and region. */
const reportedCoverage = z.strictObject({
  guardian: z.string(),
  check: z.string(),
  account: z.string(),
  region: z.string(),
  looked: z.int(),
  passed: z.int(),
  failed: z.int(),
  unknown: z.int(),
  /** The inventory was read to its end: a resource that is not in it is gone. */
  complete: z.boolean(),
})

export const reportSchema = z.strictObject({
  schema: z.literal(1),
  /** Minted by whoever asked; all shards of a run share it. */
  run: z.string(),
  guardians: z.array(z.string()),
  /** Epoch ms. */
  startedAt: z.number(),
  endedAt: z.number(),
  findings: z.array(reportedFinding),
  unknown: z.array(reportedUnknown),
  coverage: z.array(reportedCoverage),
  /** Resources (by ARN) that were judged `unknown`: their findings stay open even where the inventory is complete. Per check. */
  undecided: z.array(z.strictObject({ check: z.string(), account: z.string(), region: z.string(), resources: z.array(z.string()) })),
  cost: z.strictObject({
    calls: z.int(),
    usd: z.number(),
    /** Per IAM action, the most called first. `share`: of what AWS allows in that time. */
    byCall: z.array(
      z.strictObject({ call: z.string(), calls: z.int(), throttled: z.int(), denied: z.int(), usd: z.number(), share: z.number() }),
    ),
  }),
  /** Present: not the end; invoke once more with it. */
  checkpoint: z.unknown().optional(),
})

export type Report = z.infer<typeof reportSchema>
export type ReportedFinding = z.infer<typeof reportedFinding>
export type ReportedUnknown = z.infer<typeof reportedUnknown>
export type ReportedCoverage = z.infer<typeof reportedCoverage>
