create table "finding" (
  "id" text primary key not null,
  "key" text not null,
  "scope" text not null,
  "guardian" text not null,
  "check_id" text not null,
  "account" text not null,
  "region" text not null,
  "status" text not null,
  "class" integer not null,
  "severity" integer not null,
  "savings" integer not null,
  "sort" text not null,
  "owner" text,
  "asked" text,
  "new_at" integer not null,
  "due_at" integer,
  "next_at" integer,
  "last_seen_at" integer not null,
  "last_run" text not null,
  "held_run" text not null,
  "fixed_run" text,
  "fixed_at" integer,
  "fixed_by" text,
  "fixing" integer not null,
  "voted" integer not null,
  "decided" integer not null,
  "data" text not null
);
create unique index "finding_key" on "finding" ("key");
create index "finding_worst" on "finding" ("class", "sort");
create index "finding_sort" on "finding" ("sort");
create index "finding_scope" on "finding" ("scope", "class");
create index "finding_due" on "finding" ("next_at") where next_at is not null;
create index "finding_fixed" on "finding" ("fixed_at") where fixed_at is not null;
create index "finding_fixed_run" on "finding" ("fixed_run") where fixed_run is not null;

create table "scope" (
  "scope" text primary key not null,
  "run" text not null,
  "started_at" integer not null
);

create table "scan" (
  "id" text primary key not null,
  "run" text not null,
  "at" integer not null,
  "opened" integer not null,
  "regressed" integer not null,
  "fixed" integer not null,
  "open" integer not null,
  "savings" integer not null,
  "data" text not null
);
create unique index "scan_run" on "scan" ("run");
create index "scan_at" on "scan" ("at");
