import { expect, test } from 'vitest'
import { actionOf, dollarsOf } from './calls.ts'
import { openLedger } from './ledger.ts'
import { limitOf } from './limits.ts'

test('an operation is called as a policy calls it', () => {
  expect(actionOf('EC2Client', 'DescribeVolumesCommand')).toBe('ec2:DescribeVolumes')
  expect(actionOf('S3Client', 'ListBucketsCommand')).toBe('s3:ListAllMyBuckets')
  expect(actionOf('S3ControlClient', 'GetPublicAccessBlockCommand')).toBe('s3:GetAccountPublicAccessBlock')
  expect(actionOf('OpenSearchClient', 'ListDomainNamesCommand')).toBe('es:ListDomainNames')
  expect(actionOf('BrandNewClient', 'ListThingsCommand')).toBe('brandnew:ListThings')
})

test('what a call costs', () => {
  const queries = Array.from({ length: 500 }, () => ({}))
  expect(dollarsOf('cloudwatch:GetMetricData', { input: { MetricDataQueries: queries }, output: {} })).toBeCloseTo(0.005)
  expect(dollarsOf('ce:GetCostAndUsage', { input: {}, output: {} })).toBe(0.01)
  const output = { status: 'Complete', statistics: { bytesScanned: 2 * 2 ** 30 } }
  expect(dollarsOf('logs:GetQueryResults', { input: {}, output })).toBeCloseTo(0.01)
  expect(dollarsOf('logs:GetQueryResults', { input: {}, output: { ...output, status: 'Running' } })).toBe(0)
  const query = { Status: { State: 'SUCCEEDED' }, Statistics: { DataScannedInBytes: 2 ** 40 } }
  expect(dollarsOf('athena:GetQueryExecution', { input: {}, output: { QueryExecution: query } })).toBe(5)
  expect(dollarsOf('ec2:DescribeVolumes', { input: {}, output: {} })).toBe(0)
})

test('calls that share a bucket share its name; what is not published is asked slowly', () => {
  expect(limitOf('lambda:ListFunctions')).toEqual(limitOf('lambda:GetAccountSettings'))
  expect(limitOf('ec2:DescribeVolumes')).toMatchObject({ api: 'ec2 (describe)', perSecond: 20, burst: 100 })
  expect(limitOf('es:ListDomainNames')).toMatchObject({ api: 'es', perSecond: 10, source: 'ours' })
  expect(limitOf('es:ListDomainNames', { es: { perSecond: 1, burst: 1 } })).toMatchObject({ perSecond: 1, source: 'configured' })
})

test('the ledger tells calls, refusals, dollars, and the share of what AWS allows; from a moment on', () => {
  const ledger = openLedger()
  ledger.add('logs:DescribeLogGroups', 'a|x', { calls: 5 })
  const before = ledger.tally()
  for (const place of ['a|x', 'b|x']) ledger.add('logs:DescribeLogGroups', place, { calls: 10, throttled: 1 })
  ledger.add('cloudwatch:GetMetricData', 'a|x', { calls: 1, usd: 0.005 })
  expect(ledger.cost(3_000, before)).toEqual({
    ...{ calls: 21, usd: 0.005 },
    byCall: [
      // Two places, each 5 at once and 5 in each of 3 seconds.
      { call: 'logs:DescribeLogGroups', calls: 20, throttled: 2, denied: 0, usd: 0, share: 0.5 },
      { call: 'cloudwatch:GetMetricData', calls: 1, throttled: 0, denied: 0, usd: 0.005, share: 0.005 },
    ],
  })
})
