#!/usr/bin/env bash
# Functions on PostgreSQL: those that CREATE OR REPLACE refuses to replace (other names of arguments, another result, a default less) are
# dropped and made again; and those whose arguments or result are a table's rows go with the table, and come back with it.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

new_project "$work/replaced" postgres
migration 1_first <<'EOF'
migration "Functions"
create table t { id id; a int }
create function f(int) { CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql AS $$ SELECT a $$ }
create function g(int) { CREATE OR REPLACE FUNCTION g(a int, OUT b int, OUT c int) LANGUAGE sql AS $$ SELECT a, a $$ }
create function h(text, int) { CREATE OR REPLACE FUNCTION h(text, int) RETURNS text LANGUAGE sql AS $$ SELECT $1 $$ }
create function out_one() { CREATE OR REPLACE FUNCTION out_one(OUT n int) LANGUAGE sql AS $$ SELECT 1 $$ }
create function wide(interval, timestamptz, numeric[]) { CREATE OR REPLACE FUNCTION wide(INOUT i interval day to second, x IN timestamp(3) with time zone DEFAULT now(), VARIADIC rest numeric(10,2)[] DEFAULT '{}') LANGUAGE sql AS $$ SELECT i $$ }
create function p(int) { CREATE OR REPLACE PROCEDURE p("In" INOUT int) LANGUAGE sql AS $$ SELECT "In" $$ }
create view v as { SELECT f(a) FROM t }
EOF
cp "$project/migrations/1_first.mig" "$work/kept.mig"
migration 2_second <<'EOF'
migration "The argument of one that a view calls"
create function f(int) { CREATE OR REPLACE FUNCTION f(b int) RETURNS int LANGUAGE sql AS $$ SELECT b $$ }
EOF
expect 1 sh -c 'cd "$1" && "$2" check' sh "$project" "$MIGEN"
says 'which has to be dropped to get other arguments or another result, is used by view "v"'
migration 2_second <<'EOF'
migration "Its name"
drop view v
create function f(int) { CREATE OR REPLACE FUNCTION f(b int) RETURNS int LANGUAGE sql AS $$ SELECT b $$ }
create view v as { SELECT f(a) FROM t }
EOF
step() { # NUMBER STATEMENT
  printf '%s\n' "migration \"Step $1\"" "$2" >"$project/migrations/$1_step.mig"
}
step 3 'create function g(int) { CREATE OR REPLACE FUNCTION g(a int, OUT b int, OUT d int) LANGUAGE sql AS $$ SELECT a, a $$ }'
step 4 'create function g(int) { CREATE OR REPLACE FUNCTION g(a int DEFAULT 3) RETURNS int LANGUAGE sql AS $$ SELECT a $$ }'
step 5 'create function g(int) { CREATE OR REPLACE FUNCTION g(a int) RETURNS int LANGUAGE sql AS $$ SELECT a $$ }'
step 6 'create function h(text, int) { CREATE OR REPLACE FUNCTION h(a text, b int) RETURNS text LANGUAGE sql AS $$ SELECT $1 $$ }'
step 7 'create function h(text, int) { CREATE OR REPLACE FUNCTION h(a text, b int DEFAULT 5) RETURNS text LANGUAGE sql AS $$ SELECT $1 $$ }'
step 8 'create function h(text, int) { CREATE OR REPLACE FUNCTION h(a text, b int DEFAULT 6) RETURNS text LANGUAGE sql AS $$ SELECT $1 $$ }'
step 9 'create function out_one() { CREATE OR REPLACE FUNCTION out_one(OUT n int, OUT m int) LANGUAGE sql AS $$ SELECT 1, 2 $$ }'
build "$work/replaced-migrate"
app=$work/replaced-migrate
new_database replaced
expect 0 "$app" up 1_first --strict --verify strict --url "$url"
query replaced "DROP TABLE migen_history"
expect 0 "$app" up 1_first --strict --url "$url"
for to in 2_second 3_step 4_step 5_step 6_step 7_step 8_step 9_step; do
  expect 0 "$app" up $to --verify strict --url "$url"
  says "replaced function"
done
for to in 8_step 7_step 6_step 5_step 4_step 3_step 2_second 1_first; do
  expect 0 "$app" down $to --yes --url "$url"
  says "replaced function"
  expect 0 "$app" verify current --url "$url"
done
equal "a integer, OUT b integer, OUT c integer" "$(query replaced "SELECT pg_get_function_arguments('g'::regproc)")" "g's arguments"
expect 0 "$app" up --verify strict --url "$url"
expect 0 "$app" down base --yes --url "$url"

