#!/usr/bin/env bash
# PostgreSQL: what a recipe in several transactions has put there, and refuses rows: a check that proves NOT NULL, a key or check that is
# NOT VALID yet, an INVALID unique index. A run that fails, or is told to stop, takes it away, so that the application goes on
# writing what it wrote before; where it cannot, it says so. What a killed run has left goes with the next one, also where that is of a
# mended migration, or an older binary's way down; until then `verify` and `doctor` name it.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

write_first() {
  migration 1_people <<'END2'
migration "People"
create table teams { id id }
create table people {
  id    id
  name  text
  note  text
  age   int
  team  bigint
}
END2
}
new_project "$work/app" postgres
write_first
build "$work/older-migrate" 0.9.0
migration 2_step <<'END2'
migration "What the rows are against"
alter column people.name not null
END2
build "$work/app-migrate"
migration 2_step <<'END2'
migration "What the rows are not against"
alter column people.name default 'nobody'
END2
build "$work/mended-migrate" 1.1.0
app=$work/app-migrate

ask() { query "$database" "$1"; }
fresh() { # a database at the first migration, with rows that an application wrote
  made=$((${made:-0} + 1))
  database=left$made
  new_database "$database"
  expect 0 "$work/older-migrate" up --url "$url"
  ask "INSERT INTO people (name, age, team) VALUES (NULL, -1, 7), ('B', 3, NULL)"
}
ours() { ask "SELECT count(*) FROM pg_constraint WHERE conname LIKE '\_migen\_%' OR NOT convalidated"; }
writes() { # what it wrote before, it still may
  ask "UPDATE people SET note = 'seen'; INSERT INTO people (name, age, team) VALUES (NULL, -1, 7); DELETE FROM people WHERE id > 2" >/dev/null || fail "the application cannot write any more${1:+: $1}"
  checks=$((checks + 1))
}

# ---- a run that fails ----
fresh
expect 1 "$app" up --url "$url"
says "detail:    1 row of people has no name; id: 1"
says "state:     2_step was rolled back whole"
equal 0 "$(ours)" "what stands NOT VALID"
writes
# The history and `doctor` know why, and that the same again would come to the same.
expect 0 "$app" doctor --url "$url"
says "state: 2_step has failed"
silent_about "is begun"
says "cause: [23514] check constraint \"_migen_"
says "1 row of people has no name; id: 1 (run of "
says "next:  mend that, then up (as it is, it would fail again)"
silent_about "interrupted"
expect 0 "$app" history -v --url "$url"
says "failed undone   2_step"
expect 0 "$work/mended-migrate" doctor --url "$url"
says "next:  up   (it was edited since: it is carried out from its first step; what is there is skipped, a "
expect 1 "$app" up --url "$url"
says "state:     2_step was rolled back whole"
equal 0 "$(ours)" "what stands NOT VALID after a second try"
writes
expect 0 "$work/mended-migrate" up --url "$url"
expect 0 "$work/mended-migrate" verify --url "$url"
expect 0 "$work/mended-migrate" doctor --url "$url"
says "state: up to date"
writes "a mended migration"

# failing STATEMENT MENDING: a migration of it alone fails, and goes through once the rows are mended.
failing() {
  new_project "$work/one" postgres
  write_first
  printf 'migration "One"\n%s\n' "$1" | migration 2_step
  build "$work/one-migrate"
  fresh
  expect 1 "$work/one-migrate" up --url "$url"
  equal 0 "$(ours)" "what stands NOT VALID of: $1"
  writes "$1"
  ask "$2"
  expect 0 "$work/one-migrate" up --url "$url"
  expect 0 "$work/one-migrate" verify --url "$url"
  equal 0 "$(ours)" "what stands NOT VALID in the end"
}
failing 'add foreign key people_team on people (team) -> teams (id)' "UPDATE people SET team = NULL"
failing 'add check people_age on people (age > 0)' "UPDATE people SET age = 1"
# Rows that came in between are filled too.
failing 'add column people.size int not null backfill (nullif(age, 3))' \
  "UPDATE people SET age = 4 WHERE age = 3; INSERT INTO people (name, age) VALUES ('C', 5)"
