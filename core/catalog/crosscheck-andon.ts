import { mustExist } from './problems.ts'
import type { Config } from './schema.ts'

/** Names that the blocks of the Andon refer to. One line per problem. */
export function checkAndon(config: Config): string[] {
  const components = new Set(config.components.map(({ id }) => id))
  const policies = new Set(config.policies.map(({ id }) => id))
  const policy = config.andon.policy
  const named = [
    ...config.carriers.map((one, i) => ({ ...one, path: `carriers[${i}]` })),
    ...config.ranges.map((one, i) => ({ ...one, path: `ranges[${i}]` })),
  ]
  return [
    ...(policy === undefined ? [] : mustExist('andon.policy', 'policy', policy, policies)),
    ...config.andon.swarm.flatMap((ref, i) => checkRef(config, ref, `andon.swarm[${i}]`)),
    ...config.andon.pullers.flatMap((ref, i) => checkRef(config, ref, `andon.pullers[${i}]`)),
    ...config.andon.approvers.flatMap((ref, i) => checkRef(config, ref, `andon.approvers[${i}]`)),
    ...named.flatMap(({ path, components: of }) =>
      of.flatMap((id, i) => mustExist(`${path}.components[${i}]`, 'component', id, components)),
    ),
    ...twice(config.carriers, 'carriers'),
    ...twice(config.ranges, 'ranges'),
    ...twice(config.andon.lanes ?? [], 'andon.lanes'),
  ]
}

/** `person:aki`, `team:core`, `schedule:core`. */
function checkRef(config: Config, ref: string, path: string): string[] {
  const [kind, id] = ref.split(':') as ['person' | 'team' | 'schedule', string]
  const lists = {
    person: config.people.map((one) => one.id),
    // A team needs no entry of its own: people name theirs.
    team: [...config.teams.map((one) => one.id), ...config.people.flatMap((one) => one.teams)],
    schedule: config.schedules.map((one) => one.id),
  }
  return mustExist(path, kind, id, new Set(lists[kind]))
}

function twice(items: readonly { id: string }[], name: string): string[] {
  const seen = new Set<string>()
  return items.flatMap(({ id }, i) => {
    const again = seen.has(id)
    seen.add(id)
    return again ? [`${name}[${i}].id: "${id}" is taken already`] : []
  })
}
