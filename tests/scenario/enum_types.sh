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

use_database() { # NAME
  database=$1
  if [ "$engine" = postgres ]; then
    new_database "$database"
    ask() { query "$database" "$1"; }
  else
    url=sqlite:$work/$database.db
    ask() { sqlite3 -bail "$work/$database.db" "$1"; }
  fi
}
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
  use_database cars
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

# What compares the column (a partial index, one on an expression, a check, a trigger's condition) is read anew with its new type: the
# server's own text would cast to the old one.
new_project "$work/compared"
migration 1_first <<'END'
migration "Compared with the enum's values"
create enum state ('new', 'paid')
create table orders {
  id     id
  state  state not null default 'new'
  n      int
  check orders_paid (state <> 'paid' or n > 0)
  index orders_new (n) where (state = 'new')
}
create index orders_rank on orders ((case when state = 'new' then 1 else 2 end))
create view open_orders as { SELECT id FROM orders WHERE state = 'new' }
on postgres {
  create function touched() { CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n := 7; RETURN NEW; END $$ }
  create trigger touch on orders { CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW WHEN (NEW.state = 'new') EXECUTE FUNCTION touched() }
}
END
migration 2_text <<'END'
migration "The enum given up"
alter column orders.state type text
END
migration 3_other <<'END'
migration "And another one"
create enum state2 ('new', 'paid', 'sent')
alter column orders.state type state2
END
build "$work/compared.bin"
app=$work/compared.bin
for engine in sqlite postgres; do
  use_database compared
  expect 0 "$app" up 1_first --url "$url"
  ask "INSERT INTO orders (n) VALUES (1), (2)"
  for target in 2_text 3_other; do
    expect 0 "$app" up "$target" --strict --url "$url"
    says "altered  column orders.state"
    expect 0 "$app" verify current --url "$url"
  done
  for target in 2_text 1_first; do
    expect 0 "$app" down "$target" --yes --url "$url"
    expect 0 "$app" verify current --url "$url"
  done
  equal 2 "$(ask "SELECT count(*) FROM open_orders")" "$engine: the rows of the view"
  expect 0 "$app" down base --yes --url "$url"
  expect 0 "$app" up --strict --url "$url" # all in one run, without rows
  expect 0 "$app" verify --url "$url"
done

# A check that says its table's name, one whose column is another kind of number for a while, and a collation that a number has none of.
new_project "$work/back"
migration 1_first <<'END'
migration "Numbers and a text"
create table users {
  id      id
  status  int not null default 1 check (users.status > 0)
  n       int
  check users_n (users.n > 0 and users.n < 5.5)
}
add check users_more on users ("users".n < 100)
on postgres {
  add column users.name text collate "C"
}
END
migration 2_other <<'END'
migration "Other types"
alter column users.n type numeric(10,2)
alter column users.status type bigint
on postgres {
  alter column users.name type int using (null)
}
END
migration 3_back <<'END'
migration "And back"
alter column users.n type int
alter column users.status type int
rename table users to people
END
expect 0 sh -c 'cd "$1" && "$2" check' sh "$project" "$MIGEN"
build "$work/back.bin"
app=$work/back.bin
for engine in sqlite postgres; do
  use_database back
  for target in 1_first 2_other 3_back; do
    expect 0 "$app" up "$target" --strict --url "$url"
    silent_about "differs "
    expect 0 "$app" verify current --url "$url"
  done
  for target in 2_other 1_first base; do
    expect 0 "$app" down "$target" --yes --url "$url"
    expect 0 "$app" verify current --url "$url"
    [ "$engine$target" != postgres1_first ] ||
      equal C "$(ask "SELECT collname FROM pg_attribute a JOIN pg_collation c ON c.oid = a.attcollation WHERE attrelid = 'users'::regclass AND attname = 'name'")" "the collation"
  done
  # by another tool, which names the table too
  [ "$engine" = sqlite ] && key=integer || key="bigint generated by default as identity"
  ask "CREATE TABLE users (id $key primary key, status int not null default 1 check (status > 0), n int, CONSTRAINT users_n CHECK (n > 0 AND users.n < 5.5))"
  expect 0 "$app" up 1_first --url "$url"
  silent_about "differs "
