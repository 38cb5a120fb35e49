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
[ "$(grep -c . before)" -ge 35 ] || fail "too little is compared"
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

# A * in the new text: the view has the columns that there are now, and a later column is no difference.
new_project "$work/stars" postgres
migration 1_view <<'END'
migration "Views"
create table t { id id; a int; b text }
create table u { id id; t_id bigint }
create view few as { SELECT id, a FROM t }
create view whole as { SELECT * FROM t }
create view both as { SELECT t.a, u.* FROM t JOIN u ON u.t_id = t.id }
create view other as { SELECT b, a, id FROM t }
END
migration 2_star <<'END'
migration "Stars"
create view few as { SELECT *, 2 * a AS twice FROM t }
create view other as { SELECT b, a, id FROM t WHERE id > 0 }
add column t.c int
add column u.d int
END
migration 3_again <<'END'
migration "With the new columns"
create view whole as { SELECT * FROM t }
create view both as { SELECT t.a, u.* FROM t JOIN u ON u.t_id = t.id }
create view other as { SELECT * FROM t }
END
expect 0 env -C "$project" "$MIGEN" check
build "$work/stars_release"
columns() { query stars "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = '$1'::regclass AND attnum > 0"; }
new_database stars
expect 0 "$work/stars_release" up +1 --url "$url"
columns whole >before
expect 0 "$work/stars_release" up +1 --url "$url"
silent_about warning
says "replaced view few"
says "replaced view other"
equal "id a b twice" "$(columns few)" "the columns of few"
equal "id a b" "$(columns whole)" "the columns of whole"
equal "b a id" "$(columns other)" "the columns of other"
expect 0 "$work/stars_release" up --url "$url"
silent_about warning
for view in whole both other; do says "replaced view $view"; done
equal "id a b c" "$(columns whole)" "the columns of whole"
equal "a id t_id d" "$(columns both)" "the columns of both"
equal "id a b c" "$(columns other)" "the columns of other"
query stars "DROP TABLE migen_history"
expect 0 "$work/stars_release" up --url "$url"
silent_about "replaced"
expect 0 "$work/stars_release" verify --url "$url"
expect 0 "$work/stars_release" down 1_view --yes --url "$url"
equal "id a" "$(columns few)" "the columns of few, after the way down"
equal "id a b" "$(columns whole)" "the columns of whole, after the way down"
expect 0 "$work/stars_release" verify current --url "$url"

# A column's type given up that a view compares: the view is made again from what the migrations say, not from the server's casts.
new_project "$work/casts" postgres
migration 1_view <<'END'
migration "View"
create enum st ('a', 'b')
create table t { id id; s st not null default 'a' }
create view v as { SELECT id FROM t WHERE s = 'a' }
END
migration 2_text <<'END'
migration "Text"
alter column t.s type text
END
build "$work/casts_release"
new_database casts
expect 0 "$work/casts_release" up +1 --url "$url"
expect 0 "$work/casts_release" up --url "$url"
silent_about warning
query casts "INSERT INTO t (s) VALUES ('a'), ('b')"
equal 1 "$(query casts "SELECT count(*) FROM v")" "the rows of v"
expect 0 "$work/casts_release" verify --url "$url"
expect 0 "$work/casts_release" down 1_view --yes --url "$url"
equal 1 "$(query casts "SELECT count(*) FROM v")" "the rows of v after the way down"
expect 0 "$work/casts_release" verify current --url "$url"

# ---- a column that a * has taken in goes with cascade: the view is made again without it, as SQLite's is, and comes back ----
new_project "$work/starred"
migration 1_first <<'MIG'
migration "First"
create table t { id id
                 a int }
create view v as { SELECT * FROM t }
MIG
migration 2_more <<'MIG'
migration "More"
add column t.z int
MIG
migration 3_less <<'MIG'
migration "Less"
create view y as { SELECT id FROM v }
drop column t.a cascade
MIG
expect 0 env -C "$project" "$MIGEN" check
build "$work/starred-migrate"
for engine in sqlite postgres; do
  "${engine}_fresh" starred
  for step in 1 2 3; do
    expect 0 "$work/starred-migrate" up +1 --verify strict --url "$url"
  done
  ask "INSERT INTO t (z) VALUES (5)"
  equal 1 "$(ask "SELECT id FROM v")" "what the view gives on $engine"
  for step in 3 2 1; do
    expect 0 "$work/starred-migrate" down --yes --url "$url"
    expect 0 "$work/starred-migrate" verify current --url "$url"
    says "differences=0"
  done
  expect 0 "$work/starred-migrate" up --verify strict --url "$url"
