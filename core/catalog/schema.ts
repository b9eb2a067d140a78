import { z } from 'zod'
import { andonBlocks } from './schema-andon.ts'
import { guardiansBlocks } from './schema-guardians.ts'
import { command, id, localTime, ms, url, weekdays, zone } from './schema-parts.ts'
import { peopleBlocks } from './schema-people.ts'
import { databaseSchema, replicationSchema } from './schema-postgres.ts'

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
  postgres: databaseSchema.optional().describe('A PostgreSQL that the agent keeps, instead of a process: docs/postgres.md'),
  fenceCommand: command
    .optional()
    .describe('Makes sure that this member cannot act (stops its machine, cuts its network); ends with 0 only when that is certain'),
  restartCommand: command.optional().describe('Run by the controller when neither an agent nor a hook can restart it'),
})

/** How free a runbook is to act: `shadow` only records what it would have done, `approval` waits for a person. */
const runbookMode = z.enum(['automatic', 'approval', 'shadow'])

const budgetSchema = z.strictObject({
  perHour: z.int().min(1).max(100_000).describe('Automatic runs within an hour'),
  perDay: z.int().min(1).max(1_000_000).describe('Automatic runs within a day'),
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
  modes: z.record(id, runbookMode).default({}).describe('Mode per runbook, where it is not the one of the top-level guards'),
  budgets: z
    .strictObject({ member: budgetSchema.optional(), component: budgetSchema.optional() })
    .default({})
    .describe('Instead of those of the top-level guards'),
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
    .union([
      z.strictObject({ hooks: url.describe('Control hook of the router') }),
      z.strictObject({
        haproxy: z
          .strictObject({
            socket: z.string().min(1).describe("HAProxy's runtime socket, of level admin: a path, or HOST:PORT"),
            backend: z.string().min(1).describe('The backend (or listen) whose servers are the members'),
            servers: z
              .record(z.string(), z.string())
              .default({})
              .describe('Name of the server per member; the id of the member when absent'),
          })
          .describe('docs/postgres.md'),
      }),
    ])
    .optional()
    .describe('The router that sends users to the active member (action "route")'),
  replication: replicationSchema.optional().describe('For members of kind `postgres`'),
  roleLease: z
    .strictObject({
      ttlMs: ms(500, 600_000).default(5_000).describe('The role ends so long after its last renewal'),
      renewMs: ms(50, 200_000)
        .optional()
        .describe('From one renewal to the next; a third of ttlMs when absent (for databases about a fifth)'),
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
    .array(
      z.strictObject({
        id,
        url,
        site: z.string().optional(),
        guard: url.optional().describe('Where its guard process listens; needed where it keeps members of kind `postgres`'),
      }),
    )
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
      modes: z.record(id, runbookMode).default({}).describe('Mode per runbook; `automatic` when it is not named'),
      approvalTimeoutMs: ms(1_000, 86_400_000)
        .default(300_000)
        .describe('A run that nobody approved for so long is given up, and a person is called'),
      budgets: z
        .strictObject({
          member: budgetSchema.prefault({ perHour: 20, perDay: 100 }),
          component: budgetSchema.prefault({ perHour: 60, perDay: 300 }),
          runbook: budgetSchema.prefault({ perHour: 200, perDay: 1_000 }),
          fleet: budgetSchema.prefault({ perHour: 400, perDay: 2_000 }),
        })
        .prefault({})
        .describe('All of them must have room; kept in the store, so that no restart resets them'),
      practice: z
        .strictObject({
          everyDays: z
            .int()
            .min(1)
            .max(365)
            .describe('A switch that did not succeed within so many days, for real or in practice, needs an approval'),
          runbooks: z
            .array(id)
            .default(['failover-active-standby', 'failover-database'])
            .describe('Which runbooks are to be kept in practice'),
          blocked: z
            .array(
              z.strictObject({
                from: localTime,
                until: localTime,
                days: z.array(z.enum(weekdays)).default([...weekdays]),
                zone: zone.default('UTC'),
                reason: z.string(),
              }),
            )
            .default([])
            .describe('When no practice run may begin'),
        })
        .optional()
        .describe('Absent: nothing is asked to be kept in practice'),
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
