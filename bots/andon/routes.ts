import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Api, Feature } from '../../core/api/app.ts'
import type { ApiEnv } from '../../core/api/env.ts'
import type { Gate } from '../../core/api/gate.ts'
import { body, idParams, idSchema, json, keyHeaders, listOf, page, pageQuery, problems, reasonSchema } from '../../core/api/wire.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import { zone } from '../../core/catalog/schema-parts.ts'
import { fault } from '../../core/errors.ts'
import type { JournalEvent } from '../../core/journal/journal.ts'
import type { Actor } from './andon.ts'
import { actorsOf, earlierOnes, listed, need, pulledSince, rights, scenarioOf, wholeTimeline } from './asking.ts'
import { andonCommands } from './commands/registry.ts'
import type { AnyAndonCommand } from './define.ts'
import { measuresOf } from './measures.ts'
import type { Orders } from './orders.ts'
import type { AndonDesk } from './ports.ts'
import { review } from './review.ts'
import {
  andonSchema,
  andonView,
  detailSchema,
  type EntryView,
  entrySchema,
  entryView,
  measuresSchema,
  orderedSchema,
  pulledSchema,
  pullSchema,
  timelineMax,
} from './wire.ts'
import { tellEntry } from './words.ts'

export interface AndonRoutePorts {
  desk: AndonDesk
  orders: Orders
  catalog: Catalog
}

const tags = ['andon']
const zoneQuery = { zone: zone.default('UTC').openapi({ description: 'Of the times within sentences' }) }
const afterSeq = z.coerce.number().int().min(0).default(0).openapi({ description: 'Only entries after this `seq`' })
const changed = { 200: json(andonSchema, 'As it is now'), ...problems(400, 401, 403, 404, 408, 409, 413, 422) }

interface Parts extends AndonRoutePorts {
  api: Api
  gate: Gate
  act(c: Context<ApiEnv>): Actor
}

/** The routes of the Andon. The commands below an andon are those of `commands/`, one route each. */
export function andonRoutes(ports: AndonRoutePorts): Feature {
  const actorOf = actorsOf(ports.catalog)
  return (api, gate) => {
    const parts: Parts = { ...ports, api, gate, act: (c) => actorOf(c.get('who'), (name) => c.req.header(name)) }
    pullRoute(parts)
    listRoute(parts)
    // Before the one that takes any word there for an id.
    measuresRoute(parts)
    oneRoute(parts)
    timelineRoute(parts)
    reviewRoute(parts)
    for (const command of andonCommands as readonly AnyAndonCommand[]) if (command.needs !== 'nobody') commandRoute(parts, command)
    mergeRoute(parts)
    splitRoute(parts)
    orderRoutes(parts)
  }
}

function pullRoute({ api, gate, desk, act }: Parts) {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/v1/andons',
      tags,
      summary: 'Pull the andon: something is wrong, in your words',
      description: 'Durable when it answers. Idempotency-Key is kept for ever: a pull that is sent again is the same andon.',
      ...gate.write('viewer'),
      request: { headers: keyHeaders, body: body(pullSchema) },
      responses: {
        201: json(pulledSchema, 'Pulled: yellow; a leader is called'),
        200: json(pulledSchema, 'Joined: one was open for the same'),
        ...problems(400, 401, 403, 404, 408, 413, 422),
      },
    }),
    async (c) => {
      const { drill, ...input } = c.req.valid('json')
      const given = c.req.header('idempotency-key')
      const key = given === undefined ? undefined : `api/${c.get('who').name}/${given}`
      const { andon, joined } = await desk.pull({ ...input, drill: scenarioOf(drill), key }, act(c))
      c.header('location', `/v1/andons/${andon.id}`)
      return c.json({ ...andonView(andon), joined }, joined ? 200 : 201)
    },
  )
}

