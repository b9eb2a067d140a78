import { expect, test } from 'vitest'
import { dayMs } from '../../core/calendar.ts'
import { decisionOf } from './deciding.ts'

const now = Date.parse('2026-11-23T09:30+09:00')
const mute = (until: number) => () => decisionOf({ decision: 'mute', reason: 'known', until }, now)

test('nothing is muted for ever, or until yesterday', () => {
  expect(mute(now + 366 * dayMs)()).toEqual({ kind: 'mute', reason: 'known', until: now + 366 * dayMs })
  expect(mute(now + 367 * dayMs)).toThrow(/at most a year/)
  expect(mute(now)).toThrow(/has passed/)
})

test('an ask is due in the future; what is put off leaves the finding alone', () => {
  expect(() => decisionOf({ decision: 'ask', due: now - 1 }, now)).toThrow(/has passed/)
  expect(decisionOf({ decision: 'ask', to: 'ben', due: now + dayMs }, now)).toEqual({ kind: 'ask', to: 'ben', dueAt: now + dayMs })
  expect(decisionOf({ decision: 'later', words: 'tomorrow' }, now)).toBeNull()
})
