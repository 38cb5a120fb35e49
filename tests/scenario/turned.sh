#!/usr/bin/env bash
# A run that was interrupted or has failed behind a part that is committed, and then the other way: `up` makes again what a way
# down has taken back, and nothing more is lost; `down` takes back what a way up has done, and nothing else.
source "$(dirname "$0")/library.sh"
start_postgres
source "$SOURCE/tests/support/holder.sh"
cd "$work"

first() { # the tables
  rm -rf "$work/project"
  new_project "$work/project" postgres
  migration 1_one <<'END'
migration "One"
create table t { id id
                 v int
                 k int
                 index t_k (k) }
create table log { id id
                   m text }
END
  build "$work/old" 0.9.0
}

# killed_held PATTERN COMMAND...: the same with its holder. Dropping an index waits for who has its table.
killed_held() {
  case $1 in
    DROP*) held "SELECT * FROM t" ;;
    *) held "SELECT * FROM log" ;;
  esac
  killed_at "$@"
}

# fresh BINARY [TARGET]: a new database that it has brought there
fresh() {
  number=$((${number:-0} + 1))
  made=made$number
  new_database "$made"
  expect 0 "$1" up ${2:+"$2"} --url "$url"
}

ask() { query "$made" "$1"; }
logged() { ask "SELECT string_agg(m, ' ' ORDER BY id) FROM log"; }
at_head() { # BINARY: nothing is begun, and the schema is the release's
  expect 0 "$1" verify --url "$url"
  expect 0 "$1" status --exit-code --url "$url"
  silent_about "begun"
  equal 0 "$(ask "SELECT count(*) FROM pg_constraint WHERE NOT convalidated")" "what is NOT VALID"
}

# ---- a `down` that gave up, and `up`: what is there stays there ----
first
migration 2_two <<'END'
migration "Two"
add column t.z int
run "one" { INSERT INTO log (m) VALUES ('one') } undo none
drop index t_k
END
build "$work/a"
fresh ./a
ask "INSERT INTO t (v, z) VALUES (1, 42)"
held "SELECT * FROM t"
expect 75 ./a down -1 --yes --ddl-lock-timeout 300ms --ddl-retries 0 --index-wait 1s --url "$url"
released
expect 0 ./a plan --url "$url"
says "pending=1"
silent_about "drop      column"
expect 75 ./a gate --timeout 100ms --url "$url"
expect 0 ./a up --url "$url"
says "its way down was begun by release 1.0.0"
silent_about "dropped  column"
equal 42 "$(ask "SELECT z FROM t")" "the column's value"
equal one "$(logged)" "the log"
at_head ./a
# and the same with the index made again: the way down has done that
killed_held "CREATE INDEX" ./a down -1 --yes
equal f "$(ask "SELECT indisvalid FROM pg_index WHERE indexrelid = 't_k'::regclass")" "whether the index is valid"
expect 0 ./a up --url "$url"
equal 42 "$(ask "SELECT z FROM t")" "the column's value"
at_head ./a
# or the other way to its end
killed_held "CREATE INDEX" ./a down -1 --yes
expect 0 ./a down -1 --yes --url "$url"
expect 0 ./a verify current --url "$url"
says "differences=0"
equal 1 "$(ask "SELECT count(*) FROM pg_class WHERE relname = 't_k'")" "the index"

# ---- a `down` that the rows are against, and `up`, also of a newer release; an older binary's ----
against() { # STATEMENT SQL: with these rows it cannot be taken back
  migration 2_two <<END
migration "Two"
$1
run "one" { INSERT INTO log (m) VALUES ('one') } undo none
END
  rm -f "$work/project/migrations/3_three.mig"
  build "$work/a"
  migration 3_three <<'END'
migration "Three"
add column t.n int
END
  build "$work/b" 2.0.0
  for down in "./a down -1" "./old down head"; do
    for up in ./a ./b; do
      fresh ./a
      ask "$2"
      expect 1 $down --yes --url "$url"
      expect 0 $up up --verify strict --url "$url"
      equal one "$(logged)" "the log"
      at_head $up
      ask "$2"
    done
  done
}
rm -rf "$work/project"
new_project "$work/project" postgres
migration 1_one <<'END'
migration "One"
create table t { id id
                 v int not null
                 u int unique
                 c int check positive (c > 0) }
create table log { id id
                   m text }
END
build "$work/old" 0.9.0
against "alter column t.v null" "INSERT INTO t (v) VALUES (NULL)"
against "drop constraint t_u_key on t" "INSERT INTO t (v, u) VALUES (1, 7), (1, 7)"
against "drop constraint positive on t" "INSERT INTO t (v, c) VALUES (1, -1)"

