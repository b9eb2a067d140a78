import { fault } from '../../core/errors.ts'
import type { Plan } from './plan.ts'

/** Where a scan goes on. Opaque to whoever carries it; parsed when it comes back. */
export interface Checkpoint {
  version: 1
  run: string
  /** Digest of the plan that its numbers count in. */
  plan: string
  /** The moment of the whole scan, epoch ms. */
  now: number
  /** Items before this one are done, but for those that are open. */
  next: number
  open: {
    item: number
    token: string
    /** Checks that can no longer be complete. */
    broken: string[]
    /** The last page: pages may shift before the next one is asked for. */
    last: string[]
  }[]
}

type Shape = Readonly<Record<string, (value: unknown) => boolean>>
const text = (value: unknown): value is string => typeof value === 'string'
const count = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0
const listOf = (each: (value: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(each)
const open: Shape = { item: count, token: text, broken: listOf(text), last: listOf(text) }
const whole: Shape = {
  ...{ version: (value) => value === 1, run: text, plan: text, now: Number.isFinite, next: count },
  open: listOf((value) => problemOf(value, open) === null),
}

/** The first field that is not as it has to be; null: none. By hand, since a schema library is a tenth of a Lambda's bundle. */
function problemOf(value: unknown, shape: Shape): string | null {
  if (typeof value !== 'object' || value === null) return 'it is not an object'
  const given = value as Record<string, unknown>
  const field = [...new Set([...Object.keys(given), ...Object.keys(shape)])].find(
    (name) => !Object.hasOwn(shape, name) || !shape[name]?.(given[name]),
  )
  return field === undefined ? null : `${field} is not as it was given`
}

/** @throws fault `usage`: not a checkpoint, of another run, or of another configuration */
export function checkpointOf(given: unknown, run: string, plan: Plan): Checkpoint | null {
  if (given === undefined || given === null) return null
  const problem = problemOf(given, whole)
  if (problem !== null) throw refused(problem)
  const checkpoint = given as Checkpoint
  if (checkpoint.run !== run) throw refused(`it belongs to the run ${checkpoint.run}, not to ${run}`)
  if (checkpoint.plan !== plan.digest) throw refused('guardians, targets or options have changed since')
  if (checkpoint.next > plan.items.length || checkpoint.open.some(({ item }) => item >= checkpoint.next)) throw refused('it counts wrongly')
  return checkpoint
}

const refused = (problem: string) => fault('usage', { problem: `The checkpoint cannot be used: ${problem}.`, hint: 'Start the run anew.' })
