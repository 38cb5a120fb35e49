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

# ---- what comes behind an `if` that the database answers, in each of the schemas that its answers lead to ----
new_project "$work/worlds"
migration 1_first <<'END_OF_FILE'
migration "Legacy"
create table other { id id }
if table legacy { rename table legacy to modern } else { create table modern { id id
                                                                               name text } }
if not table ours { create table ours { id id
                                        a int } }
if not column other.b { add column other.b int }
if { SELECT count(*) FROM modern } { add column other.full int } else { add column other.empty int }
END_OF_FILE
migration 2_behind <<'END_OF_FILE'
migration "Behind"
add column modern.y int not null default 1
add unique on modern (y)
add column ours.c int
alter column other.b default 5
drop columns other (empty)
given table accounts { id id
                       name text }
if table accounts { add column modern.account bigint -> accounts }
END_OF_FILE
migration 3_rebuilt <<'END_OF_FILE'
migration "Rebuilt"
alter column modern.name not null
add check on modern (y > 0)
END_OF_FILE
build "$work/app-migrate"
app=$work/app-migrate
# The columns that there are, and keys: what `verify` does not look at where a branch made them is compared, too.
for engine in postgres sqlite; do
  expect 0 "$app" sql --engine "$engine"
  mv out "worlds_$engine.sql"
done
n=0
for before in '' 'CREATE TABLE ours (id @id@, a int)' \
  'CREATE TABLE accounts (id @id@, name text)' \
  "CREATE TABLE legacy (id @id@, name text); INSERT INTO legacy VALUES (1, 'a')"; do
  n=$((n + 1))
  for by in binary script halves; do
    new_database "worlds${n}_$by"
    [ -z "$before" ] || query "worlds${n}_$by" "${before//@id@/bigint generated by default as identity primary key}"
    case $by in
    binary) expect 0 "$app" up --url "$url" ;;
    script) expect 0 "$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d "worlds${n}_$by" -f worlds_postgres.sql ;;
    halves)
      expect 0 "$app" up first --url "$url"
      expect 0 "$app" sql --url "$url"
      mv out half.sql
      expect 0 "$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d "worlds${n}_$by" -f half.sql
      ;;
    esac
    query "worlds${n}_$by" "SELECT table_name, column_name, column_default, is_nullable FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name NOT LIKE 'migen%' ORDER BY 1, 2" >"$by.dump"
    query "worlds${n}_$by" "SELECT conrelid::regclass, conname, contype FROM pg_constraint
      WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY 1, 2" >>"$by.dump"
    query "worlds${n}_$by" "SELECT id, branches FROM migen_history WHERE direction = 'up' ORDER BY seq" >>"$by.dump"
    expect 0 "$app" verify --url "$url"
  done
  same binary.dump script.dump
  same binary.dump halves.dump

  for by in binary script halves; do
    rm -f "$by.db"
    [ -z "$before" ] || sqlite3 "$by.db" "${before//@id@/integer primary key}"
    case $by in
    binary) expect 0 "$app" up --url "sqlite:$by.db" ;;
    script) cp worlds_sqlite.sql now.sql ;;
    halves)
      expect 0 "$app" up first --url "sqlite:$by.db"
      expect 0 "$app" sql --url "sqlite:$by.db"
      mv out now.sql
      ;;
    esac
    if [ "$by" != binary ] && [[ $before == *legacy* ]]; then # its columns are not known: it is not made anew without them
      expect 1 sqlite3 "$by.db" ".read now.sql"
      says "table modern was there before the migrations"
      says "run the release binary instead"
      expect 0 "$app" up --url "sqlite:$by.db"
    elif [ "$by" != binary ]; then
      expect 0 sqlite3 "$by.db" ".read now.sql"
    fi
    expect 0 "$app" verify --url "sqlite:$by.db"
    sqlite3 "$by.db" "SELECT m.name, c.name, c.dflt_value, c.\"notnull\" FROM sqlite_schema AS m, pragma_table_info(m.name) AS c
      WHERE m.type = 'table' AND m.name NOT LIKE 'migen%' ORDER BY 1, 2;
      SELECT tbl_name, name FROM sqlite_schema WHERE type = 'index' ORDER BY 1, 2;
      SELECT m.name, k.\"table\", k.\"from\" FROM sqlite_schema AS m, pragma_foreign_key_list(m.name) AS k ORDER BY 1, 2, 3;
      SELECT id, branches FROM migen_history ORDER BY seq" >"$by.dump"
  done
  same binary.dump script.dump
  same binary.dump halves.dump
done

# ---- twenty `if`s that have nothing to do with each other: what does not matter to what comes does not multiply the schemas ----
new_project "$work/many"
migration 1_begin <<'END_OF_FILE'
migration "Base"
create table base { id id
                    n int }
