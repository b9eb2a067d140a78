import { beforeEach, describe, expect, test } from 'vitest'
import { sleep } from '../core/clock.ts'
import { fault } from '../core/errors.ts'
import { idMint } from '../core/ids.ts'
import type { Journal } from '../core/journal/journal.ts'
import { type MemoryJournal, openMemoryJournal } from '../core/journal/open.ts'
import { silentLog } from '../core/log.ts'
import { seededRandom } from '../core/random.ts'
import type { ActionKind, PlannedStep, Run } from '../core/runs/run.ts'
import { virtualClock } from '../test/virtual-clock.ts'
import type { ActionContext, AnyAction } from './actions/define.ts'
import { executor } from './execute.ts'
import { plannerOf } from './fixture.ts'

let clock = virtualClock()
let journal: MemoryJournal
beforeEach(async () => {
  clock = virtualClock()
  journal = await openMemoryJournal({ clock, mint: idMint(clock, seededRandom(1)) })
})

const leaseTtlMs = 10_000
const marginMs = 1_000
const stepTimeoutMs = 12_000

/** What a test's action does; `key` tells one attempt from another. */
type Apply = (context: Pick<ActionContext, 'key' | 'signal'>) => Promise<object>
type Probe = () => Promise<'done' | 'not-done' | 'unclear'>
interface Doing {
  kind?: ActionKind
  apply?: Apply
  probe?: Probe
}

/** An executor over the real journal, with one action. `slowed` stands between them, as a store that fails or is slow would. */
function controller(
  { kind = 'check-then-act', apply = async () => ({}), probe }: Doing,
  slowed: Partial<Journal> = {},
  mayAct = () => true,
) {
  const acts: { key: string; at: number }[] = []
  const asked: number[] = []
  const action: AnyAction = {
    id: 'touch',
    title: 'Touch',
    kind,
    timeoutMs: stepTimeoutMs,
    attempts: 1,
    apply(_: unknown, context: ActionContext) {
      acts.push({ key: context.key, at: clock.monotonic() })
      return apply(context)
    },
    ...(probe && {
      probe() {
        asked.push(clock.monotonic())
        return probe()
      },
    }),
  }
  const ports = {
    journal: Object.assign(Object.create(journal), slowed) as Journal,
    clock,
    catalog: plannerOf([]).catalog,
    log: silentLog,
    holder: 'two',
  }
  const nothing = null as never // no action of these tests looks at the world or at roles
  const runs = executor({
    ...ports,
    actions: new Map([['touch', action]]),
    world: nothing,
    roles: nothing,
    leaseTtlMs,
    leaseMarginMs: marginMs,
    mayAct,
  })
  /** Carries the run out, however long it takes; answers how it ended. */
  async function carryOut(run: Run) {
    let over = false
    const executed = runs.execute(run).finally(() => {
      over = true
    })
    await clock.runUntil(() => over, 600_000)
    const ours = await executed
    return { ours, ...((await journal.run(run.id)) as Run) }
  }
  return { acts, asked, carryOut, keys: () => acts.map(({ key }) => key) }
}

const step = (kind: ActionKind, more: Partial<PlannedStep> = {}): PlannedStep => ({
  name: 'touch',
  action: 'touch',
  kind,
  args: {},
  timeoutMs: stepTimeoutMs,
  attempts: 1,
  ...more,
})

async function ordered(...plan: PlannedStep[]): Promise<Run> {
  const order = {
    runbook: 'r',
    component: 'polaris',
    incident: null,
    failure: null,
    members: ['polaris-1'],
    plan,
    reason: 'a test',
    takesGeneration: false,
    by: 'aki',
  }
  return (await journal.order('polaris', () => order)) as Run
}

/** A run whose controller died in the middle of its first step. */
async function leftInTheMiddle(kind: ActionKind): Promise<{ run: Run; deadlineAt: number }> {
  const run = await ordered(step(kind))
  const claim = await journal.claim(run.id, 'one', leaseTtlMs)
  const deadlineAt = clock.now() + stepTimeoutMs
  await journal.intend(claim?.held as never, { run: run.id, seq: 0, attempt: 1, planned: step(kind), key: `${run.id}/0/1`, deadlineAt })
  journal.boot()
  await clock.advance(2_000)
  return { run, deadlineAt }
}

const lasting =
  (ms: number): Apply =>
  async () => {
    await sleep(clock, ms)
    return {}
  }
const away = () => Promise.reject(fault('store-failed', { problem: 'away', outcome: 'unknown' }))

