import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answer, type Answers, openRecorded, type Recorded, type RecordedCall, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { accountBlocks, bucketExposure, buckets } from './buckets.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
async function open(answers: Answers) {
  aws = await openRecorded(answers)
  return sourcesThrough(accessTo(aws.url), aws.url)
}

const list = (names: string[], next = '') =>
  `<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>o</ID></Owner><Buckets>${names
    .map((name) => `<Bucket><Name>${name}</Name><CreationDate>2026-01-01T00:00:00.000Z</CreationDate></Bucket>`)
    .join('')}</Buckets>${next && `<ContinuationToken>${next}</ContinuationToken>`}</ListAllMyBucketsResult>`
const block = (ignore: boolean, restrict: boolean) =>
  `<PublicAccessBlockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>${ignore}</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>${restrict}</RestrictPublicBuckets></PublicAccessBlockConfiguration>`
const policy = (isPublic: boolean) =>
  `<PolicyStatus xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsPublic>${isPublic}</IsPublic></PolicyStatus>`
const acl = (...grants: string[]) =>
  `<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>o</ID></Owner><AccessControlList>${grants.join('')}</AccessControlList></AccessControlPolicy>`
const grant = (who: string, permission: string) =>
  `<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>http://acs.amazonaws.com/groups/${who}</URI></Grantee><Permission>${permission}</Permission></Grant>`
const owner = `<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>o</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant>`
const absent = (code: string) => refused(code, 'no such thing', { xml: 's3', status: 404 })

type Said = Exclude<Answer, (call: RecordedCall) => unknown>
const subresources = ['publicAccessBlock', 'policyStatus', 'acl'] as const
/** What one bucket says of itself, by what is asked. */
const bucket = (says: Record<(typeof subresources)[number], Answer>) => ({
  'GET /photos/': ({ input }: RecordedCall): Said => {
    const asked = subresources.find((name) => name in input)
    return (asked ? says[asked] : absent('NoSuchKey')) as Said
  },
})
const row = { arn: 'arn:aws:s3:::photos', name: 'photos' }
const asked = () => aws?.calls.map(({ input }) => subresources.find((name) => name in input))
const exposure = async (says: Record<(typeof subresources)[number], Answer>) =>
  (await bucketExposure.get(await open(bucket(says)), [row])).get(row.arn)

test('buckets, page after page', async () => {
  const sources = await open({ 'GET /': [list(['photos', 'logs'], 'more'), list(['backups'])] })
  expect(await readAll(buckets, sources)).toEqual(['photos', 'logs', 'backups'].map((name) => ({ arn: `arn:aws:s3:::${name}`, name })))
  expect(aws?.calls.map(({ input }) => [input['max-buckets'], input['continuation-token']])).toEqual([
    ['1000', undefined],
    ['1000', 'more'],
  ])
})

test('an account without buckets', async () => {
  expect(await readAll(buckets, await open({ 'GET /': list([]) }))).toEqual([])
})

test('a bucket without a block: policy and ACL tell', async () => {
  expect(
    await exposure({
      publicAccessBlock: absent('NoSuchPublicAccessBlockConfiguration'),
      policyStatus: policy(true),
      acl: acl(owner, grant('global/AllUsers', 'READ'), grant('global/AuthenticatedUsers', 'READ'), grant('s3/LogDelivery', 'WRITE')),
    }),
  ).toEqual({ block: { ignoresAcls: false, restrictsPolicies: false }, publicPolicy: true, publicGrants: ['READ'] })
})

test('a bucket without a policy', async () => {
  expect(await exposure({ publicAccessBlock: block(false, false), policyStatus: absent('NoSuchBucketPolicy'), acl: acl(owner) })).toEqual({
    ...{ block: { ignoresAcls: false, restrictsPolicies: false }, publicPolicy: false, publicGrants: [] },
  })
})

test('a bucket that blocks everything is asked nothing more', async () => {
  const never = absent('NotAsked')
  expect(await exposure({ publicAccessBlock: block(true, true), policyStatus: never, acl: never })).toMatchObject({ publicPolicy: false })
  expect(asked()).toEqual(['publicAccessBlock'])
})

test('a bucket that went meanwhile is not public', async () => {
  const gone = absent('NoSuchBucket')
  expect(await exposure({ publicAccessBlock: gone, policyStatus: gone, acl: gone })).toMatchObject({
    publicPolicy: false,
    publicGrants: [],
  })
})

test('a refusal is no answer: it names the permission', async () => {
  const denied = refused('AccessDenied', 'no', { xml: 's3' })
  const action = (says: Parameters<typeof exposure>[0]) =>
    exposure(says).then(
      () => null,
      ({ code, details }) => [code, details.action],
    )
  const fine = { publicAccessBlock: block(false, false), policyStatus: policy(false), acl: acl(owner) }
  expect(await action({ ...fine, publicAccessBlock: denied })).toEqual(['aws-denied', 's3:GetBucketPublicAccessBlock'])
  expect(await action({ ...fine, policyStatus: denied })).toEqual(['aws-denied', 's3:GetBucketPolicyStatus'])
  expect(await action({ ...fine, acl: denied })).toEqual(['aws-denied', 's3:GetBucketAcl'])
})

test('the block of the account, or none', async () => {
  const path = 'GET /v20180820/configuration/publicAccessBlock'
  const found = { arn: 'arn:aws:s3::123456789012:public-access-block', ignoresAcls: true, restrictsPolicies: true }
  expect(await readAll(accountBlocks, await open({ [path]: block(true, true) }))).toEqual([found])
  await aws?.close()
  expect(await readAll(accountBlocks, await open({ [path]: absent('NoSuchPublicAccessBlockConfiguration') }))).toEqual([
    { ...found, ignoresAcls: false, restrictsPolicies: false },
  ])
  await aws?.close()
  const sources = await open({ [path]: refused('AccessDenied', 'no', { xml: 's3' }) })
  await expect(readAll(accountBlocks, sources)).rejects.toMatchObject({ details: { action: 's3:GetAccountPublicAccessBlock' } })
})
