#!/usr/bin/env bash
# Bad input: each a located error with a way to mend it, nothing written, no crash; and the errors of all files in one run.
source "$(dirname "$0")/library.sh"

# A project whose first migration is sound: the second one is what a case is about.
fresh() { # [ENGINES]
  cd "$work"
  rm -rf "$work/project"
  new_project "$work/project" "${1:-sqlite, postgres}"
  migration 1_users <<'END'
migration "Users"

create table users {
  id     id
  email  varchar(255) not null unique
}
END
  cd "$project"
}

files() {
  find . -type f -exec sha256sum {} + | sort -k 2
}

# refused CODE COMMAND...: migen ends so, within seconds, and the project's folder is as it was.
refused() {
  local wanted=$1
  shift
  files >"$work/before"
  expect "$wanted" timeout 30 "$MIGEN" "$@"
  files >"$work/after"
  same "$work/before" "$work/after"
}

# bad CODE LINE:COLUMN [HINT] <<'END': the second migration has this error, there; neither check, emit nor build takes it.
bad() {
  fresh "${engines:-sqlite, postgres}"
  migration 2_bad
  located "migrations/2_bad.mig:$2: error[$1]" "${3:-}"
}

# located PLACE [HINT]: it is said in this place, with a hint.
located() {
  local command
  for command in "check" "emit -o release.c" "build -o release"; do
    # shellcheck disable=SC2086
    refused 1 $command
    checks=$((checks + 1))
    grep -qF -- "$1: " "$work/log" || {
      cat "$work/log" >&2
      fail "$command does not say $1"
    }
    says "= help: "
    [ -z "$2" ] || says "$2"
  done
}

# ---- the grammar ----
bad unclosed-brace 5:13 "opened here" <<'END'
migration "A missing brace"

