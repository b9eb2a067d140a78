import { and, desc, eq, isNull, lt, type SQL, sql } from 'drizzle-orm/sql'
import type { Schema } from './all.ts'

const columns = {
  id: 'text',
  component: 'text',
  failure: 'text',
  status: 'text',
  reason: 'text',
  opened_at: 'int',
  ended_at: 'int',
  told: 'int',
} as const

export function incidentStatements({ t: { incident }, build, compile, rowset, value, opaque, limit }: Schema) {
  const open = sql`${incident.endedAt} is null`
  const names = sql.join(
    Object.keys(columns).map((name) => sql.identifier(name)),
    sql`, `,
  )
  const list = (...filters: SQL[]) =>
    compile.rows(
      build
        .select()
        .from(incident)
        .where(and(lt(incident.id, opaque('after')), ...filters))
        .orderBy(desc(incident.id))
        .limit(limit),
    )
  const ofComponent = eq(incident.component, opaque('component'))
  return {
    byId: compile.rows(
      build
        .select()
        .from(incident)
        .where(eq(incident.id, value('id'))),
    ),
    /** components: {id}[] */
    openOf: compile.rows(
      build
        .select()
        .from(incident)
        .where(and(open, sql`${incident.component} in (select id from ${rowset('components', { id: 'text' })} as wanted)`)),
    ),
    /** incidents: whole rows. Only what changes in the life of an incident is overwritten. */
    put: compile.text(sql`insert into ${incident} (${names}) select ${names} from ${rowset('incidents', columns)} as given where true
          on conflict (id) do update set status = excluded.status, reason = excluded.reason, ended_at = excluded.ended_at, told = excluded.told`),
    update: compile.write(
      build
        .update(incident)
        .set({ failure: value('failure'), status: value('status'), reason: value('reason'), endedAt: value('endedAt') })
        .where(and(eq(incident.id, value('id')), isNull(incident.endedAt))),
    ),
    list: { all: list(), open: list(open), ofComponent: list(ofComponent), openOfComponent: list(ofComponent, open) },
  }
}
