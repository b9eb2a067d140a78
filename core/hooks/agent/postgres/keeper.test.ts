import { describe, expect, test } from 'vitest'
import { virtualClock } from '../../../../test/virtual-clock.ts'
import { hardMsOf, softMsOf } from '../../../catalog/timings.ts'
import { fault } from '../../../errors.ts'
import { silentLog } from '../../../log.ts'
import type { GuardLink } from '../../guard/link.ts'
import type { WatchTarget } from '../../guard/watch.ts'
import { createRoles } from '../../kit/roles.ts'
import { type DatabasePort, keepDatabase } from './keeper.ts'

/** A database and a guard that only note what they are told, behind the kit's own role. */
function kept() {
  const clock = virtualClock()
  const said: string[] = []
  const at = () => Math.round(clock.monotonic())
  const world = {
    running: true,
    pid: 1,
    guardRefuses: null as Error | null,
    guardTakesMs: 0,
    promoteTakesMs: 10,
    promoteFails: null as Error | null,
    endsByItselfMs: 20,
  }
  const wait = (ms: number) => new Promise<void>((go) => clock.after(ms, go))
  const target = (): WatchTarget => ({ pid: world.pid, startTime: 'x', folder: '/data', host: '127.0.0.1', port: 5432 })
  const db: DatabasePort = {
    target: () => (world.running ? target() : null),
    async promote({ before, signal }) {
      said.push(`promote before ${Math.round(before)}`)
      await Promise.race([
        wait(world.promoteTakesMs),
        new Promise((_, no) => signal?.addEventListener('abort', () => no(new Error('aborted')))),
      ])
      if (world.promoteFails) throw world.promoteFails
      return {}
    },
    async end({ killAt }) {
      said.push(`end, kill at ${Math.round(killAt)}`)
      await wait(Math.min(world.endsByItselfMs, Math.max(0, killAt - clock.monotonic())))
      world.running = false
      return { receipt: 'process-reaped', pid: 1, startTime: 'x', walEnd: '0/10' }
    },
    startLater() {
      said.push('start')
      world.running = true
    },
    setFenced: (fenced) => said.push(fenced ? 'fenced' : 'unfenced'),
    setUsed: () => {},
  }
  const guard: GuardLink = {
    async arm({ softAt, hardAt, generation }) {
      await wait(world.guardTakesMs)
      if (world.guardRefuses) throw world.guardRefuses
      said.push(`arm ${generation}: ${Math.round(softAt)}, ${Math.round(hardAt)}`)
    },
    disarm: async () => void said.push('disarm'),
    alive: () => true,
    close: async () => {},
  }
  let generation = 0
  const roles = createRoles({
    member: 'db-1',
    life: 'first',
    clock,
    generation: () => generation,
    endsEarlyMs: softMsOf,
    on: keepDatabase({ member: 'db-1', db, guard, clock, log: silentLog, generation: () => generation, release: () => roles.release() }),
  })
  const send = (action: string, body: Record<string, unknown> = {}, given = generation) => {
    generation = Math.max(generation, given)
    return roles.act({ action, generation: given, key: 'k', body }).then(
      (answer) => answer as Record<string, unknown>,
      (error) => ({ code: error.code as string, text: error.message as string }),
    )
  }
  /** An order, with the time that it takes. */
  async function order(action: string, body: Record<string, unknown> = {}, given = generation, ms = 200) {
    const answer = send(action, body, given)
    await clock.advance(ms)
    return await answer
  }
  return { clock, said, at, world, roles, send, order }
}

const ttl = { leaseMs: 5_000 }

