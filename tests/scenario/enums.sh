#!/usr/bin/env bash
# Enums at their edges: types dropped with what uses them, values with quotes, values in the order in which they are written, and
# what `migen new` makes of a title that adds some.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"
lite=sqlite:$work/shop.db

# ---- an enum dropped with the columns that have it, and its way back, with rows ----
new_project "$work/gone"
migration 1_mood <<'END'
migration "An enum, and what uses it"
create enum mood ('it''s', 'b')
create table days { id id; mood mood default 'b'; note text; check mood_or_note (mood is not null or note is not null) }
create table moods { mood mood primary key; since date }
create index ix_days on days (mood, note)
create view moody as { SELECT id, mood FROM days }
create view notes as { SELECT id, note FROM days }
END
migration 2_gone <<'END'
migration "Gone, with its columns"
drop enum mood cascade
END
sed -i 's/; since date//' "$project/migrations/1_mood.mig"
expect 1 sh -c 'cd "$1" && "$2" check' sh "$project" "$MIGEN"
says "SQLite has no tables without columns"
sed -i 's/primary key }/primary key; since date }/' "$project/migrations/1_mood.mig"
build "$work/gone.bin"
new_database gone
on_both() { # SQL
  sqlite3 shop.db "$1"
  query gone "$1"
}
gone_columns() {
  sqlite3 shop.db "SELECT group_concat(name) FROM (SELECT name FROM pragma_table_info('days'))"
  query gone "SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'days'::regclass AND attnum > 0 AND NOT attisdropped"
}
gone_views() {
  sqlite3 shop.db "SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name)"
  query gone "SELECT string_agg(viewname, ',' ORDER BY viewname) FROM pg_views WHERE schemaname = 'public'"
}
for target in "$lite" "$url"; do
  expect 0 "$work/gone.bin" up +1 --url "$target"
done
on_both "INSERT INTO days (mood, note) VALUES ('it''s', 'x'), ('b', NULL)"
for target in "$lite" "$url"; do
  expect 0 "$work/gone.bin" up --verify strict --url "$target"
  expect 0 "$work/gone.bin" up --strict --url "$target"
done
equal "id,note id,note" "$(gone_columns | xargs)" "the columns"
equal "notes notes" "$(gone_views | xargs)" "the views"
equal "2 2" "$(on_both "SELECT count(*) FROM days" | xargs)" "the number of rows"
on_both "DELETE FROM days WHERE note IS NULL"
for target in "$lite" "$url"; do
  expect 0 "$work/gone.bin" down --yes --url "$target"
  expect 0 "$work/gone.bin" verify current --url "$target"
  expect 0 "$work/gone.bin" up --strict --url "$target"
  expect 0 "$work/gone.bin" down base --yes --url "$target"
done

# ---- values with a quote are quoted ----
expect 0 "$work/gone.bin" schema --engine sqlite
silent_about "it's"
build_first() { # the first migration alone
  rm "$project/migrations/2_gone.mig"
  build "$work/first.bin"
}
build_first
for engine in sqlite postgres; do
  expect 0 "$work/first.bin" schema --engine $engine
  says "enum mood ('it''s', 'b')"
done

# ---- values stand as they are written, whichever were there ----
new_project "$work/order"
migration 20200101_mood <<'END'
migration "An enum"
create enum mood ('a')
create table days { id id; mood mood }
END
migration 20200102_more <<'END'
migration "More"
add enum values mood 'b', 'c', 'd'
add enum value mood 'e' before 'a'
add enum value mood 'f' after 'a'
add enum value mood 'g'
END
build "$work/order.bin"
order() {
  query "$1" "SELECT string_agg(enumlabel, '' ORDER BY enumsortorder) FROM pg_enum"
}
number=0
for there in a a,c a,d a,b,c,d e,a a,f c,a; do
  number=$((number + 1))
  new_database order$number
  query order$number "CREATE TYPE mood AS ENUM ('${there//,/\',\'}')"
  expect 0 "$work/order.bin" up --url "$url"
  wanted=eafbcdg code=0
  [ "$there" != c,a ] || wanted=bceafdg code=4 # an order that contradicts is left, and named
  equal $wanted "$(order order$number)" "the order, where there was $there"
  expect $code "$work/order.bin" verify --url "$url"
