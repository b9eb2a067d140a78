import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { alert, kinds, leaseMs, orderOf, step, stores, type TestJournal } from '../../test/journals.ts'
import type { Journal } from '../journal/journal.ts'
import type { Word } from './approve.ts'
import type { Run, RunOrder } from './run.ts'

const approve = (by: string, takesGeneration = false): Word => ({ do: 'approve', by, takesGeneration })
const timedOut: Word = { do: 'end', answer: 'timed-out', reason: 'nobody approved it within 60 s' }

describe.each(stores)('a run that waits for a person, on $name', (store) => {
  let held: TestJournal
  let journal: Journal
  let incident: string
  beforeEach(async () => {
    held = await store.open()
    journal = held.journal
  })
  afterEach(() => held.close())
  afterAll(() => store.stop())

  async function waiting(more: Partial<RunOrder> = {}): Promise<Run> {
    const [opened] = await journal.ingest([alert('polaris-1')])
    incident = opened?.incident as string
    const order = orderOf(incident, { mode: 'approval', waitsMs: 60_000, call: { component: 'polaris', urgency: 'high' }, ...more })
    const { run } = await journal.decide(incident, () => ({ do: 'run', failure: 'hung', refusals: [], order }))
    return run as Run
  }

  test('is kept with its end, calls people in the same commit, and takes no generation before it may act', async () => {
    const run = await waiting({ takesGeneration: true })
    expect(run).toMatchObject({ status: 'waiting', mode: 'approval', generation: 0, waitsUntil: held.clock.now() + 60_000 })
    expect(await journal.run(run.id)).toEqual(run)
    expect(await journal.role('polaris')).toMatchObject({ generation: 0 })
    expect(await journal.incident(incident)).toMatchObject({ status: 'open' })
    expect(await journal.due(10)).toMatchObject([
      { dedupe: `approval/${run.id}`, incident, payload: { run: run.id, urgency: 'high', waitsUntil: run.waitsUntil } },
    ])
  })

  test('is carried out by nobody', async () => {
    const run = await waiting()
    expect(await journal.claim(run.id, 'one', leaseMs)).toBeNull()
    expect(await journal.run(run.id)).toMatchObject({ status: 'waiting', startedAt: null })
  })

  test('approved, it is queued in the name of who approved it, with a generation of its own', async () => {
    const run = await waiting({ takesGeneration: true, plan: [step('promote polaris-2')] })
    const { changed, run: approved } = await journal.answer(run.id, () => approve('aki', true))
    expect(changed).toBe(true)
    expect(approved).toMatchObject({ status: 'queued', approvedBy: 'aki', answer: 'approved', generation: 1 })
    expect(await journal.incident(incident)).toMatchObject({ status: 'mending' })
    expect(await kinds(journal, incident)).toContain('run.approved')
    expect((await journal.claim(run.id, 'one', leaseMs))?.run).toMatchObject({ generation: 1, status: 'running' })
  })

  test('it is answered once: who comes at the same time, or later, changes nothing', async () => {
    const run = await waiting({ takesGeneration: true })
    const answers = await Promise.all([
      journal.answer(run.id, () => approve('aki', true)),
      journal.answer(run.id, () => approve('rin', true)),
      journal.answer(run.id, () => timedOut),
    ])
    expect(answers.filter(({ changed }) => changed)).toHaveLength(1)
    expect((await journal.role('polaris')).generation).toBeLessThanOrEqual(1)
    const after = await journal.run(run.id)
    expect((await journal.answer(run.id, () => expect.unreachable())).run).toEqual(after)
    expect((await kinds(journal, incident)).filter((kind) => kind === 'run.approved' || kind === 'run.finished')).toHaveLength(1)
  })

  test('given up, it leaves room for another run, and says why', async () => {
    const run = await waiting()
    await journal.answer(run.id, () => ({ do: 'end', answer: 'declined', by: 'aki', reason: 'declined by aki: not now' }))
    expect(await journal.run(run.id)).toMatchObject({ status: 'cancelled', answer: 'declined', reason: 'declined by aki: not now' })
    expect((await kinds(journal, incident)).slice(-2)).toEqual(['run.declined', 'run.finished'])
    const { run: next } = await journal.decide(incident, () => ({
      do: 'run',
      failure: 'hung',
      refusals: [],
      order: orderOf(incident, { runbook: 'restart-process' }),
    }))
    expect(next).toMatchObject({ status: 'queued', mode: 'automatic', answer: null })
  })

  test('kept, nothing is written; what is looked at is what is true now', async () => {
    const run = await waiting()
    await journal.setSwitch('polaris', true, 'aki', 'at work')
    const before = await journal.lastEvent()
    const { changed } = await journal.answer(run.id, (_, { switchedOff, alerts, liveRun }) => {
      expect([switchedOff?.by, alerts.length, liveRun?.id]).toEqual(['aki', 1, run.id])
      return { do: 'keep' }
    })
    expect([changed, await journal.lastEvent()]).toEqual([false, before])
  })

  test('one that there is not is told as such', async () => {
    await expect(journal.answer('run_none', () => ({ do: 'keep' }))).rejects.toMatchObject({ code: 'not-found' })
  })

  test('what would have been done is told and kept once per incident and plan', async () => {
    const [opened] = await journal.ingest([alert('polaris-1')])
    incident = opened?.incident as string
    for (const plan of [['fence a'], ['fence a'], ['fence b']])
      await journal
        .decide(incident, () => ({
          do: 'run',
          failure: 'hung',
          refusals: [{ runbook: 'failover-active-standby', code: 'shadow', reason: 'would have', shadow: { plan, members: ['a'] } }],
          order: orderOf(incident, { mode: 'approval', waitsMs: 1 }),
        }))
        .then(({ run }) => journal.answer((run as Run).id, () => timedOut))
    expect((await kinds(journal, incident)).filter((kind) => kind === 'incident.refused')).toHaveLength(2)
    const kept = await journal.records('shadow').list({ open: true }, { limit: 10 })
    expect(kept.map(({ data }) => (data as { plan: string[] }).plan)).toEqual([['fence b'], ['fence a']])
  })
})
