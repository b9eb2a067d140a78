import { describe, expect, it } from 'vitest'
import { virtualClock } from '../../../test/virtual-clock.ts'
import type { Clock } from '../../clock.ts'
import { createRoles, type HookCallback } from './roles.ts'

function member(on: Record<string, HookCallback> = {}, clock: Clock = virtualClock()) {
  let generation = 0
  const roles = createRoles({ member: 'polaris-1', life: 'first', clock, on, generation: () => generation })
  const act = (action: string, given: number, body: Record<string, unknown> = {}) => {
    generation = Math.max(generation, given)
    return roles.act({ action, generation: given, key: 'k', body }).then(
      (answer) => ('role' in answer ? answer.role : null),
      (error) => error.code,
    )
  }
  return {
    roles,
    act,
    hear: (newer: number) => {
      generation = newer
    },
  }
}

describe('the role of a member', () => {
  it('goes from standby to active and back, and only unfence leads out of the fence', async () => {
    const { act } = member()
    expect(await act('promote', 1)).toBe('active')
    expect(await act('promote', 1)).toBe('active')
    expect(await act('demote', 2)).toBe('standby')
    expect(await act('demote', 2)).toBe('standby')
    expect(await act('fence', 3)).toBe('fenced')
    expect(await act('promote', 4)).toBe('role-refused')
    expect(await act('demote', 4)).toBe('fenced')
    expect(await act('unfence', 4)).toBe('standby')
    expect(await act('unfence', 4)).toBe('standby')
    expect(await act('promote', 5)).toBe('active')
  })

  it('is prolonged, not made active once more, when an active one is promoted again', async () => {
    const asked: string[] = []
    const note: HookCallback = ({ action }) => void asked.push(action)
    const { act } = member({ promote: note, lease: note })
    expect(await act('promote', 1, { leaseMs: 1_000 })).toBe('active')
    expect(await act('promote', 1, { leaseMs: 1_000 })).toBe('active')
    expect(asked).toEqual(['promote', 'lease'])
  })

  it('stays as it was when the service refuses to be promoted or unfenced', async () => {
    const no = () => {
      throw new Error('no')
    }
    const { roles, act } = member({ promote: no, unfence: no })
    expect(await act('promote', 1)).toBe('role-refused')
    expect(roles.role()).toBe('standby')
    await act('fence', 2)
    expect(await act('unfence', 2)).toBe('role-refused')
    expect(roles.role()).toBe('fenced')
  })

  it('changes first and calls after when it leaves, so that nothing is served meanwhile', async () => {
    const seen: string[] = []
    const { roles, act } = member({
      demote: () => {
        seen.push(roles.role())
      },
      fence: () => {
        seen.push(roles.role())
        throw new Error('no')
      },
    })
    await act('promote', 1)
    const demoting = act('demote', 2)
    expect(roles.isActive()).toBe(false)
    await demoting
    await act('promote', 3)
    expect(await act('fence', 4)).toBe('step-down-failed')
    expect(roles.role()).toBe('fenced')
    expect(seen).toEqual(['standby', 'fenced'])
  })

  it('is fenced at once while a promotion is under way, and undoes it after', async () => {
    const log: string[] = []
    const gate = Promise.withResolvers<void>()
    const { roles, act } = member({
      promote: async () => {
        await gate.promise
        log.push('promoted')
      },
      fence: () => {
        log.push('fenced')
      },
    })
    const promoting = act('promote', 1)
    const fencing = act('fence', 2)
    expect(roles.role()).toBe('fenced')
    gate.resolve()
    expect([await promoting, await fencing]).toEqual(['role-refused', 'fenced'])
    expect(log).toEqual(['promoted', 'fenced'])
    expect(roles.role()).toBe('fenced')
  })

  it('is fenced by an order of the same generation too, which then was the later one', async () => {
    const gate = Promise.withResolvers<void>()
    const { roles, act } = member({ promote: () => gate.promise })
    const promoting = act('promote', 1)
    const fencing = act('fence', 1)
    gate.resolve()
    expect([await promoting, await fencing]).toEqual(['role-refused', 'fenced'])
    expect(roles.role()).toBe('fenced')
  })

  it('does not end a promotion when a newer generation was heard of meanwhile', async () => {
    const causes: string[] = []
    const gate = Promise.withResolvers<void>()
    const { roles, act, hear } = member({
      promote: () => gate.promise,
      demote: ({ cause }) => {
        causes.push(cause)
      },
    })
    const promoting = act('promote', 1)
    hear(2)
    gate.resolve()
    expect(await promoting).toBe('role-refused')
    expect(roles.isActive()).toBe(false)
    await Promise.resolve()
    expect(causes).toEqual(['overtaken'])
  })
})

