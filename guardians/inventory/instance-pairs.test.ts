import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { instancePairs } from './instance-pairs.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const read = async (answers: Answers) => {
  aws = await openRecorded(answers)
  return readAll(instancePairs, sourcesThrough(accessTo(aws.url), aws.url))
}
const page = (items: string, next = '') =>
  `<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r-1</requestId><reservationSet>${items}</reservationSet>${next && `<nextToken>${next}</nextToken>`}</DescribeInstancesResponse>`
const instance = (id: string, pair: string, state: string, zone = '', more = '') =>
  `<item><instancesSet><item><instanceId>${id}</instanceId><instanceState><code>16</code><name>${state}</name></instanceState>${zone && `<placement><availabilityZone>${zone}</availabilityZone></placement>`}<tagSet><item><key>jidoka:pair</key><value>${pair}</value></item>${more}</tagSet></item></instancesSet></item>`

test('pairs whose instances lie on two pages', async () => {
  const rows = await read({
    DescribeInstances: [
      page(instance('i-1', 'orders', 'running', 'us-east-1a', '<item><key>owner</key><value>shop</value></item>'), 'more'),
      page(`${instance('i-2', 'mails', 'running', 'us-east-1a')}${instance('i-3', 'orders', 'stopped')}`),
    ],
  })
  expect(rows).toEqual([
    {
      ...{ arn: 'platform:instance-pair/orders', name: 'orders', pair: 'orders', owner: 'shop' },
      members: [
        { id: 'i-1', state: 'running', zone: 'us-east-1a' },
        { id: 'i-3', state: 'stopped', zone: null },
      ],
    },
    { arn: 'platform:instance-pair/mails', name: 'mails', pair: 'mails', members: [{ id: 'i-2', state: 'running', zone: 'us-east-1a' }] },
  ])
  expect(aws?.calls.map(({ input }) => [input['Filter.1.Name'], input['Filter.1.Value.1'], input.NextToken])).toEqual([
    ['tag-key', 'jidoka:pair', undefined],
    ['tag-key', 'jidoka:pair', 'more'],
  ])
})

test('an empty region', async () => {
  expect(await read({ DescribeInstances: page('') })).toEqual([])
})

test('a refusal names the permission', async () => {
  await expect(read({ DescribeInstances: refused('UnauthorizedOperation', 'no', { xml: 'ec2' }) })).rejects.toMatchObject({
    details: { action: 'ec2:DescribeInstances' },
  })
})
