import { and, asc, desc, eq, lt, lte, type SQL, sql } from 'drizzle-orm/sql'
import type { Schema } from './all.ts'

const columns = {
  id: 'text',
  kind: 'text',
  status: 'text',
  open: 'int',
  component: 'text',
  topic: 'text',
  parent: 'text',
  key: 'text',
  next_at: 'int',
  rev: 'int',
  created_at: 'int',
  data: 'text',
} as const
const settled = ['status', 'open', 'component', 'topic', 'parent', 'next_at', 'rev', 'data'] as const

export function recordStatements({ t: { record, reference, seen }, build, compile, rowset, value, opaque, limit, atMost }: Schema) {
  const names = sql.join(
    Object.keys(columns).map((name) => sql.identifier(name)),
    sql`, `,
  )
  const taken = sql.join(
    settled.map((name) => sql`${sql.identifier(name)} = excluded.${sql.identifier(name)}`),
    sql`, `,
  )
  const list = (...filters: SQL[]) =>
    compile.rows(
      build
        .select()
        .from(record)
        .where(and(eq(record.kind, opaque('kind')), lt(record.id, opaque('after')), ...filters))
        .orderBy(desc(record.id))
        .limit(limit),
    )
  const by = { topic: eq(record.topic, opaque('topic')), parent: eq(record.parent, opaque('parent')), open: sql`${record.open} = 1` }
  return {
    byId: compile.rows(
      build
        .select()
        .from(record)
        .where(eq(record.id, value('id'))),
    ),
    byKey: compile.rows(
      build
        .select()
        .from(record)
        .where(and(eq(record.kind, value('kind')), eq(record.key, value('key')))),
    ),
    list: {
      all: list(),
      open: list(by.open),
      topic: list(by.topic),
      openOfTopic: list(by.topic, by.open),
      parent: list(by.parent),
      openOfParent: list(by.parent, by.open),
    },
    due: compile.rows(
      build
        .select({ id: record.id })
        .from(record)
        .where(and(eq(record.kind, opaque('kind')), lte(record.nextAt, value('at'))))
        .orderBy(asc(record.nextAt))
        .limit(limit),
    ),
    nextAt: compile.rows(
      build
        .select({ at: sql<number | null>`min(${record.nextAt})` })
        .from(record)
        .where(and(eq(record.kind, opaque('kind')), sql`${record.nextAt} is not null`)),
    ),
    count: compile.rows(
      build
        .select({ n: sql<number>`count(*)` })
        .from(record)
        .where(and(eq(record.kind, value('kind')), eq(record.topic, value('topic')))),
    ),
    /** records: whole rows. One that was changed since it was read stays as it is, and is not counted. */
    put: compile.text(sql`insert into ${record} (${names}) select ${names} from ${rowset('records', columns)} as given where true
          on conflict (id) do update set ${taken} where ${record.rev} = excluded.rev - 1`),

    reference: compile.rows(
      build
        .select()
        .from(reference)
        .where(eq(reference.key, value('key'))),
    ),
    referring: compile.rows(
      build
        .select()
        .from(reference)
        .where(eq(reference.ref, opaque('ref')))
        .orderBy(desc(reference.at))
        .limit(atMost(20)),
    ),
    refer: compile.write(
      build
        .insert(reference)
        .values({ key: value('key'), ref: value('ref'), at: value('at') })
        .onConflictDoUpdate({ target: reference.key, set: { ref: value('ref'), at: value('at') } }),
    ),
    forget: compile.write(build.delete(reference).where(eq(reference.key, value('key')))),
    see: compile.write(
      build
        .insert(seen)
        .values({ key: value('key'), at: value('at') })
        .onConflictDoNothing({ target: seen.key }),
    ),
    unsee: compile.write(build.delete(seen).where(lt(seen.at, value('before')))),
  }
}
