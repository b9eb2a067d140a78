import { expect, test } from 'vitest'
import { createTally, type Outcome } from './tally.ts'

const from = (member: string, role: string, generation: number, packets = 1_000): Outcome => ({
  status: 200,
  role,
  generation,
  member,
  refusedBy: undefined,
  packets,
})
const refusedBy = (who: string): Outcome => ({
  status: 503,
  role: undefined,
  generation: Number.NaN,
  member: undefined,
  refusedBy: who,
  packets: undefined,
})

function started() {
  const tally = createTally({ interruptionMs: 100 })
  tally.settle(tally.send('s'), from('polaris-1', 'active', 1), 0)
  const once = (outcome: Outcome, at = 0) => tally.settle(tally.send('s'), outcome, at)
  return { tally, once }
}

test('requests refused before the first good answer are warm-up and nothing else', () => {
  const tally = createTally({ interruptionMs: 100 })
  tally.settle(tally.send('s'), refusedBy('router'), 1)
  const early = tally.send('s')
  tally.settle(tally.send('s'), from('polaris-1', 'active', 1), 3)
  tally.settle(early, refusedBy('router'), 4)
  expect(tally.counts(4)).toMatchObject({ warmUp: 2, sent: 1, answered: 1, refused: 0, byNonActive: 0, inFlight: 0 })
})

test('a standby that answers is counted even before the first good answer', () => {
  const tally = createTally({ interruptionMs: 100 })
  tally.settle(tally.send('s'), from('polaris-2', 'standby', 1), 2)
  expect(tally.counts(4)).toMatchObject({ warmUp: 0, sent: 1, answered: 1, byNonActive: 1, openGapMs: 0 })
})

test('what was sent is answered, refused, or in flight', () => {
  const { tally, once } = started()
  once(from('polaris-1', 'active', 1))
  once(refusedBy('router'))
  once({ failed: 'timeout' })
  tally.send('s')
  expect(tally.counts(0)).toMatchObject({
    sent: 5,
    answered: 2,
    refused: 2,
    inFlight: 1,
    byNonActive: 0,
    refusals: { '503 by router': 1, timeout: 1 },
  })
})

test('an answer of a member that says it is not active is by a non-active member', () => {
  const { tally, once } = started()
  once(from('polaris-2', 'standby', 1))
  once({ status: 200, role: undefined, generation: Number.NaN, member: undefined, refusedBy: undefined, packets: 9 })
  expect(tally.counts(0)).toMatchObject({ answered: 3, byNonActive: 2 })
})

test('an old active that answers after its successor is not active, whatever it says', () => {
  const { tally, once } = started()
  once(from('polaris-2', 'active', 2))
  once(from('polaris-1', 'active', 1))
  expect(tally.counts(0)).toMatchObject({ answered: 3, byNonActive: 1, generation: 2, member: 'polaris-2' })
})

test('a lying standby does not close a gap', () => {
  const { tally, once } = started()
  once(from('polaris-2', 'standby', 1), 400)
  once(from('polaris-1', 'active', 1), 500)
  once(from('polaris-1', 'active', 1), 520)
  expect(tally.counts(530)).toMatchObject({ longestGapMs: 500, lastGapMs: 500, openGapMs: 10 })
})

test('a gap that is still open counts as the longest', () => {
  const { tally } = started()
  expect(tally.counts(7_000)).toMatchObject({ longestGapMs: 7_000, lastGapMs: 0, openGapMs: 7_000 })
})

test('acknowledged packets that a later answer does not know are lost', () => {
  const tally = createTally({ interruptionMs: 100 })
  const once = (packets: number) => tally.settle(tally.send('s'), from('polaris-1', 'active', 1, packets), 0)
  once(1)
  once(2)
  const overlapping = tally.send('s')
  once(3)
  tally.settle(overlapping, from('polaris-1', 'active', 1, 4), 0)
  expect(tally.counts(0).lost).toBe(0)
  once(2)
  expect(tally.counts(0).lost).toBe(3)
})
