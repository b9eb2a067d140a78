import { expect, test } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import { fault } from '../../core/errors.ts'
import { systemRandom } from '../../core/random.ts'
import { openAws } from '../aws/open.ts'
import {
  type Check,
  type CheckSpec,
  type Detail,
  defineCheck,
  defineDetail,
  defineGuardian,
  defineInventory,
  fail,
  type Inventory,
  pass,
  type Resource,
  type Target,
} from '../define.ts'
import type { Platform } from '../platform.ts'
import { iamActionsOf } from './iam.ts'
import { type Progress, type ScanOptions, scan } from './scan.ts'

/** The engine with inventories of our own, which answer without AWS. */

interface Thing extends Resource {
  n: number
}
const words = { en: 'x', ja: 'x' }
const target: Target = { account: '111122223333', region: 'eu-west-1', partition: 'aws' }
const platform = {} as Platform

const thingsIn = (
  total: number,
  { id = 'things', scope = 'region', size = 10 }: { id?: string; scope?: Inventory['scope']; size?: number } = {},
) =>
  defineInventory<Thing>(id, {
    ...{ title: words, scope, calls: ['ec2:DescribeVolumes'] },
    async page({ target: { account, region } }, token) {
      const from = Number(token ?? 0)
      const rows = Array.from({ length: Math.min(size, total - from) }, (_, at) => ({
        arn: `${id}:${account}:${region}/${from + at}`,
        n: from + at,
      }))
      return from + size < total ? { rows, next: String(from + size) } : { rows }
    },
  })

type Spec = CheckSpec<Thing, never, never, Record<string, Detail<Thing, unknown>>, Record<string, Inventory<Thing>>, unknown>
const check = (id: string, over: Partial<Spec> & Pick<Spec, 'subject'>): Check =>
  defineCheck(id, {
    ...{ number: 0, severity: 'low', title: words, why: words, fix: words, peers: [], says: { odd: words } },
    judge: ({ n }: Thing) => (n % 2 ? fail('odd', { n }) : pass),
    ...over,
  } as never) as never

async function scanOf(checks: readonly Check[], over: Partial<ScanOptions> & { platform?: Platform | null } = {}) {
  const { platform: known = platform, ...options } = over
  const aws = openAws({ clock: systemClock, random: systemRandom, environment: () => undefined })
  const guardians = [defineGuardian('test', { title: words, checks })]
  return scan(
    { run: 'scan_1', guardians, targets: [target], settings: { ownerTags: [] }, overrides: {}, prices: {}, ...options },
    { aws, platform: known, clock: systemClock },
  )
}
const lines = (report: Awaited<ReturnType<typeof scanOf>>) =>
  report.coverage.map(({ check: id, account, region, looked, failed, unknown, complete }) => ({
    id,
    where: `${account} ${region}`,
    looked,
    failed,
    unknown,
    complete,
  }))

test('a check that throws does not stop the others; what it did not judge is told', async () => {
  const judge = ({ n }: Thing) => {
    if (n === 3) throw new Error('n is 3')
    return pass
  }
  const subject = thingsIn(20)
  const report = await scanOf([check('throws', { subject, judge }), check('well', { subject })])
  expect(lines(report)).toMatchObject([
    { id: 'throws', looked: 20, unknown: 1, complete: true },
    { id: 'well', looked: 20, failed: 10, unknown: 0, complete: true },
  ])
  expect(report.unknown).toMatchObject([{ check: 'throws', missing: 'check failed: n is 3', resources: 1 }])
  expect(report.undecided).toEqual([
    { check: 'throws', account: target.account, region: target.region, resources: ['things:111122223333:eu-west-1/3'] },
  ])
})

test('a resource that comes on two pages is judged once, whether it passes or not', async () => {
  const pages = [
    [0, 1, 2],
    [1, 2, 3],
  ]
  const subject = defineInventory<Thing>('things', {
    ...{ title: words, scope: 'region', calls: ['ec2:DescribeVolumes'] },
    async page(_, token) {
      const rows = (pages[token ? 1 : 0] ?? []).map((n) => ({ arn: `thing/${n}`, n }))
      return token ? { rows } : { rows, next: 'more' }
    },
  })
  const report = await scanOf([check('odd', { subject })])
  expect(report.coverage).toMatchObject([{ looked: 4, passed: 2, failed: 2, complete: true }])
  expect(report.findings.map(({ resource }) => resource)).toEqual(['thing/1', 'thing/3'])
})

