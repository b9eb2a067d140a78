import { z } from 'zod'
import type { Andon } from '../andon.ts'
import { defineAndonCommand } from '../define.ts'
import { entry, personOf } from '../entries.ts'
import { marked } from '../here.ts'

/** Never asked for. Whoever knows says it, at any time; the last word counts, and nothing depends on it. */
export const severity = defineAndonCommand('severity', {
  path: 'severity',
  summary: 'Say how bad it is, if somebody wants to know',
  input: z.strictObject({ severity: z.int().min(1).max(4).describe('1 is the worst, 4 the least') }),
  needs: 'anyone',
  when: ['yellow', 'red', 'resolved'],
  apply(andon, { severity: level }, env) {
    if (andon.severity === level) return { next: andon, tell: [] }
    const next: Andon = { ...marked(andon, env), severity: level as 1 | 2 | 3 | 4 }
    return { next, tell: [entry(next, 'andon.severity', { severity: level, by: personOf(env.actor) })] }
  },
})
