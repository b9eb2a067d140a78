import { z } from 'zod'
import type { Andon } from '../andon.ts'
import { defineAndonCommand } from '../define.ts'
import { entry } from '../entries.ts'
import { epochMs } from '../facts-input.ts'
import { calledAgain } from '../leader.ts'

const longestMs = 86_400_000

/** Somebody is being called for the lead, by that page, until then. */
export const call = defineAndonCommand('call', {
  path: 'call',
  summary: 'A leader is called',
  input: z.strictObject({ page: z.string().min(1).max(256), until: epochMs.describe('Epoch ms, at most a day ahead') }),
  needs: 'nobody',
  when: ['yellow', 'red'],
  apply(andon, { page, until }, { now }) {
    if (andon.roles.lead) return { refuse: `${andon.roles.lead.person.name} has the lead`, hint: 'Nobody need be called.' }
    if (until <= now || until > now + longestMs)
      return { refuse: 'the call would end in the past, or in more than a day', hint: 'Epoch ms.' }
    if (andon.call?.page === page && andon.call.until === until) return { next: andon, tell: [] }
    const { [calledAgain]: _, ...reminded } = andon.reminded
    const next: Andon = { ...andon, call: { page, since: now, until }, reminded }
    return { next, tell: [entry(next, 'andon.call', { until, page, again: andon.call !== null })] }
  },
})