test('a `prepare` that throws: nothing of that check is looked at, and nothing is complete', async () => {
  const subject = thingsIn(2)
  const prepare = () => {
    throw new Error('no index')
  }
  const report = await scanOf([check('broken', { subject, prepare }), check('well', { subject })])
  expect(lines(report)).toMatchObject([
    { id: 'broken', looked: 0, complete: false },
    { id: 'well', looked: 2, complete: true },
  ])
})

test('what belongs to an account is read once, at `global`; what is ours once, at `platform`', async () => {
  const targets = [target, { ...target, region: 'us-east-1' }, { ...target, account: '444455556666' }]
  const checks = [
    check('account', { subject: thingsIn(2, { id: 'buckets', scope: 'account' }) }),
    check('platform', { subject: thingsIn(2, { id: 'pairs', scope: 'platform' }) }),
    check('region', { subject: thingsIn(2) }),
  ]
  const report = await scanOf(checks, { targets })
  expect(lines(report).map(({ id, where }) => [id, where])).toEqual([
    ['account', '111122223333 global'],
    ['account', '444455556666 global'],
    ['platform', 'platform local'],
    ['region', '111122223333 eu-west-1'],
    ['region', '111122223333 us-east-1'],
    ['region', '444455556666 eu-west-1'],
  ])
})

test('without a configuration nothing is known of what is ours, and nothing is complete', async () => {
  const pairs = thingsIn(2, { id: 'pairs', scope: 'platform' })
  const report = await scanOf([check('ours', { subject: pairs }), check('needs', { subject: thingsIn(2), reads: { pairs } })], {
    platform: null,
  })
  expect(lines(report).map(({ complete }) => complete)).toEqual([false, false])
  expect(report.unknown.map(({ missing }) => missing)).toEqual(['no configuration', 'no configuration'])
})

test('other inventories: those of the same target; of all its targets when the subject spans more', async () => {
  const targets = [target, { ...target, region: 'us-east-1' }, { ...target, account: '444455556666' }]
  const seen = new Map<string, number>()
  const counting = (id: string, subject: Inventory<Thing>) =>
    check(id, {
      ...{ subject, reads: { others: thingsIn(25, { id: 'others' }) } },
      prepare: ({ others }: { others: readonly Thing[] }) => others.length,
      judge: ({ arn }, { known }) => {
        seen.set(arn, known as number)
        return pass
      },
    })
  await scanOf(
    [
      counting('a', thingsIn(1)),
      counting('b', thingsIn(1, { id: 'buckets', scope: 'account' })),
      counting('c', thingsIn(1, { id: 'pairs', scope: 'platform' })),
    ],
    { targets },
  )
  expect(Object.fromEntries(seen)).toEqual({
    ...{ 'things:111122223333:eu-west-1/0': 25, 'things:111122223333:us-east-1/0': 25, 'things:444455556666:eu-west-1/0': 25 },
    ...{ 'buckets:111122223333:global/0': 50, 'buckets:444455556666:global/0': 25, 'pairs:platform:local/0': 75 },
  })
})

const detailed = (over: Partial<Detail<Thing, unknown>>) =>
  defineDetail<Thing, unknown>('more', {
    calls: ['ec2:DescribeVolumes'],
    get: async (_, rows) => new Map(rows.map((row) => [row.arn, row.n])),
    ...over,
  })
const withDetail = (more: Detail<Thing, unknown>, over: Partial<Spec> = {}) =>
  check('detailed', {
    subject: thingsIn(100),
    details: { more },
    judge: (_, { details }) => (details.more === 7 ? fail('odd', {}) : pass),
    ...over,
  })

