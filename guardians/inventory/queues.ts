import { GetQueueAttributesCommand, ListDeadLetterSourceQueuesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { defineDetail, defineInventory, type Resource } from '../define.ts'
import { arnOf } from '../resource.ts'
import { ownerCalls, withOwners } from './owners.ts'

export interface Queue extends Resource {
  name: string
  url: string
}

const nameOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1)

/** SQS queues. Without `MaxResults` SQS tells the first 1,000 and not that there are more. */
export const queues = defineInventory<Queue>('queues', {
  title: { en: 'SQS queues', ja: 'SQS キュー' },
  scope: 'region',
  calls: ['sqs:ListQueues', ...ownerCalls],
  async page(sources, token) {
    const { aws, target } = sources
    const answer = await aws.send(SQSClient, new ListQueuesCommand({ MaxResults: 1000, NextToken: token }))
    const found = (answer.QueueUrls ?? []).map((url): Queue => ({ arn: arnOf(target, 'sqs', nameOf(url)), name: nameOf(url), url }))
    const rows = await withOwners(sources, found)
    return answer.NextToken ? { rows, next: answer.NextToken } : { rows }
  },
})

export interface QueueState {
  /** Waiting and in flight, approximately. */
  messages: number
  retentionS: number
  /** Epoch ms. */
  createdAt: number | null
  /** ARN of the queue that takes its dead letters; null: none. */
  deadLetterArn: string | null
  /** Names of queues whose dead letters come here, at most 20. Not asked for a queue that is empty and has a dead-letter queue itself. */
  sources: string[]
}

const noOfSources = 20

/** What one queue says of itself. */
export const queueState = defineDetail<Queue, QueueState>('queue-state', {
  calls: ['sqs:GetQueueAttributes', 'sqs:ListDeadLetterSourceQueues'],
  async get({ aws }, rows) {
    const states = new Map<string, QueueState>()
    for (const { arn, url } of rows) {
      const { Attributes = {} } = await aws.send(
        SQSClient,
        new GetQueueAttributesCommand({
          QueueUrl: url,
          AttributeNames: [
            ...(['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'MessageRetentionPeriod'] as const),
            ...(['CreatedTimestamp', 'RedrivePolicy'] as const),
          ],
        }),
      )
      const messages = Number(Attributes.ApproximateNumberOfMessages ?? 0) + Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0)
      const deadLetterArn = deadLetterOf(Attributes.RedrivePolicy)
      const state = {
        messages,
        // What SQS takes where nobody said anything: four days.
        retentionS: Number(Attributes.MessageRetentionPeriod ?? 345_600),
        createdAt: Attributes.CreatedTimestamp ? Number(Attributes.CreatedTimestamp) * 1000 : null,
        deadLetterArn,
      }
      if (messages === 0 && deadLetterArn !== null) states.set(arn, { ...state, sources: [] })
      else {
        const list = await aws.send(SQSClient, new ListDeadLetterSourceQueuesCommand({ QueueUrl: url, MaxResults: noOfSources }))
        states.set(arn, { ...state, sources: (list.queueUrls ?? []).map(nameOf) })
      }
    }
    return states
  },
})

/** The policy is JSON in a string; what cannot be read names no queue. */
function deadLetterOf(policy: string | undefined): string | null {
  if (!policy) return null
  try {
    const { deadLetterTargetArn } = JSON.parse(policy) as { deadLetterTargetArn?: unknown }
    return typeof deadLetterTargetArn === 'string' ? deadLetterTargetArn : null
  } catch {
    return null
  }
}
