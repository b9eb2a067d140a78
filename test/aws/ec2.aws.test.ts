import {
  type _InstanceType,
  DescribeImagesCommand,
  EC2Client,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { ec2 as guardian } from '../../guardians/ec2/guardian.ts'
import type { ScanOptions } from '../../guardians/scan/scan.ts'
import { measure } from './measure.ts'
import { type Moto, openMoto } from './moto.ts'
import { foundBy, scanAt } from './scans.ts'

let moto: Moto
let ec2: EC2Client
let image: string
beforeAll(async () => {
  moto = await openMoto()
  ec2 = moto.client(EC2Client)
  image = (await ec2.send(new DescribeImagesCommand({ Owners: ['amazon'] }))).Images?.[0]?.ImageId as string
})
afterEach(() => moto.reset())
afterAll(() => moto?.close())

const dayMs = 86_400_000
/** Moto starts them now: a scan so many days later finds them old enough. */
const inDays = (days: number) => Date.now() + days * dayMs

async function instance(name: string, InstanceType: _InstanceType = 'm5.large'): Promise<string> {
  const Tags = [
    { Key: 'Name', Value: name },
    { Key: 'owner', Value: 'aki' },
  ]
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ...{ ImageId: image, InstanceType, MinCount: 1, MaxCount: 1, TagSpecifications: [{ ResourceType: 'instance', Tags }] },
    }),
  )
  return Instances?.[0]?.InstanceId as string
}

/** As EC2 would write it on each of the last `days` full days before `now`. */
async function lived(id: string, now: number, days: number, of: { cpu: number; networkMB?: number }) {
  const lastMidnight = Math.floor(now / dayMs) * dayMs
  const moments = Array.from({ length: days }, (_, day) => lastMidnight - day * dayMs - dayMs / 2)
  for (const at of moments) {
    await measure(moto, ['AWS/EC2', 'CPUUtilization'], { InstanceId: id }, of.cpu, at)
    if (of.networkMB === undefined) continue
    await measure(moto, ['AWS/EC2', 'NetworkIn'], { InstanceId: id }, (of.networkMB * 1_000_000) / 2, at)
    await measure(moto, ['AWS/EC2', 'NetworkOut'], { InstanceId: id }, (of.networkMB * 1_000_000) / 2, at)
  }
}
const scanFor = async (check: string, now: number, over: Partial<ScanOptions> = {}) =>
  scanAt(moto.url, [guardian], { only: [check], now, ...over })

test('instances that do next to nothing, and those that do much with little CPU', async () => {
  const now = inDays(30)
  await lived(await instance('idle', 'm5.xlarge'), now, 14, { cpu: 2, networkMB: 1 })
  await lived(await instance('idle-four-days'), now, 4, { cpu: 2, networkMB: 1 })
  await lived(await instance('idle-three-days'), now, 3, { cpu: 2, networkMB: 1 })
  await lived(await instance('proxy'), now, 14, { cpu: 2, networkMB: 900 })
  await lived(await instance('worker'), now, 14, { cpu: 70, networkMB: 1 })
  const report = await scanFor('ec2-low-use', now)
  expect(report.unknown).toEqual([])
  expect(foundBy(report, 'ec2-low-use')).toEqual({ idle: 'low-use', 'idle-four-days': 'low-use' })
  expect(report.findings.find(({ name }) => name === 'idle')).toMatchObject({
    ...{ owner: 'aki', savings: { usdPerMonth: 140.16 } },
    evidence: { lowDays: 14, judgedDays: 14, averageCpuPercent: 2, averageNetworkMB: 1 },
  })
  // Younger than the window: nothing is asked.
  const young = await scanFor('ec2-low-use', inDays(10))
  expect(young.findings).toEqual([])
  expect(young.cost.byCall.map(({ call }) => call)).not.toContain('cloudwatch:GetMetricData')
})

test('what nobody measured is neither idle nor busy', async () => {
  const id = await instance('unmeasured')
  const report = await scanFor('ec2-low-use', inDays(30))
  expect(report.findings).toEqual([])
  expect(report.unknown).toMatchObject([{ missing: expect.stringMatching(/^no datapoints: AWS\/EC2/), resources: 1 }])
  expect(report.undecided[0]?.resources[0]).toContain(id)
})

test('instances at their limit', async () => {
  const now = inDays(30)
  await lived(await instance('hot'), now, 4, { cpu: 96 })
  await lived(await instance('hot-three-days'), now, 3, { cpu: 96 })
  await lived(await instance('warm'), now, 14, { cpu: 80 })
  const report = await scanFor('ec2-hot', now)
  expect(foundBy(report, 'ec2-hot')).toEqual({ hot: 'hot' })
  expect(report.findings).toMatchObject([{ severity: 'high', evidence: { hotDays: 4, highestCpuPercent: 96 } }])
  const stricter = { 'ec2-hot': { off: false, options: { minCpuPercent: 75 } } }
  expect(foundBy(await scanFor('ec2-hot', now, { overrides: stricter }), 'ec2-hot')).toEqual({ hot: 'hot', warm: 'hot' })
})

test('instances stopped and forgotten, until somebody starts them', async () => {
  const forgotten = await instance('forgotten')
  await instance('running')
  await ec2.send(new StopInstancesCommand({ InstanceIds: [forgotten] }))
  expect((await scanFor('ec2-stopped', inDays(29))).findings).toEqual([])
  const report = await scanFor('ec2-stopped', inDays(31))
  expect(report.unknown).toEqual([])
  // Its root disk is of moto: 8 GiB of gp2.
  expect(report.findings).toMatchObject([
    { name: 'forgotten', reason: 'stopped', evidence: { days: 31, disksGiB: 8 }, savings: { usdPerMonth: 0.8 } },
  ])
  await ec2.send(new StartInstancesCommand({ InstanceIds: [forgotten] }))
  expect((await scanFor('ec2-stopped', inDays(31))).findings).toEqual([])
})

test('an empty region', async () => {
  const report = await scanAt(moto.url, [guardian])
  expect({ findings: report.findings, unknown: report.unknown }).toEqual({ findings: [], unknown: [] })
})
