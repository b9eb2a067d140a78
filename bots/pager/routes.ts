import { createRoute, z } from '@hono/zod-openapi'
import type { Api, Feature } from '../../core/api/app.ts'
import type { Gate } from '../../core/api/gate.ts'
import {
  body,
  idParams,
  idSchema,
  json,
  keyHeaders,
  listOf,
  page,
  pageOf,
  pageQuery,
  problems,
  reasonSchema,
  timeInput,
} from '../../core/api/wire.ts'
import type { Clock } from '../../core/clock.ts'
import { fault } from '../../core/errors.ts'
import type { Journal } from '../../core/journal/journal.ts'
import type { PageDesk } from './desk.ts'
import { calendarOf, type Feeds } from './feed.ts'
import { fromPagerDuty, pagerDutyPath } from './inbound.ts'
import type { Rota } from './rota.ts'
import {
  byOf,
  detailView,
  dutyShape,
  dutyView,
  overrideShape,
  overrideView,
  pageDetailShape,
  pageShape,
  pageView,
  spanShape,
  spanView,
  viaOf,
} from './views.ts'

export interface PagerRoutePorts {
  desk: PageDesk
  rota: Rota
  feeds: Feeds
  journal: Pick<Journal, 'firstSeen'>
  clock: Clock
  /** Secrets of PagerDuty's webhooks (pagers[].webhookSecretEnv). */
  secrets(): readonly string[]
}

interface Parts extends PagerRoutePorts {
  api: Api
  gate: Gate
}

const dayMs = 86_400_000

const pageSchema = z.object(pageShape).openapi('Page')
const pageDetailSchema = pageSchema.extend(pageDetailShape).openapi('PageDetail')
const dutySchema = z.object(dutyShape).openapi('OnCall')
const spanSchema = z.object(spanShape).openapi('DutySpan')
const overrideSchema = z.object(overrideShape).openapi('DutyOverride')
const scheduleDetailSchema = dutySchema
  .extend({
    spans: z.array(spanSchema).openapi({ description: 'From `from` to `until`, without gap or overlap' }),
    feed: z.string().openapi({ description: 'Path of the calendar; whoever has it may read it' }),
  })
  .openapi('Schedule')
const atQuery = z.iso.datetime({ offset: true }).optional()

/** Pages, schedules, who is on call, and what PagerDuty tells us. */
export function pagerRoutes(ports: PagerRoutePorts): Feature {
  return (api, gate) => {
    const parts = { ...ports, api, gate }
    pageRoutes(parts)
    actRoutes(parts)
    // Before the schedule itself: an id has no dot.
    feedRoute(parts)
    dutyRoutes(parts)
    renewRoute(parts)
    overrideRoutes(parts)
    removeRoute(parts)
    pagerDutyRoute(parts)
  }
}

function pageRoutes({ api, gate, desk, rota }: Parts): void {
  const tags = ['pages']
  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/pages',
      tags,
      summary: 'Pages, newest first',
      ...gate.read('viewer'),
      request: {
        query: z.strictObject({
          ...pageQuery,
          status: z.enum(['open', 'all']).default('all').openapi({ description: 'open: not closed, whoever has it' }),
          component: idSchema.optional(),
        }),
      },
      responses: { 200: json(listOf(pageSchema), 'Pages'), ...problems(401, 403, 422) },
    }),
    async (c) => {
      const { status, component, ...query } = c.req.valid('query')
      const filter = { ...(status === 'open' ? { open: true as const } : {}), component }
      const { items, next } = await page(
        query,
        (at) => desk.list(filter, at),
        (one) => one.id,
      )
      return c.json({ items: items.map(pageView), next }, 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/pages/{id}',
      tags,
      summary: 'One page: who was called, when, by what, and what became of it',
      ...gate.read('viewer'),
      request: { params: idParams },
      responses: { 200: json(pageDetailSchema, 'The page'), ...problems(401, 403, 404) },
    }),
    async (c) => {
      const { id } = c.req.valid('param')
      const found = await desk.get(id)
      if (!found) throw fault('not-found', { what: 'page', id, list: 'GET /v1/pages' })
      return c.json(detailView(found, rota), 200)
    },
  )
}

