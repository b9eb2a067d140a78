import { hostname } from 'node:os'
import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Clock } from '../../core/clock.ts'
import { causeChain } from '../../core/errors.ts'
import type { Journal, JournalEvent } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'
import type { Watch } from '../../core/probes/watch.ts'
import type { Role } from '../../core/runs/run.ts'
import type { Engine } from '../../remediation/engine.ts'
import { openNews } from './news.ts'
import { newestReports } from './reports.ts'

export interface SharedPorts {
  catalog: Catalog
  journal: Journal
  /** Names us in what we write. */
  id: string
  watch: Pick<Watch, 'exited' | 'started'>
  engine(): Engine | null
  refreshTokens(): Promise<void>
  clock: Clock
  log: Log
}

/** Tokens are read anew so often, should a notification have been lost. */
const tokensEveryMs = 5_000

/** What a controller hears from others that write into the same store, and does about it. */
export function openShared({ catalog, journal, id, watch, engine, refreshTokens, clock, log }: SharedPorts) {
  const roles = new Map<string, Role>()
  const heard = newestReports(clock)
  const news = openNews({ journal, log, heard: hear, missed: lookAtAll })
  const failed = (error: unknown) => log.warn({ err: causeChain(error) }, 'what another controller changed could not be read; tried again')
  const readTokens = () => void refreshTokens().catch(failed)
  let tokensAt = clock.monotonic()

  async function readRoles(): Promise<void> {
    for (const role of await journal.roles()) roles.set(role.component, role)
  }

  function hear(events: readonly JournalEvent[]): void {
    if (events.some(({ kind }) => kind.startsWith('role.'))) void readRoles().catch(failed)
    if (events.some(({ kind }) => kind.startsWith('token.'))) readTokens()
    for (const event of events) if (event.kind.startsWith('agent.') && event.data.via !== id) pass(event)
    const leading = engine()
    if (leading) for (const component of new Set(events.map(({ component }) => component))) if (component) leading.consider(component)
  }

  /** An agent told another controller: it is true here as well. */
  function pass({ kind, data }: JournalEvent): void {
    const { agent, member, detail, pid, at } = data as { agent: string; member: string; detail: string; pid?: number | null; at?: number }
    if (!catalog.findMember(member)) return
    heard.took(member, at ?? 0)
    if (kind === 'agent.exited') watch.exited(member, detail, pid ?? null, `agent:${agent}`)
    else watch.started(member)
  }

  function lookAtAll(): void {
    void readRoles().catch(failed)
    readTokens()
    engine()?.sweep()
  }

  return {
    news,
    reports: { id, heard, catchUp: news.catchUp },
    role: (component: string) => roles.get(component),
    async start(): Promise<void> {
      await readRoles()
      await news.start()
    },
    /** Once a second. */
    tick(): void {
      if (clock.monotonic() - tokensAt < tokensEveryMs) return
      tokensAt = clock.monotonic()
      readTokens()
    },
  }
}

/** The address under which others reach what listens at `url`. */
export function advertised(url: string, given: string | undefined): string {
  if (given) return given.replace(/\/$/, '')
  const own = new URL(url)
  // Listening everywhere is no address.
  if (own.hostname === '0.0.0.0' || own.hostname === '[::]') own.hostname = hostname()
  return own.origin
}
