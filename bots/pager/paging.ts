import type { Feature } from '../../core/api/app.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Clock } from '../../core/clock.ts'
import type { Journal } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'
import type { Pager } from './define.ts'
import { openPageDesk, type PageDesk } from './desk.ts'
import { openFeeds } from './feed.ts'
import { pagerDutySecrets } from './inbound.ts'
import { keepRoster } from './roster.ts'
import { openRota, type Rota } from './rota.ts'
import { pagerRoutes } from './routes.ts'

export interface PagingPorts {
  catalog: Catalog
  journal: Journal
  pagers: readonly Pager[]
  clock: Clock
  log: Log
  /** Data folder, for the roster. */
  folder: string
  /** Terminal of the controller: where the roster goes when no pager takes a page. Never the log: it holds phone numbers. */
  write(line: string): void
  environment(name: string): string | undefined
  /** Secret of the addresses of calendars; lasts over restarts. */
  feedKey: string
}

export interface Paging {
  desk: PageDesk
  rota: Rota
  /** Its routes, for `createApi`. */
  feature: Feature
  start(): Promise<void>
  stop(): Promise<void>
}

/** The pager as a whole: pages, schedules, roster, routes. */
export function openPaging({ catalog, journal, pagers, clock, log, folder, write, environment, feedKey }: PagingPorts): Paging {
  const rota = openRota({ catalog, journal })
  const { people } = catalog.config
  let roster: ReturnType<typeof keepRoster> | null = null
  const desk = openPageDesk({
    catalog,
    journal,
    rota,
    pagers,
    clock,
    log,
    onNobodyReached: ({ id }) => {
      if (roster && people.length > 0) write(`\n  No pager takes the page ${id}. Phone:\n\n${roster.text().replace(/^/gm, '  ')}\n`)
    },
  })
  const feeds = openFeeds({ key: feedKey, journal })
  const secrets = () => pagerDutySecrets(catalog.config.pagers, environment)
  return {
    desk,
    rota,
    feature: pagerRoutes({ desk, rota, feeds, journal, clock, secrets }),
    async start() {
      await rota.refresh()
      roster = keepRoster({ catalog, rota, folder, clock, log })
      await desk.start()
    },
    async stop() {
      await desk.stop()
      await roster?.stop()
    },
  }
}
