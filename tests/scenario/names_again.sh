#!/usr/bin/env bash
# Names that renames free and give to something else: swaps, rings, a table or column whose new form takes the old one's name, names used
# again after a drop. On an empty database, migration by migration, on the way down and up again, and without the history, each name has to
# stand for what the migrations mean by it (language.md 5.3), with its rows.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

new_history() { # NAME: an empty project; its files follow
  name=$1
  rm -rf "$work/$name"
  new_project "$work/$name"
}

reset_database() {
  if [ "$engine" = postgres ]; then
    query postgres "DROP DATABASE IF EXISTS again" >/dev/null 2>&1
    new_database again
    ask() { query again "$1"; }
  else
    rm -f "$work/again.db"
    url=sqlite:$work/again.db
    ask() { sqlite3 "$work/again.db" "$1"; }
  fi
}

is_right() { # WHERE: what the last command left
  silent_about "differs "
  silent_about "neither name"
  expect 0 "$app" verify --url "$url"
  says "verify: ok differences=0"
  equal "$wanted" "$(ask "$question")" "$name, $engine, $1: $question"
}

# each_way WANTED QUESTION COUNT [SAME [LOSES]]: the history has COUNT migrations. SAME: two of its versions have one schema, so that without the
# history nobody can tell them apart. LOSES: the way down drops rows.
each_way() {
  wanted=$1 question=$2
  (cd "$project" && expect 0 "$MIGEN" check)
  build "$work/$name-migrate"
  app=$work/$name-migrate
  for engine in postgres sqlite; do
    reset_database
    expect 0 "$app" up --url "$url"
    is_right "from nothing"
    expect 0 "$app" down base --yes --url "$url"
    silent_about "differs "
    expect 0 "$app" up --strict --url "$url"
    is_right "down and up"
    reset_database
    for ((i = 0; i < $3; i++)); do
      expect 0 "$app" up +1 --url "$url"
      silent_about "differs "
    done
    is_right "one by one"
    for ((i = 1; i < $3; i++)); do
      expect 0 "$app" down -1 --yes --url "$url"
      silent_about "differs "
    done
    expect 0 "$app" up --strict --url "$url"
    [ "${5:-}" = loses ] || is_right "down one by one, and up"
    [ "${4:-}" != same ] || continue
    for ((k = 1; k <= $3; k++)); do
      reset_database
      expect 0 "$app" up "+$k" --url "$url"
      ask "DROP TABLE migen_history"
      expect 0 "$app" up --url "$url"
      is_right "without history at $k"
    done
  done
}

new_history column
migration 1_a <<'END'
migration "A price"
create table t { id id
                 price int }
seed t (id, price) key (id) { 1, 7 }
END
migration 2_b <<'END'
migration "With cents"
add column t.price_new numeric(10,2)
backfill t set (price_new = price + 1) where (price_new is null)
END
migration 3_c <<'END'
migration "The new one"
rename column t.price to price_old
rename column t.price_new to price
END
each_way '7|8' "SELECT price_old, cast(price AS int) FROM t" 3

new_history columns_swapped
migration 1_a <<'END'
migration "Two"
create table t { id id
                 a int
                 b text
                 index ix_a (a)
                 check ck_b (b <> '') }
seed t (id, a, b) key (id) { 1, 7, 'seven' }
END
migration 2_b <<'END'
migration "Swapped"
rename column t.a to c
rename column t.b to a
rename column t.c to b
END
migration 3_c <<'END'
migration "And used"
add column t.d int
add check ck_a on t (a <> 'none')
create index ix_ab on t (a, b)
END
each_way 'seven|7' "SELECT a, b FROM t" 3

new_history columns_of_one_type
migration 1_a <<'END'
migration "Two"
create table t { id id
                 a int
                 b int }
seed t (id, a, b) key (id) { 1, 7, 8 }
END
migration 2_b <<'END'
migration "Swapped"
rename column t.a to c
rename column t.b to a
rename column t.c to b
END
each_way '8|7' "SELECT a, b FROM t" 2 same

new_history tables
migration 1_a <<'END'
migration "Two"
create table t { id id
                 a int }
create table x1 { id id
                  b text }
seed x1 (id, b) key (id) { 1, 'of x1' }
END
migration 2_b <<'END'
migration "A third, and a ring"
create table x2 { id id
                  c text }
seed x2 (id, c) key (id) { 1, 'of x2' }
rename table t to t_old
rename table x1 to t
rename table x2 to x1
END
migration 3_c <<'END'
migration "x2 again"
create table x2 { id id
                  d int }
add column t.more int
END
each_way 'of x1|of x2' "SELECT t.b, x1.c FROM t, x1" 3

new_history orders
migration 1_a <<'END'
migration "Orders"
create table orders { id id
                      total int
                      index ix_total (total) }
seed orders (id, total) key (id) { 1, 5 }
END
migration 2_b <<'END'
migration "Remade"
create table orders_new { id id
                          total bigint not null
                          note text
                          index ix_total_new (total) }
run "filled" { INSERT INTO orders_new (id, total, note) SELECT id, total * 2, 'x' FROM orders } undo { DELETE FROM orders_new }
END
migration 3_c <<'END'
migration "Takes its place"
drop table orders
rename table orders_new to orders
rename index ix_total_new to ix_total
END
each_way '10|x' "SELECT total, note FROM orders" 3 '' loses

new_history indexes
migration 1_a <<'END'
migration "Two"
create table t { id id
                 a int
                 b int }
create index i1 on t (a)
END
migration 2_b <<'END'
migration "And another"
create index i2 on t (b)
END
migration 3_c <<'END'
migration "Renamed in turn"
rename index i1 to i3
rename index i2 to i1
END
each_way '' "SELECT id FROM t" 3

