import { type Clock, systemClock } from '../../core/clock.ts'
import { idMint } from '../../core/ids.ts'
import { openMemoryJournal } from '../../core/journal/open.ts'
import { seededRandom } from '../../core/random.ts'
import type { SimJournal } from './run.ts'

/** The real journal on SQLite in memory, emptied for each bad day instead of opened anew. */
export async function openSimJournal(): Promise<SimJournal> {
  const journal = await openMemoryJournal({ clock: systemClock, mint: idMint(systemClock, seededRandom(0)) })
  const { reset } = journal
  return Object.assign(journal, { reset: (clock: Clock) => reset({ clock, mint: idMint(clock, seededRandom(1)) }) })
}
