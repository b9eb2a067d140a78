import { DescribeContinuousBackupsCommand, DescribeTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { defineDetail, defineInventory, type Resource } from '../define.ts'
import { arnOf } from '../resource.ts'
import { ownerCalls, withOwners } from './owners.ts'

export interface Table extends Resource {
  name: string
}

/** DynamoDB tables. A hundred names a page is all that DynamoDB gives. */
export const tables = defineInventory<Table>('tables', {
  title: { en: 'DynamoDB tables', ja: 'DynamoDB テーブル' },
  scope: 'region',
  calls: ['dynamodb:ListTables', ...ownerCalls],
  async page(sources, token) {
    const { aws, target } = sources
    const answer = await aws.send(DynamoDBClient, new ListTablesCommand({ Limit: 100, ExclusiveStartTableName: token }))
    const found = (answer.TableNames ?? []).map((name): Table => ({ arn: arnOf(target, 'dynamodb', `table/${name}`), name }))
    const rows = await withOwners(sources, found)
    const next = answer.LastEvaluatedTableName
    return next ? { rows, next } : { rows }
  },
})

export interface TableDescription {
  /** Epoch ms. */
  createdAt: number | null
  /** Units per second; null: on demand. */
  provisioned: { read: number; write: number } | null
  /** Names of global secondary indexes; with the table they are provisioned, or on demand. */
  indexes: string[]
  /** `STANDARD_INFREQUENT_ACCESS` has other prices. */
  tableClass: string
  deletionProtection: boolean
}

/** What DynamoDB says of one table. */
export const tableDescription = defineDetail<Table, TableDescription>('table-description', {
  calls: ['dynamodb:DescribeTable'],
  async get({ aws }, rows) {
    const described = new Map<string, TableDescription>()
    for (const { arn, name } of rows) {
      const { Table } = await aws.send(DynamoDBClient, new DescribeTableCommand({ TableName: name }))
      if (!Table) continue
      const read = Table.ProvisionedThroughput?.ReadCapacityUnits ?? 0
      const write = Table.ProvisionedThroughput?.WriteCapacityUnits ?? 0
      // Without a summary of the billing mode the table was never on demand; one on demand has zero units.
      const onDemand = Table.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST' || (read === 0 && write === 0)
      described.set(arn, {
        createdAt: Table.CreationDateTime?.getTime() ?? null,
        provisioned: onDemand ? null : { read, write },
        indexes: (Table.GlobalSecondaryIndexes ?? []).flatMap(({ IndexName }) => IndexName ?? []),
        tableClass: Table.TableClassSummary?.TableClass ?? 'STANDARD',
        deletionProtection: Table.DeletionProtectionEnabled ?? false,
      })
    }
    return described
  },
})

/** Whether each table can be put back to a moment of the last days. */
export const pointInTimeRecovery = defineDetail<Table, boolean>('point-in-time-recovery', {
  calls: ['dynamodb:DescribeContinuousBackups'],
  async get({ aws }, rows) {
    const enabled = new Map<string, boolean>()
    for (const { arn, name } of rows) {
      const answer = await aws.send(DynamoDBClient, new DescribeContinuousBackupsCommand({ TableName: name }))
      const status = answer.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus
      enabled.set(arn, status === 'ENABLED')
    }
    return enabled
  },
})
