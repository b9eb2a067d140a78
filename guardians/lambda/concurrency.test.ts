import { checkTable, daily } from '../../test/check-table.ts'
import type { LambdaAccount } from '../inventory/lambda-account.ts'
import { concurrency } from './concurrency.ts'

const account = (over: Partial<LambdaAccount> = {}): LambdaAccount => ({
  ...{ arn: 'arn:aws:lambda:us-east-1:123456789012:account-settings', name: 'Lambda, us-east-1', concurrent: 1_000, unreserved: 400 },
  ...over,
})
const peaks = (all: number[], unreserved: number[]) => ({ all: daily(all), unreserved: daily(unreserved) })

checkTable(concurrency, {
  flags: {
    'four fifths of the limit, once': {
      row: account(),
      metrics: peaks([10, 800, 10], [10, 10, 10]),
      ...{ reason: 'region', evidence: { peak: 800, limit: 1_000, usedPercent: 80, day: '2026-11-19', windowDays: 7 } },
    },
    'little of the whole, but nearly all that is not reserved': {
      row: account(),
      metrics: peaks([500], [390]),
      ...{ reason: 'unreserved', evidence: { peak: 390, limit: 400, usedPercent: 97.5 } },
    },
    'a new account may have ten': { row: account({ concurrent: 10, unreserved: 10 }), metrics: peaks([9], [9]), reason: 'region' },
  },
  passes: {
    'below both': { row: account(), metrics: peaks([799], [319]) },
    'no call at all': { row: account(), metrics: peaks([0, 0], [0, 0]) },
    'the configuration allows more': { row: account(), options: { usedPercent: 95 }, metrics: peaks([800], [300]) },
  },
  unknown: {
    'AWS does not tell the limit': { row: account({ concurrent: null }), metrics: peaks([1], [1]), missing: /GetAccountSettings/ },
  },
})
