# library.sh: what the scenario tests share: a folder of their own, a PostgreSQL of their own, the example's release binary,
# small projects made on the spot. Sourced by each scenario with MIGEN (the program) and SOURCE (the repository's root) in
# the environment.
set -euo pipefail

# Nothing of the caller's surroundings may decide: what names a database, and what a sanitizer says with exit 1, which is
# what many of these tests expect.
for variable in $(compgen -e | grep -E '^(MIGEN_.*|DATABASE_URL.*|PG.*)$' || true); do
  unset "$variable"
done
export ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=exitcode=99:halt_on_error=1 NO_COLOR=1 LC_ALL=C.UTF-8

: "${MIGEN:?the migen program}" "${SOURCE:?the root of the sources}"
work=$(mktemp -d "${TMPDIR:-/tmp}/migen-scenario.XXXXXX")
chmod 755 "$work"
server_pid=
checks=0

finish() {
  local code=$?
  if [ -n "$server_pid" ]; then
    # The server itself, not the shell that started it: that one has SIGINT ignored, as all in the background.
    kill -QUIT "$(head -n 1 "$work/pg/data/postmaster.pid" 2>/dev/null)" 2>/dev/null || true
    wait "$server_pid" 2>/dev/null || true
  fi
  if [ "$code" -eq 0 ]; then
    rm -rf "$work"
    echo "ok: $checks checks"
  else
    echo "failed; what it worked with is in $work" >&2
  fi
}
trap finish EXIT

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# expect CODE COMMAND...: runs it, its output in $work/out and $work/log.
expect() {
  local wanted=$1 code=0
  shift
  "$@" >"$work/out" 2>"$work/log" || code=$?
  checks=$((checks + 1))
  if [ "$code" -ne "$wanted" ]; then
    echo "--- stdout" >&2
    tail -n 40 "$work/out" >&2
    echo "--- stderr" >&2
    tail -n 40 "$work/log" >&2
    fail "exit $code instead of $wanted: $*"
  fi
}

# says TEXT: the last command's output (either stream) has it.
says() {
  checks=$((checks + 1))
  if ! grep -qF -- "$1" "$work/out" "$work/log"; then
    cat "$work/out" "$work/log" >&2
    fail "it does not say: $1"
  fi
}

silent_about() {
  checks=$((checks + 1))
  if grep -qF -- "$1" "$work/out" "$work/log"; then
    cat "$work/out" "$work/log" >&2
    fail "it says: $1"
  fi
}

# says_once TEXT: in exactly one line.
says_once() {
  local count
  checks=$((checks + 1))
  count=$(cat "$work/out" "$work/log" | grep -cF -- "$1" || true)
  if [ "$count" -ne 1 ]; then
    cat "$work/out" "$work/log" >&2
    fail "$count lines say: $1"
  fi
}

# equal WANTED FOUND WHAT
equal() {
  checks=$((checks + 1))
  [ "$1" = "$2" ] || fail "${3:-it} is $2, not $1"
}

