#!/usr/bin/env bash
# What a failed run says and leaves, on both engines: SQL that fails in the middle, an edited migration, a database that is
# ahead, a way back that is missing; as text and as JSON. And that it goes on once that is mended.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

new_project "$work/app"
migration 1_users <<'END'
migration "Users"

create table users {
  id     id
  email  varchar(255) not null unique
}
seed users (email) key (email) { 'a@example.org' }
END
migration 2_names <<'END'
migration "Names"

add column users.name text
END
build "$work/app-1" 1.0.0
migration 3_groups <<'END'
migration "Groups"

create table groups {
  id    id
  name  text not null
}
seed groups (name) key (name) { 'staff' }
END
cp "$project/migrations/3_groups.mig" "$work/3_groups.mig"
migration 4_admins <<'END'
migration "Admins, with a mistake in the middle"

add column groups.size int

run "counting the members" {
  UPDATE groups
  SET size = (SELECT count(*) FROM members)
} undo none

add column groups.label text
END
migration 5_after <<'END'
migration "What comes behind it"

add column users.note text
END
build "$work/app-2" 2.0.0
sed -i 's/FROM members/FROM users/' "$project/migrations/4_admins.mig"
build "$work/app-3" 3.0.0

# A release with an applied migration that has been edited since; and the same with only comments and layout changed.
sed -i "s/add column users.name text/add column users.name varchar(80)/" "$project/migrations/2_names.mig"
build "$work/app-edited" 3.0.1
migration 2_names <<'END'
migration "Another title"   -- and a comment
# of two lines

ADD COLUMN
    users.name   TEXT;
END
build "$work/app-layout" 3.0.2
migration 5_after <<'END'
migration "What comes behind it"

add column users.note text
down never "notes are for ever"
END
build "$work/app-never" 3.0.3

set_engine() { # sqlite | postgres
  engine=$1
  made=$((${made:-0} + 1))
  if [ "$engine" = sqlite ]; then
    url=sqlite:$work/made$made.db
  else
    new_database "made$made"
  fi
}

dump() {
  if [ "$engine" = sqlite ]; then
    sqlite3 "$work/made$made.db" .dump
  else
    dump_postgres_whole "made$made"
  fi
}

ask() { # SQL
  if [ "$engine" = sqlite ]; then
    sqlite3 "$work/made$made.db" "$1"
  else
    query "made$made" "$1"
  fi
}

unchanged() { # CODE COMMAND...: it ends so, and the database is as it was
  local code=$1
  shift
  dump >"$work/before"
  expect "$code" "$@"
  dump >"$work/after"
  same "$work/before" "$work/after"
}

# ---- SQL that fails in the middle ----
failed_sql() {
  expect 0 ./app-1 up --url "$url"
  dump >"$work/before"
  expect 1 ./app-2 up --url "$url"
  cp "$work/log" "$work/failed.log"
  says_once "error ["
  says "migrations/4_admins.mig:5"
  says "SET size = (SELECT count(*) FROM members)"
  says "next:"
  says "migrations/4_admins.mig"
  says "up: failed exit=1"
  if [ "$engine" = sqlite ]; then
    says "[SQLITE_ERROR]"
    says "rolled back: the database is as it was before"
    says "up: failed exit=1 applied=0 already=2 created=0 skipped=0"
    dump >"$work/after"
    same "$work/before" "$work/after"
  else
    says "[42P01]"
    says "4_admins was rolled back whole; the one before it in this run stays applied"
    says "up: failed exit=1 applied=1 already=2 created=1 seeded=1 skipped=0"
    # The caret stands under the table that is not there.
    equal "$(grep -n 'FROM members' "$work/failed.log" | head -n 1 | sed 's/^[0-9]*://; s/members.*//' | wc -m)" \
      "$(grep -E '^ +\^$' "$work/failed.log" | sed 's/\^//' | wc -m)" "the caret's place"
    equal "1_users 2_names 3_groups" "$(ask "SELECT string_agg(id, ' ' ORDER BY id) FROM migen_history WHERE direction = 'up'")" "what is applied"
    equal f "$(ask "SELECT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = 'public' AND column_name IN ('size', 'label', 'note'))")" "what was not rolled back"
  fi
  # The same as JSON: every line of both streams, and the failure in one of them.
  expect 1 ./app-2 up --url "$url" --format json
  cat "$work/out" "$work/log" >"$work/lines"
  every_line_is_json "$work/lines"
  equal 1 "$(grep -c '"event":"failure"' "$work/log")" "the number of failures"
  grep '"event":"failure"' "$work/log" >"$work/failure"
  equal 1 "$(sqlite3 :memory: "SELECT json_extract(l, '\$.level') = 'error' AND json_extract(l, '\$.migration') = '4_admins'
      AND json_extract(l, '\$.sqlstate') IN ('42P01', 'SQLITE_ERROR') AND json_extract(l, '\$.place') LIKE '%4_admins.mig:5'
      AND json_extract(l, '\$.next') LIKE 'mend %' AND json_extract(l, '\$.hint') LIKE 'mend %' AND json_extract(l, '\$.state') LIKE '%rolled back%'
      AND json_extract(l, '\$.statement') LIKE '%FROM members%' AND json_extract(l, '\$.message') NOT LIKE '%rolled back%'
      AND json_extract(l, '\$.operation') = 'run' AND json_extract(l, '\$.exit') = 1
    FROM (SELECT '$(sed "s/'/''/g" "$work/failure")' AS l)")" "what the JSON failure has"
  equal 1 "$(grep -c '"event":"result".*"outcome":"failed"' "$work/out")" "the result's line"
  # Mended, it goes on.
  expect 0 ./app-3 up --url "$url"
  says "up: ok"
  says "ran      counting the members (1 row)"
  equal 1 "$(ask "SELECT size FROM groups")" "the number of members"
  expect 0 ./app-3 verify --url "$url"
  unchanged 0 ./app-3 up --url "$url"
  says "applied=0 already=5"
}

