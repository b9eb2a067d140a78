import { expect, test } from 'vitest'
import { openPair, type Pair } from '../../test/pair.ts'
import { promote } from './promote.ts'
import { verify } from './verify.ts'

const member = 'polaris-1'
/** As the executor does it: aborted when its time is over. */
function verified(pair: Pair, role: 'active' | 'standby' | null, generation: number, timeoutMs = 3_000) {
  const abort = new AbortController()
  pair.clock.after(timeoutMs, () => abort.abort())
  return pair.through(verify.apply({ member, role }, pair.context(generation, { timeoutMs, signal: abort.signal })))
}

test('a member that answers and is in its role is well', async () => {
  const pair = await openPair()
  expect(await verified(pair, 'standby', 1)).toMatchObject({ looks: 1 })
  expect(await verified(pair, null, 1)).toMatchObject({ looks: 1 })
})

test('it is looked at again until it is', async () => {
  const pair = await openPair()
  pair.clock.after(500, () => void promote.apply({ member }, pair.context(2)))
  expect(await verified(pair, 'active', 2)).toMatchObject({ looks: expect.any(Number), ms: expect.any(Number) })
  expect(pair.isActive(member)).toBe(true)
})

test('one that answers in another role is not well, nor is one that is active by an older order', async () => {
  const pair = await openPair()
  await expect(verified(pair, 'active', 1)).rejects.toMatchObject({ code: 'not-verified', message: expect.stringContaining('standby') })
  await pair.through(promote.apply({ member }, pair.context(1)))
  await expect(verified(pair, 'active', 2)).rejects.toMatchObject({
    code: 'not-verified',
    message: expect.stringContaining('generation 1'),
  })
})

test('one whose process ended again is given up at once', async () => {
  const pair = await openPair()
  pair.hosts.exit(pair.member(member), 'code 1')
  const from = pair.clock.monotonic()
  await expect(verified(pair, null, 1, 15_000)).rejects.toMatchObject({
    code: 'not-verified',
    message: expect.stringContaining('ended again'),
  })
  expect(pair.clock.monotonic() - from).toBeLessThan(1_000)
})
