import { act, defineDrill, inDays, lane } from './define.ts'

export const slackDown = defineDrill('slack-down', {
  title: 'The chat goes away',
  summary: 'Half-way the chat is gone: everybody goes on by `jidoka andon watch`; afterwards the room is told all of it, in order.',
  cast: 'played',
  text: 'Messages to carriers are late by minutes',
  acts: [
    act(1_500, 'lead', 'lead'),
    act(1_000, 'lead', 'escalate', () => ({ reason: 'Carriers confirm it' })),
    { afterMs: 1_500, who: 'house', does: { chat: 'away' } },
    act(1_000, 'house', 'note', () => ({ text: 'The chat is away (drill). Go on with: jidoka andon watch' })),
    act(1_000, 'witness', 'lane-take', lane('logs')),
    act(1_000, 'witness', 'lane-report', lane('logs', { text: 'A queue of 40,000 messages behind one slow consumer' })),
    act(1_000, 'lead', 'update', () => ({
      text: 'Messages are late, none is lost. The slow consumer is being replaced.',
      audience: 'room',
    })),
    act(1_000, 'witness', 'lane-done', lane('logs', { outcome: 'The consumer was replaced, the queue is empty' })),
    { afterMs: 1_500, who: 'house', does: { chat: 'back' } },
    act(1_500, 'lead', 'resolve', () => ({ how: 'The slow consumer was replaced', cause: 'Its disk was full of old logs' })),
    act(500, 'lead', 'kaizen-add', (_, stage) => ({
      text: 'Rotate the logs of the consumers',
      owner: stage.cast.witness.id,
      due: inDays(stage, 7),
      kind: 'runbook',
    })),
  ],
})
