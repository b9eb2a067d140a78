import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import type { Clock } from '../../core/clock.ts'
import { fault, isFault } from '../../core/errors.ts'
import type { Random } from '../../core/random.ts'
import type { IamAction, Target } from '../define.ts'
import type { Report } from '../report.ts'
import { attempting } from './attempt.ts'
import type { Aws, AwsClient, AwsClientSettings, AwsClientType, SendOptions } from './aws.ts'
import { faultOf, refusalOf } from './errors.ts'
import { openLedger, type Tally } from './ledger.ts'
import { datapointsLimit, limitOf } from './limits.ts'
import { type Pace, paceOf } from './pace.ts'
import { homeRegionOf, partitionOf } from './regions.ts'
import { type AccountAccess, type CredentialsProvider, roleCredentials } from './roles.ts'

export interface AwsOptions {
  clock: Clock
  random: Random
  /** Accounts with a role of their own; all others are reached with the credentials that are there. */
  accounts?: readonly AccountAccess[]
  /** Reads one environment variable. The SDK's own chain reads the standard ones by itself. */
  environment(name: string): string | undefined
  /** Profile of the shared configuration; default `AWS_PROFILE`. */
  profile?: string
  /** Instead of the SDK's chain. For tests. */
  credentials?: CredentialsProvider
  /** An address instead of AWS. For tests; people set `AWS_ENDPOINT_URL`. */
  endpoint?: string
  limits?: {
    /** Calls per second and burst, by API or service; `*` for all. */
    paces?: Readonly<Record<string, { perSecond: number; burst: number }>>
    /** How often one call is tried before it counts as throttled or unreachable. Default 8 and 3. */
    throttledAttempts?: number
    unwellAttempts?: number
    /** First pause before the next try; it doubles. Default 300. */
    pauseMs?: number
  }
}

export interface WhoAmI {
  account: string
  partition: string
  /** Where we are by the environment or the profile; null: not told. */
  region: string | null
}

/** All doors to AWS of a process, with one ledger and one set of paces. */
export interface AwsAccess {
  /** The door of one target. Region `global`: the partition's home. Account `platform`: the credentials that are there. */
  of(target: Target): Aws
  /** Whose credentials are there (sts:GetCallerIdentity). @throws fault `aws-credentials`, `aws-denied`, `aws-unreachable` */
  whoAmI(): Promise<WhoAmI>
  /** A moment of the ledger, for `cost`. */
  tally(): Tally
  /** What was called since `startedMs` (epoch ms); with `since`, only what came after that tally. */
  cost(startedMs: number, since?: Tally): Report['cost']
  partitionOf(region: string): string
  /** Nothing more is asked there for now: its clients are let go. */
  release(target: Target): void
  close(): void
}

const requestTimeoutMs = 30_000
const connectTimeoutMs = 5_000

