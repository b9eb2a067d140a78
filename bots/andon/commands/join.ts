import { z } from 'zod'
import { defineAndonCommand } from '../define.ts'
import { join as joined } from '../pull.ts'

/** Evidence. Never refused for its words, as a pull: what is too long is cut, what is secret is masked. */
export const join = defineAndonCommand('join', {
  path: 'join',
  summary: 'Say that you see it too, and what you see',
  input: z.strictObject({ text: z.string().describe('In your words; cut after 2,000 characters') }),
  needs: 'anyone',
  when: ['yellow', 'red'],
  apply: (andon, { text }, env) => joined(andon, { text }, env),
})