test('the intent is in the journal before the act begins', async () => {
  const run = await ordered(step('idempotent'))
  let seen: unknown
  const look: Apply = async () => {
    seen = await journal.steps(run.id)
    return {}
  }
  const { carryOut } = controller({ kind: 'idempotent', apply: look })
  expect(await carryOut(run)).toMatchObject({ status: 'done' })
  expect(seen).toMatchObject([{ status: 'intent', key: `${run.id}/0/1` }])
})

test('a plan without steps has mended nothing', async () => {
  expect(await controller({}).carryOut(await ordered())).toMatchObject({ status: 'failed', reason: expect.stringContaining('empty') })
})

test('a step that never ends, and does not listen, has failed at its deadline', async () => {
  const { carryOut } = controller({ kind: 'idempotent', apply: () => new Promise(() => {}) })
  expect(await carryOut(await ordered(step('idempotent', { timeoutMs: 2_000 })))).toMatchObject({
    status: 'failed',
    reason: expect.stringContaining('2000 ms'),
  })
  expect(clock.monotonic()).toBeLessThan(2_100)
})

describe('a controller that may have lost its lease acts no more', () => {
  const twoSteps = () => ordered(step('idempotent'), step('idempotent'))
  /** Less than a lease, more than a lease less its margin. */
  const tooLongMs = leaseTtlMs - marginMs / 2

  test('when its renewals get no answer', async () => {
    const { carryOut, acts } = controller({ kind: 'idempotent', apply: lasting(tooLongMs) }, { renew: away })
    expect(await carryOut(await twoSteps())).toMatchObject({ ours: false, status: 'running' })
    expect(acts).toHaveLength(1)
  })

  test('when the store says that it is gone', async () => {
    const { carryOut, acts } = controller({ kind: 'idempotent', apply: lasting(5_000) }, { renew: async () => false })
    expect(await carryOut(await twoSteps())).toMatchObject({ ours: false })
    expect(acts).toHaveLength(1)
  })

  test('when the intent took too long to write', async () => {
    const intend: Journal['intend'] = async (...args) => {
      await sleep(clock, tooLongMs)
      return journal.intend(...args)
    }
    const { carryOut, acts } = controller({ kind: 'idempotent' }, { renew: away, intend })
    expect(await carryOut(await twoSteps())).toMatchObject({ ours: false })
    expect(acts).toEqual([])
  })

  test('when the answer that it has it took too long', async () => {
    const claim: Journal['claim'] = async (...args) => {
      const claimed = await journal.claim(...args)
      await sleep(clock, tooLongMs)
      return claimed
    }
    const { carryOut, acts } = controller({ kind: 'idempotent' }, { renew: away, claim })
    expect(await carryOut(await twoSteps())).toMatchObject({ ours: false })
    expect(acts).toEqual([])
  })

  test('and one that renews goes on for as long as it takes', async () => {
    const { carryOut, acts } = controller({ kind: 'idempotent', apply: lasting(11_000) })
    expect(await carryOut(await twoSteps())).toMatchObject({ ours: true, status: 'done' })
    expect(acts).toHaveLength(2)
  })
})

describe('a step that was under way when its controller died', () => {
  test.each(['read', 'idempotent'] as const)('is done again when it is %s, at once and with the same key', async (kind) => {
    const { run } = await leftInTheMiddle(kind)
    const { carryOut, acts } = controller({ kind })
    const at = clock.monotonic()
    expect(await carryOut(run)).toMatchObject({ status: 'done' })
    expect(acts).toEqual([{ key: `${run.id}/0/1`, at }])
  })

  test('that can be asked about is done, as a new attempt, only if it was not', async () => {
    const { run } = await leftInTheMiddle('check-then-act')
    const { carryOut, keys } = controller({ probe: async () => 'not-done' })
    expect(await carryOut(run)).toMatchObject({ status: 'done' })
    expect(keys(), 'under the old key the target would answer what it answered then').toEqual([`${run.id}/0/2`])
  })

  test('is believed not to be done only when its deadline has passed: until then it may still act', async () => {
    const { run, deadlineAt } = await leftInTheMiddle('check-then-act')
    const { carryOut, acts } = controller({ probe: async () => (clock.now() < deadlineAt ? 'not-done' : 'done') })
    expect(await carryOut(run)).toMatchObject({ status: 'done' })
    expect(acts).toEqual([])
  })

  test('is not done again when it was done', async () => {
    const { run } = await leftInTheMiddle('check-then-act')
    const { carryOut, acts } = controller({ probe: async () => 'done' })
    expect(await carryOut(run)).toMatchObject({ status: 'done' })
    expect(acts).toEqual([])
  })

  test.each<[string, Probe | undefined, string]>([
    ['was done', async () => 'done', 'done'],
    ['was not done', async () => 'not-done', 'failed'],
    ['may have been done', async () => 'unclear', 'unknown'],
    ['cannot be asked about', undefined, 'unknown'],
    ['is asked about in vain', () => new Promise(() => {}), 'unknown'],
  ])('and cannot be taken back, and %s, is never done again', async (_, probe, status) => {
    const { run } = await leftInTheMiddle('irreversible')
    const { carryOut, acts } = controller({ kind: 'irreversible', probe })
    expect(await carryOut(run)).toMatchObject({ status })
    expect(acts).toEqual([])
  })
})

