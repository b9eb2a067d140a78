import { type Andon, ended, type Person } from './andon.ts'
import type { CommandEnv } from './define.ts'

/** Finds a person of the configuration, or one who already has a part in this andon (of a token, of a drill), by id or name. */
export function personHere(andon: Andon, ref: string, { person, actor }: Pick<CommandEnv, 'person' | 'actor'>): Person | null {
  const configured = person(ref)
  if (configured) return configured
  const wanted = ref.trim().replace(/^@/, '').toLowerCase()
  const everybody = [{ id: actor.id, name: actor.name }, ...peopleIn(andon)]
  const byId = everybody.find(({ id }) => id.toLowerCase() === wanted)
  if (byId) return byId
  const ids = new Map(everybody.filter(({ name }) => name.toLowerCase() === wanted).map((one) => [one.id, one]))
  // What fits two people fits nobody.
  return ids.size === 1 ? ([...ids.values()][0] as Person) : null
}

/** Everybody who did something that the andon remembers, each once, in no particular order. */
export function peopleIn({ pulledBy, reporters, roles, lanes, inquiries, updates, told, kaizen, thanks }: Andon): Person[] {
  const all = [
    pulledBy,
    ...reporters.map(({ person }) => person),
    ...Object.values(roles).flatMap((held) => (held ? [held.person] : [])),
    ...lanes.flatMap(({ owner, reports }) => [...(owner ? [owner] : []), ...reports.map(({ person }) => person)]),
    ...inquiries.flatMap(({ by, answers }) => [by, ...answers.map((answer) => answer.by)]),
    ...updates.map(({ by }) => by),
    ...told.map(({ by }) => by),
    ...kaizen.flatMap(({ owner }) => (owner ? [owner] : [])),
    ...thanks.map(({ by }) => by),
  ]
  return [...new Map(all.map((one) => [one.id, one])).values()]
}

/** The mark of the first human beside whoever pulled, once somebody did something. What is done after the end does not count. */
export function marked(andon: Andon, { actor, now }: Pick<CommandEnv, 'actor' | 'now'>): Andon {
  if (ended(andon) || andon.marks.human !== null || actor.via === 'engine' || actor.id === andon.pulledBy.id) return andon
  return { ...andon, marks: { ...andon.marks, human: now } }
}
