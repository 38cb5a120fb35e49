#!/usr/bin/env bash
# The last word, in a file: one JSON line on success and on each failure, at most 4,096 bytes, with no password in it.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"
new_project "$work/app"
migration 1_users <<'END'
migration "Users"
create table users { id id
                     name text }
END
build "$work/app-migrate"
migration 2_fails <<'END'
migration "Fails"
add column users.late text
run "a ""quoted"" failure" { INSERT INTO nowhere VALUES (1) } undo none
END
build "$work/failing" 2.0.0
export MIGEN_TERMINATION_LOG=$work/end

# last CODE COMMAND...: runs it; the file has one line of JSON with that exit code.
last() {
  local code=$1
  printf 'what an earlier container left\nin two lines\n' >end
  expect "$@"
  equal 1 "$(wc -l <end)" "the number of lines"
  checks=$((checks + 1))
  [ "$(wc -c <end)" -le 4096 ] || fail "$(wc -c <end) bytes"
  equal "$code" "$(field exit)" "the exit code in the file"
  case $code in 3 | 69 | 75) equal 1 "$(field again)" "again" ;; *) equal 0 "$(field again)" "again" ;; esac
  checks=$((checks + 1))
  ! grep -qE 'Zebra|7pass' end || fail "a password: $(cat end)"
}
field() { sqlite3 :memory: "SELECT coalesce(json_extract(readfile('end'), '\$.$1'), 'null')"; }

for engine in sqlite postgres; do
  if [ $engine = sqlite ]; then url=sqlite:$work/a.db; else new_database a; fi
  last 0 "$work/app-migrate" up --url "$url"
  equal "ok up shop 1.0.0 1" "$(field outcome) $(field command) $(field project) $(field release) $(field applied)" "the end"
  last 0 "$work/app-migrate" up --url "$url"
  equal 0 "$(field applied)" "how many were applied"
  last 2 "$work/failing" status --exit-code --url "$url"
  equal pending "$(field outcome)" "the outcome"
  last 1 "$work/failing" up --url "$url"
  equal "failed 2_fails" "$(field outcome) $(field migration)" "the failure"
  says "nowhere"
  field message | grep -q 'nowhere.*2_fails.mig:3.*rolled back' || fail "the message is $(field message)"
  last 75 "$work/failing" gate --timeout 100ms --url "$url"
  field message | grep -q 'not at this release' || fail "the message is $(field message)"
done
last 69 "$work/app-migrate" up --url "postgresql://app:Zebra7pass@127.0.0.1:1/a"
field message | grep -q 'refused' || fail "the message is $(field message)"
last 78 "$work/app-migrate" up --url "postgresql://app:Zebra7pass@127.0.0.1:77777777/%zz"
last 64 "$work/app-migrate" upp
last 64 "$work/app-migrate" up --nonsense=Zebra7pass
last 64 env -u MIGEN_TERMINATION_LOG "$work/app-migrate" up --nonsense --termination-log "$work/end"
field message | grep -q 'unknown option --nonsense' || fail "the message is $(field message)"
last 0 "$work/app-migrate" help
# What is long is cut, also where each byte needs six.
long=$(head -c 1500 /dev/zero | tr '\0' '\1')
last 69 "$work/app-migrate" up --url "sqlite:/nowhere/$long/x.db"
# Stopped: also that is said.
printf 'x' >end
mkfifo hold
"$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d a <hold >/dev/null 2>&1 &
exec 9>hold
printf 'BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE;\n' >&9
sleep 0.5
"$work/failing" up --url "$url" >/dev/null 2>&1 9>&- &
run=$!
sleep 1
kill -TERM $run
code=0
wait $run || code=$?
exec 9>&-
equal "3 3" "$code $(field exit)" "the exit code of a run that is stopped"
# The option; a file that cannot be written says so, and changes nothing.
unset MIGEN_TERMINATION_LOG
expect 0 "$work/app-migrate" up --termination-log "$work/other" --url "sqlite:$work/a.db"
equal 1 "$(grep -c '"event":"end"' other)" "the lines"
expect 0 "$work/app-migrate" up --termination-log "$work/no/such/folder" --url "sqlite:$work/a.db"
says "warning: the termination log $work/no/such/folder cannot be written"
