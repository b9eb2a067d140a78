import { DescribeLimitsCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { defineInventory, type Resource } from '../define.ts'
import { arnOf } from '../resource.ts'

/** Units per second that may be provisioned in this region, for all tables together and for one of them. */
export interface DynamodbAccount extends Resource {
  accountRead: number
  accountWrite: number
  tableRead: number
  tableWrite: number
}

/** One row per region: what DynamoDB allows this account. */
export const dynamodbAccount = defineInventory<DynamodbAccount>('dynamodb-account', {
  title: { en: 'DynamoDB of an account', ja: 'アカウントの DynamoDB' },
  scope: 'region',
  calls: ['dynamodb:DescribeLimits'],
  async page({ aws, target }) {
    const limits = await aws.send(DynamoDBClient, new DescribeLimitsCommand({}))
    const row: DynamodbAccount = {
      arn: arnOf(target, 'dynamodb', 'account'),
      name: `DynamoDB, ${target.region}`,
      accountRead: limits.AccountMaxReadCapacityUnits ?? 0,
      accountWrite: limits.AccountMaxWriteCapacityUnits ?? 0,
      tableRead: limits.TableMaxReadCapacityUnits ?? 0,
      tableWrite: limits.TableMaxWriteCapacityUnits ?? 0,
    }
    return { rows: [row] }
  },
})
