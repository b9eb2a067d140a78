import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeLogGroupsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { CreateTableCommand, DescribeContinuousBackupsCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  AllocateAddressCommand,
  CreateVolumeCommand,
  DescribeAddressesCommand,
  DescribeVolumesCommand,
  DescribeVolumesModificationsCommand,
  EC2Client,
  ModifyVolumeCommand,
} from '@aws-sdk/client-ec2'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ConfigInput } from '../../core/catalog/schema.ts'
import { systemClock } from '../../core/clock.ts'
import { idMint } from '../../core/ids.ts'
import type { Journal } from '../../core/journal/journal.ts'
import { openJournal } from '../../core/journal/open.ts'
import { systemRandom } from '../../core/random.ts'
import { dynamodb } from '../../guardians/dynamodb/guardian.ts'
import { ebs } from '../../guardians/ebs/guardian.ts'
import { logs } from '../../guardians/logs/guardian.ts'
import { network } from '../../guardians/network/guardian.ts'
import { openAwsDoor } from '../../infra/main/aws-door.ts'
import { type FixHouse, openFixHouse } from '../fix-house.ts'
import { type Moto, motoAccount, openMoto } from './moto.ts'
import { openRecorded, refused } from './recorded.ts'
import { scanAt } from './scans.ts'
import { testCredentials } from './sources.ts'

/** Findings of a real scan, fixed in moto by the real journal (a file), engine and runbooks, and closed by the next scan. */

const lifeProcess = fileURLToPath(new URL('./fix-life.ts', import.meta.url))
const clock = systemClock
const mint = idMint(clock, systemRandom)
let moto: Moto
let folder: string
let store: string
let journal: Journal
let house: FixHouse
let doors: { close(): Promise<void> }[]

beforeAll(async () => {
  moto = await openMoto()
})
afterAll(() => moto?.close())
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jidoka-fixes-'))
  store = `sqlite:${join(folder, 'jidoka.db')}`
  doors = []
  await live()
})
afterEach(async () => {
  await end()
  await moto.reset()
  rmSync(folder, { recursive: true, force: true })
})

/** A life of a controller over the same store. */
async function live({ endpoint = moto.url, config, timeoutMs }: { endpoint?: string; config?: ConfigInput; timeoutMs?: number } = {}) {
  const limits = { pauseMs: 1 }
  const door = openAwsDoor({
    clock,
    random: systemRandom,
    environment: () => undefined,
    endpoint,
    credentials: async () => testCredentials,
    limits,
  })
  doors.push(door)
  journal = await openJournal({ url: store, clock, mint })
  house = await openFixHouse({ journal, aws: door.aws, clock, mint, config, timeoutMs })
}

async function end() {
  await house.close()
  await journal.close()
  for (const door of doors.splice(0)) await door.close()
}

const callerIs = (account: string) =>
  `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
  <Arn>arn:aws:iam::${account}:user/us</Arn><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`

const checks = ['logs-no-retention', 'ebs-gp2', 'dynamodb-unprotected', 'network-eip-unassociated']
const scan = async () => house.ingest(await scanAt(moto.url, [logs, ebs, dynamodb, network], { run: mint('scan'), only: checks }))

/** Until its run has ended, and the finding tells how. */
const ended = (id: string) =>
  vi.waitFor(
    async () => {
      const found = await house.desk.get(id)
      if (found?.fix?.ended === undefined) throw new Error(`not ended: ${JSON.stringify(found?.fix)}`)
      return found
    },
    { timeout: 20_000, interval: 20 },
  )

async function fixed(id: string, undo = false) {
  await house.approve(id, undo)
  return ended(id)
}

async function group(name: string, days?: number) {
  const client = moto.client(CloudWatchLogsClient)
  await client.send(new CreateLogGroupCommand({ logGroupName: name }))
  if (days !== undefined) await client.send(new PutRetentionPolicyCommand({ logGroupName: name, retentionInDays: days }))
}
const retention = async (name: string) =>
  (await moto.client(CloudWatchLogsClient).send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }))).logGroups?.find(
    ({ logGroupName }) => logGroupName === name,
  )?.retentionInDays

const ec2 = () => moto.client(EC2Client)
const volume = async (Size: number) =>
  (await ec2().send(new CreateVolumeCommand({ AvailabilityZone: 'us-east-1a', Size, VolumeType: 'gp2' }))).VolumeId as string
const volumeNow = async (id: string) => (await ec2().send(new DescribeVolumesCommand({ VolumeIds: [id] }))).Volumes?.[0]
const modifications = async (id: string) =>
  (await ec2().send(new DescribeVolumesModificationsCommand({ VolumeIds: [id] }))).VolumesModifications ?? []

