import { z } from 'zod'
import type { Lane } from '../andon.ts'
import { defineAndonCommand } from '../define.ts'
import { entry } from '../entries.ts'
import { refInput } from '../inputs.ts'
import { findLane, notALane, withLane } from '../lanes.ts'

/** The room of a lane, told by the chat: when it stands or is renamed. Without a name none could be made, and it may be asked for again. */
export const laneRoomStands = defineAndonCommand('lane-room-stands', {
  path: 'lanes/{lane}/room-stands',
  summary: 'Where a lane is talked about',
  input: z.strictObject({
    lane: refInput,
    name: z.string().trim().min(1).max(200).nullable(),
    url: z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .nullable(),
  }),
  needs: 'nobody',
  when: ['yellow', 'red', 'resolved'],
  apply(andon, { lane: ref, name, url }) {
    const lane = findLane(andon, ref)
    if (notALane(lane)) return lane
    const room: Lane['room'] = name === null ? null : { name, url }
    const before = lane.room ?? null
    if (before?.name === room?.name && before?.url === room?.url) return { next: andon, tell: [] }
    const next = withLane(andon, { ...lane, room })
    return { next, tell: [entry(next, 'andon.lane-room-stands', { lane: lane.id, title: lane.title, name, url })] }
  },
})
