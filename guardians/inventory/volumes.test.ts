import { afterEach, expect, test } from 'vitest'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll, sourcesAt } from '../../test/aws/sources.ts'
import { volumes } from './volumes.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const read = async (answers: Answers) => {
  aws = await openRecorded(answers)
  return readAll(volumes, sourcesAt(aws.url))
}

const page = (items: string, next = '') =>
  `<DescribeVolumesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r-1</requestId><volumeSet>${items}</volumeSet>${next && `<nextToken>${next}</nextToken>`}</DescribeVolumesResponse>`

const attached = `<item><volumeId>vol-1</volumeId><size>100</size><volumeType>gp3</volumeType><iops>3000</iops><encrypted>true</encrypted>
  <status>in-use</status><createTime>2026-10-01T00:00:00.000Z</createTime>
  <attachmentSet><item><instanceId>i-1</instanceId><status>attached</status><attachTime>2026-10-02T00:00:00.000Z</attachTime></item></attachmentSet>
  <tagSet><item><key>Name</key><value>data</value></item><item><key>Owner</key><value>team-dipper</value></item></tagSet></item>`

test('page after page, with what checks need and nothing else', async () => {
  const rows = await read({
    DescribeVolumes: [
      page(attached, 'more'),
      ({ input }) => page(`<item><volumeId>vol-2</volumeId><volumeType>${input.NextToken}</volumeType></item>`),
    ],
  })
  expect(rows).toEqual([
    {
      arn: 'arn:aws:ec2:us-east-1:123456789012:volume/vol-1',
      ...{ id: 'vol-1', name: 'data', owner: 'team-dipper', type: 'gp3', sizeGiB: 100, encrypted: true, instances: ['i-1'] },
      createdAt: Date.parse('2026-10-01T00:00:00Z'),
      ...{ attachedAt: Date.parse('2026-10-02T00:00:00Z'), iops: 3000 },
    },
    {
      arn: 'arn:aws:ec2:us-east-1:123456789012:volume/vol-2',
      ...{ id: 'vol-2', type: 'more', sizeGiB: 0, encrypted: false, createdAt: null, instances: [], attachedAt: null, iops: null },
    },
  ])
})

test('an empty region', async () => {
  expect(await read({ DescribeVolumes: page('') })).toEqual([])
})

test('a refusal goes through', async () => {
  await expect(read({ DescribeVolumes: refused('UnauthorizedOperation', 'no', { xml: 'ec2' }) })).rejects.toThrow()
})
