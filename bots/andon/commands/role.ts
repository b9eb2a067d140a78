import { z } from 'zod'
import { defineAndonCommand } from '../define.ts'
import { personOf } from '../entries.ts'
import { refInput, wordsInput } from '../inputs.ts'
import { giveRole } from '../leader.ts'
import { clean } from '../text.ts'
import { isNobody, whoIs } from '../who.ts'

/** Lead, scribe, communications: taken, given, or given up (`person: null`). A lead that is given up calls for another one. */
export const role = defineAndonCommand('role', {
  path: 'role',
  summary: 'Take, give or give up a role',
  input: z.strictObject({
    role: z.enum(['lead', 'scribe', 'comms']),
    person: refInput.nullable().optional().describe('Absent: you; null: nobody any more'),
    note: wordsInput().optional().describe('What they should know'),
  }),
  needs: 'anyone',
  when: ['yellow', 'red'],
  apply(andon, input, env) {
    const person = input.person == null ? (input.person === null ? null : personOf(env.actor)) : whoIs(andon, input.person, env)
    if (person !== null && isNobody(person)) return person
    return giveRole(andon, input.role, person, input.note === undefined ? null : clean(input.note), env)
  },
})
