import { checkTable, daysAgo } from '../../test/check-table.ts'
import type { Volume } from '../inventory/volumes.ts'
import { gp2 } from './gp2.ts'

const volume = (over: Partial<Volume> = {}): Volume => ({
  ...{ arn: 'arn:aws:ec2:us-east-1:123456789012:volume/vol-1', id: 'vol-1', type: 'gp2', sizeGiB: 100, encrypted: true },
  ...{ createdAt: daysAgo(1), instances: ['i-1'], attachedAt: daysAgo(1), iops: 300, ...over },
})

checkTable(gp2, {
  flags: {
    'gp2, a fifth dearer': { row: volume(), reason: 'gp2', evidence: { sizeGiB: 100, iops: 300 }, usdPerMonth: 2 },
    'in Tokyo at the price of Tokyo': { row: volume(), target: { region: 'ap-northeast-1' }, usdPerMonth: 2.4 },
    'attached to nothing': { row: volume({ instances: [], attachedAt: null }), reason: 'gp2' },
    'a large one: what it saves is not guessed': { row: volume({ sizeGiB: 2000, iops: 6000 }), reason: 'gp2-large', usdPerMonth: null },
    'a large one whose IOPS are not told': { row: volume({ sizeGiB: 2000, iops: null }), reason: 'gp2-large' },
  },
  passes: {
    gp3: { row: volume({ type: 'gp3' }) },
    'a magnetic one: gp3 is no cheaper': { row: volume({ type: 'standard', iops: null }) },
  },
})
