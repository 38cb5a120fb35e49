#!/usr/bin/env bash
# Raw DDL between other steps (PostgreSQL): what it made and dropped is seen, and it does not cost a round trip each time.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"
new_project "$work/app" postgres
for i in 1 2 3 4 5 6 7 8 9; do
migration ${i}_m$i <<END
migration "Raw and more $i"
create table a$i { id id; b text }
run "a function" { CREATE FUNCTION f$i() RETURNS int LANGUAGE sql AS 'SELECT 1' } undo { DROP FUNCTION f$i() }
create index on a$i (b)
add column a$i.c int
run "and a table" { CREATE TABLE r$i (x int) } undo { DROP TABLE r$i }
add column a$i.d int
END
done
migration 99_uses <<END
migration "Uses what raw SQL made"
run { ALTER TABLE a1 ADD COLUMN e int } undo { ALTER TABLE a1 DROP COLUMN IF EXISTS e }
add column a1.e int
create index ix_r1 on r1 (x)
run { DROP INDEX ix_r1 } undo none
create index ix_r1b on r1 (x)
END
build "$work/app-migrate"
"$ROUND_TRIPS" "$((pg_port + 1))" "$pg_socket" "$pg_port" "$work/count" >proxy.out &
proxy=$!
sleep 0.3
new_database counted
url="postgresql://postgres@127.0.0.1:$((pg_port + 1))/counted?sslmode=disable"
expect 0 "$work/app-migrate" up --url "$url"
says "skipped  column a1.e, already there"
says "created  index ix_r1b on r1"
silent_about "verify:"
expect 0 "$work/app-migrate" verify --url "$url"
expect 0 "$work/app-migrate" down base --yes --url "$url"
sleep 0.3
kill "$proxy"
trips=$(sed -n 1p count)
echo "round trips: $trips for 10 migrations with 21 pieces of raw DDL"
[ "$trips" -le 18 ] || fail "$trips round trips are more than 10 + 8"
checks=$((checks + 1))
