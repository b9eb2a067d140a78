import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateLaunchTemplateCommand,
  CreateNatGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  DeleteNatGatewayCommand,
  DescribeImagesCommand,
  DescribeSubnetsCommand,
  EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2'
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { network } from '../../guardians/network/guardian.ts'
import type { ScanOptions } from '../../guardians/scan/scan.ts'
import { measure } from './measure.ts'
import { type Moto, openMoto } from './moto.ts'
import { foundBy, scanAt } from './scans.ts'

let moto: Moto
let ec2: EC2Client
let elb: ElasticLoadBalancingV2Client
let subnets: string[]
let vpc: string
beforeAll(async () => {
  moto = await openMoto()
  ec2 = moto.client(EC2Client)
  elb = moto.client(ElasticLoadBalancingV2Client)
})
beforeEach(async () => {
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}))
  subnets = Subnets.flatMap(({ SubnetId }) => SubnetId ?? [])
  vpc = Subnets[0]?.VpcId as string
})
afterEach(() => moto.reset())
afterAll(() => moto?.close())

const dayMs = 86_400_000
/** Moto makes everything now: a scan so many days later finds it old enough. */
const inDays = (days: number) => Date.now() + days * dayMs
const Tags = (name: string) => [
  { Key: 'Name', Value: name },
  { Key: 'owner', Value: 'aki' },
]
const scanFor = async (check: string, over: Partial<ScanOptions> = {}) => {
  const report = await scanAt(moto.url, [network], { only: [check], ...over })
  expect(report.unknown).toEqual([])
  return report
}
async function instance(): Promise<string> {
  const ImageId = (await ec2.send(new DescribeImagesCommand({ Owners: ['amazon'] }))).Images?.[0]?.ImageId as string
  const { Instances } = await ec2.send(new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1, SubnetId: subnets[0] }))
  return Instances?.[0]?.InstanceId as string
}
/** One datapoint on each of the last `days` full days before `now`. */
async function daily(of: readonly [string, string], dimensions: Record<string, string>, now: number, days: number, value: number) {
  const lastMidnight = Math.floor(now / dayMs) * dayMs
  for (let day = 0; day < days; day += 1) await measure(moto, of, dimensions, value, lastMidnight - day * dayMs - dayMs / 2)
}

test('addresses that lead nowhere', async () => {
  const address = async (name: string) =>
    ec2.send(new AllocateAddressCommand({ Domain: 'vpc', TagSpecifications: [{ ResourceType: 'elastic-ip', Tags: Tags(name) }] }))
  const { PublicIp } = await address('loose')
  const { AllocationId } = await address('used')
  await ec2.send(new AssociateAddressCommand({ AllocationId, InstanceId: await instance() }))
  const report = await scanFor('network-eip-unassociated')
  expect(report.findings).toMatchObject([
    { name: 'loose', owner: 'aki', evidence: { ip: PublicIp, ofAws: true }, savings: { usdPerMonth: 3.65 } },
  ])
  expect(report.coverage).toMatchObject([{ looked: 2, passed: 1, failed: 1, complete: true }])
})

test('interfaces attached to nothing', async () => {
  await instance()
  const loose = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: subnets[0], Description: 'left behind' }))
  const report = await scanFor('network-eni-available')
  expect(report.findings).toMatchObject([{ reason: 'available', evidence: { description: 'left behind', subnet: subnets[0] } }])
  expect(report.findings[0]?.resource).toContain(loose.NetworkInterface?.NetworkInterfaceId)
  expect(report.coverage).toMatchObject([{ looked: 2, passed: 1 }])
})

test('gateways without traffic; one that nobody measured is not called idle', async () => {
  const gateway = async (name: string): Promise<string> => {
    const TagSpecifications = [{ ResourceType: 'natgateway' as const, Tags: Tags(name) }]
    const made = await ec2.send(new CreateNatGatewayCommand({ SubnetId: subnets[0], ConnectivityType: 'private', TagSpecifications }))
    return made.NatGateway?.NatGatewayId as string
  }
  const now = inDays(30)
  const bytes = async (id: string, days: number, out: number) => {
    await daily(['AWS/NATGateway', 'BytesOutToDestination'], { NatGatewayId: id }, now, days, out)
    await daily(['AWS/NATGateway', 'BytesInFromDestination'], { NatGatewayId: id }, now, days, 0)
  }
  await bytes(await gateway('idle'), 14, 0)
  await bytes(await gateway('busy'), 14, 1_000)
  await bytes(await gateway('hardly-measured'), 2, 0)
  await gateway('unmeasured')
  await ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: await gateway('deleted') }))

  const report = await scanAt(moto.url, [network], { only: ['network-nat-idle'], now })
  expect(report.findings).toMatchObject([
    { name: 'idle', owner: 'aki', evidence: { bytes: 0, datapoints: 14, days: 14 }, savings: { usdPerMonth: 32.85 } },
  ])
  expect(report.unknown.map(({ missing, resources }) => [missing.split(':')[0], resources]).toSorted()).toEqual([
    ['datapoints', 1],
    ['no datapoints', 1],
  ])
  expect((await scanFor('network-nat-idle', { now: inDays(14) })).findings).toEqual([])
})

