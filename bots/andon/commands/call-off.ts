import { z } from 'zod'
import { defineAndonCommand } from '../define.ts'
import { entry } from '../entries.ts'

/** What the house pulled for is over: nobody need be called for it any more. Who comes may lead all the same. */
export const callOff = defineAndonCommand('call-off', {
  path: 'call-off',
  summary: 'Nobody need be called for the lead any more',
  input: z.strictObject({}),
  needs: 'nobody',
  when: ['yellow', 'red'],
  apply(andon) {
    if (andon.call === null) return { next: andon, tell: [] }
    const next = { ...andon, call: null }
    return { next, tell: [entry(next, 'andon.call-off', { page: andon.call.page })] }
  },
})
