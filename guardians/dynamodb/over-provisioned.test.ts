import { checkTable, daysAgo, exampleNow } from '../../test/check-table.ts'
import type { Series } from '../define.ts'
import { table, tableIs } from './example.ts'
import { overProvisioned } from './over-provisioned.ts'

/** A week by the hour, of units per second; the hours at the end may be others. */
const week = (perS: number, ...last: number[]): Series => {
  const values = [...Array.from({ length: 168 - last.length }, () => perS), ...last].map((units) => units * 3600)
  return { at: values.map((_, hour) => exampleNow - (168 - hour) * 3_600_000), values }
}
const provisioned = (read: number, write: number, over = {}) => tableIs({ provisioned: { read, write }, createdAt: daysAgo(30), ...over })

checkTable(overProvisioned, {
  flags: {
    'nobody uses a hundred units of each': {
      row: table(),
      metrics: { reads: week(0), writes: week(0) },
      details: { table: provisioned(100, 100) },
      severity: 'medium',
      evidence: { readUnits: 100, readPercent: 0, writeUnits: 100, writePercent: 0, days: 7 },
      // 99 of each are spare: 99 * 6 * 0.0949.
      usdPerMonth: 56.37,
    },
    'writes are used, reads are not; what the busiest hour needs is left': {
      row: table(),
      metrics: { reads: week(5, 14), writes: week(60) },
      details: { table: provisioned(100, 100) },
      evidence: { readPercent: 5.1, readBusiestPercent: 14, writePercent: 60, writeBusiestPercent: 60 },
      // 100 - 14 / 0.7 = 80 read units.
      usdPerMonth: 7.59,
    },
    'prices of other table classes are not known here': {
      row: table(),
      metrics: { reads: week(0), writes: week(0) },
      details: { table: provisioned(100, 100, { tableClass: 'STANDARD_INFREQUENT_ACCESS' }) },
      usdPerMonth: null,
    },
  },
  passes: {
    'on demand': { row: table(), metrics: { reads: week(0), writes: week(0) }, details: { table: tableIs({}) } },
    'a tenth is used': { row: table(), metrics: { reads: week(10), writes: week(10) }, details: { table: provisioned(100, 100) } },
    'it works for one hour of the week, and then hard': {
      row: table(),
      metrics: { reads: week(0, 90), writes: week(0, 90) },
      details: { table: provisioned(100, 100) },
    },
    'five units, as the console proposes': {
      row: table(),
      metrics: { reads: week(0), writes: week(0) },
      details: { table: provisioned(5, 5) },
    },
    'made three days ago': {
      row: table(),
      metrics: { reads: week(0), writes: week(0) },
      details: { table: provisioned(100, 100, { createdAt: daysAgo(3) }) },
    },
  },
})
