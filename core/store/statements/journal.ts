import { and, asc, eq, gt, isNull, lte, sql } from 'drizzle-orm/sql'
import type { Schema } from './all.ts'

const columns = {
  n: 'int',
  at: 'int',
  kind: 'text',
  component: 'text',
  incident: 'text',
  run: 'text',
  data: 'text',
  andon: 'text',
} as const

export function journalStatements({ t: { event, outbox, cursor }, build, compile, rowset, value, opaque, limit }: Schema) {
  const entry = {
    at: value('at'),
    kind: value('kind'),
    component: value('component'),
    incident: value('incident'),
    run: value('run'),
    data: value('data'),
    andon: value('andon'),
  }
  return {
    append: compile.write(build.insert(event).values(entry)),
    /** events: whole rows, with `n` for their order. */
    appendMany: compile.text(sql`insert into ${event} (at, kind, component, incident, run, data, andon)
          select given.at, kind, component, incident, run, data, andon from ${rowset('events', columns)} as given where true order by n`),
    after: compile.rows(
      build
        .select()
        .from(event)
        .where(gt(event.seq, value('after')))
        .orderBy(asc(event.seq))
        .limit(limit),
    ),
    ofIncident: compile.rows(
      build
        .select()
        .from(event)
        .where(and(eq(event.incident, opaque('incident')), gt(event.seq, value('after'))))
        .orderBy(asc(event.seq))
        .limit(limit),
    ),
    /** Of an andon, and of the incident that it is about. */
    ofAndon: compile.rows(
      build
        .select()
        .from(event)
        .where(and(sql`(${event.andon} = ${opaque('andon')} or ${event.incident} = ${opaque('incident')})`, gt(event.seq, value('after'))))
        .orderBy(asc(event.seq))
        .limit(limit),
    ),
    last: compile.rows(build.select({ seq: sql<number>`coalesce(max(${event.seq}), 0)` }).from(event)),

    post: compile.write(
      build
        .insert(outbox)
        .values({
          channel: value('channel'),
          dedupe: value('dedupe'),
          incident: value('incident'),
          payload: value('payload'),
          attempts: 0,
          createdAt: value('at'),
          nextAt: 0,
          sentAt: null,
          problem: null,
          lane: value('lane'),
          replaces: value('replaces'),
        })
        .onConflictDoNothing({ target: outbox.dedupe }),
    ),
    due: compile.rows(
      build
        .select()
        .from(outbox)
        .where(and(eq(outbox.channel, value('channel')), lte(outbox.nextAt, value('at')), isNull(outbox.sentAt)))
        .orderBy(asc(outbox.id))
        .limit(limit),
    ),
    /** Lanes of a channel with something to send, and when the first of each may be sent. */
    lanes: compile.rows(
      build
        .select({ lane: outbox.lane, first: sql<number>`min(${outbox.id})`, waiting: sql<number>`count(*)` })
        .from(outbox)
        .where(and(eq(outbox.channel, value('channel')), isNull(outbox.sentAt)))
        .groupBy(outbox.lane)
        .orderBy(sql`min(${outbox.id})`)
        .limit(limit),
    ),
    ofLane: compile.rows(
      build
        .select()
        .from(outbox)
        .where(and(eq(outbox.channel, value('channel')), eq(outbox.lane, opaque('lane')), isNull(outbox.sentAt)))
        .orderBy(asc(outbox.id))
        .limit(limit),
    ),
    /** What has not been tried yet, and is said anew by what comes now. */
    supersede: compile.write(
      build
        .update(outbox)
        .set({ sentAt: value('at'), problem: 'superseded' })
        .where(
          and(
            eq(outbox.channel, value('channel')),
            eq(outbox.lane, value('lane')),
            eq(outbox.replaces, value('replaces')),
            isNull(outbox.sentAt),
            eq(outbox.attempts, 0),
          ),
        ),
    ),
    message: compile.rows(
      build
        .select()
        .from(outbox)
        .where(eq(outbox.id, value('id'))),
    ),
    sent: compile.write(
      build
        .update(outbox)
        .set({ sentAt: value('at'), problem: value('problem') })
        .where(and(eq(outbox.id, value('id')), isNull(outbox.sentAt))),
    ),
    unsent: compile.write(
      build
        .update(outbox)
        .set({ attempts: sql`${outbox.attempts} + 1`, nextAt: value('nextAt'), problem: value('problem') })
        .where(and(eq(outbox.id, value('id')), isNull(outbox.sentAt))),
    ),

    cursor: compile.rows(
      build
        .select()
        .from(cursor)
        .where(eq(cursor.subscriber, value('subscriber'))),
    ),
    /** A cursor never goes back. */
    advance: compile.write(
      build
        .insert(cursor)
        .values({ subscriber: value('subscriber'), seq: value('seq') })
        .onConflictDoUpdate({ target: cursor.subscriber, set: { seq: value('seq') }, setWhere: sql`${cursor.seq} < ${value('seq')}` }),
    ),
  }
}
