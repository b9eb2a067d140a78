import type { Config } from '../../core/catalog/schema.ts'
import { fault } from '../../core/errors.ts'
import type { Finding, Who } from '../desk.ts'
import type { Owners } from './owner.ts'

/** What carries an approved fix out: a runbook, in infra/main. */
export interface FixPort {
  /** Begins it, or with `dryRun` tells what it would do. `refuse`: why not; nothing was begun. Must not throw what it may have begun. */
  approveFix(
    finding: Finding,
    /** `undo`: what the runbook did to it last is taken back. */
    order: { runbook: string; dryRun: boolean; undo?: boolean; by: Who },
  ): Promise<{ run: string | null; said: string | null } | { refuse: string }>
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
