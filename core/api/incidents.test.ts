import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { virtualClock } from '../../test/virtual-clock.ts'
import { seconds } from '../clock.ts'
import type { PlannedStep, Run } from '../runs/run.ts'
import { type Fixture, openFixture } from './fixture.ts'

let clock: ReturnType<typeof virtualClock>
let house: Fixture

beforeEach(async () => {
  clock = virtualClock(Date.UTC(2026, 0, 31, 3))
  house = await openFixture({ clock })
})
afterEach(() => house.close())

const step = (name: string, action: string): PlannedStep => ({
  name,
  action,
  kind: 'check-then-act',
  args: { member: 'leo-1' },
  timeoutMs: 5_000,
  attempts: 2,
})
const plan = [step('restart leo-1', 'restart'), { ...step('leo-1 answers', 'verify'), kind: 'read' as const }]

async function openIncident(component = 'leo'): Promise<string> {
  const { body } = await house.ask('POST', '/v1/alerts', {
    body: { component, member: `${component}-1`, key: `${component} ${clock.now()}` },
  })
  return body.items[0].incident
}

/** As the engine does it: decides on a run, claims it, and takes its first step. */
async function beginRun(incident: string, component = 'leo') {
  const { journal } = house.ports
  const order = {
    runbook: 'restart-process',
    component,
    incident,
    failure: 'hung' as const,
    members: ['leo-1'],
    plan,
    reason: 'it hangs',
    takesGeneration: false,
    by: 'engine',
  }
  const { run } = await journal.decide(incident, () => ({ do: 'run', order, failure: 'hung', refusals: [] }))
  const claim = await journal.claim((run as Run).id, 'here', 10_000)
  if (!claim) throw new Error('not claimed')
  await journal.intend(claim.held, {
    run: claim.run.id,
    seq: 0,
    attempt: 1,
    planned: plan[0] as PlannedStep,
    key: 'k/0/1',
    deadlineAt: clock.now() + 5_000,
  })
  return { id: claim.run.id, held: claim.held }
}

async function endRun({ id, held }: Awaited<ReturnType<typeof beginRun>>) {
  const { journal } = house.ports
  await journal.outcome(held, { run: id, seq: 0, attempt: 1, status: 'failed', output: { problem: 'no answer' } })
  await journal.intend(held, {
    run: id,
    seq: 0,
    attempt: 2,
    planned: plan[0] as PlannedStep,
    key: 'k/0/2',
    deadlineAt: clock.now() + 5_000,
  })
  await clock.advance(seconds(2))
  await journal.outcome(held, { run: id, seq: 0, attempt: 2, status: 'done', output: { pid: 4711 } })
  await journal.intend(held, {
    run: id,
    seq: 1,
    attempt: 1,
    planned: plan[1] as PlannedStep,
    key: 'k/1/1',
    deadlineAt: clock.now() + 5_000,
  })
  const last = { run: id, seq: 1, attempt: 1, status: 'done' as const, output: null }
  await journal.finish(held, id, { status: 'done', reason: 'answers again', incident: 'recovered', verified: ['leo-1'] }, last)
}

