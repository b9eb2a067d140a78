import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { orderOf, step, stores, type TestJournal } from '../../test/journals.ts'
import type { Journal } from '../journal/journal.ts'
import type { PlannedStep } from '../runs/run.ts'

describe.each(stores)('who is in sync, in the journal on $name', (store) => {
  let held: TestJournal
  let journal: Journal
  beforeEach(async () => {
    held = await store.open()
    journal = held.journal
    await journal.adoptRole({ component: 'polaris', active: 'polaris-1', generation: 3 })
  })
  afterEach(() => held.close())
  afterAll(() => store.stop())

  const active = { component: 'polaris', active: 'polaris-1', generation: 3 }
  const inSync = async () => (await journal.role('polaris')).inSync ?? null
  const known = () => journal.setInSync(active, ['polaris-2'])

  /** A run whose only step sets the active member. */
  async function sets(member: string | null, takesGeneration = true): Promise<void> {
    const plan: PlannedStep[] = [{ ...step('promote'), setsActive: member }]
    const run = await journal.order('polaris', () => ({ ...orderOf(null), component: 'polaris', plan, takesGeneration }))
    if ('refuse' in run) throw new Error(run.refuse)
    const claim = await journal.claim(run.id, 'me', 10_000)
    if (!claim) throw new Error('not claimed')
    const planned = plan[0] as PlannedStep
    await journal.intend(claim.held, { run: run.id, seq: 0, attempt: 1, planned, key: 'k', deadlineAt: 1 })
    const last = { run: run.id, seq: 0, attempt: 1, status: 'done', output: null, setsActive: member } as const
    await journal.finish(claim.held, run.id, { status: 'done', reason: '', verified: [] }, last)
  }

  test('nobody counts until somebody begins to', async () => {
    expect(await inSync()).toBeNull()
    expect(await known()).toBe(true)
    expect(await inSync()).toEqual(['polaris-2'])
    expect(await journal.setInSync(active, null)).toBe(true)
    expect(await inSync()).toBeNull()
  })

  test('a fence leaves it, so that the successor is chosen by it, and nobody changes it any more', async () => {
    await known()
    await sets(null)
    expect(await inSync()).toEqual(['polaris-2'])
    expect(await journal.setInSync(active, ['polaris-3'])).toBe(false)
    expect(await journal.setInSync({ ...active, generation: 4 }, ['polaris-3'])).toBe(false)
    expect(await inSync()).toEqual(['polaris-2'])
  })

  test('before a promotion its run counts the successor alone, at the generation that it took', async () => {
    await known()
    await sets(null)
    const { generation } = await journal.role('polaris')
    expect(await journal.setInSync({ component: 'polaris', active: null, generation: generation - 1 }, ['polaris-2'])).toBe(false)
    expect(await journal.setInSync({ component: 'polaris', active: null, generation }, ['polaris-2'])).toBe(true)
    expect(await inSync()).toEqual(['polaris-2'])
    await sets('polaris-2')
    expect(await journal.setInSync({ component: 'polaris', active: null, generation: generation + 1 }, [])).toBe(false)
  })

  test('with a promotion nobody is in sync with the new active', async () => {
    await known()
    await sets('polaris-2')
    expect(await inSync()).toEqual([])
  })

  test('where nobody counts, a promotion does not begin to', async () => {
    await sets('polaris-2')
    expect(await inSync()).toBeNull()
  })

  test('once a newer generation was given out it is refused', async () => {
    await known()
    await sets('polaris-1')
    expect(await journal.setInSync(active, ['polaris-2'])).toBe(false)
    expect(await inSync()).toEqual([])
  })
})
