#!/usr/bin/env bash
# Hostile surroundings: what is called like ours, what is not permitted, foreign code in front of the catalogue, other encodings, a
# standby, passwords of all characters. Each works, or ends in one clear message with the right exit code, and changes nothing.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"
new_project "$work/app" postgres
migration 1_users <<'END'
migration "Users"
create table users { id id
                     name text check (name <> 'é')
                     kind varchar(9) default (lower('A')) check (kind in ('a', 'b')) }
create view names as { SELECT u.name FROM users AS u WHERE coalesce(u.kind, 'x') NOT BETWEEN 'y' AND 'z' }
END
build "$work/r1"
migration 2_more <<'END'
migration "More"
add column users.more varchar(20) unique
END
build "$work/r2" 2.0.0
query postgres "CREATE ROLE app LOGIN; CREATE ROLE reader LOGIN"
as() { echo "postgresql:///$1?host=$pg_socket&port=$pg_port&user=$2"; }
one_error() { equal 1 "$(grep -c '^error' "$work/log" || true)" "the number of errors"; }
tables() { query "$1" "SELECT count(*) FROM pg_class WHERE relname IN ('users', 'names')"; }

# ---- what is called like ours ----
number=0
like_ours() { # EXIT SQL
  number=$((number + 1))
  new_database "like$number"
  query "like$number" "$2"
  for command in up status doctor gate; do
    [ $command != gate ] || command="gate --timeout 1s"
    [ "$1" = 78 ] || [ "$command" = up ] || continue
    expect "$1" "$work/r1" $command --url "$url"
    one_error
    says "migen_history"
    silent_about "mend migrations"
    says "--history-table NAME"
  done
  equal 0 "$(tables "like$number")" "what was made"
  expect 0 "$work/r1" up --history-table another --url "$url"
}
like_ours 78 "CREATE VIEW migen_history AS SELECT 1 AS x"
says "applied=1"
like_ours 78 "CREATE TABLE migen_history (version int)"
like_ours 78 "CREATE TABLE o (x int); CREATE INDEX migen_history ON o (x)"
like_ours 78 "CREATE SEQUENCE migen_history"
like_ours 1 "CREATE TYPE migen_history AS ENUM ('a')"
new_database lease
for other in "TABLE migen_history_lock (x int)" "TABLE migen_history_lock (id text, token text, holder int, until int)" "VIEW migen_history_lock AS SELECT 1 AS id" \
  "SEQUENCE migen_history_lock"; do
  query lease "CREATE $other"
  expect 78 "$work/r1" up --lock lease --url "$url"
  one_error
  says "there is something else called migen_history_lock, which is no lock of migen's"
  says "--history-table NAME"
  silent_about "statement"
  query lease "DROP ${other%% *} migen_history_lock"
done
equal 0 "$(tables lease)" "what was made"
expect 0 "$work/r1" up --lock lease --url "$url"
new_database elsewhere
query elsewhere "CREATE SCHEMA z; CREATE TABLE z.migen_history (x int); CREATE FUNCTION migen_history() RETURNS int LANGUAGE sql AS 'SELECT 1'"
expect 0 "$work/r1" up --url "$url"
sqlite3 like.db "CREATE VIEW migen_history AS SELECT 1 AS x"
new_project "$work/lite"
migration 1_a <<'END'
migration "A"
create table a { id id }
END
build "$work/lite-migrate"
expect 78 "$work/lite-migrate" up --url sqlite:like.db
says "no history of migen's"

# ---- what is not permitted ----
new_database rights
query rights "REVOKE CREATE ON SCHEMA public FROM PUBLIC" # as it is from PostgreSQL 15 on
expect 77 "$work/r1" up --url "$(as rights app)"
one_error
says "permission denied for schema public"
says "next:      give the role that right"
expect 0 "$work/r1" status --url "$(as rights app)"
expect 0 "$work/r1" up --url "$url"
for command in up status "gate --timeout 1s"; do
  expect 77 "$work/r1" $command --url "$(as rights reader)"
  one_error
  says "permission denied for table migen_history"
  says "SELECT on its history"
done
query rights "GRANT SELECT ON migen_history TO reader"
expect 0 "$work/r1" up --url "$(as rights reader)" # nothing to do: read rights are enough
expect 0 "$work/r1" gate --timeout 1s --url "$(as rights reader)"
expect 77 "$work/r2" up --url "$(as rights reader)"
query rights "ALTER TABLE migen_history ENABLE ROW LEVEL SECURITY"
expect 0 "$work/r1" up --url "$url"
expect 77 "$work/r1" up --url "$(as rights reader)" # a history of which a part is hidden would be a lie
says "row-level security"
# Nobody but the owner may make temporary tables: what could only be asked by them is no difference.
query postgres "REVOKE TEMPORARY ON DATABASE rights FROM PUBLIC"
query rights "GRANT SELECT ON migen_history TO reader; ALTER TABLE migen_history DISABLE ROW LEVEL SECURITY"
expect 0 "$work/r1" verify --url "$(as rights reader)"
says "verify: ok differences=0"
says "no temporary tables"
new_database events
query events "CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS \$\$ BEGIN RAISE EXCEPTION 'no DDL on % here', tg_tag USING HINT = 'ask the owner'; END \$\$;
  CREATE EVENT TRIGGER no ON ddl_command_start EXECUTE FUNCTION no()"
