import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { subnets } from './subnets.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const read = async (answers: Answers) => {
  aws = await openRecorded(answers)
  return readAll(subnets, sourcesThrough(accessTo(aws.url), aws.url))
}
const page = (items: string, next = '') =>
  `<DescribeSubnetsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r-1</requestId><subnetSet>${items}</subnetSet>${next && `<nextToken>${next}</nextToken>`}</DescribeSubnetsResponse>`

test('page after page; one that another account shares keeps its own ARN', async () => {
  const shared = 'arn:aws:ec2:us-east-1:999999999999:subnet/subnet-1'
  const rows = await read({
    DescribeSubnets: [
      page(
        `<item><subnetId>subnet-1</subnetId><subnetArn>${shared}</subnetArn><availabilityZone>us-east-1a</availabilityZone><tagSet><item><key>Name</key><value>app</value></item></tagSet></item>`,
        'more',
      ),
      page('<item><subnetId>subnet-2</subnetId></item>'),
    ],
  })
  expect(rows).toEqual([
    { arn: shared, id: 'subnet-1', zone: 'us-east-1a', name: 'app' },
    { arn: 'arn:aws:ec2:us-east-1:123456789012:subnet/subnet-2', id: 'subnet-2', zone: '' },
  ])
})

test('an empty region', async () => {
  expect(await read({ DescribeSubnets: page('') })).toEqual([])
})

test('a refusal names the permission', async () => {
  await expect(read({ DescribeSubnets: refused('UnauthorizedOperation', 'no', { xml: 'ec2' }) })).rejects.toMatchObject({
    ...{ code: 'aws-denied', details: { action: 'ec2:DescribeSubnets' } },
  })
})
