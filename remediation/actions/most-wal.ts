import { seconds, sleep } from '../../core/clock.ts'
import { fault } from '../../core/errors.ts'
import { compareWal, walOf } from '../databases.ts'
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
 * ends as cancelled, and it is decided anew. Where replication is synchronous, all that may hold an acknowledged commit must answer.
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
  const asked = [...new Set([member, ...(counted ?? among)])]
  for (;;) {
    const seen = await Promise.all(
      asked.map(async (id) => {
        const health = await world.health(id, { timeoutMs: patienceMs, signal }).catch(() => null)
        return { id, wal: health?.role === 'standby' ? walOf(health) : null }
      }),
    )
    const mine = seen.find(({ id }) => id === member)?.wal ?? null
    const [most] = seen.filter(({ wal }) => compareWal(wal, mine) > 0).toSorted((a, b) => compareWal(b.wal, a.wal))
    const silent = seen.filter(({ id, wal }) => wal === null && (id === member || counted?.includes(id))).map(({ id }) => id)
    if (silent.length === 0) {
      if (most) throw fault('more-wal', { member: most.id, than: member })
      return { positions: Object.fromEntries(seen.map(({ id, wal }) => [id, wal?.position ?? null])) }
    }
    await sleep(clock, pauseMs, signal)
    if (signal.aborted) throw fault('wal-unknown', { member, problem: `${silent.join(', ')} does not say what it has` })
  }
}