# On the way down: the release stays where it is, and all of it goes on.
new_project "$work/down" postgres
write_first
sed -i 's/note  text/note  text not null/; s/age   int/age   int unique check grown (age > 0)/' "$project/migrations/1_people.mig"
migration 2_note <<'END2'
migration "A note may be missing"
alter column people.note null
END2
build "$work/down-2"
migration 3_again <<'END2'
migration "The same age may be there twice"
drop constraint people_age_key on people
END2
build "$work/down-3"
migration 4_young <<'END2'
migration "And it may be small"
drop constraint grown on people
END2
build "$work/down-4"
new_database down
database=down
stays() { # RELEASE WHAT-IS-SAID: its way back fails, and leaves nothing
  expect 0 "$work/down-$1" up --url "$url"
  ask "INSERT INTO people (name, note, age) VALUES ('A', 'x', $((11 * $1)))"
  ask "$3"
  expect 1 "$work/down-$1" down --yes --url "$url"
  says "$2"
  says "was rolled back whole"
  equal 0 "$(ours)" "what stands NOT VALID behind a way down"
  ask "$3"
  expect 0 "$work/down-$1" status --exit-code --url "$url"
  silent_about "begun"
  expect 0 "$work/down-$1" gate --timeout 0s --url "$url"
  expect 0 "$work/down-$1" doctor --url "$url"
  says "has failed"
  says "next:  mend that, then down"
  expect 0 "$work/down-$1" up --url "$url"
  says "nothing to do"
  expect 0 "$work/down-$1" verify --url "$url"
}
stays 2 " of people ha" "INSERT INTO people (name) VALUES ('B')"
stays 3 " of age in people " "INSERT INTO people (name, age) VALUES ('C', 5), ('D', 5)"
stays 4 " of people break" "INSERT INTO people (name, age) VALUES ('E', -1)"

# ---- a run that is killed ----
# VALIDATE takes as long as `pauses` says.
slow() {
  ask "CREATE TABLE IF NOT EXISTS pauses (seconds float); DELETE FROM pauses; INSERT INTO pauses VALUES ($1);
    CREATE OR REPLACE FUNCTION pause() RETURNS event_trigger LANGUAGE plpgsql AS \$\$ BEGIN
      IF current_query() LIKE '%VALIDATE CONSTRAINT%' THEN PERFORM pg_sleep((SELECT max(seconds) FROM pauses)); END IF; END \$\$;
    CREATE EVENT TRIGGER slow ON ddl_command_start EXECUTE FUNCTION pause()"
}
validates() { # until it does
  for _ in $(seq 200); do
    [ -z "$(ask "SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'migen%' AND state = 'active' AND query LIKE '%VALIDATE%' AND wait_event = 'PgSleep'")" ] || return 0
    sleep 0.05
  done
  fail "it does not validate: $(cat up.log)"
}
begin() { # UP'S OPTIONS: `up`, until it validates
  "$app" up --url "$url" "$@" >up.out 2>up.log &
  run=$!
  validates
}
killed() { # COMMAND...: what it leaves goes with that command
  fresh
  slow 600
  begin
  kill -KILL "$run"
  wait "$run" 2>/dev/null || true
  ask "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'migen%'; DROP EVENT TRIGGER slow; DROP TABLE pauses; DROP FUNCTION pause()" >/dev/null
  until [ -z "$(ask "SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'migen%'")" ]; do sleep 0.05; done
  equal 1 "$(ours)" "what a killed run has left"
  expect 0 "$app" doctor --url "$url"
  says "left:  constraint _migen_"
  says "it refuses rows (CHECK ((name IS NOT NULL)) NOT VALID)"
  expect 0 "$app" verify current --url "$url"
  says "unknown  constraint _migen_"
  expect 0 "$@" --url "$url"
  says "which an interrupted run has left on people, is taken away"
  equal 0 "$(ours)" "what is left behind $*"
  expect 0 "$1" verify current --url "$url"
  silent_about "_migen_"
  writes "$*"
}
killed "$work/older-migrate" down head --yes
killed "$work/mended-migrate" up
killed "$app" stamp 1_people --reason "2_step is not wanted"
expect 0 "$app" doctor --url "$url"
silent_about "left:"
# Where all is applied, and it is there nevertheless.
fresh
ask "ALTER TABLE people ADD CONSTRAINT _migen_12345678_nn CHECK (note IS NOT NULL) NOT VALID"
expect 0 "$work/older-migrate" doctor --url "$url"
says "next:  ALTER TABLE IF EXISTS \"people\" DROP CONSTRAINT IF EXISTS \"_migen_12345678_nn\""
# Another project's table is left to that one's next run.
ask "CREATE TABLE others (a int, CONSTRAINT _migen_12345678_nn CHECK (a IS NOT NULL) NOT VALID); DELETE FROM people"
expect 0 "$app" verify current --url "$url"
silent_about "on others"
expect 0 "$app" up --url "$url"
equal others "$(ask "SELECT conrelid::regclass FROM pg_constraint WHERE conname LIKE '\_migen\_%'")" "whose is left"

