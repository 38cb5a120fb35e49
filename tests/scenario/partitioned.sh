#!/usr/bin/env bash
# PostgreSQL: partitioned tables, which somebody else has made, with rows in them: indexes, keys, checks and columns are added, taken back and
# added again. What the server refuses there (CONCURRENTLY, a foreign key that is NOT VALID) is not tried.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

write_first() {
  migration 1_events <<'END2'
migration "Events"
create table places { id id }
run "a table in parts" {
  CREATE TABLE events (id bigint NOT NULL, v int, day date NOT NULL, place bigint, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
  CREATE TABLE events_20 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
  CREATE TABLE events_21 PARTITION OF events FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY HASH (id);
  CREATE TABLE events_21_even PARTITION OF events_21 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
  CREATE TABLE events_21_odd PARTITION OF events_21 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
} undo { DROP TABLE events }
END2
}
given='given table events { id bigint not null; v int; day date not null; place bigint; primary key (id, day) }'

# on_parts NAME STATEMENTS...: they go up on rows, change nothing a second time, go down and up again.
on_parts() {
  rm -rf "$work/app"
  new_project "$work/app" postgres
  write_first
  printf '%s\n' 'migration "Change"' "$given" "${@:2}" >"$project/migrations/2_change.mig"
  build "$work/app-migrate"
  app=$work/app-migrate
  new_database "$1"
  expect 0 "$app" up 1_events --url "$url"
  query "$1" "INSERT INTO places SELECT FROM generate_series(1, 3);
    INSERT INTO events SELECT g, g % 4, date '2020-06-01' + g, 1 + g % 3 FROM generate_series(1, 500) g"
  dump_postgres "$1" >"$work/before"
  expect 0 "$app" plan --url "$url"
  silent_about "CONCURRENTLY"
  expect 0 "$app" up --url "$url" --verify strict
  silent_about "warning"
  dump_postgres "$1" >"$work/after"
  checks=$((checks + 1))
  ! cmp -s "$work/before" "$work/after" || fail "$1: nothing is changed"
  expect 0 "$app" up --url "$url"
  says "nothing to do"
  expect 0 "$app" verify --url "$url"
  says "differences=0"
  silent_about "unknown  constraint"
  expect 0 "$app" down 1_events --yes --url "$url"
  expect 0 "$app" verify current --url "$url"
  dump_postgres "$1" >"$work/again"
  [ -n "${columns_stay:-}" ] || same "$work/before" "$work/again"
  expect 0 "$app" up --url "$url" --verify strict
  dump_postgres "$1" >"$work/again"
  same "$work/after" "$work/again"
  query "$1" "DROP TABLE migen_history"
  expect 0 "$app" up --strict --url "$url"
}

on_parts an_index 'create index events_v on events (v)'
on_parts a_partial_index 'create index events_v on events (v, (day + 1)) where (v > 1)'
on_parts a_unique_index 'create unique index events_u on events (day, id, v)'
on_parts a_unique 'add unique events_key on events (v, day, id)'
on_parts a_foreign_key 'add foreign key on events (place) -> places (id)'
on_parts a_check 'add check events_positive on events (v >= 0)'
on_parts not_null 'alter column events.v not null'
on_parts a_default 'alter column events.v default 3'
on_parts a_type 'alter column events.place type text'
on_parts a_column "add column events.note text not null default 'x' index check (note <> '')"
on_parts a_reference 'add column events.home -> places.id on delete cascade'
on_parts a_filled_column "add column events.word text not null backfill ('w' || id)"
on_parts a_filled_one 'alter column events.v not null backfill (0)'
on_parts a_referenced 'create table visits { id id; event bigint; day date; foreign key (event, day) -> events (id, day) }' \
  'create index visits_event on visits (event)'
on_parts names 'rename column events.v to worth' 'rename table events to happenings' 'create index happenings_worth on happenings (worth desc)'
on_parts a_trigger 'create function f() { CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$ }' \
  'create trigger noted on events { CREATE TRIGGER noted AFTER UPDATE ON events FOR EACH ROW EXECUTE FUNCTION f() }' \
  'create view few as { SELECT id, v FROM events WHERE v > 1 }' 'alter column events.v type bigint' \
  "comment on table events 'in parts'" "comment on column events.v 'worth'"

# ---- what somebody began by hand, and what a killed run has left ----
rm -rf "$work/app"
new_project "$work/app" postgres
write_first
printf '%s\n' 'migration "Change"' "$given" 'create index events_v on events (v)' 'alter column events.v not null' \
  >"$project/migrations/2_change.mig"
build "$work/app-migrate"
new_database begun
expect 0 "$app" up 1_events --url "$url"
query begun "INSERT INTO events SELECT g, g % 4, date '2020-06-01' + g, 1 FROM generate_series(1, 500) g;
  CREATE INDEX events_v ON ONLY events (v); ALTER TABLE events ADD CONSTRAINT _migen_0123abcd_nn CHECK (v IS NOT NULL) NOT VALID"
expect 0 "$app" doctor --url "$url"
says_once "constraint _migen_0123abcd_nn on events: "
expect 0 "$app" up --url "$url" --verify strict
says "half built (INVALID): it is built again"
equal 0 "$(query begun "SELECT count(*) FROM pg_constraint WHERE conname LIKE '\_migen%'")" "what is left"
equal 5 "$(query begun "SELECT count(*) FROM pg_index i WHERE indisvalid AND (pg_get_indexdef(indexrelid) LIKE '% btree (v)')")" "valid indexes"
