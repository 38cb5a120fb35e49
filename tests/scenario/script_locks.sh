#!/usr/bin/env bash
# Scripts for psql change a table that has rows by the lock-safe recipes, as `up` does (language.md 5.5), and wait for no lock longer
# than the timeout; what is stopped on the way is gone on with by `up`.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

new_project "$work/app" postgres
migration 1_tables <<'END'
migration "Tables"
create enum mood ('fine')
create table teams { id id }
create table users { id id
                     name text
                     email text
                     age int
                     team bigint
                     nick text }
create index users_nick on users (nick)
create table members { name text }
END
migration 2_safe <<'END'
migration "Keys, checks, columns and indexes of a table with rows"
create table own { id id
                   name text }
add unique own_name on own (name)
if { SELECT count(*) FROM users } { run "once" { INSERT INTO own (name) VALUES ('with') } undo none } else {
  run "once" { INSERT INTO own (name) VALUES ('without') } undo none
}
add foreign key users_team on users (team) -> teams (id)
add check users_age on users (age >= 0)
alter column users.name not null
add unique users_email on users (email)
drop index users_nick
add column users.lead bigint -> teams
add column users.code int not null default 1 check (code > 0)
add column users.full text not null backfill (name || '!')
add primary key on members (name)
add enum value mood 'good'
add column users.mood mood default 'good'
create index users_age_idx on users (age)
run "then" { INSERT INTO own (name) VALUES ('then') } undo none
END
build "$work/app-migrate"
app=$work/app-migrate
expect 0 "$app" sql --engine postgres --ddl-lock-timeout 200ms --ddl-retries 5
cp out whole.sql

script() { # DATABASE FILE
  "$pg_bin/psql" -X -q -e -h "$pg_socket" -p "$pg_port" -U postgres -d "$1" -f "$2"
}
fill() { # DATABASE ROWS
  query "$1" "INSERT INTO teams SELECT FROM generate_series(1, $2); INSERT INTO members SELECT 'm' || g FROM generate_series(1, $2) g;
    INSERT INTO users (name, email, age, team) SELECT 'n' || g, 'e' || g, g, g FROM generate_series(1, $2) g"
}
schema_of() { # DATABASE FILE
  dump_postgres "$1" >"$2"
  query "$1" "SELECT id, direction, outcome, hash, branches, way_down FROM migen_history WHERE direction = 'up' ORDER BY seq" >>"$2"
}

for rows in 0 2; do
  new_database "by_up$rows"
  expect 0 "$app" up tables --url "$url"
  fill "by_up$rows" "$rows"
  expect 0 "$app" up --url "$url"
  schema_of "by_up$rows" "up$rows.dump"
  for by in whole connected; do
    [ "$by$rows" != connected0 ] || continue
    name=$by$rows
    new_database "$name"
    expect 0 "$app" up tables --url "$url"
    fill "$name" "$rows"
    cp whole.sql now.sql
    [ "$by" = whole ] || { expect 0 "$app" sql --url "$url" && cp out now.sql; }
    expect 0 script "$name" now.sql
    if [ "$rows" = 0 ]; then
      silent_about "NOT VALID"
      silent_about "CONCURRENTLY"
    else
      for text in 'CONSTRAINT "users_team" FOREIGN KEY ("team") REFERENCES "teams" ("id") NOT VALID' 'VALIDATE CONSTRAINT "users_team"' \
        'CONSTRAINT "users_age" CHECK (age >= 0) NOT VALID' 'CHECK ("name" IS NOT NULL) NOT VALID' \
        'CREATE UNIQUE INDEX CONCURRENTLY "users_email"' 'UNIQUE USING INDEX "users_email"' 'PRIMARY KEY USING INDEX' \
        'DROP INDEX CONCURRENTLY "users_nick"' 'CONSTRAINT "users_lead_fkey" FOREIGN KEY ("lead") REFERENCES "teams" ("id") NOT VALID' \
        'CREATE INDEX CONCURRENTLY "users_age_idx"'; do
        says "$text"
      done
      for text in 'CREATE INDEX "users_age_idx"' 'ADD CONSTRAINT "users_email" UNIQUE (' 'DROP INDEX "users_nick"'; do
        silent_about "$text"
      done
    fi
    schema_of "$name" "$by.dump"
    same "up$rows.dump" "$by.dump"
    expect 0 script "$name" now.sql # a second time
    silent_about ALTER
    expect 0 "$app" verify --url "$url"
    expect 0 "$app" status --exit-code --url "$url"
    equal "$([ "$rows" = 0 ] && echo 1 || echo 25)" "$(query "$name" "SELECT count(*) FROM migen_history WHERE direction = 'intent' AND who = 'script'")" "what was committed in parts"
    expect 0 "$app" down -1 --yes --url "$url"
  done
