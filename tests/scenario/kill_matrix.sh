#!/usr/bin/env bash
# The kill matrix: the release binary gets SIGKILL before each call of the driver and behind each statement of it; the next
# plain `up` ends with the same schema, data and history as an undisturbed run. The points are compiled into this test's
# binary alone (driver_fault.c). As `kill_matrix.sh stops` (stops.sh) it is SIGTERM, and a session that the server ends, in
# the place of SIGKILL: the run itself ends with exit 3 then, and says what to do. Without an argument every so-many-th point is tried, which takes less than a minute; with
# `full`, all of them: about ten minutes.
source "$(dirname "$0")/library.sh"
what=kill
if [ "${1:-}" = stops ]; then
  what=stops
  shift
fi
mode=${1:-some}
start_postgres
cd "$work"

# ---- the histories: the worked example, and one with every step that cannot be in a transaction ----
build_faulty() { # OUTPUT: the project's binary, with the points
  (cd "$project" && "$MIGEN" emit --release 1.0.0 -o "$1.c") >"$work/out" 2>&1 || fail "$(cat "$work/out")"
  "${CC:-cc}" -std=c11 -DMIGEN_FAULTS -o "$1" "$1.c" -lsqlite3 -lpq
}

new_project "$work/example"
cp "$SOURCE/migrations/"*.mig "$project/migrations/"
build_faulty "$work/example-migrate"
example_start=create_users
example_data="INSERT INTO users (email, first_name, last_name, password_hash, role)
  VALUES ('a@example.org', 'A', 'B', 'x', 'admin'), ('c@example.org', 'C', 'D', 'y', 'customer')"

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
migration 5_end <<'END'
migration "The end"
after alone

create view grown as { SELECT id, name FROM people WHERE age > 5 }
END
build_faulty "$work/steps-migrate"
steps_start=people
steps_data="INSERT INTO teams (id, name) VALUES (1, 'red'), (2, 'blue');
  INSERT INTO people (id, email, name, team_id, age) VALUES (1, 'a@b', 'a', 1, 10), (2, 'c@d', 'c', 2, NULL), (3, 'e@f', 'e', 1, 12);
  INSERT INTO counted (n) VALUES (0)"

# ---- databases ----
made=0
make() { # a copy of the start
  made=$((made + 1))
  if [ "$engine" = sqlite ]; then
    cp "$work/$history.db" "$work/made.db"
    url=sqlite:$work/made.db
  else
    query postgres "DROP DATABASE IF EXISTS made WITH (FORCE)" 2>/dev/null
    query postgres "CREATE DATABASE made TEMPLATE \"$history\""
    url="postgresql:///made?host=$pg_socket&port=$pg_port&user=postgres"
  fi
}

no_times() { sed -E "s/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.+]+/(time)/g"; }

dump() {
  local log="SELECT id, direction, outcome, hash FROM migen_history WHERE direction <> 'intent' ORDER BY seq"
  if [ "$engine" = sqlite ]; then
    sqlite3 made.db .dump | grep -v migen_history | no_times
    sqlite3 made.db "$log"
  else
    dump_postgres made | no_times
    query made "$log"
  fi
}

kills=0
matrix() { # HISTORY WAY: kills `up`, or `down`, at each point
  history=$1
  local way=$2 program=$work/$1-migrate start=${1}_start data=${1}_data point code target=()
  [ "$way" = up ] || target=("${!start}")
  if [ "$engine" = sqlite ]; then
    rm -f "$history.db"
    url=sqlite:$work/$history.db
  else
    query postgres "DROP DATABASE IF EXISTS \"$history\" WITH (FORCE)" 2>/dev/null
    new_database "$history"
  fi
  expect 0 "$program" up "${!start}" --url "$url"
  if [ "$engine" = sqlite ]; then sqlite3 "$history.db" "${!data}"; else query "$history" "${!data}" >/dev/null; fi
  [ "$way" = up ] || expect 0 "$program" up --url "$url"

  make
  expect 0 "$program" "$way" "${target[@]}" --yes --url "$url"
  [ "$way" = up ] || expect 0 "$program" up --url "$url"
  dump >undisturbed
  local ended=0 begun=$kills first=1
  [ "$kind" != cut ] || first=2 # at the first point there is no session yet
  # Behind the last point nothing happens any more. A stop in the very last calls finds all done: exit 0.
  for ((point = first; ended < 3; point += stride)); do
    make
    code=0
    { MIGEN_FAULT=$point MIGEN_FAULT_KIND=$kind "$program" "$way" "${target[@]}" --yes --url "$url" >killed.out 2>killed.log; } 2>/dev/null || code=$?
    if [ "$code" -eq 0 ]; then
      ended=$((ended + 1))
    else
      equal 0 "$ended" "how often it had got to its end before it was stopped at point $point"
      equal "$wanted" "$code" "the exit code at point $point ($kind): $(cat killed.log)"
      [ "$kind" = kill ] || grep -q 'next: ' killed.log || fail "$kind at point $point: it does not say what to do next"
      kills=$((kills + 1))
    fi
    [ "$way" = up ] || expect 0 "$program" "$way" "${target[@]}" --yes --url "$url"
    expect 0 "$program" up --url "$url"
    silent_about "differs  "
    dump >disturbed
    diff -u undisturbed disturbed >difference || {
      cat killed.out killed.log "$work/out" "$work/log" difference >&2
      fail "$engine, $history, $way: $kind at point $point, and it ends otherwise"
    }
  done
  echo "$engine: $history, $way: $kind at $((kills - begun)) of its points"
}

for engine in ${ENGINES:-sqlite postgres}; do
  stride=1
  if [ "$mode" != full ]; then
    if [ "$engine" = sqlite ]; then stride=9; else stride=21; fi
  fi
  if [ $what = kill ]; then
    kind=kill wanted=137
    matrix example up
    matrix steps up
    matrix steps down
  else
    kind=term wanted=3
    matrix steps up
    matrix steps down
    kind=cut
    [ "$engine" = sqlite ] || matrix steps up
  fi
done
echo "$kills kills or stops"
