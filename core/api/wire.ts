import { z } from '@hono/zod-openapi'
import type { Page } from '../journal/journal.ts'
import type { Json } from '../runs/run.ts'

/** What all routes share of the wire: times, ids, pages, problems. The journal holds epoch ms; the API tells ISO 8601. */

export const iso = (ms: number) => new Date(ms).toISOString()
export const isoOrNull = (ms: number | null) => (ms === null ? null : iso(ms))

export const timeSchema = z.iso.datetime().openapi({ example: '2026-01-31T03:00:00.000Z' })
/** A time in a request: ISO 8601 with an offset; epoch milliseconds are taken as well. Comes out as epoch ms. */
export const timeInput = z
  .union([z.iso.datetime({ offset: true }), z.int().min(0).max(8_640_000_000_000_000)])
  .transform((value) => (typeof value === 'string' ? Date.parse(value) : value))

export const idSchema = z.string().min(1).max(128)
export const idParams = z.strictObject({ id: idSchema })
export const reasonSchema = z.string().trim().min(1).max(500)

export const jsonSchema = (z.any() as z.ZodType<Json>).openapi({ description: 'Any JSON' })
export const jsonObjectSchema = z.record(z.string(), jsonSchema)

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50).openapi({ description: 'Items per page' }),
  after: idSchema.optional().openapi({ description: '`next` of the page before' }),
}

export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    next: z.string().nullable().openapi({ description: 'Pass it as `after` for the next page; null on the last one' }),
  })

/** One page: asks for one more than wanted, to know whether there is a next one. */
export async function page<T>(query: { limit: number; after?: string }, read: (page: Page) => Promise<T[]>, cursorOf: (item: T) => string) {
  const found = await read({ limit: query.limit + 1, after: query.after })
  const items = found.slice(0, query.limit)
  const last = items.at(-1)
  return { items, next: found.length > query.limit && last !== undefined ? cursorOf(last) : null }
}

/** A page of a list that is in memory, in its own order. A cursor that is gone begins anew. */
export function pageOf<T>(query: { limit: number; after?: string }, all: readonly T[], cursorOf: (item: T) => string) {
  const start = query.after === undefined ? 0 : all.findIndex((item) => cursorOf(item) === query.after) + 1
  const items = all.slice(start, start + query.limit)
  const last = items.at(-1)
  return { items, next: start + items.length < all.length && last !== undefined ? cursorOf(last) : null }
}

/** Writes take it; see idempotency.ts. */
export const keyHeaders = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(255)
    .optional()
    .openapi({ description: 'The same key gets the first answer again, and nothing is done twice' }),
})

export const problemSchema = z
  .object({
    type: z.string().openapi({ example: 'urn:jidoka:error:not-found' }),
    title: z.string(),
    status: z.int(),
    code: z.string().openapi({ description: 'Stable; scripts may depend on it' }),
    detail: z.string().openapi({ description: 'What was kept, and what to do' }),
    retryable: z.boolean(),
    instance: z.string().optional().openapi({ description: 'The id under which the log has it' }),
    refusal: z.string().optional().openapi({ description: 'With code `refused`: which guard said no' }),
  })
  .openapi('Problem', { description: 'RFC 9457' })

export const json = <T extends z.ZodType>(schema: T, description: string) => ({ content: { 'application/json': { schema } }, description })
export const body = <T extends z.ZodType>(schema: T, required = true) => ({ content: { 'application/json': { schema } }, required })

const problemTexts: Record<number, string> = {
  400: 'The body is not JSON',
  401: 'No valid token',
  403: 'The token has not the role',
  404: 'No such thing',
  408: 'The body came too slowly',
  409: 'Refused; nothing was changed',
  413: 'The body is too large',
  422: 'The request is not valid; the fields are named',
  503: 'Not now',
}

/**
 * Documents the errors of a route. Typed as nothing: handlers throw them, they never answer them, so that the type of a
 * handler is its good answers alone.
 */
export function problems(...statuses: number[]): object {
  const content = { 'application/problem+json': { schema: problemSchema } }
  const named = statuses.map((status) => [status, { description: problemTexts[status] ?? 'Problem', content }])
  return { ...Object.fromEntries(named), default: { description: 'Any other error, as a problem document', content } }
}
