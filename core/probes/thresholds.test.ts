import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newTrack, type Outcome, observe, type Thresholds, type Track } from './thresholds.ts'

const limits: Thresholds = { failAfter: 3, passAfter: 2, flap: { changes: 4, withinMs: 10_000 } }
const letters: Record<string, Outcome> = { p: 'pass', w: 'warn', f: 'fail' }

/** Feeds looks, one per 100 ms (`p`, `w`, `f`; a space lets one pass without a look), and answers what was decided on the way. */
function feed(looks: string, options: { limits?: Thresholds; track?: Track; from?: number } = {}) {
  let track = options.track ?? newTrack()
  const told: string[] = []
  ;[...looks].forEach((letter, i) => {
    const outcome = letters[letter]
    if (!outcome) return
    const seq = (options.from ?? 0) + i
    const step = observe(track, { outcome, seq, at: seq * 100 }, options.limits ?? limits)
    track = step.track
    const { change, from } = step.verdict
    if (change !== 'counted') told.push(change === 'level' ? `${from}>${track.level}` : change)
  })
  return { track, told }
}

test.each([
  ['pp', ['unknown>pass']],
  ['p', []],
  ['fff', ['unknown>fail']],
  ['ppff', ['unknown>pass']],
  ['ppfff', ['unknown>pass', 'pass>fail']],
  ['ppffpff', ['unknown>pass']],
  ['ppfffpfpp', ['unknown>pass', 'pass>fail', 'fail>pass']],
  ['ppwww', ['unknown>pass', 'pass>warn']],
  ['ppwff', ['unknown>pass', 'pass>warn']],
  ['ppwfff', ['unknown>pass', 'pass>warn', 'warn>fail']],
  ['fffww', ['unknown>fail', 'fail>warn']],
  ['fffwp', ['unknown>fail']],
  ['fffwpp', ['unknown>fail', 'fail>pass']],
  ['wwwpp', ['unknown>warn', 'warn>pass']],
])('%s is told as %j', (looks, told) => {
  expect(feed(looks).told).toEqual(told)
})

test('the reason says what was counted', () => {
  const { track } = feed('ppff')
  expect(observe(track, { outcome: 'fail', seq: 9, at: 900 }, limits).verdict).toEqual({
    change: 'level',
    from: 'pass',
    reason: 'failed 3 in a row',
  })
})

test('a late failure does not count against a younger pass, nor a late pass against a younger failure', () => {
  const once = { ...limits, passAfter: 1 }
  const down = feed('fff', { limits: once }).track
  const up = observe(down, { outcome: 'pass', seq: 10, at: 1_000 }, once).track
  const late = observe(up, { outcome: 'fail', seq: 9, at: 1_100 }, once)
  expect(late.verdict.change).toBe('ignored')
  expect(late.track).toBe(up)
  expect(observe(down, { outcome: 'pass', seq: 1, at: 1_000 }, once).verdict.change).toBe('ignored')
})

test('looks of one kind that end in another order count all the same', () => {
  let track = feed('pp').track
  for (const seq of [12, 10, 11]) track = observe(track, { outcome: 'fail', seq, at: 2_000 + seq }, limits).track
  expect(track.level).toBe('fail')
})

test('what changes too often flaps: one verdict, silence, and an end when it has been quiet for as long', () => {
  const quick = { ...limits, failAfter: 1, passAfter: 1 }
  const { track, told } = feed('pfpfpfpf', { limits: quick })
  expect(told).toEqual(['unknown>pass', 'pass>fail', 'fail>pass', 'pass>fail', 'flapping-began', 'damped', 'damped', 'damped'])
  const quiet = feed(`${' '.repeat(97)}ff`, { limits: quick, track, from: 8 })
  expect(quiet.told).toEqual([])
  const ended = feed('ff', { limits: quick, track: quiet.track, from: 107 })
  expect(ended.told).toEqual(['flapping-ended'])
  expect(ended.track).toMatchObject({ level: 'fail', flapping: false })
})

test('changes that lie further apart than the window are not flapping', () => {
  const quick = { ...limits, failAfter: 1, passAfter: 1 }
  expect(feed(`p${`f${' '.repeat(40)}p${' '.repeat(40)}`.repeat(6)}`, { limits: quick }).told).not.toContain('flapping-began')
})

test('whatever comes in whatever order: only a row of failAfter makes it fail, and only one of passAfter makes it pass', () => {
  const look = fc.record({ outcome: fc.constantFrom<Outcome>('pass', 'warn', 'fail'), seq: fc.nat(60) })
  fc.assert(
    fc.property(fc.array(look, { maxLength: 60 }), (looks) => {
      let track = newTrack()
      let row: Outcome[] = []
      looks.forEach(({ outcome, seq }, i) => {
        const { track: next, verdict } = observe(track, { outcome, seq, at: i }, { ...limits, flap: { changes: 1_000, withinMs: 1 } })
        if (verdict.change !== 'ignored') row = [...row, outcome]
        if (next.level !== track.level) {
          if (next.level === 'fail') expect(row.slice(-3)).toEqual(['fail', 'fail', 'fail'])
          if (next.level === 'pass') expect(row.slice(-2)).toEqual(['pass', 'pass'])
        }
        track = next
      })
    }),
  )
})
