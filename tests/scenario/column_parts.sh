#!/usr/bin/env bash
# `add column` on a column that is there: the check, index, unique and foreign key that it brings along are compared as those of a
# table are, by `plan`, `up`, and `up --strict`, which changes nothing then. What a later step leaves as found is no difference.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

base='migration "Base"
create table o { id id }
create table t { id id
                 a int }'
column='w int not null default 1 check (w > 0) index'
other='u int unique -> o.id'

project_with() { # NAME TEXT-OF-THE-SECOND-MIGRATION [TEXT-OF-A-THIRD]
  new_project "$work/$1"
  migration 1_first <<<"$base"
  printf 'migration "Second"\n%s\n' "$2" | migration 2_second
  [ -z "${3:-}" ] || printf 'migration "Third"\n%s\n' "$3" | migration 3_third
  build "$work/$1-migrate"
}
project_with one "add column t.$column
add column t.$other"
project_with many "add columns t { $column
                $other }"
project_with in_table "alter table t { add column $column
                add column $other }"
project_with later "add column t.$column" "drop constraint t_w_check on t
drop index t_w_idx"
project_with renamed "add column t.$column" "rename column t.w to v"

# start BINARY SQL: the first migration, and what somebody has made by hand behind it.
start() {
  made=$((${made:-0} + 1))
  binary=$work/$1-migrate
  ${engine}_fresh "made$made"
  expect 0 "$binary" up +1 --url "$url"
  ask "$2"
}

strict_refuses() { # TEXT
  expect 4 "$binary" up --strict --url "$url"
  says "$1"
  says "applied=0"
}

bare="ALTER TABLE t ADD w int NOT NULL DEFAULT 1; ALTER TABLE t ADD u int"
for engine in sqlite postgres; do
  for way in one many in_table; do
    start $way "$bare"
    strict_refuses "t_w_check on t differs: wanted check (w > 0), found nothing"
    for command in plan up; do
      expect 0 "$binary" $command --url "$url"
      says "constraint t_w_check on t: wanted check (w > 0), found nothing"
      says "index t_w_idx on t: wanted index (w), found nothing"
      says "constraint t_u_key on t: wanted unique (u), found nothing"
      says "constraint t_u_fkey on t: wanted foreign key (u) -> o (id), found nothing"
      says "column t.w, already there"
    done
    says "differs=4"
    expect 4 "$binary" verify --url "$url"
  done

  # There, and different.
  index=$([ $engine = sqlite ] || echo "CREATE INDEX t_w_idx ON t (a)")
  start one "ALTER TABLE t ADD w int NOT NULL DEFAULT 1 CONSTRAINT t_w_check CHECK (w > 5); $index"
  strict_refuses "t_w_check on t differs: wanted check (w > 0), found check (w > 5)"
  expect 0 "$binary" up --url "$url"
  says "differs  constraint t_w_check on t: wanted check (w > 0), found check (w > 5)"
  [ $engine = sqlite ] || says "differs  index t_w_idx on t: wanted index (w), found index (a)"

  # The same under another name is a note; all of it there is nothing.
  start one "ALTER TABLE t ADD w int NOT NULL DEFAULT 1 CONSTRAINT positive CHECK (w > 0); CREATE INDEX mine ON t (w)"
  expect 0 "$binary" up --strict --verify strict --url "$url"
  says "the same under the name positive"
  says "the same under the name mine"
  says "differs=0"

  # A later migration takes them away.
  start later "$bare"
  expect 0 "$binary" up --strict --verify strict --url "$url"
  says "differs=0"

  # There under a later name.
  start renamed "ALTER TABLE t ADD v int NOT NULL DEFAULT 1"
  expect 0 "$binary" up --url "$url"
  says "column t.w, already renamed to v"
  says "differs  constraint t_w_check on t"
  says "differs  index t_w_idx on t: wanted index (v), found nothing"
  start renamed "ALTER TABLE t ADD v int NOT NULL DEFAULT 1 CONSTRAINT t_w_check CHECK (v > 0); CREATE INDEX t_w_idx ON t (v)"
  expect 0 "$binary" up --strict --verify strict --url "$url"
  says "differs=0"
done
