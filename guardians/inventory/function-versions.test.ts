import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { functionVersions } from './function-versions.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const read = async (answers: Answers) => {
  aws = await openRecorded(answers)
  return readAll(functionVersions, sourcesThrough(accessTo(aws.url), aws.url))
}
const list = 'GET /2015-03-31/functions'

test('published versions of all pages, without what is being worked on', async () => {
  const rows = await read({
    [list]: [
      ({ input }) =>
        JSON.stringify({
          Functions: [
            { FunctionName: 'orders', Version: '$LATEST', CodeSize: 10 },
            { FunctionName: 'orders', Version: '1', CodeSize: input.FunctionVersion === 'ALL' ? 20 : 0 },
          ],
          NextMarker: 'more',
        }),
      JSON.stringify({ Functions: [{ FunctionName: 'orders', Version: '2' }] }),
    ],
  })
  const arn = 'arn:aws:lambda:us-east-1:123456789012:function:orders'
  expect(rows).toEqual([
    { arn: `${arn}:1`, name: 'orders', version: '1', codeBytes: 20 },
    { arn: `${arn}:2`, name: 'orders', version: '2', codeBytes: 0 },
  ])
})

test('an empty region', async () => {
  expect(await read({ [list]: '{"Functions":[]}' })).toEqual([])
})

test('a refusal names the permission', async () => {
  await expect(read({ [list]: refused('AccessDeniedException') })).rejects.toMatchObject({
    ...{ code: 'aws-denied', details: { action: 'lambda:ListFunctions' } },
  })
})
