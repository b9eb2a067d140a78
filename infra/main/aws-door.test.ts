import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import { systemRandom } from '../../core/random.ts'
import { openRecorded, type Recorded } from '../../test/aws/recorded.ts'
import { testCredentials } from '../../test/aws/sources.ts'
import { openAwsDoor } from './aws-door.ts'

const us = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
  <Arn>arn:aws:iam::111111111111:user/us</Arn><Account>111111111111</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`
const assumed = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
  <AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
  <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function doorTo(
  accounts: { account: string; roleArn?: string }[],
): Promise<{ aws: Recorded; retain(account: string): Promise<unknown> }> {
  const aws = await openRecorded({ GetCallerIdentity: us, AssumeRole: assumed, PutRetentionPolicy: '{}' })
  const environment = (name: string) => ({ AWS_ENDPOINT_URL: aws.url, AWS_REGION: 'eu-central-1' })[name]
  const door = openAwsDoor({
    clock: systemClock,
    random: systemRandom,
    environment,
    endpoint: aws.url,
    credentials: async () => testCredentials,
    accounts,
  })
  ends.push(() => aws.close(), door.close)
  return {
    aws,
    retain: (account) =>
      door.aws(
        { account, region: 'eu-central-1', partition: 'aws' },
        'logs:PutRetentionPolicy',
        { logGroupName: '/aws/lambda/same-name-everywhere', retentionInDays: 365 },
        { timeoutMs: 5_000, signal: AbortSignal.timeout(5_000) },
      ),
  }
}

test('the account of the credentials that are there is changed', async () => {
  const { aws, retain } = await doorTo([{ account: '111111111111' }])
  await retain('111111111111')
  await retain('111111111111')
  expect(aws.count('PutRetentionPolicy')).toBe(2)
  expect(aws.count('GetCallerIdentity')).toBe(1)
})

test('another account is not touched by our own credentials, though the names are the same', async () => {
  const { aws, retain } = await doorTo([{ account: '222222222222' }])
  await expect(retain('222222222222')).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringMatching(/111111111111, not of 222222222222/),
  })
  expect(aws.count('PutRetentionPolicy')).toBe(0)
})

test('another account is changed by the role that it has for fixes', async () => {
  const { aws, retain } = await doorTo([{ account: '222222222222', roleArn: 'arn:aws:iam::222222222222:role/jidoka-fix' }])
  await retain('222222222222')
  expect(aws.calls.find(({ operation }) => operation === 'AssumeRole')?.input).toMatchObject({
    RoleArn: 'arn:aws:iam::222222222222:role/jidoka-fix',
  })
  expect(aws.count('PutRetentionPolicy')).toBe(1)
})