function listRoute({ api, gate, desk }: Parts) {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/andons',
      tags,
      summary: 'Andons, newest first',
      ...gate.read('viewer'),
      request: {
        query: z.strictObject({
          ...pageQuery,
          status: z.enum(['open', 'all']).default('all').openapi({ description: 'open: yellow or red' }),
          component: idSchema.optional(),
        }),
      },
      responses: { 200: json(listOf(andonSchema), 'Andons'), ...problems(401, 403, 422) },
    }),
    async (c) => {
      const { status, component, ...query } = c.req.valid('query')
      const filter = { open: status === 'open' ? (true as const) : undefined }
      const { items, next } = await page(
        query,
        (at) => listed(desk, filter, component, at),
        ({ id }) => id,
      )
      return c.json({ items: items.map(andonView), next }, 200)
    },
  )
}

function measuresRoute({ api, gate, desk }: Parts) {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/andons/measures',
      tags,
      summary: 'How pulls go: how soon somebody comes, leads, ends it',
      description: 'Drills are told apart; what was merged is counted where it went. At most the newest 5,000.',
      ...gate.read('viewer'),
      request: {
        query: z.strictObject({ from: z.iso.datetime({ offset: true }).optional().openapi({ description: 'Pulled since then' }) }),
      },
      responses: { 200: json(measuresSchema, 'The measures'), ...problems(401, 403, 422) },
    }),
    async (c) => {
      const { from } = c.req.valid('query')
      return c.json(measuresOf(await pulledSince(desk, from === undefined ? 0 : Date.parse(from))), 200)
    },
  )
}

const told =
  (zone: string) =>
  (event: JournalEvent): EntryView =>
    entryView(event, (entry, locale) => tellEntry(entry, locale, { zone }))

function oneRoute({ api, gate, desk }: Parts) {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/andons/{id}',
      tags,
      summary: 'One andon, with its timeline',
      description: 'One that was merged is told as it was, with `mergedInto`.',
      ...gate.read('viewer'),
      request: { params: idParams, query: z.strictObject({ ...zoneQuery, after: afterSeq }) },
      responses: { 200: json(detailSchema, 'The andon'), ...problems(401, 403, 404, 422) },
    }),
    async (c) => {
      const { zone, after } = c.req.valid('query')
      const andon = await need(desk, c.req.valid('param').id)
      const events = await desk.timeline(andon, after, timelineMax)
      return c.json({ ...andonView(andon), timeline: events.map(told(zone)) }, 200)
    },
  )
}

function timelineRoute({ api, gate, desk }: Parts) {
  const limit = z.coerce
    .number()
    .int()
    .min(1)
    .max(timelineMax - 1)
    .default(200)
  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/andons/{id}/timeline',
      tags,
      summary: 'What happened, in order: its own entries and those of its incident',
      ...gate.read('viewer'),
      request: { params: idParams, query: z.strictObject({ ...zoneQuery, after: afterSeq, limit }) },
      responses: {
        200: json(z.object({ items: z.array(entrySchema), next: z.int().nullable() }), '`next`: pass it as `after`; null: that was all'),
        ...problems(401, 403, 404, 422),
      },
    }),
    async (c) => {
      const { zone, after, limit } = c.req.valid('query')
      const andon = await need(desk, c.req.valid('param').id)
      const events = await desk.timeline(andon, after, limit + 1)
      const items = events.slice(0, limit).map(told(zone))
      return c.json({ items, next: events.length > limit ? (items.at(-1)?.seq ?? null) : null }, 200)
    },
  )
}

function reviewRoute({ api, gate, desk, catalog }: Parts) {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/andons/{id}/review',
      tags,
      summary: 'The review in Markdown: what happened, and what is left to ask',
      ...gate.read('viewer'),
      request: { params: idParams, query: z.strictObject({ ...zoneQuery, locale: z.enum(['en', 'ja']).optional() }) },
      responses: {
        200: { description: 'The document', content: { 'text/markdown': { schema: z.string() } } },
        ...problems(401, 403, 404, 422),
      },
    }),
    async (c) => {
      const { zone, locale = catalog.config.andon.locale } = c.req.valid('query')
      const andon = await need(desk, c.req.valid('param').id)
      const [timeline, earlier] = await Promise.all([wholeTimeline(desk, andon), earlierOnes(desk, andon)])
      return c.body(review(andon, timeline, { zone, locale, earlier }), 200, { 'content-type': 'text/markdown; charset=utf-8' })
    },
  )
}

