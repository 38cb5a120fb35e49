#!/usr/bin/env bash
# A long reader, or writer, holds a table: each step that needs a strong lock waits for it at most the lock timeout a try, so that
# other sessions are never queued for longer (a probing session measures it: the figures are printed), and succeeds when the
# holder ends; or ends with exit 75 and names who is in the way. The history says what was locked, waited for and held.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

new_project "$work/app" postgres
migration 00_first <<'END'
migration "What is there"
create table parents { id id
                       n int }
create table things { id        id
                      parent_id bigint
                      old       int
                      renamed   int
                      n         int }
create table leaving { id id
                       n int }
create table moving { id id
                      n int }
create table second { id id
                      n int }
create view seen as { SELECT id, n FROM things }
create function note() { CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$ }
END
migration 01_add_column <<'END'
migration "add column"
add column things.added int
END
migration 02_drop_column <<'END'
migration "drop column"
drop column things.old
END
migration 03_rename_column <<'END'
migration "rename column"
rename column things.renamed to named
END
migration 04_alter_column <<'END'
migration "alter column"
alter column things.n default 7
END
migration 05_create_trigger <<'END'
migration "create trigger"
create trigger noting on things { CREATE TRIGGER noting BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION note() }
END
migration 06_foreign_key <<'END'
migration "add foreign key"
add foreign key things_parent on things (parent_id) -> parents (id)
END
migration 07_replace_view <<'END'
migration "replace view"
create view seen as { SELECT id, n, added FROM things }
END
migration 08_drop_table <<'END'
migration "drop table"
drop table leaving
END
migration 09_rename_table <<'END'
migration "rename table"
rename table moving to moved
END
migration 10_two_tables <<'END'
migration "two tables in one transaction"
add column parents.one int
add column second.two int
END
build "$work/app-migrate"
app=$work/app-migrate
new_database busy
expect 0 "$app" up first --url "$url"
query busy "INSERT INTO parents (n) VALUES (1); INSERT INTO things (n, parent_id) VALUES (1, 1); INSERT INTO leaving (n) VALUES (1);
  INSERT INTO moving (n) VALUES (1); INSERT INTO second (n) VALUES (1)"

held_database=busy
# hold NAME SQL: a session of that name whose transaction has done it, until let_go. Its input is a pipe that is held open.
hold() {
  local name=$1
  rm -f "$work/$name.in"
  mkfifo "$work/$name.in"
  PGAPPNAME=$name "$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d "$held_database" <"$work/$name.in" >/dev/null 2>&1 &
  exec {holding}>"$work/$name.in"
  printf 'BEGIN;\n%s;\n' "$2" >&"$holding"
  for _ in $(seq 100); do
    [ "$(query busy "SELECT count(*) FROM pg_stat_activity WHERE application_name = '$name' AND state = 'idle in transaction' AND query LIKE '%${2:0:12}%'")" = 0 ] || return 0
    sleep 0.05
  done
  fail "$name does not hold $2"
}
let_go() { # said aloud: what was started in the meantime has the pipe open too
  printf 'COMMIT;\n\\q\n' >&"$holding"
  exec {holding}>&-
}

# Others at work: small transactions on one table each, as long as the case lasts; their times are logged.
probe() { # SECONDS TABLE...
  local seconds=$1 scripts=()
  shift
  for table in "$@"; do
    printf '%s\n' "DO \$\$ BEGIN EXECUTE 'INSERT INTO $table (n) VALUES (1)'; EXCEPTION WHEN undefined_table THEN NULL; END \$\$;" '\sleep 5 ms' >"probe.$table.sql"
    scripts+=(-f "probe.$table.sql")
  done
  rm -f probe.log.*
  "$pg_bin/pgbench" -n -c 4 -T "$seconds" -l --log-prefix=probe.log "${scripts[@]}" -h "$pg_socket" -p "$pg_port" -U postgres busy >probe.out 2>&1 &
  prober=$!
}
longest_stall() { # milliseconds
  awk '$3 > longest { longest = $3 } END { if (NR < 20) exit 1; printf "%d", longest / 1000 }' probe.log.* || fail "the probe hardly ran"
}
# Of a migration in several transactions: the one that waited the longest.
measured() { query busy "SELECT $2 FROM migen_history WHERE id = '$1' AND direction <> 'down' ORDER BY lock_wait_ms DESC NULLS LAST, seq DESC LIMIT 1"; }

