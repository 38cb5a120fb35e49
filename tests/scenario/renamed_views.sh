#!/usr/bin/env bash
# A renamed column under views, and views on those: they stay, with the names that their own columns had, on both engines and both ways
# (language.md 5.6).
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

new_project "$work/app"
migration 1_all <<'END'
migration "A table, and views on views"
create table t { id id
                 a int
                 b int }
create table u { id id
                 a int }
create view v1 as { SELECT id, a FROM t }
create view v2 as { SELECT a FROM v1 WHERE a > 1 }
create view v3 as { SELECT t.a, u.a AS other FROM t JOIN u ON u.id = t.id }
create view v4 as { SELECT * FROM t }
create view v5 as { SELECT b FROM t }
create view v6 as { SELECT v2.a, v5.b FROM v2, v5 WHERE v2.a < v5.b }
seed t (id, a, b) key (id) { 1, 7, 8 }
seed u (id, a) key (id) { 1, 9 }
END
migration 2_renamed <<'END'
migration "Renamed"
rename column t.a to aa
add column t.c int default 3
END
migration 3_again <<'END'
migration "And again"
rename column t.aa to a3
rename column t.b to a
END
expect 0 sh -c 'cd "$1" && "$2" check' sh "$project" "$MIGEN"
build "$work/app-migrate"
app=$work/app-migrate
for engine in postgres sqlite; do
  if [ "$engine" = postgres ]; then
    new_database views
    ask() { query views "$1"; }
    columns_of() { query views "SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = '$1'::regclass AND attnum > 0"; }
  else
    url=sqlite:$work/views.db
    ask() { sqlite3 "$work/views.db" "$1"; }
    columns_of() { sqlite3 "$work/views.db" "SELECT group_concat(name) FROM pragma_table_info('$1')"; }
  fi
  views_are() { # WHERE
    for view in v1:id,a v2:a v3:a,other v5:b v6:a,b; do
      equal "${view#*:}" "$(columns_of "${view%%:*}")" "$engine, $1: the columns of ${view%%:*}"
    done
    equal '1|7 7 7|9 8 7|8' "$(ask "SELECT * FROM v1; SELECT * FROM v2; SELECT * FROM v3; SELECT * FROM v5; SELECT * FROM v6" | xargs)" "$engine, $1: rows"
    equal '1|7|8' "$(ask "SELECT * FROM v4" | cut -d '|' -f 1-3)" "$engine, $1: rows of *"
  }
  for step in 1 2 3; do
    expect 0 "$app" up --strict +1 --url "$url"
    views_are "up to $step"
  done
  expect 0 "$app" verify --url "$url"
  says "differences=0"
  for step in 2 1; do
    expect 0 "$app" down -1 --yes --url "$url"
    expect 0 "$app" verify current --url "$url"
    views_are "down to $step"
  done
  expect 0 "$app" up --strict --url "$url"
  views_are "up again"
done

# ---- an enum renamed below what says it, and a column below it altered, in one migration and in two, both ways ----
new_project "$work/types" postgres
migration 1_first <<'END'
migration "An enum in casts, arguments and defaults"
create schema app
create enum status ('pending', 'active')
create enum app.mood ('sad', 'glad')
create function is_on(status) { CREATE OR REPLACE FUNCTION is_on(status status DEFAULT 'pending'::status) RETURNS bool LANGUAGE sql IMMUTABLE AS $$ SELECT $1::text = 'active' $$ }
create function as_status(text) { CREATE OR REPLACE FUNCTION as_status(x text) RETURNS status LANGUAGE plpgsql AS $$ BEGIN RETURN 'active'; END $$ }
create table users {
  id      id
  age     int
  status  text
  state   status default ('active'::status)
  mood    app.mood
  g       bool as (state = CAST('active' AS status)) stored
  check users_check (state <> 'pending'::status or length(status) > 1)
}
create index users_on on users ((is_on(state))) where (mood = 'glad'::app.mood)
create view v_users as { SELECT id, age, 'active'::status AS status, ARRAY['active'::status] AS several FROM users WHERE state = 'active' }
create view v_moods as { SELECT id, age FROM users WHERE mood = 'glad' }
create materialized view m_users as { SELECT age, count(*) AS n FROM users WHERE state = 'active'::status GROUP BY age }
create trigger on_users on users { CREATE TRIGGER on_users BEFORE UPDATE ON users FOR EACH ROW WHEN (NEW.state = 'active'::status) EXECUTE FUNCTION suppress_redundant_updates_trigger() }
END
migration 2_change <<'END'
migration "The enum renamed, then the column altered"
rename enum status to user_status
rename enum app.mood to "Feeling"
alter column users.age type bigint
END
migration 3_turned <<'END'
migration "The column altered, then the enum renamed"
alter column users.age type numeric
rename enum user_status to person_status
END
migration 4_alone <<'END'
migration "Only renamed"
rename enum person_status to "Status"
END
migration 5_dropped <<'END'
migration "What says it is dropped"
drop view v_users
drop index users_on
drop function is_on
drop trigger on_users on users
drop constraint users_check on users
END
build "$work/types-migrate"
new_database types
for to in first change turned alone dropped; do
  expect 0 "$work/types-migrate" up $to --verify strict --url "$url"
  says_once "  $(grep -m 1 -o '".*"' "$project"/migrations/?_$to.mig | tr -d '"')"
  [ $to != first ] || query types "INSERT INTO users (age) VALUES (5)"
