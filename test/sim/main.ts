import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { below, systemRandom } from '../../core/random.ts'
import { journalKinds, openSimJournal } from './journal.ts'
import { simulate } from './run.ts'
import type { SimTotals } from './worker.ts'

/**
 * `npm run -s sim -- --seeds N [--from S] [--random] [--journal model|sqlite] [--json] [--trace]`: so many bad days; 1 when an
 * invariant was broken. `--random` begins anywhere, and says where.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    random: { type: 'boolean' },
    journal: { type: 'string', default: 'model' },
    json: { type: 'boolean' },
    trace: { type: 'boolean' },
    workers: { type: 'string', default: '2' },
  },
})
const from = values.random ? below(systemRandom, 2 ** 40) : Number(values.from)
const kind = journalKinds.find((one) => one === values.journal)
const seeds = Number(values.seeds)
if (!Number.isInteger(from) || !Number.isInteger(seeds) || seeds < 1 || !kind) {
  console.error('usage: npm run -s sim -- --seeds N [--from S] [--random] [--journal model|sqlite] [--json] [--trace]')
  process.exit(2)
}

if (values.trace) {
  const journal = await openSimJournal(kind)
  const { trace, violations } = await simulate(from, journal, { trace: true })
  console.log(trace.join('\n'))
  for (const violation of violations) console.log(`VIOLATED ${violation}`)
  process.exit(violations.length > 0 ? 1 : 0)
}

if (values.random) console.error(`seeds ${from} to ${from + seeds - 1}`)
const startedAt = performance.now()
const workers = Math.max(1, Math.min(Number(values.workers), seeds))
const totals: SimTotals = { seeds: 0, events: 0, incidents: 0, violations: [] }
await Promise.all(Array.from({ length: workers }, (_, at) => runWorker(at)))
const seconds = (performance.now() - startedAt) / 1_000

if (values.json)
  console.log(
    JSON.stringify({
      seeds: totals.seeds,
      from,
      events: totals.events,
      incidents: totals.incidents,
      violations: totals.violations.length,
      seconds: Number(seconds.toFixed(2)),
    }),
  )
else
  console.log(
    `${totals.seeds} bad days, ${totals.incidents} incidents, ${totals.events} events in ${seconds.toFixed(1)} s (${Math.round(totals.seeds / seconds)} days/s, ${Math.round(totals.events / seconds)} events/s): ${totals.violations.length} invariants broken`,
  )
for (const { seed, found, journal } of totals.violations.slice(0, 10)) {
  console.error(`seed ${seed}: ${found.join('; ')}`)
  console.error(`  replay: npm run -s sim -- --from ${seed} --journal ${journal} --trace`)
}
process.exit(totals.violations.length > 0 ? 1 : 0)

/** Each worker takes every n-th seed, and tells as it goes. */
function runWorker(at: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: { from: from + at, step: workers, until: from + seeds, kind },
      // A day leaves nothing behind: what lives through one collection seldom lives through the next.
      resourceLimits: { maxYoungGenerationSizeMb: 128 },
    })
    worker.on('message', (part: SimTotals) => {
      totals.seeds += part.seeds
      totals.events += part.events
      totals.incidents += part.incidents
      totals.violations.push(...part.violations)
      if (process.stderr.isTTY) process.stderr.write(`\r${totals.seeds} of ${seeds} `)
    })
    worker.on('error', reject)
    worker.on('exit', () => resolve())
  })
}
