import { checkTable, daily, daysAgo } from '../../test/check-table.ts'
import type { LogGroup } from '../inventory/log-groups.ts'
import { stale } from './stale.ts'

const group = (over: Partial<LogGroup> = {}): LogGroup => ({
  ...{ arn: 'arn:aws:logs:us-east-1:123456789012:log-group:app', name: 'app', retentionDays: null, delivery: false },
  ...{ storedBytes: 50 * 2 ** 30, createdAt: daysAgo(400), ...over },
})
const silent = { incoming: daily(Array(90).fill(0)) }

checkTable(stale, {
  flags: {
    'no byte in 90 days': {
      row: group(),
      metrics: silent,
      ...{ evidence: { windowDays: 90, incomingBytes: 0, storedGiB: 50, retentionDays: null, ageDays: 400 }, usdPerMonth: 1.5 },
    },
    'silent and empty: it costs nothing': { row: group({ storedBytes: 0 }), metrics: silent, usdPerMonth: 0 },
    'silent for as long as the configuration says': {
      row: group({ createdAt: daysAgo(31) }),
      ...{ options: { days: 30 }, metrics: { incoming: daily(Array(30).fill(0)) }, evidence: { windowDays: 30 } },
    },
  },
  passes: {
    'one byte, 89 days ago': { row: group(), metrics: { incoming: daily([0, 1, ...Array(88).fill(0)]) } },
    'younger than the window: nothing can be said': { row: group({ createdAt: daysAgo(89) }), metrics: silent },
  },
  unknown: {
    'no age, and silent': { row: group({ createdAt: null }), metrics: silent, missing: /creationTime/ },
  },
})
