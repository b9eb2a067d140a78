import { describe, expect, test } from 'vitest'
import { type Held, headline, incidentHead, paints, renderIncident, renderStatus, tookText } from './render.ts'
import type { ComponentView, IncidentDetail, MemberView } from './views.ts'

const member = (id: string, more: Partial<MemberView> = {}): MemberView => ({
  id,
  site: null,
  role: 'unknown',
  status: 'pass',
  generation: null,
  summary: 'healthy',
  ...more,
})
const polaris: ComponentView = {
  id: 'polaris',
  title: 'Packet transfer',
  topology: 'active-standby',
  status: 'pass',
  automation: 'on',
  members: [member('polaris-1', { role: 'active', generation: 3 }), member('polaris-2', { role: 'standby', generation: 3 })],
}
const pool = (size: number, ill: number): ComponentView => ({
  id: 'dipper',
  title: 'Sessions',
  topology: 'pool',
  status: 'pass',
  automation: 'on',
  members: Array.from({ length: size }, (_, n) => member(`dipper-${n + 1}`, n < ill ? { status: 'fail', summary: 'no answer' } : {})),
})
const incident = (more: Partial<IncidentDetail> = {}): IncidentDetail => ({
  id: 'inc_1',
  component: 'polaris',
  failure: 'process-exited',
  status: 'mending',
  reason: 'polaris-1 ended',
  openedAt: '2026-01-01T03:00:00.000Z',
  endedAt: null,
  alerts: [],
  timeline: [],
  runs: [],
  ...more,
})
const text = (components: ComponentView[], incidents: IncidentDetail[] = []) => renderStatus({ components, incidents }, paints.plain)

describe('the first line says how it is', () => {
  test.each<[string, ComponentView[], IncidentDetail[], 'pass' | 'warn' | 'fail', string]>([
    ['all well', [polaris, pool(1, 0)], [], 'pass', 'All well: 3 members pass'],
    ['one alone', [pool(1, 0)], [], 'pass', 'All well: 1 member passes'],
    [
      'somebody is needed, before anything else',
      [polaris],
      [incident(), incident({ status: 'escalated' })],
      'fail',
      'A person is needed: Packet transfer (process exited)',
    ],
    ['it is being mended', [polaris], [incident()], 'warn', 'Packet transfer: process exited'],
    [
      'not seen yet, or not well',
      [pool(20, 7)],
      [],
      'warn',
      '13 of 20 members pass; looking at dipper-1, dipper-2, dipper-3, dipper-4, dipper-5 and 2 more',
    ],
    ['nobody is active', [{ ...polaris, status: 'warn' }], [], 'warn', 'All members pass, but Packet transfer has no active member'],
    ['nothing there', [], [], 'warn', 'Nothing to watch: the configuration names no components'],
  ])('%s', (_, components, incidents, level, sentence) => expect(headline({ components, incidents })).toEqual({ level, text: sentence }))
})

test('who is active at which generation, and why somebody does not pass, stand beside the member', () => {
  const lines = text([
    {
      ...polaris,
      members: [
        polaris.members[0] as MemberView,
        member('polaris-2', { role: 'standby', status: 'fail', summary: 'no answer within 300 ms' }),
      ],
    },
  ])
  expect(lines).toContain('● polaris-1 active g3   ✖ polaris-2 standby (no answer within 300 ms)')
})

test('of a large pool only those that do not pass are named', () => {
  expect(text([pool(100, 1)])).toContain('99 of 100 pass   ✖ dipper-1 (no answer)')
})

test('automation that is off is said at the top', () => {
  const off: ComponentView = { ...polaris, automation: 'off' }
  expect(text([off, pool(1, 0)]).split('\n')[1]).toContain('Automation is off for polaris')
  expect(text([off]).split('\n')[1]).toContain('Automation is off for everything')
})

test('what holds the automatic back, and what waits for a person, is said at the top, with its end', () => {
  const held: Held = {
    pauses: [{ scope: 'polaris', until: new Date(2026, 0, 1, 12).toISOString() }],
    maintenance: [{ component: 'dipper', until: new Date(2026, 0, 1, 13).toISOString(), reason: 'new disks' }],
    waiting: [{ id: 'run_1', runbook: 'restart-process', component: 'dipper', waitsUntil: new Date(2026, 0, 1, 3, 5).toISOString() }],
  }
  const lines = renderStatus({ components: [{ ...polaris, automation: 'off' }, pool(1, 0)], incidents: [], held }, paints.plain).split('\n')
  expect(lines.slice(1, 4)).toEqual([
    'restart-process on dipper waits for an approval until 03:05:00 (jidoka run show run_1)',
    'Automation is off for polaris until 2026-01-01 12:00:00: nothing is mended there by itself (jidoka automation)',
    'Maintenance of dipper until 2026-01-01 13:00:00: new disks; nothing is mended, nobody is called (jidoka maintenance list)',
  ])
  const two = { ...held, pauses: [...held.pauses, { scope: 'dipper', until: null }] }
  expect(renderStatus({ components: [{ ...polaris, automation: 'off' }], incidents: [], held: two }, paints.plain)).not.toContain('12:00')
})

test('an incident that needs a person keeps the reason why, and says what ends it', () => {
  const timeline = [
    { seq: 1, at: '2026-01-01T03:00:01.000Z', kind: 'incident.escalated', run: null, data: { reason: 'no healthy standby' } },
  ]
  const lines = incidentHead(incident({ status: 'escalated', reason: 'a person has been called', timeline }), paints.plain)
  expect(lines[1]).toBe('  no healthy standby')
  expect(lines[2]).toContain('jidoka incident resolve inc_1')
})

test('a short time is told in milliseconds, a long one in seconds', () => {
  const at = '2026-01-01T03:00:00.000Z'
  expect([tookText(at, '2026-01-01T03:00:00.013Z'), tookText(at, '2026-01-01T03:00:12.340Z'), tookText(at, null)]).toEqual([
    '13 ms',
    '12.3 s',
    '',
  ])
})

test('of what failed the first cause is told, once, and nothing of what was never begun', () => {
  const step = (name: string, status: 'failed' | 'planned', output: unknown) => ({
    seq: 0,
    attempt: 1,
    name,
    kind: 'idempotent',
    status,
    startedAt: null,
    endedAt: null,
    output,
  })
  const run = {
    id: 'run_1',
    runbook: 'restart-process',
    component: 'polaris',
    status: 'failed',
    reason: '"restart polaris-1" failed: it refused. <- connect ECONNREFUSED',
    createdAt: '2026-01-01T12:00:00.000Z',
    waitsUntil: null,
    approvedBy: null,
    steps: [
      step('restart polaris-1', 'failed', { error: 'it refused. <- connect ECONNREFUSED' }),
      step('verify polaris-1', 'planned', null),
    ],
  }
  expect(renderIncident(incident({ runs: [run] }), paints.plain).slice(2)).toEqual([
    '  restart-process failed',
    expect.stringMatching(/^ {4}✖ restart polaris-1 +it refused\.$/),
  ])
})
