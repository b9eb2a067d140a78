import { checkTable, daily, daysAgo } from '../../test/check-table.ts'
import type { Instance } from '../inventory/instances.ts'
import type { Volume } from '../inventory/volumes.ts'
import { stopped } from './stopped.ts'

const instance = (over: Partial<Instance> = {}): Instance => ({
  ...{ arn: 'arn:aws:ec2:us-east-1:123456789012:instance/i-1', id: 'i-1', type: 'm5.xlarge', state: 'stopped', launchedAt: daysAgo(90) },
  ...{
    stoppedAt: daysAgo(31),
    image: 'ami-1',
    zone: 'us-east-1a',
    subnet: 'subnet-1',
    vpc: 'vpc-1',
    listPriced: true,
    group: null,
    addresses: [],
    ...over,
  },
})
const disk = (over: Partial<Volume> = {}): Volume => ({
  ...{ arn: 'arn:aws:ec2:us-east-1:123456789012:volume/vol-1', id: 'vol-1', type: 'gp3', sizeGiB: 100, encrypted: true },
  ...{ createdAt: daysAgo(90), instances: ['i-1'], attachedAt: daysAgo(90), iops: 3000, ...over },
})
const undated = instance({ stoppedAt: null })
const month = (lastRan: number) => daily(Array.from({ length: 30 }, (_, day) => (day === 30 - lastRan ? 288 : 0)))

checkTable(stopped, {
  flags: {
    'stopped a month ago, its disks paid for': {
      row: instance(),
      reads: { volumes: [disk(), disk({ id: 'vol-2', sizeGiB: 20 }), disk({ id: 'vol-3', instances: ['i-2'] })] },
      reason: 'stopped',
      evidence: { days: 31, disksGiB: 120, disks: ['vol-1', 'vol-2'] },
      usdPerMonth: 9.6,
    },
    'disks of several types: no guess': {
      row: instance(),
      reads: { volumes: [disk(), disk({ id: 'vol-2', type: 'io1' })] },
      usdPerMonth: null,
    },
    'without disks': { row: instance(), evidence: { disksGiB: 0 }, usdPerMonth: null },
    'shut down from within, no sign of life in a month': {
      row: undated,
      metrics: { life: month(0) },
      reason: 'no-sign',
      evidence: { days: 30 },
    },
  },
  passes: {
    'stopped last week': { row: instance({ stoppedAt: daysAgo(7) }) },
    running: { row: instance({ state: 'running', stoppedAt: null }) },
    'shut down from within, alive last week': { row: undated, metrics: { life: month(7) } },
    'shut down from within, started last month': {
      row: instance({ stoppedAt: null, launchedAt: daysAgo(30) }),
      metrics: { life: month(0) },
    },
    'within what the configuration says': { row: instance(), options: { minDays: 60 } },
  },
})
