import { DescribeSnapshotsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { defineInventory, type Resource } from '../define.ts'
import { arnOf, nameIn, ownerIn } from '../resource.ts'

export interface PublicSnapshot extends Resource {
  id: string
  volume: string | null
  sizeGiB: number
  /** Epoch ms. */
  startedAt: number | null
}

/** Own EBS snapshots that anybody may restore: AWS picks them, so an account with 100,000 snapshots costs one call. */
export const publicSnapshots = defineInventory<PublicSnapshot>('public-snapshots', {
  title: { en: 'Public EBS snapshots', ja: '公開 EBS スナップショット' },
  scope: 'region',
  calls: ['ec2:DescribeSnapshots'],
  async page({ aws, target, settings }, token) {
    const input = { OwnerIds: ['self'], RestorableByUserIds: ['all'], MaxResults: 1_000, NextToken: token }
    const answer = await aws.send(EC2Client, new DescribeSnapshotsCommand(input))
    const rows = (answer.Snapshots ?? []).map(
      (snapshot): PublicSnapshot => ({
        arn: arnOf(target, 'ec2', `snapshot/${snapshot.SnapshotId}`, { account: true }),
        id: snapshot.SnapshotId ?? '',
        volume: snapshot.VolumeId ?? null,
        sizeGiB: snapshot.VolumeSize ?? 0,
        startedAt: snapshot.StartTime?.getTime() ?? null,
        ...nameIn(snapshot.Tags),
        ...ownerIn(snapshot.Tags, settings),
      }),
    )
    return answer.NextToken ? { rows, next: answer.NextToken } : { rows }
  },
})
