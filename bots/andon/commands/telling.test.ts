import { describe, expect, test } from 'vitest'
import { limits } from '../andon.ts'
import { aki, andonOf, apply, ben, chika, dan, done, envOf, minute, redOf, t0 } from '../fixture.ts'
import { component } from './component.ts'
import { note } from './note.ts'
import { noteChanged } from './note-changed.ts'
import { setPrivate } from './private.ts'
import { severity } from './severity.ts'
import { thank } from './thank.ts'
import { update } from './update.ts'

const now = t0 + minute

describe('the component', () => {
  const guessed = andonOf({ component: { id: 'polaris', by: 'words' }, incident: 'inc_1', failure: 'down' })

  test('is corrected: the incident that came with a wrong guess goes', () => {
    const { next, tell } = done(component, guessed, { component: 'dipper' })
    expect(next).toMatchObject({ component: { id: 'dipper', by: 'person' }, incident: null, failure: null })
    expect(tell).toMatchObject([{ kind: 'andon.component', component: 'dipper', data: { component: 'dipper', before: 'polaris' } }])
  })

  test('is confirmed once, and then it is known', () => {
    const sure = done(component, guessed, { component: 'polaris' })
    expect(sure.next).toMatchObject({ component: { id: 'polaris', by: 'person' }, incident: 'inc_1', failure: 'down' })
    expect(sure.tell[0]?.data).toMatchObject({ before: null })
    expect(done(component, sure.next, { component: 'polaris' }).tell).toEqual([])
  })

  test('of what the automatic escalated keeps its incident', () => {
    const escalated = andonOf({ component: { id: 'polaris', by: 'incident' }, incident: 'inc_1', failure: 'down' })
    expect(done(component, escalated, { component: 'dipper' }).next).toMatchObject({ incident: 'inc_1', failure: 'down' })
  })

  test('that there is not is refused, with what was probably meant', () => {
    expect(apply(component, guessed, { component: 'dippr' })).toMatchObject({
      refuse: 'there is no component "dippr" (did you mean "dipper"?)',
    })
  })
})

describe('the severity', () => {
  test('is said by whoever knows, also afterwards', () => {
    const { next } = done(severity, andonOf(), { severity: 2 })
    expect(next.severity).toBe(2)
    expect(done(severity, next, { severity: 2 }).tell).toEqual([])
    expect(done(severity, next, { severity: 4 }).next.severity).toBe(4)
  })

  test.each([0, 5, 1.5, '2'])('%s is none', (level) => {
    expect(() => apply(severity, andonOf(), { severity: level })).toThrow()
  })
})

describe('privacy', () => {
  const hidden = andonOf({ private: true })

  test('anybody may close the door', () => {
    expect(done(setPrivate, andonOf(), { private: true }).next.private).toBe(true)
    expect(done(setPrivate, hidden, { private: true }).tell).toEqual([])
  })

  test.each([
    ['whoever pulled', aki, true],
    ['an approver', dan, true],
    ['somebody', chika, false],
  ])('%s opens it to everybody: %s', (_, actor, may) => {
    const answer = apply(setPrivate, hidden, { private: false }, envOf({ actor }))
    expect('next' in answer && !answer.next.private).toBe(may)
  })

  test('and so does who leads', () => {
    const led = redOf({ private: true })
    expect(done(setPrivate, led, { private: false }).next.private).toBe(false)
  })
})

