#!/usr/bin/env bash
# Triggers on views, on both engines: made, skipped, replaced, kept when the view or a table below it changes, seen by verify and
# `if trigger`, brought back by the way down. And SQLite's one name space of triggers.
source "$(dirname "$0")/library.sh"
start_postgres

sqlite_shape() { ask "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'migen%' AND name NOT LIKE 'sqlite%' ORDER BY type, name"; }
postgres_shape() { dump_postgres "$database" -s; }
forget() {
  for table in $(ask "$1"); do ask "DROP TABLE $table"; done
}
sqlite_history="SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'migen_history%'"
postgres_history="SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'migen_history%'"
sqlite_drop_trigger="DROP TRIGGER vi"
postgres_drop_trigger="DROP TRIGGER vi ON v"

new_project "$work/views"
migration 1_first <<'END'
migration "Base"
create table t { id id; a int; note text }
create table other { id id }
create view v as { SELECT id, a FROM t }
on sqlite {
  create trigger vi on v { CREATE TRIGGER vi INSTEAD OF INSERT ON v BEGIN INSERT INTO t (a) VALUES (new.a); END }
}
on postgres {
  create function tf() { CREATE OR REPLACE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO t (a) VALUES (NEW.a); RETURN NEW; END $$ }
  create trigger vi on v { CREATE TRIGGER vi INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION tf() }
}
END
migration 2_replaced <<'END'
migration "The view replaced, then what stands below it altered"
create view v as { SELECT id, a, 1 AS one FROM t }
alter column t.a type bigint
END
migration 3_trigger <<'END'
migration "The trigger replaced"
on sqlite {
  create trigger vi on v { CREATE TRIGGER vi INSTEAD OF INSERT ON v BEGIN INSERT INTO t (a) VALUES (new.a + 100); END }
}
on postgres {
  create trigger vi on v { CREATE TRIGGER vi INSTEAD OF INSERT OR UPDATE ON v FOR EACH ROW EXECUTE FUNCTION tf() }
}
END
migration 4_if <<'END'
migration "Asked for"
if trigger vi on v { add column other.yes int } else { add column other.no int }
END
migration 5_dropped <<'END'
migration "The view dropped"
drop view v
END
expect 0 env -C "$project" "$MIGEN" check
build "$work/views_release"
for engine in sqlite postgres; do
  ${engine}_fresh views
  for step in 1 2 3 4; do
    expect 0 "$work/views_release" up +1 --url "$url"
    silent_about warning
    case $step in
    1) says "created  trigger vi on v" ;;
    2) says "replaced view v" ;;
    3) says "replaced trigger vi on v" ;;
    esac
    expect 0 "$work/views_release" verify current --url "$url"
    ask "INSERT INTO v (a) VALUES ($step)"
    "${engine}_shape" >"$work/$engine.$step"
  done
  equal 4 "$(ask 'SELECT count(*) FROM t')" "what the trigger has written"
  equal 0 "$(ask 'SELECT count(yes) FROM other')" "rows of the column that the branch made"
  expect 0 "$work/views_release" up --url "$url"
  for step in 4 3 2 1; do
    expect 0 "$work/views_release" down -1 --yes --url "$url"
    silent_about warning
    "${engine}_shape" >"$work/found"
    same "$work/$engine.$step" "$work/found"
    expect 0 "$work/views_release" verify current --url "$url"
    ask "INSERT INTO v (a) VALUES ($step)"
  done
  history=${engine}_history tamper=${engine}_drop_trigger
  # All is there, and a small thing is different: no version is adopted, and what is there is skipped.
  forget "${!history}"
  ask "DROP TABLE other"
  expect 0 "$work/views_release" up +1 --url "$url"
  says "skipped  trigger vi on v"
  ask "${!tamper}"
  expect 4 "$work/views_release" verify current --url "$url"
  says "missing  trigger vi on v"
done

# Names that change below a view are followed in its trigger, as in a table's.
new_project "$work/renamed" sqlite
migration 1_first <<'END'
migration "Base"
create enum mood ('glad', 'sad')
create table t { id id; a int; mood mood }
create view v as { SELECT id, a AS b FROM t }
create trigger vi on v { CREATE TRIGGER vi INSTEAD OF INSERT ON v BEGIN INSERT INTO t (a, mood) VALUES (new.b, 'sad'); END }
END
migration 2_names <<'END'
migration "Names"
rename column t.a to c
rename table t to tt
END
migration 3_value <<'END'
migration "A value"
rename enum value mood 'sad' to 'blue'
END
expect 0 env -C "$project" "$MIGEN" check
build "$work/renamed_release"
sqlite_fresh renamed
for step in 1 2 3; do
  expect 0 "$work/renamed_release" up +1 --url "$url"
  silent_about warning
  ask "INSERT INTO v (b) VALUES ($step)"
  sqlite_shape >"$work/renamed.$step"
