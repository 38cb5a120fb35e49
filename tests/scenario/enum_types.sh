#!/usr/bin/env bash
# A column altered to an enum, from one to another and away from it (language.md 5.7): on SQLite too it has just the check of its type, on the way
# up and down.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

new_project "$work/cars"
migration 1_cars <<'END'
migration "Cars"
create enum color ('red', 'green')
create enum shade ('dark', 'light')
create table cars { id id
                    d text
                    e color
                    f color
                    g varchar(20) not null default 'red' }
END
migration 2_types <<'END'
migration "Other types"
alter column cars.d type color
alter column cars.e type text
alter column cars.f type shade using (null)
alter column cars.g type color
END
expect 0 sh -c 'cd "$1" && "$2" check' sh "$project" "$MIGEN"
build "$work/cars.bin"
app=$work/cars.bin

takes() { # VERSION COLUMN VALUE yes|no
  local answer=yes
  ask "BEGIN; INSERT INTO cars (id, $2) VALUES (77, '$3'); ROLLBACK" >/dev/null 2>&1 || answer=no
  equal "$4" "$answer" "$engine, version $1: whether $2 takes '$3'"
}
at_first() {
  takes 1 d purple yes
  takes 1 e red yes
  takes 1 e purple no
  takes 1 f red yes
  takes 1 f dark no
  takes 1 g purple yes
}
at_second() {
  takes 2 d purple no
  takes 2 d green yes
  takes 2 e purple yes
  takes 2 f dark yes
  takes 2 f red no
  takes 2 g purple no
  takes 2 g green yes
}
for engine in postgres sqlite; do
  if [ "$engine" = postgres ]; then
    new_database cars
    ask() { query cars "$1"; }
  else
    url=sqlite:$work/cars.db
    ask() { sqlite3 -bail "$work/cars.db" "$1"; }
  fi
  expect 0 "$app" up +1 --url "$url"
  ask "INSERT INTO cars (id, d, e, f) VALUES (1, 'red', 'green', 'red')"
  at_first
  expect 0 "$app" up --strict --url "$url"
  says "altered  column cars.d"
  says "altered  column cars.f"
  expect 0 "$app" verify --url "$url"
  says "differences=0"
  at_second
  equal "red|green||red" "$(ask "SELECT d, e, f, g FROM cars WHERE id = 1")" "the row"
  expect 0 "$app" down 1_cars --yes --url "$url"
  silent_about "already so"
  expect 0 "$app" verify current --url "$url"
  at_first
  expect 0 "$app" up --strict --url "$url"
  at_second

  # Without the history: nothing is left to do, or all.
  ask "DROP TABLE migen_history"
  expect 0 "$app" up --strict --url "$url"
  says "differs=0"
  at_second
  ask "INSERT INTO cars (id, d) VALUES (2, 'green')"
  expect 0 "$app" down 1_cars --yes --url "$url"
  ask "DROP TABLE migen_history; UPDATE cars SET d = 'purple' WHERE id = 2"
  expect 1 "$app" up --url "$url" # a value that the enum does not have
  ask "UPDATE cars SET d = 'green' WHERE id = 2"
  expect 0 "$app" up --strict --url "$url"
  at_second
done
