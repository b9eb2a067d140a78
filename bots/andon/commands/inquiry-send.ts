import { z } from 'zod'
import { type Inquiry, limits } from '../andon.ts'
import { chaseFrom, withCarrierLane } from '../carriers/desk.ts'
import { inquiryText } from '../carriers/inquiry.ts'
import { latestReadings } from '../customers.ts'
import { defineAndonCommand } from '../define.ts'
import { entry, personOf } from '../entries.ts'
import { marked } from '../here.ts'
import { instantInput, refInput, wordsInput } from '../inputs.ts'
import { clean } from '../text.ts'

const textChars = 4_000

/**
 * Writes an inquiry to a carrier, in the language and the zone of the carrier; whoever asked takes it to their desk. Without
 * `symptom` they are told what was said at the pull; without `from` that it began then. They are asked again after
 * `answersWithinMs`, which runs only from when somebody is there.
 */
export const inquirySend = defineAndonCommand('inquiry-send', {
  path: 'inquiries',
  summary: 'Ask a carrier or vendor, by a text that is filled in',
  input: z.strictObject({
    carrier: refInput,
    symptom: wordsInput().optional().describe('In words fit for outside; by default those of the pull'),
    from: instantInput.optional(),
    until: instantInput.optional().describe('Absent: it goes on'),
    text: wordsInput(textChars).optional().describe('Own text instead of the template; placeholders are filled in'),
  }),
  needs: 'anyone',
  when: ['yellow', 'red', 'resolved'],
  apply(andon, input, env) {
    const { now, actor, mint } = env
    const carrier = env.carrier(input.carrier)
    if (!carrier) return { refuse: `there is no carrier "${input.carrier}"`, hint: 'The carriers stand in the configuration (carriers).' }
    if (andon.inquiries.length >= limits.inquiries)
      return { refuse: `${andon.id} has ${limits.inquiries} inquiries already`, hint: 'Answer or close one, or split the andon.' }
    const [from, until] = [input.from, input.until].map((at) => (at === undefined ? null : Date.parse(at))) as [
      number | null,
      number | null,
    ]
    if (until !== null && until < (from ?? andon.pulledAt))
      return { refuse: 'it would end before it began', hint: 'Look at from and until.' }
    const by = personOf(actor)
    const text = inquiryText(
      carrier,
      {
        symptom: clean(input.symptom ?? andon.text),
        from: from ?? andon.pulledAt,
        until,
        range: latestReadings(andon.ranges)[0] ?? null,
        component: andon.component && (env.titleOf?.(andon.component.id) || andon.component.id),
        ticket: andon.inquiries.findLast((one) => one.carrier === carrier.id && one.ticket !== null)?.ticket ?? null,
        reference: andon.id,
        sender: actor.name,
      },
      input.text === undefined ? undefined : clean(input.text, textChars),
    )
    const inquiry: Inquiry = {
      id: mint('inq'),
      carrier: carrier.id,
      name: carrier.name,
      status: 'sent',
      text,
      ticket: null,
      by,
      sentAt: now,
      chaseAt: chaseFrom(carrier, now),
      chased: 0,
      answers: [],
    }
    const { next, tell } = withCarrierLane(marked({ ...andon, inquiries: [...andon.inquiries, inquiry] }, env), env)
    const sent = { inquiry: inquiry.id, carrier: carrier.id, name: carrier.name, text, by }
    return { next, tell: [...tell, entry(next, 'andon.inquiry-sent', sent)] }
  },
})
