import type { Orders } from '../../bots/andon/orders.ts'
import type { AndonDesk } from '../../bots/andon/ports.ts'
import { andonRoutes } from '../../bots/andon/routes.ts'
import type { DutyDesk, ReviewDesk } from '../../bots/duty/ports.ts'
import { dutyRoutes } from '../../bots/duty/routes.ts'
import type { PageDesk } from '../../bots/pager/desk.ts'
import type { Feeds } from '../../bots/pager/feed.ts'
import type { Rota } from '../../bots/pager/rota.ts'
import { pagerRoutes } from '../../bots/pager/routes.ts'
import type { Feature } from '../../core/api/app.ts'
import { openapi } from '../../core/api/openapi.ts'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import { changeRoutes } from '../../core/changes/routes.ts'
import { systemClock } from '../../core/clock.ts'
import type { Journal } from '../../core/journal/journal.ts'
import type { FindingsHouse } from '../../guardians/findings/desk.ts'
import { findingRoutes } from '../../guardians/findings/routes.ts'
import { guardianRoutes, type Keeper } from '../../guardians/routes.ts'

/** The OpenAPI document of all that a controller answers: core's routes and those of the features, with nothing behind them. */
export function wholeDocument(): object {
  const catalog = indexCatalog(configSchema.parse({}))
  const journal = nothing<Journal>()
  const paging = {
    desk: nothing<PageDesk>(),
    rota: nothing<Rota>(),
    feeds: nothing<Feeds>(),
    journal,
    clock: systemClock,
    secrets: () => [],
  }
  const features: Feature[] = [
    pagerRoutes(paging),
    changeRoutes({ journal, catalog }),
    andonRoutes({ desk: nothing<AndonDesk>(), orders: nothing<Orders>(), catalog }),
    guardianRoutes({ keeper: nothing<Keeper>(), guardians: [] }),
    findingRoutes({ desk: nothing<FindingsHouse>(), catalog, guardians: [] }),
    dutyRoutes({ duty: nothing<DutyDesk>(), reviews: nothing<ReviewDesk>(), catalog }),
  ]
  return openapi(features)
}

const nothing = <Port>() => new Proxy({}, { get: () => () => undefined }) as Port
