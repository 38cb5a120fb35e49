#!/bin/bash
# backfill.sh: backfills in batches, each a transaction of its own: killed and gone on with, every row exactly once; locks,
# pauses, keys of all kinds, and what cannot be ordered.
. "$(dirname "$0")/library.sh"

start_postgres

new_project "$work/shop"
migration 001_counters <<'END'
migration "Counters"
create table counters {
  id    id
  n     int not null default 0
  name  text
}
END
build "$work/first"
migration 002_count <<'END'
migration "Count once"
add column counters.seen bool
backfill counters set (n = n + 1) where (n < 1000000) batch 100 pause 20ms
backfill counters set (name = 'row ' || id) where (name is null)
END
build "$work/second"

rows() { ask "WITH RECURSIVE g (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < $1) INSERT INTO counters (n) SELECT 0 FROM g"; }

# after_rows SQL: waits until the query's number is more than it was, for as long as the runner lives.
after_rows() {
  local before
  before=$(ask "$1")
  while kill -0 "$runner" 2>/dev/null && [ "$(ask "$1")" -le "$before" ]; do sleep 0.05; done
}

# The plan says it, of the migrations alone and of a database with rows.
expect 0 env -C "$project" "$MIGEN" plan 002_count --engine postgres
says "in batches, each a transaction of its own"
expect 0 env -C "$project" "$MIGEN" plan 002_count --engine sqlite
silent_about "in batches"

# Killed again and again, every row is counted once.
for engine in postgres sqlite; do
  ${engine}_fresh killed
  expect 0 "$work/first" up --url "$url"
  rows 20000
  for round in 1 2 3; do
    "$work/second" up --url "$url" --transaction migration >"$work/out" 2>"$work/log" &
    runner=$!
    after_rows "SELECT count(*) FROM counters WHERE n = 1"
    kill -9 $runner 2>/dev/null || true
    wait $runner 2>/dev/null || true
  done
  partly=$(ask "SELECT count(*) FROM counters WHERE n = 1")
  [ "$partly" -gt 0 ] && [ "$partly" -lt 20000 ] || fail "the runs on $engine were not killed half-way: $partly rows"
  expect 0 "$work/second" up --url "$url" --transaction migration --lock-timeout 60s
  says "going on behind $partly rows"
  says "backfill of counters (20000 rows)"
  equal 20000:1:1:20000 "$(ask "SELECT count(*) || ':' || min(n) || ':' || max(n) || ':' || count(name) FROM counters")" "what was counted on $engine"
  expect 0 "$work/second" up --url "$url"
  equal 1 "$(ask "SELECT max(n) FROM counters")" "a second run on $engine"
  expect 0 "$work/second" verify --url "$url"
done

# On SQLite the whole release is one transaction, and so is the backfill.
sqlite_fresh whole
expect 0 "$work/first" up --url "$url"
rows 1000
expect 0 "$work/second" up --url "$url"
says "backfill of counters (1000 rows)"
equal 0 "$(ask "SELECT count(*) FROM migen_history WHERE direction = 'intent'")" "the journal of a release in one transaction"

# Two at once on SQLite, between whose batches the other may work.
sqlite_fresh two
expect 0 "$work/first" up --url "$url"
rows 5000
"$work/second" up --url "$url" --transaction migration --lock-timeout 60s >"$work/two.out" 2>&1 &
runner=$!
expect 0 "$work/second" up --url "$url" --transaction migration --lock-timeout 60s
wait $runner || fail "the other of two: $(cat "$work/two.out")"
equal 5000:1:1 "$(ask "SELECT count(*) || ':' || min(n) || ':' || max(n) FROM counters")" "what two counted"

# Each batch waits for nobody longer than the lock timeout, and is tried again; what others lock is not locked for them.
postgres_fresh locked
expect 0 "$work/first" up --url "$url"
rows 1000
query locked "BEGIN; UPDATE counters SET name = 'theirs' WHERE id = 950; SELECT pg_sleep(3); COMMIT" >/dev/null &
holder=$!
sleep 0.5
expect 0 "$work/second" up --url "$url" --ddl-lock-timeout 300ms
wait $holder
equal 1:1:theirs "$(ask "SELECT min(n) || ':' || max(n) || ':' || (SELECT name FROM counters WHERE id = 950) FROM counters")" "what a lock left"

