import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { alertmanagerSchema, maxBatch, normaliseAlertmanager, normaliseOwn, ownAlertSchema } from '../alerts/normalise.ts'
import { fault } from '../errors.ts'
import type { ApiEnv } from './env.ts'
import type { Gate } from './gate.ts'
import type { ApiPorts } from './ports.ts'
import { json, keyHeaders, problems } from './wire.ts'

const ingestedSchema = z
  .object({
    items: z.array(
      z.object({
        key: z.string(),
        result: z.enum(['opened', 'joined', 'repeated', 'resolved', 'ignored']),
        incident: z.string().nullable(),
      }),
    ),
  })
  .openapi('Ingested', { description: 'What became of each alert, in the order given; durable' })

const webhookAnswerSchema = ingestedSchema
  .extend({
    unmatched: z
      .array(z.string())
      .openapi({ description: 'For information: names of alerts whose labels match no component of ours; they are taken as well' }),
  })
  .openapi('WebhookAnswer')

/**
 * Names a schema of normalise.ts in the document. A body that refers to it is documented, not validated: normalise.ts reads it,
 * once, and its mistakes are told by the one who knows the format. A clone, because `openapi` is only on schemas made after it.
 */
function named(api: OpenAPIHono<ApiEnv>, name: string, schema: z.ZodObject) {
  api.openAPIRegistry.register(name, schema.clone())
  return { $ref: `#/components/schemas/${name}` }
}

const bodyOf = <Schema extends object>(schema: Schema) => ({ content: { 'application/json': { schema } }, required: true })

function bodyRead(c: Context<ApiEnv>): unknown {
  try {
    return JSON.parse(c.get('bodyText'))
  } catch (error) {
    throw fault('malformed-body', { problem: 'it cannot be parsed' }, error)
  }
}

/** The doors for alerts from outside; what they say is made ours in core/alerts/normalise.ts. */
export function alertRoutes(api: OpenAPIHono<ApiEnv>, ports: ApiPorts, gate: Gate): void {
  const tags = ['alerts']
  const where = () => ({ catalog: ports.catalog, now: ports.clock.now() })
  const one = named(api, 'AlertInput', ownAlertSchema)
  const batch = { type: 'array' as const, items: one, minItems: 1, maxItems: maxBatch }
  const webhook = named(api, 'AlertmanagerWebhook', alertmanagerSchema)

  api.openapi(
    createRoute({
      method: 'post',
      path: '/v1/alerts',
      tags,
      summary: 'Tell of something wrong, one alert or a batch',
      description: `At most ${maxBatch} at once. All are taken or none; answers when they are durable.`,
      ...gate.write('responder'),
      request: { headers: keyHeaders, body: bodyOf({ anyOf: [one, batch] }) },
      responses: { 200: json(ingestedSchema, 'What became of them'), ...problems(400, 401, 403, 408, 413, 422) },
    }),
    async (c) => c.json({ items: await ports.ingest(normaliseOwn(bodyRead(c), where())) }, 200),
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/v1/webhooks/alertmanager',
      tags,
      summary: "Prometheus Alertmanager's webhook",
      description: `Labels \`jidoka_component\` or \`component\` name the component, \`jidoka_member\`, \`member\`, \`pod\` or \`instance\` the member;
where no label names a component, the member does, or \`service\` or \`job\`. Nothing is dropped: what matches no component opens
or joins the incident of the component \`unknown\`, with its labels in its summary, and a person is called.`,
      ...gate.write('responder'),
      request: { headers: keyHeaders, body: bodyOf(webhook) },
      responses: { 200: json(webhookAnswerSchema, 'What became of them'), ...problems(400, 401, 403, 408, 413, 422) },
    }),
    async (c) => {
      const { alerts, unmatched } = normaliseAlertmanager(bodyRead(c), where())
      return c.json({ items: await ports.ingest(alerts), unmatched }, 200)
    },
  )
}