test('details: so many at once, only for rows that apply, few in flight', async () => {
  let most = 0
  let flying = 0
  const sizes: number[] = []
  const more = detailed({
    atOnce: 4,
    async get(_, rows) {
      flying += 1
      most = Math.max(most, flying)
      sizes.push(rows.length)
      await new Promise((resolve) => setImmediate(resolve))
      flying -= 1
      return new Map(rows.map((row) => [row.arn, row.n]))
    },
  })
  const report = await scanOf([withDetail(more, { subject: thingsIn(100, { size: 100 }), applies: ({ n }: Thing) => n < 50 })])
  expect(lines(report)).toMatchObject([{ looked: 100, failed: 1, complete: true }])
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(50)
  expect(Math.max(...sizes)).toBe(4)
  expect(most).toBeLessThanOrEqual(8)
})

test('a detail that does not come leaves its row undecided: refused, or not in the answer', async () => {
  const more = detailed({
    async get(_, [row]) {
      if (row?.n === 1) throw fault('aws-denied', { action: 's3:GetBucketAcl' })
      return new Map(row?.n === 2 || !row ? [] : [[row.arn, row.n]])
    },
  })
  const report = await scanOf([withDetail(more)])
  expect(report.unknown.map(({ missing, resources }) => [missing, resources])).toEqual([
    ['no answer: more', 1],
    ['s3:GetBucketAcl', 1],
  ])
  expect(lines(report)).toMatchObject([{ looked: 100, failed: 1, unknown: 2, complete: true }])
})

test('a permission that is missing for all is not asked for a hundred times', async () => {
  let asked = 0
  const more = detailed({
    async get() {
      asked += 1
      throw fault('aws-denied', { action: 's3:GetBucketAcl' })
    },
  })
  const report = await scanOf([withDetail(more)])
  expect(lines(report)).toMatchObject([{ looked: 100, unknown: 100 }])
  expect(asked).toBeLessThan(40)
})

test('more undecided than can be listed: then nothing of that check may be closed', async () => {
  const more = detailed({ get: async () => new Map() })
  const report = await scanOf([withDetail(more, { subject: thingsIn(6_000, { size: 1_000 }) })])
  expect(lines(report)).toMatchObject([{ looked: 6_000, unknown: 6_000, complete: false }])
  expect(report.undecided[0]?.resources).toHaveLength(5_000)
})

test('progress is told; who stops it gets no half report', async () => {
  const told: Progress[] = []
  await scanOf([check('a', { subject: thingsIn(30) })], { onProgress: (progress) => told.push(progress) })
  expect(told.at(-1)).toEqual({
    done: 1,
    total: 1,
    looked: 30,
    findings: 15,
    inventory: 'things',
    account: target.account,
    region: target.region,
  })
  const stop = new AbortController()
  const judge = () => {
    stop.abort(new Error('stopped'))
    return pass
  }
  const halfway = check('b', { subject: thingsIn(30), judge })
  await expect(scanOf([halfway], { signal: stop.signal })).rejects.toThrow('stopped')
})

test('a large report is cut where time is limited, and only there', async () => {
  const subject = thingsIn(40_000, { size: 5_000 })
  const judge = ({ n }: Thing) => fail('odd', { n, text: 'x'.repeat(300) })
  const free = await scanOf([check('a', { subject, judge })])
  expect(free.checkpoint).toBeUndefined()
  const shard = await scanOf([check('a', { subject, judge })], { remainingMs: () => 900_000 })
  expect(shard.checkpoint).toBeDefined()
  expect(JSON.stringify(shard).length).toBeLessThan(6_000_000)
})

test('the policy of a guardian: its lists, its details, its metrics', () => {
  const more = detailed({ calls: ['s3:GetBucketAcl'] })
  const metrics = { m: { namespace: 'n', metric: 'm', stat: 'Sum', periodS: 60, days: 1, dimensions: () => null, absent: 'zero' } }
  const checks = [withDetail(more), check('b', { subject: thingsIn(1), metrics: metrics as never })]
  expect(iamActionsOf(defineGuardian('test', { title: words, checks }))).toEqual([
    'cloudwatch:GetMetricData',
    'ec2:DescribeVolumes',
    's3:GetBucketAcl',
  ])
})
