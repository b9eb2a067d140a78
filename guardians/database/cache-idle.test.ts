import { checkTable, daily, daysAgo } from '../../test/check-table.ts'
import { cacheIdle } from './cache-idle.ts'
import { cacheNode } from './fixture.ts'

const none = daily(Array.from({ length: 14 }, () => 0))
const some = daily([0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0])
const watched = daily(Array.from({ length: 14 }, () => 4))
const silent = { connections: watched, reads: none, writes: none, messages: none }

checkTable(cacheIdle, {
  flags: {
    'Redis without a command in two weeks': {
      row: cacheNode(),
      metrics: silent,
      evidence: { commands: 0, maxConnections: 4, windowDays: 14 },
      usdPerMonth: 12.41,
    },
    'while a snapshot is taken': { row: cacheNode({ status: 'snapshotting' }), metrics: silent },
    'Memcached with three nodes': {
      row: cacheNode({ engine: 'memcached', nodes: 3 }),
      metrics: { connections: watched, gets: none, sets: none },
      usdPerMonth: 37.23,
    },
    'the primary of a group': {
      row: cacheNode({ group: 'sessions' }),
      metrics: { ...silent, primary: daily([1]) },
      evidence: { group: 'sessions' },
    },
    'Valkey, whose price is not known here': { row: cacheNode({ engine: 'valkey' }), metrics: silent, usdPerMonth: null },
  },
  passes: {
    'read on one day': { row: cacheNode(), metrics: { ...silent, reads: some } },
    'written only': { row: cacheNode(), metrics: { ...silent, writes: some } },
    'used as a switchboard of messages': { row: cacheNode(), metrics: { ...silent, messages: some } },
    'Memcached that is asked': { row: cacheNode({ engine: 'memcached' }), metrics: { connections: watched, gets: some, sets: none } },
    'a replica that waits': { row: cacheNode({ group: 'sessions' }), metrics: { ...silent, primary: daily([0]) } },
    'made last week': { row: cacheNode({ createdAt: daysAgo(7) }), metrics: silent },
    'not up yet': { row: cacheNode({ status: 'creating' }), metrics: silent },
  },
})