describe('an update', () => {
  test('of a red one makes the next one due', () => {
    const { next, tell } = done(update, redOf(), { text: 'One member is suspected', audience: 'everyone' })
    expect(next.updates).toEqual([
      { id: 'upd_1', at: now, by: { id: 'ben', name: 'Ben' }, text: 'One member is suspected', audience: 'everyone' },
    ])
    expect(next.updateDueAt).toBe(now + 30 * minute)
    expect(tell).toMatchObject([{ kind: 'andon.update', data: { update: 'upd_1', audience: 'everyone' } }])
  })

  test('of a yellow one makes none due; for the room unless told', () => {
    const { next } = done(update, andonOf(), { text: 'x' })
    expect([next.updateDueAt, next.updates[0]?.audience]).toEqual([null, 'room'])
  })

  test('the newest are kept', () => {
    let andon = redOf()
    for (let n = 0; n <= limits.updates; n++) andon = done(update, andon, { text: `${n}` }).next
    expect([andon.updates.length, andon.updates.at(-1)?.text]).toEqual([limits.updates, `${limits.updates}`])
  })

  test('cuts secrets', () => {
    expect(done(update, redOf(), { text: 'log in with password=hunter2' }).next.updates[0]?.text).toBe('log in with [secret cut]')
  })
})

describe('a note', () => {
  const told = (input: object) => done(note, andonOf(), input).tell[0]?.data

  test('stands on the timeline, with when it happened', () => {
    expect(told({ text: 'x' })).toEqual({ text: 'x', by: { id: 'ben', name: 'Ben' }, at: now, ref: null, files: [] })
    expect(told({ text: 'x', at: '2026-11-20T10:00:30+09:00', ref: 'slack:C1/1.2' })).toMatchObject({
      at: t0 + 30_000,
      ref: 'slack:C1/1.2',
    })
    expect(told({ text: 'x', at: t0 })).toMatchObject({ at: t0 })
  })

  test('of the future is of now', () => {
    expect(told({ text: 'x', at: now + 1 })).toMatchObject({ at: now })
  })

  test('may be a picture alone, but not nothing', () => {
    const files = [{ name: 'a.png', path: 'files/and_1/a.png', bytes: 3 }]
    expect(told({ text: '', files })).toMatchObject({ text: '', files })
    expect(apply(note, andonOf(), { text: '\u200b ' })).toMatchObject({ refuse: 'there is nothing in the note' })
  })

  test.each(['/etc/passwd', '../secrets', 'files/../../x', 'a\\b', '', 'a//b', '.env'])('does not point to %s', (path) => {
    expect(() => apply(note, andonOf(), { text: 'x', files: [{ name: 'x', path, bytes: 1 }] })).toThrow()
  })

  test('is the first human', () => {
    expect(done(note, andonOf(), { text: 'x' }).next.marks.human).toBe(now)
  })

  test('is changed or taken back in the chat; the entry names who', () => {
    const house = envOf({ actor: { id: 'jidoka', name: 'Jidoka', via: 'engine', locale: 'en', rank: 'approver' } })
    const changed = done(noteChanged, andonOf(), { ref: 'slack:C1/1', text: 'y', person: 'chika' }, house)
    expect(changed.tell[0]?.data).toEqual({ ref: 'slack:C1/1', text: 'y', by: { id: 'chika', name: 'Chika' } })
    expect(changed.next.marks.human).toBeNull()
    const gone = done(noteChanged, andonOf(), { ref: 'slack:C1/1', text: null }, house)
    expect(gone.tell[0]?.data).toMatchObject({ text: null, by: { id: 'jidoka' } })
  })
})

describe('thanks', () => {
  test('go to a person by any of their names, or to anybody; once', () => {
    const { next, tell } = done(thank, redOf(), { to: '@aki' })
    expect(next.thanks).toEqual([{ by: { id: 'ben', name: 'Ben' }, to: 'Aki', at: now }])
    expect(tell).toMatchObject([{ kind: 'andon.thanks', data: { to: 'Aki' } }])
    expect(done(thank, next, { to: 'aki' }).tell).toEqual([])
    expect(done(thank, next, { to: 'the night desk of the carrier' }).next.thanks[1]?.to).toBe('the night desk of the carrier')
  })

  test('not to oneself', () => {
    expect(apply(thank, redOf(), { to: 'ben' }, envOf({ actor: ben }))).toHaveProperty('refuse')
  })
})
