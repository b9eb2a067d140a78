import type { ScanSettings, Target } from './define.ts'

/** Small things that every inventory needs. */

export const dayMs = 86_400_000

/** Whole days from then until now; null when that moment is not known. */
export const daysSince = (then: number | null | undefined, now: number): number | null =>
  then === null || then === undefined ? null : Math.floor((now - then) / dayMs)

/** `arnOf(target, 'ec2', 'volume/vol-1')`; services without region or account in their ARNs say so. */
export const arnOf = (
  { partition, region, account }: Target,
  service: string,
  rest: string,
  without: { region?: true; account?: true } = {},
): string => `arn:${partition}:${service}:${without.region ? '' : region}:${without.account ? '' : account}:${rest}`

type Tags =
  | readonly { Key?: string | undefined; Value?: string | undefined; key?: string; value?: string }[]
  | Readonly<Record<string, string>>

const pairsOf = (tags: Tags): [string, string][] =>
  Array.isArray(tags) ? tags.map(({ Key, Value, key, value }) => [Key ?? key ?? '', Value ?? value ?? '']) : Object.entries(tags)

/** Who owns it by its tags, to be spread into a row: `...ownerIn(volume.Tags, settings)`. */
export function ownerIn(tags: Tags | undefined, { ownerTags }: Pick<ScanSettings, 'ownerTags'>): { owner?: string } {
  if (!tags) return {}
  const values = new Map(pairsOf(tags).map(([key, value]) => [key.toLowerCase(), value]))
  const tag = ownerTags.find((name) => values.get(name.toLowerCase()))
  const owner = tag === undefined ? undefined : values.get(tag.toLowerCase())
  return owner ? { owner } : {}
}

/** The tag `Name`, to be spread into a row. */
export function nameIn(tags: Tags | undefined): { name?: string } {
  const name = tags && pairsOf(tags).find(([key]) => key === 'Name')?.[1]
  return name ? { name } : {}
}
