import type { Basis } from '../define.ts'
import type { Snapshot } from '../inventory/snapshots.ts'
import type { Savings } from '../prices.ts'

/**
 * Snapshots of one volume share their blocks, and AWS tells the size of all blocks of each, not what its deletion would free.
 * Only what a volume's one and only snapshot takes is known; it stands here by the snapshot's id, in GiB.
 */
export function freedByDeleting(snapshots: readonly Snapshot[]): ReadonlyMap<string, number> {
  const copies = new Map<string, number>()
  for (const { volume } of snapshots) if (volume) copies.set(volume, (copies.get(volume) ?? 0) + 1)
  const freed = new Map<string, number>()
  for (const { id, volume, storedGiB, archived } of snapshots)
    if (volume && copies.get(volume) === 1 && storedGiB !== null && !archived) freed.set(id, storedGiB)
  return freed
}

/** What the deletion of all of these saves; null when that of one is not known. */
export function savedBy(
  ids: readonly string[],
  freed: ReadonlyMap<string, number>,
  savings: Basis<unknown, unknown, unknown, unknown>['savings'],
): Savings | null {
  if (ids.length === 0 || ids.some((id) => !freed.has(id))) return null
  const total = ids.reduce((sum, id) => sum + (freed.get(id) ?? 0), 0)
  return savings('ebs-snapshot', Math.round(total * 1000) / 1000)
}