done

# ---- stopped behind each part that is committed: the script says so, `up` goes on, nothing is done twice ----
grep -n '^COMMIT;$' now.sql | cut -d: -f1 >places
equal yes "$([ "$(wc -l <places)" -gt 15 ] && echo yes)" "whether there are parts"
while read -r line; do
  name=stop$line
  new_database "$name"
  expect 0 "$app" up tables --url "$url"
  fill "$name" 2
  head -n "$line" now.sql >part.sql
  echo '\quit' >>part.sql
  expect 0 script "$name" part.sql
  if [ "$(query "$name" "SELECT direction FROM migen_history ORDER BY seq DESC LIMIT 1")" = intent ]; then
    expect 3 script "$name" now.sql
    says "was begun and not finished"
  fi
  expect 0 "$app" up --url "$url"
  schema_of "$name" "$name.dump"
  same up2.dump "$name.dump"
done < <(awk "NR % 4 == 2" places)

# ---- a reader: before the first part the script stops, and may be run again; behind it, it tries again ----
new_database reader
expect 0 "$app" up tables --url "$url"
fill reader 2
reader() { # DATABASE SECONDS: until it is in the lock table, and at work
  "$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d "$1" \
    -c "BEGIN; LOCK TABLE users IN ACCESS SHARE MODE; SELECT pg_sleep($2)" >/dev/null 2>&1 &
  reader_pid=$!
  until [ "$(query "$1" "SELECT count(*) FROM pg_locks WHERE relation = 'users'::regclass AND mode = 'AccessShareLock' AND granted")" != 0 ]; do
    sleep 0.05
  done
}
reader reader 100
sed '/FOREIGN KEY ("team")/,$!b; /FOREIGN KEY ("team")/s/^/LOCK TABLE users IN ACCESS EXCLUSIVE MODE;\n/' whole.sql >strong.sql
expect 3 script reader strong.sql
says "lock timeout"
equal 0 "$(query reader "SELECT count(*) FROM migen_history WHERE id LIKE '2%'")" "what stands of it"
query reader "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(100)'" >/dev/null
wait "$reader_pid" || true
# One comes between the parts, and stays for longer than the timeout.
sed "s/^DO .*_migen_try/\\\\! \$READER\\n&/" whole.sql >meanwhile.sql
export READER="$work/reader"
{
  declare -f query reader
  echo "pg_bin='$pg_bin' pg_socket='$pg_socket' pg_port='$pg_port'"
  echo "[ -e '$work/read' ] || { touch '$work/read'; reader reader 1; }"
} >"$work/reader.sh"
printf '#!/bin/sh\nexec bash "%s"\n' "$work/reader.sh" >"$READER"
chmod +x "$READER"
expect 0 script reader meanwhile.sql
[ -e "$work/read" ] || fail "no reader came"
schema_of reader reader.dump
same up2.dump reader.dump

# ---- what can be in no transaction ----
new_project "$work/none" postgres
migration 1_outside <<'END'
migration "Outside"
transaction none
create table notes { id id
                     note text }
run "clean" { VACUUM notes } when { SELECT 1 } undo none
run "note" { INSERT INTO notes (note) VALUES ('noted') } unless { SELECT count(*) FROM notes } undo none
END
build "$work/none-migrate"
new_database none
expect 0 "$work/none-migrate" sql --engine postgres
cp out none.sql
for _ in 1 2; do
  expect 0 script none none.sql
done
equal noted "$(query none "SELECT string_agg(note, ',') FROM notes")" "what ran"
expect 0 "$work/none-migrate" up --url "$url"
says "applied=0"
