import type { Andon } from '../andon.ts'
import { defineAndonCommand } from '../define.ts'
import { entry } from '../entries.ts'
import { snapshotInput } from '../facts-input.ts'
import { changesOf, summaryOf } from '../snapshot-text.ts'

/** How things are. Told when it is the first, or when something that counts has changed; else nothing happens. */
export const snapshot = defineAndonCommand('snapshot', {
  path: 'snapshot',
  summary: 'How things are now',
  input: snapshotInput,
  needs: 'nobody',
  when: ['yellow', 'red'],
  apply(andon, taken) {
    const before = andon.snapshot
    if (before && (before.digest === taken.digest || before.at > taken.at)) return { next: andon, tell: [] }
    const next: Andon = { ...andon, snapshot: taken }
    const told = { first: before === null, summary: summaryOf(taken), changed: before ? changesOf(before, taken) : [] }
    return { next, tell: [entry(next, 'andon.snapshot', told)] }
  },
})
