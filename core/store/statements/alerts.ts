import { and, asc, eq, sql } from 'drizzle-orm/sql'
import type { Schema } from './all.ts'

const columns = {
  key: 'text',
  component: 'text',
  member: 'text',
  signal: 'text',
  status: 'text',
  source: 'text',
  summary: 'text',
  at: 'int',
  incident: 'text',
  count: 'int',
  first_at: 'int',
  last_at: 'int',
} as const

export function alertStatements({ t: { alert }, build, compile, rowset, value, opaque, atMost }: Schema) {
  // In words, not as a parameter: only then does the partial index serve.
  const firing = sql`${alert.status} = 'firing'`
  const names = sql.join(
    Object.keys(columns).map((name) => sql.identifier(name)),
    sql`, `,
  )
  const renewed = Object.keys(columns)
    .filter((name) => name !== 'key')
    .map((name) => sql`${sql.identifier(name)} = excluded.${sql.identifier(name)}`)
  const given = rowset('keys', { key: 'text' })
  return {
    /** keys: {key}[] */
    ofKeys: compile.rows(
      build
        .select()
        .from(alert)
        .where(sql`${alert.key} in (select ${sql.identifier('key')} from ${given} as wanted)`),
    ),
    /** incidents: {id}[] */
    firingCounts: compile.rows(
      build
        .select({ incident: alert.incident, firing: sql<number>`count(*)` })
        .from(alert)
        .where(and(sql`${alert.incident} in (select id from ${rowset('incidents', { id: 'text' })} as wanted)`, firing))
        .groupBy(alert.incident),
    ),
    /** alerts: whole rows. */
    put: compile.text(sql`insert into ${alert} (${names}) select ${names} from ${rowset('alerts', columns)} as given where true
          on conflict (${sql.identifier('key')}) do update set ${sql.join(renewed, sql`, `)}`),
    /** alerts: {key, at, summary, source, count}[]. Sets nothing that an index holds: most of a storm is repetition. */
    repeat:
      compile.text(sql`update ${alert} set at = given.at, last_at = given.at, summary = given.summary, source = given.source, count = given.count
      from ${rowset('alerts', { key: 'text', at: 'int', summary: 'text', source: 'text', count: 'int' })} as given where ${alert.key} = given.key`),
    firingOf: compile.rows(
      build
        .select()
        .from(alert)
        .where(and(eq(alert.incident, opaque('incident')), firing))
        .orderBy(asc(alert.firstAt), asc(alert.key))
        .limit(atMost(200)),
    ),
    ofIncident: compile.rows(
      build
        .select()
        .from(alert)
        .where(eq(alert.incident, opaque('incident')))
        .orderBy(asc(alert.firstAt), asc(alert.key))
        .limit(atMost(500)),
    ),
    countFiring: compile.rows(
      build
        .select({ firing: sql<number>`count(*)` })
        .from(alert)
        .where(and(eq(alert.incident, value('incident')), firing)),
    ),
    /** Members of the whole fleet that somebody sees failing, without the proof of a supervisor. */
    suspected: compile.rows(
      build
        .select({ members: sql<number>`count(distinct ${alert.member})` })
        .from(alert)
        .where(and(firing, sql`${alert.signal} <> 'exit'`)),
    ),
    /** members: {id}[] */
    clearMembers: compile.write(
      build
        .update(alert)
        .set({ status: 'resolved', lastAt: value('at') })
        .where(
          and(
            eq(alert.component, value('component')),
            sql`${alert.member} in (select id from ${rowset('members', { id: 'text' })} as wanted)`,
            firing,
          ),
        ),
    ),
    clearIncident: compile.write(
      build
        .update(alert)
        .set({ status: 'resolved', lastAt: value('at') })
        .where(and(eq(alert.incident, value('incident')), firing)),
    ),
  }
}
