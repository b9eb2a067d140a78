import { z } from 'zod'
import { id, localeSchema, localTime, ms, querySchema, secretEnv, url, weekdays, zone } from './schema-parts.ts'

/** The Andon: what a pull starts, who is asked outside, how the range of customers is counted, and the chat. */

const minute = 60_000
const day = 86_400_000

export const andonSchema = z.strictObject({
  locale: localeSchema.default('en').describe('Of rooms; each person is answered in their own'),
  policy: id.optional().describe('Called for a leader when the component has no owner with a policy'),
  leaderWithinMs: ms(10_000, 3_600_000).default(120_000).describe('Nobody took the lead: yellow becomes red'),
  updateEveryMs: ms(minute, day)
    .default(30 * minute)
    .describe('An update is due so long after the last one'),
  laneMs: ms(minute, day)
    .default(20 * minute)
    .describe('Time-box of a lane; it reports back by then'),
  stalkEveryMs: ms(1_000, 3_600_000).default(15_000).describe('Facts are looked at so often, and told when they change'),
  changesWithinMs: ms(minute, 30 * day)
    .default(day)
    .describe('Changes so long before a pull are suspects'),
  swarm: z
    .array(z.string().regex(/^(person|schedule|team):[a-z0-9][a-z0-9-]{0,62}$/, 'person:ID, schedule:ID or team:ID'))
    .default([])
    .describe('Invited when an andon turns red, beside the owner of the component'),
  lanes: z
    .array(z.strictObject({ id, title: z.string(), titleJa: z.string().optional() }))
    .max(20)
    .optional()
    .describe('Opened when it turns red; by default: logs, carrier, range, mitigation, comms'),
  archiveAfterMs: ms(minute, 365 * day)
    .default(7 * day)
    .describe('A room is archived so long after its andon ended, unless somebody objects'),
  kaizenEveryMs: ms(minute, 30 * day)
    .default(day)
    .describe('An owner of an overdue kaizen item is reminded so often'),
  approvers: z
    .array(z.string().regex(/^(person|team):[a-z0-9][a-z0-9-]{0,62}$/, 'person:ID or team:ID'))
    .default([])
    .describe('May approve, stop and retry runs from a room; the owner of the component may always'),
  pullers: z
    .array(z.string().regex(/^(person|team):[a-z0-9][a-z0-9-]{0,62}$/, 'person:ID or team:ID'))
    .default([])
    .describe('Who may pull; everybody when absent, which is how it is meant'),
  pullsPerMinute: z
    .int()
    .min(1)
    .max(10_000)
    .default(6)
    .describe('Pulls of one person beyond it join what is open instead of opening another room'),
  synthetic: z
    .strictObject({ everyMs: ms(minute, day).default(3_600_000), withinMs: ms(1_000, 3_600_000).default(30_000) })
    .optional()
    .describe('A private practice pull of its own; a page when its room does not stand within withinMs'),
})

export const carrierSchema = z.strictObject({
  id,
  name: z.string(),
  contact: z.string().describe('Address or portal of their desk'),
  phone: z.string().optional(),
  locale: localeSchema.default('en').describe('Language of the inquiry'),
  zone: zone.default('UTC'),
  hours: z
    .array(z.strictObject({ days: z.array(z.enum(weekdays)).min(1), from: localTime, until: localTime }))
    .default([])
    .describe('When somebody is there; always when absent'),
  answersWithinMs: ms(minute, 30 * day)
    .default(30 * minute)
    .describe('They are asked again after so long'),
  components: z.array(id).default([]).describe('Components whose faults they may have a part in'),
  template: z.string().optional().describe('Own text; {symptom}, {from}, {until}, {range}, {component}, {ticket}, {sender} are filled in'),
})

export const rangeSchema = z.strictObject({
  id,
  title: z.string(),
  components: z.array(id).default([]).describe('Asked when one of these is concerned; always when absent'),
  query: querySchema.describe(
    'Answers {"count", "of", "segments": [{"name","count","owner"}], "confidence": "high"|"medium"|"low", "asOf"} or rows with these columns',
  ),
  everyMs: ms(10_000, day).default(300_000),
})

export const slackSchema = z.strictObject({
  botTokenEnv: secretEnv.default('SLACK_BOT_TOKEN').describe('Environment variable with the bot token (xoxb-)'),
  appTokenEnv: secretEnv.default('SLACK_APP_TOKEN').describe('Environment variable with the app-level token (xapp-), for Socket Mode'),
  signingSecretEnv: secretEnv.default('SLACK_SIGNING_SECRET').describe('Environment variable with the signing secret, for HTTP'),
  mode: z
    .enum(['socket', 'http'])
    .default('socket')
    .describe('socket: we call Slack, nothing is opened; http: Slack calls us at /slack/events'),
  channel: z
    .string()
    .regex(/^[CG][A-Z0-9]+$/, 'a Slack channel id, like C012ABCDEF (not a name)')
    .describe('Where pulls are announced; also the room when none can be made'),
  roomPrefix: z
    .string()
    .regex(/^[a-z0-9_-]{1,20}$/, 'lower-case letters, digits, - and _')
    .default('andon'),
  apiUrl: url.optional().describe('Another address of the Web API: an emulator, or a proxy'),
})

export const andonBlocks = {
  andon: andonSchema.prefault({}),
  carriers: z.array(carrierSchema).max(1_000).default([]).describe('Who is asked outside: carriers and vendors'),
  ranges: z.array(rangeSchema).max(100).default([]).describe('How many customers are concerned: pluggable questions'),
  slack: slackSchema.optional(),
}
export type AndonConfig = z.infer<typeof andonSchema>
export type CarrierConfig = z.infer<typeof carrierSchema>
export type RangeConfig = z.infer<typeof rangeSchema>
export type SlackConfig = z.infer<typeof slackSchema>
