import { afterEach, describe, expect, test } from 'vitest'
import type { ConfigInput } from '../core/catalog/schema.ts'
import type { MemberRole } from '../core/hooks/contract.ts'
import { idMint } from '../core/ids.ts'
import { openMemoryJournal } from '../core/journal/open.ts'
import { silentLog } from '../core/log.ts'
import { statusBoard } from '../core/probes/board.ts'
import { seededRandom } from '../core/random.ts'
import type { Run } from '../core/runs/run.ts'
import type { ShadowData } from '../core/runs/shadow.ts'
import { runbooks } from '../runbooks/registry.ts'
import { virtualClock } from '../test/virtual-clock.ts'
import type { AnyAction } from './actions/define.ts'
import { actions } from './actions/registry.ts'
import { createCommands } from './commands.ts'
import { createEngine } from './engine.ts'
import { plannerOf } from './fixture.ts'
import type { World } from './world.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

const nobody = () => Promise.reject(new Error('nobody there'))
const deaf = { control: nobody, health: nobody, look: nobody, exec: nobody } as unknown as World
const guards = { approvalTimeoutMs: 60_000 }

/** The real engine over the journal; every action succeeds, and is written down. */
async function house(config: Partial<ConfigInput> = {}, { active = 'polaris-1' }: { active?: string | null } = {}) {
  const clock = virtualClock()
  const { catalog } = plannerOf(runbooks, {}, config)
  const journal = await openMemoryJournal({ clock, mint: idMint(clock, seededRandom(1)) })
  if (active) await journal.adoptRole({ component: 'polaris', active, generation: 7 })
  const board = statusBoard({ catalog, clock, log: silentLog })
  const acted: string[] = []
  const told = (actions as readonly AnyAction[]).map((action): AnyAction => {
    const apply: AnyAction['apply'] = async (args, context) => {
      if (action.id === 'page') return action.apply(args, context)
      acted.push(`${action.id} ${args.member ?? args.to ?? ''}`.trim())
      return {}
    }
    return { ...action, apply }
  })
  const ports = {
    catalog,
    journal,
    world: deaf,
    status: board,
    clock,
    log: silentLog,
    onStoreFailure: (error: unknown) => ends.push(() => expect.unreachable(String(error))),
  }
  const start = async (holder: string) => {
    const engine = createEngine({ ...ports, holder, runbooks, actions: told })
    ends.push(engine.stop)
    await engine.start()
    return engine
  }
  let engine = await start('one')
  const see = (member: string, role: MemberRole, status: 'pass' | 'fail' = 'pass') =>
    board.put(member, { status, role, generation: 7, summary: status, health: null })
  see('polaris-1', active ? 'active' : 'standby')
  see('polaris-2', 'standby')
  const commands = createCommands({
    ...{ catalog, journal, planner: engine.planner, ownRunbooks: new Set<string>() },
    wake: (component) => engine.consider(component),
  })
  const fire = async (signal: 'exit' | 'fail' | 'warn', member = 'polaris-1', status: 'firing' | 'resolved' = 'firing') => {
    const key = `${member}/${signal}`
    await journal.ingest([{ key, component: 'polaris', member, signal, status, source: 'test', summary: signal, at: clock.now() }])
    engine.consider('polaris')
    await clock.advance(100)
  }
  return {
    ...{ clock, journal, commands, acted, see, fire },
    /** As after a crash of the controller. */
    async again() {
      await engine.stop()
      engine = await start('two')
    },
    runs: async () => (await journal.runs({}, { limit: 20 })).map((run) => `${run.runbook} ${run.answer ?? run.status}`),
    waiting: async () => (await journal.runs({ live: true }, { limit: 1 }))[0] as Run,
    pages: async () => (await journal.due(20)).map(({ payload }) => payload),
    incident: async () => (await journal.incidents({}, { limit: 1 }))[0],
    kinds: async () => (await journal.events(0, 1_000)).map(({ kind }) => kind),
  }
}

const failover = {
  guards: { ...guards, modes: { 'restart-process': 'approval', 'failover-active-standby': 'approval' } },
} satisfies Partial<ConfigInput>