/** With a listener and one group of targets, as people build them. */
async function balancer(Name: string, Type: 'application' | 'network', targets: readonly string[] | null): Promise<string> {
  const Subnets = subnets.slice(0, 2)
  const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand({ Name, Type, Subnets, Tags: [{ Key: 'owner', Value: 'aki' }] }))
  const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn as string
  if (targets === null) return LoadBalancerArn
  const Protocol = Type === 'network' ? 'TCP' : 'HTTP'
  const group = await elb.send(new CreateTargetGroupCommand({ Name: `${Name}-targets`, Protocol, Port: 80, VpcId: vpc }))
  const TargetGroupArn = group.TargetGroups?.[0]?.TargetGroupArn as string
  await elb.send(new CreateListenerCommand({ LoadBalancerArn, Protocol, Port: 80, DefaultActions: [{ Type: 'forward', TargetGroupArn }] }))
  if (targets.length > 0) await elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: targets.map((Id) => ({ Id })) }))
  return LoadBalancerArn
}
const dimension = (arn: string) => ({ LoadBalancer: arn.split(':loadbalancer/')[1] as string })

test('load balancers that serve nobody', async () => {
  const now = inDays(30)
  const target = await instance()
  const requests = (arn: string, days: number, value: number) =>
    daily(['AWS/ApplicationELB', 'RequestCount'], dimension(arn), now, days, value)
  await requests(await balancer('busy', 'application', [target]), 7, 5_000)
  await requests(await balancer('busy-one-day', 'application', [target]), 1, 100)
  await requests(await balancer('quiet', 'application', [target]), 7, 99)
  await balancer('silent', 'application', [target])
  await requests(await balancer('broken', 'application', []), 7, 5_000)
  await requests(await balancer('redirects', 'application', null), 7, 5_000)
  await daily(['AWS/NetworkELB', 'NewFlowCount'], dimension(await balancer('busy-net', 'network', [target])), now, 7, 5_000)
  await daily(['AWS/NetworkELB', 'NewFlowCount'], dimension(await balancer('quiet-net', 'network', [target])), now, 7, 3)

  const report = await scanFor('network-elb-idle', { now })
  expect(foundBy(report, 'network-elb-idle')).toEqual({ quiet: 'quiet', silent: 'quiet', broken: 'no-target', 'quiet-net': 'quiet' })
  expect(report.findings.find(({ name }) => name === 'quiet')).toMatchObject({
    ...{ owner: 'aki', savings: { usdPerMonth: 16.43 }, evidence: { highestDay: 99, perDay: 99, days: 7, counted: 'requests' } },
  })
  // In their first week nobody is asked, and no health either.
  const young = await scanFor('network-elb-idle', { now: inDays(6) })
  expect(young.findings).toEqual([])
  expect(young.cost.byCall.map(({ call }) => call)).not.toContain('elasticloadbalancing:DescribeTargetHealth')
})

test('security groups that guard nothing', async () => {
  const group = async (GroupName: string) =>
    (await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: GroupName, VpcId: vpc }))).GroupId as string
  await group('unused')
  const web = await group('web')
  await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: subnets[0], Groups: [await group('on-an-interface'), web] }))
  const template = { SecurityGroupIds: [await group('in-a-template')] }
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'web', LaunchTemplateData: template }))
  const named = await group('named-by-web')
  const UserIdGroupPairs = [{ GroupId: named }]
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      ...{ GroupId: web, IpPermissions: [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, UserIdGroupPairs }] },
    }),
  )
  const itself = await group('names-only-itself')
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      ...{ GroupId: itself, IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: itself }] }] },
    }),
  )
  expect(foundBy(await scanFor('network-sg-unused'), 'network-sg-unused')).toEqual({ unused: 'unused', 'names-only-itself': 'unused' })
})

test('an empty region', async () => {
  const report = await scanAt(moto.url, [network])
  expect({ findings: report.findings, unknown: report.unknown }).toEqual({ findings: [], unknown: [] })
})
