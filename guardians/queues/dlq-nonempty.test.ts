import { checkTable } from '../../test/check-table.ts'
import { dlqNonempty } from './dlq-nonempty.ts'
import { queue, queueSays } from './example.ts'

checkTable(dlqNonempty, {
  flags: {
    'three letters of another queue': {
      row: queue('failed-orders'),
      details: { state: queueSays({ messages: 3, sources: ['orders'] }) },
      reason: 'policy',
      severity: 'high',
      evidence: { messages: 3, sources: ['orders'], retentionDays: 4 },
    },
    'named as one: functions, topics and rules do not tell SQS': {
      row: queue('orders-DLQ.fifo'),
      details: { state: queueSays({ messages: 1 }) },
      reason: 'name',
    },
    'named as this house names them': {
      row: queue('orders-coffin'),
      options: { names: ['coffin'] },
      details: { state: queueSays({ messages: 1 }) },
      reason: 'name',
    },
  },
  passes: {
    'an empty one': { row: queue('orders-dlq'), details: { state: queueSays({ sources: ['orders'] }) } },
    'messages in a queue that is none': { row: queue('orders'), details: { state: queueSays({ messages: 500 }) } },
    'fewer than the configuration minds': {
      row: queue('orders-dlq'),
      options: { minMessages: 10 },
      details: { state: queueSays({ messages: 9 }) },
    },
    'an empty one, whatever the configuration says': {
      row: queue('orders-dlq'),
      options: { minMessages: 0 },
      details: { state: queueSays({}) },
    },
  },
})
