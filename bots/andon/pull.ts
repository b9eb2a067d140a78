import type { AndonConfig } from '../../core/catalog/schema-andon.ts'
import type { Mint } from '../../core/ids.ts'
import type { OutboxMessage } from '../../core/journal/journal.ts'
import type { Actor, Andon, Guess, Report } from './andon.ts'
import { ended, limits } from './andon.ts'
import { drillOf } from './drills/find.ts'
import { type AndonEntry, entry, personOf } from './entries.ts'
import { marked, peopleIn } from './here.ts'
import type { PullInput } from './ports.ts'
import { turnRed } from './red.ts'
import { clean } from './text.ts'

export interface PullEnv {
  now: number
  actor: Actor
  mint: Mint
  settings: AndonConfig
  component: Guess | null
  recurrence: Andon['recurrence']
}

export interface PullDecision {
  next: Andon
  tell: AndonEntry[]
  post: OutboxMessage[]
  joined: boolean
}

/** A minute, for `pullsPerMinute`. */
const minuteMs = 60_000

/** The drill by which the house tries itself: there is nobody to call for it. */
const unattended = 'synthetic'

/**
 * What a pull becomes: evidence on what is open for the same, or an andon of its own. Pure. Drills and what is real never mix,
 * nor private and public ones; a private one takes words only of those who have a part in it.
 */
export function decidePull(input: PullInput, open: readonly Andon[], env: PullEnv): PullDecision {
  const kin = open.filter(
    (andon) =>
      !ended(andon) &&
      (andon.drill !== null) === isDrill(input) &&
      andon.private === (input.private ?? false) &&
      (!andon.private || peopleIn(andon).some(({ id }) => id === env.actor.id)),
  )
  const same = kin.find(
    (andon) => (input.incident && andon.incident === input.incident) || (env.component && andon.component?.id === env.component.id),
  )
  const target = same ?? (env.actor.via === 'engine' ? undefined : busiest(kin, env))
  return target ? join(target, input, env) : open_(input, env)
}

const isDrill = ({ drill }: PullInput) => drill !== undefined && drill !== null

/** Who pulls again and again within a minute adds to the newest that they pulled: a storm is slowed, a first pull never. */
function busiest(kin: readonly Andon[], { actor, now, settings }: PullEnv): Andon | undefined {
  const mine = kin.filter((andon) => andon.pulledBy.id === actor.id && now - andon.pulledAt < minuteMs)
  return mine.length >= settings.pullsPerMinute ? mine[0] : undefined
}

/** Adds what somebody sees to an open andon; what is confirmed turns it red. Pure. */
export function join(
  andon: Andon,
  { text, incident, failure, confirmed }: Pick<PullInput, 'text' | 'incident' | 'failure' | 'confirmed'>,
  env: Pick<PullEnv, 'actor' | 'now' | 'mint' | 'settings'>,
): PullDecision {
  const { actor, now } = env
  const report = { person: personOf(actor), text: clean(text), via: actor.via, at: now }
  const reporters = [...andon.reporters, report]
  const count = new Set(reporters.map(({ person }) => person.id)).size
  const next: Andon = {
    ...marked(andon, env),
    reporters: kept(reporters),
    incident: andon.incident ?? incident ?? null,
    failure: andon.failure ?? failure ?? null,
  }
  const joined = entry(next, 'andon.joined', { text: report.text, by: report.person, via: actor.via, count })
  if (!confirmed) return { next, tell: [joined], post: [], joined: true }
  const red = turnRed(next, confirmed.reason, null, env)
  return { next: red.next, tell: [joined, ...red.tell], post: [], joined: true }
}

/** The first stays, and the newest. One who says something new makes room before somebody who spoke only once. */
export function kept(reporters: readonly Report[]): Report[] {
  const all = [...reporters]
  while (all.length > limits.reporters) {
    const repeated = all.findIndex(({ person }, n) => n > 0 && all.findLastIndex((one) => one.person.id === person.id) > n)
    all.splice(Math.max(1, repeated), 1)
  }
  return all
}

const isHuman = ({ via }: Actor) => via !== 'engine'

function open_(input: PullInput, env: PullEnv): PullDecision {
  const { now, actor, mint, settings, component, recurrence } = env
  const id = mint('and')
  const attended = input.drill !== unattended && !input.unhurried
  const by = personOf(actor)
  const text = clean(input.text)
  const confirmed = input.confirmed
  // An escalation has called somebody already; a person's pull calls for a leader.
  const page = confirmed?.page ?? `${id}/lead`
  const until = now + settings.leaderWithinMs
  const next: Andon = {
    id,
    state: { status: 'yellow' },
    text,
    component,
    failure: input.failure ?? null,
    incident: input.incident ?? null,
    drill: input.drill ? { scenario: input.drill } : null,
    private: input.private ?? false,
    severity: null,
    locale: isHuman(actor) ? actor.locale : settings.locale,
    pulledAt: now,
    pulledBy: by,
    via: actor.via,
    reporters: [{ person: by, text, via: actor.via, at: now }],
    roles: { lead: null, scribe: null, comms: null },
    call: attended ? { page, since: now, until } : null,
    lanes: [],
    inquiries: [],
    updates: [],
    updateDueAt: null,
    snapshot: null,
    suspects: [],
    ranges: [],
    told: [],
    runs: [],
    room: null,
    kaizen: [],
    thanks: [],
    mergedFrom: [],
    splitFrom: null,
    recurrence,
    retention: null,
    marks: { human: null, lead: null, red: null, room: null, resolved: null },
    reminded: {},
  }
  const tell: AndonEntry[] = [
    entry(next, 'andon.pulled', {
      text,
      by,
      via: actor.via,
      component: component?.id ?? null,
      drill: next.drill?.scenario ?? null,
      private: next.private,
      locale: next.locale,
    }),
    ...(attended ? [entry(next, 'andon.call', { until, page, again: false })] : []),
  ]
  const post = attended && !confirmed?.page ? callForLead(next, page, now) : []
  if (!confirmed) return { next, tell, post, joined: false }
  const red = turnRed(next, confirmed.reason, null, env)
  return { next: red.next, tell: [...tell, ...red.tell], post, joined: false }
}

/**
 * The page that calls for a leader; the pager finds whom by the owner of the component, else by `andon.policy`. A drill whose people
 * are played calls nobody: no telephone rings for a play.
 */
export function callForLead(andon: Andon, dedupe: string, now: number): OutboxMessage[] {
  if (andon.drill && drillOf(andon.drill.scenario)?.cast !== 'people') return []
  const page: OutboxMessage = {
    channel: 'page',
    dedupe,
    incident: andon.incident,
    payload: {
      purpose: 'lead',
      andon: andon.id,
      drill: andon.drill !== null,
      component: andon.component?.id ?? null,
      title: andon.component?.id ?? 'andon',
      failure: andon.failure ?? 'pulled',
      members: [],
      urgency: 'high',
      evidence: andon.text,
      by: andon.pulledBy.name,
      reason: `${andon.pulledBy.name} pulled the andon: ${andon.text}`,
      tried: [],
      refused: [],
      openedAt: now,
    },
  }
  return [page]
}