function actRoutes({ api, gate, desk, rota }: Parts): void {
  const tags = ['pages']
  const responses = { 200: json(pageDetailSchema, 'The page'), ...problems(400, 401, 403, 404, 408, 409, 413, 422) }
  const person = idSchema.optional().openapi({ description: 'Who has it; by default whom the token names' })
  api.openapi(
    createRoute({
      method: 'post',
      path: '/v1/pages/{id}/acknowledge',
      tags,
      summary: 'Somebody has it: nobody else is called, and who was called hears of it; refused when it has ended',
      ...gate.write('responder'),
      request: { headers: keyHeaders, params: idParams, body: body(z.strictObject({ person }), false) },
      responses,
    }),
    async (c) => {
      const { id } = c.req.valid('param')
      const by = byOf(rota, c.get('who'), c.req.valid('json').person)
      const { page: found, changed } = await desk.acknowledge(id, by, viaOf(c.req.header('user-agent')))
      if (!changed && found.state.status === 'closed')
        throw fault('conflict', { problem: `The page ${found.id} has ended: ${found.state.why}`, hint: 'Nobody is called any more.' })
      return c.json(detailView(found, rota), 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/v1/pages/{id}/reescalate',
      tags,
      summary: 'Whoever has it cannot go on: the next level is called',
      ...gate.write('responder'),
      request: { headers: keyHeaders, params: idParams, body: body(z.strictObject({ reason: reasonSchema, person })) },
      responses,
    }),
    async (c) => {
      const { reason, person: named } = c.req.valid('json')
      return c.json(detailView(await desk.reescalate(c.req.valid('param').id, byOf(rota, c.get('who'), named), reason), rota), 200)
    },
  )
}

function dutyRoutes({ api, gate, rota, feeds, clock }: Parts): void {
  const tags = ['on call']
  for (const [path, summary] of [
    ['/v1/schedules', 'Schedules, and who is on call for each now'],
    ['/v1/oncall', 'Who is on call, now or at a moment'],
  ] as const)
    api.openapi(
      createRoute({
        method: 'get',
        path,
        tags,
        summary,
        ...gate.read('viewer'),
        request: { query: z.strictObject({ ...pageQuery, at: atQuery }) },
        responses: { 200: json(listOf(dutySchema), 'On call'), ...problems(401, 403, 422) },
      }),
      async (c) => {
        const { at, ...query } = c.req.valid('query')
        await rota.refresh()
        const when = at === undefined ? clock.now() : Date.parse(at)
        const { items, next } = pageOf(query, rota.schedules, ({ id }) => id)
        return c.json({ items: items.map(({ id }) => dutyView(rota, id, when)), next }, 200)
      },
    )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/schedules/{id}',
      tags,
      summary: 'One schedule: who is on call, who is next, and all turns of a time (at most 90 days)',
      ...gate.read('viewer'),
      request: { params: idParams, query: z.strictObject({ from: atQuery, until: atQuery }) },
      responses: { 200: json(scheduleDetailSchema, 'The schedule'), ...problems(401, 403, 404, 422) },
    }),
    async (c) => {
      const { id } = c.req.valid('param')
      const query = c.req.valid('query')
      const from = query.from === undefined ? clock.now() : Date.parse(query.from)
      const until = query.until === undefined ? from + 14 * dayMs : Date.parse(query.until)
      if (until <= from || until - from > 90 * dayMs) throw fault('bad-request', { problems: 'query until: after `from`, at most 90 days' })
      await rota.refresh()
      const duty = dutyView(rota, id, clock.now())
      const spans = rota.spans(id, from, until).map((span) => spanView(rota, span))
      return c.json({ ...duty, spans, feed: await feeds.path(id) }, 200)
    },
  )
}

function feedRoute({ api, rota, feeds, clock }: Parts): void {
  api.openAPIRegistry.registerPath({
    method: 'get',
    path: '/v1/schedules/{id}.ics',
    tags: ['on call'],
    summary: 'A schedule as a calendar to subscribe to (RFC 5545); the secret stands in the address',
    security: [],
    request: { params: idParams, query: z.strictObject({ token: z.string() }) },
    responses: {
      200: { description: 'The calendar', content: { 'text/calendar': { schema: z.string() } } },
      ...(problems(401) as Record<string, { description: string }>),
    },
  })
  api.get('/v1/schedules/:file{[a-z0-9-]{1,63}\\.ics}', async (c) => {
    const id = c.req.param('file').slice(0, -'.ics'.length)
    // Whoever has no secret does not learn which schedules there are.
    if (!(await feeds.opens(id, c.req.query('token') ?? '')) || !rota.schedules.some((one) => one.id === id)) throw fault('unauthorized')
    await rota.refresh()
    const text = calendarOf(rota, id, clock.now(), new URL(c.req.url).hostname)
    return c.body(text, 200, {
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': `inline; filename="${id}.ics"`,
    })
  })
}

