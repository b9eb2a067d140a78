import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { signals } from '../alerts/alert.ts'
import { fault } from '../errors.ts'
import type { Incident, IncidentStatus } from '../incidents/incident.ts'
import type { JournalEvent } from '../journal/journal.ts'
import type { ApiEnv } from './env.ts'
import type { Gate } from './gate.ts'
import type { ApiPorts } from './ports.ts'
import { failureSchema, runDetail, runDetailSchema } from './runs.ts'
import {
  body,
  idParams,
  idSchema,
  iso,
  isoOrNull,
  json,
  jsonObjectSchema,
  keyHeaders,
  listOf,
  page,
  pageQuery,
  problems,
  reasonSchema,
  timeSchema,
} from './wire.ts'

/** An incident's own page tells at most so much; the rest is in GET /v1/events and GET /v1/runs. */
const timelineMax = 1_000
const runsMax = 50

const incidentSchema = z
  .object({
    id: z.string(),
    component: z.string(),
    failure: failureSchema,
    status: z.enum(['open', 'mending', 'recovered', 'escalated', 'resolved'] satisfies IncidentStatus[]),
    reason: z.string(),
    openedAt: timeSchema,
    endedAt: timeSchema.nullable(),
  })
  .openapi('Incident')

const alertSchema = z
  .object({
    key: z.string(),
    member: z.string().nullable(),
    signal: z.enum(signals),
    status: z.enum(['firing', 'resolved']),
    source: z.string(),
    summary: z.string(),
    count: z.int(),
    firstAt: timeSchema,
    lastAt: timeSchema,
  })
  .openapi('Alert')

const entrySchema = z
  .object({
    seq: z.int(),
    at: timeSchema,
    kind: z.string().openapi({ example: 'step.done' }),
    run: z.string().nullable(),
    data: jsonObjectSchema,
  })
  .openapi('TimelineEntry')

const incidentDetailSchema = incidentSchema
  .extend({
    alerts: z.array(alertSchema),
    timeline: z.array(entrySchema).openapi({ description: `Oldest first, at most ${timelineMax}` }),
    runs: z.array(runDetailSchema).openapi({ description: `Newest first, at most ${runsMax}` }),
  })
  .openapi('IncidentDetail')

function incidentView({ id, component, failure, status, reason, openedAt, endedAt }: Incident): z.infer<typeof incidentSchema> {
  return { id, component, failure, status, reason, openedAt: iso(openedAt), endedAt: isoOrNull(endedAt) }
}

const entryView = ({ seq, at, kind, run, data }: JournalEvent): z.infer<typeof entrySchema> => ({ seq, at: iso(at), kind, run, data })

async function incidentDetail({ journal }: Pick<ApiPorts, 'journal'>, id: string): Promise<z.infer<typeof incidentDetailSchema>> {
  const incident = await journal.incident(id)
  if (!incident) throw fault('not-found', { what: 'incident', id, list: 'GET /v1/incidents' })
  const [alerts, events, runs] = await Promise.all([
    journal.alertsOf(id),
    journal.events(0, timelineMax, { incident: id }),
    journal.runs({ incident: id }, { limit: runsMax }),
  ])
  return {
    ...incidentView(incident),
    alerts: alerts.map(({ key, member, signal, status, source, summary, count, firstAt, lastAt }) => ({
      key,
      member,
      signal,
      status,
      source,
      summary,
      count,
      firstAt: iso(firstAt),
      lastAt: iso(lastAt),
    })),
    timeline: events.map(entryView),
    runs: await Promise.all(runs.map(async (run) => runDetail(run, await journal.steps(run.id)))),
  }
}

export function incidentRoutes(api: OpenAPIHono<ApiEnv>, ports: ApiPorts, gate: Gate): void {
  const tags = ['incidents']

  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/incidents',
      tags,
      summary: 'Incidents, newest first',
      ...gate.read('viewer'),
      request: {
        query: z.strictObject({
          ...pageQuery,
          status: z.enum(['open', 'all']).default('all').openapi({ description: 'open: not ended, whoever works on it' }),
          component: idSchema.optional(),
        }),
      },
      responses: { 200: json(listOf(incidentSchema), 'Incidents'), ...problems(401, 403, 422) },
    }),
    async (c) => {
      const { status, component, ...query } = c.req.valid('query')
      const filter = { open: status === 'open' ? true : undefined, component }
      const { items, next } = await page(
        query,
        (at) => ports.journal.incidents(filter, at),
        (incident) => incident.id,
      )
      return c.json({ items: items.map(incidentView), next }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/incidents/{id}',
      tags,
      summary: 'One incident: its alerts, its timeline, its runs with their steps',
      ...gate.read('viewer'),
      request: { params: idParams },
      responses: { 200: json(incidentDetailSchema, 'The incident'), ...problems(401, 403, 404) },
    }),
    async (c) => c.json(await incidentDetail(ports, c.req.valid('param').id), 200),
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/v1/incidents/{id}/resolve',
      tags,
      summary: 'End an incident by hand',
      ...gate.write('responder'),
      request: { headers: keyHeaders, params: idParams, body: body(z.strictObject({ reason: reasonSchema })) },
      responses: { 200: json(incidentDetailSchema, 'The incident, resolved'), ...problems(400, 401, 403, 404, 408, 409, 413, 422) },
    }),
    async (c) => {
      const { id } = c.req.valid('param')
      await incidentDetail(ports, id)
      const ended = await ports.journal.resolve(id, c.get('who').name, c.req.valid('json').reason)
      if (!ended)
        throw fault('conflict', { problem: `The incident ${id} has ended already.`, hint: 'See its reason in GET /v1/incidents/ID.' })
      return c.json(await incidentDetail(ports, id), 200)
    },
  )
}
