#!/usr/bin/env bash
# A run that is interrupted, on both engines: kill -9 and SIGTERM in the middle of a long statement, a server that goes
# away, a lock that others hold. The next run ends where an undisturbed one would have; there is nothing to clear.
source "$(dirname "$0")/library.sh"
start_postgres -c max_prepared_transactions=2
cd "$work"

new_project "$work/app"
migration 1_users <<'END'
migration "Users"

create table users {
  id     id
  email  varchar(255) not null unique
}
seed users (email) key (email) { 'a@example.org' }
END
migration 2_slow <<'END'
migration "A long look at the users"

add column users.name text
run "naming" { UPDATE users SET name = 'slow ' || email } undo none
on postgres {
  run "thinking" { SELECT pg_sleep(CASE WHEN (SELECT count(*) FROM pauses) > 0 THEN 60 ELSE 0 END) } undo none
}
on sqlite {
  run "thinking" {
    INSERT INTO counted
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n, pauses WHERE i < pauses.until)
    SELECT max(i) FROM n
  } undo none
}
END
migration 3_last <<'END'
migration "And the last"

create table groups { id id
                      name text not null }
create index groups_name on groups (name)
END
build "$work/app-migrate"
app=$work/app-migrate

make() { # sqlite | postgres, with a table that says whether the long statement is long
  engine=$1
  made=$((${made:-0} + 1))
  if [ "$engine" = sqlite ]; then
    url=sqlite:$work/made$made.db
    sqlite3 "$work/made$made.db" "CREATE TABLE pauses (until INTEGER); CREATE TABLE counted (n INTEGER); INSERT INTO pauses VALUES (1)"
  else
    new_database "made$made"
    query "made$made" "CREATE TABLE pauses (until INTEGER)"
  fi
}

ask() { # SQL
  if [ "$engine" = sqlite ]; then
    sqlite3 "$work/made$made.db" "$1"
  else
    query "made$made" "$1"
  fi
}

slow() { if [ "$engine" = sqlite ]; then ask "UPDATE pauses SET until = 2000000000"; else ask "INSERT INTO pauses VALUES (1)"; fi; }
quick() { if [ "$engine" = sqlite ]; then ask "UPDATE pauses SET until = 1"; else ask "DELETE FROM pauses"; fi; }

