import { parseLocal } from '../calendar.ts'
import { mustExist } from './problems.ts'
import type { Config } from './schema.ts'
import type { PersonConfig, PolicyConfig, ScheduleConfig } from './schema-people.ts'

/**
 * People, teams, schedules and policies: names that must exist, and nobody who is to be called and cannot be reached. One line per
 * problem. Hours in which nobody is on call are no problem here: the next level is called then.
 */
export function checkPeople(config: Config): string[] {
  const known: Known = {
    person: new Set(config.people.map(({ id }) => id)),
    // A team needs no entry of its own: people name theirs.
    team: new Set([...config.teams.map(({ id }) => id), ...config.people.flatMap(({ teams }) => teams)]),
    schedule: new Set(config.schedules.map(({ id }) => id)),
    policy: new Set(config.policies.map(({ id }) => id)),
  }
  return [
    ...twice(config.teams, 'teams'),
    ...twice(config.schedules, 'schedules'),
    ...twice(config.policies, 'policies'),
    ...config.teams.flatMap(({ policy }, i) =>
      policy === undefined ? [] : mustExist(`teams[${i}].policy`, 'policy', policy, known.policy),
    ),
    ...config.schedules.flatMap((schedule, i) => checkSchedule(schedule, known, `schedules[${i}]`)),
    ...config.policies.flatMap((policy, i) => checkPolicy(policy, config, known, `policies[${i}]`)),
    ...unreachable(config),
    ...slackTwice(config.people),
  ]
}

type Known = Record<'person' | 'team' | 'schedule' | 'policy', ReadonlySet<string>>

function checkSchedule({ layers, overrides }: ScheduleConfig, { person }: Known, path: string): string[] {
  return [
    ...layers.flatMap((layer, i) => checkLayer(layer, person, `${path}.layers[${i}]`)),
    ...overrides.flatMap((override, i) => [
      ...mustExist(`${path}.overrides[${i}].person`, 'person', override.person, person),
      ...(Date.parse(override.until) > Date.parse(override.from) ? [] : [`${path}.overrides[${i}].until: it must be after from`]),
    ]),
  ]
}

function checkLayer({ people, turn, start, until }: ScheduleConfig['layers'][number], known: ReadonlySet<string>, path: string): string[] {
  const begin = localOrNull(start)
  const end = until === undefined ? null : localOrNull(until)
  return [
    ...people.flatMap((id, i) => mustExist(`${path}.people[${i}]`, 'person', id, known)),
    ...(turn.days === undefined && turn.hours === undefined ? [`${path}.turn: neither days nor hours; a week is {"days": 7}`] : []),
    ...(begin === null ? [`${path}.start: there is no such day or time: "${start}"`] : []),
    ...(until !== undefined && end === null ? [`${path}.until: there is no such day or time: "${until}"`] : []),
    ...(begin !== null && end !== null && end <= begin ? [`${path}.until: it must be after start`] : []),
  ]
}

function checkPolicy({ levels }: PolicyConfig, config: Config, known: Known, path: string): string[] {
  return levels.flatMap(({ notify }, i) => {
    const at = `${path}.levels[${i}].notify`
    const named = notify.flatMap((ref, j) => {
      const [kind, id] = ref.split(':') as ['person' | 'team' | 'schedule', string]
      return mustExist(`${at}[${j}]`, kind, id, known[kind])
    })
    // A schedule always has somebody some time; a team may have nobody ever.
    const empty = named.length === 0 && notify.every((ref) => ref.startsWith('team:') && membersOf(config, ref).length === 0)
    return empty ? [`${at}: nobody belongs to ${notify.join(', ')}; this level would call nobody`] : named
  })
}

const membersOf = ({ people }: Config, ref: string) => people.filter(({ teams }) => teams.includes(ref.slice('team:'.length)))

/** Who is to be called, and has no way that any configured pager uses. E-mail needs an address; the others reach people by their own means. */
function unreachable(config: Config): string[] {
  const { pagers, people, schedules, policies } = config
  if (pagers.some(({ kind }) => kind !== 'smtp')) return []
  const byId = new Map(people.map((person, i) => [person.id, { person, i }]))
  const why = new Map<string, string>()
  const say = (id: string, path: string) => void (why.has(id) || why.set(id, path))
  for (const [i, { layers, overrides }] of schedules.entries()) {
    for (const [j, layer] of layers.entries()) for (const id of layer.people) say(id, `schedules[${i}].layers[${j}]`)
    for (const [j, { person }] of overrides.entries()) say(person, `schedules[${i}].overrides[${j}]`)
  }
  for (const [i, { levels }] of policies.entries())
    for (const [j, { notify }] of levels.entries())
      for (const ref of notify) {
        const ids = ref.startsWith('person:')
          ? [ref.slice('person:'.length)]
          : ref.startsWith('team:')
            ? membersOf(config, ref).map(({ id }) => id)
            : []
        for (const id of ids) say(id, `policies[${i}].levels[${j}]`)
      }
  return [...why].flatMap(([id, path]) => {
    const found = byId.get(id)
    if (!found || found.person.email !== undefined) return []
    const ways = pagers.length === 0 ? 'no pager is configured' : 'the only pager is e-mail, and there is no address'
    return [`people[${found.i}]: "${id}" is to be called (${path}) and cannot be reached: ${ways}`]
  })
}

function slackTwice(people: readonly PersonConfig[]): string[] {
  const first = new Map<string, string>()
  return people.flatMap(({ id, slack }, i) => {
    if (slack === undefined) return []
    const other = first.get(slack)
    if (other === undefined) first.set(slack, id)
    return other === undefined ? [] : [`people[${i}].slack: "${slack}" is "${other}" already`]
  })
}

function localOrNull(text: string): number | null {
  try {
    return parseLocal(text)
  } catch {
    return null
  }
}

function twice(items: readonly { id: string }[], name: string): string[] {
  const seen = new Set<string>()
  return items.flatMap(({ id }, i) => {
    const again = seen.has(id)
    seen.add(id)
    return again ? [`${name}[${i}].id: "${id}" is taken already`] : []
  })
}
