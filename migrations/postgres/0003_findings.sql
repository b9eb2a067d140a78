create table "finding" (
  "id" text collate "C" primary key not null,
  "key" text collate "C" not null,
  "scope" text collate "C" not null,
  "guardian" text collate "C" not null,
  "check_id" text collate "C" not null,
  "account" text collate "C" not null,
  "region" text collate "C" not null,
  "status" text collate "C" not null,
  "class" bigint not null,
  "severity" bigint not null,
  "savings" bigint not null,
  "sort" text collate "C" not null,
  "owner" text collate "C",
  "asked" text collate "C",
  "new_at" bigint not null,
  "due_at" bigint,
  "next_at" bigint,
  "last_seen_at" bigint not null,
  "last_run" text collate "C" not null,
  "held_run" text collate "C" not null,
  "fixed_run" text collate "C",
  "fixed_at" bigint,
  "fixed_by" text collate "C",
  "fixing" bigint not null,
  "voted" bigint not null,
  "decided" bigint not null,
  "data" text collate "C" not null
);
create unique index "finding_key" on "finding" ("key");
create index "finding_worst" on "finding" ("class", "sort");
create index "finding_sort" on "finding" ("sort");
create index "finding_scope" on "finding" ("scope", "class");
create index "finding_due" on "finding" ("next_at") where next_at is not null;
create index "finding_fixed" on "finding" ("fixed_at") where fixed_at is not null;
create index "finding_fixed_run" on "finding" ("fixed_run") where fixed_run is not null;

create table "scope" (
  "scope" text collate "C" primary key not null,
  "run" text collate "C" not null,
  "started_at" bigint not null
);

create table "scan" (
  "id" text collate "C" primary key not null,
  "run" text collate "C" not null,
  "at" bigint not null,
  "opened" bigint not null,
  "regressed" bigint not null,
  "fixed" bigint not null,
  "open" bigint not null,
  "savings" bigint not null,
  "data" text collate "C" not null
);
create unique index "scan_run" on "scan" ("run");
create index "scan_at" on "scan" ("at");
