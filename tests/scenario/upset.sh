#!/usr/bin/env bash
# PostgreSQL, with others at work on the same database: views that are dropped while the catalogue is read, tables that are locked
# whole for long, and failures that look like a race and are none.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

new_project "$work/app" postgres
migration 1_books <<'END'
migration "Books"

create table books { id id
                     n int not null default 0 }
create view listed as { SELECT id, n FROM books }
create view counted as { SELECT count(*) AS books FROM listed }
END
migration 2_wide <<'END'
migration "Wide numbers"

alter column books.n type bigint
END
migration 3_other <<'END'
migration "Another view"

drop view counted
create view listed as { SELECT id, n, n > 0 AS some FROM books }
END
build "$work/app-migrate"
app=$work/app-migrate

# ---- twenty at once, over views that go and come ----
for round in 1 2 3; do
  new_database "crowd$round"
  runs=()
  for number in $(seq 20); do
    "$app" up --url "$url" >"$work/out.$number" 2>"$work/log.$number" &
    runs+=($!)
  done
  failures=0
  for run in "${runs[@]}"; do wait "$run" || failures=$((failures + 1)); done
  [ "$failures" = 0 ] || cat "$work"/log.* >&2
  equal 0 "$failures" "the number of twenty that failed in round $round"
  equal 3 "$(sed -n 's/^up: ok applied=\([0-9]*\) .*/\1/p' "$work"/out.* | awk '{ sum += $1 } END { print sum }')" "the number of migrations applied in round $round"
  expect 0 "$app" verify --url "$url"
done

# ---- a table that is locked whole: what only reads is bounded too, and says who is in the way ----
new_database locked
expect 0 "$app" up 1_books --url "$url"
"$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d locked \
  -c "SET application_name = 'the vacuum'; BEGIN; LOCK TABLE books; SELECT pg_sleep(60)" >/dev/null 2>&1 &
holder=$!
until [ "$(query locked "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND relation = 'books'::regclass")" = 1 ]; do sleep 0.05; done
expect 75 timeout 30 "$app" up --url "$url" --ddl-lock-timeout 200ms --ddl-retries 2
says "tried again"
says "the vacuum"
expect 75 timeout 30 "$app" verify --url "$url" --ddl-lock-timeout 200ms
says "the vacuum"
expect 0 timeout 30 "$app" status --url "$url" --ddl-lock-timeout 200ms
"$app" up --url "$url" --ddl-lock-timeout 200ms --ddl-retries 100 >"$work/out" 2>"$work/log" &
run=$!
until grep -q "tried again" "$work/log"; do kill -0 "$run" || fail "it did not wait: $(cat "$work/log")"; sleep 0.05; done
query postgres "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'the vacuum'" >/dev/null
wait "$holder" 2>/dev/null || true
wait "$run" || fail "it did not go on: $(cat "$work/log")"
expect 0 "$app" verify --url "$url"

# ---- what fails again as it did was no race ----
new_project "$work/wrong" postgres
migration 1_wrong <<'END'
migration "A view of nothing"

create table books { id id }
create view listed as { SELECT id, title FROM books }
END
build "$work/wrong-migrate"
new_database wrong
expect 1 "$work/wrong-migrate" up --url "$url"
says "title"
silent_about "quicker"
equal 0 "$(query wrong "SELECT count(*) FROM pg_class WHERE relname IN ('books', 'listed')")" "what is left"
