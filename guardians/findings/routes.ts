import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Api, Feature } from '../../core/api/app.ts'
import type { ApiEnv } from '../../core/api/env.ts'
import { type Gate, mayDo } from '../../core/api/gate.ts'
import {
  body,
  idParams,
  idSchema,
  json,
  keyHeaders,
  listOf,
  page,
  pageQuery,
  problems,
  reasonSchema,
  timeInput,
} from '../../core/api/wire.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import { fault } from '../../core/errors.ts'
import type { Decision, Finding, FindingFilter, Who } from '../desk.ts'
import { reportSchema } from '../report.ts'
import { type CheckWords, type Locale, teller } from '../say.ts'
import type { FindingsHouse } from './desk.ts'
import { contentTypes, exported } from './export.ts'
import { whoOf } from './who.ts'
import {
  type FindingView,
  findingSchema,
  findingView,
  ingestedSchema,
  ingestedView,
  scanSchema,
  scanView,
  severitySchema,
  statuses,
  summarySchema,
  summaryView,
} from './wire.ts'

export interface FindingRoutePorts {
  desk: FindingsHouse
  catalog: Catalog
  /** Whose words tell a finding: guardians, or the generated catalogue of them. */
  guardians: readonly { checks: readonly CheckWords[] }[]
}

interface Parts {
  api: Api
  gate: Gate
  desk: FindingsHouse
  by(c: Context<ApiEnv>): Who
  view(finding: Finding, locale: Locale | undefined): FindingView
}

const tags = ['findings']
const localeQuery = { locale: z.enum(['en', 'ja']).optional().openapi({ description: 'Of the words' }) }
const when = (description: string) => z.iso.datetime({ offset: true }).optional().openapi({ description })
const filterQuery = {
  status: z
    .enum([...statuses, 'live', 'all'])
    .optional()
    .openapi({ description: 'Default: open and asked. live: these and muted' }),
  guardian: idSchema.optional(),
  check: idSchema.optional(),
  account: idSchema.optional(),
  region: idSchema.optional(),
  severity: severitySchema.optional(),
  owner: z.string().min(1).max(200).optional().openapi({ description: 'A person or team: theirs, or asked of them' }),
  newSince: when('First seen, or back after it was fixed, since then'),
  dueBefore: when('Asked, and due before then'),
}

type FilterQuery = z.infer<z.ZodObject<typeof filterQuery>>
const timeOf = (text: string | undefined) => (text === undefined ? undefined : Date.parse(text))

function filterOf({ status, guardian, check, account, region, severity, owner, newSince, dueBefore }: FilterQuery): FindingFilter {
  const times = { newSince: timeOf(newSince), dueBefore: timeOf(dueBefore) }
  return { status, guardian, check, account, region, severity, owner, ...times }
}

/** The routes of findings and of the scans that brought them. */
export function findingRoutes({ desk, catalog, guardians }: FindingRoutePorts): Feature {
  const told = teller(guardians)
  const who = whoOf(catalog)
  return (api, gate) => {
    const parts: Parts = {
      ...{ api, gate, desk },
      by: (c) => who(c.get('who'), (name) => c.req.header(name)),
      view: (finding, locale = catalog.config.andon.locale) => findingView(finding, told(finding, locale)),
    }
    listRoute(parts)
    // Before the one that takes any word there for an id.
    summaryRoute(parts)
    exportRoute(parts)
    oneRoute(parts)
    decisionRoutes(parts)
    scanRoutes(parts)
  }
}

function listRoute({ api, gate, desk, view }: Parts) {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/findings',
      tags,
      summary: 'Findings, worst first: severity, then savings, then age',
      ...gate.read('viewer'),
      request: { query: z.strictObject({ ...pageQuery, ...filterQuery, ...localeQuery }) },
      responses: { 200: json(listOf(findingSchema), 'Findings'), ...problems(401, 403, 422) },
    }),
    async (c) => {
      const { limit, after, locale, ...query } = c.req.valid('query')
      const { items, next } = await page(
        { limit, after },
        (at) => desk.list(filterOf(query), at),
        ({ id }) => id,
      )
      return c.json({ items: items.map((one) => view(one, locale)), next }, 200)
    },
  )
}

const trendDays = 30
const busDays = 90

function summaryRoute({ api, gate, desk }: Parts) {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/findings/summary',
      tags,
      summary: 'How it stands: counts, savings, trend, precision, bus factor, and what was not looked at',
      description: `The trend is of ${trendDays} days (UTC), the bus factor of the fixes of ${busDays} days.`,
      ...gate.read('viewer'),
      responses: { 200: json(summarySchema, 'The summary'), ...problems(401, 403) },
    }),
    async (c) => {
      const [totals, look, trend, precision, busFactor] = await Promise.all([
        ...([desk.totals(), desk.lastLook()] as const),
        ...([desk.trend(trendDays), desk.precision(), desk.busFactor(busDays)] as const),
      ])
      return c.json(summaryView(totals, look, { trend, precision, busFactor }), 200)
    },
  )
}

