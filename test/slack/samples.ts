import fc from 'fast-check'
import type { Andon, Inquiry, KaizenItem, Lane, Person, RangeReading, Suspect } from '../../bots/andon/andon.ts'

/** Andons of every shape, with texts that wish us ill; for tests. */
export const hostile = [
  '<!channel> <!here> <!everyone> @here @channel',
  '<@U012ABCDEF> <#C012ABCDEF> <https://evil.example|your bank> <!subteam^S012ABCDEF>',
  '*bold* _it_ ~struck~ `code` ```fence\n> quote',
  '&&&&<<<<>>>>&amp;&lt;',
  '🔥🔥🔥',
  '\u202egnp.exe',
  'セッションが切れる、大阪のローミング回線だけ',
  '\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n',
  '<!date^0^{date}|x>',
]

export const text = (max = 2_000) =>
  fc.oneof(
    fc.constantFrom(...hostile),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
    fc.constantFrom('&', '<', 'あ', '👩‍👩‍👧‍👧', 'x', '@here ', '*').map((unit) => unit.repeat(Math.ceil(max / unit.length)).slice(0, max)),
  )

const at = fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 })
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const person: fc.Arbitrary<Person> = fc.record({
  id: fc.constantFrom('aki', 'ben', 'slack:U012ABCDEF', 'token:ci', 'slack:<!here>'),
  name: text(80),
})
const id = (prefix: string) => fc.stringMatching(/^[0-9a-hjkmnp-tv-z]{17}$/).map((tail) => `${prefix}_${tail}`)
const url = fc.constantFrom(
  null,
  'https://slack.com/archives/C1',
  'javascript:alert(1)',
  `https://x.example/${'y'.repeat(900)}`,
  'https://a|b>',
)

export const lane: fc.Arbitrary<Lane> = fc.record({
  id: id('lane'),
  kind: fc.constantFrom('logs', 'carrier', 'remediation', 'comms'),
  title: text(200),
  status: fc.constantFrom('open', 'taken', 'done'),
  owner: maybe(person),
  openedAt: at,
  dueAt: maybe(at),
  reports: fc.array(fc.record({ person, text: text(), at }), { maxLength: 5 }),
  outcome: maybe(text()),
  endedAt: maybe(at),
  room: maybe(fc.record({ name: maybe(text(80)), url: maybe(url) })),
})

const inquiry: fc.Arbitrary<Inquiry> = fc.record({
  id: id('inq'),
  carrier: fc.constant('acme'),
  name: text(80),
  status: fc.constantFrom('sent', 'answered', 'closed'),
  text: text(),
  ticket: maybe(text(80)),
  by: person,
  sentAt: at,
  chaseAt: maybe(at),
  chased: fc.nat(5),
  answers: fc.constant([]),
})

const suspect: fc.Arbitrary<Suspect> = fc.record({
  change: id('chg'),
  title: text(300),
  component: fc.constantFrom(null, 'session-gw'),
  at,
  by: text(80),
  url,
  weight: fc.double({ min: 0, max: 1, noNaN: true }),
  why: text(300),
})

const reading: fc.Arbitrary<RangeReading> = fc.record({
  meter: fc.constantFrom('lines', 'sims'),
  title: text(200),
  at,
  count: maybe(fc.nat(1_000_000)),
  of: maybe(fc.nat(1_000_000)),
  segments: fc.array(fc.record({ name: text(80), count: fc.nat(), owner: fc.constant(null) }), { maxLength: 3 }),
  confidence: fc.constantFrom('high', 'medium', 'low'),
  asOf: maybe(at),
  problem: maybe(text()),
})

const kaizen: fc.Arbitrary<KaizenItem> = fc.record({
  id: id('kai'),
  text: text(),
  owner: maybe(person),
  dueAt: maybe(at),
  kind: fc.constantFrom('task', 'runbook'),
  status: fc.constantFrom('open', 'done', 'dropped'),
  result: maybe(text()),
  openedAt: at,
  endedAt: maybe(at),
  chased: fc.nat(5),
})

const state: fc.Arbitrary<Andon['state']> = fc.oneof(
  fc.constant({ status: 'yellow' as const }),
  fc.record({ status: fc.constant('red' as const), since: at, reason: text() }),
  fc.record({
    status: fc.constant('resolved' as const),
    at,
    by: person,
    how: text(),
    cause: maybe(text()),
    mergedInto: maybe(id('and')),
    falseAlarm: fc.boolean(),
  }),
)

const held = maybe(fc.record({ person, at }))

export const andon: fc.Arbitrary<Andon> = fc.record({
  id: id('and'),
  state,
  text: text(),
  component: maybe(
    fc.record({ id: fc.constantFrom('session-gw', 'x'.repeat(63)), by: fc.constantFrom('words', 'alerts', 'person', 'incident') }),
  ) as fc.Arbitrary<Andon['component']>,
  failure: fc.constant(null),
  incident: fc.constant(null),
  drill: maybe(fc.constant({ scenario: 'whole-story' })),
  private: fc.boolean(),
  severity: fc.constant(null),
  locale: fc.constantFrom('en', 'ja'),
  pulledAt: at,
  pulledBy: person,
  via: fc.constantFrom('slack', 'api', 'cli', 'engine', 'pager', 'drill'),
  reporters: fc.array(fc.record({ person, text: text(), via: fc.constant('slack' as const), at }), { minLength: 1, maxLength: 5 }),
  roles: fc.record({ lead: held, scribe: held, comms: held }),
  call: maybe(fc.record({ page: fc.constant('p'), since: at, until: at })),
  lanes: fc.array(lane, { maxLength: 30 }),
  inquiries: fc.array(inquiry, { maxLength: 10 }),
  updates: fc.array(
    fc.record({ id: id('upd'), at, by: person, text: text(), audience: fc.constantFrom('room', 'everyone', 'customers') }),
    { maxLength: 3 },
  ) as fc.Arbitrary<Andon['updates']>,
  updateDueAt: maybe(at),
  snapshot: maybe(
    fc.record({
      at,
      members: fc.constant([]),
      components: fc.array(fc.record({ id: text(80), status: fc.constantFrom('pass', 'fail'), well: fc.nat(9), of: fc.nat(9) }), {
        maxLength: 30,
      }),
      incidents: fc.constant([]),
      runs: fc.constant([]),
      digest: fc.constant('d'),
    }),
  ),
  suspects: fc.array(suspect, { maxLength: 10 }),
  ranges: fc.array(reading, { maxLength: 4 }),
  told: fc.array(fc.record({ segment: text(80), by: person, at }), { maxLength: 4 }),
  runs: fc.constant([]),
  room: maybe(fc.record({ name: text(80), url, kind: fc.constantFrom('room' as const, 'thread' as const) })),
  kaizen: fc.array(kaizen, { maxLength: 50 }),
  thanks: fc.constant([]),
  mergedFrom: fc.constant([]),
  splitFrom: fc.constant(null),
  recurrence: fc.record({ count: fc.nat(50), last: maybe(id('and')), lastAt: maybe(fc.nat(2_000_000_000_000)), kaizenOpen: fc.nat(50) }),
  retention: maybe(fc.record({ archiveAt: at, veto: maybe(person), archivedAt: maybe(at) })),
  marks: fc.constant({ human: null, lead: null, red: null, room: null, resolved: null }),
  reminded: fc.constant({}),
})
