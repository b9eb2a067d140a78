import { expect, test } from 'vitest'
import { checkTable } from '../../test/check-table.ts'
import { lambdaFunction } from '../../test/lambda-examples.ts'
import { runtime } from './runtime.ts'
import { runtimes } from './runtimes.ts'

const on = (name: string | null) => ({ row: lambdaFunction({ runtime: name }) })

checkTable(runtime, {
  flags: {
    'deprecated for years': {
      ...on('python3.7'),
      ...{ reason: 'deprecated', severity: 'high', evidence: { until: '2023-12-04', frozen: '2027-03-03', next: 'python3.14' } },
    },
    'deprecated ten days ago': { ...on('dotnet8'), reason: 'deprecated' },
    'deprecated within what the configuration says': {
      ...on('nodejs22.x'),
      ...{ options: { warnDays: 180 }, reason: 'ending', severity: 'medium', evidence: { days: 160, until: '2027-04-30' } },
    },
    'deprecated in 130 days, of 130': { ...on('ruby3.3'), options: { warnDays: 130 }, reason: 'ending', evidence: { days: 130 } },
  },
  passes: {
    'mended for years to come': on('nodejs24.x'),
    'deprecated in 130 days': on('ruby3.3'),
    'a container image brings its own': on(null),
    'so new that no day is set': on('python3.15'),
  },
  unknown: { 'of which this table knows nothing': { ...on('cobol61'), missing: /end of life of cobol61/ } },
})

test('the days of every runtime are in order', () => {
  for (const { until, frozen } of Object.values(runtimes)) {
    if (until === null) continue
    expect(Date.parse(until)).not.toBeNaN()
    expect(Date.parse(frozen ?? '')).toBeGreaterThanOrEqual(Date.parse(until))
  }
})

test('what functions shall move to lives longer', () => {
  for (const [name, { until, next }] of Object.entries(runtimes)) {
    if (next === undefined) continue
    expect(runtimes[next]?.until ?? '9999', name).toSatisfy((later: string) => later > (until ?? ''))
  }
})
