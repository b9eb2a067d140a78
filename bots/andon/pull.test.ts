import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Actor, type Andon, limits, type Report } from './andon.ts'
import { aki, andonOf, ben, chika, envOf, minute, redOf, second, t0 } from './fixture.ts'
import { house, type PullInput } from './ports.ts'
import { decidePull, join, type PullEnv } from './pull.ts'

const pullEnv = (more: Partial<PullEnv> = {}): PullEnv => ({
  ...envOf({ now: t0 + minute }),
  component: null,
  recurrence: { count: 0, last: null, lastAt: null, kaizenOpen: 0 },
  ...more,
})
const polaris = { id: 'polaris', by: 'words' as const }
const input = (more: Partial<PullInput> = {}): PullInput => ({ text: 'Sessions drop', ...more })
const kinds = ({ tell }: { tell: readonly { kind: string }[] }) => tell.map(({ kind }) => kind)

describe('a first pull', () => {
  test('is yellow, and calls for a leader', () => {
    const decided = decidePull(input(), [], pullEnv({ component: polaris }))
    expect(decided.next).toMatchObject({
      id: 'and_1',
      state: { status: 'yellow' },
      text: 'Sessions drop',
      component: polaris,
      pulledBy: { id: 'ben', name: 'Ben' },
      call: { page: 'and_1/lead', until: t0 + 3 * minute },
      updateDueAt: null,
      lanes: [],
    })
    expect([decided.joined, kinds(decided)]).toEqual([false, ['andon.pulled', 'andon.call']])
    expect(decided.post).toMatchObject([{ channel: 'page', dedupe: 'and_1/lead', payload: { drill: false, component: 'polaris' } }])
  })

  test('speaks the language of whoever pulled, the house that of its rooms', () => {
    expect(decidePull(input(), [], pullEnv({ actor: { ...ben, locale: 'ja' } })).next.locale).toBe('ja')
    const env = pullEnv({ actor: house, settings: envOf({ settings: { locale: 'ja' } }).settings })
    expect(decidePull(input(), [], env).next.locale).toBe('ja')
  })

  test('keeps no secret, not even for the page', () => {
    const decided = decidePull(input({ text: 'password=hunter2' }), [], pullEnv())
    expect(JSON.stringify(decided)).not.toContain('hunter2')
  })

  test('that is confirmed is red at once, with its lanes; the page of the escalation calls', () => {
    const confirmed = { reason: 'every rung failed', page: 'page/inc_1' }
    const decided = decidePull(input({ incident: 'inc_1', failure: 'down', confirmed }), [], pullEnv({ actor: house }))
    expect(decided.next).toMatchObject({
      state: { status: 'red', reason: 'every rung failed' },
      call: { page: 'page/inc_1' },
      updateDueAt: t0 + 31 * minute,
      marks: { red: t0 + minute },
    })
    expect(decided.next.lanes).toHaveLength(5)
    expect(kinds(decided).slice(0, 4)).toEqual(['andon.pulled', 'andon.call', 'andon.red', 'andon.lane-opened'])
    expect(decided.post).toEqual([])
    expect(decidePull(input({ confirmed: { ...confirmed, page: null } }), [], pullEnv({ actor: house })).post).toHaveLength(1)
  })

  test('of a drill says so wherever it goes; of the house that tries itself calls nobody', () => {
    const drill = decidePull(input({ drill: 'practice' }), [], pullEnv())
    expect([drill.next.drill, drill.post[0]?.payload.drill]).toEqual([{ scenario: 'practice' }, true])
    const synthetic = decidePull(input({ drill: 'synthetic', private: true }), [], pullEnv({ actor: house }))
    expect([synthetic.next.call, synthetic.post, kinds(synthetic)]).toEqual([null, [], ['andon.pulled']])
  })
})

