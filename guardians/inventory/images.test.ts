import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { images } from './images.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const read = async (answers: Answers) => {
  aws = await openRecorded(answers)
  return readAll(images, sourcesThrough(accessTo(aws.url), aws.url))
}
const page = (items: string, next = '') =>
  `<DescribeImagesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r-1</requestId><imagesSet>${items}</imagesSet>${next && `<nextToken>${next}</nextToken>`}</DescribeImagesResponse>`

const whole = `<item><imageId>ami-1</imageId><name>web-41</name><creationDate>2026-10-01T00:00:00.000Z</creationDate><isPublic>true</isPublic>
  <lastLaunchedTime>2026-11-01T00:00:00.000Z</lastLaunchedTime>
  <blockDeviceMapping><item><deviceName>/dev/sda1</deviceName><ebs><snapshotId>snap-1</snapshotId></ebs></item>
  <item><deviceName>/dev/sdb</deviceName><virtualName>ephemeral0</virtualName></item></blockDeviceMapping>
  <tagSet><item><key>team</key><value>web</value></item></tagSet></item>`

test('page after page of our own, disabled ones too', async () => {
  const rows = await read({
    DescribeImages: [page(whole, 'more'), page('<item><imageId>ami-2</imageId><creationDate>long ago</creationDate></item>')],
  })
  expect(rows).toEqual([
    {
      ...{ arn: 'arn:aws:ec2:us-east-1::image/ami-1', id: 'ami-1', name: 'web-41', owner: 'web', public: true, snapshots: ['snap-1'] },
      ...{ createdAt: Date.parse('2026-10-01T00:00:00Z'), lastLaunchedAt: Date.parse('2026-11-01T00:00:00Z') },
    },
    {
      ...{ arn: 'arn:aws:ec2:us-east-1::image/ami-2', id: 'ami-2', public: false, snapshots: [] },
      ...{ createdAt: null, lastLaunchedAt: null },
    },
  ])
  expect(aws?.calls.at(-1)?.input).toMatchObject({ 'Owner.1': 'self', IncludeDisabled: 'true', MaxResults: '1000', NextToken: 'more' })
})

test('an empty region', async () => {
  expect(await read({ DescribeImages: page('') })).toEqual([])
})

test('a refusal names the permission', async () => {
  await expect(read({ DescribeImages: refused('UnauthorizedOperation', 'no', { xml: 'ec2' }) })).rejects.toMatchObject({
    ...{ code: 'aws-denied', details: { action: 'ec2:DescribeImages' } },
  })
})
