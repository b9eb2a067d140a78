import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { modeOf } from '../catalog/modes.ts'
import { fault } from '../errors.ts'
import { noTally, type ShadowData, shadowKind, shadowsOf, sumOf, tallyOf } from '../runs/shadow.ts'
import { answerCommand, commandSchema, planSchema } from './commands.ts'
import { requireMember } from './components.ts'
import type { ApiEnv } from './env.ts'
import type { Gate } from './gate.ts'
import type { ApiPorts, RunbookInfo } from './ports.ts'
import { runDetailSchema } from './runs.ts'
import { body, idParams, idSchema, json, keyHeaders, listOf, pageOf, pageQuery, problems } from './wire.ts'

const modeSchema = z.enum(['automatic', 'approval', 'shadow'])
const tallySchema = z
  .object({ agreed: z.int(), differed: z.int(), needless: z.int(), unscored: z.int(), open: z.int() })
  .openapi('ShadowScore', { description: 'How what it would have done in shadow mode compares with what people did' })

const runbookSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    answers: z.array(z.string()).openapi({ description: 'Failures that it mends' }),
    requires: z.array(z.string()).openapi({ description: 'What has to hold before it may run' }),
    cooldownMs: z.number(),
    source: z.string(),
    steps: z.array(z.string()),
    mode: modeSchema.openapi({ description: 'Where the component says nothing else' }),
    components: z
      .array(z.object({ component: z.string(), mode: modeSchema, shadow: tallySchema }))
      .openapi({ description: 'Components that have a mode of their own, or where it ran in shadow mode' }),
    shadow: tallySchema,
  })
  .openapi('Runbook')

const practiceSchema = commandSchema.omit({ member: true }).extend({ component: idSchema }).openapi('PracticeOrder')

export function runbookRoutes(api: OpenAPIHono<ApiEnv>, ports: ApiPorts, gate: Gate): void {
  const tags = ['runbooks']
  const find = (id: string) => {
    const found = ports.commands.runbooks().find((runbook) => runbook.id === id)
    if (!found) throw fault('not-found', { what: 'runbook', id, list: 'GET /v1/runbooks' })
    return found
  }
  const shadows = ports.journal.records<ShadowData>(shadowKind)

  async function view(runbook: RunbookInfo): Promise<z.infer<typeof runbookSchema>> {
    const tallies = tallyOf(await shadowsOf(shadows, runbook.id))
    const { config, components } = ports.catalog
    const special = components.filter(({ id, guards }) => Object.hasOwn(guards.modes, runbook.id) || tallies.has(id))
    return {
      ...runbook,
      mode: modeOf(config, undefined, runbook.id),
      components: special.map((component) => ({
        component: component.id,
        mode: modeOf(config, component, runbook.id),
        shadow: tallies.get(component.id) ?? noTally(),
      })),
      shadow: sumOf([...tallies.values()]),
    }
  }

  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/runbooks',
      tags,
      summary: 'All runbooks',
      ...gate.read('viewer'),
      request: { query: z.strictObject(pageQuery) },
      responses: { 200: json(listOf(runbookSchema), 'Runbooks'), ...problems(401, 403, 422) },
    }),
    async (c) => {
      const { items, next } = pageOf(c.req.valid('query'), ports.commands.runbooks(), (runbook) => runbook.id)
      return c.json({ items: await Promise.all(items.map(view)), next }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/runbooks/{id}',
      tags,
      summary: 'One runbook',
      ...gate.read('viewer'),
      request: { params: idParams },
      responses: { 200: json(runbookSchema, 'The runbook'), ...problems(401, 403, 404) },
    }),
    async (c) => c.json(await view(find(c.req.valid('param').id)), 200),
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/v1/runbooks/{id}/runs',
      tags,
      summary: 'Run a runbook on a component',
      ...gate.write('operator'),
      request: {
        headers: keyHeaders,
        params: idParams,
        body: body(commandSchema.extend({ component: idSchema }).openapi('RunbookCommand')),
      },
      responses: {
        200: json(planSchema, 'Dry run: what would be done'),
        202: json(runDetailSchema, 'The run that was ordered'),
        ...problems(400, 401, 403, 404, 408, 409, 413, 422),
      },
    }),
    async (c) => {
      const { component, ...order } = c.req.valid('json')
      const runbook = find(c.req.valid('param').id)
      requireMember(ports, ports.catalog.component(component).id, order.member)
      return answerCommand(c, await ports.commands.runRunbook(runbook.id, component, { ...order, by: c.get('who').name }))
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/v1/runbooks/{id}/practice',
      tags,
      summary: 'Practise a runbook on a component in good health',
      description: 'A planned switch, to see that it would work. Refused unless all members are well; when it fails, somebody is called.',
      ...gate.write('operator'),
      request: { headers: keyHeaders, params: idParams, body: body(practiceSchema) },
      responses: {
        200: json(planSchema, 'Dry run: what would be done'),
        202: json(runDetailSchema, 'The run that was ordered'),
        ...problems(400, 401, 403, 404, 408, 409, 413, 422),
      },
    }),
    async (c) => {
      const { component, ...order } = c.req.valid('json')
      const runbook = find(c.req.valid('param').id)
      ports.catalog.component(component)
      return answerCommand(c, await ports.commands.runRunbook(runbook.id, component, { ...order, practice: true, by: c.get('who').name }))
    },
  )
}