describe('an act whose answer got lost', () => {
  const lost = () => Promise.reject(fault('target-timeout', { target: 'polaris-1', timeoutMs: 300 }))
  const twice = step('check-then-act', { attempts: 2, timeoutMs: 1_000 })

  test('is asked about, not assumed: done is done, also when it is done late', async () => {
    const { carryOut, acts } = controller({ apply: lost, probe: async () => (clock.monotonic() < 1_000 ? 'not-done' : 'done') })
    expect(await carryOut(await ordered(twice))).toMatchObject({ status: 'done' })
    expect(acts).toHaveLength(1)
  })

  test('is done again, as a new attempt, when it was not done', async () => {
    const { carryOut, keys } = controller({ apply: async ({ key }) => (key.endsWith('/1') ? lost() : {}), probe: async () => 'not-done' })
    const run = await ordered(twice)
    expect(await carryOut(run)).toMatchObject({ status: 'done' })
    expect(keys()).toEqual([`${run.id}/0/1`, `${run.id}/0/2`])
  })

  test('ends the run in doubt when nobody can say', async () => {
    const { carryOut, acts } = controller({
      apply: lost,
      probe: () => Promise.reject(fault('target-timeout', { target: 'polaris-1', timeoutMs: 300 })),
    })
    expect(await carryOut(await ordered(twice))).toMatchObject({
      status: 'unknown',
      reason: expect.stringContaining('may or may not have been done'),
    })
    expect(acts).toHaveLength(1)
  })

  test('a refusal is no doubt: nobody is asked', async () => {
    const { carryOut, acts, asked } = controller({
      apply: () => Promise.reject(fault('target-failed', { target: 'x', httpStatus: 409, code: 'no', problem: 'no' })),
      probe: async () => 'done',
    })
    expect(await carryOut(await ordered(twice))).toMatchObject({ status: 'failed' })
    expect([acts.length, asked.length]).toEqual([2, 0])
  })
})

test('who lost the lead begins nothing more, though it still holds the component', async () => {
  const run = await ordered(step('idempotent'), step('idempotent'))
  let leads = true
  const lose = async () => {
    leads = false
    return {}
  }
  const { acts, carryOut } = controller({ kind: 'idempotent', apply: lose }, {}, () => leads)
  expect(await carryOut(run)).toMatchObject({ ours: false, status: 'running' })
  expect(acts).toHaveLength(1)
})

test('who lost the lead while its intent was written does not act', async () => {
  const run = await ordered(step('idempotent'))
  let leads = true
  const intend: Journal['intend'] = async (...intent) => {
    await journal.intend(...intent)
    leads = false
  }
  const { acts, carryOut } = controller({ kind: 'idempotent' }, { intend }, () => leads)
  expect(await carryOut(run)).toMatchObject({ ours: false })
  expect(acts).toEqual([])
})

test('a look that makes another plan the right one cancels the run: nothing has failed, and nothing further is done', async () => {
  const run = await ordered(step('read'), step('idempotent', { name: 'second' }))
  const { carryOut, acts } = controller({ kind: 'read', apply: () => Promise.reject(fault('more-wal', { member: 'db-3', than: 'db-2' })) })
  expect(await carryOut(run)).toMatchObject({ status: 'cancelled', reason: 'db-3 has more WAL than db-2' })
  expect(acts).toHaveLength(1)
})

test('a later step knows what an earlier one answered, also after a crash between them', async () => {
  const run = await ordered(step('idempotent'), step('read', { name: 'second' }))
  const claim = await journal.claim(run.id, 'one', leaseTtlMs)
  const at = { run: run.id, seq: 0, attempt: 1 }
  await journal.intend(claim?.held as never, { ...at, planned: step('idempotent'), key: 'k', deadlineAt: clock.now() + 1_000 })
  await journal.outcome(claim?.held as never, { ...at, status: 'done', output: { walEnd: '0/64' } })
  journal.boot()
  const heard: unknown[] = []
  const { carryOut } = controller({
    async apply(context) {
      heard.push((context as ActionContext).earlier?.('touch'))
      return {}
    },
  })
  await carryOut(run)
  expect(heard).toEqual([{ walEnd: '0/64' }])
})
