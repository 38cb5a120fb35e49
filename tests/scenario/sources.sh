#!/usr/bin/env bash
# Where the database's URL comes from and in which order, what is never said of it, the options' variables, and the exit
# codes of a wrong command line or configuration; waiting for a server that is not up yet.
source "$(dirname "$0")/library.sh"
cd "$work"
new_project "$work/app"
cat >>"$project/migen.project" <<'END'
lock_timeout 7s
history_table app_history
END
migration 1_users <<'END'
migration "Users"

create table users {
  id     id
  email  varchar(255) not null unique
}
END
build "$work/app-migrate"
app=$work/app-migrate

# ---- the order: --url › --url-file › MIGEN_URL › MIGEN_URL_FILE › DATABASE_URL › DATABASE_URL_FILE › PG* ----
for name in option option-file migen migen-file database database-file; do
  printf 'sqlite:%s.db\n' "$name" >"$name.url"
done
all=(DATABASE_URL_FILE=database-file.url DATABASE_URL=sqlite:database.db MIGEN_URL_FILE=migen-file.url MIGEN_URL=sqlite:migen.db
  PGHOST=127.0.0.1 PGPORT=1 PGUSER=nobody PGPASSWORD=Zebra7)
took() { # SOURCE NAME: the last command used this one
  says "sqlite:$2.db (from $1)"
  silent_about Zebra7
}
expect 0 env "${all[@]}" "$app" up --url-file option-file.url --url sqlite:option.db
took --url option
expect 0 env "${all[@]}" "$app" up --url-file option-file.url
took "--url-file option-file.url" option-file
expect 0 env "${all[@]}" "$app" up
took MIGEN_URL migen
expect 0 env "${all[@]:0:3}" "${all[@]:4}" "$app" up
took MIGEN_URL_FILE migen-file
expect 0 env "${all[@]:0:2}" "${all[@]:4}" "$app" up
took DATABASE_URL database
expect 0 env "${all[@]:0:1}" "${all[@]:4}" "$app" up
took DATABASE_URL_FILE database-file
expect 69 env "${all[@]:4}" "$app" up
silent_about Zebra7
expect 78 "$app" up
says "no database is named"
says "--url"
# An empty variable is none; no .env is read.
printf 'DATABASE_URL=sqlite:dot-env.db\n' >.env
expect 78 env MIGEN_URL= "$app" up
expect 0 env MIGEN_URL= DATABASE_URL=sqlite:database.db "$app" up
took DATABASE_URL database
[ ! -e dot-env.db ] || fail "it read .env"
# A mounted secret, as it is often written: CRLF, blanks, a byte-order mark, without an end.
printf '\357\273\277  sqlite:secret.db \r\n' >secret.url
expect 0 "$app" up --url-file secret.url
says "sqlite:secret.db"
printf 'sqlite:secret.db' >secret.url
expect 0 "$app" up --url-file secret.url
expect 78 "$app" up --url-file nowhere.url
says "nowhere.url"
: >empty.url
expect 78 "$app" up --url-file empty.url
says "empty.url"

# ---- SQLite's forms ----
mkdir sub
for form in sqlite:sub/a.db "sqlite:///$work/sub/b.db" "sqlite:////${work#/}/sub/b.db" "sqlite:$work/sub/c.db" "sqlite+aiosqlite:sub/d.db"; do
  expect 0 "$app" up --url "$form"
done
equal "a.db b.db c.db d.db" "$(cd sub && echo *)" "what was made"
printf '' >here.db
expect 78 "$app" up --url sqlite:///here.db
says '"/here.db"'
says '"here.db"'
expect 78 "$app" up --url here.db
says "sqlite:PATH"
expect 78 "$app" up --url mysql://root:Zebra7@db/shop
silent_about Zebra7
expect 78 "$app" up --url postgres:app:Zebra7@db/shop
silent_about Zebra7
expect 78 "$app" up --url "postgres://app:Zebra7@db:5x/shop"
silent_about Zebra7
expect 78 "$app" up --url "host=db password='Zebra7"
silent_about Zebra7
expect 78 "$app" up --url "postgres://app:Zebra7%00@db/shop"
silent_about Zebra7
expect 78 "$app" up --url "sqlite:x.db?password=Zebra7"
silent_about Zebra7

