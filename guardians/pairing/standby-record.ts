import { defineCheck, fail, pass } from '../define.ts'
import { type FailoverSide, failoverRecords } from '../inventory/failover-records.ts'
import { instances } from '../inventory/instances.ts'

/** A failover record that cannot fail over. */
export const standbyRecord = defineCheck('pairing-standby-record', {
  number: 56,
  severity: 'high',
  title: { en: 'Failover record that cannot fail over', ja: 'フェイルオーバーできない DNS レコード' },
  why: {
    en: 'It looks like a safety net: without a second side, a health check, or a second place Route 53 keeps answering with what is down.',
    ja: '備えているように見えても、予備側・ヘルスチェック・別の場所のどれかがなければ、Route 53 は止まった先を答え続けます。',
  },
  fix: {
    en: 'Look: `aws route53 list-resource-record-sets --hosted-zone-id ZONE`. Add the missing side, its `HealthCheckId` (`aws route53 create-health-check`) or `EvaluateTargetHealth`, by `aws route53 change-resource-record-sets`; then practise the switch.',
    ja: '`aws route53 list-resource-record-sets --hosted-zone-id ZONE` で確認し、足りない側や `HealthCheckId`（`aws route53 create-health-check`）、`EvaluateTargetHealth` を `aws route53 change-resource-record-sets` で加え、切り替えを練習します。',
  },
  peers: [],
  says: {
    missing: { en: '{record} {type} has no {side}', ja: '{record} {type} に {side} がない' },
    'same-target': {
      en: 'primary and secondary of {record} are the same: {primary}',
      ja: '{record} のプライマリとセカンダリが同じ: {primary}',
    },
    unchecked: {
      en: 'nothing tells whether the primary of {record} works: it never fails over',
      ja: '{record} のプライマリを確かめる仕組みがなく、切り替わらない',
    },
    'same-zone': { en: 'both sides of {record} are instances in {zone}', ja: '{record} の両側とも {zone} のインスタンス' },
  },
  subject: failoverRecords,
  reads: { instances },
  prepare: (reads) => new Map(reads.instances.flatMap(({ addresses, zone }) => addresses.map((address) => [address, zone] as const))),
  judge({ record, type, primary, secondary }, { known }) {
    const evidence = { record, type, primary: primary?.targets.slice(0, 20) ?? null, secondary: secondary?.targets.slice(0, 20) ?? null }
    if (!primary || !secondary) return fail('missing', { ...evidence, side: primary ? 'secondary' : 'primary' })
    if (primary.targets.toSorted().join() === secondary.targets.toSorted().join()) return fail('same-target', evidence)
    if (!primary.checked) return fail('unchecked', evidence)
    const zones = [...zonesOf(primary, known), ...zonesOf(secondary, known)]
    const [zone] = zones
    return zone && zones.every((one) => one === zone) ? fail('same-zone', { ...evidence, zone }) : pass
  },
})

/** Of what is no instance of ours the zone is not known, and nothing is concluded. */
const zonesOf = ({ targets }: FailoverSide, known: ReadonlyMap<string, string | null>) => targets.map((target) => known.get(target) ?? null)