describe('the role of a database', () => {
  test('is given under a lease only, and with its deadline at the guard before it becomes writable', async () => {
    const { said, roles, order } = kept()
    expect(await order('promote', {}, 1)).toMatchObject({ code: 'role-refused' })
    expect(said).toEqual([])
    expect(await order('promote', ttl, 1)).toMatchObject({ role: 'active' })
    expect(said).toEqual(['arm 1: 4700, 5050', 'promote before 4700'])
    expect(roles.isActive()).toBe(true)
  })

  test('is not taken without a guard', async () => {
    const { said, world, roles, order } = kept()
    world.guardRefuses = fault('guard-away', { agent: 'a', problem: 'it is gone' })
    expect(await order('promote', ttl, 1)).toMatchObject({ code: 'guard-away' })
    expect(said).toEqual([])
    expect(roles.isActive()).toBe(false)
  })

  test('is not taken when the guard was waited for until the lease was over', async () => {
    const { said, world, order } = kept()
    world.guardTakesMs = 900
    expect(await order('promote', { leaseMs: 1_000 }, 1, 1_500)).toMatchObject({ code: 'role-refused' })
    expect(said).toEqual(['arm 1: 800, 950', 'disarm'])
  })

  test('is not taken by another process than the one that the guard has', async () => {
    const { said, world, send, clock } = kept()
    world.guardTakesMs = 50
    const answer = send('promote', ttl, 1)
    await clock.advance(20)
    world.pid = 2
    await clock.advance(100)
    expect(await answer).toMatchObject({ code: 'role-refused' })
    expect(said.filter((one) => one.startsWith('promote'))).toEqual([])
  })

  test('of one that may become writable too late is undone by ending it', async () => {
    const { said, world, roles, order } = kept()
    world.promoteFails = new Error('the connection broke')
    expect(await order('promote', ttl, 1)).toMatchObject({ code: 'role-refused' })
    expect(said.slice(2)).toEqual(['end, kill at 260', 'disarm', 'start'])
    expect(roles.role()).toBe('standby')
  })

  test('a fence does not wait for a promotion that hangs', async () => {
    const { said, world, send, clock, roles } = kept()
    world.promoteTakesMs = 60_000
    const promoted = send('promote', ttl, 1)
    await clock.advance(100)
    const fenced = send('fence', {}, 2)
    await clock.advance(200)
    expect(await fenced).toMatchObject({ receipt: 'process-reaped', role: 'fenced' })
    expect(await promoted).toMatchObject({ code: 'role-refused' })
    expect(roles.role()).toBe('fenced')
    expect(said.filter((one) => one.startsWith('end'))).not.toEqual([])
  })

  test('lasts longer only when the guard has moved the deadline', async () => {
    const { said, world, roles, order, clock } = kept()
    await order('promote', ttl, 1)
    world.guardRefuses = fault('guard-away', { agent: 'a', problem: 'it is gone' })
    await clock.advance(2_000)
    expect(await order('lease', { ttlMs: 5_000 })).toMatchObject({ code: 'guard-away' })
    await clock.advance(2_000)
    expect(roles.isActive()).toBe(true)
    await clock.advance(600)
    expect(roles.isActive()).toBe(false)
    expect(said.slice(2)).toEqual(['end, kill at 4850', 'disarm', 'start'])
  })

  test('a renewal moves both deadlines', async () => {
    const { said, roles, order, clock } = kept()
    await order('promote', ttl, 1)
    await clock.advance(3_800)
    expect(await order('lease', { ttlMs: 5_000 })).toMatchObject({ role: 'active' })
    await clock.advance(4_000)
    expect(roles.isActive()).toBe(true)
    expect(said[2]).toBe('arm 1: 8500, 8850')
    await clock.advance(600)
    expect(said[3]).toBe('end, kill at 8850')
  })

  test('is lost when the guard says that it has ended it', async () => {
    const { said, world, roles, order } = kept()
    await order('promote', ttl, 1)
    world.guardRefuses = fault('guard-ended', { member: 'db-1', problem: 'it was fenced' })
    expect(await order('lease', { ttlMs: 5_000 })).toMatchObject({ code: 'guard-ended' })
    expect(roles.isActive()).toBe(false)
    expect(said.slice(2)).toEqual([expect.stringMatching(/^end, kill at/), 'disarm'])
  })

  test('a demotion answers where the WAL ends, with proof, and again when it is asked again', async () => {
    const { said, order } = kept()
    await order('promote', ttl, 1)
    expect(await order('demote', {}, 2)).toMatchObject({ receipt: 'process-reaped', walEnd: '0/10', role: 'standby' })
    expect(said.slice(2)).toEqual(['end, kill at 4850', 'disarm', 'start'])
    expect(await order('demote', {}, 3)).toMatchObject({ walEnd: '0/10', role: 'standby' })
    expect(said).toHaveLength(5)
  })

  test('a demoted one is killed no later than its lease says', async () => {
    const { said, order, clock } = kept()
    await order('promote', { leaseMs: 5_000 }, 1)
    await clock.advance(4_000)
    await order('demote', { graceMs: 60_000 }, 2)
    expect(said[2]).toBe('end, kill at 4850')
  })

  test('a fence is kept before anything is done; nonsense in its order does not keep the database alive', async () => {
    const { said, order } = kept()
    expect(await order('fence', { graceMs: 'never' }, 1)).toMatchObject({ role: 'fenced', receipt: 'process-reaped' })
    expect(said.slice(0, 2)).toEqual(['fenced', 'end, kill at 250'])
  })

  test('is over before the end of the lease, sooner for a short one', () => {
    expect([softMsOf(5_000), hardMsOf(5_000)]).toEqual([500, 150])
    expect([softMsOf(2_000), hardMsOf(2_000)]).toEqual([400, 100])
    expect([softMsOf(60_000), hardMsOf(60_000)]).toEqual([500, 150])
  })
})