create table flags { flag text }
END_OF_FILE
{
  echo 'migration "Twenty"'
  for i in $(seq 20); do
    echo "if { SELECT count(*) FROM flags WHERE flag = 'f$i' } { add column base.c$i int"
    [ $((i % 3)) != 0 ] || echo "create index base_c$i on base (c$i)"
    [ $((i % 4)) != 0 ] || echo "add column base.d$i bigint default $i"
    printf '} else {\ncreate table t%s {\n  id id\n  base bigint -> base\n}\n}\n' "$i"
  done
} >"$project/migrations/2_twenty.mig"
migration 3_behind <<'END_OF_FILE'
migration "Behind"
add column base.behind int default 3
create index base_n on base (n)
run "a row" { INSERT INTO base (n) VALUES (1) } undo none
END_OF_FILE
build "$work/app-migrate"
app=$work/app-migrate
for engine in postgres sqlite; do
  for flags in "" "('f1'), ('f6'), ('f20')"; do
    for by in binary script; do
      "${engine}_fresh" "many_${by}_${#flags}"
      expect 0 "$app" up begin --url "$url"
      [ -z "$flags" ] || ask "INSERT INTO flags VALUES $flags"
      if [ $by = binary ]; then
        expect 0 "$app" up --url "$url"
      else
        expect 0 "$app" sql --url "$url"
        mv out many.sql
        if [ $engine = sqlite ]; then
          expect 0 sqlite3 "${url#sqlite:}" ".read many.sql"
        else
          expect 0 "$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d "$database" -f many.sql
        fi
      fi
      "dump_$engine" "$([ $engine = sqlite ] && echo "${url#sqlite:}" || echo "$database")" >$by.dump
      ask "SELECT id, branches FROM migen_history WHERE direction = 'up' ORDER BY seq" >>$by.dump
      expect 0 "$app" status --exit-code --url "$url"
    done
    same binary.dump script.dump
  done
done
# What really matters to each other is refused with the reason, not followed without an end.
cat >"$project/migrations/3_behind.mig" <<END_OF_FILE
migration "Behind"
$(for i in $(seq 20); do echo "if column base.c$i { drop column base.c$i }"; done)
END_OF_FILE
build "$work/app-migrate"
expect 1 "$app" sql --engine postgres
says "branches may have led to more than 64 schemas"
says "run the release binary instead"
# ---- a column's type, under checks, partial indexes and triggers that compare it: read anew, as `up` does ----
new_project "$work/types" "postgres"
migration 1_first <<'EOF'
migration "Types, and what compares them"
create enum st ('new', 'paid')
create table t {
  id id
  s  st not null default 'new'
  w  text not null default 'new'
  n  text
  x  int not null default 0
  check some (s <> 'paid' or x >= 0)
  check words (w <> 'gone')
}
create index open on t (id) where (s in ('new', 'paid'))
create index paid on t ((s = 'paid')) where (w = 'new')
create index wide on t (lower(n)) where (n <> '')
create function noted() { CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$ }
create trigger tr on t { CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.s = 'paid') EXECUTE FUNCTION noted() }
create view v as { SELECT id, s FROM t WHERE s = 'paid' }
seed t (s, w, n, x) key (x) {
  'new', 'new', 'a', 1
  'paid', 'paid', 'b', 2
}
EOF
migration 2_second <<'EOF'
migration "A text"
alter column t.s type text
alter column t.n type varchar(10)
EOF
migration 3_third <<'EOF'
migration "And back; another one too"
alter column t.s type st
alter table t {
  drop constraint words
  alter column w type st
}
alter column t.n type text
EOF
build "$work/types-migrate"
app=$work/types-migrate
for from in base 1_first 2_second; do
  for by in binary script; do
    new_database "types_${from}_$by"
    [ $from = base ] || expect 0 "$app" up $from --url "$url"
    if [ $by = binary ]; then
      expect 0 "$app" up --verify strict --url "$url"
    else
      "$app" sql --url "$url" >types.sql
      expect 0 "$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d "types_${from}_$by" -f types.sql
      expect 0 "$app" verify --url "$url"
    fi
    dump_postgres "types_${from}_$by" >"$by.dump"
  done
  same binary.dump script.dump
done
expect 0 sh -c 'cd "$1" && "$2" plan 2_second --engine postgres' sh "$project" "$MIGEN"
says 'DROP INDEX "open"'

# ---- SQLite: what one migration changes of a table is one rebuild, as in a run: a step alone may not be possible with rows ----
new_project "$work/rebuilds" sqlite
migration 1_first <<'EOF'
migration "Rows"
create table p { sku text primary key; n int }
create table q { id id; p text -> p; m int }
create index q_m on q (m)
create table r { id id; x text }
create trigger tr on q { CREATE TRIGGER tr AFTER INSERT ON q BEGIN UPDATE r SET x = 'seen' WHERE id = NEW.m; END }
seed p (sku, n) key (sku) {
  'A', 1
  'B', 2
}
seed q (p, m) key (m) {
  'A', 1
}
EOF
migration 2_second <<'EOF'
migration "Another key"
alter column q.m type text
drop table r cascade
drop column q.p
drop constraint p_pkey on p
add column p.id bigserial
alter column q.m type bigint
add primary key on p (id)
create index p_n on p (n)
alter column p.n not null
run "it shows" { UPDATE p SET n = n + id }
  undo none
alter column p.n type text
add check on p (n <> '')
if table q {
  alter column q.m not null
  add check on q (m > 0)
}
alter column q.m type int
if { SELECT 1 } {
  add column p.more int not null default 1 check (more > 0)
  add unique on p (more, id)
}
alter column p.sku type varchar(9)
seed p (id, sku, n) key (sku) {
  7, 'C', '3'
}
EOF
build "$work/rebuilds-migrate"
app=$work/rebuilds-migrate
for from in base 1_first; do
  for by in binary script; do
    [ $from = base ] || expect 0 "$app" up $from --url "sqlite:rebuilds_${from}_$by.db"
    if [ $by = binary ]; then
      expect 0 "$app" up --verify strict --url "sqlite:rebuilds_${from}_$by.db"
    else
      touch "rebuilds_${from}_$by.db"
      "$app" sql --url "sqlite:rebuilds_${from}_$by.db" >rebuilds.sql
      expect 0 sqlite3 "rebuilds_${from}_$by.db" ".read rebuilds.sql"
      expect 0 "$app" verify --url "sqlite:rebuilds_${from}_$by.db"
    fi
    dump_sqlite "rebuilds_${from}_$by.db" >"$by.dump"
  done
  same binary.dump script.dump
done
