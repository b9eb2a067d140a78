import {
  GetBucketAclCommand,
  GetBucketPolicyStatusCommand,
  GetPublicAccessBlockCommand,
  type Grant,
  ListBucketsCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { GetPublicAccessBlockCommand as GetAccountBlockCommand, S3ControlClient } from '@aws-sdk/client-s3-control'
import { isFault } from '../../core/errors.ts'
import type { Aws, AwsClient, AwsClientSettings, AwsClientType } from '../aws/aws.ts'
import { defineDetail, defineInventory, type Resource } from '../define.ts'

export interface Bucket extends Resource {
  name: string
}

/** Buckets of an account, wherever they are: the client follows to where each answers. */
export const buckets = defineInventory<Bucket>('buckets', {
  title: { en: 'S3 buckets', ja: 'S3 バケット' },
  scope: 'account',
  calls: ['s3:ListAllMyBuckets'],
  async page({ aws, target: { partition } }, token) {
    const answer = await aws.send(S3Client, new ListBucketsCommand({ MaxBuckets: 1_000, ContinuationToken: token }))
    const rows = (answer.Buckets ?? []).map(({ Name = '' }): Bucket => ({ arn: `arn:${partition}:s3:::${Name}`, name: Name }))
    return answer.ContinuationToken ? { rows, next: answer.ContinuationToken } : { rows }
  },
})

/** What of it is in force, whatever a policy or an ACL says. */
export interface PublicBlock {
  ignoresAcls: boolean
  restrictsPolicies: boolean
}

export interface AccountBlock extends Resource, PublicBlock {}

const noBlock: PublicBlock = { ignoresAcls: false, restrictsPolicies: false }

/**
 * AWS wants the account in the host, before the name of the service. Where another address stands for AWS there is no such host: the
 * account is in the header all the same.
 */
function madeForAccounts(settings: AwsClientSettings): AwsClient {
  const client = new S3ControlClient(settings)
  const resolve = client.config.endpointProvider
  client.config.endpointProvider = (asked, how) =>
    resolve(asked.Endpoint === undefined ? asked : { ...asked, RequiresAccountId: false }, how)
  return client
}
const accountClient = madeForAccounts as unknown as AwsClientType

/** The block of a whole account: one row. */
export const accountBlocks = defineInventory<AccountBlock>('s3-account-block', {
  title: { en: 'Public access block of the account', ja: 'アカウントのパブリックアクセスブロック' },
  scope: 'account',
  calls: ['s3:GetAccountPublicAccessBlock'],
  async page({ aws, target: { account, partition } }) {
    const block = await orAbsent(
      aws
        .send(accountClient, new GetAccountBlockCommand({ AccountId: account }))
        .then((answer) => inForce(answer.PublicAccessBlockConfiguration)),
      noBlock,
    )
    return { rows: [{ arn: `arn:${partition}:s3::${account}:public-access-block`, ...block }] }
  },
})

export interface BucketExposure {
  block: PublicBlock
  /** As AWS reckons it. */
  publicPolicy: boolean
  /** What its ACL lets everybody do: `READ`, `WRITE_ACP`. Anybody with any AWS account counts as everybody. */
  publicGrants: string[]
}

/** At most three calls per bucket; what a block makes void is not asked. A bucket that went meanwhile is not public. */
export const bucketExposure = defineDetail<Bucket, BucketExposure>('bucket-exposure', {
  calls: ['s3:GetBucketPublicAccessBlock', 's3:GetBucketPolicyStatus', 's3:GetBucketAcl'],
  async get({ aws }, rows) {
    return new Map(await Promise.all(rows.map(async (row) => [row.arn, await exposureOf(aws, row.name)] as const)))
  },
})

async function exposureOf(aws: Aws, Bucket: string): Promise<BucketExposure> {
  const block = await orAbsent(
    aws.send(S3Client, new GetPublicAccessBlockCommand({ Bucket })).then((answer) => inForce(answer.PublicAccessBlockConfiguration)),
    noBlock,
  )
  const publicPolicy =
    !block.restrictsPolicies &&
    (await orAbsent(
      aws.send(S3Client, new GetBucketPolicyStatusCommand({ Bucket })).then(({ PolicyStatus }) => PolicyStatus?.IsPublic ?? false),
      false,
    ))
  const publicGrants = block.ignoresAcls
    ? []
    : await orAbsent(
        aws.send(S3Client, new GetBucketAclCommand({ Bucket })).then(({ Grants }) => forEverybody(Grants ?? [])),
        [],
      )
  return { block, publicPolicy, publicGrants }
}

const inForce = (
  block: { IgnorePublicAcls?: boolean | undefined; RestrictPublicBuckets?: boolean | undefined } | undefined,
): PublicBlock => ({
  ignoresAcls: block?.IgnorePublicAcls ?? false,
  restrictsPolicies: block?.RestrictPublicBuckets ?? false,
})

const everybody = /\/groups\/global\/(AllUsers|AuthenticatedUsers)$/

const forEverybody = (grants: readonly Grant[]): string[] => [
  ...new Set(grants.flatMap(({ Grantee, Permission }) => (everybody.test(Grantee?.URI ?? '') && Permission ? [Permission] : []))),
]

/** No such configuration, policy or bucket: an answer, not a refusal. */
async function orAbsent<Value>(asked: Promise<Value>, absent: Value): Promise<Value> {
  try {
    return await asked
  } catch (error) {
    if (isFault(error, 'aws-absent')) return absent
    throw error
  }
}
