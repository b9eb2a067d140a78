import { afterEach, expect, test } from 'vitest'
import { type Answers, openRecorded, type Recorded, type RecordedCall, refused } from '../../test/aws/recorded.ts'
import { scanAt } from '../../test/aws/scans.ts'
import { quota } from './guardian.ts'

/** Moto has no ListServiceQuotas: these are recorded answers, of Service Quotas and of CloudWatch. */

let aws: Recorded | undefined
afterEach(() => aws?.close())
const now = Date.parse('2026-11-21T06:30:00Z')
async function scanned(answers: Answers) {
  aws = await openRecorded(answers)
  return scanAt(aws.url, [quota], { now })
}

const listed = (service: string, quotas: object[]) => (call: RecordedCall) =>
  JSON.stringify({ Quotas: call.input.ServiceCode === service ? quotas : [] })
const vpcs = (Value: number) => ({
  ...{ ServiceCode: 'vpc', QuotaCode: 'L-F678F1CE', QuotaName: 'VPCs per Region', Value, GlobalQuota: false },
  UsageMetric: {
    ...{ MetricNamespace: 'AWS/Usage', MetricName: 'ResourceCount', MetricStatisticRecommendation: 'Maximum' },
    MetricDimensions: { Type: 'Resource', Service: 'VPC', Resource: 'VPCs', Class: 'None' },
  },
})

interface MetricDataInput {
  MetricDataQueries: { Id: string }[]
}
/** CloudWatch: one value, an hour and a half ago, for every query. */
const used = (value: number) => (call: RecordedCall) =>
  JSON.stringify({
    MetricDataResults: (call.input as unknown as MetricDataInput).MetricDataQueries.map(({ Id }) => ({
      ...{ Id, StatusCode: 'Complete', Timestamps: [Date.parse('2026-11-21T05:00:00Z') / 1000], Values: [value] },
    })),
  })
const account = (value: number): Answers => ({
  ListAWSDefaultServiceQuotas: listed('vpc', [vpcs(5)]),
  ListServiceQuotas: listed('vpc', [vpcs(20)]),
  GetMetricData: used(value),
})

test.each([
  [15, []],
  [16, [{ reason: 'near', severity: 'medium', evidence: { used: 16, limit: 20, percent: 80, defaultLimit: 5 } }]],
  [20, [{ reason: 'full', severity: 'high', evidence: { used: 20, percent: 100 } }]],
])('%d of 20 VPCs', async (value, findings) => {
  const report = await scanned(account(value))
  expect(report.findings).toMatchObject(findings)
  expect(report.unknown).toEqual([])
  expect(report.coverage).toMatchObject([{ check: 'quota-near', looked: 1, complete: true }])
  expect(aws?.calls.find(({ operation }) => operation === 'GetMetricData')?.input).toMatchObject({
    MetricDataQueries: [{ MetricStat: { Stat: 'Maximum', Period: 3600, Metric: { MetricName: 'ResourceCount' } } }],
  })
})

test('use that may not be asked for is unknown, and named', async () => {
  const report = await scanned({ ...account(20), GetMetricData: refused('AccessDenied') })
  expect(report.findings).toEqual([])
  expect(report.unknown).toMatchObject([{ check: 'quota-near', missing: 'cloudwatch:GetMetricData', resources: 1 }])
})

test('quotas that may not be listed: nothing is covered', async () => {
  const report = await scanned({ ...account(20), ListServiceQuotas: refused('AccessDeniedException', 'no', { status: 400 }) })
  expect(report.unknown).toMatchObject([{ missing: 'servicequotas:ListServiceQuotas', resources: null }])
  expect(report.coverage).toMatchObject([{ looked: 0, complete: false }])
})
