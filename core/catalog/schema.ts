import { z } from 'zod'
import { andonBlocks } from './schema-andon.ts'
import { guardiansBlocks } from './schema-guardians.ts'
import { command, id, ms, url } from './schema-parts.ts'
import { peopleBlocks } from './schema-people.ts'

/** The one schema of `jidoka.config.*`. Unknown keys are refused with their path; every limit carries its unit. */

/** When an observation counts as a change of state: so many in a row. */
const cadence = {
  everyMs: ms(20, 3_600_000).default(1_000).describe('From one look to the next'),
  timeoutMs: ms(10, 60_000).default(1_000).describe('A look that takes longer has failed'),
  failAfter: z.int().min(1).max(100).default(3).describe('Failed looks in a row that make a failure'),
  passAfter: z.int().min(1).max(100).default(1).describe('Good looks in a row that end it'),
  jitter: z.number().min(0).max(0.5).default(0.05).describe('Share of everyMs by which a probe may be early or late'),
}

export const probeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('hook'), ...cadence }),
  z.strictObject({
    kind: z.literal('http'),
    url: url.optional().describe("Instead of the member's address and path"),
    path: z.string().startsWith('/').default('/'),
    expectStatus: z.int().min(100).max(599).default(200),
    ...cadence,
  }),
  z.strictObject({ kind: z.literal('tcp'), host: z.string().min(1).optional(), port: z.int().min(1).max(65_535).optional(), ...cadence }),
  z.strictObject({ kind: z.literal('exec'), command, ...cadence }),
  z.strictObject({
    kind: z.literal('heartbeat'),
    withinMs: ms(50, 86_400_000).default(60_000).describe('The member must send a sign of life at least this often'),
    ...cadence,
  }),
])

const processSchema = z.strictObject({
  command,
  cwd: z.string().optional().describe('Working folder'),
  env: z.record(z.string(), z.string()).default({}).describe('Added to the environment of the agent'),
  stopGraceMs: ms(0, 600_000).default(3_000).describe('TERM first; KILL after so long'),
})

const memberSchema = z.strictObject({
  id,
  site: z.string().optional().describe('Where it stands'),
  hooks: url.optional().describe('Base of the health and control hooks, when the service has them itself'),
  agent: id.optional().describe('The agent that supervises this member'),
  address: url.optional().describe('Where its users reach it; what a route is switched to, and what http and tcp probes ask'),
  process: processSchema.optional().describe('How the agent starts it'),
  restartCommand: command.optional().describe('Run by the controller when neither an agent nor a hook can restart it'),
})

const guardsSchema = z.strictObject({
  cooldownMs: ms(0, 86_400_000)
    .optional()
    .describe("Overrides the runbook's own: time after a verified recovery before the same runbook may run again"),
  attempts: z.int().min(1).max(1_000).default(5).describe('Runs allowed on this component within windowMs'),
  windowMs: ms(1_000, 86_400_000).default(600_000).describe('Window of attempts'),
  maxTouchedShare: z
    .number()
    .gt(0)
    .max(1)
    .default(0.5)
    .describe('Share of the members that may be touched at once while they still answer'),
})

const componentSchema = z.strictObject({
  id,
  title: z.string().default('').describe('Told to people'),
  owner: z.string().optional().describe('The team that answers for it'),
  dependsOn: z.array(id).default([]).describe("Components that it needs; one that is not configured here is somebody else's"),
  topology: z.enum(['active-standby', 'pool']).default('pool').describe('One active member with a standby, or members that are all alike'),
  members: z.array(memberSchema).min(1).max(1_000),
  probes: z.array(probeSchema).max(10).default([]),
  ladder: z.array(id).min(1).max(10).default(['restart-process', 'page']).describe('Runbooks in the order of trying; the last is page'),
  route: z
    .strictObject({ hooks: url })
    .optional()
    .describe('Control hook of the router that sends users to the active member (action "route")'),
  roleLease: z
    .strictObject({
      ttlMs: ms(500, 600_000).default(5_000).describe('The role ends so long after its last renewal'),
      renewMs: ms(50, 200_000).optional().describe('From one renewal to the next; a third of ttlMs when absent'),
      marginMs: ms(50, 60_000).default(500).describe('Waited on top before a successor is promoted'),
    })
    .optional()
    .describe('The active member steps down by itself when it is not renewed for ttlMs'),
  guards: guardsSchema.prefault({}),
  dryRun: z.boolean().default(false).describe('Plan and page, but touch nothing of this component'),
})

export const configSchema = z.strictObject({
  components: z.array(componentSchema).max(10_000).default([]),
  agents: z
    .array(z.strictObject({ id, url, site: z.string().optional() }))
    .max(10_000)
    .default([]),
  ...peopleBlocks,
  ...andonBlocks,
  ...guardiansBlocks,
  guards: z
    .strictObject({
      maxFailingShare: z
        .number()
        .gt(0)
        .max(1)
        .default(0.5)
        .describe('When more of the fleet than this fails to answer, suspect ourselves and touch nothing'),
      minFleet: z.int().min(1).default(4).describe('The share above counts only in a fleet of at least so many members'),
    })
    .prefault({}),
  flap: z
    .strictObject({
      changes: z.int().min(2).max(100).default(6).describe('So many changes of status ...'),
      withinMs: ms(1_000, 3_600_000).default(60_000).describe('... within so long are flapping'),
    })
    .prefault({}),
  maintenance: z
    .array(
      z.strictObject({
        component: id.optional(),
        from: z.iso.datetime({ offset: true }),
        until: z.iso.datetime({ offset: true }),
        reason: z.string(),
      }),
    )
    .default([]),
  dryRun: z.boolean().default(false).describe('Plan and page, but touch nothing'),
  runbooks: z
    .array(z.custom<object>((value) => typeof value === 'object' && value !== null))
    .default([])
    .describe('Own runbooks, made with defineRunbook'),
  actions: z
    .array(z.custom<object>((value) => typeof value === 'object' && value !== null))
    .default([])
    .describe('Own actions, made with defineAction'),
})

export type Config = z.infer<typeof configSchema>
export type ConfigInput = z.input<typeof configSchema>
export type Component = Config['components'][number]
export type Member = Component['members'][number]
export type ProbeConfig = z.infer<typeof probeSchema>
export type AgentConfig = Config['agents'][number]