/** The one factory of AWS clients. */
export function openAws(options: AwsOptions): AwsAccess {
  const { clock, accounts = [], environment, limits = {} } = options
  const ledger = openLedger()
  const paces = new Map<string, Pace>()
  const places = new Map<string, Map<AwsClientType, AwsClient>>()
  const roles = new Map<string, CredentialsProvider>()
  /** Made by the first client, used by all: connections, and the credentials that are there. */
  const shared: { requestHandler?: unknown; credentials?: unknown } = {}
  const workingAccounts = new Set<string>()
  const here: Target = { account: 'platform', region: 'local', partition: 'aws' }

  function paceFor(place: string, limit: { api: string; perSecond: number; burst: number }): Pace {
    const key = `${place}|${limit.api}`
    const known = paces.get(key)
    if (known) return known
    const made = paceOf(limit, clock)
    paces.set(key, made)
    return made
  }

  function credentialsOf(account: string): unknown {
    const access = accounts.find((each) => each.account === account)
    if (!access?.roleArn) return options.credentials ?? shared.credentials
    const provider = roles.get(account) ?? roleCredentials(access, () => doorOf(here), clock)
    roles.set(account, provider)
    return provider
  }

  function clientOf(type: AwsClientType, account: string, region: string): AwsClient {
    const place = `${account}|${region}`
    const clients = places.get(place) ?? new Map<AwsClientType, AwsClient>()
    places.set(place, clients)
    const known = clients.get(type)
    if (known) return known
    const credentials = credentialsOf(account)
    const client = new type({ ...settingsOf(options), region, ...present({ credentials, requestHandler: shared.requestHandler }) })
    shared.requestHandler ??= client.config.requestHandler
    if (credentials === undefined) shared.credentials ??= client.config.credentials
    clients.set(type, client)
    return client
  }

  /** The same answer comes for strangers and from regions that are not enabled: do the credentials work elsewhere? */
  async function credentialsWork(account: string): Promise<boolean> {
    if (workingAccounts.has(account)) return true
    try {
      await identify({ ...here, account })
      return true
    } catch {
      return false
    }
  }

  async function identify(target: Target) {
    return doorOf(target).send(STSClient, new GetCallerIdentityCommand({}))
  }

  function regionOf(target: Target): string {
    if (target.region === 'global') return homeRegionOf(target.partition)
    if (target.region === 'local') return environment('AWS_REGION') ?? environment('AWS_DEFAULT_REGION') ?? homeRegionOf(target.partition)
    return target.region
  }

  function doorOf(target: Target): Aws {
    const { account } = target
    return {
      async send(type, command, how: SendOptions = {}) {
        const region = how.region ?? regionOf(target)
        const place = `${account}|${region}`
        const attempt = attempting({
          ...{ clock, random: options.random, ledger, place, how },
          paces: (action) => ({
            calls: paceFor(place, limitOf(action, limits.paces)),
            ...(action === 'cloudwatch:GetMetricData' && !limits.paces?.['*'] ? { datapoints: paceFor(place, datapointsLimit) } : {}),
          }),
          ...{
            throttledAttempts: limits.throttledAttempts ?? 8,
            unwellAttempts: limits.unwellAttempts ?? 3,
            pauseMs: limits.pauseMs ?? 300,
          },
        })
        command.middlewareStack.add(attempt.middleware, { step: 'finalizeRequest', priority: 'high', name: 'jidoka', override: true })
        try {
          const answer = await clientOf(type, account, region).send(command, { abortSignal: how.signal })
          workingAccounts.add(account)
          return answer
        } catch (error) {
          if (how.signal?.aborted) throw how.signal.reason
          if (isFault(error)) throw error
          const asked = refusalOf(error)
          const call = attempt.action() ?? unnamed
          const refusal = asked === 'identity' && call !== identityCall && (await credentialsWork(account)) ? 'region-off' : asked
          throw faultOf(error, call, { ...target, region }, attempt.attempts(), refusal)
        }
      },
    }
  }

  return {
    of: doorOf,
    partitionOf,
    async whoAmI() {
      const { Account, Arn } = await identify(here)
      if (!Account) throw fault('aws-credentials', { account: 'unknown', problem: 'sts:GetCallerIdentity named none', code: 'Empty' })
      const region = await regionIn(options)
      return { account: Account, partition: Arn?.split(':')[1] ?? partitionOf(region ?? ''), region }
    },
    tally: () => ledger.tally(),
    cost: (startedMs, since) => ledger.cost(clock.now() - startedMs, since),
    release(target) {
      places.delete(`${target.account}|${regionOf(target)}`)
    },
    close() {
      for (const clients of places.values()) for (const client of clients.values()) client.destroy()
      places.clear()
    },
  }
}

const identityCall: IamAction = 'sts:GetCallerIdentity'
/** The SDK gave up before it knew what to call: an address or credentials that cannot be had. */
const unnamed: IamAction = 'aws:unnamed'

const present = (settings: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))

/** What all clients share. Tries and pauses are ours: see attempt.ts. */
function settingsOf({ environment, profile, endpoint }: AwsOptions): AwsClientSettings {
  const elsewhere = endpoint !== undefined || environment('AWS_ENDPOINT_URL') !== undefined
  return {
    ...{ maxAttempts: 1, profile, customUserAgent: [['jidoka-guardians']] },
    requestHandler: { connectionTimeout: connectTimeoutMs, requestTimeout: requestTimeoutMs, throwOnRequestTimeout: true },
    // A bucket may be anywhere.
    followRegionRedirects: true,
    // One address for everything: no bucket, account or queue names in the host.
    ...(elsewhere ? { forcePathStyle: true, disableHostPrefix: true, useQueueUrlAsEndpoint: false } : {}),
    ...(environment('AWS_ENDPOINT_URL_S3') ? { forcePathStyle: true } : {}),
    ...present({ endpoint }),
  }
}

async function regionIn({ environment, profile }: AwsOptions): Promise<string | null> {
  const told = environment('AWS_REGION') ?? environment('AWS_DEFAULT_REGION')
  if (told) return told
  try {
    return await new STSClient({ profile }).config.region()
  } catch {
    return null
  }
}
