import {
  ListAWSDefaultServiceQuotasCommand,
  ListServiceQuotasCommand,
  type ServiceQuota,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas'
import { isFault } from '../../core/errors.ts'
import { defineInventory, type Resource, type Sources, type Target } from '../define.ts'
import { arnOf } from '../resource.ts'

export interface Quota extends Resource {
  name: string
  service: string
  code: string
  /** What is allowed: as applied to this account, else what everybody gets. */
  limit: number
  /** What everybody gets; null: not told. */
  defaultLimit: number | null
  /** How CloudWatch tells its use. */
  metric: { use: Use; dimensions: Readonly<Record<string, string>> }
  /** Of a rate: so many in this many seconds. */
  perS: number
}

/** The metrics in which AWS tells the use of quotas; quotas without one of them cannot be watched, and are no rows. */
export type Use = 'resources' | 'calls' | 'executions'
const uses: Readonly<Record<string, Use>> = {
  'AWS/Usage ResourceCount': 'resources',
  'AWS/Usage CallCount': 'calls',
  'AWS/Lambda ConcurrentExecutions': 'executions',
}

/** Services whose limits stop a platform; those unknown to a region are passed over. */
const services = [
  ...['ec2', 'ebs', 'vpc', 'elasticloadbalancing', 'autoscaling', 'lambda', 'ecs', 'fargate', 'ecr', 'eks'],
  ...['dynamodb', 'rds', 'elasticache', 'es', 's3', 'kinesis', 'firehose', 'sqs', 'sns', 'events', 'states', 'apigateway'],
  ...['logs', 'monitoring', 'cloudformation', 'kms', 'secretsmanager', 'ssm', 'acm', 'iam', 'route53'],
]

/** Quotas of the services above. One page is one service: applied and default values are two lists that have to be laid together. */
export const quotas = defineInventory<Quota>('quotas', {
  title: { en: 'Quotas of services', ja: 'サービスクォータ' },
  scope: 'region',
  calls: ['servicequotas:ListServiceQuotas', 'servicequotas:ListAWSDefaultServiceQuotas'],
  async page(sources, token) {
    const index = token === undefined ? 0 : services.indexOf(token)
    const service = services[index]
    // A token of another release names a service that is no more: nothing is left out by going on from the beginning.
    if (service === undefined) return { rows: [], next: services[0] as string }
    const rows = await quotasOf(sources, service)
    const next = services[index + 1]
    return next === undefined ? { rows } : { rows, next }
  },
})

async function quotasOf(sources: Sources, service: string): Promise<Quota[]> {
  try {
    const defaults = new Map((await listed(sources, service, 'default')).map((quota) => [quota.QuotaCode, quota]))
    const applied = new Map((await listed(sources, service, 'applied')).map((quota) => [quota.QuotaCode, quota]))
    return [...new Map([...defaults, ...applied])].flatMap(([code, quota]) => rowOf(quota, defaults.get(code)?.Value, sources.target))
  } catch (error) {
    if (isFault(error, 'aws-absent')) return []
    throw error
  }
}

/** A service has a few hundred quotas: five pages at most, as AWS is now. */
const maxPages = 50

async function listed({ aws }: Sources, service: string, which: 'applied' | 'default'): Promise<ServiceQuota[]> {
  const quotas: ServiceQuota[] = []
  let token: string | undefined
  for (let page = 0; page < maxPages; page++) {
    const ask = { ServiceCode: service, MaxResults: 100, NextToken: token }
    const answer =
      which === 'applied'
        ? await aws.send(ServiceQuotasClient, new ListServiceQuotasCommand(ask))
        : await aws.send(ServiceQuotasClient, new ListAWSDefaultServiceQuotasCommand(ask))
    quotas.push(...(answer.Quotas ?? []).filter(({ UsageMetric }) => UsageMetric?.MetricName))
    if (!answer.NextToken || answer.NextToken === token) break
    token = answer.NextToken
  }
  return quotas
}

const secondsOf: Readonly<Record<string, number>> = {
  ...{ MICROSECOND: 0.000001, MILLISECOND: 0.001, SECOND: 1, MINUTE: 60, HOUR: 3600, DAY: 86_400, WEEK: 604_800 },
}

/** Quotas of an account as a whole are told in one region of each partition, and so are their metrics. */
const homes: Readonly<Record<string, string>> = { aws: 'us-east-1', 'aws-cn': 'cn-northwest-1', 'aws-us-gov': 'us-gov-west-1' }

function rowOf(quota: ServiceQuota, defaultLimit: number | undefined, target: Target): Quota[] {
  const { ServiceCode: service = '', QuotaCode: code = '', UsageMetric: metric, Period: period, Value: limit } = quota
  const use = uses[`${metric?.MetricNamespace} ${metric?.MetricName}`]
  const perS = period ? (period.PeriodValue ?? 1) * (secondsOf[period.PeriodUnit ?? ''] ?? 0) : 0
  const elsewhere = quota.GlobalQuota === true && target.region !== homes[target.partition]
  // Nothing is allowed where the limit is 0: use cannot come near it. A rate without its period cannot be reckoned.
  if (!use || !limit || limit <= 0 || elsewhere || (use === 'calls' && perS === 0)) return []
  return [
    {
      arn: arnOf(target, 'servicequotas', `${service}/${code}`),
      name: quota.QuotaName ?? code,
      ...{ service, code, limit, perS },
      defaultLimit: defaultLimit ?? null,
      metric: { use, dimensions: metric?.MetricDimensions ?? {} },
    },
  ]
}