function exportRoute({ api, gate, desk, view }: Parts) {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/findings/export',
      tags,
      summary: 'All findings that fit, as one stream',
      description: 'Without pages. A connection that ends early is a failure: what came is not all.',
      ...gate.read('viewer'),
      request: { query: z.strictObject({ ...filterQuery, ...localeQuery, format: z.enum(['json', 'csv']).default('json') }) },
      responses: {
        200: {
          description: 'The findings',
          content: { 'application/json': { schema: z.object({ items: z.array(findingSchema) }) }, 'text/csv': { schema: z.string() } },
        },
        ...problems(401, 403, 422),
      },
    }),
    (c) => {
      const { format, locale, ...query } = c.req.valid('query')
      const stream = exported(desk, filterOf(query), format, (finding) => view(finding, locale))
      const file = { 'content-type': contentTypes[format], 'content-disposition': `attachment; filename="findings.${format}"` }
      // It streams what the schema says; hono's types know no stream of JSON.
      return c.body(stream, 200, file) as never
    },
  )
}

function oneRoute({ api, gate, desk, view }: Parts) {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/findings/{id}',
      tags,
      summary: 'One finding, with its evidence, its life, and what to do',
      ...gate.read('viewer'),
      request: { params: idParams, query: z.strictObject(localeQuery) },
      responses: { 200: json(findingSchema, 'The finding'), ...problems(401, 403, 404, 422) },
    }),
    async (c) => {
      const { id } = c.req.valid('param')
      const found = await desk.get(id)
      if (!found) throw fault('finding-not-found', { id })
      return c.json(view(found, c.req.valid('query').locale), 200)
    },
  )
}

const wordsSchema = z.string().trim().min(1).max(2_000).optional()
const whoSchema = z.string().trim().min(1).max(200)

/** What people decide; each is one word below a finding. */
const decisions = {
  ask: {
    summary: 'Ask its owner, or somebody else, to see to it',
    input: z.strictObject({
      to: whoSchema.optional().openapi({ description: 'A person or team; default: the owner, else the fallback' }),
      dueAt: timeInput.optional(),
      words: wordsSchema,
    }),
  },
  mute: { summary: 'Leave it alone until a day', input: z.strictObject({ reason: reasonSchema, until: timeInput }) },
  wrong: { summary: 'Vote that the check is wrong about it', input: z.strictObject({ reason: reasonSchema }) },
  answer: {
    summary: 'Answer an ask',
    input: z.strictObject({
      answer: z.enum(['will-do', 'done', 'not-mine', 'disagree']),
      words: wordsSchema,
      dueAt: timeInput.optional().openapi({ description: 'With will-do: until when' }),
      to: whoSchema.optional().openapi({ description: 'With not-mine: whose it is; they are asked then' }),
    }),
  },
  reopen: { summary: 'Take back an ask, a mute or a vote', input: z.strictObject({ reason: reasonSchema }) },
  fix: {
    summary: 'Approve the runbook that mends it, or let it tell what it would do',
    input: z.strictObject({
      dryRun: z.boolean().default(false),
      undo: z.boolean().default(false).openapi({ description: 'Take back what the runbook did to it last' }),
    }),
  },
} as const

function decisionRoutes({ api, gate, desk, by, view }: Parts) {
  for (const [kind, { summary, input }] of Object.entries(decisions)) {
    api.openapi(
      createRoute({
        method: 'post',
        path: `/v1/findings/{id}/${kind}`,
        tags,
        summary,
        ...gate.write('responder'),
        request: { headers: keyHeaders, params: idParams, query: z.strictObject(localeQuery), body: body(input as z.ZodObject) },
        responses: { 200: json(findingSchema, 'As it is now'), ...problems(400, 401, 403, 404, 408, 409, 413, 422) },
      }),
      async (c) => {
        const decision = { kind, ...(c.req.valid('json') as object) } as Decision
        const who = by(c)
        // A person is held to be its owner or a fixer by the desk; a token stands for nobody.
        if (kind === 'fix' && who.startsWith('token:') && !mayDo(c.get('who').role, 'operator'))
          throw fault('forbidden', { role: c.get('who').role, needs: 'operator' })
        return c.json(view(await desk.decide(c.req.valid('param').id, decision, who), c.req.valid('query').locale), 200)
      },
    )
  }
}

function scanRoutes({ api, gate, desk }: Parts) {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/scans',
      tags,
      summary: 'Runs of guardians, newest first: what they found, what they could not look at, what they cost',
      ...gate.read('viewer'),
      request: { query: z.strictObject({ ...pageQuery, after: z.string().min(1).max(256).optional() }) },
      responses: { 200: json(listOf(scanSchema), 'Scans'), ...problems(401, 403, 422) },
    }),
    async (c) => {
      const { items, next } = await page(
        c.req.valid('query'),
        (at) => desk.scans(at),
        ({ run }) => run,
      )
      return c.json({ items: items.map(scanView), next }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/v1/scans',
      tags,
      summary: 'Bring the report of a scan that ran elsewhere',
      description: `What \`jidoka guardians run --json\` or a Lambda says, whole. May be sent again. One that is too large goes in parts with the
same \`run\`, one after the other: the line of \`coverage\` of a check, with all its \`undecided\`, in the part with the last of its findings.`,
      ...gate.write('agent-or-responder'),
      request: { headers: keyHeaders, body: body(reportSchema) },
      responses: { 200: json(ingestedSchema, 'Taken in'), ...problems(400, 401, 403, 408, 413, 422) },
    }),
    async (c) => {
      const { checkpoint, ...report } = c.req.valid('json')
      if (checkpoint !== undefined)
        throw fault('bad-request', { problems: 'checkpoint: this is not the end of the run; go on from it first' })
      return c.json(ingestedView(await desk.ingest(report)), 200)
    },
  )
}
