import { checkTable } from '../../test/check-table.ts'
import { standing } from './fixture.ts'
import { singleAz } from './single-az.ts'

checkTable(singleAz, {
  flags: {
    'an instance without a standby': {
      row: standing({ multiAz: false }),
      reason: 'one-zone',
      evidence: { kind: 'instance', engine: 'postgres' },
    },
    'a cluster with all its members in one zone': {
      row: standing({ multiAz: false, kind: 'cluster', engine: 'aurora-mysql' }),
      severity: 'high',
    },
  },
  passes: {
    'with a standby': { row: standing() },
    'a read replica': { row: standing({ multiAz: false, replicaOf: 'orders' }) },
    'a cluster without members, or one that AWS starts elsewhere by itself': {
      row: standing({ multiAz: false, kind: 'cluster', zoneless: true }),
    },
    'still being made': { row: standing({ multiAz: false, status: 'creating' }) },
  },
})
