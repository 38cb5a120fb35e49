#!/usr/bin/env bash
# `ensure table` on a table that the migrations have made: what it lacks is made, what is otherwise is said, whoever made it so.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

new_project "$work/app"
migration 1_t <<'END_OF_FILE'
migration "T"
create table t { id id
                 a text
                 c int
                 d text
                 index ix (a) }
END_OF_FILE
migration 2_ensured <<'END_OF_FILE'
migration "Ensured"
ensure table t { id id
                 a varchar(5) not null
                 b int
                 c int
                 d text
                 index ix (a, c) }
END_OF_FILE
build "$work/app-migrate"
app=$work/app-migrate

for engine in sqlite postgres; do
  if [ "$engine" = sqlite ]; then
    url=sqlite:$work/ensured.db
  else
    new_database ensured
  fi
  expect 4 "$app" up --strict --url "$url"
  says "column t.a differs"
  expect 0 "$app" up --url "$url"
  says "created  column t.b"
  # On SQLite a length that is missing is a note, whatever the step.
  if [ "$engine" = sqlite ]; then
    says_once "differs  column t.a: wanted not null, found null"
  else
    says_once "differs  column t.a: wanted varchar(5) not null, found text null"
  fi
  says_once "differs  index ix on t: wanted index (a, c), found index (a)"
  silent_about "t.d"
  expect 0 "$app" verify --url "$url"
  says "verify: ok differences=0"
done