# ---- rows of a table ----
new_project "$work/rows" postgres
migration 1_first <<'EOF'
migration "Rows"
create table t { id id; a int }
create table other { id id }
create function all_of() { CREATE FUNCTION all_of() RETURNS SETOF t LANGUAGE plpgsql AS $$ BEGIN RETURN; END $$ }
create function one_of() { CREATE FUNCTION one_of() RETURNS public.t LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$ }
create function a_of(t) { CREATE FUNCTION a_of(x t) RETURNS int LANGUAGE sql AS $$ SELECT x.a $$ }
create function not_of() { CREATE FUNCTION not_of() RETURNS int LANGUAGE plpgsql AS $$ DECLARE r t%ROWTYPE; BEGIN RETURN 1; END $$ }
create view on_all as { SELECT id FROM all_of() }
create view small as { SELECT id FROM other }
create function of_small() { CREATE FUNCTION of_small() RETURNS SETOF small LANGUAGE sql AS $$ SELECT * FROM other $$ }
EOF
migration 2_second <<'EOF'
migration "Without them"
drop table t
EOF
expect 1 sh -c 'cd "$1" && "$2" check' sh "$project" "$MIGEN"
says 'table "t" is used by function "all_of"'
migration 2_second <<'EOF'
migration "Without them"
drop view small
EOF
expect 1 sh -c 'cd "$1" && "$2" check' sh "$project" "$MIGEN"
says 'view "small" is used by function "of_small"'
migration 2_second <<'EOF'
migration "Renamed"
rename table t to things
EOF
migration 3_third <<'EOF'
migration "Gone"
drop table things cascade
drop view small cascade
EOF
build "$work/rows-migrate"
app=$work/rows-migrate
new_database rows
expect 0 "$app" up 1_first --verify strict --url "$url"
query rows "INSERT INTO t (a) VALUES (7)"
expect 0 "$app" up 2_second --verify strict --url "$url"
expect 0 "$app" up --verify strict --url "$url"
says "dropped  table things, with view on_all, function a_of, function all_of, function one_of"
says "dropped  view small, with function of_small"
equal not_of "$(query rows "SELECT string_agg(proname::text, ' ') FROM pg_proc WHERE pronamespace = 'public'::regnamespace")" "the functions that stay"
for to in 2_second 1_first; do
  expect 0 "$app" down $to --yes --url "$url"
  expect 0 "$app" verify current --url "$url"
done
equal "a_of all_of not_of of_small one_of" "$(query rows "SELECT string_agg(proname::text, ' ' ORDER BY proname) FROM pg_proc WHERE pronamespace = 'public'::regnamespace")" "the functions"
expect 0 "$app" down base --yes --url "$url"
expect 0 "$app" up --verify strict --url "$url"

# ---- types in other words than the server's ----
new_project "$work/words" postgres
words=(double 'double precision' '"char"' char bpchar 'national char(3)' nchar 'text[][]' 'text[3]' 'text array' 'varchar(20)[]' 'interval day to second'
  'float(24)' 'float(25)' float bytes 'timestamp(3) with time zone' 'decimal(4,2)' 'character varying(3)')
{
  echo 'migration "Words"'
  for i in "${!words[@]}"; do
    type=${words[$i]}
    [ "$type" != double ] || type='double precision'
    [ "$type" != bytes ] || type=bytea
    echo "create function f$i(${words[$i]}) { CREATE OR REPLACE FUNCTION f$i(a $type) RETURNS text LANGUAGE sql AS \$\$ SELECT 'one' \$\$ }"
    echo "create function u$i { CREATE OR REPLACE FUNCTION u$i($type) RETURNS text LANGUAGE sql AS \$\$ SELECT 'one' \$\$ }"
  done
  echo 'create function o("char") { CREATE FUNCTION o("char") RETURNS int LANGUAGE sql AS $$ SELECT 1 $$ }'
  echo 'create function o(char) { CREATE FUNCTION o(char) RETURNS int LANGUAGE sql AS $$ SELECT 2 $$ }'
} | migration 1_words
{
  echo 'migration "Other bodies"'
  for i in "${!words[@]}"; do
    type=${words[$i]}
    [ "$type" != double ] || type='double precision'
    [ "$type" != bytes ] || type=bytea
    echo "create function f$i(${words[$i]}) { CREATE OR REPLACE FUNCTION f$i(a $type) RETURNS text LANGUAGE sql AS \$\$ SELECT 'two' \$\$ }"
  done
} | migration 2_bodies
{
  echo 'migration "Gone"'
  for i in "${!words[@]}"; do
    echo "drop function f$i(${words[$i]})"
    echo "drop function u$i(${words[$i]})"
  done
  echo 'drop function o("char")'
} | migration 3_gone
build "$work/words-migrate"
app=$work/words-migrate
names() {
  query words "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1"
}
new_database words
expect 0 "$app" up 1_words --verify strict --url "$url"
silent_about warning
names >first
expect 0 "$app" up 2_bodies --verify strict --url "$url"
same first <(names)
equal "${#words[@]}" "$(grep -c '^  replaced' "$work/log")" "the number of functions that are replaced"
expect 0 "$app" up --verify strict --url "$url"
silent_about "  skipped"
equal "o(character)" "$(names)" "what is left"
expect 0 "$app" down 1_words --yes --url "$url"
expect 0 "$app" verify current --url "$url"
same first <(names)
expect 0 "$app" down base --yes --url "$url"
equal "" "$(names)" "what is left"
expect 0 "$app" up --verify strict --url "$url"
equal "o(character)" "$(names)" "what is left"

