import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { type PublicSnapshot, publicSnapshots, snapshotIsPublic } from './public-snapshots.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const read = async (answers: Answers) => {
  aws = await openRecorded(answers)
  return readAll(publicSnapshots, sourcesThrough(accessTo(aws.url), aws.url))
}
const page = (items: string, next = '') =>
  `<DescribeSnapshotsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r-1</requestId><snapshotSet>${items}</snapshotSet>${next && `<nextToken>${next}</nextToken>`}</DescribeSnapshotsResponse>`

test('only own ones that everybody may restore are asked for, page after page', async () => {
  const rows = await read({
    DescribeSnapshots: [
      page(
        '<item><snapshotId>snap-1</snapshotId><volumeId>vol-1</volumeId><volumeSize>8</volumeSize><startTime>2026-10-01T00:00:00.000Z</startTime><tagSet><item><key>Name</key><value>data</value></item><item><key>team</key><value>shop</value></item></tagSet></item>',
        'more',
      ),
      page('<item><snapshotId>snap-2</snapshotId></item>'),
    ],
  })
  expect(rows).toEqual([
    {
      ...{ arn: 'arn:aws:ec2:us-east-1::snapshot/snap-1', id: 'snap-1', name: 'data', owner: 'shop', volume: 'vol-1', sizeGiB: 8 },
      startedAt: Date.UTC(2026, 9, 1),
    },
    { arn: 'arn:aws:ec2:us-east-1::snapshot/snap-2', id: 'snap-2', volume: null, sizeGiB: 0, startedAt: null },
  ])
  expect(aws?.calls.map(({ input: { 'Owner.1': owner, 'RestorableBy.1': by, NextToken } }) => [owner, by, NextToken])).toEqual([
    ['self', 'all', undefined],
    ['self', 'all', 'more'],
  ])
})

test('a region without one', async () => {
  expect(await read({ DescribeSnapshots: page('') })).toEqual([])
})

test('a refusal names the permission', async () => {
  await expect(read({ DescribeSnapshots: refused('UnauthorizedOperation', 'no', { xml: 'ec2' }) })).rejects.toMatchObject({
    details: { action: 'ec2:DescribeSnapshots' },
  })
})

test('by its own word', async () => {
  const said = (permission: string) =>
    `<DescribeSnapshotAttributeResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><snapshotId>snap-1</snapshotId><createVolumePermission>${permission}</createVolumePermission></DescribeSnapshotAttributeResponse>`
  const row = { arn: 'arn:snap-1', id: 'snap-1' } as PublicSnapshot
  const ask = async (answer: Answers[string]) => {
    await aws?.close()
    aws = await openRecorded({ DescribeSnapshotAttribute: answer })
    return (await snapshotIsPublic.get(sourcesThrough(accessTo(aws.url), aws.url), [row])).get(row.arn)
  }
  expect(await ask(said('<item><userId>210987654321</userId></item><item><group>all</group></item>'))).toBe(true)
  expect(await ask(said('<item><userId>210987654321</userId></item>'))).toBe(false)
  await expect(ask(refused('UnauthorizedOperation', 'no', { xml: 'ec2' }))).rejects.toMatchObject({
    details: { action: 'ec2:DescribeSnapshotAttribute' },
  })
})
