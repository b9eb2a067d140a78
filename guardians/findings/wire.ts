import { z } from 'zod'
import { iso, isoOrNull, timeSchema } from '../../core/api/wire.ts'
import type { Ask, Finding, Ingested, ScanSummary } from '../desk.ts'
import type { Told } from '../say.ts'
import type { LastLook, Totals } from './figures.ts'

/** Findings and scans as the API tells them: ISO 8601 where the desk has epoch ms, and in words beside the evidence. */

export const severitySchema = z.enum(['low', 'medium', 'high'])
export const statuses = ['open', 'asked', 'muted', 'wrong', 'fixed'] as const
const decidedBy = { by: z.string().openapi({ description: 'A person, or `token:NAME`' }), at: timeSchema }

const evidenceSchema = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.union([z.string(), z.number()]))]))
  .openapi({ description: 'What the verdict rests on; units in the names' })

const savingsSchema = z
  .object({
    usdPerMonth: z.number(),
    basis: z.object({
      ...{ item: z.string(), quantity: z.number(), unit: z.string(), usd: z.number(), region: z.string() },
      ...{ asOf: z.string(), source: z.string() },
    }),
  })
  .openapi('Savings')

const askSchema = z
  .object({
    id: z.string(),
    to: z.string(),
    via: z.enum(['named', 'owner', 'team', 'fallback']).openapi({ description: 'Why that person; `fallback`: nobody else was found' }),
    ...decidedBy,
    dueAt: timeSchema,
    words: z.string().nullable(),
    answer: z
      .object({ kind: z.enum(['will-do', 'done', 'not-mine', 'disagree']), ...decidedBy, words: z.string().nullable() })
      .nullable()
      .openapi({ description: 'Null again when a later scan still sees what was said to be done' }),
    remindedAt: timeSchema.nullable(),
    reminders: z.int(),
  })
  .openapi('Ask')

export const findingSchema = z
  .object({
    ...{ id: z.string(), guardian: z.string(), check: z.string(), account: z.string(), region: z.string() },
    resource: z.string().openapi({ description: 'ARN, or an address of our own (`platform:…`)' }),
    name: z.string().nullable(),
    severity: severitySchema,
    reason: z.string(),
    evidence: evidenceSchema,
    savings: savingsSchema.nullable(),
    status: z.enum(statuses),
    told: z.object({ title: z.string(), says: z.string(), why: z.string(), fix: z.string() }),
    owner: z
      .object({
        name: z.string(),
        kind: z.enum(['person', 'team', 'words']),
        by: z.enum(['ask', 'tag', 'catalogue', 'fallback']).openapi({ description: 'How we know' }),
      })
      .nullable(),
    firstSeenAt: timeSchema,
    lastSeenAt: timeSchema,
    lastRun: z.string(),
    regressions: z.int().openapi({ description: 'How often it came back after it was fixed' }),
    regressedAt: timeSchema.nullable(),
    ask: askSchema.nullable(),
    mute: z.object({ reason: z.string(), ...decidedBy, until: timeSchema }).nullable(),
    wrong: z.object({ reason: z.string(), ...decidedBy }).nullable(),
    fix: z
      .object({
        ...{ runbook: z.string(), ...decidedBy, run: z.string().nullable(), dryRun: z.boolean(), said: z.string().nullable() },
        undo: z.literal(true).optional().openapi({ description: 'It takes back what the runbook did' }),
        ended: z.enum(['done', 'failed', 'unknown', 'cancelled']).optional().openapi({ description: 'How the run ended' }),
      })
      .nullable()
      .openapi({ description: 'A runbook that was approved for it' }),
    fixed: z
      .object({ at: timeSchema, run: z.string() })
      .nullable()
      .openapi({ description: 'The scan that covered it, and did not see it' }),
  })
  .openapi('Finding')

export type FindingView = z.infer<typeof findingSchema>

export function findingView(finding: Finding, told: Told): FindingView {
  const { firstSeenAt, lastSeenAt, regressedAt, evidence, ask, mute, wrong, fix, fixed, ...rest } = finding
  const { title, says, why, fix: mend } = told
  return {
    ...rest,
    evidence: evidence as FindingView['evidence'],
    told: { title, says, why, fix: mend },
    firstSeenAt: iso(firstSeenAt),
    lastSeenAt: iso(lastSeenAt),
    regressedAt: isoOrNull(regressedAt),
    ask: ask && askView(ask),
    mute: mute && { ...mute, at: iso(mute.at), until: iso(mute.until) },
    wrong: wrong && { ...wrong, at: iso(wrong.at) },
    fix: fix && { ...fix, at: iso(fix.at) },
    fixed: fixed && { ...fixed, at: iso(fixed.at) },
  }
}

