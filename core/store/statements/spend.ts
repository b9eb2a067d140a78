import { and, eq, gt, lt, sql } from 'drizzle-orm/sql'
import type { Schema } from './all.ts'

const columns = { scope: 'text' } as const

/** What decisions count by: budgets, attempts, successes, and windows of maintenance. */
export function spendStatements({ t: { spend, success, run, record, incident }, build, compile, rowset, value }: Schema) {
  const fields = {
    scope: spend.scope,
    hour: sql<number>`sum(case when ${spend.at} > ${value('hourAgo')} then 1 else 0 end)`,
    day: sql<number>`count(*)`,
    hourFrom: sql<number | null>`min(case when ${spend.at} > ${value('hourAgo')} then ${spend.at} end)`,
    dayFrom: sql<number>`min(${spend.at})`,
  }
  const ofDay = gt(spend.at, value('dayAgo'))
  const shared = sql`(${spend.scope} = 'fleet' or (${spend.scope} >= 'runbook:' and ${spend.scope} < 'runbook;') or ${spend.component} = ${value('component')})`
  return {
    /** One row per scope that a decision about this component counts by. */
    of: compile.rows(build.select(fields).from(spend).where(and(ofDay, shared)).groupBy(spend.scope)),
    all: compile.rows(build.select(fields).from(spend).where(ofDay).groupBy(spend.scope)),
    /** scopes: {scope}[] */
    add: compile.text(sql`insert into ${spend} (run, component, scope, at) select ${value('run')}, ${value('component')}, scope, ${value('at')}
          from ${rowset('scopes', columns)} as given where true`),
    forget: compile.write(build.delete(spend).where(lt(spend.at, value('dayAgo')))),

    /** Of the last day. Without an order or a limit: SQLite would plan it anew each time, see `opaque`. */
    recent: compile.rows(
      build
        .select({
          runbook: run.runbook,
          status: run.status,
          incident: run.incident,
          members: run.members,
          mode: run.mode,
          createdAt: run.createdAt,
          endedAt: run.endedAt,
        })
        .from(run)
        .where(and(eq(run.component, value('component')), gt(run.createdAt, value('dayAgo')), sql`${run.runbook} <> 'page'`)),
    ),
    successes: compile.rows(
      build
        .select()
        .from(success)
        .where(eq(success.component, value('component'))),
    ),
    allSuccesses: compile.rows(build.select().from(success)),
    succeeded: compile.write(
      build
        .insert(success)
        .values({ component: value('component'), runbook: value('runbook'), at: value('at') })
        .onConflictDoUpdate({ target: [success.component, success.runbook], set: { at: value('at') } }),
    ),
    /** Windows that are not over, of this component or of everything. */
    maintenance: compile.rows(
      build
        .select({ data: record.data })
        .from(record)
        .where(
          and(
            sql`${record.kind} = 'maintenance'`,
            sql`${record.open} = 1`,
            sql`(${record.component} is null or ${record.component} = ${value('component')})`,
          ),
        ),
    ),
    openIncident: compile.rows(
      build
        .select({ id: incident.id })
        .from(incident)
        .where(and(eq(incident.component, value('component')), sql`${incident.endedAt} is null`)),
    ),
  }
}
