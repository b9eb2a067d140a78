import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AlertInput } from '../../core/alerts/alert.ts'
import { systemClock } from '../../core/clock.ts'
import { idMint } from '../../core/ids.ts'
import { openJournal } from '../../core/journal/open.ts'
import { systemRandom } from '../../core/random.ts'
import { type Bench, median } from './report.ts'

const batchSize = 1_000
const components = 50

/** A storm: of each batch one alert in ten has a key never seen, the others repeat. */
function batchOf(batch: number): AlertInput[] {
  const fresh = batchSize / 10
  return Array.from({ length: batchSize }, (_, at) => {
    const key = at < fresh ? `k-${batch}-${at}` : `k-${Math.max(0, batch - 1)}-${at % fresh}`
    return {
      key,
      component: `c-${at % components}`,
      member: null,
      signal: 'external',
      status: 'firing',
      source: 'bench',
      summary: `alert ${at}`,
      at: systemClock.now(),
    }
  })
}

export const ingest: Bench = {
  name: 'ingest',
  summary: 'alerts per second, deduped and durable (SQLite with full fsync), in batches of 1,000; against one by one',
  async run({ runs = 5, progress }) {
    const folder = mkdtempSync(join(tmpdir(), 'jidoka-bench-'))
    const rates: number[] = []
    const singles: number[] = []
    try {
      for (let run = 1; run <= runs; run++) {
        const journal = await openJournal({
          url: `sqlite:${join(folder, `${run}.db`)}`,
          clock: systemClock,
          mint: idMint(systemClock, systemRandom),
        })
        await journal.ingest(batchOf(0))
        let from = performance.now()
        let batch = 1
        for (; performance.now() - from < 1_000; batch++) await journal.ingest(batchOf(batch))
        rates.push(((batch - 1) * batchSize * 1_000) / (performance.now() - from))
        from = performance.now()
        let one = 0
        for (const alerts = batchOf(batch); performance.now() - from < 500; one++)
          await journal.ingest([alerts[one % batchSize] as AlertInput])
        singles.push((one * 1_000) / (performance.now() - from))
        await journal.close()
        progress(`round ${run} of ${runs}: ${rates.at(-1)?.toFixed(0)}/s in batches, ${singles.at(-1)?.toFixed(0)}/s one by one`)
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    return {
      figures: { alertsPerSecond: median(rates) },
      ratios: { oneByOneToBatched: median(singles) / median(rates) },
      peers: { oneByOnePerSecond: median(singles) },
      absent: [],
      targets: { '-alertsPerSecond': 40_000 },
    }
  },
}
