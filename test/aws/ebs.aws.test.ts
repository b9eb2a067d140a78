import {
  AttachVolumeCommand,
  CreateImageCommand,
  CreateLaunchTemplateCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DeleteVolumeCommand,
  DescribeImagesCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
  type VolumeType,
} from '@aws-sdk/client-ec2'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { ebs } from '../../guardians/ebs/guardian.ts'
import type { ScanOptions } from '../../guardians/scan/scan.ts'
import { measure } from './measure.ts'
import { type Moto, openMoto } from './moto.ts'
import { foundBy, scanAt } from './scans.ts'

let moto: Moto
let ec2: EC2Client
beforeAll(async () => {
  moto = await openMoto()
  ec2 = moto.client(EC2Client)
})
afterEach(() => moto.reset())
afterAll(() => moto?.close())

const dayMs = 86_400_000
/** Moto makes everything now: a scan so many days later finds it old enough. */
const inDays = (days: number) => Date.now() + days * dayMs

const named = (ResourceType: 'volume' | 'snapshot' | 'instance', name: string) => ({
  TagSpecifications: [
    {
      ResourceType,
      Tags: [
        { Key: 'Name', Value: name },
        { Key: 'owner', Value: 'aki' },
      ],
    },
  ],
})
async function volume(name: string, Size: number, VolumeType: VolumeType = 'gp3'): Promise<string> {
  const made = await ec2.send(new CreateVolumeCommand({ AvailabilityZone: 'us-east-1a', Size, VolumeType, ...named('volume', name) }))
  return made.VolumeId as string
}
async function snapshot(name: string, VolumeId: string): Promise<string> {
  return (await ec2.send(new CreateSnapshotCommand({ VolumeId, ...named('snapshot', name) }))).SnapshotId as string
}
async function anyImage(): Promise<string> {
  return (await ec2.send(new DescribeImagesCommand({ Owners: ['amazon'] }))).Images?.[0]?.ImageId as string
}
async function instance(ImageId: string): Promise<string> {
  const { Instances } = await ec2.send(
    new RunInstancesCommand({ ImageId, InstanceType: 'm5.large', MinCount: 1, MaxCount: 1, ...named('volume', 'root') }),
  )
  return Instances?.[0]?.InstanceId as string
}
const attach = (VolumeId: string, InstanceId: string, Device: string) => ec2.send(new AttachVolumeCommand({ VolumeId, InstanceId, Device }))
const scanFor = async (check: string, now: number, over: Partial<ScanOptions> = {}) => {
  const report = await scanAt(moto.url, [ebs], { only: [check], now, ...over })
  expect(report.unknown).toEqual([])
  return report
}

test('volumes: attached to nothing, and of the old type', async () => {
  const machine = await instance(await anyImage())
  await volume('loose', 100)
  await attach(await volume('used', 50, 'gp2'), machine, '/dev/sdf')
  await attach(await volume('large', 2000, 'gp2'), machine, '/dev/sdg')

  const loose = await scanFor('ebs-unattached', inDays(8))
  expect(loose.findings).toMatchObject([{ name: 'loose', owner: 'aki', evidence: { ageDays: 8 }, savings: { usdPerMonth: 8 } }])
  // A day after it was made nobody is asked about it.
  expect((await scanFor('ebs-unattached', inDays(1))).findings).toEqual([])

  const old = await scanFor('ebs-gp2', inDays(1))
  expect(foundBy(old, 'ebs-gp2')).toMatchObject({ used: 'gp2', large: 'gp2-large' })
  expect(foundBy(old, 'ebs-gp2')).not.toHaveProperty('loose')
})

