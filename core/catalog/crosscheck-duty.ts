import { timeOfDay } from '../calendar.ts'
import { mustExist } from './problems.ts'
import type { Config } from './schema.ts'
import type { DutyConfig } from './schema-guardians.ts'

/** Names of the block `duty`, and that its draw can be held at all. One line per problem. */
export function checkDuty(config: Config): string[] {
  const { duty } = config
  if (!duty) return []
  const people = new Set(config.people.map(({ id }) => id))
  const teams = new Set([...config.teams.map(({ id }) => id), ...config.people.flatMap((one) => one.teams)])
  const drawn = new Set(duty.people)
  return [
    ...duty.people.flatMap((id, i) => mustExist(`duty.people[${i}]`, 'person', id, people)),
    ...duty.newcomers.flatMap((id, i) => mustExist(`duty.newcomers[${i}]`, 'person of duty.people', id, drawn)),
    ...duty.absences.flatMap(({ person, from, until }, i) => [
      ...mustExist(`duty.absences[${i}].person`, 'person', person, people),
      ...(until < from ? [`duty.absences[${i}].until: ${until} is before from (${from})`] : []),
    ]),
    ...duty.fixers.flatMap((ref, i) => {
      const [kind, id] = ref.split(':') as ['person' | 'team', string]
      return mustExist(`duty.fixers[${i}]`, kind, id, kind === 'person' ? people : teams)
    }),
    ...twice(duty.people),
    ...sizes(duty, drawn.size),
    ...hours(duty),
    ...unreachable(config, duty),
  ]
}

function twice(ids: readonly string[]): string[] {
  return ids.flatMap((id, i) => (ids.indexOf(id) < i ? [`duty.people[${i}]: "${id}" is there twice; nobody has two chances`] : []))
}

function sizes({ size }: DutyConfig, people: number): string[] {
  return size > people ? [`duty.size: ${size} are to be drawn from ${people} (duty.people)`] : []
}

function hours({ workday, at }: DutyConfig): string[] {
  const [from, until] = [timeOfDay(workday.from), timeOfDay(workday.until)]
  if (until <= from) return [`duty.workday.until: ${workday.until} is not after from (${workday.from})`]
  const outside = timeOfDay(at) < from || timeOfDay(at) >= until
  return outside ? [`duty.at: ${at} is outside of duty.workday (${workday.from} to ${workday.until}): nobody could be drawn`] : []
}

/** Who is drawn takes part in the chat. */
function unreachable({ slack, people }: Config, duty: DutyConfig): string[] {
  if (!slack) return duty.channel === undefined ? [] : ['duty.channel: there is no block "slack"; leave it out, or configure Slack']
  return duty.people.flatMap((id, i) => {
    const person = people.find((one) => one.id === id)
    return person && person.slack === undefined
      ? [`duty.people[${i}]: "${id}" has no Slack id (people[].slack), and reviews are held there`]
      : []
  })
}
