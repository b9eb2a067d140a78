import { checkTable, daysAgo } from '../../test/check-table.ts'
import type { DbInstance } from '../inventory/db-instances.ts'
import { unencryptedDb } from './unencrypted-db.ts'

const db = (encrypted: boolean) =>
  ({
    ...{ arn: 'arn:aws:rds:us-east-1:123456789012:db:orders', id: 'orders', engine: 'postgres', storageGiB: 20, encrypted },
    createdAt: daysAgo(8),
  }) as DbInstance

checkTable(unencryptedDb, {
  flags: { plain: { row: db(false), evidence: { engine: 'postgres', storageGiB: 20 } } },
  passes: { encrypted: { row: db(true) } },
})
