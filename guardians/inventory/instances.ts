import { type Instance as Answer, DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2'
import { defineInventory, type Resource, type ScanSettings, type Target } from '../define.ts'
import { arnOf, nameIn, ownerIn } from '../resource.ts'

export interface Instance extends Resource {
  id: string
  type: string
  /** `pending`, `running`, `stopping`, `stopped`, `shutting-down`. Terminated ones are left out. */
  state: string
  /** Epoch ms of its last start. */
  launchedAt: number | null
  /** Epoch ms; null: it runs, or AWS does not tell (a shutdown from within has no date). */
  stoppedAt: number | null
  image: string | null
  zone: string | null
  subnet: string | null
  vpc: string | null
  /** IPv4, private and public. */
  addresses: string[]
  /** Plain Linux, on demand, shared hardware: what the list price is for. */
  listPriced: boolean
  /** Auto Scaling group that made it. */
  group: string | null
}

/** `User initiated (2026-01-31 08:15:00 GMT)` */
const stopDate = /\((\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) (?:GMT|UTC)\)/

function stopTimeIn(reason: string | undefined): number | null {
  const [, day, time] = stopDate.exec(reason ?? '') ?? []
  return day && time ? Date.parse(`${day}T${time}Z`) : null
}

const listPriced = ({ PlatformDetails, InstanceLifecycle, Placement }: Answer): boolean =>
  (PlatformDetails ?? 'Linux/UNIX') === 'Linux/UNIX' && !InstanceLifecycle && (Placement?.Tenancy ?? 'default') === 'default'

const rowOf = (instance: Answer, target: Target, settings: ScanSettings): Instance => ({
  arn: arnOf(target, 'ec2', `instance/${instance.InstanceId}`),
  id: instance.InstanceId ?? '',
  type: instance.InstanceType ?? '',
  state: instance.State?.Name ?? '',
  launchedAt: instance.LaunchTime?.getTime() ?? null,
  stoppedAt: instance.State?.Name === 'stopped' ? stopTimeIn(instance.StateTransitionReason) : null,
  image: instance.ImageId ?? null,
  zone: instance.Placement?.AvailabilityZone ?? null,
  subnet: instance.SubnetId ?? null,
  vpc: instance.VpcId ?? null,
  addresses: [instance.PrivateIpAddress, instance.PublicIpAddress].filter((address) => address !== undefined),
  listPriced: listPriced(instance),
  group: instance.Tags?.find(({ Key }) => Key === 'aws:autoscaling:groupName')?.Value ?? null,
  ...nameIn(instance.Tags),
  ...ownerIn(instance.Tags, settings),
})

/** EC2 instances that exist: running, stopped and on their way between. */
export const instances = defineInventory<Instance>('instances', {
  title: { en: 'EC2 instances', ja: 'EC2 インスタンス' },
  scope: 'region',
  calls: ['ec2:DescribeInstances'],
  async page({ aws, target, settings }, token) {
    const answer = await aws.send(EC2Client, new DescribeInstancesCommand({ MaxResults: 1000, NextToken: token }))
    const rows = (answer.Reservations ?? [])
      .flatMap(({ Instances }) => Instances ?? [])
      .filter(({ State }) => State?.Name !== 'terminated')
      .map((instance) => rowOf(instance, target, settings))
    return answer.NextToken ? { rows, next: answer.NextToken } : { rows }
  },
})
