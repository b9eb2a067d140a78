import type { IamAction } from '../define.ts'

/** What a call of the SDK is called in a policy, and what it costs. */

/** IAM prefixes by client, as the client names itself (class names do not survive bundling). */
const prefixes: Readonly<Record<string, string>> = {
  ACMClient: 'acm',
  ApplicationAutoScalingClient: 'application-autoscaling',
  AthenaClient: 'athena',
  CloudWatchClient: 'cloudwatch',
  CloudWatchLogsClient: 'logs',
  CostExplorerClient: 'ce',
  DynamoDBClient: 'dynamodb',
  EC2Client: 'ec2',
  ElasticLoadBalancingV2Client: 'elasticloadbalancing',
  ElastiCacheClient: 'elasticache',
  EventBridgeClient: 'events',
  IAMClient: 'iam',
  KinesisClient: 'kinesis',
  LambdaClient: 'lambda',
  OpenSearchClient: 'es',
  RDSClient: 'rds',
  ResourceGroupsTaggingAPIClient: 'tag',
  Route53Client: 'route53',
  S3Client: 's3',
  S3ControlClient: 's3',
  SecretsManagerClient: 'secretsmanager',
  ServiceQuotasClient: 'servicequotas',
  SQSClient: 'sqs',
  STSClient: 'sts',
}

/** Operations whose permission has another name. */
const others: Readonly<Record<string, IamAction>> = {
  'S3Client.ListBuckets': 's3:ListAllMyBuckets',
  'S3Client.HeadBucket': 's3:ListBucket',
  'S3Client.ListObjectsV2': 's3:ListBucket',
  'S3Client.HeadObject': 's3:GetObject',
  'S3Client.GetPublicAccessBlock': 's3:GetBucketPublicAccessBlock',
  'S3Client.GetBucketEncryption': 's3:GetEncryptionConfiguration',
  'S3Client.GetBucketLifecycleConfiguration': 's3:GetLifecycleConfiguration',
  'S3Client.GetBucketReplication': 's3:GetReplicationConfiguration',
  'S3ControlClient.GetPublicAccessBlock': 's3:GetAccountPublicAccessBlock',
  'LambdaClient.GetFunctionEventInvokeConfig': 'lambda:GetFunctionEventInvokeConfig',
  'LambdaClient.Invoke': 'lambda:InvokeFunction',
}

/** `EC2Client`, `DescribeVolumesCommand` -> `ec2:DescribeVolumes`. An unknown client keeps its own name, so that it is seen. */
export function actionOf(clientName: string, commandName: string): IamAction {
  const operation = commandName.replace(/Command$/, '')
  return others[`${clientName}.${operation}`] ?? `${prefixes[clientName] ?? clientName.replace(/Client$/, '').toLowerCase()}:${operation}`
}

interface Spent {
  // biome-ignore lint/suspicious/noExplicitAny: input and answer of any operation
  input: any
  // biome-ignore lint/suspicious/noExplicitAny: as above
  output: any
}

const gib = 2 ** 30

/**
 * Calls that cost something, USD, list prices of us-east-1 on 2025-06-01. Everything else that guardians ask is free, or below a
 * millionth. Sources: aws.amazon.com/cloudwatch/pricing (metrics requested; Logs Insights per GB scanned),
 * aws.amazon.com/aws-cost-management/aws-cost-explorer/pricing, aws.amazon.com/athena/pricing (at least 10 MB).
 */
const dollars: readonly [match: RegExp, usd: (spent: Spent) => number][] = [
  [/^cloudwatch:GetMetricData$/, ({ input }) => (input.MetricDataQueries?.length ?? 0) * 0.00001],
  [/^ce:/, () => 0.01],
  [/^logs:GetQueryResults$/, ({ output }) => (output.status === 'Complete' ? ((output.statistics?.bytesScanned ?? 0) / gib) * 0.005 : 0)],
  [
    /^athena:GetQueryExecution$/,
    ({ output: { QueryExecution: query } }) =>
      query?.Status?.State === 'SUCCEEDED' ? (Math.max(query.Statistics?.DataScannedInBytes ?? 0, 10 * 2 ** 20) / 2 ** 40) * 5 : 0,
  ],
]

/** What one answered call cost. */
export function dollarsOf(action: IamAction, spent: Spent): number {
  return dollars.find(([match]) => match.test(action))?.[1](spent) ?? 0
}
