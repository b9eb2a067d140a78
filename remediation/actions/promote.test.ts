import { describe, expect, test } from 'vitest'
import { openPair } from '../../test/pair.ts'
import { promote } from './promote.ts'

const member = 'polaris-1'

/** The context of a promotion whose order arrives, and whose answer gets lost: the member was asked how it is just before. */
async function answerLost(pair: Awaited<ReturnType<typeof openPair>>, generation: number, limits?: { timeoutMs: number }) {
  const context = pair.context(generation, limits)
  const health = await pair.through(context.world.health(member, context))
  pair.weather({ loseAnswer: 1 })
  return { ...context, world: { ...context.world, health: async () => health } }
}

test('the lease is kept from the promotion on, whatever the rest of the run waits for', async () => {
  const pair = await openPair()
  expect(await pair.through(promote.apply({ member }, pair.context(1)))).toMatchObject({ status: 'done', role: 'active', generation: 1 })
  await pair.clock.advance(20_000)
  expect(pair.isActive(member)).toBe(true)
})

test('a promotion whose answer got lost may have granted a lease: it is waited for', async () => {
  const pair = await openPair()
  await pair.clock.advance(60_000)
  const promoting = promote.apply({ member }, await answerLost(pair, 1))
  await expect(pair.through(promoting)).rejects.toMatchObject({ code: 'target-timeout' })
  expect(pair.roles.leaseEndsAt('polaris')).toBeGreaterThanOrEqual(60_000 + 2_000)
})

test('a member that does not answer is not promoted, and nothing is in doubt', async () => {
  const pair = await openPair()
  pair.cutOff(member)
  await expect(pair.through(promote.apply({ member }, pair.context(1, { timeoutMs: 500 })))).rejects.toMatchObject({ code: 'role-refused' })
})

describe('a promotion in doubt', () => {
  const probe = promote.probe as NonNullable<typeof promote.probe>

  test('was done when the member is active at this generation, and only then', async () => {
    const pair = await openPair()
    const asked = (generation: number) => pair.through(probe({ member }, pair.context(generation)))
    expect(await asked(7)).toBe('not-done')
    await pair.through(promote.apply({ member }, pair.context(7)))
    expect(await asked(7)).toBe('done')
    expect(await asked(8), 'active by an older order').toBe('not-done')
  })

  test('that was done has its lease kept from then on', async () => {
    const pair = await openPair()
    await expect(pair.through(promote.apply({ member }, await answerLost(pair, 7, { timeoutMs: 500 })))).rejects.toMatchObject({
      code: 'target-timeout',
    })
    pair.weather({})
    expect(await pair.through(probe({ member }, pair.context(7)))).toBe('done')
    await pair.clock.advance(20_000)
    expect(pair.isActive(member)).toBe(true)
  })

  test('stays in doubt while the member is silent', async () => {
    const pair = await openPair()
    pair.cutOff(member)
    expect(await pair.through(probe({ member }, pair.context(7)))).toBe('unclear')
  })
})
