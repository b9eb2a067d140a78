import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { criticalResources, takesDeadLetters } from './critical-resources.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const at = async (answers: Answers) => {
  aws = await openRecorded(answers)
  return sourcesThrough(accessTo(aws.url), aws.url)
}
const query = (operation: string, body: string) =>
  `<${operation}Response><${operation}Result>${body}</${operation}Result></${operation}Response>`
const account = '123456789012'
const balancer = `arn:aws:elasticloadbalancing:us-east-1:${account}:loadbalancer/net/front/1a2b`

/** One of each kind: an alarm finds them by what AWS calls them. */
const one: Answers = {
  DescribeLoadBalancers: query(
    'DescribeLoadBalancers',
    `<LoadBalancers><member><LoadBalancerArn>${balancer}</LoadBalancerArn><LoadBalancerName>front</LoadBalancerName><Type>network</Type></member></LoadBalancers>`,
  ),
  DescribeTags: query('DescribeTags', '<TagDescriptions/>'),
  DescribeDBInstances: query(
    'DescribeDBInstances',
    '<DBInstances><DBInstance><DBInstanceIdentifier>o-1</DBInstanceIdentifier><Engine>docdb</Engine><DBClusterIdentifier>o</DBClusterIdentifier></DBInstance></DBInstances>',
  ),
  ListQueues: JSON.stringify({ QueueUrls: [`http://sqs/${account}/dead`] }),
  'GET /2015-03-31/functions': JSON.stringify({ Functions: [{ FunctionName: 'pay' }] }),
  'GET /2015-03-31/functions/': JSON.stringify({ Functions: [{ FunctionName: 'pay' }] }),
  ListTables: JSON.stringify({ TableNames: ['carts'] }),
  GetResources: JSON.stringify({ ResourceTagMappingList: [] }),
}

test('load balancers, databases, queues, functions and tables, one after the other', async () => {
  const rows = await readAll(criticalResources, await at(one))
  expect(rows.map(({ kind, name, namespace, watchedBy }) => [kind, name, namespace, ...watchedBy])).toEqual([
    ['load-balancer', 'front', 'AWS/NetworkELB', 'AWS/NetworkELB LoadBalancer net/front/1a2b'],
    ['database', 'o-1', 'AWS/DocDB', 'AWS/DocDB DBInstanceIdentifier o-1', 'AWS/DocDB DBClusterIdentifier o'],
    ['queue', 'dead', 'AWS/SQS', 'AWS/SQS QueueName dead'],
    ['function', 'pay', 'AWS/Lambda', 'AWS/Lambda FunctionName pay'],
    ['table', 'carts', 'AWS/DynamoDB', 'AWS/DynamoDB TableName carts'],
  ])
})

test('one kind that may not be listed stops the rest: nothing of it is taken as gone', async () => {
  const sources = await at({ ...one, ListTables: refused('AccessDeniedException') })
  await expect(readAll(criticalResources, sources)).rejects.toMatchObject({
    code: 'aws-denied',
    details: { action: 'dynamodb:ListTables' },
  })
})

test('dead letters are asked of queues only', async () => {
  const sources = await at({
    ...one,
    ListDeadLetterSourceQueues: [JSON.stringify({ queueUrls: ['http://sqs/1/orders'] }), JSON.stringify({ queueUrls: [] })],
  })
  const rows = await readAll(criticalResources, sources)
  const queue = rows.find(({ kind }) => kind === 'queue')
  const table = rows.find(({ kind }) => kind === 'table')
  if (!queue || !table) throw new Error('no queue, no table')
  const takes = await takesDeadLetters.get(sources, [queue, table, { ...queue, arn: 'other' }])
  expect([...takes.values()]).toEqual([true, false, false])
  expect(aws?.count('ListDeadLetterSourceQueues')).toBe(2)
})
