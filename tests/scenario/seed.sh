#!/bin/bash
# seed.sh: seeds on both engines: inserted where missing, updated where they differ, left alone otherwise; every kind of
# value; thousands of rows; ids moved behind explicit values; from a query; and what the check refuses.
. "$(dirname "$0")/library.sh"

start_postgres

new_project "$work/shop"
migration 001_things <<'END'
migration "Things"
create enum mood ('sad', 'it''s ok')
create table things {
  id       id
  code     varchar(40) not null unique
  label    text
  data     jsonb
  plain    json
  bin      bytes
  price    numeric(10,2)
  ratio    double
  active   bool
  day      date
  clock    time
  made     timestamptz
  token    uuid
  mood     mood
  "Odd ""Name" int
}
create table roles {
  id    id
  name  text not null
}
create table thing_roles {
  thing_id  -> things.id not null
  role_id   -> roles.id not null
  note      text
  primary key (thing_id, role_id)
}
create table pairs {
  a  int not null
  b  text not null
  c  int
}
END
cat >"$project/migrations/002_rows.mig" <<'END'
migration "Rows"
seed things (code, label, data, plain, bin, price, ratio, active, day, clock, made, token, mood, "Odd ""Name") key (code) {
  'plain', 'a', '{"a": 1}', '[1, 2]', x'00ff', 12.50, 1.5, true, '2026-01-31', '10:20:30', '2026-01-31 10:20:30+00', '11111111-2222-3333-4444-555555555555', 'sad', 1
  'quotes', 'it''s "x" \ ; -- {}', '{"k": "it''s \"q\""}', null, x'', -0.01, -2, false, null, null, now(), uuid(), 'it''s ok', -7
  'nulls', null, null, null, null, null, null, null, null, null, null, null, null, null
  'expr', (upper('e') || 'x'), (null), null, null, (1 + 1), null, (1 = 1), null, null, null, null, null, (2 * 3)
  'multi
line', 'a	tab', null, null, null, 0, 0.5, null, null, null, null, null, null, null
}
seed roles (id, name) key (id) {
  1, 'admin'
  50, 'staff'
}
seed pairs (a, b, c) key (a, b) {
  1, 'x', 1
  1, 'y', null
  2, 'x', 3
}
seed thing_roles (thing_id, role_id) key (thing_id, role_id) from {
  SELECT t.id, r.id FROM things t, roles r WHERE t.code IN ('plain', 'quotes') AND r.id < 51
}
END
build "$work/first"
migration 003_change <<'END'
migration "Change"
seed things (code, label, data, plain, bin, price, active) key (code) update {
  'plain', 'b', '{"a": 1}', '[1, 2]', x'00ff', 12.5, true
  'nulls', null, '{"was": "null"}', null, null, null, null
  'new', 'n', null, null, x'41', 1, false
}
seed roles (id, name) key (id) update {
  1, 'admin'
  50, 'crew'
}
END
build "$work/second"
migration 004_same <<'END'
migration "Nothing new"
seed things (code, label, data, plain, bin, price, active) key (code) update {
  'plain', 'b', '{"a": 1}', '[1, 2]', x'00FF', 12.500, true
  'nulls', null, '{"was": "null"}', null, null, null, null
  'new', 'n', null, null, x'41', 1.0, false
}
seed roles (id, name) key (id) update {
  1, 'admin'
  50, 'crew'
}
seed pairs (a, b) key (a, b) {
  1, 'x'
  2, 'x'
}
seed thing_roles (thing_id, role_id) key (thing_id, role_id) from {
  SELECT t.id, r.id FROM things t, roles r WHERE t.code IN ('plain', 'quotes') AND r.id < 51
}
END
build "$work/third"

