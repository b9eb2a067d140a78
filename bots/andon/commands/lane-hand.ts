import { z } from 'zod'
import type { Lane } from '../andon.ts'
import { defineAndonCommand } from '../define.ts'
import { entry } from '../entries.ts'
import { marked } from '../here.ts'
import { refInput } from '../inputs.ts'
import { findLane, isDone, notALane, withLane } from '../lanes.ts'
import { isNobody, whoIs } from '../who.ts'

/** Gives a lane to somebody, or away from somebody; the time-box begins anew. */
export const laneHand = defineAndonCommand('lane-hand', {
  path: 'lanes/{lane}/hand',
  summary: 'Hand a lane to somebody',
  input: z.strictObject({ lane: refInput.describe('Its id, or its kind'), person: refInput }),
  needs: 'anyone',
  when: ['yellow', 'red'],
  apply(andon, input, env) {
    const lane = findLane(andon, input.lane)
    if (notALane(lane)) return lane
    if (lane.status === 'done') return isDone(lane)
    const owner = whoIs(andon, input.person, env)
    if (isNobody(owner)) return owner
    if (lane.owner?.id === owner.id) return { next: andon, tell: [] }
    const dueAt = env.now + env.settings.laneMs
    const handed: Lane = { ...lane, status: 'taken', owner, dueAt }
    const next = withLane(marked(andon, env), handed)
    return { next, tell: [entry(next, 'andon.lane-taken', { lane: lane.id, title: lane.title, by: owner, dueAt })] }
  },
})
