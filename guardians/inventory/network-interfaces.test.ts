import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { networkInterfaces } from './network-interfaces.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const read = async (answers: Answers) => {
  aws = await openRecorded(answers)
  return readAll(networkInterfaces, sourcesThrough(accessTo(aws.url), aws.url))
}
const page = (items: string, next = '') =>
  `<DescribeNetworkInterfacesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r-1</requestId><networkInterfaceSet>${items}</networkInterfaceSet>${next && `<nextToken>${next}</nextToken>`}</DescribeNetworkInterfacesResponse>`

const whole = `<item><networkInterfaceId>eni-1</networkInterfaceId><subnetId>subnet-1</subnetId><description>left behind</description>
  <requesterManaged>false</requesterManaged><status>available</status><interfaceType>interface</interfaceType>
  <groupSet><item><groupId>sg-1</groupId><groupName>web</groupName></item><item><groupId>sg-2</groupId><groupName>ssh</groupName></item></groupSet>
  <tagSet><item><key>owner</key><value>aki</value></item></tagSet></item>`

test('page after page; whose they are, by services or by people', async () => {
  const rows = await read({
    DescribeNetworkInterfaces: [
      page(whole, 'more'),
      page('<item><networkInterfaceId>eni-2</networkInterfaceId><requesterManaged>true</requesterManaged><status>in-use</status></item>'),
    ],
  })
  const arn = 'arn:aws:ec2:us-east-1:123456789012:network-interface'
  expect(rows).toEqual([
    {
      ...{ arn: `${arn}/eni-1`, id: 'eni-1', owner: 'aki', status: 'available', managed: false, kind: 'interface' },
      ...{ description: 'left behind', subnet: 'subnet-1', securityGroups: ['sg-1', 'sg-2'] },
    },
    {
      ...{ arn: `${arn}/eni-2`, id: 'eni-2', status: 'in-use', managed: true, kind: '' },
      ...{ description: '', subnet: null, securityGroups: [] },
    },
  ])
  expect(aws?.calls.map(({ input }) => [input.MaxResults, input.NextToken])).toEqual([
    ['1000', undefined],
    ['1000', 'more'],
  ])
})

test('an empty region', async () => {
  expect(await read({ DescribeNetworkInterfaces: page('') })).toEqual([])
})

test('a refusal names the permission', async () => {
  await expect(read({ DescribeNetworkInterfaces: refused('UnauthorizedOperation', 'no', { xml: 'ec2' }) })).rejects.toMatchObject({
    ...{ code: 'aws-denied', details: { action: 'ec2:DescribeNetworkInterfaces' } },
  })
})
