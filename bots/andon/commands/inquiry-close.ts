import { z } from 'zod'
import { findInquiry, withInquiry } from '../carriers/desk.ts'
import { defineAndonCommand } from '../define.ts'
import { entry, personOf } from '../entries.ts'
import { marked } from '../here.ts'
import { refInput } from '../inputs.ts'

/** Nothing more is expected of them. Closing once more changes nothing. */
export const inquiryClose = defineAndonCommand('inquiry-close', {
  path: 'inquiries/{inquiry}/close',
  summary: 'Close an inquiry: nothing more is expected',
  input: z.strictObject({ inquiry: refInput }),
  needs: 'anyone',
  when: ['yellow', 'red', 'resolved'],
  apply(andon, input, env) {
    const inquiry = findInquiry(andon, input.inquiry)
    if ('refuse' in inquiry) return inquiry
    if (inquiry.status === 'closed') return { next: andon, tell: [] }
    const next = withInquiry(marked(andon, env), { ...inquiry, status: 'closed', chaseAt: null })
    return { next, tell: [entry(next, 'andon.inquiry-closed', { inquiry: inquiry.id, name: inquiry.name, by: personOf(env.actor) })] }
  },
})
