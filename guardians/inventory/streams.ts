import { DescribeStreamSummaryCommand, KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis'
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api'
import type { AwsClientSettings } from '../aws/aws.ts'
import { defineDetail, defineInventory, type Resource } from '../define.ts'
import { arnOf } from '../resource.ts'
import { ownerCalls, withOwners } from './owners.ts'

export interface Stream extends Resource {
  name: string
  /** Epoch ms. */
  createdAt: number | null
}

/**
 * Kinesis alone would speak HTTP/2, which emulators and many proxies do not. It is given the connections that all others use: those
 * of the client that asks for its owners.
 */
function kinesisClient(settings: AwsClientSettings): KinesisClient {
  const { requestHandler } = new ResourceGroupsTaggingAPIClient(settings).config
  return new KinesisClient({ ...settings, requestHandler })
}
/** `new` on a function that returns an object gives that object. */
export const Kinesis = kinesisClient as unknown as new (settings: AwsClientSettings) => KinesisClient

/** Kinesis data streams. A hundred a page is all that Kinesis gives. */
export const streams = defineInventory<Stream>('streams', {
  title: { en: 'Kinesis data streams', ja: 'Kinesis データストリーム' },
  scope: 'region',
  calls: ['kinesis:ListStreams', ...ownerCalls],
  async page(sources, token) {
    const { aws, target } = sources
    const answer = await aws.send(Kinesis, new ListStreamsCommand({ Limit: 100, ...positionOf(token) }))
    const created = new Map(
      answer.StreamSummaries?.map(({ StreamName, StreamCreationTimestamp: at }) => [StreamName, at?.getTime() ?? null]),
    )
    const names = answer.StreamNames ?? []
    const found = names.map(
      (name): Stream => ({ arn: arnOf(target, 'kinesis', `stream/${name}`), name, createdAt: created.get(name) ?? null }),
    )
    const rows = await withOwners(sources, found)
    const last = names.at(-1)
    if (answer.NextToken) return { rows, next: `token:${answer.NextToken}` }
    // Older answers say only that there is more: it goes on after the last name.
    return answer.HasMoreStreams && last !== undefined ? { rows, next: `after:${last}` } : { rows }
  },
})

function positionOf(token: string | undefined): { NextToken?: string; ExclusiveStartStreamName?: string } {
  if (token?.startsWith('token:')) return { NextToken: token.slice('token:'.length) }
  return token?.startsWith('after:') ? { ExclusiveStartStreamName: token.slice('after:'.length) } : {}
}

export interface StreamSummary {
  /** Open shards. */
  shards: number
  onDemand: boolean
  retentionHours: number
  /** Epoch ms. */
  createdAt: number | null
}

/** What Kinesis says of one stream. */
export const streamSummary = defineDetail<Stream, StreamSummary>('stream-summary', {
  calls: ['kinesis:DescribeStreamSummary'],
  async get({ aws }, rows) {
    const summaries = new Map<string, StreamSummary>()
    for (const { arn, name } of rows) {
      const answer = await aws.send(Kinesis, new DescribeStreamSummaryCommand({ StreamName: name }))
      const summary = answer.StreamDescriptionSummary
      if (!summary) continue
      summaries.set(arn, {
        shards: summary.OpenShardCount ?? 0,
        onDemand: summary.StreamModeDetails?.StreamMode === 'ON_DEMAND',
        // What Kinesis takes where nobody said anything.
        retentionHours: summary.RetentionPeriodHours ?? 24,
        createdAt: summary.StreamCreationTimestamp?.getTime() ?? null,
      })
    }
    return summaries
  },
})
