import type { AlertInput } from '../../core/alerts/alert.ts'
import { type Clock, every } from '../../core/clock.ts'
import type { Ingested, Journal } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'

export interface IntakePorts {
  journal: Pick<Journal, 'ingest'>
  clock: Clock
  log: Log
  /** A component has something new to be decided. */
  wake(component: string): void
  /** The store did not take these; somebody has to hear of that. */
  alarm(error: unknown, alerts: readonly AlertInput[]): void
  /** Keys that are kept at most while the store takes nothing. */
  maxKept?: number
}

/** The one way of alerts into the journal. */
export interface Intake {
  /** For those who ask again themselves: fails when the store does. */
  ingest(alerts: readonly AlertInput[]): Promise<Ingested[]>
  /** For the detector, which asks nobody: what the store does not take is kept, the newest of each key, and sent until it is. */
  tell(alerts: readonly AlertInput[]): void
  /** The last `tell` is durable; fails when it is not yet. */
  told(): Promise<unknown>
  /** What our detector tells counts. So it is from the start. */
  open(): void
  /** Somebody else's detector counts: what ours tells, and what is kept, is dropped. */
  shut(): void
  /** What is told meanwhile counts also while it is shut: somebody told us, and nobody else. */
  through<T>(work: () => T): T
  stop(): void
}

const againMs = 1_000
const batchMax = 500

export function openIntake({ journal, clock, log, wake, alarm, maxKept = 20_000 }: IntakePorts): Intake {
  /** What the store has not taken yet. While there is any, what comes goes there too, so that nothing overtakes. */
  const kept = new Map<string, AlertInput>()
  /** By key, while something is under way: an older state must not come after a newer one. */
  const newest = new Map<string, AlertInput>()
  let underWay = 0
  let last: Promise<unknown> = Promise.resolve()
  let lastError: unknown = null
  let retrying = false
  let isOpen = true

  async function ingest(alerts: readonly AlertInput[]): Promise<Ingested[]> {
    try {
      const results = await journal.ingest(alerts)
      const component = new Map(alerts.map((alert) => [alert.key, alert.component]))
      for (const { key, result } of results) if (result !== 'repeated' && result !== 'ignored') wake(component.get(key) as string)
      return results
    } catch (error) {
      alarm(error, alerts)
      lastError = error
      throw error
    }
  }

  function keep(alert: AlertInput): void {
    if (kept.size >= maxKept && !kept.has(alert.key))
      log.error({ key: alert.key, maxKept }, 'too many alerts wait for the store; this one is told again only if it lasts')
    else kept.set(alert.key, alert)
  }

  async function send(alerts: readonly AlertInput[]): Promise<void> {
    underWay++
    for (const alert of alerts) newest.set(alert.key, alert)
    try {
      await ingest(alerts)
    } catch (error) {
      for (const alert of alerts) if (newest.get(alert.key) === alert && !kept.has(alert.key)) keep(alert)
      throw error
    } finally {
      underWay--
      if (underWay === 0) newest.clear()
    }
  }

  async function retry(): Promise<void> {
    if (retrying || kept.size === 0) return
    retrying = true
    try {
      while (kept.size > 0) {
        const batch = [...kept.values()].slice(0, batchMax)
        await ingest(batch)
        // One that was told again meanwhile goes with the next batch.
        for (const alert of batch) if (kept.get(alert.key) === alert) kept.delete(alert.key)
      }
      log.warn({}, 'the store takes alerts again; all that was kept is in it')
    } catch {
      // Alarmed already; tried again in a second.
    } finally {
      retrying = false
    }
  }

  const stopRetrying = every(clock, againMs, () => void retry())

  return {
    ingest,
    tell(alerts) {
      if (!isOpen) return
      if (kept.size === 0) last = send(alerts)
      else {
        for (const alert of alerts) keep(alert)
        last = Promise.reject(lastError)
      }
      last.catch(() => {}) // kept; whoever has to answer for it waits for `told`
    },
    told: () => last,
    open() {
      isOpen = true
    },
    shut() {
      isOpen = false
      kept.clear()
    },
    through(work) {
      const before = isOpen
      isOpen = true
      try {
        return work()
      } finally {
        isOpen = before
      }
    },
    stop: stopRetrying,
  }
}
