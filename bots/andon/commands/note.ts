import { z } from 'zod'
import { defineAndonCommand } from '../define.ts'
import { entry, personOf } from '../entries.ts'
import { epochMs } from '../facts-input.ts'
import { marked } from '../here.ts'
import { instantInput, refInput } from '../inputs.ts'
import { clean } from '../text.ts'

const filesMax = 50
const bytesMax = 20 * 1_024 * 1_024

const file = z.strictObject({
  name: z.string().min(1).max(255),
  path: z
    .string()
    .max(512)
    .regex(/^(?!\.)[^/\\\p{C}]+(?:\/(?!\.)[^/\\\p{C}]+)*$/u, 'a path below the data folder, like files/and_1/a.png')
    .describe('Below the data folder'),
  bytes: z.int().min(0).max(bytesMax),
})

/** Something for the timeline: said here, or pinned in the chat (`ref` is where). Too long: cut. */
export const note = defineAndonCommand('note', {
  path: 'note',
  summary: 'Put a note on the timeline',
  input: z.strictObject({
    text: z.string().describe('Cut after 2,000 characters'),
    at: z.union([instantInput, epochMs]).optional().describe('When it happened, if not just now: ISO 8601 or epoch ms'),
    ref: refInput.optional().describe('Where it stands in the chat'),
    files: z.array(file).max(filesMax).default([]),
  }),
  needs: 'anyone',
  when: ['yellow', 'red', 'resolved'],
  apply(andon, { text, at, ref = null, files }, env) {
    const said = clean(text, undefined, '')
    if (said === '' && files.length === 0) return { refuse: 'there is nothing in the note', hint: 'Write something, or attach a file.' }
    const next = marked(andon, env)
    const happened = typeof at === 'string' ? Date.parse(at) : at
    // A clock that is ahead must not put it into the future.
    const told = { text: said, by: personOf(env.actor), at: Math.min(happened ?? env.now, env.now), ref, files }
    return { next, tell: [entry(next, 'andon.note', told)] }
  },
})