describe('a second pull', () => {
  const open = andonOf({ component: polaris })

  test('for the same component is evidence', () => {
    const decided = decidePull(input({ text: 'Osaka too' }), [open], pullEnv({ component: polaris }))
    expect([decided.joined, decided.next.id, kinds(decided), decided.post]).toEqual([true, open.id, ['andon.joined'], []])
    expect(decided.next.reporters.map(({ text }) => text)).toEqual(['Sessions drop in Tokyo', 'Osaka too'])
  })

  test('for the same incident, too, and brings what is known of it', () => {
    const known = andonOf({ incident: 'inc_1' })
    const decided = decidePull(input({ incident: 'inc_1', failure: 'down' }), [known], pullEnv({ actor: house }))
    expect(decided.next).toMatchObject({ id: known.id, incident: 'inc_1', failure: 'down' })
  })

  test('that is confirmed turns it red, once', () => {
    const confirmed = { reason: 'every rung failed', page: null }
    const red = decidePull(input({ confirmed }), [open], pullEnv({ component: polaris, actor: house }))
    expect(red.next).toMatchObject({ state: { status: 'red' }, lanes: { length: 5 }, updateDueAt: t0 + 31 * minute })
    const again = decidePull(input({ confirmed }), [red.next], pullEnv({ component: polaris, actor: house }))
    expect(kinds(again)).toEqual(['andon.joined'])
  })

  test.each<[string, Andon, Partial<PullInput>, Partial<PullEnv>]>([
    ['something else', open, {}, { component: { id: 'dipper', by: 'words' } }],
    ['nobody knows what', andonOf(), {}, {}],
    ['a drill', open, { drill: 'practice' }, { component: polaris }],
    ['what is real, beside a drill', { ...open, drill: { scenario: 'practice' } }, {}, { component: polaris }],
    ['something private', open, { private: true }, { component: polaris }],
    ['what is public, beside a private one', { ...open, private: true }, {}, { component: polaris }],
    ['what has ended', { ...redOf({ component: polaris }), state: ended() }, {}, { component: polaris }],
  ])('for %s is one of its own', (_, other, more, env) => {
    expect(decidePull(input(more), [other], pullEnv(env)).joined).toBe(false)
  })

  test('in private joins only what one has a part in', () => {
    const hidden = { ...open, private: true }
    const by = (actor: Actor) => decidePull(input({ private: true }), [hidden], pullEnv({ component: polaris, actor })).joined
    expect([by(aki), by(chika)]).toEqual([true, false])
  })
})

describe('a storm', () => {
  const mine = (n: number, pulledAt = t0) => andonOf({ id: `and_old${n}`, pulledBy: { id: 'ben', name: 'Ben' }, pulledAt })
  const storm = Array.from({ length: 6 }, (_, n) => mine(n))

  test('of one person goes into the newest that they pulled', () => {
    const decided = decidePull(input(), storm, pullEnv({ now: t0 + 30 * second }))
    expect([decided.joined, decided.next.id]).toEqual([true, 'and_old0'])
  })

  test.each<[string, Andon[], Partial<PullEnv>]>([
    ['somebody else', storm, { actor: chika }],
    ['whoever pulled less', storm.slice(1), {}],
    ['whoever waited a minute', storm, { now: t0 + minute }],
    ['the house', storm.map((one) => ({ ...one, pulledBy: { id: house.id, name: house.name } })), { actor: house }],
  ])('slows nobody else: %s', (_, open, env) => {
    expect(decidePull(input(), open, pullEnv({ now: t0 + 30 * second, ...env })).joined).toBe(false)
  })
})