# ---- what the history says ----
history_checks() {
  # Edited after it was applied: named, exit 4; accepted with --edited warn. Layout, comments and titles are no edit.
  unchanged 4 ./app-edited up --url "$url"
  says "error"
  says "2_names"
  silent_about "3_groups"
  says "--edited warn"
  unchanged 4 env MIGEN_EDITED=fail ./app-edited up --url "$url"
  unchanged 0 ./app-edited up --url "$url" --edited warn
  says "warning: edited after it was applied: 2_names"
  unchanged 0 ./app-edited status --url "$url"
  says "edited   2_names"
  unchanged 0 ./app-layout up --url "$url"
  silent_about "edited"

  # An older binary on a newer database.
  unchanged 5 ./app-1 up --url "$url"
  says "3_groups, 4_admins, 5_after"
  says "--ahead ok"
  unchanged 0 ./app-1 up --url "$url" --ahead ok
  says "warning: the database is ahead"
  unchanged 0 env MIGEN_AHEAD=ok ./app-1 up --url "$url"
  unchanged 0 ./app-1 status --url "$url"
  says "unknown  4_admins"
  # It can go back all the same, by the ways down that the newer one left beside its migrations.
  expect 0 ./app-1 down head --yes --url "$url"
  says "reverted=3"
  unchanged 0 ./app-1 up --url "$url"
  says "applied=0 already=2"
  expect 0 ./app-1 verify --url "$url"
  expect 0 ./app-3 up --url "$url"
  says "applied=3 already=2"
  expect 0 ./app-3 verify --url "$url"

  # A way back that is missing: refused before the first step.
  unchanged 1 ./app-never down base --yes --url "$url"
  says "5_after has no way down: notes are for ever"
  silent_about "dropped"
  unchanged 1 ./app-never down --yes --url "$url"
  unchanged 1 ./app-never redo --yes --url "$url"
  # By its own binary, which has a way, it goes back and up again; and the status says what is pending.
  expect 0 ./app-3 down 4_admins --yes --url "$url"
  says "reverted=1"
  unchanged 2 ./app-3 status --exit-code --url "$url"
  says "pending  5_after"
  unchanged 0 ./app-3 status --url "$url"
  expect 0 ./app-3 up --url "$url"
  says "applied=1 already=4"
  unchanged 0 ./app-3 status --exit-code --url "$url"
  unchanged 64 ./app-3 up nowhere --url "$url"
  unchanged 64 ./app-3 down nowhere --yes --url "$url"
  expect 0 ./app-3 redo --yes --url "$url"
  says "redo: ok reverted=1 applied=1 already="
}

# ---- the data is in the way ----
data_in_the_way() {
  expect 0 ./app-1 up --url "$url"
  ask "INSERT INTO users (email) VALUES ('b@example.org')"
  new_project "$work/data"
  cp "$work/app/migrations/1_users.mig" "$project/migrations/"
  printf 'migration "Names"\nadd column users.name text\n' >"$project/migrations/2_names.mig"
  migration 3_unique <<'END'
migration "A unique name, where two have none that differs"

run "naming all the same" { UPDATE users SET name = 'x' } undo none
create unique index users_name on users (name)
END
  build "$work/data-migrate"
  # On PostgreSQL the lock-safe index stands outside of the transaction, so what was before it is committed; the unique
  # index must be gone all the same, and the next run goes on.
  expect 1 ./data-migrate up --url "$url"
  says "error ["
  says "migrations/3_unique.mig:4"
  equal 0 "$(if [ "$engine" = sqlite ]; then ask "SELECT count(*) FROM sqlite_schema WHERE name = 'users_name'"; else ask "SELECT count(*) FROM pg_class WHERE relname = 'users_name' AND EXISTS (SELECT 1 FROM pg_index WHERE indexrelid = pg_class.oid AND indisvalid)"; fi)" "the index"
  ask "UPDATE users SET name = email"
  sed -i "s/SET name = 'x'/SET name = email/" "$project/migrations/3_unique.mig"
  build "$work/data-migrate"
  expect 0 ./data-migrate up --url "$url"
  says "applied=1"
  expect 0 ./data-migrate verify --url "$url"
  expect 0 ./data-migrate up --url "$url"
}

