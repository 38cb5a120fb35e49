#!/usr/bin/env bash
# The procedures of docs/operating.md ("At 3 a.m."): each situation is brought about, and the lines of its block are typed as they
# stand there, with the words in capitals filled in.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

new_project "$work/app"
migration 1_users <<'END'
migration "Users"

create table users {
  id     id
  email  varchar(255)
}
END
migration 2_names <<'END'
migration "Names"

add column users.name varchar(100)
END
build "$work/first" 1.3.0
migration 3_emails <<'END'
migration "No email twice"

create table mails { id id }
add unique users_email_key on users (email)
on postgres { run "a long look" { SELECT pg_sleep(2) } undo none }
create index users_name on users (name)
END
build "$work/second" 1.4.0
mkdir bin
ln -s "$pg_bin/psql" bin/psql
PATH=$work/bin:$PATH
release() { ln -sf "$work/$1" bin/shop-migrate; }

# The commands of the block behind the bold words, without their comments.
awk -v folder="$work" '
  /^## /            { here = $0 == "## At 3 a.m." }
  here && /^\*\*/   { name = $0; sub(/^\*\*/, "", name); sub(/[.,]?\*\*.*/, "", name); gsub(/[^A-Za-z]+/, "_", name); count++ }
  here && /^```sh$/ { inside = 1; next }
  /^```/            { inside = 0 }
  here && inside    { sub(/ +#.*/, ""); print > (folder "/" name ".block") }
  END               { if (count != 6) { print "there are " count " procedures, not 6"; exit 1 } }
' "$SOURCE/docs/operating.md" || fail "docs/operating.md has other procedures than are tried here"

# type_lines BLOCK CODES [WORD=TEXT...]: types its lines, which end with these codes, one a line; what each says is in BLOCK.N.
type_lines() {
  local block=$1 number=0 line code
  local -a codes
  read -ra codes <<<"$2"
  shift 2
  while IFS= read -r line; do
    for word in "$@"; do line=${line//${word%%=*}/${word#*=}}; done
    number=$((number + 1))
    code=0
    bash -c "$line" >"$block.$number" 2>&1 </dev/null || code=$?
    equal "${codes[number - 1]:-none}" "$code" "the exit code of \"$line\" ($(cat "$block.$number"))"
  done <"$block.block"
  equal "${#codes[@]}" "$number" "the number of lines of $block"
}
line_says() { # BLOCK.N TEXT
  checks=$((checks + 1))
  grep -qF -- "$2" "$1" || fail "$1 does not say \"$2\": $(cat "$1")"
}
begin() { # DATABASE
  new_database "$1"
  export DATABASE_URL=$url
  release first
  expect 0 shop-migrate up
  query "$1" "INSERT INTO users (email) VALUES ('a@x'), ('b@x')"
  release second
}
# A run of release 1.4.0 that is at its long look.
run_begins() {
  "$work/second" up >"$work/run.out" 2>&1 &
  run=$!
  for _ in $(seq 200); do
    [ "$(query "$1" "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active' AND pid <> pg_backend_pid()")" = 0 ] || return 0
    sleep 0.05
  done
  fail "the run did not come to its long look: $(cat "$work/run.out")"
}

begin crash
run_begins crash
kill -KILL $run
{ wait $run || true; } 2>/dev/null
type_lines It_stopped_in_the_middle "0 0 0"
line_says It_stopped_in_the_middle.1 "3_emails was begun and not finished"
line_says It_stopped_in_the_middle.1 "next:  "
line_says It_stopped_in_the_middle.2 "up: ok applied=1"
line_says It_stopped_in_the_middle.3 "verify: ok differences=0"

begin held
run_begins held
kill -STOP $run
session=$(query held "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'migen/%' AND query LIKE 'SELECT pg_sleep%'")
block=The_migration_lock_is_held_and_nothing_moves
type_lines $block "0 0 0 0" "PID=$session"
line_says $block.1 "migen/shop/1.4.0"
line_says $block.2 "$session"
line_says $block.4 "up: ok applied=1"
kill -CONT $run
code=0
wait $run || code=$?
[ $code = 3 ] || [ $code = 0 ] || fail "the run whose session was ended ends with $code: $(cat "$work/run.out")"
expect 0 shop-migrate verify

begin invalid
query invalid "UPDATE users SET email = 'same'"
"$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d invalid -c 'CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email)' 2>/dev/null && fail "that index cannot be"
query invalid "UPDATE users SET email = id::text"
type_lines An_index_is_INVALID "0 0 0 0 0" "INDEX_NAME=users_name"
line_says An_index_is_INVALID.1 users_email_key
query invalid "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'users_name'::regclass"
type_lines An_index_is_INVALID "0 0 4 0 0" "INDEX_NAME=users_name"
line_says An_index_is_INVALID.3 "invalid"
line_says An_index_is_INVALID.5 "verify: ok differences=0"

begin wrong
expect 0 shop-migrate stamp emails --reason "a mistake"
block=A_database_was_adopted_or_stamped_at_the_wrong_version
type_lines $block "4 0 0 0 0 0" "ID=2_names"
line_says $block.1 "missing"
line_says $block.2 ": a mistake"
line_says $block.3 "3_emails  stamped as not applied"
line_says $block.4 "plan: ok pending=1"
line_says $block.6 "verify: ok differences=0"

begin source
for with in all none; do
  new_database "restored_$with"
  skip=()
  [ $with = all ] || skip=(-T 'migen_history*')
  if [ "$(major "$pg_bin/pg_dump")" -ge "$(major "$pg_server/postgres")" ]; then
    "$pg_bin/pg_dump" -h "$pg_socket" -p "$pg_port" -U postgres -F custom "${skip[@]}" source >"$work/backup"
    "$pg_bin/pg_restore" -h "$pg_socket" -p "$pg_port" -U postgres -d "restored_$with" "$work/backup"
  else # such a server's backup takes its own programs; a copy stands for it
    query postgres "DROP DATABASE \"restored_$with\""
    query postgres "CREATE DATABASE \"restored_$with\" TEMPLATE source"
    [ $with = all ] || query restored_none "DROP TABLE migen_history"
  fi
  export DATABASE_URL=$url
  type_lines A_backup_was_restored "0 0 0 0"
  [ $with = none ] || line_says A_backup_was_restored.1 "applied=2 pending=1"
  line_says A_backup_was_restored.4 "verify: ok differences=0"
  equal 1 "$(query "restored_$with" "SELECT count(*) FROM pg_class WHERE relname = 'users_email_key'")" "the index"
done

begin back
expect 0 shop-migrate up
release first
block=The_application_goes_back_to_the_release_before
type_lines $block "0 0 0 0 0"
line_says $block.1 "by release 1.4.0"
line_says $block.2 "nothing to do"
line_says $block.3 "3_emails"
line_says $block.3 "nothing was changed"
line_says $block.4 "down: ok reverted=1"
line_says $block.5 "verify: ok differences=0"
