import type { AndonConfig } from '../../core/catalog/schema-andon.ts'
import { type Clock, sleep } from '../../core/clock.ts'
import { causeChain } from '../../core/errors.ts'
import type { Journal } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'
import { type AndonDesk, house } from './ports.ts'

interface SyntheticPorts {
  desk: AndonDesk
  journal: Journal
  clock: Clock
  log: Log
  settings: NonNullable<AndonConfig['synthetic']>
  /** A chat is configured: its room must stand, too. */
  hasChat: boolean
}

const lookEveryMs = 500

/**
 * Pulls the cord by itself, in private, and looks whether a room stands in time: that the Andon works is best known before it is
 * needed. A person is called when it does not.
 */
export function pullSynthetically({ desk, journal, clock, log, settings, hasChat }: SyntheticPorts) {
  const ending = new AbortController()

  async function once(): Promise<void> {
    const from = clock.now()
    const text = 'Synthetic pull: it only looks whether a room would stand'
    const { andon } = await desk.pull({ text, drill: 'synthetic', private: true, key: `synthetic/${from}` }, house)
    let stands = !hasChat
    while (!stands && clock.now() - from < settings.withinMs && !ending.signal.aborted) {
      await sleep(clock, lookEveryMs, ending.signal)
      stands = (await desk.get(andon.id))?.room?.kind === 'room'
    }
    if (ending.signal.aborted) return
    const tookMs = clock.now() - from
    await journal.note('andon.synthetic', { andon: andon.id }, { stands, tookMs })
    if (!stands) await call(andon.id, `No room stood within ${settings.withinMs / 1_000} s of a pull`)
    await desk.command(
      andon.id,
      'resolve',
      { how: stands ? `Its room stood after ${tookMs} ms` : 'No room stood in time; a person was called' },
      house,
    )
    await desk.command(andon.id, 'archived', { name: null }, house)
  }

  /** Once an hour at most, however often it looks. */
  const call = (andon: string, evidence: string) =>
    journal.post({
      channel: 'page',
      dedupe: `jidoka/andon/${Math.floor(clock.now() / 3_600_000)}`,
      incident: null,
      payload: {
        andon,
        component: 'jidoka',
        title: 'The Andon itself',
        owner: null,
        failure: 'failing',
        members: [],
        urgency: 'high',
        evidence,
        reason: 'A pull would not get its room. See `jidoka doctor`; pulls by API and CLI work all the same.',
        tried: [],
        refused: [],
      },
    })

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      await sleep(clock, settings.everyMs, ending.signal)
      if (ending.signal.aborted) return
      await once().catch(async (error: unknown) => {
        log.error({ err: causeChain(error) }, 'the synthetic pull failed')
        await call('', `The pull itself failed: ${causeChain(error)}`).catch(() => undefined)
      })
    }
  }

  const done = run()
  return {
    async stop(): Promise<void> {
      ending.abort()
      await done
    },
  }
}
