#!/usr/bin/env bash
# What a database, a role or others have set must not change what a run finds: settings that change how the server prints, another
# search path, schemas beside it. And what a run costs in round trips, also where raw SQL stands between and rows are there.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

new_project "$work/app" postgres
migration 1_tables <<'END'
migration "Tables"
create enum state ('new', 'it''s')
create table users { id     id
                     name   text not null check (name not in ('a', 'b'))
                     state  state not null default 'it''s'
                     price  numeric(10,2) default -1.50
                     born   timestamptz check (born > '2020-01-01')
                     index ix_lower (lower(name)) where (state = 'new') }
create view all_users as { SELECT * FROM users }
END
migration 2_raw <<'END'
migration "Raw SQL between"
run { ALTER TABLE users ADD COLUMN raw int; INSERT INTO users (name) VALUES ('raw') } undo { ALTER TABLE users DROP COLUMN raw; DELETE FROM users }
create index ix_raw on users (raw)
END
migration 3_rename <<'END'
migration "Another name"
rename column users.price to cost
add column users.seen bool not null default false
END
build "$work/app-migrate"
app=$work/app-migrate

# ---- settings ----
new_database odd
for setting in "statement_timeout = '200ms'" "default_transaction_read_only = on" "datestyle = 'German'" "lock_timeout = '10ms'" \
  "standard_conforming_strings = off" "quote_all_identifiers = on" "default_transaction_isolation = 'serializable'"; do
  query postgres "ALTER DATABASE odd SET $setting"
done
expect 0 "$app" up --url "$url"
silent_about "differs "
silent_about "warning"
expect 0 "$app" verify --url "$url"
says "verify: ok differences=0"
# The table is this run's own, though raw SQL stands between: no index is built concurrently, and nothing journalled.
equal 0 "$(query odd "SELECT count(*) FROM migen_history WHERE direction = 'intent'")" "the number of intents"
query postgres "ALTER DATABASE odd RESET default_transaction_read_only"
query odd "DROP TABLE migen_history"
expect 0 "$app" up --url "$url"
says "3_rename  adopted"
says "applied=0"

expect 78 "$app" up --role nobody_of_that_name --url "$url"
says 'role "nobody_of_that_name" does not exist'

# ---- a schema that is there, and is the search path's ----
new_project "$work/own" postgres
migration 1_own <<'END'
migration "A schema of its own"
create schema own
create table own.users { id id
                         n  text }
END
build "$work/own-migrate"
new_database schemas
query schemas "CREATE SCHEMA own"
expect 0 "$work/own-migrate" up --url "$url&options=-csearch_path%3Down"
says "skipped  schema own, already there"
expect 0 "$work/own-migrate" verify --url "$url"
says "differences=0"

# ---- round trips ----
proxy_port=$((pg_port + 1))
"$ROUND_TRIPS" "$proxy_port" "$pg_socket" "$pg_port" "$work/count" >proxy.out &
proxy=$!
sleep 0.3
new_database counted
url="postgresql://postgres@127.0.0.1:$proxy_port/counted?sslmode=disable"
trips() { # MOST WHAT: of the run that was the last
  sleep 0.2
  checks=$((checks + 1))
  [ "$(tail -n 1 count)" -le "$1" ] || fail "$(tail -n 1 count) round trips for $2"
}
expect 0 "$app" up --url "$url"
trips 9 "three migrations" # 3 + 8 are allowed
for _ in 1 2 3 4 5 6; do
  expect 0 "$app" up --url "$url"
  trips 1 "nothing to do"
done
query counted "DROP TABLE migen_history"
expect 0 "$app" up --url "$url"
trips 8 "an adoption"
expect 0 "$app" down 2_raw --yes --url "$url"
expect 0 "$app" up --url "$url"
trips 9 "one migration on a table with rows"
kill "$proxy"

# ---- another thing of the name: said once, and as data ----
new_database kinds
query kinds "CREATE VIEW users AS SELECT 1 AS id; CREATE TABLE all_users (id int)"
expect 1 "$app" up --url "$url" # what a step works on must be there
says_once "differs  table users: wanted a table, found a view"
new_project "$work/view" postgres
migration 1_view <<'END'
migration "A view"
create table t { id id }
create view v as { SELECT id FROM t }
END
build "$work/view-migrate"
new_database view
query view "CREATE TABLE v (id int)"
expect 0 "$work/view-migrate" up --url "$url"
says_once "view v: wanted a view, found a table"
expect 4 "$work/view-migrate" verify --format json --url "$url"
every_line_is_json "$work/out"
says '"event":"finding","migration":null,"operation":null,"object":"view v","outcome":"differs"'

# ---- the history in a schema that is there, for a role that may not make schemas ----
new_database elsewhere
query elsewhere "CREATE ROLE migrator LOGIN; CREATE SCHEMA \"His tory\"; GRANT USAGE, CREATE ON SCHEMA \"His tory\", public TO migrator"
expect 0 "$work/view-migrate" up --schema "His tory" --url "postgresql:///elsewhere?host=$pg_socket&port=$pg_port&user=migrator"
equal "His tory" "$(query elsewhere "SELECT schemaname FROM pg_tables WHERE tablename = 'migen_history'")" "the history's schema"
