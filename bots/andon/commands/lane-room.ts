import { z } from 'zod'
import { defineAndonCommand } from '../define.ts'
import { entry, personOf } from '../entries.ts'
import { marked } from '../here.ts'
import { refInput } from '../inputs.ts'
import { crowded, findLane, isDone, notALane, withLane } from '../lanes.ts'

/** Asks for a room of its own for a lane; the chat makes it, and tells when it stands. */
export const laneRoom = defineAndonCommand('lane-room', {
  path: 'lanes/{lane}/room',
  summary: 'A room of its own for a lane',
  input: z.strictObject({ lane: refInput.describe('Its id, or its kind') }),
  needs: 'anyone',
  when: ['yellow', 'red'],
  apply(andon, input, env) {
    const lane = findLane(andon, input.lane)
    if (notALane(lane)) return lane
    if (lane.status === 'done') return isDone(lane)
    if (lane.room)
      return {
        refuse: `the lane ${lane.title} has a room already`,
        hint: lane.room.url ?? 'It is being made; the card of the lane links it.',
      }
    if (!crowded(andon))
      return { refuse: "7 people or fewer: replies to the lane's card are enough", hint: 'Ask again when more people have a part in it.' }
    const next = withLane(marked(andon, env), { ...lane, room: { name: null, url: null } })
    return { next, tell: [entry(next, 'andon.lane-room', { lane: lane.id, title: lane.title, by: personOf(env.actor) })] }
  },
})
