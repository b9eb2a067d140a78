import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { fault } from '../errors.ts'
import { failures } from '../incidents/incident.ts'
import type { ActionKind, Run, RunAnswer, RunMode, RunStatus, Step, StepStatus } from '../runs/run.ts'
import type { ApiEnv } from './env.ts'
import type { Gate } from './gate.ts'
import type { ApiPorts } from './ports.ts'
import {
  body,
  idParams,
  idSchema,
  iso,
  isoOrNull,
  json,
  jsonSchema,
  keyHeaders,
  listOf,
  page,
  pageQuery,
  problems,
  reasonSchema,
  timeSchema,
} from './wire.ts'

export const kindSchema = z.enum(['read', 'idempotent', 'check-then-act', 'irreversible'] satisfies ActionKind[])
export const failureSchema = z.enum(failures).openapi('Failure')
const runStatusSchema = z.enum(['queued', 'running', 'waiting', 'done', 'failed', 'unknown', 'cancelled'] satisfies RunStatus[])

const stepSchema = z
  .object({
    seq: z.int().openapi({ description: 'Position in the plan, from 0' }),
    attempt: z.int().openapi({ description: 'From 1; 0 while it is only planned' }),
    name: z.string(),
    action: z.string(),
    kind: kindSchema,
    status: z
      .enum(['planned', 'intent', 'done', 'failed', 'unknown'] satisfies ('planned' | StepStatus)[])
      .openapi({ description: '`intent`: begun, and not known to have ended' }),
    startedAt: timeSchema.nullable(),
    endedAt: timeSchema.nullable(),
    output: jsonSchema,
  })
  .openapi('Step')

export const runSchema = z
  .object({
    id: z.string(),
    runbook: z.string(),
    component: z.string(),
    incident: z.string().nullable(),
    failure: failureSchema.nullable(),
    status: runStatusSchema,
    reason: z.string(),
    by: z.string().openapi({ description: '`engine`, or who ordered it' }),
    members: z.array(z.string()),
    generation: z.int(),
    mode: z
      .enum(['automatic', 'approval', 'practice', 'ordered'] satisfies RunMode[])
      .openapi({ description: '`approval`: a person had to agree' }),
    waitsUntil: timeSchema.nullable().openapi({ description: 'With status `waiting`: it is given up then, and a person is called' }),
    approvedBy: z.string().nullable(),
    answer: z
      .enum(['approved', 'declined', 'timed-out', 'withdrawn'] satisfies RunAnswer[])
      .nullable()
      .openapi({ description: 'What became of the question; `withdrawn`: what it was for is over, or has changed' }),
    createdAt: timeSchema,
    startedAt: timeSchema.nullable(),
    endedAt: timeSchema.nullable(),
  })
  .openapi('Run')

export const runDetailSchema = runSchema.extend({ steps: z.array(stepSchema) }).openapi('RunDetail')

export function runView(run: Run): z.infer<typeof runSchema> {
  const {
    id,
    runbook,
    component,
    incident,
    failure,
    status,
    reason,
    by,
    members,
    generation,
    mode,
    waitsUntil,
    approvedBy,
    answer = null,
  } = run
  return {
    id,
    runbook,
    component,
    incident,
    failure,
    status,
    reason,
    by,
    members,
    generation,
    mode,
    waitsUntil: isoOrNull(waitsUntil),
    approvedBy,
    answer,
    createdAt: iso(run.createdAt),
    startedAt: isoOrNull(run.startedAt),
    endedAt: isoOrNull(run.endedAt),
  }
}

/** The run with every attempt that was begun, and the steps of its plan that were not. */
export function runDetail(run: Run, taken: readonly Step[]): z.infer<typeof runDetailSchema> {
  const begun = new Set(taken.map((step) => step.seq))
  const steps = [
    ...taken.map(({ seq, attempt, name, action, kind, status, startedAt, endedAt, output }) => ({
      seq,
      attempt,
      name,
      action,
      kind,
      status,
      startedAt: iso(startedAt),
      endedAt: isoOrNull(endedAt),
      output,
    })),
    ...run.plan.flatMap(({ name, action, kind }, seq) =>
      begun.has(seq)
        ? []
        : [{ seq, attempt: 0, name, action, kind, status: 'planned' as const, startedAt: null, endedAt: null, output: null }],
    ),
  ]
  return { ...runView(run), steps: steps.sort((a, b) => a.seq - b.seq || a.attempt - b.attempt) }
}

export function runRoutes(api: OpenAPIHono<ApiEnv>, { journal, commands }: ApiPorts, gate: Gate): void {
  const tags = ['runs']

  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/runs',
      tags,
      summary: 'Runs, newest first',
      ...gate.read('viewer'),
      request: { query: z.strictObject({ ...pageQuery, incident: idSchema.optional(), component: idSchema.optional() }) },
      responses: { 200: json(listOf(runSchema), 'Runs without their steps'), ...problems(401, 403, 422) },
    }),
    async (c) => {
      const { incident, component, ...query } = c.req.valid('query')
      const { items, next } = await page(
        query,
        (at) => journal.runs({ incident, component }, at),
        (run) => run.id,
      )
      return c.json({ items: items.map(runView), next }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/runs/{id}',
      tags,
      summary: 'One run with its steps, also those only planned',
      ...gate.read('viewer'),
      request: { params: idParams },
      responses: { 200: json(runDetailSchema, 'The run'), ...problems(401, 403, 404) },
    }),
    async (c) => {
      const { id } = c.req.valid('param')
      const run = await journal.run(id)
      if (!run) throw fault('not-found', { what: 'run', id, list: 'GET /v1/runs' })
      return c.json(runDetail(run, await journal.steps(id)), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/v1/runs/{id}/approve',
      tags,
      summary: 'Agree to a run that waits',
      description: 'The situation is looked at anew: what has changed is not begun (409, `refused`). The same again answers the same.',
      ...gate.write('operator'),
      request: { headers: keyHeaders, params: idParams },
      responses: { 200: json(runDetailSchema, 'The run, which begins now'), ...problems(401, 403, 404, 409) },
    }),
    async (c) => {
      const run = await commands.approve(c.req.valid('param').id, c.get('who').name)
      return c.json(runDetail(run, await journal.steps(run.id)), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/v1/runs/{id}/decline',
      tags,
      summary: 'Refuse a run that waits: the next rung of the ladder is tried, or a person is called',
      ...gate.write('operator'),
      request: { headers: keyHeaders, params: idParams, body: body(z.strictObject({ reason: reasonSchema })) },
      responses: { 200: json(runDetailSchema, 'The run, given up'), ...problems(400, 401, 403, 404, 408, 409, 413, 422) },
    }),
    async (c) => {
      const run = await commands.decline(c.req.valid('param').id, c.get('who').name, c.req.valid('json').reason)
      return c.json(runDetail(run, []), 200)
    },
  )
}
