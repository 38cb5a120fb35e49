#!/usr/bin/env bash
# What goes with a function or a sequence on PostgreSQL: the model knows it, the log says it, the way down brings it back; and without
# `cascade` it stands in the way.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

checks_with() { # CODE: `migen check` on the project
  expect "$1" sh -c 'cd "$1" && "$2" check' sh "$project" "$MIGEN"
}

new_project "$work/used" postgres
migration 1_first <<'EOF'
migration "Much that stands on functions and on a sequence"
create schema app
create sequence numbers
create function plus(int) { CREATE OR REPLACE FUNCTION plus(x int) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT x + 1 $$ }
create function plus(text) { CREATE OR REPLACE FUNCTION plus(x text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT x || '+' $$ }
create function stamp() { CREATE OR REPLACE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$ }
create function app.twice(bigint) { CREATE OR REPLACE FUNCTION app.twice(x bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT x * 2 $$ }
create function later(int) { CREATE OR REPLACE FUNCTION later(by int DEFAULT plus(1)) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT by $$ }
create function text_only() { CREATE OR REPLACE FUNCTION text_only() RETURNS int LANGUAGE sql AS $$ SELECT plus(1) $$ }
create table items {
  id    id
  a     int not null default (nextval('numbers'))
  b     int default (plus(3))
  c     int check c_large (plus(c) > 2)
  g     int as (plus(c)) stored
  d     int
  e     bigint default (app.twice(4::bigint)) index
  note  text check note_long (length(plus(note)) > 2)
}
create index items_plus on items ((plus(d)))
create index items_some on items (d) where (PLUS(d) > 7)
create index items_note on items ((plus(note)))
create view sums as { SELECT plus(a) AS x, d FROM items }
create view of_sums as { SELECT x FROM sums }
create view of_generated as { SELECT g FROM items }
create materialized view counted as { SELECT last_value FROM numbers }
create trigger items_stamp on items { CREATE TRIGGER items_stamp BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION stamp() }
create trigger items_when on items { CREATE TRIGGER items_when BEFORE UPDATE ON items FOR EACH ROW WHEN (plus(NEW.d) > 1) EXECUTE FUNCTION suppress_redundant_updates_trigger() }
EOF
for drop in "stamp:trigger \"items_stamp\" on \"items\"" "plus(int):the default of column \"items.b\"" \
  "plus(text):constraint \"note_long\" of table \"items\"" "app.twice:the default of column \"items.e\""; do
  printf 'migration "Refused"\ndrop function %s\n' "${drop%%:*}" | migration 2_drops
  checks_with 1
  says "is used by ${drop#*:}"
done
printf 'migration "Refused"\ndrop sequence numbers\n' | migration 2_drops
checks_with 1
says 'sequence "numbers" is used by the default of column "items.a"'

migration 2_drops <<'EOF'
migration "The trigger's function"
drop function stamp cascade
EOF
migration 3_numbers <<'EOF'
migration "The sequence"
drop sequence numbers cascade
EOF
migration 4_plus <<'EOF'
migration "One of two functions of a name"
drop function plus(int) cascade
EOF
migration 5_twice <<'EOF'
migration "A function of another schema, and the column"
create index items_twice on items ((app.twice(e)))
drop function app.twice(bigint) cascade
drop column items.e cascade
EOF
migration 6_app <<'EOF'
migration "A schema, with a function that a table outside uses"
create function app.half(int) { CREATE OR REPLACE FUNCTION app.half(x int) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT x / 2 $$ }
add check halved on items (app.half(d) < 1000)
drop schema app cascade
EOF
build "$work/used.bin"
new_database used
expect 0 "$work/used.bin" up first --verify strict --url "$url"
query used "INSERT INTO items (b, c, d, note) VALUES (1, 5, 6, 'word'), (2, 6, 7, 'words')"
expect 0 "$work/used.bin" plan --url "$url"
expect 0 "$work/used.bin" up --verify strict --url "$url"
says "dropped  function stamp, with trigger items_stamp on items"
says "dropped  sequence numbers, with the default of column items.a, materialized view counted"
says "dropped  function plus, with "
for gone in "the default of column items.b" "column items.g" "constraint c_large on items" "index items_plus on items" "index items_some on items" \
  "trigger items_when on items" "view sums" "view of_sums" "view of_generated" "function later"; do
  says "$gone"
done
expect 0 "$work/used.bin" verify --url "$url"
expect 0 "$work/used.bin" up --strict --url "$url"
equal "items_note items_pkey" "$(query used "SELECT indexname FROM pg_indexes WHERE tablename = 'items' ORDER BY 1" | xargs)" "what is left of the indexes"
equal "plus text_only" "$(query used "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1" | xargs)" "what is left of the functions"
for to in 5_twice 4_plus 3_numbers 2_drops 1_first; do
  expect 0 "$work/used.bin" down $to --yes --url "$url"
  expect 0 "$work/used.bin" verify current --url "$url"
done
equal 2 "$(query used "SELECT count(*) FROM items")" "the number of rows"
equal "6,7" "$(query used "SELECT string_agg(g::text, ',' ORDER BY id) FROM items")" "what the generated column has again"
expect 0 "$work/used.bin" up --verify strict --url "$url"
expect 0 "$work/used.bin" down base --yes --url "$url"
equal 0 "$(query used "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'migen_%'")" "what is left"

# ---- what nobody can tell: left to the server without `cascade`, a conflict with it ----
new_project "$work/perhaps" postgres
migration 1_first <<'EOF'
migration "Two functions that the argument does not tell apart"
create function pick(int) { CREATE OR REPLACE FUNCTION pick(x int) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT x $$ }
create function pick(bigint) { CREATE OR REPLACE FUNCTION pick(x bigint) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 1 $$ }
create function length(json) { CREATE OR REPLACE FUNCTION length(x json) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 1 $$ }
create table t { id id; a int default (pick(1 + 2)); note text check (length(note) > 1) }
EOF
migration 2_drops <<'EOF'
migration "Drops"
drop function pick(bigint)
drop function length(json)
EOF
build "$work/perhaps.bin"
new_database perhaps
expect 0 "$work/perhaps.bin" up --verify strict --url "$url"
expect 0 "$work/perhaps.bin" down base --yes --url "$url"
sed -i 's/pick(bigint)$/& cascade/' "$project/migrations/2_drops.mig"
checks_with 1
says 'whether the default of column "t.a" uses function "pick" cannot be told'

# ---- a view's trigger goes with its function, and the view can be made again behind it ----
new_project "$work/of_view" postgres
migration 1_first <<'EOF'
migration "A view with a trigger"
create function writes() { CREATE OR REPLACE FUNCTION writes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$ }
create table t { id id; a int }
create view v as { SELECT id, a FROM t }
create trigger on_v on v { CREATE TRIGGER on_v INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION writes() }
EOF
migration 2_drops <<'EOF'
migration "Its function, and the column below"
drop function writes cascade
alter column t.a type bigint
EOF
build "$work/of_view.bin"
new_database of_view
expect 0 "$work/of_view.bin" up first --url "$url"
expect 0 "$work/of_view.bin" up --verify strict --url "$url"
equal 0 "$(query of_view "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal")" "the number of triggers"

# What a trigger uses is not dropped below it; with cascade it goes too, on both engines, and comes back.
new_project "$work/fired"
migration 1_first <<'EOF'
migration "Triggers that use columns"
create table log { id id
                   m text
                   n int }
create table p { id id
                 title text
                 st text }
on sqlite {
  create trigger writes on p { CREATE TRIGGER writes AFTER UPDATE OF title ON p BEGIN INSERT INTO log (m) SELECT title FROM p WHERE id = new.id; END }
  create trigger asks on p { CREATE TRIGGER asks AFTER UPDATE ON p WHEN new.st = 'a' BEGIN SELECT 1; END }
  create trigger other on log { CREATE TRIGGER other AFTER INSERT ON log WHEN new.n > 0 BEGIN UPDATE p SET st = 'n' WHERE id = new.n; END }
}
on postgres { create trigger asks on p { CREATE TRIGGER asks AFTER UPDATE ON p FOR EACH ROW WHEN (new.st = 'a') EXECUTE FUNCTION suppress_redundant_updates_trigger() } }
EOF
printf 'migration "Refused"\ndrop column p.st\n' | migration 2_drops
checks_with 1
says 'column "st" is used by trigger "asks" on table "p"'
printf 'migration "Refused"\ndrop column log.m\n' | migration 2_drops
checks_with 1
says 'column "m" is used by trigger "writes" on table "p"'
printf 'migration "With them"\ndrop column p.st cascade\n' | migration 2_drops
checks_with 0
build "$work/fired-migrate"
new_database fired
for url in "$url" "sqlite:$work/fired.db"; do
  expect 0 "$work/fired-migrate" up --strict +1 --url "$url"
  expect 0 "$work/fired-migrate" up --strict --url "$url"
  says "trigger asks on p"
  expect 0 "$work/fired-migrate" verify --url "$url"
  expect 0 "$work/fired-migrate" down -1 --yes --url "$url"
  expect 0 "$work/fired-migrate" verify current --url "$url"
  says "differences=0"
  expect 0 "$work/fired-migrate" up --strict --url "$url"
done
sqlite3 "$work/fired.db" "INSERT INTO p (title) VALUES ('a'); UPDATE p SET title = 'b'"
equal "b|writes" "$(sqlite3 "$work/fired.db" "SELECT m, (SELECT group_concat(name) FROM sqlite_schema WHERE type = 'trigger') FROM log")" "what the trigger that stayed writes"

# SQLite: a trigger of another table holds the table that it writes; PostgreSQL's names a function alone.
new_project "$work/written" sqlite
migration 1_first <<'END'
migration "A log, and a trigger that writes it"
create table log { id id; what text }
create table t { id id; a int }
create table log_of_log { id id; log text }
create trigger writes on t { CREATE TRIGGER writes AFTER INSERT ON t BEGIN INSERT INTO log (what) VALUES (new.a); END }
create trigger other on t { CREATE TRIGGER other AFTER INSERT ON t BEGIN INSERT INTO log_of_log (log) VALUES ('log'); END }
END
migration 2_drop <<'END'
migration "No log"
drop table log
END
checks_with 1
says 'table "log" is used by trigger "writes" on table "t"'
migration 2_drop <<'END'
migration "No log, and what wrote it"
drop table log cascade
END
checks_with 0
build "$work/written-migrate"
url=sqlite:$work/written.db
expect 0 "$work/written-migrate" up --url "$url"
says "dropped  table log, with trigger writes on t"
sqlite3 "$work/written.db" "INSERT INTO t (a) VALUES (1)"
equal other "$(sqlite3 "$work/written.db" "SELECT group_concat(name) FROM sqlite_schema WHERE type = 'trigger'")" "the triggers that are left"
expect 0 "$work/written-migrate" down 1_first --yes --url "$url"
expect 0 "$work/written-migrate" verify current --url "$url"
sqlite3 "$work/written.db" "INSERT INTO t (a) VALUES (2)"
equal 2 "$(sqlite3 "$work/written.db" "SELECT what FROM log")" "what the trigger writes again"
