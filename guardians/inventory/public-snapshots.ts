import { DescribeSnapshotAttributeCommand, DescribeSnapshotsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { defineDetail, defineInventory, type Resource } from '../define.ts'
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

/**
 * May everybody restore it, by its own word? The list has said so, and yet a finding of this kind should not rest on a filter alone:
 * what stands for AWS elsewhere ignores it. Public ones are few.
 */
export const snapshotIsPublic = defineDetail<PublicSnapshot, boolean>('snapshot-is-public', {
  calls: ['ec2:DescribeSnapshotAttribute'],
  async get({ aws }, rows) {
    const asked = rows.map(async ({ arn, id }) => {
      const ask = new DescribeSnapshotAttributeCommand({ SnapshotId: id, Attribute: 'createVolumePermission' })
      const { CreateVolumePermissions = [] } = await aws.send(EC2Client, ask)
      return [arn, CreateVolumePermissions.some(({ Group }) => Group === 'all')] as const
    })
    return new Map(await Promise.all(asked))
  },
})
