import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  alert,
  intentOf,
  kinds,
  leaseMs,
  orderOf,
  outcomeOf,
  step,
  stores,
  type TestJournal,
  toRun,
  underWay,
} from '../../test/journals.ts'
import type { Run } from '../runs/run.ts'
import type { Claim, Decision, Journal, Situation } from './journal.ts'

/** Every behaviour of the journal, on each store. */
describe.each(stores)('the journal on $name', (store) => {
  let held: TestJournal
  let journal: Journal
  beforeEach(async () => {
    held = await store.open()
    journal = held.journal
  })
  afterEach(() => held.close())
  afterAll(() => store.stop())

  const lost = { code: 'lease-lost' }
  const count = async (table: string) => Number((await held.query(`select count(*) as n from ${table}`))[0]?.n)

  describe('a decision', () => {
    test('sees all that it may look at, and is recorded with its reason', async () => {
      await journal.ingest([
        alert('polaris-1', { at: 5 }),
        alert('polaris-2', { at: 3, signal: 'exit' }),
        alert('dipper-1', { component: 'dipper' }),
      ])
      await journal.setSwitch('polaris', true, 'aki', 'at work on it')
      const [incident] = await journal.incidents({ component: 'polaris' }, { limit: 10 })
      const seen: Situation[] = []
      const { decision, run } = await journal.decide(incident?.id as string, (situation) => {
        seen.push(situation)
        return { do: 'wait', failure: 'hung', reason: 'automation is off' }
      })
      expect(decision).toMatchObject({ do: 'wait', reason: 'automation is off' })
      expect(run).toBeNull()
      expect(seen).toMatchObject([
        {
          now: held.clock.now(),
          incident: { component: 'polaris', failure: 'unknown', status: 'open' },
          alerts: [{ member: 'polaris-2' }, { member: 'polaris-1' }],
          role: { component: 'polaris', active: null, generation: 0 },
          history: [],
          liveRun: null,
          switchedOff: { scope: 'polaris', off: true, by: 'aki' },
          suspected: 2,
        },
      ])
      expect(await journal.incident(incident?.id as string)).toMatchObject({ failure: 'hung', reason: 'automation is off', status: 'open' })
    })

    test('to run queues the run, mends the incident and tells each rung that was refused', async () => {
      const [opened] = await journal.ingest([alert('polaris-1')])
      const id = opened?.incident as string
      const { run } = await journal.decide(id, ({ incident }) => ({
        do: 'run',
        failure: 'hung',
        refusals: [{ runbook: 'restart-process', code: 'cooldown', reason: 'too soon' }],
        order: orderOf(incident.id, { runbook: 'failover-active-standby' }),
      }))
      expect(run).toMatchObject({
        status: 'queued',
        runbook: 'failover-active-standby',
        generation: 0,
        startedAt: null,
        plan: orderOf(id).plan,
      })
      expect(await journal.run(run?.id as string)).toEqual(run)
      expect(await journal.incident(id)).toMatchObject({ status: 'mending', failure: 'hung', endedAt: null })
      expect(await kinds(journal, id)).toEqual(['incident.opened', 'incident.classified', 'incident.refused', 'run.queued'])
    })

    test('for help does not count as mending', async () => {
      const [opened] = await journal.ingest([alert('polaris-1')])
      await journal.decide(opened?.incident as string, toRun({ runbook: 'page' }))
      expect(await journal.incident(opened?.incident as string)).toMatchObject({ status: 'open' })
    })

    test('to wait is told once per reason', async () => {
      const [opened] = await journal.ingest([alert('polaris-1')])
      const id = opened?.incident as string
      const wait = (reason: string) => (): Decision => ({ do: 'wait', failure: 'hung', reason })
      for (const reason of ['a', 'a', 'b', 'b', 'a']) await journal.decide(id, wait(reason))
      expect((await kinds(journal, id)).filter((kind) => kind === 'incident.waiting')).toHaveLength(3)
    })

    test('is not asked for when the incident has ended or was never there', async () => {
      const [opened] = await journal.ingest([alert('polaris-1')])
      await journal.ingest([alert('polaris-1', { status: 'resolved' })])
      const never = () => expect.unreachable()
      expect((await journal.decide(opened?.incident as string, never)).decision).toMatchObject({
        do: 'wait',
        reason: expect.stringContaining('ended'),
      })
      expect((await journal.decide('inc_none', never)).decision).toMatchObject({ do: 'wait', reason: expect.stringContaining('inc_none') })
    })

    test('to close ends an incident where nothing is under way', async () => {
      const [opened] = await journal.ingest([alert('polaris-1')])
      const id = opened?.incident as string
      await journal.decide(id, () => ({ do: 'close', failure: 'unknown', reason: 'nothing fires any more' }))
      expect(await journal.incident(id)).toMatchObject({ status: 'recovered', endedAt: held.clock.now() })
    })

    test('that fails leaves nothing behind', async () => {
      const [opened] = await journal.ingest([alert('polaris-1')])
      const before = await journal.lastEvent()
      const failing = journal.decide(opened?.incident as string, () => {
        throw new Error('a bug of the planner')
      })
      await expect(failing, 'told as it is: the store has nothing to do with it').rejects.toThrow(/^a bug of the planner$/)
      expect(await journal.lastEvent()).toBe(before)
      // The store goes on.
      expect((await journal.decide(opened?.incident as string, toRun())).run).not.toBeNull()
    })
  })

  describe('one run per component', () => {
    test('a second one is not started while the first is live, whoever asks', async () => {
      const { incident, run } = await underWay(journal)
      const again = await journal.decide(incident, toRun())
      expect(again).toMatchObject({ decision: { do: 'wait', reason: 'restart-process is under way' }, run: null })
      expect(await journal.order('polaris', () => orderOf(null))).toMatchObject({ refuse: expect.stringContaining(run.id) })
      expect(await count('run')).toBe(1)
      expect(await journal.order('dipper', () => orderOf(null, { component: 'dipper' }))).toMatchObject({
        component: 'dipper',
        status: 'queued',
      })
    })

    test('and the store itself would refuse one', async () => {
      await underWay(journal)
      const copy =
        "insert into run select 'run_z', runbook, component, incident, failure, members, plan, reason, ordered_by, 'queued', generation, created_at, null, null, mode, waits_until, approved_by, answer from run"
      await expect(held.query(copy)).rejects.toThrow(/unique/i)
    })

    test('the history is in their order, also when the clock stands still or goes back', async () => {
      const made: string[] = []
      for (let i = 0; i < 30; i++) {
        if (i === 15) held.clock.jump(-60_000)
        const run = (await journal.order('polaris', () => orderOf(null))) as Run
        const claim = (await journal.claim(run.id, 'one', leaseMs)) as Claim
        await journal.finish(claim.held, run.id, { status: 'failed', reason: 'no', verified: [] })
        made.unshift(run.id)
      }
      let seen: string[] = []
      await journal.order('polaris', ({ history }) => {
        seen = history.map(({ id }) => id)
        return { refuse: 'only looking' }
      })
      expect(seen).toEqual(made)
    })

    test('an order may be refused by its own choice', async () => {
      expect(await journal.order('polaris', ({ role }) => ({ refuse: `nobody of generation ${role.generation}` }))).toEqual({
        refuse: 'nobody of generation 0',
      })
      expect(await journal.lastEvent()).toBe(0)
    })
  })

  describe('generations', () => {
    test('one is burnt for each run that gives the role away, whether it succeeds or not', async () => {
      const order = async () => {
        const run = await journal.order('polaris', () => orderOf(null, { takesGeneration: true }))
        if ('refuse' in run) throw new Error(run.refuse)
        const claim = await journal.claim(run.id, 'one', leaseMs)
        await journal.finish(claim?.held as never, run.id, { status: 'failed', reason: 'no', verified: [] })
        return run.generation
      }
      expect([await order(), await order(), await order()]).toEqual([1, 2, 3])
      expect(await journal.role('polaris')).toEqual({ component: 'polaris', active: null, generation: 3 })
    })

    test('a run that gives nothing away carries the newest', async () => {
      await journal.adoptRole({ component: 'polaris', active: 'polaris-1', generation: 7 })
      expect(await journal.order('polaris', () => orderOf(null))).toMatchObject({ generation: 7 })
    })

    test('what the members say is adopted only where nobody is known, and never takes the generation back', async () => {
      await journal.adoptRole({ component: 'polaris', active: 'polaris-1', generation: 7 })
      await journal.adoptRole({ component: 'polaris', active: 'polaris-2', generation: 9 })
      expect(await journal.role('polaris')).toEqual({ component: 'polaris', active: 'polaris-1', generation: 7 })
      const { run, claim } = await underWay(journal, { takesGeneration: true })
      await journal.intend(claim.held, intentOf(run))
      await journal.outcome(claim.held, outcomeOf(run, 0, { setsActive: null }))
      await journal.adoptRole({ component: 'polaris', active: 'polaris-2', generation: 3 })
      expect(await journal.role('polaris'), 'a run is about to change it').toMatchObject({ active: null })
      await journal.finish(claim.held, run.id, { status: 'failed', reason: 'no', verified: [] })
      await journal.adoptRole({ component: 'polaris', active: 'polaris-2', generation: 3 })
      expect(await journal.role('polaris')).toEqual({ component: 'polaris', active: 'polaris-2', generation: 8 })
      expect(await journal.roles()).toHaveLength(1)
    })
  })

  describe('a lease', () => {
    test('is taken with a higher fence each time, also by its own holder', async () => {
      const { run, claim } = await underWay(journal)
      expect(claim).toMatchObject({
        held: { resource: 'component:polaris', holder: 'one', fence: 1 },
        run: { status: 'running', startedAt: held.clock.now() },
        steps: [],
      })
      expect(await journal.claim(run.id, 'two', leaseMs), 'somebody else holds it').toBeNull()
      expect((await journal.claim(run.id, 'one', leaseMs))?.held.fence).toBe(2)
    })

    test('is free for others when it has ended, not before', async () => {
      const { run } = await underWay(journal)
      await held.pass(0.9 * leaseMs)
      expect(await journal.claim(run.id, 'two', leaseMs)).toBeNull()
      await held.pass(0.15 * leaseMs)
      expect((await journal.claim(run.id, 'two', leaseMs))?.held).toMatchObject({ holder: 'two', fence: 2 })
      expect(await kinds(journal)).toContain('run.resumed')
    })

    test('is renewed only by who holds it now', async () => {
      const { run, claim } = await underWay(journal)
      await held.pass(0.9 * leaseMs)
      expect(await journal.renew(claim.held, leaseMs)).toBe(true)
      await held.pass(0.9 * leaseMs)
      expect(await journal.claim(run.id, 'two', leaseMs)).toBeNull()
      await held.pass(0.2 * leaseMs)
      expect(await journal.renew(claim.held, leaseMs), 'it has ended').toBe(false)
      const two = (await journal.claim(run.id, 'two', leaseMs)) as Claim
      expect(await journal.renew(claim.held, leaseMs), 'somebody else has it').toBe(false)
      expect(await journal.renew(two.held, leaseMs)).toBe(true)
      expect(await journal.renew({ ...two.held, fence: 1 }, leaseMs), 'an older fence').toBe(false)
    })

    test('is free again when the run has ended; its fence stays, and the run cannot be taken', async () => {
      const { run, claim } = await underWay(journal)
      await journal.finish(claim.held, run.id, { status: 'done', reason: 'well', verified: [] })
      expect(await journal.claim(run.id, 'one', leaseMs)).toBeNull()
      expect(await held.query('select holder, fence from lease')).toEqual([{ holder: '', fence: 1 }])
    })
  })

  describe('steps', () => {
    test('are written before and after, and come back with the claim', async () => {
      const { run, claim, incident } = await underWay(journal)
      await journal.intend(claim.held, intentOf(run, 0))
      await journal.outcome(claim.held, outcomeOf(run, 0, { status: 'failed', output: { error: 'no' } }))
      await journal.intend(claim.held, intentOf(run, 0, 2))
      await journal.intend(claim.held, intentOf(run, 1), outcomeOf(run, 0, { attempt: 2, setsActive: 'polaris-2' }))
      const again = await journal.claim(run.id, 'one', leaseMs)
      expect(again?.steps).toMatchObject([
        { seq: 0, attempt: 1, status: 'failed', output: { error: 'no' }, endedAt: held.clock.now() },
        {
          seq: 0,
          attempt: 2,
          status: 'done',
          output: { ok: true },
          fence: 1,
          key: `${run.id}/0/2`,
          input: { member: 'polaris-1' },
          deadlineAt: 5_000,
        },
        { seq: 1, attempt: 1, status: 'intent', output: null, endedAt: null, kind: 'read', name: 'verify polaris-1' },
      ])
      expect(await journal.steps(run.id)).toEqual(again?.steps)
      expect(await journal.role('polaris')).toMatchObject({ active: 'polaris-2' })
      expect((await kinds(journal, incident)).slice(4)).toEqual([
        'step.intent',
        'step.failed',
        'step.intent',
        'step.done',
        'role.changed',
        'step.intent',
        'run.resumed',
      ])
    })

    test('tell the step by its name', async () => {
      const { run, claim, incident } = await underWay(journal)
      await journal.intend(claim.held, intentOf(run))
      await journal.outcome(claim.held, outcomeOf(run))
      const events = await journal.events(0, 100, { incident })
      expect(events.at(-1)).toMatchObject({
        kind: 'step.done',
        run: run.id,
        component: 'polaris',
        data: { name: 'restart polaris-1', action: 'restart', seq: 0, attempt: 1 },
      })
    })

    test('of a holder that has been overtaken are refused, and leave nothing', async () => {
      const { run, claim } = await underWay(journal)
      await journal.intend(claim.held, intentOf(run))
      await held.pass(1.1 * leaseMs)
      const two = await journal.claim(run.id, 'two', leaseMs)
      const before = await journal.lastEvent()
      await expect(journal.intend(claim.held, intentOf(run, 1))).rejects.toMatchObject(lost)
      await expect(journal.intend(claim.held, intentOf(run, 1), outcomeOf(run))).rejects.toMatchObject(lost)
      await expect(journal.outcome(claim.held, outcomeOf(run, 0, { setsActive: 'polaris-2' }))).rejects.toMatchObject(lost)
      await expect(
        journal.finish(
          claim.held,
          run.id,
          { status: 'done', reason: 'well', incident: 'recovered', verified: ['polaris-1'] },
          outcomeOf(run),
        ),
      ).rejects.toMatchObject(lost)
      expect(await journal.lastEvent()).toBe(before)
      expect(await journal.steps(run.id)).toMatchObject([{ status: 'intent' }])
      expect(await journal.role('polaris')).toMatchObject({ active: null })
      expect(await journal.run(run.id)).toMatchObject({ status: 'running' })
      await journal.outcome(two?.held as never, outcomeOf(run))
    })

    test('of a holder whose lease has ended are refused, also when nobody took it', async () => {
      const { run, claim } = await underWay(journal)
      await held.pass(leaseMs + 1)
      await expect(journal.intend(claim.held, intentOf(run))).rejects.toMatchObject(lost)
      await expect(journal.finish(claim.held, run.id, { status: 'failed', reason: 'no', verified: [] })).rejects.toMatchObject(lost)
      expect(await count('step')).toBe(0)
    })

    test('of an earlier hold of the same holder, or of somebody who only knows the fence, are refused', async () => {
      const { run, claim } = await underWay(journal)
      const again = (await journal.claim(run.id, 'one', leaseMs)) as Claim
      for (const stale of [claim.held, { ...again.held, holder: 'two' }]) {
        await expect(journal.intend(stale, intentOf(run))).rejects.toMatchObject(lost)
        await expect(journal.outcome(stale, outcomeOf(run))).rejects.toMatchObject(lost)
        await expect(journal.finish(stale, run.id, { status: 'failed', reason: 'no', verified: [] })).rejects.toMatchObject(lost)
        expect(await journal.renew(stale, 60_000)).toBe(false)
      }
      await journal.intend(again.held, intentOf(run))
    })

    test('have one outcome', async () => {
      const { run, claim } = await underWay(journal)
      await journal.intend(claim.held, intentOf(run))
      await journal.outcome(claim.held, outcomeOf(run))
      await expect(journal.outcome(claim.held, outcomeOf(run, 0, { status: 'failed' }))).rejects.toMatchObject(lost)
      await expect(journal.intend(claim.held, intentOf(run))).rejects.toMatchObject({ code: 'conflict' })
      expect(await journal.steps(run.id)).toMatchObject([{ status: 'done' }])
    })

    test('keep whatever text a target gave back', async () => {
      const { run, claim } = await underWay(journal)
      await journal.intend(claim.held, intentOf(run))
      const output = { said: 'a\u0000b "c" \\ \ud83d\ude80 \n' }
      await journal.outcome(claim.held, outcomeOf(run, 0, { output }))
      expect((await journal.steps(run.id))[0]?.output).toEqual(output)
    })
  })

  describe('the end of a run', () => {
    test('ends the incident, its alerts and its last step in one commit', async () => {
      const { run, claim, incident } = await underWay(journal)
      await journal.intend(claim.held, intentOf(run))
      await journal.finish(
        claim.held,
        run.id,
        { status: 'done', reason: 'verified', incident: 'recovered', verified: ['polaris-1'] },
        outcomeOf(run, 0, { setsActive: 'polaris-1' }),
      )
      expect(await journal.run(run.id)).toMatchObject({ status: 'done', reason: 'verified', endedAt: held.clock.now() })
      expect(await journal.incident(incident)).toMatchObject({ status: 'recovered', reason: 'verified', endedAt: held.clock.now() })
      expect(await journal.alertsOf(incident)).toMatchObject([{ member: 'polaris-1', status: 'resolved' }])
      expect(await journal.role('polaris')).toMatchObject({ active: 'polaris-1' })
      expect((await kinds(journal, incident)).slice(-4)).toEqual(['step.done', 'role.changed', 'run.finished', 'incident.recovered'])
      expect((await journal.ingest([alert('polaris-1', { status: 'resolved' })]))[0]).toMatchObject({ result: 'ignored' })
      expect((await journal.ingest([alert('polaris-1')]))[0], 'when it fires again, that is a new one').toMatchObject({ result: 'opened' })
    })

    test('does not end the incident while another member fires', async () => {
      const { run, claim, incident } = await underWay(journal)
      await journal.ingest([alert('polaris-2')])
      await journal.finish(claim.held, run.id, { status: 'done', reason: 'verified', incident: 'recovered', verified: ['polaris-1'] })
      expect(await journal.incident(incident)).toMatchObject({ status: 'mending', endedAt: null })
      expect((await journal.decide(incident, toRun({ members: ['polaris-2'] }))).run).not.toBeNull()
    })

    test('that failed leaves the incident to be decided anew, with the run in its history', async () => {
      const { run, claim, incident } = await underWay(journal)
      await journal.finish(claim.held, run.id, { status: 'failed', reason: 'it did not start', verified: [] })
      expect(await journal.incident(incident)).toMatchObject({ status: 'mending', endedAt: null })
      let seen: Situation | undefined
      await journal.decide(incident, (situation) => {
        seen = situation
        return { do: 'wait', failure: 'hung', reason: 'x' }
      })
      expect(seen?.history).toMatchObject([{ id: run.id, status: 'failed', reason: 'it did not start' }])
    })

    test('that failed while everything became well by itself ends the incident', async () => {
      const { run, claim, incident } = await underWay(journal)
      await journal.ingest([alert('polaris-1', { status: 'resolved' })])
      expect(await journal.incident(incident), 'a run is under way').toMatchObject({ status: 'mending' })
      await journal.finish(claim.held, run.id, { status: 'failed', reason: 'no', verified: [] })
      expect(await journal.incident(incident)).toMatchObject({ status: 'recovered' })
    })

    test('in doubt stays with the incident, also when nothing fires: a person decides', async () => {
      const { run, claim, incident } = await underWay(journal)
      await journal.ingest([alert('polaris-1', { status: 'resolved' })])
      await journal.finish(claim.held, run.id, { status: 'unknown', reason: 'who knows', verified: [] })
      expect(await journal.incident(incident)).toMatchObject({ status: 'mending', endedAt: null })
    })

    test('of the page runbook escalates; all clear resolves it later', async () => {
      const { run, claim, incident } = await underWay(journal, { runbook: 'page' })
      await journal.finish(claim.held, run.id, { status: 'done', reason: 'aki was called', incident: 'escalated', verified: [] })
      expect(await journal.incident(incident)).toMatchObject({ status: 'escalated', reason: 'aki was called', endedAt: null })
      await journal.ingest([alert('polaris-1', { status: 'resolved' })])
      expect(await journal.incident(incident)).toMatchObject({ status: 'resolved', endedAt: held.clock.now() })
    })

    test('without an incident needs none', async () => {
      const run = await journal.order('polaris', () => orderOf(null, { by: 'aki' }))
      if ('refuse' in run) throw new Error(run.refuse)
      const claim = await journal.claim(run.id, 'one', 1_000)
      await journal.finish(claim?.held as never, run.id, { status: 'done', reason: 'well', incident: 'recovered', verified: ['polaris-1'] })
      expect(await journal.run(run.id)).toMatchObject({ status: 'done', incident: null, by: 'aki' })
    })
  })

  describe('a person', () => {
    test('resolves an incident; what fires again is a new one', async () => {
      const [opened] = await journal.ingest([alert('polaris-1')])
      const id = opened?.incident as string
      expect(await journal.resolve(id, 'aki', 'a false alarm')).toBe(true)
      expect(await journal.resolve(id, 'aki', 'again')).toBe(false)
      expect(await journal.resolve('inc_none', 'aki', 'what?')).toBe(false)
      expect(await journal.incident(id)).toMatchObject({ status: 'resolved', reason: 'aki: a false alarm' })
      expect((await journal.ingest([alert('polaris-1')]))[0]).toMatchObject({ result: 'opened' })
    })

    test('switches automation off and on again', async () => {
      await journal.setSwitch('global', true, 'aki', 'storm')
      await journal.setSwitch('polaris', true, 'aki', 'work')
      const seen: (string | undefined)[] = []
      const look = () =>
        journal.order('polaris', ({ switchedOff }) => {
          seen.push(switchedOff?.scope)
          return { refuse: 'only looking' }
        })
      await look()
      await journal.setSwitch('global', false, 'aki', 'over')
      await look()
      await journal.setSwitch('polaris', false, 'aki', 'over')
      await look()
      expect(seen).toEqual(['global', 'polaris', undefined])
      expect(await journal.switches()).toMatchObject([
        { scope: 'global', off: false, reason: 'over' },
        { scope: 'polaris', off: false },
      ])
      expect(await kinds(journal)).toEqual(['switch.off', 'switch.off', 'switch.on', 'switch.on'])
    })
  })

  describe('messages', () => {
    const page = (dedupe: string) => ({
      channel: 'page' as const,
      dedupe,
      incident: 'inc_1',
      payload: { component: 'polaris', urgency: 'high' },
    })

    test('are put out once per dedupe key, and taken oldest first', async () => {
      for (const dedupe of ['a', 'b', 'a', 'c']) await journal.post(page(dedupe))
      expect(await journal.due(2)).toMatchObject([{ dedupe: 'a', attempts: 0, payload: { urgency: 'high' } }, { dedupe: 'b' }])
      expect((await journal.due(10)).map((entry) => entry.dedupe)).toEqual(['a', 'b', 'c'])
      expect(await kinds(journal)).toEqual(['page.queued', 'page.queued', 'page.queued'])
    })

    test('come again after a failure when their time has come, and never after they were sent', async () => {
      await journal.post(page('a'))
      const [entry] = await journal.due(1)
      await journal.settle(entry?.id as number, { sent: false, problem: 'away', nextAt: held.clock.now() + 5_000 })
      expect(await journal.due(1)).toEqual([])
      await held.clock.advance(5_000)
      expect(await journal.due(1)).toMatchObject([{ dedupe: 'a', attempts: 1 }])
      await journal.settle(entry?.id as number, { sent: true })
      await journal.settle(entry?.id as number, { sent: false, problem: 'late', nextAt: 0 })
      expect(await journal.due(1)).toEqual([])
      await journal.post(page('a'))
      expect(await journal.due(1), 'a sent one is not put out again').toEqual([])
      expect(await kinds(journal, 'inc_1')).toEqual(['page.queued', 'page.failed', 'page.sent'])
    })

    test('that fail for long do not fill the timeline', async () => {
      await journal.post(page('a'))
      const [entry] = await journal.due(1)
      for (let i = 0; i < 25; i++) await journal.settle(entry?.id as number, { sent: false, problem: 'away', nextAt: 0 })
      expect((await kinds(journal)).filter((kind) => kind === 'page.failed')).toHaveLength(3)
    })
  })

  describe('what is read', () => {
    test('comes in pages, newest first', async () => {
      for (let i = 0; i < 5; i++) {
        await journal.ingest([alert('m', { component: `c${i}` })])
        await journal.order(`c${i}`, () => orderOf(null, { component: `c${i}` }))
        await held.clock.advance(1)
      }
      const first = await journal.incidents({}, { limit: 2 })
      const second = await journal.incidents({}, { limit: 10, after: first.at(-1)?.id as string })
      expect([...first, ...second].map((incident) => incident.component)).toEqual(['c4', 'c3', 'c2', 'c1', 'c0'])
      await journal.resolve(first[0]?.id as string, 'aki', 'x')
      expect((await journal.incidents({ open: true }, { limit: 10 })).map((incident) => incident.component)).toEqual([
        'c3',
        'c2',
        'c1',
        'c0',
      ])
      expect(await journal.incidents({ open: true, component: 'c4' }, { limit: 10 })).toEqual([])
      expect(await journal.incidents({ component: 'c4' }, { limit: 10 })).toHaveLength(1)
      expect((await journal.runs({ live: true }, { limit: 3 })).map((run) => run.component)).toEqual(['c4', 'c3', 'c2'])
      expect(await journal.runs({ component: 'c1', live: true }, { limit: 3 })).toHaveLength(1)
      expect(await journal.runs({ incident: 'inc_none' }, { limit: 3 })).toEqual([])
      expect(await journal.runs({ incident: 'inc_none', component: 'c1' }, { limit: 3 })).toEqual([])
    })

    test('what is not there is null', async () => {
      expect(await journal.incident('inc_none')).toBeNull()
      expect(await journal.run('run_none')).toBeNull()
      expect(await journal.claim('run_none', 'one', 1_000)).toBeNull()
      await expect(
        journal.intend({ resource: 'component:x', holder: 'one', fence: 1 }, intentOf({ id: 'run_none', plan: [step('x')] } as never)),
      ).rejects.toMatchObject({ code: 'not-found' })
    })
  })

  describe('the order of things', () => {
    test('is that of the commits, and a subscriber keeps its place', async () => {
      await Promise.all(Array.from({ length: 40 }, (_, i) => journal.note('member.changed', { component: 'polaris' }, { i })))
      const events = await journal.events(0, 1_000)
      expect(events.map((event) => event.data.i)).toEqual(Array.from({ length: 40 }, (_, i) => i))
      expect(events.every((event, at) => at === 0 || event.seq > (events[at - 1]?.seq ?? 0))).toBe(true)
      expect(await journal.lastEvent()).toBe(events.at(-1)?.seq)
      expect(await journal.events(events[10]?.seq as number, 5)).toEqual(events.slice(11, 16))
      expect(await journal.cursor('board')).toBeNull()
      await journal.advance('board', 7)
      await journal.advance('board', 3)
      expect(await journal.cursor('board')).toBe(7)
    })

    test('a listener wakes after the commit, and a failing one harms nobody', async () => {
      let woken = 0
      const stopBad = journal.onCommit(() => {
        throw new Error('a bug of a listener')
      })
      const stop = journal.onCommit(() => woken++)
      await journal.note('x', {}, {})
      expect(woken).toBe(1)
      await journal.ingest([alert('polaris-1', { status: 'resolved' })])
      expect(woken, 'nothing was appended').toBe(1)
      stop()
      stopBad()
      await journal.note('x', {}, {})
      expect(woken).toBe(1)
    })

    test('nothing is taken after the end', async () => {
      const one = await store.open()
      const under = one.journal.note('x', {}, {})
      await one.close()
      await under
      await expect(one.journal.note('x', {}, {})).rejects.toMatchObject({ code: 'store-failed' })
    })
  })
})