describe('a runbook that needs an approval', () => {
  test('touches nothing until a person agrees, then does what was shown, in their name', async () => {
    const { fire, waiting, acted, commands, clock, runs, journal, pages } = await house(failover)
    await fire('exit')
    const run = await waiting()
    expect(run).toMatchObject({ status: 'waiting', runbook: 'restart-process', generation: 7 })
    await clock.advance(30_000)
    expect([acted, (await waiting()).id]).toEqual([[], run.id])
    expect(await pages()).toMatchObject([{ purpose: 'approval', run: run.id, urgency: 'high', plan: run.plan.map(({ name }) => name) }])
    await commands.approve(run.id, 'aki')
    await clock.advance(1_000)
    expect(acted[0]).toBe('restart polaris-1')
    expect(await runs()).toEqual(['restart-process approved'])
    expect(await journal.run(run.id)).toMatchObject({ status: 'done', approvedBy: 'aki', generation: 8 })
  })

  test('that nobody answers is given up when its time is over, and the page says so', async () => {
    const { fire, clock, runs, pages, acted, incident } = await house(failover)
    await fire('exit')
    await clock.advance(59_000)
    expect(await runs()).toEqual(['restart-process waiting'])
    await clock.advance(2_000)
    expect(await runs()).toEqual(['failover-active-standby waiting', 'restart-process timed-out'])
    await clock.advance(61_000)
    expect(await runs()).toEqual(['page done', 'failover-active-standby timed-out', 'restart-process timed-out'])
    expect((await pages()).at(-1)?.reason).toBe(
      'restart-process was not begun: nobody approved it within 60 s; failover-active-standby was not begun: nobody approved it within 60 s',
    )
    expect([acted, (await incident())?.status]).toEqual([[], 'escalated'])
    await clock.advance(600_000)
    expect(await runs(), 'nobody is asked twice').toHaveLength(3)
  })

  test('that is declined is tried no more; the next rung follows', async () => {
    const { fire, waiting, commands, runs, clock, journal } = await house(failover)
    await fire('exit')
    const run = await waiting()
    await commands.decline(run.id, 'aki', 'the disk is full, it would not start')
    await clock.advance(100)
    expect(await runs()).toEqual(['failover-active-standby waiting', 'restart-process declined'])
    expect((await journal.run(run.id))?.reason).toBe('declined by aki: the disk is full, it would not start')
  })

  test('waits on through a restart of the controller, which also ends its time', async () => {
    const { fire, waiting, again, clock, runs } = await house(failover)
    await fire('exit')
    const { id } = await waiting()
    await clock.advance(20_000)
    await again()
    await clock.advance(20_000)
    expect((await waiting()).id).toBe(id)
    await clock.advance(20_100)
    expect((await runs()).at(-1)).toBe('restart-process timed-out')
  })

  test('is taken back when what it was for has cleared, and the incident ends', async () => {
    const { fire, runs, incident, pages, clock, journal } = await house(failover)
    await fire('exit')
    await fire('exit', 'polaris-1', 'resolved')
    await clock.advance(100)
    expect(await runs()).toEqual(['restart-process withdrawn'])
    expect((await journal.runs({}, { limit: 1 }))[0]?.reason).toBe('the incident has ended: nothing fires any more')
    expect(await incident()).toMatchObject({ status: 'recovered' })
    expect(await pages()).toHaveLength(1)
  })

  test('does not keep a heavier need waiting', async () => {
    const { fire, runs, see } = await house({ guards: { ...guards, modes: { 'return-standby': 'approval' } } })
    see('polaris-2', 'unknown', 'fail')
    await fire('exit', 'polaris-2')
    expect(await runs()).toEqual(['return-standby waiting'])
    see('polaris-1', 'active', 'fail')
    await fire('exit')
    expect((await runs()).slice(-2)).toEqual(['restart-process done', 'return-standby withdrawn'])
  })
})

