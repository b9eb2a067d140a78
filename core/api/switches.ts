import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Switch } from '../journal/journal.ts'
import type { ApiEnv } from './env.ts'
import type { Gate } from './gate.ts'
import type { ApiPorts } from './ports.ts'
import { body, idSchema, iso, json, keyHeaders, problems, reasonSchema, timeSchema } from './wire.ts'

const switchSchema = z
  .object({
    scope: z.string().openapi({ description: '`global`, or a component' }),
    off: z.boolean(),
    by: z.string(),
    reason: z.string(),
    at: timeSchema,
  })
  .openapi('AutomationSwitch')

const automationSchema = z.object({
  items: z.array(switchSchema).openapi({ description: 'Every switch that was ever thrown, as it stands' }),
})
const orderSchema = z.strictObject({ off: z.boolean(), reason: reasonSchema })

const switchView = ({ scope, off, by, reason, at }: Switch): z.infer<typeof switchSchema> => ({ scope, off, by, reason, at: iso(at) })

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
      const { off, reason } = c.req.valid('json')
      await ports.journal.setSwitch('global', off, c.get('who').name, reason)
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
      const { off, reason } = c.req.valid('json')
      if (scope !== 'global') ports.catalog.component(scope)
      await ports.journal.setSwitch(scope, off, c.get('who').name, reason)
      return c.json(await all(), 200)
    },
  )
}
