#!/usr/bin/env bash
# A renamed value of an enum is followed in all that says it, on both engines: checks, defaults, generated columns, partial indexes, views, triggers;
# and what is only text of the same letters stays.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

new_project "$work/app"
migration 1_cars <<'END'
migration "Cars"
create enum color ('red', 'green')
create table notes { id id
                     d text }
create table cars { id id
                    d color not null default 'green'
                    s text not null default 'green'
                    n int
                    ready bool as (d = 'green' and s <> 'green') stored
                    say text as (case d when 'green' then 'green' else 'other' end) stored
                    check ck_n (d <> 'green' or n > 0)
                    check ck_in (d in ('red', 'green') or s in ('green', 'x'))
                    index ix_d (n) where (d = 'green')
                    index ix_s (n) where (s = 'green') }
create view greens as { SELECT id, d AS colour, s FROM cars WHERE d = 'green' AND s <> 'green' }
create view on_greens as { SELECT id FROM greens WHERE colour = 'green' }
create view texts as { SELECT c.id, 'green' AS word FROM cars c JOIN notes n ON n.d = 'green' AND c.d = 'green' }
seed cars (id, d, s, n) key (id) { 1, 'green', 'y', 1
                                   2, 'red', 'green', null }
seed notes (id, d) key (id) { 1, 'green' }
END
migration 2_lime <<'END'
migration "Lime"
rename enum value color 'green' to 'lime'
END
migration 3_more <<'END'
migration "And another green"
add enum value color 'green'
END
expect 0 sh -c 'cd "$1" && "$2" check' sh "$project" "$MIGEN"
build "$work/app-migrate"
app=$work/app-migrate
takes() { # VALUES yes|no
  local answer=yes
  ask "INSERT INTO cars (id, d, s, n) VALUES ($1)" >/dev/null 2>&1 || answer=no
  ask "DELETE FROM cars WHERE id > 2" >/dev/null
  equal "$2" "$answer" "$engine: whether cars takes $1"
}
rows_are() { # COLOUR WHERE
  equal "1|$1|y 1 1|green" "$(ask "SELECT * FROM greens; SELECT * FROM on_greens; SELECT * FROM texts" | xargs)" "$engine, $2: the views"
  equal "1|green 2|other" "$(ask "SELECT id, say FROM cars ORDER BY id" | xargs)" "$engine, $2: what is generated"
  equal "1" "$(ask "SELECT id FROM cars WHERE ready")" "$engine, $2: what is generated"
  takes "9, '$1', 'x', 0" no
  takes "9, '$1', 'x', 1" yes
  takes "9, 'red', 'z', 0" yes
}
for engine in postgres sqlite; do
  if [ "$engine" = postgres ]; then
    new_database values
    ask() { query values "$1"; }
    index_of() { query values "SELECT indexdef FROM pg_indexes WHERE indexname = '$1'"; }
  else
    url=sqlite:$work/values.db
    ask() { sqlite3 "$work/values.db" "$1"; }
    index_of() { sqlite3 "$work/values.db" "SELECT sql FROM sqlite_schema WHERE name = '$1'"; }
  fi
  expect 0 "$app" up --strict --url "$url" +1
  rows_are green "first"
  expect 0 "$app" up --strict --url "$url" +1
  silent_about "differs "
  rows_are lime "renamed"
  checks=$((checks + 1))
  index_of ix_d | grep -qF "'lime'" || fail "$engine: ix_d says $(index_of ix_d)"
  index_of ix_s | grep -qF "'green'" || fail "$engine: ix_s says $(index_of ix_s)"
  expect 0 "$app" verify current --url "$url"
  says "differences=0"
  expect 0 "$app" down 1_cars --yes --url "$url"
  silent_about "differs "
  expect 0 "$app" verify current --url "$url"
  rows_are green "down"
  expect 0 "$app" up --strict +1 --url "$url"
  rows_are lime "and up"
  expect 0 "$app" up --strict --url "$url"
  expect 0 "$app" verify --url "$url"
  says "differences=0"
  expect 0 "$app" down base --yes --url "$url"
  expect 0 "$app" up --strict --url "$url"
  silent_about "differs "
done
