import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { fault } from '../errors.ts'
import type { ApiEnv } from './env.ts'
import type { Gate } from './gate.ts'
import type { AgentReport, ApiPorts } from './ports.ts'
import { body, idParams, idSchema, json, keyHeaders, problems, timeInput } from './wire.ts'

const reportSchema = z
  .strictObject({
    member: idSchema,
    event: z.enum(['exited', 'started', 'restarted-locally'] satisfies AgentReport['event'][]),
    pid: z.int().min(1).nullable(),
    detail: z.string().max(500).openapi({ example: 'signal SIGKILL' }),
    at: timeInput.openapi({ type: 'string', format: 'date-time' }),
  })
  .openapi('AgentReport')

const takenSchema = z.object({ taken: z.int() })

/** What agents and services tell by themselves. */
export function agentRoutes(api: OpenAPIHono<ApiEnv>, ports: ApiPorts, gate: Gate): void {
  const tags = ['agents']

  api.openapi(
    createRoute({
      method: 'post',
      path: '/v1/agents/{id}/reports',
      tags,
      summary: 'An agent tells what happened to its processes',
      description: 'One report or a batch, oldest first. Answers when they are durable.',
      ...gate.write('agent'),
      request: { headers: keyHeaders, params: idParams, body: body(z.union([reportSchema, z.array(reportSchema).min(1).max(1_000)])) },
      responses: { 200: json(takenSchema, 'How many were taken'), ...problems(400, 401, 403, 404, 408, 413, 422) },
    }),
    async (c) => {
      const agent = ports.catalog.agent(c.req.valid('param').id)
      const given = c.req.valid('json')
      const reports = Array.isArray(given) ? given : [given]
      const strangers = reports.filter((report) => ports.catalog.findMember(report.member)?.member.agent !== agent.id)
      if (strangers.length > 0) {
        const names = [...new Set(strangers.map((report) => `"${report.member}"`))].slice(0, 10).join(', ')
        throw fault('bad-request', { problems: `member: ${names} not supervised by the agent ${agent.id}` })
      }
      for (const report of reports) await ports.agentReport(agent.id, report)
      return c.json({ taken: reports.length }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/v1/members/{id}/beats',
      tags,
      summary: 'A heartbeat, for members with a probe of kind heartbeat',
      ...gate.write('agent-or-responder'),
      request: { headers: keyHeaders, params: idParams },
      responses: { 204: { description: 'Heard' }, ...problems(401, 403, 404) },
    }),
    (c) => {
      ports.beat(ports.catalog.member(c.req.valid('param').id).member.id)
      return c.body(null, 204)
    },
  )
}
