#!/usr/bin/env bash
# Somebody who may create functions in the schema where the tables lie makes operators and functions of the catalogue's names, for
# every pair of types that the catalogue has none for: PostgreSQL takes the one whose types fit best, wherever it stands. None of
# them runs in a statement of migen's own, which would give that somebody the rights of the role that migrates.
source "$(dirname "$0")/library.sh"
source "$SOURCE/tests/support/histories.sh"
start_postgres -c log_statement=all
cd "$work"
engine=postgres
write_steps
build "$work/steps-migrate"

# What migen calls is what its statements in the server's log look like: each name before a bracket.
start=$(wc -l <pg.log)
new_database learnt
expect 0 "$work/steps-migrate" up people --url "$url"
query learnt "$steps_data"
expect 0 "$work/steps-migrate" up --url "$url"
for command in verify plan doctor unlock "history -v" current "summary people" "down base --yes"; do
  expect 0 "$work/steps-migrate" $command --url "$url"
done
names=$(tail -n "+$start" pg.log | grep -oE '\b[a-z_0-9]+\(' | tr -d '(' | sort -u | sed "s/.*/'&'/" | paste -sd,)

query postgres "CREATE DATABASE overloaded"
query overloaded "
DO \$do\$
DECLARE
  types text[] := ARRAY['name','text','oid','int2','int4','int8','\"char\"','bool','regclass','text[]','name[]','oid[]','int2[]','varchar','numeric',
                        'timestamptz','interval','xid','regtype','float8','int2vector','oidvector','pg_node_tree'];
  few text[] := ARRAY['name','text','oid','int4','int8','\"char\"','regclass','numeric','text[]'];
  l text; r text; o text; f record; made int := 0;
BEGIN
  FOREACH l IN ARRAY types LOOP
    FOREACH r IN ARRAY types LOOP
      EXECUTE format('CREATE FUNCTION hostile(%s, %s) RETURNS bool LANGUAGE plpgsql AS %L', l, r,
        format('BEGIN RAISE EXCEPTION ''hostile operator of %s, %s''; END', l, r));
      FOREACH o IN ARRAY ARRAY['=','<>','<','>','<=','>=','||','+','-','*','/','~','<<','|','&&','@>','->>'] LOOP
        IF NOT EXISTS (SELECT FROM pg_operator WHERE oprname = o AND oprleft = l::regtype::oid AND oprright = r::regtype::oid) THEN
          EXECUTE format('CREATE OPERATOR public.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = hostile)', o, l, r);
          made := made + 1;
        END IF;
      END LOOP;
    END LOOP;
  END LOOP;
  FOR f IN SELECT DISTINCT proname AS n FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname IN ($names) LOOP
    FOREACH l IN ARRAY types LOOP
      IF NOT EXISTS (SELECT FROM pg_proc WHERE proname = f.n AND proargtypes::text = l::regtype::oid::text) THEN
        EXECUTE format('CREATE FUNCTION public.%I(%s) RETURNS text LANGUAGE plpgsql AS %L', f.n, l, format('BEGIN RAISE EXCEPTION ''hostile %s(%s)''; END', f.n, l));
        made := made + 1;
      END IF;
      FOREACH r IN ARRAY few LOOP
        IF NOT EXISTS (SELECT FROM pg_proc WHERE proname = f.n AND proargtypes::text = l::regtype::oid::text || ' '::text || r::regtype::oid::text) THEN
          EXECUTE format('CREATE FUNCTION public.%I(%s, %s) RETURNS text LANGUAGE plpgsql AS %L', f.n, l, r, format('BEGIN RAISE EXCEPTION ''hostile %s(%s, %s)''; END', f.n, l, r));
          made := made + 1;
        END IF;
      END LOOP;
    END LOOP;
  END LOOP;
  CREATE TABLE made AS SELECT made AS n;
END \$do\$" >hostile.log 2>&1 || fail "$(tail -n 5 hostile.log)"
made=$(query overloaded "SELECT n FROM made")
[ "$made" -gt 5000 ] || fail "only $made operators and functions were made"
query overloaded "DROP TABLE made"

# ---- all that a run does, and all that looks ----
url="postgresql:///overloaded?host=$pg_socket&port=$pg_port&user=postgres"
expect 0 "$work/steps-migrate" up people --url "$url"
query overloaded "$steps_data"
for command in plan up verify status doctor unlock "history -v" current "summary people" "gate --timeout 1s" "down columns --yes" up "down base --yes" "up --lock lease" "redo --yes"; do
  expect 0 "$work/steps-migrate" $command --url "$url"
done
query overloaded "DROP TABLE migen_history"
expect 0 "$work/steps-migrate" up --url "$url" # adopted
says "adopted"
# They would be heard of, were they called.
equal "" "$(grep 'ERROR:  hostile' pg.log || true)" "what ran of them"
expect 1 "$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d overloaded -v ON_ERROR_STOP=1 -c "SELECT FROM pg_class WHERE oid = 'pg_class'::regclass"
says "hostile operator of oid, regclass"
echo "$made operators and functions of the catalogue's names, and none ran"
