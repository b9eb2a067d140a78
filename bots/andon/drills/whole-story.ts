import { act, defineDrill, inDays, inquiry, lane } from './define.ts'

/** What a meter would count. */
const practised = {
  meter: 'drill',
  title: 'Lines (practice)',
  count: 12,
  of: 400,
  segments: [
    { name: 'Osaka Robotics', count: 8, owner: null },
    { name: 'Kyoto Meters', count: 4, owner: null },
  ],
  confidence: 'medium',
  problem: null,
}

export const wholeStory = defineDrill('whole-story', {
  title: 'The whole story',
  summary: 'From a pull to a review, with everything that a good evening has: evidence, a lead, lanes, customers told, a cause, kaizen.',
  cast: 'played',
  text: 'Sessions drop in Tokyo: devices reconnect every minute',
  acts: [
    act(1_500, 'witness', 'join', () => ({ text: 'I see it in the authentication log too: timeouts since this morning’s deployment' })),
    act(1_500, 'sales', 'join', () => ({ text: 'Two customers in Osaka are on the phone, both with the same picture' })),
    act(1_000, 'lead', 'lead'),
    act(1_000, 'lead', 'escalate', () => ({ reason: 'Confirmed by two customers' })),
    act(1_000, 'witness', 'lane-take', lane('logs')),
    act(500, 'expert', 'lane-take', lane('mitigation')),
    act(500, 'sales', 'lane-take', lane('range')),
    act(500, 'puller', 'lane-take', lane('carrier')),
    act(500, 'puller', 'inquiry-send', (_, { carriers: [carrier] }) =>
      carrier ? { carrier, symptom: 'Sessions drop about once a minute' } : null,
    ),
    act(500, 'lead', 'role', (_, { cast: { sales } }) => ({ role: 'comms', person: sales.id })),
    act(
      1_500,
      'witness',
      'lane-report',
      lane('logs', { text: 'All timeouts come from one member; its connection pool is full since 10:02' }),
    ),
    act(1_000, 'sales', 'lane-report', lane('range', { text: '12 customers on the Tokyo range; Osaka only through them' })),
    act(500, 'house', 'range', (_, { now }) => ({ reading: { ...practised, at: now, asOf: now } })),
    act(1_000, 'lead', 'update', () => ({
      text: 'Sessions on the Tokyo range drop about once a minute. One member is suspected. Next update in 20 minutes.',
      audience: 'everyone',
    })),
    act(500, 'puller', 'inquiry-answer', inquiry({ text: 'Nothing is known on our side; all links are up', ticket: 'DRILL-7' })),
    act(500, 'puller', 'lane-done', lane('carrier', { outcome: 'Not the carrier' })),
    act(500, 'sales', 'told', () => ({ segment: 'Osaka Robotics' })),
    act(500, 'sales', 'told', () => ({ segment: 'Kyoto Meters' })),
    act(1_500, 'expert', 'lane-report', lane('mitigation', { text: 'Took the suspect out of the pool; new sessions hold' })),
    act(1_000, 'expert', 'lane-done', lane('mitigation', { outcome: 'The member is drained; sessions are stable for ten minutes' })),
    act(500, 'witness', 'lane-done', lane('logs', { outcome: 'A pool of 10 connections since the deployment; it was 100 before' })),
    act(500, 'sales', 'lane-take', lane('comms')),
    act(500, 'sales', 'lane-done', lane('comms', { outcome: 'Both customers were called, and know that it is over' })),
    act(500, 'sales', 'lane-done', lane('range', { outcome: '12 customers, all told' })),
    act(1_000, 'lead', 'severity', () => ({ severity: 2 })),
    act(1_000, 'lead', 'resolve', () => ({
      how: 'The member with the small pool was drained, and its configuration put back',
      cause: 'The deployment set the connection pool to 10 instead of 100',
    })),
    act(500, 'lead', 'thank', (_, { cast: { witness } }) => ({ to: witness.id })),
    act(500, 'puller', 'thank', (_, { cast: { sales } }) => ({ to: sales.id })),
    act(500, 'lead', 'kaizen-add', (_, stage) => ({
      text: 'Check pool sizes when a deployment starts',
      owner: stage.cast.expert.id,
      due: inDays(stage, 7),
      kind: 'task',
    })),
    act(500, 'expert', 'kaizen-add', (_, stage) => ({
      text: 'Drain a member whose pool stays full',
      owner: stage.cast.expert.id,
      due: inDays(stage, 7),
      kind: 'runbook',
    })),
  ],
})