# begin: starts an up whose middle is long, and waits until it is there.
begin() {
  slow
  "$app" up --url "$url" "$@" >"$work/begun.out" 2>"$work/begun.log" &
  begun=$!
  for _ in $(seq 100); do
    sleep 0.05
    if [ "$engine" = sqlite ]; then
      # The write lock is held: nobody else can begin to write.
      sqlite3 "$work/made$made.db" "BEGIN IMMEDIATE; ROLLBACK" >/dev/null 2>&1 || break
    else
      [ "$(query "made$made" "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(CASE%' AND pid <> pg_backend_pid()")" = 0 ] || break
    fi
  done
  sleep 0.2
  kill -0 "$begun" || { cat "$work/begun.log" >&2; fail "it has ended before it could be interrupted"; }
}

ended() { # CODE
  local code=0
  wait "$begun" 2>/dev/null || code=$?
  equal "$1" "$code" "the exit code"
  cp "$work/begun.out" "$work/out"
  cp "$work/begun.log" "$work/log"
}

dump() { # without when it was and how long it took
  if [ "$engine" = sqlite ]; then
    sqlite3 "$work/made$made.db" .dump | grep -v migen_history
    ask "SELECT id, direction, outcome, hash FROM migen_history ORDER BY seq"
  else
    dump_postgres "made$made"
    ask "SELECT id, direction, outcome, hash FROM migen_history WHERE direction <> 'intent' ORDER BY seq"
  fi
}

as_undisturbed() {
  expect 0 "$app" up --url "$url"
  says "up: ok"
  dump >"$work/$engine.disturbed"
  same "$work/$engine.undisturbed" "$work/$engine.disturbed"
  expect 0 "$app" verify --url "$url"
  expect 0 "$app" up --url "$url"
  says "applied=0 already=3"
}

for engine in sqlite postgres; do
  make $engine
  expect 0 "$app" up --url "$url"
  dump >"$work/$engine.undisturbed"

  # kill -9. The server sees that its client is gone (client_connection_check_interval) and rolls back by itself. PostgreSQL 13
  # sees it only when the statement has ended: there somebody has to end it.
  make $engine
  begin
  kill -KILL "$begun"
  ended 137
  if [ "$engine" = postgres ]; then
    [ "$(major "$pg_server/postgres")" -ge 14 ] ||
      query postgres "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'migen%'" >/dev/null
    for _ in $(seq 60); do
      [ "$(query "made$made" "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'migen%'")" != 0 ] || break
      sleep 0.1
    done
  fi
  quick
  as_undisturbed

  # SIGTERM and SIGINT: the statement is cancelled, what is open rolled back, exit 3, and what to do.
  for signal in TERM INT HUP; do
    make $engine
    begin
    kill -$signal "$begun"
    ended 3
    says "next:"
    says "rolled back"
    says "up: failed exit=3"
    if [ "$engine" = sqlite ]; then
      equal 0 "$(ask "SELECT count(*) FROM sqlite_schema WHERE name = 'users'")" "what stayed"
    else
      equal 0 "$(query "made$made" "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'migen%'")" "the sessions"
      equal 1_users "$(ask "SELECT string_agg(id, ' ') FROM migen_history WHERE direction = 'up'")" "what stayed"
    fi
    quick
    as_undisturbed
  done

  # While one works, another waits for it, and says who has the lock when it has waited enough.
  make $engine
  begin
  expect 75 "$app" up --url "$url" --lock-timeout 300ms
  says "lock"
  says "--lock-timeout"
  kill -TERM "$begun"
  ended 3
  quick
  as_undisturbed
done

# A connection that is cut: exit 3 or 69, both say to try again, and the next run goes on.
engine=postgres
make postgres
begin
query postgres "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'migen%'" >/dev/null
ended 3
says "next:"
quick
as_undisturbed

# A table that another session reads: the short lock timeout is met, tried again, and ends in exit 75; nothing is changed.
make postgres
expect 0 "$app" up 1_users --url "$url"
"$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d "made$made" \
  -c "BEGIN; SELECT count(*) FROM users; SELECT pg_sleep(60)" >/dev/null 2>&1 &
reader=$!
for _ in $(seq 50); do
  [ "$(query "made$made" "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'BEGIN; SELECT count%' AND state = 'active' AND pid <> pg_backend_pid()")" = 0 ] || break
  sleep 0.1
done
sleep 0.2
expect 75 "$app" up --url "$url" --ddl-lock-timeout 100ms --ddl-retries 1
says "tried again"
says "[55P03]"
equal f "$(ask "SELECT EXISTS (SELECT 1 FROM information_schema.columns WHERE column_name = 'name' AND table_name = 'users')")" "the column"
"$app" up --url "$url" --ddl-lock-timeout 100ms --ddl-retries 50 >"$work/begun.out" 2>"$work/begun.log" &
begun=$!
sleep 0.5
query postgres "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'BEGIN; SELECT count%' AND pid <> pg_backend_pid()" >/dev/null
wait "$reader" 2>/dev/null || true
ended 0
as_undisturbed

# A prepared transaction has no session, and is not gone: it waits for somebody to end it.
make postgres
expect 0 "$app" up 1_users --url "$url"
ask "BEGIN; SELECT count(*) FROM users; PREPARE TRANSACTION 'for''gotten'" >/dev/null
expect 75 "$app" up --url "$url" --ddl-lock-timeout 100ms --ddl-retries 1
says "no ACCESS EXCLUSIVE lock on users within 100.0 ms: it is in use by the prepared transaction 'for''gotten' of user postgres"
says "ROLLBACK PREPARED 'for''gotten'"
ask "ROLLBACK PREPARED 'for''gotten'"
as_undisturbed

# Decided anew behind a lock timeout, "two back" and "two on" are what is left of two, not two more.
counted_with_a_reader() { # APPLIED-THEN COMMAND...
  local wanted=$1 reader run
  shift
  "$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d "made$made" \
    -c "BEGIN; SELECT count(*) FROM users; SELECT pg_sleep(60)" >/dev/null 2>&1 &
  reader=$!
  for _ in $(seq 50); do
    [ "$(query "made$made" "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'BEGIN; SELECT count%' AND state = 'active' AND pid <> pg_backend_pid()")" = 0 ] || break
    sleep 0.1
  done
  "$@" --url "$url" --ddl-lock-timeout 100ms --ddl-retries 100 >"$work/out" 2>"$work/log" &
  run=$!
  until grep -q "tried again" "$work/log" || ! kill -0 "$run"; do sleep 0.1; done
  query postgres "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'BEGIN; SELECT count%' AND pid <> pg_backend_pid()" >/dev/null
  wait "$reader" 2>/dev/null || true
  wait "$run" || fail "$*: $(cat "$work/log")"
  says "tried again"
  expect 0 "$app" current --url "$url"
  says "$wanted"
}
new_project "$work/counted"
migration 1_users <<'END'
migration "Users"
create table users { id id }
END
migration 2_groups <<'END'
migration "Groups"
create table groups { id id }
END
migration 3_name <<'END'
migration "A name"
add column users.name text
END
migration 4_teams <<'END'
migration "Teams"
create table teams { id id }
END
migration 5_note <<'END'
migration "A note"
add column users.note text
END
build "$work/counted-migrate"
app=$work/counted-migrate
make postgres
expect 0 "$app" up 1_users --url "$url"
counted_with_a_reader 3_name "$app" up +2
expect 0 "$app" up --url "$url"
expect 0 "$app" down 4_teams --yes --url "$url"
counted_with_a_reader 2_groups "$app" down -2 --yes
app=$work/app-migrate

# SQLite: a writer of another program; a reader does no harm.
engine=sqlite
make sqlite
expect 0 "$app" up 1_users --url "$url"
mkfifo "$work/pipe"
sqlite3 "$work/made$made.db" <"$work/pipe" >/dev/null &
writer=$!
exec 9>"$work/pipe"
printf 'BEGIN IMMEDIATE;\n' >&9
sleep 0.3
expect 75 "$app" up --url "$url" --lock-timeout 200ms
says "up: failed exit=75"
printf 'ROLLBACK; BEGIN; SELECT count(*) FROM users;\n' >&9
sleep 0.2
"$app" up --url "$url" >"$work/begun.out" 2>"$work/begun.log" &
begun=$!
sleep 0.5
printf 'ROLLBACK;\n' >&9
exec 9>&-
wait "$writer" || true
ended 0
as_undisturbed

# kill -9 at any time of the worked example: the next up ends where an undisturbed one does.
build_shop
app=$shop
for engine in sqlite postgres; do
  for delay in none 0.002 0.004 0.006 0.008 0.011 0.015 0.02 0.03 0.05 0.08; do
    made=$((made + 1))
    if [ "$engine" = sqlite ]; then
      url=sqlite:$work/made$made.db
    else
      new_database "made$made"
    fi
    [ "$delay" = none ] || { timeout -s KILL $delay "$app" up --url "$url"; } >/dev/null 2>&1 || true
    expect 0 "$app" up --url "$url"
    says "up: ok"
    dump >"$work/$engine.disturbed"
    [ "$delay" != none ] || cp "$work/$engine.disturbed" "$work/$engine.undisturbed"
    same "$work/$engine.undisturbed" "$work/$engine.disturbed"
    expect 0 "$app" verify --url "$url"
  done
done

# ---- --statement-timeout ends a statement on both engines; what is done before it stands as after any stop ----
for engine in sqlite postgres; do
  make $engine
  if [ $engine = sqlite ]; then ask "UPDATE pauses SET until = 1000000000"; else ask "INSERT INTO pauses VALUES (1)"; fi
  expect 3 "$work/app-migrate" up --statement-timeout 300ms --url "$url"
  says "canceling statement due to statement timeout"
  says "--statement-timeout"
  if [ $engine = sqlite ]; then ask "UPDATE pauses SET until = 1"; else ask "DELETE FROM pauses"; fi
  expect 0 "$work/app-migrate" up --statement-timeout 300ms --url "$url"
  expect 0 "$work/app-migrate" verify --url "$url"
done
