import { checkTable } from '../../test/check-table.ts'
import { dlqMissing } from './dlq-missing.ts'
import { queue, queueSays } from './example.ts'

const dead = queue('failed-orders')

checkTable(dlqMissing, {
  flags: {
    'none is set': { row: queue('orders'), details: { state: queueSays({ messages: 7 }) }, reason: 'missing', evidence: { messages: 7 } },
    'the one that is set was deleted': {
      row: queue('orders'),
      details: { state: queueSays({ deadLetterArn: dead.arn }) },
      reads: { queues: [queue('orders')] },
      reason: 'gone',
      evidence: { messages: 0, deadLetterQueue: dead.arn },
    },
  },
  passes: {
    'it has one': {
      row: queue('orders'),
      details: { state: queueSays({ deadLetterArn: dead.arn }) },
      reads: { queues: [queue('orders'), dead] },
    },
    'it is one, of another queue': { row: dead, details: { state: queueSays({ sources: ['orders'] }) } },
    'it is one, by its name': { row: queue('orders-dead-letter'), details: { state: queueSays({}) } },
  },
})
