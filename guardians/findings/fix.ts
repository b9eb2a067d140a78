import type { Config } from '../../core/catalog/schema.ts'
import { fault } from '../../core/errors.ts'
import type { Finding, FixEnd, Who } from '../desk.ts'
import { type Decided, refuse } from './deciding.ts'
import type { Owners } from './owner.ts'
import type { Kept } from './record.ts'
import { tellOne } from './tell.ts'

export interface Order {
  runbook: string
  dryRun: boolean
  /** What the runbook did to it last is taken back. */
  undo?: true
  by: Who
}

/** What carries an approved fix out: a runbook, in infra/main. */
export interface FixPort {
  /** Begins it, or with `dryRun` tells what it would do. `refuse`: why not; nothing was begun. Must not throw what it may have begun. */
  approveFix(finding: Finding, order: Order): Promise<{ run: string | null; said: string | null } | { refuse: string }>
}

/** Throws `forbidden`. Who comes with a token was judged at the door. */
export async function mayFix(
  { owner }: Finding,
  by: Who,
  { duty }: Pick<Config, 'duty'>,
  owners: Pick<Owners, 'isIn'>,
  onDuty: () => Promise<readonly string[]>,
): Promise<void> {
  if (by.startsWith('token:')) return
  if (owner?.kind === 'person' && owner.name === by) return
  if (owner?.kind === 'team' && owners.isIn(by, owner.name)) return
  const fixers = duty?.fixers ?? []
  if (fixers.some((one) => (one.startsWith('person:') ? one === `person:${by}` : owners.isIn(by, one.slice('team:'.length))))) return
  if (fixers.length === 0 && (await onDuty()).includes(by)) return
  const needs = fixers.length === 0 ? 'its owner or somebody on duty' : 'its owner or one of duty.fixers'
  throw fault('forbidden', { role: by, needs })
}

type Came = Awaited<ReturnType<FixPort['approveFix']>>

/** What is gone can have nothing done to it but to take the fix back. */
export function mayBeFixed(finding: Pick<Finding, 'id' | 'status'>, undo: boolean): void {
  const { status } = finding
  if (status !== 'open' && status !== 'asked' && !(undo && status === 'fixed')) refuse(finding, 'fix')
}

export const refusal = ({ check }: Pick<Finding, 'check'>, runbook: string, why: string) =>
  fault('no-runbook', { check, reason: `${runbook} refused: ${why}` })

/** The approval, before anything is begun. Fixes that no scan has confirmed yet are counted: a wrong runbook stops at a few. */
export function approved(
  kept: Kept,
  { now: at, fixing, limit, runbook, dryRun, undo, by }: Order & { now: number; fixing: number; limit: number },
): Decided {
  mayBeFixed(kept, undo === true)
  const { fix } = kept
  if (!undo) {
    notTwice(kept)
    const counted = fix && !fix.dryRun ? fixing - 1 : fixing
    if (!dryRun && counted >= limit) throw fault('too-many-items', { count: counted, limit })
  }
  const order = { runbook, dryRun, by, ...(undo ? { undo } : {}) }
  return { kept: { ...kept, fix: { ...order, at, run: null, said: null }, decided: true }, tell: [tellOne('fix-approved', kept, order)] }
}

/** What failed may be tried again at once; whatever may have been done, after a scan. */
function notTwice({ check, fix }: Kept): void {
  if (!fix || fix.dryRun || fix.run === null || fix.ended === 'failed' || fix.ended === 'cancelled') return
  const how =
    fix.ended === undefined
      ? 'is under way already'
      : fix.ended === 'done'
        ? 'is done; a scan has to confirm it'
        : 'ended in doubt; a scan has to tell'
  throw fault('no-runbook', { check, reason: `${fix.runbook} ${how} (${fix.run}).` })
}

/** What came of it. A refusal leaves no fix behind; the refusal of an undo, the fix that was there. */
export function begun(kept: Kept, order: Order, came: Came, before: Finding['fix']): Decided {
  if ('refuse' in came) {
    const refused = tellOne('fix-refused', kept, { ...order, reason: came.refuse })
    return { kept: { ...kept, fix: order.undo ? before : null }, tell: [refused] }
  }
  const fix = kept.fix && { ...kept.fix, run: came.run, said: (kept.fix.ended ?? 'done') === 'done' ? came.said : kept.fix.said }
  return { kept: { ...kept, fix }, tell: [tellOne('fix-begun', kept, { ...order, run: came.run, said: came.said })] }
}

/** What an undo would do; nothing of it is kept, because the fix itself still counts. */
export function looked(finding: Finding, order: Order, came: Came, at: number): Finding {
  if ('refuse' in came) throw refusal(finding, order.runbook, came.refuse)
  return { ...finding, fix: { ...order, at, ...came } }
}

export interface FixEnding {
  run: string
  /** Epoch ms: when it was ordered. */
  begunAt: number
  status: FixEnd
  /** Why it did not come to its end. */
  reason: string
}

/** The run has ended; that it worked is for a scan to say. It may have ended before it was written down that it began. */
export function fixEnded(kept: Kept, { run, begunAt, status, reason }: FixEnding): Decided {
  const { fix } = kept
  const ours = fix?.run === run || (fix?.run === null && begunAt >= fix.at)
  if (!fix || !ours || fix.dryRun || fix.ended !== undefined) return { kept, tell: [] }
  const said = status === 'done' ? fix.said : reason
  const { runbook, by } = fix
  return {
    kept: { ...kept, fix: { ...fix, run, ended: status, said } },
    tell: [tellOne('fix-ended', kept, { runbook, by, run, status, reason })],
  }
}
