import type { RangeConfig } from '../../../core/catalog/schema-andon.ts'
import { every } from '../../../core/clock.ts'
import { causeChain, isFault } from '../../../core/errors.ts'
import type { AndonId } from '../../../core/ids.ts'
import { follow } from '../../../core/journal/follow.ts'
import { type AskPorts, ask } from '../../../core/query/ask.ts'
import { type Andon, ended, type RangeReading } from '../andon.ts'
import { type AndonDesk, type AndonPorts, house } from '../ports.ts'
import { problemReading, readingOf } from './reading.ts'

export interface RangesPorts extends Pick<AndonPorts, 'catalog' | 'journal' | 'clock' | 'log' | 'environment'> {
  desk: Pick<AndonDesk, 'command' | 'get' | 'list'>
}

/** No meter is asked more often than every 10 s. */
const tickMs = 5_000
const openMax = 200
/** Questions under way at once. */
const atOnceMax = 4
/** Ten that turn red together make one question. */
const freshMs = 10_000

const wakes = new Set(['andon.red', 'andon.reopened', 'andon.component', 'andon.took-over'])

interface State {
  /** Under way; whoever wants it meanwhile gets the same. */
  asking: Promise<RangeReading> | null
  last: { reading: RangeReading; at: number } | null
}

/**
 * Asks the meters that concern an andon how many customers are concerned: when it turns red, and then as often as each of them says while
 * it is red. One question serves all andons that want it.
 */
export function followRanges({ catalog, journal, clock, log, desk, environment }: RangesPorts) {
  const meters = catalog.config.ranges
  const states = new Map<string, State>(meters.map(({ id }) => [id, { asking: null, last: null }]))
  const turn = gate(atOnceMax)
  const ending = new AbortController()
  /** What works on the journal. */
  const working = new Set<Promise<void>>()
  let ticking = false

  /** `freshEnough`: a reading that is not older will do. */
  function reading(meter: RangeConfig, freshEnough: number): Promise<RangeReading> {
    const state = states.get(meter.id) as State
    if (state.asking) return state.asking
    if (state.last && clock.monotonic() - state.last.at < freshEnough) return Promise.resolve(state.last.reading)
    state.asking = turn(() => measure(meter, { clock, environment, signal: ending.signal })).then((found) => {
      state.asking = null
      state.last = { reading: found, at: clock.monotonic() }
      return found
    })
    return state.asking
  }

  async function serve(meter: RangeConfig, andons: readonly Andon[], freshEnough: number): Promise<RangeReading | null> {
    const found = await reading(meter, freshEnough)
    if (ending.signal.aborted) return null
    const told = andons.map(({ id }) => tell(id, found))
    for (const one of told) keep(one)
    await Promise.all(told)
    return found
  }

  async function tell(id: AndonId, found: RangeReading): Promise<void> {
    try {
      const andon = await desk.get(id)
      const known = andon?.ranges.find(({ meter }) => meter === found.meter)
      // It is broken still; that was told.
      if (!andon || ended(andon) || (known?.problem && found.problem)) return
      await desk.command(id, 'range', { reading: found }, house)
    } catch (error) {
      if (isFault(error, 'refused', 'not-found')) return
      log.warn({ andon: id, meter: found.meter, err: causeChain(error) }, 'a range could not be told to an andon; it is asked again')
    }
  }

  /** To be waited for at the end. */
  function keep(work: Promise<unknown>): void {
    const done = work.then(
      () => {},
      (error: unknown) => log.error({ err: causeChain(error) }, 'ranges could not be asked; they are asked again'),
    )
    working.add(done)
    void done.then(() => working.delete(done))
  }

  async function tick(): Promise<void> {
    const red = (await desk.list({ open: true }, { limit: openMax })).filter(({ state }) => state.status === 'red')
    for (const meter of meters) {
      const wanted = red.filter((andon) => concerns(meter, andon))
      const { asking, last } = states.get(meter.id) as State
      const due = asking === null && (last === null || clock.monotonic() - last.at >= meter.everyMs)
      if (wanted.length > 0 && due) void serve(meter, wanted, 0)
    }
  }

  function look(): void {
    if (ticking || ending.signal.aborted) return
    ticking = true
    keep(
      tick().finally(() => {
        ticking = false
      }),
    )
  }

  async function begin(id: AndonId): Promise<void> {
    const andon = await desk.get(id)
    if (andon?.state.status !== 'red') return
    for (const meter of meters) if (concerns(meter, andon)) void serve(meter, [andon], freshMs)
  }

  const ends: (() => unknown)[] = []
  // Nothing to ask: nothing to do.
  if (meters.length > 0) {
    ends.push(every(clock, tickMs, look))
    const follower = follow({
      journal,
      clock,
      log,
      subscriber: 'andon-ranges',
      handle: ({ kind, andon }) => {
        if (andon !== null && wakes.has(kind)) keep(begin(andon))
      },
    })
    ends.push(() => follower.stop())
    look()
  }

  return {
    /** Asks all meters that concern it now, whatever its colour; answers when they have answered. */
    async now(id: AndonId): Promise<RangeReading[]> {
      const andon = await desk.get(id)
      if (!andon || ended(andon)) return []
      const found = await Promise.all(meters.filter((meter) => concerns(meter, andon)).map((meter) => serve(meter, [andon], 0)))
      return found.filter((one) => one !== null)
    },
    /** Ends the questions that are under way. */
    async stop(): Promise<void> {
      ending.abort()
      for (const end of ends) await end()
      await Promise.all(working)
    },
  }
}

const concerns = ({ components }: RangeConfig, { component }: Andon) =>
  components.length === 0 || (component !== null && components.includes(component.id))

/** Never fails: that a meter does not answer is what it says. */
async function measure(meter: RangeConfig, ports: AskPorts): Promise<RangeReading> {
  try {
    return readingOf(await ask(meter.query, ports), meter, ports.clock.now())
  } catch (error) {
    return problemReading(meter, ports.clock.now(), isFault(error) ? error.message : causeChain(error))
  }
}

/** At most so many at once; the others wait for their turn. */
function gate(max: number) {
  const waiting: (() => void)[] = []
  let free = max
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}