done
for to in alone turned change first; do
  expect 0 "$work/types-migrate" down "$(ls "$project/migrations" | grep -o "._$to")" --yes --url "$url"
  silent_about "another session"
  expect 0 "$work/types-migrate" verify current --url "$url"
done
expect 0 "$work/types-migrate" up --verify strict --url "$url"
expect 0 "$work/types-migrate" down 1_first --yes --url "$url"
for id in 5_dropped 4_alone 3_turned 2_change; do
  says_once "$id  "
done
silent_about "another session"
expect 0 "$work/types-migrate" verify current --url "$url"
equal "5,active,t" "$(query types "SELECT age || ',' || state || ',' || left(g::text, 1) FROM users")" "the row"
expect 0 "$work/types-migrate" up --strict --url "$url"
expect 0 "$work/types-migrate" down base --yes --url "$url"
# a database at the end, whose history is lost
expect 0 "$work/types-migrate" up --url "$url"
query types "DROP TABLE migen_history"
expect 0 "$work/types-migrate" up --verify strict --url "$url"
says adopted
# Names that are the column's, and such that only look like it: in a subquery, in what a trigger writes, a table called like a column.
new_project "$work/names"
migration 1_first <<'END_OF_FILE'
migration "Names that are several things"
create enum st ('a', 'b')
create table status { id id
                      label text }
create table u { id id
                 name text
                 st st default 'a' }
create table p { id id
                 name text
                 status bigint -> status
                 gone int
                 st text }
create table log { id id
                   name text
                   w text }
create view v as { SELECT u.id, u.name, u.st FROM u }
create view w1 as { SELECT u.name FROM u WHERE u.name IN (SELECT name FROM p) }
create view w2 as { SELECT p.id, status.label FROM p JOIN status ON status.id = p.status }
create view w3 as { SELECT v.name, p.id AS gone FROM v JOIN p ON p.id = v.id }
create view w4 as { SELECT id FROM u WHERE st = 'a' UNION SELECT id FROM p WHERE st = 'a' }
create view w5 as { SELECT name FROM u UNION ALL SELECT name FROM p }
on sqlite { create trigger tr on p { CREATE TRIGGER tr AFTER UPDATE OF st ON p BEGIN
  INSERT INTO log (name, w) SELECT name, st FROM p WHERE id = new.id;
  UPDATE u SET name = (SELECT name FROM p WHERE id = new.id), st = 'a' WHERE st = 'b'; END } }
seed status (id, label) key (id) { 1, 'open' }
seed u (id, name, st) key (id) { 1, 'ann', 'a' 
                                 2, 'zed', 'b' }
seed p (id, name, status, st) key (id) { 1, 'zed', 1, 'b' }
END_OF_FILE
migration 2_renamed <<'END_OF_FILE'
migration "Renamed, and the tables rebuilt on SQLite"
rename column p.name to title
rename column p.status to status_id
rename column log.name to who
rename enum value st 'a' to 'z'
drop column p.gone
add check p_st on p (st <> '')
END_OF_FILE
expect 0 sh -c 'cd "$1" && "$2" check' sh "$project" "$MIGEN"
build "$work/names-migrate"
views="SELECT * FROM w1; SELECT * FROM w2; SELECT * FROM w3; SELECT * FROM w4; SELECT name FROM w5 ORDER BY 1"
for engine in postgres sqlite; do
  if [ "$engine" = postgres ]; then
    new_database names
    ask() { query names "$1"; }
  else
    url=sqlite:$work/names.db
    ask() { sqlite3 "$work/names.db" "$1"; }
  fi
  expect 0 "$work/names-migrate" up --strict +1 --url "$url"
  before=$(ask "$views")
  for command in "up --strict" "down -1 --yes" "up --strict"; do
    # shellcheck disable=SC2086 # two words
    expect 0 "$work/names-migrate" $command --url "$url"
    equal "$before" "$(ask "$views")" "$engine, $command: what the views give"
    expect 0 "$work/names-migrate" verify current --url "$url"
    says "differences=0"
  done
done
equal '1|zed|y 2|zed|z 1|zed|z' "$(ask "UPDATE p SET st = 'y'; SELECT id, who, w FROM log; UPDATE log SET id = 2; SELECT id, name, st FROM u WHERE id = 2; SELECT 1, name, st FROM u WHERE id = 2" | xargs)" "what the trigger writes"
