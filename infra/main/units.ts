import { didYouMean } from '../../core/catalog/problems.ts'
import type { Component, Config } from '../../core/catalog/schema.ts'
import { fault } from '../../core/errors.ts'
import { failures } from '../../core/incidents/incident.ts'
import type { ActionKind } from '../../core/runs/run.ts'
import type { AnyAction } from '../../remediation/actions/define.ts'
import { actions as ownActions } from '../../remediation/actions/registry.ts'
import { requirements } from '../../remediation/requirements.ts'
import type { Facts, Runbook } from '../../remediation/runbook.ts'
import { runbooks as ownRunbooks } from '../../runbooks/registry.ts'

export interface Units {
  runbooks: readonly Runbook[]
  actions: readonly AnyAction[]
}

const kinds = ['read', 'idempotent', 'check-then-act', 'irreversible'] satisfies ActionKind[]
/** Components of the same make differ in nothing that a runbook looks at. */
const componentsAsked = 20
const idPattern = /^[a-z0-9][a-z0-9-]{0,62}$/

/**
 * Our runbooks and actions, and those of the configuration. Whatever a ladder or a runbook names has to exist: at 3 a.m. it is
 * too late to hear that it does not. Throws `bad-config` with every problem and its path.
 */
export function unitsOf(config: Config, file: string): Units {
  const problems = [
    ...config.actions.flatMap((action, i) => actionProblems(action, `actions[${i}]`)),
    ...config.runbooks.flatMap((runbook, i) => runbookProblems(runbook, `runbooks[${i}]`)),
  ]
  if (problems.length > 0) throw badConfig(file, problems)
  const units = {
    runbooks: [...ownRunbooks, ...(config.runbooks as Runbook[])],
    actions: [...ownActions, ...(config.actions as AnyAction[])],
  }
  const unknown = [
    ...repeated(units.actions, ownActions.length, 'actions'),
    ...repeated(units.runbooks, ownRunbooks.length, 'runbooks'),
    ...config.runbooks.flatMap((runbook, i) => stepProblems(runbook as Runbook, config, units.actions, `runbooks[${i}].steps`)),
    ...config.components.flatMap((component, i) => ladderProblems(component, units.runbooks, `components[${i}].ladder`)),
    ...guardProblems(config, units.runbooks),
  ]
  if (unknown.length > 0) throw badConfig(file, unknown)
  return units
}

const badConfig = (file: string, lines: string[]) =>
  fault('bad-config', { file, problems: lines.length === 1 ? lines[0] : lines.map((line) => `\n  ${line}`).join(''), lines })

function actionProblems(unit: object, path: string): string[] {
  const { id, title, kind, timeoutMs, attempts, apply, probe } = unit as Partial<AnyAction>
  const needsProbe = kind === 'check-then-act' || kind === 'irreversible'
  return [
    ...idProblems(id, path),
    ...(typeof title === 'string' ? [] : [`${path}.title: missing (expected text)`]),
    ...(kinds.includes(kind as ActionKind) ? [] : [`${path}.kind: expected one of ${kinds.join(', ')}; got ${JSON.stringify(kind)}`]),
    ...count(timeoutMs, `${path}.timeoutMs`),
    ...count(attempts, `${path}.attempts`),
    ...(typeof apply === 'function' ? [] : [`${path}.apply: missing (expected a function)`]),
    ...(needsProbe && typeof probe !== 'function'
      ? [`${path}.probe: an action of kind ${kind} needs one, to tell after a crash whether it was done`]
      : []),
  ]
}

function runbookProblems(unit: object, path: string): string[] {
  const { id, title, answers, requires, cooldownMs, steps } = unit as Partial<Runbook>
  return [
    ...idProblems(id, path),
    ...(typeof title === 'string' ? [] : [`${path}.title: missing (expected text)`]),
    ...names(answers, failures, `${path}.answers`, 'failure'),
    ...names(requires, Object.keys(requirements), `${path}.requires`, 'requirement'),
    ...(typeof cooldownMs === 'number' && cooldownMs >= 0 ? [] : [`${path}.cooldownMs: expected milliseconds, at least 0`]),
    ...(typeof steps === 'function' ? [] : [`${path}.steps: missing (expected a function)`]),
  ]
}

