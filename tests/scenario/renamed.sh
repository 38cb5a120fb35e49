#!/usr/bin/env bash
# What later migrations rename counts as there under its later name (language.md 5.3): without a history, on a database that is at no
# version's schema, each step goes to the later names, also inside what it defines: a foreign key's target, a seed's columns,
# the columns of a check, an index and a view.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

new_project "$work/app"
migration 1_books <<'END'
migration "Authors and books"
create enum mood ('glad', 'sad')
create table authors { id id
                       name text not null
                       mood mood not null default 'glad'
                       unique u_name (name) }
create table books { id id
                     author_id not null -> authors on delete cascade
                     title varchar(100) }
create index ix_title on books (title)
END
migration 2_more <<'END'
migration "Ages"
add column authors.age int
add check ck_age on authors (age > 0)
create index ix_age on authors (age) where (age > 3)
add enum value mood 'calm'
seed authors (id, name, age) key (id) { 1, 'Ann', 4 }
create view ages as { SELECT name AS who, age AS years_old FROM authors }
END
migration 3_renames <<'END'
migration "Other names"
rename column authors.age to years
rename table authors to writers
rename column writers.name to full_name
rename index ix_age to ix_years
rename constraint ck_age to ck_years on writers
rename enum mood to humour
rename enum value humour 'calm' to 'quiet'
END
build "$work/app-migrate"
app=$work/app-migrate

for engine in postgres sqlite; do
  if [ "$engine" = postgres ]; then
    new_database renamed
    ask() { query renamed "$1"; }
    dump() { dump_postgres renamed; }
  else
    url=sqlite:$work/renamed.db
    ask() { sqlite3 "$work/renamed.db" "$1"; }
    dump() { sqlite3 "$work/renamed.db" "SELECT sql FROM sqlite_schema WHERE name NOT LIKE 'migen%' ORDER BY name; SELECT * FROM writers" | tr -d '"'; } # quotes are not the schema
  fi
  expect 0 "$app" up --url "$url"
  dump >first.dump

  # Something of each is missing, so that no version is adopted.
  for missing in "DROP INDEX ix_title" "DROP TABLE books" "DROP INDEX ix_years; DROP INDEX ix_title" \
    "DELETE FROM writers; DROP INDEX ix_title" "DROP VIEW ages; DROP INDEX ix_title"; do
    ask "$missing"
    ask "DROP TABLE migen_history"
    expect 0 "$app" up --strict --url "$url"
    says "at no version's schema"
    says "skipped  table authors, already renamed to writers"
    silent_about "differs "
    says "differs=0"
    dump >second.dump
    same first.dump second.dump
    expect 0 "$app" verify --url "$url"
    says "verify: ok differences=0"
  done

  # Both names: said, an error with --strict, and the rest is done.
  expect 0 "$app" down 2_more --yes --url "$url"
  ask "CREATE TABLE writers (id int)"
  dump >first.dump
  expect 4 "$app" up --strict --url "$url"
  says "wanted it renamed to writers, found both names"
  dump >second.dump
  same first.dump second.dump
  ask "DROP TABLE writers"
  expect 0 "$app" up --url "$url"
  expect 0 "$app" down base --yes --url "$url"
done

# On SQLite names that differ in their capitals alone are one, with quotes or without: the table gets its new spelling all the same,
# whatever else is renamed behind it, and back again.
new_project "$work/capitals" sqlite
migration 1_table <<'END'
migration "Tables"
create table "Foo" { id id; "Aa" int; name text }
create table bar { id id; f bigint -> "Foo" }
create index "Ix" on "Foo" (name)
create view v as { SELECT name FROM "Foo" }
END
migration 2_other <<'END'
migration "Other capitals"
rename table "Foo" to foo
rename index "Ix" to ix
rename column foo."Aa" to aa
END
build "$work/capitals_release"
spelling() { sqlite3 "$work/capitals.db" "SELECT name FROM sqlite_schema WHERE type = 'table' AND lower(name) = 'foo'"; }
for steps in +1 ""; do
  rm -f "$work/capitals.db"
  # shellcheck disable=SC2086 # none is no argument
  expect 0 "$work/capitals_release" up $steps --url "sqlite:$work/capitals.db"
  expect 0 "$work/capitals_release" up --url "sqlite:$work/capitals.db"
  silent_about warning
  equal foo "$(spelling)" "the table's name"
  expect 0 "$work/capitals_release" verify --url "sqlite:$work/capitals.db"
  expect 0 "$work/capitals_release" up --url "sqlite:$work/capitals.db"
  expect 0 "$work/capitals_release" down 1_table --yes --url "sqlite:$work/capitals.db"
  says 'renamed  table foo to "Foo"'
  equal Foo "$(spelling)" "the table's name after the way down"
  expect 0 "$work/capitals_release" verify current --url "sqlite:$work/capitals.db"
  expect 0 "$work/capitals_release" down base --yes --url "sqlite:$work/capitals.db"
  equal "" "$(spelling)" "what is left"
done
