import { describe, expect, test } from 'vitest'
import type { Component, Incident, IncidentDetail, Member, RunDetail, Step } from '../api/client.ts'
import { timesIn } from '../words/time.ts'
import { sayIn } from '../words/words.ts'
import { headline, type Situation } from './headline.ts'

const now = Date.parse('2026-01-31T03:12:44Z')
const iso = (ms: number) => new Date(ms).toISOString()
const en = sayIn('en')
const tell = (situation: Partial<Situation>, say = en) =>
  headline(
    { components: [polaris()], open: [], details: new Map(), runs: [], ended: [], staleSince: null, now, ...situation },
    say,
    timesIn('en', say, 'UTC'),
  )

const member = (id: string, given: Partial<Member> = {}): Member => ({
  id,
  site: 'tokyo-a',
  role: 'active',
  status: 'pass',
  generation: 7,
  summary: '',
  since: iso(now),
  process: null,
  ...given,
})

const polaris = (given: Partial<Component> = {}): Component => ({
  id: 'polaris',
  title: 'Packet transfer',
  topology: 'active-standby',
  status: 'pass',
  active: 'polaris-1',
  generation: 7,
  inSync: null,
  dependsOn: [],
  owner: null,
  automation: 'on',
  members: [member('polaris-1'), member('polaris-2', { role: 'standby' })],
  ...given,
})

const incident = (component: string, given: Partial<Incident> = {}): Incident => ({
  id: `inc_${component}`,
  component,
  failure: 'process-exited',
  status: 'open',
  reason: 'polaris-1: signal SIGKILL',
  openedAt: iso(now - 1_000),
  endedAt: null,
  ...given,
})

const step = (seq: number, name: string, status: Step['status'], attempt = 1): Step => ({
  seq,
  attempt,
  name,
  action: name.split(' ')[0] as string,
  kind: 'idempotent',
  status,
  startedAt: null,
  endedAt: null,
  output: null,
})

const switching = (given: Partial<RunDetail> = {}): RunDetail => ({
  id: 'run_1',
  runbook: 'failover-active-standby',
  component: 'polaris',
  incident: 'inc_polaris',
  failure: 'unreachable',
  status: 'running',
  reason: 'polaris-1 is gone',
  by: 'engine',
  members: ['polaris-1'],
  generation: 8,
  createdAt: iso(now),
  startedAt: iso(now),
  endedAt: null,
  mode: 'automatic',
  waitsUntil: null,
  approvedBy: null,
  answer: null,
  steps: [
    step(0, 'fence polaris-1', 'done'),
    step(1, 'promote polaris-2', 'intent'),
    step(2, 'route polaris-2', 'planned', 0),
    step(3, 'verify polaris-2', 'planned', 0),
  ],
  ...given,
})

const detailOf = (of: Incident, ...runs: RunDetail[]): Situation['details'] =>
  new Map<string, IncidentDetail>([[of.id, { ...of, alerts: [], timeline: [], runs }]])

