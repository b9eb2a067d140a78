import { monitorEventLoopDelay } from 'node:perf_hooks'
import { startWriter, type Writer } from '../fleet/writer.ts'
import { checkRuns, checkWrites } from './check.ts'
import { inflict } from './inflict.ts'
import { explain, type Lane } from './lane.ts'
import { describe, type Strike } from './strikes.ts'

export interface Counts {
  injected: number
  lostRuns: number
  repeatedIrreversible: number
  dualActive: number
  lostWrites: number
}
export const noCounts = (): Counts => ({ injected: 0, lostRuns: 0, repeatedIrreversible: 0, dualActive: 0, lostWrites: 0 })

export interface RoundResult extends Counts {
  /** In words, what was wrong; null: nothing was. */
  broken: string | null
  /** The fleet cannot be used any more. */
  stuck: boolean
  /** Steps of the journal at which somebody was struck. */
  places: string[]
  told: string
}

/** A step that does not come is not waited for longer: then it is struck where it is. */
const haltLimitMs = 5_000
const writePauseMs = 10

/** Orders what there is to order, strikes while it is done, waits until the fleet stands again, and counts. */
export async function runRound(lane: Lane, strikes: readonly Strike[]): Promise<RoundResult> {
  const { fleet, pad } = lane
  const result: RoundResult = { ...noCounts(), broken: null, stuck: false, places: [], told: '' }
  const ordered: string[] = []
  const before = repeats(pad.launches)
  const writers = Array.from({ length: fleet.plan.members }, (_, at) => startWriter(fleet.direct(at), writePauseMs))
  const from = performance.now()
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  const told = await strikeAll(lane, strikes, ordered, result).catch((error) => {
    result.broken = error instanceof Error ? error.message : String(error)
    return null
  })
  await Promise.all(writers.map((writer: Writer) => writer.end()))
  delay.disable()
  const acks = writers.flatMap((writer) => writer.acks)
  result.repeatedIrreversible = repeats(pad.launches) - before
  const writes = told === null ? null : await checkWrites(fleet.direct(told.active), acks)
  result.dualActive = writes?.dualActive ?? 0
  result.lostWrites = writes?.lost ?? 0
  const runs = told === null ? null : await checkRuns(fleet, ordered)
  result.lostRuns = runs?.lost ?? 0
  result.stuck = told === null || result.lostRuns > 0
  if (result.dualActive + result.lostWrites + result.lostRuns + result.repeatedIrreversible > 0)
    result.broken = JSON.stringify({ writes, runs, repeated: result.repeatedIrreversible })
  if (result.broken !== null) result.broken += `\n${await explain(lane)}`
  result.told = `${describe(strikes)}; ${lane.halts.count()} steps, ${acks.length} commits, settled ${told?.settledMs} ms after the last, ${Math.round(performance.now() - from)} ms in all, the machine held us up by ${Math.round(delay.max / 1e6)} ms at most`
  return result
}

/** Launches beyond the first of each step, whatever its attempt was called. */
function repeats(launches: ReadonlyMap<string, number>): number {
  const ofStep = new Map<string, number>()
  for (const [key, times] of launches) {
    const step = key.split('/').slice(0, 2).join('/')
    ofStep.set(step, (ofStep.get(step) ?? 0) + times)
  }
  return [...ofStep.values()].reduce((sum, times) => sum + Math.max(0, times - 1), 0)
}

async function strikeAll(lane: Lane, strikes: readonly Strike[], ordered: string[], result: RoundResult) {
  const { fleet, halts } = lane
  const active = await fleet.settled()
  halts.reset()
  const order = async (component: string, action: string) => {
    const answer = await fleet.post<{ id: string }>(`/v1/components/${component}/actions/${action}`, { reason: 'trial' }).catch(() => null)
    if (answer) ordered.push(answer.id)
  }
  const orders = [order('pad', 'launch-pad'), order('db', 'failover')]
  const mended: Promise<void>[] = []
  for (const strike of strikes.toSorted((a, b) => a.atHalt - b.atHalt)) {
    const { place, release } = await halts.reach(strike.atHalt, haltLimitMs)
    const blow = await inflict(lane, strike, active)
    release()
    mended.push(blow.mended)
    if (!blow.hit) continue
    result.injected++
    result.places.push(place ?? 'between steps')
  }
  await Promise.all([...orders, ...mended])
  const from = performance.now()
  return { active: await fleet.settled(), settledMs: Math.round(performance.now() - from) }
}
