import { z } from 'zod'
import type { Andon } from '../andon.ts'
import { defineAndonCommand } from '../define.ts'
import { entry } from '../entries.ts'

/** Where it is talked about, told by the chat: when it stands, is renamed, or a thread has to do. */
export const room = defineAndonCommand('room', {
  path: 'room',
  summary: 'Where it is talked about',
  input: z.strictObject({
    name: z.string().trim().min(1).max(200),
    url: z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .nullable(),
    kind: z.enum(['room', 'thread']),
  }),
  needs: 'nobody',
  when: ['yellow', 'red', 'resolved'],
  apply(andon, place, { now }) {
    const { room: before } = andon
    if (before && before.name === place.name && before.url === place.url && before.kind === place.kind) return { next: andon, tell: [] }
    const next: Andon = { ...andon, room: place, marks: { ...andon.marks, room: andon.marks.room ?? now } }
    return { next, tell: [entry(next, 'andon.room', place)] }
  },
})