# step ID HOLDER'S-SQL EXPECTED-LOCKS TABLE...: the holder has it for two and a half seconds, a try may wait 300 ms.
step() {
  local id=$1 holder=$2 locks=$3 stall code=0
  shift 3
  hold "holder_$id" "$holder"
  probe 4 "$@"
  sleep 0.2
  "$app" up "$id" --ddl-lock-timeout 300ms --ddl-retries 100 --url "$url" >up.out 2>up.log &
  local run=$!
  sleep 2.5
  kill -0 "$run" 2>/dev/null || fail "$id did not wait for the holder: $(cat up.log)"
  let_go
  wait "$run" || code=$?
  equal 0 "$code" "the exit code of $id ($(cat up.log))"
  cp up.log "$work/log"
  cp up.out "$work/out"
  says "in use by holder_$id (process"
  says "idle in its transaction for"
  says "tried again"
  wait "$prober" || fail "the probe failed: $(cat probe.out)"
  stall=$(longest_stall)
  printf '%-18s longest stall of others %4d ms; waited %5d ms; held %5.1f ms; %s\n' "$id" "$stall" \
    "$(measured "$id" "lock_wait_ms::int")" "$(measured "$id" lock_held_ms)" "$(measured "$id" locks)"
  checks=$((checks + 2))
  [ "$stall" -lt 1500 ] || fail "others were queued for $stall ms behind $id"
  [ "$(measured "$id" "lock_wait_ms > 250")" = t ] || fail "the history has not measured how long $id waited: $(measured "$id" lock_wait_ms)"
  [ "$(measured "$id" "lock_held_ms > 250")" = t ] || fail "the history forgets those who were queued behind the tries of $id: $(measured "$id" lock_held_ms)"
  equal "$locks" "$(measured "$id" locks)" "what the history says that $id locked"
}

reads="SELECT count(*) FROM"
writes="INSERT INTO things (n) VALUES (2)"
step 01_add_column "$reads things" "ACCESS EXCLUSIVE on things" things
step 02_drop_column "$reads things" "ACCESS EXCLUSIVE on things" things
step 03_rename_column "$reads things" "ACCESS EXCLUSIVE on things" things
step 04_alter_column "$reads things" "ACCESS EXCLUSIVE on things" things
step 05_create_trigger "$writes" "SHARE ROW EXCLUSIVE on things" things
step 06_foreign_key "$writes" "SHARE ROW EXCLUSIVE on parents, SHARE ROW EXCLUSIVE on things" things parents
step 07_replace_view "$reads seen" "ACCESS EXCLUSIVE on seen" seen things
step 08_drop_table "$reads leaving" "ACCESS EXCLUSIVE on leaving" leaving
step 09_rename_table "$reads moving" "ACCESS EXCLUSIVE on moved" moving
step 10_two_tables "$reads second" "ACCESS EXCLUSIVE on parents, ACCESS EXCLUSIVE on second" parents second
expect 0 "$app" verify --url "$url"

# ---- it gives up at its bound, changes nothing, and names who is in the way ----
migration 11_never <<'END'
migration "Not while somebody reads"
create table fresh { id id }
add column parents.late int
END
build "$work/app-migrate"
hold the_night_report "$reads parents"
before=$(dump_postgres_whole busy)
started=$(date +%s%N)
expect 75 "$app" up --ddl-lock-timeout 200ms --ddl-retries 3 --url "$url"
took=$((($(date +%s%N) - started) / 1000000))
says "error [55P03]: no ACCESS EXCLUSIVE lock on parents within 200.0 ms: it is in use by the_night_report (process"
says "user postgres, on a local socket), idle in its transaction for"
says "pg_terminate_backend("
says "at:        "
says "next:      run it again"
says "up: failed exit=75"
equal 3 "$(grep -c 'tried again' "$work/log")" "how often it was tried again"
[ "$took" -lt 20000 ] || fail "giving up took $took ms"
equal "$before" "$(dump_postgres_whole busy)" "the database"
echo "gave up after $took ms: $(grep '^error' "$work/log")"
expect 75 "$app" up --ddl-lock-timeout 100ms --ddl-retries 0 --format json --url "$url"
says "in use by the_night_report"
every_line_is_json "$work/log"
let_go
expect 0 "$app" up --url "$url"

# ---- who is in the way, for a role that may not look at others' sessions ----
query postgres "CREATE ROLE modest LOGIN" >/dev/null
query postgres "CREATE DATABASE small OWNER modest" >/dev/null
modest="postgresql://modest@/small?host=$pg_socket&port=$pg_port"
expect 0 "$app" up 00_first --url "$modest"
held_database=small
hold the_night_report "$reads parents"
expect 75 "$app" up --ddl-lock-timeout 200ms --ddl-retries 0 --url "$modest"
says "it is in use by the_night_report (process"
says "user postgres)"
let_go

# ---- what the history says, for people and programs ----
expect 0 "$app" history -v --url "$url"
says "ACCESS EXCLUSIVE on things, waited for"
expect 0 "$app" history -v --json --url "$url"
equal 13 "$(grep -c '"event":"entry"' "$work/out")" "the entries"

# ---- a history that an earlier version has made ----
query busy "ALTER TABLE migen_history DROP COLUMN locks, DROP COLUMN lock_wait_ms, DROP COLUMN lock_held_ms"
expect 0 "$app" history -v --url "$url"
says "took"
expect 0 "$app" down two_tables --yes --url "$url"
query busy "CREATE ROLE other LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO other; GRANT ALL ON SCHEMA public TO other; ALTER TABLE parents OWNER TO other"
# Who may not alter it leaves it as it is, and works.
expect 0 "$app" up --url "postgresql:///busy?host=$pg_socket&port=$pg_port&user=other"
equal 0 "$(query busy "SELECT count(*) FROM pg_attribute WHERE attrelid = 'migen_history'::regclass AND attname = 'locks'")" "the columns of the locks"
expect 0 "$app" redo --yes --url "$url"
equal "ACCESS EXCLUSIVE on parents" "$(measured 11_never locks)" "what the upgraded history says"
