import { expect, test } from 'vitest'
import { checkTable, exampleNow } from '../../test/check-table.ts'
import type { DynamodbAccount } from '../inventory/dynamodb-account.ts'
import { accountCapacity } from './account-capacity.ts'

const row: DynamodbAccount = {
  ...{ arn: 'arn:aws:dynamodb:us-east-1:123456789012:account', name: 'DynamoDB, us-east-1' },
  ...{ accountRead: 80_000, accountWrite: 80_000, tableRead: 40_000, tableWrite: 40_000 },
}
const use = (...values: number[]) => ({ at: values.map((_, hour) => exampleNow - (values.length - hour) * 3_600_000), values })
const calm = { accountRead: use(12, 30), accountWrite: use(5), tableRead: use(20), tableWrite: use(79.9) }

checkTable(accountCapacity, {
  flags: {
    'all tables together have nearly all reads': {
      row,
      metrics: { ...calm, accountRead: use(30, 80, 12) },
      reason: 'account',
      severity: 'high',
      evidence: { accountReadPercent: 80, accountReadUnits: 80_000 },
    },
    'all tables together have nearly all writes': { row, metrics: { ...calm, accountWrite: use(96.25) }, reason: 'account' },
    'one table is as large as one may be': {
      row,
      metrics: { ...calm, tableWrite: use(100) },
      reason: 'table',
      evidence: { tableWritePercent: 100, tableWriteUnits: 40_000 },
    },
    'earlier than AWS Config says, if one wants': { row, options: { maxPercent: 60 }, metrics: calm, reason: 'table' },
  },
  passes: {
    'there is room': { row, metrics: calm },
    'no table has provisioned capacity': { row },
  },
})

test('CloudWatch tells it of the region, without dimensions', () => {
  expect(accountCapacity.metrics?.accountRead.dimensions()).toEqual({})
})
