import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { natGateways } from './nat-gateways.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const read = async (answers: Answers) => {
  aws = await openRecorded(answers)
  return readAll(natGateways, sourcesThrough(accessTo(aws.url), aws.url))
}
const page = (items: string, next = '') =>
  `<DescribeNatGatewaysResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r-1</requestId><natGatewaySet>${items}</natGatewaySet>${next && `<nextToken>${next}</nextToken>`}</DescribeNatGatewaysResponse>`

const whole = `<item><natGatewayId>nat-1</natGatewayId><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId><state>available</state>
  <createTime>2026-10-01T00:00:00.000Z</createTime><tagSet><item><key>Name</key><value>egress</value></item></tagSet></item>`

test('page after page', async () => {
  const rows = await read({
    DescribeNatGateways: [page(whole, 'more'), page('<item><natGatewayId>nat-2</natGatewayId><state>deleted</state></item>')],
  })
  const arn = 'arn:aws:ec2:us-east-1:123456789012:natgateway'
  expect(rows).toEqual([
    {
      ...{ arn: `${arn}/nat-1`, id: 'nat-1', name: 'egress', state: 'available', subnet: 'subnet-1', vpc: 'vpc-1' },
      createdAt: Date.parse('2026-10-01T00:00:00Z'),
    },
    { arn: `${arn}/nat-2`, id: 'nat-2', state: 'deleted', subnet: null, vpc: null, createdAt: null },
  ])
  expect(aws?.calls.at(-1)?.input).toMatchObject({ MaxResults: '1000', NextToken: 'more' })
})

test('an empty region', async () => {
  expect(await read({ DescribeNatGateways: page('') })).toEqual([])
})

test('a refusal names the permission', async () => {
  await expect(read({ DescribeNatGateways: refused('UnauthorizedOperation', 'no', { xml: 'ec2' }) })).rejects.toMatchObject({
    ...{ code: 'aws-denied', details: { action: 'ec2:DescribeNatGateways' } },
  })
})
