import { checkTable, daily, daysAgo } from '../../test/check-table.ts'
import { instance } from './fixture.ts'
import { rdsIdle } from './rds-idle.ts'

const silent = { connections: daily([0, 0, 0, 0, 0, 0, 0]) }

checkTable(rdsIdle, {
  flags: {
    'no connection in seven days': {
      row: instance({ engine: 'mysql', class: 'db.t3.micro' }),
      metrics: silent,
      evidence: { maxConnections: 0, windowDays: 7, daysMeasured: 7, class: 'db.t3.micro' },
      usdPerMonth: 12.41,
    },
    'its standby is paid for as well': {
      row: instance({ engine: 'postgres', class: 'db.m5.xlarge', multiAz: true }),
      metrics: silent,
      usdPerMonth: 519.76,
    },
    'while a backup is being taken': { row: instance({ status: 'backing-up' }), metrics: silent },
    'of a class without a price: flagged all the same': { row: instance({ class: 'db.x2g.large' }), metrics: silent, usdPerMonth: null },
    'a whole cluster that nobody connects to': {
      row: instance({ clusterId: 'orders', engine: 'aurora-postgresql', class: 'db.r5.large' }),
      metrics: silent,
      evidence: { cluster: 'orders' },
      usdPerMonth: 211.7,
    },
  },
  passes: {
    'one connection on one day': { row: instance(), metrics: { connections: daily([0, 0, 0, 1, 0, 0, 0]) } },
    'made three days ago': { row: instance({ createdAt: daysAgo(3) }), metrics: silent },
    'stopped: it waits for somebody': { row: instance({ status: 'stopped' }), metrics: silent },
    'DocumentDB, whose metrics are elsewhere': { row: instance({ engine: 'docdb' }), metrics: silent },
  },
})
