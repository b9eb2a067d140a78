import fc from 'fast-check'
import type { AlertInput, Signal } from '../../core/alerts/alert.ts'
import type { RunOrder } from '../../core/runs/run.ts'
import { alert, step } from '../journals.ts'

/** What is asked of a journal. Names of incidents, runs and leases are places among those that are known: `pick` 3 is the fourth last. */
export type Command =
  | { do: 'ingest'; alerts: AlertInput[] }
  | { do: 'decide'; pick: number; choice: 'run' | 'wait' | 'close' | 'throw'; order: Partial<RunOrder>; reason: string; shadow: boolean }
  | { do: 'order'; order: Partial<RunOrder>; refuse: boolean }
  | { do: 'answer'; pick: number; word: 'keep' | 'approve' | 'declined' | 'timed-out'; takesGeneration: boolean }
  | { do: 'claim'; pick: number; holder: string; minutes: number }
  | { do: 'intend'; held: number; stale: number; run: number; seq: number; attempt: number; previous: OutcomeChoice | null }
  | { do: 'outcome'; held: number; stale: number; run: number; outcome: OutcomeChoice }
  | { do: 'finish'; held: number; stale: number; run: number; end: EndChoice; last: OutcomeChoice | null }
  | { do: 'renew'; held: number; stale: number; minutes: number }
  | { do: 'resolve'; pick: number }
  | { do: 'pass'; minutes: number }
  | { do: 'adopt'; component: string; active: string | null; generation: number }
  | { do: 'inSync'; component: string; active: string | null; older: number; inSync: string[] | null }
  | { do: 'switch'; scope: string; off: boolean; minutes: number | null }
  | { do: 'endPauses' }
  | { do: 'note'; kind: string; component: string | null; andon: string | null }
  | { do: 'post'; message: MessageChoice }
  | { do: 'relay'; seq: number; messages: MessageChoice[] }
  | { do: 'settle'; pick: number; how: 'sent' | 'failed' | 'givenUp'; minutes: number }
  | { do: 'seen'; key: string }
  | { do: 'window'; component: string | null; minutes: number }
  | { do: 'record'; id: string; rev: number; key: string | null; open: boolean; minutes: number | null }

export interface OutcomeChoice {
  seq: number
  attempt: number
  status: 'done' | 'failed' | 'unknown'
  setsActive: string | null | undefined
}

export interface EndChoice {
  status: 'done' | 'failed' | 'unknown' | 'cancelled'
  incident: 'recovered' | 'escalated' | undefined
  verified: string[]
  post: boolean
}

export interface MessageChoice {
  channel: 'page' | 'slack'
  dedupe: string
  lane: string | null
  replaces: string | null
}

const components = ['polaris', 'vega']
const component = fc.constantFrom(...components)
const member = fc.constantFrom('m-1', 'm-2')
const few = fc.nat({ max: 3 })
/** The newest most often, so that runs get somewhere. */
const place = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: few })
const minutes = fc.constantFrom(1, 5, 10, 20)

const alertInput: fc.Arbitrary<AlertInput> = fc
  .record({
    component,
    member: fc.option(member),
    source: fc.constantFrom('a', 'b'),
    signal: fc.constantFrom<Signal>('timeout', 'exit', 'fail'),
    status: fc.constantFrom<AlertInput['status']>('firing', 'firing', 'resolved'),
    at: fc.nat({ max: 5 }),
    // The same key in another component.
    moved: fc.nat({ max: 4 }),
  })
  .map(({ moved, ...given }) => ({ ...alert(given.member, given), ...(moved === 0 ? { component: 'vega' } : {}) }))

const order: fc.Arbitrary<Partial<RunOrder>> = fc
  .record({
    component,
    runbook: fc.constantFrom('restart-process', 'failover', 'page'),
    by: fc.constantFrom('engine', 'aki'),
    takesGeneration: fc.boolean(),
    waitsMs: fc.option(
      minutes.map((n) => n * 60_000),
      { nil: undefined, freq: 4 },
    ),
    members: fc.subarray(['m-1', 'm-2']),
  })
  .map((given) => ({
    ...given,
    plan: [
      step('restart m-1', { args: { member: 'm-1' } }),
      step('verify m-2', { kind: 'read', args: { member: 'm-2' } }),
      step('promote m-2'),
    ],
    mode: given.waitsMs === undefined ? 'automatic' : 'approval',
    ...(given.waitsMs === undefined ? {} : { call: { component: given.component, text: 'may we' } }),
  }))

/** Of a step; the first most often, so that intents meet their outcomes. */
const seq = fc.constantFrom(0, 0, 0, 1, 2)
const attempt = fc.constantFrom(1, 1, 1, 2)
const status = fc.constantFrom('done', 'failed', 'unknown')
const outcomeChoice: fc.Arbitrary<OutcomeChoice> = fc.record({
  seq,
  attempt,
  status,
  setsActive: fc.constantFrom(undefined, undefined, null, 'm-1', 'm-2'),
}) as fc.Arbitrary<OutcomeChoice>
const end: fc.Arbitrary<EndChoice> = fc.record({
  status: fc.constantFrom('done', 'failed', 'unknown', 'cancelled'),
  incident: fc.constantFrom(undefined, 'recovered', 'escalated'),
  verified: fc.subarray(['m-1', 'm-2']),
  post: fc.boolean(),
}) as fc.Arbitrary<EndChoice>
const message: fc.Arbitrary<MessageChoice> = fc.record({
  channel: fc.constantFrom('page', 'slack'),
  dedupe: fc.constantFrom('d1', 'd2', 'd3', 'd4', 'd5', 'd6'),
  lane: fc.constantFrom(null, 'l1', 'l2'),
  replaces: fc.constantFrom(null, 'r1'),
}) as fc.Arbitrary<MessageChoice>

