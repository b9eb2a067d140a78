import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { fault } from '../errors.ts'
import { answerCommand, commandSchema, planSchema } from './commands.ts'
import { requireMember } from './components.ts'
import type { ApiEnv } from './env.ts'
import type { Gate } from './gate.ts'
import type { ApiPorts } from './ports.ts'
import { runDetailSchema } from './runs.ts'
import { body, idParams, idSchema, json, keyHeaders, listOf, pageOf, pageQuery, problems } from './wire.ts'

const runbookSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    answers: z.array(z.string()).openapi({ description: 'Failures that it mends' }),
    requires: z.array(z.string()).openapi({ description: 'What has to hold before it may run' }),
    cooldownMs: z.number(),
    source: z.string(),
    steps: z.array(z.string()),
  })
  .openapi('Runbook')

export function runbookRoutes(api: OpenAPIHono<ApiEnv>, ports: ApiPorts, gate: Gate): void {
  const tags = ['runbooks']
  const find = (id: string) => {
    const found = ports.commands.runbooks().find((runbook) => runbook.id === id)
    if (!found) throw fault('not-found', { what: 'runbook', id, list: 'GET /v1/runbooks' })
    return found
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
    (c) =>
      c.json(
        pageOf(c.req.valid('query'), ports.commands.runbooks(), (runbook) => runbook.id),
        200,
      ),
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
    (c) => c.json(find(c.req.valid('param').id), 200),
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
}
