import { z } from 'zod'
import { type Andon, limits } from '../andon.ts'
import { defineAndonCommand } from '../define.ts'
import { entry } from '../entries.ts'
import { suspectInput } from '../facts-input.ts'

const gatheredMax = 1_000

/** Changes that may have to do with it, the likeliest first; told when others are among them than before. */
export const suspects = defineAndonCommand('suspects', {
  path: 'suspects',
  summary: 'Changes that may have to do with it',
  input: z.strictObject({ suspects: z.array(suspectInput).max(gatheredMax) }),
  needs: 'nobody',
  when: ['yellow', 'red'],
  apply(andon, input) {
    const likeliest = [...input.suspects].sort((a, b) => b.weight - a.weight).slice(0, limits.suspects)
    const known = new Set(andon.suspects.map(({ change }) => change))
    const same = likeliest.length === known.size && likeliest.every(({ change }) => known.has(change))
    if (same) return { next: andon, tell: [] }
    const next: Andon = { ...andon, suspects: likeliest }
    return { next, tell: [entry(next, 'andon.suspects', { suspects: likeliest })] }
  },
})
