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

# Deferred foreign keys, as Django makes them: rows and changes of one table, in turn, in one migration (55006 without more ado).
new_project "$work/deferred" postgres
migration 1_tables <<'END_OF_FILE'
migration "Tables of another tool"
create table p { id id }
run "c" { CREATE TABLE c (id bigint PRIMARY KEY, p_id bigint REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED, v int); INSERT INTO p VALUES (1), (2); INSERT INTO c VALUES (1, 1, 1), (2, 2, 2) } undo { DROP TABLE c }
END_OF_FILE
migration 2_rows <<'END_OF_FILE'
migration "Rows, and the table itself"
given table c { id bigint primary key
                p_id bigint
                v int }
seed c (id, p_id) key (id) { 7, 1 }
alter column c.p_id not null
run "move" { UPDATE c SET p_id = 2 } undo none
add column c.z int
run "a row before what it refers to" { INSERT INTO c (id, p_id) VALUES (9, 9); INSERT INTO p VALUES (9) } undo none
alter column c.v type bigint
END_OF_FILE
build "$work/deferred-migrate"
new_database deferred
expect 0 "$work/deferred-migrate" up --strict 1_tables --url "$url"
expect 0 "$work/deferred-migrate" up --strict --url "$url"
equal "1|2,2|2,7|2,9|9 bigint" "$(query deferred "SELECT string_agg(id || '|' || p_id, ',' ORDER BY id), (SELECT data_type FROM information_schema.columns WHERE table_name = 'c' AND column_name = 'v') FROM c" | tr '|' ' ' | sed 's/\([0-9]\) \([0-9]\)/\1|\2/g')" "deferred keys: rows, and the column's type"
