import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { widthOf } from '../../cli/andon/width.ts'
import { guardians } from '../../guardians/registry.ts'
import { type Report, reportSchema } from '../../guardians/report.ts'
import { foundBy } from './scans.ts'
import { command, type Ended } from './world/command.ts'
import { openWorld, type World } from './world/world.ts'

/** The real command over a whole company: everything is found, nothing else is, and what is mended is gone. */

let world: World
let report: Report
let first: Ended
const checks = guardians.flatMap((guardian) => guardian.checks)
const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  command(
    ['guardians', 'run', ...args, '--config', world.config],
    { ...world.environment, HOME: world.folder, TZ: 'UTC', ...env },
    world.folder,
  )
const reportOf = ({ out }: Ended): Report => reportSchema.parse(JSON.parse(out))
const written = (name: string) => readFileSync(join(world.folder, name), 'utf8')

beforeAll(async () => {
  world = await openWorld()
  first = await run(['--json', '--html', 'report.html', '--sarif', 'report.sarif', '--ocsf', 'report.ocsf.json'])
  report = reportOf(first)
})
afterAll(() => world?.close())

test('every number of the catalogue has something to say', () => {
  expect(first.code).toBe(0)
  const numbers = new Map(checks.map(({ id, number }) => [id, number]))
  const found = new Set(report.findings.map(({ check }) => numbers.get(check)))
  expect([...found].toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 60 }, (_, index) => index + 1))
  expect(world.expected.map(({ check }) => check).toSorted()).toEqual(checks.map(({ id }) => id).toSorted())
})

test('of each check exactly what is wrong is found, with its reason, and nothing that is in order', () => {
  const told = Object.fromEntries(world.expected.map(({ check }) => [check, foundBy(report, check)]))
  expect(told).toEqual(Object.fromEntries(world.expected.map(({ check, fails }) => [check, fails])))
  const looked = new Map(report.coverage.map(({ check, passed, failed }) => [check, { passed, failed }]))
  for (const { check, fails, passes } of world.expected) {
    expect({ check, ...looked.get(check) }).toMatchObject({ check, failed: Object.keys(fails).length })
    expect(looked.get(check)?.passed, check).toBeGreaterThanOrEqual(passes.length)
  }
})

test('everything was looked at', () => {
  expect(report.unknown).toEqual([])
  expect(report.undecided).toEqual([])
  expect(report.coverage.filter(({ complete }) => !complete)).toEqual([])
  expect(new Set(report.coverage.map(({ check }) => check))).toEqual(new Set(checks.map(({ id }) => id)))
})

test('owners are told, and ages that moto does not have', () => {
  const of = (check: string) => report.findings.find((finding) => finding.check === check)
  expect(of('ebs-unattached')).toMatchObject({ owner: 'dipper-team', evidence: { sizeGiB: 500 }, savings: { usdPerMonth: 40 } })
  expect(of('ebs-unattached')?.evidence.ageDays).toBeGreaterThanOrEqual(100)
  expect(of('ebs-unattached')?.evidence.ageDays).toBeLessThanOrEqual(421)
  expect(of('consistency-deletions')).toMatchObject({ owner: 'dipper-team', account: 'platform', evidence: { deletedLeft: 100 } })
  expect(of('cost-owner-missing')?.owner).toBeNull()
})

test('SARIF 2.1.0 as code-scanning pages take it', () => {
  const sarif = JSON.parse(written('report.sarif'))
  expect(sarif).toMatchObject({ version: '2.1.0', $schema: expect.stringContaining('sarif-2.1.0') })
  const [{ tool, results, invocations }] = sarif.runs
  expect(tool.driver).toMatchObject({ name: expect.any(String), version: expect.any(String) })
  expect(invocations).toMatchObject([{ executionSuccessful: true }])
  const rules = tool.driver.rules.map(({ id }: { id: string }) => id)
  expect(rules).toHaveLength(checks.length)
  expect(results).toHaveLength(report.findings.length)
  for (const result of results) {
    expect(rules[result.ruleIndex]).toBe(result.ruleId)
    expect(result).toMatchObject({ message: { text: expect.stringMatching(/./) }, level: expect.stringMatching(/^(error|warning|note)$/) })
    expect(result.locations[0].logicalLocations[0].fullyQualifiedName).toMatch(/./)
    expect(result.message.text).not.toMatch(/[{}]|undefined/)
  }
  const prints = results.map(({ partialFingerprints }: { partialFingerprints: object }) => JSON.stringify(partialFingerprints))
  expect(new Set(prints).size).toBe(prints.length)
})

