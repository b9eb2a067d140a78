import { beforeEach, describe, expect, test } from 'vitest'
import type { CommandOptions } from '../core/api/ports.ts'
import { idMint } from '../core/ids.ts'
import { type MemoryJournal, openMemoryJournal } from '../core/journal/open.ts'
import { seededRandom } from '../core/random.ts'
import type { PlannedStep } from '../core/runs/run.ts'
import { runbooks } from '../runbooks/registry.ts'
import { virtualClock } from '../test/virtual-clock.ts'
import { createCommands } from './commands.ts'
import { plannerOf, type Seen } from './fixture.ts'

let clock = virtualClock()
let journal: MemoryJournal
let woken: string[]
beforeEach(async () => {
  clock = virtualClock()
  journal = await openMemoryJournal({ clock, mint: idMint(clock, seededRandom(1)) })
  await journal.adoptRole({ component: 'polaris', active: 'polaris-1', generation: 7 })
  woken = []
})

const aki = { by: 'aki', dryRun: false } satisfies CommandOptions
function commands(seen: Record<string, Seen> = {}) {
  const planner = plannerOf(runbooks, seen)
  return createCommands({ catalog: planner.catalog, journal, planner, ownRunbooks: new Set(), wake: (component) => woken.push(component) })
}
const orders = () => journal.runs({}, { limit: 10 })

describe('an order by a person', () => {
  test('is queued with what he said, and the engine wakes', async () => {
    const answer = await commands().act('polaris', 'failover', { ...aki, reason: 'new kernel' })
    expect(answer).toMatchObject({
      kind: 'run',
      run: { runbook: 'failover-active-standby', status: 'queued', by: 'aki', reason: 'new kernel', generation: 8 },
    })
    expect(woken).toEqual(['polaris'])
    const [run] = await orders()
    expect(
      run?.plan.map((step) => step.name),
      'a healthy active is asked, not fenced',
    ).toEqual(['demote polaris-1', 'promote polaris-2', 'route polaris-2', 'verify polaris-2'])
  })

  test('does not need automation to be on, nor a cool-down to be over', async () => {
    await journal.setSwitch('global', true, 'rin', 'by hand today')
    expect(await commands().act('polaris', 'restart', aki)).toMatchObject({ kind: 'run' })
  })

  test('that is dry answers the plan, and starts nothing', async () => {
    expect(await commands().act('polaris', 'failover', { ...aki, dryRun: true })).toMatchObject({
      kind: 'plan',
      steps: [{ name: 'demote polaris-1' }, {}, {}, {}],
    })
    expect([await orders(), woken]).toEqual([[], []])
  })
})

describe('what is unsafe stays refused, whoever asks', () => {
  test.each<[string, Record<string, Seen>, string, CommandOptions, string]>([
    ['a switch to a standby that is not well', { 'polaris-2': { status: 'fail' } }, 'failover', aki, 'standby-healthy'],
    [
      'a switch to a standby that lags',
      { 'polaris-2': { lag: { observedValue: 900, status: 'fail' } } },
      'failover',
      aki,
      'standby-caught-up',
    ],
    ['to bring the active member back as standby', {}, 'return-standby', { ...aki, member: 'polaris-1' }, 'active-elsewhere'],
    ['what mends a finding of a guardian, which is begun by its approval', {}, 'expire-logs', aki, 'finding'],
    ['to switch away from a member that is not active', {}, 'failover', { ...aki, member: 'polaris-2' }, 'wrong-member'],
  ])('%s', async (_, seen, action, options, code) => {
    expect(await commands(seen).act('polaris', action, options)).toMatchObject({ kind: 'refused', code, reason: expect.any(String) })
    expect(await orders()).toEqual([])
  })

  test('a second order while the first is under way', async () => {
    await commands().act('polaris', 'restart', aki)
    expect(await commands().act('polaris', 'failover', aki)).toMatchObject({ kind: 'refused', code: 'live-run' })
    expect(await orders()).toHaveLength(1)
  })

  test('a switch while nobody is known to be active', async () => {
    await journal.reset()
    expect(await commands().act('polaris', 'failover', aki)).toMatchObject({ kind: 'refused', code: 'active-known' })
  })
})

test('an action, a runbook or a component that is not there is a coded error', async () => {
  await expect((async () => commands().act('polaris', 'explode', aki))()).rejects.toMatchObject({ code: 'unknown-action' })
  await expect(commands().runRunbook('explode', 'polaris', aki)).rejects.toMatchObject({ code: 'not-found' })
  await expect(commands().act('unheard-of', 'restart', aki)).rejects.toMatchObject({ code: 'not-found' })
})

test('a person who calls for help again, in the same words, is heard again', async () => {
  for (let times = 1; times <= 2; times++) {
    const answer = await commands().act('polaris', 'page', aki)
    if (answer.kind !== 'run') throw new Error('it is refused')
    const [page] = answer.run.plan as [PlannedStep]
    const { dedupe, payload } = page.args as { dedupe: string; payload: object }
    await journal.post({ channel: 'page', dedupe, incident: null, payload: { ...payload } })
    const claim = await journal.claim(answer.run.id, 'one', 10_000)
    await journal.finish(claim?.held as never, answer.run.id, { status: 'done', reason: 'called', verified: [] })
    expect(await journal.due(10)).toHaveLength(times)
    await clock.advance(60_000)
  }
})

test('of a pool with several members, one must be named', async () => {
  expect(await commands().act('dipper', 'restart', aki)).toMatchObject({ kind: 'refused', code: 'member-needed' })
  expect(await commands().act('dipper', 'restart', { ...aki, member: 'dipper-2' })).toMatchObject({
    kind: 'run',
    run: { members: ['dipper-2'] },
  })
})
