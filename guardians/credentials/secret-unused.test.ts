import { checkTable, daysAgo } from '../../test/check-table.ts'
import type { Secret } from '../inventory/secrets.ts'
import { secretUnused } from './secret-unused.ts'

const secret = (over: Partial<Secret> = {}): Secret => ({
  ...{ arn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf', name: 'db', createdAt: daysAgo(200) },
  ...{ lastUsedAt: daysAgo(1), keptBy: null, replica: false, ...over },
})

checkTable(secretUnused, {
  flags: {
    'not read for 90 days': { row: secret({ lastUsedAt: daysAgo(90) }), reason: 'unused', evidence: { unusedDays: 90 }, usdPerMonth: 0.4 },
    'never read': { row: secret({ lastUsedAt: null }), reason: 'never-used', evidence: { ageDays: 200 } },
  },
  passes: {
    'read yesterday': { row: secret() },
    'made a week ago and not read yet': { row: secret({ createdAt: daysAgo(7), lastUsedAt: null }) },
    'kept by RDS': { row: secret({ lastUsedAt: null, keptBy: 'rds' }) },
    'a copy for another region': { row: secret({ lastUsedAt: null, replica: true }) },
  },
})
