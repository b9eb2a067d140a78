import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AttachNetworkInterfaceCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateNatGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteNatGatewayCommand,
  DeleteNetworkInterfaceCommand,
  DeleteSecurityGroupCommand,
  DescribeSubnetsCommand,
  EC2Client,
  ReleaseAddressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2'
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DeleteLoadBalancerCommand,
  ElasticLoadBalancingV2Client,
  type LoadBalancerTypeEnum,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { type Expected, type Piece, type Seeding, tagsOf } from './seeding.ts'

/** The way in and out: addresses, interfaces, gateways, balancers, groups. */

const teamOf = (name: string) => `${name.split('-')[0]}-team`

async function group(world: Seeding, GroupName: string, port: number, CidrIp: string) {
  const ec2 = world.client(EC2Client)
  const TagSpecifications = [{ ResourceType: 'security-group' as const, Tags: tagsOf(GroupName, teamOf(GroupName)) }]
  const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: GroupName, TagSpecifications }))
  world.ids.set(GroupName, GroupId)
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: opening(port, CidrIp) }))
}
const opening = (port: number, CidrIp: string) => [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, IpRanges: [{ CidrIp }] }]

async function address(world: Seeding, name: string) {
  const TagSpecifications = [{ ResourceType: 'elastic-ip' as const, Tags: tagsOf(name, teamOf(name)) }]
  const { AllocationId = '' } = await world.client(EC2Client).send(new AllocateAddressCommand({ Domain: 'vpc', TagSpecifications }))
  world.ids.set(name, AllocationId)
}

async function subnets(world: Seeding): Promise<string[]> {
  const { Subnets = [] } = await world.client(EC2Client).send(new DescribeSubnetsCommand({}))
  const sorted = Subnets.toSorted((a, b) => String(a.AvailabilityZone).localeCompare(String(b.AvailabilityZone)))
  return sorted.map(({ SubnetId }) => SubnetId ?? '')
}

async function networkInterface(world: Seeding, name: string, groups: readonly string[]) {
  const ec2 = world.client(EC2Client)
  const [SubnetId] = await subnets(world)
  const { NetworkInterface } = await ec2.send(
    new CreateNetworkInterfaceCommand({ SubnetId, Description: name, Groups: groups.map((each) => world.id(each)) }),
  )
  const id = NetworkInterface?.NetworkInterfaceId ?? ''
  world.ids.set(name, id)
  await ec2.send(new CreateTagsCommand({ Resources: [id], Tags: tagsOf(name, teamOf(name)) }))
}

async function nat(world: Seeding, name: string) {
  const [SubnetId] = await subnets(world)
  await address(world, `${name}-address`)
  const TagSpecifications = [{ ResourceType: 'natgateway' as const, Tags: tagsOf(name, teamOf(name)) }]
  const ask = new CreateNatGatewayCommand({ SubnetId, AllocationId: world.id(`${name}-address`), TagSpecifications })
  const { NatGateway } = await world.client(EC2Client).send(ask)
  world.ids.set(name, NatGateway?.NatGatewayId ?? '')
}

/** With one group of targets behind it, and perhaps somebody in it. */
async function balancer(world: Seeding, Name: string, Type: LoadBalancerTypeEnum, target?: string) {
  const elb = world.client(ElasticLoadBalancingV2Client)
  const [a = '', b = ''] = await subnets(world)
  const Tags = tagsOf(Name, teamOf(Name))
  const made = await elb.send(new CreateLoadBalancerCommand({ Name, Type, Subnets: [a, b], Tags }))
  const { LoadBalancerArn = '', VpcId } = made.LoadBalancers?.[0] ?? {}
  world.ids.set(Name, LoadBalancerArn)
  const Protocol = Type === 'network' ? 'TCP' : 'HTTP'
  const { TargetGroups } = await elb.send(new CreateTargetGroupCommand({ Name: `${Name}-tg`, Protocol, Port: 80, VpcId, Tags }))
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn
  const DefaultActions = [{ Type: 'forward' as const, TargetGroupArn }]
  await elb.send(new CreateListenerCommand({ LoadBalancerArn, Protocol, Port: 80, DefaultActions, Tags }))
  if (target) await elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: world.id(target), Port: 80 }] }))
}
export const dimensionOf = (arn: string) => arn.slice(arn.indexOf(':loadbalancer/') + ':loadbalancer/'.length)

