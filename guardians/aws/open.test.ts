import { DescribeVolumesCommand, EC2Client } from '@aws-sdk/client-ec2'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import { seededRandom } from '../../core/random.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { testCredentials, testTarget } from '../../test/aws/sources.ts'
import { declared } from './declared.ts'
import { type AwsAccess, type AwsOptions, openAws } from './open.ts'
import { targetsOf } from './targets.ts'

let recorded: Recorded | undefined
let access: AwsAccess | undefined
afterEach(async () => {
  access?.close()
  await recorded?.close()
})

async function open(answers: Answers, over: Partial<AwsOptions> = {}): Promise<AwsAccess> {
  recorded = await openRecorded(answers)
  access = openAws({
    ...{ clock: systemClock, random: seededRandom(1), environment: () => undefined, endpoint: recorded.url },
    credentials: async () => testCredentials,
    limits: { pauseMs: 1, throttledAttempts: 4, unwellAttempts: 2, paces: { '*': { perSecond: 1e5, burst: 1e5 } } },
    ...over,
  })
  return access
}

const volumes = (aws: AwsAccess, target = testTarget) => aws.of(target).send(EC2Client, new DescribeVolumesCommand({}))
const empty = '<DescribeVolumesResponse><volumeSet/></DescribeVolumesResponse>'
const callers = (account: string, partition = 'aws') =>
  `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${account}</Account><Arn>arn:${partition}:iam::${account}:user/aki</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`
const assumed = (until: number) =>
  `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAIOSFODNN7ROLE000</AccessKeyId><SecretAccessKey>not-a-secret</SecretAccessKey><SessionToken>not-a-token</SessionToken><Expiration>${new Date(until).toISOString()}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`
const slower = refused('RequestLimitExceeded', 'slower', { xml: 'ec2', status: 503 })

test('throttled calls come back, and all are counted', async () => {
  const aws = await open({ DescribeVolumes: [slower, slower, empty] })
  await volumes(aws)
  expect(aws.cost(systemClock.now() - 1_000).byCall).toMatchObject([{ call: 'ec2:DescribeVolumes', calls: 3, throttled: 2, denied: 0 }])
})

test('it gives up at some time, and says so', async () => {
  const aws = await open({ DescribeVolumes: slower })
  await expect(volumes(aws)).rejects.toMatchObject({ code: 'aws-throttled', details: { call: 'ec2:DescribeVolumes', attempts: 4 } })
  expect(recorded?.count('DescribeVolumes')).toBe(4)
})

test('a refusal is not tried again', async () => {
  const aws = await open({ DescribeVolumes: refused('UnauthorizedOperation', 'no', { xml: 'ec2' }) })
  await expect(volumes(aws)).rejects.toMatchObject({ code: 'aws-denied', details: { action: 'ec2:DescribeVolumes' } })
  expect(recorded?.count('DescribeVolumes')).toBe(1)
  expect(aws.cost(0).byCall).toMatchObject([{ denied: 1 }])
})

test('a call that the unit did not declare never goes out', async () => {
  const aws = await open({ DescribeVolumes: empty })
  const narrow = declared(aws.of(testTarget), ['ec2:DescribeInstances'])
  await expect(narrow.send(EC2Client, new DescribeVolumesCommand({}))).rejects.toMatchObject({ code: 'aws-undeclared' })
  expect(recorded?.calls).toEqual([])
})

test('the same answer for strangers and from a region that is off: credentials that work elsewhere tell', async () => {
  const stranger = refused('AuthFailure', 'not validated', { xml: 'ec2', status: 401 })
  const off = await open({ DescribeVolumes: stranger, GetCallerIdentity: callers('123456789012') })
  await expect(volumes(off)).rejects.toMatchObject({ code: 'aws-region-off' })
  off.close()
  await recorded?.close()
  const nobody = refused('InvalidClientTokenId', 'invalid', { xml: 'query' })
  const bad = await open({ DescribeVolumes: stranger, GetCallerIdentity: nobody })
  await expect(volumes(bad)).rejects.toMatchObject({ code: 'aws-credentials' })
})

