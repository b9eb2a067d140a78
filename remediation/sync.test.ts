import { describe, expect, test } from 'vitest'
import { indexCatalog } from '../core/catalog/catalog.ts'
import { configSchema } from '../core/catalog/schema.ts'
import { fault } from '../core/errors.ts'
import type { ControlCall, HealthCheck } from '../core/hooks/contract.ts'
import { silentLog } from '../core/log.ts'
import type { MemberStatus } from '../core/probes/probe.ts'
import type { Role } from '../core/runs/run.ts'
import { virtualClock } from '../test/virtual-clock.ts'
import { keepSync, syncSteps } from './sync.ts'
import type { World } from './world.ts'

const ids = ['db-1', 'db-2', 'db-3']
const catalogOf = (synchronous: 'off' | 'on' | 'strict') =>
  indexCatalog(
    configSchema.parse({
      components: [
        {
          id: 'db',
          topology: 'active-standby',
          members: ids.map((id) => ({ id, hooks: `http://${id}`, postgres: { bin: '/bin', data: `/${id}`, port: 5_432 } })),
          replication: { synchronous },
          roleLease: {},
        },
      ],
    }),
  )

interface Fleet {
  streaming: string[]
  inForce: string[]
  activeRole: MemberStatus['role']
}
const calm: Fleet = { streaming: ['db-2', 'db-3'], inForce: [], activeRole: 'active' }

const observedIn =
  (fleet: () => Fleet) =>
  (member: string): MemberStatus => {
    const { streaming, inForce, activeRole } = fleet()
    const isActive = member === 'db-1'
    const checks: Record<string, HealthCheck[]> = isActive
      ? { 'replication:standbys': [{ observedValue: streaming.join(',') }], 'replication:sync': [{ observedValue: inForce.join(',') }] }
      : { 'replication:state': [{ observedValue: streaming.includes(member) ? 'streaming' : 'waiting' }] }
    const role = isActive ? activeRole : 'standby'
    return { member, component: 'db', status: 'pass', role, generation: 6, summary: '', since: 0, health: { status: 'pass', checks } }
  }

const steps = (inSync: string[] | null, fleet: Partial<Fleet> = {}, mode: 'off' | 'on' | 'strict' = 'on', active: string | null = 'db-1') =>
  syncSteps({
    component: catalogOf(mode).component('db'),
    role: { component: 'db', active, generation: 7, inSync },
    observed: observedIn(() => ({ ...calm, ...fleet })),
  })
const journal = (...inSync: string[]) => ({ do: 'journal', inSync })
const database = (...standbys: string[]) => ({ do: 'database', standbys })

describe('what the journal and the database are told', () => {
  test('from nobody: the database first, and the journal when one of them has all', () => {
    expect(steps([])).toEqual([database('db-2', 'db-3'), journal('db-2', 'db-3')])
  })
  test('one more: the journal names it before a commit may be only there', () => {
    expect(steps(['db-2'], { inForce: ['db-2'] })).toEqual([journal('db-2', 'db-3'), database('db-2', 'db-3')])
  })
  test('one less: the journal names it until no commit can be only there', () => {
    expect(steps(['db-2', 'db-3'], { inForce: ['db-2', 'db-3'], streaming: ['db-3'] })).toEqual([database('db-3'), journal('db-3')])
  })
  test('another one: both, as long as a commit may be on either', () => {
    expect(steps(['db-2'], { inForce: ['db-2'], streaming: ['db-3'] })).toEqual([
      journal('db-2', 'db-3'),
      database('db-3'),
      journal('db-3'),
    ])
  })
  test('to nobody: nobody may be promoted any more before writes go on alone', () => {
    expect(steps(['db-2'], { inForce: ['db-2'], streaming: [] })).toEqual([journal(), database()])
  })
  test('strict: writes wait rather than go on alone', () => {
    expect(steps(['db-2'], { inForce: ['db-2'], streaming: [] }, 'strict')).toEqual([])
  })
  test('nothing, when all is as it should be, when nobody is active, or the active one does not say so', () => {
    expect(steps(['db-2', 'db-3'], { inForce: ['db-2', 'db-3'] })).toEqual([])
    expect(steps(['db-2'], {}, 'on', null)).toEqual([])
    expect(steps(['db-2'], { activeRole: 'unknown' })).toEqual([])
  })
  test('where it was just switched on, nobody is in sync; where it is off, nobody counts', () => {
    expect(steps(null)).toEqual([journal()])
    expect(steps(null, {}, 'off')).toEqual([])
    expect(steps(['db-2'], {}, 'off')).toEqual([{ do: 'journal', inSync: null }, database()])
  })
})

