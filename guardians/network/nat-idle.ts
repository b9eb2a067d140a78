import { defineCheck, fail, type Metric, pass, unknown } from '../define.ts'
import { type NatGateway, natGateways } from '../inventory/nat-gateways.ts'
import { daysSince } from '../resource.ts'

/** A gateway writes each minute, zeros too. No datapoint is not no traffic: other tools called every gateway unused by that mistake. */
const bytes = (metric: string): Metric<NatGateway> => ({
  ...{ namespace: 'AWS/NATGateway', metric, stat: 'Sum', periodS: 86_400, days: { option: 'days' }, absent: 'unknown' },
  dimensions: ({ id }) => ({ NatGatewayId: id }),
})

/** A NAT gateway through which nothing goes. */
export const natIdle = defineCheck('network-nat-idle', {
  number: 12,
  severity: 'medium',
  title: { en: 'NAT gateway without traffic', ja: '通信のない NAT ゲートウェイ' },
  why: {
    en: 'It is one of the dearest things to forget: paid for by the hour whether anything goes through it or not.',
    ja: '忘れると高くつく代表例です。通信の有無にかかわらず時間課金されます。',
  },
  fix: {
    en: 'Look for routes to it: `aws ec2 describe-route-tables --filters Name=route.nat-gateway-id,Values=ID`. Remove them, then `aws ec2 delete-nat-gateway --nat-gateway-id ID`, and release its address.',
    ja: '`aws ec2 describe-route-tables --filters Name=route.nat-gateway-id,Values=ID` で経路を確認して外し、`aws ec2 delete-nat-gateway --nat-gateway-id ID` で削除、アドレスも解放します。',
  },
  peers: ['Thrifty', 'cloudrift'],
  says: {
    idle: {
      en: '0 bytes in {days} days, in either direction ({datapoints} days measured)',
      ja: '{days} 日間、両方向とも 0 バイト（計測 {datapoints} 日分）',
    },
  },
  subject: natGateways,
  options: { days: { default: 14, unit: 'days', source: 'cloudrift' } },
  metrics: { out: bytes('BytesOutToDestination'), back: bytes('BytesInFromDestination') },
  applies: ({ state, createdAt }, { now, options }) => state === 'available' && (daysSince(createdAt, now) ?? 0) > options.days,
  judge({ vpc, subnet, createdAt }, { now, options, metrics: { out, back }, savings }) {
    const values = [...out.values, ...back.values]
    if (values.some((value) => value > 0)) return pass
    const datapoints = Math.min(out.values.length, back.values.length)
    if (datapoints < options.days) return unknown(`datapoints: ${datapoints} of ${options.days} days of AWS/NATGateway`)
    const evidence = { days: options.days, datapoints, bytes: 0, ageDays: daysSince(createdAt, now), vpc, subnet }
    return fail('idle', evidence, { savings: savings('vpc-nat-gateway', 1) })
  },
})
