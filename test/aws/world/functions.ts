import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { CreateSubnetCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2'
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  DeleteFunctionCommand,
  LambdaClient,
  PublishVersionCommand,
  PutFunctionEventInvokeConfigCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { motoAccount } from '../moto.ts'
import { type Expected, type Piece, type Seeding, tagsOf } from './seeding.ts'

/** The small services of Dipper, Leo and Capricorn, and their logs. */

/** An archive of nothing, with `text` as its comment: other code. */
const zip = (text: string) =>
  Buffer.concat([Buffer.from('504b0506', 'hex'), Buffer.alloc(16), Buffer.from([text.length, 0]), Buffer.from(text)])
const teamOf = (name: string) => `${name.split('-')[0]}-team`

async function make(world: Seeding, name: string, over: Partial<CreateFunctionCommandInput> = {}) {
  await world.client(LambdaClient).send(
    new CreateFunctionCommand({
      ...{ FunctionName: name, Runtime: 'nodejs24.x', Handler: 'index.handler', Role: world.id('role') },
      ...{ Timeout: 10, MemorySize: 512, Code: { ZipFile: zip(name) }, Tags: { owner: teamOf(name) }, ...over },
    }),
  )
  await logGroup(world, `/aws/lambda/${name}`, 30)
}

async function logGroup(world: Seeding, logGroupName: string, retentionInDays: number | null) {
  const logs = world.client(CloudWatchLogsClient)
  await logs.send(new CreateLogGroupCommand({ logGroupName, tags: { owner: 'hubble-team' } }))
  if (retentionInDays !== null) await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays }))
}

interface Life {
  name: string
  calls: number
  over?: Partial<CreateFunctionCommandInput>
  errors?: number
  events?: number
  p90?: number
  p99?: number
  maxUsedMB?: number
}
const lives: readonly Life[] = [
  { name: 'dipper-notify', calls: 90_000, maxUsedMB: 300, over: { Tags: { owner: 'dipper-team' } } },
  { name: 'dipper-billing-close', calls: 4_000, errors: 720 },
  { name: 'dipper-invoice-pdf', calls: 900, p90: 8_200, p99: 9_700 },
  { name: 'leo-sim-import', calls: 60, over: { Runtime: 'python3.7' } },
  { name: 'leo-sim-activate', calls: 52_000, maxUsedMB: 118, over: { MemorySize: 1_024 } },
  { name: 'capricorn-sms-out', calls: 800, events: 800 },
  { name: 'capricorn-sms-in', calls: 700, events: 700 },
  { name: 'aries-route-update', calls: 300 },
  { name: 'aries-trace', calls: 0 },
  { name: 'hubble-deploy-hook', calls: 40 },
]

async function subnetsOf(world: Seeding) {
  const ec2 = world.client(EC2Client)
  const named = (ResourceType: 'vpc' | 'subnet', name: string) => [{ ResourceType, Tags: tagsOf(name, 'aries-team') }]
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16', TagSpecifications: named('vpc', 'aries') }))
  world.ids.set('aries vpc', Vpc?.VpcId ?? '')
  for (const [name, CidrBlock, AvailabilityZone] of [
    ['aries-a', '10.9.1.0/24', 'us-east-1a'],
    ['aries-b', '10.9.2.0/24', 'us-east-1b'],
  ] as const) {
    const TagSpecifications = named('subnet', name)
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock, AvailabilityZone, TagSpecifications }))
    world.ids.set(name, Subnet?.SubnetId ?? '')
  }
}

async function versions(world: Seeding, FunctionName: string, aliased: readonly number[]) {
  const client = world.client(LambdaClient)
  for (let version = 1; version <= 5; version += 1) {
    await client.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zip(`${FunctionName}-${version}`) }))
    await client.send(new PublishVersionCommand({ FunctionName }))
  }
  for (const version of aliased)
    await client.send(new CreateAliasCommand({ FunctionName, Name: `live-${version}`, FunctionVersion: String(version) }))
}

function lived(world: Seeding) {
  for (const { name, calls, errors = 0, events = 0, p90 = 210, p99 = 900, maxUsedMB, over } of lives) {
    const of = { FunctionName: name }
    if (calls > 0) {
      world.daily(['AWS/Lambda', 'Invocations', of], calls)
      world.told.durations.set(name, { p90, p99 })
      world.daily(['AWS/Logs', 'IncomingBytes', { LogGroupName: `/aws/lambda/${name}` }], calls * 200)
    }
    if (errors > 0) world.daily(['AWS/Lambda', 'Errors', of], errors)
    if (events > 0) world.daily(['AWS/Lambda', 'AsyncEventsReceived', of], events)
    const memoryMB = over?.MemorySize ?? 512
    world.told.memory.set(name, {
      memoryMB,
      maxUsedMB: maxUsedMB ?? Math.round(memoryMB * 0.6),
      calls: calls * 7,
      billedMs: calls * 7 * 400,
    })
  }
  world.daily(['AWS/Lambda', 'ConcurrentExecutions', {}], 870)
  world.daily(['AWS/Lambda', 'UnreservedConcurrentExecutions', {}], 610)
  for (const LogGroupName of ['/dipper/api', '/polaris/audit', '/leo/audit'])
    world.daily(['AWS/Logs', 'IncomingBytes', { LogGroupName }], 5e8)
}

const destination = (world: Seeding, FunctionName: string) =>
  world.client(LambdaClient).send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName,
      DestinationConfig: { OnFailure: { Destination: `arn:aws:sqs:us-east-1:${motoAccount}:capricorn-dead-letters` } },
    }),
  )

