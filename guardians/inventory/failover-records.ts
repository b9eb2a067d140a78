import {
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  Route53Client,
  type RRType,
} from '@aws-sdk/client-route-53'
import * as z from 'zod/mini'
import { fault } from '../../core/errors.ts'
import type { Aws } from '../aws/aws.ts'
import { defineInventory, type InventoryPage, type Resource, type Target } from '../define.ts'

export interface FailoverRecord extends Resource {
  /** `www.jidoka.example.` */
  record: string
  type: string
  primary: FailoverSide | null
  secondary: FailoverSide | null
}

export interface FailoverSide {
  /** Addresses, or the name that it is an alias of. */
  targets: string[]
  /** Something tells Route 53 whether it works. */
  checked: boolean
}

const side = z.strictObject({ targets: z.array(z.string()), checked: z.boolean() })
const kept = z.strictObject({ record: z.string(), type: z.string(), primary: z.nullable(side), secondary: z.nullable(side) })
/** Where we are: zones of this page that are still to be read, the next page of zones, and the place in the first zone. */
const placeSchema = z.strictObject({
  zones: z.array(z.string()),
  marker: z.optional(z.string()),
  at: z.optional(
    z.strictObject({
      StartRecordName: z.string(),
      StartRecordType: z.custom<RRType>((type) => typeof type === 'string'),
      StartRecordIdentifier: z.optional(z.string()),
    }),
  ),
  /** Its other half may come on the next page. */
  half: z.optional(kept),
})
type Place = z.infer<typeof placeSchema>
type Pair = z.infer<typeof kept>

/** Records of Route 53 with a primary and a secondary; of each only what both sides point to. */
export const failoverRecords = defineInventory<FailoverRecord>('failover-records', {
  title: { en: 'Failover records of Route 53', ja: 'Route 53 のフェイルオーバーレコード' },
  scope: 'account',
  calls: ['route53:ListHostedZones', 'route53:ListResourceRecordSets'],
  async page({ aws, target }, token): Promise<InventoryPage<FailoverRecord>> {
    const place = token === undefined ? await zonesAfter(aws, undefined) : placeOf(token)
    const [zone] = place.zones
    if (zone === undefined) {
      if (place.marker === undefined) return { rows: [] }
      return { rows: [], next: JSON.stringify(await zonesAfter(aws, place.marker)) }
    }
    const answer = await aws.send(Route53Client, new ListResourceRecordSetsCommand({ HostedZoneId: zone, MaxItems: 300, ...place.at }))
    const pairs = pairsOf(answer.ResourceRecordSets ?? [], place.half)
    const { NextRecordName: name, NextRecordType: type, NextRecordIdentifier: id } = answer
    if (answer.IsTruncated && name !== undefined && type !== undefined) {
      const half = pairs.at(-1)
      const open = half?.record === name && half.type === type
      const at = { StartRecordName: name, StartRecordType: type, ...(id === undefined ? {} : { StartRecordIdentifier: id }) }
      const done = open ? pairs.slice(0, -1) : pairs
      return { rows: rowsOf(done, zone, target), next: JSON.stringify({ ...place, at, half: open ? half : undefined }) }
    }
    const rest: Place = { zones: place.zones.slice(1), ...(place.marker === undefined ? {} : { marker: place.marker }) }
    const rows = rowsOf(pairs, zone, target)
    return rest.zones.length > 0 || rest.marker !== undefined ? { rows, next: JSON.stringify(rest) } : { rows }
  },
})

async function zonesAfter(aws: Aws, Marker: string | undefined): Promise<Place> {
  const answer = await aws.send(Route53Client, new ListHostedZonesCommand({ MaxItems: 100, Marker }))
  const zones = (answer.HostedZones ?? []).flatMap(({ Id, ResourceRecordSetCount }) => (Id && ResourceRecordSetCount !== 0 ? Id : []))
  return { zones, ...(answer.IsTruncated && answer.NextMarker ? { marker: answer.NextMarker } : {}) }
}

/** Route 53 lists by name and type, so the two halves of a pair are neighbours. */
function pairsOf(sets: readonly ResourceRecordSet[], half: Pair | undefined): Pair[] {
  const pairs: Pair[] = half ? [half] : []
  for (const set of sets) {
    if (!set.Failover || !set.Name || !set.Type) continue
    const last = pairs.at(-1)
    const pair: Pair =
      last?.record === set.Name && last.type === set.Type ? last : { record: set.Name, type: set.Type, primary: null, secondary: null }
    if (pair !== last) pairs.push(pair)
    const told = {
      targets: set.AliasTarget?.DNSName ? [set.AliasTarget.DNSName] : (set.ResourceRecords ?? []).flatMap(({ Value }) => Value ?? []),
      checked: set.HealthCheckId !== undefined || set.AliasTarget?.EvaluateTargetHealth === true,
    }
    if (set.Failover === 'PRIMARY') pair.primary = told
    else pair.secondary = told
  }
  return pairs
}

const rowsOf = (pairs: readonly Pair[], zone: string, { partition }: Target): FailoverRecord[] =>
  pairs.map((pair) => ({
    arn: `arn:${partition}:route53:::${zone.replace(/^\//, '')}/recordset/${pair.record}/${pair.type}`,
    name: pair.record,
    ...pair,
  }))

function placeOf(token: string): Place {
  try {
    return placeSchema.parse(JSON.parse(token))
  } catch (error) {
    throw fault('internal', { problem: 'the token of a page is not one of ours' }, error)
  }
}