describe('reporters', () => {
  const report = (id: string, text = id): Report => ({ person: { id, name: id }, text, via: 'slack', at: t0 })
  const full = (...rest: Report[]) => andonOf({ reporters: [report('aki', 'first'), ...rest] })

  test('are bounded: the first stays, and the newest', () => {
    const many = full(...Array.from({ length: limits.reporters - 1 }, (_, n) => report(`p${n}`)))
    const { next } = join(many, { text: 'new' }, pullEnv())
    expect([next.reporters.length, next.reporters[0]?.text, next.reporters[1]?.person.id]).toEqual([limits.reporters, 'first', 'p1'])
    expect(next.reporters.at(-1)?.text).toBe('new')
  })

  test('who says much does not push out who spoke once', () => {
    const many = full(report('quiet'), ...Array.from({ length: limits.reporters - 2 }, (_, n) => report('loud', `${n}`)))
    const { next, tell } = join(many, { text: 'new' }, pullEnv())
    expect(next.reporters.slice(0, 3).map(({ text }) => text)).toEqual(['first', 'quiet', '1'])
    expect(tell[0]?.data.count).toBe(4)
  })
})

describe('whatever is pulled, and whatever is open', () => {
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
  const anyComponent = maybe(fc.constantFrom('polaris', 'dipper').map((id) => ({ id, by: 'words' as const })))
  const anyActor = fc.constantFrom<Actor[]>(aki, ben, chika, house)
  const anyState = fc.constantFrom<Andon['state'][]>({ status: 'yellow' }, redOf().state, ended())
  const anyIncident = maybe(fc.constantFrom('inc_1', 'inc_2'))
  const anyOpen = fc
    .array(
      fc.record({
        component: anyComponent,
        incident: anyIncident,
        private: fc.boolean(),
        drill: maybe(fc.constant({ scenario: 'practice' })),
        state: anyState,
        pulledBy: anyActor.map(({ id, name }) => ({ id, name })),
        pulledAt: fc.integer({ min: t0 - minute, max: t0 + minute }),
      }),
      { maxLength: 12 },
    )
    .map((all) => all.map((more, n) => andonOf({ ...more, id: `and_open${n}` })))
  const anyInput = fc.record(
    {
      text: fc.string({ unit: 'binary', maxLength: 100 }),
      incident: fc.constantFrom('inc_1', 'inc_2'),
      private: fc.boolean(),
      drill: maybe(fc.constant('practice')),
      confirmed: fc.record({ reason: fc.string({ minLength: 1 }), page: maybe(fc.constant('p')) }),
    },
    { requiredKeys: ['text'] },
  )

  test('nothing is lost, mixed or refused', () => {
    fc.assert(
      fc.property(anyInput, anyOpen, anyComponent, anyActor, (pulled, open, component, actor) => {
        const { next, tell, post, joined } = decidePull(pulled, open, pullEnv({ component, actor }))
        const target = open.find(({ id }) => id === next.id)
        expect(joined).toBe(target !== undefined)
        expect([next.private, next.drill !== null]).toEqual([pulled.private ?? false, (pulled.drill ?? null) !== null])
        expect(target?.state.status).not.toBe('resolved')
        expect(next.reporters.at(-1)?.person.id).toBe(actor.id)
        expect(next.reporters.length).toBe((target?.reporters.length ?? 0) + 1)
        expect(next.state.status === 'red' || !pulled.confirmed).toBe(true)
        expect(tell[0]?.kind).toBe(joined ? 'andon.joined' : 'andon.pulled')
        expect(tell.every(({ andon }) => andon === next.id)).toBe(true)
        expect(post.length).toBe(joined || pulled.confirmed?.page ? 0 : 1)
      }),
    )
  })

  test('a first pull of a person is never put elsewhere unless it is about the same', () => {
    fc.assert(
      fc.property(anyOpen, (open) => {
        const others = open.filter(({ pulledBy }) => pulledBy.id !== 'ben')
        expect(decidePull(input(), others, pullEnv({ actor: ben })).joined).toBe(false)
      }),
    )
  })
})

function ended(): Andon['state'] {
  return { status: 'resolved', at: t0, by: { id: 'ben', name: 'Ben' }, how: 'x', cause: null, mergedInto: null, falseAlarm: false }
}
