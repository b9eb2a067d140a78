import { z } from 'zod'
import { command, id, localTime, ms, secretEnv, url, weekdays, zone } from './schema-parts.ts'

/** Guardians: what they look at, how often, and who goes through what they find. */

const cron = z
  .string()
  .regex(/^\S+( \S+){4}$/, 'five fields of cron: minute, hour, day of month, month, day of week')
  .describe('When all guardians run: five fields of cron')

const account = z.strictObject({
  account: z.string().regex(/^\d{12}$/, 'twelve digits'),
  roleArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, 'the ARN of a role')
    .optional()
    .describe('Assumed for this account; absent: the credentials that are there'),
  externalId: z.string().optional(),
  fixRoleArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, 'the ARN of a role')
    .optional()
    .describe('Assumed by approved fixes of this account; absent: only where the credentials that are there are of this account'),
  regions: z
    .array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region, like eu-central-1'))
    .min(1)
    .max(50),
})

const storeSide = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('http'), url, tokenEnv: secretEnv.optional().describe('Environment variable with a bearer token') }),
  z.strictObject({
    kind: z.literal('sql'),
    urlEnv: secretEnv.describe('Environment variable with postgres://...'),
    query: z.string().min(1),
  }),
  z.strictObject({ kind: z.literal('exec'), command, timeoutMs: ms(100, 600_000).default(60_000) }),
  z.strictObject({ kind: z.literal('dynamodb'), table: z.string().min(3), region: z.string().optional(), index: z.string().optional() }),
  z.strictObject({
    kind: z.literal('athena'),
    database: z.string(),
    query: z.string().min(1),
    output: z.string().regex(/^s3:\/\//, 's3://bucket/prefix'),
    region: z.string().optional(),
  }),
])

const pair = z.strictObject({
  id,
  title: z.string().default(''),
  owner: z.string().optional().describe('Team or person who is asked'),
  left: storeSide,
  right: storeSide,
  keys: z.array(z.string()).min(1).max(5).describe('Fields that together name a row'),
  combination: z
    .array(z.string())
    .max(5)
    .default([])
    .describe('Fields whose values belong together: a combination seen in one store only is told'),
  sampleRows: z.int().min(1).max(100_000).default(1_000).describe('Rows compared by hash in one scan'),
  countTolerance: z
    .number()
    .min(0)
    .max(1)
    .default(0.001)
    .describe('Difference of the counts that is in order, as a share of the larger one'),
  deletionTolerance: z.number().min(0).max(1).default(0.01).describe('Share of the rows that may be deleted between two scans'),
})

const option = z.union([z.number(), z.string(), z.boolean(), z.array(z.string())])

