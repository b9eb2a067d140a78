import type { Actor } from '../bots/andon/andon.ts'
import { openDesk } from '../bots/andon/desk.ts'
import type { SlackDelivery } from '../bots/slack/deliver.ts'
import { slackOps } from '../bots/slack/ops/registry.ts'
import { startSlackDelivery } from '../bots/slack/start.ts'
import { openWeb, type Web } from '../bots/slack/web.ts'
import { indexCatalog } from '../core/catalog/catalog.ts'
import { configSchema } from '../core/catalog/schema.ts'
import type { Clock } from '../core/clock.ts'
import { idMint } from '../core/ids.ts'
import type { Journal } from '../core/journal/journal.ts'
import { openJournal } from '../core/journal/open.ts'
import { type Log, silentLog } from '../core/log.ts'
import { systemRandom } from '../core/random.ts'
import type { Workspace } from './slack/workspace.ts'

/**
 * Real time, but what waits waits shorter: sockets are real, and nobody wants to sit through a retry of 60 s. The wall clock is as
 * it is, plus what it was moved by: Slack's own stamps are real.
 */
export function fastClock(times = 50, offsetMs = 0): Clock & { jump(ms: number): void } {
  let offset = offsetMs
  return {
    now: () => Date.now() + offset,
    monotonic: () => performance.now() * times,
    after(ms, fn) {
      const timer = setTimeout(fn, ms / times)
      timer.unref()
      return () => clearTimeout(timer)
    },
    jump(ms) {
      offset += ms
    },
  }
}

/** What a house needs of a workspace: so that this one may also be in another process. */
export interface SlackPlace extends Pick<Workspace, 'idOf' | 'apiUrl' | 'botToken' | 'until'> {
  channel(name: string): Promise<{ id: string } | undefined>
  clientOptions: { fetch: unknown }
}

interface HouseOptions {
  clock?: Clock
  log?: Log
  url?: string
  /** People who are called first. */
  leaders?: string[]
  andon?: object
  teams?: object[]
  timeoutMs?: number
}

/** A house with its desk and journal, connected to a workspace of the tests; `start` begins delivery, `restart` kills and begins it. */
export async function openHouse(workspace: SlackPlace, names: readonly string[], options: HouseOptions = {}) {
  const { clock = fastClock(), log = silentLog, leaders = [], url = 'sqlite::memory:' } = options
  const ops_ = await workspace.channel('ops')
  const config = configSchema.parse({
    components: [
      { id: 'polaris', title: 'Packet transfer', owner: 'core', members: [{ id: 'polaris-1', site: 'a', hooks: 'http://127.0.0.1:1' }] },
    ],
    people: names.map((name) => ({ id: name, name, slack: workspace.idOf(name), teams: ['core'] })),
    teams: [{ id: 'core', policy: 'first' }, ...(options.teams ?? [])],
    policies: [{ id: 'first', levels: [{ notify: leaders.length > 0 ? leaders.map((name) => `person:${name}`) : ['team:core'] }] }],
    slack: { channel: ops_?.id ?? 'C000000001', apiUrl: workspace.apiUrl },
    andon: { policy: 'first', ...options.andon },
  })
  const catalog = indexCatalog(config)
  const journal: Journal = await openJournal({ url, clock, mint: idMint(clock, systemRandom) })
  const desk = openDesk({
    ...{ catalog, journal, clock, log, environment: () => undefined },
    status: { members: () => [], onChange: () => () => {} } as never,
    commands: {} as never,
  })
  const web = openWeb({
    token: workspace.botToken,
    apiUrl: workspace.apiUrl,
    fetch: workspace.clientOptions.fetch as never,
    clock,
    log,
    timeoutMs: options.timeoutMs ?? 300,
  })
  const settings = config.slack as NonNullable<typeof config.slack>
  let delivery: SlackDelivery | null = null

  const start = (over: { journal?: Journal; web?: Web } = {}) => {
    delivery = startSlackDelivery({
      ...{ journal, desk, catalog, settings, clock, log, web, ops: slackOps, ...over },
      onCall: (refs) => refs.flatMap((ref) => (ref.startsWith('person:') ? [ref.slice(7)] : ref === 'team:core' ? names : [])),
    })
    return delivery
  }
  const lastOfAndons = async () => {
    const last = await journal.lastEvent()
    return (
      (await journal.events(Math.max(0, last - 900), 1_000)).findLast(({ andon, kind }) => andon !== null && kind.startsWith('andon.'))
        ?.seq ?? 0
    )
  }
  const actorOf = (name: string): Actor => ({ id: name, name, via: 'slack', locale: 'en', rank: 'anyone' })
  return {
    ...{ catalog, config, journal, desk, web, start, actorOf },
    pull: async (text: string, by = names[0] as string, more: object = {}) => (await desk.pull({ text, ...more }, actorOf(by))).andon,
    /** All events are read, and nothing waits in the outbox. */
    idle: (withinMs = 15_000) =>
      workspace.until(
        async () => ((await journal.cursor('slack')) ?? -1) >= (await lastOfAndons()) && (await journal.lanes('slack', 1)).length === 0,
        withinMs,
      ),
    async close(): Promise<void> {
      await delivery?.stop()
      await journal.close()
    },
  }
}
