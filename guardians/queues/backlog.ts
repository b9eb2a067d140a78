import { defineCheck, fail, pass } from '../define.ts'
import { type Queue, queueState, queues } from '../inventory/queues.ts'
import { deadLetterBy, deadLetterNames } from './dead-letter.ts'

/** The last hours of the day that is looked at: CloudWatch is late by minutes, so one hour alone may be empty. */
const nowHours = 3

const hours = (seconds: number): number => Math.round(seconds / 360) / 10

/** Messages that wait longer than the retention are deleted unread: half of it gone is the time to act. */
export const backlog = defineCheck('queues-backlog', {
  number: 29,
  severity: 'high',
  title: { en: 'Messages wait too long', ja: 'メッセージが長く滞留している' },
  why: {
    en: 'The consumer does not keep up, or has stopped. What waits longer than the retention is deleted unread.',
    ja: 'コンシューマーが追いついていないか、止まっています。保持期間を超えたメッセージは読まれないまま削除されます。',
  },
  fix: {
    en: 'See whether the consumer runs and add more of it. To win time: `aws sqs set-queue-attributes --queue-url URL --attributes MessageRetentionPeriod=1209600`.',
    ja: 'コンシューマーの稼働を確認し、増やします。時間を稼ぐには `aws sqs set-queue-attributes --queue-url URL --attributes MessageRetentionPeriod=1209600`。',
  },
  peers: [],
  says: {
    late: {
      en: 'The oldest message is {oldestHours} h old, {percent} % of the {retentionHours} h after which it is deleted; about {messages} wait',
      ja: '最古のメッセージは {oldestHours} 時間前のもの（保持期間 {retentionHours} 時間の {percent} %）。約 {messages} 件が待機中',
    },
  },
  subject: queues,
  options: { maxPercent: { default: 50, unit: '% of the retention', source: 'ours' }, names: deadLetterNames },
  metrics: {
    oldest: {
      namespace: 'AWS/SQS',
      metric: 'ApproximateAgeOfOldestMessage',
      stat: 'Maximum',
      periodS: 3600,
      days: 1,
      dimensions: ({ name }: Queue) => ({ QueueName: name }),
      // SQS writes nothing about a queue that is empty and asleep.
      absent: 'zero',
    },
  },
  details: { state: queueState },
  judge(queue, { options, metrics: { oldest }, details: { state } }) {
    const oldestS = Math.max(0, ...oldest.values.slice(-nowHours))
    const percent = Math.round((100 * oldestS) / state.retentionS)
    // Dead letters wait for a person, and have a check of their own.
    if (state.messages === 0 || percent <= options.maxPercent || deadLetterBy(queue, state, options.names)) return pass
    return fail('late', {
      ...{ oldestHours: hours(oldestS), retentionHours: hours(state.retentionS), percent, messages: state.messages },
      ...{ highestHours: hours(Math.max(...oldest.values)), windowHours: oldest.values.length },
    })
  },
})
