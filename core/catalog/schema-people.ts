import { z } from 'zod'
import { command, id, instant, localeSchema, localTime, ms, secretEnv, url, weekdays, zone } from './schema-parts.ts'

/** Who there is, who is on duty when, and how they are reached. */

const person = z.strictObject({
  id,
  name: z.string(),
  slack: z
    .string()
    .regex(/^[UW][A-Z0-9]+$/, 'a Slack member id, like U012ABCDEF (not a name)')
    .optional(),
  email: z.string().optional(),
  phone: z.string().optional().describe('Printed when paging fails; nowhere else'),
  teams: z.array(z.string()).default([]),
  locale: localeSchema.default('en'),
  zone: zone.optional(),
})

const team = z.strictObject({
  id,
  title: z.string().default(''),
  policy: id.optional().describe('Escalation policy that is called when something of this team needs a person'),
  slackGroup: z
    .string()
    .regex(/^S[A-Z0-9]+$/, 'a Slack user group id')
    .optional()
    .describe('Pulled in as a whole; kept in step with who is on call where a schedule names it'),
})

const layer = z.strictObject({
  people: z.array(id).min(1).max(100).describe('In the order of their turns'),
  turn: z.strictObject({ days: z.int().min(1).max(366).optional(), hours: z.int().min(1).max(8_784).optional() }).default({ days: 7 }),
  start: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, 'a local time, like 2026-11-02T09:00')
    .describe('Hand-over of the first turn, in local time'),
  until: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/)
    .optional(),
  only: z
    .array(
      z.strictObject({
        days: z.array(z.enum(weekdays)).min(1),
        from: localTime,
        until: localTime.describe('Past midnight when it is not after `from`'),
      }),
    )
    .max(20)
    .default([])
    .describe('On duty within these hours only; always when absent'),
})

const schedule = z.strictObject({
  id,
  title: z.string().default(''),
  zone: zone.default('UTC'),
  layers: z.array(layer).min(1).max(10).describe('A later layer stands before the earlier ones wherever it has somebody'),
  overrides: z
    .array(z.strictObject({ person: id, from: instant, until: instant }))
    .max(1_000)
    .default([]),
  slackGroup: z
    .string()
    .regex(/^S[A-Z0-9]+$/, 'a Slack user group id')
    .optional()
    .describe('Its members are who is on call, of all schedules that name it'),
})

const policy = z.strictObject({
  id,
  levels: z
    .array(
      z.strictObject({
        notify: z
          .array(z.string().regex(/^(person|schedule|team):[a-z0-9][a-z0-9-]{0,62}$/, 'person:ID, schedule:ID or team:ID'))
          .min(1)
          .max(50),
        ackWithinMs: ms(10_000, 86_400_000).default(300_000).describe('Nobody acknowledged: the next level is called'),
      }),
    )
    .min(1)
    .max(10),
  repeat: z.int().min(0).max(20).default(2).describe('After the last level all of them once more, so often'),
})

export const pagerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('log') }),
  z.strictObject({
    kind: z.literal('webhook'),
    url,
    secretEnv: z.string().optional().describe('Environment variable with the secret that signs the call'),
    timeoutMs: ms(100, 60_000).default(5_000),
  }),
  z.strictObject({ kind: z.literal('exec'), command, timeoutMs: ms(100, 600_000).default(10_000) }),
  z.strictObject({
    kind: z.literal('pagerduty'),
    routingKeyEnv: secretEnv.describe('Environment variable with the integration key (Events API v2)'),
    url: url.default('https://events.pagerduty.com'),
    webhookSecretEnv: secretEnv
      .optional()
      .describe('Environment variable with the secret of the webhook by which acknowledgements come back'),
    timeoutMs: ms(100, 60_000).default(5_000),
  }),
  z.strictObject({
    kind: z.literal('smtp'),
    host: z.string().min(1),
    port: z.int().min(1).max(65_535).default(587),
    from: z.string().min(3),
    to: z.array(z.string().min(3)).default([]).describe('Beside the people who are called'),
    secure: z.boolean().default(false).describe('TLS from the first byte (port 465); else STARTTLS when the server has it'),
    requireTls: z.boolean().default(true).describe('Refuse to send in the clear; switch off for loopback only'),
    userEnv: secretEnv.optional(),
    passwordEnv: secretEnv.optional(),
    timeoutMs: ms(100, 120_000).default(10_000),
  }),
])

export const peopleBlocks = {
  people: z.array(person).default([]),
  teams: z.array(team).default([]),
  schedules: z.array(schedule).max(1_000).default([]).describe('Who is on call when'),
  policies: z.array(policy).max(1_000).default([]).describe('Who is called, in which order, until somebody acknowledges'),
  pagers: z
    .array(pagerSchema)
    .default([{ kind: 'log' }])
    .describe('Ways to reach people; all are used'),
}
export type PersonConfig = z.infer<typeof person>
export type ScheduleConfig = z.infer<typeof schedule>
export type PolicyConfig = z.infer<typeof policy>
export type PagerConfig = z.infer<typeof pagerSchema>
