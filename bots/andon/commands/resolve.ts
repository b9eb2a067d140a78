import { z } from 'zod'
import type { Andon, Lane } from '../andon.ts'
import { defineAndonCommand } from '../define.ts'
import { entry, personOf } from '../entries.ts'
import { marked } from '../here.ts'
import { wordsInput } from '../inputs.ts'
import { clean } from '../text.ts'

/**
 * It is over. Lanes that are still going end with it, without an outcome. That nothing was wrong is practice, and nobody's fault:
 * it is told with a thank-you. From now the room has `andon.archiveAfterMs`, unless somebody keeps it.
 */
export const resolve = defineAndonCommand('resolve', {
  path: 'resolve',
  summary: 'End it: how it was mended, and the cause if it is known',
  input: z.strictObject({
    how: wordsInput(),
    cause: wordsInput().optional(),
    falseAlarm: z.boolean().default(false).describe('Nothing was wrong: good practice'),
  }),
  needs: 'anyone',
  when: ['yellow', 'red'],
  apply(andon, input, env) {
    const { now, actor, settings } = env
    const { falseAlarm } = input
    const by = personOf(actor)
    const how = clean(input.how)
    const cause = input.cause === undefined ? null : clean(input.cause)
    const here = marked(andon, env)
    const next: Andon = {
      ...here,
      state: { status: 'resolved', at: now, by, how, cause, mergedInto: null, falseAlarm },
      call: null,
      updateDueAt: null,
      lanes: andon.lanes.map((lane): Lane => (lane.status === 'done' ? lane : { ...lane, status: 'done', dueAt: null, endedAt: now })),
      retention: { archiveAt: now + settings.archiveAfterMs, veto: null, archivedAt: andon.retention?.archivedAt ?? null },
      marks: { ...here.marks, resolved: now },
    }
    return { next, tell: [entry(next, 'andon.resolved', { how, cause, falseAlarm, by, lastedMs: now - andon.pulledAt })] }
  },
})
