import { z } from 'zod'

/** What the parts of the schema share: every limit carries its unit in its name. */
export const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'an id: lower-case letters, digits and dashes, at most 63')
export const url = z.url({ protocol: /^https?$/ })
export const ms = (min: number, max: number) => z.int().min(min).max(max)
export const command = z.array(z.string().min(1)).min(1).describe('A program and its arguments; no shell is involved')
export const localeSchema = z.enum(['en', 'ja'])
export const secretEnv = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'the name of an environment variable')
export const zone = z
  .string()
  .refine((name) => isZone(name), 'a time zone of the IANA database, like Asia/Tokyo')
  .describe('IANA time zone')
export const localTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day, like 09:30')
export const instant = z.iso.datetime({ offset: true })
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** Something asked for a number or a list: a program, an HTTP address, a database. */
export const querySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('exec'), command, timeoutMs: ms(100, 600_000).default(20_000) }),
  z.strictObject({
    kind: z.literal('http'),
    url,
    secretEnv: secretEnv.optional().describe('Environment variable with the bearer token'),
    timeoutMs: ms(100, 600_000).default(20_000),
  }),
  z.strictObject({
    kind: z.literal('sql'),
    urlEnv: secretEnv.describe('Environment variable with sqlite:FILE or postgres://...'),
    query: z.string().min(1).describe('One reading statement; runs in a transaction that cannot write'),
    timeoutMs: ms(100, 600_000).default(20_000),
  }),
])
export type QueryConfig = z.infer<typeof querySchema>

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
