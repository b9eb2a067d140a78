import { type Clock, systemClock } from '../../core/clock.ts'
import { idMint } from '../../core/ids.ts'
import { openMemoryJournal } from '../../core/journal/open.ts'
import { seededRandom } from '../../core/random.ts'
import { openModelJournal } from '../model/journal.ts'
import type { SimJournal } from './run.ts'

export const journalKinds = ['model', 'sqlite'] as const
export type JournalKind = (typeof journalKinds)[number]

/**
 * `model`: the journal said again in plain JavaScript, which a property test holds to both stores; many times faster. `sqlite`:
 * the real one, in memory. Emptied for each bad day instead of opened anew.
 */
export async function openSimJournal(kind: JournalKind = 'model'): Promise<SimJournal> {
  const options = { clock: systemClock, mint: idMint(systemClock, seededRandom(0)) }
  const journal = kind === 'sqlite' ? await openMemoryJournal(options) : openModelJournal(options)
  const { reset } = journal
  return Object.assign(journal, { reset: (clock: Clock) => reset({ clock, mint: idMint(clock, seededRandom(1)) }) })
}
