import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { securityGroups } from './security-groups.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const read = async (answers: Answers) => {
  aws = await openRecorded(answers)
  return readAll(securityGroups, sourcesThrough(accessTo(aws.url), aws.url))
}
const page = (items: string, next = '') =>
  `<DescribeSecurityGroupsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r-1</requestId><securityGroupInfo>${items}</securityGroupInfo>${next && `<nextToken>${next}</nextToken>`}</DescribeSecurityGroupsResponse>`

const whole = `<item><ownerId>123456789012</ownerId><groupId>sg-1</groupId><groupName>web</groupName><vpcId>vpc-1</vpcId>
  <ipPermissions>
    <item><ipProtocol>tcp</ipProtocol><fromPort>22</fromPort><toPort>22</toPort>
      <ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item><item><cidrIp>192.0.2.0/24</cidrIp></item></ipRanges>
      <ipv6Ranges><item><cidrIpv6>::/0</cidrIpv6></item></ipv6Ranges></item>
    <item><ipProtocol>-1</ipProtocol><groups><item><groupId>sg-1</groupId></item><item><groupId>sg-9</groupId></item></groups></item>
  </ipPermissions>
  <ipPermissionsEgress><item><ipProtocol>tcp</ipProtocol><fromPort>5432</fromPort><toPort>5432</toPort>
    <groups><item><groupId>sg-7</groupId></item></groups><ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges></item></ipPermissionsEgress>
  <tagSet><item><key>team</key><value>web</value></item></tagSet></item>`
const open =
  '<ipPermissions><item><ipProtocol>-1</ipProtocol><ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges></item></ipPermissions>'

test('page after page: what is open to anybody on the way in, and which other groups are named either way', async () => {
  const rows = await read({
    DescribeSecurityGroups: [page(whole, 'more'), page(`<item><groupId>sg-2</groupId><groupName>default</groupName>${open}</item>`)],
  })
  const arn = 'arn:aws:ec2:us-east-1:123456789012:security-group'
  expect(rows).toEqual([
    {
      ...{ arn: `${arn}/sg-1`, id: 'sg-1', name: 'web', owner: 'web', vpc: 'vpc-1', isDefault: false, names: ['sg-9', 'sg-7'] },
      open: [
        { protocol: 'tcp', fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' },
        { protocol: 'tcp', fromPort: 22, toPort: 22, cidr: '::/0' },
      ],
    },
    {
      ...{ arn: `${arn}/sg-2`, id: 'sg-2', name: 'default', vpc: null, isDefault: true, names: [] },
      open: [{ protocol: '-1', fromPort: -1, toPort: -1, cidr: '0.0.0.0/0' }],
    },
  ])
})

test('an empty region', async () => {
  expect(await read({ DescribeSecurityGroups: page('') })).toEqual([])
})

test('a refusal names the permission', async () => {
  await expect(read({ DescribeSecurityGroups: refused('UnauthorizedOperation', 'no', { xml: 'ec2' }) })).rejects.toMatchObject({
    ...{ code: 'aws-denied', details: { action: 'ec2:DescribeSecurityGroups' } },
  })
})
