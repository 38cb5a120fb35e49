# histories.sh: what the tests of interruption work on: the worked example, and a history with every step that cannot be in a
# transaction with the others; databases at their start; the dump that an interrupted run is held against.
# Usage   source library.sh and this; start_postgres; cd "$work"; make_histories [CC'S OPTIONS...]
#         engine=sqlite; begin_history steps up; make; "${way[@]}" --url "$url", interrupted; ends_as_undisturbed "what was done to it"

# The project's binary, with the points of driver_fault.c in it and what the options bring.
build_faulty() { # OUTPUT [CC'S OPTIONS...]
  local output=$1
  shift
  (cd "$project" && "$MIGEN" emit --release 1.0.0 -o "$output.c") >"$work/out" 2>&1 || fail "$(cat "$work/out")"
  "${CC:-cc}" -std=c11 -DMIGEN_FAULTS -o "$output" "$output.c" "$@" -lsqlite3 -lpq
}

write_example() {
  new_project "$work/example"
  cp "$SOURCE/migrations/"*.mig "$project/migrations/"
}

write_steps() {
  new_project "$work/steps"
  migration 1_people <<'END'
migration "People, before anything happens to them"

create enum mood ('calm', 'cross')
create table teams { id id
                     name text not null }
create table people {
  id       id
  email    text
  name     text
  mood     mood default 'calm'
  team_id  bigint
  age      int
}
create table counted { id id
                       n int not null }
create table many { id id
                    n int not null default 0 }
create index people_age on people (age)
END
migration 2_steps <<'END'
migration "Every step that cannot be in one transaction with the others, and what must be run once between them"
after people

run "count 1" { UPDATE counted SET n = n + 1 } undo { UPDATE counted SET n = n - 1 }
create index people_name on people (name)
run "count 10" { UPDATE counted SET n = n + 10 } undo { UPDATE counted SET n = n - 10 }
add unique people_email_key on people (email)
run "count 100" { UPDATE counted SET n = n + 100 } undo { UPDATE counted SET n = n - 100 }
add foreign key people_team on people (team_id) -> teams (id)
add check people_grown on people (age > 0)
run "count 1000" { UPDATE counted SET n = n + 1000 } undo { UPDATE counted SET n = n - 1000 }
alter column people.name not null
add enum value mood 'glad'
run "cheer" { UPDATE people SET mood = 'glad' WHERE id = 1 } undo none
alter column people.age not null backfill (7)
run "count 10000" { UPDATE counted SET n = n + 10000 } undo { UPDATE counted SET n = n - 10000 }
drop index people_age
END
migration 3_columns <<'END'
migration "Columns that bring more than themselves"
after steps

run "count a" { UPDATE counted SET n = n + 100000 } undo { UPDATE counted SET n = n - 100000 }
add column people.badge varchar(20) unique
add column people.full_name text not null backfill (name || '!')
add column people.second_id bigint -> teams.id index
add column people.height int check (height > 10)
add column people.note text backfill (email)
add columns people {
  one  text unique
  two  text not null default 'x'
}
if index people_name {
  run "count b" { UPDATE counted SET n = n + 1000000 } undo { UPDATE counted SET n = n - 1000000 }
  create index people_full on people (full_name)
}
ensure table teams { id id
                     name text not null unique
                     size int not null default 3 }
END
migration 4_alone <<'END'
migration "Each step by itself"
after columns
transaction none

add column people.last text
run "filling" { UPDATE people SET last = 'z' } when { SELECT 1 FROM people WHERE last IS NULL } undo none
alter column people.last not null
create unique index people_last on people (last, id)
END
migration 5_many <<'END'
migration "In batches, which would count again what they have counted; and C"
after alone

backfill many set (n = n + 1) where (n < 1000) batch 4
run "count c" { UPDATE counted SET n = n + 10000000 } undo { UPDATE counted SET n = n - 10000000 }
backfill many set (n = n + 10) where (n < 1000) batch 10
call count_with_c from "count.c" undo uncount_with_c
create index many_n on many (n)
END
cat >"$project/migrations/count.c" <<'END'
#include "migen.h"

int count_with_c(migen *m)
{
    return migen_execute(m, "UPDATE counted SET n = n + 100000000", NULL, 0);
}

int uncount_with_c(migen *m)
{
    return migen_execute(m, "UPDATE counted SET n = n - 100000000", NULL, 0);
}
END
migration 6_end <<'END'
migration "The end"
after many

create view grown as { SELECT id, name FROM people WHERE age > 5 }
END
}

make_histories() { # [CC'S OPTIONS...]
  write_example
  build_faulty "$work/example-migrate" "$@"
  write_steps
  build_faulty "$work/steps-migrate" "$@"
}

# The same steps by a newer release, and the binary of the release before it, which knows their beginning alone: it goes down by the
# ways that the newer one has left in the database. C has nothing to take back here, since only the newer one has it.
make_newer() { # [CC'S OPTIONS...]
  cp -r "$work/steps" "$work/newer"
  project=$work/newer
  sed -i 's/ undo uncount_with_c/ undo none/' "$project/migrations/5_many.mig"
  build_faulty "$work/newer-migrate" "$@"
  cp -r "$work/newer" "$work/older"
  project=$work/older
  find "$project/migrations" -name '[2-9]_*' -delete
  rm "$project/migrations/count.c"
  build_faulty "$work/older-migrate" "$@"
}

# What each history begins at, and the rows that are there then.
example_start=create_users
example_data="INSERT INTO users (email, first_name, last_name, password_hash, role)
  VALUES ('a@example.org', 'A', 'B', 'x', 'admin'), ('c@example.org', 'C', 'D', 'y', 'customer')"
