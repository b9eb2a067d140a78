import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { fault } from '../errors.ts'
import type { ApiEnv } from './env.ts'
import type { CommandResult } from './ports.ts'
import { kindSchema, runDetail } from './runs.ts'
import { idSchema, jsonObjectSchema, reasonSchema } from './wire.ts'

/** Orders by people, and what they are answered. */
export const commandSchema = z
  .strictObject({
    member: idSchema.optional().openapi({ description: 'The member to touch; chosen by the runbook when absent' }),
    dryRun: z.boolean().optional().openapi({ description: 'Only plan' }),
    reason: reasonSchema.optional(),
  })
  .openapi('Command')

export const planSchema = z
  .object({
    runbook: z.string(),
    reason: z.string(),
    steps: z.array(
      z.object({
        name: z.string(),
        action: z.string(),
        kind: kindSchema,
        args: jsonObjectSchema,
        timeoutMs: z.number(),
        attempts: z.int(),
      }),
    ),
  })
  .openapi('Plan')

const hints: Record<string, string> = { 'live-run': 'Wait for the run that is under way, or see it in GET /v1/runs.' }

export function answerCommand(c: Context<ApiEnv>, result: CommandResult) {
  switch (result.kind) {
    case 'run':
      return c.json(runDetail(result.run, []), 202, { location: `/v1/runs/${result.run.id}` })
    case 'plan': {
      const steps = result.steps.map(({ name, action, kind, args, timeoutMs, attempts }) => ({
        name,
        action,
        kind,
        args,
        timeoutMs,
        attempts,
      }))
      return c.json({ runbook: result.runbook, reason: result.reason, steps }, 200)
    }
    case 'refused':
      throw fault('refused', { reason: result.reason, code: result.code, hint: hints[result.code] ?? 'Ask again when the reason is gone.' })
  }
}
