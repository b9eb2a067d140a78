import type { Catalog } from '../../core/catalog/catalog.ts'
import { type Clock, sleep } from '../../core/clock.ts'
import { causeChain } from '../../core/errors.ts'
import { follow } from '../../core/journal/follow.ts'
import type { Journal } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'
import { type Actor, type Andon, ended } from './andon.ts'
import type { Act, DrillScript, Part, Stage } from './drills/define.ts'
import { drillOf } from './drills/find.ts'
import { type AndonDesk, house } from './ports.ts'

interface DrillPorts {
  desk: AndonDesk
  catalog: Catalog
  journal: Journal
  clock: Clock
  log: Log
  /** Makes the chat seem away, for a drill; absent without one. */
  chat?: { pretendAway(away: boolean): void }
  /** 1: as written; 0: without a pause. */
  pace?: number
}

const openMax = 200
const stand = ['Aki', 'Ben', 'Chika', 'Dan', 'Emi']
const parts = ['puller', 'witness', 'lead', 'expert', 'sales'] as const

/**
 * Plays the drills that somebody pulled, from whatever surface. What a restart interrupts is ended, not gone on with: a practice
 * that stands half played would be taken for something real.
 */
export function playDrills({ desk, catalog, journal, clock, log, chat, pace = 1 }: DrillPorts) {
  const ending = new AbortController()
  const playing = new Map<string, Promise<void>>()

  function begin(id: string, scenario: string): void {
    const script = drillOf(scenario)
    if (script?.cast !== 'played' || playing.has(id)) return
    const done = play(id, script)
      .catch((error: unknown) => log.error({ andon: id, err: causeChain(error) }, 'a drill could not be played to its end'))
      .finally(() => {
        playing.delete(id)
        chat?.pretendAway(false)
      })
    playing.set(id, done)
  }

  async function play(id: string, script: DrillScript): Promise<void> {
    const stage: Stage = { cast: castOf(catalog), carriers: catalog.config.carriers.map((carrier) => carrier.id), now: 0 }
    for (const act of script.acts) {
      await sleep(clock, act.afterMs * pace, ending.signal)
      const andon = await desk.get(id)
      // Somebody else may have ended it, or merged it: it is a drill for people, too.
      if (ending.signal.aborted || !andon || (ended(andon) && !afterEnd(act))) return
      await perform(andon, act, stage)
    }
  }

  async function perform(andon: Andon, { who, does }: Act, stage: Stage): Promise<void> {
    if ('chat' in does) return chat?.pretendAway(does.chat === 'away')
    const input = does.input ? does.input(andon, { ...stage, now: clock.now() }) : {}
    if (input === null) return
    await desk.command(andon.id, does.command, input, stage.cast[who]).catch(async (error: unknown) => {
      // A drill shows also what does not work.
      await desk.command(andon.id, 'note', { text: `The drill could not go on with "${does.command}": ${causeChain(error)}` }, house)
    })
  }

  async function endInterrupted(): Promise<void> {
    for (const andon of await desk.list({ open: true }, { limit: openMax })) {
      if (!andon.drill || playing.has(andon.id) || drillOf(andon.drill.scenario)?.cast === 'people') continue
      await desk.command(andon.id, 'resolve', { how: 'The drill was interrupted by a restart' }, house).catch((error: unknown) => {
        log.warn({ andon: andon.id, err: causeChain(error) }, 'an interrupted drill could not be ended')
      })
    }
  }

  let following: { stop(): Promise<void> } | null = null
  return {
    async start(): Promise<void> {
      await endInterrupted()
      following = follow({
        journal,
        clock,
        log,
        subscriber: 'drills',
        handle({ kind, andon, data }) {
          if (kind === 'andon.pulled' && andon !== null && typeof data.drill === 'string') begin(andon, data.drill)
        },
      })
    },
    async stop(): Promise<void> {
      ending.abort()
      await following?.stop()
      await Promise.all(playing.values())
    },
  }
}

/** Thanks and kaizen come after the end. */
const afterEnd = ({ does }: Act) => 'command' in does && /^(thank|kaizen|keep)/.test(does.command)

/** People of the configuration, as far as there are; else those who stand in. All of them marked as playing. */
function castOf({ config }: Catalog): Record<Part, Actor> {
  const cast = parts.map((part, n): [Part, Actor] => {
    const person = config.people[n]
    const actor = person ? { id: person.id, name: person.name } : { id: `drill:${part}`, name: stand[n] as string }
    return [part, { ...actor, via: 'drill', locale: person?.locale ?? config.andon.locale, rank: 'anyone' }]
  })
  return { ...(Object.fromEntries(cast) as Record<Part, Actor>), house }
}
