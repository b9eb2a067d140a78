import { z } from 'zod'
import { defineAndonCommand } from '../define.ts'
import { entry } from '../entries.ts'
import { clean } from '../text.ts'

/** What somebody ordered of the automatic, and what came of it. Written by orders.ts after the order. */
export const ordered = defineAndonCommand('ordered', {
  path: 'ordered',
  summary: 'Somebody approved, stopped or retried a run',
  input: z.strictObject({
    what: z.enum(['approve', 'retry', 'stop']),
    runbook: z.string().max(128).nullable(),
    answer: z.string().max(4_000),
    by: z.strictObject({ id: z.string().max(128), name: z.string().max(200) }),
  }),
  needs: 'nobody',
  when: ['yellow', 'red', 'resolved'],
  apply(andon, { what, runbook, answer, by }, { now }) {
    const human = andon.marks.human ?? (by.id === andon.pulledBy.id ? null : now)
    const next = { ...andon, marks: { ...andon.marks, human } }
    return { next, tell: [entry(next, 'andon.ordered', { what, runbook, answer: clean(answer), by })] }
  },
})
