import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { logGroups } from './log-groups.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const read = async (answers: Answers) => {
  aws = await openRecorded(answers)
  return readAll(logGroups, sourcesThrough(accessTo(aws.url), aws.url))
}

const arn = 'arn:aws:logs:us-east-1:123456789012:log-group:'
const app = {
  ...{ logGroupName: 'app', creationTime: 1_760_000_000_000, retentionInDays: 30, metricFilterCount: 0, storedBytes: 5_000 },
  ...{ arn: `${arn}app:*`, logGroupArn: `${arn}app`, logGroupClass: 'STANDARD' },
}

test('page after page, fifty at a time', async () => {
  const rows = await read({
    DescribeLogGroups: [
      JSON.stringify({ logGroups: [app], nextToken: 'more' }),
      ({ input }) => JSON.stringify({ logGroups: [{ logGroupName: `${input.nextToken}-${input.limit}`, logGroupClass: 'DELIVERY' }] }),
    ],
  })
  expect(rows).toEqual([
    { arn: `${arn}app`, name: 'app', retentionDays: 30, storedBytes: 5_000, createdAt: 1_760_000_000_000, delivery: false },
    { arn: `${arn}more-50`, name: 'more-50', retentionDays: null, storedBytes: 0, createdAt: null, delivery: true },
  ])
})

test('an empty page with a token is not the end', async () => {
  const rows = await read({
    DescribeLogGroups: [JSON.stringify({ logGroups: [], nextToken: 'more' }), JSON.stringify({ logGroups: [app] })],
  })
  expect(rows.map(({ name }) => name)).toEqual(['app'])
})

test('an empty region', async () => {
  expect(await read({ DescribeLogGroups: '{"logGroups":[]}' })).toEqual([])
})

test('a refusal names the permission', async () => {
  await expect(read({ DescribeLogGroups: refused('AccessDeniedException', 'no') })).rejects.toMatchObject({
    ...{ code: 'aws-denied', details: { action: 'logs:DescribeLogGroups' } },
  })
})
