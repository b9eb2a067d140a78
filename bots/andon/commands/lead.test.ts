import { describe, expect, test } from 'vitest'
import { aki, andonOf, apply, ben, chika, done, envOf, minute, redOf, t0 } from '../fixture.ts'
import { escalate } from './escalate.ts'
import { join } from './join.ts'
import { lead } from './lead.ts'
import { role } from './role.ts'

const person = ({ id, name }: { id: string; name: string }) => ({ id, name })

describe('joining', () => {
  test('adds what one sees, and counts people, not words', () => {
    const once = done(join, andonOf(), { text: 'Osaka too' })
    expect(once.next.reporters.map(({ text }) => text)).toEqual(['Sessions drop in Tokyo', 'Osaka too'])
    expect(once.tell[0]?.data).toMatchObject({ by: person(ben), count: 2 })
    const again = done(join, once.next, { text: 'and Kobe' })
    expect(again.tell[0]?.data).toMatchObject({ count: 2 })
  })

  test('is the first human, unless it is whoever pulled', () => {
    expect(done(join, andonOf(), { text: 'x' }).next.marks.human).toBe(t0 + minute)
    expect(done(join, andonOf(), { text: 'x' }, envOf({ actor: aki })).next.marks.human).toBeNull()
    expect(done(join, andonOf(), { text: 'x' }, envOf({ actor: { ...ben, via: 'engine' } })).next.marks.human).toBeNull()
    const first = done(join, andonOf(), { text: 'x' }).next
    expect(done(join, first, { text: 'y' }, envOf({ actor: chika, now: t0 + 5 * minute })).next.marks.human).toBe(t0 + minute)
  })

  test('is never refused for its words', () => {
    expect(done(join, andonOf(), { text: '' }).next.reporters[1]?.text).toBe('(no words)')
    const long = done(join, andonOf(), { text: 'あ'.repeat(10_000) }).next.reporters[1]?.text ?? ''
    expect([...long]).toHaveLength(2_000)
  })
})

describe('escalating', () => {
  test('turns it red, with or without a reason', () => {
    expect(done(escalate, andonOf(), {}).next.state).toEqual({ status: 'red', since: t0 + minute, reason: 'it is real' })
    expect(done(escalate, andonOf({ locale: 'ja' }), {}).next.state).toMatchObject({ reason: '障害を確認' })
    const red = done(escalate, andonOf(), { reason: 'Two customers called' })
    expect(red.next.state).toMatchObject({ reason: 'Two customers called' })
    expect(red.kinds[0]).toBe('andon.red')
    expect(red.next.marks).toMatchObject({ red: t0 + minute, human: t0 + minute })
  })

  test('leaves the call for a leader as it is', () => {
    expect(done(escalate, andonOf(), {}).next.call).toEqual(andonOf().call)
  })

  test('makes no sense twice', () => {
    expect(apply(escalate, redOf(), {})).toHaveProperty('refuse')
  })
})

describe('the lead', () => {
  test('is taken: the call ends, and it stays yellow', () => {
    const { next, kinds, post } = done(lead, andonOf(), {})
    expect(next.roles.lead).toEqual({ person: person(ben), at: t0 + minute })
    expect([next.call, next.state.status, next.marks.lead]).toEqual([null, 'yellow', t0 + minute])
    expect([kinds, post]).toEqual([['andon.role'], undefined])
  })

  test('is handed over by one field; before and after are told, with the note', () => {
    const { next, tell } = done(lead, redOf(), { person: 'Chika', note: 'the DB is next' }, envOf({ actor: aki }))
    expect(next.roles.lead?.person).toEqual(person(chika))
    expect(tell[0]?.data).toEqual({ role: 'lead', person: person(chika), before: person(ben), by: person(aki), note: 'the DB is next' })
    expect(next.marks.lead).toBe(t0)
  })

  test('may go to somebody of the chat, under the name that they have here', () => {
    const stranger = { id: 'slack:U9', name: 'Kenji' }
    const known = andonOf({ reporters: [...andonOf().reporters, { person: stranger, text: 'x', via: 'slack', at: t0 }] })
    const env = envOf({ person: (ref) => (ref === 'slack:U9' ? { id: ref, name: 'U9' } : null) })
    expect(done(lead, known, { person: 'slack:U9' }, env).next.roles.lead?.person).toEqual(stranger)
    expect(done(lead, andonOf(), { person: 'slack:U9' }, env).next.roles.lead?.person.name).toBe('U9')
  })

  test('taken twice changes nothing', () => {
    const led = redOf()
    expect(done(lead, led, {})).toMatchObject({ next: led, tell: [] })
  })

  test('does not go to somebody whom nobody knows', () => {
    expect(apply(lead, redOf(), { person: 'zoe' })).toMatchObject({ refuse: 'nobody is known as "zoe"' })
  })
})

describe('a role', () => {
  test.each(['scribe', 'comms'] as const)('%s is taken, given and given up', (what) => {
    const taken = done(role, redOf(), { role: what })
    expect(taken.next.roles[what]?.person).toEqual(person(ben))
    const given = done(role, taken.next, { role: what, person: '@chika' })
    expect(given.tell[0]?.data).toMatchObject({ person: person(chika), before: person(ben) })
    const left = done(role, given.next, { role: what, person: null })
    expect(left.next.roles[what]).toBeNull()
    expect(left.post).toBeUndefined()
    expect(done(role, left.next, { role: what, person: null }).tell).toEqual([])
  })

  test('a lead that is given up calls for another, by a page of its own', () => {
    const { next, kinds, post } = done(role, redOf(), { role: 'lead', person: null })
    expect(next.roles.lead).toBeNull()
    expect(next.call).toEqual({ page: `${next.id}/lead/${t0 + minute}`, since: t0 + minute, until: t0 + 3 * minute })
    expect(kinds).toEqual(['andon.role', 'andon.call'])
    expect(post).toMatchObject([{ channel: 'page', dedupe: next.call?.page, payload: { purpose: 'lead', andon: next.id } }])
  })
})