describe('a finding is fixed by its runbook, and closed by the scan after it', () => {
  test('logs that never expire: told, done, seen, undone, back', async () => {
    await group('/aws/lambda/orders')
    await group('/aws/lambda/orders-audit', 90)
    await scan()
    const { id } = await house.finding('logs-no-retention', '/aws/lambda/orders')
    expect((await house.say(id)).fix?.said).toMatch(/^would set retention of \/aws\/lambda\/orders from never to 365 days/)
    expect(await retention('/aws/lambda/orders')).toBeUndefined()

    expect((await fixed(id)).fix).toMatchObject({ ended: 'done', runbook: 'expire-logs', by: 'token:test' })
    expect(await retention('/aws/lambda/orders')).toBe(365)
    expect((await house.desk.get(id))?.status).toBe('open')
    await scan()
    expect((await house.desk.get(id))?.status).toBe('fixed')

    const audit = await house.finding('logs-no-retention', '/aws/lambda/orders-audit')
    expect((await fixed(audit.id)).fix?.said).toMatch(/from 90 days to 365 days/)

    expect((await house.say(id, true)).fix?.said).toBe('would set retention of /aws/lambda/orders back to never')
    expect(await retention('/aws/lambda/orders')).toBe(365)
    await fixed(id, true)
    await fixed(audit.id, true)
    expect([await retention('/aws/lambda/orders'), await retention('/aws/lambda/orders-audit')]).toEqual([undefined, 90])
    await expect(house.approve(id, true)).rejects.toThrow(/undone already/)
    await scan()
    expect(await house.desk.get(id)).toMatchObject({ status: 'open', regressions: 1, fix: null })
  })

  test('gp2 volumes, as fast as they were; not turned back for six hours', async () => {
    const [small, large] = [await volume(100), await volume(2_000)]
    await scan()
    const found = new Map((await house.desk.list({}, { limit: 10 })).map((one) => [one.resource.split('/')[1], one.id]))
    for (const id of [small, large]) expect((await fixed(found.get(id) as string)).fix).toMatchObject({ ended: 'done' })
    expect(await volumeNow(small)).toMatchObject({ VolumeType: 'gp3' })
    expect(await volumeNow(large)).toMatchObject({ VolumeType: 'gp3', Iops: 6_000 })
    expect(await modifications(large)).toMatchObject([{ TargetVolumeType: 'gp3', TargetThroughput: 250 }])
    await scan()
    expect(await house.desk.count({ status: 'fixed' })).toBe(2)
    await expect(house.approve(found.get(small) as string, true)).rejects.toThrow(/one modification of a volume in six hours/)
  })

  test('a table that nobody could bring back', async () => {
    const client = moto.client(DynamoDBClient)
    await client.send(
      new CreateTableCommand({
        ...{ TableName: 'orders', BillingMode: 'PAY_PER_REQUEST' },
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      }),
    )
    const now = async () => {
      const backups = await client.send(new DescribeContinuousBackupsCommand({ TableName: 'orders' }))
      const { Table } = await client.send(new DescribeTableCommand({ TableName: 'orders' }))
      const recovery = backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus
      return [recovery, Table?.DeletionProtectionEnabled ?? false]
    }
    await scan()
    const { id } = await house.finding('dynamodb-unprotected')
    expect((await house.say(id)).fix?.said).toBe(
      'would switch on point-in-time recovery (it is paid for by size) and deletion protection of orders',
    )
    expect(await now()).toEqual(['DISABLED', false])
    await fixed(id)
    expect(await now()).toEqual(['ENABLED', true])
    await scan()
    expect((await house.desk.get(id))?.status).toBe('fixed')
    await fixed(id, true)
    expect(await now()).toEqual(['DISABLED', false])
  })

  test('an address that leads nowhere, for good', async () => {
    const { AllocationId } = await ec2().send(new AllocateAddressCommand({ Domain: 'vpc' }))
    await scan()
    const { id } = await house.finding('network-eip-unassociated')
    expect((await house.say(id)).fix?.said).toContain(`(${AllocationId}) back for good`)
    expect((await fixed(id)).fix).toMatchObject({ ended: 'done' })
    expect((await ec2().send(new DescribeAddressesCommand({}))).Addresses).toEqual([])
    await scan()
    expect((await house.desk.get(id))?.status).toBe('fixed')
    await expect(house.approve(id, true)).rejects.toThrow(/There is none/)
  })
})

