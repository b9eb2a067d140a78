import { ACMClient, AddTagsToCertificateCommand, DeleteCertificateCommand, ImportCertificateCommand } from '@aws-sdk/client-acm'
import { CloudWatchClient, PutMetricAlarmCommand, type PutMetricAlarmInput, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch'
import { CreateSubnetCommand, EC2Client } from '@aws-sdk/client-ec2'
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, UpdateAccessKeyCommand } from '@aws-sdk/client-iam'
import { ResourceGroupsTaggingAPIClient, TagResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api'
import {
  ChangeResourceRecordSetsCommand,
  CreateHealthCheckCommand,
  CreateHostedZoneCommand,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53'
import {
  CreateBucketCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { CreateSecretCommand, DeleteSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { spanAt } from '../../../guardians/inventory/costs.ts'
import { motoAccount } from '../moto.ts'
import { certificate } from './certificates.ts'
import { dimensionOf } from './network.ts'
import { type Expected, type Piece, type Seeding, tagsOf } from './seeding.ts'

/** What belongs to all: keys, secrets, certificates, buckets, names, alarms, quotas, the bill. */

const teamOf = (name: string) => `${name.split('-')[0]}-team`

async function user(world: Seeding, UserName: string) {
  const iam = world.client(IAMClient)
  await iam.send(new CreateUserCommand({ UserName, Tags: tagsOf(UserName, teamOf(UserName)) }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  world.ids.set(`key of ${UserName}`, AccessKey?.AccessKeyId ?? '')
}
async function secret(world: Seeding, Name: string) {
  const Tags = tagsOf(Name, teamOf(Name))
  await world.client(SecretsManagerClient).send(new CreateSecretCommand({ Name, SecretString: 'not-told', Tags }))
}
async function importCertificate(world: Seeding, domain: string, days: number, owner: string) {
  const acm = world.client(ACMClient)
  const { CertificateArn } = await acm.send(new ImportCertificateCommand(certificate(domain, days)))
  world.ids.set(domain, CertificateArn ?? '')
  await acm.send(new AddTagsToCertificateCommand({ CertificateArn, Tags: tagsOf(domain, owner) }))
}

const everything = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true }
async function bucket(world: Seeding, Bucket: string, blocked: boolean) {
  const s3 = world.client(S3Client)
  await s3.send(new CreateBucketCommand({ Bucket }))
  await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: tagsOf(Bucket, teamOf(Bucket)) } }))
  const Statement = [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*` }]
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }))
  if (blocked) await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: everything }))
}

async function names(world: Seeding) {
  const route53 = world.client(Route53Client)
  const zone = await route53.send(new CreateHostedZoneCommand({ Name: 'polaris.example', CallerReference: 'world' }))
  const check = await route53.send(
    new CreateHealthCheckCommand({ CallerReference: 'world', HealthCheckConfig: { Type: 'TCP', IPAddress: '192.0.2.1', Port: 443 } }),
  )
  const side = (Name: string, Failover: 'PRIMARY' | 'SECONDARY', Value: string, checked: boolean): ResourceRecordSet => ({
    ...{ Name, Type: 'A', TTL: 60, SetIdentifier: `${Name} ${Failover}`, Failover, ResourceRecords: [{ Value }] },
    ...(checked && Failover === 'PRIMARY' ? { HealthCheckId: check.HealthCheck?.Id } : {}),
  })
  const sets = [
    ...[side('gw.polaris.example', 'PRIMARY', '192.0.2.1', true), side('gw.polaris.example', 'SECONDARY', '198.51.100.1', true)],
    ...[side('api.polaris.example', 'PRIMARY', '192.0.2.2', false), side('api.polaris.example', 'SECONDARY', '198.51.100.2', false)],
  ]
  const Changes = sets.map((ResourceRecordSet) => ({ Action: 'UPSERT' as const, ResourceRecordSet }))
  await route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zone.HostedZone?.Id, ChangeBatch: { Changes } }))
}

const topic = `arn:aws:sns:us-east-1:${motoAccount}:on-call`
async function alarm(world: Seeding, AlarmName: string, over: Partial<PutMetricAlarmInput>, state: 'OK' | 'INSUFFICIENT_DATA' = 'OK') {
  const cloudwatch = world.client(CloudWatchClient)
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      ...{ AlarmName, Statistic: 'Sum', Period: 300, EvaluationPeriods: 1, Threshold: 1, ActionsEnabled: true, AlarmActions: [topic] },
      ...{ ComparisonOperator: 'GreaterThanOrEqualToThreshold', Tags: tagsOf(AlarmName, teamOf(AlarmName)), ...over },
    }),
  )
  await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: state, StateReason: 'seen so' }))
}
const on = (Namespace: string, MetricName: string, dimensions: Record<string, string> = {}) => ({
  ...{ Namespace, MetricName, Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })) },
})

async function alarms(world: Seeding) {
  await alarm(world, 'dipper-functions-failing', on('AWS/Lambda', 'Errors'))
  await alarm(world, 'dipper-tables-throttled', on('AWS/DynamoDB', 'ThrottledRequests'))
  await alarm(world, 'hubble-databases-full', on('AWS/RDS', 'FreeStorageSpace'))
  for (const name of ['dipper-dead-letters', 'polaris-dead-letters'])
    await alarm(world, `${name}-arrived`, on('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: name }))
  const balancer = (name: string) => ({ LoadBalancer: dimensionOf(world.id(name)) })
  await alarm(world, 'dipper-api-5xx', on('AWS/ApplicationELB', 'HTTPCode_ELB_5XX_Count', balancer('dipper-api')))
  await alarm(world, 'hubble-graphs-5xx', {
    ...on('AWS/ApplicationELB', 'HTTPCode_ELB_5XX_Count', balancer('hubble-graphs')),
    AlarmActions: [],
  })
  await alarm(world, 'capricorn-smpp-flows', { ...on('AWS/NetworkELB', 'NewFlowCount', balancer('capricorn-smpp')), ActionsEnabled: false })
  await alarm(world, 'leo-hss-cpu', on('AWS/EC2', 'CPUUtilization', { InstanceId: world.id('leo-hss-2019') }), 'INSUFFICIENT_DATA')
}

/** moto answers what it was told. */
async function bill(world: Seeding, services: Readonly<Record<string, { spent: number; before: number }>>) {
  const { from, beforeFrom } = spanAt(Date.now())
  const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)
  const day = (at: number, of: 'spent' | 'before') => ({
    TimePeriod: { Start: dayOf(at), End: dayOf(at + 86_400_000) },
    Groups: Object.entries(services).map(([service, amounts]) => ({
      Keys: [service],
      Metrics: { UnblendedCost: { Amount: String(amounts[of]), Unit: 'USD' } },
    })),
  })
  const results = [1, 2, 3, 4].map(() => ({ ResultsByTime: [day(beforeFrom, 'before'), day(from, 'spent')] }))
  await fetch(`${world.moto.url}/moto-api/static/ce/cost-and-usage-results`, { method: 'POST', body: JSON.stringify({ results }) })
}

const quota = (code: string, name: string, limit: number, defaultLimit: number, resource: string, service: string) => ({
  ...{ code, name, limit, defaultLimit },
  metric: {
    ...{ namespace: 'AWS/Usage', name: 'ResourceCount' },
    dimensions: { Type: 'Resource', Resource: resource, Service: service, Class: 'None' },
  },
})
const quotas = {
  gateways: quota('L-FE5A380F', 'NAT gateways per Availability Zone', 5, 5, 'NatGatewayCount', 'VPC'),
  balancers: quota(
    'L-53DA6B97',
    'Application Load Balancers per Region',
    50,
    50,
    'ApplicationLoadBalancersPerRegion',
    'Elastic Load Balancing',
  ),
}

export const accountPiece: Piece = {
  async past(world) {
    for (const name of ['hubble-ci', 'dipper-batch', 'leo-vendor']) await user(world, name)
    const off = { UserName: 'leo-vendor', AccessKeyId: world.id('key of leo-vendor'), Status: 'Inactive' as const }
    await world.client(IAMClient).send(new UpdateAccessKeyCommand(off))
    for (const name of ['capricorn-smpp-password', 'dipper-billing-password']) await secret(world, name)
    await bucket(world, 'dipper-invoices-public', false)
    await bucket(world, 'leo-sim-orders', true)
    await names(world)
    await alarms(world)
    const TagSpecifications = [{ ResourceType: 'subnet' as const, Tags: [{ Key: 'Name', Value: 'somebodys-test' }] }]
    const ask = new CreateSubnetCommand({ VpcId: world.id('aries vpc'), CidrBlock: '10.9.9.0/24', TagSpecifications })
    world.ids.set('somebodys-test', (await world.client(EC2Client).send(ask)).Subnet?.SubnetId ?? '')
  },
  async today(world) {
    await user(world, 'polaris-deploy')
    world.told.keysUsed.set('dipper-batch', 80).set('polaris-deploy', 1)
    world.told.secretsRead.set('dipper-billing-password', 1)
    await importCertificate(world, 'smpp.capricorn.example', 5, 'capricorn-team')
    await importCertificate(world, 'api.dipper.example', 200, 'dipper-team')
    world.told.quotas.set('vpc', [quotas.gateways]).set('elasticloadbalancing', [quotas.balancers])
    world.hourly(['AWS/Usage', 'ResourceCount', quotas.gateways.metric.dimensions], 5)
    world.hourly(['AWS/Usage', 'ResourceCount', quotas.balancers.metric.dimensions], 2)
    await bill(world, {
      'Amazon Elastic Compute Cloud - Compute': { spent: 4_310, before: 2_950 },
      'Amazon DynamoDB': { spent: 803, before: 790 },
      'AWS Lambda': { spent: 96, before: 71 },
    })
  },
  expected: (world) => [...credentialsExpected(world), ...watchExpected(world)],
}

function credentialsExpected(world: Seeding): Expected[] {
  return [
    {
      check: 'credentials-key-unused',
      ...{ fails: { 'hubble-ci, key 1': 'never-used', 'dipper-batch, key 1': 'unused' } },
      ...{ passes: ['polaris-deploy, key 1', 'leo-vendor, key 1'] },
      mend: async () => {
        for (const UserName of ['hubble-ci', 'dipper-batch']) {
          const AccessKeyId = world.id(`key of ${UserName}`)
          await world.client(IAMClient).send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Inactive' }))
        }
      },
    },
    {
      check: 'credentials-secret-unused',
      ...{ fails: { 'capricorn-smpp-password': 'never-used' }, passes: ['dipper-billing-password'] },
      mend: () => world.client(SecretsManagerClient).send(new DeleteSecretCommand({ SecretId: 'capricorn-smpp-password' })),
    },
    {
      ...{ check: 'credentials-cert-expiry', fails: { 'smpp.capricorn.example': 'ending' }, passes: ['api.dipper.example'] },
      mend: () => world.client(ACMClient).send(new DeleteCertificateCommand({ CertificateArn: world.id('smpp.capricorn.example') })),
    },
    {
      ...{ check: 'exposure-s3-public', fails: { 'dipper-invoices-public': 'policy' }, passes: ['leo-sim-orders'] },
      mend: () =>
        world
          .client(S3Client)
          .send(new PutPublicAccessBlockCommand({ Bucket: 'dipper-invoices-public', PublicAccessBlockConfiguration: everything })),
    },
    { check: 'pairing-standby-record', fails: { 'api.polaris.example.': 'unchecked' }, passes: ['gw.polaris.example.'] },
  ]
}

function watchExpected(world: Seeding): Expected[] {
  return [
    {
      ...{ check: 'alarms-insufficient', fails: { 'leo-hss-cpu': 'silent' }, passes: ['dipper-api-5xx'] },
      mend: () =>
        world.client(CloudWatchClient).send(new SetAlarmStateCommand({ AlarmName: 'leo-hss-cpu', StateValue: 'OK', StateReason: 'runs' })),
    },
    {
      check: 'alarms-no-action',
      ...{ fails: { 'hubble-graphs-5xx': 'none', 'capricorn-smpp-flows': 'disabled' }, passes: ['dipper-api-5xx'] },
      mend: async () => {
        const balancer = (name: string) => ({ LoadBalancer: dimensionOf(world.id(name)) })
        await alarm(world, 'hubble-graphs-5xx', on('AWS/ApplicationELB', 'HTTPCode_ELB_5XX_Count', balancer('hubble-graphs')))
        await alarm(world, 'capricorn-smpp-flows', on('AWS/NetworkELB', 'NewFlowCount', balancer('capricorn-smpp')))
      },
    },
    {
      ...{ check: 'alarms-missing', fails: { 'capricorn-dead-letters': 'unwatched' }, passes: ['dipper-dead-letters', 'dipper-api'] },
      mend: () => alarm(world, 'capricorn-dead-letters-arrived', on('AWS/SQS', 'Messages', { QueueName: 'capricorn-dead-letters' })),
    },
    {
      ...{ check: 'quota-near', fails: { [quotas.gateways.name]: 'full' }, passes: [quotas.balancers.name] },
    },
    {
      check: 'cost-anomaly',
      ...{ fails: { 'Amazon Elastic Compute Cloud - Compute': 'grew', 'AWS Lambda': 'grew' }, passes: ['Amazon DynamoDB'] },
    },
    {
      ...{ check: 'cost-owner-missing', fails: { 'somebodys-test': 'nobody' }, passes: ['hubble-index', 'dipper-billing'] },
      mend: () =>
        world.client(ResourceGroupsTaggingAPIClient).send(
          new TagResourcesCommand({
            ResourceARNList: [`arn:aws:ec2:us-east-1:${motoAccount}:subnet/${world.id('somebodys-test')}`],
            Tags: { owner: 'hubble-team' },
          }),
        ),
    },
  ]
}
