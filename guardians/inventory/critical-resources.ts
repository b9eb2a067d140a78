import { ListDeadLetterSourceQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { defineDetail, defineInventory, type Resource } from '../define.ts'
import { watchKey } from './alarms.ts'
import { dbInstances } from './db-instances.ts'
import { functions } from './functions.ts'
import { loadBalancers } from './load-balancers.ts'
import { queues } from './queues.ts'
import { staged } from './staged.ts'
import { tables } from './tables.ts'

/** What people notice when it fails, and how an alarm would name it. */
export interface CriticalResource extends Resource {
  kind: 'load-balancer' | 'database' | 'queue' | 'function' | 'table'
  /** Of its metrics: `AWS/RDS`. */
  namespace: string
  /** Any of them in an alarm watches it; see `watchKey`. */
  watchedBy: string[]
  /** Of a queue. */
  url?: string
}

/** Load balancers, DB instances, queues, functions, tables: the listings of the other guardians, one after the other. */
export const criticalResources = defineInventory<CriticalResource>('critical-resources', {
  title: { en: 'Resources that people notice', ja: '止まると気付かれるリソース' },
  scope: 'region',
  calls: [...new Set([loadBalancers, dbInstances, queues, functions, tables].flatMap(({ calls }) => calls))],
  page: staged<CriticalResource>([
    async (sources, token) => {
      const { rows, next } = await loadBalancers.page(sources, token)
      return { rows: rows.map((row) => watchable(row, 'load-balancer', namespaces[row.kind], { LoadBalancer: row.dimension })), next }
    },
    async (sources, token) => {
      const { rows, next } = await dbInstances.page(sources, token)
      return { rows: rows.map((row) => watchable(row, 'database', rdsNamespace(row.engine), dbDimensions(row.id, row.clusterId))), next }
    },
    async (sources, token) => {
      const { rows, next } = await queues.page(sources, token)
      return { rows: rows.map((row) => ({ ...watchable(row, 'queue', 'AWS/SQS', { QueueName: row.name }), url: row.url })), next }
    },
    async (sources, token) => {
      const { rows, next } = await functions.page(sources, token)
      return { rows: rows.map((row) => watchable(row, 'function', 'AWS/Lambda', { FunctionName: row.name })), next }
    },
    async (sources, token) => {
      const { rows, next } = await tables.page(sources, token)
      return { rows: rows.map((row) => watchable(row, 'table', 'AWS/DynamoDB', { TableName: row.name })), next }
    },
  ]),
})

const namespaces = { application: 'AWS/ApplicationELB', network: 'AWS/NetworkELB', gateway: 'AWS/GatewayELB' } as const

const rdsNamespace = (engine: string): string => (engine === 'docdb' ? 'AWS/DocDB' : engine === 'neptune' ? 'AWS/Neptune' : 'AWS/RDS')

/** An alarm on the cluster watches its members. */
const dbDimensions = (id: string, cluster: string | null): Record<string, string> => ({
  DBInstanceIdentifier: id,
  ...(cluster === null ? {} : { DBClusterIdentifier: cluster }),
})

const watchable = (
  { arn, name, owner }: Resource,
  kind: CriticalResource['kind'],
  namespace: string,
  dimensions: Readonly<Record<string, string>>,
): CriticalResource => ({
  ...{ arn, kind, namespace },
  watchedBy: Object.entries(dimensions).map(([dimension, value]) => watchKey(namespace, dimension, value)),
  ...(name === undefined ? {} : { name }),
  ...(owner === undefined ? {} : { owner }),
})

/** Whether other queues send it what they could not work off. Only queues are asked. */
export const takesDeadLetters = defineDetail<CriticalResource, boolean>('takes-dead-letters', {
  calls: ['sqs:ListDeadLetterSourceQueues'],
  async get({ aws }, rows) {
    const takes = new Map<string, boolean>()
    for (const { arn, url } of rows) {
      const answer = url ? await aws.send(SQSClient, new ListDeadLetterSourceQueuesCommand({ QueueUrl: url, MaxResults: 1 })) : null
      takes.set(arn, (answer?.queueUrls ?? []).length > 0)
    }
    return takes
  },
})
