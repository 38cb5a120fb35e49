#!/usr/bin/env bash
# A column's type changes below what is made of it: generated columns with all that is theirs, functions whose body the server has
# parsed, views with a star. It is done another way, not refused; up, down, and by one `up` or several.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

# each DATABASE ENGINE: the schema as text, without the history
shape() {
  if [ "$1" = sqlite ]; then
    sqlite3 "$work/at.db" "SELECT m.name, c.name, c.type, c.hidden FROM sqlite_schema AS m, pragma_table_xinfo(m.name) AS c
      WHERE m.name NOT LIKE 'migen%' ORDER BY 1, 2; SELECT type, name, tbl_name FROM sqlite_schema WHERE name NOT LIKE 'migen%' ORDER BY 1, 2"
  else
    query "$name" "SELECT table_name, column_name, data_type, is_generated, generation_expression, is_nullable FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name NOT LIKE 'migen%' ORDER BY 1, 2"
    query "$name" "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
      AND contype <> 'n' ORDER BY 1, 2"
    query "$name" "SELECT indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid::regclass::text
      IN ('t', 'm') ORDER BY 2"
    query "$name" "SELECT tgname, pg_get_triggerdef(oid), tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
    query "$name" "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1"
    query "$name" "SELECT col_description('t'::regclass, attnum) FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'half'"
  fi
}
n=0
fresh() {
  if [ "$1" = sqlite ]; then
    rm -f "$work/at.db"
    url=sqlite:$work/at.db
  else
    n=$((n + 1))
    name=altered$n
    new_database "$name"
  fi
}
sql() {
  if [ "$1" = sqlite ]; then
    sqlite3 "$work/at.db" "$2"
  else
    query "$name" "$2"
  fi
}

new_project "$work/app"
migration 001_first <<'END'
migration "First"
create table t { id id
                 qty int not null
                 half numeric(12,2) as (qty * 0.5) stored unique
                 name varchar(20)
                 shout text as (upper(name)) stored
                 later int
                 check t_half (half >= 0)
                 check t_qty (qty > 0)
                 index t_both (qty, half)
                 index t_loud (shout) where (qty > 1) }
comment on column t.half 'the half of it'
create view v as { SELECT id, half FROM t WHERE qty > 2 }
create view w as { SELECT id, shout FROM t }
on postgres {
  create function touched() { CREATE OR REPLACE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$ }
  create trigger t_touched on t { CREATE TRIGGER t_touched BEFORE UPDATE OF qty ON t FOR EACH ROW EXECUTE FUNCTION touched() }
  create trigger t_half_seen on t { CREATE TRIGGER t_half_seen AFTER UPDATE ON t FOR EACH ROW WHEN (OLD.half > 3) EXECUTE FUNCTION touched() }
}
END
migration 002_second <<'END'
migration "Second"
alter column t.qty type bigint
END
migration 003_third <<'END'
migration "Third"
alter column t.name type text
alter column t.qty type numeric(12,2)
END
build "$work/app-migrate"
app=$work/app-migrate
for engine in sqlite postgres; do
  for way in at_once one_by_one; do
    fresh $engine
    expect 0 "$app" up first --url "$url"
    sql $engine "INSERT INTO t (qty, name) VALUES (3, 'a'), (5, 'b')"
    shape $engine >first
    [ $way = at_once ] || expect 0 "$app" up second --url "$url"
    [ $way = at_once ] || shape $engine >second
    expect 0 "$app" up --url "$url"
    silent_about "differs  "
    expect 0 "$app" verify --url "$url"
    equal "1.5 A,2.5 B" "$(sql $engine "SELECT $([ $engine = sqlite ] && echo "group_concat(half || ' ' || shout)" ||
      echo "string_agg(trim_scale(half) || ' ' || shout, ',' ORDER BY id)") FROM t")" "the generated columns ($engine)"
    shape $engine >"$way"
    if [ $way = one_by_one ]; then
      same at_once one_by_one
      expect 0 "$app" down --yes --url "$url"
      shape $engine >again
      same second again
    fi
    expect 0 "$app" down first --yes --url "$url"
    expect 0 "$app" verify current --url "$url"
    shape $engine >again
    same first again
    expect 0 "$app" down base --yes --url "$url"
  done
done

# A foreign key to a generated column: that one cannot be taken away, and `check` says so.
new_project "$work/keyed" postgres
migration 001_first <<'END'
migration "First"
create table t { id id
                 qty int
                 twice int as (qty * 2) stored unique }
create table u { id id
                 twice int -> t.twice }
