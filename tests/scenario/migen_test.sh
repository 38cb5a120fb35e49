#!/usr/bin/env bash
# `migen test` as a user meets it: what holds is green on both engines, each defect is found and shown at its line, and
# nothing is left behind, also after a signal. `migen_test.sh full` tries every point of the worked example.
source "$(dirname "$0")/library.sh"
full=()
[ "${1:-}" != full ] || full=(--full)
# As a user's own folder is: with blanks and quotes, and it shows what is left behind.
export TMPDIR="$work/tempo rary \"it's\""
mkdir -p "$TMPDIR"

nothing_left() {
  checks=$((checks + 1))
  [ -z "$(ls -A "$TMPDIR")" ] || fail "left behind: $(ls -A "$TMPDIR")"
}

tested() { # CODE OPTIONS...: migen test in the project
  local wanted=$1
  shift
  expect "$wanted" "$MIGEN" test -C "$project" "$@"
  nothing_left
}

# The line that begins with a word, a check's name behind it.
line_of() { # OUTCOME NAME
  checks=$((checks + 1))
  grep -qE "^  $1 +$2" "$work/out" || {
    cat "$work/out" >&2
    fail "no line: $1 $2"
  }
}

# ---- the worked example holds, on both engines, with a server of its own ----
project="$work/it's \"a\" shop"
mkdir -p "$project"
cp -r "$SOURCE/migen.project" "$SOURCE/migrations" "$project/"
tested 0 --junit "$work/re port.xml" "${full[@]}"
says "sqlite: SQLite "
says "postgres: PostgreSQL "
line_of ok "killed, then up"
says "failed=0 skipped=0"
xmllint --noout "$work/re port.xml" || fail "the report is no XML"
equal 2 "$(xmllint --xpath 'count(//testsuite)' "$work/re port.xml")" "the number of suites"
equal "$(grep -c '^  ok' "$work/out")" "$(xmllint --xpath 'count(//testcase)' "$work/re port.xml")" "the number of cases"
equal 0 "$(xmllint --xpath 'count(//failure | //error | //skipped)' "$work/re port.xml")" "the number of failures"
[ "$(xmllint --xpath 'string(/testsuites/@failures)' "$work/re port.xml")" = 0 ] || fail "the sum of failures"

# ---- every defect at its line ----
new_project "$work/bad"
migration 1_users <<'END'
migration "Users"

create table users {
  id     id
  email  varchar(100) unique
  name   text
}
create table counted { id id
                       n int not null }
END
migration 2_forgets <<'END'
migration "A way down that forgets a column"
after users

run "nick <names> & 'more'" { ALTER TABLE users ADD COLUMN nick text } undo { SELECT 1 }
END
migration 3_loses <<'END'
migration "A way down that loses values"
after forgets

add column users.full_name text

down {
  run { UPDATE users SET email = NULL }
  drop column users.full_name
}
END
migration 4_required <<'END'
migration "Not null, and nothing to fill it with"
after loses

