import { CreateVolumeCommand, EC2Client } from '@aws-sdk/client-ec2'
import { ResourceGroupsTaggingAPIClient, TagResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { cost } from '../../guardians/cost/guardian.ts'
import { spanAt } from '../../guardians/inventory/costs.ts'
import { type Moto, motoAccount, openMoto } from './moto.ts'
import { foundBy, scanAt } from './scans.ts'

let moto: Moto
beforeAll(async () => {
  moto = await openMoto()
})
afterEach(() => moto.reset())
afterAll(() => moto?.close())

/** moto has no costs of its own; it answers what it was told. */
async function told(services: Record<string, { spent: number; before: number }>): Promise<void> {
  const { from, beforeFrom } = spanAt(Date.now())
  const day = (at: number, of: 'spent' | 'before') => ({
    TimePeriod: { Start: new Date(at).toISOString().slice(0, 10), End: new Date(at + 86_400_000).toISOString().slice(0, 10) },
    Groups: Object.entries(services).map(([service, amounts]) => ({
      Keys: [service],
      Metrics: { UnblendedCost: { Amount: String(amounts[of]), Unit: 'USD' } },
    })),
  })
  const results = [{ ResultsByTime: [day(beforeFrom, 'before'), day(from, 'spent')] }]
  await fetch(`${moto.url}/moto-api/static/ce/cost-and-usage-results`, { method: 'POST', body: JSON.stringify({ results }) })
}

test('a service that costs more than in the same days of last month, asked for one cent', async () => {
  await told({
    'Amazon EC2': { spent: 130, before: 100 },
    'Amazon S3': { spent: 104, before: 100 },
    'AWS Lambda': { spent: 12, before: 0 },
  })
  const report = await scanAt(moto.url, [cost], { only: ['cost-anomaly'] })
  expect(foundBy(report, 'cost-anomaly')).toEqual({ 'Amazon EC2': 'grew', 'AWS Lambda': 'began' })
  expect(report.findings.find(({ name }) => name === 'Amazon EC2')).toMatchObject({
    ...{ account: motoAccount, region: 'global', evidence: { spent: 130, before: 100, delta: 30, percent: 30 } },
    savings: null,
  })
  expect(report.coverage).toMatchObject([{ region: 'global', looked: 3, passed: 1, failed: 2, complete: true }])
  expect(report.cost).toMatchObject({ calls: 1, usd: 0.01 })
})

test('resources without an owner, until they have one', async () => {
  const ec2 = moto.client(EC2Client)
  const volume = await ec2.send(
    new CreateVolumeCommand({
      ...{ AvailabilityZone: 'us-east-1a', Size: 1 },
      TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'Name', Value: 'data' }] }],
    }),
  )
  await moto.client(SQSClient).send(new CreateQueueCommand({ QueueName: 'owned', tags: { Team: 'shop' } }))
  const scan = () => scanAt(moto.url, [cost], { only: ['cost-owner-missing'] })
  const report = await scan()
  expect(report.findings).toMatchObject([{ name: 'data', reason: 'nobody', evidence: { type: 'ec2:volume', tags: 1 } }])
  expect(report.coverage).toMatchObject([{ looked: 2, passed: 1 }])

  const ResourceARNList = [`arn:aws:ec2:us-east-1:${motoAccount}:volume/${volume.VolumeId}`]
  await moto.client(ResourceGroupsTaggingAPIClient).send(new TagResourcesCommand({ ResourceARNList, Tags: { owner: 'aki' } }))
  expect(foundBy(await scan(), 'cost-owner-missing')).toEqual({})
})
