import { afterEach, expect, test } from 'vitest'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll, sourcesAt } from '../../test/aws/sources.ts'
import { taggedResources } from './tagged-resources.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const read = async (answers: Answers) => {
  aws = await openRecorded(answers)
  return readAll(taggedResources, sourcesAt(aws.url))
}
const page = (resources: [string, Record<string, string>][], PaginationToken = '') =>
  JSON.stringify({
    PaginationToken,
    ResourceTagMappingList: resources.map(([ResourceARN, tags]) => ({
      ResourceARN,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    })),
  })

test('page after page, until the token is empty', async () => {
  const instance = 'arn:aws:ec2:us-east-1:123456789012:instance/i-1'
  const rows = await read({
    GetResources: [
      page([[instance, { Name: 'web', Owner: 'aki', 'aws:cloudformation:stack-name': 'web' }]], 'more'),
      ({ input }) => page([['arn:aws:s3:::data', { seen: String(input.PaginationToken) }]]),
    ],
  })
  expect(rows).toEqual([
    { arn: instance, type: 'ec2:instance', stack: 'web', tags: 3, name: 'web', owner: 'aki' },
    { arn: 'arn:aws:s3:::data', type: 's3', stack: null, tags: 1 },
  ])
  expect(aws?.calls).toHaveLength(2)
})

test.each([
  ['arn:aws:lambda:us-east-1:123456789012:function:pay', 'lambda:function'],
  ['arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/pay', 'logs:log-group'],
  ['arn:aws:sqs:us-east-1:123456789012:orders', 'sqs'],
  ['arn:aws:s3:::logs/deep', 's3'],
])('the type of %s', async (arn, type) => {
  expect(await read({ GetResources: page([[arn, {}]]) })).toMatchObject([{ type, tags: 0 }])
})

test('an empty region', async () => {
  expect(await read({ GetResources: page([]) })).toEqual([])
})

test('a refusal goes through', async () => {
  await expect(read({ GetResources: refused('AccessDeniedException') })).rejects.toThrow()
})
