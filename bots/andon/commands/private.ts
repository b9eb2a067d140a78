import { z } from 'zod'
import type { Andon } from '../andon.ts'
import { defineAndonCommand } from '../define.ts'
import { entry, personOf } from '../entries.ts'
import { marked } from '../here.ts'

/** Anybody may close the door; to open it is for those whose matter it is. */
export const setPrivate = defineAndonCommand('private', {
  path: 'private',
  summary: 'Make it private, or open it to everybody',
  input: z.strictObject({ private: z.boolean().describe('true: only for those who are invited') }),
  needs: 'anyone',
  when: ['yellow', 'red', 'resolved'],
  apply(andon, { private: hidden }, env) {
    if (andon.private === hidden) return { next: andon, tell: [] }
    if (!hidden && !mayOpen(andon, env.actor))
      return { refuse: `${andon.id} is private`, hint: 'Whoever pulled it, leads it, or may approve runs can open it to everybody.' }
    const next: Andon = { ...marked(andon, env), private: hidden }
    return { next, tell: [entry(next, 'andon.private', { private: hidden, by: personOf(env.actor) })] }
  },
})

const mayOpen = ({ pulledBy, roles }: Andon, { id, rank }: { id: string; rank: string }) =>
  rank === 'approver' || id === pulledBy.id || id === roles.lead?.person.id
