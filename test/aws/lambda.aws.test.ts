import { CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { CreateSubnetCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2'
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  LambdaClient,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lambda } from '../../guardians/lambda/guardian.ts'
import type { Report } from '../../guardians/report.ts'
import { dayMs } from '../../guardians/resource.ts'
import { type Moto, openMoto } from './moto.ts'
import { foundBy, scanAt } from './scans.ts'

/** Moto makes functions today; ten days from now they are old enough to be judged. */
const now = Math.floor(Date.now() / dayMs) * dayMs + 10 * dayMs
/** An archive of nothing, with `text` as its comment: other code. */
const zip = (text: string) =>
  Buffer.concat([Buffer.from('504b0506', 'hex'), Buffer.alloc(16), Buffer.from([text.length, 0]), Buffer.from(text)])

/**
 * Moto has no percentiles (and fails the whole question), no GetAccountSettings, no sums over REPORT lines in Logs Insights, no
 * pages of functions, no dead-letter queue in their list, and tells destinations with a time that the SDK cannot read: those are
 * proved on recorded answers (guardians/inventory/*.test.ts).
 */
const notOfMoto = ['lambda-timeouts', 'lambda-concurrency', 'lambda-memory']

let moto: Moto
let role: string
let report: Report

beforeAll(async () => {
  moto = await openMoto()
  const iam = moto.client(IAMClient)
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: '{"Version":"2012-10-17","Statement":[]}' }),
  )
  role = Role?.Arn ?? ''
  await seedHealth()
  await seedVersions()
  await seedEvents()
  await seedZones()
  report = await scanAt(moto.url, [lambda], { now, only: lambda.checks.map(({ id }) => id).filter((id) => !notOfMoto.includes(id)) })
})
afterAll(() => moto?.close())

const make = async (name: string, over: Partial<CreateFunctionCommandInput> = {}): Promise<void> => {
  await moto.client(LambdaClient).send(
    new CreateFunctionCommand({
      ...{ FunctionName: name, Runtime: 'nodejs24.x', Handler: 'index.handler', Role: role, Timeout: 10, Code: { ZipFile: zip(name) } },
      ...over,
    }),
  )
}

/** The same value on each of so many days before then. */
const measured = (name: string, MetricName: string, value: number, until = now, days = 7): MetricDatum[] =>
  Array.from({ length: days }, (_, day) => ({
    ...{ MetricName, Value: value, Timestamp: new Date(until - (day + 0.5) * dayMs) },
    Dimensions: [{ Name: 'FunctionName', Value: name }],
  }))
const put = (...MetricData: MetricDatum[]) =>
  moto.client(CloudWatchClient).send(new PutMetricDataCommand({ Namespace: 'AWS/Lambda', MetricData }))

async function seedHealth(): Promise<void> {
  await make('well')
  await make('old', { Runtime: 'python3.7' })
  await make('failing')
  await make('idle')
  for (const name of ['well', 'old', 'failing']) await put(...measured(name, 'Invocations', 100), ...measured(name, 'Duration', 50))
  await put(...measured('well', 'Errors', 10), ...measured('failing', 'Errors', 10), ...measured('failing', 'Errors', 60, now, 1))
}

async function seedVersions(): Promise<void> {
  const client = moto.client(LambdaClient)
  for (const name of ['piled', 'tidy']) {
    await make(name)
    for (let version = 1; version <= 5; version += 1) {
      await client.send(new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile: zip(`${name}-${version}`) }))
      await client.send(new PublishVersionCommand({ FunctionName: name }))
    }
  }
  for (const [name, version] of [
    ['piled', '5'],
    ['tidy', '5'],
    ['tidy', '4'],
  ] as const)
    await client.send(new CreateAliasCommand({ FunctionName: name, Name: `live-${version}`, FunctionVersion: version }))
}

async function seedEvents(): Promise<void> {
  await make('events-nowhere')
  await make('events-dropped')
  // The traffic of the last seven days is that of the real clock.
  const today = Math.floor(Date.now() / dayMs) * dayMs
  for (const name of ['events-nowhere', 'events-dropped']) await put(...measured(name, 'AsyncEventsReceived', 3, today))
  await put(...measured('events-dropped', 'AsyncEventsDropped', 1))
}

async function seedZones(): Promise<void> {
  const ec2 = moto.client(EC2Client)
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))
  const subnet = async (CidrBlock: string, AvailabilityZone: string) => {
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock, AvailabilityZone }))
    return Subnet?.SubnetId ?? ''
  }
  const [a, b] = [await subnet('10.0.1.0/24', 'us-east-1a'), await subnet('10.0.2.0/24', 'us-east-1b')]
  await make('one-zone', { VpcConfig: { SubnetIds: [a], SecurityGroupIds: ['sg-1'] } })
  await make('two-zones', { VpcConfig: { SubnetIds: [a, b], SecurityGroupIds: ['sg-1'] } })
}

test('runtimes', () => expect(foundBy(report, 'lambda-runtime')).toEqual({ old: 'deprecated' }))
test('versions', () => expect(foundBy(report, 'lambda-versions')).toEqual({ piled: 'many' }))
test('errors', () => expect(foundBy(report, 'lambda-errors')).toEqual({ failing: 'failing' }))
test('zones', () => expect(foundBy(report, 'lambda-single-az')).toEqual({ 'one-zone': 'single-az' }))
test('failed events', () =>
  expect(foundBy(report, 'lambda-no-failure-destination')).toEqual({ 'events-nowhere': 'none', 'events-dropped': 'dropped' }))

test('nobody calls it', () => {
  const found = foundBy(report, 'lambda-uninvoked')
  expect(found).toMatchObject({ idle: 'uninvoked' })
  for (const name of ['well', 'old', 'failing']) expect(found).not.toHaveProperty(name)
})

test('everything is covered, and nothing is unknown', () => {
  expect(report.unknown).toEqual([])
  expect(report.coverage.map(({ check, looked, complete }) => ({ check, looked, complete }))).toEqual(
    lambda.checks.flatMap(({ id }) => (notOfMoto.includes(id) ? [] : { check: id, looked: 10, complete: true })),
  )
})