# While it lasts, a line says how far it is.
postgres_fresh slow
expect 0 "$work/first" up --url "$url"
rows 1500
expect 0 "$work/second" plan --url "$url"
says "in batches, each a transaction of its own  -- about 1500 rows"
sed -i 's/pause 20ms/pause 500ms/' "$project/migrations/002_count.mig"
build "$work/slow"
expect 0 "$work/slow" up --url "$url"
says "of about 1500 rows"
sed -i 's/pause 500ms/pause 20ms/' "$project/migrations/002_count.mig"

# A signal stops it between two batches: exit 3, and it goes on.
for engine in postgres sqlite; do
  ${engine}_fresh signal
  expect 0 "$work/first" up --url "$url"
  rows 20000
  "$work/second" up --url "$url" --transaction migration >"$work/out" 2>"$work/log" &
  runner=$!
  after_rows "SELECT count(*) FROM counters WHERE n = 1"
  kill -TERM $runner
  code=0
  wait $runner || code=$?
  equal 3 "$code" "the exit after SIGTERM on $engine"
  says "the batches that are done, are committed"
  expect 0 "$work/second" up --url "$url" --transaction migration
  equal 1:1 "$(ask "SELECT min(n) || ':' || max(n) FROM counters")" "what a signal left on $engine"
done

# Keys: text, uuid, not unique, with nulls; the order is the key's, ties go together.
new_project "$work/keys"
migration 001_keys <<'END'
migration "Keys"
create table by_text {
  code  varchar(20) primary key
  n     int not null default 0
}
create table by_uuid {
  id  uuid primary key default uuid()
  n   int not null default 0
}
create table by_group {
  a  int not null
  b  int not null
  g  int
  n  int not null default 0
  primary key (a, b)
}
END
build "$work/keys-first"
migration 002_fill <<'END'
migration "Fill"
backfill by_text set (n = n + 1) where (n >= 0) batch 7
backfill by_uuid set (n = n + 1) where (n >= 0) batch 7
backfill by_group set (n = n + 1) where (n >= 0) by g batch 7
END
build "$work/keys-second"
for engine in postgres sqlite; do
  ${engine}_fresh keys
  expect 0 "$work/keys-first" up --url "$url"
  for i in $(seq 50); do
    values="('key ''$i', 0)"
    case $((i % 5)) in 0) group=NULL ;; *) group=$((i % 4)) ;; esac
    echo "INSERT INTO by_text (code, n) VALUES ($values);" | sed 's/((/(/; s/))/)/'
    echo "INSERT INTO by_uuid (n) VALUES (0);"
    echo "INSERT INTO by_group (a, b, g) VALUES ($i, 1, $group);"
  done >"$work/rows.sql"
  ask "$(cat "$work/rows.sql")"
  expect 0 "$work/keys-second" up --url "$url" --transaction migration
  for table in by_text by_uuid by_group; do
    equal 50:1:1 "$(ask "SELECT count(*) || ':' || min(n) || ':' || max(n) FROM $table")" "$table on $engine"
  done
done

