import { DescribeDBClusterSnapshotAttributesCommand, DescribeDBSnapshotAttributesCommand, RDSClient } from '@aws-sdk/client-rds'
import { defineDetail } from '../define.ts'
import type { DbSnapshot } from './db-snapshots.ts'

/** Accounts that may restore a snapshot; `all`: every account of AWS. RDS lists public ones only together with everybody's, so each is asked. */
export const dbSnapshotAccess = defineDetail<DbSnapshot, readonly string[]>('db-snapshot-access', {
  calls: ['rds:DescribeDBSnapshotAttributes', 'rds:DescribeDBClusterSnapshotAttributes'],
  async get({ aws }, rows) {
    const asked = rows.map(async ({ arn, id, of }) => {
      if (of === 'cluster') {
        const answer = await aws.send(RDSClient, new DescribeDBClusterSnapshotAttributesCommand({ DBClusterSnapshotIdentifier: id }))
        return [arn, restorers(answer.DBClusterSnapshotAttributesResult?.DBClusterSnapshotAttributes)] as const
      }
      const answer = await aws.send(RDSClient, new DescribeDBSnapshotAttributesCommand({ DBSnapshotIdentifier: id }))
      return [arn, restorers(answer.DBSnapshotAttributesResult?.DBSnapshotAttributes)] as const
    })
    return new Map(await Promise.all(asked))
  },
})

type Attributes = readonly { AttributeName?: string | undefined; AttributeValues?: string[] | undefined }[]

const restorers = (attributes: Attributes = []): readonly string[] =>
  attributes.find(({ AttributeName }) => AttributeName === 'restore')?.AttributeValues ?? []
