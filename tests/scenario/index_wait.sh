#!/usr/bin/env bash
# A concurrent index waits for every transaction that was there before it, also of those that never touch its table. `plan` and
# the run say for whom; the wait ends with exit 75 after --index-wait, and leaves no INVALID index for anybody to clear.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"
new_project "$work/app" postgres
migration 1_begin <<'END'
migration "What is there"
create table things { id id
                      n int
                      old int index }
create table others { id id }
END
migration 2_index <<'END'
migration "An index"
create unique index things_n on things (n)
END
migration 3_drop <<'END'
migration "And one that goes"
drop index things_old_idx
END
build "$work/app-migrate"
app=$work/app-migrate
new_database waits
expect 0 "$app" up begin --url "$url"
query waits "INSERT INTO things (n) SELECT generate_series(1, 1000); INSERT INTO others DEFAULT VALUES"

# hold NAME SQL: a session of that name whose transaction has done it, until let_go.
hold() {
  rm -f "$work/held"
  mkfifo "$work/held"
  PGAPPNAME=$1 "$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d waits <"$work/held" >/dev/null 2>&1 &
  exec {holding}>"$work/held"
  printf 'BEGIN ISOLATION LEVEL REPEATABLE READ;\n%s;\n' "$2" >&"$holding"
  until [ -n "$(query waits "SELECT 1 FROM pg_stat_activity WHERE application_name = '$1' AND state = 'idle in transaction' AND backend_xmin IS NOT NULL")" ]; do sleep 0.05; done
  sleep 1.1 # what is younger may be gone before it matters
}
let_go() {
  printf 'COMMIT;\n\\q\n' >&"$holding"
  exec {holding}>&-
}
invalid() { query waits "SELECT count(*) FROM pg_index WHERE NOT indisvalid"; }
gives_up() { # TARGET WHAT-IT-WAITS-FOR
  local began
  began=$(date +%s)
  expect 75 "$app" up "$1" --index-wait 2s --url "$url"
  [ $(($(date +%s) - began)) -lt 60 ] || fail "it gave up after $(($(date +%s) - began)) s"
  equal 1 "$(grep -c '^error' "$work/log")" "the number of errors"
  says "no concurrent index within 2.00 s (--index-wait): it waits for $2 (process "
  says "user postgres, on a local socket), in a transaction for"
  says "next:      run it again"
  silent_about "tried again"
}

# ---- somebody who looks at another table ----
hold night_report "SELECT count(*) FROM others"
expect 0 "$app" plan --url "$url"
says "-- would wait now for night_report (process "
gives_up index night_report
equal 0 "$(invalid)" "the INVALID indexes"
equal 0 "$(query waits "SELECT count(*) FROM pg_class WHERE relname = 'things_n'")" "what is left of the index"
expect 0 "$app" status --url "$url"
says "pending"
# It is said while it waits, and goes on when the other one ends.
"$app" up index --url "$url" >up.out 2>up.log &
run=$!
for _ in $(seq 200); do
  ! grep -q "index things_n waits for night_report (process " up.log || break
  sleep 0.1
done
checks=$((checks + 1))
grep -q "index things_n waits for night_report (process " up.log || fail "it does not say for whom it waits: $(cat up.log)"
kill -0 "$run" || fail "it did not wait"
let_go
wait "$run" || fail "exit $?: $(cat up.log)"
equal 0 "$(invalid)" "the INVALID indexes"
expect 0 "$app" plan --url "$url"
silent_about "would wait now"

# ---- somebody who has the table itself, so that the index cannot be taken away at once ----
expect 0 "$app" down begin --yes --url "$url"
hold slow_reader "SELECT count(*) FROM things"
gives_up index slow_reader
says "the INVALID index things_n is left, which the next run takes away"
equal 1 "$(invalid)" "the INVALID indexes"
let_go
expect 0 "$app" up index --url "$url"
equal 0 "$(invalid)" "the INVALID indexes"

# ---- an index that goes ----
hold slow_reader "SELECT count(*) FROM things"
gives_up drop slow_reader
let_go
expect 0 "$app" up --url "$url"
equal 0 "$(query waits "SELECT count(*) FROM pg_class WHERE relname = 'things_old_idx'")" "the dropped index"
expect 0 "$app" verify --url "$url"
# No place for a second connection: the server's own clock ends it.
expect 0 "$app" down begin --yes --url "$url"
query waits "CREATE ROLE narrow LOGIN CONNECTION LIMIT 1; ALTER TABLE things OWNER TO narrow; ALTER TABLE others OWNER TO narrow; ALTER TABLE migen_history OWNER TO narrow; GRANT ALL ON SCHEMA public TO narrow"
hold night_report "SELECT count(*) FROM others"
expect 75 "$app" up index --index-wait 2s --url "postgresql:///waits?host=$pg_socket&port=$pg_port&user=narrow"
says "no concurrent index within 2.00 s (--index-wait)"
equal 0 "$(invalid)" "the INVALID indexes"
let_go
expect 0 "$app" up --url "postgresql:///waits?host=$pg_socket&port=$pg_port&user=narrow"
