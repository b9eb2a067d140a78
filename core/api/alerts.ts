import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { type AlertInput, keyOf, signals } from '../alerts/alert.ts'
import { fault } from '../errors.ts'
import type { ApiEnv } from './env.ts'
import type { Gate } from './gate.ts'
import type { ApiPorts } from './ports.ts'
import { body, idSchema, json, keyHeaders, problems, timeInput } from './wire.ts'

const maxAlerts = 1_000

const alertInputSchema = z
  .strictObject({
    component: idSchema,
    member: idSchema.nullish(),
    signal: z.enum(signals).default('external'),
    status: z.enum(['firing', 'resolved']).default('firing'),
    summary: z.string().trim().max(1_000).default(''),
    source: z.string().trim().min(1).max(128).default('api').openapi({ description: 'Who saw it' }),
    key: z
      .string()
      .trim()
      .min(1)
      .max(256)
      .optional()
      .openapi({ description: 'The same fault has the same key; by default one per component, member and source' }),
    at: timeInput
      .optional()
      .openapi({ type: 'string', format: 'date-time', description: 'When it was seen; now when absent, and never later than now' }),
  })
  .openapi('AlertInput')

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

/** Alerts in the form of Alertmanager's webhook, version 4: only what is read of it. */
const alertmanagerSchema = z
  .object({
    version: z.string().optional(),
    alerts: z
      .array(
        z.object({
          status: z.enum(['firing', 'resolved']),
          labels: z.record(z.string(), z.string()),
          annotations: z.record(z.string(), z.string()).default({}),
          startsAt: timeInput.optional().openapi({ type: 'string', format: 'date-time' }),
          fingerprint: z.string().max(128).optional(),
        }),
      )
      .max(10_000),
  })
  .openapi('AlertmanagerWebhook')

const webhookAnswerSchema = ingestedSchema
  .extend({ unmatched: z.array(z.string()).openapi({ description: 'Names of alerts whose labels name no component of ours' }) })
  .openapi('WebhookAnswer')

type Named = z.output<typeof alertInputSchema>

/** Which of them name something that does not exist; nothing is taken then, so that a batch is never half in. */
function requireKnown(catalog: ApiPorts['catalog'], alerts: readonly Named[], batch: boolean) {
  const problems = alerts.flatMap(({ component, member }, index) => {
    const at = batch ? `${index}.` : ''
    if (!catalog.findComponent(component)) return [`${at}component: there is no component "${component}"`]
    if (member && catalog.findMember(member)?.component.id !== component)
      return [`${at}member: "${member}" is not a member of ${component}`]
    return []
  })
  if (problems.length > 0) throw fault('bad-request', { problems: problems.slice(0, 10).join('; ') })
}

function normalise(alert: Named, now: number): AlertInput {
  const { component, signal, status, source } = alert
  const member = alert.member ?? null
  return {
    key: alert.key ?? keyOf(component, member, source),
    component,
    member,
    signal,
    status,
    source,
    summary: alert.summary || `${signal} from ${source}`,
    at: Math.min(alert.at ?? now, now),
  }
}

type ForeignAlert = z.output<typeof alertmanagerSchema>['alerts'][number]

/** The component and member that an alert of Prometheus speaks of: by the labels `jidoka_component` or `component` (and `..._member`), else by a member's id in `instance` or `pod`. */
function subjectOf(catalog: ApiPorts['catalog'], labels: Record<string, string>): { component: string; member: string | null } | null {
  const named = [labels.jidoka_member, labels.member, labels.instance, labels.pod].find(
    (id) => id !== undefined && catalog.findMember(id) !== undefined,
  )
  const owner = named === undefined ? undefined : catalog.findMember(named)?.component.id
  const component = [labels.jidoka_component, labels.component, owner, labels.service, labels.job].find(
    (id) => id !== undefined && catalog.findComponent(id) !== undefined,
  )
  if (component === undefined) return null
  return { component, member: owner === component ? (named ?? null) : null }
}

function ofAlertmanager(catalog: ApiPorts['catalog'], alert: ForeignAlert, now: number): AlertInput | null {
  const subject = subjectOf(catalog, alert.labels)
  if (!subject) return null
  const name = nameOf(alert)
  const signal = signals.find((one) => one === alert.labels.jidoka_signal) ?? 'external'
  const summary = (alert.annotations.summary || alert.annotations.description || name).slice(0, 1_000)
  const key = `alertmanager/${alert.fingerprint ?? JSON.stringify(Object.entries(alert.labels).sort()).slice(0, 240)}`
  const at = alert.status === 'firing' ? Math.min(alert.startsAt ?? now, now) : now
  return { key, ...subject, signal, status: alert.status, source: 'alertmanager', summary, at }
}

const nameOf = ({ labels }: ForeignAlert) => labels.alertname ?? 'an alert without a name'

export function alertRoutes(api: OpenAPIHono<ApiEnv>, ports: ApiPorts, gate: Gate): void {
  const tags = ['alerts']

  api.openapi(
    createRoute({
      method: 'post',
      path: '/v1/alerts',
      tags,
      summary: 'Tell of something wrong, one alert or a batch',
      description: `At most ${maxAlerts} at once. All are taken or none; answers when they are durable.`,
      ...gate.write('responder'),
      request: { headers: keyHeaders, body: body(z.union([alertInputSchema, z.array(alertInputSchema).min(1).max(maxAlerts)])) },
      responses: { 200: json(ingestedSchema, 'What became of them'), ...problems(400, 401, 403, 408, 413, 422) },
    }),
    async (c) => {
      const given = c.req.valid('json')
      const alerts = Array.isArray(given) ? given : [given]
      requireKnown(ports.catalog, alerts, Array.isArray(given))
      const now = ports.clock.now()
      return c.json({ items: await ports.ingest(alerts.map((alert) => normalise(alert, now))) }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/v1/webhooks/alertmanager',
      tags,
      summary: "Prometheus Alertmanager's webhook",
      description:
        'Labels `jidoka_component` (or `component`, `service`, `job`) and `jidoka_member` (or `member`, `instance`, `pod`) name the subject.',
      ...gate.write('responder'),
      request: { headers: keyHeaders, body: body(alertmanagerSchema) },
      responses: { 200: json(webhookAnswerSchema, 'What became of them'), ...problems(400, 401, 403, 408, 413, 422) },
    }),
    async (c) => {
      const now = ports.clock.now()
      const taken: AlertInput[] = []
      const unmatched: string[] = []
      for (const alert of c.req.valid('json').alerts) {
        const ours = ofAlertmanager(ports.catalog, alert, now)
        if (ours) taken.push(ours)
        else unmatched.push(nameOf(alert))
      }
      const items = taken.length > 0 ? await ports.ingest(taken) : []
      if (unmatched.length > 0)
        await ports.journal.note(
          'alerts.unmatched',
          {},
          { source: 'alertmanager', count: unmatched.length, names: [...new Set(unmatched)].slice(0, 20) },
        )
      return c.json({ items, unmatched }, 200)
    },
  )
}
