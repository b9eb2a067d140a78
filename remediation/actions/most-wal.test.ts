import { afterEach, describe, expect, test } from 'vitest'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import { fault } from '../../core/errors.ts'
import type { ControlCall, Health } from '../../core/hooks/contract.ts'
import type { Json, Role } from '../../core/runs/run.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import type { World } from '../world.ts'
import { catchUp } from './catch-up.ts'
import { checkpoint } from './checkpoint.ts'
import type { ActionContext } from './define.ts'
import { mostWal } from './most-wal.ts'
import { rejoin } from './rejoin.ts'

/** What the standbys say; null: nothing. */
let positions: Record<string, number | null> = {}
let roles: Record<string, Health['role']> = {}
let timelines: Record<string, number> = {}
let inSync: string[] | null = null
let streaming: string[] = []
/** They answer, and have no database that runs; whether there ever was one. */
let without: Record<string, 'stopped' | 'missing'> = {}
let synchronous: 'off' | 'on' = 'off'
let demoted: Json | undefined
let calls: ControlCall[] = []
let answer: () => Promise<{ status: 'done' }> = async () => ({ status: 'done' })
afterEach(() => {
  positions = {}
  roles = {}
  timelines = {}
  inSync = null
  streaming = []
  without = {}
  synchronous = 'off'
  demoted = undefined
  calls = []
  answer = async () => ({ status: 'done' })
})

function bench(timeoutMs = 2_000) {
  const clock = virtualClock()
  const abort = new AbortController()
  clock.after(timeoutMs, () => abort.abort())
  const catalog = indexCatalog(
    configSchema.parse({
      components: [{ id: 'db', replication: { synchronous }, members: ['db-1', 'db-2', 'db-3'].map((id) => ({ id })) }],
    }),
  )
  const world = {
    async health(member: string): Promise<Health> {
      const none = without[member]
      if (none) {
        const checks: Health['checks'] = none === 'missing' ? { 'database:missing': [{ observedValue: true }] } : {}
        return { status: 'fail', role: 'standby', generation: 7, checks }
      }
      const position = positions[member] ?? null
      if (position === null) throw fault('target-timeout', { target: member, timeoutMs: 1 })
      const checks = {
        'wal:position': [{ observedValue: position }],
        'wal:timeline': [{ observedValue: timelines[member] ?? 1 }],
        'replication:state': [{ observedValue: streaming.includes(member) ? 'streaming' : 'waiting' }],
      }
      return { status: 'pass', role: roles[member] ?? 'standby', generation: 7, checks }
    },
    async control(_target: unknown, call: ControlCall) {
      calls.push(call)
      return answer()
    },
  } as unknown as World
  const context = {
    ...{ world, clock, component: catalog.component('db'), generation: 8, key: 'k', timeoutMs, signal: abort.signal },
    role: async (): Promise<Role> => ({ component: 'db', active: null, generation: 8, inSync }),
    earlier: (action: string) => (action === 'demote' ? demoted : undefined),
  } as unknown as ActionContext
  async function through<T>(work: Promise<T>): Promise<T> {
    let over = false
    const ended = work.finally(() => {
      over = true
    })
    ended.catch(() => {}) // awaited below
    await clock.runUntil(() => over, 60_000)
    return ended
  }
  return { clock, context, through }
}

const args = { member: 'db-2', among: ['db-2', 'db-3'], wasActive: false }
const compared = (over = {}) => {
  const { context, through } = bench()
  return through(mostWal.apply({ ...args, ...over }, context))
}

describe('before one is promoted, what all have is compared', () => {
  test('nobody has more', async () => {
    positions = { 'db-2': 100, 'db-3': 100 }
    expect(await compared()).toEqual({ positions: { 'db-2': 100, 'db-3': 100 } })
  })

  test('one in sync that still copies an old active gets what is acknowledged there: nobody is promoted beside it', async () => {
    positions = { 'db-2': 100, 'db-3': 100 }
    inSync = ['db-2', 'db-3']
    streaming = ['db-3']
    await expect(compared()).rejects.toMatchObject({ code: 'wal-unknown', message: expect.stringContaining('db-3') })
    streaming = ['db-2']
    expect(await compared()).toMatchObject({ positions: { 'db-2': 100 } })
  })

  test('nobody was counted, though a promotion before may have taken effect: everybody must answer', async () => {
    synchronous = 'on'
    positions = { 'db-2': 100, 'db-3': 100 }
    await expect(compared()).rejects.toMatchObject({ code: 'wal-unknown', message: expect.stringContaining('db-1') })
    positions = { 'db-1': 120, 'db-2': 100, 'db-3': 100 }
    await expect(compared()).rejects.toMatchObject({ code: 'more-wal' })
    synchronous = 'off'
    positions = { 'db-2': 100, 'db-3': 100 }
    expect(await compared()).toMatchObject({ positions: { 'db-2': 100 } })
  })

  test('where nobody was counted, one that does not run is asked again until it does; one that never had a database has nothing', async () => {
    synchronous = 'on'
    positions = { 'db-2': 100, 'db-3': 100 }
    without = { 'db-1': 'stopped' }
    await expect(compared()).rejects.toMatchObject({ code: 'wal-unknown', message: expect.stringContaining('db-1') })
    without = { 'db-1': 'missing' }
    expect(await compared()).toMatchObject({ positions: { 'db-1': null, 'db-2': 100 } })
  })

  test('another one has more: it is decided anew', async () => {
    positions = { 'db-2': 100, 'db-3': 101 }
    await expect(compared()).rejects.toMatchObject({ code: 'more-wal', message: expect.stringMatching(/^db-3 has more WAL than db-2/) })
  })

  test('one on an older timeline, or fenced, is no better choice, however much it has', async () => {
    positions = { 'db-2': 100, 'db-3': 900 }
    timelines = { 'db-2': 2 }
    expect(await compared()).toHaveProperty('positions')
    timelines = {}
    roles = { 'db-3': 'fenced' }
    expect(await compared()).toHaveProperty('positions')
  })

  test('who is silent is not waited for, but for the one who is to be promoted', async () => {
    positions = { 'db-2': 100, 'db-3': null }
    expect(await compared()).toHaveProperty('positions')
    positions = { 'db-2': null, 'db-3': 100 }
    await expect(compared()).rejects.toMatchObject({ code: 'wal-unknown' })
  })
})