done

# ---- a * keeps to the columns that it was made of, also through a rename: those that came later are in nobody's way ----
new_project "$work/kept" postgres
migration 1_first <<'MIG'
migration "First"
create table t { id id
                 a int
                 b int }
create view w as { SELECT t.*, a + 1 AS one FROM t }
add column t.z int
MIG
migration 2_names <<'MIG'
migration "Names"
rename column t.a to "A a"
drop column t.b cascade
MIG
build "$work/kept-migrate"
postgres_fresh kept
expect 0 "$work/kept-migrate" up --verify strict --url "$url"
expect 0 "$work/kept-migrate" down --yes --url "$url"
expect 0 "$work/kept-migrate" verify current --url "$url"
expect 0 "$work/kept-migrate" down base --yes --url "$url"
expect 0 "$work/kept-migrate" up --verify strict --url "$url"

# Views made by hand in schemas that the migrations do not name, also one upon the other: made again with what belongs to them.
new_project "$work/far" postgres
migration 1_table <<'END'
migration "Table"
create table t { id id; name varchar(10) not null; age int }
create view own as { SELECT id, name FROM t }
END
migration 2_longer <<'END'
migration "Longer"
alter column t.name type varchar(50)
END
migration 3_other <<'END'
migration "Another view"
create view own as { SELECT id, name, age FROM t }
END
build "$work/far_release"
new_database far
expect 0 "$work/far_release" up +1 --url "$url"
query far "CREATE SCHEMA rep; CREATE SCHEMA \"Deep er\"; CREATE VIEW hand AS SELECT name FROM t; CREATE VIEW rep.hand AS SELECT name FROM public.t;
  CREATE VIEW rep.t AS SELECT name FROM public.hand; CREATE VIEW rep.on_own AS SELECT name FROM public.own; CREATE VIEW rep.alone AS SELECT 1 AS one;
  CREATE MATERIALIZED VIEW \"Deep er\".\"Hand\" AS SELECT h.name, o.name AS other FROM rep.hand h JOIN rep.t o ON o.name = h.name;
  CREATE UNIQUE INDEX ix ON \"Deep er\".\"Hand\" (name); COMMENT ON VIEW rep.hand IS 'it''s far'; COMMENT ON COLUMN rep.t.name IS 'a column';
  GRANT SELECT ON rep.hand TO reader WITH GRANT OPTION; GRANT SELECT (name) ON rep.t TO guest; ALTER VIEW rep.hand OWNER TO keeper;
  CREATE FUNCTION write_far() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN RETURN NEW; END \$\$;
  CREATE TRIGGER on_far INSTEAD OF INSERT ON rep.hand FOR EACH ROW EXECUTE FUNCTION write_far(); CREATE RULE no_t AS ON DELETE TO rep.t DO INSTEAD NOTHING;
  GRANT USAGE ON SCHEMA rep TO keeper; GRANT SELECT ON t TO keeper"
query far "GRANT CREATE ON SCHEMA rep TO keeper"
far() { dump_postgres_whole far -s | grep -v -e '^--' -e '^.restrict' -e '^.unrestrict' -e 'character varying(' | sort; }
far >before
grep -q 'on_far INSTEAD' before || fail "the views' belongings are not compared"
expect 0 "$work/far_release" schema --url "$url"
silent_about "view rep."
expect 0 "$work/far_release" up +1 --url "$url"
silent_about warning
far >after
same before after
equal 54 "$(query far "SELECT atttypmod FROM pg_attribute WHERE attrelid = 'rep.t'::regclass AND attname = 'name'")" "the length in rep.t"
expect 0 "$work/far_release" verify current --url "$url"
silent_about "view rep."
expect 0 "$work/far_release" up --url "$url"
says "replaced view own"
expect 0 "$work/far_release" down 2_longer --yes --url "$url"
far >after
same before after
expect 0 "$work/far_release" down 1_table --yes --url "$url"
far >after
same before after
query far "DROP TABLE migen_history"
expect 0 "$work/far_release" status --url "$url"
expect 0 "$work/far_release" up 1_table --url "$url"
silent_about "view rep."
