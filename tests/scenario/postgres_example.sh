#!/usr/bin/env bash
# The worked example on PostgreSQL: the same promises as on SQLite, and the number of round trips.
source "$(dirname "$0")/library.sh"
build_shop
start_postgres
cd "$work"
new_database shop

expect 0 "$shop" up --url "$url"
says "up: ok applied=11"
silent_about "verify:"
dump_postgres shop >first.sql
expect 0 "$shop" verify --url "$url"

expect 0 "$shop" up --url "$url"
says "applied=0 already=11"

query shop "INSERT INTO users (email, hashed_password, full_name) VALUES ('a@example.org', 'x', 'A')"
dump_postgres shop >with_data.sql
query shop "DROP TABLE migen_history"
expect 0 "$shop" up --url "$url"
dump_postgres shop >recognised.sql
same with_data.sql recognised.sql

expect 0 "$shop" down base --yes --url "$url"
new_database empty
dump_postgres shop >base.sql
dump_postgres empty >empty.sql
same empty.sql base.sql
new_database shop2
url="postgresql:///shop?host=$pg_socket&port=$pg_port&user=postgres"
expect 0 "$shop" up --url "$url"
dump_postgres shop >again.sql
same first.sql again.sql

for _ in $(seq 11); do
  expect 0 "$shop" down --yes --url "$url"
done
dump_postgres shop >base.sql
same empty.sql base.sql

# With the auth service's schema there, its trigger is made; and taken back.
new_database auth
query auth "CREATE SCHEMA auth; CREATE TABLE auth.users (id uuid PRIMARY KEY, email text)"
expect 0 "$shop" up --url "$url"
says "trigger on_auth_user_created on auth.users"
query auth "INSERT INTO auth.users VALUES ('00000000-0000-0000-0000-000000000001', 'mirror@example.org')"
[ "$(query auth "SELECT count(*) FROM users WHERE auth_id IS NOT NULL")" = 1 ] || fail "the trigger does not work"
expect 0 "$shop" down base --yes --url "$url"

# Twenty at once on an empty database.
new_database many
pids=()
for i in $(seq 20); do
  "$shop" up --url "$url" >"many.$i" 2>&1 &
  pids+=($!)
done
for pid in "${pids[@]}"; do
  wait "$pid" || { cat many.*; fail "one of twenty: exit $?"; }
done
[ "$(query many "SELECT count(*) FROM migen_history WHERE direction = 'up'")" = 11 ] || fail "not applied once each"
dump_postgres many >many.sql
same first.sql many.sql

# Round trips: one for a run with nothing to do; N + 8, and one for each condition, for N migrations.
proxy_port=$((pg_port + 1))
"$ROUND_TRIPS" "$proxy_port" "$pg_socket" "$pg_port" "$work/count" >proxy.out &
proxy=$!
sleep 0.3
new_database counted
url="postgresql://postgres@127.0.0.1:$proxy_port/counted?sslmode=disable"
expect 0 "$shop" up --url "$url"
expect 0 "$shop" up --url "$url"
sleep 0.3
kill "$proxy"
first=$(sed -n 1p count)
second=$(sed -n 2p count)
echo "round trips: $first for 11 migrations with 3 conditions, $second with nothing to do"
[ "$first" -le 22 ] || fail "$first round trips are more than 11 + 8 + 3"
[ "$second" -eq 1 ] || fail "$second round trips with nothing to do"
checks=$((checks + 2))