expect 1 "$work/r1" up --url "$url"
one_error
says "no DDL on CREATE TABLE here"
says "ask the owner"
expect 0 "$work/r1" status --url "$url"

# ---- search paths that lead nowhere ----
new_database paths
expect 78 "$work/r1" up --url "$url&options=-csearch_path%3Dnowhere"
query postgres "ALTER ROLE app IN DATABASE paths SET search_path = nonsense, \"und mehr\""
expect 78 "$work/r1" up --url "$(as paths app)"
says "no schema of the search path exists"
query postgres "ALTER DATABASE paths SET search_path = ''"
expect 78 "$work/r1" up --url "$url"
for path in pg_temp 'pg_temp, pg_temp' 'pg_catalog, pg_temp' '"$user", pg_temp' '"$user"' 'nowhere, pg_temp'; do
  query postgres "ALTER DATABASE paths SET search_path = $path"
  expect 78 "$work/r1" up --url "$url"
  one_error
  says "no schema of the search path exists"
done
for path in 'pg_temp, public' '"pg_temp", pg_catalog, public' 'PG_TEMP, "$user", public' '"$user", pg_temp, public' 'nowhere, pg_temp, public, pg_temp' '"$user", public, pg_temp'; do
  query postgres "ALTER DATABASE paths SET search_path = $path"
  expect 0 "$work/r1" up --url "$url"
  silent_about "warning"
  expect 0 "$work/r1" verify --url "$url"
  equal 2 "$(query paths "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename IN ('users', 'migen_history')")" "what is in public for $path"
  expect 0 "$work/r1" down base --yes --url "$url"
  query paths "DROP TABLE migen_history"
done

# ---- foreign code in front of the catalogue ----
new_database front
query front "CREATE SCHEMA evil; CREATE TABLE evil.ran (what text);
  CREATE FUNCTION evil.set_config(text, text, boolean) RETURNS text LANGUAGE sql AS 'INSERT INTO evil.ran VALUES (''set_config''); SELECT \$2';
  CREATE FUNCTION evil.pg_backend_pid() RETURNS int LANGUAGE sql AS 'INSERT INTO evil.ran VALUES (''pid''); SELECT 1';
  CREATE FUNCTION evil.current_schema() RETURNS name LANGUAGE sql AS 'INSERT INTO evil.ran VALUES (''schema''); SELECT ''evil''::name';
  CREATE FUNCTION evil.pg_try_advisory_lock(bigint) RETURNS boolean LANGUAGE sql AS 'INSERT INTO evil.ran VALUES (''lock''); SELECT true';
  CREATE FUNCTION evil.lower(text) RETURNS text LANGUAGE sql AS 'INSERT INTO evil.ran VALUES (''lower''); SELECT \$1';
  CREATE FUNCTION evil.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'INSERT INTO evil.ran VALUES (''clock''); SELECT pg_catalog.now()';
  CREATE FUNCTION evil.same(text, text) RETURNS boolean LANGUAGE sql AS 'INSERT INTO evil.ran VALUES (''=''); SELECT \$1 OPERATOR(pg_catalog.=) \$2';
  CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.same);
  CREATE VIEW evil.pg_class AS SELECT * FROM pg_catalog.pg_class WHERE false"
query postgres "ALTER DATABASE front SET search_path = evil, pg_catalog, public"
for command in status up verify plan doctor unlock "history -v" "down base --yes" up; do
  expect 0 "$work/r2" $command --url "$url"
  equal 0 "$(query front "SELECT count(*) FROM evil.ran")" "how often foreign code ran in $command ($(query front "SELECT what FROM evil.ran LIMIT 1"))"
done
equal "evil" "$(query front "SELECT schemaname FROM pg_catalog.pg_tables WHERE tablename OPERATOR(pg_catalog.=) 'users'::name")" "the schema of what was made"

# ---- settings of the role, encodings ----
new_database settings
query settings "GRANT ALL ON SCHEMA public TO app"
query postgres "ALTER ROLE app SET lock_timeout = '5ms'; ALTER ROLE app SET idle_in_transaction_session_timeout = '5ms'; ALTER ROLE app SET default_transaction_read_only = on;
  ALTER ROLE app SET client_encoding = 'LATIN1'; ALTER ROLE app SET default_transaction_isolation = 'serializable'; ALTER ROLE app SET default_transaction_deferrable = on"