describe('incidents', () => {
  test('while it is being mended: the run with the step that is begun and the one that is planned', async () => {
    const id = await openIncident()
    const run = await beginRun(id)
    const { status, body } = await house.ask('GET', `/v1/incidents/${id}`)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      component: 'leo',
      failure: 'hung',
      status: 'mending',
      openedAt: '2026-01-31T03:00:00.000Z',
      endedAt: null,
    })
    expect(body.runs).toMatchObject([
      {
        id: run.id,
        runbook: 'restart-process',
        steps: [
          { seq: 0, attempt: 1, name: 'restart leo-1', action: 'restart', kind: 'check-then-act', status: 'intent', endedAt: null },
          {
            seq: 1,
            attempt: 0,
            name: 'leo-1 answers',
            action: 'verify',
            kind: 'read',
            status: 'planned',
            startedAt: null,
            endedAt: null,
            output: null,
          },
        ],
      },
    ])
  })

  test('when it has recovered: every attempt, and a timeline from first to last', async () => {
    const id = await openIncident()
    await endRun(await beginRun(id))
    const { body } = await house.ask('GET', `/v1/incidents/${id}`)
    expect(body).toMatchObject({ status: 'recovered', endedAt: '2026-01-31T03:00:02.000Z' })
    expect(body.runs[0].status).toBe('done')
    expect(
      body.runs[0].steps.map((one: { seq: number; attempt: number; status: string }) => `${one.seq}/${one.attempt} ${one.status}`),
    ).toEqual(['0/1 failed', '0/2 done', '1/1 done'])
    expect(body.runs[0].steps[1]).toMatchObject({
      output: { pid: 4711 },
      startedAt: '2026-01-31T03:00:00.000Z',
      endedAt: '2026-01-31T03:00:02.000Z',
    })
    const seqs = body.timeline.map((entry: { seq: number }) => entry.seq)
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
    expect(body.timeline.length).toBeGreaterThanOrEqual(4)
    expect(body.timeline.every((entry: { at: string }) => entry.at.startsWith('2026-01-31T03:00:0'))).toBe(true)
  })

  test('the list is filtered by status and component', async () => {
    const ended = await openIncident('leo')
    await endRun(await beginRun(ended))
    const open = await openIncident('dipper')
    const ids = async (query: string) => (await house.ask('GET', `/v1/incidents${query}`)).body.items.map((one: { id: string }) => one.id)
    expect(await ids('')).toHaveLength(2)
    expect(await ids('?status=all')).toHaveLength(2)
    expect(await ids('?status=open')).toEqual([open])
    expect(await ids('?component=leo')).toEqual([ended])
    expect(await ids('?component=leo&status=open')).toEqual([])
  })

  test('pages tell every incident once, newest first', async () => {
    const opened: string[] = []
    for (let i = 0; i < 7; i++) {
      const id = await openIncident()
      opened.unshift(id)
      await house.ask('POST', `/v1/incidents/${id}/resolve`, { body: { reason: 'next' } })
      await clock.advance(seconds(1))
    }
    const seen: string[] = []
    const sizes: number[] = []
    let after = ''
    do {
      const { body } = await house.ask('GET', `/v1/incidents?limit=3${after}`)
      seen.push(...body.items.map((one: { id: string }) => one.id))
      sizes.push(body.items.length)
      after = body.next === null ? '' : `&after=${body.next}`
    } while (after !== '')
    expect(seen).toEqual(opened)
    expect(sizes).toEqual([3, 3, 1])
  })

  test('a person ends one, with a reason and his name; a second time it has ended already', async () => {
    const id = await openIncident()
    const ended = await house.ask('POST', `/v1/incidents/${id}/resolve`, { as: 'responder', body: { reason: 'cable back in' } })
    expect(ended.body).toMatchObject({ status: 'resolved', reason: 'responder: cable back in' })
    const again = await house.ask('POST', `/v1/incidents/${id}/resolve`, { as: 'responder', body: { reason: 'again' } })
    expect([again.status, again.body.code]).toEqual([409, 'conflict'])
    expect((await house.ask('POST', `/v1/incidents/${id}/resolve`, { body: { reason: ' ' } })).body.title).toMatch(/reason: /)
  })

  test.each([
    ['GET', '/v1/incidents/inc_none', undefined],
    ['POST', '/v1/incidents/inc_none/resolve', { reason: 'x' }],
    ['GET', '/v1/runs/run_none', undefined],
  ])('%s %s: there is none', async (method, path, body) => {
    const answer = await house.ask(method, path, { body })
    expect([answer.status, answer.body.code]).toEqual([404, 'not-found'])
  })

  test.each(['?status=closed', '?limit=0', '?limit=201', '?limit=ten', '?limit=2&limit=3', '?stauts=open', '?after='])(
    'the query %s is refused',
    async (query) => {
      expect((await house.ask('GET', `/v1/incidents${query}`)).status).toBe(422)
    },
  )
})

describe('runs', () => {
  test('are found by incident and by component, and one by its id', async () => {
    const incident = await openIncident()
    const run = await beginRun(incident)
    const ids = async (query: string) => (await house.ask('GET', `/v1/runs${query}`)).body.items.map((one: { id: string }) => one.id)
    expect(await ids('')).toEqual([run.id])
    expect(await ids(`?incident=${incident}`)).toEqual([run.id])
    expect(await ids('?component=leo')).toEqual([run.id])
    expect(await ids('?component=dipper')).toEqual([])
    const { body } = await house.ask('GET', `/v1/runs/${run.id}`)
    expect(body).toMatchObject({
      runbook: 'restart-process',
      status: 'running',
      reason: 'it hangs',
      by: 'engine',
      incident,
      failure: 'hung',
      members: ['leo-1'],
    })
    expect(body.steps).toHaveLength(2)
  })
})
