import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { instances } from './instances.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const read = async (answers: Answers) => {
  aws = await openRecorded(answers)
  return readAll(instances, sourcesThrough(accessTo(aws.url), aws.url))
}
const page = (items: string, next = '') =>
  `<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r-1</requestId><reservationSet>${items}</reservationSet>${next && `<nextToken>${next}</nextToken>`}</DescribeInstancesResponse>`

const reservation = (...items: string[]) =>
  `<item><reservationId>r-1</reservationId><instancesSet>${items.map((item) => `<item>${item}</item>`).join('')}</instancesSet></item>`
const state = (name: string) => `<instanceState><code>80</code><name>${name}</name></instanceState>`
const whole = `<instanceId>i-1</instanceId><imageId>ami-1</imageId>${state('stopped')}<reason>User initiated (2026-10-05 08:15:00 GMT)</reason>
  <instanceType>m5.large</instanceType><launchTime>2026-10-01T00:00:00.000Z</launchTime><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId>
  <placement><availabilityZone>us-east-1a</availabilityZone><tenancy>default</tenancy></placement><platformDetails>Linux/UNIX</platformDetails>
  <tagSet><item><key>Name</key><value>web</value></item><item><key>aws:autoscaling:groupName</key><value>web-asg</value></item></tagSet>`

test('page after page, out of their reservations, without those that are no more', async () => {
  const rows = await read({
    DescribeInstances: [
      page(reservation(whole, `<instanceId>i-2</instanceId>${state('terminated')}`), 'more'),
      // Pages may be empty, and go on.
      page('', 'still-more'),
      page(reservation(`<instanceId>i-3</instanceId>${state('stopped')}`)),
    ],
  })
  expect(rows).toMatchObject([
    {
      ...{ arn: 'arn:aws:ec2:us-east-1:123456789012:instance/i-1', id: 'i-1', name: 'web', type: 'm5.large', state: 'stopped' },
      ...{ launchedAt: Date.parse('2026-10-01T00:00:00Z'), stoppedAt: Date.parse('2026-10-05T08:15:00Z'), image: 'ami-1' },
      ...{ zone: 'us-east-1a', subnet: 'subnet-1', vpc: 'vpc-1', listPriced: true, group: 'web-asg' },
    },
    { id: 'i-3', type: '', launchedAt: null, stoppedAt: null, image: null, zone: null, subnet: null, vpc: null, group: null },
  ])
  expect(aws?.calls.map(({ input }) => input.NextToken)).toEqual([undefined, 'more', 'still-more'])
})

test.each([
  ['spot', '<instanceLifecycle>spot</instanceLifecycle>'],
  ['Windows', '<platformDetails>Windows</platformDetails>'],
  ['hardware of one’s own', '<placement><tenancy>dedicated</tenancy></placement>'],
])('%s has another price than the list’s', async (_, field) => {
  const [row] = await read({ DescribeInstances: page(reservation(`<instanceId>i-1</instanceId>${state('running')}${field}`)) })
  expect(row?.listPriced).toBe(false)
})

test.each([
  ['User initiated (2026-10-05 08:15:00 GMT)', Date.parse('2026-10-05T08:15:00Z')],
  ['User initiated (2026-10-05 08:15:00 UTC)', Date.parse('2026-10-05T08:15:00Z')],
  ['Client.InstanceInitiatedShutdown: Instance initiated shutdown', null],
  ['', null],
])('stopped, it says %j', async (reason, at) => {
  const answer = page(reservation(`<instanceId>i-1</instanceId>${state('stopped')}<reason>${reason}</reason>`))
  expect((await read({ DescribeInstances: answer }))[0]?.stoppedAt).toBe(at)
})

test('one that runs again is not stopped, whatever its last reason', async () => {
  const again = `<instanceId>i-1</instanceId>${state('running')}<reason>User initiated (2026-10-05 08:15:00 GMT)</reason>`
  expect((await read({ DescribeInstances: page(reservation(again)) }))[0]?.stoppedAt).toBeNull()
})

test('an empty region', async () => {
  expect(await read({ DescribeInstances: page('') })).toEqual([])
})

test('a refusal names the permission', async () => {
  await expect(read({ DescribeInstances: refused('UnauthorizedOperation', 'no', { xml: 'ec2' }) })).rejects.toMatchObject({
    ...{ code: 'aws-denied', details: { action: 'ec2:DescribeInstances' } },
  })
})
