import { checkTable, exampleNow } from '../../test/check-table.ts'
import type { Series } from '../define.ts'
import { backlog } from './backlog.ts'
import { queue, queueSays } from './example.ts'

/** Hours of age, one per hour of the last day; the quiet ones before are 0. */
const hourly = (...hours: number[]): Series => {
  const values = [...Array.from({ length: 24 - hours.length }, () => 0), ...hours.map((age) => age * 3600)]
  return { at: values.map((_, hour) => exampleNow - (24 - hour) * 3_600_000), values }
}
const waiting = queueSays({ messages: 120 })

checkTable(backlog, {
  flags: {
    'the oldest has waited more than half of four days': {
      row: queue('orders'),
      metrics: { oldest: hourly(47, 48, 49) },
      details: { state: waiting },
      severity: 'high',
      evidence: { oldestHours: 49, retentionHours: 96, percent: 51, messages: 120, highestHours: 49, windowHours: 24 },
    },
    'the last hour is not there yet': { row: queue('orders'), metrics: { oldest: hourly(60, 61, 0) }, details: { state: waiting } },
    'a short retention is gone soon': {
      row: queue('orders'),
      metrics: { oldest: hourly(1) },
      details: { state: queueSays({ messages: 1, retentionS: 3600 }) },
      evidence: { oldestHours: 1, retentionHours: 1, percent: 100, messages: 1, highestHours: 1, windowHours: 24 },
    },
  },
  passes: {
    'half of the retention is still there': { row: queue('orders'), metrics: { oldest: hourly(48) }, details: { state: waiting } },
    'it was late this morning, and has caught up': {
      row: queue('orders'),
      metrics: { oldest: hourly(90, 0, 0, 0) },
      details: { state: waiting },
    },
    'nothing waits any more': { row: queue('orders'), metrics: { oldest: hourly(90) }, details: { state: queueSays({}) } },
    'dead letters wait for a person': {
      row: queue('failed-orders'),
      metrics: { oldest: hourly(90) },
      details: { state: queueSays({ messages: 3, sources: ['orders'] }) },
    },
    'SQS wrote nothing: the queue sleeps': { row: queue('orders'), metrics: { oldest: hourly() }, details: { state: waiting } },
  },
})
