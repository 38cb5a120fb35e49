#!/usr/bin/env bash
# Release 3's schema, release 2's binary: `status` explains, `up` exits 5 (0 with --ahead ok), `down` goes by the ways that
# release 3 left in the database. What cannot be gone is refused before the first step.
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
END
migration 2_groups <<'END'
migration "Groups"

create table groups { id id
                      name text not null }
END
build "$work/release2" 2.0.0
migration 3_wide <<'END'
migration "What release 3 adds: a bit of everything"

create enum state ('new', 'old')
create table orders {
  id       id
  user_id  not null -> users.id on delete cascade
  state    state not null default 'new'
  total    numeric(10,2) not null default 0 check (total >= 0)
  index orders_state (state)
}
END
migration 4_changes <<'END'
migration "and changes what was there"

drop column users.email
add column users.name varchar(100) not null default 'it''s; {a} name'
create view names as { SELECT id, name FROM users }
rename table groups to teams
run "marking" { INSERT INTO teams (name) VALUES ('three') } undo { DELETE FROM teams WHERE name = 'three' }
on postgres {
  create index users_name on users (name)
}
if table teams { add column teams.size int not null default 1 } else { create table never { id id } }
END
build "$work/release3" 3.0.0
migration 5_never <<'END'
migration "No way back"

create table audit { id id }
down never "the audit must stay"
END
build "$work/release4" 4.0.0

make() {
  made=$((${made:-0} + 1))
  if [ "$engine" = sqlite ]; then
    url=sqlite:$work/made$made.db
  else
    new_database "made$made"
  fi
}
ask() { if [ "$engine" = sqlite ]; then sqlite3 "made$made.db" "$1"; else query "made$made" "$1"; fi; }
tables() {
  if [ "$engine" = sqlite ]; then
    ask "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'migen%' AND name NOT LIKE 'sqlite%'"
  else
    ask "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'migen%'
      UNION ALL SELECT typname FROM pg_type WHERE typtype = 'e'"
  fi
}

for engine in sqlite postgres; do
  make
  expect 0 "$work/release2" up --url "$url"
  expect 0 "$work/release3" up --url "$url"

  expect 0 "$work/release2" status --url "$url"
  says "unknown  3_wide"
  says "unknown  4_changes  and changes what was there"
  says "by release 3.0.0"
  says "is kept in the database"
  says "\`down head\`"
  says "status: ahead"
  expect 5 "$work/release2" up --url "$url"
  expect 0 "$work/release2" up --url "$url" --ahead ok
  expect 5 "$work/release2" redo --yes --url "$url"
  expect 4 "$work/release2" verify --url "$url"
  says "the database is newer than this release, by 3_wide, 4_changes: what that changed differs here"

  # One of them, then the other; a dry look at the end shows release 2's own schema.
  expect 0 "$work/release2" down -1 --yes --url "$url"
  says "4_changes"
  equal 0 "$(ask "SELECT count(*) FROM groups")" "the rows that undo took back"
  expect 5 "$work/release2" up --url "$url"
  expect 0 "$work/release2" down head --yes --url "$url"
  says "down: ok"
  expect 0 "$work/release2" status --url "$url"
  says "status: up to date applied=2 pending=0 unknown=0"
  expect 0 "$work/release2" verify --url "$url"
  silent_about "unknown"
  expect 0 "$work/release2" down head --yes --url "$url"
  says "nothing to do"

  # Up again, and all the way down.
  expect 0 "$work/release3" up --url "$url"
  expect 0 "$work/release3" verify --url "$url"
  expect 0 "$work/release2" down users --yes --url "$url"
  expect 0 "$work/release3" up --url "$url"
  expect 0 "$work/release2" down base --yes --url "$url"
  equal "" "$(tables)" "what is left"

  # Refused before the first step: a way that is never, none, or one that this binary cannot read.
  expect 0 "$work/release4" up --url "$url"
  for way in never missing newer; do
    [ $way != missing ] || ask "UPDATE migen_history SET way_down = NULL WHERE id = '5_never'"
    [ $way != newer ] || ask "UPDATE migen_history SET way_down = 'w1 {down=({operation=FLY;});}' WHERE id = '5_never'"
    before=$(ask "SELECT count(*) FROM migen_history")
    expect 1 "$work/release2" down head --yes --url "$url"
    says "5_never has no way down"
    [ $way != never ] || says "the audit must stay"
    [ $way != newer ] || says "FLY"
    says "nothing was changed"
    equal "$before" "$(ask "SELECT count(*) FROM migen_history")" "the history"
    expect 0 "$work/release2" status --url "$url"
    says "is missing:"
  done
done

# A migration that a newer release has begun and not finished: its way down was left with the first part of it.
engine=postgres
rm "$project/migrations/5_never.mig"
migration 6_half <<'END'
migration "Half"