test('volumes attached, and idle for a week by the numbers of CloudWatch', async () => {
  const machine = await instance(await anyImage())
  const now = inDays(30)
  const idle = await volume('idle', 100)
  const busy = await volume('busy', 100)
  const formerly = await volume('formerly-busy', 100)
  for (const [index, id] of [idle, busy, formerly].entries()) await attach(id, machine, `/dev/sd${'fgh'[index]}`)
  await measure(moto, ['AWS/EBS', 'VolumeWriteOps'], { VolumeId: busy }, 500, now - 3 * dayMs)
  await measure(moto, ['AWS/EBS', 'VolumeReadOps'], { VolumeId: idle }, 2, now - 3 * dayMs)
  await measure(moto, ['AWS/EBS', 'VolumeReadOps'], { VolumeId: formerly }, 500, now - 10 * dayMs)

  const report = await scanFor('ebs-idle-attached', now)
  const found = foundBy(report, 'ebs-idle-attached')
  expect(found).toMatchObject({ idle: 'idle', 'formerly-busy': 'idle' })
  expect(found).not.toHaveProperty('busy')
  expect(report.findings.find(({ name }) => name === 'idle')).toMatchObject({
    ...{ evidence: { operations: 2, days: 7, instances: [machine] }, savings: { usdPerMonth: 8 } },
  })
  expect((await scanFor('ebs-idle-attached', inDays(6))).findings).toEqual([])
})

test('snapshots: too old, of a volume that is gone, and volumes without one', async () => {
  const kept = await volume('kept', 10)
  const gone = await volume('gone', 10)
  const fresh = await volume('never-copied', 10)
  await snapshot('of-kept', kept)
  await snapshot('of-gone', gone)
  await ec2.send(new DeleteVolumeCommand({ VolumeId: gone }))
  // Moto tells no stored sizes: no savings are reckoned.
  const old = (days: number) => scanFor('ebs-snapshot-old', inDays(days))
  expect(foundBy(await old(29), 'ebs-snapshot-old')).toEqual({})
  expect(foundBy(await old(31), 'ebs-snapshot-old')).toEqual({ 'of-gone': 'orphan' })
  const found = await old(91)
  expect(foundBy(found, 'ebs-snapshot-old')).toEqual({ 'of-gone': 'orphan', 'of-kept': 'old' })
  expect(found.findings.map(({ savings }) => savings)).toEqual([null, null])

  const missing = async (days: number) => (await scanFor('ebs-snapshot-missing', inDays(days))).findings
  expect(await missing(6)).toEqual([])
  expect((await missing(8)).map(({ name, reason, severity }) => [name, reason, severity]).toSorted()).toEqual([
    ['kept', 'stale', 'medium'],
    ['never-copied', 'never', 'medium'],
  ])
  expect((await missing(31)).map(({ severity }) => severity)).toEqual(['high', 'high'])
  // Copied at last.
  await snapshot('first', fresh)
  expect((await missing(31)).map(({ name, reason }) => [name, reason]).toSorted()).toEqual([
    ['kept', 'stale'],
    ['never-copied', 'stale'],
  ])
})

test('images that nothing is launched from; their snapshots are theirs', async () => {
  const machine = await instance(await anyImage())
  const image = async (Name: string) => (await ec2.send(new CreateImageCommand({ InstanceId: machine, Name }))).ImageId as string
  await image('unused')
  const running = await instance(await image('runs'))
  await ec2.send(
    new CreateLaunchTemplateCommand({ LaunchTemplateName: 'web', LaunchTemplateData: { ImageId: await image('in-template') } }),
  )
  const unused = async (days: number) => foundBy(await scanFor('ebs-ami-unused', inDays(days)), 'ebs-ami-unused')
  expect(await unused(44)).toEqual({})
  expect(await unused(46)).toEqual({ unused: 'unused' })
  expect(foundBy(await scanFor('ebs-snapshot-old', inDays(91)), 'ebs-snapshot-old')).toEqual({})

  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [running] }))
  expect(await unused(46)).toEqual({ unused: 'unused', runs: 'unused' })
})

test('an empty region', async () => {
  const report = await scanAt(moto.url, [ebs])
  expect({ findings: report.findings, unknown: report.unknown }).toEqual({ findings: [], unknown: [] })
  expect(report.coverage.every(({ complete }) => complete)).toBe(true)
})