describe('where acknowledged commits are counted', () => {
  test('each that may be the only one with the last of them must answer', async () => {
    inSync = ['db-2', 'db-3']
    positions = { 'db-2': 100, 'db-3': null }
    await expect(compared()).rejects.toMatchObject({ code: 'wal-unknown', message: expect.stringContaining('db-3') })
  })

  test('one that is not in sync (any more) is not promoted', async () => {
    positions = { 'db-2': 100, 'db-3': 100 }
    inSync = ['db-3']
    await expect(compared()).rejects.toMatchObject({ code: 'wal-unknown' })
    inSync = []
    await expect(compared()).rejects.toMatchObject({ code: 'wal-unknown' })
  })

  test('what others have beyond those in sync was never acknowledged', async () => {
    inSync = ['db-2']
    positions = { 'db-2': 100, 'db-3': 900 }
    expect(await compared()).toEqual({ positions: { 'db-2': 100 } })
  })

  test('the one that was active until now has them all', async () => {
    inSync = ['db-9']
    positions = { 'db-2': 100, 'db-3': 90 }
    expect(await compared({ wasActive: true })).toHaveProperty('positions')
  })
})

describe('a standby catches up with the active that has stepped down', () => {
  const catching = (timeoutMs?: number) => {
    const { clock, context, through } = bench(timeoutMs)
    return { clock, done: through(catchUp.apply({ ...args, of: 'db-1' }, context)) }
  }

  test('until it has the last of it', async () => {
    demoted = { walEnd: '1/0000064' }
    positions = { 'db-2': 2 ** 32 + 99 }
    const { clock, done } = catching()
    clock.after(300, () => {
      positions['db-2'] = 2 ** 32 + 100
    })
    expect(await done).toEqual({ position: 2 ** 32 + 100, end: 2 ** 32 + 100 })
    expect(clock.monotonic()).toBeGreaterThanOrEqual(300)
  })

  test('or the old one gets its role back', async () => {
    demoted = { walEnd: '0/65' }
    positions = { 'db-2': 100, 'db-3': 900 }
    await expect(catching().done).rejects.toMatchObject({
      code: 'more-wal',
      message: expect.stringMatching(/^db-1 has more WAL than db-2/),
    })
  })

  test('and where the old one said nothing, only what is counted and compared is promoted', async () => {
    demoted = { receipt: 'lease-ended' }
    positions = { 'db-2': 100, 'db-3': 101 }
    await expect(catching().done).rejects.toMatchObject({ code: 'more-wal', message: expect.stringMatching(/^db-3/) })
  })
})

test('a checkpoint is asked for at the generation that the active knows, or its lease would be renewed no more while it lasts', async () => {
  positions = { 'db-1': 1 }
  const { context, through } = bench()
  await through(checkpoint.apply({ member: 'db-1' }, context))
  expect(calls).toMatchObject([{ action: 'checkpoint', generation: 7 }])
})

test('a copy that takes long goes on at the agent, and nothing heavier waits for it; a refusal is a refusal', async () => {
  const { context, through } = bench()
  answer = () => Promise.reject(fault('target-timeout', { target: 'x', timeoutMs: 3_000 }))
  expect(await through(rejoin.apply({ member: 'db-2', primary: 'db-1', rebuild: true }, context))).toHaveProperty('goesOn')
  expect(calls).toMatchObject([{ action: 'rejoin', body: { primary: 'db-1', rebuild: true } }])
  answer = () => Promise.reject(fault('target-failed', { target: 'x', httpStatus: 409, code: 'conflict', problem: 'busy' }))
  expect(await through(rejoin.apply({ member: 'db-2', primary: 'db-1', rebuild: false }, context))).toHaveProperty('goesOn')
  answer = () => Promise.reject(fault('target-refused', { target: 'x' }))
  await expect(through(rejoin.apply({ member: 'db-2', primary: 'db-1', rebuild: false }, context))).rejects.toMatchObject({
    code: 'target-refused',
  })
})
