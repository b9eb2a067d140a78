import { Runtime } from '@aws-sdk/client-lambda'
import { afterEach, describe, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { lambdaFunction } from '../../test/lambda-examples.ts'
import { runtimes } from '../lambda/runtimes.ts'
import { aliasedVersions, failureDestinations, functions } from './functions.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const open = async (answers: Answers) => {
  aws = await openRecorded(answers)
  return sourcesThrough(accessTo(aws.url), aws.url)
}
const list = 'GET /2015-03-31/functions'
const arnOf = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`
const noTags = { GetResources: '{"ResourceTagMappingList":[]}' }
const denied = refused('AccessDeniedException', 'User: u is not authorized to perform: lambda:ListX')

const orders = {
  ...{ FunctionName: 'orders', FunctionArn: arnOf('orders'), Runtime: 'nodejs24.x', Role: 'arn:aws:iam::123456789012:role/r' },
  ...{ Handler: 'index.handler', CodeSize: 1_000, Timeout: 30, MemorySize: 512, LastModified: '2026-10-01T12:00:00.000+0000' },
  ...{ VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'], VpcId: 'vpc-1' }, PackageType: 'Zip', Architectures: ['arm64'] },
  ...{ DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:123456789012:lost' }, Version: '$LATEST', EphemeralStorage: { Size: 512 } },
  LoggingConfig: { LogFormat: 'JSON', LogGroup: 'all-orders' },
}

describe('functions', () => {
  test('page after page, with their owners from the tags of the page', async () => {
    const sources = await open({
      [list]: [
        JSON.stringify({ Functions: [orders], NextMarker: 'more' }),
        ({ input }) => JSON.stringify({ Functions: [{ FunctionName: `${input.Marker}-${input.MaxItems}`, PackageType: 'Image' }] }),
      ],
      GetResources: ({ input }) =>
        JSON.stringify({
          ResourceTagMappingList: (input.ResourceARNList as string[]).flatMap((arn) =>
            arn.endsWith(':orders') ? { ResourceARN: arn, Tags: [{ Key: 'Owner', Value: 'aki' }] } : [],
          ),
        }),
    })
    expect(await readAll(functions, sources)).toEqual([
      {
        ...{ arn: arnOf('orders'), name: 'orders', owner: 'aki', runtime: 'nodejs24.x', timeoutS: 30, memoryMB: 512, arm: true },
        ...{ modifiedAt: Date.parse('2026-10-01T12:00:00Z'), subnets: ['subnet-1'], deadLetter: true, logGroup: 'all-orders' },
      },
      {
        ...{ arn: arnOf('more-50'), name: 'more-50', runtime: null, timeoutS: 3, memoryMB: 128, arm: false },
        ...{ modifiedAt: null, subnets: [], deadLetter: false, logGroup: '/aws/lambda/more-50' },
      },
    ])
  })

  test('who may not read tags gets the functions all the same', async () => {
    const sources = await open({ [list]: JSON.stringify({ Functions: [orders] }), GetResources: refused('AccessDeniedException') })
    expect(await readAll(functions, sources)).toMatchObject([{ name: 'orders' }])
  })

  test('an empty region', async () => {
    const sources = await open({ [list]: '{"Functions":[]}', ...noTags })
    expect(await readAll(functions, sources)).toEqual([])
    expect(aws?.count('GetResources')).toBe(0)
  })

  test('a refusal goes through', async () => {
    await expect(readAll(functions, await open({ [list]: denied }))).rejects.toMatchObject({ code: 'aws-denied' })
  })

  test('every runtime that the SDK knows has its days in the table', () => {
    expect(Object.keys(runtimes)).toEqual(expect.arrayContaining(Object.values(Runtime)))
  })
})

const row = lambdaFunction()

describe('versions that aliases lead to', () => {
  const path = 'GET /2015-03-31/functions/orders/aliases'

  test('of all pages, with those that get a share', async () => {
    const sources = await open({
      [path]: [
        JSON.stringify({
          Aliases: [{ Name: 'live', FunctionVersion: '7', RoutingConfig: { AdditionalVersionWeights: { 8: 0.1 } } }],
          NextMarker: 'm',
        }),
        ({ input }) => JSON.stringify({ Aliases: [{ Name: input.Marker, FunctionVersion: '3' }] }),
      ],
    })
    expect(await aliasedVersions.get(sources, [row])).toEqual(new Map([[row.arn, ['7', '8', '3']]]))
  })

  test('none', async () => {
    expect(await aliasedVersions.get(await open({ [path]: '{"Aliases":[]}' }), [row])).toEqual(new Map([[row.arn, []]]))
  })

  test('a marker that repeats itself is not followed for ever', async () => {
    await aliasedVersions.get(await open({ [path]: '{"Aliases":[],"NextMarker":"same"}' }), [row])
    expect(aws?.calls).toHaveLength(2)
  })

  test('a refusal goes through', async () => {
    await expect(aliasedVersions.get(await open({ [path]: denied }), [row])).rejects.toMatchObject({ code: 'aws-denied' })
  })
})

describe('where failed events go', () => {
  const path = 'GET /2019-09-25/functions/orders/event-invoke-config/list'
  const config = (destination?: string) => ({
    ...{ FunctionArn: `${row.arn}:$LATEST`, LastModified: 1_760_000_000, MaximumRetryAttempts: 2 },
    DestinationConfig: { OnSuccess: {}, OnFailure: destination ? { Destination: destination } : {} },
  })

  test('of all pages', async () => {
    const sources = await open({
      [path]: [
        JSON.stringify({ FunctionEventInvokeConfigs: [config()], NextMarker: 'm' }),
        JSON.stringify({ FunctionEventInvokeConfigs: [config('arn:aws:sqs:us-east-1:123456789012:lost')] }),
      ],
    })
    expect(await failureDestinations.get(sources, [row])).toEqual(new Map([[row.arn, ['arn:aws:sqs:us-east-1:123456789012:lost']]]))
  })

  test('nowhere', async () => {
    const sources = await open({ [path]: JSON.stringify({ FunctionEventInvokeConfigs: [config()] }) })
    expect(await failureDestinations.get(sources, [row])).toEqual(new Map([[row.arn, []]]))
  })

  test('a refusal goes through', async () => {
    await expect(failureDestinations.get(await open({ [path]: denied }), [row])).rejects.toMatchObject({ code: 'aws-denied' })
  })
})
