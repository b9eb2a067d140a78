alter table "run" add column "mode" text;
alter table "run" add column "waits_until" integer;
alter table "run" add column "approved_by" text;
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
create index "spend_at" on "spend" ("at");

create table "controller" (
  "id" text primary key not null,
  "url" text not null,
  "version" text not null,
  "started_at" integer not null,
  "seen_at" integer not null
);
