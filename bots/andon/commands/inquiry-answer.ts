import { z } from 'zod'
import type { Inquiry } from '../andon.ts'
import { findInquiry, withInquiry } from '../carriers/desk.ts'
import { defineAndonCommand } from '../define.ts'
import { entry, personOf } from '../entries.ts'
import { marked } from '../here.ts'
import { refInput, wordsInput } from '../inputs.ts'
import { clean } from '../text.ts'

const textChars = 4_000
const answersMax = 50

/** What they said; they are not asked again by themselves. An answer may come long after the end, and several may come. */
export const inquiryAnswer = defineAndonCommand('inquiry-answer', {
  path: 'inquiries/{inquiry}/answer',
  summary: 'Note what a carrier answered, and their ticket number',
  input: z.strictObject({ inquiry: refInput, text: wordsInput(textChars), ticket: z.string().trim().min(1).max(100).optional() }),
  needs: 'anyone',
  when: ['yellow', 'red', 'resolved'],
  apply(andon, input, env) {
    const { now, actor } = env
    const inquiry = findInquiry(andon, input.inquiry)
    if ('refuse' in inquiry) return inquiry
    if (inquiry.answers.length >= answersMax)
      return { refuse: `${inquiry.name} has answered ${answersMax} times`, hint: 'Send a new inquiry.' }
    const by = personOf(actor)
    const text = clean(input.text, textChars)
    const answered: Inquiry = {
      ...inquiry,
      status: inquiry.status === 'closed' ? 'closed' : 'answered',
      ticket: input.ticket ?? inquiry.ticket,
      chaseAt: null,
      answers: [...inquiry.answers, { text, by, at: now }],
    }
    const next = withInquiry(marked(andon, env), answered)
    return { next, tell: [entry(next, 'andon.inquiry-answered', { inquiry: inquiry.id, name: inquiry.name, text, by })] }
  },
})
