import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Clock } from '../../core/clock.ts'
import { fault } from '../../core/errors.ts'
import type { FindingQuery } from '../../core/findings/finding.ts'
import type { Journal } from '../../core/journal/journal.ts'
import type { Decision, Finding, FindingFilter, FindingStatus, FindingsDesk, Who } from '../desk.ts'
import { type Decided, type Deciding, decided, type PureDecision, ticked } from './deciding.ts'
import { busFactorOf, type LastLook, lastLook, precisionOf, type Totals, totalsOf, trendOf } from './figures.ts'
import { approved, begun, type FixEnding, type FixPort, fixEnded, looked, mayBeFixed, mayFix, type Order, refusal } from './fix.ts'
import { ingest } from './ingest.ts'
import { type Owners, openOwners } from './owner.ts'
import { classes, findingOf, type Kept, type KeptScan, type Store, severityRanks, storedOf } from './record.ts'
import { nextLook } from './remind.ts'
import { summaryOf } from './scan.ts'

export interface FindingsPorts {
  journal: Pick<Journal, 'findings'>
  catalog: Catalog
  clock: Clock
  /** Guardians, or the generated catalogue of them: which runbook mends what. */
  guardians: readonly { checks: readonly { id: string; runbook?: string | null }[] }[]
  /** Who is asked for a team: whoever is on call for it. Null: nobody is; the fallback is asked. */
  personOf(team: string): string | null
  /** Absent: nothing is fixed by a runbook. */
  fix?: FixPort
  /** Ids of the people on duty now. Absent: nobody. */
  onDuty?(): Promise<readonly string[]>
}

/** The desk, and the figures that its routes tell. */
export interface FindingsHouse extends FindingsDesk {
  totals(): Promise<Totals>
  lastLook(): Promise<LastLook>
  /** The run that was begun for it has ended. @throws fault `finding-not-found` */
  fixEnded(id: string, end: FixEnding): Promise<Finding>
}

const tickRows = 200

/** The findings, over the store of a journal. */
export function openFindingsDesk(ports: FindingsPorts): FindingsHouse {
  const { catalog, clock } = ports
  const { guardians: config } = catalog.config
  const store: Store = ports.journal.findings<Kept, KeptScan>()
  const owners = openOwners(catalog, (team) => ports.personOf(team))
  const settings = { remindEveryMs: config.remindEveryMs, zoneOf: owners.zoneOf }
  const runbooks = new Map(ports.guardians.flatMap(({ checks }) => checks.map((check) => [check.id, check.runbook ?? undefined])))

  /** Changes one finding in its own transaction. */
  async function change(
    id: string,
    choose: (kept: Kept, env: Pick<Deciding, 'now' | 'mint'> & { fixing: number }) => Decided,
    look: { fixing?: true } = {},
  ) {
    const kept = await store.change({ ids: [id], ...look }, ({ byId, ...env }) => {
      const stored = byId.get(id)
      if (!stored) throw fault('finding-not-found', { id })
      const { kept, tell } = choose(stored.data, env)
      return { put: [storedOf(kept, { nextAt: nextLook(kept, settings), heldRun: stored.heldRun })], tell, answer: kept }
    })
    return findingOf(kept)
  }

  const pure = (id: string, decision: PureDecision, by: Who) =>
    change(id, (kept, env) => decided(kept, decision, { ...env, by, owners, askWithinMs: config.askWithinMs }))

  async function fix(id: string, { dryRun = false, undo = false }: Extract<Decision, { kind: 'fix' }>, by: Who): Promise<Finding> {
    const finding = await need(store, id)
    mayBeFixed(finding, undo)
    const runbook = runbooks.get(finding.check)
    if (!runbook) throw fault('no-runbook', { check: finding.check, reason: 'its check names no runbook.' })
    if (!ports.fix) throw fault('no-runbook', { check: finding.check, reason: 'runbooks for findings are not switched on here.' })
    await mayFix(finding, by, catalog.config, owners, ports.onDuty ?? (async () => []))
    const order: Order = { runbook, dryRun, by, ...(undo ? { undo } : {}) }
    if (undo && dryRun) return looked(finding, order, await ports.fix.approveFix(finding, order), clock.now())
    // Written before it acts: a crash between leaves an approval without a run, which may be given again.
    await change(id, (kept, env) => approved(kept, { ...order, ...env, limit: config.fixMaxItems }), { fixing: true })
    const came = await ports.fix.approveFix(finding, order)
    const done = await change(id, (kept) => begun(kept, order, came, finding.fix))
    if ('refuse' in came) throw refusal(finding, runbook, came.refuse)
    return done
  }

  return {
    ingest: (report) => ingest(report, { store, owners, settings, now: () => clock.now() }),
    get: async (id) => {
      const stored = await store.get(id)
      return stored ? findingOf(stored.data) : null
    },
    list: async (filter, page) => (await store.list(queryOf(filter, owners), page)).map(({ data }) => findingOf(data)),
    count: (filter) => store.count(queryOf(filter, owners)),
    decide: (id, decision, by) => (decision.kind === 'fix' ? fix(id, decision, by) : pure(id, decision, by)),
    fixEnded: (id, end) => change(id, (kept) => fixEnded(kept, end)),
    async tick() {
      const step = () =>
        store.change({ due: { limit: tickRows } }, ({ due, now }) => {
          const made = due.map((stored) => ({ stored, ...(ticked(stored.data, now) ?? { kept: stored.data, tell: [] }) }))
          return {
            put: made.map(({ stored, kept }) => storedOf(kept, { nextAt: nextLook(kept, settings), heldRun: stored.heldRun })),
            tell: made.flatMap(({ tell }) => tell),
            answer: due.length,
          }
        })
      while ((await step()) === tickRows);
    },
    nextAt: () => store.nextAt(),
    scans: async (page) => (await store.scans(page)).map(({ run, data }) => summaryOf(run, data)),
    trend: (days) => trendOf(store, days, clock.now()),
    precision: () => precisionOf(store),
    busFactor: (days) => busFactorOf(store, days, clock.now()),
    totals: () => totalsOf(store),
    lastLook: () => lastLook(store),
  }
}

async function need(store: Store, id: string): Promise<Finding> {
  const stored = await store.get(id)
  if (!stored) throw fault('finding-not-found', { id })
  return findingOf(stored.data)
}

function queryOf({ status, owner, severity, ...filter }: FindingFilter, owners: Owners): FindingQuery {
  const exact = status === undefined || status === 'live' || status === 'all' ? undefined : status
  return {
    ...filter,
    status: exact,
    classes: classesOf(status),
    severity: severity === undefined ? undefined : severityRanks[severity],
    owner: owner === undefined ? undefined : (owners.match(owner)?.name ?? owner).toLowerCase(),
  }
}

function classesOf(status: FindingStatus | 'live' | 'all' | undefined): readonly [number, number] {
  if (status === undefined) return [0, 0]
  if (status === 'live') return [0, 1]
  if (status === 'all') return [0, 3]
  return [classes[status], classes[status]]
}
