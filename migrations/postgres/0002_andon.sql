alter table "event" add column "andon" text collate "C";
create index "event_andon" on "event" ("andon", "seq") where andon is not null;

alter table "outbox" add column "lane" text collate "C";
alter table "outbox" add column "replaces" text collate "C";
create index "outbox_lane" on "outbox" ("channel", "lane", "id") where sent_at is null;

create table "reference" (
  "key" text collate "C" primary key not null,
  "ref" text collate "C" not null,
  "at" bigint not null
);
create index "reference_ref" on "reference" ("ref");

create table "seen" (
  "key" text collate "C" primary key not null,
  "at" bigint not null
);
create index "seen_at" on "seen" ("at");

create table "record" (
  "id" text collate "C" primary key not null,
  "kind" text collate "C" not null,
  "status" text collate "C" not null,
  "open" bigint not null,
  "component" text collate "C",
  "topic" text collate "C",
  "parent" text collate "C",
  "key" text collate "C",
  "next_at" bigint,
  "rev" bigint not null,
  "created_at" bigint not null,
  "data" text collate "C" not null
);
create unique index "record_key" on "record" ("kind", "key");
create index "record_kind" on "record" ("kind", "open", "id");
create index "record_topic" on "record" ("kind", "topic", "id");
create index "record_parent" on "record" ("kind", "parent", "id");
create index "record_due" on "record" ("kind", "next_at") where next_at is not null;

