import { z } from 'zod'
import { plainText } from '../alerts/normalise.ts'
import { timeInput } from '../api/wire.ts'
import { didYouMean, problemLines } from '../catalog/problems.ts'
import { fault, isFault } from '../errors.ts'
import type { Entry } from '../journal/context.ts'
import type { Journal } from '../journal/journal.ts'
import type { Draft, Stored } from '../records/record.ts'
import { scrub } from '../scrub.ts'

export const changeKinds = ['deployment', 'config', 'planned', 'other'] as const

/** Something that somebody changed, or will change. It never changes itself: what was told stays told. */
export interface Change {
  id: string
  title: string
  /** Null: the whole fleet, or nobody said. */
  component: string | null
  kind: (typeof changeKinds)[number]
  version: string | null
  /** A person, or a pipeline. */
  by: string
  /** Epoch ms; may lie ahead. */
  at: number
  /** End of its window; null: it took no time, or nobody said. */
  until: number | null
  url: string | null
  notedAt: number
}

export const maxBatch = 500
/** A list of what is under way or ahead is never longer. */
const openMax = 200
const ofComponentMax = 100
/** An ended window stays among the open ones for so long: no suspect is older. */
const lingerMs = 30 * 86_400_000
/** Somebody else noted the same key at the same moment at most so often; then it is told. */
const triesMax = 5

const line = (max: number) =>
  z
    .string()
    .max(10_000)
    .transform((text) => plainText(scrub(text), max))

export const changeInput = z.strictObject({
  title: line(300)
    .refine((text) => text !== '', 'words, please')
    .describe('What changes, in a line'),
  component: z.string().min(1).max(128).nullish().describe('Absent: the whole fleet'),
  kind: z.enum(changeKinds).default('deployment'),
  version: line(128).nullish(),
  by: line(128).nullish().describe('A person or a pipeline; by default the name of the token'),
  at: timeInput.nullish().describe('When it happens: ISO 8601 with offset, or ms since 1970; now when absent'),
  until: timeInput.nullish().describe('End of its window, for work that takes a while'),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .nullish()
    .describe('Where to read more'),
  key: z.string().min(1).max(200).nullish().describe('The same key is noted once, whoever sends it again'),
})
const batchInput = z.array(changeInput).min(1).max(maxBatch)
export type ChangeInput = z.output<typeof changeInput>

/** One change or a batch, as it came in. Errors: `bad-request` naming every wrong field. */
export function readChanges(input: unknown): ChangeInput[] {
  const schema = Array.isArray(input) ? batchInput : changeInput
  const parsed = schema.safeParse(input)
  if (!parsed.success) throw refused(problemLines(parsed.error, input, schema))
  return Array.isArray(parsed.data) ? parsed.data : [parsed.data]
}

function refused(lines: readonly string[]) {
  const more = lines.length > 10 ? `; and ${lines.length - 10} more` : ''
  return fault('bad-request', { problems: lines.slice(0, 10).join('; ') + more })
}

type ChangePorts = { journal: Journal; components: readonly string[] }

/**
 * Notes changes in the order given, all or none; answers them when they are durable. What came before under its key is answered as
 * it was noted then. Errors: `bad-request` naming every wrong field.
 */
export async function noteChanges(inputs: readonly ChangeInput[], by: string, { journal, components }: ChangePorts): Promise<Change[]> {
  const wrong = inputs.flatMap((input, index) => problemsOf(input, components, inputs.length > 1 ? `[${index}].` : ''))
  if (wrong.length > 0) throw refused(wrong)
  const records = journal.records<Change>('change')
  for (let tries = 1; ; tries++) {
    const known = await knownOf(inputs, (key) => records.byKey(key))
    try {
      return await records.change({ open: true }, ({ now, mint, open }) => {
        const noted = new Map(known)
        const drafts: Draft<Change>[] = []
        const all = inputs.map((input) => {
          const before = input.key ? noted.get(input.key) : undefined
          if (before) return before
          const change = changeOf(input, mint('chg'), by, now)
          if (input.key) noted.set(input.key, change)
          drafts.push(draftOf(change, input.key ?? null, now))
          return change
        })
        return { put: [...drafts, ...over(open, now)], tell: drafts.map(({ data }) => entryOf(data)), answer: all }
      })
    } catch (error) {
      // `conflict`: somebody noted one of the keys since we looked.
      if (!isFault(error, 'conflict') || tries >= triesMax) throw error
    }
  }
}

async function knownOf(inputs: readonly ChangeInput[], byKey: (key: string) => Promise<Stored<Change> | null>) {
  const keys = [...new Set(inputs.flatMap(({ key }) => (key ? [key] : [])))]
  const found = await Promise.all(keys.map(async (key) => [key, (await byKey(key))?.data] as const))
  return new Map(found.flatMap(([key, change]) => (change ? [[key, change] as const] : [])))
}

function problemsOf({ component, at, until }: ChangeInput, components: readonly string[], path: string): string[] {
  const strange = component && !components.includes(component)
  return [
    ...(strange ? [`${path}component: there is no component "${plainText(component, 128)}"${didYouMean(component, components)}`] : []),
    ...(until && at && until < at ? [`${path}until: it ends before it begins`] : []),
  ]
}

const changeOf = (
  { title, component, kind, version, at, until, url, ...input }: ChangeInput,
  id: string,
  by: string,
  now: number,
): Change => ({
  id,
  title,
  component: component ?? null,
  kind,
  version: version || null,
  by: input.by || by,
  at: at ?? now,
  until: until ?? null,
  url: url ? publicUrl(url) : null,
  notedAt: now,
})

/** A link is told to everybody: what only some may know is cut off. */
function publicUrl(given: string): string | null {
  const url = new URL(given)
  url.username = ''
  url.password = ''
  if (scrub(url.href) === url.href) return url.href
  url.search = ''
  url.hash = ''
  return scrub(url.href) === url.href ? url.href : null
}

const endOf = ({ at, until }: Change) => until ?? at

/** What is under way or ahead is found however long ago it was noted. */
const draftOf = (change: Change, key: string | null, now: number): Draft<Change> => ({
  id: change.id,
  status: change.kind,
  open: endOf(change) > now,
  component: change.component,
  topic: change.component,
  parent: null,
  key,
  nextAt: null,
  rev: 0,
  data: change,
})

/** Nobody waits for the end of a window: it is put away with the next change after it. */
const over = (open: readonly Stored<Change>[], now: number): Draft<Change>[] =>
  open.filter(({ data }) => endOf(data) < now - lingerMs).map((stored) => ({ ...stored, open: false }))

const entryOf = ({ id, notedAt: _, ...change }: Change): Entry => ({
  kind: 'change.noted',
  component: change.component,
  incident: null,
  run: null,
  data: { change: id, ...change },
})

/**
 * Changes for a look at what may have gone wrong: the newest, those of the named components however many came since, and those under
 * way; each once, newest first.
 */
export async function recentChanges(journal: Pick<Journal, 'records'>, components: Iterable<string>, limit: number): Promise<Change[]> {
  const records = journal.records<Change>('change')
  const found = await Promise.all([
    records.list({}, { limit }),
    records.list({ open: true }, { limit: openMax }),
    ...[...new Set(components)].map((topic) => records.list({ topic }, { limit: Math.min(limit, ofComponentMax) })),
  ])
  const changes = new Map(found.flat().map(({ data }) => [data.id, data]))
  return [...changes.values()].sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
}
