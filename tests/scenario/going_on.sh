#!/usr/bin/env bash
# A run that was interrupted or has failed behind a part that is committed, on PostgreSQL, and what goes on with it: the same
# run behind a lock timeout, a release whose steps are others by now, the way down. What is done is known by the steps, not by
# their number.
source "$(dirname "$0")/library.sh"
start_postgres
source "$SOURCE/tests/support/holder.sh"
cd "$work"

first() { # the tables, and rows in them
  rm -rf "$work/project"
  new_project "$work/project" postgres
  migration 1_one <<'END'
migration "One"
create table t { id id
                 v int }
create table log { id id
                   m text }
END
}

fresh() {
  made=made$((${number:-0} + 1))
  number=$((${number:-0} + 1))
  new_database "$made"
}

ask() { query "$made" "$1"; }
logged() { ask "SELECT string_agg(m, ' ' ORDER BY id) FROM log"; }

# ---- a way up with a `say` or `summary` less, or more ----
for change in less more; do
  first
  says_so='say "now the index"'
  [ "$change" = less ] || says_so=
  two() {
    migration 2_two <<END
migration "Two"
$1
run "one" { INSERT INTO log (m) VALUES ('one') } undo none
create index t_v on t (v)
run "two" { INSERT INTO log (m) VALUES ('two') } undo none
END
  }
  two "$says_so"
  build "$work/a"
  [ "$change" = less ] && two "" || two "summary t"
  build "$work/b" 1.1.0
  fresh
  expect 0 ./a up 1_one --url "$url"
  ask "INSERT INTO t (v) VALUES (1)"
  held "SELECT * FROM log"
  killed_at "CREATE INDEX" ./a up
  equal f "$(ask "SELECT indisvalid FROM pg_index WHERE indexrelid = 't_v'::regclass")" "whether the index is valid"
  expect 0 ./b up --verify strict --url "$url"
  silent_about "was edited"
  equal "one two" "$(logged)" "the log"
  equal t "$(ask "SELECT indisvalid FROM pg_index WHERE indexrelid = 't_v'::regclass")" "whether the index is valid"
done

# ---- a way up that is mended behind what is done: that is not done again ----
first
migration 2_two <<'END'
migration "Two"
run "one" { INSERT INTO log (m) VALUES ('one') } undo none
create index t_v on t (v)
create unique index t_u on t (v)
END
build "$work/a"
migration 2_two <<'END'
migration "Two"
run "one" {
  -- laid out anew
  INSERT INTO log (m) VALUES ('one')
} undo none
run "distinct" { DELETE FROM t a USING t b WHERE a.v = b.v AND a.id > b.id } undo none
create index t_v on t (v)
create unique index t_u on t (v)
END
build "$work/b" 1.1.0
fresh
expect 0 ./a up 1_one --url "$url"
ask "INSERT INTO t (v) VALUES (1), (1)"
expect 1 ./a up --url "$url"
expect 0 ./b doctor --url "$url"
says "it was edited since"
expect 0 ./b up --verify strict --url "$url"
says "2_two was edited since release 1.0.0 began it"
says "from its first changed step"
says "skipped  index t_v"
equal one "$(logged)" "the log"

# ---- a way down that is mended, or has another `say` ----
down_of() { # WAY: release 1.0.0 fails in it, or is killed
  migration 2_two <<END
migration "Two"
add column t.z int
create index t_v on t (v)
down {
$1
}
END
}
mended_down() { # FIRST SECOND LOG
  first
  down_of "$1"
  build "$work/a"
  down_of "$2"
  build "$work/b" 1.1.0
  fresh
  expect 0 ./a up --url "$url"
  ask "INSERT INTO t (v, z) VALUES (1, 42)"
  expect 1 ./a down -1 --yes --url "$url"
  says "state:     2_two: its first part is committed"
  expect 0 ./b down -1 --yes --url "$url"
  equal "$3" "$(logged)" "the log"
  equal 0 "$(ask "SELECT count(*) FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'z' AND NOT attisdropped")" "the column"
  equal 0 "$(ask "SELECT count(*) FROM pg_class WHERE relname = 't_v'")" "the index"
  expect 0 ./b verify current --url "$url"
  says "differences=0"
}
log_first="run \"first\" { INSERT INTO log (m) VALUES ('first') } undo none"
bad='run "bad" { SELECT 1/0 } undo none'
mended_down "$log_first
drop index t_v
$bad
drop column t.z" "drop column t.z
drop index t_v" first
says_once "verify: ok"
mended_down "$log_first
drop index t_v
$bad
drop column t.z" "say \"a\"
say \"b\"
$log_first
drop index t_v
drop column t.z" first

# ---- what a run that fails has committed is named and counted ----
first
migration 2_two <<'END'
migration "Two"
add column t.x int
run "one" { INSERT INTO log (m) VALUES ('one') } undo none
alter column t.v not null
END
build "$work/a"
fresh
expect 0 ./a up 1_one --url "$url"
ask "INSERT INTO t (v) VALUES (NULL)"
expect 1 ./a up --url "$url"
says "created  column t.x"
says "ran      one (1 row)"
says "its first part is committed"
says "up: failed exit=1 applied=0 already=1 created=1 ran=1 skipped=0"
ask "UPDATE t SET v = 1"
expect 0 ./a up --url "$url"
says "where an earlier run was interrupted"
equal one "$(logged)" "the log"

# ---- a lock timeout behind a part: the same run goes on, says so, and counts each operation once ----
first
migration 2_ix <<'END'
migration "Indexes"
create enum st ('a', 'b')
create table kept { id id
                    s st }
