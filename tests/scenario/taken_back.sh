#!/usr/bin/env bash
# A `down` whose client was killed goes on in the server, as its statements are there already: who looks meanwhile is not told
# that all is well. `up` waits for it, `gate` stays shut, `status` says it; directly, behind a pooler, and with a lease. An `up`
# that works for long, on the other hand, is in nobody's way who has all that he needs.
source "$(dirname "$0")/library.sh"
start_postgres
source "$SOURCE/tests/support/pooler.sh"
source "$SOURCE/tests/support/holder.sh"
cd "$work"
new_project "$work/app" postgres
migration 1_users <<'END'
migration "Users"

create table users { id id }
END
migration 2_tags <<'END'
migration "Tags"

create table tags { id id }
END
build "$work/release1"
app=$work/release1
migration 3_slow <<'END'
migration "Slow"

run { SELECT pg_sleep(30) } undo none
END
build "$work/release2" 2.0.0

port=$((10000 + $$ * 4 % 10000))
printf '"postgres" ""\n' >"$work/pg/users"
start_pooler transaction "$port" "" "auth_type = trust" "auth_file = $work/pg/users" "pool_mode = transaction"

until_waits() { # a session of migen's waits for the table
  for _ in $(seq 200); do
    [ "$(query "$made" "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted
      AND a.datname = '$made' AND a.query ILIKE '%tags%'")" = 0 ] || return 0
    sleep 0.05
  done
  fail "nobody waits for the table"
}

killed_down() { # DATABASE direct|pooled [OPTION...]: `down` is killed while its statements wait in the server.
  local down
  made=$1
  new_database "$made"
  [ "$2" = direct ] || url=postgresql://postgres@127.0.0.1:$port/$made
  expect 0 "$app" up --url "$url" "${@:3}"
  held "SELECT 1 FROM tags"
  "$app" down -1 --yes --ddl-lock-timeout 60s --url "$url" "${@:3}" >/dev/null 2>&1 &
  down=$!
  until_waits
  kill -KILL "$down"
  wait "$down" 2>/dev/null || true
}

for kind in direct pooled; do
  killed_down "killed_$kind" "$kind"
  "$app" up --url "$url" >"$work/up.out" 2>&1 &
  up=$!
  expect 0 "$app" status --url "$url"
  says "going down"
  expect 75 "$app" gate --timeout 0 --url "$url"
  says "taking migrations back"
  kill -0 "$up" || fail "up has not waited ($kind): $(cat "$work/up.out")"
  released
  wait "$up" || fail "up behind a killed down ($kind): $(cat "$work/up.out")"
  expect 0 "$app" gate --timeout 0 --url "$url"
  expect 0 "$app" verify --url "$url"
  equal 2 "$(query "$made" "SELECT count(*) FROM pg_tables WHERE tablename IN ('users', 'tags')")" "the tables ($kind)"
done

# With a lease the token is proven at the end of the transaction: what was killed never comes to its COMMIT.
killed_down leased direct --lock lease
expect 0 "$app" up --lock lease --url "$url"
released
expect 0 "$app" gate --timeout 0 --url "$url"
expect 0 "$app" verify --url "$url"
# One that lives is waited for.
held "SELECT 1 FROM tags"
"$app" down -1 --yes --lock lease --url "$url" >/dev/null 2>&1 &
down=$!
until_waits
expect 75 "$app" gate --timeout 0 --url "$url"
says "taking migrations back"
expect 75 "$app" up --lock lease --lock-timeout 300ms --url "$url"
says "going down"
released
wait "$down" || fail "the way down with a lease"
expect 0 "$app" status --url "$url"
says "pending=1"

# Tried again and again, a migration has one heading.
expect 0 "$app" up --url "$url"
held "SELECT 1 FROM tags"
expect 75 "$app" down -1 --yes --ddl-lock-timeout 200ms --ddl-retries 2 --url "$url"
says_once "2_tags  Tags"
released

# A newer release is at work: pods of the older one have what they need, and start.
new_database newer
made=newer
expect 0 "$app" up --url "$url"
"$work/release2" up --url "$url" >/dev/null 2>&1 &
slow=$!
until [ "$(query newer "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%' AND pid <> pg_backend_pid()")" = 1 ]; do sleep 0.05; done
expect 0 "$app" up --lock-timeout 0 --url "$url"
says "nothing to do"
expect 0 "$app" gate --timeout 0 --url "$url"
kill -TERM "$slow"
wait "$slow" || true