# ---- the command line ----
expect 64 "$app"
says "usage:"
expect 64 "$app" upp
says "did you mean up?"
expect 64 "$app" up --strikt
says "did you mean --strict?"
expect 64 "$app" up --urll=postgres://app:Zebra7@db/shop
silent_about Zebra7
expect 64 "$app" up 1_users too_much
expect 64 "$app" up --url
expect 64 "$app" up --url sqlite:option.db --format yaml
expect 64 "$app" up --url sqlite:option.db --lock-timeout soon
expect 64 "$app" up --url sqlite:option.db --ddl-retries many
expect 64 env MIGEN_LOCK_TIMEOUT=soon "$app" up --url sqlite:option.db
expect 64 "$app" up nowhere --url sqlite:option.db
says "nowhere"
expect 64 "$app" stamp 1_users --url sqlite:option.db
says "--reason"
expect 0 "$app" --help
expect 0 "$app" help up
expect 0 "$app" up --help
for alias in upgrade migrate deploy; do
  expect 0 "$app" "$alias" --url sqlite:option.db
  says "up: ok applied=0 already=1"
done
expect 0 "$app" upgrade head --url sqlite:option.db

# ---- options: the command line wins over a variable, that over migen.project ----
equal 1 "$(sqlite3 option.db "SELECT count(*) FROM app_history")" "the project's history table"
expect 0 env MIGEN_HISTORY_TABLE=by_variable "$app" up --url sqlite:own.db
equal 1 "$(sqlite3 own.db "SELECT count(*) FROM by_variable")" "the variable's history table"
expect 0 env MIGEN_HISTORY_TABLE=by_variable "$app" up --url sqlite:other.db --history-table by_option
equal 1 "$(sqlite3 other.db "SELECT count(*) FROM by_option")" "the option's history table"
expect 0 "$app" up --url sqlite:quiet.db -q
equal 1 "$(cat "$work/out" "$work/log" | wc -l)" "the number of lines of a quiet run"
says "up: ok applied=1"
expect 0 env MIGEN_QUIET=1 MIGEN_FORMAT=json "$app" up --url sqlite:quiet.db
cat "$work/out" "$work/log" >"$work/lines"
every_line_is_json "$work/lines"
# Colours only where they are asked for.
silent_about "$(printf '\033')"
rm quiet.db
expect 0 env -u NO_COLOR "$app" up --url sqlite:quiet.db --color always
says "$(printf '\033')"

