import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Api, Feature } from '../../core/api/app.ts'
import type { ApiEnv } from '../../core/api/env.ts'
import type { Gate } from '../../core/api/gate.ts'
import { body, idParams, idSchema, json, keyHeaders, listOf, page, pageQuery, problems, reasonSchema } from '../../core/api/wire.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import { localeSchema, zone } from '../../core/catalog/schema-parts.ts'
import { fault } from '../../core/errors.ts'
import type { Actor, Locale } from '../andon/andon.ts'
import { actorsOf } from '../andon/asking.ts'
import { peopleOf } from '../andon/people.ts'
import { decisionInput } from './deciding.ts'
import { minutesOf } from './minutes.ts'
import type { DutyDesk, ReviewDesk } from './ports.ts'
import type { Review } from './review.ts'
import {
  absenceSchema,
  absenceView,
  drawSchema,
  drawView,
  nowSchema,
  nowView,
  reviewListSchema,
  reviewSchema,
  reviewSummary,
  reviewView,
  swapSchema,
  swapView,
  weekSchema,
  weekView,
} from './wire.ts'
import { type NameOf, tellingOf } from './words.ts'

export interface DutyRoutePorts {
  duty: DutyDesk
  reviews: ReviewDesk
  catalog: Catalog
}

interface Parts extends DutyRoutePorts {
  api: Api
  gate: Gate
  named: NameOf
  act(c: Context<ApiEnv>): Actor
}

const week = z.string().regex(/^\d{4}-W\d{2}$/, 'a week, like 2026-W48')
const weekParams = z.strictObject({ week })
const person = z.string().min(1).max(128).openapi({ description: 'Id, Slack id or name of a person of the configuration' })
const refusals = problems(400, 401, 403, 404, 408, 409, 413, 422)
const localeQuery = { locale: localeSchema.optional().openapi({ description: 'Of the sentences; default: that of the house' }) }

/** Who is on duty, and the reviews. Everybody reads; who responds decides. */
export function dutyRoutes(ports: DutyRoutePorts): Feature {
  const actorOf = actorsOf(ports.catalog)
  const people = peopleOf(ports.catalog)
  const named: NameOf = (id) => ({ id, name: people.configured(id)?.name ?? id })
  return (api, gate) => {
    const parts: Parts = { ...ports, api, gate, named, act: (c) => actorOf(c.get('who'), (name) => c.req.header(name)) }
    weekRoutes(parts)
    swapRoutes(parts)
    absenceRoutes(parts)
    reviewRoutes(parts)
    decisionRoutes(parts)
  }
}

function weekRoutes({ api, gate, duty, named, act }: Parts) {
  const tags = ['duty']
  api.openapi(
    createRoute({
      ...{ method: 'get', path: '/v1/duty', tags, summary: 'Who is on duty: today, this week, the next one, with the audit of each draw' },
      ...gate.read('viewer'),
      responses: { 200: json(nowSchema, 'Duty'), ...problems(401, 403) },
    }),
    async (c) => c.json(nowView(await duty.now(), named), 200),
  )
  api.openapi(
    createRoute({
      ...{ method: 'get', path: '/v1/duty/weeks/{week}', tags, summary: 'One week: as it was drawn, else as it would be drawn now' },
      ...gate.read('viewer'),
      request: { params: weekParams },
      responses: {
        200: json(z.object({ kept: weekSchema.nullable(), draw: drawSchema }), '`kept`: null: not drawn yet'),
        ...problems(401, 403, 422),
      },
    }),
    async (c) => {
      const { kept, draw } = await duty.week(c.req.valid('param').week)
      return c.json({ kept: kept && weekView(kept, named), draw: drawView(draw) }, 200)
    },
  )
  api.openapi(
    createRoute({
      ...{ method: 'post', path: '/v1/duty/weeks/{week}/draw', tags, summary: 'Draw this week or the next one now; what was drawn stays' },
      ...gate.write('responder'),
      request: { headers: keyHeaders, params: weekParams, body: body(z.strictObject({}), false) },
      responses: { 200: json(weekSchema, 'As it is drawn'), ...refusals },
    }),
    async (c) => c.json(weekView(await duty.draw(c.req.valid('param').week, act(c)), named), 200),
  )
}