PGCLIENTENCODING=SJIS expect 0 "$work/r2" up --url "$(as settings app)"
expect 0 "$work/r2" verify --url "$(as settings app)"
for how in "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'" "ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'" "LOCALE_PROVIDER icu ICU_LOCALE 'de-DE'"; do
  case $how in LOCALE_PROVIDER*)
    if [ "$(major "$pg_server/postgres")" -lt 15 ]; then
      echo "skipped: $how, which PostgreSQL has from 15 on"
      continue
    fi ;;
  esac
  number=$((number + 1))
  query postgres "CREATE DATABASE other$number $how TEMPLATE template0"
  expect 0 "$work/r1" up --url "$(as "other$number" postgres)"
  expect 0 "$work/r2" up --url "$(as "other$number" postgres)"
  silent_about "differs  "
  expect 0 "$work/r2" verify --url "$(as "other$number" postgres)"
done

# ---- passwords of all characters, in each form ----
password=$(printf '%b' "$(printf '\\x%02x' $(seq 32 126))")
equal 95 "${#password}" "the characters"
sed -i '1i host all secret 127.0.0.1/32 scram-sha-256' "$pg_socket/data/pg_hba.conf"
query postgres "SET password_encryption = 'scram-sha-256'; CREATE ROLE secret LOGIN SUPERUSER PASSWORD '${password//\'/\'\'}'" >/dev/null
query postgres "SELECT pg_reload_conf()" >/dev/null
sleep 0.5
encoded=$(printf '%s' "$password" | od -An -v -tx1 | tr -d ' \n' | sed 's/../%&/g')
quoted=${password//\\/\\\\}
quoted=${quoted//\'/\\\'}
in_file=${password//\\/\\\\}
in_file=${in_file//:/\\:}
bare="postgresql://secret@127.0.0.1:$pg_port/rights"
full="postgresql://secret:$encoded@127.0.0.1:$pg_port/rights"
words="host=127.0.0.1 port=$pg_port user=secret dbname=rights password='$quoted'"
printf '127.0.0.1:%s:rights:secret:%s\n' "$pg_port" "$in_file" >passfile
printf '%s\n' "$words" >url-file
chmod 600 passfile
no_password() {
  silent_about "$password"
  silent_about "$encoded"
  silent_about 'ABCDEFG'
  silent_about '%41%42'
}
ways=0
works() {
  expect 0 "$@"
  says "nothing to do"
  no_password
  ways=$((ways + 1))
}
works "$work/r1" up --url "$full"
works "$work/r1" up --url "$words"
works env MIGEN_URL="$full" "$work/r1" up
works env DATABASE_URL="$words" "$work/r1" up
works env MIGEN_URL_FILE=url-file "$work/r1" up
works "$work/r1" up --url-file url-file
works "$work/r1" up --url "$bare?password=$encoded"
works env PGPASSWORD="$password" "$work/r1" up --url "$bare"
works env PGPASSFILE=passfile "$work/r1" up --url "$bare"
works env PGHOST=127.0.0.1 PGPORT="$pg_port" PGUSER=secret PGDATABASE=rights PGPASSWORD="$password" "$work/r1" up
for wrong in "postgresql://secret:${encoded}x@127.0.0.1:$pg_port/rights" "$words x=1" "postgresql://secret:$encoded%zz@127.0.0.1:$pg_port/rights" "${words%\'}"; do
  code=0
  "$work/r1" up --url "$wrong" >"$work/out" 2>"$work/log" || code=$?
  case $code in 77 | 78) ;; *) fail "exit $code with a wrong password" ;; esac
  no_password
done
echo "a password of all 95 characters in $ways forms"

# ---- a standby ----
# A copy of the files of a server that is stopped: pg_basebackup would have to be of the server's version.
kill -INT "$(head -n 1 "$pg_socket/data/postmaster.pid")"
wait "$server_pid" || true
as_server_user cp -a "$pg_socket/data" "$pg_socket/standby"
as_server_user touch "$pg_socket/standby/standby.signal"
echo "primary_conninfo = 'host=$pg_socket port=$pg_port user=postgres'" >>"$pg_socket/standby/postgresql.auto.conf"
serve_postgres
as_server_user "$pg_server/postgres" -D "$pg_socket/standby" -k "$pg_socket" -p "$((pg_port + 1))" -c listen_addresses= -c max_connections=200 >>standby.log 2>&1 &
standby=$!
for _ in $(seq 300); do
  "$pg_bin/pg_isready" -q -h "$pg_socket" -p "$((pg_port + 1))" && break
  sleep 0.1
done
url="postgresql:///rights?host=$pg_socket&port=$((pg_port + 1))&user=postgres"
for command in up status "gate --timeout 2s" doctor verify plan "history -v" current unlock "summary users"; do
  expect 0 "$work/r1" $command --url "$url"
done
expect 0 "$work/r1" verify --url "$url"
says "verify: ok differences=0"
for command in "down base --yes" redo "stamp base --reason test"; do
  expect 78 "$work/r1" $command --url "$url"
  one_error
  says "standby"
done
code=0
"$work/r2" up --url "$url" >"$work/out" 2>"$work/log" || code=$?
equal 78 "$code" "the exit code of up on a standby"
one_error
says "standby"
kill -QUIT "$(head -n 1 "$pg_socket/standby/postmaster.pid")"
wait "$standby" || true
