import { sql } from 'drizzle-orm/sql'
import type { Alert, Signal } from '../alerts/alert.ts'
import type { Failure, IncidentStatus } from '../incidents/incident.ts'
import type { ActionKind, RunStatus, StepStatus } from '../runs/run.ts'
import type { ColumnKit } from './kit.ts'

/**
 * Every table, once for both dialects. Times are milliseconds since 1970; JSON is kept as text. A change here needs a migration
 * beside the others in `migrations/` (see ddl.ts); a test fails until there is one.
 */
export function defineTables({ table, text, int, serial, index, uniqueIndex }: ColumnKit) {
  return {
    /** What happened, in the order of the commits. */
    event: table(
      'event',
      {
        seq: serial('seq'),
        at: int('at').notNull(),
        kind: text('kind').notNull(),
        component: text('component'),
        incident: text('incident'),
        run: text('run'),
        data: text('data').notNull(),
      },
      (t) => [index('event_incident').on(t.incident, t.seq)],
    ),

    incident: table(
      'incident',
      {
        id: text('id').primaryKey(),
        component: text('component').notNull(),
        failure: text('failure').$type<Failure>().notNull(),
        status: text('status').$type<IncidentStatus>().notNull(),
        reason: text('reason').notNull(),
        openedAt: int('opened_at').notNull(),
        endedAt: int('ended_at'),
        /** Alerts that the timeline tells one by one; see `toldLimit`. */
        told: int('told').notNull(),
      },
      (t) => [uniqueIndex('incident_open').on(t.component).where(sql`ended_at is null`), index('incident_component').on(t.component, t.id)],
    ),

    /** One row per key, as it was last told. */
    alert: table(
      'alert',
      {
        key: text('key').primaryKey(),
        component: text('component').notNull(),
        member: text('member'),
        signal: text('signal').$type<Signal>().notNull(),
        status: text('status').$type<Alert['status']>().notNull(),
        source: text('source').notNull(),
        summary: text('summary').notNull(),
        at: int('at').notNull(),
        incident: text('incident'),
        count: int('count').notNull(),
        firstAt: int('first_at').notNull(),
        lastAt: int('last_at').notNull(),
      },
      (t) => [
        index('alert_incident').on(t.incident),
        index('alert_firing').on(t.component, t.member, t.signal).where(sql`status = 'firing'`),
      ],
    ),

    /** Who may act on what, until when. Rows are never deleted: the fence only grows. */
    lease: table('lease', {
      resource: text('resource').primaryKey(),
      holder: text('holder').notNull(),
      fence: int('fence').notNull(),
      expiresAt: int('expires_at').notNull(),
    }),

    run: table(
      'run',
      {
        id: text('id').primaryKey(),
        runbook: text('runbook').notNull(),
        component: text('component').notNull(),
        incident: text('incident'),
        failure: text('failure').$type<Failure>(),
        members: text('members').notNull(),
        plan: text('plan').notNull(),
        reason: text('reason').notNull(),
        by: text('ordered_by').notNull(),
        status: text('status').$type<RunStatus>().notNull(),
        generation: int('generation').notNull(),
        createdAt: int('created_at').notNull(),
        startedAt: int('started_at'),
        endedAt: int('ended_at'),
      },
      (t) => [
        uniqueIndex('run_live').on(t.component).where(sql`ended_at is null`),
        index('run_component').on(t.component, t.id),
        index('run_incident').on(t.incident, t.id),
      ],
    ),

    step: table(
      'step',
      {
        run: text('run').notNull(),
        seq: int('seq').notNull(),
        attempt: int('attempt').notNull(),
        name: text('name').notNull(),
        action: text('action').notNull(),
        kind: text('kind').$type<ActionKind>().notNull(),
        status: text('status').$type<StepStatus>().notNull(),
        fence: int('fence').notNull(),
        key: text('idem_key').notNull(),
        startedAt: int('started_at').notNull(),
        deadlineAt: int('deadline_at').notNull(),
        endedAt: int('ended_at'),
        input: text('input').notNull(),
        output: text('output').notNull(),
      },
      (t) => [uniqueIndex('step_attempt').on(t.run, t.seq, t.attempt)],
    ),

    /** Messages for people, until somebody took them. */
    outbox: table(
      'outbox',
      {
        id: serial('id'),
        channel: text('channel').notNull(),
        dedupe: text('dedupe').notNull(),
        incident: text('incident'),
        payload: text('payload').notNull(),
        attempts: int('attempts').notNull(),
        createdAt: int('created_at').notNull(),
        nextAt: int('next_at').notNull(),
        sentAt: int('sent_at'),
        problem: text('problem'),
      },
      (t) => [uniqueIndex('outbox_dedupe').on(t.dedupe), index('outbox_due').on(t.nextAt).where(sql`sent_at is null`)],
    ),

    /** Automation, switched off by a person: `global`, or the id of a component. */
    switch: table('switch', {
      scope: text('scope').primaryKey(),
      off: int('off').notNull(),
      by: text('switched_by').notNull(),
      reason: text('reason').notNull(),
      at: int('at').notNull(),
    }),

    /** Who is active, and the newest generation that anybody was given. */
    role: table('role', {
      component: text('component').primaryKey(),
      active: text('active'),
      generation: int('generation').notNull(),
    }),

    /** How far each durable subscriber has read. */
    cursor: table('cursor', {
      subscriber: text('subscriber').primaryKey(),
      seq: int('seq').notNull(),
    }),
  }
}

export type Tables = ReturnType<typeof defineTables>
