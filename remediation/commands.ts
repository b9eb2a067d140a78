import type { CommandOptions, CommandResult, Commands, RunbookInfo } from '../core/api/ports.ts'
import type { Catalog } from '../core/catalog/catalog.ts'
import type { Component } from '../core/catalog/schema.ts'
import { fault } from '../core/errors.ts'
import type { Journal, Situation } from '../core/journal/journal.ts'
import type { RunOrder } from '../core/runs/run.ts'
import { createApprovals } from './approval.ts'
import { roleGiven, runbookFor } from './databases.ts'
import { expand, factsOf, type Planner } from './plan.ts'
import { notNow } from './practice.ts'
import { requirements } from './requirements.ts'
import type { Facts, Runbook } from './runbook.ts'

/** Words of the API and the command line for runbooks that have longer names. */
const aliases: Record<string, string> = { restart: 'restart-process', failover: 'failover-active-standby' }

interface CommandPorts {
  catalog: Catalog
  journal: Journal
  planner: Planner
  /** Ids of the runbooks that came from the user's configuration. */
  ownRunbooks: ReadonlySet<string>
  wake(component: string): void
}

type Refused = { code: string; reason: string }
type Quiet = Omit<Situation, 'incident' | 'alerts'>

/** Orders by people. They may do what the automatic may not (cool-down, budget, off-switch are for it); what is unsafe stays refused. */
export function createCommands({ catalog, journal, planner, ownRunbooks, wake }: CommandPorts): Commands {
  const info = (runbook: Runbook): RunbookInfo => ({
    id: runbook.id,
    title: runbook.title,
    answers: [...runbook.answers],
    requires: [...runbook.requires],
    cooldownMs: runbook.cooldownMs,
    source: ownRunbooks.has(runbook.id) ? 'configuration' : 'built-in',
    steps: outline(runbook),
  })

  async function runRunbook(id: string, componentId: string, options: CommandOptions): Promise<CommandResult> {
    if (!planner.runbooks.has(id)) throw fault('not-found', { what: 'runbook', id, list: 'GET /v1/runbooks' })
    const component = catalog.component(componentId)
    const runbook = planner.runbooks.get(runbookFor(component, id)) as Runbook
    let result: CommandResult | null = null
    const answer = await journal.order(component.id, (situation) => {
      const order = options.practice
        ? inPractice(runbook, component, situation, options, planner)
        : byHand(runbook, component, situation, options, planner)
      if ('code' in order) result = { kind: 'refused', ...order }
      else if (options.dryRun) result = { kind: 'plan', runbook: runbook.id, steps: order.plan, reason: order.reason }
      else return order
      return { refuse: 'code' in order ? order.reason : 'dry run' }
    })
    if (result) return result
    if ('refuse' in answer) return { kind: 'refused', code: 'live-run', reason: answer.refuse }
    wake(component.id)
    return { kind: 'run', run: answer }
  }

  return {
    runbooks: () => [...planner.runbooks.values()].map(info),
    runRunbook,
    ...createApprovals({ journal, planner, wake }),
    act(component, action, options) {
      const id = aliases[action] ?? action
      if (planner.runbooks.has(id)) return runRunbook(id, component, options)
      throw fault('unknown-action', { member: component, action, known: [...Object.keys(aliases), ...planner.runbooks.keys()].join(', ') })
    },
  }
}

