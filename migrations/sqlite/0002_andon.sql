alter table "event" add column "andon" text;
create index "event_andon" on "event" ("andon", "seq") where andon is not null;

alter table "outbox" add column "lane" text;
alter table "outbox" add column "replaces" text;
create index "outbox_lane" on "outbox" ("channel", "lane", "id") where sent_at is null;

create table "reference" (
  "key" text primary key not null,
  "ref" text not null,
  "at" integer not null
);
create index "reference_ref" on "reference" ("ref");

create table "seen" (
  "key" text primary key not null,
  "at" integer not null
);
create index "seen_at" on "seen" ("at");

create table "record" (
  "id" text primary key not null,
  "kind" text not null,
  "status" text not null,
  "open" integer not null,
  "component" text,
  "topic" text,
  "parent" text,
  "key" text,
  "next_at" integer,
  "rev" integer not null,
  "created_at" integer not null,
  "data" text not null
);
create unique index "record_key" on "record" ("kind", "key");
create index "record_kind" on "record" ("kind", "open", "id");
create index "record_topic" on "record" ("kind", "topic", "id");
create index "record_parent" on "record" ("kind", "parent", "id");
create index "record_due" on "record" ("kind", "next_at") where next_at is not null;