const of = <Do extends Command['do']>(
  what: Do,
  fields: { [Key in Exclude<keyof Extract<Command, { do: Do }>, 'do'>]: fc.Arbitrary<unknown> },
) => fc.record({ do: fc.constant(what), ...fields }) as unknown as fc.Arbitrary<Command>
/** Mostly the fence that one has. */
const stale = fc.constantFrom(0, 0, 0, 0, 0, -1, 1)

const weighted: [number, fc.Arbitrary<Command>][] = [
  [6, of('ingest', { alerts: fc.array(alertInput, { minLength: 0, maxLength: 4 }) })],
  [
    6,
    of('decide', {
      pick: place,
      choice: fc.constantFrom('run', 'run', 'run', 'wait', 'close', 'throw'),
      order,
      reason: fc.constantFrom('x', 'y'),
      shadow: fc.boolean(),
    }),
  ],
  [3, of('order', { order, refuse: fc.nat({ max: 5 }).map((n) => n === 0) })],
  [
    3,
    of('answer', {
      pick: place,
      word: fc.constantFrom('keep', 'approve', 'approve', 'declined', 'timed-out'),
      takesGeneration: fc.boolean(),
    }),
  ],
  [9, of('claim', { pick: place, holder: fc.constantFrom('one', 'two'), minutes })],
  [
    8,
    of('intend', {
      held: place,
      stale,
      run: place,
      seq,
      attempt,
      previous: fc.option(outcomeChoice),
    }),
  ],
  [6, of('outcome', { held: place, stale, run: place, outcome: outcomeChoice })],
  [5, of('finish', { held: place, stale, run: place, end, last: fc.option(outcomeChoice) })],
  [3, of('renew', { held: place, stale, minutes })],
  [1, of('resolve', { pick: place })],
  [4, of('pass', { minutes: fc.constantFrom(1, 5, 10, 20, 1_500) })],
  [2, of('adopt', { component, active: fc.option(member), generation: few })],
  [
    3,
    of('inSync', { component, active: fc.option(member), older: fc.constantFrom(0, 0, 1), inSync: fc.option(fc.subarray(['m-1', 'm-2'])) }),
  ],
  [2, of('switch', { scope: fc.constantFrom('global', ...components), off: fc.boolean(), minutes: fc.option(minutes) })],
  [1, of('endPauses', {})],
  [1, of('note', { kind: fc.constantFrom('n1', 'n2'), component: fc.option(component), andon: fc.constantFrom(null, 'and_1') })],
  [2, of('post', { message })],
  [1, of('relay', { seq: fc.nat({ max: 20 }), messages: fc.array(message, { maxLength: 2 }) })],
  [2, of('settle', { pick: place, how: fc.constantFrom('sent', 'failed', 'failed', 'givenUp'), minutes })],
  [1, of('seen', { key: fc.constantFrom('k1', 'k2') })],
  [1, of('window', { component: fc.option(component), minutes })],
  [
    2,
    of('record', {
      id: fc.constantFrom('rec_1', 'rec_2', 'rec_3'),
      rev: fc.nat({ max: 2 }),
      key: fc.constantFrom(null, null, 'one'),
      open: fc.boolean(),
      minutes: fc.option(minutes),
    }),
  ],
]

/** A run from its alert on, as far as it gets: chance alone seldom comes to its steps. */
const story: fc.Arbitrary<Command[]> = fc
  .tuple(
    alertInput.map((given): Command => ({ do: 'ingest', alerts: [{ ...given, status: 'firing' }] })),
    order.map(
      ({ waitsMs: _, call: __, ...given }): Command => ({
        ...({ do: 'decide', pick: 0, choice: 'run', reason: 'x', shadow: false } as const),
        order: { ...given, mode: 'automatic' },
      }),
    ),
    fc.constant<Command>({ do: 'claim', pick: 0, holder: 'one', minutes: 20 }),
    fc.constant<Command>({ do: 'intend', held: 0, stale: 0, run: 0, seq: 0, attempt: 1, previous: null }),
    fc.array(
      outcomeChoice.map((outcome): Command => ({ do: 'outcome', held: 0, stale: 0, run: 0, outcome: { ...outcome, seq: 0 } })),
      { maxLength: 3 },
    ),
  )
  .map((all) => all.flat())

export const commands: fc.Arbitrary<Command[]> = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: story },
      ...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary: arbitrary.map((one) => [one]) })),
    ),
    { minLength: 5, maxLength: 60, size: 'max' },
  )
  .map((all) => all.flat())
