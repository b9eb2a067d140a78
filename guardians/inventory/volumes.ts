import { DescribeVolumesCommand, EC2Client } from '@aws-sdk/client-ec2'
import { defineInventory, type Resource } from '../define.ts'
import { arnOf, nameIn, ownerIn } from '../resource.ts'

export interface Volume extends Resource {
  id: string
  type: string
  sizeGiB: number
  encrypted: boolean
  /** Epoch ms. */
  createdAt: number | null
  /** Instances that it is attached to. */
  instances: string[]
  /** Epoch ms of the latest attachment; null: attached to nothing. */
  attachedAt: number | null
  /** Provisioned, or of its size; null: of a type without a promise. */
  iops: number | null
}

const latest = (times: readonly number[]): number | null => (times.length === 0 ? null : Math.max(...times))

/** EBS volumes. AWS does not tell when a volume was detached. */
export const volumes = defineInventory<Volume>('volumes', {
  title: { en: 'EBS volumes', ja: 'EBS ボリューム' },
  scope: 'region',
  calls: ['ec2:DescribeVolumes'],
  async page({ aws, target, settings }, token) {
    const answer = await aws.send(EC2Client, new DescribeVolumesCommand({ MaxResults: 500, NextToken: token }))
    const rows = (answer.Volumes ?? []).map(
      (volume): Volume => ({
        arn: arnOf(target, 'ec2', `volume/${volume.VolumeId}`),
        id: volume.VolumeId ?? '',
        type: volume.VolumeType ?? '',
        sizeGiB: volume.Size ?? 0,
        encrypted: volume.Encrypted ?? false,
        createdAt: volume.CreateTime?.getTime() ?? null,
        instances: (volume.Attachments ?? []).flatMap(({ InstanceId }) => InstanceId ?? []),
        attachedAt: latest((volume.Attachments ?? []).flatMap(({ AttachTime }) => AttachTime?.getTime() ?? [])),
        iops: volume.Iops ?? null,
        ...nameIn(volume.Tags),
        ...ownerIn(volume.Tags, settings),
      }),
    )
    return answer.NextToken ? { rows, next: answer.NextToken } : { rows }
  },
})
