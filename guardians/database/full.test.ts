import { checkTable, daily } from '../../test/check-table.ts'
import { instance } from './fixture.ts'
import { full } from './full.ts'

const gib = 1_024 ** 3
const limit = { limit: { value: 'LEAST({DBInstanceClassMemory/9531392},5000)' } }
const measured = (freeGiB: number, connections: number) => ({
  freeStorage: daily([freeGiB * gib]),
  connections: daily([3, connections, 2]),
})

checkTable(full, {
  flags: {
    'a tenth of its storage is left': {
      row: instance(),
      metrics: measured(10, 5),
      details: limit,
      reason: 'storage',
      evidence: { storagePercent: 90, storageFreeGiB: 10, storageLimitGiB: 100 },
    },
    'its peak was nine tenths of its connections': {
      row: instance(),
      metrics: measured(60, 820),
      details: limit,
      reason: 'connections',
      evidence: { connections: 820, connectionLimit: 901, connectionsPercent: 91, windowHours: 24 },
    },
    'full, though its connections may not be asked about': {
      row: instance(),
      metrics: measured(5, 5),
      details: { limit: { missing: 'rds:DescribeDBParameters' } },
      reason: 'storage',
    },
    'Aurora, which has connections only': {
      row: instance({ engine: 'aurora-postgresql', clusterId: 'orders' }),
      metrics: { connections: daily([900]) },
      details: limit,
      reason: 'connections',
      evidence: { storagePercent: null },
    },
  },
  passes: {
    'half full': { row: instance(), metrics: measured(50, 5), details: limit },
    'nearly full, but it grows by itself': { row: instance({ storageMaxGiB: 500 }), metrics: measured(5, 5), details: limit },
    'Oracle with storage: no limit of connections is judged': {
      row: instance({ engine: 'oracle-se2' }),
      metrics: { freeStorage: daily([50 * gib]) },
      details: { limit: { value: null } },
    },
    stopped: { row: instance({ status: 'stopped' }), details: limit },
    'in order by the configuration': { row: instance(), metrics: measured(10, 5), details: limit, options: { usedPercent: 95 } },
  },
  unknown: {
    'a class whose memory is not known': {
      row: instance({ class: 'db.serverless' }),
      metrics: measured(50, 5),
      details: limit,
      missing: 'connection limit of db.serverless',
    },
    'the parameter group may not be read': {
      row: instance(),
      metrics: measured(50, 5),
      details: { limit: { missing: 'rds:DescribeDBParameters' } },
      missing: 'rds:DescribeDBParameters',
    },
  },
})
