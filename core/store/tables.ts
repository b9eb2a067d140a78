import { sql } from 'drizzle-orm/sql'
import type { Alert, Signal } from '../alerts/alert.ts'
import type { Failure, IncidentStatus } from '../incidents/incident.ts'
import type { ActionKind, RunAnswer, RunMode, RunStatus, StepStatus } from '../runs/run.ts'
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
        andon: text('andon'),
      },
      (t) => [index('event_incident').on(t.incident, t.seq), index('event_andon').on(t.andon, t.seq).where(sql`andon is not null`)],
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
        /** How it came to be: `RunMode`; null: automatic. */
        mode: text('mode').$type<RunMode>(),
        /** While it waits for an approval: until then. */
        waitsUntil: int('waits_until'),
        approvedBy: text('approved_by'),
        /** What became of the question: `RunAnswer`. */
        answer: text('answer').$type<RunAnswer>(),
      },
      (t) => [
        uniqueIndex('run_live').on(t.component).where(sql`ended_at is null`),
        index('run_component').on(t.component, t.id),
        index('run_incident').on(t.incident, t.id),
        index('run_recent').on(t.component, t.createdAt),
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
        /** Messages of one lane keep their order; null: each for itself. */
        lane: text('lane'),
        /** A later message with the same one says all that this one says. */
        replaces: text('replaces'),
      },
      (t) => [
        uniqueIndex('outbox_dedupe').on(t.dedupe),
        index('outbox_due').on(t.nextAt).where(sql`sent_at is null`),
        index('outbox_lane').on(t.channel, t.lane, t.id).where(sql`sent_at is null`),
      ],
    ),

    /** Where a message went, or a room stands, on the other side: `slack:room/and_1` is `C0123`. Needed to change it later. */
    reference: table(
      'reference',
      {
        key: text('key').primaryKey(),
        ref: text('ref').notNull(),
        at: int('at').notNull(),
      },
      (t) => [index('reference_ref').on(t.ref)],
    ),

    /** What came in from outside and must not count twice. Rows go after a day. */
    seen: table('seen', { key: text('key').primaryKey(), at: int('at').notNull() }, (t) => [index('seen_at').on(t.at)]),

    /**
     * Things with a life of their own that people work on (andons, pages, changes, overrides of a schedule): the state is a
     * document, and beside it what it is looked for by. See core/records.
     */
    record: table(
      'record',
      {
        id: text('id').primaryKey(),
        kind: text('kind').notNull(),
        status: text('status').notNull(),
        open: int('open').notNull(),
        component: text('component'),
        /** What recurs: the same topic, the same matter. */
        topic: text('topic'),
        /** What it belongs to. */
        parent: text('parent'),
        /** Once per kind. */
        key: text('key'),
        /** When it wants to be looked at again, whatever happens. */
        nextAt: int('next_at'),
        rev: int('rev').notNull(),
        createdAt: int('created_at').notNull(),
        data: text('data').notNull(),
      },
      (t) => [
        uniqueIndex('record_key').on(t.kind, t.key),
        index('record_kind').on(t.kind, t.open, t.id),
        index('record_topic').on(t.kind, t.topic, t.id),
        index('record_parent').on(t.kind, t.parent, t.id),
        index('record_due').on(t.kind, t.nextAt).where(sql`next_at is not null`),
      ],
    ),

    /**
     * What guardians found: the state is a document, and beside it what it is looked for, sorted and counted by. See core/findings.
     */
    finding: table(
      'finding',
      {
        id: text('id').primaryKey(),
        /** Of check, account, region and resource, hashed: a resource may have a long name. */
        key: text('key').notNull(),
        /** Check, account and region: what a scan covers as one. */
        scope: text('scope').notNull(),
        guardian: text('guardian').notNull(),
        check: text('check_id').notNull(),
        account: text('account').notNull(),
        region: text('region').notNull(),
        status: text('status').notNull(),
        /** 0 wants somebody (open, asked), 1 muted, 2 wrong, 3 fixed. */
        class: int('class').notNull(),
        severity: int('severity').notNull(),
        /** Cents of a US dollar a month. */
        savings: int('savings').notNull(),
        /** Worst first, when it is read upwards. */
        sort: text('sort').notNull(),
        /** Lower case, to be compared. */
        owner: text('owner'),
        asked: text('asked'),
        newAt: int('new_at').notNull(),
        dueAt: int('due_at'),
        /** When it wants to be looked at again. */
        nextAt: int('next_at'),
        lastSeenAt: int('last_seen_at').notNull(),
        /** The run that saw it last. */
        lastRun: text('last_run').notNull(),
        /** The run after which it may still be there: seen, or not decided. */
        heldRun: text('held_run').notNull(),
        fixedRun: text('fixed_run'),
        fixedAt: int('fixed_at'),
        /** Whose fix it was. */
        fixedBy: text('fixed_by'),
        /** 0 or 1: an approved fix waits for its scan; somebody voted that the check is wrong; people or a fix decided it. */
        fixing: int('fixing').notNull(),
        voted: int('voted').notNull(),
        decided: int('decided').notNull(),
        data: text('data').notNull(),
      },
      (t) => [
        uniqueIndex('finding_key').on(t.key),
        index('finding_worst').on(t.class, t.sort),
        index('finding_sort').on(t.sort),
        index('finding_scope').on(t.scope, t.class),
        index('finding_due').on(t.nextAt).where(sql`next_at is not null`),
        index('finding_fixed').on(t.fixedAt).where(sql`fixed_at is not null`),
        index('finding_fixed_run').on(t.fixedRun).where(sql`fixed_run is not null`),
      ],
    ),

    /** The newest run that told of a check in an account and region: an older one says nothing any more. */
    scope: table('scope', {
      scope: text('scope').primaryKey(),
      run: text('run').notNull(),
      startedAt: int('started_at').notNull(),
    }),

    /** One row per run of guardians: counts for the trend, and its ledger. */
    scan: table(
      'scan',
      {
        id: text('id').primaryKey(),
        run: text('run').notNull(),
        at: int('at').notNull(),
        opened: int('opened').notNull(),
        regressed: int('regressed').notNull(),
        fixed: int('fixed').notNull(),
        /** What wanted somebody after it, and what that costs, cents a month. */
        open: int('open').notNull(),
        savings: int('savings').notNull(),
        data: text('data').notNull(),
      },
      (t) => [uniqueIndex('scan_run').on(t.run), index('scan_at').on(t.at)],
    ),

    /** Automation, switched off by a person: `global`, or the id of a component. */
    switch: table('switch', {
      scope: text('scope').primaryKey(),
      off: int('off').notNull(),
      by: text('switched_by').notNull(),
      reason: text('reason').notNull(),
      at: int('at').notNull(),
      /** It goes back by itself then. */
      until: int('until_at'),
    }),

    /** Who is active, and the newest generation that anybody was given. */
    role: table('role', {
      component: text('component').primaryKey(),
      active: text('active'),
      generation: int('generation').notNull(),
      /** JSON list of the standbys that have every acknowledged write; null: nobody keeps count. See docs/postgres.md. */
      inSync: text('in_sync'),
    }),

    /**
     * What automatic runs have cost of the budgets, written in the transaction that begins the run: `fleet`, `runbook:ID`,
     * `component:ID`, `member:ID`. Rows go after a day.
     */
    spend: table(
      'spend',
      {
        id: serial('id'),
        run: text('run').notNull(),
        component: text('component').notNull(),
        scope: text('scope').notNull(),
        at: int('at').notNull(),
      },
      (t) => [index('spend_scope').on(t.scope, t.at), index('spend_component').on(t.component, t.at), index('spend_at').on(t.at)],
    ),

    /** When each runbook last did what it was to do, on each component. However many runs follow, it is not forgotten. */
    success: table(
      'success',
      {
        component: text('component').notNull(),
        runbook: text('runbook').notNull(),
        at: int('at').notNull(),
      },
      (t) => [uniqueIndex('success_of').on(t.component, t.runbook)],
    ),

    /** Controllers that share this store, as each last told. Rows go when they close, or a day after they were last seen. */
    controller: table('controller', {
      id: text('id').primaryKey(),
      url: text('url').notNull(),
      version: text('version').notNull(),
      startedAt: int('started_at').notNull(),
      seenAt: int('seen_at').notNull(),
    }),

    /** How far each durable subscriber has read. */
    cursor: table('cursor', {
      subscriber: text('subscriber').primaryKey(),
      seq: int('seq').notNull(),
    }),
  }
}

export type Tables = ReturnType<typeof defineTables>