# ---- what a function sets while it runs, its cost and its rows ----
new_project "$work/settings" postgres
clauses=('' 'SET search_path = pg_catalog' 'SET search_path = pg_catalog, pg_temp' "SET search_path = 'pg_catalog, pg_temp'" "SET search_path = ''"
  'SET search_path TO "$user", Public' "SET SCHEMA 'public'" "SET work_mem = '8MB' SET search_path TO pg_catalog" "SET search_path TO pg_catalog SET work_mem = '9MB'"
  "SET TIME ZONE 'UTC'" 'SET TIME ZONE -3' 'SET DateStyle = iso, dmy' 'SET seq_page_cost TO 1.5' 'SET enable_seqscan = off' "SET my.own = 'x'"
  "SET search_path = pg_catalog SET my.own = 'y' RESET search_path" 'COST 7' 'COST 8 ROWS 7' 'ROWS 8' '')
for i in "${!clauses[@]}"; do
  printf 'migration "Settings"\ncreate function f(int) { CREATE OR REPLACE FUNCTION f(x int) RETURNS SETOF int LANGUAGE sql SECURITY DEFINER %s AS %s }\n' \
    "${clauses[$i]}" "'SELECT x'" | migration $((10 + i))_step
done
build "$work/settings-migrate"
app=$work/settings-migrate
new_database settings
expect 0 "$app" up 10_step --verify strict --url "$url"
query settings "ALTER FUNCTION f(int) SET search_path = public"
expect 4 "$app" verify current --url "$url"
says "differs  function f"
query settings "ALTER FUNCTION f(int) RESET ALL"
expect 0 "$app" verify current --url "$url"
for ((i = 1; i < ${#clauses[@]}; i++)); do
  expect 0 "$app" up $((10 + i))_step --strict --verify strict --url "$url"
  says "replaced function f"
  [ $i -ne 2 ] || equal "{\"search_path=pg_catalog, pg_temp\"}" "$(query settings "SELECT proconfig::text FROM pg_proc WHERE proname = 'f'")" "the setting"
  [ $i -ne 7 ] || equal "{work_mem=8MB,search_path=pg_catalog}" "$(query settings "SELECT proconfig::text FROM pg_proc WHERE proname = 'f'")" "the settings"
done
query settings "DROP TABLE migen_history"
expect 0 "$app" up --verify strict --url "$url"
for ((i = ${#clauses[@]} - 2; i >= 0; i--)); do
  expect 0 "$app" down $((10 + i))_step --yes --url "$url"
  says "replaced function f"
  expect 0 "$app" verify current --url "$url"
done
migration 40_current <<'END'
migration "What is set now, and what needs no setting"
create function g() { CREATE FUNCTION g() RETURNS int LANGUAGE sql SET search_path FROM CURRENT SET work_mem TO DEFAULT COST 100 AS 'SELECT 1' }
create function p() { CREATE PROCEDURE p() LANGUAGE sql SET search_path TO pg_catalog AS 'SELECT 1' }
END
build "$work/settings-migrate"
expect 0 "$app" up --verify strict --url "$url"
silent_about warning
query settings "DROP TABLE migen_history"
expect 0 "$app" up --strict --verify strict --url "$url"
silent_about replaced
expect 0 "$app" down base --yes --url "$url"
