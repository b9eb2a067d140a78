import { seconds, sleep } from '../../core/clock.ts'
import { fault } from '../../core/errors.ts'
import { compareWal, isMissing, isStreaming, isSynchronous, walOf } from '../databases.ts'
import { type ActionContext, defineAction } from './define.ts'

const patienceMs = 500
const pauseMs = 100

export interface Compared extends Record<string, string | string[] | boolean> {
  /** Who is about to be promoted. */
  member: string
  /** All who may be. */
  among: string[]
  /** It was the active one: nobody has a commit that it lacks. */
  wasActive: boolean
}

/**
 * Compares what the standbys really have, now that nobody writes any more. Another one that has more is the better choice: the run
 * ends as cancelled, and it is decided anew. Where replication is synchronous, all that may hold an acknowledged commit must answer,
 * and copy nobody any more: those that the journal names, or everybody where it names none because a first promotion was in doubt.
 */
export const mostWal = defineAction('most-wal', {
  title: 'Compare the WAL of the standbys',
  kind: 'read',
  timeoutMs: seconds(3),
  attempts: 1,
  apply: (args: Compared, context) => compare(args, context),
})

export async function compare({ member, among, wasActive }: Compared, context: ActionContext): Promise<object> {
  const { world, clock, signal } = context
  // Read now: nobody is active, so nobody changes it any more.
  const counted = wasActive ? null : ((await context.role?.())?.inSync ?? null)
  if (counted && !counted.includes(member))
    throw fault('wal-unknown', { member, problem: `it is not in sync; in sync: ${counted.join(', ') || 'nobody'}` })
  // What others have beyond that was never acknowledged.
  const uncounted = !wasActive && counted === null && isSynchronous(context.component) && context.generation > 1
  const needed = uncounted ? context.component.members.map(({ id }) => id) : (counted ?? [])
  const asked = [...new Set([member, ...(needed.length > 0 ? needed : among)])]
  for (;;) {
    const seen = await Promise.all(
      asked.map(async (id) => {
        const health = await world.health(id, { timeoutMs: patienceMs, signal }).catch(() => null)
        const isStandby = health?.role === 'standby'
        const copies = id !== member && isStandby && isStreaming(health)
        return { id, wal: isStandby ? walOf(health) : null, answered: isStandby && !copies, missing: isMissing(health) }
      }),
    )
    const mine = seen.find(({ id }) => id === member)?.wal ?? null
    const [most] = seen.filter(({ wal }) => compareWal(wal, mine) > 0).toSorted((a, b) => compareWal(b.wal, a.wal))
    // One that was never copied to has nothing to say, and says so. One that only does not run may have most.
    const says = ({ wal, answered, missing }: (typeof seen)[number]) => answered && (wal !== null || (uncounted && missing))
    const silent = seen.filter((one) => (one.id === member ? one.wal === null : needed.includes(one.id) && !says(one))).map(({ id }) => id)
    if (silent.length === 0) {
      if (most) throw fault('more-wal', { member: most.id, than: member })
      return { positions: Object.fromEntries(seen.map(({ id, wal }) => [id, wal?.position ?? null])) }
    }
    await sleep(clock, pauseMs, signal)
    if (signal.aborted) throw fault('wal-unknown', { member, problem: `${silent.join(', ')} does not say what it has, or still copies` })
  }
}
