import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../core/random.ts'
import { falselyClosed, said, scanAccount } from '../../test/aws/accounts.ts'
import { generatedAccount, withFaults } from '../../test/aws/generated.ts'
import { type Answer, type Answers, type RecordedCall, refused } from '../../test/aws/recorded.ts'
import { testTarget } from '../../test/aws/sources.ts'
import { ebs } from '../ebs/guardian.ts'
import { logs } from '../logs/guardian.ts'

const now = Date.parse('2026-11-21T06:30:00Z')
const small = generatedAccount({ volumes: 1_200, snapshots: 1_100, logGroups: 130, now })
const lineOf = (report: { coverage: { check: string }[] }, check: string) => report.coverage.find((line) => line.check === check)
const denied = refused('UnauthorizedOperation', 'no', { xml: 'ec2' })

describe('an account as it should be', () => {
  test('10,000 volumes: each is looked at, and metrics cost two hundredths of a call each', async () => {
    const { report, recorded } = await scanAccount(generatedAccount({ volumes: 10_000, now }), [ebs], { now, only: ['ebs-idle-attached'] })
    expect(report.coverage).toMatchObject([{ looked: 10_000, passed: 9_000, failed: 1_000, unknown: 0, complete: true }])
    // 9,000 attached volumes, two metrics each, 500 in a call; 20 pages.
    expect(recorded.count('GetMetricData')).toBeLessThanOrEqual(40)
    expect(report.cost.calls / 10_000).toBeLessThan(0.02)
    expect(report.cost.usd).toBeCloseTo(0.18)
    expect(report.findings[0]).toMatchObject({
      ...{ guardian: 'ebs', check: 'ebs-idle-attached', account: testTarget.account, region: 'us-east-1', reason: 'idle', owner: 'team-1' },
      evidence: { operations: 0, days: 7 },
      savings: { usdPerMonth: 8 },
    })
  })

  test('an empty region is covered all the same', async () => {
    const { report } = await scanAccount(generatedAccount({ now }), [ebs, logs], { now })
    expect(report.findings).toEqual([])
    expect(report.coverage.every(({ complete, looked }) => complete && looked === 0)).toBe(true)
    expect(report.coverage).toHaveLength(ebs.checks.length + logs.checks.length)
  })

  test('one page of a list serves all checks, judged or read', async () => {
    const { recorded } = await scanAccount(generatedAccount({ volumes: 10, snapshots: 10, now }), [ebs], { now })
    expect(recorded.count('DescribeVolumes')).toBe(1)
    expect(recorded.count('DescribeSnapshots')).toBe(1)
  })

  test('each region has findings and coverage of its own', async () => {
    const targets = [testTarget, { ...testTarget, region: 'eu-west-1' }]
    const { report } = await scanAccount(generatedAccount({ volumes: 20, now }), [ebs], { now, targets, only: ['ebs-unattached'] })
    expect(report.coverage.map(({ region, failed }) => [region, failed])).toEqual([
      ['eu-west-1', 2],
      ['us-east-1', 2],
    ])
  })

  test('the configuration switches off, sets thresholds and severities; what is not an option is refused', async () => {
    const overrides = {
      'ebs-unattached': { off: false, severity: 'high' as const, options: { minDays: 10 } },
      'ebs-gp2': { off: true, options: {} },
    }
    const { report } = await scanAccount(generatedAccount({ volumes: 20, now }), [ebs], { now, overrides })
    expect(lineOf(report, 'ebs-gp2')).toBeUndefined()
    expect(report.findings.find(({ check }) => check === 'ebs-unattached')?.severity).toBe('high')
    const with_ = (options: Record<string, number | string>) =>
      scanAccount({}, [ebs], { overrides: { 'ebs-unattached': { off: false, options } } })
    await expect(with_({ minDay: 10 })).rejects.toThrow('has no option "minDay"')
    await expect(with_({ minDays: 'ten' })).rejects.toThrow('"minDays"')
  })
})

