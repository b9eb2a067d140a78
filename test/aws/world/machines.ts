import {
  AttachVolumeCommand,
  CreateImageCommand,
  CreateLaunchTemplateCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DeleteSnapshotCommand,
  DeleteVolumeCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  EC2Client,
  ModifySnapshotAttributeCommand,
  ModifyVolumeCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type VolumeType,
} from '@aws-sdk/client-ec2'
import { type Expected, type Piece, type Seeding, tagsOf } from './seeding.ts'

/** Instances and their disks: who packs packets at Polaris, who sleeps at Hubble, and what was left lying about. */

const zone = 'us-east-1a'

interface Machine {
  name: string
  owner: string
  cpu: number
  networkMB: number
  zone?: string
  type?: 'm5.large' | 'm5.2xlarge'
  pair?: string
}

const machines: readonly Machine[] = [
  { name: 'polaris-gw-1', owner: 'polaris-team', cpu: 96, networkMB: 9_000, type: 'm5.2xlarge', pair: 'polaris-gw' },
  { name: 'polaris-gw-2', owner: 'polaris-team', cpu: 31, networkMB: 800, type: 'm5.2xlarge', pair: 'polaris-gw' },
  { name: 'dipper-session-1', owner: 'dipper-team', cpu: 55, networkMB: 2_400, pair: 'dipper-session' },
  { name: 'dipper-session-2', owner: 'dipper-team', cpu: 40, networkMB: 1_900, zone: 'us-east-1b', pair: 'dipper-session' },
  { name: 'hubble-rollout-old', owner: 'hubble-team', cpu: 1.8, networkMB: 0.6 },
  { name: 'leo-hss-2019', owner: 'leo-team', cpu: 12, networkMB: 300 },
  { name: 'aries-stp-2', owner: 'aries-team', cpu: 35, networkMB: 700 },
]
const stoppedLongAgo = 'leo-hss-2019'
const stoppedToday = 'aries-stp-2'

export async function launch(world: Seeding, { name, owner, type = 'm5.large', zone: AvailabilityZone = zone, pair }: Machine) {
  const image = world.ids.get('image of amazon') ?? (await amazonImage(world))
  const { Instances } = await world.client(EC2Client).send(
    new RunInstancesCommand({
      ...{ ImageId: image, InstanceType: type, MinCount: 1, MaxCount: 1, Placement: { AvailabilityZone } },
      BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { VolumeSize: 30, VolumeType: 'gp3', Encrypted: true } }],
      TagSpecifications: [
        { ResourceType: 'instance', Tags: tagsOf(name, owner, pair ? { 'jidoka:pair': pair } : {}) },
        { ResourceType: 'volume', Tags: tagsOf(`${name}-root`, owner) },
      ],
    }),
  )
  const { InstanceId = '', BlockDeviceMappings = [], PrivateIpAddress = '' } = Instances?.[0] ?? {}
  world.ids.set(name, InstanceId)
  world.ids.set(`${name} address`, PrivateIpAddress)
  world.ids.set(`${name}-root`, BlockDeviceMappings[0]?.Ebs?.VolumeId ?? '')
}

async function amazonImage(world: Seeding): Promise<string> {
  const { Images } = await world.client(EC2Client).send(new DescribeImagesCommand({ Owners: ['amazon'] }))
  const id = Images?.[0]?.ImageId ?? ''
  world.ids.set('image of amazon', id)
  return id
}

async function disk(
  world: Seeding,
  name: string,
  owner: string,
  Size: number,
  over: { VolumeType?: VolumeType; Encrypted?: boolean } = {},
) {
  const Tags = tagsOf(name, owner)
  const made = await world.client(EC2Client).send(
    new CreateVolumeCommand({
      ...{ AvailabilityZone: zone, Size, VolumeType: 'gp3', Encrypted: true, ...over },
      TagSpecifications: [{ ResourceType: 'volume', Tags }],
    }),
  )
  world.ids.set(name, made.VolumeId ?? '')
}
const attach = (world: Seeding, name: string, machine: string) =>
  world.client(EC2Client).send(new AttachVolumeCommand({ VolumeId: world.id(name), InstanceId: world.id(machine), Device: '/dev/sdf' }))