export const guardiansSchema = z.strictObject({
  schedule: cron.default('0 5 * * *'),
  zone: zone.default('UTC'),
  run: z.enum(['off', 'process', 'lambda']).default('off').describe('Where: in this process, or as Lambdas that are invoked'),
  functionPrefix: z.string().default('jidoka-guardian-').describe('Names of the Lambdas, before the id of the guardian'),
  region: z.string().default('us-east-1').describe('Where the Lambdas are'),
  lateAfterMs: ms(60_000, 86_400_000)
    .default(7_200_000)
    .describe('A guardian that has not reported so long after its time is a finding, then a page'),
  policy: id.optional().describe('Escalation policy that is called when guardians do not report'),
  accounts: z.array(account).max(1_000).default([]).describe('Where to look; empty: the credentials and the region that are there'),
  only: z.array(id).max(100).default([]).describe('Guardians to run; empty: all'),
  checks: z
    .record(
      z.string(),
      z.strictObject({
        off: z.boolean().default(false),
        severity: z.enum(['low', 'medium', 'high']).optional(),
        options: z.record(z.string(), option).default({}),
      }),
    )
    .default({})
    .describe('By check id: switch it off, change its severity or thresholds'),
  ownerTags: z
    .array(z.string())
    .min(1)
    .max(10)
    .default(['owner', 'team'])
    .describe('Tags that name the owner; the first that is set counts'),
  owners: z
    .array(z.strictObject({ match: z.string().min(1).describe('Beginning of an ARN, or of a name'), owner: z.string() }))
    .max(1_000)
    .default([])
    .describe('Who owns what has no tag'),
  fallback: id.optional().describe('Person who is asked when nobody else is named'),
  askWithinMs: ms(3_600_000, 90 * 86_400_000)
    .default(7 * 86_400_000)
    .describe('An ask is due so long after it was made'),
  remindEveryMs: ms(3_600_000, 30 * 86_400_000)
    .default(2 * 86_400_000)
    .describe('The owner is reminded so often, and on the day it is due'),
  fixMaxItems: z.int().min(1).max(1_000).default(10).describe('More findings than this are never fixed by one approval'),
  prices: z
    .record(
      z.string(),
      z.strictObject({
        usd: z.number().min(0),
        asOf: z.string(),
        source: z.string(),
        regions: z.record(z.string(), z.number().min(0)).default({}),
      }),
    )
    .default({})
    .describe('Your own prices, by item (docs/guardians.md), per unit and month'),
  own: z
    .array(
      z.custom<object>((value) => typeof value === 'object' && value !== null && 'checks' in value, 'a guardian, made with defineGuardian'),
    )
    .max(100)
    .default([])
    .describe('Own guardians, made with defineGuardian'),
  pairs: z.array(pair).max(200).default([]).describe('Stores that must agree'),
  tls: z
    .array(z.strictObject({ host: z.string().min(1), port: z.int().min(1).max(65_535).default(443), serverName: z.string().optional() }))
    .max(1_000)
    .default([])
    .describe('Certificates that are looked at from outside'),
})

const absence = z.strictObject({ person: id, from: z.iso.date(), until: z.iso.date().describe('The last day away') })

export const dutySchema = z.strictObject({
  people: z.array(id).max(500).describe('From whom is drawn'),
  size: z.int().min(1).max(10).default(3),
  newcomers: z
    .array(id)
    .max(500)
    .default([])
    .describe('At least one of them is drawn as long as there are some; after three weeks served nobody is one'),
  days: z.array(z.enum(weekdays)).min(1).default(['mon', 'tue', 'wed', 'thu', 'fri']),
  at: localTime.default('09:30').describe('When the review begins'),
  zone: zone.default('UTC'),
  workday: z
    .strictObject({ from: localTime, until: localTime })
    .default({ from: '08:00', until: '19:00' })
    .describe('Nobody is drawn in whose own zone the review would be outside of this'),
  minutes: z.int().min(5).max(240).default(30).describe('Clock of one review'),
  holidays: z.array(z.iso.date()).max(1_000).default([]),
  absences: z.array(absence).max(5_000).default([]),
  seed: z.string().default('jidoka').describe('Of the draw; with the week it decides, and anybody can draw again'),
  channel: z
    .string()
    .regex(/^[CG][A-Z0-9]+$/, 'a Slack channel id')
    .optional()
    .describe('Where reviews are held; default: that of slack.channel'),
  maxItems: z.int().min(1).max(200).default(25).describe('Items of one review, worst first; the rest waits'),
  fixers: z
    .array(z.string().regex(/^(person|team):[a-z0-9][a-z0-9-]{0,62}$/, 'person:ID or team:ID'))
    .default([])
    .describe('Who may approve a fix by runbook, beside the owner; empty: those on duty'),
})

export const guardiansBlocks = {
  guardians: guardiansSchema.prefault({}),
  duty: dutySchema.optional().describe('The daily review: who is drawn, when, where'),
}
export type GuardiansConfig = z.infer<typeof guardiansSchema>
export type DutyConfig = z.infer<typeof dutySchema>
export type PairConfig = z.infer<typeof pair>
export type StoreSideConfig = z.infer<typeof storeSide>
