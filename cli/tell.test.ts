import { expect, test } from 'vitest'
import { clockTime, paints } from './render.ts'
import { openTeller, type Told } from './tell.ts'

/** A story of events, a line each; `at` counts milliseconds from its beginning. */
const start = Date.UTC(2026, 0, 1, 3, 10, 59)
const at = (ms: number) => new Date(start + ms).toISOString()
const time = (ms: number) => clockTime(at(ms))

type Event = [ms: number, kind: string, data?: Record<string, unknown>, subject?: Partial<Told>]
function told(events: Event[]): string[] {
  const tell = openTeller(paints.plain)
  return events.flatMap(([ms, kind, data = {}, subject = {}]) =>
    tell({ at: at(ms), kind, component: 'polaris', incident: 'inc_1', run: /^(run|step)/.test(kind) ? 'run_1' : null, data, ...subject }),
  )
}

const opened: Event[] = [
  [0, 'incident.opened', { member: 'polaris-1', signal: 'exit', summary: 'its process 812 ended: signal SIGKILL' }],
  [2, 'incident.classified', { failure: 'process-exited', was: 'unknown' }],
]
const step = (ms: number, name: string, status: string, output: unknown = {}): Event[] => [
  [ms, 'step.intent', { seq: 0, attempt: 1, name }],
  [ms + 13, `step.${status}`, { seq: 0, attempt: 1, name, output }],
]

test('a process that dies and is mended is three calm lines', () => {
  expect(
    told([
      ...opened,
      [3, 'run.queued', { runbook: 'restart-process', by: 'engine', reason: 'polaris-1 ended' }],
      [4, 'run.started', { runbook: 'restart-process' }],
      ...step(5, 'restart polaris-1', 'done'),
      [20, 'role.changed', { active: 'polaris-1' }],
      [21, 'run.finished', { runbook: 'restart-process', status: 'done', reason: 'verified' }],
      [21, 'incident.recovered', { reason: 'verified from outside: polaris-1' }],
    ]),
  ).toEqual([
    `${time(0)}  polaris  process-exited: polaris-1: its process 812 ended: signal SIGKILL`,
    '          ✓ restart polaris-1  13 ms',
    '          recovered: verified from outside: polaris-1',
  ])
})

test('what failed, what was not tried and why, and that a person is called, all stand there', () => {
  const lines = told([
    ...opened,
    [3, 'run.queued', { runbook: 'restart-process', by: 'engine', reason: 'polaris-1 ended' }],
    ...step(5, 'verify polaris-1', 'failed', { error: 'its process ended again' }),
    [19, 'run.queued', { runbook: 'restart-again', by: 'engine', reason: 'polaris-1 ended' }],
    [20, 'run.finished', { runbook: 'restart-process', status: 'failed', reason: '"verify polaris-1" failed' }],
    [21, 'incident.refused', { runbook: 'restart-process', code: 'tried', reason: 'it failed' }],
    [21, 'incident.refused', { runbook: 'failover-active-standby', code: 'standby-healthy', reason: 'no healthy standby' }],
    [21, 'run.queued', { runbook: 'page', by: 'engine', reason: 'no healthy standby' }],
    ...step(22, 'page', 'done'),
    [40, 'incident.escalated', { reason: 'no healthy standby' }],
    [41, 'page.failed', { problem: 'webhook: it answered 500' }],
    [42, 'page.sent', { attempts: 2 }],
  ])
  expect(lines.slice(1)).toEqual([
    '          ✖ verify polaris-1  13 ms  its process ended again',
    '          next: restart-again',
    '          not tried: failover-active-standby: no healthy standby',
    '          escalated: a person is called',
    '          no pager took the page: webhook: it answered 500',
    '          a pager took the page, at try 2',
  ])
})

test('an incident that becomes another one, and grows, tells both', () => {
  expect(
    told([
      ...opened,
      [5, 'incident.classified', { failure: 'standby-unhealthy', was: 'process-exited' }],
      [6, 'alert.joined', { member: 'polaris-1', summary: 'connection refused' }],
      [7, 'alert.joined', { member: 'polaris-2', summary: 'connection refused' }],
      [8, 'alert.joined', { member: 'polaris-2', summary: 'connection refused' }],
    ]).slice(1),
  ).toEqual(['          now standby-unhealthy', '          also polaris-2: connection refused'])
})

