import { checkTable } from '../../test/check-table.ts'
import type { ScalableTarget } from '../inventory/scalable-targets.ts'
import { table, tableIs } from './example.ts'
import { noAutoscaling } from './no-autoscaling.ts'

const target = (resourceId: string, dimension: string): ScalableTarget => ({
  ...{ arn: `arn:aws:application-autoscaling:us-east-1:123456789012:scalable-target/${resourceId}/${dimension}` },
  ...{ resourceId, dimension },
})
const both = (id: string, kind: string) => ['Read', 'Write'].map((way) => target(id, `dynamodb:${kind}:${way}CapacityUnits`))
const provisioned = tableIs({ provisioned: { read: 20, write: 10 } })

checkTable(noAutoscaling, {
  flags: {
    'nothing scales it': {
      row: table(),
      details: { table: provisioned },
      evidence: { readUnits: 20, writeUnits: 10, unscaled: ['table reads', 'table writes'] },
    },
    'only its reads scale': {
      row: table(),
      details: { table: provisioned },
      reads: { targets: [target('table/orders', 'dynamodb:table:ReadCapacityUnits')] },
      evidence: { readUnits: 20, writeUnits: 10, unscaled: ['table writes'] },
    },
    'an index was forgotten': {
      row: table(),
      details: { table: { ...provisioned, indexes: ['by-day'] } },
      reads: { targets: both('table/orders', 'table') },
      evidence: { readUnits: 20, writeUnits: 10, unscaled: ['by-day reads', 'by-day writes'] },
    },
    'another table scales': { row: table(), details: { table: provisioned }, reads: { targets: both('table/orders-2', 'table') } },
  },
  passes: {
    'on demand': { row: table(), details: { table: tableIs({}) } },
    'both ways scale': { row: table(), details: { table: provisioned }, reads: { targets: both('table/orders', 'table') } },
    'and its index too': {
      row: table(),
      details: { table: { ...provisioned, indexes: ['by-day'] } },
      reads: { targets: [...both('table/orders', 'table'), ...both('table/orders/index/by-day', 'index')] },
    },
  },
})
