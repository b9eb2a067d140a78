import { explain, type Lane, openLane } from './lane.ts'
import { type Counts, noCounts, runRound } from './round.ts'
import { strikeOf } from './strikes.ts'

export interface TrialOptions {
  store: 'sqlite' | 'postgres'
  /** Number of the first strike; the same numbers are the same strikes. */
  from: number
  /** Strikes that must have hit; those that found nothing to strike do not count, and others follow. */
  count: number
  /** How many fleets are under trial at once. */
  fleets: number
  built: string
  keep: boolean
  /** Ends it early. */
  signal: AbortSignal
  progress(text: string): void
}

export interface TrialResult extends Counts {
  /** In words, what was wrong, and how to see it again. */
  broken: string[]
  /** How often somebody was struck at which step. */
  places: Map<string, number>
  missed: number
}

/** Strikes in one round: the second and third meet what still mends the first. */
const strikesPerRound = 3
/** What goes on breaking is understood by then. */
const brokenLimit = 10

/** Breaks every part of real fleets at every step, and counts what must never happen. */
export async function runTrial(options: TrialOptions): Promise<TrialResult> {
  const { store, from, count, fleets, signal, progress } = options
  const result: TrialResult = { ...noCounts(), broken: [], places: new Map(), missed: 0 }
  const startedAt = performance.now()
  let next = from
  const over = () => signal.aborted || result.injected >= count || next - from >= 2 * count || result.broken.length >= brokenLimit

  async function along(): Promise<void> {
    let lane: Lane | null = null
    try {
      while (!over()) {
        lane ??= await openLane(options)
        const first = next
        next += strikesPerRound
        const strikes = Array.from({ length: strikesPerRound }, (_, at) => strikeOf(first + at, store))
        const round = await runRound(lane, strikes)
        if (signal.aborted) return
        for (const name of Object.keys(noCounts()) as (keyof Counts)[]) result[name] += round[name]
        for (const place of round.places) result.places.set(place, (result.places.get(place) ?? 0) + 1)
        result.missed += strikes.length - round.injected
        const again = `npm run -s faults -- --store ${store} --from ${first} --count ${strikesPerRound}`
        if (round.broken !== null) result.broken.push(`${round.told}: ${round.broken.split('\n')[0]}; to see it again: ${again}`)
        const leftMs = ((performance.now() - startedAt) / Math.max(1, result.injected)) * Math.max(0, count - result.injected)
        progress(
          `${result.injected} of ${count}, ${(leftMs / 60_000).toFixed(1)} minutes to go; from ${first}: ${round.told}${round.broken === null ? '' : ` BROKEN ${round.broken}`}`,
        )
        if (round.stuck) {
          await lane.close()
          lane = null
        }
      }
    } catch (error) {
      result.broken.push(error instanceof Error ? error.message : String(error))
      if (lane) progress(await explain(lane))
    } finally {
      await lane?.close()
    }
  }

  await Promise.all(Array.from({ length: fleets }, along))
  return result
}