function renewRoute({ api, gate, rota, feeds }: Parts): void {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/v1/schedules/{id}/feed',
      tags: ['on call'],
      summary: 'A new address for the calendar; the old one ends',
      description: 'The answer is not kept for Idempotency-Key: it holds a secret.',
      ...gate.writeUnremembered('operator'),
      request: { params: idParams },
      responses: { 200: json(z.object({ feed: z.string() }), 'The new path'), ...problems(401, 403, 404) },
    }),
    async (c) => {
      const { id } = rota.schedule(c.req.valid('param').id)
      await feeds.renew(id)
      return c.json({ feed: await feeds.path(id) }, 200)
    },
  )
}

function overrideRoutes({ api, gate, rota }: Parts): void {
  const tags = ['on call']
  const path = '/v1/schedules/{id}/overrides'
  api.openapi(
    createRoute({
      method: 'get',
      path,
      tags,
      summary: 'Overrides that people made, the latest first',
      ...gate.read('viewer'),
      request: { params: idParams, query: z.strictObject(pageQuery) },
      responses: { 200: json(listOf(overrideSchema), 'Overrides'), ...problems(401, 403, 404, 422) },
    }),
    async (c) => {
      await rota.refresh()
      const { items, next } = pageOf(c.req.valid('query'), rota.overrides(c.req.valid('param').id), ({ id }) => id)
      return c.json({ items: items.map((one) => overrideView(rota, one)), next }, 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path,
      tags,
      summary: 'Somebody takes over for a while',
      ...gate.write('responder'),
      request: {
        headers: keyHeaders,
        params: idParams,
        body: body(z.strictObject({ person: idSchema, from: timeInput, until: timeInput, reason: reasonSchema })),
      },
      responses: { 201: json(overrideSchema, 'The override'), ...problems(400, 401, 403, 404, 408, 409, 413, 422) },
    }),
    async (c) => {
      const order = { ...c.req.valid('json'), schedule: c.req.valid('param').id, by: byOf(rota, c.get('who')) }
      return c.json(overrideView(rota, await rota.add(order)), 201)
    },
  )
}

function removeRoute({ api, gate, rota }: Parts): void {
  api.openapi(
    createRoute({
      method: 'delete',
      path: '/v1/schedules/{id}/overrides/{override}',
      tags: ['on call'],
      summary: 'It goes on as if the override had not been made',
      ...gate.writeUnremembered('responder'),
      request: {
        params: z.strictObject({ id: idSchema, override: idSchema }),
        body: body(z.strictObject({ reason: reasonSchema.default('removed by hand') }), false),
      },
      responses: { 204: { description: 'Removed' }, ...problems(400, 401, 403, 404, 408, 413, 422) },
    }),
    async (c) => {
      const { id, override } = c.req.valid('param')
      await rota.remove(id, override, byOf(rota, c.get('who')), c.req.valid('json').reason)
      return c.body(null, 204)
    },
  )
}

function pagerDutyRoute({ api, gate, desk, journal, clock, secrets }: Parts): void {
  const hear = fromPagerDuty({ desk, journal, clock, secrets })
  api.openapi(
    createRoute({
      method: 'post',
      path: pagerDutyPath,
      tags: ['pages'],
      summary: 'Acknowledgements that come back from PagerDuty (webhooks v3)',
      description: 'Signed by X-PagerDuty-Signature; nothing is believed while no secret is configured (pagers[].webhookSecretEnv).',
      ...gate.open,
      responses: {
        200: json(z.object({ changed: z.boolean().openapi({ description: 'false: it said nothing new' }) }), 'Heard'),
        ...problems(400, 401, 408, 413, 422),
      },
    }),
    async (c) => c.json({ changed: await hear(c.get('bodyText'), c.req.header('x-pagerduty-signature')) }, 200),
  )
}
