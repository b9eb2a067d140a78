import { z } from 'zod'
import type { KaizenItem } from '../andon.ts'
import { defineAndonCommand } from '../define.ts'
import { entry, personOf } from '../entries.ts'
import { dueAt, dueInput, passed, refInput } from '../inputs.ts'
import { findItem, kaizenWhen, withItem } from '../kaizen.ts'
import { isNobody, whoIs } from '../who.ts'
import { formOf } from '../words/form.ts'
import { wordsOf } from '../words.ts'

/** Somebody else does it, perhaps until another day. */
export const kaizenHand = defineAndonCommand('kaizen-hand', {
  path: 'kaizen/{item}/hand',
  summary: 'Give a kaizen item an owner, and a day',
  input: z.strictObject({ item: refInput, owner: refInput, due: dueInput.optional().describe('Absent: the day stays') }),
  needs: 'anyone',
  when: kaizenWhen,
  apply(andon, input, env) {
    const { now, actor } = env
    const item = findItem(andon, input.item)
    if ('refuse' in item) return item
    if (item.status !== 'open') return { refuse: `it is ${item.status} already`, hint: 'Add a new one, if there is more to do.' }
    const owner = whoIs(andon, input.owner, env)
    if (isNobody(owner)) return owner
    const until = input.due === undefined ? item.dueAt : dueAt(input.due)
    if (input.due !== undefined && passed(input.due, now)) return { refuse: 'that day has passed', hint: 'Name a later one.' }
    if (owner.id === item.owner?.id && until === item.dueAt) return { next: andon, tell: [] }
    const handed: KaizenItem = { ...item, owner, dueAt: until }
    const next = withItem(andon, handed)
    const form = formOf(andon.locale)
    const text = wordsOf(andon.locale).said.kaizenHanded(item.text, form.name(owner), until === null ? null : form.date(until))
    return { next, tell: [entry(next, 'andon.note', { text, by: personOf(actor), at: now, ref: null, files: [] })] }
  },
})
