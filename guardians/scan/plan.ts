import { createHash } from 'node:crypto'
import type { GuardiansConfig } from '../../core/catalog/schema-guardians.ts'
import { fault } from '../../core/errors.ts'
import type { Check, Guardian, Inventory, Severity, Target } from '../define.ts'

/** What a scan does, in order, before it asks anything. The same options give the same plan: a checkpoint counts in it. */

/** One check with the options and severity of this configuration. */
export interface Unit {
  guardian: string
  check: Check
  options: Readonly<Record<string, unknown>>
  severity: Severity | null
}

/** One inventory in one target, with all checks that judge its rows. */
export interface Item {
  inventory: Inventory
  target: Target
  units: readonly Unit[]
  /** The other inventories that are read whole before, each with where. */
  reads: readonly Read[]
}

export interface Read {
  inventory: Inventory
  target: Target
}

export interface Plan {
  items: readonly Item[]
  /** Of all the items: another configuration gives another one. */
  digest: string
}

interface Wish {
  guardians: readonly Guardian[]
  targets: readonly Target[]
  overrides: GuardiansConfig['checks']
  only?: readonly string[]
}

export const placeOf = ({ inventory, target }: Read): string => `${inventory.id}|${target.account}|${target.region}`

/** @throws fault `usage`: an option that a check does not have, or of another type */
export function planOf({ guardians, targets, overrides, only }: Wish): Plan {
  const units = guardians.flatMap((guardian) =>
    guardian.checks
      .filter(({ id }) => !overrides[id]?.off && (!only || only.includes(id)))
      .map(
        (check): Unit => ({
          guardian: guardian.id,
          check,
          options: optionsOf(check, overrides),
          severity: overrides[check.id]?.severity ?? null,
        }),
      ),
  )
  const byInventory = Map.groupBy(units, ({ check }) => check.subject.id)
  const places = [platform, ...targets.flatMap((target, at) => [...firstOf(targets, target, at), target])]
  const items = places.flatMap((target) =>
    [...byInventory.values()].flatMap((judging) => {
      const inventory = judging[0]?.check.subject as Inventory
      return inventory.scope === scopeOf(target) ? [{ inventory, target, units: judging, reads: readsOf(judging, target, targets) }] : []
    }),
  )
  return {
    items,
    digest: createHash('sha256')
      .update(JSON.stringify(items.map(nameOf)))
      .digest('hex')
      .slice(0, 16),
  }
}

const nameOf = (item: Item) => [placeOf(item), item.units.map(({ check, options }) => [check.id, options])]

const platform: Target = { account: 'platform', region: 'local', partition: 'aws' }

const scopeOf = ({ account, region }: Target): Inventory['scope'] =>
  account === platform.account ? 'platform' : region === 'global' ? 'account' : 'region'

const globalOf = ({ account, partition }: Target): Target => ({ account, region: 'global', partition })

/** Before the first region of an account comes what belongs to the account as a whole. */
const firstOf = (targets: readonly Target[], target: Target, at: number): Target[] =>
  targets.findIndex(({ account }) => account === target.account) === at ? [globalOf(target)] : []

function readsOf(units: readonly Unit[], target: Target, targets: readonly Target[]): Read[] {
  const inventories = new Map<string, Inventory>()
  for (const { check } of units) for (const inventory of inventoriesOf(check)) inventories.set(inventory.id, inventory)
  return [...inventories.values()].flatMap((inventory) =>
    targetsOfRead(inventory.scope, target, targets).map((where) => ({ inventory, target: where })),
  )
}

export const inventoriesOf = (check: Check): Inventory[] => Object.values((check.reads ?? {}) as Record<string, Inventory>)

/** Of the same target; what has a smaller scope than the subject is read in all targets that the subject spans. */
function targetsOfRead(scope: Inventory['scope'], target: Target, targets: readonly Target[]): Target[] {
  if (scope === 'platform') return [platform]
  const spanned = target.account === platform.account ? targets : targets.filter(({ account }) => account === target.account)
  if (scope === 'account')
    return spanned.filter((each, at) => spanned.findIndex(({ account }) => account === each.account) === at).map(globalOf)
  return scopeOf(target) === 'region' ? [target] : [...spanned]
}

function optionsOf(check: Check, overrides: GuardiansConfig['checks']): Record<string, unknown> {
  const known = (check.options ?? {}) as Record<string, { default: unknown }>
  const options = Object.fromEntries(Object.entries(known).map(([name, option]) => [name, option.default]))
  for (const [name, value] of Object.entries(overrides[check.id]?.options ?? {})) {
    const wanted = known[name]?.default
    if (wanted === undefined)
      throw fault('usage', {
        problem: `The check ${check.id} has no option "${name}".`,
        hint: `It has: ${Object.keys(known).join(', ') || 'none'}.`,
      })
    if (typeof value !== typeof wanted || Array.isArray(value) !== Array.isArray(wanted))
      throw fault('usage', {
        problem: `The option "${name}" of the check ${check.id} is ${JSON.stringify(value)}.`,
        hint: `Its default is ${JSON.stringify(wanted)}.`,
      })
    options[name] = value
  }
  return options
}