function swapRoutes({ api, gate, duty, named, act }: Parts) {
  const tags = ['duty']
  const swapBody = z.strictObject({
    to: person.openapi({ description: 'Who is asked to take over' }),
    from: person.optional().openapi({ description: 'Who hands over; default: yourself' }),
    week: week.optional(),
    day: z.iso.date().optional().openapi({ description: 'From this day to the end of the week' }),
  })
  api.openapi(
    createRoute({
      ...{ method: 'post', path: '/v1/duty/swaps', tags, summary: 'Ask somebody to take over' },
      ...gate.write('responder'),
      request: { headers: keyHeaders, body: body(swapBody) },
      responses: { 201: json(swapSchema, 'Asked; nothing is changed until they say yes'), ...refusals },
    }),
    async (c) => c.json(swapView(await duty.askSwap(c.req.valid('json'), act(c)), named), 201),
  )
  for (const answer of ['accept', 'decline', 'withdraw'] as const)
    api.openapi(
      createRoute({
        ...{ method: 'post', path: `/v1/duty/swaps/{id}/${answer}`, tags },
        summary: { accept: 'Take over', decline: 'Say no', withdraw: 'Ask no more' }[answer],
        description: answer === 'withdraw' ? 'Only who asked.' : 'Only who was asked.',
        ...gate.write('responder'),
        request: { headers: keyHeaders, params: idParams, body: body(z.strictObject({}), false) },
        responses: { 200: json(swapSchema, 'As it is now'), ...refusals },
      }),
      async (c) => c.json(swapView(await duty.answerSwap(c.req.valid('param').id, answer, act(c)), named), 200),
    )
}

function absenceRoutes({ api, gate, duty, named, act }: Parts) {
  const tags = ['duty']
  const absenceBody = z.strictObject({
    person: person.optional().openapi({ description: 'Default: yourself; for others it takes an operator' }),
    from: z.iso.date(),
    until: z.iso.date().openapi({ description: 'The last day away' }),
    reason: reasonSchema.optional(),
  })
  api.openapi(
    createRoute({
      ...{ method: 'post', path: '/v1/duty/absences', tags, summary: 'Somebody is away; who is on duty then is replaced' },
      ...gate.write('responder'),
      request: { headers: keyHeaders, body: body(absenceBody) },
      responses: { 201: json(absenceSchema, 'Kept'), ...refusals },
    }),
    async (c) => c.json(absenceView(await duty.absent(c.req.valid('json'), act(c)), named), 201),
  )
  api.openapi(
    createRoute({
      ...{ method: 'delete', path: '/v1/duty/absences/{id}', tags, summary: 'Not away after all' },
      description: 'Who was drawn instead stays on duty.',
      ...gate.write('responder'),
      request: { params: idParams },
      responses: { 200: json(absenceSchema, 'As it was'), ...refusals },
    }),
    async (c) => c.json(absenceView(await duty.present(c.req.valid('param').id, act(c)), named), 200),
  )
}

