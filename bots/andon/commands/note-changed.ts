import { z } from 'zod'
import { defineAndonCommand } from '../define.ts'
import { entry, personOf } from '../entries.ts'
import { refInput } from '../inputs.ts'
import { clean } from '../text.ts'
import { isNobody, whoIs } from '../who.ts'

/** A pinned message was edited, or taken back: the timeline keeps what stood there, and says so. */
export const noteChanged = defineAndonCommand('note-changed', {
  path: 'note-changed',
  summary: 'A pinned message was edited, deleted or unpinned',
  input: z.strictObject({
    ref: refInput.describe('Where it stands in the chat'),
    text: z.string().nullable().describe('null: taken back'),
    person: refInput.optional().describe('Who did it, when the chat says so'),
  }),
  needs: 'nobody',
  when: ['yellow', 'red', 'resolved'],
  apply(andon, { ref, text, person }, env) {
    const named = person === undefined ? null : whoIs(andon, person, env)
    const by = personOf(named === null || isNobody(named) ? env.actor : named)
    return { next: andon, tell: [entry(andon, 'andon.note-changed', { ref, text: text === null ? null : clean(text), by })] }
  },
})