# every_line_is_json FILE: each line is one object with the fixed keys first, and at least one line there is.
every_line_is_json() {
  checks=$((checks + 1))
  [ -s "$1" ] || fail "$1 is empty"
  rm -f "$work/lines.db"
  local keys='time level event migration operation object outcome rows ms message sqlstate hint'
  sqlite3 "$work/lines.db" "CREATE TABLE lines (number INTEGER PRIMARY KEY, line TEXT)"
  sed -e "s/'/''/g" -e "s/.*/INSERT INTO lines (line) VALUES ('&');/" "$1" | sqlite3 "$work/lines.db"
  local wrong
  wrong=$(sqlite3 "$work/lines.db" "SELECT line FROM lines WHERE NOT json_valid(line)
    OR (SELECT group_concat(key, ' ') FROM json_each(line)) || ' ' NOT LIKE '$keys %'" || echo "(cannot be read)")
  [ -z "$wrong" ] || fail "no JSON line with the fixed keys: $wrong"
}

same() {
  checks=$((checks + 1))
  if ! diff -u "$1" "$2" >&2; then
    fail "$1 and $2 differ"
  fi
}

# A project with the worked example in $work/shop, and its binary in $shop.
build_shop() {
  mkdir -p "$work/shop"
  cp -r "$SOURCE/migen.project" "$SOURCE/migrations" "$work/shop/"
  (cd "$work/shop" && "$MIGEN" build --release 1.0.0 >/dev/null)
  shop=$work/shop/shop-migrate
}

# new_project FOLDER [ENGINES]: an empty project there; migration and build work on it.
new_project() {
  project=$1
  mkdir -p "$project/migrations"
  printf 'project shop\nengines %s\n' "${2:-sqlite, postgres}" >"$project/migen.project"
}

# migration ID <<'END': one more file of the project, or another text for one that is there.
migration() {
  cat >"$project/migrations/$1.mig"
}

# build FILE [RELEASE]: the project's release binary.
build() {
  (cd "$project" && "$MIGEN" build --release "${2:-1.0.0}" -o "$1" >"$work/out" 2>"$work/log") || {
    cat "$work/log" >&2
    fail "$project cannot be built"
  }
}

as_server_user() {
  if [ "$(id -u)" -eq 0 ]; then
    runuser -u postgres -- "$@"
  else
    "$@"
  fi
}

# Starts a PostgreSQL in $work/pg: socket directory $pg_socket, port $pg_port (also on 127.0.0.1), superuser postgres. The
# server's programs are those of $TEST_POSTGRES_BIN, where it is set; the client's (psql, pg_dump) always those installed.
start_postgres() {
  pg_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
  pg_server=${TEST_POSTGRES_BIN:-$pg_bin}
  [ -n "$pg_bin" ] || fail "no PostgreSQL is installed"
  [ -x "$pg_server/postgres" ] || fail "no PostgreSQL server in $pg_server"
  pg_port=$((20000 + $$ * 2 % 12000)) # even: its neighbour is for a proxy, also when two scenarios run at once
  pg_socket=$work/pg
  mkdir -p "$pg_socket"
  [ "$(id -u)" -ne 0 ] || chown postgres "$pg_socket"
  as_server_user "$pg_server/initdb" -D "$pg_socket/data" -U postgres --auth=trust --no-sync -E UTF8 --locale=C.UTF-8 >/dev/null
  serve_postgres "$@"
}

# Starts the server again that start_postgres has made, when it was stopped.
serve_postgres() { # SERVER'S OPTIONS...
  as_server_user "$pg_server/postgres" -D "$pg_socket/data" -k "$pg_socket" -p "$pg_port" -c listen_addresses=127.0.0.1 \
    -c fsync=off -c max_connections=200 "$@" >>"$work/pg.log" 2>&1 &
  server_pid=$!
  for _ in $(seq 200); do
    "$pg_bin/pg_isready" -q -h "$pg_socket" -p "$pg_port" && return 0
    sleep 0.05
  done
  cat "$work/pg.log" >&2
  fail "PostgreSQL did not start"
}

query() { # DATABASE SQL
  "$pg_bin/psql" -X -q -A -t -v ON_ERROR_STOP=1 -h "$pg_socket" -p "$pg_port" -U postgres -d "$1" -c "$2"
}

new_database() {
  query postgres "CREATE DATABASE \"$1\"" >/dev/null
  url="postgresql:///$1?host=$pg_socket&port=$pg_port&user=postgres"
}

# sqlite_fresh NAME, postgres_fresh NAME: an empty database of that engine in $url; `ask SQL` asks it.
sqlite_fresh() {
  rm -f "$work/$1.db"*
  url=sqlite:$work/$1.db
  ask() { sqlite3 -cmd '.timeout 10000' "${url#sqlite:}" "$1"; }
}
postgres_fresh() {
  new_database "$1"
  database=$1
  ask() { query "$database" "$1"; }
}

major() { # PROGRAM: 15 of "pg_dump (PostgreSQL) 15.14 (Debian ...)"
  "$1" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/'
}

# All of a database, migen's own table included: for what has to leave everything as it was. A server that is newer than the
# pg_dump at hand, which would refuse it, is read by dump.sql instead.
dump_postgres_whole() { # DATABASE [-s] [-T 'migen_history*']
  local -a to=(-h "$pg_socket" -p "$pg_port" -U postgres)
  if [ "$(major "$pg_bin/pg_dump")" -ge "$(major "$pg_server/postgres")" ]; then
    "$pg_bin/pg_dump" "${to[@]}" --no-owner "${@:2}" "$1" |
      grep -v -e '^\\restrict' -e '^\\unrestrict' -e '^-- Dumped'
  else
    local data=1 skip='^$'
    case " $* " in *' -s '*) data=0 ;; esac
    case " $* " in *' -T '*) skip='^migen_history' ;; esac
    "$pg_bin/psql" -X -q -v ON_ERROR_STOP=1 -v data=$data -v skip="$skip" "${to[@]}" -d "$1" -f "$SOURCE/tests/support/dump.sql"
  fi
}

dump_postgres() { # DATABASE [-s]: schema and data, or the schema alone, without migen's own table
  dump_postgres_whole "$@" -T 'migen_history*' | grep -v setval
}

dump_sqlite() { # FILE
  sqlite3 "$1" .dump | grep -v -e migen_history
}
