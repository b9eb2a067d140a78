import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { memberSchema } from './components.ts'
import type { ApiEnv } from './env.ts'
import type { Gate } from './gate.ts'
import type { Live } from './live.ts'
import { jsonObjectSchema, problems, timeSchema } from './wire.ts'

const eventSchema = z.object({
  seq: z.int(),
  at: timeSchema,
  kind: z.string(),
  component: z.string().nullable(),
  incident: z.string().nullable(),
  run: z.string().nullable(),
  andon: z.string().nullable(),
  data: jsonObjectSchema,
})
const statusEventSchema = memberSchema.extend({ component: z.string() })

const description = `Server-sent events. First \`ready\` (\`{seq}\`), then \`status\` of every member as it is, then both kinds as they come:
events of the journal, with their \`seq\` as id and their kind as event name (data: JournalEvent), and changes of \`status\` without an
id (data: StatusEvent; many changes within 0.1 s are told once). A comment each 15 s keeps the connection alive.
With Last-Event-ID (or \`?after=\`) everything after that event comes first. A client that takes nothing for 30 s is cut.`

export function eventRoutes(api: OpenAPIHono<ApiEnv>, live: Live, gate: Gate): void {
  api.openAPIRegistry.register('JournalEvent', eventSchema)
  api.openAPIRegistry.register('StatusEvent', statusEventSchema)
  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/events',
      tags: ['events'],
      summary: 'Live events',
      description,
      ...gate.read('viewer'),
      request: {
        query: z.strictObject({ after: z.coerce.number().int().min(0).optional() }),
        headers: z.object({ 'last-event-id': z.coerce.number().int().min(0).optional() }),
      },
      responses: {
        200: { description: 'The stream', content: { 'text/event-stream': { schema: z.string() } } },
        ...problems(401, 403, 422, 503),
      },
    }),
    async (c) => {
      const after = c.req.valid('header')['last-event-id'] ?? c.req.valid('query').after ?? null
      const stream = await live.follow(after, { cut: () => c.env?.outgoing?.destroy(), closing: c.env?.closing })
      // `no-transform` and the second header keep proxies from gathering it.
      return c.body(stream, 200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
      })
    },
  )
}