test('what changed since it was found is left alone, and the reason told', async () => {
  const id = await volume(100)
  await scan()
  await ec2().send(new ModifyVolumeCommand({ VolumeId: id, VolumeType: 'io2', Iops: 500 }))
  const found = await house.finding('ebs-gp2')
  await expect(house.approve(found.id)).rejects.toThrow(`${id} is io2, not gp2`)
  expect(await modifications(id)).toHaveLength(1)
  expect(await house.runs(found.id)).toEqual([])
})

test('a denied one fails with the permission that is missing; its finding stays open, and it may be tried again', async () => {
  await group('/aws/lambda/orders')
  await scan()
  const { id } = await house.finding('logs-no-retention')
  await end()
  const message = 'User: arn:aws:iam::123456789012:role/guardians is not authorized to perform: logs:PutRetentionPolicy on resource: x'
  const denying = await openRecorded({
    GetCallerIdentity: callerIs(motoAccount),
    DescribeLogGroups: JSON.stringify({ logGroups: [{ logGroupName: '/aws/lambda/orders' }] }),
    PutRetentionPolicy: refused('AccessDeniedException', message),
  })
  try {
    await live({ endpoint: denying.url })
    const { fix, status } = await fixed(id)
    expect({ ended: fix?.ended, status }).toEqual({ ended: 'failed', status: 'open' })
    expect(fix?.said).toContain('AWS does not allow logs:PutRetentionPolicy')
    expect(denying.count('PutRetentionPolicy')).toBe(1)
    const [run] = await house.runs(id)
    expect(await journal.steps(run?.id ?? '')).toMatchObject([{ status: 'failed', output: { code: 'aws-denied' } }])
    await end()
    await live()
    expect((await fixed(id)).fix).toMatchObject({ ended: 'done' })
  } finally {
    await denying.close()
  }
})

describe('a controller that is killed around the change', () => {
  /** Lives until it says that it has come so far, and is killed. */
  async function killed(moment: 'before' | 'after', finding: string) {
    await end()
    const child = spawn(process.execPath, [lifeProcess, store, moto.url, finding, moment], { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    child.stderr.on('data', (data) => {
      said += data
    })
    const gone = once(child, 'exit')
    const [heard] = await Promise.race([once(child.stdout, 'data'), gone.then(() => [`it ended: ${said}`])])
    child.kill('SIGKILL')
    await gone
    return String(heard).trim()
  }

  test('after it: the next one sees that it was done, and does not do it twice', async () => {
    const id = await volume(100)
    await scan()
    const found = await house.finding('ebs-gp2')
    expect(await killed('after', found.id)).toBe('changed')
    await live({ timeoutMs: 3_000 })
    expect((await ended(found.id)).fix).toMatchObject({ ended: 'done' })
    expect(await modifications(id)).toHaveLength(1)
    const [run] = await house.runs(found.id)
    expect(await journal.steps(run?.id ?? '')).toMatchObject([{ attempt: 1, status: 'done', output: { probed: 'done' } }])
  })

  test('before it: the next one waits until the old one can no longer act, and does it once', async () => {
    const id = await volume(100)
    await scan()
    const found = await house.finding('ebs-gp2')
    expect(await killed('before', found.id)).toBe('about to change')
    expect(await modifications(id)).toEqual([])
    await live({ timeoutMs: 3_000 })
    expect((await ended(found.id)).fix).toMatchObject({ ended: 'done' })
    expect(await modifications(id)).toHaveLength(1)
    const [run] = await house.runs(found.id)
    const steps = await journal.steps(run?.id ?? '')
    expect(steps.map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 'failed'],
      [2, 'done'],
    ])
  })
})

test('more than so many at once are not approved before a scan has looked at them', async () => {
  await end()
  await live({ config: { guardians: { fixMaxItems: 2 } } })
  for (const name of ['a', 'b', 'c']) await group(name)
  await scan()
  const ids = (await house.desk.list({}, { limit: 10 })).map((one) => one.id)
  const [first = '', second = '', third = ''] = ids
  await fixed(first)
  await fixed(second)
  await expect(house.approve(third)).rejects.toMatchObject({ code: 'too-many-items' })
  await scan()
  expect((await fixed(third)).fix).toMatchObject({ ended: 'done' })
})

test('a controller that is to touch nothing does not', async () => {
  await end()
  await live({ config: { dryRun: true } })
  await group('a')
  await scan()
  const { id } = await house.finding('logs-no-retention')
  await expect(house.approve(id)).rejects.toThrow(/touches nothing/)
  expect(await retention('a')).toBeUndefined()
})
