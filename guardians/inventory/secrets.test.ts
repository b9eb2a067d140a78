import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { secrets } from './secrets.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const read = async (answers: Answers) => {
  aws = await openRecorded(answers)
  return readAll(secrets, sourcesThrough(accessTo(aws.url), aws.url))
}
const arn = (name: string) => `arn:aws:secretsmanager:us-east-1:123456789012:secret:${name}-AbCdEf`

test('page after page, with what checks need and no value', async () => {
  const rows = await read({
    ListSecrets: [
      JSON.stringify({
        SecretList: [
          {
            ...{ ARN: arn('db'), Name: 'db', CreatedDate: 1_760_000_000, LastAccessedDate: 1_763_000_000 },
            Tags: [{ Key: 'team', Value: 'shop' }],
          },
          { ARN: arn('rds!main'), Name: 'rds!main', CreatedDate: 1_760_000_000, OwningService: 'rds' },
        ],
        NextToken: 'more',
      }),
      JSON.stringify({
        SecretList: [
          { ARN: arn('here'), Name: 'here', PrimaryRegion: 'us-east-1' },
          { ARN: arn('copy'), Name: 'copy', PrimaryRegion: 'eu-west-1' },
        ],
      }),
    ],
  })
  const old = { createdAt: 1_760_000_000_000, lastUsedAt: null, keptBy: null, replica: false }
  expect(rows).toEqual([
    { ...old, arn: arn('db'), name: 'db', owner: 'shop', lastUsedAt: 1_763_000_000_000 },
    { ...old, arn: arn('rds!main'), name: 'rds!main', keptBy: 'rds' },
    { ...old, arn: arn('here'), name: 'here', createdAt: null },
    { ...old, arn: arn('copy'), name: 'copy', createdAt: null, replica: true },
  ])
  expect(aws?.calls.map(({ input }) => input)).toEqual([{ MaxResults: 100 }, { MaxResults: 100, NextToken: 'more' }])
})

test('an empty region', async () => {
  expect(await read({ ListSecrets: '{}' })).toEqual([])
})

test('a refusal names the permission', async () => {
  await expect(read({ ListSecrets: refused('AccessDeniedException', 'no', { status: 400 }) })).rejects.toMatchObject({
    ...{ code: 'aws-denied', details: { action: 'secretsmanager:ListSecrets' } },
  })
})