test('OCSF compliance findings with all that their class requires', () => {
  const events = JSON.parse(written('report.ocsf.json'))
  expect(events).toHaveLength(report.findings.length)
  for (const event of events) {
    expect(event).toMatchObject({
      ...{ category_uid: 2, class_uid: 2003, activity_id: 1, type_uid: 200_301, time: expect.any(Number), severity_id: expect.any(Number) },
      ...{ metadata: { version: expect.any(String), product: { name: expect.any(String), vendor_name: expect.any(String) } } },
      ...{
        finding_info: { uid: expect.any(String), title: expect.any(String) },
        compliance: { control: expect.any(String), status_id: 3 },
      },
      ...{ cloud: { provider: 'AWS' }, resources: [{ uid: expect.any(String) }] },
    })
  }
})

test('the page stands alone, and names what is wrong', () => {
  const page = written('report.html')
  expect(page).toMatch(/^<!doctype html>/i)
  expect(page).not.toMatch(/(src|href)="https?:/)
  for (const name of ['dipper-billing-scratch', 'Lines: Dipper and Leo', 'capricorn-queue-data', 'dipper-team'])
    expect(page).toContain(name)
  expect(page).not.toMatch(/undefined|\[object|NaN/)
})

describe('with two permissions taken away', () => {
  let partial: Report
  const table: Partial<Record<'en' | 'ja', string>> = {}
  beforeAll(async () => {
    world.front.deny('ec2:DescribeSnapshots', 'logs:DescribeLogGroups')
    const some = ['ebs', 'logs', 'exposure']
    const [json, en, ja] = await Promise.all([
      run([...some, '--json']),
      run(some, { LANG: 'en_US.UTF-8' }),
      run(some, { LANG: 'ja_JP.UTF-8' }),
    ])
    world.front.deny()
    partial = reportOf(json)
    Object.assign(table, { en: en.out, ja: ja.out })
  })

  test('they are named, and what hangs on them is not called complete', () => {
    const missing = Object.fromEntries(partial.unknown.map((one) => [one.check, one.missing]))
    expect(missing).toMatchObject({
      ...{ 'ebs-snapshot-old': 'ec2:DescribeSnapshots', 'ebs-snapshot-missing': 'ec2:DescribeSnapshots' },
      ...{ 'exposure-snapshot-public': 'ec2:DescribeSnapshots', 'logs-stale': 'logs:DescribeLogGroups' },
    })
    const incomplete = partial.coverage.filter(({ complete }) => !complete).map(({ check }) => check)
    expect(incomplete.toSorted()).toEqual(Object.keys(missing).toSorted())
    expect(foundBy(partial, 'ebs-unattached')).toEqual({ 'dipper-billing-scratch': 'unattached' })
    expect(partial.findings.filter(({ check }) => check in missing)).toEqual([])
  })

  test('a person sees it first, in 100 columns, in both languages', () => {
    const { en = '', ja = '' } = table
    expect(en).toMatch(/^Not looked at/)
    expect(ja).toMatch(/^確認できなかったもの/)
    for (const text of [en, ja]) {
      expect(text).toContain('ec2:DescribeSnapshots')
      expect(text).toContain('dipper-billing-scratch')
      expect(text).toContain('dipper-team')
      expect(text).not.toMatch(/undefined|NaN|\{\w+\}/)
      expect(text.split('\n').filter((line) => widthOf(line) > 100)).toEqual([])
    }
  })
})

test('what is mended is gone from the next scan, all else is still there', { timeout: 60_000 }, async () => {
  const mended = world.expected.filter(({ mend }) => mend)
  for (const { mend } of mended) await mend?.()
  // Quotas are no matter of moto's, and their two lists take the longest, at the pace that AWS bears.
  const others = guardians.map(({ id }) => id).filter((id) => id !== 'quota')
  const after = reportOf(await run([...others, '--json']))
  const still = mended.flatMap(({ check, fails }) => {
    const found = foundBy(after, check)
    return Object.keys(fails).flatMap((name) => (found[name] === fails[name] ? `${check}: ${name}` : []))
  })
  expect(still).toEqual([])
  expect(mended.length).toBeGreaterThan(45)
  expect(after.coverage.filter(({ complete }) => !complete)).toEqual([])
  expect(foundBy(after, 'ec2-hot')).toEqual({ 'polaris-gw-1': 'hot' })
  // Nobody here has a journal that could say when Polaris was last switched over.
  expect(after.unknown).toMatchObject([{ check: 'pairing-skew', missing: expect.stringContaining('journal') }])
})
