create table "event" (
  "seq" bigint generated always as identity primary key not null,
  "at" bigint not null,
  "kind" text collate "C" not null,
  "component" text collate "C",
  "incident" text collate "C",
  "run" text collate "C",
  "data" text collate "C" not null
);
create index "event_incident" on "event" ("incident", "seq");

create table "incident" (
  "id" text collate "C" primary key not null,
  "component" text collate "C" not null,
  "failure" text collate "C" not null,
  "status" text collate "C" not null,
  "reason" text collate "C" not null,
  "opened_at" bigint not null,
  "ended_at" bigint,
  "told" bigint not null
);
create unique index "incident_open" on "incident" ("component") where ended_at is null;
create index "incident_component" on "incident" ("component", "id");

create table "alert" (
  "key" text collate "C" primary key not null,
  "component" text collate "C" not null,
  "member" text collate "C",
  "signal" text collate "C" not null,
  "status" text collate "C" not null,
  "source" text collate "C" not null,
  "summary" text collate "C" not null,
  "at" bigint not null,
  "incident" text collate "C",
  "count" bigint not null,
  "first_at" bigint not null,
  "last_at" bigint not null
);
create index "alert_incident" on "alert" ("incident");
create index "alert_firing" on "alert" ("component", "member", "signal") where status = 'firing';

create table "lease" (
  "resource" text collate "C" primary key not null,
  "holder" text collate "C" not null,
  "fence" bigint not null,
  "expires_at" bigint not null
);

create table "run" (
  "id" text collate "C" primary key not null,
  "runbook" text collate "C" not null,
  "component" text collate "C" not null,
  "incident" text collate "C",
  "failure" text collate "C",
  "members" text collate "C" not null,
  "plan" text collate "C" not null,
  "reason" text collate "C" not null,
  "ordered_by" text collate "C" not null,
  "status" text collate "C" not null,
  "generation" bigint not null,
  "created_at" bigint not null,
  "started_at" bigint,
  "ended_at" bigint
);
create unique index "run_live" on "run" ("component") where ended_at is null;
create index "run_component" on "run" ("component", "id");
create index "run_incident" on "run" ("incident", "id");

create table "step" (
  "run" text collate "C" not null,
  "seq" bigint not null,
  "attempt" bigint not null,
  "name" text collate "C" not null,
  "action" text collate "C" not null,
  "kind" text collate "C" not null,
  "status" text collate "C" not null,
  "fence" bigint not null,
  "idem_key" text collate "C" not null,
  "started_at" bigint not null,
  "deadline_at" bigint not null,
  "ended_at" bigint,
  "input" text collate "C" not null,
  "output" text collate "C" not null
);
create unique index "step_attempt" on "step" ("run", "seq", "attempt");

create table "outbox" (
  "id" bigint generated always as identity primary key not null,
  "channel" text collate "C" not null,
  "dedupe" text collate "C" not null,
  "incident" text collate "C",
  "payload" text collate "C" not null,
  "attempts" bigint not null,
  "created_at" bigint not null,
  "next_at" bigint not null,
  "sent_at" bigint,
  "problem" text collate "C"
);
create unique index "outbox_dedupe" on "outbox" ("dedupe");
create index "outbox_due" on "outbox" ("next_at") where sent_at is null;

create table "switch" (
  "scope" text collate "C" primary key not null,
  "off" bigint not null,
  "switched_by" text collate "C" not null,
  "reason" text collate "C" not null,
  "at" bigint not null
);

create table "role" (
  "component" text collate "C" primary key not null,
  "active" text collate "C",
  "generation" bigint not null
);

create table "cursor" (
  "subscriber" text collate "C" primary key not null,
  "seq" bigint not null
);