done
equal "1 2 3" "$(ask 'SELECT c FROM tt ORDER BY id' | tr '\n' ' ' | sed 's/ $//')" "what the trigger has written"
expect 0 "$work/renamed_release" verify --url "$url"
expect 0 "$work/renamed_release" down --yes --url "$url"
ask "INSERT INTO v (b) VALUES (4)"
sqlite_shape >"$work/found"
same "$work/renamed.2" "$work/found"

# SQLite has one trigger of a name: another table's is not taken away for it.
new_project "$work/touch" sqlite
migration 1_first <<'END'
migration "Base"
create table b { id id; n int }
create trigger touch on b { CREATE TRIGGER touch AFTER INSERT ON b BEGIN UPDATE b SET n = 1; END }
END
build "$work/touch_release"
sqlite_fresh touch
ask "CREATE TABLE a (id integer PRIMARY KEY, n int); CREATE TRIGGER touch AFTER INSERT ON a BEGIN UPDATE a SET n = 5; END"
expect 0 "$work/touch_release" up --url "$url"
says "differs  trigger touch on b: wanted CREATE TRIGGER touch AFTER INSERT ON b"
says "found a trigger touch on a"
expect 4 "$work/touch_release" verify --url "$url"
ask "INSERT INTO a (id) VALUES (1)"
equal 5 "$(ask 'SELECT n FROM a')" "what the other table's trigger has written"
migration 2_second <<'END'
migration "The same name"
create table a { id id; n int }
create trigger touch on a { CREATE TRIGGER touch AFTER INSERT ON a BEGIN UPDATE a SET n = 1; END }
END
expect 1 env -C "$project" "$MIGEN" check
says 'there is a trigger "touch" already, on "b"'
says "SQLite has one trigger of a name"

# A column below a view that triggers read: the view's own column keeps its name, as on PostgreSQL, and so do the triggers: its own, a
# table's, another view's, and one that somebody made by hand.
new_project "$work/read" sqlite
migration 1_first <<'END'
migration "Base"
create table a { id id; x int }
create table log { id id; x int }
create table other { id id }
create view va as { SELECT id, x FROM a }
create view vb as { SELECT id, x AS y FROM va }
create view vo as { SELECT id FROM other }
create trigger tv on va { CREATE TRIGGER tv INSTEAD OF INSERT ON va BEGIN INSERT INTO a (x) VALUES (NEW.x); END }
create trigger ta on a { CREATE TRIGGER ta AFTER INSERT ON a BEGIN INSERT INTO log (x) SELECT y + NEW.x FROM vb WHERE id = NEW.id; END }
create trigger tt on other { CREATE TRIGGER tt AFTER INSERT ON other BEGIN INSERT INTO log (x) SELECT max(x) FROM va; END }
create trigger tu on vo { CREATE TRIGGER tu INSTEAD OF INSERT ON vo BEGIN INSERT INTO va (x) VALUES (70); END }
END
build "$work/read_first"
migration 2_names <<'END'
migration "Names"
rename column a.x to xx
END
expect 0 env -C "$project" "$MIGEN" check
build "$work/read_release"
sqlite_fresh read
expect 0 "$work/read_first" up --url "$url"
ask "CREATE TRIGGER mine AFTER DELETE ON other BEGIN INSERT INTO va (x) SELECT 500 FROM vb LIMIT 1; END"
sqlite_shape >"$work/read.1"
writes() {
  ask "DELETE FROM a; DELETE FROM log; INSERT INTO va (x) VALUES (7); INSERT INTO vo (id) VALUES (1); INSERT INTO other (id) VALUES (3); DELETE FROM other"
  equal "14 140 70 1000 " "$(ask 'SELECT x FROM log ORDER BY id' | tr '\n' ' ')" "what the triggers have written ($1)"
  equal "7 70 500 " "$(ask 'SELECT y FROM vb ORDER BY id' | tr '\n' ' ')" "what the views give ($1)"
}
writes before
expect 0 "$work/read_release" up --url "$url"
silent_about warning
writes after
expect 0 "$work/read_release" verify --url "$url"
expect 0 "$work/read_release" down --yes --url "$url"
writes "behind the way down"
expect 0 "$work/read_release" verify current --url "$url"
