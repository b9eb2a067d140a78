import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { intentOf, outcomeOf, stores, type TestJournal, underWay } from '../../test/journals.ts'
import type { Claim } from '../journal/journal.ts'

/** The same controller may take a lease twice; what it began under the first must not be written under the second. */
describe.each(stores)('the fence of a lease on $name', (store) => {
  let held: TestJournal
  beforeEach(async () => {
    held = await store.open()
  })
  afterEach(() => held.close())
  afterAll(() => store.stop())

  test('refuses each write under an older fence, also of the same holder', async () => {
    const { journal } = held
    const { run, claim } = await underWay(journal)
    await journal.intend(claim.held, intentOf(run))
    const again = (await journal.claim(run.id, claim.held.holder, 10_000)) as Claim
    const lost = { code: 'lease-lost' }
    await expect(journal.outcome(claim.held, outcomeOf(run))).rejects.toMatchObject(lost)
    await expect(journal.intend(claim.held, intentOf(run, 1))).rejects.toMatchObject(lost)
    await expect(journal.intend(claim.held, intentOf(run, 1), outcomeOf(run))).rejects.toMatchObject(lost)
    await expect(journal.finish(claim.held, run.id, { status: 'failed', reason: 'no', verified: [] })).rejects.toMatchObject(lost)
    expect(await journal.renew(claim.held, 10_000)).toBe(false)
    expect(await journal.steps(run.id)).toMatchObject([{ status: 'intent' }])
    await journal.intend(again.held, intentOf(run, 1), outcomeOf(run))
    expect(await journal.steps(run.id)).toMatchObject([{ status: 'done' }, { status: 'intent', fence: again.held.fence }])
  })
})
