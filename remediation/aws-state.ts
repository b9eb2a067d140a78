import { isFault } from '../core/errors.ts'
import type { AwsHere, VolumeModification } from './aws.ts'

/** How the things are that fixes change: read before it is planned, again before it is done, and when it is in doubt. */

export interface LogGroupState {
  /** Null: nothing ever expires. */
  retentionDays: number | null
  /** `DELIVERY` keeps logs for a day, whatever it says. */
  delivery: boolean
}

/** Null: there is none of that name. */
export async function logGroupState(aws: AwsHere, name: string): Promise<LogGroupState | null> {
  for (let nextToken: string | undefined; ; ) {
    const page = await aws('logs:DescribeLogGroups', { logGroupNamePrefix: name, ...(nextToken === undefined ? {} : { nextToken }) })
    const found = page.logGroups?.find(({ logGroupName }) => logGroupName === name)
    if (found) return { retentionDays: found.retentionInDays ?? null, delivery: found.logGroupClass === 'DELIVERY' }
    nextToken = page.nextToken
    if (nextToken === undefined) return null
  }
}

export interface VolumeState {
  type: string
  sizeGiB: number
  iops: number | null
  /** The last one that AWS remembers; null: none. */
  modification: { state: string; to: string | null; startedAt: number } | null
}

export async function volumeState(aws: AwsHere, id: string): Promise<VolumeState | null> {
  const found = await orNull(aws('ec2:DescribeVolumes', { VolumeIds: [id] }))
  const volume = found?.Volumes?.find(({ VolumeId }) => VolumeId === id)
  if (!volume) return null
  const asked = await orNull(aws('ec2:DescribeVolumesModifications', { Filters: [{ Name: 'volume-id', Values: [id] }] }))
  const [last] = (asked?.VolumesModifications ?? []).toSorted((a, b) => startOf(b) - startOf(a))
  return {
    type: volume.VolumeType ?? '',
    sizeGiB: volume.Size ?? 0,
    iops: volume.Iops ?? null,
    modification: last ? { state: last.ModificationState ?? '', to: last.TargetVolumeType ?? null, startedAt: startOf(last) } : null,
  }
}

const startOf = ({ StartTime }: VolumeModification) => StartTime?.getTime() ?? 0

export async function recoveryState(aws: AwsHere, table: string): Promise<boolean | null> {
  const answer = await orNull(aws('dynamodb:DescribeContinuousBackups', { TableName: table }))
  return answer && answer.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED'
}

export async function deletionProtectionState(aws: AwsHere, table: string): Promise<boolean | null> {
  const answer = await orNull(aws('dynamodb:DescribeTable', { TableName: table }))
  return answer && (answer.Table?.DeletionProtectionEnabled ?? false)
}

export interface AddressState {
  ip: string
  associated: boolean
}

export async function addressState(aws: AwsHere, allocation: string): Promise<AddressState | null> {
  const { Addresses = [] } = await aws('ec2:DescribeAddresses', { Filters: [{ Name: 'allocation-id', Values: [allocation] }] })
  const found = Addresses.find(({ AllocationId }) => AllocationId === allocation)
  if (!found) return null
  return { ip: found.PublicIp ?? '', associated: Boolean(found.AssociationId || found.InstanceId || found.NetworkInterfaceId) }
}

/** Null: AWS has nothing of that name. */
async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked
  } catch (error) {
    if (isFault(error, 'aws-absent')) return null
    throw error
  }
}