# ---- an `up` that was interrupted, and taken back: what it has not done is not looked for ----
taken_back() { # PATTERN: killed there
  build "$work/a"
  for down in "./a down -1" "./old down head"; do
    fresh ./old
    ask "INSERT INTO t (v) VALUES (1)"
    killed_held "$1" ./a up
    expect 0 $down --yes --url "$url"
    equal "" "$(logged)" "the log"
    expect 0 ./old verify --url "$url"
    says "differences=0"
    expect 0 ./a up --verify strict --url "$url"
    at_head ./a
    expect 0 ./a down -1 --yes --url "$url"
  done
}
first
migration 2_two <<'END'
migration "Two"
create index t_v on t (v)
rename table t to things
alter column things.k default 5
END
taken_back "CREATE INDEX"
migration 2_two <<'END'
migration "Two"
rename table t to things
create index t_v on things (v)
run "one" { INSERT INTO log (m) VALUES ('one') } undo { INSERT INTO log (m) VALUES ('back') }
rename column things.v to value
alter column things.k default 5
END
taken_back "CREATE INDEX"
rm -rf "$work/project"
new_project "$work/project" postgres
migration 1_one <<'END'
migration "One"
create enum st ('a', 'b')
create table t { id id
                 v int
                 s st default 'a' }
create table log { id id
                   m text }
END
build "$work/old" 0.9.0
migration 2_two <<'END'
migration "Two"
create index t_v on t (v)
rename enum value st 'a' to 'aa'
if column t.v { add column t.w int }
else { add column t.x int }
alter column t.s default 'b'
END
taken_back "CREATE INDEX"

# ---- a script knows nothing of how far a run was: none of a begun migration, and one that was made before stops ----
expect 0 ./a sql --engine postgres
cp "$work/out" early.sql
fresh ./old
ask "INSERT INTO t (v) VALUES (1)"
killed_held "CREATE INDEX" ./a up
expect 1 ./a sql --url "$url"
says "2_two was begun and not finished"
says "finish it with \`up\`"
code=0
"$pg_bin/psql" -X -q -d "$url" -f early.sql >"$work/log" 2>&1 || code=$?
equal 3 "$code" "psql's exit"
says "2_two was begun and not finished"
equal 0 "$(ask "SELECT count(*) FROM migen_history WHERE id = '2_two' AND direction = 'up'")" "applied"
expect 0 ./a up --url "$url"
expect 0 ./a sql --url "$url"
at_head ./a

# ---- there and back again, killed each time ----
first
migration 2_two <<'END'
migration "Two"
add column t.z int
run "one" { INSERT INTO log (m) VALUES ('one') } undo { INSERT INTO log (m) VALUES ('back') }
create index t_v on t (v)
create index t_z on t (z)
END
build "$work/a"
for end in "./a up" "./a down -1 --yes"; do
  fresh ./old
  ask "INSERT INTO t (v) VALUES (1)"
  killed_held "CREATE INDEX.*t_v" ./a up
  equal one "$(logged)" "the log"
  expect 0 $end --url "$url"
  if [ "$end" = "./a up" ]; then
    equal one "$(logged)" "the log"
    at_head ./a
    killed_held "DROP INDEX.*t_z" ./a down -1 --yes
    killed_held "CREATE INDEX.*t_z" ./a up
    expect 0 ./a up --url "$url"
    equal one "$(logged)" "the log"
    at_head ./a
  else
    equal "one back" "$(logged)" "the log"
    expect 0 ./old verify --url "$url"
    says "differences=0"
  fi
done

# ---- a way down that somebody wrote: where nobody knows what it has undone, `up` says so ----
first
migration 2_two <<'END'
migration "Two"
create index t_v on t (v)
run "one" { INSERT INTO log (m) VALUES ('one') }
down {
  run "back" { DELETE FROM log }
  drop index t_v
}
END
build "$work/a"
fresh ./a
ask "INSERT INTO t (v) VALUES (1)"
killed_held "DROP INDEX" ./a down -1 --yes
expect 1 ./a up --url "$url"
says "the way down of 2_two was begun and not finished"
says 'finish it with `down`'
expect 0 ./a down -1 --yes --url "$url"
expect 0 ./a up --url "$url"
equal one "$(logged)" "the log"
at_head ./a

# ---- SQLite: a backfill in batches that a run in one transaction goes on with ----
rm -rf "$work/project"
new_project "$work/project" sqlite
migration 1_one <<'END'
migration "One"
create table t { id id
                 v int }
END
migration 2_two <<'END'
migration "Two"
backfill t set (v = v + 1) where (true) batch 100 pause 100ms
END
build "$work/a"
rm -f s.db*
expect 0 ./a up 1 --url sqlite:s.db
sqlite3 s.db "WITH RECURSIVE g(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < 1000) INSERT INTO t (v) SELECT i FROM g"
./a up --transaction migration --url sqlite:s.db >"$work/log" 2>&1 &
killed=$!
until [ "$(sqlite3 -cmd ".timeout 5000" s.db "SELECT count(*) FROM migen_history WHERE reason LIKE '%rows=200%'")" = 1 ]; do sleep 0.02; done
kill -KILL "$killed"
wait "$killed" 2>/dev/null || true
expect 1 ./a sql --url sqlite:s.db
says "2_two was begun and not finished"
expect 0 ./a sql --engine sqlite
sqlite3 -bail s.db <"$work/out" >"$work/log" 2>&1 && fail "the script has run"
says "what_is_begun_must_be_finished"
expect 0 ./a up --url sqlite:s.db
says "going on behind"
says "ran      backfill of t (1000 rows)"
equal 501500 "$(sqlite3 s.db "SELECT sum(v) FROM t")" "the sum"