# ---- PostgreSQL: special characters in a password ----
start_postgres -c password_encryption=scram-sha-256
number=0
printf 'local all postgres trust\nhost all all 127.0.0.1/32 scram-sha-256\n' >"$work/hba"
cat "$work/hba" >"$pg_socket/data/pg_hba.conf"
query postgres "SELECT pg_reload_conf()" >/dev/null
sleep 0.3
encode() {
  local text=$1 out= i character
  for ((i = 0; i < ${#text}; i++)); do
    character=${text:i:1}
    case $character in
      [a-zA-Z0-9._~-]) out+=$character ;;
      *) out+=$(printf '%s' "$character" | od -An -v -tx1 | tr -d '\n' | sed 's/ /%/g') ;;
    esac
  done
  printf '%s' "$out"
}
for password in 'p@ss/w:rd?x#y' '100%+1 &=;' "it's \"quoted\" \\ back" '@@//??' 'pässwörd€' ':' '%41'; do
  number=$((number + 1))
  query postgres "CREATE ROLE app$number LOGIN PASSWORD '${password//\'/\'\'}'"
  query postgres "CREATE DATABASE app$number OWNER app$number"
  encoded=$(encode "$password")
  expect 0 "$app" up --url "postgresql://app$number:$encoded@127.0.0.1:$pg_port/app$number"
  says "up: ok applied=1"
  [ ${#password} -lt 3 ] || silent_about "$password"
  [ ${#password} -lt 3 ] || silent_about "$encoded"
  # As SQLAlchemy has it; as words of libpq; raw in a URL, where it can be understood.
  expect 0 "$app" up --url "postgresql+asyncpg://app$number:$encoded@127.0.0.1:$pg_port/app$number"
  says "applied=0"
  quoted=${password//\\/\\\\}
  expect 0 "$app" up --url "host=127.0.0.1 port=$pg_port user=app$number dbname=app$number password='${quoted//\'/\\\'}'"
  says "postgres://app$number@127.0.0.1:$pg_port/app$number"
  [ "$password" = '%41' ] || expect 0 "$app" up --url "postgresql://app$number:$password@127.0.0.1:$pg_port/app$number"
  expect 77 "$app" up --url "postgresql://app$number:x$encoded@127.0.0.1:$pg_port/app$number"
  says "28P01"
  [ ${#password} -lt 3 ] || silent_about "$password"
  [ ${#password} -lt 3 ] || silent_about "$encoded"
done
# libpq's own variables and service file.
expect 0 env PGHOST=127.0.0.1 PGPORT="$pg_port" PGUSER=app1 PGDATABASE=app1 PGPASSWORD='p@ss/w:rd?x#y' "$app" up
says "(from PG* variables)"
printf '[app]\nhost=127.0.0.1\nport=%s\nuser=app1\ndbname=app1\npassword=p@ss/w:rd?x#y\n' "$pg_port" >"$work/service.conf"
expect 0 env PGSERVICEFILE="$work/service.conf" PGSERVICE=app "$app" up
says "already=1"
silent_about "p@ss"

# ---- rights: what is not permitted is 77, and says so ----
query postgres "CREATE ROLE reader LOGIN PASSWORD 'x'"
query postgres "CREATE DATABASE foreign_one"
query foreign_one "REVOKE CREATE ON SCHEMA public FROM PUBLIC" # as it is from PostgreSQL 15 on
expect 77 "$app" up --url "postgresql://reader:x@127.0.0.1:$pg_port/foreign_one"
says "42501"
query foreign_one "GRANT ALL ON SCHEMA public TO app1"
expect 77 "$app" up --url "postgresql://reader:x@127.0.0.1:$pg_port/foreign_one" --role app1
query foreign_one "GRANT app1 TO reader"
expect 0 "$app" up --url "postgresql://reader:x@127.0.0.1:$pg_port/foreign_one" --role app1
equal app1 "$(query foreign_one "SELECT tableowner FROM pg_tables WHERE tablename = 'users'")" "the owner"
# With nothing to do, reading is enough.
query foreign_one "REVOKE app1 FROM reader; GRANT SELECT ON app_history TO reader"
expect 0 "$app" up --url "postgresql://reader:x@127.0.0.1:$pg_port/foreign_one"
says "applied=0 already=1"
new_database schemas
query schemas "CREATE SCHEMA tools"
expect 0 "$app" up --url "$url" --schema tools
equal 1 "$(query schemas "SELECT count(*) FROM tools.app_history")" "the history in another schema"

# ---- waiting ----
new_database late
late=$((pg_port + 1)) # the port where a proxy is going to listen
wait_url="postgresql://postgres@127.0.0.1:$late/late?sslmode=disable"
expect 69 "$app" wait --url "$wait_url" --timeout 300ms
says "127.0.0.1"
expect 69 "$app" up --url "$wait_url"
printf 'local all postgres trust\nhost all all 127.0.0.1/32 trust\n' >"$pg_socket/data/pg_hba.conf"
query postgres "SELECT pg_reload_conf()" >/dev/null
"$app" wait --url "$wait_url" --timeout 20s >wait.out 2>&1 &
waiter=$!
"$app" up --url "$wait_url" --wait 20s >up.out 2>&1 &
upper=$!
sleep 1
kill -0 "$waiter" && kill -0 "$upper" || fail "one did not wait: $(cat wait.out up.out)"
"$ROUND_TRIPS" "$late" "$pg_socket" "$pg_port" "$work/count" >proxy.out &
proxy=$!
wait "$waiter" || fail "wait: exit $?"
grep -q "wait: ok" wait.out || fail "wait says $(cat wait.out)"
wait "$upper" || fail "up --wait: exit $?"
grep -q "up: ok applied=1" up.out || fail "up --wait says $(cat up.out)"
kill "$proxy"
checks=$((checks + 4))
# What waiting cannot mend ends at once.
expect 0 timeout 10 "$app" wait --url sqlite:option.db --timeout 60s
query postgres "ALTER ROLE app1 NOLOGIN"
begun=$SECONDS
expect 77 timeout 30 "$app" wait --url "postgresql://app1:x@127.0.0.1:$pg_port/app1" --timeout 25s
[ $((SECONDS - begun)) -lt 10 ] || fail "it waited for rights"