describe('an approval', () => {
  test('counts once: the same person is answered the same, another hears who was faster', async () => {
    const { fire, waiting, commands, clock } = await house(failover)
    await fire('exit')
    const { id } = await waiting()
    await commands.approve(id, 'aki')
    expect(await commands.approve(id, 'aki')).toMatchObject({ id, answer: 'approved' })
    await expect(commands.approve(id, 'rin')).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('aki') })
    await expect(commands.decline(id, 'rin', 'no')).rejects.toMatchObject({ code: 'conflict' })
    await clock.advance(1_000)
    await expect(commands.approve('run_none', 'rin')).rejects.toMatchObject({ code: 'not-found' })
  })

  test('comes too late for what was given up, and says what happened', async () => {
    const { fire, waiting, commands, clock } = await house(failover)
    await fire('exit')
    const { id } = await waiting()
    await clock.advance(61_000)
    await expect(commands.approve(id, 'aki')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('nobody approved it'),
    })
  })

  test.each<[string, (all: Awaited<ReturnType<typeof house>>) => unknown, string]>([
    ['automation was switched off', ({ journal }) => journal.setSwitch('global', true, 'rin', 'migration'), 'migration'],
    ['the standby is not well any more', ({ see }) => see('polaris-2', 'standby', 'fail'), 'no healthy standby'],
  ])('begins nothing when %s', async (_, change, why) => {
    const all = await house({ guards: { ...guards, modes: { 'failover-active-standby': 'approval' } } })
    const { journal, waiting, fire, commands, acted } = all
    await restartFailed(all)
    await fire('exit')
    const { id, runbook } = await waiting()
    expect(runbook).toBe('failover-active-standby')
    acted.length = 0
    // In the same breath: the engine has not looked yet.
    await Promise.all([change(all), expect(commands.approve(id, 'aki')).rejects.toMatchObject({ code: 'refused' })])
    expect(await journal.run(id)).toMatchObject({ answer: 'withdrawn', reason: expect.stringContaining(why) })
    expect(acted).toEqual([])
  })
})

test('an approval begins nothing when the plan has changed since it was shown', async () => {
  const modes = { 'restart-process': 'approval' } as const
  const { fire, waiting, commands, journal, acted, clock } = await house({ guards: { ...guards, modes } })
  await fire('fail')
  const { id, plan } = await waiting()
  // The journal holds another plan than would be made now: as after an update of the runbook while it waited.
  const changed = plan.map((step) => ({ ...step, name: `${step.name}, the old way` }))
  const answer = journal.answer.bind(journal)
  journal.answer = (run, choose) => answer(run, (found, situation) => choose({ ...found, plan: changed }, situation))
  await expect(commands.approve(id, 'aki')).rejects.toMatchObject({ code: 'refused' })
  await clock.advance(1_000)
  expect((await journal.run(id))?.reason).toContain('the plan has changed meanwhile')
  expect(acted).toEqual([])
})

test('a run that waits is not refused for what it has cost itself', async () => {
  const one = { perHour: 1, perDay: 1 }
  const budgets = { member: one, component: one, runbook: one, fleet: one }
  const { fire, waiting, commands, clock, runs } = await house({ guards: { ...guards, ...{ modes: failover.guards.modes, budgets } } })
  await fire('exit')
  await clock.advance(30_000)
  await commands.approve((await waiting()).id, 'aki')
  await clock.advance(1_000)
  expect((await runs())[0]).toBe('restart-process approved')
})

/** A restart that did not help: the next rung is the switch. */
async function restartFailed({ journal, clock }: Pick<Awaited<ReturnType<typeof house>>, 'journal' | 'clock'>) {
  const [opened] = await journal.ingest([
    {
      key: 'polaris-1/exit',
      component: 'polaris',
      member: 'polaris-1',
      signal: 'exit',
      status: 'firing',
      source: 'test',
      summary: 'exit',
      at: clock.now(),
    },
  ])
  const incident = opened?.incident as string
  const { run } = await journal.decide(incident, () => ({
    do: 'run',
    failure: 'process-exited',
    refusals: [],
    order: {
      ...{ runbook: 'restart-process', component: 'polaris', incident, failure: 'process-exited', members: ['polaris-1'] },
      ...{ plan: [], reason: 'exit', takesGeneration: false, by: 'engine' },
    },
  }))
  const claim = await journal.claim(run?.id as string, 'test', 10_000)
  if (claim) await journal.finish(claim.held, claim.run.id, { status: 'failed', reason: 'it did not start', verified: [] })
}

