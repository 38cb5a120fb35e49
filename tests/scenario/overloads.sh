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

# All that a script may ask, and seeds of each kind: by the binary, and by its script for psql.
new_project "$work/asking" postgres
migration 1_seeds <<'END'
migration "Rows with keys of several types"

create enum kind ('a', 'b')
create table labels {
  id      id
  code    varchar(20) not null unique
  kind    kind not null default 'a'
  tags    text[]
  data    jsonb
  weight  numeric(6,2)
  added   date
  small   smallint
}
create table parts { name char(4) primary key
                     kinds kind[] not null unique }
create table counters { id serial primary key
                        n int }
seed labels (id, code, kind, tags, data, weight, added, small) key (id) update {
  1, 'x', 'a', '{a,b}', '{}', 1.5, '2026-01-01', 3
  2, 'y', 'b', null, null, null, null, null
}
seed labels (code, kind, tags) key (code) update { 'x', 'b', '{c}' }
seed labels (code) key (code) from { SELECT 'z' }
seed parts (name, kinds) key (kinds) { 'one', '{a}' }
seed parts (name, kinds) key (name) update { 'one', '{b}' }
seed counters (id, n) key (id) { 7, 1 }
backfill labels set (small = 4) where (small IS NULL)
END
migration 2_questions <<'END'
migration "What is there, and what is not"
after seeds

if table legacy { create table t1 { id id } }
if column legacy.x { create table t2 { id id } }
if index legacy_x on legacy { create table t3 { id id } }
if constraint legacy_pkey on legacy { create table t4 { id id } }
if enum legacy_kind { create table t5 { id id } }
if enum value legacy_kind 'q' { create table t6 { id id } }
if schema apart { create table t7 { id id } }
if extension plpgsql { create table t8 { id id } }
if view legacy_view { create table t9 { id id } }
if materialized view legacy_many { create table t10 { id id } }
if sequence legacy_number { create table t11 { id id } }
if function legacy_touch { create table t12 { id id } }
if trigger legacy_touched on legacy { create table t13 { id id } }
if not { SELECT 0 } { create table t14 { id id } } else { create table t15 { id id } }
run "when" { INSERT INTO counters (n) VALUES (2) } when { SELECT 'x' } undo none
run "unless" { INSERT INTO counters (n) VALUES (3) } unless { SELECT NULL } undo none
END
build "$work/asking-migrate"
legacy="CREATE SCHEMA apart; CREATE TYPE legacy_kind AS ENUM ('q'); CREATE TABLE legacy (id int PRIMARY KEY, x int); CREATE INDEX legacy_x ON legacy (x);
  CREATE VIEW legacy_view AS SELECT x FROM legacy; CREATE MATERIALIZED VIEW legacy_many AS SELECT x FROM legacy; CREATE SEQUENCE legacy_number;
  CREATE FUNCTION legacy_touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
  CREATE TRIGGER legacy_touched BEFORE UPDATE ON legacy FOR EACH ROW EXECUTE FUNCTION legacy_touch();
  ALTER VIEW legacy_view SET (security_barrier); ALTER VIEW legacy_view ALTER COLUMN x SET DEFAULT 3; COMMENT ON VIEW legacy_view IS 'of legacy';
  COMMENT ON COLUMN legacy_view.x IS 'an x'; GRANT SELECT ON legacy_view TO PUBLIC; GRANT SELECT (x) ON legacy_view TO reader WITH GRANT OPTION;
  ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader; CREATE UNIQUE INDEX legacy_many_x ON legacy_many (x);
  CREATE RULE legacy_rule AS ON UPDATE TO legacy_view DO INSTEAD NOTHING; COMMENT ON TABLE legacy IS 'old'; COMMENT ON COLUMN legacy.x IS 'older'"
query postgres "CREATE ROLE reader"
"$work/asking-migrate" sql --engine postgres --history-table apart.kept >asking.sql
script_by_psql() { # DATABASE
  expect 0 "$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d "$1" -v ON_ERROR_STOP=1 -f asking.sql
}

# What migen calls is what its statements in the server's log look like: each name before a bracket.
start=$(wc -l <pg.log)
new_database learnt
expect 0 "$work/steps-migrate" up people --url "$url"
query learnt "$steps_data"
expect 0 "$work/steps-migrate" up --url "$url"
for command in verify plan doctor unlock "history -v" current "summary people" "down base --yes"; do
  expect 0 "$work/steps-migrate" $command --url "$url"
done
new_database asked
query asked "$legacy"
script_by_psql asked
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
query postgres "CREATE DATABASE scripted TEMPLATE overloaded"
query postgres "CREATE DATABASE seeded TEMPLATE overloaded"

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

# ---- scripts and seeds ----
query scripted "$legacy"
script_by_psql scripted
dump_postgres scripted | grep -v -e hostile -e OPERATOR >scripted.dump
script_by_psql scripted
dump_postgres scripted | grep -v -e hostile -e OPERATOR >twice.dump
same scripted.dump twice.dump
query asked "SELECT branches FROM apart.kept ORDER BY seq" >asked.branches
query scripted "SELECT branches FROM apart.kept ORDER BY seq" >scripted.branches
same asked.branches scripted.branches
equal 14 "$(query scripted "SELECT count(*) FROM pg_catalog.pg_class WHERE relname::text ~ '^t[0-9]+$' AND relkind = 'r'")" "the tables that answers have made"
query seeded "$legacy"
url="postgresql:///seeded?host=$pg_socket&port=$pg_port&user=postgres"
expect 0 "$work/asking-migrate" up --url "$url"
expect 0 "$work/asking-migrate" redo --yes --url "$url"
expect 0 "$work/asking-migrate" down base --yes --url "$url"
# They would be heard of, were they called.
equal "" "$(grep 'ERROR:  hostile' pg.log || true)" "what ran of them"
expect 1 "$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d overloaded -v ON_ERROR_STOP=1 -c "SELECT FROM pg_class WHERE oid = 'pg_class'::regclass"
says "hostile operator of oid, regclass"
echo "$made operators and functions of the catalogue's names, and none ran"
