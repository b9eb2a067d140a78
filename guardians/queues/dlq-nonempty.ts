import { defineCheck, fail, pass } from '../define.ts'
import { queueState, queues } from '../inventory/queues.ts'
import { deadLetterBy, deadLetterNames } from './dead-letter.ts'

/** Dead letters are work that failed for good: nobody does it until somebody looks, and then they are deleted. */
export const dlqNonempty = defineCheck('queues-dlq-nonempty', {
  number: 27,
  severity: 'high',
  title: { en: 'Messages in a dead-letter queue', ja: 'デッドレターキューにメッセージが残っている' },
  why: {
    en: 'Each is work that failed every time it was tried. Nobody does it now, and after the retention it is deleted without a trace.',
    ja: 'どれも再試行を使い切って失敗した処理です。今は誰も処理しておらず、保持期間を過ぎると跡形もなく消えます。',
  },
  fix: {
    en: 'Look at some with `aws sqs receive-message --queue-url URL --visibility-timeout 0`, mend the cause, then `aws sqs start-message-move-task --source-arn ARN` sends them back.',
    ja: '`aws sqs receive-message --queue-url URL --visibility-timeout 0` で中身を確認し、原因を直してから `aws sqs start-message-move-task --source-arn ARN` で元のキューに戻します。',
  },
  peers: ['cloudrift'],
  says: {
    policy: {
      en: '{messages} dead letters of {sources}; each is deleted after {retentionDays} days',
      ja: '{sources} からのデッドレターが {messages} 件。{retentionDays} 日で削除',
    },
    name: {
      en: '{messages} messages in a dead-letter queue (by its name); each is deleted after {retentionDays} days',
      ja: 'デッドレターキュー（名前から判断）に {messages} 件。{retentionDays} 日で削除',
    },
  },
  subject: queues,
  options: { minMessages: { default: 1, unit: 'messages', source: 'cloudrift' }, names: deadLetterNames },
  details: { state: queueState },
  judge(queue, { options, details: { state } }) {
    const by = deadLetterBy(queue, state, options.names)
    if (by === null || state.messages < Math.max(1, options.minMessages)) return pass
    const { messages, sources } = state
    return fail(by, { messages, sources, retentionDays: Math.round((state.retentionS / 86_400) * 10) / 10 })
  },
})