describe('the keeper', () => {
  function open({ fail = 0, mayAct = () => true }: { fail?: number; mayAct?(): boolean } = {}) {
    const clock = virtualClock()
    let role: Role = { component: 'db', active: 'db-1', generation: 7, inSync: [] }
    const told: string[] = []
    const terms: (number | undefined)[] = []
    const calls: ControlCall[] = []
    let failures = fail
    let fleet = calm
    let alive = true
    const keeper = keepSync({
      catalog: catalogOf('on'),
      ...{ clock, log: silentLog, holder: 'h', mayAct, term: 3 },
      status: { of: observedIn(() => fleet), all: () => [], onChange: () => () => {} },
      journal: {
        role: async () => role,
        async setInSync(of, inSync, term) {
          terms.push(term)
          if (of.generation !== role.generation) return false
          told.push(`journal ${inSync}`)
          role = { ...role, inSync }
          return true
        },
      },
      world: {
        async health() {
          if (!alive) throw fault('target-refused', { target: 'db-1' })
          return { status: 'pass', role: 'active', generation: 6 }
        },
        async control(_: unknown, call: ControlCall) {
          calls.push(call)
          told.push(`database ${call.body?.standbys}`)
          if (failures-- > 0) throw fault('target-timeout', { target: 'db-1', timeoutMs: 5_000 })
          return { status: 'done' }
        },
      } as unknown as World,
    })
    return {
      clock,
      keeper,
      told,
      calls,
      terms,
      /** Its standbys are left alone: by an active that lives, or because it is gone. */
      alone(lives: boolean) {
        fleet = { ...calm, streaming: [], inForce: ['db-2', 'db-3'] }
        alive = lives
      },
      change(next: Partial<Role>) {
        role = { ...role, ...next }
      },
    }
  }

  test('tells each once, although the database still says what it said before', async () => {
    const { clock, told, calls, terms, keeper } = open()
    await clock.advance(2_000)
    expect(told).toEqual(['database db-2,db-3', 'journal db-2,db-3'])
    // By the generation that the active knows: a newer one would end the renewal of its lease.
    expect(calls).toMatchObject([{ action: 'sync', generation: 6, body: { turn: [3, 1] } }])
    expect(terms).toEqual([3])
    keeper.stop()
  })

  test('the journal is told nothing when the database does not answer; each pause is longer', async () => {
    const { clock, told, calls, keeper } = open({ fail: 100 })
    await clock.advance(60_000)
    expect(told.filter((one) => one.startsWith('journal'))).toEqual([])
    expect(calls.length).toBeGreaterThan(5)
    expect(calls.length).toBeLessThan(15)
    keeper.stop()
  })

  test('nobody is struck off because the active one is gone: then that is the one to promote', async () => {
    const { clock, told, keeper, alone } = open()
    await clock.advance(1_000)
    alone(false)
    await clock.advance(2_000)
    expect(told).toEqual(['database db-2,db-3', 'journal db-2,db-3'])
    alone(true)
    await clock.advance(1_000)
    expect(told.slice(2)).toEqual(['journal ', 'database '])
    keeper.stop()
  })

  test('a promotion that has begun meanwhile is chosen by what was there before', async () => {
    const { clock, told, keeper, change } = open()
    keeper.consider('db')
    change({ generation: 8 })
    await clock.advance(1)
    expect(told).not.toContain('journal db-2,db-3')
    keeper.stop()
  })

  test('does nothing while another controller leads, or when it was stopped', async () => {
    const { clock, told, keeper } = open({ mayAct: () => false })
    await clock.advance(2_000)
    expect(told).toEqual([])
    keeper.stop()
    const other = open()
    other.keeper.stop()
    await other.clock.advance(2_000)
    expect(other.told).toEqual([])
  })
})
