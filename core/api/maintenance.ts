import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { fault } from '../errors.ts'
import {
  configured,
  endWindow,
  inForce,
  type KeptWindow,
  type MaintenanceWindow,
  maintenanceKind,
  openWindow,
  openWindowsMax,
} from '../maintenance/maintenance.ts'
import type { ApiEnv } from './env.ts'
import type { Gate } from './gate.ts'
import type { ApiPorts } from './ports.ts'
import { body, idParams, idSchema, iso, json, keyHeaders, problems, reasonSchema, timeInput, timeSchema } from './wire.ts'

const windowSchema = z
  .object({
    id: z.string().nullable().openapi({ description: 'Null: written in the configuration, and ended there' }),
    component: z.string().nullable().openapi({ description: 'Null: everything' }),
    from: timeSchema,
    until: timeSchema,
    reason: z.string(),
    by: z.string(),
    inForce: z.boolean().openapi({ description: 'Now: nothing is touched there, and nobody is called' }),
  })
  .openapi('MaintenanceWindow')
const windowsSchema = z.object({ items: z.array(windowSchema).openapi({ description: 'In force or ahead' }) })
const orderSchema = z
  .strictObject({
    component: idSchema.optional().openapi({ description: 'Everything when absent' }),
    from: timeInput.optional().openapi({ description: 'Now when absent' }),
    until: timeInput,
    reason: reasonSchema,
  })
  .openapi('MaintenanceOrder')

const viewOf = ({ id, component, from, until, reason, by }: MaintenanceWindow, now: number): z.infer<typeof windowSchema> => ({
  ...{ id, component, reason, by },
  from: iso(from),
  until: iso(until),
  inForce: inForce({ from, until }, now),
})

/** Windows in which people work: the automatic leaves them alone, and nobody is called. */
export function maintenanceRoutes(api: OpenAPIHono<ApiEnv>, { journal, catalog, clock }: ApiPorts, gate: Gate): void {
  const tags = ['automation']
  const kept = journal.records<KeptWindow>(maintenanceKind)

  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/maintenance',
      tags,
      summary: 'Windows of maintenance, in force or ahead',
      ...gate.read('viewer'),
      responses: { 200: json(windowsSchema, 'The windows, the first to begin first'), ...problems(401, 403) },
    }),
    async (c) => {
      const now = clock.now()
      const open = (await kept.list({ open: true }, { limit: openWindowsMax })).map(({ data }) => data)
      const all = [...configured(catalog.config), ...open].filter(({ until }) => until > now)
      return c.json({ items: all.toSorted((a, b) => a.from - b.from).map((one) => viewOf(one, now)) }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/v1/maintenance',
      tags,
      summary: 'Open a window of maintenance',
      ...gate.write('operator'),
      request: { headers: keyHeaders, body: body(orderSchema) },
      responses: { 201: json(windowSchema, 'The window'), ...problems(400, 401, 403, 404, 408, 409, 413, 422) },
    }),
    async (c) => {
      const { component, ...order } = c.req.valid('json')
      if (component !== undefined) catalog.component(component)
      const window = await openWindow(journal, { ...order, component: component ?? null }, c.get('who').name)
      return c.json(viewOf(window, clock.now()), 201, { location: '/v1/maintenance' })
    },
  )

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/v1/maintenance/{id}',
      tags,
      summary: 'End a window of maintenance',
      description: 'What still fires there is looked at anew. Ending it twice changes nothing.',
      ...gate.write('operator'),
      request: { params: idParams },
      responses: { 200: json(windowSchema, 'The window, as it ended'), ...problems(401, 403, 404, 422) },
    }),
    async (c) => {
      const { id } = c.req.valid('param')
      const window = await endWindow(journal, id, c.get('who').name)
      if (!window) throw fault('not-found', { what: 'window of maintenance', id, list: 'GET /v1/maintenance' })
      return c.json(viewOf(window, clock.now()), 200)
    },
  )
}
