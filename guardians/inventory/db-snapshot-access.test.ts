import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { dbSnapshotAccess } from './db-snapshot-access.ts'
import type { DbSnapshot } from './db-snapshots.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const snapshot = (id: string, of: DbSnapshot['of']) => ({ arn: `arn:${id}`, id, of }) as DbSnapshot
async function restorers(row: DbSnapshot, answers: Answers) {
  aws = await openRecorded(answers)
  return (await dbSnapshotAccess.get(sourcesThrough(accessTo(aws.url), aws.url), [row])).get(row.arn)
}
const answer = (kind: 'DBSnapshot' | 'DBClusterSnapshot', values: string[]) =>
  `<Describe${kind}AttributesResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><Describe${kind}AttributesResult><${kind}AttributesResult><${kind}Identifier>s</${kind}Identifier><${kind}Attributes><${kind}Attribute><AttributeName>restore</AttributeName><AttributeValues>${values
    .map((value) => `<AttributeValue>${value}</AttributeValue>`)
    .join(
      '',
    )}</AttributeValues></${kind}Attribute></${kind}Attributes></${kind}AttributesResult></Describe${kind}AttributesResult></Describe${kind}AttributesResponse>`

test('who may restore a copy of an instance, and of a cluster', async () => {
  expect(
    await restorers(snapshot('s', 'instance'), { DescribeDBSnapshotAttributes: answer('DBSnapshot', ['210987654321', 'all']) }),
  ).toEqual([...['210987654321', 'all']])
  await aws?.close()
  expect(await restorers(snapshot('s', 'cluster'), { DescribeDBClusterSnapshotAttributes: answer('DBClusterSnapshot', []) })).toEqual([])
})

test('a refusal names the permission', async () => {
  const denied = refused('AccessDenied', 'no', { xml: 'query' })
  await expect(restorers(snapshot('s', 'instance'), { DescribeDBSnapshotAttributes: denied })).rejects.toMatchObject({
    details: { action: 'rds:DescribeDBSnapshotAttributes' },
  })
})
