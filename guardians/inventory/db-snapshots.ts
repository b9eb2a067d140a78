import { DescribeDBClusterSnapshotsCommand, DescribeDBSnapshotsCommand, RDSClient } from '@aws-sdk/client-rds'
import { defineInventory, type Resource, type Target } from '../define.ts'
import { arnOf, ownerIn } from '../resource.ts'
import { staged } from './staged.ts'

export interface DbSnapshot extends Resource {
  id: string
  /** Instance or cluster that it was made of. */
  source: string
  of: 'instance' | 'cluster'
  engine: string
  /** Storage that was allocated, at most what is paid for; null: Aurora does not tell. */
  sizeGiB: number | null
  /** A copy of a snapshot of another region or account. */
  elsewhere: boolean
  /** Epoch ms. */
  createdAt: number | null
}

/** Snapshots that people made: AWS never deletes them. Automatic ones end with their database. */
export const dbSnapshots = defineInventory<DbSnapshot>('db-snapshots', {
  title: { en: 'DB snapshots made by hand', ja: '手動の DB スナップショット' },
  scope: 'region',
  calls: ['rds:DescribeDBSnapshots', 'rds:DescribeDBClusterSnapshots'],
  page: staged<DbSnapshot>([
    async ({ aws, target, settings }, Marker) => {
      const ask = new DescribeDBSnapshotsCommand({ SnapshotType: 'manual', MaxRecords: 100, Marker })
      const answer = await aws.send(RDSClient, ask)
      const rows = (answer.DBSnapshots ?? []).map(
        (snapshot): DbSnapshot => ({
          arn: snapshot.DBSnapshotArn ?? arnOf(target, 'rds', `snapshot:${snapshot.DBSnapshotIdentifier}`),
          ...{ id: snapshot.DBSnapshotIdentifier ?? '', name: snapshot.DBSnapshotIdentifier ?? '', of: 'instance' },
          ...{ source: snapshot.DBInstanceIdentifier ?? '', engine: snapshot.Engine ?? '', sizeGiB: snapshot.AllocatedStorage || null },
          elsewhere: isElsewhere(snapshot.SourceDBSnapshotIdentifier, target),
          createdAt: (snapshot.OriginalSnapshotCreateTime ?? snapshot.SnapshotCreateTime)?.getTime() ?? null,
          ...ownerIn(snapshot.TagList, settings),
        }),
      )
      return { rows, next: answer.Marker || undefined }
    },
    async ({ aws, target, settings }, Marker) => {
      const ask = new DescribeDBClusterSnapshotsCommand({ SnapshotType: 'manual', MaxRecords: 100, Marker })
      const answer = await aws.send(RDSClient, ask)
      const rows = (answer.DBClusterSnapshots ?? []).map(
        (snapshot): DbSnapshot => ({
          arn: snapshot.DBClusterSnapshotArn ?? arnOf(target, 'rds', `cluster-snapshot:${snapshot.DBClusterSnapshotIdentifier}`),
          ...{ id: snapshot.DBClusterSnapshotIdentifier ?? '', name: snapshot.DBClusterSnapshotIdentifier ?? '', of: 'cluster' },
          ...{ source: snapshot.DBClusterIdentifier ?? '', engine: snapshot.Engine ?? '' },
          // Aurora says 0 or 1 whatever it holds.
          sizeGiB: (snapshot.AllocatedStorage ?? 0) > 1 ? (snapshot.AllocatedStorage as number) : null,
          elsewhere: isElsewhere(snapshot.SourceDBClusterSnapshotArn, target),
          createdAt: snapshot.SnapshotCreateTime?.getTime() ?? null,
          ...ownerIn(snapshot.TagList, settings),
        }),
      )
      return { rows, next: answer.Marker || undefined }
    },
  ]),
})

/** `arn:aws:rds:eu-west-1:123456789012:snapshot:orders`; a name alone is of here. */
function isElsewhere(source: string | undefined, { region, account }: Target): boolean {
  const [arn, , , from, by] = (source ?? '').split(':')
  return arn === 'arn' && (from !== region || by !== account)
}
