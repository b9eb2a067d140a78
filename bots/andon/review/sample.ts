import type { Andon, Lane, RangeReading } from '../andon.ts'

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
export const plus = (minutes: number, seconds = 0) => pulledAt + (minutes * 60 + seconds) * 1_000

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
  room: null,
  ...more,
})

export const reading: RangeReading = {
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

export const inquiryText = [
  'Subject: Possible fault: devices reconnect every minute',
  '',
  'Dear Kaede Mobile team,',
  '',
  'we see a fault that may have to do with your side, and would be glad of your help.',
  '',
  'What we see:   devices reconnect every minute',
  'Since:         2026-11-20 10:20 (UTC+9)',
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
  recurrence: { count: 2, last: 'and_0k3v1aaaaaaaaaaaa', lastAt: null, kaizenOpen: 0 },
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
