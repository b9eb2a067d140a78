import { expect, test } from 'vitest'
import { guardians } from '../../guardians/registry.ts'
import type { Report, ReportedFinding } from '../../guardians/report.ts'
import { widthOf } from '../andon/width.ts'
import { reportTable } from './table.ts'

const finding = (name: string, over: Partial<ReportedFinding> = {}): ReportedFinding => ({
  ...{ guardian: 'ebs', check: 'ebs-unattached', resource: `arn:aws:ec2:eu-central-1:1:volume/${name}`, name, severity: 'medium' },
  ...{ account: '123456789012', region: 'eu-central-1', reason: 'unattached', owner: 'dipper-team' },
  evidence: { type: 'gp3', sizeGiB: 500, ageDays: 40 },
  savings: {
    usdPerMonth: 40,
    basis: { item: 'ebs-gp3', quantity: 500, unit: 'GiB', usd: 0.08, region: 'eu-central-1', asOf: '', source: '' },
  },
  ...over,
})
const cheap = (name: string, usdPerMonth: number) => {
  const one = finding(name)
  return { ...one, savings: one.savings && { ...one.savings, usdPerMonth } }
}
const report = (findings: ReportedFinding[], over: Partial<Report> = {}): Report => ({
  ...{ schema: 1, run: 'r', guardians: ['ebs'], startedAt: 0, endedAt: 0, findings, unknown: [], coverage: [], undecided: [] },
  cost: { calls: 3, usd: 0.0012, byCall: [] },
  ...over,
})
const table = (given: Report, columns = 100, locale: 'en' | 'ja' = 'en') =>
  reportTable(given, guardians, { paint: (_, text) => text, columns, locale })

test('what is found comes first, with what it costs and whose it is, then what to do', () => {
  const lines = table(report([finding('scratch')])).split('\n')
  const at = (text: string) => lines.findIndex((line) => line.includes(text))
  expect(lines[at('scratch')]).toBe('    scratch  gp3, 500 GiB, attached to nothing; made 40 days ago · $40.00 a month · dipper-team')
  expect(at('What to do: ')).toBe(at('scratch') + 1)
})

test('no line is wider than the terminal, and nothing of a finding is cut off', () => {
  const long = 'a-volume-whose-name-somebody-made-with-a-template-and-all-its-variables-0123456789-0123456789'
  for (const locale of ['en', 'ja'] as const) {
    const text = table(report([finding(long), finding('短い名前のボリューム')]), 60, locale)
    expect(text.split('\n').filter((line) => widthOf(line) > 60)).toEqual([])
    expect(text).not.toContain('…')
    expect(text.replaceAll(/\s/g, '')).toContain(long)
    expect(text).toContain('dipper-team')
  }
})

test('a check has one heading, however its findings differ in cost', () => {
  const gp2 = {
    check: 'ebs-idle-attached',
    reason: 'idle',
    evidence: { type: 'gp3', sizeGiB: 1, instances: ['i-1'], operations: 0, days: 7 },
  }
  const text = table(report([cheap('dear', 90), { ...cheap('between', 50), ...gp2 }, cheap('small', 2)]))
  expect(text.match(/ {2}ebs-unattached\n/g)).toHaveLength(1)
  expect(text.indexOf('dear')).toBeLessThan(text.indexOf('small'))
})

test('more than ten of a check are counted, not listed', () => {
  const text = table(report(Array.from({ length: 13 }, (_, at) => finding(`volume-${at}`))))
  expect(text).toContain('... and 3 more')
  expect(text.match(/^ {4}volume-/gm)).toHaveLength(10)
})

test('places are told where there are several', () => {
  const elsewhere = finding('far', { region: 'ap-northeast-1' })
  expect(table(report([finding('near'), elsewhere]), 120)).toContain('· $40.00 a month · ap-northeast-1 · dipper-team')
  expect(table(report([finding('near'), finding('keys', { region: 'global' })]))).not.toContain('123456789012')
})

test('a cost of nothing is no saving, and one is not many', () => {
  const text = table(report([{ ...cheap('free', 0.001), evidence: { type: 'gp3', sizeGiB: 1, ageDays: 1 } }]))
  expect(text).toContain('made 1 day ago · dipper-team')
  expect(text).not.toContain('a month')
})

test('what was not looked at stands before everything, whole', () => {
  const unknown = Array.from({ length: 7 }, (_, at) => ({
    ...{ guardian: 'ebs', check: `ebs-check-with-a-long-name-${at}`, account: '123456789012', region: 'eu-central-1' },
    ...{ missing: 'ec2:DescribeSnapshots', resources: null, examples: [] },
  }))
  const lines = table(report([], { unknown }), 80).split('\n')
  expect(lines.slice(0, 2)).toEqual(['Not looked at: nothing can be said here, and nothing is closed', '  ec2:DescribeSnapshots'])
  expect(lines.join(' ')).toContain('and 2 more; in 1 place')
})