describe('the role lease', () => {
  it('ends without renewal, and the service is told', async () => {
    const clock = virtualClock()
    const causes: string[] = []
    const { roles, act } = member(
      {
        demote: ({ cause }) => {
          causes.push(cause)
        },
      },
      clock,
    )
    await act('promote', 1, { leaseMs: 2_000 })
    await clock.advance(1_500)
    expect(await act('lease', 1, { ttlMs: 2_000 })).toBe('active')
    await clock.advance(1_999)
    expect(roles.role()).toBe('active')
    await clock.advance(1)
    expect(causes).toEqual(['lease-ended'])
    expect(roles.role()).toBe('standby')
    expect(await act('lease', 1, { ttlMs: 2_000 })).toBe('not-active')
  })

  it('is refused by a thawed process before any timer fires', async () => {
    let now = 0
    const frozen: Clock = { now: () => now, monotonic: () => now, after: () => () => {} }
    const { roles, act } = member({}, frozen)
    await act('promote', 1, { leaseMs: 2_000 })
    now = 1_999
    expect(roles.isActive()).toBe(true)
    now = 60_000
    // A renewal that waited in the socket while the process was frozen must not bring the role back.
    expect(await act('lease', 1, { ttlMs: 2_000 })).toBe('not-active')
    expect(roles.isActive()).toBe(false)
  })

  it('has ended for whoever asks a thawed process first, before it serves anything', async () => {
    let now = 0
    const frozen: Clock = { now: () => now, monotonic: () => now, after: () => () => {} }
    const { roles, act } = member({}, frozen)
    await act('promote', 1, { leaseMs: 2_000 })
    now = 2_000
    expect(roles.isActive()).toBe(false)
    expect(roles.role()).toBe('standby')
  })

  it('is prolonged from the moment that a renewal tells of, however late it arrives', async () => {
    const clock = virtualClock()
    const { roles, act } = member({}, clock)
    await act('promote', 1, { leaseMs: 2_000 })
    const since = roles.stamp()
    await clock.advance(1_500)
    expect(await act('lease', 1, { ttlMs: 2_000, since })).toBe('active')
    await clock.advance(499)
    expect(roles.isActive()).toBe(true)
    await clock.advance(1)
    expect(roles.isActive()).toBe(false)
  })

  it.each(['soon', 1e9, 'second/0', 'first/1000'])('refuses to count from %j', async (since) => {
    const { act } = member()
    await act('promote', 1, { leaseMs: 2_000 })
    expect(await act('lease', 1, { ttlMs: 2_000, since })).toBe('bad-request')
  })

  it('counts from the stamp that a promotion carries: one that a frozen process reads when it thaws comes too late', async () => {
    const clock = virtualClock()
    const { roles, act } = member({}, clock)
    const since = roles.stamp()
    await clock.advance(2_001)
    expect(await act('promote', 1, { leaseMs: 2_000, since })).toBe('role-refused')
    expect(await act('promote', 1, { since, withinMs: 2_000 })).toBe('role-refused')
    expect(roles.isActive()).toBe(false)
    expect(await act('promote', 1, { since, withinMs: 5_000 })).toBe('active')
  })

  it('counts from the arrival of the promotion, so that a slow one is not active past what was granted', async () => {
    const clock = virtualClock()
    const causes: string[] = []
    const gate = Promise.withResolvers<void>()
    const { roles, act } = member(
      {
        promote: () => gate.promise,
        demote: ({ cause }) => {
          causes.push(cause)
        },
      },
      clock,
    )
    const promoting = act('promote', 1, { leaseMs: 2_000 })
    await clock.advance(2_000)
    gate.resolve()
    expect(await promoting).toBe('role-refused')
    expect(roles.isActive()).toBe(false)
    expect(causes).toEqual(['lease-ended'])
  })

  it('is renewed by a promotion of the one that is active already', async () => {
    const clock = virtualClock()
    const { roles, act } = member({}, clock)
    await act('promote', 1, { leaseMs: 1_000 })
    await clock.advance(900)
    expect(await act('promote', 1, { leaseMs: 1_000 })).toBe('active')
    await clock.advance(900)
    expect(roles.isActive()).toBe(true)
  })

  it.each([{}, { ttlMs: 0 }, { ttlMs: -1 }, { ttlMs: 1.5 }, { ttlMs: '1000' }, { ttlMs: 1e12 }])('refuses the time %j', async (body) => {
    const { act } = member()
    await act('promote', 1)
    expect(await act('lease', 1, body)).toBe('bad-request')
  })

  it('does not stand in the way of an active member that was given none', async () => {
    const clock = virtualClock()
    const { roles, act } = member({}, clock)
    await act('promote', 1)
    await clock.advance(86_400_000)
    expect(roles.isActive()).toBe(true)
  })
})
