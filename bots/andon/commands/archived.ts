import { z } from 'zod'
import { defineAndonCommand } from '../define.ts'
import { entry } from '../entries.ts'

/** The room was archived: by its time, or by somebody in the chat. Told once. */
export const archived = defineAndonCommand('archived', {
  path: 'archived',
  summary: 'The room was archived',
  input: z.strictObject({ name: z.string().trim().min(1).max(200).nullable() }),
  needs: 'nobody',
  when: ['yellow', 'red', 'resolved'],
  apply(andon, { name }, { now }) {
    if (andon.retention?.archivedAt) return { next: andon, tell: [] }
    const next = { ...andon, retention: { archiveAt: now, veto: null, ...andon.retention, archivedAt: now } }
    return { next, tell: [entry(next, 'andon.archived', { name })] }
  },
})