/** Pure: the order of a person, or why not. */
function byHand(runbook: Runbook, component: Component, situation: Quiet, options: CommandOptions, planner: Planner): RunOrder | Refused {
  if (situation.liveRun)
    return { code: 'live-run', reason: `${situation.liveRun.runbook} is under way on ${component.id} (${situation.liveRun.id})` }
  const targets = targetsOf(runbook, component, situation.role.active, options.member, planner)
  if (!Array.isArray(targets)) return targets
  const facts: Facts = {
    ...factsOf(
      component,
      { members: targets, failure: 'failing', wrongRole: runbook.id === 'appoint-active' },
      roleGiven(situation),
      planner.observed,
    ),
    page: pageByHand(component, options, situation.now),
  }
  for (const requirement of runbook.requires) {
    const missing = requirements[requirement](facts, planner.observed)
    if (missing) return { code: requirement, reason: missing }
  }
  const plan = expand(runbook, facts, planner.actions)
  return {
    runbook: runbook.id,
    component: component.id,
    incident: null,
    failure: null,
    members: targets.length > 0 ? targets : [situation.role.active, facts.standby].filter((member) => member !== null),
    plan,
    reason: options.reason ?? 'ordered by hand',
    takesGeneration: plan.some((step) => step.action === 'promote'),
    by: options.by,
    mode: 'ordered',
  }
}

/** A planned switch of a healthy active, to see that it would work. Pure. */
function inPractice(
  runbook: Runbook,
  component: Component,
  situation: Quiet,
  options: CommandOptions,
  planner: Planner,
): RunOrder | Refused {
  const refused = notNow(runbook.id, component, situation, planner.catalog, planner.observed)
  if (refused) return refused
  const order = byHand(runbook, component, situation, { ...options, reason: options.reason ?? `practice of ${runbook.id}` }, planner)
  return 'code' in order ? order : { ...order, mode: 'practice' }
}

const mendsStandbys = ({ answers }: Runbook) => answers.length > 0 && answers.every((failure) => failure === 'standby-unhealthy')

function targetsOf(
  runbook: Runbook,
  component: Component,
  active: string | null,
  member: string | undefined,
  planner: Planner,
): string[] | Refused {
  if (runbook.switches || runbook.id === 'appoint-active') {
    if (member !== undefined && member !== active)
      return { code: 'wrong-member', reason: `${member} is not the active member; leave --member out, the healthiest standby is chosen` }
    // A healthy active is asked to step down (no target); one that does not answer is fenced.
    return active !== null && !['pass', 'warn'].includes(planner.observed(active).status) ? [active] : []
  }
  if (runbook.id === 'page') return []
  if (member !== undefined) return [member]
  if (component.topology === 'active-standby') {
    const others = component.members.filter((one) => one.id !== active)
    if (!mendsStandbys(runbook)) return active === null ? [] : [active]
    if (others.length === 1 || active === null) return others.slice(0, 1).map(({ id }) => id)
    return { code: 'member-needed', reason: `say which standby (${others.map(({ id }) => id).join(', ')})` }
  }
  const [only, ...rest] = component.members
  if (only && rest.length === 0) return [only.id]
  return {
    code: 'member-needed',
    reason: `${component.id} has ${component.members.length} members; say which one (${component.members.map((one) => one.id).join(', ')})`,
  }
}

/** Who calls for help a second time, in the same words, is heard a second time. */
function pageByHand(component: Component, { by, reason }: CommandOptions, at: number): Facts['page'] {
  const words = reason ?? `${by} calls for help`
  return {
    dedupe: `${component.id}/by-hand/${by}/${at}`,
    incident: null,
    payload: {
      component: component.id,
      title: component.title,
      owner: component.owner ?? null,
      failure: 'unknown',
      members: [],
      urgency: 'high',
      evidence: words,
      reason: `${by}: ${words}`,
      tried: [],
      refused: [],
    },
  }
}

/** The steps in words, as they would be for a component of two members `a` (active) and `b` (standby). */
function outline(runbook: Runbook): string[] {
  if (runbook.fix) return [...runbook.fix.actions]
  const members = [{ id: 'a' }, { id: 'b' }] as Component['members']
  const component = { id: 'example', members } as Component
  const page = { dedupe: '', incident: null, payload: {} }
  const targets = mendsStandbys(runbook) ? ['b'] : ['a']
  try {
    return runbook
      .steps({ component, targets, active: 'a', standby: 'b', graceMs: 3_000, page })
      .map(({ action, args }) => [action, args.member ?? args.to].filter(Boolean).join(' '))
  } catch {
    return []
  }
}
