import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, type RecordedCall, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { type Rule, rules, ruleTargets } from './rules.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
async function open(answers: Answers) {
  aws = await openRecorded({ GetResources: '{"ResourceTagMappingList":[]}', ...answers })
  return sourcesThrough(accessTo(aws.url), aws.url)
}

const arn = (path: string) => `arn:aws:events:us-east-1:123456789012:rule/${path}`
const rule = (path: string, more: object = {}) => ({
  ...{ Name: path.split('/').at(-1), Arn: arn(path), State: 'ENABLED', EventBusName: path.includes('/') ? path.split('/')[0] : 'default' },
  ...more,
})
const buses = (names: string[], next?: string) => JSON.stringify({ EventBuses: names.map((Name) => ({ Name })), NextToken: next })
const page = (found: object[], next?: string) => JSON.stringify({ Rules: found, NextToken: next })
const row = (path: string, over: Partial<Rule> = {}): Rule => ({
  ...{ arn: arn(path), name: path.split('/').at(-1) ?? '', bus: path.includes('/') ? (path.split('/')[0] ?? '') : 'default' },
  ...{ enabled: true, managed: false },
  ...over,
})

/** Two pages of buses; the rules of the first go on once. */
const house = {
  ListEventBuses: ({ input }: RecordedCall) => (input.NextToken ? buses(['orders']) : buses(['default', 'quiet'], 'buses-2')),
  ListRules: ({ input }: RecordedCall) => {
    if (input.EventBusName === 'default')
      return input.NextToken ? page([rule('weekly', { State: 'DISABLED' })]) : page([rule('nightly')], 'rules-2')
    return input.EventBusName === 'orders' ? page([rule('orders/paid', { ManagedBy: 'pipes.amazonaws.com' })]) : page([])
  },
}

test('the rules of every bus, over the pages of both lists', async () => {
  const rows = await readAll(rules, await open(house))
  expect(rows).toEqual([row('nightly'), row('weekly', { enabled: false }), row('orders/paid', { managed: true })])
  expect(aws?.count('ListEventBuses')).toBe(2)
  expect(aws?.count('ListRules')).toBe(4)
})

test('a rule of which only the name is told', async () => {
  const answers = { ListEventBuses: buses(['default', 'orders']), ListRules: '{"Rules":[{"Name":"paid"}]}' }
  expect(await readAll(rules, await open(answers))).toEqual([row('paid'), row('orders/paid')])
})

test('owners by tag', async () => {
  const tags = JSON.stringify({ ResourceTagMappingList: [{ ResourceARN: arn('nightly'), Tags: [{ Key: 'owner', Value: 'aki' }] }] })
  const rows = await readAll(rules, await open({ ...house, GetResources: tags }))
  expect(rows.map(({ owner }) => owner)).toEqual(['aki', undefined, undefined])
})

test('a bus that goes between two pages takes its rules with it, and nothing else', async () => {
  const rows = await readAll(
    rules,
    await open({
      ListEventBuses: buses(['gone', 'default']),
      ListRules: ({ input }) =>
        input.EventBusName === 'gone'
          ? { status: 400, body: '{"__type":"ResourceNotFoundException","message":"Event bus gone does not exist."}' }
          : page([rule('nightly')]),
    }),
  )
  expect(rows).toEqual([row('nightly')])
})

test('no bus at all', async () => {
  expect(await readAll(rules, await open({ ListEventBuses: '{"EventBuses":[]}' }))).toEqual([])
})

test('a refusal half-way goes through: what was not read is not taken as gone', async () => {
  const sources = await open({ ...house, ListRules: [page([rule('nightly')], 'rules-2'), refused('AccessDeniedException')] })
  await expect(readAll(rules, sources)).rejects.toMatchObject({ code: 'aws-denied' })
})

test('the targets of a rule, page after page; a queue without an address is none', async () => {
  const target = (id: string, more: object = {}) => ({ Id: id, Arn: `arn:aws:lambda:us-east-1:123456789012:function:${id}`, ...more })
  const sources = await open({
    ListTargetsByRule: [
      JSON.stringify({
        Targets: [target('a', { DeadLetterConfig: { Arn: 'arn:aws:sqs:us-east-1:123456789012:dlq' } })],
        NextToken: 'more',
      }),
      JSON.stringify({ Targets: [target('b', { DeadLetterConfig: {} }), target('c')] }),
    ],
  })
  const targets = await ruleTargets.get(sources, [row('orders/paid')])
  expect(targets.get(arn('orders/paid'))?.map(({ hasDeadLetterQueue }) => hasDeadLetterQueue)).toEqual([true, false, false])
  expect(aws?.calls.map(({ input }) => input)).toEqual([
    { Rule: 'paid', EventBusName: 'orders', Limit: 100 },
    { Rule: 'paid', EventBusName: 'orders', Limit: 100, NextToken: 'more' },
  ])
})

test('a token that repeats itself ends the list of targets', async () => {
  const sources = await open({ ListTargetsByRule: JSON.stringify({ Targets: [], NextToken: 'again' }) })
  expect((await ruleTargets.get(sources, [row('nightly')])).get(arn('nightly'))).toEqual([])
  expect(aws?.count('ListTargetsByRule')).toBe(2)
})