describe('an account on a bad day', () => {
  test('a fifth of the calls is throttled: the same is found', async () => {
    const healthy = await scanAccount(small, [ebs, logs], { now })
    const { report } = await scanAccount(withFaults(small, { throttled: 0.2 }, seededRandom(7)), [ebs, logs], { now })
    expect(said(report)).toEqual(said(healthy.report))
    expect(report.cost.byCall.reduce((sum, { throttled }) => sum + throttled, 0)).toBeGreaterThan(0)
  })

  test.each([1, 2, 3, 4, 5, 6])('a fifth is denied, a fifth is throttled until we give up (%i): nothing would be closed', async (seed) => {
    const { report: there } = await scanAccount(small, [ebs, logs], { now })
    const limits = { pauseMs: 1, throttledAttempts: 2, paces: { '*': { perSecond: 1e6, burst: 1e6 } } }
    const faults = withFaults(small, { throttled: 0.2, denied: 0.2 }, seededRandom(seed))
    const { report } = await scanAccount(faults, [ebs, logs], { now, access: { limits } })
    expect(falselyClosed(there, report)).toEqual([])
    expect(report.unknown.length).toBeGreaterThan(0)
    expect(report.coverage).toHaveLength(there.coverage.length)
  })

  test('metrics are denied: only the checks that need them cannot tell, and they name the permission', async () => {
    const { report } = await scanAccount({ ...small, GetMetricData: refused('AccessDeniedException') }, [ebs], { now })
    // An unattached volume passes without its metrics.
    expect(lineOf(report, 'ebs-idle-attached')).toMatchObject({ looked: 1_200, passed: 120, failed: 0, unknown: 1_080 })
    expect(lineOf(report, 'ebs-unattached')).toMatchObject({ looked: 1_200, failed: 120, unknown: 0, complete: true })
    expect(report.unknown).toMatchObject([{ check: 'ebs-idle-attached', missing: 'cloudwatch:GetMetricData', resources: 1_080 }])
    expect(report.unknown[0]?.examples).toHaveLength(20)
    expect(report.undecided).toMatchObject([{ check: 'ebs-idle-attached', region: 'us-east-1' }])
    expect(report.undecided[0]?.resources).toHaveLength(1_080)
  })

  test('the list is denied half-way: what came is judged, nothing is complete', async () => {
    const pages = small.DescribeVolumes as (call: RecordedCall) => string
    const halfway: Answer = (call) => (call.input.NextToken ? (denied as { body: string }) : pages(call))
    const { report } = await scanAccount({ ...small, DescribeVolumes: halfway }, [ebs], { now, only: ['ebs-unattached'] })
    expect(report.coverage).toMatchObject([{ looked: 500, failed: 50, complete: false }])
    expect(report.unknown).toMatchObject([{ missing: 'ec2:DescribeVolumes', resources: null }])
  })

  test('another list is denied: the checks that need it say nothing, the others all', async () => {
    const { report, recorded } = await scanAccount({ ...small, DescribeSnapshots: denied }, [ebs], { now })
    expect(lineOf(report, 'ebs-snapshot-missing')).toMatchObject({ looked: 0, complete: false })
    expect(lineOf(report, 'ebs-unattached')).toMatchObject({ looked: 1_200, complete: true })
    expect(report.unknown.filter(({ missing }) => missing === 'ec2:DescribeSnapshots').map(({ check }) => check)).toContain(
      'ebs-snapshot-missing',
    )
    expect(recorded.count('DescribeSnapshots')).toBe(1)
  })

  test('two accounts, one of whose roles may not be assumed', async () => {
    const other = '210987654321'
    const answers = { ...generatedAccount({ volumes: 20, now }), AssumeRole: refused('AccessDenied', 'no', { xml: 'query' }) }
    const { report } = await scanAccount(answers, [ebs], {
      ...{ now, targets: [{ ...testTarget, account: other }, testTarget], only: ['ebs-unattached'] },
      access: { accounts: [{ account: other, roleArn: `arn:aws:iam::${other}:role/reader` }] },
    })
    expect(report.coverage.map(({ account, failed, complete }) => [account, failed, complete])).toEqual([
      [testTarget.account, 2, true],
      [other, 0, false],
    ])
    expect(report.unknown).toMatchObject([{ account: other, missing: 'sts:AssumeRole' }])
  })
})

