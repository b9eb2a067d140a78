import { and, asc, desc, eq, isNull, lt, type SQL, sql } from 'drizzle-orm/sql'
import type { Schema } from './all.ts'

export function runStatements({ t: { run, step, lease, role, event }, build, compile, rowset, value, opaque, limit, atMost, now }: Schema) {
  const live = sql`${run.endedAt} is null`
  const list = (...filters: SQL[]) =>
    compile.rows(
      build
        .select()
        .from(run)
        .where(and(lt(run.id, opaque('after')), ...filters))
        .orderBy(desc(run.id))
        .limit(limit),
    )
  const ofComponent = eq(run.component, opaque('component'))
  const ofIncident = eq(run.incident, opaque('incident'))
  return {
    byId: compile.rows(
      build
        .select()
        .from(run)
        .where(eq(run.id, value('run'))),
    ),
    steps: compile.rows(
      build
        .select()
        .from(step)
        .where(eq(step.run, opaque('run')))
        .orderBy(asc(step.seq), asc(step.attempt))
        .limit(atMost(10_000)),
    ),
    liveOf: compile.rows(build.select().from(run).where(and(ofComponent, live))),
    /** components: {id}[] */
    liveOfMany: compile.rows(
      build
        .select({ component: run.component })
        .from(run)
        .where(and(live, sql`${run.component} in (select id from ${rowset('components', { id: 'text' })} as wanted)`)),
    ),
    history: compile.rows(build.select().from(run).where(ofComponent).orderBy(desc(run.id)).limit(atMost(100))),
    insert: compile.write(
      build.insert(run).values({
        id: value('id'),
        runbook: value('runbook'),
        component: value('component'),
        incident: value('incident'),
        failure: value('failure'),
        members: value('members'),
        plan: value('plan'),
        reason: value('reason'),
        by: value('by'),
        status: value('status'),
        generation: value('generation'),
        createdAt: value('at'),
        startedAt: null,
        endedAt: null,
        mode: value('mode'),
        waitsUntil: value('waitsUntil'),
        approvedBy: null,
        answer: null,
      }),
    ),
    /** Only one of those who answer at once changes it. */
    approve: compile.write(
      build
        .update(run)
        .set({ status: 'queued', approvedBy: value('by'), answer: 'approved' })
        .where(and(eq(run.id, value('run')), sql`${run.status} = 'waiting'`)),
    ),
    giveUp: compile.write(
      build
        .update(run)
        .set({ status: 'cancelled', answer: value('answer'), reason: value('reason'), endedAt: value('at') })
        .where(and(eq(run.id, value('run')), sql`${run.status} = 'waiting'`)),
    ),
    generate: compile.write(
      build
        .update(run)
        .set({ generation: value('generation') })
        .where(eq(run.id, value('run'))),
    ),
    start: compile.write(
      build
        .update(run)
        .set({ status: 'running', startedAt: sql`coalesce(${run.startedAt}, ${value('at')})` })
        .where(and(eq(run.id, value('run')), isNull(run.endedAt))),
    ),
    end: compile.write(
      build
        .update(run)
        .set({ status: value('status'), reason: value('reason'), endedAt: value('at') })
        .where(and(eq(run.id, value('run')), isNull(run.endedAt))),
    ),
    list: lists(list, { live, ofComponent, ofIncident }),
    ...leases({ lease, build, compile, value, now }),
    ...guardedWrites({ step, lease, role, event, build, compile, rowset, value, now }),
  }
}

/** One statement per combination of filters: an "or is null" would cost the index. */
function lists<List>(
  list: (...filters: SQL[]) => List,
  { live, ofComponent, ofIncident }: Record<'live' | 'ofComponent' | 'ofIncident', SQL>,
) {
  const of = (filters: SQL[]) => ({ any: list(...filters), live: list(...filters, live) })
  return { all: of([]), component: of([ofComponent]), incident: of([ofIncident]), both: of([ofComponent, ofIncident]) }
}

