import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { fault } from '../errors.ts'
import type { Switch } from '../journal/journal.ts'
import type { ApiEnv } from './env.ts'
import type { Gate } from './gate.ts'
import type { ApiPorts } from './ports.ts'
import { body, idSchema, iso, isoOrNull, json, keyHeaders, problems, reasonSchema, timeInput, timeSchema } from './wire.ts'

/** Whoever pauses for longer has forgotten it. */
const pauseMaxMs = 31 * 86_400_000

const switchSchema = z
  .object({
    scope: z.string().openapi({ description: '`global`, or a component' }),
    off: z.boolean(),
    by: z.string(),
    reason: z.string(),
    at: timeSchema,
    until: timeSchema.nullable().openapi({ description: 'It goes on again by itself then; null: somebody switches it on' }),
  })
  .openapi('AutomationSwitch')

const automationSchema = z.object({
  items: z.array(switchSchema).openapi({ description: 'Every switch that was ever thrown, as it stands' }),
})
const orderSchema = z.strictObject({
  off: z.boolean(),
  reason: reasonSchema,
  until: timeInput.optional().openapi({ description: 'Off only until then; absent: until somebody switches it on' }),
  forMs: z.int().min(1_000).max(pauseMaxMs).optional().openapi({ description: 'The same, from now on' }),
})

const switchView = ({ scope, off, by, reason, at, until }: Switch): z.infer<typeof switchSchema> => ({
  ...{ scope, off, by, reason },
  at: iso(at),
  until: off ? isoOrNull(until) : null,
})

/** When it ends by itself, epoch ms. Errors: `bad-request` for one that is over already, or of something that is not switched off. */
function endOf({ off, until, forMs }: z.infer<typeof orderSchema>, now: number): number | null {
  const end = until ?? (forMs === undefined ? null : now + forMs)
  if (until !== undefined && forMs !== undefined) throw fault('bad-request', { problems: 'until, forMs: give one of them' })
  if (end !== null && !off) throw fault('bad-request', { problems: 'until: only what is switched off goes back by itself' })
  if (end !== null && (end <= now || end - now > pauseMaxMs)) throw fault('bad-request', { problems: 'until: within the next 31 days' })
  return end
}

/** The off-switch of all automatic action, globally or for one component. */
export function switchRoutes(api: OpenAPIHono<ApiEnv>, ports: ApiPorts, gate: Gate): void {
  const tags = ['automation']
  const all = async () => ({ items: (await ports.journal.switches()).map(switchView) })

  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/automation',
      tags,
      summary: 'Where automation is switched off',
      ...gate.read('viewer'),
      responses: { 200: json(automationSchema, 'The switches'), ...problems(401, 403) },
    }),
    async (c) => c.json(await all(), 200),
  )

  api.openapi(
    createRoute({
      method: 'put',
      path: '/v1/automation',
      tags,
      summary: 'Switch all automation off or on',
      ...gate.write('operator'),
      request: { headers: keyHeaders, body: body(orderSchema) },
      responses: { 200: json(automationSchema, 'The switches'), ...problems(400, 401, 403, 408, 413, 422) },
    }),
    async (c) => {
      const order = c.req.valid('json')
      await ports.journal.setSwitch('global', order.off, c.get('who').name, order.reason, endOf(order, ports.clock.now()))
      return c.json(await all(), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'put',
      path: '/v1/automation/{scope}',
      tags,
      summary: 'Switch automation off or on, globally or for one component',
      ...gate.write('operator'),
      request: { headers: keyHeaders, params: z.strictObject({ scope: idSchema.openapi({ example: 'global' }) }), body: body(orderSchema) },
      responses: { 200: json(automationSchema, 'The switches'), ...problems(400, 401, 403, 404, 408, 413, 422) },
    }),
    async (c) => {
      const { scope } = c.req.valid('param')
      const order = c.req.valid('json')
      if (scope !== 'global') ports.catalog.component(scope)
      await ports.journal.setSwitch(scope, order.off, c.get('who').name, order.reason, endOf(order, ports.clock.now()))
      return c.json(await all(), 200)
    },
  )
}
