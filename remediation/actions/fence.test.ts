import { describe, expect, test } from 'vitest'
import { openPair, type Pair, type PairOptions } from '../../test/pair.ts'
import { demote } from './demote.ts'
import { fence } from './fence.ts'
import { promote } from './promote.ts'

/** polaris-1 is active at generation 1, and its lease has been renewed for a while. */
async function withActive(options: PairOptions = {}): Promise<Pair> {
  const pair = await openPair(options)
  await pair.through(promote.apply({ member: 'polaris-1' }, pair.context(1)))
  await pair.clock.advance(5_000)
  expect(pair.isActive('polaris-1')).toBe(true)
  pair.sent.length = 0
  return pair
}

const member = 'polaris-1'
const fenced = (pair: Pair, more = {}) => pair.through(fence.apply({ member }, pair.context(2, more)))
const demoted = (pair: Pair, more = {}) => pair.through(demote.apply({ member }, pair.context(2, more)))

describe('a fence tells how it knows', () => {
  test('the agent has reaped the process', async () => {
    const pair = await withActive()
    expect(await fenced(pair)).toMatchObject({ receipt: 'process-reaped' })
    expect(pair.member(member).process).toBeNull()
  })

  test('the member, which has no agent, says it of itself', async () => {
    const pair = await withActive({ agents: false })
    expect(await fenced(pair)).toMatchObject({ receipt: 'member-fenced' })
    expect(pair.member(member).process?.kit.role()).toBe('fenced')
  })

  test('nobody answers: its lease has ended, and the margin has passed', async () => {
    // Longer than the patience with the agent and the member together.
    const pair = await withActive({ lease: { ttlMs: 8_000, marginMs: 500 } })
    pair.cutOff(member)
    const leaseEndsAt = pair.roles.leaseEndsAt('polaris')
    expect(await fenced(pair)).toMatchObject({
      receipt: 'lease-ended',
      by: 'lease',
      silent: [expect.stringContaining('agent'), expect.stringContaining('member')],
    })
    expect(pair.isActive(member)).toBe(false)
    expect(pair.clock.monotonic()).toBeGreaterThanOrEqual(leaseEndsAt + 500)
  })

  test('the orders get lost, and it would hear a renewal: none is sent while its lease is waited for', async () => {
    const pair = await withActive()
    pair.weather({ loseAnswer: 1 })
    pair.member(member).host.reachable = false
    const fencing = fence.apply({ member }, pair.context(2))
    await pair.clock.advance(1)
    pair.member(member).host.reachable = true
    pair.sent.length = 0
    await pair.through(fencing)
    expect(pair.sent.filter(({ action }) => action === 'lease')).toEqual([])
    expect(pair.isActive(member)).toBe(false)
  })
})

describe('a fence that does not know fails, and nobody is promoted after it', () => {
  test('nobody answers, and there is no lease that would end', async () => {
    const pair = await withActive({ lease: null })
    pair.cutOff(member)
    await expect(fenced(pair)).rejects.toMatchObject({ code: 'fence-unconfirmed' })
    expect(pair.isActive(member)).toBe(true)
  })

  test('its time is over before the lease is', async () => {
    const pair = await withActive({ lease: { ttlMs: 20_000, marginMs: 500 } })
    pair.cutOff(member)
    const abort = new AbortController()
    pair.clock.after(8_000, () => abort.abort())
    await expect(fenced(pair, { signal: abort.signal })).rejects.toMatchObject({ code: 'deadline-passed' })
  })

  test('the agent answers that it will not: that is no silence', async () => {
    const pair = await withActive()
    pair.member(member).host.agentSeen.set(member, 9)
    await expect(fenced(pair)).rejects.toMatchObject({ code: 'stale-generation' })
    expect(pair.sent.map(({ to }) => to)).toEqual(['agentOf polaris-1'])
  })
})

describe('a healthy member steps down', () => {
  test('when it is asked', async () => {
    const pair = await withActive()
    expect(await demoted(pair)).toMatchObject({ receipt: 'member-demoted' })
    expect(pair.member(member).process?.kit.role()).toBe('standby')
  })

  test('or when its lease ends, because it does not answer; it gets no renewal meanwhile', async () => {
    const pair = await withActive()
    pair.cutOff(member)
    const leaseEndsAt = pair.roles.leaseEndsAt('polaris')
    expect(await demoted(pair)).toMatchObject({ receipt: 'lease-ended' })
    expect(pair.sent.map(({ action }) => action)).toEqual(['demote'])
    expect(pair.isActive(member)).toBe(false)
    expect(pair.clock.monotonic()).toBeGreaterThanOrEqual(leaseEndsAt + 500)
  })

  test('not at all, when it refuses', async () => {
    const pair = await withActive()
    await pair.through(
      pair.world.control({ member }, { action: 'lease', generation: 9, key: 'newer', body: { ttlMs: 60_000 } }, pair.context(9)),
    )
    await expect(demoted(pair)).rejects.toMatchObject({ code: 'stale-generation' })
  })
})
