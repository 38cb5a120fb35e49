#!/usr/bin/env bash
# Indexes on materialized views on PostgreSQL: checked, made, compared, renamed, dropped, and made again with their view, both ways.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

checks_with() { # CODE: `migen check` on the project
  expect "$1" sh -c 'cd "$1" && "$2" check' sh "$project" "$MIGEN"
}
indexes() {
  query matviews "SELECT string_agg(indexname, ' ' ORDER BY indexname) FROM pg_indexes WHERE tablename = 'totals'"
}

new_project "$work/matviews" postgres
migration 1_first <<'EOF'
migration "A materialized view with indexes"
create function half(bigint) { CREATE OR REPLACE FUNCTION half(x bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT x / 2 $$ }
create table items { id id; kind int; note text }
create materialized view totals as { SELECT kind, count(*) AS n, max(note) AS note FROM items GROUP BY kind }
create unique index totals_kind on totals (kind)
create index on totals (n desc)
create index totals_large on totals ((n + 1), lower(note)) where (n > 10 and note <> 'x')
create index totals_half on totals using btree ((half(n))) include (kind)
if index totals_kind { comment on table items 'has totals' }
EOF
sed -i 's/lower(note))/(lower(note)))/' "$project/migrations/1_first.mig"
for wrong in 'create index totals_kind on totals (n)|there is an index "totals_kind" already, on materialized view "totals"' \
  'drop index totals_nothing|there is no index "totals_nothing"' 'create table totals_large { id id }|taken by an index' \
  'drop function half|used by index "totals_half"'; do
  printf 'migration "Wrong"\n%s\n' "${wrong%%|*}" | migration 2_wrong
  checks_with 1
  says "${wrong#*|}"
done
rm "$project/migrations/2_wrong.mig"
build "$work/first"
migration 2_below <<'EOF'
migration "The column below, then the view itself"
alter column items.kind type bigint
create materialized view totals as { SELECT kind, count(*) AS n, min(note) AS note FROM items GROUP BY kind }
EOF
migration 3_indexes <<'EOF'
migration "The indexes"
rename index totals_kind to totals_one
drop index totals_large
create index totals_note on totals (note)
alter column items.note type varchar(100)
EOF
migration 4_function <<'EOF'
migration "What goes along"
drop function half cascade
EOF
migration 5_dropped <<'EOF'
migration "The view"
drop materialized view totals
EOF
migration 6_again <<'EOF'
migration "And with its table"
create materialized view totals as { SELECT kind FROM items }
create index totals_kinds on totals (kind)
drop table items cascade
EOF
build "$work/all"
new_database matviews
expect 0 "$work/first" plan --url "$url"
says 'CREATE UNIQUE INDEX "totals_kind" ON "totals" ("kind")'
expect 0 "$work/first" up --verify strict --url "$url"
says "created  index totals_large on totals"
equal "totals_half totals_kind totals_large totals_n_idx" "$(indexes)" "the indexes"
query matviews "INSERT INTO items (kind, note) VALUES (1, 'a'), (1, 'b'), (2, 'c'); REFRESH MATERIALIZED VIEW CONCURRENTLY totals"
expect 0 "$work/first" up --strict --url "$url"
expect 0 "$work/first" verify --url "$url"

# ---- there, missing, different, built half; a database without history ----
query matviews "DROP TABLE migen_history"
expect 0 "$work/first" up --strict --url "$url"
says adopted
query matviews "DROP TABLE migen_history; DROP INDEX totals_large; DROP INDEX totals_n_idx; CREATE INDEX totals_n_idx ON totals (n)"
expect 0 "$work/first" up --url "$url"
says "created  index totals_large on totals"
says "differs  index totals_n_idx on totals: wanted index (n desc), found index (n)"
expect 4 "$work/first" verify --url "$url"
says "differs  index totals_n_idx on totals"
query matviews "DROP TABLE migen_history; DROP INDEX totals_n_idx"
query matviews "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'totals_half'::regclass"
expect 0 "$work/first" up --verify strict --url "$url"
says "half built (INVALID): it is built again"
query matviews "ALTER INDEX totals_kind SET (fillfactor = 60)"

# ---- made again with the view, with what the language cannot say of them ----
expect 0 "$work/all" up 2_below --verify strict --url "$url"
says "replaced materialized view totals"
equal "totals_half totals_kind totals_large totals_n_idx" "$(indexes)" "the indexes of the new view"
equal "{fillfactor=60}" "$(query matviews "SELECT reloptions FROM pg_class WHERE relname = 'totals_kind'")" "an index's options"
expect 0 "$work/all" up 3_indexes --verify strict --url "$url"
equal "totals_half totals_n_idx totals_note totals_one" "$(indexes)" "the indexes"
expect 0 "$work/all" up 4_function --verify strict --url "$url"
says "dropped  function half, with index totals_half on totals"
expect 0 "$work/all" up --verify strict --url "$url"
for to in 5_dropped 4_function 3_indexes 2_below 1_first; do
  expect 0 "$work/all" down $to --yes --url "$url"
  expect 0 "$work/all" verify current --url "$url"
done
equal "totals_half totals_kind totals_large totals_n_idx" "$(indexes)" "the indexes that the way down made"
# all of them in one run, both ways
expect 0 "$work/all" up --verify strict --url "$url"
expect 0 "$work/all" down 3_indexes --yes --url "$url"
equal "totals_half totals_n_idx totals_note totals_one" "$(indexes)" "the indexes"
expect 0 "$work/all" down base --yes --url "$url"
expect 0 "$work/all" up --verify strict --url "$url"

# ---- an index that a later migration renames, where that has happened; made in the same run as its view, with rows below ----
migration 7_later <<'EOF'
migration "Made and renamed"
create table rows { id id; kind int }
create materialized view of_rows as { SELECT kind FROM rows }
create index of_kind on of_rows (kind)
create index of_more on of_rows ((kind + 1))
rename index of_kind to of_kinds
EOF
build "$work/later"
expect 0 "$work/later" up --verify strict --url "$url"
query matviews "DELETE FROM migen_history WHERE id = '7_later'; DROP INDEX of_more"
expect 0 "$work/later" up --verify strict --url "$url"
says "already renamed to of_kinds"
says "created  index of_more on of_rows"
expect 0 "$work/later" down base --yes --url "$url"

# ---- an enum's value in them, and what was said of one ----
new_project "$work/values" postgres
migration 1_first <<'EOF'
migration "Values"
create enum state ('new', 'old')
create table parts { id id; state state not null default 'new'; n int }
create materialized view states as { SELECT id, state, state AS also, n FROM parts }
create index states_new on states (id) where (state = 'new')
create index states_which on states ((state = 'old'), (also = 'new'))
create index states_n on states (n)
EOF
migration 2_renamed <<'EOF'
migration "The value, and the view made again"
rename enum value state 'new' to 'fresh'
alter column parts.n type bigint
EOF
build "$work/values-migrate"
new_database values
expect 0 "$work/values-migrate" up 1_first --verify strict --url "$url"
query values "COMMENT ON INDEX states_new IS 'it''s new'"
for _ in 1 2; do
  expect 0 "$work/values-migrate" up --verify strict --url "$url"
  equal "it's new" "$(query values "SELECT obj_description('states_new'::regclass)")" "the comment"
  expect 0 "$work/values-migrate" down 1_first --yes --url "$url"
  expect 0 "$work/values-migrate" verify current --url "$url"
  equal "it's new" "$(query values "SELECT obj_description('states_new'::regclass)")" "the comment"
done
