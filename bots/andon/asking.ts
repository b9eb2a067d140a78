import type { Who } from '../../core/api/env.ts'
import { mayDo } from '../../core/api/gate.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import { fault } from '../../core/errors.ts'
import type { AndonId } from '../../core/ids.ts'
import type { JournalEvent, Page } from '../../core/journal/journal.ts'
import { type Actor, type Andon, type Locale, topicOf } from './andon.ts'
import type { AnyAndonCommand } from './define.ts'
import { practice } from './drills/practice.ts'
import { drills } from './drills/registry.ts'
import { peopleOf } from './people.ts'
import type { AndonDesk } from './ports.ts'
import { clean } from './text.ts'

/** What the routes ask of the desk, and who asks. */

/** Everybody may pull and say what they see; to change how it goes on takes a responder, to decide about runs an operator. */
export const rights = ({ name, needs }: Pick<AnyAndonCommand, 'name' | 'needs'>) =>
  name === 'join' ? 'viewer' : needs === 'approver' ? 'operator' : 'responder'

export type ActorOf = (who: Who, header: (name: string) => string | undefined) => Actor

/**
 * A token speaks for the person whose name it has, else for itself; an operator decides about runs. The local token is everybody's
 * who works on this machine: with it the command line says who that is.
 */
export function actorsOf(catalog: Catalog): ActorOf {
  const people = peopleOf(catalog)
  return ({ name, role }, header) => {
    const via = header('user-agent')?.startsWith('jidoka-cli/') ? 'cli' : 'api'
    const said = name === localName ? clean(decoded(header('jidoka-person') ?? ''), 80, name) : name
    const unknown = { id: `token:${name}`, name: said, locale: localeOf(header('accept-language')) }
    const actor = people.actor(people.configured(said), unknown, via)
    return mayDo(role, 'operator') ? { ...actor, rank: 'approver' } : actor
  }
}

const localName = 'local'

function decoded(header: string): string {
  try {
    return decodeURIComponent(header)
  } catch {
    return ''
  }
}

/** The language that is asked for first, when it is one of ours. */
const localeOf = (accepted = ''): Locale | undefined => /^(en|ja)\b/i.exec(accepted)?.[1]?.toLowerCase() as Locale | undefined

/** Which drill is meant; when only `true` is said, the one where real people do everything. */
export function scenarioOf(drill: boolean | string | undefined): string | null {
  if (typeof drill !== 'string') return drill ? practice.id : null
  if (drills.some(({ id }) => id === drill)) return drill
  throw fault('not-found', { what: 'drill', id: drill, list: drills.map(({ id }) => id).join(', ') })
}

export async function need(desk: AndonDesk, id: AndonId): Promise<Andon> {
  const found = await desk.get(id)
  if (!found) throw fault('not-found', { what: 'andon', id, list: 'GET /v1/andons' })
  return found
}

const scanMax = 200

/** The component may change, so it is no part of the index: what does not fit is passed over. */
export async function listed(
  desk: AndonDesk,
  filter: { open?: true },
  component: string | undefined,
  { limit, after }: Page,
): Promise<Andon[]> {
  if (component === undefined) return desk.list(filter, { limit, after })
  const found: Andon[] = []
  for (let from = after; ; ) {
    const some = await desk.list(filter, { limit: scanMax, after: from })
    found.push(...some.filter((andon) => andon.component?.id === component))
    from = some.at(-1)?.id
    if (some.length < scanMax || found.length >= limit) return found.slice(0, limit)
  }
}

const readMax = 1_000
/** A review of more than so much nobody reads. */
const reviewedMax = 20_000

export async function wholeTimeline(desk: AndonDesk, andon: Andon): Promise<JournalEvent[]> {
  const all: JournalEvent[] = []
  for (;;) {
    const some = await desk.timeline(andon, all.at(-1)?.seq ?? 0, readMax)
    all.push(...some)
    if (some.length < readMax || all.length >= reviewedMax) return all
  }
}

const earlierMax = 50

/** The same matter before, newest first. */
export async function earlierOnes(desk: AndonDesk, andon: Andon): Promise<Andon[]> {
  const topic = topicOf(andon)
  if (topic === null) return []
  return (await desk.list({ topic }, { limit: earlierMax })).filter(({ id }) => id < andon.id)
}

/** The newest of those since then; more make a measure no truer. */
const measuredMax = 5_000

export async function pulledSince(desk: AndonDesk, from: number): Promise<Andon[]> {
  const all: Andon[] = []
  for (let after: string | undefined; ; ) {
    const some = await desk.list({}, { limit: scanMax, after })
    all.push(...some.filter(({ pulledAt }) => pulledAt >= from))
    after = some.at(-1)?.id
    if (some.length < scanMax || all.length >= measuredMax || (some.at(-1)?.pulledAt ?? 0) < from) return all.slice(0, measuredMax)
  }
}
