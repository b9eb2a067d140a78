import { checkTable, daysAgo } from '../../test/check-table.ts'
import type { LogGroup } from '../inventory/log-groups.ts'
import { noRetention } from './no-retention.ts'

const group = (over: Partial<LogGroup> = {}): LogGroup => ({
  ...{ arn: 'arn:aws:logs:us-east-1:123456789012:log-group:app', name: 'app', retentionDays: null, delivery: false },
  ...{ storedBytes: 100 * 2 ** 30, createdAt: daysAgo(900), ...over },
})

checkTable(noRetention, {
  flags: {
    'kept for ever: nine tenths of 900 days are older than 90': {
      row: group(),
      ...{ reason: 'never-expires', evidence: { storedGiB: 100, ageDays: 900 }, severity: 'low', usdPerMonth: 2.7 },
    },
    'kept for ever, and younger than what would be kept: nothing to save yet': { row: group({ createdAt: daysAgo(30) }), usdPerMonth: 0 },
    'kept for ever, of unknown age: no guess': {
      row: group({ createdAt: null }),
      evidence: { storedGiB: 100, ageDays: null },
      usdPerMonth: null,
    },
    'an audit trail that is gone after a month': {
      row: group({ name: 'aws-CloudTrail-logs', retentionDays: 30 }),
      ...{ reason: 'too-short-for-audit', severity: 'medium', evidence: { retentionDays: 30, auditDays: 365 }, usdPerMonth: null },
    },
    'what the configuration calls an audit': {
      row: group({ retentionDays: 364 }),
      options: { auditNames: [''] },
      reason: 'too-short-for-audit',
    },
  },
  passes: {
    'expires after a month': { row: group({ retentionDays: 30 }) },
    'an audit trail that is kept for a year': { row: group({ name: 'audit', retentionDays: 365 }) },
    'passes logs on and keeps nothing': { row: group({ delivery: true }) },
  },
})
