import { checkTable, daysAgo } from '../../test/check-table.ts'
import type { DbSnapshot } from '../inventory/db-snapshots.ts'
import { instance } from './fixture.ts'
import { snapshotOrphan } from './snapshot-orphan.ts'

const snapshot = (over: Partial<DbSnapshot> = {}): DbSnapshot => ({
  ...{ arn: 'arn:aws:rds:us-east-1:123456789012:snapshot:before-move', id: 'before-move', source: 'old-orders', of: 'instance' },
  ...{ engine: 'mysql', sizeGiB: 200, elsewhere: false, createdAt: daysAgo(45), ...over },
})

checkTable(snapshotOrphan, {
  flags: {
    'its instance is gone': {
      row: snapshot(),
      reads: { instances: [instance({ id: 'orders' })] },
      evidence: { source: 'old-orders', ageDays: 45, upToGiB: 200 },
      usdPerMonth: 19,
    },
    'its cluster is gone, and Aurora does not tell the size': {
      row: snapshot({ of: 'cluster', engine: 'aurora-mysql', sizeGiB: null }),
      reads: { instances: [instance({ id: 'old-orders' })] },
      usdPerMonth: null,
    },
  },
  passes: {
    'its instance is there': { row: snapshot(), reads: { instances: [instance({ id: 'old-orders' })] } },
    'its cluster is there': { row: snapshot({ of: 'cluster' }), reads: { instances: [instance({ clusterId: 'old-orders' })] } },
    'made last week': { row: snapshot({ createdAt: daysAgo(7) }) },
    'still being made': { row: snapshot({ createdAt: null }) },
    'a copy from another region': { row: snapshot({ elsewhere: true }) },
    'younger than the configuration says': { row: snapshot(), options: { minDays: 90 } },
  },
})
