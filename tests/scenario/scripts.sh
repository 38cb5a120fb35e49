#!/usr/bin/env bash
# Conditions, and scripts with conditions: what `up` does on a database, the script for psql or the sqlite3 shell does too, with
# the same answers, the same branches in the history, and so the same way down.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

new_project "$work/app"
migration 1_answers <<'END'
migration "What holds, and what does not"
create table notes { id id
                     note text }
run "null" { INSERT INTO notes (note) VALUES ('null') } when { SELECT NULL } undo none
run "zero" { INSERT INTO notes (note) VALUES ('zero') } when { SELECT 0.0 } undo none
run "one" { INSERT INTO notes (note) VALUES ('one') } when { SELECT 1 } undo none
run "false" { INSERT INTO notes (note) VALUES ('false') } when { SELECT 1 = 0 } undo none
run "empty" { INSERT INTO notes (note) VALUES ('empty') } when { SELECT '' } undo none
run "text 0" { INSERT INTO notes (note) VALUES ('text 0') } when { SELECT '0' } undo none
run "text false" { INSERT INTO notes (note) VALUES ('it''s') } when { SELECT CAST('false' AS varchar(9)) } undo none
run "no row" { INSERT INTO notes (note) VALUES ('no row') } when { SELECT 1 WHERE 1 = 0 } undo none
run "first row" { INSERT INTO notes (note) VALUES ('first') } when { SELECT 0 UNION ALL SELECT 1 } undo none
run "unless 0" { INSERT INTO notes (note) VALUES ('unless 0') } unless { SELECT 0 } undo none
run "unless 1" { INSERT INTO notes (note) VALUES ('unless 1') } unless { SELECT 1 } undo none
END
migration 2_branches <<'END'
migration "Branches"
if table legacy { create table for_legacy { id id } } else { create table without { id id } }
if not { SELECT '0' } { create table no { id id } } else { create table yes { id id } }
if column notes.note {
  if { SELECT count(*) FROM notes WHERE note = 'one' } { add column notes.seen int }
}
on postgres { create table there { id id } }
on sqlite { create table here { id id } }
END
build "$work/app-migrate"
app=$work/app-migrate
wanted='one,text 0,it'"'"'s,unless 0'

for engine in postgres sqlite; do
  expect 0 "$app" sql --engine "$engine"
  mv out "$engine.sql"
done

for legacy in '' 'CREATE TABLE legacy (x int)'; do
  # ---- PostgreSQL ----
  for by in binary script; do
    name=by_$by${legacy:+_legacy}
    new_database "$name"
    [ -z "$legacy" ] || query "$name" "$legacy"
    if [ "$by" = binary ]; then
      expect 0 "$app" up --url "$url"
    else
      expect 0 "$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d "$name" -f postgres.sql
      expect 0 "$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d "$name" -f postgres.sql
    fi
    equal "$wanted" "$(query "$name" "SELECT string_agg(note, ',' ORDER BY id) FROM notes")" "what ran by $by"
    dump_postgres "$name" >"$by.dump"
    query "$name" "SELECT id, branches FROM migen_history ORDER BY seq" >"$by.branches"
    expect 0 "$app" up --url "$url"
    says "applied=0"
    expect 0 "$app" down base --yes --url "$url"
    equal "${legacy:+legacy,}migen_history" "$(query "$name" "SELECT string_agg(tablename, ',' ORDER BY tablename)
      FROM pg_tables WHERE schemaname = 'public'")" "what is left"
  done
  same binary.dump script.dump
  same binary.branches script.branches

  # ---- SQLite ----
  for by in binary script; do
    rm -f "$by.db"
    [ -z "$legacy" ] || sqlite3 "$by.db" "$legacy"
    if [ "$by" = binary ]; then
      expect 0 "$app" up --url "sqlite:$by.db"
    else
      expect 0 sqlite3 "$by.db" ".read sqlite.sql"
      expect 1 sqlite3 "$by.db" ".read sqlite.sql"
    fi
    equal "$wanted" "$(sqlite3 "$by.db" "SELECT group_concat(note) FROM notes")" "what ran by $by"
    dump_sqlite "$by.db" >"$by.dump"
    sqlite3 "$by.db" "SELECT id, branches FROM migen_history ORDER BY seq" >"$by.branches"
    expect 0 "$app" up --url "sqlite:$by.db"
    says "applied=0"
    expect 0 "$app" down base --yes --url "sqlite:$by.db"
    equal "${legacy:+legacy,}migen_history" "$(sqlite3 "$by.db" "SELECT group_concat(name) FROM (SELECT name
      FROM sqlite_schema WHERE type = 'table' ORDER BY name)")" "what is left"
  done
  same binary.dump script.dump
  same binary.branches script.branches
done
expect 2 ls _migen_step_0.sql # nothing is left beside the database

# ---- an index on a table with rows: built CONCURRENTLY, as `up` does; with its failure the script stops, and `up` goes on ----
new_project "$work/busy" postgres
migration 1_users <<'END'
migration "Users"
create table users { id id
                     name text }
END
migration 2_index <<'END'
migration "Indexes"
create table own { id id
                   name text }
create index own_name on own (name)
run "once" { INSERT INTO own (name) VALUES ('once') } undo none
create unique index users_name on users (name)
run "then" { INSERT INTO own (name) VALUES ('then') } undo none
END
build "$work/busy-migrate"
app=$work/busy-migrate
script() { "$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d "$1" -f busy.sql; }
expect 0 "$app" sql --engine postgres
cp out busy.sql
for rows in 0 1 2; do
  new_database "busy$rows"
  expect 0 "$app" up users --url "$url"
  query "busy$rows" "INSERT INTO users (name) SELECT 'same' FROM generate_series(1, $rows)"
  expect 0 "$app" sql --url "$url"
  cp out busy.sql
  [ "$rows" = 2 ] || expect 0 script "busy$rows"
  if [ "$rows" = 2 ]; then
    expect 3 script busy2
    says "could not create unique index"
    expect 3 script busy2
    says "was begun and not finished"
    query busy2 "DELETE FROM users WHERE id = 2"
    expect 0 "$app" up --url "$url"
  else
    expect 0 script "busy$rows"
  fi
  equal "$([ $rows = 0 ] && echo 0 || echo 1)" "$(query "busy$rows" "SELECT count(*) FROM migen_history WHERE direction = 'intent' AND who = 'script'")" "what was committed before the index ($rows rows)"
  equal "once,then" "$(query "busy$rows" "SELECT string_agg(name, ',' ORDER BY id) FROM own")" "what ran ($rows rows)"
  equal t "$(query "busy$rows" "SELECT bool_and(indisvalid) FROM pg_index WHERE indrelid = 'users'::regclass")" "the indexes"
  expect 0 "$app" verify --url "$url"
  expect 0 "$app" status --exit-code --url "$url"
done
