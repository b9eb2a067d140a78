import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogsClient, CreateLogGroupCommand, PutRetentionPolicyCommand } from '@aws-sdk/client-cloudwatch-logs'
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { logs } from '../../guardians/logs/guardian.ts'
import { dayMs } from '../../guardians/resource.ts'
import { type Moto, openMoto } from './moto.ts'
import { foundBy, scanAt } from './scans.ts'

let moto: Moto
beforeAll(async () => {
  moto = await openMoto()
})
afterAll(() => moto?.close())

// Moto pages log groups, and has neither classes nor deletion protection: see guardians/inventory/log-groups.test.ts.
test('log groups as moto has them: kept for ever, too short for an audit, silent, left behind', async () => {
  const client = moto.client(CloudWatchLogsClient)
  const groups: Record<string, number | null> = {
    ...{ 'app/for-ever': null, 'app/month': 30, 'trail/audit-short': 90, 'trail/audit-year': 365 },
    ...{
      '/aws/lambda/orders': 30,
      '/aws/lambda/deleted': 30,
      '/aws/lambda/us-east-1.deleted-edge': 30,
      '/aws/lambda/us-east-1.orders': 30,
    },
    ...Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`filler/${index}`, 7])),
  }
  for (const [logGroupName, retentionInDays] of Object.entries(groups)) {
    await client.send(new CreateLogGroupCommand({ logGroupName }))
    if (retentionInDays !== null) await client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays }))
  }
  await makeFunction('orders')
  // A hundred days from now they are old enough to be judged.
  const now = Math.floor(Date.now() / dayMs) * dayMs + 100 * dayMs
  const heard = Object.keys(groups).filter((name) => name !== 'app/month')
  await moto.client(CloudWatchClient).send(
    new PutMetricDataCommand({
      Namespace: 'AWS/Logs',
      MetricData: heard.map((name) => ({
        ...{ MetricName: 'IncomingBytes', Value: 10, Timestamp: new Date(now - 40 * dayMs) },
        Dimensions: [{ Name: 'LogGroupName', Value: name }],
      })),
    }),
  )

  const report = await scanAt(moto.url, [logs], { now })
  expect(report.unknown).toEqual([])
  expect(foundBy(report, 'logs-no-retention')).toEqual({ 'app/for-ever': 'never-expires', 'trail/audit-short': 'too-short-for-audit' })
  expect(foundBy(report, 'logs-stale')).toEqual({ 'app/month': 'stale' })
  expect(foundBy(report, 'logs-orphan')).toEqual({ '/aws/lambda/deleted': 'orphan', '/aws/lambda/us-east-1.deleted-edge': 'orphan' })
  const count = Object.keys(groups).length
  expect(report.coverage.map(({ check, looked, complete }) => [check, looked, complete])).toEqual(
    expect.arrayContaining(['logs-no-retention', 'logs-stale', 'logs-orphan'].map((check) => [check, count, true])),
  )
  const asked = Object.fromEntries(report.cost.byCall.map(({ call, calls }) => [call, calls]))
  expect(asked['cloudwatch:GetMetricData']).toBeLessThanOrEqual(2)
})

async function makeFunction(name: string): Promise<void> {
  const { Role } = await moto
    .client(IAMClient)
    .send(new CreateRoleCommand({ RoleName: `role-${name}`, AssumeRolePolicyDocument: '{"Version":"2012-10-17","Statement":[]}' }))
  await moto.client(LambdaClient).send(
    new CreateFunctionCommand({
      ...{ FunctionName: name, Runtime: 'nodejs24.x', Handler: 'index.handler', Role: Role?.Arn },
      Code: { ZipFile: Buffer.from('UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==', 'base64') },
    }),
  )
}
