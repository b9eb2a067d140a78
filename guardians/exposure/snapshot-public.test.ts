import { expect, test } from 'vitest'
import { daysAgo, exampleNow } from '../../test/check-table.ts'
import { snapshotPublic } from './snapshot-public.ts'

// What is listed is public: AWS picked it. That others are not listed is proved with the inventory, and on moto.
test('every row is told, with what is in it', () => {
  const row = { arn: 'arn:aws:ec2:us-east-1::snapshot/snap-1', id: 'snap-1', volume: 'vol-1', sizeGiB: 8, startedAt: daysAgo(3) }
  expect(snapshotPublic.judge(row, { now: exampleNow } as never)).toEqual({
    ...{ verdict: 'fail', reason: 'public' },
    evidence: { sizeGiB: 8, volume: 'vol-1', ageDays: 3 },
  })
})