new_history constraints
migration 1_a <<'END'
migration "One"
create table t { id id
                 a int
                 b int
                 check c1 (a > 0) }
END
migration 2_b <<'END'
migration "And another"
add check c2 on t (b > 0)
add unique u2 on t (a)
END
migration 3_c <<'END'
migration "Renamed in turn"
rename constraint c1 to c3 on t
rename constraint c2 to c1 on t
rename constraint u2 to c2 on t
END
each_way '' "SELECT id FROM t" 3 same # a constraint is what it says, not its name

new_history enums
migration 1_a <<'END'
migration "One"
create enum mood ('glad', 'sad')
create table t { id id
                 m mood not null default 'glad' }
seed t (id, m) key (id) { 1, 'sad' }
END
migration 2_b <<'END'
migration "And another"
create enum mood_new ('hot', 'cold')
add column t.n mood_new not null default 'cold'
END
migration 3_c <<'END'
migration "Renamed in turn"
rename enum mood to mood_old
rename enum mood_new to mood
rename enum value mood_old 'glad' to 'x'
rename enum value mood_old 'sad' to 'glad'
rename enum value mood_old 'x' to 'sad'
END
migration 4_d <<'END'
migration "And used"
add column t.o mood default 'hot'
END
each_way 'glad|cold' "SELECT m, n FROM t" 4

# What is dropped has no later name: another thing that was called so has.
new_history dropped
migration 1_a <<'END'
migration "One"
create table t { id id
                 a int
                 k int }
create table w { id id }
END
migration 2_b <<'END'
migration "Away, and another"
drop column t.a
add column t.a text
drop table w
create table w { id id
                 v text }
END
migration 3_c <<'END'
migration "Renamed"
rename column t.a to b
rename table w to v
seed t (id, b) key (id) { 1, 'kept' }
seed v (id, v) key (id) { 1, 'kept' }
END
each_way 'kept|kept' "SELECT b, v FROM t, v" 3 '' loses
# At no version's schema: the first of both, which is gone, is not looked for under the name of the second.
for engine in postgres sqlite; do
  reset_database
  expect 0 "$app" up --url "$url"
  ask "DROP TABLE migen_history; ALTER TABLE t DROP COLUMN k"
  expect 0 "$app" up --url "$url"
  equal 'kept|kept' "$(ask "SELECT b, v FROM t, v")" "what the name of something dropped would have led to"
done

# There and back: the name is the old one again.
new_history back
migration 1_a <<'END'
migration "One"
create table t { id id
                 a int }
seed t (id, a) key (id) { 1, 1 }
END
migration 2_b <<'END'
migration "There"
rename column t.a to b
rename table t to u
add column u.c int default 4
END
migration 3_c <<'END'
migration "And back"
rename table u to t
rename column t.b to a
END
each_way '1|4' "SELECT a, c FROM t" 3

# What raw SQL has made under the later name is not what the migration makes.
new_history raw
migration 1_a <<'END'
migration "Made by hand"
run "made" { CREATE TABLE w (id int); INSERT INTO w VALUES (3) } undo { DROP TABLE w }
END
migration 2_b <<'END'
migration "By migen"
create table w_new { id id
                     v text }
run "taken over" { INSERT INTO w_new (id, v) SELECT id, 'w' FROM w } undo { DELETE FROM w_new }
END
migration 3_c <<'END'
migration "In its place"
run "away" { DROP TABLE w } undo { CREATE TABLE w (id int) }
rename table w_new to w
END
each_way '3|w' "SELECT id, v FROM w" 3 same loses

# ---- the history lost and something small different, so that no version fits: a table renamed away and its name used again ----
new_history reused
migration 1_first <<'END'
migration "Posts"
create table posts {
  id id
  title text
}
create view v as { SELECT id, title FROM posts }
create table other { id id }
END
migration 2_second <<'END'
migration "They are articles"
rename column posts.title to headline
rename table posts to articles
END
migration 3_third <<'END'
migration "And there are other posts"
create table posts {
  id id
  title text
}
END
build "$work/reused-migrate"
app=$work/reused-migrate
new_history asked
migration 1_first <<'END'
migration "A column with an old name"
create table t {
  id id
  legacy int
}
create table other { id id }
END
migration 2_second <<'END'
migration "Renamed where it is"
if column t.legacy { rename column t.legacy to fresh } else { add column t.fresh int }
if not column t.legacy { rename column t.fresh to newest }
END
build "$work/asked-migrate"
for engine in postgres sqlite; do
  for change in "" "ALTER TABLE articles ADD COLUMN by_hand int"; do
    reset_database
    expect 0 "$app" up --url "$url"
    ask "INSERT INTO articles (headline) VALUES ('old'); INSERT INTO posts (title) VALUES ('new'); DROP TABLE migen_history; DROP TABLE other"
    [ -z "$change" ] || ask "$change"
    expect 0 "$app" up --url "$url"
    silent_about "renamed  "
    silent_about "replaced "
    if [ -z "$change" ]; then
      silent_about "differs "
      says "already renamed to articles"
    else
      says 'wanted the one that is renamed later, for "rename column posts.title to headline"'
      says "found both names"
    fi
    expect 0 "$app" verify --url "$url"
    equal "old new old" "$(ask "SELECT a.headline || ' ' || p.title || ' ' || v.title FROM articles a, posts p, v" | tr '|' ' ')" "$engine: the tables and the view"
  done
  reset_database
  expect 0 "$work/asked-migrate" up --url "$url"
  ask "DROP TABLE migen_history; DROP TABLE other"
  expect 0 "$work/asked-migrate" up --url "$url"
  silent_about "differs "
  silent_about "missing "
  expect 0 "$work/asked-migrate" verify --url "$url"
done
