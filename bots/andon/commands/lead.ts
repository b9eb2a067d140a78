import { z } from 'zod'
import { defineAndonCommand } from '../define.ts'
import { personOf } from '../entries.ts'
import { refInput, wordsInput } from '../inputs.ts'
import { giveRole } from '../leader.ts'
import { clean } from '../text.ts'
import { isNobody, whoIs } from '../who.ts'

/** Whoever sends it leads, or whoever is named: a hand-over is one field, and needs no consent. To lead already changes nothing. */
export const lead = defineAndonCommand('lead', {
  path: 'lead',
  summary: 'Take the lead, or hand it over',
  input: z.strictObject({
    person: refInput.optional().describe('Absent: you'),
    note: wordsInput().optional().describe('What they should know'),
  }),
  needs: 'anyone',
  when: ['yellow', 'red'],
  apply(andon, { person, note }, env) {
    const leader = person === undefined ? personOf(env.actor) : whoIs(andon, person, env)
    return isNobody(leader) ? leader : giveRole(andon, 'lead', leader, note === undefined ? null : clean(note), env)
  },
})
