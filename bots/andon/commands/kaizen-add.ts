import { z } from 'zod'
import { type KaizenItem, limits } from '../andon.ts'
import { defineAndonCommand } from '../define.ts'
import { entry, personOf } from '../entries.ts'
import { marked } from '../here.ts'
import { dueAt, dueInput, passed, refInput, wordsInput } from '../inputs.ts'
import { kaizenWhen } from '../kaizen.ts'
import { clean } from '../text.ts'
import { isNobody, whoIs } from '../who.ts'

/** Something that gets better, so that it does not come again. An owner may be found later; who has one and a day is reminded. */
export const kaizenAdd = defineAndonCommand('kaizen-add', {
  path: 'kaizen',
  summary: 'Add a kaizen item: what gets better, by whom, until when',
  input: z.strictObject({
    text: wordsInput(),
    owner: refInput.optional(),
    due: dueInput.optional(),
    kind: z.enum(['task', 'runbook']).default('task').describe('runbook: the mend becomes a runbook'),
  }),
  needs: 'anyone',
  when: kaizenWhen,
  apply(andon, input, env) {
    const { now, actor, mint } = env
    if (andon.kaizen.length >= limits.kaizen)
      return { refuse: `${andon.id} has ${limits.kaizen} kaizen items already`, hint: 'Fewer get done sooner: put some of them together.' }
    if (input.due !== undefined && passed(input.due, now)) return { refuse: 'that day has passed', hint: 'Name a later one.' }
    const owner = input.owner === undefined ? null : whoIs(andon, input.owner, env)
    if (owner && isNobody(owner)) return owner
    const item: KaizenItem = {
      id: mint('kai'),
      text: clean(input.text),
      owner,
      dueAt: input.due === undefined ? null : dueAt(input.due),
      kind: input.kind,
      status: 'open',
      result: null,
      openedAt: now,
      endedAt: null,
      chased: 0,
    }
    const next = { ...marked(andon, env), kaizen: [...andon.kaizen, item] }
    return { next, tell: [entry(next, 'andon.kaizen-added', { item, by: personOf(actor) })] }
  },
})
