import { z } from 'zod'
import { type Andon, limits, type RangeReading } from '../andon.ts'
import { defineAndonCommand } from '../define.ts'
import { entry } from '../entries.ts'
import { readingInput } from '../facts-input.ts'

const metersMax = 100

/** How many customers are concerned, by one meter; told when it is its first reading, or says something else than the one before. */
export const range = defineAndonCommand('range', {
  path: 'range',
  summary: 'How many customers are concerned',
  input: z.strictObject({ reading: readingInput }),
  needs: 'nobody',
  when: ['yellow', 'red'],
  apply(andon, input) {
    const segments = [...input.reading.segments].sort((a, b) => b.count - a.count).slice(0, limits.segments)
    const before = andon.ranges.find(({ meter }) => meter === input.reading.meter)
    // A meter that fails takes nothing back: what it counted last still stands, as of then.
    const stale = input.reading.problem !== null && before !== undefined && before.count !== null
    const reading: RangeReading = stale
      ? { ...before, at: input.reading.at, problem: input.reading.problem }
      : { ...input.reading, segments }
    if (before && (before.at > reading.at || said(before) === said(reading))) return { next: andon, tell: [] }
    const others = andon.ranges.filter(({ meter }) => meter !== reading.meter)
    const next: Andon = { ...andon, ranges: [...others, reading].slice(-metersMax) }
    return { next, tell: [entry(next, 'andon.range', { reading, first: before === undefined })] }
  },
})

/** What a reading says. The words of a problem flicker, and its time always moves. */
const said = ({ count, of, segments, confidence, problem }: RangeReading): string =>
  JSON.stringify([count, of, confidence, problem !== null, segments.map(({ name }) => name).sort()])
