import { describe, expect, test } from 'vitest'
import type { Member } from '../core/catalog/schema.ts'
import { openPair, type Pair } from '../test/pair.ts'
import { promote } from './actions/promote.ts'

const member = 'polaris-1'
const role = { component: 'polaris', active: member, generation: 1 }
const renewals = (pair: Pair) => pair.sent.filter(({ action }) => action === 'lease')

async function withActive(): Promise<Pair> {
  const pair = await openPair()
  await pair.through(promote.apply({ member }, pair.context(1)))
  await pair.clock.advance(10_000)
  return pair
}

/** Goes to the moment in which the controller believes that every lease has ended. */
async function whenLeaseHasEnded({ clock, roles }: Pair, keeper = roles): Promise<void> {
  await clock.advance(Math.max(0, keeper.leaseEndsAt('polaris') - clock.monotonic()))
}

test('a role is renewed three times in a lease, until it is released', async () => {
  const pair = await withActive()
  expect(renewals(pair).length).toBeGreaterThanOrEqual(14)
  expect(pair.isActive(member)).toBe(true)
  pair.roles.release('polaris')
  await pair.clock.advance(2_000)
  expect(pair.isActive(member)).toBe(false)
})

describe('the end of the lease, as the controller knows it, is never before that of the member', () => {
  test('when a renewal got no answer: it may have arrived', async () => {
    const pair = await withActive()
    pair.weather({ loseAnswer: 1 })
    await pair.clock.advance(700)
    const last = renewals(pair).at(-1)?.at as number
    expect(pair.clock.monotonic() - last, 'one was sent, and its answer is lost').toBeLessThan(700)
    pair.roles.release('polaris')
    expect(pair.roles.leaseEndsAt('polaris')).toBeGreaterThanOrEqual(last + 2_000)
    await whenLeaseHasEnded(pair)
    expect(pair.isActive(member)).toBe(false)
  })

  test('when the first renewal of a new life was long under way, and the member gives no stamps: it counts it from its arrival', async () => {
    const pair = await withActive()
    pair.roles.stop()
    const next = pair.newKeeper({ health: async () => ({ status: 'pass' }) })
    pair.weather({ slow: 1, minMs: 10, maxMs: 10 })
    next.keep(role)
    await pair.clock.advance(550)
    pair.cutOff(member)
    next.release('polaris')
    await whenLeaseHasEnded(pair, next)
    expect(pair.isActive(member)).toBe(false)
  })

  test('when it has renewed nothing yet: its former life may have, just before it died', async () => {
    const pair = await withActive()
    await pair.clock.runUntil(() => renewals(pair).at(-1)?.at === pair.clock.monotonic())
    pair.roles.stop()
    await pair.clock.advance(5)
    pair.cutOff(member)
    await whenLeaseHasEnded(pair, pair.newKeeper())
    expect(pair.isActive(member)).toBe(false)
  })
})

describe('what may come to the switch is not put off', () => {
  test('by renewals to a member that is silent and seen to fail', async () => {
    const pair = await withActive()
    pair.cutOff(member)
    pair.seen[member] = { status: 'fail' }
    pair.sent.length = 0
    await pair.clock.advance(10_000)
    expect(renewals(pair).length, 'until its silence is known').toBeLessThanOrEqual(2)
    expect(pair.roles.leaseEndsAt('polaris')).toBeLessThan(pair.clock.monotonic())
  })

  test('by renewals to a silent database: one at most, also before anybody has seen that it is silent', async () => {
    const pair = await withActive()
    pair.roles.stop()
    const postgres = { bin: '/bin', data: '/data', port: 1 } as Member['postgres']
    const component = { ...pair.component, members: pair.component.members.map((one) => ({ ...one, postgres })) }
    const next = pair.newKeeper({}, { component: () => component })
    next.keep(role)
    await pair.clock.advance(10_000)
    expect(pair.isActive(member)).toBe(true)
    pair.cutOff(member)
    pair.seen[member] = { status: 'pass' }
    pair.sent.length = 0
    await pair.clock.advance(10_000)
    expect(renewals(pair).length).toBeLessThanOrEqual(1)
    expect(next.leaseEndsAt('polaris')).toBeLessThan(pair.clock.monotonic())
    next.stop()
  })

  test('by a renewal that the kernel refused: it surely did not arrive', async () => {
    const pair = await withActive()
    const before = pair.roles.leaseEndsAt('polaris')
    pair.hosts.exit(pair.member(member), 'code 1')
    await pair.clock.advance(10_000)
    expect(pair.roles.leaseEndsAt('polaris')).toBeLessThanOrEqual(before + 700)
  })
})

test('a member that is seen again is renewed again', async () => {
  const pair = await withActive()
  pair.cutOff(member)
  pair.seen[member] = { status: 'fail' }
  await pair.clock.advance(1_000)
  pair.member(member).host.reachable = true
  pair.seen[member] = { status: 'pass' }
  await pair.clock.advance(10_000)
  expect(pair.isActive(member)).toBe(true)
})

test('a member that says that it is not the active one is told of', async () => {
  const pair = await withActive()
  await pair.through(pair.world.control({ member }, { action: 'demote', generation: 1, key: 'by hand' }, pair.context(1)))
  await pair.clock.advance(1_000)
  expect(pair.lost).toContain('polaris')
})

describe('who leads among several controllers', () => {
  test('counts on what the leader before may still renew, also after renewals of its own', async () => {
    const pair = await withActive()
    const earlierMs = 8_000
    const next = pair.newKeeper({}, {}, { earlierMs })
    const before = pair.clock.monotonic()
    next.keep(role)
    await pair.clock.advance(1_000)
    next.release('polaris')
    // The old one did not hear that it leads no more.
    expect(next.leaseEndsAt('polaris')).toBeGreaterThanOrEqual(before + earlierMs + 2_000)
  })

  test('goes on after its term for as long as it may, and ends then by itself', async () => {
    const pair = await withActive()
    pair.roles.stop()
    let may = true
    const old = pair.newKeeper({}, {}, { mayRenew: () => may })
    old.keep(role)
    await pair.clock.advance(1_000)
    old.linger()
    await pair.clock.advance(5_000)
    expect(pair.isActive(member)).toBe(true)
    may = false
    await pair.clock.advance(1_000)
    may = true
    const sent = renewals(pair).length
    await pair.clock.advance(5_000)
    expect(renewals(pair)).toHaveLength(sent)
  })

  test('and does not lead any more, renews nothing', async () => {
    const pair = await withActive()
    pair.roles.stop()
    let leads = true
    const old = pair.newKeeper({}, {}, { mayRenew: () => leads })
    old.keep(role)
    await pair.clock.advance(1_000)
    leads = false
    const sent = renewals(pair).length
    await pair.clock.advance(5_000)
    expect(renewals(pair)).toHaveLength(sent)
    expect(pair.isActive(member)).toBe(false)
    old.stop()
  })
})
