// The small form of it: this is in the bundle of every Lambda.
import * as z from 'zod/mini'
import { fault } from '../../core/errors.ts'
import type { Plan } from './plan.ts'

/** Where a scan goes on. Opaque to whoever carries it; parsed when it comes back. */
const checkpointSchema = z.strictObject({
  version: z.literal(1),
  run: z.string(),
  /** Digest of the plan that its numbers count in. */
  plan: z.string(),
  /** The moment of the whole scan, epoch ms. */
  now: z.number(),
  /** Items before this one are done, but for those that are open. */
  next: z.int().check(z.minimum(0)),
  open: z.array(
    z.strictObject({
      item: z.int().check(z.minimum(0)),
      token: z.string(),
      /** Checks that can no longer be complete. */
      broken: z.array(z.string()),
      /** The last page: pages may shift before the next one is asked for. */
      last: z.array(z.string()),
    }),
  ),
})

export type Checkpoint = z.infer<typeof checkpointSchema>

/** @throws fault `usage`: not a checkpoint, of another run, or of another configuration */
export function checkpointOf(given: unknown, run: string, plan: Plan): Checkpoint | null {
  if (given === undefined || given === null) return null
  const parsed = checkpointSchema.safeParse(given)
  if (!parsed.success) throw refused(z.prettifyError(parsed.error))
  const checkpoint = parsed.data
  if (checkpoint.run !== run) throw refused(`it belongs to the run ${checkpoint.run}, not to ${run}`)
  if (checkpoint.plan !== plan.digest) throw refused('guardians, targets or options have changed since')
  if (checkpoint.next > plan.items.length || checkpoint.open.some(({ item }) => item >= checkpoint.next)) throw refused('it counts wrongly')
  return checkpoint
}

const refused = (problem: string) => fault('usage', { problem: `The checkpoint cannot be used: ${problem}.`, hint: 'Start the run anew.' })
