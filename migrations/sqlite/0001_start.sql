create table "event" (
  "seq" integer primary key not null,
  "at" integer not null,
  "kind" text not null,
  "component" text,
  "incident" text,
  "run" text,
  "data" text not null
);
create index "event_incident" on "event" ("incident", "seq");

create table "incident" (
  "id" text primary key not null,
  "component" text not null,
  "failure" text not null,
  "status" text not null,
  "reason" text not null,
  "opened_at" integer not null,
  "ended_at" integer,
  "told" integer not null
);
create unique index "incident_open" on "incident" ("component") where ended_at is null;
create index "incident_component" on "incident" ("component", "id");

create table "alert" (
  "key" text primary key not null,
  "component" text not null,
  "member" text,
  "signal" text not null,
  "status" text not null,
  "source" text not null,
  "summary" text not null,
  "at" integer not null,
  "incident" text,
  "count" integer not null,
  "first_at" integer not null,
  "last_at" integer not null
);
create index "alert_incident" on "alert" ("incident");
create index "alert_firing" on "alert" ("component", "member", "signal") where status = 'firing';

create table "lease" (
  "resource" text primary key not null,
  "holder" text not null,
  "fence" integer not null,
  "expires_at" integer not null
);

create table "run" (
  "id" text primary key not null,
  "runbook" text not null,
  "component" text not null,
  "incident" text,
  "failure" text,
  "members" text not null,
  "plan" text not null,
  "reason" text not null,
  "ordered_by" text not null,
  "status" text not null,
  "generation" integer not null,
  "created_at" integer not null,
  "started_at" integer,
  "ended_at" integer
);
create unique index "run_live" on "run" ("component") where ended_at is null;
create index "run_component" on "run" ("component", "id");
create index "run_incident" on "run" ("incident", "id");

create table "step" (
  "run" text not null,
  "seq" integer not null,
  "attempt" integer not null,
  "name" text not null,
  "action" text not null,
  "kind" text not null,
  "status" text not null,
  "fence" integer not null,
  "idem_key" text not null,
  "started_at" integer not null,
  "deadline_at" integer not null,
  "ended_at" integer,
  "input" text not null,
  "output" text not null
);
create unique index "step_attempt" on "step" ("run", "seq", "attempt");

create table "outbox" (
  "id" integer primary key not null,
  "channel" text not null,
  "dedupe" text not null,
  "incident" text,
  "payload" text not null,
  "attempts" integer not null,
  "created_at" integer not null,
  "next_at" integer not null,
  "sent_at" integer,
  "problem" text
);
create unique index "outbox_dedupe" on "outbox" ("dedupe");
create index "outbox_due" on "outbox" ("next_at") where sent_at is null;

create table "switch" (
  "scope" text primary key not null,
  "off" integer not null,
  "switched_by" text not null,
  "reason" text not null,
  "at" integer not null
);

create table "role" (
  "component" text primary key not null,
  "active" text,
  "generation" integer not null
);

create table "cursor" (
  "subscriber" text primary key not null,
  "seq" integer not null
);
