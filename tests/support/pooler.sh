# pooler.sh: PgBouncers before the scenario's PostgreSQL, which end with it. Sourced behind library.sh and start_postgres.
pgbouncer=$(command -v pgbouncer || ls /usr/sbin/pgbouncer 2>/dev/null || true)
[ -n "$pgbouncer" ] || fail "pgbouncer is not installed (./scripts/setup --tests)"
poolers=()

stop_poolers() {
  local name
  for name in "${poolers[@]}"; do
    kill -KILL "$(cat "$work/pg/$name.pid" 2>/dev/null)" 2>/dev/null || true
  done
}
trap 'code=$?; set +e; stop_poolers; (exit $code); finish' EXIT

# One on 127.0.0.1:PORT for all databases; CONNECTION is what stands in their line beside host and port.
start_pooler() { # NAME PORT CONNECTION SETTING...
  local name=$1 port=$2
  {
    printf '[databases]\n* = host=%s port=%s %s\n[pgbouncer]\n' "$pg_socket" "$pg_port" "$3"
    printf 'listen_addr = 127.0.0.1\nlisten_port = %s\nunix_socket_dir =\n' "$port"
    printf 'logfile = %s\npidfile = %s\n' "$work/pg/$name.log" "$work/pg/$name.pid"
    printf '%s\n' "${@:4}"
  } >"$work/$name.ini"
  poolers+=("$name")
  as_server_user "$pgbouncer" -q -d "$work/$name.ini"
  for _ in $(seq 50); do
    "$pg_bin/pg_isready" -q -h 127.0.0.1 -p "$port" && return 0
    sleep 0.1
  done
  fail "no pooler $name"
}