alter column users.name not null
END
tested 1 --junit "$work/bad.xml"
for engine in sqlite postgres; do
  says "migrations/2_forgets.mig:4:1: error[test]: $engine: after up and down the schema (+) is another than it was before (-)"
  says "migrations/3_loses.mig:6:1: error[test]: $engine: up and down lose rows or values that were there before"
  says "migrations/4_required.mig:4:1: error[test]: $engine: up, with rows in the tables: "
  equal 3 "$(xmllint --xpath "count(//testsuite[@name='shop.$engine']/testcase[@name='2_forgets' or @name='3_loses' or @name='4_required'][@file and @line]/failure)" "$work/bad.xml")" "the located failures of $engine"
done
says "+  column nick text"
says "column users.email: 1 value before, 0 afterwards"
says "put rows of your own into tests/3_loses.sql"
line_of FAILED "from earlier versions"
says "4_required fails by itself, see there"
# rows of the user's own are what the application can have
mkdir "$project/tests"
echo "INSERT INTO users (name, email) VALUES ('a;b', 'c'); -- one is enough" >"$project/tests/1_users.sql"
tested 1 --engine sqlite
line_of ok 4_required
echo "INSERT INTO nowhere VALUES (1)" >"$project/tests/1_users.sqlite.sql"
tested 1 --engine sqlite
says "tests/1_users.sqlite.sql:1:1: error[test]: sqlite: tests/1_users.sqlite.sql: no such table: nowhere"

# ---- the sample of docs/testing.md is what is printed ----
new_project "$work/sample"
migration 20260105090000_create_users <<'END'
migration "Users"

create table users { id id
                     email text }
END
migration 20260301_nick_names <<'END'
migration "Nick names"
after create_users

run "nick names" { ALTER TABLE users ADD COLUMN nick text } undo { SELECT 1 }
END
no_durations() { sed -E 's/ +[0-9.]+ (ms|s)$/ (time)/'; }
code=0
"$MIGEN" test -C "$project" --engine sqlite >"$work/sample.printed" 2>&1 || code=$?
equal 1 "$code" "the exit code of the sample"
nothing_left
awk '/^What fails is shown/ { found = 1 } inside && /^```/ { exit } inside { print } found && /^```/ { inside = 1 }' \
  "$SOURCE/docs/testing.md" | no_durations >"$work/sample.wanted"
[ "$(wc -l <"$work/sample.wanted")" -gt 5 ] || fail "docs/testing.md has no sample of a failure any more"
no_durations <"$work/sample.printed" | grep -F -A "$(($(wc -l <"$work/sample.wanted") - 1))" -- "$(head -n 1 "$work/sample.wanted")" >"$work/sample.found"
same "$work/sample.wanted" "$work/sample.found"

# A condition that holds for ever: done again where nobody knows that it was done, and after a kill.
new_project "$work/again"
migration 1_counted <<'END'
migration "A table"

create table counted { id id
                       n int not null }
END
migration 2_again <<'END'
migration "Whose condition holds for ever"
after counted

run "counting" { UPDATE counted SET n = n + 1 } when { SELECT 1 FROM counted } undo { UPDATE counted SET n = n - 1 }
END
migration 3_alone <<'END'
migration "Outside of a transaction"
after again
transaction none

run "counting outside" { UPDATE counted SET n = n + 100 } when { SELECT 1 FROM counted } undo none
create index counted_n on counted (n)
END
tested 1
says 'migrations/2_again.mig:4:1: error[test]: sqlite: on the tables of 2_again, without a history, `up` leaves other rows (+) than with one (-)'
says 'migrations/2_again.mig:4:1: error[test]: postgres: on the tables of 2_again, without a history'
says 'migrations/3_alone.mig:5:1: error[test]: postgres: killed at point'
line_of ok 2_again

# ---- one engine only; an extension that the server has not; a migration that cannot be ----
new_project "$work/one"
migration 1_one <<'END'
migration "SQL of PostgreSQL alone"

create table t { id id
                 n text }
run "casting" { UPDATE t SET n = 1::text } undo none
END
tested 1
says "migrations/1_one.mig:5:1: error[test]: sqlite: up: unrecognized token"
line_of ok 1_one
new_project "$work/extension" postgres
migration 1_extension <<'END'
migration "An extension that nobody has"

create extension no_such_extension
END
tested 1
says 'migrations/1_extension.mig:3:1: error[test]: postgres: up: extension "no_such_extension" is not available'
new_project "$work/never" sqlite
migration 1_first <<'END'
migration "There is no way back from here"

create table t { id id }
down never "the data is gone"
END
migration 2_second <<'END'
migration "But from here"
after first

create table u { id id }
END
tested 0
says "down to base: nothing is left (to 1_first, which has no way down)"
echo 'nonsense' >>"$project/migrations/2_second.mig"
tested 1
says "migrations/2_second.mig:5:1: error["

# ---- JSON ----
new_project "$work/json" sqlite
migration 1_a <<'END'
migration "A"

create table t { id id }
END
tested 0 --json
sqlite3 :memory: "SELECT json_valid(readfile('$work/out'))" | grep -qx 1 || fail "no JSON: $(cat "$work/out")"
equal "1|1|8" "$(sqlite3 :memory: "SELECT json_extract(d, '\$.ok'), json_array_length(d, '\$.suites'), json_array_length(d, '\$.suites[0].checks') FROM (SELECT readfile('$work/out') AS d)")" "what the JSON says"

# ---- no server: said plainly; an error where PostgreSQL was asked for ----
new_project "$work/both"
migration 1_a <<'END'
migration "A"

create table t { id id }
END
tested 0 --postgres "$work/json" --junit "$work/none.xml"
says "skipped  all of it: there are no initdb and postgres in $work/json"
equal 1 "$(xmllint --xpath 'count(//skipped)' "$work/none.xml")" "the number of skipped cases"
tested 78 --postgres "$work/json" --strict
tested 78 --postgres "$work/json" --engine postgres
says "PostgreSQL is an engine that was to be tested, and was not"
tested 64 --url sqlite:x.db --engine postgres
tested 69 --url "host=$work port=1 user=x" --engine postgres
expect 64 "$MIGEN" test -C "$project" shop

# ---- a server that is there: databases of its own, and none of them left ----
start_postgres
export MIGEN_TEST_URL="postgresql:///postgres?host=$pg_socket&port=$pg_port&user=postgres"
tested 0 --engine postgres
unset MIGEN_TEST_URL
equal "postgres template0 template1" "$(query postgres "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database")" "the server's databases"
query postgres "CREATE ROLE weak LOGIN"
tested 77 --engine postgres --url "postgresql://weak@/postgres?host=$pg_socket&port=$pg_port"
says "CREATEDB"

# ---- a signal in the midst, on a file and on the server: nothing is left ----
project="$work/it's \"a\" shop"
for signal in INT TERM; do
  sign="sqlite: SQLite"
  [ "$signal" = INT ] || sign="postgres: PostgreSQL"
  "$MIGEN" test -C "$project" >"$work/out" 2>"$work/log" &
  tester=$!
  for _ in $(seq 1200); do
    sed -n "/^$sign/,\$p" "$work/out" | grep -q 'create_users' && break
    sleep 0.1
  done
  server=$(ps -o pid=,args= --ppid "$tester" | grep 'bin/postgres -D' || true)
  read -r server_is _ _ server_data _ <<<"$server" || true
  kill -s "$signal" "$tester"
  code=0
  wait "$tester" || code=$?
  equal 3 "$code" "the exit code after SIG$signal"
  says "stopped by a signal; nothing is left behind"
  says "test: stopped"
  nothing_left
  [ "$signal" = INT ] && continue
  [ -n "$server" ] || fail "there was no server when the signal came"
  ! kill -0 "$server_is" 2>/dev/null || fail "the server runs on: $server"
  [ ! -e "$server_data" ] || fail "left behind: $server_data"
done
