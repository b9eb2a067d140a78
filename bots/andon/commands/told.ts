import { z } from 'zod'
import { limits } from '../andon.ts'
import { customersOf, segmentNamed } from '../customers.ts'
import { defineAndonCommand } from '../define.ts'
import { entry, personOf } from '../entries.ts'
import { marked } from '../here.ts'
import { wordsInput } from '../inputs.ts'
import { clean } from '../text.ts'

/** Customers of a segment know of it. Also of one that no meter counts: whoever tells them knows best. Once is enough. */
export const told = defineAndonCommand('told', {
  path: 'told',
  summary: 'Tell that the customers of a segment were told',
  input: z.strictObject({ segment: wordsInput(200) }),
  needs: 'anyone',
  when: ['yellow', 'red', 'resolved'],
  apply(andon, input, env) {
    const { now, actor } = env
    const segment = segmentNamed(andon, clean(input.segment, 200))
    if (customersOf(andon).segments.some(({ name, told }) => name === segment && told)) return { next: andon, tell: [] }
    const toldMax = limits.segments * 4
    if (andon.told.length >= toldMax) return { refuse: `${toldMax} segments were told already`, hint: 'Put the others into an update.' }
    const by = personOf(actor)
    const next = { ...marked(andon, env), told: [...andon.told, { segment, by, at: now }] }
    return { next, tell: [entry(next, 'andon.told', { segment, by })] }
  },
})