export const functionsPiece: Piece = {
  async past(world) {
    const AssumeRolePolicyDocument = '{"Version":"2012-10-17","Statement":[]}'
    const Tags = tagsOf('dipper-functions', 'dipper-team')
    const { Role } = await world
      .client(IAMClient)
      .send(new CreateRoleCommand({ RoleName: 'dipper-functions', AssumeRolePolicyDocument, Tags }))
    world.ids.set('role', Role?.Arn ?? '')
    await subnetsOf(world)
    const [a, b] = [world.id('aries-a'), world.id('aries-b')]
    for (const { name, over } of lives) {
      const SubnetIds = name === 'aries-route-update' ? [a] : name === 'aries-trace' ? [a, b] : null
      await make(world, name, { ...over, ...(SubnetIds ? { VpcConfig: { SubnetIds, SecurityGroupIds: ['sg-1'] } } : {}) })
    }
    await versions(world, 'hubble-deploy-hook', [5])
    await versions(world, 'dipper-notify', [5, 4])
    await destination(world, 'capricorn-sms-in')
    for (const [name, days] of Object.entries({ '/dipper/api': null, '/polaris/audit': 400, '/leo/audit': 90, '/capricorn/smpp-v1': 365 }))
      await logGroup(world, name, days)
    await logGroup(world, '/aws/lambda/dipper-push-v1', 30)
    world.daily(['AWS/Logs', 'IncomingBytes', { LogGroupName: '/aws/lambda/dipper-push-v1' }], 10)
    world.daily(['AWS/Logs', 'IncomingBytes', { LogGroupName: '/aws/lambda/aries-trace' }], 10)
  },
  async today(world) {
    lived(world)
  },
  expected: (world) => [...functionsExpected(world), ...logsExpected(world)],
}

function functionsExpected(world: Seeding): Expected[] {
  const lambda = world.client(LambdaClient)
  return [
    {
      ...{ check: 'lambda-runtime', fails: { 'leo-sim-import': 'deprecated' }, passes: ['dipper-notify'] },
      mend: () => lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'leo-sim-import', Runtime: 'python3.13' })),
    },
    {
      ...{ check: 'lambda-versions', fails: { 'hubble-deploy-hook': 'many' }, passes: ['dipper-notify', 'aries-trace'] },
      mend: async () => {
        for (const Qualifier of ['1', '2', '3'])
          await lambda.send(new DeleteFunctionCommand({ FunctionName: 'hubble-deploy-hook', Qualifier }))
      },
    },
    { check: 'lambda-errors', fails: { 'dipper-billing-close': 'failing' }, passes: ['dipper-notify'] },
    {
      ...{ check: 'lambda-timeouts', fails: { 'dipper-invoice-pdf': 'near' }, passes: ['dipper-notify'] },
      mend: () => lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'dipper-invoice-pdf', Timeout: 30 })),
    },
    { check: 'lambda-memory', fails: { 'leo-sim-activate': 'over' }, passes: ['dipper-notify'] },
    {
      ...{ check: 'lambda-concurrency', fails: { 'Lambda, us-east-1': 'region' }, passes: [] },
      mend: async () => Object.assign(world.told.concurrency, { concurrent: 3_000, unreserved: 2_900 }),
    },
    {
      ...{ check: 'lambda-no-failure-destination', fails: { 'capricorn-sms-out': 'none' }, passes: ['capricorn-sms-in', 'dipper-notify'] },
      mend: () => destination(world, 'capricorn-sms-out'),
    },
    {
      ...{ check: 'lambda-uninvoked', fails: { 'aries-trace': 'uninvoked' }, passes: ['dipper-notify', 'leo-sim-import'] },
      mend: () => lambda.send(new DeleteFunctionCommand({ FunctionName: 'aries-trace' })),
    },
    {
      ...{ check: 'lambda-single-az', fails: { 'aries-route-update': 'single-az' }, passes: ['aries-trace', 'dipper-notify'] },
      mend: () => lambda.send(new DeleteFunctionCommand({ FunctionName: 'aries-route-update' })),
    },
  ]
}

function logsExpected(world: Seeding): Expected[] {
  const logs = world.client(CloudWatchLogsClient)
  return [
    {
      check: 'logs-no-retention',
      ...{ fails: { '/dipper/api': 'never-expires', '/leo/audit': 'too-short-for-audit' }, passes: ['/polaris/audit'] },
      mend: async () => {
        await logs.send(new PutRetentionPolicyCommand({ logGroupName: '/dipper/api', retentionInDays: 90 }))
        await logs.send(new PutRetentionPolicyCommand({ logGroupName: '/leo/audit', retentionInDays: 365 }))
      },
    },
    {
      ...{ check: 'logs-stale', fails: { '/capricorn/smpp-v1': 'stale' }, passes: ['/dipper/api', '/aws/lambda/dipper-notify'] },
      mend: () => logs.send(new DeleteLogGroupCommand({ logGroupName: '/capricorn/smpp-v1' })),
    },
    {
      ...{ check: 'logs-orphan', fails: { '/aws/lambda/dipper-push-v1': 'orphan' }, passes: ['/aws/lambda/dipper-notify'] },
      // The functions that are deleted above leave theirs.
      mend: async () => {
        for (const name of ['dipper-push-v1', 'aries-trace', 'aries-route-update'])
          await logs.send(new DeleteLogGroupCommand({ logGroupName: `/aws/lambda/${name}` }))
      },
    },
  ]
}
