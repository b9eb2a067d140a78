import { z } from 'zod'
import { type Andon, limits, type Update } from '../andon.ts'
import { defineAndonCommand } from '../define.ts'
import { entry, personOf } from '../entries.ts'
import { marked } from '../here.ts'
import { wordsInput } from '../inputs.ts'
import { clean } from '../text.ts'

/** How it stands. While it is red the next one is due `andon.updateEveryMs` later. */
export const update = defineAndonCommand('update', {
  path: 'update',
  summary: 'Tell how it stands',
  input: z.strictObject({
    text: wordsInput(),
    audience: z.enum(['room', 'everyone', 'customers']).default('room').describe('For whom it is written'),
  }),
  needs: 'anyone',
  when: ['yellow', 'red', 'resolved'],
  apply(andon, input, env) {
    const { now, actor, mint, settings } = env
    const told: Update = { id: mint('upd'), at: now, by: personOf(actor), text: clean(input.text), audience: input.audience }
    const next: Andon = {
      ...marked(andon, env),
      updates: [...andon.updates, told].slice(-limits.updates),
      updateDueAt: andon.state.status === 'red' ? now + settings.updateEveryMs : null,
    }
    const { id, text, audience, by } = told
    return { next, tell: [entry(next, 'andon.update', { update: id, text, audience, by })] }
  },
})
