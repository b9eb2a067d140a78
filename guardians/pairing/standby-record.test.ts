import { checkTable } from '../../test/check-table.ts'
import type { FailoverRecord, FailoverSide } from '../inventory/failover-records.ts'
import type { Instance } from '../inventory/instances.ts'
import { standbyRecord } from './standby-record.ts'

const side = (target: string, checked = true): FailoverSide => ({ targets: [target], checked })
const record = (primary: FailoverSide | null, secondary: FailoverSide | null): FailoverRecord => ({
  ...{ arn: 'arn:aws:route53:::hostedzone/Z1/recordset/www.jidoka.example./A', record: 'www.jidoka.example.', type: 'A' },
  ...{ primary, secondary },
})
const instance = (id: string, address: string, zone: string) =>
  ({ arn: `arn:${id}`, id, addresses: [address], zone }) as unknown as Instance
const reads = {
  instances: [
    instance('i-1', '10.0.0.1', 'us-east-1a'),
    instance('i-2', '10.0.0.2', 'us-east-1a'),
    instance('i-3', '10.0.1.3', 'us-east-1b'),
  ],
}

checkTable(standbyRecord, {
  flags: {
    'no secondary': { row: record(side('10.0.0.1'), null), reads, reason: 'missing', evidence: { side: 'secondary' } },
    'no primary': { row: record(null, side('10.0.0.1')), reads, reason: 'missing', evidence: { side: 'primary' } },
    'the same on both sides': { row: record(side('10.0.0.1'), side('10.0.0.1')), reads, reason: 'same-target' },
    'nothing that looks at the primary': { row: record(side('10.0.0.1', false), side('10.0.1.3')), reads, reason: 'unchecked' },
    'two instances in one zone': {
      row: record(side('10.0.0.1'), side('10.0.0.2')),
      reads,
      reason: 'same-zone',
      evidence: { zone: 'us-east-1a' },
    },
  },
  passes: {
    'two instances in two zones': { row: record(side('10.0.0.1'), side('10.0.1.3', false)), reads },
    'a secondary that is no instance of ours': { row: record(side('10.0.0.1'), side('192.0.2.7')), reads },
    'names whose zones are not known': { row: record(side('a.elb.amazonaws.com.'), side('b.elb.amazonaws.com.')), reads },
  },
})
