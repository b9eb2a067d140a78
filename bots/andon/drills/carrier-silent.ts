import { act, defineDrill, inDays, inquiry, lane } from './define.ts'

export const carrierSilent = defineDrill('carrier-silent', {
  title: 'A carrier does not answer',
  summary: 'An inquiry goes out, nobody answers, it is chased, and the answer comes by telephone.',
  cast: 'played',
  text: 'Roaming devices of one carrier cannot attach',
  acts: [
    act(1_500, 'lead', 'lead'),
    act(1_000, 'lead', 'escalate', () => ({ reason: 'All devices of that carrier' })),
    act(1_000, 'expert', 'lane-take', lane('carrier')),
    act(1_000, 'expert', 'inquiry-send', (_, { carriers: [carrier] }) =>
      carrier ? { carrier, symptom: 'Attach requests are answered with “network failure”' } : null,
    ),
    act(2_500, 'expert', 'inquiry-chased', inquiry({})),
    act(
      2_000,
      'expert',
      'inquiry-answer',
      inquiry({ text: 'By telephone: a signalling link is down on their side, back in 20 minutes', ticket: 'DRILL-1' }),
    ),
    act(1_000, 'lead', 'update', () => ({
      text: 'The carrier has a signalling link down; they expect it back in 20 minutes.',
      audience: 'customers',
    })),
    act(1_000, 'expert', 'lane-done', lane('carrier', { outcome: 'Their link is back' })),
    act(1_000, 'lead', 'resolve', () => ({
      how: 'The carrier mended its signalling link',
      cause: 'Outside: a signalling link of the carrier',
    })),
    act(500, 'lead', 'kaizen-add', (_, stage) => ({
      text: 'Put the telephone number of the desk where it is found',
      owner: stage.cast.expert.id,
      due: inDays(stage, 7),
      kind: 'task',
    })),
  ],
})