# ---- a run that is told to stop, or ends where it cannot take it away ----
fresh
slow 600
begin
kill -TERM "$run"
code=0
wait "$run" || code=$?
equal 3 "$code" "the exit code"
equal 0 "$(ours)" "what a stopped run has left: $(cat up.log)"

hold() { # NAME SQL: a session of that name whose transaction has done it, until let_go
  rm -f "$work/held"
  mkfifo "$work/held"
  PGAPPNAME=$1 "$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d "$database" <"$work/held" >/dev/null 2>&1 &
  exec {holding}>"$work/held"
  printf 'BEGIN ISOLATION LEVEL REPEATABLE READ;\n%s;\n' "$2" >&"$holding"
  until [ -n "$(ask "SELECT 1 FROM pg_stat_activity WHERE application_name = '$1' AND state = 'idle in transaction' AND backend_xmin IS NOT NULL")" ]; do sleep 0.05; done
}
let_go() {
  printf 'COMMIT;\n\\q\n' >&"$holding"
  exec {holding}>&-
}
fresh
slow 3
begin --ddl-lock-timeout 200ms --ddl-retries 1
hold reader "SELECT count(*) FROM people"
code=0
wait "$run" || code=$?
cp up.log log
equal 1 "$code" "the exit code"
says "_nn on people is left NOT VALID and refuses rows, until the next run takes it away or finishes it"
let_go
ask "DROP EVENT TRIGGER slow"
expect 0 "$work/older-migrate" down head --yes --url "$url"
equal 0 "$(ours)" "what is left in the end"

# ---- a unique index that is built in the background ----
new_project "$work/unique" postgres
write_first
migration 2_step <<'END2'
migration "A unique index"
add unique people_age on people (age)
END2
build "$work/unique-migrate"
stopped() { # a run that waits for the session that holds something gets SIGTERM
  "$work/unique-migrate" up --url "$url" --ddl-lock-timeout 500ms >up.out 2>up.log &
  run=$!
  for _ in $(seq 200); do
    [ -z "$(ask "SELECT 1 FROM pg_stat_progress_create_index p JOIN pg_index i ON i.indexrelid = p.index_relid WHERE p.phase LIKE 'waiting%' AND i.indisready")" ] || break
    sleep 0.05
  done
  kill -TERM "$run"
  code=0
  wait "$run" || code=$?
  cp up.log log
  equal 3 "$code" "the exit code"
}
fresh
ask "CREATE TABLE others (a int)"
hold reader "SELECT count(*) FROM others"
sleep 0.5
stopped
says "state:     2_step was rolled back whole"
silent_about "INVALID"
equal 0 "$(ask "SELECT count(*) FROM pg_index WHERE NOT indisvalid")" "the INVALID indexes"
writes "a stopped index"
let_go
fresh
hold reader "SELECT count(*) FROM people"
stopped
says "the INVALID index people_age is left, which the next run takes away: until then it may refuse rows"
expect 0 "$work/unique-migrate" verify current --url "$url"
says "unknown  index people_age on people: of a migration that is pending, or was begun: unique index (age), invalid"
let_go
expect 0 "$work/unique-migrate" up --url "$url"
expect 0 "$work/unique-migrate" verify --url "$url"
