import { defineCheck, fail, pass, unknown } from '../define.ts'
import { type FunctionTraffic, functionTraffic, trafficDays } from '../inventory/function-traffic.ts'
import { failureDestinations } from '../inventory/functions.ts'
import { daily, sum } from './metrics.ts'

/** Events that a function could not work off are dropped after two more tries, unless somebody says where they go. */
export const noFailureDestination = defineCheck('lambda-no-failure-destination', {
  number: 24,
  severity: 'medium',
  title: { en: 'Failed events are lost', ja: '失敗したイベントの行き先がない関数' },
  why: {
    en: 'An event that fails three times is dropped without a trace: an order, a file, a message that nobody sees again.',
    ja: '3 回失敗したイベントは跡形もなく捨てられます。注文・ファイル・メッセージは二度と戻りません。',
  },
  fix: {
    en: '`aws lambda put-function-event-invoke-config --function-name NAME --destination-config OnFailure={Destination=QUEUE_ARN}`.',
    ja: '`aws lambda put-function-event-invoke-config --function-name NAME --destination-config OnFailure={Destination=QUEUE_ARN}` を実行します。',
  },
  peers: ['sls-mentor', 'AWS Config'],
  says: {
    none: {
      en: '{asyncEvents} events in {trafficDays} days, and nowhere for those that fail to go',
      ja: '{trafficDays} 日間に {asyncEvents} 件のイベント。失敗時の行き先なし',
    },
    dropped: {
      en: '{droppedEvents} of {asyncEvents} events were dropped in {trafficDays} days: nowhere to go',
      ja: '{trafficDays} 日間に {asyncEvents} 件中 {droppedEvents} 件が失われました。失敗時の行き先なし',
    },
  },
  subject: functionTraffic,
  metrics: { dropped: { ...daily('AsyncEventsDropped', 'Sum'), days: trafficDays } },
  details: { destinations: failureDestinations },
  applies: ({ deadLetter, asyncEvents }: FunctionTraffic) => !deadLetter && asyncEvents !== 0,
  judge({ asyncEvents, missing }, { metrics, details }) {
    if (details.destinations.length > 0) return pass
    if (asyncEvents === null) return unknown(missing ?? 'cloudwatch:GetMetricData')
    const droppedEvents = sum(metrics.dropped)
    const evidence = { asyncEvents, droppedEvents, trafficDays }
    return droppedEvents > 0 ? fail('dropped', evidence, { severity: 'high' }) : fail('none', evidence)
  },
})
