#!/usr/bin/env bash
# A renamed column under views, and views on those: they stay, with the names that their own columns had, on both engines and both ways
# (language.md 5.6).
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

new_project "$work/app"
migration 1_all <<'END'
migration "A table, and views on views"
create table t { id id
                 a int
                 b int }
create table u { id id
                 a int }
create view v1 as { SELECT id, a FROM t }
create view v2 as { SELECT a FROM v1 WHERE a > 1 }
create view v3 as { SELECT t.a, u.a AS other FROM t JOIN u ON u.id = t.id }
create view v4 as { SELECT * FROM t }
create view v5 as { SELECT b FROM t }
create view v6 as { SELECT v2.a, v5.b FROM v2, v5 WHERE v2.a < v5.b }
seed t (id, a, b) key (id) { 1, 7, 8 }
seed u (id, a) key (id) { 1, 9 }
END
migration 2_renamed <<'END'
migration "Renamed"
rename column t.a to aa
add column t.c int default 3
END
migration 3_again <<'END'
migration "And again"
rename column t.aa to a3
rename column t.b to a
END
expect 0 sh -c 'cd "$1" && "$2" check' sh "$project" "$MIGEN"
build "$work/app-migrate"
app=$work/app-migrate
for engine in postgres sqlite; do
  if [ "$engine" = postgres ]; then
    new_database views
    ask() { query views "$1"; }
    columns_of() { query views "SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = '$1'::regclass AND attnum > 0"; }
  else
    url=sqlite:$work/views.db
    ask() { sqlite3 "$work/views.db" "$1"; }
    columns_of() { sqlite3 "$work/views.db" "SELECT group_concat(name) FROM pragma_table_info('$1')"; }
  fi
  views_are() { # WHERE
    for view in v1:id,a v2:a v3:a,other v5:b v6:a,b; do
      equal "${view#*:}" "$(columns_of "${view%%:*}")" "$engine, $1: the columns of ${view%%:*}"
    done
    equal '1|7 7 7|9 8 7|8' "$(ask "SELECT * FROM v1; SELECT * FROM v2; SELECT * FROM v3; SELECT * FROM v5; SELECT * FROM v6" | xargs)" "$engine, $1: rows"
    equal '1|7|8' "$(ask "SELECT * FROM v4" | cut -d '|' -f 1-3)" "$engine, $1: rows of *"
  }
  for step in 1 2 3; do
    expect 0 "$app" up --strict +1 --url "$url"
    views_are "up to $step"
  done
  expect 0 "$app" verify --url "$url"
  says "differences=0"
  for step in 2 1; do
    expect 0 "$app" down -1 --yes --url "$url"
    expect 0 "$app" verify current --url "$url"
    views_are "down to $step"
  done
  expect 0 "$app" up --strict --url "$url"
  views_are "up again"
done
