import { z } from 'zod'
import { defineAndonCommand } from '../define.ts'
import { entry, personOf } from '../entries.ts'

const dayMs = 86_400_000

/** The veto: the room stays for some days more, counted from now. It never makes the time shorter. */
export const keep = defineAndonCommand('keep', {
  path: 'keep',
  summary: 'Keep the room: it is archived later',
  input: z.strictObject({ days: z.int().min(1).max(3_650).default(30).describe('From now') }),
  needs: 'anyone',
  when: ['resolved'],
  apply(andon, { days }, { now, actor }) {
    const before = andon.retention
    if (before?.archivedAt) return { refuse: 'the room was archived already', hint: 'Reopen the andon, if it is not over.' }
    const until = Math.max(now + days * dayMs, before?.archiveAt ?? 0)
    const by = personOf(actor)
    const next = { ...andon, retention: { archiveAt: until, veto: by, archivedAt: null } }
    return { next, tell: [entry(next, 'andon.keep', { by, until })] }
  },
})
