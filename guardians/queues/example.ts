import type { Queue, QueueState } from '../inventory/queues.ts'

/** A queue for tables of examples. */
export const queue = (name: string): Queue => ({
  arn: `arn:aws:sqs:us-east-1:123456789012:${name}`,
  name,
  url: `https://sqs.us-east-1.amazonaws.com/123456789012/${name}`,
})

/** What it says of itself: empty, four days, no dead-letter queue, unless told. */
export const queueSays = (over: Partial<QueueState>): QueueState => ({
  ...{ messages: 0, retentionS: 345_600, createdAt: null, deadLetterArn: null, sources: [] },
  ...over,
})
