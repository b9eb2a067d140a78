import type { JournalEvent } from '../../../core/journal/journal.ts'
import type { Json } from '../../../core/runs/run.ts'
import type { Andon, Lane, RangeReading } from '../andon.ts'
import { type AndonEntries, type AndonEntryKind, entry } from '../entries.ts'

/** A whole story for tests: everything that a review can tell happens in it once. */
const person = (id: string, name: string) => ({ id, name })
export const [aki, ben, chika, dan, emi] = [
  person('aki', 'Aki'),
  person('ben', 'Ben'),
  person('chika', 'Chika'),
  person('dan', 'Dan'),
  person('emi', 'Emi'),
] as const

/** 2026-11-20 10:20:00 in Tokyo. */
export const pulledAt = Date.UTC(2026, 10, 20, 1, 20)
const plus = (minutes: number, seconds = 0) => pulledAt + (minutes * 60 + seconds) * 1_000

const lane = (id: string, kind: string, title: string, more: Partial<Lane> = {}): Lane => ({
  id,
  kind,
  title,
  status: 'open',
  owner: null,
  openedAt: plus(4),
  dueAt: null,
  reports: [],
  outcome: null,
  endedAt: null,
  ...more,
})

const reading: RangeReading = {
  meter: 'sessions',
  title: 'Sessions without traffic',
  at: plus(12),
  count: 1_240,
  of: 52_000,
  segments: [
    { name: 'Logistics', count: 810, owner: 'emi' },
    { name: 'Point of sale', count: 300, owner: 'emi' },
    { name: 'Meters | Osaka', count: 130, owner: null },
  ],
  confidence: 'medium',
  asOf: plus(12),
  problem: null,
}

const inquiryText = [
  'Subject: Possible fault: devices reconnect every minute',
  '',
  'Dear Kaede Mobile team,',
  '',
  'we see a fault that may have to do with your side, and would be glad of your help.',
  '',
  'What we see:   devices reconnect every minute',
  'Since:         2026-11-20 10:20 (UTC+09:00)',
].join('\n')

