import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { addresses } from './addresses.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const read = async (answers: Answers) => {
  aws = await openRecorded(answers)
  return readAll(addresses, sourcesThrough(accessTo(aws.url), aws.url))
}
const page = (items: string) =>
  `<DescribeAddressesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r-1</requestId><addressesSet>${items}</addressesSet></DescribeAddressesResponse>`

const free = `<item><publicIp>203.0.113.7</publicIp><allocationId>eipalloc-1</allocationId><domain>vpc</domain><publicIpv4Pool>amazon</publicIpv4Pool>
  <tagSet><item><key>Name</key><value>vpn</value></item><item><key>owner</key><value>aki</value></item></tagSet></item>`
const used = '<item><publicIp>203.0.113.8</publicIp><allocationId>eipalloc-2</allocationId><associationId>eipassoc-1</associationId></item>'
const own =
  '<item><publicIp>198.51.100.1</publicIp><allocationId>eipalloc-3</allocationId><publicIpv4Pool>ipv4pool-ec2-1</publicIpv4Pool></item>'

test('all at once: the API has no pages', async () => {
  const arn = 'arn:aws:ec2:us-east-1:123456789012:elastic-ip'
  expect(await read({ DescribeAddresses: page(free + used + own) })).toEqual([
    { arn: `${arn}/eipalloc-1`, id: 'eipalloc-1', ip: '203.0.113.7', name: 'vpn', owner: 'aki', associated: false, ofAws: true },
    { arn: `${arn}/eipalloc-2`, id: 'eipalloc-2', ip: '203.0.113.8', associated: true, ofAws: true },
    { arn: `${arn}/eipalloc-3`, id: 'eipalloc-3', ip: '198.51.100.1', associated: false, ofAws: false },
  ])
})

test('an address of a carrier or of the days before VPC has its own kind of name', async () => {
  const classic = '<item><publicIp>203.0.113.9</publicIp><domain>standard</domain><instanceId>i-1</instanceId></item>'
  const rows = await read({ DescribeAddresses: page(classic) })
  expect(rows).toMatchObject([{ id: '203.0.113.9', associated: true }])
})

test('an empty region', async () => {
  expect(await read({ DescribeAddresses: page('') })).toEqual([])
})

test('a refusal names the permission', async () => {
  await expect(read({ DescribeAddresses: refused('UnauthorizedOperation', 'no', { xml: 'ec2' }) })).rejects.toMatchObject({
    ...{ code: 'aws-denied', details: { action: 'ec2:DescribeAddresses' } },
  })
})