test('an alert that says too little is told when it is looked at', () => {
  const opening: Event = [0, 'incident.opened', { member: null, summary: 'something is slow' }]
  expect(told([opening])).toEqual([])
  expect(told([opening, [5, 'run.queued', { runbook: 'page', by: 'engine', reason: 'no runbook answers "unknown"' }]])).toEqual([
    `${time(0)}  polaris  unknown: something is slow`,
  ])
})

test('a line carries its time and component again when another one came between, or a while has passed', () => {
  const lines = told([
    ...opened,
    [3, 'switch.off', { reason: 'migration', by: 'aki' }, { component: 'dipper', incident: null }],
    ...step(4, 'fence polaris-1', 'done'),
    ...step(30, 'promote polaris-2', 'done'),
    ...step(9_000, 'route polaris-2', 'done'),
  ])
  expect(lines.slice(1)).toEqual([
    `${time(3)}  dipper  automation is off: migration (aki)`,
    `${time(17)}  polaris  ✓ fence polaris-1  13 ms`,
    '          ✓ promote polaris-2  13 ms',
    `${time(9_013)}  polaris  ✓ route polaris-2  13 ms`,
  ])
})

test('what somebody ordered is told with who and why, and how it ended', () => {
  const none = { incident: null }
  expect(
    told([
      [0, 'run.queued', { runbook: 'failover-active-standby', by: 'local', reason: 'new kernel' }, none],
      [0, 'step.intent', { seq: 0, attempt: 1, name: 'demote polaris-1' }, none],
      [12_000, 'step.done', { seq: 0, attempt: 1, name: 'demote polaris-1', output: {} }, none],
      [12_001, 'run.finished', { runbook: 'failover-active-standby', status: 'done', reason: 'verified from outside: polaris-2' }, none],
    ]),
  ).toEqual([
    `${time(0)}  polaris  failover-active-standby: new kernel (local)`,
    `${time(12_000)}  polaris  ✓ demote polaris-1  12.0 s`,
    '          done: verified from outside: polaris-2',
  ])
})

test('a run in doubt, one that gave way, and one that an earlier controller left are told', () => {
  const lines = told([
    ...opened,
    [3, 'run.resumed', { runbook: 'failover-active-standby' }],
    [
      4,
      'run.finished',
      { runbook: 'failover-active-standby', status: 'unknown', reason: '"promote polaris-2" may or may not have been done' },
    ],
    [5, 'run.finished', { runbook: 'return-standby', status: 'cancelled', reason: 'gave way: polaris-1 fails' }],
  ])
  expect(lines.slice(1)).toEqual([
    '          failover-active-standby is taken up again',
    '          failover-active-standby ended in doubt: "promote polaris-2" may or may not have been done',
    '          return-standby was stopped: gave way: polaris-1 fails',
  ])
})

test('what people do about it is told in a line each, with the andon that it is about', () => {
  const andon = { andon: 'and_0k3v9x2m1q8wz4t7p', incident: null }
  const aki = { id: 'aki', name: 'Aki' }
  const lines = told([
    [0, 'andon.pulled', { text: `sessions drop\n${'x'.repeat(300)}`, by: aki, via: 'cli', drill: null, private: false }, andon],
    [2, 'andon.call', { until: start + 120_000, page: 'p', again: false }, andon],
    [9_000, 'andon.role', { role: 'lead', person: aki, before: null, by: aki, note: null }, { ...andon, component: null }],
    [9_500, 'andon.of-tomorrow', {}, andon],
    [10_000, 'andon.resolved', { how: 'rolled back', cause: null, falseAlarm: false, by: aki, lastedMs: 10_000 }, andon],
  ])
  expect(lines).toEqual([
    `${time(0)}  polaris  andon 4t7p: Aki pulled the andon: sessions drop / ${'x'.repeat(83)}…`,
    `          andon 4t7p: A leader is called, until ${time(120_000)}`,
    `${time(9_000)}  andon  andon 4t7p: Aki took the lead`,
    `${time(10_000)}  polaris  andon 4t7p: Resolved by Aki after 10 s: rolled back`,
  ])
})
