import { checkTable, daysAgo } from '../../test/check-table.ts'
import type { AccessKey } from '../inventory/access-keys.ts'
import { keyUnused } from './key-unused.ts'

const key = (over: Partial<AccessKey> = {}): AccessKey => ({
  ...{ arn: 'arn:aws:iam::123456789012:user/aki#access-key-1', user: 'aki', number: 1, root: false, active: true },
  ...{ rotatedAt: daysAgo(60), lastUsedAt: daysAgo(1), lastUsedService: 's3', ...over },
})

checkTable(keyUnused, {
  flags: {
    'not used for 45 days': {
      row: key({ lastUsedAt: daysAgo(45) }),
      reason: 'unused',
      severity: 'medium',
      evidence: { unusedDays: 45, service: 's3' },
    },
    'never used since it was made': {
      row: key({ lastUsedAt: null, lastUsedService: null }),
      reason: 'never-used',
      evidence: { ageDays: 60 },
    },
    'used daily, and not changed for 90 days': { row: key({ rotatedAt: daysAgo(90) }), reason: 'old', severity: 'medium' },
    'not changed for two years': { row: key({ rotatedAt: daysAgo(730) }), reason: 'old', severity: 'high' },
    'of root, whatever its age': { row: key({ root: true, rotatedAt: daysAgo(1) }), reason: 'root', severity: 'high' },
  },
  passes: {
    'in use and young': { row: key() },
    'made yesterday and not used yet': { row: key({ rotatedAt: daysAgo(1), lastUsedAt: null }) },
    'switched off': { row: key({ active: false, lastUsedAt: daysAgo(400) }) },
    'unused for less than the configuration says': { row: key({ lastUsedAt: daysAgo(50) }), options: { unusedDays: 90 } },
  },
})
