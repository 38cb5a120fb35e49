#!/usr/bin/env bash
# A database that has lost its history: the version that its schema proves, also where `if { SQL }` has decided on objects, and what is
# not done a second time behind it.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

make() { # an empty database
  made=$((${made:-0} + 1))
  if [ "$engine" = sqlite ]; then
    url=sqlite:$work/made$made.db
  else
    new_database "made$made"
  fi
}
ask() { if [ "$engine" = sqlite ]; then sqlite3 "made$made.db" "$1"; else query "made$made" "$1"; fi; }

# ---- data steps behind the earliest version of a schema ----
new_project "$work/interest"
migration 001_accounts <<'END_OF_FILE'
migration "Accounts"
create table accounts { id id; n int not null; touched int not null default 0 }
seed accounts (id, n) key (id) { 1, 10 }
END_OF_FILE
migration 002_interest <<'END_OF_FILE'
migration "Interest"
run "interest" { UPDATE accounts SET n = n + 1 } undo none
run "below 5" { UPDATE accounts SET n = 5 WHERE n < 5 } when { SELECT 1 FROM accounts WHERE n < 5 } undo none
END_OF_FILE
migration 003_count <<'END_OF_FILE'
migration "In C"
call bump from "bump.c" undo none
if { SELECT 1 FROM accounts WHERE touched = 0 } { run "touching" { UPDATE accounts SET touched = 1 WHERE touched = 0 } undo none }
END_OF_FILE
cat >"$project/bump.c" <<'END_OF_FILE'
#include "migen.h"
int bump(migen *m) { return execute_sql_if_condition(m, "bump", "UPDATE accounts SET n = n + 100", "SELECT 1"); }
END_OF_FILE
build "$work/release1"
migration 004_bonus <<'END_OF_FILE'
migration "Bonus"
run "bonus" { UPDATE accounts SET n = n + 1000 } undo none
END_OF_FILE
build "$work/release2" 2.0.0

for engine in sqlite postgres; do
  # up: the earliest version is adopted, what asks before it acts is looked at again, the rest is named and left alone.
  make
  expect 0 "$work/release1" up --url "$url"
  equal 111 "$(ask "SELECT n FROM accounts")" "the account"
  ask "DROP TABLE migen_history; UPDATE accounts SET touched = 0"
  expect 0 "$work/release1" plan --url "$url"
  says "skip      interest, not run"
  says "skip      bump, not run"
  expect 0 "$work/release1" up --url "$url"
  says "001_accounts  adopted"
  says "skipped  interest, not run"
  says "skipped  bump, not run"
  says "ran      touching (1 row)"
  says "applied=2 already=1"
  equal "111|1" "$(ask "SELECT n, touched FROM accounts")" "the account"

  # Taken back and applied again is another application; and so is what a later release brings.
  expect 0 "$work/release1" down 001 --yes --url "$url"
  expect 0 "$work/release1" up --url "$url"
  says "ran      interest (1 row)"
  equal 212 "$(ask "SELECT n FROM accounts")" "the account"
  expect 0 "$work/release2" up --url "$url"
  says "ran      bonus (1 row)"

  # adopt alone leaves a note for the next `up`, in however many parts, but not for migrations that nobody knew then.
  make
  expect 0 "$work/release1" up --url "$url"
  ask "DROP TABLE migen_history"
  expect 0 "$work/release1" adopt --url "$url"
  says "adopted at 001_accounts"
  says "002_interest has the same schema"
  expect 0 "$work/release2" up +1 --strict --url "$url"
  says "skipped  interest, not run"
  expect 0 "$work/release2" up --url "$url"
  says "skipped  bump, not run"
  says "ran      bonus (1 row)"
  equal 1111 "$(ask "SELECT n FROM accounts")" "the account"
  expect 0 "$work/release2" verify --url "$url"
done

# ---- objects that `if { SQL }` decides on ----
new_project "$work/branches"
migration 001_wards <<'END_OF_FILE'
migration "Wards"
create table wards { id id }
seed wards (id) key (id) { 1 }
END_OF_FILE
migration 002_icu <<'END_OF_FILE'
migration "One or the other"
if { SELECT 1 FROM wards } { add column wards.yes bool } else { add column wards.no bool }
if { SELECT 1 FROM wards WHERE id = 2 } { create table second { id id } } else { create index ix_first on wards (id) }
END_OF_FILE
migration 003_run <<'END_OF_FILE'
migration "Unguarded"
run "turning" { UPDATE wards SET id = id + 1 } undo none
END_OF_FILE
migration 004_view <<'END_OF_FILE'
migration "A view that is there or not"
if view vv { drop view vv } else { create view vv as { SELECT id FROM wards } }
if column wards.yes { create index ix_yes on wards (yes) } else { create index ix_no on wards (no) }
END_OF_FILE
build "$work/branches-migrate"
app=$work/branches-migrate

for engine in sqlite postgres; do
  for rows in 1 2 none; do
    for version in 002 003 004; do
      make
      expect 0 "$app" up 001 --url "$url"
      case $rows in
      2) ask "UPDATE wards SET id = 2" ;;
      none) ask "DELETE FROM wards" ;;
      esac
      expect 0 "$app" up "$version" --url "$url"
      ask "SELECT direction, branches FROM migen_history WHERE direction = 'up' AND (id LIKE '002%' OR id LIKE '004%') ORDER BY id" >wanted
      ids=$(ask "SELECT id FROM wards")
      ask "DROP TABLE migen_history"
      expect 0 "$app" adopt --url "$url"
      says "adopted at 00$([ "$version" = 004 ] && echo 4_view || echo 2_icu)"
      ask "SELECT direction, branches FROM migen_history WHERE direction = 'up' AND (id LIKE '002%' OR id LIKE '004%') ORDER BY id" >found
      same wanted found
      expect 0 "$app" verify current --url "$url"
      says "verify: ok differences=0"
      expect 0 "$app" up --url "$url"
      expect 0 "$app" verify --url "$url"
      says "verify: ok differences=0"
      equal "$ids" "$(ask "SELECT id FROM wards")" "the rows"
      equal 0 "$(ask "SELECT count(*) FROM vv WHERE id < 0")" "the view"
      expect 0 "$app" down base --yes --url "$url"
    done
  done
done

# ---- a version whose `if not …` would have made what is not there is not adopted: it is made ----
new_project "$work/unmade"
migration 1_made <<'END'
migration "What is made where it is not there"
create table a { id id }
if not table x { create table x { id id; n int } }
if not column a.n { add column a.n int }
if not enum colour { create enum colour ('r', 'g') }
END
migration 2_used <<'END'
migration "What works on it"
create index ix on x (n)
create index a_n on a (n)
create table c { id id; c colour }
END
build "$work/unmade-migrate"
app=$work/unmade-migrate
for engine in sqlite postgres; do
  for beginning in "" "ALTER TABLE a ADD n integer"; do
    make
    expect 0 "$app" up 1_made --url "$url"
    ask "DROP TABLE migen_history"
    ask "DROP TABLE x"
    ask "ALTER TABLE a DROP COLUMN n"
    [ $engine = sqlite ] || ask "DROP TYPE colour"
    [ -z "$beginning" ] || ask "$beginning"
    expect 4 "$app" adopt --url "$url"
    expect 0 "$app" up --url "$url"
    silent_about adopted
    expect 0 "$app" verify --url "$url"
    equal 0 "$(ask "SELECT count(n) FROM x")" "the table's rows"
    equal 0 "$(ask "SELECT count(n) FROM a")" "the column's values"
  done
done
