import type { AndonConfig } from '../../core/catalog/schema-andon.ts'
import type { Mint } from '../../core/ids.ts'
import type { OutboxMessage } from '../../core/journal/journal.ts'
import type { Actor, Andon, Guess } from './andon.ts'
import { ended, limits } from './andon.ts'
import { type AndonEntry, entry, personOf } from './entries.ts'
import type { PullInput } from './ports.ts'
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

/**
 * What a pull becomes: evidence on what is open for the same, or an andon of its own. Pure. Drills and what is real never mix,
 * nor private and public ones.
 */
export function decidePull(input: PullInput, open: readonly Andon[], env: PullEnv): PullDecision {
  const kin = open.filter((andon) => !ended(andon) && (andon.drill !== null) === isDrill(input) && andon.private === (input.private ?? false))
  const same = kin.find((andon) => (input.incident && andon.incident === input.incident) || (env.component && andon.component?.id === env.component.id))
  const target = same ?? (env.actor.via === 'engine' ? undefined : busiest(kin, env))
  return target ? join(target, input, env) : open_(input, env)
}

const isDrill = ({ drill }: PullInput) => drill !== undefined && drill !== null

/** Who pulls again and again within a minute adds to the newest that they pulled: a storm is slowed, a first pull never. */
function busiest(kin: readonly Andon[], { actor, now, settings }: PullEnv): Andon | undefined {
  const mine = kin.filter((andon) => andon.pulledBy.id === actor.id && now - andon.pulledAt < minuteMs)
  return mine.length >= settings.pullsPerMinute ? mine[0] : undefined
}

export function join(andon: Andon, { text, incident, failure, confirmed }: PullInput, { actor, now }: Pick<PullEnv, 'actor' | 'now'>): PullDecision {
  const report = { person: personOf(actor), text: clean(text), via: actor.via, at: now }
  const reporters = [...andon.reporters, report]
  const kept = reporters.length > limits.reporters ? [reporters[0] as typeof report, ...reporters.slice(1 - limits.reporters)] : reporters
  const count = new Set(reporters.map(({ person }) => person.id)).size
  const next: Andon = {
    ...andon,
    reporters: kept,
    incident: andon.incident ?? incident ?? null,
    failure: andon.failure ?? failure ?? null,
    marks: { ...andon.marks, human: andon.marks.human ?? (isHuman(actor) && actor.id !== andon.pulledBy.id ? now : null) },
  }
  const tell: AndonEntry[] = [entry(next, 'andon.joined', { text: report.text, by: report.person, via: actor.via, count })]
  if (!confirmed || next.state.status !== 'yellow') return { next, tell, post: [], joined: true }
  const red: Andon = { ...next, state: { status: 'red', since: now, reason: confirmed.reason }, marks: { ...next.marks, red: now } }
  return { next: red, tell: [...tell, entry(red, 'andon.red', { reason: confirmed.reason, by: null })], post: [], joined: true }
}

const isHuman = ({ via }: Actor) => via !== 'engine'

function open_(input: PullInput, env: PullEnv): PullDecision {
  const { now, actor, mint, settings, component, recurrence } = env
  const id = mint('and')
  const by = personOf(actor)
  const text = clean(input.text)
  const confirmed = input.confirmed
  // An escalation has called somebody already; a person's pull calls for a leader.
  const page = confirmed?.page ?? `${id}/lead`
  const next: Andon = {
    id,
    state: confirmed ? { status: 'red', since: now, reason: confirmed.reason } : { status: 'yellow' },
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
    call: { page, since: now, until: now + settings.leaderWithinMs },
    lanes: [],
    inquiries: [],
    updates: [],
    updateDueAt: confirmed ? now + settings.updateEveryMs : null,
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
    marks: { human: null, lead: null, red: confirmed ? now : null, room: null, resolved: null },
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
    entry(next, 'andon.call', { until: now + settings.leaderWithinMs, page, again: false }),
  ]
  if (confirmed) tell.push(entry(next, 'andon.red', { reason: confirmed.reason, by: null }))
  return { next, tell, post: confirmed?.page ? [] : [callForLead(next, page, now)], joined: false }
}

/** The page that calls for a leader; the pager finds whom by the owner of the component, else by `andon.policy`. */
export function callForLead(andon: Andon, dedupe: string, now: number): OutboxMessage {
  return {
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
      reason: `${andon.pulledBy.name} pulled the andon: ${andon.text}`,
      tried: [],
      refused: [],
      openedAt: now,
    },
  }
}
