import { and, asc, eq, lte, sql } from 'drizzle-orm/sql'
import type { Schema } from './all.ts'

export function roleStatements({ t: { role, run, lease, switch: table }, build, compile, value, atMost }: Schema) {
  /** A pause that is over counts no more, though nobody has told of its end yet. */
  const lasting = sql`(${table.until} is null or ${table.until} > ${value('at')})`
  return {
    of: compile.rows(
      build
        .select()
        .from(role)
        .where(eq(role.component, value('component'))),
    ),
    all: compile.rows(build.select().from(role).orderBy(asc(role.component)).limit(atMost(10_000))),
    /** Gives out the next generation. */
    nextGeneration: compile.rows(
      build
        .insert(role)
        .values({ component: value('component'), active: null, generation: 1 })
        .onConflictDoUpdate({ target: role.component, set: { generation: sql`${role.generation} + 1` } })
        .returning({ generation: role.generation }),
    ),
    /** Only where nobody is known to be active, and no run is about to change that. */
    adopt:
      compile.text(sql`insert into ${role} (component, active, generation) select ${value('component')}, ${value('active')}, ${value('generation')}
          where not exists (select 1 from ${run} where ${run.component} = ${value('component')} and ${run.endedAt} is null)
          on conflict (component) do update set active = excluded.active,
          generation = case when excluded.generation > ${role.generation} then excluded.generation else ${role.generation} end,
          in_sync = case when ${role.inSync} is null then null else '[]' end
          where ${role.active} is null`),
    /** Only while that member (or nobody) is active, nobody has begun to change that, and that term lasts; below 0: whoever leads. */
    setInSync: compile.write(
      build
        .update(role)
        .set({ inSync: value('inSync') })
        .where(
          and(
            ...[eq(role.component, value('component')), eq(role.generation, value('generation'))],
            sql`coalesce(${role.active}, '') = coalesce(${value('active')}, '')`,
            sql`(${value('term')} < 0 or exists (select 1 from ${lease} where ${lease.resource} = 'controller' and ${lease.fence} = ${value('term')}))`,
          ),
        ),
    ),
    switches: compile.rows(build.select().from(table).orderBy(asc(table.scope)).limit(atMost(10_000))),
    /** At most two: the global one, and the component's own. */
    switchedOff: compile.rows(
      build
        .select()
        .from(table)
        .where(and(sql`${table.off} = 1`, lasting, sql`${table.scope} in ('global', ${value('component')})`)),
    ),
    pausesOver: compile.rows(
      build
        .select({ scope: table.scope })
        .from(table)
        .where(and(sql`${table.off} = 1`, lte(table.until, value('at'))))
        .orderBy(asc(table.scope)),
    ),
    putSwitch: compile.write(
      build
        .insert(table)
        .values({
          scope: value('scope'),
          off: value('off'),
          by: value('by'),
          reason: value('reason'),
          at: value('at'),
          until: value('until'),
        })
        .onConflictDoUpdate({
          target: table.scope,
          set: { off: value('off'), by: value('by'), reason: value('reason'), at: value('at'), until: value('until') },
        }),
    ),
  }
}
