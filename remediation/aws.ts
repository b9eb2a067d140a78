import { fault } from '../core/errors.ts'
import type { Limits } from './world.ts'

/** What fixes of findings may ask of AWS and change there; nothing else gets through the door. */

/** One account in one region. A type, not an interface: it is stored with the plan. */
export type AwsPlace = {
  account: string
  region: string
  partition: string
}

/** A modification of a volume, as far as a fix looks at it. */
export interface VolumeModification {
  ModificationState?: string
  TargetVolumeType?: string
  StartTime?: Date
}

/** By IAM action: the fields that are sent, and those of the answer that are read. */
export interface AwsCalls {
  'logs:DescribeLogGroups': {
    input: { logGroupNamePrefix: string; nextToken?: string }
    output: { logGroups?: { logGroupName?: string; retentionInDays?: number; logGroupClass?: string }[]; nextToken?: string }
  }
  'logs:PutRetentionPolicy': { input: { logGroupName: string; retentionInDays: number }; output: object }
  'logs:DeleteRetentionPolicy': { input: { logGroupName: string }; output: object }
  'ec2:DescribeVolumes': {
    input: { VolumeIds: string[] }
    output: { Volumes?: { VolumeId?: string; VolumeType?: string; Size?: number; Iops?: number }[] }
  }
  'ec2:DescribeVolumesModifications': {
    input: { Filters: { Name: string; Values: string[] }[] }
    output: { VolumesModifications?: VolumeModification[] }
  }
  'ec2:ModifyVolume': { input: { VolumeId: string; VolumeType: string; Iops?: number; Throughput?: number }; output: object }
  'ec2:DescribeAddresses': {
    input: { Filters: { Name: string; Values: string[] }[] }
    output: {
      Addresses?: { AllocationId?: string; PublicIp?: string; AssociationId?: string; InstanceId?: string; NetworkInterfaceId?: string }[]
    }
  }
  'ec2:ReleaseAddress': { input: { AllocationId: string }; output: object }
  'dynamodb:DescribeContinuousBackups': {
    input: { TableName: string }
    output: { ContinuousBackupsDescription?: { PointInTimeRecoveryDescription?: { PointInTimeRecoveryStatus?: string } } }
  }
  'dynamodb:UpdateContinuousBackups': {
    input: { TableName: string; PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: boolean } }
    output: object
  }
  'dynamodb:DescribeTable': { input: { TableName: string }; output: { Table?: { DeletionProtectionEnabled?: boolean } } }
  'dynamodb:UpdateTable': { input: { TableName: string; DeletionProtectionEnabled: boolean }; output: object }
}

export type AwsCall = keyof AwsCalls

/**
 * One call. What changes something and may have been done although no answer came is a fault `target-unreachable`.
 * @throws fault `aws-denied` (with the action), `aws-absent`, `aws-refused`, `aws-throttled`, `aws-credentials`, `target-unreachable`,
 * `deadline-passed`
 */
export type AwsDoor = <Call extends AwsCall>(
  place: AwsPlace,
  call: Call,
  input: AwsCalls[Call]['input'],
  limits: Limits,
) => Promise<AwsCalls[Call]['output']>

/** The door of one place, as long as one look or step lasts. */
export type AwsHere = <Call extends AwsCall>(call: Call, input: AwsCalls[Call]['input']) => Promise<AwsCalls[Call]['output']>

export function awsHere(world: { aws?: AwsDoor }, place: AwsPlace, { timeoutMs, signal }: Limits): AwsHere {
  const { aws } = world
  if (!aws) throw fault('refused', { reason: 'nothing in AWS is changed from here', hint: 'Nobody gave this controller a door to AWS.' })
  return (call, input) => aws(place, call, input, { timeoutMs, signal })
}

/** What a step meets is not what was approved. */
export const changedSince = (what: string, planned: string, now: string) =>
  fault('refused', {
    reason: `${what} is ${now} now; it was ${planned} when this was approved`,
    hint: 'Let the guardians look again, and decide anew.',
  })

/** The part of an ARN that names the resource; null when it is of another kind. */
export function resourceIn(arn: string, service: string, prefix: string): string | null {
  const [scheme, , of, , , ...rest] = arn.split(':')
  const resource = rest.join(':')
  return scheme === 'arn' && of === service && resource.startsWith(prefix) ? resource.slice(prefix.length) : null
}
