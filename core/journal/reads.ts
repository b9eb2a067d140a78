import { switchOf } from '../roles/roles.ts'
import { roleOf, runOf, stepOf } from '../runs/rows.ts'
import { spendDayMs, spendHourMs } from '../runs/spend.ts'
import type { Statements } from '../store/statements/all.ts'
import type { Driver } from '../store/transaction.ts'
import type { Journal, Page } from './journal.ts'

type Reads = Pick<
  Journal,
  | 'switches'
  | 'spent'
  | 'successes'
  | 'roles'
  | 'incident'
  | 'incidents'
  | 'alertsOf'
  | 'run'
  | 'runs'
  | 'steps'
  | 'events'
  | 'lastEvent'
  | 'cursor'
>

/** No list is longer, whatever is asked. */
const pageLimit = 1_000
/** Sorts after every id. */
const end = '~'

const pageOf = ({ limit, after = end }: Page) => ({ limit: Math.min(limit, pageLimit), after })

/** Everything that only looks. Each is one query by itself. */
export function createReads({ driver, sql, now }: { driver: Driver; sql: Statements; now(): number }): Reads {
  return {
    switches: async () => (await driver.read(sql.roles.switches, {})).map((one) => switchOf(one, now())),
    spent: () => driver.read(sql.spend.all, { hourAgo: now() - spendHourMs, dayAgo: now() - spendDayMs }),
    successes: () => driver.read(sql.spend.allSuccesses, {}),
    roles: async () => (await driver.read(sql.roles.all, {})).map(roleOf),
    async incident(id) {
      const [found] = await driver.read(sql.incidents.byId, { id })
      return found ? incidentOf(found) : null
    },
    async incidents({ open, component }, page) {
      const { list } = sql.incidents
      const statement = component === undefined ? (open ? list.open : list.all) : open ? list.openOfComponent : list.ofComponent
      return (await driver.read(statement, { ...pageOf(page), ...(component === undefined ? {} : { component }) })).map(incidentOf)
    },
    alertsOf: (incident) => driver.read(sql.alerts.ofIncident, { incident }),
    async run(id) {
      const [found] = await driver.read(sql.runs.byId, { run: id })
      return found ? runOf(found) : null
    },
    async runs({ incident, component, live }, page) {
      const { list } = sql.runs
      const lists =
        incident === undefined ? (component === undefined ? list.all : list.component) : component === undefined ? list.incident : list.both
      const values = { ...pageOf(page), ...(incident === undefined ? {} : { incident }), ...(component === undefined ? {} : { component }) }
      return (await driver.read(live ? lists.live : lists.any, values)).map(runOf)
    },
    steps: async (run) => (await driver.read(sql.runs.steps, { run })).map(stepOf),
    async events(after, limit, { incident, andon } = {}) {
      const page = { after, limit: Math.min(limit, pageLimit) }
      const found =
        andon !== undefined
          ? await driver.read(sql.journal.ofAndon, { ...page, andon, incident: incident ?? '' })
          : incident !== undefined
            ? await driver.read(sql.journal.ofIncident, { ...page, incident })
            : await driver.read(sql.journal.after, page)
      return found.map((event) => ({ ...event, data: JSON.parse(event.data) }))
    },
    lastEvent: async () => (await driver.read(sql.journal.last, {}))[0]?.seq ?? 0,
    cursor: async (subscriber) => (await driver.read(sql.journal.cursor, { subscriber }))[0]?.seq ?? null,
  }
}

/** How many alerts the timeline told is bookkeeping. */
const incidentOf = <Row extends { told: number }>({ told, ...incident }: Row) => incident