const idProblems = (id: unknown, path: string) =>
  typeof id === 'string' && idPattern.test(id)
    ? []
    : [`${path}.id: an id: lower-case letters, digits and dashes, at most 63; got ${JSON.stringify(id)}`]

const count = (value: unknown, path: string) =>
  Number.isInteger(value) && (value as number) > 0 ? [] : [`${path}: expected a whole number, at least 1`]

function names(list: unknown, known: readonly string[], path: string, what: string): string[] {
  if (!Array.isArray(list)) return [`${path}: missing (expected a list of ${what}s)`]
  return list.flatMap((name, i) => (known.includes(name) ? [] : [`${path}[${i}]: ${none(what, String(name), known)}`]))
}

const none = (what: string, name: string, known: readonly string[]) =>
  `no ${what} "${name}"${didYouMean(name, known)}; known: ${known.join(', ')}`

function repeated(units: readonly { id: string }[], ours: number, path: string): string[] {
  return units.flatMap(({ id }, at) => {
    const first = units.findIndex((unit) => unit.id === id)
    if (first === at) return []
    return [`${path}[${at - ours}].id: "${id}" is taken already by ${first < ours ? 'one of Jidoka itself' : `${path}[${first - ours}]`}`]
  })
}

function ladderProblems(component: Component, runbooks: readonly Runbook[], path: string): string[] {
  const known = runbooks.map((runbook) => runbook.id)
  return component.ladder.flatMap((id, i) => (known.includes(id) ? [] : [`${path}[${i}]: ${none('runbook', id, known)}`]))
}

/** A mode, or a practice, of a runbook that does not exist would leave the real one as it is: automatic, and unpractised. */
function guardProblems({ guards, components }: Config, runbooks: readonly Runbook[]): string[] {
  const known = runbooks.map((runbook) => runbook.id)
  const missing = (id: string, path: string) => (known.includes(id) ? [] : [`${path}: ${none('runbook', id, known)}`])
  return [
    ...Object.keys(guards.modes).flatMap((id) => missing(id, 'guards.modes')),
    ...components.flatMap((component, i) =>
      Object.keys(component.guards.modes).flatMap((id) => missing(id, `components[${i}].guards.modes`)),
    ),
    ...(guards.practice?.runbooks ?? []).flatMap((id, i) => missing(id, `guards.practice.runbooks[${i}]`)),
  ]
}

/** A runbook is a function: it is asked for its steps in each situation that the components that name it can be in. */
function stepProblems(runbook: Runbook, { components }: Config, actions: readonly AnyAction[], path: string): string[] {
  const known = actions.map((action) => action.id)
  const named = components.filter((component) => component.ladder.includes(runbook.id)).slice(0, componentsAsked)
  const problems = named.flatMap(situations).flatMap(([situation, facts]) => {
    try {
      return runbook.steps(facts).flatMap(({ action }) => (known.includes(action) ? [] : [`${path}: ${none('action', action, known)}`]))
    } catch (error) {
      return [`${path}: fails for ${situation}: ${error instanceof Error ? error.message : String(error)}`]
    }
  })
  return [...new Set(problems)]
}

function situations(component: Component): [string, Facts][] {
  const [one = '', two = null] = component.members.map((member) => member.id)
  const rest = { component, graceMs: 1_000, page: null }
  if (component.topology === 'pool') return [[one, { targets: [one], active: null, standby: null, ...rest }]]
  return [
    [`${one} as the active member`, { targets: [one], active: one, standby: two, ...rest }],
    [`${two} as the standby`, { targets: two === null ? [] : [two], active: one, standby: null, ...rest }],
    [`${component.id} without an active member`, { targets: [], active: null, standby: two, ...rest }],
  ]
}
