import type { AndonEntries } from '../../bots/andon/entries.ts'
import type { AndonView, EntryView } from '../../bots/andon/wire.ts'

/** For tests: an andon ten minutes after its pull, and what happened meanwhile. */
export const start = Date.UTC(2026, 10, 21, 1, 20)
export const at = (ms: number) => new Date(start + ms).toISOString()
const minute = 60_000

const aki = { id: 'aki', name: 'Aki' }
const ben = { id: 'ben', name: 'Ben' }

export const calm: AndonView = {
  id: 'and_0k3v9x2m1q8wz4t7p',
  status: 'yellow',
  red: null,
  resolved: null,
  mergedInto: null,
  text: 'sessions drop in Tokyo',
  component: { id: 'polaris', by: 'words' },
  failure: null,
  incident: null,
  drill: null,
  private: false,
  severity: null,
  locale: 'en',
  pulledAt: at(0),
  pulledBy: aki,
  via: 'cli',
  reporters: [{ person: aki, text: 'sessions drop in Tokyo', via: 'cli', at: at(0) }],
  roles: { lead: null, scribe: null, comms: null },
  call: { page: 'p', since: at(0), until: at(2 * minute) },
  lanes: [],
  inquiries: [],
  updates: [],
  updateDueAt: null,
  snapshot: null,
  suspects: [],
  ranges: [],
  told: [],
  runs: [],
  room: null,
  kaizen: [],
  thanks: [],
  mergedFrom: [],
  splitFrom: null,
  recurrence: { count: 0, last: null, lastAt: null, kaizenOpen: 0 },
  retention: null,
  marks: { human: null, lead: null, red: null, room: null, resolved: null },
}

type Lane = AndonView['lanes'][number]
const lane = (n: number, kind: string, title: string, more: Partial<Lane> = {}): Lane => ({
  id: `lane_${n}`,
  kind,
  title,
  status: 'open',
  owner: null,
  openedAt: at(3 * minute),
  dueAt: null,
  reports: [],
  outcome: null,
  endedAt: null,
  room: null,
  ...more,
})

export const burning: AndonView = {
  ...calm,
  status: 'red',
  red: { since: at(3 * minute), reason: 'visible to customers' },
  call: null,
  reporters: [...calm.reporters, { person: ben, text: 'Osaka, too', via: 'slack', at: at(minute) }],
  roles: { lead: { person: ben, at: at(minute) }, scribe: null, comms: { person: aki, at: at(4 * minute) } },
  room: { name: '#andon-polaris', url: 'https://example.slack.com/archives/C1', kind: 'room' },
  updateDueAt: at(33 * minute),
  lanes: [
    lane(1, 'logs', 'Logs and figures', {
      status: 'taken',
      owner: ben,
      dueAt: at(24 * minute),
      reports: [{ person: ben, text: 'nothing since 10:20', at: at(8 * minute) }],
    }),
    lane(2, 'carrier', 'Carrier', { status: 'taken', owner: aki, dueAt: at(9 * minute) }),
    lane(3, 'range', 'Customer range'),
    lane(4, 'mitigation', 'Mitigation', { status: 'done', owner: ben, outcome: 'rolled back 4.2.1', endedAt: at(9 * minute) }),
  ],
  inquiries: [
    {
      id: 'inq_1',
      carrier: 'starlink',
      name: 'Starlink',
      status: 'sent',
      text: 'Dear desk',
      ticket: 'T-77',
      by: aki,
      sentAt: at(5 * minute),
      chaseAt: at(35 * minute),
      chased: 0,
      answers: [],
    },
  ],
  ranges: [
    {
      meter: 'lines',
      title: 'Lines',
      at: at(9 * minute),
      count: 1_240,
      of: 52_000,
      segments: [
        { name: 'Cars', count: 1_000, owner: null },
        { name: 'Meters', count: 240, owner: null },
      ],
      confidence: 'medium',
      asOf: at(9 * minute),
      problem: null,
    },
  ],
}

export const entryOf = <Kind extends keyof AndonEntries>(seq: number, ms: number, kind: Kind, data: AndonEntries[Kind]): EntryView => ({
  seq,
  at: at(ms),
  kind,
  text: { en: '', ja: '' },
  incident: null,
  run: null,
  data: data as unknown as EntryView['data'],
})

export const story: EntryView[] = [
  entryOf(1, 0, 'andon.pulled', {
    text: 'sessions drop in Tokyo',
    by: aki,
    via: 'cli',
    component: 'polaris',
    drill: null,
    private: false,
    locale: 'en',
  }),
  entryOf(2, 0, 'andon.call', { until: start + 2 * minute, page: 'p', again: false }),
  entryOf(3, minute, 'andon.joined', { text: 'Osaka, too', by: ben, via: 'slack', count: 2 }),
  entryOf(4, minute, 'andon.role', { role: 'lead', person: ben, before: null, by: ben, note: null }),
  entryOf(5, 3 * minute, 'andon.red', { reason: 'visible to customers', by: ben }),
  entryOf(6, 8 * minute, 'andon.lane-report', { lane: 'lane_1', title: 'Logs and figures', text: 'nothing since 10:20', by: ben }),
  entryOf(7, 9 * minute, 'andon.lane-done', { lane: 'lane_4', title: 'Mitigation', outcome: 'rolled back 4.2.1', by: ben }),
]
