import { defineCheck, fail, pass } from '../define.ts'
import { queueState, queues } from '../inventory/queues.ts'
import { deadLetterBy, deadLetterNames } from './dead-letter.ts'

/** Without a dead-letter queue one message that cannot be handled comes back until it is deleted, and is in everybody's way. */
export const dlqMissing = defineCheck('queues-dlq-missing', {
  number: 28,
  severity: 'medium',
  title: { en: 'Queue without a dead-letter queue', ja: 'デッドレターキューのないキュー' },
  why: {
    en: 'A message that cannot be handled comes back again and again, holds up the others, and is deleted in the end: nobody learns what it was.',
    ja: '処理できないメッセージが何度も戻って他の処理を妨げ、最後は黙って削除されます。何だったのか誰にも分かりません。',
  },
  fix: {
    en: 'Make a queue and name it: `aws sqs set-queue-attributes --queue-url URL --attributes \'{"RedrivePolicy":"{\\"deadLetterTargetArn\\":\\"ARN\\",\\"maxReceiveCount\\":\\"5\\"}"}\'`.',
    ja: 'キューを作り、`aws sqs set-queue-attributes --queue-url URL --attributes \'{"RedrivePolicy":"{\\"deadLetterTargetArn\\":\\"ARN\\",\\"maxReceiveCount\\":\\"5\\"}"}\'` で指定します。',
  },
  peers: ['sls-mentor'],
  says: {
    missing: { en: 'No dead-letter queue', ja: 'デッドレターキューが設定されていません' },
    gone: {
      en: 'Its dead-letter queue {deadLetterQueue} does not exist',
      ja: '指定されたデッドレターキュー {deadLetterQueue} が存在しません',
    },
  },
  subject: queues,
  options: { names: deadLetterNames },
  details: { state: queueState },
  reads: { queues },
  prepare: ({ queues: all }) => new Set(all.map(({ arn }) => arn)),
  judge(queue, { options, details: { state }, known }) {
    const { deadLetterArn: arn, messages } = state
    // It takes the dead letters of others: for its own there is no place left to go.
    if (deadLetterBy(queue, state, options.names)) return pass
    if (arn === null) return fail('missing', { messages })
    return known.has(arn) ? pass : fail('gone', { messages, deadLetterQueue: arn })
  },
})