create table groups {
  id    id
  name  text
END
bad unclosed-brace 3:51 "opened here" <<'END'
migration "A missing brace behind SQL"

run "fill" { UPDATE users SET email = lower(email)
END
bad stray-brace 5:1 "" <<'END'
migration "One brace too many"

add column users.name text
run { SELECT 1 } undo none
}
END
bad unknown-statement 3:1 'did you mean "create"' <<'END'
migration "A word that is none"

craete table groups { id id }
END
bad syntax 3:28 'did you mean "not"?' <<'END'
migration "An attribute that is none"

add column users.name text nut null
END
bad syntax 4:8 'leave the comma out' <<'END'
migration "A comma as in SQL"

create table groups {
  id id,
  name text
}
END
bad row-length 4:3 'without brackets' <<'END'
migration "Rows as VALUES has them"

seed users (id, email) key (email) {
  (1, 'a')
}
END
bad capital-name 3:14 '"Groups"' <<'END'
migration "A bare name with a capital"

create table Groups { id id }
END
bad capital-name 4:3 '"userName"' <<'END'
migration "Another, a column's"

create table groups {
  userName  text
}
END
bad unclosed-quote 3:34 "close it" <<'END'
migration "A quote that does not end"

seed users (email) key (email) { 'a@example.org }
END
bad missing-title 1:1 'migration' <<'END'
create table groups { id id }
END
bad unknown-type 4:9 'did you mean "varchar"' <<'END'
migration "A type that is none"

create table groups {
  name  varchr(20)
}
END
bad long-name 3:14 "" <<'END'
migration "A name that PostgreSQL would cut off"

create table a_name_that_has_more_bytes_than_the_sixty_three_that_postgres_keeps { id id }
END

# ---- the graph ----
bad unknown-parent 2:7 'did you mean "users"' <<'END'
migration "A parent that is missing"
after user

add column users.name text
END
fresh
migration 2_one <<'END'
migration "One"
after 3_two
END
migration 3_two <<'END'
migration "Two"
after 2_one
END
located "migrations/2_one.mig:2:7: error[cycle]" ""
says "3_two"
fresh
migration 2_left <<'END'
migration "Left"
after users
add column users.one text
END
migration 3_right <<'END'
migration "Right"
after users
add column users.two text
END
located "migrations/3_right.mig:1:11: error[two-heads]" "migen merge"
says "2_left"
says "3_right"

# ---- the history ----
bad already-there 3:18 "leave it out" <<'END'
migration "A column that an earlier migration added"

add column users.email text
END
bad duplicate-column 5:3 "" <<'END'
migration "A column twice"

create table groups {
  name   text
  name   text
}
END
bad unknown-column 3:35 'did you mean "email"' <<'END'
migration "An index on a column that is not there"

create index users_mail on users (emial)
END
bad unknown-table 4:16 'did you mean "users"' <<'END'
migration "A foreign key to nowhere"

create table groups {
  owner_id  -> user.id
}
END
bad unknown-column 4:22 "" <<'END'
migration "A foreign key to no column"

create table groups {
  owner_id  -> users.number
}
END
bad unsupported 3:18 "on postgres" <<'END'
migration "A type that SQLite does not have"

add column users.tags text[]
END
bad unsupported 3:15 "on postgres" <<'END'
migration "An object that SQLite does not have"

create schema auth
END
bad no-way-down 3:1 "undo" <<'END'
migration "SQL that nobody can take back"

run { DELETE FROM users }
END
# For PostgreSQL alone the first two of those are fine.
fresh postgres
migration 2_fine <<'END'
migration "What PostgreSQL has"

add column users.tags text[]
create schema auth
END
refused 0 check

# ---- files that are no migrations ----
fresh
head -c 4096 /dev/urandom >"$project/migrations/2_random.mig"
refused 1 check
checks=$((checks + 1))
grep -qE '^migrations/2_random.mig:[0-9]+:[0-9]+: error\[(not-utf8|nul-byte)\]: ' "$work/log" || fail "random bytes: $(head -c 300 "$work/log")"
for seed in $(seq 20); do
  head -c $((seed * 97)) /dev/urandom >"$project/migrations/2_random.mig"
  refused 1 check
  tr -dc '[:print:]\n' </dev/urandom | head -c $((seed * 97)) >"$project/migrations/2_random.mig" || true
  refused 1 check
done
fresh
: >"$project/migrations/2_empty.mig"
located "migrations/2_empty.mig:1:1: error[empty-file]" "migration"
printf -- '-- nothing but a comment\n\n' >"$project/migrations/2_empty.mig"
refused 1 check
says "migrations/2_empty.mig:"
fresh
mkdir "$project/migrations/2_folder.mig"
refused 1 check
says "migrations/2_folder.mig:1:1: error[unreadable-file]"
fresh
printf 'migration "UTF-16"\n' | sed 's/./&\x00/g' >"$project/migrations/2_wide.mig"
refused 1 check
says "migrations/2_wide.mig:1:2: error[nul-byte]"
fresh
migration users <<'END'
migration "A file without digits"
END
located "migrations/users.mig:1:1: error[bad-id]" "migen new"

# Ten megabytes: of one word, of open brackets, of one line in quotes, and of sound statements with one bad at the end.
fresh
head -c 10485760 /dev/zero | tr '\0' a >"$project/migrations/2_large.mig"
refused 1 check
says "migrations/2_large.mig:1:1: error["
head -c 10485760 /dev/zero | tr '\0' '{' >"$project/migrations/2_large.mig"
refused 1 check
says "migrations/2_large.mig:1:1: error["
{
  printf 'migration "Brackets"\n\nrun '
  head -c 10485760 /dev/zero | tr '\0' '('
} >"$project/migrations/2_large.mig"
refused 1 check
says "migrations/2_large.mig:3:5: error["
{
  printf "migration 'Quotes'\n\nrun { SELECT '"
  head -c 10485760 /dev/zero | tr '\0' x
} >"$project/migrations/2_large.mig"
refused 1 check
says "migrations/2_large.mig:3:14: error[unclosed-quote]"
{
  printf 'migration "Many"\n'
  for line in $(seq 100000); do
    printf "say 'line %06d of many, which are sound, long and of no further interest to anybody at all'\n" "$line"
  done
  printf 'add column users.email text\n'
} >"$project/migrations/2_large.mig"
refused 1 check
says "migrations/2_large.mig:100002:18: error[already-there]"

# Deep blocks end in a message, not in the stack.
{
  printf 'migration "Deep"\n'
  for _ in $(seq 5000); do printf 'on sqlite { '; done
} >"$project/migrations/2_large.mig"
refused 1 check
says "error[too-deep]"

# ---- all errors of all files in one run ----
fresh
migration 2_one <<'END'
migration "Two errors"

craete table groups { id id }
add column Users.name text
END
migration 3_two <<'END'
migration "One of names"

create index users_mail on users (emial)
END
migration 4_three <<'END'
migration "One of brackets"

create table orders {
END
refused 1 check
for place in 2_one.mig:3:1 2_one.mig:4:12 3_two.mig:3:35 4_three.mig:3:22; do
  says "migrations/$place: error["
done
says "check: failed 4 errors"
# The line that is wrong is shown, with a mark under what is meant.
says "   3 | create index users_mail on users (emial)"
says "     |                                   ^^^^^"
refused 1 check --json
checks=$((checks + 1))
[ "$(sqlite3 :memory: "SELECT sum(json_valid(value)) FROM json_each(json_array('$(sed "s/'/''/g" "$work/out" | paste -sd '~' | sed "s/~/','/g")'))")" = 4 ] ||
  fail "not four lines of JSON: $(cat "$work/out")"
refused 1 check --github
says "::error file=migrations/3_two.mig,line=3,col=35"

# ---- migen.project, and the command line ----
project_line() { # LINE PLACE HINT: exit 78, and the place
  fresh
  printf '%b\n' "$1" >>"$project/migen.project"
  refused 78 check
  says "migen.project:$2: error["
  [ -z "$3" ] || says "$3"
  refused 78 build -o release
}
project_line 'lock_timout 3s' 3:1 'did you mean "lock_timeout"'
project_line 'lock_timeout soon' 3:14 ''
project_line 'engines mysql' 3:1 ''
fresh
printf 'engines sqlite, mysql\nproject shop\n' >"$project/migen.project"
refused 78 check
says "migen.project:1:17: error["
fresh
rm "$project/migen.project"
refused 78 check
says "migen init"
fresh
rm -r "$project/migrations"
refused 78 check
says "migen.project:"
fresh
refused 64 chekc
says 'did you mean "check"'
refused 64 check --jason
says 'did you mean'
refused 64 check 2_bad
refused 64 build --engine oracle
refused 64 build --engine
refused 64

# ---- what looks odd and is fine ----
fresh sqlite
migration 2_fine <<'END'
migration "Byte-order mark and CRLF"  -- and a comment

create table "Groups" {
  id     id
  "order"  text not null default 'a;b' check ("order" <> '--')
}
run "fill" {
  INSERT INTO "Groups" ("order")
  VALUES ('x')
} undo { DELETE FROM "Groups" }
END
cp "$project/migrations/2_fine.mig" "$work/fine.mig"
expect 0 "$MIGEN" emit --release 1 -o "$work/lf.c"
{
  printf '\357\273\277'
  sed 's/$/\r/' "$work/fine.mig"
} >"$project/migrations/2_fine.mig"
sed -i '1s/^/\xef\xbb\xbf/; s/$/\r/' "$project/migen.project"
expect 0 "$MIGEN" check
says "check: ok 2 migrations"
expect 0 "$MIGEN" emit --release 1 -o "$work/crlf.c"
grep -m 1 'Release hash' "$work/lf.c" >"$work/lf.hash"
grep -m 1 'Release hash' "$work/crlf.c" >"$work/crlf.hash"
same "$work/lf.hash" "$work/crlf.hash"

# ---- many errors, and a table that is somebody else's ----
bad unsupported 3:12 "who makes it drops it" <<'END_OF_FILE'
migration "Not ours"
given table ext { id id }
drop table ext
END_OF_FILE
fresh
{
  echo 'migration "The same again and again"'
  yes 'create table t { id id }' | head -n 100000
} >"$project/migrations/2_same.mig" || true
migration 3_later <<'END_OF_FILE'
migration "What the rest of it would have made is not missed"
add column t.age int
END_OF_FILE
refused 1 check
says "check: failed 100 errors"

# ---- what is made is not what the statement names ----
bad conflict 2:16 "the whole statement" <<'END_OF_FILE'
migration "Another trigger"
create trigger tt on users { CREATE TRIGGER other AFTER INSERT ON users BEGIN SELECT 1; END }
END_OF_FILE
bad conflict 2:22 "the whole statement" <<'END_OF_FILE'
migration "Another table"
create trigger tt on users { CREATE TRIGGER tt AFTER INSERT ON other BEGIN SELECT 1; END }
END_OF_FILE
bad conflict 2:31 "the whole statement" <<'END_OF_FILE'
migration "No function"
on postgres { create function f() { SELECT 1 } }
END_OF_FILE
fresh
migration 2_bad <<'END_OF_FILE'
migration "A type that SQLite has not"
create table odd { id id; x native(postgres 'int', sqlite 'foo') } strict
END_OF_FILE
refused 1 check # which is what tries it
says "migrations/2_bad.mig:2:1: error[rehearsal]"
says 'unknown datatype for odd.x: "foo"'

# ---- what changes nothing, and rows that cannot be ----
bad already-there 2:30 "leave it out" <<'END_OF_FILE'
migration "The same name"
rename column users.email to email
END_OF_FILE
bad already-there 2:23 "leave it out" <<'END_OF_FILE'
migration "The same name"
rename table users to users
END_OF_FILE
bad conflict 3:34 "write a number" <<'END_OF_FILE'
migration "A text for a number"
create table nk { k int not null primary key; v text }
seed nk (k, v) key (k) { 1, 'a'; 'foo', 'b' }
END_OF_FILE
bad conflict 3:42 "in two ways" <<'END_OF_FILE'
migration "One key in two spellings"
create table nk { k int not null primary key; v text }
seed nk (k, v) key (k) { 1, 'a'; 2, 'b'; 01, 'c' }
END_OF_FILE