describe('the headline', () => {
  test('all well tells how many pass, and what was last', () => {
    expect(tell({})).toMatchObject({ tone: 'well', text: 'All well: 2 members pass', sub: { text: 'No incident so far.' } })
    const ended = [incident('leo', { status: 'recovered', endedAt: iso(now - 300_000) })]
    expect(tell({ ended }).sub?.text).toBe('Last incident 5 minutes ago: Leo, process exited, recovered.')
  })

  test('a switch tells where to, and at which step of how many it is', () => {
    const open = [incident('polaris', { status: 'mending' })]
    expect(tell({ open, details: detailOf(open[0] as Incident, switching()) })).toEqual({
      tone: 'work',
      text: 'Polaris: switching to polaris-2',
      progress: ', step 2 of 4',
      sub: { text: 'polaris-1 is gone', lang: 'en' },
    })
  })

  test('a step that was tried again counts once', () => {
    const run = switching({
      steps: [step(0, 'restart a', 'failed', 1), step(0, 'restart a', 'intent', 2), step(1, 'verify a', 'planned', 0)],
    })
    expect(tell({ runs: [run] }).progress).toBe(', step 1 of 2')
  })

  test('a run that somebody ordered is told like one of an incident; one that ended is not', () => {
    const byHand = switching({ runbook: 'restart-process', incident: null, members: ['leo-1'], component: 'leo' })
    expect(tell({ runs: [byHand] }).text).toBe('Leo: restarting leo-1')
    expect(tell({ runs: [{ ...byHand, status: 'done' }] }).tone).toBe('well')
  })

  test('a person who is needed comes before everything that mends itself', () => {
    const open = [
      incident('leo', { status: 'mending' }),
      incident('polaris', { status: 'escalated', reason: 'no healthy standby' }),
      incident('aries', { status: 'escalated' }),
    ]
    expect(tell({ open, runs: [switching()] })).toMatchObject({
      tone: 'bad',
      text: 'Polaris and Aries need a person',
      sub: { text: 'Polaris: process exited · Polaris: switching to polaris-2' },
    })
  })

  test('of what was tried it tells in short what became of it', () => {
    const polaris = incident('polaris', { status: 'escalated' })
    const timeline = [
      {
        seq: 9,
        at: iso(now),
        kind: 'incident.refused',
        run: null,
        data: { runbook: 'failover-active-standby', code: 'cooldown', reason: 'no' },
      },
    ]
    const restart = switching({ runbook: 'restart-process', status: 'failed', createdAt: iso(now - 500) })
    const details = new Map([[polaris.id, { ...polaris, alerts: [], timeline, runs: [restart] }]])
    expect(tell({ open: [polaris], details }).sub?.text).toBe(
      'process exited · Restart the process: failed · Switch to the standby: not tried',
    )
  })

  test('an incident that nobody mends yet is named by its failure', () => {
    expect(tell({ open: [incident('polaris')] })).toMatchObject({ tone: 'warn', text: 'Polaris: process exited' })
    expect(tell({ open: [incident('polaris'), incident('leo')] }).text).toBe('Polaris and Leo are in trouble')
    const many = ['polaris', 'leo', 'aries', 'dipper'].map((id) => incident(id))
    expect(tell({ open: many }).text).toBe('Polaris and 3 more components are in trouble')
    expect(tell({ open: many.slice(0, 3) }, sayIn('ja')).text).toBe('Polaris、Leo、Aries：異常発生中')
  })

  test('old news is never told as all well', () => {
    expect(tell({ staleSince: now - 14_000 })).toMatchObject({ tone: 'gone', text: 'No word from the controller since 03:12:30' })
    expect(tell({ staleSince: now, open: [incident('polaris', { status: 'escalated' })] }).sub?.text).toMatch(
      /^Last known: Polaris needs a person\. /,
    )
  })

  test('what does not pass, and what has not answered yet, is not all well', () => {
    const members = [member('a', { status: 'warn' }), member('b')]
    expect(tell({ components: [polaris({ members })] })).toMatchObject({ tone: 'warn', text: '1 of 2 members does not pass' })
    const unheard = [member('a', { status: 'unknown' }), member('b')]
    expect(tell({ components: [polaris({ members: unheard })] })).toMatchObject({
      tone: 'none',
      text: 'Waiting to hear from 1 of 2 members',
    })
    expect(tell({ components: [polaris({ status: 'fail' })] })).toMatchObject({ tone: 'warn', text: 'Polaris has no active member' })
  })

  test('loading and an empty configuration have their own words', () => {
    expect(tell({ components: null }).text).toBe('Reading the platform…')
    expect(tell({ components: [] }).text).toBe('Nothing to watch yet')
  })

  test('in Japanese', () => {
    expect(tell({}, sayIn('ja')).text).toBe('異常なし：2 メンバーすべて正常')
  })
})
