#!/usr/bin/env bash
# --format json, of every command on both engines: each line of both streams is an object with the fixed keys, and what a
# program wants to know stands in a key of its own.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"
new_project "$work/app"
migration 1_users <<'END'
migration "Users"

create table users { id id
                     email text not null unique }
create index users_mail on users (email)
END
build "$work/release1"
migration 2_names <<'END'
migration "Names"

add column users.name varchar(100) backfill ('it''s "so"')
say "a line
of two"
create table groups { id id }
summary users
END
build "$work/release2" 2.0.0
migration 3_fails <<'END'
migration "Fails"

add column users.late text
run "nowhere" { INSERT INTO nowhere VALUES (1) } undo none
END
build "$work/release3" 3.0.0
app=$work/release2
walked=" "

# spoken CODE PROGRAM COMMAND...: what it says as JSON, in $work/lines.
spoken() {
  local code=$1 program=$2
  walked+="$3 "
  expect "$code" "$program" "${@:3}" --format json
  cat "$work/out" "$work/log" >"$work/lines"
  every_line_is_json "$work/lines"
}
# has EVENT KEY=VALUE...: a line of that event has these.
has() {
  local event=$1 where="json_extract(line, '\$.event') = '$1'" pair
  for pair in "${@:2}"; do
    where+=" AND json_extract(line, '\$.${pair%%=*}') LIKE '${pair#*=}'"
  done
  checks=$((checks + 1))
  [ "$(sqlite3 "$work/lines.db" "SELECT count(*) > 0 FROM lines WHERE $where")" = 1 ] || {
    cat "$work/lines" >&2
    fail "no $event with ${*:2}"
  }
}

for engine in sqlite postgres; do
  if [ $engine = sqlite ]; then url=sqlite:$work/a.db; else new_database a; fi
  at() { spoken "$1" "$app" "${@:2}" --url "$url"; }
  at 0 doctor
  has doctor "message=nothing of this release%" hint=up
  at 0 plan
  has migration migration=1_users message=Users
  has plan migration=1_users "operation=create table" "object=table users" outcome=create "statements[0].sql=%CREATE TABLE%"
  has plan "operation=create index" outcome=create
  has result operation=plan outcome=ok
  at 0 current
  has current outcome=base
  at 0 up users
  has start "message=%2 pending%"
  has operation migration=1_users "operation=create table" "object=table users" outcome=created
  has applied migration=1_users
  has result operation=up outcome=ok
  at 0 adopt
  at 75 gate --timeout 0
  has failure "message=gate: %" exit=75 "hint=%--timeout%"
  at 2 status --exit-code
  has status outcome=pending "applied[0]=1_users" "pending[0]=2_names"
  at 0 up --dry-run
  has plan "operation=add column" "object=column users.name" outcome=create
  at 0 up
  has operation "operation=add column" "object=column users.name" outcome=created
  has operation operation=say outcome=says
  has summary "object=column name"
  at 0 up
  has message "message=nothing to do: every migration of this release is applied"
  at 0 gate
  has result operation=gate outcome=ok
  at 0 down --dry-run
  has plan migration=2_names "operation=drop column" "object=column users.name" outcome=drop
  at 0 verify
  has result operation=verify outcome=ok
  at 0 summary users
  has summary "object=column email" "message=text not null%"
  at 1 summary nothing
  at 0 redo --yes
  has operation "operation=drop column" outcome=dropped
  at 0 current
  has current migration=2_names outcome=head
  at 0 history -v
  has migration migration=2_names head=1
  has entry migration=1_users operation=up outcome=applied
  at 0 heads
  has head migration=2_names
  at 0 stamp 1_users --reason "to try it"
  at 0 sql
  has script "message=%groups%"
  at 0 up
  at 0 sql --engine $engine
  at 0 schema
  has schema "message=%users%"
  at 0 doctor
  has doctor "message=up to date" "hint=nothing to do"
  at 0 unlock
  at 0 wait
  has result operation=wait outcome=ok
  at 0 version -v
  has version release=2.0.0 "migrations[1].id=2_names"
  at 0 help
  at 64 help nothing
  at 0 help upgrade
  has help object=upgrade "message=%apply what is due%"
  app=$work/release3 at 1 up
  has failure migration=3_fails operation=run "message=%nowhere%" "place=%3_fails.mig:4" "statement=INSERT INTO nowhere%" \
    "state=%rolled back%" "next=mend %" "hint=mend %" exit=1
  has result operation=up outcome=failed
  app=$work/release3 at 0 doctor
  [ $engine = sqlite ] || has doctor "message=3_fails has failed%" "cause=%nowhere%"
  app=$work/release3 at 0 plan
  app=$work/release1 at 5 up
  has failure exit=5 "message=%ahead%"
  app=$work/release1 at 0 status
  has status outcome=ahead "unknown[0]=2_names"
  app=$work/release1 at 0 current
  has current migration=2_names outcome=unknown
  app=$work/release1 at 0 down head --yes
  has reverted migration=2_names
  at 64 up --nonsense
  has failure exit=64 "message=unknown option --nonsense"
  spoken 64 "$app" upp
  spoken 64 "$app" up --url "$url" --wait abc
  spoken 64 "$app" down --sql --url "$url"
  spoken 64 "$app" stamp --url "$url"
  expect 64 "$app" --json
  every_line_is_json "$work/log"
  spoken 78 "$app" up --url "nothing://x"
  has failure exit=78
done
# Migrations that share a transaction are said to be applied when it is committed, each at its end; not where it came to nothing.
for way in "sqlite:$work/whole.db" postgres; do
  if [ "$way" = postgres ]; then new_database whole; else url=$way; fi
  expect 1 "$work/release3" up --transaction release --url "$url"
  silent_about "applied in"
  says "rolled back, after"
  says "up: failed exit=1 applied=0 already=0 created=0 skipped=0"
  spoken 1 "$work/release3" up --transaction release --url "$url"
  has rolled_back migration=1_users
  equal 0 "$(grep -c '"event":"applied"' "$work/lines" || true)" "what is said to be applied"
  expect 0 "$app" up --transaction release --url "$url"
  equal "1_users applied 2_names applied " \
    "$(sed -n -E 's/^([0-9]_[a-z]+)  .*/\1/p; s/^  (applied) in .*/\1/p' "$work/log" | tr '\n' ' ')" "the ends of the migrations"
done

# Nothing is left out.
expect 0 "$app" help
for command in $(sed -n 's/^  \([a-z]*\) .*/\1/p' "$work/out" | grep -vx '[0-9]*'); do
  checks=$((checks + 1))
  [[ $walked = *" $command "* ]] || fail "nobody has asked $command"
done
