import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Registry } from 'prom-client'
import { dayMs } from '../calendar.ts'
import { budgetOf } from '../runs/spend.ts'
import type { ApiEnv } from './env.ts'
import type { Gate } from './gate.ts'
import type { Live } from './live.ts'
import type { ApiPorts } from './ports.ts'
import { problems } from './wire.ts'

/** A scrape reads at most so much; what is more is told as so much. */
const countMax = 5_000
const eventsMax = 50_000
const pageSize = 200

type Counted = Pick<ApiPorts, 'journal' | 'status' | 'ingest' | 'catalog' | 'clock'>

/** `/metrics` in the text form of Prometheus. Numbers are read when asked for; the library is loaded at the first scrape. */
export function metricRoutes(
  api: OpenAPIHono<ApiEnv>,
  ports: Counted,
  gate: Gate,
  live: Pick<Live, 'readers'>,
  ingested: ReadonlyMap<string, number>,
): void {
  let registry: Promise<Registry> | null = null
  api.openapi(
    createRoute({
      method: 'get',
      path: '/metrics',
      tags: ['health'],
      summary: 'Metrics for Prometheus',
      ...gate.read('viewer'),
      responses: {
        200: { description: 'Text form of Prometheus', content: { 'text/plain': { schema: z.string() } } },
        ...problems(401, 403),
      },
    }),
    async (c) => {
      registry ??= openRegistry(ports, live, ingested)
      const found = await registry
      return c.text(await found.metrics(), 200, { 'content-type': found.contentType, 'cache-control': 'no-store' })
    },
  )
}

/** Counts what came in through the API, by what became of it. */
export function countIngested(ingest: ApiPorts['ingest'], counts: Map<string, number>): ApiPorts['ingest'] {
  return async (alerts) => {
    const answers = await ingest(alerts)
    for (const { result } of answers) counts.set(result, (counts.get(result) ?? 0) + 1)
    return answers
  }
}

async function openRegistry(
  { journal, status, catalog, clock }: Counted,
  live: Pick<Live, 'readers'>,
  ingested: ReadonlyMap<string, number>,
): Promise<Registry> {
  const { Counter, Gauge, Registry } = await import('prom-client')
  const registry = new Registry()
  const registers = [registry]
  const byStatus = (gauge: { reset(): void; inc(labels: { status: string }): void }, found: readonly { status: string }[]) => {
    gauge.reset()
    for (const one of found) gauge.inc({ status: one.status })
  }
  new Gauge({
    name: 'jidoka_members',
    help: 'Members by status',
    labelNames: ['status'],
    registers,
    collect() {
      byStatus(this, status.all())
    },
  })
  new Gauge({
    name: 'jidoka_incidents_open',
    help: `Incidents that have not ended, by status (counted up to ${countMax})`,
    labelNames: ['status'],
    registers,
    async collect() {
      byStatus(this, await readAll((page) => journal.incidents({ open: true }, page)))
    },
  })
  new Gauge({
    name: 'jidoka_runs_live',
    help: `Runs that have not ended, by status (counted up to ${countMax})`,
    labelNames: ['status'],
    registers,
    async collect() {
      byStatus(this, await readAll((page) => journal.runs({ live: true }, page)))
    },
  })
  new Gauge({
    name: 'jidoka_outbox_due',
    help: `Messages to people that are due and not sent (counted up to ${countMax})`,
    registers,
    async collect() {
      this.set((await journal.due(countMax)).length)
    },
  })
  new Gauge({
    name: 'jidoka_runbook_last_success_days',
    help: 'Days since a runbook last succeeded on a component, for real or in practice; +Inf: never, though it is to be practised',
    labelNames: ['runbook', 'component'],
    registers,
    async collect() {
      this.reset()
      for (const one of practised(catalog)) this.set(one, Number.POSITIVE_INFINITY)
      for (const { runbook, component, at } of (await journal.successes()).slice(0, countMax))
        this.set({ runbook, component }, (clock.now() - at) / dayMs)
    },
  })
  new Gauge({
    name: 'jidoka_budget_spent_share',
    help: 'Share of a budget of automatic runs that is spent: the fuller one of hour and day',
    labelNames: ['scope'],
    registers,
    async collect() {
      this.reset()
      for (const spent of (await journal.spent()).slice(0, countMax)) {
        const limits = budgetOf(spent.scope, catalog)
        if (limits) this.set({ scope: spent.scope }, Math.max(spent.hour / limits.perHour, spent.day / limits.perDay))
      }
    },
  })
  new Gauge({
    name: 'jidoka_live_clients',
    help: 'Clients that follow the live events',
    registers,
    collect() {
      this.set(live.readers())
    },
  })
  new Counter({
    name: 'jidoka_alerts_ingested_total',
    help: 'Alerts taken by the API since its start, by what became of them',
    labelNames: ['result'],
    registers,
    collect() {
      this.reset()
      for (const [result, count] of ingested) this.inc({ result }, count)
    },
  })
  let seen = await journal.lastEvent()
  new Counter({
    name: 'jidoka_journal_events_total',
    help: 'Events of the journal since the first scrape, by kind: runs begun and ended, steps, roles, incidents',
    labelNames: ['kind'],
    registers,
    async collect() {
      for (let read = 0; read < eventsMax; ) {
        const events = await journal.events(seen, 1_000)
        if (events.length === 0) return
        for (const event of events) this.inc({ kind: event.kind })
        read += events.length
        seen = events.at(-1)?.seq ?? seen
      }
    },
  })
  return registry
}

/** What the configuration wants to be kept in practice. */
const practised = ({ config, components }: Counted['catalog']) =>
  (config.guards.practice?.runbooks ?? []).flatMap((runbook) =>
    components.filter(({ ladder }) => ladder.includes(runbook)).map(({ id }) => ({ runbook, component: id })),
  )

async function readAll<T extends { id: string }>(read: (page: { limit: number; after?: string }) => Promise<T[]>): Promise<T[]> {
  const all: T[] = []
  for (;;) {
    const found = await read({ limit: pageSize, after: all.at(-1)?.id })
    all.push(...found)
    if (found.length < pageSize || all.length >= countMax) return all
  }
}