END
migration 3_ix <<'END'
migration "Indexes"
create index t_v on t (v)
create unique index t_v2 on t (v, id)
add enum value st 'c'
add column t.z st default 'c'
drop index t_v
END
build "$work/a"
# with_a_reader COMMAND...: another transaction has read t, and rests without a snapshot, until the run was tried again.
with_a_reader() {
  local code=0 run
  : >"$work/log"
  mkfifo -m 666 "$work/pipe"
  "$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d "$made" <"$work/pipe" >/dev/null 2>&1 &
  holder=$!
  exec 9>"$work/pipe"
  printf 'BEGIN;\nSELECT v FROM t LIMIT 1;\n' >&9
  until [ "$(query postgres "SELECT count(*) FROM pg_stat_activity WHERE datname = '$made' AND state = 'idle in transaction' AND query LIKE 'SELECT%'")" = 1 ]; do sleep 0.05; done
  "$@" --url "$url" --ddl-lock-timeout 300ms --ddl-retries 100 >"$work/out" 2>"$work/log" 9>&- &
  run=$!
  until grep -q "tried again" "$work/log" || ! kill -0 "$run"; do sleep 0.1; done
  exec 9>&-
  wait "$holder"
  rm "$work/pipe"
  wait "$run" || fail "$*: $(cat "$work/log")"
}
fresh
expect 0 ./a up 2_ix --url "$url"
ask "INSERT INTO t (v) SELECT g FROM generate_series(1, 100) g"
with_a_reader ./a up
says "which is committed"
silent_about "an earlier run"
silent_about "already there"
says_once "created  index t_v on t"
says_once "created  index t_v2 on t"
says "up: ok applied=1 already=2 created=4 dropped=1 skipped=0 differs=0"
with_a_reader ./a down -1 --yes
says "which is committed"
silent_about "an earlier run"
silent_about "already there"
expect 0 ./a verify current --url "$url"
says "differences=0"

# A way down that stops there says what stands, and of which line.
expect 0 ./a up --url "$url"
mkfifo -m 666 "$work/pipe"
"$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d "$made" <"$work/pipe" >/dev/null 2>&1 &
holder=$!
exec 9>"$work/pipe"
printf 'BEGIN;\nSELECT v FROM t LIMIT 1;\n' >&9
until [ "$(query postgres "SELECT count(*) FROM pg_stat_activity WHERE datname = '$made' AND state = 'idle in transaction' AND query LIKE 'SELECT%'")" = 1 ]; do sleep 0.05; done
expect 75 ./a down -1 --yes --url "$url" --ddl-lock-timeout 200ms --ddl-retries 1
says 'ALTER TABLE "t" DROP COLUMN "z"'
says "at:        migrations/3_ix.mig:5"
says_once "created  index t_v on t"
says "its first part is committed and journalled"
says "down: failed exit=75 reverted=0 already=0 created=1"
exec 9>&-
wait "$holder"
expect 0 ./a up --url "$url"
says "dropped  index t_v"
silent_about "dropped  column"
expect 0 ./a verify --url "$url"

# ---- an interrupted way down is told by whatever looks ----
first
cat >>"$project/migrations/1_one.mig" <<'END'
create table other { id id
                     v int }
END
build "$work/old" 0.9.0
migration 2_two <<'END'
migration "Two"
create index other_v on other (v)
add column t.z int
END
build "$work/a"
migration 3_three <<'END'
migration "Three"
create table three { id id }
END
rm "$project/migrations/2_two.mig"
build "$work/beside" 0.9.1
fresh
expect 0 ./a up --url "$url"
ask "INSERT INTO t (v, z) VALUES (1, 42)"
ask "INSERT INTO other (v) VALUES (1)"
half_reverted() { # COMMAND...
  held "SELECT * FROM other"
  killed_at "DROP INDEX" "$@"
  equal 0 "$(ask "SELECT count(*) FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'z' AND NOT attisdropped")" "the column"
}
half_reverted ./a down -1 --yes
expect 2 ./a status --exit-code --url "$url"
says "reverting 2_two"
says "status: pending applied=1 pending=1"
expect 0 ./a status --format json --url "$url"
says '"applied":["1_one"],"pending":["2_two"],"begun":[],"reverting":["2_two"]'
expect 0 ./a current --url "$url"
says "2_two (half taken back)"
silent_about "(head)"
expect 0 ./a plan --url "$url"
says "create    column t.z"
says "plan: ok pending=1"
expect 0 ./a doctor --url "$url"
says "next:  down -1"
expect 75 ./a gate --timeout 1s --url "$url"
expect 0 ./a down -1 --yes --url "$url"
says "going on behind step"
says "reverted=1"
expect 0 ./a verify current --url "$url"
says "differences=0"
expect 0 ./a status --url "$url"
says "pending  2_two"
# The same by an older binary: it builds nothing on what is half taken back.
expect 0 ./a up --url "$url"
half_reverted ./old down head --yes
expect 0 ./old status --url "$url"
says "half taken back"
expect 0 ./old doctor --url "$url"
says "2_two is half taken back"
expect 5 ./beside up --ahead ok --url "$url"
says "2_two, which this release does not know, is half taken back"
says "down head"
equal "" "$(ask "SELECT to_regclass('three')")" "the table"
expect 0 ./beside down head --yes --url "$url"
expect 0 ./beside up --url "$url"
expect 0 ./beside verify --url "$url"
says "differences=0"