test('an address where nobody answers', async () => {
  const aws = await open({})
  await recorded?.close()
  await expect(volumes(aws)).rejects.toMatchObject({ code: 'aws-unreachable' })
  recorded = undefined
})

test('without credentials it says so, before anything goes out', async () => {
  const credentials = async () => {
    throw Object.assign(new Error('Could not load credentials from any providers'), { name: 'CredentialsProviderError' })
  }
  const aws = await open({ DescribeVolumes: empty }, { credentials })
  await expect(volumes(aws)).rejects.toMatchObject({ code: 'aws-credentials' })
})

const roleArn = 'arn:aws:iam::210987654321:role/reader'
const other = { account: '210987654321', region: 'eu-west-1', partition: 'aws' }

test('a role is assumed once for all clients, and again before it expires', async () => {
  let now = Date.parse('2026-11-21T06:00:00Z')
  const clock = { ...systemClock, now: () => now }
  const aws = await open(
    { AssumeRole: () => assumed(now + 3_600_000), DescribeVolumes: empty },
    { clock, accounts: [{ account: other.account, roleArn, externalId: 'x' }] },
  )
  await volumes(aws, other)
  await volumes(aws, { ...other, region: 'us-east-1' })
  await volumes(aws)
  expect(recorded?.count('AssumeRole')).toBe(1)
  expect(recorded?.calls[0]).toMatchObject({
    operation: 'AssumeRole',
    region: 'us-east-1',
    input: { RoleArn: roleArn, RoleSessionName: 'jidoka-guardians', ExternalId: 'x' },
  })
  now += 3_400_000
  aws.release(other)
  await volumes(aws, other)
  expect(recorded?.count('AssumeRole')).toBe(2)
})

test('a role that may not be assumed is asked once, and named', async () => {
  const aws = await open(
    { AssumeRole: refused('AccessDenied', 'is not authorized to perform: sts:AssumeRole on resource', { xml: 'query' }) },
    { accounts: [{ account: other.account, roleArn }] },
  )
  for (let n = 0; n < 3; n += 1)
    await expect(volumes(aws, other)).rejects.toMatchObject({ code: 'aws-denied', details: { action: 'sts:AssumeRole' } })
  expect(recorded?.count('AssumeRole')).toBe(1)
})

test('where to look: what is configured, else who we are and where we are', async () => {
  const aws = await open(
    { GetCallerIdentity: callers('111122223333', 'aws-cn') },
    { environment: (name) => (name === 'AWS_REGION' ? 'cn-north-1' : undefined) },
  )
  expect(await targetsOf([{ account: '1', regions: ['us-gov-west-1', 'eu-west-1'] }], aws, () => undefined)).toEqual([
    { account: '1', region: 'us-gov-west-1', partition: 'aws-us-gov' },
    { account: '1', region: 'eu-west-1', partition: 'aws' },
  ])
  expect(await targetsOf([], aws, () => undefined)).toEqual([{ account: '111122223333', region: 'cn-north-1', partition: 'aws-cn' }])
})

test('what belongs to a whole account is asked in the home region of its partition, or where the call says', async () => {
  const aws = await open({ DescribeVolumes: empty })
  await volumes(aws, { account: '1', region: 'global', partition: 'aws-us-gov' })
  await aws.of(testTarget).send(EC2Client, new DescribeVolumesCommand({}), { region: 'eu-north-1' })
  expect(recorded?.calls.map(({ region }) => region)).toEqual(['us-gov-west-1', 'eu-north-1'])
})

test('who stops it is obeyed at once', async () => {
  const stop = new AbortController()
  const answer = () => {
    stop.abort(new Error('stopped'))
    return slower as { body: string }
  }
  const aws = await open({ DescribeVolumes: answer }, { limits: { pauseMs: 60_000 } })
  const asked = aws.of(testTarget).send(EC2Client, new DescribeVolumesCommand({}), { signal: stop.signal })
  await expect(asked).rejects.toThrow('stopped')
})