export const sample: Andon = {
  id: 'and_0k3v9x2m1q8wz4t7p',
  state: {
    status: 'resolved',
    at: plus(52),
    by: ben,
    how: 'The member with the small pool was drained, and its configuration put back.',
    cause: 'The deployment set the connection pool to 10 instead of 100',
    mergedInto: null,
    falseAlarm: false,
  },
  text: 'Sessions drop in Tokyo: devices reconnect every minute',
  component: { id: 'polaris', by: 'words' },
  failure: 'failing',
  incident: 'inc_0k3v9x2m0aaaaaaaa',
  drill: null,
  private: false,
  severity: 2,
  locale: 'en',
  pulledAt,
  pulledBy: aki,
  via: 'slack',
  reporters: [
    { person: aki, text: 'Sessions drop in Tokyo: devices reconnect every minute', via: 'slack', at: pulledAt },
    { person: chika, text: 'Timeouts in the authentication log since 10:02', via: 'slack', at: plus(0, 40) },
    { person: emi, text: 'Two customers are on the phone', via: 'cli', at: plus(1, 30) },
  ],
  roles: { lead: { person: ben, at: plus(1, 10) }, scribe: null, comms: { person: emi, at: plus(6) } },
  call: null,
  lanes: [
    lane('lane_1', 'logs', 'Logs and figures', {
      status: 'done',
      owner: chika,
      reports: [
        { person: chika, text: 'All timeouts come from one member; its pool is full:\npool=10 in_use=10 waiting=412', at: plus(9) },
      ],
      outcome: 'A pool of 10 connections since the deployment; it was 100 before',
      endedAt: plus(24),
    }),
    lane('lane_2', 'carrier', 'Carrier', { status: 'taken', owner: dan }),
    lane('lane_3', 'mitigation', 'Mitigation', {
      status: 'done',
      owner: dan,
      reports: [{ person: dan, text: 'Took polaris-1 out of the pool; new sessions hold', at: plus(20) }],
      outcome: 'The member is drained; sessions are stable for ten minutes',
      endedAt: plus(44),
    }),
    lane('lane_4', 'comms', 'Communications'),
  ],
  inquiries: [
    {
      id: 'inq_1',
      carrier: 'kaede',
      name: 'Kaede Mobile',
      status: 'answered',
      text: inquiryText,
      ticket: 'KM-88123',
      by: dan,
      sentAt: plus(8),
      chaseAt: null,
      chased: 1,
      answers: [{ text: 'No fault and no planned work on our side.\nWe keep looking at the signalling links.', by: dan, at: plus(41) }],
    },
  ],
  updates: [{ id: 'upd_1', at: plus(14), by: emi, text: 'One member is suspected. Next update at 10:55.', audience: 'everyone' }],
  updateDueAt: null,
  snapshot: {
    at: plus(50),
    members: [],
    components: [
      { id: 'polaris', status: 'warn', well: 1, of: 2 },
      { id: 'dipper', status: 'pass', well: 2, of: 2 },
    ],
    incidents: [],
    runs: [],
    digest: 'd',
  },
  suspects: [
    {
      change: 'chg_1',
      title: 'polaris 4.2.1',
      component: 'polaris',
      at: plus(-18),
      by: 'deploy-bot',
      url: 'https://ci.example/runs/4211',
      weight: 0.9,
      why: 'a deployment of the same component, 18 minutes before',
    },
  ],
  ranges: [reading],
  told: [{ segment: 'Logistics', by: emi, at: plus(18) }],
  runs: ['run_1', 'run_2'],
  room: { name: '#andon-1120-polaris-t7p', url: null, kind: 'room' },
  kaizen: [
    {
      id: 'kai_1',
      text: 'Check pool sizes when a deployment starts',
      owner: dan,
      dueAt: plus(60 * 24 * 14),
      kind: 'task',
      status: 'open',
      result: null,
      openedAt: plus(55),
      endedAt: null,
      chased: 0,
    },
    {
      id: 'kai_2',
      text: 'Drain a member whose pool stays full',
      owner: null,
      dueAt: null,
      kind: 'runbook',
      status: 'open',
      result: null,
      openedAt: plus(56),
      endedAt: null,
      chased: 0,
    },
  ],
  thanks: [{ by: ben, to: 'chika', at: plus(53) }],
  mergedFrom: [],
  splitFrom: null,
  recurrence: { count: 2, last: 'and_0k3v1aaaaaaaaaaaa' },
  retention: null,
  marks: { human: plus(0, 40), lead: plus(1, 10), red: plus(4), room: plus(0, 1), resolved: plus(52) },
  reminded: {},
}

/** An earlier time of the same; `days` before. */
export const earlierBy = (days: number, id: string, more: Partial<Andon> = {}): Andon => ({
  ...sample,
  id,
  pulledAt: sample.pulledAt - days * 86_400_000,
  kaizen: [],
  state: {
    status: 'resolved',
    at: sample.pulledAt - days * 86_400_000 + 1,
    by: ben,
    how: 'restarted',
    cause: null,
    mergedInto: null,
    falseAlarm: false,
  },
  ...more,
})

export const earlier: Andon[] = [
  earlierBy(12, 'and_0k3v1aaaaaaaaaaaa', { kaizen: [{ ...(sample.kaizen[0] as Andon['kaizen'][0]), text: 'Alert on full pools' }] }),
  earlierBy(40, 'and_0k3u0aaaaaaaaaaaa'),
]

let seq = 0
const says = <Kind extends AndonEntryKind>(at: number, kind: Kind, data: AndonEntries[Kind]): JournalEvent => ({
  seq: ++seq,
  at,
  andon: sample.id,
  ...entry(sample, kind, data),
})
const runSays = (at: number, run: string, kind: string, data: Record<string, Json>): JournalEvent => ({
  seq: ++seq,
  at,
  kind,
  component: 'polaris',
  incident: sample.incident,
  run,
  andon: null,
  data,
})

