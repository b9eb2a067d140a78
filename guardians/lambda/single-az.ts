import { defineCheck, fail, pass, unknown } from '../define.ts'
import { functions } from '../inventory/functions.ts'
import { subnets } from '../inventory/subnets.ts'

/** A function in a VPC runs where its subnets are. */
export const singleAz = defineCheck('lambda-single-az', {
  number: 26,
  severity: 'medium',
  title: { en: 'Function in one availability zone', ja: '単一 AZ で動く関数' },
  why: {
    en: 'When that zone fails, the function fails, though everything it serves may have moved on.',
    ja: 'その AZ の障害で関数も止まります。利用側が別の AZ に移っていても動きません。',
  },
  fix: {
    en: '`aws lambda update-function-configuration --function-name NAME --vpc-config SubnetIds=A,B,SecurityGroupIds=C` with two zones.',
    ja: '`aws lambda update-function-configuration --function-name NAME --vpc-config SubnetIds=A,B,SecurityGroupIds=C` で 2 つの AZ を指定します。',
  },
  peers: ['Trusted Advisor', 'Prowler', 'AWS Config'],
  says: {
    'single-az': { en: 'All its subnets ({subnets}) are in {zone}', ja: 'サブネット（{subnets}）がすべて {zone} にあります' },
  },
  subject: functions,
  reads: { subnets },
  prepare: (reads) => new Map(reads.subnets.map(({ id, zone }) => [id, zone])),
  applies: (row) => row.subnets.length > 0,
  judge(row, { known }) {
    const zones = new Set(row.subnets.flatMap((id) => known.get(id) || []))
    if (zones.size > 1) return pass
    const hidden = row.subnets.find((id) => !known.get(id))
    if (hidden !== undefined) return unknown(`ec2:DescribeSubnets of ${hidden}`)
    return fail('single-az', { subnets: row.subnets.slice(0, 20), zone: [...zones][0] ?? null })
  },
})
