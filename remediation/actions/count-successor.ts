import { seconds } from '../../core/clock.ts'
import { fault } from '../../core/errors.ts'
import { defineAction } from './define.ts'

/**
 * Before a database is promoted, it alone is counted as having every commit. From the moment that the promotion takes effect it takes
 * writes that no other one has, and that moment may come without our hearing of it: then nobody else is promoted.
 */
export const countSuccessor = defineAction('count-successor', {
  title: 'Count the successor alone as in sync',
  kind: 'idempotent',
  timeoutMs: seconds(5),
  attempts: 3,
  async apply({ member }: { member: string }, { setInSync }) {
    if (!(await setInSync?.([member])))
      throw fault('conflict', {
        problem: 'Somebody else is active by now, or a newer generation was given out.',
        hint: 'It is decided anew.',
      })
    return { inSync: [member] }
  },
})
