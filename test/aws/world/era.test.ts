import { expect, test } from 'vitest'
import { dayMs } from '../../../guardians/resource.ts'
import { aged, agedInside, type Era } from './era.ts'

const fromMs = Date.parse('2026-11-21T07:00:00.250Z')
const era: Era = { fromMs, untilMs: fromMs + 4_000, oldestDays: 400, youngestDays: 100 }
const daysBefore = (ms: number) => Math.round((era.untilMs - ms) / dayMs)

test('the seconds of the seeding are spread over months, in the same order', () => {
  const moved = (text: string) => Date.parse(aged(text, era))
  expect(daysBefore(moved('2026-11-21T07:00:00.250Z'))).toBe(400)
  expect(daysBefore(moved('2026-11-21T07:00:02.250Z'))).toBe(250)
  expect(daysBefore(moved('2026-11-21T07:00:04.250Z'))).toBe(100)
  // Cut to its second, it seems to come before the beginning.
  expect(daysBefore(moved('2026-11-21T07:00:00Z'))).toBe(400)
})

test('every way in which services write a moment', () => {
  const beginning = aged('2026-11-21T07:00:00.250Z', era).slice(0, 10)
  for (const text of ['2026-11-21T07:00:00.250Z', '2026-11-21T07:00:00.250000000Z', '2026-11-21T07:00:00.250+0000']) {
    expect(aged(text, era)).toMatch(new RegExp(`^${beginning}T\\d\\d:`))
    expect(aged(text, era)).toHaveLength(text.length)
  }
  expect(aged('User initiated (2026-11-21 07:00:01 UTC)', era)).toMatch(/^User initiated \(2025-\d\d-\d\d \d\d:\d\d:\d\d UTC\)$/)
  const json = JSON.parse(
    aged(`{"ms": ${fromMs}, "s": ${Math.floor(fromMs / 1_000)}, "f": ${fromMs / 1_000}, "t": "${Math.floor(fromMs / 1_000)}"}`, era),
  )
  expect([json.ms, json.s * 1_000, json.f * 1_000, Number(json.t) * 1_000].map(daysBefore)).toEqual([400, 400, 400, 400])
})

test('moments before and after, and numbers that are none, stay as they are', () => {
  const text = `{"before": ${fromMs - 5_000}, "after": "2026-11-21T07:00:05Z", "account": "123456789012", "size": 1234567890, "id": "snap-1795244400"}`
  expect(aged(text, era)).toBe(text)
})

test('what is encoded is aged as well', () => {
  const inside = Buffer.from('ben,2026-11-21T07:00:01+00:00').toString('base64')
  const told = agedInside(`<Content>${inside}</Content>`, 'Content', era)
  expect(Buffer.from(told.replaceAll(/<.?Content>/g, ''), 'base64').toString()).toMatch(/^ben,2025-/)
})