alter column t.qty type bigint
END
expect 1 "$MIGEN" check -C "$project"
says 'column "qty" is used by the generated column "twice", which foreign key "u_twice_fkey" leads to'

# Functions with a body that the server has parsed keep what stands on them, their comment, owner and rights.
server=$(query postgres "SHOW server_version_num")
if [ "$server" -ge 140000 ]; then
  new_project "$work/atomic" postgres
  migration 001_first <<'END'
migration "First"
create table t { id id
                 qty int
                 name varchar(10) }
create view v as { SELECT id, qty FROM t }
create function f1() { CREATE OR REPLACE FUNCTION f1() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(qty) FROM t; END }
create function f2(int) { CREATE OR REPLACE FUNCTION f2(x int) RETURNS bigint LANGUAGE sql STABLE RETURN (SELECT max(qty) + x FROM v) }
create function f3() { CREATE OR REPLACE FUNCTION f3() RETURNS SETOF t LANGUAGE sql BEGIN ATOMIC SELECT * FROM t; END }
create view on_it as { SELECT f1() AS n }
END
  migration 002_second <<'END'
migration "Second"
alter column t.qty type bigint
END
  migration 003_third <<'END'
migration "Third"
alter column t.name type text
END
  build "$work/atomic-migrate"
  app=$work/atomic-migrate
  state="SELECT proname, pg_get_functiondef(oid), proacl, obj_description(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1"
  fresh postgres
  expect 0 "$app" up first --url "$url"
  query "$name" "REVOKE ALL ON FUNCTION f1() FROM public; COMMENT ON FUNCTION f1() IS 'counts'; INSERT INTO t (qty) VALUES (7)"
  query "$name" "$state" >before
  expect 0 "$app" up --url "$url"
  expect 0 "$app" verify --url "$url"
  query "$name" "$state" >after
  same before after
  equal "1 8" "$(query "$name" "SELECT n || ' ' || f2(1) FROM on_it")" "what the functions give"
  expect 0 "$app" down first --yes --url "$url"
  query "$name" "$state" >after
  same before after
  equal "1 8" "$(query "$name" "SELECT n || ' ' || f2(1) FROM on_it")" "what the functions give"
  expect 0 "$app" down base --yes --url "$url"
  # A script does the same.
  expect 0 "$app" sql --engine postgres
  cp out atomic.sql
  fresh postgres
  expect 0 "$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d "$name" -f atomic.sql
  expect 0 "$app" verify --url "$url"
  equal 0 "$(query "$name" "SELECT n FROM on_it")" "what the function gives"
else
  echo "PostgreSQL before 14 has no BEGIN ATOMIC: left out"
fi

# A star keeps to the columns that the view was made with, whether one `up` does all of it or several.
new_project "$work/stars" postgres
migration 001_first <<'END'
migration "First"
create table t { id id
                 a int }
create table u { id id
                 t_id bigint -> t }
create view v as { SELECT * FROM t }
create view w as { SELECT v.*, u.t_id FROM v JOIN u ON u.t_id = v.id }
END
migration 002_second <<'END'
migration "Second"
add column t.z int
rename column t.z to y
create view x as { SELECT * FROM v }
rename table t to things
END
migration 003_third <<'END'
migration "Third"
alter column things.a type bigint
END
build "$work/stars-migrate"
app=$work/stars-migrate
views="SELECT table_name, string_agg(column_name, ',' ORDER BY ordinal_position) FROM information_schema.columns
  WHERE table_name IN ('v', 'w', 'x') GROUP BY 1 ORDER BY 1"
for way in at_once one_by_one; do
  fresh postgres
  [ $way = at_once ] || expect 0 "$app" up first --url "$url"
  [ $way = at_once ] || expect 0 "$app" up second --url "$url"
  expect 0 "$app" up --url "$url"
  expect 0 "$app" verify --url "$url"
  equal "v|id,a w|id,a,t_id x|id,a" "$(query "$name" "$views" | tr '\n' ' ' | sed 's/ $//')" "what the views have ($way)"
  expect 0 "$app" down base --yes --url "$url"
done

# What a view names of another one's star is used; with `cascade` both go, and the way down makes them again.
new_project "$work/named"
migration 001_first <<'END'
migration "First"
create table t { id id
                 a int
                 b int }
