import { checkTable, daily } from '../../test/check-table.ts'
import { busyFunction } from '../../test/lambda-examples.ts'
import { noFailureDestination } from './no-failure-destination.ts'

const nowhere = { destinations: [] }
const none = { dropped: daily([0, 0, 0, 0, 0, 0, 0]) }

checkTable(noFailureDestination, {
  flags: {
    'gets events, and nothing catches what fails': {
      row: busyFunction({ asyncEvents: 12 }),
      ...{ details: nowhere, metrics: none, reason: 'none', severity: 'medium' },
      evidence: { asyncEvents: 12, droppedEvents: 0, trafficDays: 7 },
    },
    'events were lost already': {
      row: busyFunction({ asyncEvents: 12 }),
      ...{ details: nowhere, metrics: { dropped: daily([0, 2, 0, 0, 1, 0, 0]) }, reason: 'dropped', severity: 'high' },
      evidence: { droppedEvents: 3 },
    },
  },
  passes: {
    'a destination': { row: busyFunction({ asyncEvents: 12 }), details: { destinations: ['arn:aws:sqs:us-east-1:1:lost'] }, metrics: none },
    'a dead-letter queue': { row: busyFunction({ asyncEvents: 12, deadLetter: true }), metrics: none },
    'nobody sends it events': { row: busyFunction({ asyncEvents: 0 }), metrics: none },
  },
  unknown: {
    'whether it gets events': {
      row: busyFunction({ asyncEvents: null }),
      details: nowhere,
      metrics: none,
      missing: 'cloudwatch:GetMetricData',
    },
  },
})