for engine in sqlite postgres; do
  ${engine}_fresh seeds
  expect 0 "$work/first" up --url "$url"
  says "seeded   things (5 rows)"
  says "seeded   thing_roles (4 rows)"
  hex='hex(bin)' octets="length(bin)"
  [ $engine = sqlite ] || hex="upper(encode(bin, 'hex'))"
  equal "it's \"x\" \\ ; -- {}" "$(ask "SELECT label FROM things WHERE code = 'quotes'")" "quoting on $engine"
  equal "00FF|0" "$(ask "SELECT $hex || '|' || (SELECT $octets FROM things WHERE code = 'quotes') FROM things WHERE code = 'plain'")" "bytes on $engine"
  equal "it's \"q\"" "$(ask "SELECT data ->> 'k' FROM things WHERE code = 'quotes'")" "JSON on $engine"
  equal "Ex|6" "$(ask "SELECT label || '|' || \"Odd \"\"Name\" FROM things WHERE code = 'expr'")" "expressions on $engine"
  equal 1 "$(ask "SELECT count(*) FROM things WHERE label IS NULL AND data IS NULL AND bin IS NULL AND active IS NULL")" "nulls on $engine"
  equal 1 "$(ask "SELECT count(*) FROM things WHERE made IS NOT NULL AND token IS NOT NULL AND mood = 'it''s ok'")" "now and uuid on $engine"
  equal 1 "$(ask "SELECT count(*) FROM things WHERE code = 'multi
line'")" "a line end in a value on $engine"
  # ids go on behind explicit ones
  ask "INSERT INTO roles (name) VALUES ('next')"
  equal 51 "$(ask "SELECT id FROM roles WHERE name = 'next'")" "the next id on $engine"
  # what users have changed is theirs, but for `update`
  ask "UPDATE things SET label = 'mine' WHERE code = 'quotes'"
  ask "UPDATE roles SET name = 'theirs' WHERE id = 1"
  expect 0 "$work/second" up --url "$url"
  says "seeded   things (3 rows)"
  says "seeded   roles (2 rows)"
  equal "b|mine|1.5" "$(ask "SELECT label || '|' || (SELECT label FROM things WHERE code = 'quotes') || '|' || ratio FROM things WHERE code = 'plain'")" "what update did on $engine"
  equal "admin|crew|next" "$(ask "SELECT name FROM roles ORDER BY id" | tr '\n' '|' | sed 's/|$//')" "the roles on $engine"
  expect 0 "$work/third" up --url "$url"
  says "skipped  seed of things, all rows are there"
  says "skipped  seed of roles, all rows are there"
  says "skipped  seed of pairs, all rows are there"
  says "skipped  seed of thing_roles, all rows are there"
  silent_about "seeded"
  equal 52 "$(ask "INSERT INTO roles (name) VALUES ('after') RETURNING id" | head -n 1)" "the id after a seed that did nothing on $engine"
  # the data stays on the way down
  expect 0 "$work/third" down --url "$url" -3 --yes
  equal 6 "$(ask "SELECT count(*) FROM things")" "the rows after a way down on $engine"
  expect 0 "$work/third" up --url "$url"
  silent_about "seeded"
done

# Thousands of rows, twice.
new_project "$work/large"
{
  printf 'migration "Many"\ncreate table many {\n  id  id\n  code  text not null unique\n  v  int\n}\nseed many (id, code, v) key (code) update {\n'
  for i in $(seq 5000); do echo "  $i, 'code $i', $((i % 7))"; done
  printf '}\n'
} >"$project/migrations/001_many.mig"
build "$work/many"
sed -e '1s/.*/migration "Again"/' -e '/^create/,/^}/d' "$project/migrations/001_many.mig" >"$project/migrations/002_again.mig"
build "$work/again"
for engine in sqlite postgres; do
  ${engine}_fresh many
  expect 0 "$work/many" up --url "$url"
  says "seeded   many (5000 rows)"
  ask "UPDATE many SET v = 100 WHERE id IN (1, 2500, 5000)"
  ask "DELETE FROM many WHERE id IN (2, 4999)"
  expect 0 "$work/again" up --url "$url"
  says "seeded   many (5 rows)"
  equal "5000|14997" "$(ask "SELECT count(*) || '|' || sum(v) FROM many")" "many rows on $engine"
  equal 5001 "$(ask "INSERT INTO many (code) VALUES ('x') RETURNING id" | head -n 1)" "the id behind many on $engine"
