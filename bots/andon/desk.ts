import { every } from '../../core/clock.ts'
import { causeChain, fault } from '../../core/errors.ts'
import type { AndonId } from '../../core/ids.ts'
import type { Draft, Found, Stored } from '../../core/records/record.ts'
import { type Actor, type Andon, ended, topicOf } from './andon.ts'
import { andonCommands } from './commands/registry.ts'
import { type AndonChange, type AnyAndonCommand, type CommandEnv, type Refusal, refused } from './define.ts'
import { drills } from './drills/registry.ts'
import { entry, personOf } from './entries.ts'
import { guessComponent } from './guess.ts'
import { merge } from './merge.ts'
import { peopleOf } from './people.ts'
import { type AndonDesk, type AndonPorts, house, type PullInput } from './ports.ts'
import { decidePull, type PullDecision } from './pull.ts'
import { settled } from './settled.ts'
import { nextAt, tick } from './tick.ts'

const tickEveryMs = 1_000
/** Of what is due at once; the rest comes with the next tick. */
const tickMax = 50
const openMax = 200
/** Whose kaizen items are counted when it comes again. */
const earlierMax = 20

const commands: ReadonlyMap<string, AnyAndonCommand> = new Map(andonCommands.map((command) => [command.name, command as AnyAndonCommand]))

/** Drills that can be played, and the practice pull that the house makes by itself. */
const scenarios: ReadonlySet<string> = new Set([...drills.map(({ id }) => id), 'synthetic'])

