import { and, asc, desc, eq, lt, lte, type SQL, sql } from 'drizzle-orm/sql'
import type { Schema } from './all.ts'

const columns = {
  id: 'text',
  key: 'text',
  scope: 'text',
  guardian: 'text',
  check_id: 'text',
  account: 'text',
  region: 'text',
  status: 'text',
  class: 'int',
  severity: 'int',
  savings: 'int',
  sort: 'text',
  owner: 'text',
  asked: 'text',
  new_at: 'int',
  due_at: 'int',
  next_at: 'int',
  last_seen_at: 'int',
  last_run: 'text',
  held_run: 'text',
  fixed_run: 'text',
  fixed_at: 'int',
  fixed_by: 'text',
  fixing: 'int',
  voted: 'int',
  decided: 'int',
  data: 'text',
} as const
/** Where and what a finding is never changes. */
const fixedColumns: readonly string[] = ['id', 'key', 'scope', 'guardian', 'check_id', 'account', 'region']

const scanColumns = {
  id: 'text',
  run: 'text',
  at: 'int',
  opened: 'int',
  regressed: 'int',
  fixed: 'int',
  open: 'int',
  savings: 'int',
  data: 'text',
} as const

const named = (names: readonly string[]) =>
  sql.join(
    names.map((name) => sql.identifier(name)),
    sql`, `,
  )
const taken = (names: readonly string[]) =>
  sql.join(
    names.map((name) => sql`${sql.identifier(name)} = excluded.${sql.identifier(name)}`),
    sql`, `,
  )

