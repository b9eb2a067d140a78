import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answer, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { lambdaAccount } from './lambda-account.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const read = async (answer: Answer) => {
  aws = await openRecorded({ 'GET /2016-08-19/account-settings': answer })
  return readAll(lambdaAccount, sourcesThrough(accessTo(aws.url), aws.url))
}
const row = { arn: 'arn:aws:lambda:us-east-1:123456789012:account-settings', name: 'Lambda, us-east-1' }

test('the limits of a region', async () => {
  const limits = { TotalCodeSize: 80_530_636_800, ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: 900 }
  const answer = JSON.stringify({ AccountLimit: limits, AccountUsage: { TotalCodeSize: 9, FunctionCount: 1 } })
  expect(await read(answer)).toEqual([{ ...row, concurrent: 1_000, unreserved: 900 }])
})

test('a field that is missing is not known', async () => {
  expect(await read('{}')).toEqual([{ ...row, concurrent: null, unreserved: null }])
})

test('a refusal names the permission', async () => {
  await expect(read(refused('AccessDeniedException'))).rejects.toMatchObject({ details: { action: 'lambda:GetAccountSettings' } })
})