for engine in sqlite postgres; do
  set_engine $engine
  failed_sql
  history_checks
  set_engine $engine
  data_in_the_way
done

# ---- SQLite: rows that do not fit are said of the table, not of what it is called while it is made anew ----
new_project "$work/rebuilt" sqlite
migration 1_people <<'END'
migration "People"
create table people { id id; name text; mail text; age int }
END
build "$work/rebuilt-1"
rm -f rebuilt.db
expect 0 "$work/rebuilt-1" up --url sqlite:rebuilt.db
sqlite3 rebuilt.db "INSERT INTO people (name, mail, age) VALUES (NULL, 'a', 1), ('b', 'a', 2)"
rows_fail() { # STATEMENT MESSAGE
  migration 2_tight <<<"migration \"Tight\"
$1"
  build "$work/rebuilt-2"
  expect 1 "$work/rebuilt-2" up --url sqlite:rebuilt.db
  says "$2"
}
rows_fail "alter column people.name not null" "NOT NULL constraint failed: people.name"
rows_fail "add unique on people (mail)" "UNIQUE constraint failed: people.mail"
rows_fail "add check grown on people (age > 1)" "CHECK constraint failed: grown"
rows_fail "rename table people to persons
alter column persons.name not null" "NOT NULL constraint failed: persons.name"

# ---- PostgreSQL: a migration that is edited behind a part of it that is committed says so, and ends well ----
new_project "$work/edited" postgres
migration 1_people <<'END'
migration "People"
create table people { id id; mail text }
run "mail" { INSERT INTO people (mail) VALUES ('a'), ('a') } undo none
END
migration 2_unique <<'END'
migration "Unique"
add column people.name text
add unique on people (mail)
END
build "$work/edited-1" 1.0.0
new_database edited
expect 0 "$work/edited-1" up +1 --url "$url"
expect 1 "$work/edited-1" up --url "$url"
expect 0 "$work/edited-1" doctor --url "$url"
says "2_unique has failed, and is begun"
says "mend that, then up (as it is, it would fail again)"
migration 2_unique <<'END'
migration "Unique"
run "one mail each" { DELETE FROM people p USING people o WHERE o.mail = p.mail AND o.id < p.id } undo none
add column people.name text
add unique on people (mail)
END
build "$work/edited-2" 1.0.1
expect 0 "$work/edited-2" doctor --url "$url"
says "it was edited since"
expect 0 "$work/edited-2" up --verify strict --url "$url"
says "2_unique was edited since release 1.0.0 began it"
says "skipped  column people.name"
expect 0 "$work/edited-2" up --url "$url"
silent_about "was edited"
equal "a" "$(query edited "SELECT mail FROM people")" "the mail"

# ---- what stands on a column, and is none of the model's ----
new_project "$work/ruled" postgres
migration 1_ruled <<'END'
migration "A policy and a rule"
create table notes { id id; owner varchar(20); kind int }
run "whose" { CREATE POLICY own ON notes USING (owner = current_user); CREATE RULE kept AS ON DELETE TO notes WHERE old.kind > 1 DO INSTEAD NOTHING } undo {
  DROP POLICY own ON notes; DROP RULE kept ON notes }
END
build "$work/ruled-1" 1.0.0
new_database ruled
expect 0 "$work/ruled-1" up --url "$url"
for column in "owner type text" "kind type bigint"; do
  migration 2_wider <<<"migration \"Wider\"
alter column notes.$column"
  build "$work/ruled-2" 2.0.0
  expect 1 "$work/ruled-2" up --url "$url"
  says "on table notes depends on column"
  says "drop it in a \`run\` before, and make it again in one behind"
done

# ---- what is asked before anything is begun: whether a table has rows. A failure there names the step that wants to know ----
new_project "$work/asking" postgres
migration 1_tables <<'END'
migration "Tables"
create table users { id id
                     name text }
create table teams { id id
                     name text }
END
build "$work/asking-1" 1.0.0
migration 2_more <<'END'
migration "More"
add column teams.state text
create unique index users_name on users (name)
create unique index teams_name on teams (name)
END
build "$work/asking-2" 2.0.0
new_database asking
query asking "CREATE ROLE app LOGIN; GRANT ALL ON SCHEMA public TO app"
url="postgresql:///asking?host=$pg_socket&port=$pg_port&user=app"
expect 0 "$work/asking-1" up --url "$url"
query asking "INSERT INTO users (name) VALUES ('a'); REVOKE ALL ON users FROM app"
for command in up plan; do
  expect 77 "$work/asking-2" $command --url "$url"
  says "permission denied for table users"
  says "at:        migrations/2_more.mig:3"
  says "(whether users has rows, which decides how migrations/2_more.mig:3 is carried out)"
  says "no migration was begun"
done
query asking "GRANT ALL ON users TO app"
expect 0 "$work/asking-2" up --url "$url"