function reviewRoutes({ api, gate, reviews, catalog, named, act }: Parts) {
  const tags = ['reviews']
  const house = catalog.config.andon.locale
  const { tell } = tellingOf(catalog)
  const view = (review: Review, locale: Locale = house) => reviewView(review, { locale, named, tell })
  api.openapi(
    createRoute({
      ...{ method: 'get', path: '/v1/reviews', tags, summary: 'Reviews, newest first' },
      ...gate.read('viewer'),
      request: { query: z.strictObject(pageQuery) },
      responses: { 200: json(listOf(reviewListSchema), 'Reviews'), ...problems(401, 403, 422) },
    }),
    async (c) => {
      const read = ({ limit, after }: { limit: number; after?: string | undefined }) => reviews.list(limit, after)
      const { items, next } = await page(c.req.valid('query'), read, ({ id }) => id)
      return c.json({ items: items.map((review) => reviewSummary(review, named)), next }, 200)
    },
  )
  api.openapi(
    createRoute({
      ...{ method: 'post', path: '/v1/reviews', tags, summary: 'Open the review of today now, whatever the hour' },
      description: 'There is one a day: when it is open or over already, that one is the answer.',
      ...gate.write('responder'),
      request: { headers: keyHeaders, query: z.strictObject(localeQuery), body: body(z.strictObject({}), false) },
      responses: { 200: json(reviewSchema, 'That of today'), ...refusals },
    }),
    async (c) => c.json(view(await reviews.open(act(c)), c.req.valid('query').locale), 200),
  )
  api.openapi(
    createRoute({
      ...{ method: 'get', path: '/v1/reviews/{id}', tags, summary: 'One review: agenda, decisions, facts' },
      description: '`current` is the one that goes on, else the last one.',
      ...gate.read('viewer'),
      request: { params: idParams, query: z.strictObject(localeQuery) },
      responses: { 200: json(reviewSchema, 'The review'), ...problems(401, 403, 404, 422) },
    }),
    async (c) => c.json(view(await need(reviews, c.req.valid('param').id), c.req.valid('query').locale), 200),
  )
  api.openapi(
    createRoute({
      ...{ method: 'get', path: '/v1/reviews/{id}/minutes', tags, summary: 'Its minutes, in Markdown' },
      ...gate.read('viewer'),
      request: { params: idParams, query: z.strictObject({ ...localeQuery, zone: zone.optional() }) },
      responses: {
        200: { description: 'The document', content: { 'text/markdown': { schema: z.string() } } },
        ...problems(401, 403, 404, 422),
      },
    }),
    async (c) => {
      const { locale = house, zone: asked } = c.req.valid('query')
      const review = await need(reviews, c.req.valid('param').id)
      const text = minutesOf(review, { locale, zone: asked ?? catalog.config.duty?.zone ?? 'UTC', named, tell })
      return c.body(text, 200, { 'content-type': 'text/markdown; charset=utf-8' })
    },
  )
}

function decisionRoutes({ api, gate, reviews, catalog, named, act }: Parts) {
  const tags = ['reviews']
  const house = catalog.config.andon.locale
  const { tell } = tellingOf(catalog)
  const view = (review: Review, locale: Locale = house) => reviewView(review, { locale, named, tell })
  const itemParams = z.strictObject({ id: idSchema, n: z.coerce.number().int().min(1).max(1_000) })
  api.openapi(
    createRoute({
      ...{ method: 'post', path: '/v1/reviews/{id}/items/{n}', tags, summary: 'Decide one item; it stands' },
      ...gate.write('responder'),
      request: { headers: keyHeaders, params: itemParams, query: z.strictObject(localeQuery), body: body(decisionInput) },
      responses: { 200: json(reviewSchema, 'The review as it is now'), ...refusals },
    }),
    async (c) => {
      const { id, n } = c.req.valid('param')
      const review = await reviews.decide(await idOf(reviews, id), n, c.req.valid('json'), act(c))
      return c.json(view(review, c.req.valid('query').locale), 200)
    },
  )
  api.openapi(
    createRoute({
      ...{ method: 'post', path: '/v1/reviews/{id}/end', tags, summary: 'End it; what is left comes back in the next one' },
      ...gate.write('responder'),
      request: { headers: keyHeaders, params: idParams, query: z.strictObject(localeQuery), body: body(z.strictObject({}), false) },
      responses: { 200: json(reviewSchema, 'As it ended'), ...refusals },
    }),
    async (c) => {
      const review = await reviews.end(await idOf(reviews, c.req.valid('param').id), act(c))
      return c.json(view(review, c.req.valid('query').locale), 200)
    },
  )
}

async function need(reviews: ReviewDesk, id: string) {
  const found = id === 'current' ? ((await reviews.current()) ?? (await reviews.list(1))[0]) : await reviews.get(id)
  if (!found) throw fault('not-found', { what: 'review', id, list: 'GET /v1/reviews' })
  return found
}

const idOf = async (reviews: ReviewDesk, id: string): Promise<string> => (id === 'current' ? (await need(reviews, id)).id : id)
