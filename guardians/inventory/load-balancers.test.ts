import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { type LoadBalancer, loadBalancers, targetHealth } from './load-balancers.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const open = async (answers: Answers) => {
  aws = await openRecorded(answers)
  return sourcesThrough(accessTo(aws.url), aws.url)
}
const read = async (answers: Answers) => readAll(loadBalancers, await open(answers))

const answer = (operation: string, result: string) =>
  `<${operation}Response xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><${operation}Result>${result}</${operation}Result><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></${operation}Response>`
const list = (operation: string, name: string, items: readonly string[], next = '') =>
  answer(
    operation,
    `<${name}>${items.map((item) => `<member>${item}</member>`).join('')}</${name}>${next && `<NextMarker>${next}</NextMarker>`}`,
  )
const page = (items: readonly string[], next = '') => list('DescribeLoadBalancers', 'LoadBalancers', items, next)
const arnOf = (rest: string) => `arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/${rest}`
const tagsOf = (arn: string) => `<ResourceArn>${arn}</ResourceArn><Tags><member><Key>owner</Key><Value>aki</Value></member></Tags>`

const web = `<LoadBalancerArn>${arnOf('app/web/50dc6c495c0c9188')}</LoadBalancerArn><LoadBalancerName>web</LoadBalancerName><Type>application</Type>
  <Scheme>internet-facing</Scheme><State><Code>active</Code></State><CreatedTime>2026-10-01T00:00:00.000Z</CreatedTime>`
const tcp = `<LoadBalancerArn>${arnOf('net/tcp/5af2b3c4d5e6f708')}</LoadBalancerArn><Type>network</Type>`

test('page after page, with their owners and the names of their metrics', async () => {
  const rows = await read({
    DescribeLoadBalancers: [page([web], 'more'), page([tcp])],
    DescribeTags: [
      list('DescribeTags', 'TagDescriptions', [tagsOf(arnOf('app/web/50dc6c495c0c9188'))]),
      list('DescribeTags', 'TagDescriptions', []),
    ],
  })
  expect(rows).toEqual([
    {
      ...{ arn: arnOf('app/web/50dc6c495c0c9188'), name: 'web', owner: 'aki', kind: 'application', dimension: 'app/web/50dc6c495c0c9188' },
      ...{ scheme: 'internet-facing', state: 'active', createdAt: Date.parse('2026-10-01T00:00:00Z') },
    },
    {
      ...{ arn: arnOf('net/tcp/5af2b3c4d5e6f708'), kind: 'network', dimension: 'net/tcp/5af2b3c4d5e6f708' },
      ...{ scheme: '', state: '', createdAt: null },
    },
  ])
  expect(aws?.calls.filter(({ operation }) => operation === 'DescribeLoadBalancers').map(({ input }) => input.Marker)).toEqual([
    undefined,
    'more',
  ])
})

test('tags are asked for twenty at once', async () => {
  const many = Array.from({ length: 45 }, (_, index) => `<LoadBalancerArn>${arnOf(`app/lb-${index}/1`)}</LoadBalancerArn>`)
  await read({ DescribeLoadBalancers: page(many), DescribeTags: list('DescribeTags', 'TagDescriptions', []) })
  expect(aws?.count('DescribeTags')).toBe(3)
})

test('an empty region: no tags are asked for', async () => {
  expect(await read({ DescribeLoadBalancers: page([]) })).toEqual([])
})

test('a refusal names the permission', async () => {
  await expect(read({ DescribeLoadBalancers: refused('AccessDenied', 'no', { xml: 'query' }) })).rejects.toMatchObject({
    ...{ code: 'aws-denied', details: { action: 'elasticloadbalancing:DescribeLoadBalancers' } },
  })
})

const balancer: LoadBalancer = {
  ...{ arn: arnOf('app/web/50dc6c495c0c9188'), kind: 'application', dimension: 'app/web/50dc6c495c0c9188' },
  ...{ scheme: 'internal', state: 'active', createdAt: 0 },
}
const groups = (names: readonly string[], next = '') =>
  list(
    'DescribeTargetGroups',
    'TargetGroups',
    names.map((name) => `<TargetGroupArn>${name}</TargetGroupArn>`),
    next,
  )
const targets = (...states: string[]) =>
  list(
    'DescribeTargetHealth',
    'TargetHealthDescriptions',
    states.map((state) => `<Target><Id>i-1</Id></Target><TargetHealth><State>${state}</State></TargetHealth>`),
  )
const health = async (answers: Answers) => (await targetHealth.get(await open(answers), [balancer])).get(balancer.arn)

test('the first target that can serve ends the asking', async () => {
  const found = await health({
    DescribeTargetGroups: [groups(['blue'], 'more'), groups(['green', 'red'])],
    DescribeTargetHealth: [targets('unhealthy', 'unused'), targets('healthy'), targets('unhealthy')],
  })
  expect(found).toEqual({ groups: 3, targets: 3, serves: true })
  expect(aws?.count('DescribeTargetHealth')).toBe(2)
})

test.each([
  ['unhealthy', false],
  ['unused', false],
  ['draining', false],
  ['unhealthy.draining', false],
  ['initial', true],
  ['unavailable', true],
])('a target that is %s: %s', async (state, serves) => {
  const answers = { DescribeTargetGroups: groups(['blue']), DescribeTargetHealth: targets(state) }
  expect(await health(answers)).toEqual({ groups: 1, targets: 1, serves })
})

test('nothing behind it at all', async () => {
  expect(await health({ DescribeTargetGroups: groups([]) })).toEqual({ groups: 0, targets: 0, serves: false })
  await aws?.close()
  expect(await health({ DescribeTargetGroups: groups(['blue']), DescribeTargetHealth: targets() })).toEqual({
    ...{ groups: 1, targets: 0, serves: false },
  })
})

test('no groups, said by an error; a balancer that is gone is not one without groups', async () => {
  const absent = (code: string) => ({ DescribeTargetGroups: refused(code, 'not found', { xml: 'query', status: 400 }) })
  expect(await health(absent('TargetGroupNotFound'))).toEqual({ groups: 0, targets: 0, serves: false })
  await aws?.close()
  await expect(health(absent('LoadBalancerNotFound'))).rejects.toMatchObject({ code: 'aws-absent' })
})

test('a refusal of the health names the permission', async () => {
  const answers = { DescribeTargetGroups: groups(['blue']), DescribeTargetHealth: refused('AccessDenied', 'no', { xml: 'query' }) }
  await expect(health(answers)).rejects.toMatchObject({ details: { action: 'elasticloadbalancing:DescribeTargetHealth' } })
})