create table half { id id }
add unique users_same on users (name)
create table whole { id id }
END
build "$work/release5" 5.0.0
make
expect 0 "$work/release3" up --url "$url"
ask "INSERT INTO users (name) VALUES ('a'), ('a')"
expect 1 "$work/release5" up --url "$url"
equal 1 "$(ask "SELECT count(*) FROM pg_class WHERE relname = 'half'")" "the first part"
expect 0 "$work/release5" status --url "$url"
says "begun    6_half"
expect 5 "$work/release3" up --url "$url"
expect 0 "$work/release3" status --url "$url"
says "begun by release 5.0.0"
expect 0 "$work/release3" down head --yes --url "$url"
equal 0 "$(ask "SELECT count(*) FROM pg_class WHERE relname IN ('half', 'users_same', 'whole')")" "what is left of it"
expect 0 "$work/release3" verify --url "$url"
# The same by its own release; and mended, it is finished.
expect 1 "$work/release5" up --url "$url"
expect 0 "$work/release5" down -1 --yes --url "$url"
equal 0 "$(ask "SELECT count(*) FROM pg_class WHERE relname IN ('half', 'users_same', 'whole')")" "what is left of it"
expect 0 "$work/release5" verify current --url "$url"
expect 1 "$work/release5" up --url "$url"
ask "DELETE FROM users"
expect 0 "$work/release5" up --url "$url"
expect 0 "$work/release5" verify --url "$url"

# One whose way down runs SQL: nobody but its own release knows how much of that has something to take back. Each word of the older one
# says so; and `stamp`, which is told without proof, says what it leaves.
migration 7_sql <<'END'
migration "SQL of its own"

run "once" { INSERT INTO half DEFAULT VALUES } undo { DELETE FROM half }
add check users_once on users (name <> 'a')
down {
  run "back" { DELETE FROM half } undo none
  drop constraint users_once on users
}
END
build "$work/release7" 7.0.0
ask "INSERT INTO users (name) VALUES ('a')"
expect 1 "$work/release7" up --url "$url"
expect 5 "$work/release5" up --url "$url"
says "it has 7_sql (begun by release 7.0.0, not finished)"
expect 0 "$work/release5" up --ahead ok --url "$url"
says "it has 7_sql (begun by release 7.0.0, not finished)"
expect 0 "$work/release5" status --url "$url"
says "only \`up\` of release 7.0.0 can go on with it"
silent_about "leads back"
expect 0 "$work/release5" doctor --url "$url"
silent_about "down head"
before=$(ask "SELECT count(*) FROM migen_history")
expect 1 "$work/release5" down head --yes --url "$url"
says "finish it with \`up\` of release 7.0.0, then go down"
equal "$before" "$(ask "SELECT count(*) FROM migen_history")" "the history"
expect 0 "$work/release7" stamp half --reason "by hand" --url "$url"
says "7_sql was begun by release 7.0.0"
says "the next \`up\` carries it out from its first step"
says "7_sql  stamped as not applied"
expect 0 "$work/release7" status --url "$url"
says "pending  7_sql"
expect 1 "$work/release7" up --url "$url"
expect 0 "$work/release7" stamp sql --reason "by hand" --url "$url"
says "what is missing of it stays missing"
says "7_sql  stamped as applied"
expect 4 "$work/release7" verify --url "$url"
says "users_once"
expect 0 "$work/release7" stamp half --reason "back" --url "$url"
ask "DELETE FROM users"
rm "$project/migrations/7_sql.mig"

# An applied migration that was edited since goes back by the way that was kept with what was applied, not by the edited file's.
for engine in sqlite postgres; do
  new_project "$work/edited$engine"
  migration 1_users <<'END'
migration "Users"

create table users { id id }
END
  migration 2_column <<'END'
migration "A column"

add column users.first int
END
  build "$work/as_applied"
  migration 2_column <<'END'
migration "A column"

add column users.other int
END
  build "$work/as_edited" 2.0.0
  if [ $engine = sqlite ]; then url=sqlite:$work/edited.db; else make; fi
  expect 0 "$work/as_applied" up --url "$url"
  expect 4 "$work/as_edited" down -1 --yes --url "$url"
  expect 0 "$work/as_edited" down -1 --yes --edited warn --dry-run --url "$url"
  says "column users.first"
  expect 0 "$work/as_edited" down -1 --yes --edited warn --url "$url"
  says "dropped  column users.first"
  expect 0 "$work/as_edited" verify current --url "$url"
  says "differences=0"
  silent_about "users.first"
  expect 0 "$work/as_applied" up --url "$url"
  expect 0 "$work/as_edited" redo --yes --edited warn --url "$url"
  expect 0 "$work/as_edited" verify --url "$url"
  silent_about "users.first"
done
