alter table "run" add column "mode" text;
alter table "run" add column "waits_until" integer;
alter table "run" add column "approved_by" text;
alter table "run" add column "answer" text;
alter table "switch" add column "until_at" integer;
alter table "role" add column "in_sync" text;

create table "spend" (
  "id" integer primary key not null,
  "run" text not null,
  "component" text not null,
  "scope" text not null,
  "at" integer not null
);
create index "spend_scope" on "spend" ("scope", "at");
create index "spend_component" on "spend" ("component", "at");
create index "spend_at" on "spend" ("at");
create index "run_recent" on "run" ("component", "created_at");

create table "success" (
  "component" text not null,
  "runbook" text not null,
  "at" integer not null
);
create unique index "success_of" on "success" ("component", "runbook");
insert into "success" ("component", "runbook", "at")
  select "component", "runbook", max("ended_at") from "run" where "status" = 'done' group by "component", "runbook";

create table "controller" (
  "id" text primary key not null,
  "url" text not null,
  "version" text not null,
  "started_at" integer not null,
  "seen_at" integer not null
);