/** The timeline of the story, as the desk gives it. */
export const timeline: JournalEvent[] = [
  runSays(plus(-1, 30), '', 'incident.opened', { key: 'k', member: 'polaris-1', signal: 'failing', summary: 'answers 503' }),
  runSays(plus(-1, 31), 'run_1', 'run.queued', {
    runbook: 'restart-process',
    reason: 'failing is answered by restart-process',
    by: 'engine',
  }),
  runSays(plus(-1, 31), 'run_1', 'step.intent', {
    seq: 0,
    attempt: 1,
    name: 'restart polaris-1',
    action: 'restart',
    args: { member: 'polaris-1' },
  }),
  runSays(plus(-1, 33), 'run_1', 'step.done', { seq: 0, attempt: 1, name: 'restart polaris-1', action: 'restart', output: null }),
  runSays(plus(-1, 33), 'run_1', 'step.intent', { seq: 1, attempt: 1, name: 'verify polaris-1', action: 'verify', args: {} }),
  runSays(plus(-1, 55), 'run_1', 'step.failed', {
    seq: 1,
    attempt: 1,
    name: 'verify polaris-1',
    action: 'verify',
    output: { error: 'not well within 20 s' },
  }),
  runSays(plus(-1, 55), 'run_1', 'run.finished', {
    runbook: 'restart-process',
    status: 'failed',
    reason: 'polaris-1 was not well within 20 s',
  }),
  runSays(plus(-1, 56), '', 'incident.refused', {
    runbook: 'failover-active-standby',
    code: 'standby-caught-up',
    reason: 'polaris-2 is 40 s behind',
  }),
  says(pulledAt, 'andon.pulled', {
    text: sample.text,
    by: aki,
    via: 'slack',
    component: 'polaris',
    drill: null,
    private: false,
    locale: 'en',
  }),
  says(pulledAt, 'andon.call', { until: plus(2), page: 'p', again: false }),
  says(pulledAt, 'andon.snapshot', { first: true, summary: 'polaris warn (1 of 2 well), dipper pass', changed: [] }),
  says(pulledAt, 'andon.suspects', { suspects: sample.suspects }),
  says(plus(0, 1), 'andon.room', { name: '#andon-1120-polaris-t7p', url: null, kind: 'room' }),
  says(plus(0, 40), 'andon.joined', { text: 'Timeouts in the authentication log since 10:02', by: chika, via: 'slack', count: 2 }),
  says(plus(1, 10), 'andon.role', { role: 'lead', person: ben, before: null, by: ben, note: null }),
  says(plus(1, 30), 'andon.joined', { text: 'Two customers are on the phone', by: emi, via: 'cli', count: 3 }),
  says(plus(4), 'andon.red', { reason: 'Confirmed by two customers', by: ben }),
  ...sample.lanes.map(({ id, kind, title }) => says(plus(4), 'andon.lane-opened', { lane: id, kind, title, by: null })),
  says(plus(5), 'andon.lane-taken', { lane: 'lane_1', title: 'Logs and figures', by: chika, dueAt: plus(25) }),
  says(plus(6), 'andon.role', { role: 'comms', person: emi, before: null, by: ben, note: null }),
  says(plus(8), 'andon.inquiry-sent', { inquiry: 'inq_1', carrier: 'kaede', name: 'Kaede Mobile', text: inquiryText, by: dan }),
  says(plus(9), 'andon.lane-report', {
    lane: 'lane_1',
    title: 'Logs and figures',
    text: sample.lanes[0]?.reports[0]?.text ?? '',
    by: chika,
  }),
  says(plus(10), 'andon.note', {
    text: 'The graf shows it since 10:02',
    by: chika,
    at: plus(10),
    ref: 'slack:C1/1',
    files: [{ name: 'graph (1).png', path: 'files/and_0k3v9x2m1q8wz4t7p/graph (1).png', bytes: 81_233 }],
  }),
  says(plus(10, 20), 'andon.note-changed', { ref: 'slack:C1/1', text: 'The graph shows it since 10:02', by: chika }),
  says(plus(12), 'andon.range', { reading, first: true }),
  says(plus(14), 'andon.update', {
    update: 'upd_1',
    text: 'One member is suspected. Next update at 10:55.',
    audience: 'everyone',
    by: emi,
  }),
  says(plus(16), 'andon.ordered', { what: 'approve', runbook: 'failover-active-standby', answer: 'run run_2 has begun', by: ben }),
  runSays(plus(16), 'run_2', 'run.queued', { runbook: 'failover-active-standby', reason: 'approved by Ben', by: 'ben' }),
  runSays(plus(16), 'run_2', 'step.intent', {
    seq: 0,
    attempt: 1,
    name: 'fence polaris-1',
    action: 'fence',
    args: { member: 'polaris-1', graceMs: 3_000 },
  }),
  runSays(plus(16, 1), 'run_2', 'step.done', { seq: 0, attempt: 1, name: 'fence polaris-1', action: 'fence', output: null }),
  runSays(plus(16, 1), 'run_2', 'step.intent', {
    seq: 1,
    attempt: 1,
    name: 'promote polaris-2',
    action: 'promote',
    args: { member: 'polaris-2' },
  }),
  runSays(plus(16, 3), 'run_2', 'step.done', { seq: 1, attempt: 1, name: 'promote polaris-2', action: 'promote', output: null }),
  runSays(plus(16, 3), 'run_2', 'run.finished', { runbook: 'failover-active-standby', status: 'done', reason: 'polaris-2 is active' }),
  says(plus(16, 4), 'andon.run', {
    run: 'run_2',
    what: 'ended',
    runbook: 'failover-active-standby',
    status: 'done',
    reason: 'polaris-2 is active',
  }),
  says(plus(18), 'andon.told', { segment: 'Logistics', by: emi }),
  says(plus(20), 'andon.lane-report', {
    lane: 'lane_3',
    title: 'Mitigation',
    text: 'Took polaris-1 out of the pool; new sessions hold',
    by: dan,
  }),
  says(plus(24), 'andon.lane-done', { lane: 'lane_1', title: 'Logs and figures', outcome: sample.lanes[0]?.outcome ?? '', by: chika }),
  says(plus(38), 'andon.inquiry-chase', { inquiry: 'inq_1', name: 'Kaede Mobile', times: 1, owner: dan }),
  says(plus(41), 'andon.inquiry-answered', {
    inquiry: 'inq_1',
    name: 'Kaede Mobile',
    text: sample.inquiries[0]?.answers[0]?.text ?? '',
    by: dan,
  }),
  says(plus(44), 'andon.reminder', { about: 'update', subject: 'update', text: '', person: emi }),
  says(plus(44), 'andon.lane-done', { lane: 'lane_3', title: 'Mitigation', outcome: sample.lanes[2]?.outcome ?? '', by: dan }),
  says(plus(47), 'andon.note', { text: 'By phone: Logistics sees traffic again', by: emi, at: plus(45), ref: null, files: [] }),
  says(plus(50), 'andon.snapshot', { first: false, summary: 'polaris warn', changed: ['polaris-2 is active'] }),
  says(plus(52), 'andon.resolved', {
    how: (sample.state as { how: string }).how,
    cause: (sample.state as { cause: string }).cause,
    falseAlarm: false,
    by: ben,
    lastedMs: 52 * 60_000,
  }),
  says(plus(53), 'andon.thanks', { to: 'chika', by: ben }),
  ...sample.kaizen.map((item, n) => says(plus(55 + n), 'andon.kaizen-added', { item, by: ben })),
]