/** Decides about andons and keeps them. Each change is one transaction with its entries and its calls for people. */
export function openDesk({ catalog, journal, clock, log }: AndonPorts): AndonDesk {
  const records = journal.records<Andon>('andon')
  const settings = catalog.config.andon
  const people = peopleOf(catalog)
  const components = new Set(catalog.components.map(({ id }) => id))
  const carriers = new Map(catalog.config.carriers.map((carrier) => [carrier.id, carrier]))
  let stopTicking = () => {}
  let ticking: Promise<void> | null = null

  const envOf = ({ now, mint }: Pick<Found<Andon>, 'now' | 'mint'>, actor: Actor): CommandEnv => ({
    now,
    actor,
    mint,
    settings,
    person: people.person,
    components,
    carrier: (id) => carriers.get(id) ?? null,
    titleOf: (id) => catalog.findComponent(id)?.title || id,
  })

  const draft = (andon: Andon, before: Pick<Stored<Andon>, 'rev' | 'key'>): Draft<Andon> => ({
    id: andon.id,
    status: andon.state.status,
    open: !ended(andon),
    component: andon.component?.id ?? null,
    topic: andon.drill ? null : topicOf(andon),
    parent: andon.incident,
    key: before.key,
    nextAt: nextAt(andon, settings),
    rev: before.rev,
    data: andon,
  })

  const draftOf = ({ next, tell }: AndonChange | PullDecision, before: Pick<Stored<Andon>, 'rev' | 'key'>) =>
    tell.length === 0 && 'rev' in before && before.rev > 0 ? [] : [draft(next, before)]

  async function surroundings(input: PullInput) {
    if (input.component !== undefined && !components.has(input.component))
      throw fault('not-found', { what: 'component', id: input.component, list: 'GET /v1/components' })
    if (input.drill && !scenarios.has(input.drill))
      throw fault('not-found', { what: 'drill', id: input.drill, list: [...scenarios].join(', ') })
    const open = await journal.incidents({ open: true }, { limit: openMax })
    const component = input.component
      ? { id: input.component, by: input.incident ? ('incident' as const) : ('person' as const) }
      : guessComponent(input.text, catalog.components, open)
    const incident = input.incident ?? (input.drill ? undefined : open.find((one) => one.component === component?.id)?.id)
    const failure = input.failure ?? open.find((one) => one.id === incident)?.failure
    const topic = topicOf({ component, failure: failure ?? null })
    const earlier = topic ? (await records.list({ topic }, { limit: earlierMax })).map(({ data }) => data) : []
    const count = topic ? await records.count(topic) : 0
    const kaizenOpen = earlier.flatMap(({ kaizen }) => kaizen.filter(({ status }) => status === 'open')).length
    const recurrence = { count, last: earlier[0]?.id ?? null, lastAt: earlier[0]?.pulledAt ?? null, kaizenOpen }
    return { component, incident, failure, recurrence }
  }

  async function pull(input: PullInput, actor: Actor) {
    if (!people.mayPull(actor)) throw fault('forbidden', { role: actor.name, needs: 'to be one of andon.pullers' })
    const { component, incident, failure, recurrence } = await surroundings(input)
    const whole = { ...input, incident, failure }
    return records.change({ open: true, key: input.key }, (found) => {
      if (found.byKey) return { answer: { andon: found.byKey.data, joined: false } }
      const { now, mint } = found
      const decided = decidePull(
        whole,
        found.open.map(({ data }) => data),
        { now, actor, mint, settings, component, recurrence },
      )
      const before = found.open.find(({ id }) => id === decided.next.id) ?? { rev: 0, key: input.key ?? null }
      return {
        put: draftOf(decided, before),
        tell: decided.tell,
        post: decided.post,
        answer: { andon: decided.next, joined: decided.joined },
      }
    })
  }

  const get = async (id: AndonId) => (await records.get(id))?.data ?? null

  async function command(id: AndonId, name: string, input: unknown, actor: Actor): Promise<Andon> {
    const unit = commands.get(name)
    if (!unit) throw fault('not-found', { what: 'command', id: name, list: 'jidoka andon --help' })
    if (unit.needs === 'nobody' && actor.id !== house.id) throw fault('forbidden', { role: actor.rank, needs: 'the house itself' })
    if (unit.needs === 'approver' && actor.rank !== 'approver') throw fault('forbidden', { role: actor.rank, needs: 'approver' })
    const parsed = unit.input.safeParse(input ?? {})
    if (!parsed.success)
      throw fault('bad-request', {
        problems: parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`).join('; '),
      })
    const target = (await settled(get, id)).id
    return records.change({ ids: [target] }, (found) => {
      const stored = found.records.get(target)
      if (!stored) throw noSuch(target)
      const { data: andon } = stored
      if (!unit.when.includes(andon.state.status)) throw refusal(wrongState(unit, andon))
      const change = unit.apply(andon, parsed.data, envOf(found, actor))
      if (refused(change)) throw refusal(change)
      return { put: draftOf(change, stored), tell: change.tell, post: change.post, answer: change.next }
    })
  }

  async function mergeInto(from: AndonId, into: AndonId, actor: Actor): Promise<Andon> {
    const target = (await settled(get, into)).id
    return records.change({ ids: [from, target] }, (found) => {
      const [a, b] = [found.records.get(from), found.records.get(target)]
      if (!a) throw noSuch(from)
      if (!b) throw noSuch(target)
      const merged = merge(a.data, b.data, { now: found.now, actor, settings })
      if ('refuse' in merged) throw refusal(merged)
      return {
        put: [...draftOf(merged.from, a), ...draftOf(merged.into, b)],
        tell: [...merged.from.tell, ...merged.into.tell],
        answer: merged.into.next,
      }
    })
  }

  async function split(from: AndonId, text: string, component: string | undefined, actor: Actor): Promise<Andon> {
    const parent = await settled(get, from)
    const origin = parent.id
    const input: PullInput = { text, component, drill: parent.drill?.scenario ?? null, private: parent.private }
    const { component: guess, recurrence } = await surroundings(input)
    return records.change({ ids: [origin] }, (found) => {
      const stored = found.records.get(origin)
      if (!stored) throw noSuch(origin)
      // What it splits off is a matter of its own, whatever else is open.
      const { now, mint } = found
      const decided = decidePull(input, [], { now, actor, mint, settings, component: guess, recurrence })
      const next: Andon = { ...decided.next, splitFrom: origin }
      const told = entry(stored.data, 'andon.split', { into: next.id, text: next.text, by: personOf(actor) })
      return {
        put: [draft(next, { rev: 0, key: null }), draft(stored.data, stored)],
        tell: [told, ...decided.tell],
        post: decided.post,
        answer: next,
      }
    })
  }

  async function tickDue(): Promise<void> {
    for (const id of await records.due(tickMax)) {
      await records
        .change({ ids: [id] }, (found) => {
          const stored = found.records.get(id)
          const change = stored ? tick(stored.data, envOf(found, house)) : null
          if (!stored) return { answer: null }
          return { put: [draft(change?.next ?? stored.data, stored)], tell: change?.tell, post: change?.post, answer: null }
        })
        .catch((error: unknown) =>
          log.error({ andon: id, err: causeChain(error) }, 'what is due of an andon could not be done; tried again'),
        )
    }
  }

  return {
    pull,
    command,
    merge: mergeInto,
    split,
    get,
    list: async (filter, page) => (await records.list(filter, page)).map(({ data }) => data),
    timeline: (andon, after, limit) => journal.events(after, limit, { andon: andon.id, incident: andon.incident ?? undefined }),
    async start() {
      const look = () => {
        ticking ??= tickDue()
          .catch((error: unknown) => log.error({ err: causeChain(error) }, 'andons could not be looked at; tried again in a second'))
          .finally(() => {
            ticking = null
          })
      }
      stopTicking = every(clock, tickEveryMs, look)
      look()
      await ticking
    },
    async stop() {
      stopTicking()
      await ticking
    },
  }
}

const noSuch = (id: string) => fault('not-found', { what: 'andon', id, list: 'GET /v1/andons' })
const refusal = ({ refuse, hint }: Refusal) => fault('refused', { reason: refuse, hint })

const wrongState = ({ name, when }: AnyAndonCommand, { id, state }: Andon): Refusal => ({
  refuse: `${id} is ${state.status}, and ${name} needs it ${when.join(' or ')}`,
  hint: state.status === 'resolved' ? 'Reopen it if it is not over: jidoka andon reopen.' : 'See jidoka andon show.',
})