const askView = ({ at, dueAt, remindedAt, answer, ...ask }: Ask): z.infer<typeof askSchema> => ({
  ...ask,
  at: iso(at),
  dueAt: iso(dueAt),
  remindedAt: isoOrNull(remindedAt),
  answer: answer && { ...answer, at: iso(answer.at) },
})

const callCost = z.object({
  ...{ call: z.string(), calls: z.int(), throttled: z.int(), denied: z.int(), usd: z.number() },
  share: z.number().openapi({ description: 'Of what AWS allows in that time' }),
})
const costSchema = z.object({ calls: z.int(), usd: z.number(), byCall: z.array(callCost) }).openapi('ScanCost')

const holeSchema = z
  .object({
    ...{ guardian: z.string(), check: z.string(), account: z.string(), region: z.string() },
    missing: z.string().openapi({ example: 'ec2:DescribeVolumes' }),
    resources: z.int().nullable(),
    examples: z.array(z.string()),
  })
  .openapi('CoverageHole')

const coverageSums = {
  places: z.int().openapi({ description: 'Check, account and region' }),
  complete: z.int().openapi({ description: 'Of these, looked at to their end' }),
  unknown: z.array(holeSchema).openapi({ description: 'What was not looked at, and why; at most 100' }),
  unknownCount: z.int(),
}

export const scanSchema = z
  .object({
    ...{ run: z.string(), guardians: z.array(z.string()), startedAt: timeSchema, endedAt: timeSchema },
    ...{ findings: z.int(), opened: z.int(), regressed: z.int(), fixed: z.int(), looked: z.int() },
    ...coverageSums,
    cost: costSchema,
  })
  .openapi('Scan')

const holesMax = 100
const holes = (unknown: ScanSummary['unknown']) => ({ unknown: unknown.slice(0, holesMax), unknownCount: unknown.length })

export const scanView = ({ coverage, unknown, startedAt, endedAt, ...scan }: ScanSummary): z.infer<typeof scanSchema> => ({
  ...scan,
  startedAt: iso(startedAt),
  endedAt: iso(endedAt),
  looked: coverage.reduce((sum, line) => sum + line.looked, 0),
  places: coverage.length,
  complete: coverage.filter(({ complete }) => complete).length,
  ...holes(unknown),
})

export const ingestedSchema = z
  .object({
    run: z.string(),
    ...{ seen: z.int(), opened: z.int(), regressed: z.int(), fixed: z.int() },
    silent: z.int().openapi({ description: 'Muted or voted wrong: left as they are' }),
    uncovered: z.int().openapi({ description: 'Places that were not looked at to their end: nothing of theirs was closed' }),
  })
  .openapi('ScanIngested')

export const ingestedView = ({ run, seen, opened, regressed, fixed, silent, uncovered }: Ingested): z.infer<typeof ingestedSchema> => ({
  ...{ run, seen, silent, uncovered },
  ...{ opened: opened.length, regressed: regressed.length, fixed: fixed.length },
})

const counts = { open: z.int(), high: z.int(), medium: z.int(), low: z.int(), usdPerMonth: z.number() }

export const summarySchema = z
  .object({
    ...counts,
    byStatus: z.object({ open: z.int(), asked: z.int(), muted: z.int(), wrong: z.int(), fixed: z.int() }),
    guardians: z.array(z.object({ guardian: z.string(), ...counts })),
    trend: z.array(
      z.object({ day: z.string(), open: z.int(), opened: z.int(), fixed: z.int(), regressed: z.int(), usdPerMonth: z.number() }),
    ),
    precision: z
      .array(z.object({ check: z.string(), decided: z.int(), wrong: z.int(), precision: z.number().nullable() }))
      .openapi({ description: 'The checks that people disagree with most, at most 20' }),
    busFactor: z.object({
      fixes: z.int(),
      topTwoShare: z.number().nullable(),
      people: z.array(z.object({ person: z.string(), fixes: z.int() })),
    }),
    lastScan: z
      .object({ runs: z.array(z.string()), endedAt: timeSchema.nullable(), ...coverageSums, cost: costSchema })
      .openapi({ description: 'The last report of each guardian, together' }),
  })
  .openapi('FindingsSummary')

type Summary = z.infer<typeof summarySchema>
const precisionMax = 20

export function summaryView(
  { all, byStatus, byGuardian }: Totals,
  look: LastLook,
  figures: Pick<Summary, 'trend' | 'precision' | 'busFactor'>,
): Summary {
  const disputed = figures.precision.filter(({ precision }) => precision !== null && precision < 1)
  const { unknown, endedAt, ...rest } = look
  return {
    ...all,
    byStatus,
    guardians: byGuardian,
    trend: figures.trend,
    precision: disputed.sort((a, b) => (a.precision ?? 1) - (b.precision ?? 1)).slice(0, precisionMax),
    busFactor: figures.busFactor,
    lastScan: { ...rest, endedAt: isoOrNull(endedAt), ...holes(unknown) },
  }
}
