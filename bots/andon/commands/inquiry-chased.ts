import { z } from 'zod'
import { chaseFrom, findInquiry, withInquiry } from '../carriers/desk.ts'
import { defineAndonCommand } from '../define.ts'
import { entry, personOf } from '../entries.ts'
import { marked } from '../here.ts'
import { refInput } from '../inputs.ts'
import { wordsOf } from '../words.ts'

/** Somebody asked again, by telephone perhaps: their time begins anew. */
export const inquiryChased = defineAndonCommand('inquiry-chased', {
  path: 'inquiries/{inquiry}/chased',
  summary: 'Tell that the carrier was asked again',
  input: z.strictObject({ inquiry: refInput }),
  needs: 'anyone',
  when: ['yellow', 'red', 'resolved'],
  apply(andon, input, env) {
    const { actor, now } = env
    const inquiry = findInquiry(andon, input.inquiry)
    if ('refuse' in inquiry) return inquiry
    if (inquiry.status !== 'sent') return { refuse: `${inquiry.name} has answered already, or was closed`, hint: 'Send a new inquiry.' }
    const carrier = env.carrier(inquiry.carrier)
    const chaseAt = carrier ? chaseFrom(carrier, now) : null
    const next = withInquiry(marked(andon, env), { ...inquiry, chaseAt })
    const text = wordsOf(andon.locale).said.askedAgain(inquiry.name)
    return { next, tell: [entry(next, 'andon.note', { text, by: personOf(actor), at: now, ref: null, files: [] })] }
  },
})
