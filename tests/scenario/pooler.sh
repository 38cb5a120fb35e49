#!/usr/bin/env bash
# Behind PgBouncer the binary says that the migration lock may not hold; commands that only read, and a direct URL, are
# silent about it.
source "$(dirname "$0")/library.sh"
pgbouncer=$(command -v pgbouncer || ls /usr/sbin/pgbouncer 2>/dev/null || true)
[ -n "$pgbouncer" ] || fail "pgbouncer is not installed (./scripts/setup --tests)"
start_postgres
cd "$work"
new_project "$work/app" postgres
migration 1_users <<'END'
migration "Users"

create table users { id id
                     name text }
END
build "$work/app-migrate"
new_database pooled
direct=$url

port=$((pg_port + 1))
cat >"$work/pgbouncer.ini" <<END
[databases]
pooled = host=$pg_socket port=$pg_port user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $port
unix_socket_dir =
auth_type = any
pool_mode = transaction
logfile = $work/pg/pgbouncer.log
pidfile = $work/pg/pgbouncer.pid
END
as_server_user "$pgbouncer" -q "$work/pgbouncer.ini" >/dev/null 2>&1 &
pooler=$!
trap 'code=$?; set +e; kill "$(cat "$work/pg/pgbouncer.pid" 2>/dev/null)" 2>/dev/null; wait $pooler 2>/dev/null; (exit $code); finish' EXIT
url="postgresql://postgres@127.0.0.1:$port/pooled"
for _ in $(seq 50); do
  "$pg_bin/pg_isready" -q -h 127.0.0.1 -p "$port" && break
  sleep 0.1
done

expect 0 "$work/app-migrate" status --url "$url"
silent_about "pooler"
expect 0 "$work/app-migrate" up --url "$url"
says "there is a pooler before the server"
says "up: ok applied=1"
expect 0 "$work/app-migrate" down --yes --url "$direct"
silent_about "pooler"
expect 0 "$work/app-migrate" up --url "$direct"
silent_about "pooler"
