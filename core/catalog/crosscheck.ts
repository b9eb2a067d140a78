import { checkAndon } from './crosscheck-andon.ts'
import { checkDuty } from './crosscheck-duty.ts'
import { checkFailover, checkHosts, checkLease } from './crosscheck-failover.ts'
import { checkPeople } from './crosscheck-people.ts'
import { didYouMean, mustExist } from './problems.ts'
import type { Component, Config, Member, ProbeConfig } from './schema.ts'
import { maxInFlight } from './timings.ts'

/** More looks at once than this, of one probe at one member, would load the member more than watch it. */
const inFlightLimit = 100

/** What a schema cannot see: names that must exist, timings that must fit. One line per problem; empty when all is well. */
export function crosscheck(config: Config): string[] {
  const known: Known = { components: new Set(config.components.map(({ id }) => id)), agents: new Set(config.agents.map(({ id }) => id)) }
  return [
    ...duplicates(config),
    ...config.components.flatMap((component, i) => checkComponent(known, component, `components[${i}]`)),
    ...checkHosts(config),
    ...circles(config.components),
    ...config.maintenance.flatMap((window, i) => checkMaintenance(known, window, `maintenance[${i}]`)),
    ...checkAndon(config),
    ...checkPeople(config),
    ...checkDuty(config),
  ]
}

interface Known {
  components: Set<string>
  agents: Set<string>
}

/** What a component needs may be somebody else's, and not be configured here; only a likely slip of the pen is refused. */
const mustNotBeMistyped = (path: string, id: string, ids: Set<string>) =>
  ids.has(id) || didYouMean(id, [...ids]) === '' ? [] : mustExist(path, 'component', id, ids)

function duplicates(config: Config): string[] {
  const members = config.components.flatMap((component, i) =>
    component.members.map((member, j) => ({ path: `components[${i}].members[${j}]`, id: member.id, hooks: member.hooks })),
  )
  const list = (name: string, items: { id: string }[]) => items.map((item, i) => [`${name}[${i}].id`, item.id] as const)
  return [
    ...repeated(list('components', config.components)),
    ...repeated(members.map((member) => [`${member.path}.id`, member.id] as const)),
    // Two members behind one hook would be taken for two actives, or one for the other.
    ...repeated(members.filter((member) => member.hooks).map((member) => [`${member.path}.hooks`, member.hooks as string] as const)),
    ...repeated(list('agents', config.agents)),
    ...repeated(list('people', config.people)),
  ]
}

function repeated(entries: (readonly [path: string, value: string])[]): string[] {
  const first = new Map<string, string>()
  return entries.flatMap(([path, value]) => {
    const earlier = first.get(value)
    if (earlier === undefined) first.set(value, path)
    return earlier === undefined ? [] : [`${path}: "${value}" is taken already by ${earlier}`]
  })
}

function checkComponent(known: Known, component: Component, path: string): string[] {
  return [
    ...component.dependsOn.flatMap((id, i) => mustNotBeMistyped(`${path}.dependsOn[${i}]`, id, known.components)),
    ...component.members.flatMap((member, i) => checkMember(known, member, `${path}.members[${i}]`)),
    ...checkTopology(component, path),
    ...component.probes.flatMap((probe, i) => checkProbe(component, probe, `${path}.probes[${i}]`)),
    ...(component.ladder.at(-1) === 'page'
      ? []
      : [`${path}.ladder: the last rung must be "page", or a fault that nothing mends would end in silence`]),
    ...checkLease(component, `${path}.roleLease`),
    ...checkFailover(component, path),
  ]
}

function checkMember(known: Known, member: Member, path: string): string[] {
  if (member.agent !== undefined) return mustExist(`${path}.agent`, 'agent', member.agent, known.agents)
  return member.process ? [`${path}.process: nobody runs it; name the agent in ${path}.agent`] : []
}

function checkTopology(component: Component, path: string): string[] {
  if (component.topology !== 'active-standby') return []
  const few =
    component.members.length < 2 ? [`${path}.members: active-standby needs at least 2 members, got ${component.members.length}`] : []
  const deaf = component.members.flatMap((member, i) =>
    member.hooks || member.agent
      ? []
      : [`${path}.members[${i}]: active-standby needs hooks (or an agent) on each member: its role is read and changed there`],
  )
  return [...few, ...deaf]
}

function checkProbe(component: Component, probe: ProbeConfig, path: string): string[] {
  const blind = component.members.filter((member) => !hasTarget(probe, member)).map((member) => member.id)
  const target =
    blind.length > 0 ? [`${path}: the ${probe.kind} probe has no target for ${blind.join(', ')}; ${targetHint[probe.kind]}`] : []
  const looks = maxInFlight(probe)
  const many =
    looks > inFlightLimit
      ? [
          `${path}.timeoutMs: ${probe.timeoutMs} ms with everyMs ${probe.everyMs} keeps ${looks} looks under way per member; at most ${inFlightLimit}`,
        ]
      : []
  return [...target, ...many]
}

function hasTarget(probe: ProbeConfig, member: Member): boolean {
  switch (probe.kind) {
    case 'hook':
      return Boolean(member.hooks ?? member.agent)
    case 'http':
      return Boolean(probe.url ?? member.address)
    case 'tcp':
      return Boolean(member.address ?? (probe.host && probe.port))
    case 'exec':
    case 'heartbeat':
      return true
  }
}

const targetHint: Record<ProbeConfig['kind'], string> = {
  hook: 'give the member hooks or an agent',
  http: 'give the probe a url or the member an address',
  tcp: 'give the probe host and port or the member an address',
  exec: '',
  heartbeat: '',
}

/** Each circle once, told from the component by which it was entered. No recursion: a chain may be as long as the file. */
function circles(components: readonly Component[]): string[] {
  const index = new Map(components.map((component, i) => [component.id, i]))
  const state = new Map<string, 'open' | 'done'>()
  const problems: string[] = []
  for (const start of components) {
    const trail: { id: string; rest: string[] }[] = []
    const enter = (id: string) => {
      state.set(id, 'open')
      trail.push({ id, rest: [...(components[index.get(id) as number]?.dependsOn ?? [])] })
    }
    if (!state.has(start.id)) enter(start.id)
    for (let top = trail.at(-1); top; top = trail.at(-1)) {
      const next = top.rest.shift()
      if (next === undefined) state.set((trail.pop() as { id: string }).id, 'done')
      else if (index.has(next) && !state.has(next)) enter(next)
      else if (state.get(next) === 'open') {
        const circle = trail.slice(trail.findIndex(({ id }) => id === next)).map(({ id }) => id)
        problems.push(`components[${index.get(next)}].dependsOn: goes in a circle: ${[...circle, next].join(' -> ')}`)
      }
    }
  }
  return problems
}

function checkMaintenance(known: Known, window: Config['maintenance'][number], path: string): string[] {
  const who = window.component === undefined ? [] : mustExist(`${path}.component`, 'component', window.component, known.components)
  const late =
    Date.parse(window.until) <= Date.parse(window.from) ? [`${path}.until: ${window.until} is not after from (${window.from})`] : []
  return [...who, ...late]
}
