import { expect, test } from 'vitest'
import type { TimelineEntry } from '../api/client.ts'
import { storyOf, whyEscalated } from './story.ts'

let seq = 0
const entry = (kind: string, data: TimelineEntry['data'] = {}, run: string | null = 'run_1'): TimelineEntry => ({
  seq: seq++,
  at: '2026-01-31T03:00:00.000Z',
  kind,
  run,
  data,
})
const kinds = (...entries: TimelineEntry[]) => storyOf(entries).map((one) => one.kind)

test('the beginning of a step is told only while its end is not known', () => {
  const begun = entry('step.intent', { seq: 0, attempt: 1 })
  expect(kinds(begun)).toEqual(['step.intent'])
  expect(kinds(begun, entry('step.failed', { seq: 0, attempt: 1 }), entry('step.intent', { seq: 0, attempt: 2 }))).toEqual([
    'step.failed',
    'step.intent',
  ])
  expect(kinds(begun, entry('step.done', { seq: 0, attempt: 1 }, 'run_2'))).toEqual(['step.intent', 'step.done'])
})

test('a rung that was passed over because it had been tried is not told again', () => {
  expect(kinds(entry('incident.refused', { code: 'tried' }), entry('incident.refused', { code: 'cooldown' }))).toEqual(['incident.refused'])
})

test('why somebody was called is told, whatever was decided since', () => {
  const timeline = [
    entry('incident.escalated', { reason: 'no healthy standby' }),
    entry('incident.waiting', { reason: 'a person has been called' }),
  ]
  expect(whyEscalated({ reason: 'a person has been called', timeline })).toBe('no healthy standby')
  expect(whyEscalated({ reason: 'ordered by aki', timeline: [] })).toBe('ordered by aki')
})
