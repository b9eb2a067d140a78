import type { Pager } from '../../bots/pager/define.ts'
import { openPageDesk } from '../../bots/pager/desk.ts'
import { openFeeds } from '../../bots/pager/feed.ts'
import { keepRoster } from '../../bots/pager/roster.ts'
import { openRota } from '../../bots/pager/rota.ts'
import { pagerRoutes } from '../../bots/pager/routes.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import { type Clock, every, minutes } from '../../core/clock.ts'
import { causeChain } from '../../core/errors.ts'
import type { Journal } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'

export interface PagingParts {
  catalog: Catalog
  journal: Journal
  pagers: readonly Pager[]
  clock: Clock
  log: Log
  /** The data folder, for the roster. */
  data: string
  /** Keeps the addresses of calendars. */
  feedKey: string
  environment(name: string): string | undefined
  /** Where the roster is shown when nobody can be reached. */
  write(text: string): void
}

/** Another controller may make overrides, too. */
const refreshMs = minutes(1)

/** Paging, put together: who is on call, who is called, until somebody acknowledges. */
export function openPaging({ catalog, journal, pagers, clock, log, data, feedKey, environment, write }: PagingParts) {
  const rota = openRota({ catalog, journal })
  let roster: ReturnType<typeof keepRoster> | null = null
  const desk = openPageDesk({
    ...{ catalog, journal, rota, pagers, clock, log },
    onNobodyReached() {
      if (catalog.config.people.length > 0) write(`\nNo pager took the page. Call somebody by telephone:\n${roster?.text() ?? ''}\n`)
    },
  })
  const secrets = () =>
    catalog.config.pagers.flatMap((pager) => {
      const secret = pager.kind === 'pagerduty' && pager.webhookSecretEnv ? environment(pager.webhookSecretEnv) : undefined
      return secret ? [secret] : []
    })
  let stopRefreshing = () => {}
  return {
    rota,
    desk,
    feature: pagerRoutes({ desk, rota, feeds: openFeeds({ key: feedKey, journal }), journal, clock, secrets }),
    /** Every controller knows who is on call, and has the roster on its own disk. */
    async open(): Promise<void> {
      await rota.refresh()
      roster = keepRoster({ catalog, rota, folder: data, clock, log })
      stopRefreshing = every(clock, refreshMs, () => {
        rota.refresh().catch((error: unknown) => log.warn({ err: causeChain(error) }, 'overrides of schedules could not be read'))
      })
    },
    async close(): Promise<void> {
      stopRefreshing()
      await roster?.stop()
    },
  }
}
