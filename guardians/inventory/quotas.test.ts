import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, type RecordedCall, refused } from '../../test/aws/recorded.ts'
import { readAll, testTarget } from '../../test/aws/sources.ts'
import { quotas } from './quotas.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
async function read(answers: Answers, region = testTarget.region) {
  aws = await openRecorded(answers)
  return readAll(quotas, sourcesThrough(accessTo(aws.url), aws.url, { target: { ...testTarget, region } }))
}

const vcpu = { Type: 'Resource', Resource: 'vCPU', Service: 'EC2', Class: 'Standard/OnDemand' }
const metric = (MetricName: string, MetricDimensions: object, MetricNamespace = 'AWS/Usage') => ({
  UsageMetric: { MetricNamespace, MetricName, MetricDimensions, MetricStatisticRecommendation: 'Maximum' },
})
const quota = (ServiceCode: string, QuotaCode: string, Value: number, more: object) => ({
  ...{ ServiceCode, QuotaCode, Value, QuotaName: `${ServiceCode} ${QuotaCode}`, Adjustable: true, GlobalQuota: false },
  ...more,
})
const list = (Quotas: object[], NextToken?: string) => JSON.stringify({ Quotas, NextToken })
const nothing = list([])
/** Answers for one service; the others have no quotas. */
const of = (service: string, answer: (call: RecordedCall) => string) => (call: RecordedCall) =>
  call.input.ServiceCode === service ? answer(call) : nothing

const ec2 = quota('ec2', 'L-1216C47A', 5, metric('ResourceCount', vcpu))
const expected = {
  ...{ arn: 'arn:aws:servicequotas:us-east-1:123456789012:ec2/L-1216C47A', name: 'ec2 L-1216C47A', service: 'ec2', code: 'L-1216C47A' },
  ...{ limit: 64, defaultLimit: 5, perS: 0, metric: { use: 'resources', dimensions: vcpu } },
}

test('what is applied counts, beside what everybody gets', async () => {
  const rows = await read({
    ListAWSDefaultServiceQuotas: of('ec2', () => list([ec2])),
    ListServiceQuotas: of('ec2', () => list([{ ...ec2, Value: 64 }])),
  })
  expect(rows).toEqual([expected])
})

test('page after page of both lists; a quota that nobody changed is in one of them alone', async () => {
  const eips = quota('ec2', 'L-0263D0A3', 5, metric('ResourceCount', { Resource: 'eip' }))
  const rows = await read({
    ListAWSDefaultServiceQuotas: of('ec2', ({ input }) => (input.NextToken ? list([eips]) : list([ec2], 'more'))),
    ListServiceQuotas: of('ec2', ({ input }) => (input.NextToken ? list([{ ...ec2, Value: 64 }]) : list([], 'more'))),
  })
  expect(rows.map(({ code, limit, defaultLimit }) => [code, limit, defaultLimit])).toEqual([
    ['L-1216C47A', 64, 5],
    ['L-0263D0A3', 5, 5],
  ])
})

test('rates, with their period; concurrent executions; of the rest nobody could tell the use', async () => {
  const second = { Period: { PeriodValue: 1, PeriodUnit: 'SECOND' } }
  const calls = metric('CallCount', { Type: 'API', Resource: 'Encrypt' })
  const rows = await read({
    ListAWSDefaultServiceQuotas: nothing,
    ListServiceQuotas: ({ input }) => {
      if (input.ServiceCode === 'lambda')
        return list([quota('lambda', 'L-B99A9384', 1000, metric('ConcurrentExecutions', {}, 'AWS/Lambda'))])
      if (input.ServiceCode !== 'kms') return nothing
      return list([
        quota('kms', 'rate', 10_000, { ...calls, ...second }),
        quota('kms', 'by-minute', 600, { ...calls, Period: { PeriodValue: 1, PeriodUnit: 'MINUTE' } }),
        quota('kms', 'rate-without-period', 10, calls),
        quota('kms', 'not-told-by-cloudwatch', 10, {}),
        quota('kms', 'told-elsewhere', 10, metric('Bytes', {}, 'AWS/EFS')),
        quota('kms', 'nothing-allowed', 0, metric('ResourceCount', {})),
      ])
    },
  })
  expect(rows.map(({ code, perS, defaultLimit, metric: { use } }) => [code, use, perS, defaultLimit])).toEqual([
    ['L-B99A9384', 'executions', 0, null],
    ['rate', 'calls', 1, null],
    ['by-minute', 'calls', 60, null],
  ])
})

test('what belongs to the account as a whole is told in its home region alone', async () => {
  const roles = quota('iam', 'L-FE177D64', 1000, { ...metric('ResourceCount', { Resource: 'Roles' }), GlobalQuota: true })
  const answers = { ListAWSDefaultServiceQuotas: nothing, ListServiceQuotas: of('iam', () => list([roles])) }
  expect(await read(answers)).toHaveLength(1)
  await aws?.close()
  expect(await read(answers, 'eu-central-1')).toEqual([])
})

test('a service that a region does not know is passed over', async () => {
  const unknownThere = (answer: string) => (call: RecordedCall) =>
    call.input.ServiceCode === 'ec2' ? answer : { status: 400, body: '{"__type":"NoSuchResourceException","Message":"no such service"}' }
  const rows = await read({
    ListAWSDefaultServiceQuotas: unknownThere(list([ec2])),
    ListServiceQuotas: unknownThere(list([{ ...ec2, Value: 64 }])),
  })
  expect(rows).toEqual([expected])
})

test('a token that repeats itself ends a list; a refusal goes through', async () => {
  const again = { ListAWSDefaultServiceQuotas: nothing, ListServiceQuotas: of('ec2', () => list([ec2], 'again')) }
  expect(await read(again)).toHaveLength(1)
  await aws?.close()
  await expect(read({ ListAWSDefaultServiceQuotas: refused('AccessDeniedException', 'no', { status: 400 }) })).rejects.toMatchObject({
    code: 'aws-denied',
  })
})

test('a token of another release begins anew, and comes to an end', async () => {
  aws = await openRecorded({ ListAWSDefaultServiceQuotas: nothing, ListServiceQuotas: nothing })
  const page = await quotas.page(sourcesThrough(accessTo(aws.url), aws.url), 'a-service-that-is-no-more')
  expect(page).toEqual({ rows: [], next: 'ec2' })
})
