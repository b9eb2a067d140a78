import { z } from 'zod'
import type { Lane } from '../andon.ts'
import { defineAndonCommand } from '../define.ts'
import { entry, personOf } from '../entries.ts'
import { marked } from '../here.ts'
import { refInput } from '../inputs.ts'
import { findLane, isDone, notALane, withLane } from '../lanes.ts'

const minuteMs = 60_000

/** Takes a free lane, or gives one's own more time. A second click changes nothing. */
export const laneTake = defineAndonCommand('lane-take', {
  path: 'lanes/{lane}/take',
  summary: 'Take a lane; you report back by the end of its time-box',
  input: z.strictObject({
    lane: refInput.describe('Its id, or its kind'),
    minutes: z.int().min(1).max(1_440).optional().describe('Until you report back; by default andon.laneMs'),
  }),
  needs: 'anyone',
  when: ['yellow', 'red'],
  apply(andon, input, env) {
    const { now, actor, settings } = env
    const lane = findLane(andon, input.lane)
    if (notALane(lane)) return lane
    if (lane.status === 'done') return isDone(lane)
    const mine = lane.owner?.id === actor.id
    if (lane.owner && !mine)
      return { refuse: `${lane.owner.name} has the lane ${lane.title}`, hint: 'It can be handed over by anybody: lane-hand.' }
    if (mine && input.minutes === undefined && lane.dueAt !== null && lane.dueAt > now) return { next: andon, tell: [] }
    const dueAt = now + (input.minutes === undefined ? settings.laneMs : input.minutes * minuteMs)
    const by = personOf(actor)
    const taken: Lane = { ...lane, status: 'taken', owner: by, dueAt }
    const next = withLane(marked(andon, env), taken)
    return { next, tell: [entry(next, 'andon.lane-taken', { lane: lane.id, title: lane.title, by, dueAt })] }
  },
})