done

# A check that lacks a value of the enum is one difference, not also a constraint that nobody knows.
new_project "$work/short" sqlite
migration 1_first <<'END'
migration "An enum"
create enum e ('a', 'b')
create table t { id id; e e }
END
build "$work/short.bin"
url=sqlite:$work/short.db
sqlite3 "$work/short.db" "CREATE TABLE t (id integer primary key, e text check (e in ('a')))"
expect 0 "$work/short.bin" up --url "$url"
says "differs  column t.e: wanted e ('a', 'b'), found text check (e in ('a'))"
expect 4 "$work/short.bin" verify --url "$url"
silent_about "unknown  constraint"

# A renamed value in a view below which the enum is given up; a truth value's default among numbers; the types of a STRICT table without the history.
new_project "$work/mixed"
migration 1_first <<'END'
migration "Types"
create enum mood ('sad', 'ok')
create table other { id id }
create table t {
  id id
  m  mood not null default 'sad'
  b  bool not null default false
  n  int default 1
  j  json
  v  varchar(7)
} strict
create view fine as { SELECT id FROM t WHERE m = 'ok' }
END
migration 2_value <<'END'
migration "Another name"
rename enum mood to feeling
rename enum value feeling 'ok' to 'fine'
END
migration 3_types <<'END'
migration "Other types"
alter column t.m type text
alter column t.b type int
alter column t.n type bool
END
build "$work/mixed.bin"
app=$work/mixed.bin
for engine in sqlite postgres; do
  use_database mixed
  for target in 1_first 2_value 3_types; do
    expect 0 "$app" up "$target" --strict --url "$url"
    silent_about "differs "
    expect 0 "$app" verify current --url "$url"
    [ "$target" != 1_first ] || ask "INSERT INTO t (m) VALUES ('ok')"
  done
  equal "1 0" "$(ask "SELECT id, (SELECT b FROM t) FROM fine" | tr '|' ' ')" "$engine: what the view finds"
  ask "DROP TABLE migen_history; DROP TABLE other"
  expect 0 "$app" up --url "$url"
  silent_about "found varchar"
  for target in 2_value 1_first base; do
    expect 0 "$app" down "$target" --yes --url "$url"
    [ "$target" = base ] || expect 0 "$app" verify current --url "$url"
  done
done
# ---- what compares the column has been followed through renames, and is made again from that text: step by step, both ways ----
new_project "$work/followed" postgres
migration 1_first <<'MIG'
migration "First"
create enum mood ('sad', 'ok')
create table person { id id
                      m mood }
create view sad_ones as { SELECT id FROM person WHERE m = 'sad' }
create view counted as { SELECT p.id, p.m, x.n FROM person p JOIN (SELECT count(*) AS n, m FROM person GROUP BY m) x ON x.m = p.m
  WHERE p.m IN ('sad', 'ok') }
create function seen() { CREATE OR REPLACE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$ }
create trigger seen on person { CREATE TRIGGER seen BEFORE UPDATE ON person FOR EACH ROW WHEN (new.m = 'sad') EXECUTE FUNCTION seen() }
MIG
migration 2_names <<'MIG'
migration "Names"
rename table person to people
rename enum value mood 'sad' to 'blue'
rename column people.m to feels
MIG
migration 3_text <<'MIG'
migration "Text"
alter column people.feels type text
MIG
migration 4_other <<'MIG'
migration "Another enum"
create enum feeling ('blue', 'ok')
alter column people.feels type feeling
MIG
build "$work/followed-migrate"
postgres_fresh followed
for step in 1 2 3 4; do
  expect 0 "$work/followed-migrate" up +1 --verify strict --url "$url"
done
ask "INSERT INTO people (feels) VALUES ('blue'), ('ok')"
for step in 3 2 1; do
  expect 0 "$work/followed-migrate" down --yes --url "$url"
  expect 0 "$work/followed-migrate" verify current --url "$url"
done
equal 1:2 "$(ask "SELECT (SELECT count(*) FROM sad_ones) || ':' || (SELECT count(*) FROM counted)")" "what the views give"
expect 0 "$work/followed-migrate" up --verify strict --url "$url"
expect 0 "$work/followed-migrate" down base --yes --url "$url"
