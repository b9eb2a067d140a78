import { act, defineDrill, inDays, lane } from './define.ts'

export const nobodyAnswers = defineDrill('nobody-answers', {
  title: 'Nobody answers the call',
  summary: 'The one who pulled is alone: the house itself escalates, and whoever comes then takes over what is there.',
  cast: 'played',
  text: 'The console answers slowly, I am not sure whether it is only me',
  acts: [
    act(3_000, 'house', 'escalate', () => ({ reason: 'Nobody took the lead in time' })),
    act(2_000, 'puller', 'lane-take', lane('logs')),
    act(1_500, 'puller', 'lane-report', lane('logs', { text: 'Slow for everybody, since the index was rebuilt' })),
    act(1_500, 'lead', 'lead'),
    act(1_000, 'lead', 'update', () => ({
      text: 'The console is slow for everybody; the rebuild of an index is stopped now.',
      audience: 'room',
    })),
    act(1_000, 'puller', 'lane-done', lane('logs', { outcome: 'The index rebuild took all of the disk' })),
    act(1_000, 'lead', 'resolve', () => ({ how: 'The rebuild was stopped', cause: 'An index was rebuilt in the busiest hour' })),
    act(500, 'lead', 'thank', (_, { cast: { puller } }) => ({ to: puller.id })),
    act(500, 'lead', 'kaizen-add', (_, stage) => ({
      text: 'A second level in the escalation policy',
      owner: stage.cast.lead.id,
      due: inDays(stage, 7),
      kind: 'task',
    })),
  ],
})
