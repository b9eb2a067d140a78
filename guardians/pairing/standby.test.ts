import { checkTable } from '../../test/check-table.ts'
import type { InstancePair } from '../inventory/instance-pairs.ts'
import { standby } from './standby.ts'

const pair = (...members: [state: string, zone: string][]): InstancePair => ({
  ...{ arn: 'platform:instance-pair/orders', name: 'orders', pair: 'orders' },
  members: members.map(([state, zone], index) => ({ id: `i-${index + 1}`, state, zone })),
})

checkTable(standby, {
  flags: {
    'one left': { row: pair(['running', 'us-east-1a']), reason: 'missing', severity: 'high', evidence: { members: 1, running: 1 } },
    'the other one stopped': {
      row: pair(['running', 'us-east-1a'], ['stopped', 'us-east-1b']),
      reason: 'missing',
      evidence: { ids: ['i-1', 'i-2'] },
    },
    'both in one zone': {
      row: pair(['running', 'us-east-1a'], ['running', 'us-east-1a']),
      reason: 'same-zone',
      evidence: { zone: 'us-east-1a' },
    },
  },
  passes: {
    'two, in two zones': { row: pair(['running', 'us-east-1a'], ['running', 'us-east-1b']) },
    'the third in the zone of the first': { row: pair(['running', 'us-east-1a'], ['running', 'us-east-1b'], ['running', 'us-east-1a']) },
    'a cold standby, told so': { row: pair(['running', 'us-east-1a'], ['stopped', 'us-east-1b']), options: { coldStandby: true } },
  },
})
