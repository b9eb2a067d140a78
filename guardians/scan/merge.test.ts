import { expect, test } from 'vitest'
import type { Report } from '../report.ts'
import { mergeReports } from './merge.ts'

const place = { check: 'c', account: '1', region: 'r' }
const line = (over: Partial<Report['coverage'][number]> = {}) => ({
  ...{ guardian: 'g', ...place, looked: 0, passed: 0, failed: 0, unknown: 0, complete: true, ...over },
})
const finding = (resource: string): Report['findings'][number] => ({
  ...{ guardian: 'g', ...place, resource, name: null, severity: 'low', reason: 'x', evidence: {}, savings: null, owner: null },
})
const report = (over: Partial<Report> = {}): Report => ({
  ...{ schema: 1, run: 'scan_1', guardians: ['g'], startedAt: 0, endedAt: 1_000, findings: [], unknown: [], coverage: [], undecided: [] },
  cost: { calls: 0, usd: 0, byCall: [] },
  ...over,
})

test('coverage adds up, and is complete when the last shard of it was', () => {
  const first = report({ coverage: [line({ looked: 5, passed: 5, complete: false })] })
  const second = report({ coverage: [line({ looked: 2, passed: 2, complete: true })] })
  expect(mergeReports([first, second]).coverage).toEqual([line({ looked: 7, passed: 7, complete: true })])
  expect(mergeReports([second, first]).coverage[0]?.complete).toBe(false)
})

test('what two shards saw counts once', () => {
  const first = report({
    ...{ findings: [finding('a'), finding('b')], undecided: [{ ...place, resources: ['u'] }] },
    coverage: [line({ looked: 3, failed: 2, unknown: 1, complete: false })],
  })
  const second = report({
    ...{ findings: [finding('b'), finding('c')], undecided: [{ ...place, resources: ['u', 'v'] }] },
    coverage: [line({ looked: 4, failed: 2, unknown: 2 })],
  })
  const merged = mergeReports([first, second])
  expect(merged.findings.map(({ resource }) => resource)).toEqual(['a', 'b', 'c'])
  expect(merged.undecided).toEqual([{ ...place, resources: ['u', 'v'] }])
  expect(merged.coverage).toEqual([line({ looked: 5, failed: 3, unknown: 2 })])
})

test('what is missing adds up; when nobody knows how much, nobody does', () => {
  const missing = (resources: number | null, examples: string[] = []) =>
    report({ unknown: [{ guardian: 'g', ...place, missing: 'ec2:DescribeVolumes', resources, examples }] })
  expect(mergeReports([missing(2, ['a', 'b']), missing(1, ['c'])]).unknown).toMatchObject([{ resources: 3, examples: ['a', 'b', 'c'] }])
  expect(mergeReports([missing(2), missing(null)]).unknown).toMatchObject([{ resources: null }])
})

test('cost adds up; the share of a limit is that of the whole time', () => {
  const cost = (share: number) => ({ calls: 10, usd: 0.1, byCall: [{ call: 'a:B', calls: 10, throttled: 1, denied: 0, usd: 0.1, share }] })
  const first = report({ startedAt: 0, endedAt: 1_000, cost: cost(0.4) })
  const after = mergeReports([first, report({ startedAt: 1_000, endedAt: 2_000, cost: cost(0.2) })])
  expect(after.cost).toMatchObject({ calls: 20, usd: 0.2, byCall: [{ call: 'a:B', calls: 20, throttled: 2, share: 0.3 }] })
  const beside = mergeReports([first, report({ startedAt: 0, endedAt: 1_000, cost: cost(0.2) })])
  expect(beside.cost.byCall[0]?.share).toBe(0.6)
})

test('reports of two runs are not merged', () => {
  expect(() => mergeReports([report(), report({ run: 'scan_2' })])).toThrow('two runs')
  expect(() => mergeReports([])).toThrow('no report')
})

test('the checkpoint is that of the last shard', () => {
  expect(mergeReports([report({ checkpoint: { a: 1 } }), report()]).checkpoint).toBeUndefined()
  expect(mergeReports([report(), report({ checkpoint: { a: 1 } })]).checkpoint).toEqual({ a: 1 })
})
