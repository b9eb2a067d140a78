import { z } from 'zod'
import { type Andon, limits } from '../andon.ts'
import { defineAndonCommand } from '../define.ts'
import { entry, personOf } from '../entries.ts'
import { refInput } from '../inputs.ts'
import { clean } from '../text.ts'
import { isNobody, whoIs } from '../who.ts'

const nameChars = 100

/** To a person, or to whoever else it is due (a team, a carrier's desk): any name will do. Once is enough. */
export const thank = defineAndonCommand('thank', {
  path: 'thank',
  summary: 'Say thank you',
  input: z.strictObject({ to: refInput.describe('A person, or any name') }),
  needs: 'anyone',
  when: ['yellow', 'red', 'resolved'],
  apply(andon, input, env) {
    const { now, actor } = env
    const person = whoIs(andon, input.to, env)
    if (!isNobody(person) && person.id === actor.id)
      return { refuse: 'everybody is thankful for you already', hint: 'Thank somebody else.' }
    const to = isNobody(person) ? clean(input.to, nameChars) : person.name
    if (andon.thanks.some((one) => one.by.id === actor.id && one.to === to)) return { next: andon, tell: [] }
    const by = personOf(actor)
    const next: Andon = { ...andon, thanks: [...andon.thanks, { by, to, at: now }].slice(-limits.thanks) }
    return { next, tell: [entry(next, 'andon.thanks', { to, by })] }
  },
})