steps_start=people
newer_start=people
steps_data="INSERT INTO teams (id, name) VALUES (1, 'red'), (2, 'blue');
  INSERT INTO people (id, email, name, team_id, age) VALUES (1, 'a@b', 'a', 1, 10), (2, 'c@d', 'c', 2, NULL), (3, 'e@f', 'e', 1, 12);
  INSERT INTO counted (n) VALUES (0);
  INSERT INTO many (n) VALUES (0), (0), (0), (0), (0), (0), (0), (0), (0), (0), (0), (0), (0)"
newer_data=$steps_data

tell() { # DATABASE SQL
  if [ "$engine" = sqlite ]; then sqlite3 "$work/$1.db" "$2"; else query "$1" "$2"; fi
}

make() { # a copy of the start, in $url
  if [ "$engine" = sqlite ]; then
    rm -f "$work/made.db"*
    cp "$work/$history.db" "$work/made.db"
    url=sqlite:$work/made.db
  else
    query postgres "DROP DATABASE IF EXISTS made WITH (FORCE)" 2>/dev/null
    query postgres "CREATE DATABASE made TEMPLATE \"$history\""
    url="postgresql:///made?host=$pg_socket&port=$pg_port&user=postgres"
  fi
}

no_times() { sed -E "s/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.+]+/(time)/g"; }

dump() { # of what `make` made: schema, data, and what is applied
  if [ "$engine" = sqlite ]; then
    sqlite3 made.db .dump | grep -v migen_history | no_times
  else
    dump_postgres made | no_times
  fi
  tell made "SELECT id, direction, outcome, hash FROM migen_history WHERE direction NOT IN ('intent', 'failed') ORDER BY seq"
}

schema_dump() { # the same without data
  if [ "$engine" = sqlite ]; then sqlite3 made.db .schema | grep -v migen_history; else dump_postgres made -s; fi
  tell made "SELECT id, hash FROM migen_history h WHERE direction = 'up' AND NOT EXISTS (SELECT 1 FROM migen_history l
    WHERE l.id = h.id AND l.seq > h.seq AND l.direction NOT IN ('intent', 'failed')) ORDER BY id"
}

# begin_history HISTORY up|down: makes its start, goes its way once undisturbed, and keeps the dump. Sets history, way (the command
# to interrupt) and program. A way down is followed by `up`; that of the newer history is gone by the older binary.
begin_history() {
  history=$1 program=$work/$1-migrate
  local start=${1}_start data=${1}_data
  way=("$program" "$2" --yes)
  [ "$2" = up ] || way=("$program" down "${!start}" --yes)
  [ "$1 $2" != "newer down" ] || way=("$work/older-migrate" down head --yes)
  if [ "$engine" = sqlite ]; then
    rm -f "$history.db"*
    url=sqlite:$work/$history.db
  else
    query postgres "DROP DATABASE IF EXISTS \"$history\" WITH (FORCE)" 2>/dev/null
    new_database "$history"
  fi
  expect 0 "$program" up "${!start}" --url "$url"
  tell "$history" "${!data}" >/dev/null
  [ "$2" = up ] || expect 0 "$program" up --url "$url"
  make
  expect 0 "${way[@]}" --url "$url"
  [ "$2" = up ] || expect 0 "$program" up --url "$url"
  dump >undisturbed
  schema_dump >undisturbed.schema
}

# Behind the way down of the older release's binary: nothing is left that it does not know.
older_is_at_home() {
  expect 0 "$work/older-migrate" status --exit-code --url "$url"
  says "status: up to date applied=1 pending=0 unknown=0"
  expect 0 "$work/older-migrate" verify --url "$url"
  silent_about "unknown"
}

# What the newer release has begun is taken back, or refused before the first step where nobody can know what SQL is to be undone.
older_goes_down() {
  local code=0 before
  before=$(dump)
  "$work/older-migrate" down head --yes --url "$url" >"$work/out" 2>"$work/log" || code=$?
  if [ "$code" = 1 ]; then
    says "was begun and not finished, and its way down runs SQL of its own"
    says "nothing was changed; finish it with \`up\` of release 1.0.0"
    equal "$before" "$(dump)" "what was to stay as it was"
    refused=$((${refused:-0} + 1))
  else
    equal 0 "$code" "the exit code of the older release's \`down head\` ($(cat "$work/log"))"
    older_is_at_home
  fi
}

# Behind an interruption the next plain run comes to the undisturbed end. Behind an interrupted way down that is the same way
# again and `up`; every other time `up` alone, which finishes what was begun to be taken back: the same schema then, while the
# data is that of the migrations that were not taken back.
ends_as_undisturbed() { # WHAT
  local of=
  interruptions=$((${interruptions:-0} + 1))
  if [ "${way[1]}" = down ]; then
    if [ $((interruptions % 2)) = 0 ]; then
      of=schema
    else
      expect 0 "${way[@]}" --url "$url"
      [ "$history" != newer ] || older_is_at_home
    fi
  fi
  if [ "$history:${way[1]}" = newer:up ]; then
    of=schema
    older_goes_down
  fi
  expect 0 "$program" up --url "$url"
  silent_about "differs  "
  if [ -z "$of" ]; then dump >disturbed; else schema_dump >disturbed; fi
  if ! diff -u "undisturbed${of:+.$of}" disturbed >difference; then
    cat interrupted.out interrupted.log "$work/out" "$work/log" difference >&2
    fail "$engine, $history, ${way[1]}: $1, and it ends otherwise"
  fi
}