# add column and alter column with a backfill: batches too, then tight; killed in between.
new_project "$work/columns"
migration 001_people <<'END'
migration "People"
create table people {
  id    id
  name  text
}
END
build "$work/columns-first"
migration 002_tight <<'END'
migration "Tight"
add column people.full_name text not null backfill ('Mx ' || coalesce(name, '?') || coalesce(pg_sleep(0.0005)::text, ''))
alter column people.name not null backfill ('nobody')
END
sed -i 's/^engines.*/engines postgres/' "$project/migen.project"
build "$work/columns-second"
postgres_fresh columns
expect 0 "$work/columns-first" up --url "$url"
ask "INSERT INTO people (name) SELECT CASE WHEN i % 2 = 0 THEN 'n' || i END FROM generate_series(1, 12000) i"
"$work/columns-second" up --url "$url" >"$work/out" 2>"$work/log" &
runner=$!
after_rows "SELECT coalesce(sum(n_tup_upd), 0) FROM pg_stat_user_tables WHERE relname = 'people'"
kill -9 $runner
wait $runner 2>/dev/null || true
partly=$(ask "SELECT count(full_name) FROM people")
[ "$partly" -gt 0 ] && [ "$partly" -lt 12000 ] || fail "the run was not killed half-way: $partly rows"
expect 0 "$work/columns-second" up --url "$url"
expect 0 "$work/columns-second" verify --url "$url"
equal 12000:0:NO:NO "$(ask "SELECT count(full_name) || ':' || count(*) FILTER (WHERE full_name = 'Mx ' || name) || ':' ||
  (SELECT string_agg(is_nullable, ':') FROM information_schema.columns WHERE table_name = 'people' AND column_name <> 'id')
  FROM people WHERE name = 'nobody' OR full_name <> ''" | sed 's/:6000:/:0:/')" "the columns"
equal 6000 "$(ask "SELECT count(*) FROM people WHERE name = 'nobody'")" "the filled names"

# What cannot be ordered is the check's error; where only the database knows, the run's.
new_project "$work/wrong"
migration 001_pairs <<'END'
migration "Pairs"
create table pairs {
  a  int not null
  b  int not null
  n  int
  primary key (a, b)
}
END
build "$work/pairs"
migration 002_fill <<'END'
migration "Fill"
backfill pairs set (n = 1) where (n is null)
END
expect 1 env -C "$project" "$MIGEN" check
says "002_fill.mig:2"
says "no primary key of one column"
says "by COLUMN"
sed -i 's/$/ by c/; 1s/ by c//' "$project/migrations/002_fill.mig"
expect 1 env -C "$project" "$MIGEN" check
says 'no column "c"'
sed -i 's/ by c/ by n/' "$project/migrations/002_fill.mig"
expect 1 env -C "$project" "$MIGEN" check
says "which the backfill itself changes"
sed -i 's/ by n/ by b/' "$project/migrations/002_fill.mig"
build "$work/pairs"

# On SQLite, where each migration is a transaction: a backfill that has failed is gone on with when the rows are mended, by the same
# and by the other kind of transactions; what stands before it (renames of what has an enum's columns) is known behind it.
new_project "$work/moods" sqlite
migration 001_people <<'END'
migration "People and their moods"
create enum mood ('sad', 'ok', 'meh')
create table people { id id
  mood mood not null default 'ok'
  tone mood
  n int
  check small (n < 900) }
END
build "$work/moods-first"
migration 002_bleh <<'END'
migration "Meh is bleh"
rename table people to persons
rename column persons.tone to sound
backfill persons set (n = id) where (n is null) by id batch 100
rename enum value mood 'meh' to 'bleh'
alter column persons.sound not null default 'bleh'
END
build "$work/moods-second"
url=sqlite:$work/moods.db
expect 0 "$work/moods-first" up --url "$url"
sqlite3 "$work/moods.db" "WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 1000) INSERT INTO people (mood, tone) SELECT 'meh', 'meh' FROM c"
expect 1 "$work/moods-second" up --transaction migration --url "$url"
says "CHECK constraint failed: small"
sqlite3 "$work/moods.db" "UPDATE persons SET n = 5 WHERE id >= 900"
cp "$work/moods.db" "$work/moods-other.db"
for way in "migration moods" "release moods-other"; do
  read -r transaction file <<<"$way"
  expect 0 "$work/moods-second" up --transaction "$transaction" --url "sqlite:$work/$file.db"
  says "behind step 2, where an earlier run was interrupted"
  says "backfill of persons: going on behind 800 rows"
  expect 0 "$work/moods-second" verify --url "sqlite:$work/$file.db"
  equal "1000:bleh:bleh" "$(sqlite3 "$work/$file.db" "SELECT count(*) || ':' || min(mood) || ':' || max(sound) FROM persons WHERE n < 900")" "the rows"
done
equal "$(sqlite3 "$work/moods.db" .schema)" "$(sqlite3 "$work/moods-other.db" .schema)" "the schema"
