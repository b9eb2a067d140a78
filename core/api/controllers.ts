import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { ControllerInfo } from '../journal/leader.ts'
import type { ApiEnv } from './env.ts'
import type { Gate } from './gate.ts'
import type { ApiPorts } from './ports.ts'
import { iso, json, problems, timeSchema } from './wire.ts'

const controllerSchema = z
  .object({
    id: z.string(),
    url: z.string().openapi({ description: 'Where it answers the same API' }),
    version: z.string(),
    leader: z.boolean().openapi({ description: 'It acts; the others look, answer, and take over' }),
    startedAt: timeSchema,
    seenAt: timeSchema,
  })
  .openapi('Controller')

const controllersSchema = z.object({ items: z.array(controllerSchema) })

const controllerView = ({ startedAt, seenAt, ...one }: ControllerInfo): z.infer<typeof controllerSchema> => ({
  ...one,
  startedAt: iso(startedAt),
  seenAt: iso(seenAt),
})

/** Those who share a store: whoever asks one of them may go on at another. */
export function controllerRoutes(api: OpenAPIHono<ApiEnv>, ports: ApiPorts, gate: Gate): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/controllers',
      tags: ['controllers'],
      summary: 'The controllers that share this store',
      description: 'Those that were seen within the last minute, the leader first. Answered from memory while the store is away.',
      ...gate.read('viewer'),
      responses: { 200: json(controllersSchema, 'The controllers'), ...problems(401, 403) },
    }),
    async (c) => c.json({ items: ((await ports.controllers?.list()) ?? []).map(controllerView) }, 200),
  )
}
