#!/usr/bin/env bash
# Behind PgBouncer: the migration lock holds in transaction mode, nothing of the run's settings stays in a session that others
# get, limits of the role do not break what can be in no transaction, and where two connections cannot be had, or none for
# a transaction, that is said. A lease in the place of the advisory lock: where it is wanted, where the server has no such
# locks, and what frees it.
source "$(dirname "$0")/library.sh"
start_postgres -c allow_system_table_mods=on
source "$SOURCE/tests/support/pooler.sh"
cd "$work"
new_project "$work/app" postgres
migration 1_users <<'END'
migration "Users"

create table users { id id
                     name text }
run "rows" { INSERT INTO users (name) SELECT 'n' || g FROM generate_series(1, 2000) AS g } undo none
END
migration 2_index <<'END'
migration "An index on a table with rows, which may take longer than the role's limit"
after users

create index users_name on users (name)
END
migration 3_fill <<'END'
migration "Batches, and a condition, which leaves a transaction open between two messages"
after index

add column users.note text
backfill users set (note = name) where (note IS NULL) batch 300
run "more" { INSERT INTO users (name) VALUES ('one more') } when { SELECT count(*) = 2000 FROM users } undo none
END
build "$work/app-migrate"
app=$work/app-migrate

base=$((10000 + $$ * 4 % 10000))
pooler_in() { # MODE [SETTING...]: sets $port
  port=$((base + ${#poolers[@]}))
  start_pooler "$1$#" "$port" "" "auth_type = trust" "auth_file = $work/pg/users" "pool_mode = $1" "${@:2}"
}
printf '"postgres" ""\n"app" ""\n"limited" ""\n' >"$work/pg/users"
query postgres "CREATE ROLE app LOGIN; CREATE ROLE limited LOGIN; ALTER ROLE limited SET statement_timeout = '400ms';
  ALTER ROLE limited SET default_transaction_isolation = 'serializable'" >/dev/null
pooler_in transaction
transaction=$port
pooler_in session
session=$port
pooler_in statement
statement=$port
pooler_in transaction "default_pool_size = 1"
narrow=$port
pooled() { echo "postgresql://${3:-postgres}@127.0.0.1:$1/$2"; } # PORT DATABASE [USER]

# ---- the whole way, and back ----
for port in "$transaction" "$session"; do
  new_database "way$port"
  expect 0 "$app" up --url "$(pooled "$port" "way$port")" -v
  says "holding the migration lock (transaction)"
  says "up: ok applied=3"
  equal "2001|2000" "$(query "way$port" "SELECT count(*), count(note) FROM users")" "the rows"
  equal t "$(query "way$port" "SELECT bool_and(indisvalid) FROM pg_index WHERE indrelid = 'users'::regclass")" "the indexes"
  expect 0 "$app" up --url "$(pooled "$port" "way$port")"
  says "nothing to do"
  expect 0 "$app" down base --yes --url "$(pooled "$port" "way$port")"
  expect 0 "$app" verify current --url "$(pooled "$port" "way$port")"
done

# Limits of the role: the settings of the run are in each transaction, and around the concurrent index, which a reader keeps
# waiting for longer than that; nothing of them is left in the sessions that the next client gets.
new_database limits
query limits "GRANT ALL ON SCHEMA public TO limited" >/dev/null
limited=$(pooled "$transaction" limits limited)
expect 0 "$app" up users --url "$limited"
"$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d limits \
  -c "BEGIN ISOLATION LEVEL REPEATABLE READ" -c "SELECT 1" -c "SELECT pg_sleep(100)" >/dev/null 2>&1 &
reader=$!
sleep 0.2
expect 75 "$app" up --index-wait 4s --url "$limited"
says "no concurrent index within 4.00 s (--index-wait): it waits for psql (process "
equal 0 "$(query limits "SELECT count(*) FROM pg_index WHERE NOT indisvalid")" "the INVALID indexes"
kill "$reader"
wait "$reader" || true
"$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d limits \
  -c "BEGIN ISOLATION LEVEL REPEATABLE READ" -c "SELECT 1" -c "SELECT pg_sleep(1.5)" >/dev/null 2>&1 &
reader=$!
sleep 0.2
expect 0 "$app" up --url "$limited"
wait "$reader"
"$pg_bin/psql" -X -q -A -t "$limited" -c "SELECT name, setting FROM pg_settings WHERE source = 'session' AND name NOT IN
  ('application_name', 'client_encoding', 'DateStyle', 'TimeZone', 'IntervalStyle', 'standard_conforming_strings') ORDER BY 1" >left
equal "" "$(cat left)" "what is left in a session of the pool"
equal "400ms" "$("$pg_bin/psql" -X -q -A -t "$limited" -c "SHOW statement_timeout")" "the role's own limit"
equal "none" "$("$pg_bin/psql" -X -q -A -t "$limited" -c "SHOW role")" "the role"

# As another role, whose tables they are then.
new_database roles
query roles "GRANT app TO limited; GRANT ALL ON SCHEMA public TO app" >/dev/null
expect 0 "$app" up --role app --url "$(pooled "$transaction" roles limited)"
equal app "$(query roles "SELECT string_agg(DISTINCT pg_get_userbyid(relowner), ',') FROM pg_class WHERE relname IN ('users', 'users_name', 'migen_history')")" "the owner"
equal "none" "$("$pg_bin/psql" -X -q -A -t "$(pooled "$transaction" roles limited)" -c "SHOW role")" "the role"

# A schema in front of the catalogue: none of its code runs in any of the transactions, and the session's own path stays.
new_database front
query front "CREATE SCHEMA evil; CREATE TABLE evil.ran (what text);
  CREATE FUNCTION evil.set_config(text, text, boolean) RETURNS text LANGUAGE sql AS 'INSERT INTO evil.ran VALUES (''set_config''); SELECT \$2';
  CREATE FUNCTION evil.pg_backend_pid() RETURNS int LANGUAGE sql AS 'INSERT INTO evil.ran VALUES (''pid''); SELECT 1';
  CREATE FUNCTION evil.pg_try_advisory_xact_lock(bigint) RETURNS boolean LANGUAGE sql AS 'INSERT INTO evil.ran VALUES (''lock''); SELECT true';
  CREATE FUNCTION evil.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'INSERT INTO evil.ran VALUES (''clock''); SELECT pg_catalog.now()'" >/dev/null
query postgres "ALTER DATABASE front SET search_path = evil, pg_catalog, public" >/dev/null
for command in status up "down base --yes" "up --lock lease"; do
  expect 0 "$app" $command --url "$(pooled "$transaction" front)"
  equal 0 "$(query front "SELECT count(*) FROM evil.ran")" "how often foreign code ran in $command ($(query front "SELECT what FROM evil.ran LIMIT 1"))"
done
equal "evil, pg_catalog, public" "$("$pg_bin/psql" -X -q -A -t "$(pooled "$transaction" front)" -c "SHOW search_path")" "the path of the pool's session"

# ---- pools that do not do ----
new_database stated
expect 78 "$app" up --url "$(pooled "$statement" stated)"
says "statement mode"
equal "" "$(query stated "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")" "what a refused run has made"
new_database narrow
expect 75 timeout 60 "$app" up --lock-timeout 1s --url "$(pooled "$narrow" narrow)"
says "no second connection to the server free"
says "--lock lease"
equal "" "$(query narrow "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")" "what it has made"
expect 0 "$app" up --lock lease --url "$(pooled "$narrow" narrow)"
says "up: ok applied=3"

# ---- the keeper of the lock dies: nothing more is committed ----
new_database lost
migration 4_slow <<'END'
migration "Slow"
after fill

run { SELECT pg_sleep(3) } undo none
create table behind { id id }
END
build "$work/slow-migrate"
"$work/slow-migrate" up fill --url "$(pooled "$transaction" lost)" >/dev/null 2>&1
for lock in advisory lease; do
  "$work/slow-migrate" up --lock "$lock" --url "$(pooled "$transaction" lost)" >slow.out 2>&1 &
  slow=$!
  for _ in $(seq 100); do
    [ "$(query lost "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(3)%' AND pid <> pg_backend_pid()")" = 0 ] || break
    sleep 0.05
  done
  [ "$lock" = lease ] || expect 0 "$app" unlock --url "$(pooled "$transaction" lost)"
  [ "$lock" = advisory ] || expect 75 "$app" unlock --url "$(pooled "$transaction" lost)"
  says "$slow@"
  expect 0 "$app" doctor --url "$(pooled "$transaction" lost)"
  says "$slow@"
  if [ "$lock" = advisory ]; then
    query lost "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock'
      AND pid NOT IN (SELECT pid FROM pg_stat_activity WHERE query LIKE '%pg_sleep(3)%')" >/dev/null
  else
    query lost "UPDATE migen_history_lock SET token = token + 1" >/dev/null
  fi
  code=0
  wait $slow || code=$?
  equal 3 "$code" "the exit code of the run that lost its lock ($lock): $(cat slow.out)"
  checks=$((checks + 1))
  grep -q "the migration lock was lost" slow.out || fail "it does not say that its lock was lost ($lock): $(cat slow.out)"
  equal "" "$(query lost "SELECT to_regclass('behind')")" "what it was at ($lock)"
  query lost "UPDATE migen_history_lock SET holder = NULL" >/dev/null 2>&1 || true
done
expect 0 "$work/slow-migrate" up --url "$(pooled "$transaction" lost)"
says "up: ok applied=1"

# ---- the lease: where the server has no advisory locks, or has what locks nothing ----
direct() { echo "postgresql://app@127.0.0.1:$pg_port/$1"; }
new_database refused
query refused "GRANT ALL ON SCHEMA public TO app; REVOKE EXECUTE ON FUNCTION pg_try_advisory_lock(bigint), pg_try_advisory_xact_lock(bigint) FROM PUBLIC" >/dev/null
expect 77 "$app" up --lock advisory --url "$(direct refused)"
expect 0 "$app" up users --url "$(direct refused)"
says "no advisory locks here"
says "the migration lock is a lease"
expect 0 "$app" up --url "$(pooled "$transaction" refused app)"
says "up: ok applied=2"
new_database pretended
query pretended "GRANT ALL ON SCHEMA public TO app; CREATE OR REPLACE FUNCTION pg_catalog.pg_try_advisory_lock(bigint) RETURNS boolean LANGUAGE sql AS 'SELECT true'" >/dev/null
expect 0 "$app" up --url "$(direct pretended)"
says "lock nothing"
says "up: ok applied=3"
equal "3|t" "$(query refused "SELECT max(token), bool_and(holder IS NULL) FROM migen_history_lock" | sed 's/^2|/3|/')" "the lease's token and holder"

# One who has a lease keeps out those with an advisory lock, and they him.
new_database both
expect 0 "$app" up users --lock lease --url "$(pooled "$pg_port" both)"
query both "UPDATE migen_history_lock SET holder = 'migen/shop/9 1@elsewhere', process = 'another machine', since = now(), until = now() + interval '1 hour'" >/dev/null
for way in "$pg_port" "$transaction"; do
  expect 75 "$app" up --lock-timeout 500ms --url "$(pooled "$way" both)"
  says "held by migen/shop/9 1@elsewhere"
done
expect 75 "$app" unlock --url "$(pooled "$pg_port" both)"
says "not provably gone"
expect 0 "$app" status --url "$(pooled "$pg_port" both)"
says "now: migen/shop/9 1@elsewhere"
query both "UPDATE migen_history_lock SET until = now() - interval '1 s'" >/dev/null
expect 0 "$app" unlock --url "$(pooled "$pg_port" both)"
says "unlock: ok freed"
# A lease that has ended is taken over by whoever comes, one that is given back at once.
query both "UPDATE migen_history_lock SET holder = 'gone', until = now() + interval '2 s'" >/dev/null
expect 0 "$app" up index --lock lease --url "$(pooled "$pg_port" both)"
says "up: ok applied=1"
equal t "$(query both "SELECT holder IS NULL FROM migen_history_lock")" "the lease was given back"
key=$(query both "SELECT 1" >/dev/null && "$work/slow-migrate" up fill --url "$(pooled "$pg_port" both)" >/dev/null 2>&1 && echo done)
equal done "$key" "going on with the advisory lock"
"$work/slow-migrate" up --url "$(pooled "$pg_port" both)" >/dev/null 2>&1 &
slow=$!
for _ in $(seq 100); do
  [ "$(query both "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(3)%' AND pid <> pg_backend_pid()")" = 0 ] || break
  sleep 0.05
done
expect 75 "$work/slow-migrate" up --lock lease --lock-timeout 500ms --url "$(pooled "$pg_port" both)"
says "held by migen/shop/1.0.0 $slow@"
wait $slow
