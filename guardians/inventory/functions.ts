import {
  type FunctionConfiguration,
  LambdaClient,
  ListAliasesCommand,
  ListFunctionEventInvokeConfigsCommand,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda'
import { defineDetail, defineInventory, type Resource } from '../define.ts'
import { arnOf } from '../resource.ts'
import { ownerCalls, withOwners } from './owners.ts'

export interface LambdaFunction extends Resource {
  name: string
  /** Null: a container image, which brings its own. */
  runtime: string | null
  timeoutS: number
  memoryMB: number
  arm: boolean
  /** Epoch ms. AWS does not tell when it was made. */
  modifiedAt: number | null
  /** Empty: not in a VPC. */
  subnets: string[]
  /** It has a dead-letter queue or topic. */
  deadLetter: boolean
  logGroup: string
}

/** Lambda functions, `$LATEST` of each. */
export const functions = defineInventory<LambdaFunction>('functions', {
  title: { en: 'Lambda functions', ja: 'Lambda 関数' },
  scope: 'region',
  calls: ['lambda:ListFunctions', ...ownerCalls],
  async page(sources, token) {
    const { aws, target } = sources
    const answer = await aws.send(LambdaClient, new ListFunctionsCommand({ MaxItems: 50, Marker: token }))
    const found = (answer.Functions ?? []).map((given) => rowOf(given, (name) => arnOf(target, 'lambda', `function:${name}`)))
    const rows = await withOwners(sources, found)
    return answer.NextMarker ? { rows, next: answer.NextMarker } : { rows }
  },
})

function rowOf(given: FunctionConfiguration, arnNamed: (name: string) => string): LambdaFunction {
  const name = given.FunctionName ?? ''
  const modifiedAt = Date.parse(given.LastModified ?? '')
  return {
    arn: arnNamed(name),
    name,
    runtime: given.PackageType === 'Image' ? null : (given.Runtime ?? null),
    timeoutS: given.Timeout ?? 3,
    memoryMB: given.MemorySize ?? 128,
    arm: given.Architectures?.includes('arm64') ?? false,
    modifiedAt: Number.isNaN(modifiedAt) ? null : modifiedAt,
    subnets: given.VpcConfig?.SubnetIds ?? [],
    deadLetter: Boolean(given.DeadLetterConfig?.TargetArn),
    logGroup: given.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
  }
}

/** Versions that some alias leads to, with those that get a share of its calls. */
export const aliasedVersions = defineDetail<LambdaFunction, readonly string[]>('aliased-versions', {
  calls: ['lambda:ListAliases'],
  get: async ({ aws }, rows) => {
    const versions = new Map<string, readonly string[]>()
    for (const { arn, name } of rows) {
      const led = new Set<string>()
      for (let marker: string | undefined, first = true; first || marker; first = false) {
        const answer = await aws.send(LambdaClient, new ListAliasesCommand({ FunctionName: name, MaxItems: 50, Marker: marker }))
        for (const { FunctionVersion, RoutingConfig } of answer.Aliases ?? [])
          for (const version of [FunctionVersion ?? '', ...Object.keys(RoutingConfig?.AdditionalVersionWeights ?? {})]) led.add(version)
        marker = next(marker, answer.NextMarker)
      }
      versions.set(arn, [...led])
    }
    return versions
  },
})

/** Where events go that a function, one of its versions or aliases could not work off: ARNs. */
export const failureDestinations = defineDetail<LambdaFunction, readonly string[]>('failure-destinations', {
  calls: ['lambda:ListFunctionEventInvokeConfigs'],
  get: async ({ aws }, rows) => {
    const destinations = new Map<string, readonly string[]>()
    for (const { arn, name } of rows) {
      const found = new Set<string>()
      for (let marker: string | undefined, first = true; first || marker; first = false) {
        const answer = await aws.send(
          LambdaClient,
          new ListFunctionEventInvokeConfigsCommand({ FunctionName: name, MaxItems: 50, Marker: marker }),
        )
        for (const { DestinationConfig } of answer.FunctionEventInvokeConfigs ?? []) {
          const destination = DestinationConfig?.OnFailure?.Destination
          if (destination) found.add(destination)
        }
        marker = next(marker, answer.NextMarker)
      }
      destinations.set(arn, [...found])
    }
    return destinations
  },
})

/** A service that repeats its token would be asked for ever. */
const next = (last: string | undefined, given: string | undefined) => (given === last ? undefined : given)
