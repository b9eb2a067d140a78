import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { dayMs, hourMs } from '../../core/calendar.ts'
import { stores, type TestJournal } from '../../test/journals.ts'
import type { Decision, FixEnd } from '../desk.ts'
import { ebs } from '../ebs/guardian.ts'
import { type FindingsHouse, type FindingsPorts, openFindingsDesk } from './desk.ts'
import type { FixPort } from './fix.ts'
import { coverage, place, reported, reportOf, smallCatalog } from './fixture.ts'

describe.each(stores)('decisions about findings on $name', (store) => {
  let held: TestJournal
  let desk: FindingsHouse
  const open = (over: Partial<FindingsPorts> = {}) =>
    openFindingsDesk({ ...held, catalog: smallCatalog(), guardians: [ebs], personOf: () => null, ...over })
  beforeEach(async () => {
    held = await store.open()
    desk = open()
  })
  afterEach(() => held.close())
  afterAll(() => store.stop())

  const now = () => held.clock.now()
  let runs = 0
  /** Scans that see these, and what they opened or brought back. */
  const scan = async (...names: string[]) => {
    await held.clock.advance(1)
    return desk.ingest(
      reportOf(
        `run-${++runs}`,
        now(),
        names.map((name) => reported(name, { owner: 'Aki Tanaka' })),
      ),
    )
  }
  const one = async () => (await scan('a')).opened[0] as string
  const kinds = async () => (await held.journal.events(0, 1_000)).map(({ kind }) => kind).filter((kind) => !/[.]opened|ingested/.test(kind))
  const lastTold = async () => (await held.journal.events(0, 1_000)).at(-1)?.data
  const ask: Decision = { kind: 'ask' }

  test('an ask goes to its owner, is answered, and closes itself by the scan that saw the fix', async () => {
    const id = await one()
    const asked = await desk.decide(id, { kind: 'ask', words: 'please' }, 'ben')
    expect(asked).toMatchObject({
      status: 'asked',
      ask: { to: 'aki', via: 'owner', by: 'ben', dueAt: now() + 7 * dayMs, words: 'please', answer: null },
    })
    expect(await lastTold()).toMatchObject({ finding: id, ask: asked.ask?.id, to: 'aki', by: 'ben' })
    await held.clock.advance(hourMs)
    expect(await desk.decide(id, { kind: 'answer', answer: 'done' }, 'aki')).toMatchObject({
      status: 'asked',
      ask: { answer: { kind: 'done', by: 'aki' } },
    })
    await held.clock.advance(hourMs)
    await scan()
    expect(await desk.get(id)).toMatchObject({ status: 'fixed', ask: { id: asked.ask?.id } })
    expect(await kinds()).toEqual(['finding.asked', 'finding.answered', 'finding.ask-closed', 'finding.fixed'])
    expect(await desk.busFactor(30)).toEqual({ fixes: 1, topTwoShare: 1, people: [{ person: 'aki', fixes: 1 }] })
  })

  test('what was said to be done and is still there is asked about again, once', async () => {
    const id = await one()
    await desk.decide(id, ask, 'ben')
    await desk.decide(id, { kind: 'answer', answer: 'done' }, 'aki')
    await scan('a')
    expect(await desk.get(id)).toMatchObject({ status: 'asked', ask: { to: 'aki', answer: null } })
    expect(await lastTold()).not.toBeNull()
    await scan('a')
    expect((await kinds()).filter((kind) => kind === 'finding.ask-unconfirmed')).toHaveLength(1)
  })

  test('an answer that came while the scan was under way is not doubted by it', async () => {
    const id = await one()
    await desk.decide(id, ask, 'ben')
    const began = now()
    await held.clock.advance(1_000)
    await desk.decide(id, { kind: 'answer', answer: 'done' }, 'aki')
    await desk.ingest(reportOf('slow', began, [reported('a')]))
    expect(await desk.get(id)).toMatchObject({ ask: { answer: { kind: 'done' } } })
  })

  test('not mine: goes to whoever is named, or to the next review', async () => {
    const id = await one()
    await desk.decide(id, ask, 'ben')
    const passed = await desk.decide(id, { kind: 'answer', answer: 'not-mine', to: 'Ben', words: 'his volume' }, 'aki')
    expect(passed).toMatchObject({
      status: 'asked',
      owner: { name: 'ben', by: 'ask' },
      ask: { to: 'ben', by: 'aki', words: 'his volume', answer: null },
    })
    expect(await desk.count({ dueBefore: now() + 1 })).toBe(0)
    await desk.decide(id, { kind: 'answer', answer: 'not-mine' }, 'ben')
    expect(await desk.count({ dueBefore: now() + 1 })).toBe(1)
    await held.clock.advance(1)
    // The tag still says Aki; a person has said otherwise.
    await scan('a')
    expect((await desk.get(id))?.owner).toMatchObject({ name: 'ben', by: 'ask' })
  })

  test('a muted one is silent until its time is over, then it is back', async () => {
    const id = await one()
    const until = now() + dayMs
    await desk.decide(id, { kind: 'mute', reason: 'migration', until }, 'ben')
    expect([await desk.count({}), await desk.count({ status: 'live' }), await desk.nextAt()]).toEqual([0, 1, until])
    expect(await scan('a')).toMatchObject({ silent: 1, opened: [] })
    await held.clock.advance(dayMs)
    await desk.tick()
    expect(await desk.get(id)).toMatchObject({ status: 'open', mute: null })
    expect([(await kinds()).at(-1), await desk.nextAt()]).toEqual(['finding.unmuted', null])
  })

  test('what comes and goes while it is muted tells nobody', async () => {
    const id = await one()
    await desk.decide(id, { kind: 'mute', reason: 'flaps', until: now() + 10 * dayMs }, 'ben')
    await scan()
    expect(await scan('a')).toMatchObject({ silent: 1, regressed: [] })
    expect(await desk.get(id)).toMatchObject({ status: 'muted', regressions: 0 })
    expect((await desk.busFactor(30)).fixes).toBe(0)
  })

  test('a vote that the check is wrong lowers its precision, and holds until the reason is another', async () => {
    const id = await one()
    await scan('a', 'b')
    await desk.decide(id, { kind: 'wrong', reason: 'used by hand' }, 'ben')
    await held.clock.advance(1)
    // Gone, and not seen by the scan: the vote stays all the same.
    expect(await scan()).toMatchObject({ fixed: [expect.any(String)] })
    expect(await desk.precision()).toEqual([{ check: 'ebs-unattached', decided: 2, wrong: 1, precision: 0.5 }])
    expect(await scan('a')).toMatchObject({ silent: 1 })
    await held.clock.advance(1)
    await desk.ingest(reportOf('other', now(), [reported('a', { reason: 'forgotten' })]))
    expect(await desk.get(id)).toMatchObject({ status: 'open', reason: 'forgotten', wrong: null })
    expect(await desk.precision()).toMatchObject([{ wrong: 1 }])
  })

  test('who takes a vote back has not voted', async () => {
    const id = await one()
    await desk.decide(id, { kind: 'wrong', reason: 'x' }, 'ben')
    expect(await desk.decide(id, { kind: 'reopen', reason: 'it is right' }, 'ben')).toMatchObject({ status: 'open', wrong: null })
    expect(await desk.precision()).toMatchObject([{ decided: 1, wrong: 0, precision: 1 }])
  })

  const refused: [string, Decision[], Decision][] = [
    ['answered before it was asked about', [], { kind: 'answer', answer: 'done' }],
    ['asked about while it is muted', [{ kind: 'mute', reason: 'x', until: Number.NaN }], ask],
    ['voted on while it is muted', [{ kind: 'mute', reason: 'x', until: Number.NaN }], { kind: 'wrong', reason: 'x' }],
    ['asked about after it was voted wrong', [{ kind: 'wrong', reason: 'x' }], ask],
    ['reopened while it is open', [], { kind: 'reopen', reason: 'x' }],
  ]
  test.each(refused)('it is not %s', async (_, before, decision) => {
    const id = await one()
    for (const earlier of before) await desk.decide(id, earlier.kind === 'mute' ? { ...earlier, until: now() + dayMs } : earlier, 'ben')
    const was = await desk.get(id)
    await expect(desk.decide(id, decision, 'ben')).rejects.toMatchObject({ code: 'finding-decided' })
    expect(await desk.get(id)).toEqual(was)
  })

  test('only a scan closes: nothing reopens by hand what one has closed', async () => {
    const id = await one()
    await scan()
    for (const decision of [ask, { kind: 'reopen', reason: 'x' }, { kind: 'fix' }] as Decision[])
      await expect(desk.decide(id, decision, 'ben')).rejects.toMatchObject({ code: 'finding-decided' })
    await expect(desk.decide('fnd_0', ask, 'ben')).rejects.toMatchObject({ code: 'finding-not-found' })
  })

  test('an ask that is replaced, muted or reopened is withdrawn', async () => {
    const id = await one()
    const first = await desk.decide(id, ask, 'ben')
    await desk.decide(id, { kind: 'ask', to: 'Ben' }, 'chi')
    await desk.decide(id, { kind: 'reopen', reason: 'wait' }, 'chi')
    expect(await kinds()).toEqual(['finding.asked', 'finding.ask-withdrawn', 'finding.asked', 'finding.ask-withdrawn', 'finding.reopened'])
    const told = (await held.journal.events(0, 1_000)).find(({ kind }) => kind === 'finding.ask-withdrawn')
    expect(told?.data).toMatchObject({ ask: first.ask?.id, to: 'aki', by: 'chi' })
  })

  test('the owner is reminded every so often, and on the day it is due at nine where they are', async () => {
    const id = await one()
    const { ask: made } = await desk.decide(id, ask, 'ben')
    // Asked on 1 January at 00:00 UTC, when it is 09:00 in Tokyo.
    const reminded: string[] = []
    for (let rounds = 0; rounds < 5; rounds++) {
      const at = (await desk.nextAt()) as number
      await held.clock.advance(at - now())
      await desk.tick()
      await desk.tick()
      reminded.push(new Date(now()).toISOString().slice(5, 16))
    }
    expect(reminded).toEqual(['01-03T00:00', '01-05T00:00', '01-07T00:00', '01-08T00:00', '01-10T00:00'])
    expect((await desk.get(id))?.ask).toMatchObject({ id: made?.id, reminders: 5, remindedAt: now() })
    expect(await lastTold()).toMatchObject({ to: 'aki', reminders: 5, overdue: true })
  })

  test('who promised is left alone until it is due; who said it is done, for good', async () => {
    const id = await one()
    await desk.decide(id, ask, 'ben')
    await desk.decide(id, { kind: 'answer', answer: 'will-do', dueAt: now() + 30 * dayMs }, 'aki')
    expect(new Date((await desk.nextAt()) as number).toISOString()).toBe('2026-01-31T00:00:00.000Z')
    await desk.decide(id, { kind: 'answer', answer: 'done' }, 'aki')
    expect(await desk.nextAt()).toBeNull()
  })

  describe('a fix by runbook', () => {
    const mendable = { ...ebs, checks: ebs.checks.map((check) => ({ ...check, runbook: 'delete-volume' })) }
    let orders: unknown[]
    const port = (answer: Awaited<ReturnType<FixPort['approveFix']>> = { run: 'run_1', said: null }): FixPort => ({
      async approveFix({ id }, order) {
        orders.push([id, order])
        return answer
      },
    })
    beforeEach(() => {
      orders = []
      desk = open({ guardians: [mendable], fix: port() })
    })
    const fix: Decision = { kind: 'fix' }

    test('is begun when its owner approves it, once, and closed by the scan alone', async () => {
      const id = await one()
      expect(await desk.decide(id, fix, 'aki')).toMatchObject({
        status: 'open',
        fix: { runbook: 'delete-volume', by: 'aki', run: 'run_1' },
      })
      await expect(desk.decide(id, fix, 'aki')).rejects.toMatchObject({ code: 'no-runbook' })
      expect(orders).toEqual([[id, { runbook: 'delete-volume', dryRun: false, by: 'aki' }]])
      await scan()
      expect((await desk.busFactor(1)).people).toEqual([{ person: 'aki', fixes: 1 }])
    })

    test('that a scan does not confirm may be tried again', async () => {
      const id = await one()
      await desk.decide(id, fix, 'aki')
      await scan('a')
      expect((await desk.get(id))?.fix).toBeNull()
      await desk.decide(id, fix, 'aki')
      expect(orders).toHaveLength(2)
    })

    test('is refused to others, without a runbook, and where the runbook refuses', async () => {
      const id = await one()
      await expect(desk.decide(id, fix, 'chi')).rejects.toMatchObject({ code: 'forbidden' })
      await open({ guardians: [mendable], fix: port(), onDuty: async () => ['chi'] }).decide(id, { kind: 'fix', dryRun: true }, 'chi')
      await expect(open({ fix: port() }).decide(id, fix, 'aki')).rejects.toMatchObject({ code: 'no-runbook' })
      await expect(open({ guardians: [mendable] }).decide(id, fix, 'aki')).rejects.toMatchObject({ code: 'no-runbook' })
      const unwilling = open({ guardians: [mendable], fix: port({ refuse: 'it is attached' }) })
      await expect(unwilling.decide(id, fix, 'aki')).rejects.toThrow(/it is attached/)
      expect((await desk.get(id))?.fix).toBeNull()
      expect((await kinds()).slice(-2)).toEqual(['finding.fix-approved', 'finding.fix-refused'])
    })

    test('of those that duty.fixers names, when it names some', async () => {
      const catalog = smallCatalog({}, { duty: { people: ['aki', 'ben', 'chi'], fixers: ['team:team-core'] } })
      desk = open({ guardians: [mendable], fix: port(), catalog, onDuty: async () => ['chi'] })
      const id = await one()
      await expect(desk.decide(id, fix, 'chi')).rejects.toMatchObject({ code: 'forbidden' })
      expect(await desk.decide(id, fix, 'ben')).toMatchObject({ fix: { by: 'ben' } })
    })

    const ending = (run: string, status: FixEnd, reason = '') => ({ run, begunAt: now(), status, reason })

    test('that failed tells why, and may be tried again at once; in doubt, only after a scan', async () => {
      const id = await one()
      await desk.decide(id, fix, 'aki')
      await desk.fixEnded(id, ending('run_1', 'failed', 'AWS does not allow ec2:ModifyVolume'))
      await desk.fixEnded(id, ending('run_1', 'done'))
      expect(await desk.get(id)).toMatchObject({ status: 'open', fix: { ended: 'failed', said: 'AWS does not allow ec2:ModifyVolume' } })
      expect((await kinds()).filter((kind) => kind === 'finding.fix-ended')).toHaveLength(1)
      await desk.decide(id, fix, 'aki')
      await desk.fixEnded(id, ending('run_0', 'failed'))
      expect((await desk.get(id))?.fix).not.toHaveProperty('ended')
      await desk.fixEnded(id, ending('run_1', 'unknown', 'no answer'))
      await expect(desk.decide(id, fix, 'aki')).rejects.toThrow(/a scan has to tell/)
      await scan('a')
      expect((await desk.decide(id, fix, 'aki')).fix).toMatchObject({ run: 'run_1' })
    })

    test('that ended before it was written down that it began', async () => {
      const id = await one()
      const quick: FixPort = {
        async approveFix(finding) {
          await desk.fixEnded(finding.id, ending('run_9', 'failed', 'denied'))
          return { run: 'run_9', said: 'would delete it' }
        },
      }
      desk = open({ guardians: [mendable], fix: quick })
      expect((await desk.decide(id, fix, 'aki')).fix).toMatchObject({ run: 'run_9', ended: 'failed', said: 'denied' })
    })

    test('is taken back, also after a scan has closed it; its dry run leaves no trace', async () => {
      const id = await one()
      await desk.decide(id, fix, 'aki')
      await scan()
      const fixed = await desk.get(id)
      const told = await desk.decide(id, { kind: 'fix', undo: true, dryRun: true }, 'aki')
      expect(told.fix).toMatchObject({ undo: true, dryRun: true })
      expect(await desk.get(id)).toEqual(fixed)
      expect(await desk.decide(id, { kind: 'fix', undo: true }, 'aki')).toMatchObject({
        status: 'fixed',
        fix: { undo: true, run: 'run_1' },
      })
      expect(orders.at(-1)).toEqual([id, { runbook: 'delete-volume', dryRun: false, undo: true, by: 'aki' }])
      await held.clock.advance(1)
      await scan('a')
      expect(await desk.get(id)).toMatchObject({ status: 'open', regressions: 1, fix: null })
    })

    test('whose undo is refused stays as it was', async () => {
      const id = await one()
      const begun = await desk.decide(id, fix, 'aki')
      const unwilling = open({ guardians: [mendable], fix: port({ refuse: 'not within six hours' }) })
      await expect(unwilling.decide(id, { kind: 'fix', undo: true }, 'aki')).rejects.toThrow(/six hours/)
      expect(await desk.get(id)).toEqual(begun)
    })

    test('stops at so many that no scan has confirmed; a dry run counts for nothing', async () => {
      desk = open({ guardians: [mendable], fix: port(), catalog: smallCatalog({ fixMaxItems: 2 }) })
      await scan('a', 'b', 'c')
      const ids = new Map((await desk.list({}, { limit: 3 })).map(({ id, resource }) => [resource.at(-1), id]))
      const [a, b, c] = ['a', 'b', 'c'].map((name) => ids.get(name)) as [string, string, string]
      await desk.decide(c, { kind: 'fix', dryRun: true }, 'aki')
      await desk.decide(a, fix, 'aki')
      await desk.decide(b, fix, 'aki')
      await expect(desk.decide(c, fix, 'aki')).rejects.toMatchObject({ code: 'too-many-items', details: { count: 2, limit: 2 } })
      await scan('c')
      expect(await desk.decide(c, fix, 'aki')).toMatchObject({ fix: { dryRun: false, run: 'run_1' } })
    })
  })

  test('the trend carries over days without a scan', async () => {
    await scan('a', 'b')
    await held.clock.advance(2 * dayMs)
    await scan('b', 'c')
    await held.clock.advance(dayMs)
    const none = { opened: 0, fixed: 0, regressed: 0, usdPerMonth: 0 }
    expect(await desk.trend(4)).toEqual([
      { day: '2026-01-01', ...none, open: 2, opened: 2 },
      { day: '2026-01-02', ...none, open: 2 },
      { day: '2026-01-03', ...none, open: 2, opened: 1, fixed: 1 },
      { day: '2026-01-04', ...none, open: 2 },
    ])
    expect((await desk.trend(1))[0]).toMatchObject({ open: 2 })
  })

  test('what nobody met for 400 days is forgotten', async () => {
    const id = await one()
    await scan()
    await held.clock.advance(401 * dayMs)
    await desk.ingest(reportOf('later', now(), [], { coverage: [coverage(0, { ...place, check: 'other' })] }))
    expect(await desk.get(id)).toBeNull()
    expect(await desk.scans({ limit: 10 })).toHaveLength(1)
  })
})