describe('pages that change while they are read', () => {
  const page = (ids: readonly number[], next = '') =>
    `<DescribeVolumesResponse><volumeSet>${ids
      .map((id) => `<item><volumeId>vol-${id}</volumeId><size>1</size><createTime>2020-01-01T00:00:00Z</createTime></item>`)
      .join('')}</volumeSet>${next && `<nextToken>${next}</nextToken>`}</DescribeVolumesResponse>`
  const unattached = (DescribeVolumes: Answers[string], more: object = {}) =>
    scanAccount({ DescribeVolumes }, [ebs], { now, only: ['ebs-unattached'], ...more })
  const expired = refused('InvalidNextToken', 'expired', { xml: 'ec2', status: 400 })
  const idsOf = (report: { findings: { resource: string }[] }) => report.findings.map(({ resource }) => resource.split('vol-')[1])

  test('a resource that comes twice counts once, also across a cut', async () => {
    const shifted = [page([1, 2, 3], 'a'), page([3, 4, 5], 'b'), page([5, 6])]
    for (const more of [{}, { remainingMs: () => 0 }]) {
      const { report } = await unattached(shifted, more)
      expect(report.coverage).toMatchObject([{ looked: 6, failed: 6, complete: true }])
      expect(idsOf(report)).toEqual(['1', '2', '3', '4', '5', '6'])
    }
  })

  test('empty pages in between, and then more', async () => {
    const { report } = await unattached([page([1], 'a'), page([], 'b'), page([], 'c'), page([2])])
    expect(report.coverage).toMatchObject([{ looked: 2, complete: true }])
  })

  test('a token that expired begins the list again, once; nothing is counted twice', async () => {
    const { report, recorded } = await unattached([page([1, 2], 'a'), expired, page([1, 2], 'a'), page([3])])
    expect(report.coverage).toMatchObject([{ looked: 3, failed: 3, complete: true }])
    expect(recorded.count('DescribeVolumes')).toBe(4)
  })

  test('expired again: what came is judged, nothing is complete', async () => {
    const { report } = await unattached([page([1, 2], 'a'), expired, page([1, 2], 'a'), expired])
    expect(report.coverage).toMatchObject([{ looked: 2, failed: 2, complete: false }])
    expect(report.unknown).toMatchObject([{ missing: 'refused: ec2:DescribeVolumes InvalidNextToken' }])
  })

  test('a token that leads back to itself ends it', async () => {
    const { report, recorded } = await unattached(page([1], 'a'))
    expect(report.coverage).toMatchObject([{ looked: 1, complete: false }])
    expect(recorded.count('DescribeVolumes')).toBeLessThan(5)
  })
})

describe('shards', () => {
  test('cut after every page, the run says the same', async () => {
    const larger = generatedAccount({ volumes: 2_600, snapshots: 1_100, logGroups: 130, now })
    const whole = await scanAccount(larger, [ebs, logs], { now })
    const cut = await scanAccount(larger, [ebs, logs], { now, remainingMs: () => 0 })
    expect(cut.shards.length).toBeGreaterThan(2)
    expect(said(cut.report)).toEqual(said(whole.report))
    expect(cut.report.checkpoint).toBeUndefined()
  })

  test('cut after every page on a bad day, nothing would be closed', async () => {
    const { report: there } = await scanAccount(small, [ebs, logs], { now })
    for (const seed of [1, 2, 3]) {
      const faults = withFaults(small, { throttled: 0.1, denied: 0.15 }, seededRandom(seed))
      const { report } = await scanAccount(faults, [ebs, logs], { now, remainingMs: () => 0 })
      expect(falselyClosed(there, report)).toEqual([])
    }
  })

  test('a shard says of what it left: not complete', async () => {
    const { shards } = await scanAccount(small, [ebs], { now, remainingMs: () => 0, only: ['ebs-unattached'] })
    expect(shards.map(({ coverage }) => coverage[0]?.complete)).toEqual([false, false, true])
    expect(shards.map(({ coverage }) => coverage[0]?.looked)).toEqual([500, 500, 200])
  })

  test('a checkpoint of another run, of other options, or of nobody is refused', async () => {
    const one = await scanAccount(small, [ebs], { now, remainingMs: () => 0, only: ['ebs-unattached'] })
    const checkpoint = one.shards[0]?.checkpoint as object
    await expect(scanAccount(small, [ebs], { run: 'scan_2', checkpoint, only: ['ebs-unattached'] })).rejects.toThrow('scan_1')
    await expect(scanAccount(small, [ebs], { checkpoint })).rejects.toThrow('have changed')
    await expect(scanAccount(small, [ebs], { checkpoint: { ...checkpoint, extra: 1 }, only: ['ebs-unattached'] })).rejects.toThrow('extra')
  })
})
