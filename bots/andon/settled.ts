import { fault } from '../../core/errors.ts'
import type { AndonId } from '../../core/ids.ts'
import type { Andon } from './andon.ts'

/** A chain of merges that is longer is a circle. */
const mergesMax = 10

/** An andon, followed to where it was merged into. Throws `not-found`. */
export async function settled(get: (id: AndonId) => Promise<Andon | null>, id: AndonId): Promise<Andon> {
  let at = id
  for (let steps = 0; ; steps++) {
    const andon = await get(at)
    if (!andon) throw fault('not-found', { what: 'andon', id: at, list: 'GET /v1/andons' })
    const into = andon.state.status === 'resolved' ? andon.state.mergedInto : null
    if (into === null || steps >= mergesMax) return andon
    at = into
  }
}