done

# A foreign key's target must be there, on SQLite too; what was broken before is not the seed's doing.
new_project "$work/orphans"
migration 001_tables <<'END'
migration "Tables"
create table parents {
  id  id
}
create table kids {
  id         id
  parent_id  -> parents.id index
}
seed parents (id) key (id) {
  1
}
seed kids (id, parent_id) key (id) {
  1, 1
}
run "a table that only SQL knows" { CREATE TABLE raw (id INTEGER PRIMARY KEY, n int); INSERT INTO raw VALUES (1, 1) } undo { DROP TABLE raw }
backfill raw set (n = 2) where (n = 1)
END
build "$work/kids"
migration 002_orphan <<'END'
migration "Orphan"
seed kids (id, parent_id) key (id) {
  2, 77
}
END
expect 1 env -C "$project" "$MIGEN" check
says "002_orphan.mig:2"
sed -i 's/^engines.*/engines postgres/' "$project/migen.project"
build "$work/orphan"
for engine in sqlite postgres; do
  ${engine}_fresh orphans
  expect 0 "$work/kids" up --url "$url"
  says "backfill of raw (1 row)"
  [ $engine = postgres ] || continue
  expect 1 "$work/orphan" up --url "$url"
  says "002_orphan.mig:2"
done
sed -i 's/^engines.*/engines sqlite/; ' "$project/migen.project"
sed -i -e 's/2, 77/2, 1/' "$project/migrations/002_orphan.mig"
echo 'backfill kids set (parent_id = parent_id + 76) where (id = 2 and exists (select 1 from parents where id = 5))' >>"$project/migrations/002_orphan.mig"
build "$work/orphan"
sqlite_fresh orphans
expect 0 "$work/kids" up --url "$url"
ask "INSERT INTO parents VALUES (5); INSERT INTO kids VALUES (9, 1234)"
expect 1 "$work/orphan" up --url "$url"
says "kids would refer to rows of parents that are not there"
says "002_orphan.mig:5"
equal 2 "$(ask "SELECT count(*) FROM kids")" "the rows after an orphan"
ask "DELETE FROM parents WHERE id = 5"
expect 0 "$work/orphan" up --url "$url"

# What the check refuses, each with its place.
new_project "$work/wrong"
try() { # WORDS, then the seed
  {
    printf 'migration "Wrong"\ncreate table t {\n  a  int not null\n  b  int\n}\n'
    cat
  } >"$project/migrations/001_wrong.mig"
  expect 1 env -C "$project" "$MIGEN" check
  says "001_wrong.mig:$1"
  says "$2"
}
try 8:3 'a row with this key stands in this seed already' <<'END'
seed t (a, b) key (a) {
  1, 1
  1, 2
}
END
try 7:3 'the key column a is null' <<'END'
seed t (a, b) key (a) {
  null, 1
}
END
try 7:3 '1 values for 2 columns' <<'END'
seed t (a, b) key (a) {
  1
}
END
try 6:20 'the key column c is none' <<'END'
seed t (a, b) key (c) {
  1, 2
}
END
try 6:12 'no column "z"' <<'END'
seed t (a, z) key (a) {
  1, 2
}
END

# A query's row without a value in its key is inserted once.
new_project "$work/nulls"
migration 1_first <<'END'
migration "Rows without a key"
create table given { k varchar(9); v int }
create table taken { k varchar(9); v int }
run "rows" { INSERT INTO given VALUES (NULL, 1), ('k', 2), ('k', NULL), (NULL, NULL) } undo none
END
migration 2_seed <<'END'
migration "Taken over"
seed taken (k, v) key (k, v) from { SELECT k, v FROM given }
END
build "$work/nulls-migrate"
new_database nulls
for url in "$url" "sqlite:$work/nulls.db"; do
  expect 0 "$work/nulls-migrate" up --url "$url"
  says "(4 rows)"
  expect 0 "$work/nulls-migrate" down -1 --yes --url "$url"
  expect 0 "$work/nulls-migrate" up --url "$url"
  says "all rows are there"
done