describe('with nobody active', () => {
  const config = { guards: { ...guards, modes: { 'appoint-active': 'approval' } } } satisfies Partial<ConfigInput>

  test('a person is asked once whether somebody may be appointed; then it is theirs', async () => {
    const { waiting, clock, runs, pages, acted } = await house(config, { active: null })
    await clock.advance(5_000)
    expect(await waiting()).toMatchObject({ runbook: 'appoint-active', mode: 'approval', incident: null })
    await clock.advance(600_000)
    expect(await runs()).toEqual(['page done', 'appoint-active timed-out'])
    expect((await pages()).at(-1)?.evidence).toContain('jidoka runbook run appoint-active --component polaris')
    expect(acted).toEqual([])
  })

  test('an approval appoints', async () => {
    const { waiting, clock, journal, commands } = await house(config, { active: null })
    await clock.advance(5_000)
    await commands.approve((await waiting()).id, 'aki')
    await clock.advance(1_000)
    expect(await journal.role('polaris')).toMatchObject({ active: 'polaris-1', generation: 1 })
  })

  test('nobody is needed any more when a member says that it is active', async () => {
    const { runs, clock, journal, see } = await house(config, { active: null })
    await clock.advance(5_000)
    see('polaris-2', 'active')
    await clock.advance(5_000)
    expect(await runs()).toEqual(['appoint-active withdrawn'])
    expect(await journal.role('polaris')).toMatchObject({ active: 'polaris-2' })
  })
})

describe('in shadow mode', () => {
  const shadow = { guards: { modes: { 'restart-process': 'shadow' } } } satisfies Partial<ConfigInput>
  const scores = async ({ journal }: Pick<Awaited<ReturnType<typeof house>>, 'journal'>) =>
    (await journal.records<ShadowData>('shadow').list({}, { limit: 10 })).map(({ data }) => data.score)

  test('a runbook only says what it would have done; the next rung acts', async () => {
    const all = await house(shadow)
    await all.fire('exit')
    await all.clock.advance(1_000)
    const refusals = (await all.journal.events(0, 1_000)).filter(({ kind }) => kind === 'incident.refused')
    expect(refusals).toMatchObject([
      { data: { runbook: 'restart-process', code: 'shadow', reason: expect.stringContaining('would have: restart polaris-1') } },
    ])
    expect((await all.runs()).at(-1)).toBe('failover-active-standby done')
    expect(all.acted[0]).toBe('fence polaris-1')
    await all.clock.advance(5_000)
    expect(await scores(all)).toEqual(['differed'])
  })

  test('it agreed with the person who ran the same', async () => {
    const all = await house({ guards: { modes: { 'restart-process': 'shadow', 'failover-active-standby': 'shadow' } } })
    await all.fire('exit')
    await all.commands.runRunbook('restart-process', 'polaris', { by: 'aki' })
    await all.clock.advance(10_000)
    expect((await scores(all)).sort()).toEqual(['agreed', 'differed'])
  })

  test('what ended by itself did not need it; what a person took in hand is not judged', async () => {
    const all = await house({ guards: { modes: { 'restart-process': 'shadow', 'failover-active-standby': 'shadow' } } })
    await all.fire('exit')
    await all.clock.advance(10_000)
    expect(await scores(all), 'it goes on').toEqual([null, null])
    await all.fire('exit', 'polaris-1', 'resolved')
    await all.clock.advance(10_000)
    expect(await scores(all)).toEqual(['needless', 'needless'])
    await all.fire('exit')
    const incident = await all.incident()
    await all.journal.resolve(incident?.id as string, 'aki', 'pulled the cable in again')
    await all.clock.advance(10_000)
    expect((await scores(all)).sort()).toEqual(['needless', 'needless', 'unscored', 'unscored'])
  })
})
