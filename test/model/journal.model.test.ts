import fc from 'fast-check'
import { afterAll, describe, test } from 'vitest'
import { idMint } from '../../core/ids.ts'
import { seededRandom } from '../../core/random.ts'
import { stores } from '../journals.ts'
import { virtualClock } from '../virtual-clock.ts'
import { type Command, commands } from './commands.ts'
import { openModelJournal } from './journal.ts'
import { type Played, play } from './play.ts'

/** More on demand: JIDOKA_MODEL_RUNS=1000 vitest run test/model. */
const runs = Number(process.env.JIDOKA_MODEL_RUNS ?? 0)
const usual: Record<string, number> =
  process.env.JIDOKA_TESTS === 'all'
    ? { 'SQLite in memory': 1_000, 'SQLite in a file': 20, PostgreSQL: 60 }
    : { 'SQLite in memory': 100, 'SQLite in a file': 4, PostgreSQL: 8 }

describe.each(stores)('the journal on $name', (store) => {
  afterAll(() => store.stop())

  test('answers as its model does, whatever is asked of it', async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (given: readonly Command[]) => {
        const clock = virtualClock()
        const model: Played = {
          journal: openModelJournal({ clock, mint: idMint(clock, seededRandom(7)) }),
          pass: (ms) => clock.advance(ms),
        }
        const real = await store.open()
        try {
          await play(given, model, real)
        } finally {
          await real.close()
        }
      }),
      {
        numRuns: runs || usual[store.name] || 10,
        ...(process.env.JIDOKA_MODEL_SEED ? { seed: Number(process.env.JIDOKA_MODEL_SEED) } : {}),
      },
    )
  }, 600_000)
})