function commandRoute({ api, gate, desk, act }: Parts, command: AnyAndonCommand) {
  const named = [...command.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string)
  const params = z.strictObject({ id: idSchema, ...Object.fromEntries(named.map((name) => [name, idSchema])) })
  api.openapi(
    createRoute({
      method: 'post',
      path: `/v1/andons/{id}/${command.path}`,
      tags,
      summary: command.summary,
      description: `When it is ${command.when.join(' or ')}; otherwise it is refused (409).`,
      ...gate.write(rights(command)),
      request: { headers: keyHeaders, params, body: body(bodyOf(command, named)) },
      responses: changed,
    }),
    async (c) => {
      const { id, ...path } = c.req.valid('param') as { id: string; [name: string]: string }
      // As it came: the desk reads it by the same schema, and reading twice may not be the same.
      const input = { ...((await c.req.json()) as object), ...path }
      return c.json(andonView(await desk.command(id, command.name, input, act(c))), 200)
    },
  )
}

/** The input without what the path says. What is refused beyond the fields' own schemas, the desk refuses. */
function bodyOf({ name, input }: AnyAndonCommand, named: readonly string[]): z.ZodType {
  if (!(input instanceof z.ZodObject)) throw fault('internal', { problem: `the input of ${name} is not an object` })
  const shape = Object.entries(input.shape).filter(([key]) => !named.includes(key))
  return z.strictObject(Object.fromEntries(shape) as z.ZodRawShape)
}

function mergeRoute({ api, gate, desk, act }: Parts) {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/v1/andons/{id}/merge',
      tags,
      summary: 'Make it part of another one',
      description: 'The old one stays as a signpost: what is sent there is done in the other one.',
      ...gate.write('responder'),
      request: { headers: keyHeaders, params: idParams, body: body(z.strictObject({ into: idSchema })) },
      responses: { ...changed, 200: json(andonSchema, 'The one that goes on') },
    }),
    async (c) => c.json(andonView(await desk.merge(c.req.valid('param').id, c.req.valid('json').into, act(c))), 200),
  )
}

function splitRoute({ api, gate, desk, act }: Parts) {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/v1/andons/{id}/split',
      tags,
      summary: 'Make a matter of its own out of it',
      ...gate.write('responder'),
      request: { headers: keyHeaders, params: idParams, body: body(pullSchema.pick({ text: true, component: true })) },
      responses: { 201: json(andonSchema, 'The new one'), ...problems(400, 401, 403, 404, 408, 409, 413, 422) },
    }),
    async (c) => {
      const { text, component } = c.req.valid('json')
      const made = await desk.split(c.req.valid('param').id, text, component, act(c))
      c.header('location', `/v1/andons/${made.id}`)
      return c.json(andonView(made), 201)
    },
  )
}

/** Orders to the automatic: they act on the platform, so they are for operators. */
function orderRoutes({ api, gate, orders, act }: Parts) {
  const route = { method: 'post', tags, ...gate.write('operator') } as const
  const responses = { ...changed, 200: json(orderedSchema, 'What came of it') }
  const runbookBody = body(z.strictObject({ runbook: idSchema, member: idSchema.optional() }))
  const runbookOrders = [
    ['approve', 'Carry out a runbook that the automatic refused', orders.approve],
    ['retry', 'Try a runbook again', orders.retry],
  ] as const
  for (const [name, summary, order] of runbookOrders)
    api.openapi(
      createRoute({
        ...route,
        path: `/v1/andons/{id}/${name}`,
        summary,
        request: { headers: keyHeaders, params: idParams, body: runbookBody },
        responses,
      }),
      async (c) => {
        const { andon, ...came } = await order(c.req.valid('param').id, c.req.valid('json'), act(c))
        return c.json({ ...andonView(andon), ...came }, 200)
      },
    )
  api.openapi(
    createRoute({
      ...route,
      path: '/v1/andons/{id}/stop',
      summary: 'Switch automation off for its component',
      request: { headers: keyHeaders, params: idParams, body: body(z.strictObject({ reason: reasonSchema })) },
      responses,
    }),
    async (c) => {
      const { andon, ...came } = await orders.stop(c.req.valid('param').id, c.req.valid('json'), act(c))
      return c.json({ ...andonView(andon), ...came }, 200)
    },
  )
}