function leases({
  lease,
  build,
  compile,
  value,
  now,
}: Pick<Schema, 'build' | 'compile' | 'value' | 'now'> & { lease: Schema['t']['lease'] }) {
  const held = and(
    eq(lease.resource, value('resource')),
    eq(lease.holder, value('holder')),
    eq(lease.fence, value('fence')),
    sql`${lease.expiresAt} > ${now}`,
  )
  const ends = sql<number>`${now} + ${value('ttlMs')}`
  return {
    /** Answers the fence when it was free, ended, or ours. */
    take: compile.rows(
      build
        .insert(lease)
        .values({ resource: value('resource'), holder: value('holder'), fence: 1, expiresAt: ends })
        .onConflictDoUpdate({
          target: lease.resource,
          set: { holder: value('holder'), fence: sql`${lease.fence} + 1`, expiresAt: ends },
          setWhere: sql`${lease.holder} = '' or ${lease.holder} = ${value('holder')} or ${lease.expiresAt} <= ${now}`,
        })
        .returning({ fence: lease.fence }),
    ),
    renew: compile.write(build.update(lease).set({ expiresAt: ends }).where(held)),
    /** The row stays, with its fence. */
    release: compile.write(build.update(lease).set({ holder: '', expiresAt: 0 }).where(held)),
    expireAll: compile.write(build.update(lease).set({ expiresAt: 0 })),
  }
}

type Guarded = Pick<Schema, 'build' | 'compile' | 'value' | 'now' | 'rowset'> & Pick<Schema['t'], 'step' | 'lease' | 'role' | 'event'>

/** T4 and T5: written only while the lease is ours, and each part only with the one before it. */
function guardedWrites({ step, lease, role, event, build, compile, rowset, value, now }: Guarded) {
  const guard = ({ also, lock }: { also: SQL; lock: SQL }) =>
    sql`select 1 as held from ${lease}${also} where ${lease.resource} = ${value('resource')} and ${lease.holder} = ${value('holder')}
      and ${lease.fence} = ${value('fence')} and ${lease.expiresAt} > ${now} ${lock}`
  const outcome = (prior: SQL) =>
    build
      .update(step)
      .set({ status: value('outStatus'), output: value('outOutput'), endedAt: value('at') })
      .where(
        and(
          eq(step.run, value('run')),
          eq(step.seq, value('outSeq')),
          eq(step.attempt, value('outAttempt')),
          sql`${step.status} = 'intent'`,
          prior,
        ),
      )
      .getSQL()
  const roleChanged = (prior: SQL) =>
    sql`insert into ${role} (component, active, generation) select ${value('component')}, ${value('active')}, ${value('generation')} where ${prior}
      on conflict (component) do update set active = excluded.active,
      in_sync = case when excluded.active is null or ${role.inSync} is null then ${role.inSync} else '[]' end`
  const intent = (prior: SQL) =>
    sql`insert into ${step} (run, seq, attempt, name, action, kind, status, fence, idem_key, started_at, deadline_at, ended_at, input, output)
      select ${value('run')}, ${value('seq')}, ${value('attempt')}, ${value('name')}, ${value('action')}, ${value('kind')}, 'intent', ${value('fence')},
      ${value('key')}, ${value('at')}, ${value('deadlineAt')}, null, ${value('input')}, 'null' where ${prior}`
  const told = (prior: SQL) =>
    sql`insert into ${event} (at, kind, component, incident, run, data) select ${value('at')}, kind, ${value('component')}, ${value('incident')}, ${value('run')}, data
      from ${rowset('events', { n: 'int', kind: 'text', data: 'text' })} as given where ${prior} order by n`
  return {
    chains: {
      intend: compile.chain(guard, intent, told),
      outcome: compile.chain(guard, outcome, told),
      outcomeRole: compile.chain(guard, outcome, roleChanged, told),
      outcomeIntend: compile.chain(guard, outcome, intent, told),
      outcomeRoleIntend: compile.chain(guard, outcome, roleChanged, intent, told),
    },
    /** Within a transaction that has released the lease, and so has proved that it was ours. */
    outcomeInside: compile.text(outcome(sql`true`)),
    roleInside: compile.text(roleChanged(sql`true`)),
  }
}