create view v as { SELECT * FROM t }
create view w as { SELECT a FROM v }
drop column t.a
END
expect 1 "$MIGEN" check -C "$project"
says 'column "a" is used by view "w"'
sed -i '/^drop column/d' "$project/migrations/001_first.mig"
migration 002_second <<'END'
migration "Second"
drop column t.a cascade
END
build "$work/named-migrate"
app=$work/named-migrate
for engine in sqlite postgres; do
  for way in at_once one_by_one; do
    fresh $engine
    [ $way = at_once ] || expect 0 "$app" up first --url "$url"
    expect 0 "$app" up --url "$url"
    says "dropped  column t.a, with view v, view w"
    expect 0 "$app" verify --url "$url"
    expect 0 "$app" down --yes --url "$url"
    expect 0 "$app" verify current --url "$url"
    sql $engine "SELECT a FROM v; SELECT a FROM w"
    expect 0 "$app" down base --yes --url "$url"
  done
done

# What is made again keeps what was said of it: whether a trigger fires, comments on triggers and rules, and of a materialized view what it
# is clustered on and how closely its columns are looked at; also of triggers that no migration knows, and behind a rename in the same run.
new_project "$work/kept" postgres
migration 001_first <<'EOF'
migration "First"
create table t { id id
                 a int
                 note text }
create function touched() { CREATE OR REPLACE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$ }
create trigger off on t { CREATE TRIGGER off BEFORE UPDATE OF a ON t FOR EACH ROW EXECUTE FUNCTION touched() }
create trigger plain on t { CREATE TRIGGER plain BEFORE UPDATE OF a ON t FOR EACH ROW EXECUTE FUNCTION touched() }
create view v as { SELECT id, a FROM t }
create trigger instead on v { CREATE TRIGGER instead INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION touched() }
create materialized view m as { SELECT id, a FROM t }
create unique index m_id on m (id)
create index m_a on m (a)
EOF
migration 002_second <<'EOF'
migration "Second"
alter column t.a type bigint
EOF
migration 003_third <<'EOF'
migration "Third"
rename table t to things
rename index m_a to m_other
alter column things.a type numeric(12,2)
EOF
migration 004_fourth <<'EOF'
migration "Fourth"
create view v as { SELECT id FROM things }
create materialized view m as { SELECT id FROM things }
EOF
build "$work/kept-migrate"
app=$work/kept-migrate
fires="SELECT tgname, tgenabled, obj_description(oid, 'pg_trigger') FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
beside="SELECT rulename, obj_description(oid, 'pg_rewrite') FROM pg_rewrite WHERE rulename = 'gone'
  UNION ALL SELECT indexrelid::regclass::text, obj_description(indexrelid, 'pg_class') FROM pg_index WHERE indisclustered
  UNION ALL SELECT attname, attstattarget::text FROM pg_attribute WHERE attrelid = 'm'::regclass AND attstattarget > 0"
fresh postgres
expect 0 "$app" up first --url "$url"
query "$name" "CREATE TRIGGER mine BEFORE UPDATE OF a ON t FOR EACH ROW EXECUTE FUNCTION touched();
  CREATE TRIGGER \"Always\" BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.a > 0) EXECUTE FUNCTION touched();
  ALTER TABLE t DISABLE TRIGGER off; ALTER TABLE t ENABLE REPLICA TRIGGER mine; ALTER TABLE t ENABLE ALWAYS TRIGGER \"Always\";
  CREATE RULE gone AS ON DELETE TO v WHERE OLD.a > 0 DO INSTEAD NOTHING; COMMENT ON RULE gone ON v IS 'the rule''s';
  COMMENT ON TRIGGER off ON t IS 'it''s off'; COMMENT ON TRIGGER instead ON v IS 'the view''s';
  ALTER MATERIALIZED VIEW m CLUSTER ON m_a; COMMENT ON INDEX m_a IS 'by a'; ALTER MATERIALIZED VIEW m ALTER COLUMN id SET STATISTICS 321"
query "$name" "$fires" >fires
query "$name" "$beside" >beside
equal "Always|A|,instead|O|the view's,mine|R|,off|D|it's off,plain|O|" "$(paste -sd , fires)" "the triggers before"
equal "gone|the rule's,m_a|by a,id|321" "$(paste -sd , beside)" "what else was said before"
expect 0 "$app" up second --url "$url"
query "$name" "$fires" >again
same fires again
query "$name" "$beside" >again
same beside again
expect 0 "$app" down --yes --url "$url"
expect 0 "$app" up third --url "$url"
query "$name" "$fires" >again
same fires again
query "$name" "$beside" | sed 's/m_other/m_a/' >again
same beside again
expect 0 "$app" up --url "$url" # a rule and an index on a column that is no more go, with what was said of them
query "$name" "$fires" >again
same fires again
equal "id|321" "$(query "$name" "$beside")" "what is left of it"
