import {
  CreateTagsCommand,
  EC2Client,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import {
  type ChangeAction,
  ChangeResourceRecordSetsCommand,
  CreateHealthCheckCommand,
  CreateHostedZoneCommand,
  Route53Client,
} from '@aws-sdk/client-route-53'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { pairing } from '../../guardians/pairing/guardian.ts'
import type { Platform, PlatformComponent } from '../../guardians/platform.ts'
import { dayMs } from '../../guardians/resource.ts'
import { type Moto, openMoto } from './moto.ts'
import { foundBy, scanAt } from './scans.ts'

let moto: Moto
beforeAll(async () => {
  moto = await openMoto()
})
afterEach(() => moto.reset())
afterAll(() => moto?.close())

async function launch(zone: string, pair?: string): Promise<{ id: string; address: string }> {
  const ec2 = moto.client(EC2Client)
  const { Instances } = await ec2.send(
    new RunInstancesCommand({ ImageId: 'ami-12c6146b', MinCount: 1, MaxCount: 1, Placement: { AvailabilityZone: zone } }),
  )
  const id = Instances?.[0]?.InstanceId ?? ''
  if (pair) await ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'jidoka:pair', Value: pair }] }))
  return { id, address: Instances?.[0]?.PrivateIpAddress ?? '' }
}

test('pairs of instances: the other one is missing, stopped, or in the same zone', async () => {
  const ec2 = moto.client(EC2Client)
  await launch('us-east-1a', 'well')
  await launch('us-east-1b', 'well')
  await launch('us-east-1a', 'close')
  await launch('us-east-1a', 'close')
  await launch('us-east-1a', 'single')
  const lost = await launch('us-east-1b', 'single')
  await launch('us-east-1a', 'asleep')
  const other = await launch('us-east-1b', 'asleep')
  await launch('us-east-1a')
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [lost.id] }))
  await ec2.send(new StopInstancesCommand({ InstanceIds: [other.id] }))
  const only = { only: ['pairing-standby'] }
  const report = await scanAt(moto.url, [pairing], only)
  expect(report.unknown).toEqual([])
  expect(foundBy(report, 'pairing-standby')).toEqual({ close: 'same-zone', single: 'missing', asleep: 'missing' })

  await ec2.send(new StartInstancesCommand({ InstanceIds: [other.id] }))
  await launch('us-east-1c', 'single')
  await launch('us-east-1c', 'close')
  const after = await scanAt(moto.url, [pairing], only)
  expect(after.findings).toEqual([])
  expect(after.coverage).toMatchObject([{ looked: 4, passed: 4, complete: true }])
})

test('failover records whose two sides are one, are in one zone, or that nothing looks at', async () => {
  const dns = moto.client(Route53Client)
  const { HostedZone } = await dns.send(new CreateHostedZoneCommand({ Name: 'jidoka.example', CallerReference: 'r-1' }))
  const HealthCheckConfig = { Type: 'TCP' as const, IPAddress: '192.0.2.1', Port: 443 }
  const { HealthCheck } = await dns.send(new CreateHealthCheckCommand({ CallerReference: 'r-2', HealthCheckConfig }))
  const change = (name: string, Failover: 'PRIMARY' | 'SECONDARY', Value: string, checked: boolean, Action: ChangeAction = 'UPSERT') =>
    dns.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: HostedZone?.Id,
        ChangeBatch: {
          Changes: [
            {
              Action,
              ResourceRecordSet: {
                ...{ Name: `${name}.jidoka.example`, Type: 'A', SetIdentifier: Failover, Failover, TTL: 60, ResourceRecords: [{ Value }] },
                ...(checked ? { HealthCheckId: HealthCheck?.Id } : {}),
              },
            },
          ],
        },
      }),
    )
  const [first, near, far] = [await launch('us-east-1a'), await launch('us-east-1a'), await launch('us-east-1b')]
  const pair = async (name: string, primary: string, secondary: string | null, checked = true) => {
    await change(name, 'PRIMARY', primary, checked)
    if (secondary !== null) await change(name, 'SECONDARY', secondary, false)
  }
  await pair('well', first.address, far.address)
  await pair('close', first.address, near.address)
  await pair('same', first.address, first.address)
  await pair('blind', first.address, far.address, false)
  await pair('single', first.address, null)
  const only = { only: ['pairing-standby-record'] }
  const report = await scanAt(moto.url, [pairing], only)
  expect(report.unknown).toEqual([])
  expect(foundBy(report, 'pairing-standby-record')).toEqual({
    ...{ 'close.jidoka.example.': 'same-zone', 'same.jidoka.example.': 'same-target', 'blind.jidoka.example.': 'unchecked' },
    'single.jidoka.example.': 'missing',
  })
  expect(report.findings.find(({ reason }) => reason === 'same-zone')).toMatchObject({ region: 'global', evidence: { zone: 'us-east-1a' } })

  for (const name of ['close', 'same', 'single']) await change(name, 'SECONDARY', far.address, false)
  await change('blind', 'PRIMARY', first.address, true)
  const after = await scanAt(moto.url, [pairing], only)
  expect(after.findings).toEqual([])
  expect(after.coverage).toMatchObject([{ looked: 5, passed: 5, complete: true }])
})

test('components of ours, by what their hooks and the journal say; without a configuration nothing is told of them', async () => {
  const component = (id: string, versions: string[], daysAgo: number): PlatformComponent => ({
    ...{ id, title: id, owner: 'team-core', lastSwitchAt: Date.now() - daysAgo * dayMs },
    members: versions.map((version, at) => ({
      ...{ id: `${id}-${at + 1}`, site: `tokyo-${at}`, role: at === 0 ? 'active' : 'standby', version, status: 'pass' },
    })),
  })
  const platform: Platform = {
    components: async () => [
      component('polaris', ['1.4.2', '1.4.2'], 3),
      component('dipper', ['2.0', '2.1'], 3),
      component('vega', ['1', '1'], 40),
    ],
    ...{ pairs: () => [], tlsEndpoints: () => [], environment: () => undefined },
  }
  const only = { only: ['pairing-skew', 'pairing-standby-member'] }
  const report = await scanAt(moto.url, [pairing], only, { platform })
  expect(report.unknown).toEqual([])
  expect(foundBy(report, 'pairing-skew')).toEqual({ dipper: 'skew', vega: 'undrilled' })
  expect(report.findings[0]).toMatchObject({
    account: 'platform',
    region: 'local',
    resource: 'platform:component/dipper',
    owner: 'team-core',
  })
  const alone = await scanAt(moto.url, [pairing], only)
  expect(alone.findings).toEqual([])
  expect(alone.coverage.every(({ complete }) => !complete)).toBe(true)
})

test('an empty account', async () => {
  const report = await scanAt(moto.url, [pairing], { only: ['pairing-standby', 'pairing-standby-record'] })
  expect({ findings: report.findings, unknown: report.unknown }).toEqual({ findings: [], unknown: [] })
  expect(report.coverage.every(({ complete }) => complete)).toBe(true)
})
