import { describe, expect, test } from 'vitest'
import type { PolicyConfig } from '../../core/catalog/schema-people.ts'
import type { PageData } from './page.ts'
import { acknowledge, begin, close, type PolicyEnv, reescalate, type Step, tick } from './policy.ts'

const policy: PolicyConfig = {
  id: 'core',
  levels: [
    { notify: ['schedule:core'], ackWithinMs: 300_000 },
    { notify: ['team:leads', 'person:aki'], ackWithinMs: 600_000 },
  ],
  repeat: 1,
}
const fresh: PageData = {
  id: 'page_1',
  dedupe: 'inc_1/hung/polaris-1',
  order: 1,
  component: 'polaris',
  incident: 'inc_1',
  andon: null,
  purpose: null,
  policy: 'core',
  payload: {},
  openedAt: 0,
  state: { status: 'firing', level: 0, round: 0, nextAt: null },
  calls: [],
  called: 0,
  reachedAt: null,
  acknowledged: null,
}
const duty: Record<string, string[]> = { 'schedule:core': ['ben'], 'team:leads': ['chi', 'dan'], 'person:aki': ['aki'] }
const env = (now: number, on = duty, more: Partial<PolicyEnv> = {}): PolicyEnv => ({
  now,
  policy,
  onDuty: (refs) => [...new Set(refs.flatMap((ref) => on[ref] ?? []))],
  everybody: () => ['aki', 'ben', 'chi', 'dan', 'eve'],
  ...more,
})
const kinds = (step: Step | null) => step?.tell.map((entry) => entry.kind)
const by = { id: 'ben', name: 'Ben' }

/** Goes from tick to tick until `limit`, and tells who was called when. */
function play(from: Step, limit: number, on = duty) {
  const rings = [{ at: 0, ...from.ring }]
  let page = from.next
  for (let now = 0; now <= limit; now += 1_000) {
    const step = tick(page, env(now, on))
    if (!step) continue
    page = step.next
    rings.push({ at: now, ...step.ring })
  }
  return { page, rings: rings.map(({ at, level, people }) => `${at / 60_000} ${level}: ${people?.join('+')}`) }
}

describe('a page that nobody acknowledges', () => {
  test('climbs level by level, round by round, and then calls everybody again and again', () => {
    const { page, rings } = play(begin(fresh, env(0)), 100 * 60_000)
    expect(rings).toEqual([
      '0 0: ben',
      '5 1: chi+dan+aki',
      '15 0: ben',
      '20 1: chi+dan+aki',
      '30 null: ben+chi+dan+aki',
      '60 null: ben+chi+dan+aki',
      '90 null: ben+chi+dan+aki',
    ])
    expect(page.state).toEqual({ status: 'unanswered', since: 30 * 60_000, nextAt: 120 * 60_000 })
  })

  test('says once that it stays unanswered', () => {
    const last: PageData = { ...fresh, state: { status: 'firing', level: 1, round: 1, nextAt: 5 } }
    const step = tick(last, env(5)) as Step
    expect(step.tell).toMatchObject([
      { kind: 'page.unanswered', incident: 'inc_1', data: { rounds: 2, people: ['ben', 'chi', 'dan', 'aki'] } },
    ])
    expect(kinds(tick(step.next, env(5 + 30 * 60_000)))).toEqual([])
  })

  test('is not called before its time', () => {
    expect(tick(begin(fresh, env(0)).next, env(299_999))).toBeNull()
  })
})

describe('a level at which nobody is on call', () => {
  test('is passed over at once, and that is told', () => {
    const step = begin(fresh, env(0, { ...duty, 'schedule:core': [] }))
    expect(step.ring).toEqual({ level: 1, round: 0, people: ['chi', 'dan', 'aki'] })
    expect(step.tell).toMatchObject([{ kind: 'page.skipped', data: { level: 0, reason: 'nobody is on call (schedule:core)' } }])
    const again = tick(step.next, env(600_000, { ...duty, 'schedule:core': [] })) as Step
    expect(again.ring).toMatchObject({ level: 1, round: 1 })
  })

  test('at none of them: everybody whom the policy may mean is called at once', () => {
    const step = begin(fresh, env(0, {}))
    expect(step.ring).toEqual({ level: null, round: 0, people: ['aki', 'ben', 'chi', 'dan', 'eve'] })
    expect(kinds(step)).toEqual(['page.skipped', 'page.skipped', 'page.unanswered'])
  })
})

describe('acknowledged', () => {
  const acked = acknowledge(begin(fresh, env(0)).next, by, 'slack', 42_000) as Step

  test('nothing more is called, those who were called hear of it, and who did it is told', () => {
    expect(acked.news).toBe('acknowledged')
    expect(acked.tell).toMatchObject([{ kind: 'page.acknowledged', data: { by, via: 'slack', afterMs: 42_000 } }])
    expect(tick(acked.next, env(1e12))).toBeNull()
  })

  test('a second time changes nothing', () => {
    expect(acknowledge(acked.next, { id: 'chi', name: 'Chi' }, 'api', 50_000)).toBeNull()
  })

  test('called again, it goes on with the next level; from the last one it begins anew', () => {
    const again = reescalate(acked.next, env(60_000), by, 'I am on a train') as Step
    expect(again.ring).toMatchObject({ level: 1, people: ['chi', 'dan', 'aki'] })
    expect(again.next.acknowledged).toBeNull()
    expect(kinds(again)).toEqual(['page.reescalated'])
    const last = acknowledge(again.next, by, 'api', 70_000) as Step
    expect(reescalate(last.next, env(80_000), by, 'still')?.ring).toMatchObject({ level: 0, round: 0 })
  })

  test('unanswered, then acknowledged: called again, it begins with the first level', () => {
    const silent: PageData = { ...fresh, state: { status: 'unanswered', since: 0, nextAt: 5 } }
    const step = acknowledge(silent, by, 'api', 3) as Step
    expect(reescalate(step.next, env(4), by, 'no')?.ring).toMatchObject({ level: 0, round: 0 })
  })

  test('what belongs to no incident and no andon is over with it', () => {
    const step = acknowledge({ ...fresh, incident: null }, by, 'api', 5) as Step
    expect(step.next.state).toMatchObject({ status: 'closed' })
    expect(kinds(step)).toEqual(['page.acknowledged', 'page.closed'])
  })
})

describe('closed', () => {
  const closed = close(begin(fresh, env(0)).next, 9, 'the incident recovered') as Step

  test('those who were called hear of it, and nothing can be done with it any more', () => {
    expect(closed).toMatchObject({ news: 'closed', next: { state: { status: 'closed', at: 9 } } })
    expect([
      close(closed.next, 10, 'x'),
      acknowledge(closed.next, by, 'api', 10),
      reescalate(closed.next, env(10), by, 'x'),
      tick(closed.next, env(1e12)),
    ]).toEqual([null, null, null, null])
  })
})

describe('without a policy', () => {
  test('every pager is called, nobody by name, and nothing climbs', () => {
    const step = begin(fresh, env(0, duty, { policy: null }))
    expect(step.ring).toEqual({ level: 0, round: 0, people: [] })
    expect(step.next.state).toEqual({ status: 'firing', level: 0, round: 0, nextAt: null })
  })

  test('what belongs to nothing is forgotten after a week', () => {
    const step = begin({ ...fresh, incident: null }, env(0, duty, { policy: null }))
    expect(tick(step.next, env(7 * 24 * 3_600_000, duty, { policy: null }))?.next.state.status).toBe('closed')
  })
})
