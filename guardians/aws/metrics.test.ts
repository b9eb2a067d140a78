import { afterEach, expect, test } from 'vitest'
import { fault } from '../../core/errors.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { sourcesAt } from '../../test/aws/sources.ts'
import type { Aws } from './aws.ts'
import { type MetricQuery, metricData } from './metrics.ts'

const dayMs = 86_400_000
const endMs = Date.parse('2026-11-21T00:00:00Z')
const query = (volume: string): MetricQuery => ({
  ...{ namespace: 'AWS/EBS', metric: 'VolumeReadOps', stat: 'Sum', periodS: 86_400, dimensions: { VolumeId: volume } },
  ...{ startMs: endMs - 2 * dayMs, endMs },
})
const at = (daysAgo: number) => (endMs - daysAgo * dayMs) / 1_000
const result = (Id: string, StatusCode: string, values: readonly number[] = []) => ({
  ...{ Id, StatusCode, Values: values, Timestamps: values.map((_, index) => at(values.length - index)) },
})
const page = (MetricDataResults: readonly object[], NextToken?: string) => JSON.stringify({ MetricDataResults, NextToken })

let recorded: Recorded | undefined
afterEach(() => recorded?.close())

async function asked(GetMetricData: Answers[string], volumes: readonly string[] = ['a', 'b']) {
  recorded = await openRecorded({ GetMetricData })
  return metricData(sourcesAt(recorded.url).aws, volumes.map(query))
}

test.each([
  ['InternalError', 'refused: cloudwatch:GetMetricData InternalError'],
  ['Forbidden', 'cloudwatch:GetMetricData'],
  ['PartialData', 'refused: cloudwatch:GetMetricData PartialData'],
])('a metric that CloudWatch answers with %s is unknown, not empty; the others are told', async (status, missing) => {
  const [a, b] = await asked(page([result('q0', status), result('q1', 'Complete', [3, 4])]))
  expect(a).toEqual({ missing })
  expect(b).toEqual({ at: [endMs - 2 * dayMs, endMs - dayMs], values: [3, 4] })
})

test('a metric that is not in the answer at all is unknown', async () => {
  const [, b] = await asked(page([result('q0', 'Complete', [1, 2])]))
  expect(b).toEqual({ missing: 'refused: cloudwatch:GetMetricData Missing' })
})

test('what comes in several pages is one series', async () => {
  const first = { ...result('q0', 'PartialData', [1, 2]), Values: [1], Timestamps: [at(2)] }
  const rest = { ...result('q0', 'Complete', [2]) }
  expect(await asked([page([first], 'more'), page([rest])], ['a'])).toEqual([{ at: [endMs - 2 * dayMs, endMs - dayMs], values: [1, 2] }])
})

test('a call that fails leaves only its own metrics unknown; a permission that is missing is asked for once', async () => {
  const volumes = Array.from({ length: 2_500 }, (_, n) => `vol-${n}`)
  const all = page(Array.from({ length: 500 }, (_, n) => result(`q${n}`, 'Complete', [1, 2])))
  const some = await asked([refused('InternalFailure', 'no', { status: 400 }), all], volumes)
  expect(some.filter((answer) => 'missing' in answer)).toHaveLength(500)
  let calls = 0
  const denying: Aws = {
    async send() {
      calls += 1
      throw fault('aws-denied', { action: 'cloudwatch:GetMetricData' })
    },
  }
  const none = await metricData(denying, volumes.map(query))
  expect(new Set(none.map((answer) => ('missing' in answer ? answer.missing : '')))).toEqual(new Set(['cloudwatch:GetMetricData']))
  expect(calls).toBeLessThanOrEqual(4)
})
