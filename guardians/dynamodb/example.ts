import type { Table, TableDescription } from '../inventory/tables.ts'

/** A table for tables of examples. */
export const table = (name = 'orders'): Table => ({ arn: `arn:aws:dynamodb:us-east-1:123456789012:table/${name}`, name })

/** On demand, old, protected, unless told. */
export const tableIs = (over: Partial<TableDescription>): TableDescription => ({
  ...{ createdAt: 0, provisioned: null, indexes: [], tableClass: 'STANDARD', deletionProtection: true },
  ...over,
})