async function snapshot(world: Seeding, name: string, of: string, owner: string) {
  const TagSpecifications = [{ ResourceType: 'snapshot' as const, Tags: tagsOf(name, owner) }]
  const { SnapshotId = '' } = await world.client(EC2Client).send(new CreateSnapshotCommand({ VolumeId: world.id(of), TagSpecifications }))
  world.ids.set(name, SnapshotId)
}

async function image(world: Seeding, name: string, machine: string, owner: string) {
  const ask = new CreateImageCommand({
    ...{ InstanceId: world.id(machine), Name: name },
    TagSpecifications: [{ ResourceType: 'image', Tags: tagsOf(name, owner) }],
  })
  world.ids.set(name, (await world.client(EC2Client).send(ask)).ImageId ?? '')
}

const disks = ['hubble-index', 'leo-hss-data', 'dipper-billing-data', 'capricorn-queue-data', 'dipper-billing-scratch']
const roots = machines.map(({ name }) => `${name}-root`)

export const machinesPiece: Piece = {
  async past(world) {
    const ec2 = world.client(EC2Client)
    for (const machine of machines) await launch(world, machine)
    await disk(world, 'hubble-index', 'hubble-team', 200, { VolumeType: 'gp2' })
    await disk(world, 'leo-hss-data', 'leo-team', 100)
    await disk(world, 'dipper-billing-data', 'dipper-team', 500)
    await disk(world, 'capricorn-queue-data', 'capricorn-team', 50, { Encrypted: false })
    await disk(world, 'dipper-billing-scratch', 'dipper-team', 500)
    await disk(world, 'capricorn-smsc-data', 'capricorn-team', 40)
    await attach(world, 'hubble-index', 'hubble-rollout-old')
    await attach(world, 'leo-hss-data', stoppedToday)
    await attach(world, 'dipper-billing-data', 'dipper-session-1')
    await attach(world, 'capricorn-queue-data', 'polaris-gw-1')
    await snapshot(world, 'leo-hss before 4.0', 'leo-hss-data', 'leo-team')
    await snapshot(world, 'capricorn-smsc last copy', 'capricorn-smsc-data', 'capricorn-team')
    await ec2.send(new DeleteVolumeCommand({ VolumeId: world.id('capricorn-smsc-data') }))
    await ec2.send(new StopInstancesCommand({ InstanceIds: [world.id(stoppedLongAgo)] }))
    await image(world, 'hubble-base-2024', 'hubble-rollout-old', 'hubble-team')
    await image(world, 'polaris-gw-base', 'polaris-gw-2', 'polaris-team')
    const LaunchTemplateData = { ImageId: world.id('polaris-gw-base') }
    await ec2.send(
      new CreateLaunchTemplateCommand({
        ...{ LaunchTemplateName: 'polaris-gw', LaunchTemplateData },
        TagSpecifications: [{ ResourceType: 'launch-template', Tags: tagsOf('polaris-gw', 'polaris-team') }],
      }),
    )
  },
  async today(world) {
    const ec2 = world.client(EC2Client)
    await ec2.send(new StopInstancesCommand({ InstanceIds: [world.id(stoppedToday)] }))
    for (const of of [...disks, ...roots])
      if (of !== 'capricorn-queue-data') await snapshot(world, `${of} last night`, of, `${of.split('-')[0]}-team`)
    await snapshot(world, 'leo-sim-profiles', 'leo-hss-data', 'leo-team')
    await ec2.send(
      new ModifySnapshotAttributeCommand({
        ...{ SnapshotId: world.id('leo-sim-profiles'), Attribute: 'createVolumePermission' },
        ...{ OperationType: 'add', GroupNames: ['all'] },
      }),
    )
    for (const { name, cpu, networkMB } of machines) {
      const of = { InstanceId: world.id(name) }
      world.daily(['AWS/EC2', 'CPUUtilization', of], cpu)
      for (const way of ['NetworkIn', 'NetworkOut']) world.daily(['AWS/EC2', way, of], (networkMB * 1_000_000) / 2)
    }
    for (const of of [...disks, ...roots])
      if (of !== 'hubble-index') world.daily(['AWS/EBS', 'VolumeWriteOps', { VolumeId: world.id(of) }], 4_000)
  },
  expected(world): Expected[] {
    const ec2 = world.client(EC2Client)
    const every = (...names: string[]) => names.map((name) => world.id(name))
    return [
      {
        ...{ check: 'ebs-unattached', fails: { 'dipper-billing-scratch': 'unattached' }, passes: ['hubble-index', 'polaris-gw-1-root'] },
        mend: () => ec2.send(new DeleteVolumeCommand({ VolumeId: world.id('dipper-billing-scratch') })),
      },
      { check: 'ebs-idle-attached', fails: { 'hubble-index': 'idle' }, passes: ['dipper-billing-data', 'polaris-gw-1-root'] },
      {
        ...{ check: 'ebs-gp2', fails: { 'hubble-index': 'gp2' }, passes: ['dipper-billing-data'] },
        mend: () => ec2.send(new ModifyVolumeCommand({ VolumeId: world.id('hubble-index'), VolumeType: 'gp3' })),
      },
      {
        check: 'ebs-snapshot-old',
        ...{ fails: { 'leo-hss before 4.0': 'old', 'capricorn-smsc last copy': 'orphan' }, passes: ['leo-hss-data last night'] },
        mend: async () => {
          for (const SnapshotId of every('leo-hss before 4.0', 'capricorn-smsc last copy'))
            await ec2.send(new DeleteSnapshotCommand({ SnapshotId }))
        },
      },
      {
        ...{ check: 'ebs-ami-unused', fails: { 'hubble-base-2024': 'unused' }, passes: ['polaris-gw-base'] },
        mend: () => ec2.send(new DeregisterImageCommand({ ImageId: world.id('hubble-base-2024') })),
      },
      {
        ...{ check: 'ebs-snapshot-missing', fails: { 'capricorn-queue-data': 'never' }, passes: ['dipper-billing-data'] },
        mend: () => snapshot(world, 'capricorn-queue-data, at last', 'capricorn-queue-data', 'capricorn-team'),
      },
      {
        ...{ check: 'ec2-low-use', fails: { 'hubble-rollout-old': 'low-use' }, passes: ['dipper-session-1', 'polaris-gw-1'] },
        mend: () => ec2.send(new TerminateInstancesCommand({ InstanceIds: every('hubble-rollout-old') })),
      },
      { check: 'ec2-hot', fails: { 'polaris-gw-1': 'hot' }, passes: ['polaris-gw-2', 'dipper-session-1'] },
      {
        ...{ check: 'ec2-stopped', fails: { [stoppedLongAgo]: 'stopped' }, passes: [stoppedToday, 'dipper-session-1'] },
        mend: () => ec2.send(new StartInstancesCommand({ InstanceIds: every(stoppedLongAgo) })),
      },
      { check: 'exposure-unencrypted-volume', fails: { 'capricorn-queue-data': 'plain' }, passes: ['dipper-billing-data'] },
      {
        ...{ check: 'exposure-snapshot-public', fails: { 'leo-sim-profiles': 'public' }, passes: ['leo-hss-data last night'] },
        mend: () =>
          ec2.send(
            new ModifySnapshotAttributeCommand({
              ...{ SnapshotId: world.id('leo-sim-profiles'), Attribute: 'createVolumePermission' },
              ...{ OperationType: 'remove', GroupNames: ['all'] },
            }),
          ),
      },
      { check: 'pairing-standby', fails: { 'polaris-gw': 'same-zone' }, passes: ['dipper-session'] },
    ]
  },
}
