import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Feature } from '../api/app.ts'
import type { ApiEnv } from '../api/env.ts'
import type { ApiPorts } from '../api/ports.ts'
import { idParams, idSchema, iso, isoOrNull, json, keyHeaders, listOf, page, pageQuery, problems, timeSchema } from '../api/wire.ts'
import { fault } from '../errors.ts'
import { type Change, changeInput, changeKinds, maxBatch, noteChanges, readChanges } from './change.ts'

const changeSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    component: z.string().nullable().openapi({ description: 'Null: the whole fleet' }),
    kind: z.enum(changeKinds),
    version: z.string().nullable(),
    by: z.string(),
    at: timeSchema,
    until: timeSchema.nullable().openapi({ description: 'End of its window' }),
    url: z.string().nullable(),
    notedAt: timeSchema,
  })
  .openapi('Change')

const notedSchema = z.object({ items: z.array(changeSchema) }).openapi('NotedChanges', { description: 'In the order given; durable' })

const changeView = ({ at, until, notedAt, ...change }: Change): z.infer<typeof changeSchema> => ({
  ...change,
  at: iso(at),
  until: isoOrNull(until),
  notedAt: iso(notedAt),
})

function bodyRead(c: Context<ApiEnv>): unknown {
  try {
    return JSON.parse(c.get('bodyText'))
  } catch (error) {
    throw fault('malformed-body', { problem: 'it cannot be parsed' }, error)
  }
}

/** Change events: deployments, configuration, planned work. The Andon holds them against what goes wrong. */
export function changeRoutes({ journal, catalog }: Pick<ApiPorts, 'journal' | 'catalog'>): Feature {
  const records = journal.records<Change>('change')
  const components = catalog.components.map(({ id }) => id)
  const tags = ['changes']
  return (api, gate) => {
    // Documented, not validated, by the route: change.ts reads it, and names each wrong field of a batch.
    api.openAPIRegistry.register('ChangeInput', changeInput.clone())
    const one = { $ref: '#/components/schemas/ChangeInput' }
    const schema = { anyOf: [one, { type: 'array' as const, items: one, minItems: 1, maxItems: maxBatch }] }

    api.openapi(
      createRoute({
        method: 'post',
        path: '/v1/changes',
        tags,
        summary: 'Tell of a change, or of a batch',
        description: `At most ${maxBatch} at once. All are noted or none; the same \`key\` is noted once, and answered as it was then.`,
        ...gate.write('responder'),
        request: { headers: keyHeaders, body: { content: { 'application/json': { schema } }, required: true } },
        responses: { 201: json(notedSchema, 'The changes'), ...problems(400, 401, 403, 408, 413, 422) },
      }),
      async (c) => {
        const noted = await noteChanges(readChanges(bodyRead(c)), c.get('who').name, { journal, components })
        return c.json({ items: noted.map(changeView) }, 201)
      },
    )

    api.openapi(
      createRoute({
        method: 'get',
        path: '/v1/changes',
        tags,
        summary: 'Changes, the last noted first',
        ...gate.read('viewer'),
        request: { query: z.strictObject({ ...pageQuery, component: idSchema.optional() }) },
        responses: { 200: json(listOf(changeSchema), 'Changes'), ...problems(401, 403, 422) },
      }),
      async (c) => {
        const { component, ...query } = c.req.valid('query')
        const { items, next } = await page(
          query,
          (at) => records.list(component === undefined ? {} : { topic: component }, at),
          ({ id }) => id,
        )
        return c.json({ items: items.map(({ data }) => changeView(data)), next }, 200)
      },
    )

    api.openapi(
      createRoute({
        method: 'get',
        path: '/v1/changes/{id}',
        tags,
        summary: 'One change',
        ...gate.read('viewer'),
        request: { params: idParams },
        responses: { 200: json(changeSchema, 'The change'), ...problems(401, 403, 404) },
      }),
      async (c) => {
        const { id } = c.req.valid('param')
        const found = await records.get(id)
        if (!found) throw fault('not-found', { what: 'change', id, list: 'GET /v1/changes' })
        return c.json(changeView(found.data), 200)
      },
    )
  }
}
