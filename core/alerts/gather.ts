import { isFault } from '../errors.ts'
import type { Ingested } from '../journal/journal.ts'
import type { AlertInput } from './alert.ts'

type Ingest = (alerts: readonly AlertInput[]) => Promise<Ingested[]>

interface Waiting {
  alerts: readonly AlertInput[]
  resolve(results: Ingested[]): void
  reject(error: unknown): void
}

/** A transaction grows up to so many alerts. */
const gatherLimit = 1_000

/**
 * Alerts that come while others are being committed are taken in together by the next transaction, in their order: a storm of
 * single alerts costs little more than one batch. Each caller is answered after the commit, with its own results.
 */
export function gather(ingest: Ingest): Ingest {
  const waiting: Waiting[] = []
  let busy = false

  function nextGroup(): Waiting[] {
    let size = 0
    const fits = waiting.findIndex(({ alerts }) => {
      size += alerts.length
      return size > gatherLimit
    })
    return waiting.splice(0, fits === -1 ? waiting.length : Math.max(1, fits))
  }

  async function settle(group: readonly Waiting[]): Promise<void> {
    try {
      const results = await ingest(group.flatMap(({ alerts }) => alerts))
      let at = 0
      for (const { alerts, resolve } of group) {
        resolve(results.slice(at, at + alerts.length))
        at += alerts.length
      }
    } catch (error) {
      // A store that fails would fail each of them; anything else may be the fault of one alone.
      if (group.length === 1 || isFault(error)) for (const { reject } of group) reject(error)
      else for (const one of group) await settle([one])
    }
  }

  async function pump(): Promise<void> {
    busy = true
    while (waiting.length > 0) await settle(nextGroup())
    busy = false
  }

  return (alerts) =>
    new Promise((resolve, reject) => {
      waiting.push({ alerts, resolve, reject })
      if (!busy) void pump()
    })
}
