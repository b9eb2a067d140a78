import type { IamAction } from '../define.ts'

/**
 * What AWS allows per account and region, and where that is written. We take half of it, so that what serves customers (scaling,
 * deployments, consoles) keeps the other half. `ours`: AWS publishes nothing; a careful guess.
 */
export interface Limit {
  /** Calls that share one bucket have one name. */
  api: string
  perSecond: number
  /** What may come at once after a pause. */
  burst: number
  source: string
}

const quotas = {
  cloudwatch: 'docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html',
  logs: 'docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html',
  ec2: 'docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html',
  lambda: 'docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html',
  route53: 'docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html',
  kinesis: 'docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html',
  acm: 'docs.aws.amazon.com/acm/latest/userguide/acm-limits.html',
  dynamodb: 'docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeLimits.html',
  events: 'docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html',
  athena: 'docs.aws.amazon.com/athena/latest/ug/service-limits.html',
} as const

/** The first that matches counts; a star stands for the rest of the name. */
const limits: readonly (Limit & { match: string })[] = [
  { match: 'cloudwatch:GetMetricData', api: 'cloudwatch:GetMetricData', perSecond: 50, burst: 50, source: quotas.cloudwatch },
  { match: 'cloudwatch:DescribeAlarms', api: 'cloudwatch:DescribeAlarms', perSecond: 9, burst: 9, source: quotas.cloudwatch },
  { match: 'cloudwatch:ListMetrics', api: 'cloudwatch:ListMetrics', perSecond: 25, burst: 25, source: quotas.cloudwatch },
  { match: 'logs:DescribeLogGroups', api: 'logs:DescribeLogGroups', perSecond: 5, burst: 5, source: quotas.logs },
  { match: 'logs:StartQuery', api: 'logs:StartQuery', perSecond: 5, burst: 5, source: quotas.logs },
  { match: 'logs:GetQueryResults', api: 'logs:GetQueryResults', perSecond: 5, burst: 5, source: quotas.logs },
  { match: 'lambda:*', api: 'lambda (control plane)', perSecond: 15, burst: 15, source: quotas.lambda },
  { match: 'ec2:Describe*', api: 'ec2 (describe)', perSecond: 20, burst: 100, source: quotas.ec2 },
  { match: 'ec2:*', api: 'ec2 (other)', perSecond: 10, burst: 50, source: quotas.ec2 },
  { match: 'route53:*', api: 'route53', perSecond: 5, burst: 5, source: quotas.route53 },
  { match: 'kinesis:ListStreams', api: 'kinesis:ListStreams', perSecond: 5, burst: 5, source: quotas.kinesis },
  { match: 'kinesis:DescribeStreamSummary', api: 'kinesis:DescribeStreamSummary', perSecond: 20, burst: 20, source: quotas.kinesis },
  { match: 'acm:ListCertificates', api: 'acm:ListCertificates', perSecond: 8, burst: 8, source: quotas.acm },
  { match: 'acm:DescribeCertificate', api: 'acm:DescribeCertificate', perSecond: 10, burst: 10, source: quotas.acm },
  // AWS asks for no more than one in a minute.
  { match: 'dynamodb:DescribeLimits', api: 'dynamodb:DescribeLimits', perSecond: 1 / 30, burst: 2, source: quotas.dynamodb },
  { match: 'dynamodb:*', api: 'dynamodb', perSecond: 50, burst: 50, source: 'ours' },
  { match: 'events:*', api: 'events', perSecond: 50, burst: 50, source: quotas.events },
  { match: 'athena:*', api: 'athena', perSecond: 20, burst: 40, source: quotas.athena },
  { match: 's3:*', api: 's3', perSecond: 100, burst: 100, source: 'ours' },
  { match: 'sqs:*', api: 'sqs', perSecond: 100, burst: 100, source: 'ours' },
  { match: 'sts:*', api: 'sts', perSecond: 50, burst: 50, source: 'ours' },
  { match: 'ce:*', api: 'ce', perSecond: 1, burst: 2, source: 'ours' },
]

const careful: Omit<Limit, 'api'> = { perSecond: 10, burst: 20, source: 'ours' }

/** What AWS allows for this call. `overrides` by API or service (`ec2`), for tests and for accounts with raised quotas. */
export function limitOf(action: IamAction, overrides: Readonly<Record<string, { perSecond: number; burst: number }>> = {}): Limit {
  const service = action.split(':')[0] as string
  const known = limits.find(({ match }) => (match.endsWith('*') ? action.startsWith(match.slice(0, -1)) : action === match))
  const { api, perSecond, burst, source } = known ?? { api: service, ...careful }
  const own = overrides[api] ?? overrides[service] ?? overrides['*']
  return own ? { api, ...own, source: 'configured' } : { api, perSecond, burst, source }
}

/**
 * Datapoints that GetMetricData gives per second. AWS says 180,000 for windows that begin within three hours, 396,000 for older ones;
 * older pages said less for the latter, so that the smaller number counts for both.
 */
export const datapointsLimit: Limit = {
  ...{ api: 'cloudwatch (datapoints)', perSecond: 180_000, burst: 180_000 },
  source: 'repost.aws/knowledge-center/cloudwatch-getmetricdata-api',
}
