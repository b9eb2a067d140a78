import { checkTable, daily } from '../../test/check-table.ts'
import type { SearchDomain } from '../inventory/search-domains.ts'
import { searchIdle } from './search-idle.ts'

const domain = (over: Partial<SearchDomain> = {}): SearchDomain => ({
  ...{ arn: 'arn:aws:es:us-east-1:123456789012:domain/logs', id: 'logs', name: 'logs', account: '123456789012' },
  ...{ nodeType: 't3.small.search', nodes: 2, otherNodes: 0, deleted: false, ...over },
})
const days = (value: number, count = 14) => daily(Array.from({ length: count }, () => value))

checkTable(searchIdle, {
  flags: {
    'only its own housekeeping in two weeks': {
      row: domain(),
      metrics: { searches: days(0.4), writes: days(0) },
      evidence: { searchesPerMinute: 0.4, writesPerMinute: 0, windowDays: 14 },
      usdPerMonth: 52.56,
    },
    'of nodes without a price': {
      row: domain({ nodeType: 'or1.medium.search' }),
      metrics: { searches: days(0), writes: days(0) },
      usdPerMonth: null,
    },
  },
  passes: {
    searched: { row: domain(), metrics: { searches: days(30), writes: days(0) } },
    'written, and searched by nobody yet': { row: domain(), metrics: { searches: days(0), writes: days(900) } },
    'being deleted': { row: domain({ deleted: true }), metrics: { searches: days(0), writes: days(0) } },
  },
  unknown: {
    'measured for three days only': {
      row: domain(),
      metrics: { searches: days(0, 3), writes: days(0, 3) },
      missing: '14 days of metrics; there are 3',
    },
  },
})