export function findingStatements({ t: { finding, scope, scan }, build, compile, rowset, value, opaque, limit, atMost }: Schema) {
  const names = Object.keys(columns)
  const given = (param: string, column: string) =>
    sql`(select ${sql.identifier(column)} from ${rowset(param, { [column]: 'text' })} as wanted)`
  /** Null: whatever it is. */
  const text = (name: string) => sql`cast(${value(name)} as text)`
  const int = (name: string) => sql`cast(${value(name)} as bigint)`
  const is = (column: SQL | (typeof finding)['guardian'], name: string) => sql`(${text(name)} is null or ${column} = ${text(name)})`
  const wanted = and(
    sql`(${text('status')} is null or ${finding.status} = ${text('status')})`,
    is(finding.guardian, 'guardian'),
    is(finding.check, 'check'),
    is(finding.account, 'account'),
    is(finding.region, 'region'),
    sql`(${text('owner')} is null or ${finding.owner} = ${text('owner')} or ${finding.asked} = ${text('owner')})`,
    sql`(${int('severity')} is null or ${finding.severity} = ${int('severity')})`,
    sql`(${int('newSince')} is null or ${finding.newAt} >= ${int('newSince')})`,
    sql`(${int('dueBefore')} is null or ${finding.dueAt} < ${int('dueBefore')})`,
  ) as SQL
  const ofClass = sql`${finding.class} = ${value('from')}`
  const ofClasses = sql`${finding.class} >= ${value('from')} and ${finding.class} <= ${value('to')}`
  const list = (classes: SQL) =>
    compile.rows(
      build
        .select()
        .from(finding)
        .where(and(classes, sql`${finding.sort} > ${opaque('after')}`, wanted))
        .orderBy(asc(finding.sort))
        .limit(limit),
    )
  const sum = (what: SQL) => sql<number>`cast(coalesce(sum(${what}), 0) as bigint)`
  const counted = sql<number>`count(*)`
  return {
    byId: compile.rows(
      build
        .select()
        .from(finding)
        .where(eq(finding.id, value('id'))),
    ),
    /** keys: {key}[] */
    byKeys: compile.rows(
      build
        .select()
        .from(finding)
        .where(sql`${finding.key} in ${given('keys', 'key')}`),
    ),
    /** findings: whole rows. */
    put: compile.text(sql`insert into ${finding} (${named(names)}) select ${named(names)} from ${rowset('findings', columns)} as given where true
          on conflict (id) do update set ${taken(names.filter((name) => !fixedColumns.includes(name)))}`),
    /** keys: {key}[]; they may still be there after `run`. */
    hold: compile.text(sql`update ${finding} set held_run = ${value('run')} where ${finding.key} in ${given('keys', 'key')}`),
    /** scopes: {scope}[]; neither fixed nor voted wrong, and by `run` gone. */
    gone: compile.rows(
      build
        .select()
        .from(finding)
        .where(
          and(
            sql`${finding.scope} in ${given('scopes', 'scope')}`,
            sql`${finding.class} < 2`,
            sql`${finding.heldRun} <> ${value('run')}`,
            sql`${finding.id} > ${opaque('after')}`,
          ),
        )
        .orderBy(asc(finding.id))
        .limit(limit),
    ),
    /** scopes: {scope}[]; how many `run` saw in each. */
    seen: compile.rows(
      build
        .select({ scope: finding.scope, n: counted })
        .from(finding)
        .where(and(sql`${finding.scope} in ${given('scopes', 'scope')}`, eq(finding.lastRun, value('run'))))
        .groupBy(finding.scope),
    ),
    fixedBy: compile.rows(
      build
        .select({ id: finding.id, scope: finding.scope })
        .from(finding)
        .where(and(eq(finding.fixedRun, opaque('run')), sql`${finding.id} > ${opaque('after')}`))
        .orderBy(asc(finding.id))
        .limit(limit),
    ),
    due: compile.rows(
      build
        .select()
        .from(finding)
        .where(lte(finding.nextAt, value('at')))
        .orderBy(asc(finding.nextAt))
        .limit(limit),
    ),
    nextAt: compile.rows(
      build
        .select({ at: sql<number | null>`min(${finding.nextAt})` })
        .from(finding)
        .where(sql`${finding.nextAt} is not null`),
    ),
    fixing: compile.rows(
      build
        .select({ n: counted })
        .from(finding)
        .where(and(sql`${finding.class} = 0`, sql`${finding.fixing} = 1`)),
    ),
    list: { one: list(ofClass), many: list(ofClasses) },
    count: compile.rows(build.select({ n: counted }).from(finding).where(and(ofClasses, wanted))),
    sums: compile.rows(
      build
        .select({
          guardian: finding.guardian,
          status: finding.status,
          severity: finding.severity,
          n: counted,
          savings: sum(sql`${finding.savings}`),
        })
        .from(finding)
        .groupBy(finding.guardian, finding.status, finding.severity),
    ),
    votes: compile.rows(
      build
        .select({ check: finding.check, decided: sum(sql`${finding.decided}`), wrong: sum(sql`${finding.voted}`) })
        .from(finding)
        .groupBy(finding.check)
        .orderBy(asc(finding.check)),
    ),
    fixers: compile.rows(
      build
        .select({ person: finding.fixedBy, fixes: counted })
        .from(finding)
        .where(and(sql`${finding.fixedAt} >= ${value('since')}`, sql`${finding.fixedBy} is not null`))
        .groupBy(finding.fixedBy)
        .orderBy(sql`count(*) desc`, asc(finding.fixedBy))
        .limit(atMost(1_000)),
    ),
    /** What nobody has met for so long. */
    forget: compile.write(build.delete(finding).where(and(sql`${finding.class} > 1`, lt(finding.lastSeenAt, value('before'))))),

    /** scopes: {scope}[] */
    scopes: compile.rows(
      build
        .select()
        .from(scope)
        .where(sql`${scope.scope} in ${given('scopes', 'scope')}`),
    ),
    /** scopes: whole rows. */
    claim:
      compile.text(sql`insert into ${scope} (scope, run, started_at) select scope, run, started_at from ${rowset('scopes', { scope: 'text', run: 'text', started_at: 'int' })} as given where true
          on conflict (scope) do update set run = excluded.run, started_at = excluded.started_at`),

    openSum: compile.rows(
      build
        .select({ n: counted, savings: sum(sql`${finding.savings}`) })
        .from(finding)
        .where(sql`${finding.class} = 0`),
    ),
    scan: compile.rows(
      build
        .select()
        .from(scan)
        .where(eq(scan.run, value('run'))),
    ),
    /** scans: whole rows. */
    putScan:
      compile.text(sql`insert into ${scan} (${named(Object.keys(scanColumns))}) select ${named(Object.keys(scanColumns))} from ${rowset('scans', scanColumns)} as given where true
          on conflict (run) do update set ${taken(['at', 'opened', 'regressed', 'fixed', 'open', 'savings', 'data'])}`),
    /** Those made before the run `after`, newest first; of '' all. */
    scans: compile.rows(
      build
        .select()
        .from(scan)
        .where(lt(scan.id, sql`coalesce((select id from ${scan} where run = ${opaque('after')}), '~')`))
        .orderBy(desc(scan.id))
        .limit(limit),
    ),
    trend: compile.rows(
      build
        .select({
          at: scan.at,
          opened: scan.opened,
          regressed: scan.regressed,
          fixed: scan.fixed,
          open: scan.open,
          savings: scan.savings,
        })
        .from(scan)
        .where(sql`${scan.at} >= ${value('since')}`)
        .orderBy(asc(scan.at), asc(scan.id))
        .limit(limit),
    ),
    /** The last one before `since`: how it stood when the trend begins. */
    before: compile.rows(
      build
        .select({ open: scan.open, savings: scan.savings })
        .from(scan)
        .where(lt(scan.at, value('since')))
        .orderBy(desc(scan.at), desc(scan.id))
        .limit(atMost(1)),
    ),
    forgetScans: compile.write(build.delete(scan).where(lt(scan.at, value('before')))),
  }
}
