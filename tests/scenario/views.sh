#!/usr/bin/env bash
# Views that are made again on PostgreSQL: what belongs to them besides their text comes back with them.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

new_project "$work/views" postgres
migration 1_view <<'END'
migration "Views"
create table people { id id; name varchar(20); age int }
create view names as { SELECT id, name FROM people }
create view ages as { SELECT id, age FROM people }
create view of_names as { SELECT name FROM names }
create materialized view counts as { SELECT name, count(*) AS n FROM people GROUP BY name }
create materialized view totals as { SELECT name, count(*) AS n, sum(age) AS years FROM people GROUP BY name }
END
build "$work/first"
migration 2_longer <<'END'
migration "Longer, and others"
create view ages as { SELECT age FROM people }
create materialized view totals as { SELECT name, count(*) AS n FROM people GROUP BY name }
alter column people.name type varchar(40)
alter column people.age type bigint
END
build "$work/second"

new_database views
expect 0 "$work/first" up --url "$url"
query views "CREATE ROLE reader; CREATE ROLE keeper; CREATE ROLE guest; CREATE SCHEMA other; GRANT ALL ON SCHEMA public TO keeper;
  GRANT SELECT ON people TO keeper; CREATE TABLE written (what text);
  CREATE FUNCTION write_names() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN INSERT INTO written VALUES (NEW.name); RETURN NEW; END \$\$;
  GRANT SELECT ON names TO reader WITH GRANT OPTION; GRANT UPDATE (name) ON names TO PUBLIC; GRANT SELECT ON ages, counts TO reader;
  GRANT SELECT, UPDATE ON of_names TO reader; GRANT SELECT (n) ON totals TO guest;
  ALTER VIEW names SET (security_barrier = true); COMMENT ON VIEW names IS 'it''s names'; COMMENT ON COLUMN names.name IS E'a\\\\column';
  ALTER VIEW names ALTER COLUMN name SET DEFAULT 'nobody';
  CREATE TRIGGER on_names INSTEAD OF INSERT ON names FOR EACH ROW EXECUTE FUNCTION write_names();
  CREATE RULE no_ages AS ON DELETE TO ages DO INSTEAD NOTHING;
  CREATE UNIQUE INDEX ix_counts ON counts (name); CREATE INDEX ix_big ON counts (n) WHERE n > 100; COMMENT ON MATERIALIZED VIEW counts IS 'x';
  CREATE INDEX ix_totals ON totals (name); CREATE INDEX ix_gone ON totals (years); COMMENT ON COLUMN totals.years IS 'gone soon';
  ALTER VIEW names OWNER TO keeper; COMMENT ON VIEW ages IS 'y'; COMMENT ON COLUMN ages.id IS 'gone soon'; COMMENT ON COLUMN ages.age IS 'stays'"
# a new view would be for guest, too: these have never been
query views "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO guest"
belongings() {
  dump_postgres_whole views -s | grep -v -e 'gone soon' -e ages.id -e ix_gone -e '^--' | grep -E 'GRANT|REVOKE|COMMENT|DEFAULT|TRIGGER|RULE|security_barrier|INDEX'
  query views "SELECT relname, pg_get_userbyid(relowner) FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace ORDER BY relname"
  query views "SELECT relname, attname, attacl FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid WHERE attacl IS NOT NULL ORDER BY relname, attname"
}
belongings >before
[ "$(grep -c . before)" -ge 40 ] || fail "too little is compared"
expect 0 "$work/second" plan --url "$url"
says 'GRANT SELECT ON public.names TO reader WITH GRANT OPTION'
expect 0 "$work/second" up --url "$url"
says "replaced view ages"
says "replaced materialized view totals"
belongings >after
same before after
query views "INSERT INTO names (id) VALUES (1)"
equal nobody "$(query views "SELECT what FROM written")" "what the trigger has written"
expect 0 "$work/second" down --yes --url "$url"
belongings >after
same before after
