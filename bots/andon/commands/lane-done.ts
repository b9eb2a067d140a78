import { z } from 'zod'
import type { Lane } from '../andon.ts'
import { defineAndonCommand } from '../define.ts'
import { entry, personOf } from '../entries.ts'
import { marked } from '../here.ts'
import { refInput, wordsInput } from '../inputs.ts'
import { findLane, isDone, notALane, withLane } from '../lanes.ts'
import { clean } from '../text.ts'

/** Ends a lane with what came of it; by anybody. */
export const laneDone = defineAndonCommand('lane-done', {
  path: 'lanes/{lane}/done',
  summary: 'End a lane with what came of it',
  input: z.strictObject({ lane: refInput.describe('Its id, or its kind'), outcome: wordsInput() }),
  needs: 'anyone',
  when: ['yellow', 'red'],
  apply(andon, input, env) {
    const lane = findLane(andon, input.lane)
    if (notALane(lane)) return lane
    const outcome = clean(input.outcome)
    if (lane.status === 'done') return lane.outcome === outcome ? { next: andon, tell: [] } : isDone(lane)
    const done: Lane = { ...lane, status: 'done', outcome, endedAt: env.now, dueAt: null }
    const next = withLane(marked(andon, env), done)
    return { next, tell: [entry(next, 'andon.lane-done', { lane: lane.id, title: lane.title, outcome, by: personOf(env.actor) })] }
  },
})
