import { type Snapshot as Answer, DescribeSnapshotsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { defineInventory, type Resource } from '../define.ts'
import { arnOf, nameIn, ownerIn } from '../resource.ts'

export interface Snapshot extends Resource {
  id: string
  /** Null: of no volume that can be told (copies of copies say `vol-ffffffff`). */
  volume: string | null
  /** Of the volume that it was made of. */
  volumeGiB: number
  /** What all its blocks take; a snapshot shares blocks with others of the same volume. Null: not told. */
  storedGiB: number | null
  encrypted: boolean
  state: string
  /** Put away by somebody: storage of the archive has another price. */
  archived: boolean
  /** Epoch ms. */
  startedAt: number | null
  /** Service whose policy made it and will delete it. */
  managedBy: 'AWS Backup' | 'Data Lifecycle Manager' | null
}

const managers = { 'aws:backup:source-resource': 'AWS Backup', 'aws:dlm:lifecycle-policy-id': 'Data Lifecycle Manager' } as const

function managerOf({ Tags = [] }: Answer): Snapshot['managedBy'] {
  const key = Tags.map(({ Key }) => Key ?? '').find((name): name is keyof typeof managers => name in managers)
  return key ? managers[key] : null
}

/** EBS snapshots that this account owns; those shared with it are nobody's matter here. */
export const snapshots = defineInventory<Snapshot>('snapshots', {
  title: { en: 'EBS snapshots', ja: 'EBS スナップショット' },
  scope: 'region',
  calls: ['ec2:DescribeSnapshots'],
  async page({ aws, target, settings }, token) {
    const answer = await aws.send(EC2Client, new DescribeSnapshotsCommand({ OwnerIds: ['self'], MaxResults: 1000, NextToken: token }))
    // Emulators of AWS answer with those of others all the same.
    const own = (answer.Snapshots ?? []).filter(({ OwnerId = target.account }) => OwnerId === target.account)
    const rows = own.map(
      (snapshot): Snapshot => ({
        arn: arnOf(target, 'ec2', `snapshot/${snapshot.SnapshotId}`, { account: true }),
        id: snapshot.SnapshotId ?? '',
        volume: snapshot.VolumeId && snapshot.VolumeId !== 'vol-ffffffff' ? snapshot.VolumeId : null,
        volumeGiB: snapshot.VolumeSize ?? 0,
        storedGiB: snapshot.FullSnapshotSizeInBytes === undefined ? null : snapshot.FullSnapshotSizeInBytes / 1024 ** 3,
        encrypted: snapshot.Encrypted ?? false,
        state: snapshot.State ?? '',
        archived: snapshot.StorageTier === 'archive',
        startedAt: snapshot.StartTime?.getTime() ?? null,
        managedBy: managerOf(snapshot),
        ...nameIn(snapshot.Tags),
        ...ownerIn(snapshot.Tags, settings),
      }),
    )
    return answer.NextToken ? { rows, next: answer.NextToken } : { rows }
  },
})
