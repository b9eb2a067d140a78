import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { snapshots } from './snapshots.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const read = async (answers: Answers) => {
  aws = await openRecorded(answers)
  return readAll(snapshots, sourcesThrough(accessTo(aws.url), aws.url))
}
const page = (items: string, next = '') =>
  `<DescribeSnapshotsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r-1</requestId><snapshotSet>${items}</snapshotSet>${next && `<nextToken>${next}</nextToken>`}</DescribeSnapshotsResponse>`

const whole = `<item><snapshotId>snap-1</snapshotId><volumeId>vol-1</volumeId><status>completed</status><startTime>2026-10-01T00:00:00.000Z</startTime>
  <ownerId>123456789012</ownerId><volumeSize>100</volumeSize><encrypted>true</encrypted><storageTier>standard</storageTier>
  <fullSnapshotSizeInBytes>2147483648</fullSnapshotSizeInBytes>
  <tagSet><item><key>aws:dlm:lifecycle-policy-id</key><value>policy-1</value></item><item><key>owner</key><value>aki</value></item></tagSet></item>`
const archived = '<item><snapshotId>snap-2</snapshotId><volumeId>vol-ffffffff</volumeId><storageTier>archive</storageTier></item>'
const anothers = '<item><snapshotId>snap-3</snapshotId><ownerId>999999999999</ownerId></item>'

test('page after page of our own; which volume and how large, as far as it is told', async () => {
  const rows = await read({ DescribeSnapshots: [page(whole, 'more'), page(archived + anothers)] })
  expect(rows).toEqual([
    {
      ...{ arn: 'arn:aws:ec2:us-east-1::snapshot/snap-1', id: 'snap-1', owner: 'aki', volume: 'vol-1', volumeGiB: 100, storedGiB: 2 },
      ...{ encrypted: true, state: 'completed', archived: false, managedBy: 'Data Lifecycle Manager' },
      startedAt: Date.parse('2026-10-01T00:00:00Z'),
    },
    {
      ...{ arn: 'arn:aws:ec2:us-east-1::snapshot/snap-2', id: 'snap-2', volume: null, volumeGiB: 0, storedGiB: null },
      ...{ encrypted: false, state: '', archived: true, managedBy: null, startedAt: null },
    },
  ])
  expect(aws?.calls.map(({ input }) => [input['Owner.1'], input.MaxResults, input.NextToken])).toEqual([
    ['self', '1000', undefined],
    ['self', '1000', 'more'],
  ])
})

test('an empty region', async () => {
  expect(await read({ DescribeSnapshots: page('') })).toEqual([])
})

test('a refusal names the permission', async () => {
  await expect(read({ DescribeSnapshots: refused('UnauthorizedOperation', 'no', { xml: 'ec2' }) })).rejects.toMatchObject({
    ...{ code: 'aws-denied', details: { action: 'ec2:DescribeSnapshots' } },
  })
})
