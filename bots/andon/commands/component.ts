import { z } from 'zod'
import { didYouMean } from '../../../core/catalog/problems.ts'
import { defineAndonCommand } from '../define.ts'
import { entry, personOf } from '../entries.ts'
import { marked } from '../here.ts'
import { refInput } from '../inputs.ts'

/** Corrects what was guessed, or says that it was right. An incident that came with a wrong guess goes with it. */
export const component = defineAndonCommand('component', {
  path: 'component',
  summary: 'Say which component it is about',
  input: z.strictObject({ component: refInput.describe('Its id') }),
  needs: 'anyone',
  when: ['yellow', 'red', 'resolved'],
  apply(andon, { component: id }, env) {
    if (!env.components.has(id))
      return { refuse: `there is no component "${id}"${didYouMean(id, [...env.components])}`, hint: 'See jidoka status for all of them.' }
    const before = andon.component
    if (before?.id === id && before.by !== 'words' && before.by !== 'alerts') return { next: andon, tell: [] }
    const wrong = before !== null && before.id !== id
    // What the automatic itself escalated stays its incident, whatever else it turns out to be about.
    const dropped = wrong && before.by !== 'incident' ? { incident: null, failure: null } : {}
    const next = { ...marked(andon, env), ...dropped, component: { id, by: 'person' as const } }
    const told = { component: id, before: wrong ? before.id : null, by: personOf(env.actor) }
    return { next, tell: [entry(next, 'andon.component', told)] }
  },
})
