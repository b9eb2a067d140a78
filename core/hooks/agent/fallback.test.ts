import { describe, expect, it } from 'vitest'
import { virtualClock } from '../../../test/virtual-clock.ts'
import type { AgentReport } from '../../api/ports.ts'
import { silentLog } from '../../log.ts'
import { decideFallback, type FallbackFacts, startFallback } from './fallback.ts'
import type { MemberView, Supervised } from './member.ts'
import type { Reporter } from './reports.ts'

const now = 1_000_000
const down: FallbackFacts = {
  now,
  wanted: true,
  fenced: false,
  downSince: now,
  controller: { silentSince: null, asked: null },
  restarts: [],
}
const alone = { ...down, controller: null }
const silent = (ms: number) => ({ silentSince: now - ms, asked: null })
const ago = (...ms: number[]) => ms.map((one) => now - one)

describe('the agent restarts a member by itself', () => {
  it.each<[string, FallbackFacts, object]>([
    ['never one that runs', { ...alone, downSince: null }, { decision: 'leave' }],
    ['never one that was stopped by order', { ...alone, wanted: false, downSince: now - 60_000 }, { decision: 'leave' }],
    ['never one that is fenced', { ...alone, fenced: true, downSince: now - 60_000 }, { decision: 'leave' }],
    ['not while the report is under way', { ...down, controller: silent(400) }, { decision: 'wait', ms: 600 }],
    ['not while the controller, which has the report, may act', { ...down, downSince: now - 4_000 }, { decision: 'wait', ms: 1_000 }],
    ['not before it asked whether the controller is there', { ...down, downSince: now - 5_000 }, { decision: 'ask' }],
    [
      'not on an answer from before',
      { ...down, downSince: now - 5_000, controller: { silentSince: null, asked: { at: now - 4_000, answered: false } } },
      { decision: 'ask' },
    ],
    [
      'not while the controller answers',
      { ...down, downSince: now - 9_000, controller: { silentSince: null, asked: { at: now - 1_000, answered: true } } },
      { decision: 'wait', ms: 4_000 },
    ],
    [
      'and asks again later',
      { ...down, downSince: now - 20_000, controller: { silentSince: null, asked: { at: now - 5_000, answered: true } } },
      { decision: 'ask' },
    ],
    [
      'when it asked and nobody answered',
      { ...down, downSince: now - 5_000, controller: { silentSince: null, asked: { at: now, answered: false } } },
      { decision: 'restart' },
    ],
    [
      'when nobody acknowledged the report for a second',
      { ...down, downSince: now - 1_000, controller: silent(1_000) },
      { decision: 'restart' },
    ],
    ['at once when it is alone, but for a short pause', alone, { decision: 'wait', ms: 200 }],
    ['after that pause', { ...alone, downSince: now - 200 }, { decision: 'restart' }],
    [
      'after a pause twice as long the second time',
      { ...alone, downSince: now - 200, restarts: ago(3_000) },
      { decision: 'wait', ms: 200 },
    ],
    ['after a pause that grows', { ...alone, restarts: ago(1, 2, 3, 4) }, { decision: 'wait', ms: 3_200 }],
    ['after thirty seconds at most', { ...alone, restarts: ago(1, 2, 3, 4, 5, 6, 7, 8) }, { decision: 'wait', ms: 30_000 }],
    [
      'ten times in ten minutes, then no more',
      { ...alone, downSince: now - 60_000, restarts: ago(590_000, ...Array(9).fill(1_000)) },
      { decision: 'wait', ms: 10_000 },
    ],
    [
      'with a short pause again when ten minutes went well',
      { ...alone, downSince: now - 200, restarts: ago(...Array(10).fill(600_000)) },
      { decision: 'restart' },
    ],
  ])('%s', (_, facts, expected) => {
    expect(decideFallback(facts)).toMatchObject({ ...expected, reason: expect.stringMatching(/./) })
  })
})

/** A member that dies `lives` times right after it was started. */
function fragile(clock: { monotonic(): number }, lives: number) {
  const started: number[] = []
  let downSince: number | null = clock.monotonic()
  const view = (): MemberView => ({
    process: { state: downSince === null ? 'running' : 'exited' },
    wanted: true,
    fenced: false,
    downSince,
    detail: 'ended: code 1',
  })
  const revive = async () => {
    started.push(clock.monotonic())
    downSince = started.length < lives ? clock.monotonic() : null
    return { pid: started.length }
  }
  return {
    started,
    member: { id: 'leo-1', view, revive } as unknown as Supervised,
    die: () => {
      downSince = clock.monotonic()
    },
  }
}

function fakeReporter(clock: { monotonic(): number }) {
  const sent: AgentReport[] = []
  const state = { silentSince: null as number | null, answers: false, asked: 0 }
  const reporter: Reporter = {
    send: (report) => {
      sent.push(report)
      state.silentSince ??= clock.monotonic()
    },
    silentSince: () => state.silentSince,
    reachable: async () => {
      state.asked++
      return state.answers
    },
    close: () => {},
  }
  return { sent, state, reporter }
}

describe('the loop of the fallback', () => {
  it('restarts with growing pauses until it holds, and tells each', async () => {
    const clock = virtualClock()
    const { started, member } = fragile(clock, 4)
    const { sent, state, reporter } = fakeReporter(clock)
    state.silentSince = 0
    startFallback({ members: [member], reporter, clock, log: silentLog }).watch('leo-1')
    await clock.runUntilIdle()
    expect(started).toEqual([1_000, 1_400, 2_200, 3_800])
    expect(sent.map(({ event, pid }) => ({ event, pid }))).toEqual([1, 2, 3, 4].map((pid) => ({ event: 'restarted-locally', pid })))
    expect(sent[0]?.detail).toContain('no controller answers')
  })

  it('leaves a member to a controller that answers, and takes it up when that one is gone', async () => {
    const clock = virtualClock()
    const { started, member } = fragile(clock, 1)
    const { state, reporter } = fakeReporter(clock)
    state.answers = true
    startFallback({ members: [member], reporter, clock, log: silentLog }).watch('leo-1')
    await clock.advance(60_000)
    expect(started).toEqual([])
    expect(state.asked).toBeGreaterThan(5)
    state.answers = false
    await clock.runUntilIdle()
    expect(started).toHaveLength(1)
  })

  it('looks at once when the member goes down again while an old look is still due', async () => {
    const clock = virtualClock()
    const { started, member, die } = fragile(clock, 1)
    const fallback = startFallback({ members: [member], reporter: null, clock, log: silentLog })
    fallback.watch('leo-1')
    fallback.watch('leo-1')
    await clock.advance(1_000)
    expect(started).toEqual([200])
    die()
    fallback.watch('leo-1')
    await clock.advance(1_000)
    expect(started).toEqual([200, 1_400])
    expect(clock.pending).toBe(0)
  })

  it('does nothing any more once it is closed', async () => {
    const clock = virtualClock()
    const { started, member } = fragile(clock, 1)
    const fallback = startFallback({ members: [member], reporter: null, clock, log: silentLog })
    fallback.watch('leo-1')
    fallback.close()
    fallback.watch('leo-1')
    await clock.runUntilIdle()
    expect(started).toEqual([])
  })
})
