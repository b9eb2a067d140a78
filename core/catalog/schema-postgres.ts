import { z } from 'zod'
import { ms, secretEnv } from './schema-parts.ts'

/** A PostgreSQL that an agent keeps: where it lies, and how it is reached. */
export const databaseSchema = z.strictObject({
  bin: z.string().min(1).describe('Folder of its programs, like /usr/lib/postgresql/15/bin'),
  data: z.string().min(1).describe('Its data folder; made by the agent when it is not there'),
  host: z.string().min(1).default('127.0.0.1').describe('Address that it listens on, and that the other members reach it at'),
  port: z.int().min(1).max(65_535),
  osUser: z.string().min(1).optional().describe('User of the host that it runs as; needed when the agent is root'),
  superuser: z.string().min(1).default('postgres').describe('Role of the database that the agent and the replication use'),
  passwordEnv: secretEnv
    .optional()
    .describe("Environment variable of the agent with the superuser's password; without one, loopback is trusted"),
  settings: z.record(z.string(), z.string()).default({}).describe('Settings of postgresql.conf'),
  access: z
    .array(z.string().min(1))
    .default(['host all all 127.0.0.1/32 scram-sha-256', 'host all all ::1/128 scram-sha-256'])
    .describe('Lines of pg_hba.conf for everybody else'),
  bootstrap: z.boolean().default(false).describe('This one makes the database when there is none yet; the others copy it'),
  startTimeoutMs: ms(1_000, 3_600_000).default(60_000).describe('Recovery after a crash may take so long'),
})

/** How the members of a component copy each other. */
export const replicationSchema = z.strictObject({
  synchronous: z
    .enum(['off', 'on', 'strict'])
    .default('off')
    .describe(
      '`on`: a commit waits for a standby, and only one that has every acknowledged commit is promoted; without any standby writes go on ' +
        'alone. `strict`: then writes wait',
    ),
  maxLagBytes: z.int().min(0).default(1_048_576).describe('A standby further behind is not promoted'),
  maxSlotBytes: z.int().min(0).default(1_073_741_824).describe('WAL that is kept for a standby that is away'),
})

export type DatabaseConfig = z.infer<typeof databaseSchema>
