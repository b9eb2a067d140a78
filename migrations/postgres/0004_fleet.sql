alter table "run" add column "mode" text collate "C";
alter table "run" add column "waits_until" bigint;
alter table "run" add column "approved_by" text collate "C";
alter table "run" add column "answer" text collate "C";
alter table "switch" add column "until_at" bigint;
alter table "role" add column "in_sync" text collate "C";

create table "spend" (
  "id" bigint generated always as identity primary key not null,
  "run" text collate "C" not null,
  "component" text collate "C" not null,
  "scope" text collate "C" not null,
  "at" bigint not null
);
create index "spend_scope" on "spend" ("scope", "at");
create index "spend_component" on "spend" ("component", "at");
create index "spend_at" on "spend" ("at");
create index "run_recent" on "run" ("component", "created_at");

create table "success" (
  "component" text collate "C" not null,
  "runbook" text collate "C" not null,
  "at" bigint not null
);
create unique index "success_of" on "success" ("component", "runbook");
insert into "success" ("component", "runbook", "at")
  select "component", "runbook", max("ended_at") from "run" where "status" = 'done' group by "component", "runbook";

create table "controller" (
  "id" text collate "C" primary key not null,
  "url" text collate "C" not null,
  "version" text collate "C" not null,
  "started_at" bigint not null,
  "seen_at" bigint not null
);