done
rm -f shop.db
expect 0 "$work/order.bin" up --verify strict --url "$lite"

# ---- migen new reads enum values ----
new_makes() { # STATEMENT TITLE...
  local before after
  before=$(ls "$project/migrations")
  (cd "$project" && "$MIGEN" new "${@:2}" >"$work/out" 2>"$work/log")
  after=$(ls "$project/migrations")
  local file
  file=$project/migrations/$(comm -13 <(echo "$before") <(echo "$after"))
  checks=$((checks + 1))
  grep -qxF -- "$1" "$file" || {
    cat "$file" >&2
    fail "migen new ${*:2} does not write: $1"
  }
  expect 0 sh -c 'cd "$1" && "$2" check' sh "$project" "$MIGEN"
}
new_makes "add enum value mood 'happy'" add value happy to enum mood
new_makes "add enum value mood 'sad'" "add enum value sad to mood"
new_makes "add enum values mood 'mad', 'glad'" add values mad and glad to mood enum
new_makes "add enum values mood 'Z', 'it''s'" add values Z "it's" to enum mood

# ---- migen new writes behind files with short numbers, whose order is that of their names ----
new_project "$work/numbered" sqlite
for number in 1 2 8; do
  migration "${number}_t$number" <<<"migration \"T$number\"
create table t$number { id id }"
done
expect 0 sh -c 'cd "$1" && "$2" new create groups name:text' sh "$project" "$MIGEN"
says "created  migrations/9_create_groups.mig"
expect 0 "$MIGEN" check -C "$project"
migration 9_zebra <<<'migration "Z"
create table z { id id }'
expect 1 sh -c 'cd "$1" && "$2" new create others name:text' sh "$project" "$MIGEN"
says "before 9_zebra"

# ---- what says an enum and has no column of it: in the way of a plain drop, gone with cascade, back with the way down ----
new_project "$work/said" postgres
migration 1_first <<'EOF'
migration "An enum in casts and arguments"
create enum mood ('sad', 'glad')
create function is_glad(mood) { CREATE OR REPLACE FUNCTION is_glad(m mood) RETURNS bool LANGUAGE sql IMMUTABLE AS $$ SELECT m::text = 'glad' $$ }
create function text_only() { CREATE OR REPLACE FUNCTION text_only() RETURNS bool LANGUAGE plpgsql AS $$ BEGIN RETURN 'x'::mood IS NULL; END $$ }
create table days { id id; note text check mood_known (note::mood is not null); other text default ('sad'::mood::text) }
create view moods as { SELECT id, CAST(note AS mood) AS mood FROM days }
create view of_moods as { SELECT id FROM moods }
create view names as { SELECT id, other AS mood FROM days }
create view called as { SELECT is_glad('glad') AS x }
EOF
printf 'migration "Gone"\ndrop enum mood\n' | migration 2_gone
expect 1 sh -c 'cd "$1" && "$2" check' sh "$project" "$MIGEN"
says 'enum "mood" is used by the default of column "days.other"'
sed -i 's/drop enum mood/& cascade/' "$project/migrations/2_gone.mig"
build "$work/said.bin"
new_database said
expect 0 "$work/said.bin" up +1 --verify strict --url "$url"
query said "INSERT INTO days (note) VALUES ('glad')"
expect 0 "$work/said.bin" up --verify strict --url "$url"
says "dropped  enum mood, with "
for gone in "the default of column days.other" "constraint mood_known on days" "view moods" "view of_moods" "view called" "function is_glad"; do
  says "$gone"
done
equal "names" "$(query said "SELECT string_agg(viewname, ' ') FROM pg_views WHERE schemaname = 'public'")" "the views that are left"
equal "text_only" "$(query said "SELECT string_agg(proname, ' ') FROM pg_proc WHERE pronamespace = 'public'::regnamespace")" "the functions that are left"
expect 0 "$work/said.bin" down --yes --url "$url"
expect 0 "$work/said.bin" verify current --url "$url"
expect 0 "$work/said.bin" up --strict --url "$url"
expect 0 "$work/said.bin" down base --yes --url "$url"