export const networkPiece: Piece = {
  async past(world) {
    const ec2 = world.client(EC2Client)
    await group(world, 'polaris-edge', 443, '0.0.0.0/0')
    await group(world, 'aries-peering', 22, '0.0.0.0/0')
    await group(world, 'leo-migration', 5432, '10.0.0.0/8')
    await address(world, 'aries-old-peer')
    await address(world, 'polaris-uplink')
    await ec2.send(new AssociateAddressCommand({ AllocationId: world.id('polaris-uplink'), InstanceId: world.id('polaris-gw-1') }))
    await networkInterface(world, 'polaris-user-plane', ['polaris-edge', 'aries-peering'])
    const attachment = { NetworkInterfaceId: world.id('polaris-user-plane'), InstanceId: world.id('polaris-gw-1'), DeviceIndex: 1 }
    await ec2.send(new AttachNetworkInterfaceCommand(attachment))
    await networkInterface(world, 'capricorn-left-over', ['polaris-edge'])
    await nat(world, 'dipper-nat')
    await nat(world, 'hubble-nat-2022')
    await balancer(world, 'dipper-api', 'application', 'dipper-session-1')
    await balancer(world, 'hubble-graphs', 'application')
    await balancer(world, 'capricorn-smpp', 'network', 'dipper-session-2')
  },
  async today(world) {
    for (const [name, bytes] of Object.entries({ 'dipper-nat': 4e9, 'hubble-nat-2022': 0 }))
      for (const metric of ['BytesOutToDestination', 'BytesInFromDestination'])
        world.daily(['AWS/NATGateway', metric, { NatGatewayId: world.id(name) }], bytes)
    const requests = (name: string): [string, string, Record<string, string>] => [
      ...(name === 'capricorn-smpp' ? (['AWS/NetworkELB', 'NewFlowCount'] as const) : (['AWS/ApplicationELB', 'RequestCount'] as const)),
      { LoadBalancer: dimensionOf(world.id(name)) },
    ]
    world.daily(requests('dipper-api'), 3_200_000)
    world.daily(requests('hubble-graphs'), 41)
    world.daily(requests('capricorn-smpp'), 7)
  },
  expected(world): Expected[] {
    const ec2 = world.client(EC2Client)
    return [
      {
        ...{ check: 'network-eip-unassociated', fails: { 'aries-old-peer': 'unassociated' }, passes: ['polaris-uplink'] },
        mend: () => ec2.send(new ReleaseAddressCommand({ AllocationId: world.id('aries-old-peer') })),
      },
      {
        ...{ check: 'network-eni-available', fails: { 'capricorn-left-over': 'available' }, passes: ['polaris-user-plane'] },
        mend: () => ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: world.id('capricorn-left-over') })),
      },
      {
        ...{ check: 'network-nat-idle', fails: { 'hubble-nat-2022': 'idle' }, passes: ['dipper-nat'] },
        mend: () => ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: world.id('hubble-nat-2022') })),
      },
      {
        ...{ check: 'network-elb-idle', fails: { 'hubble-graphs': 'no-target', 'capricorn-smpp': 'quiet' }, passes: ['dipper-api'] },
        mend: async () => {
          for (const name of ['hubble-graphs', 'capricorn-smpp'])
            await world.client(ElasticLoadBalancingV2Client).send(new DeleteLoadBalancerCommand({ LoadBalancerArn: world.id(name) }))
        },
      },
      {
        ...{ check: 'network-sg-unused', fails: { 'leo-migration': 'unused' }, passes: ['polaris-edge'] },
        mend: () => ec2.send(new DeleteSecurityGroupCommand({ GroupId: world.id('leo-migration') })),
      },
      {
        ...{ check: 'exposure-admin-ports', fails: { 'aries-peering': 'open' }, passes: ['polaris-edge', 'leo-migration'] },
        mend: () =>
          ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: world.id('aries-peering'), IpPermissions: opening(22, '0.0.0.0/0') })),
      },
    ]
  },
}
