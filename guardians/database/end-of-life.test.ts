import { expect, test } from 'vitest'
import { checkTable, daysAgo } from '../../test/check-table.ts'
import { endOfLife } from './end-of-life.ts'
import { majorOf } from './engine-table.ts'
import { instance } from './fixture.ts'

const nothingPending = { maintenance: { value: [] }, support: { value: new Map() } }
const pending = (action: string, appliesAt: number | null) => ({ ...nothingPending, maintenance: { value: [{ action, appliesAt }] } })
const supported = (major: string, until: string) => ({ ...nothingPending, support: { value: new Map([[major, Date.parse(until)]]) } })
const denied = {
  maintenance: { missing: 'rds:DescribePendingMaintenanceActions' },
  support: { missing: 'rds:DescribeDBMajorEngineVersions' },
}

checkTable(endOfLife, {
  flags: {
    'a certificate authority that ends in sixty days': {
      row: instance({ ca: 'rds-ca-2019', caEndsAt: daysAgo(-60) }),
      details: nothingPending,
      reason: 'ca',
      evidence: { what: 'rds-ca-2019', endsOn: '2027-01-20', daysLeft: 60 },
    },
    'an engine whose support AWS says has ended': {
      row: instance({ engine: 'mariadb', engineVersion: '10.6.14' }),
      details: supported('mariadb 10.6', '2026-07-31'),
      reason: 'engine',
      evidence: { what: 'mariadb 10.6', endsOn: '2026-07-31', daysLeft: -114 },
    },
    'an engine of the documentation, when AWS may not be asked': {
      row: instance({ engine: 'mysql', engineVersion: '5.7.44' }),
      details: denied,
      reason: 'engine',
      evidence: { what: 'mysql 5.7', endsOn: '2024-02-29' },
    },
    'maintenance that AWS does by itself next week': {
      row: instance(),
      details: pending('system-update', daysAgo(-7)),
      reason: 'maintenance',
      evidence: { what: 'system-update', endsOn: '2026-11-28' },
    },
    'the nearest end first, the others beside it': {
      row: instance({ engineVersion: '14.9', caEndsAt: daysAgo(-20) }),
      details: pending('os-upgrade', daysAgo(-7)),
      reason: 'maintenance',
      evidence: { also: ['rds-ca-rsa2048-g1 2026-12-11', 'postgres 14 2027-02-28'] },
    },
  },
  passes: {
    'everything far away': { row: instance(), details: nothingPending },
    'maintenance that waits to be asked': { row: instance(), details: pending('db-upgrade', null) },
    'what AWS says goes before the documentation': {
      row: instance({ engineVersion: '13.7' }),
      details: supported('postgres 13', '2028-01-01'),
    },
    'an engine for which nobody says a date': { row: instance({ engine: 'oracle-se2', engineVersion: '19.0' }), details: nothingPending },
    'being deleted': { row: instance({ status: 'deleting', caEndsAt: daysAgo(1) }), details: nothingPending },
  },
  unknown: {
    'a version that nobody knows': {
      row: instance({ engineVersion: '19.1' }),
      details: nothingPending,
      missing: 'end of support of postgres 19',
    },
    'a version that only AWS knows, which may not be asked': {
      row: instance({ engineVersion: '19.1' }),
      details: denied,
      missing: 'rds:DescribeDBMajorEngineVersions',
    },
    'pending maintenance may not be read': { row: instance(), details: denied, missing: 'rds:DescribePendingMaintenanceActions' },
  },
})

test.each([
  ['postgres', '9.6.24', 'postgres 9.6'],
  ['postgres', '16.2', 'postgres 16'],
  ['aurora-mysql', '8.0.mysql_aurora.3.04.0', 'aurora-mysql 8.0'],
  ['mariadb', '10.11.6', 'mariadb 10.11'],
])('the major version of %s %s', (engine, version, major) => {
  expect(majorOf(engine, version)).toBe(major)
})
