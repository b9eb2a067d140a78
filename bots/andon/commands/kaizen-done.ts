import { z } from 'zod'
import type { KaizenItem } from '../andon.ts'
import { defineAndonCommand } from '../define.ts'
import { entry, personOf } from '../entries.ts'
import { refInput, wordsInput } from '../inputs.ts'
import { findItem, kaizenWhen, withItem } from '../kaizen.ts'
import { clean } from '../text.ts'

/** It is better now, and how; or it is dropped, and why. */
export const kaizenDone = defineAndonCommand('kaizen-done', {
  path: 'kaizen/{item}/done',
  summary: 'Close a kaizen item with what came of it',
  input: z.strictObject({ item: refInput, result: wordsInput(), dropped: z.boolean().default(false) }),
  needs: 'anyone',
  when: kaizenWhen,
  apply(andon, input, { now, actor }) {
    const item = findItem(andon, input.item)
    if ('refuse' in item) return item
    if (item.status !== 'open') return { refuse: `it is ${item.status} already`, hint: 'Add a new one, if there is more to do.' }
    const result = clean(input.result)
    const ended: KaizenItem = { ...item, status: input.dropped ? 'dropped' : 'done', result, endedAt: now }
    const next = withItem(andon, ended)
    const told = { item: item.id, text: item.text, result, dropped: input.dropped, by: personOf(actor) }
    return { next, tell: [entry(next, 'andon.kaizen-done', told)] }
  },
})
