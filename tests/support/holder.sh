# holder.sh: a session that is in the way of a run on the database $made. Sourced behind library.sh and start_postgres.

# held SQL: another session that keeps what it has seen, until `released`.
held() {
  "$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d "$made" \
    -c "BEGIN ISOLATION LEVEL REPEATABLE READ" -c "$1" -c "SELECT pg_sleep(60)" >/dev/null 2>&1 &
  holder=$!
  until [ "$(query postgres "SELECT count(*) FROM pg_stat_activity WHERE datname = '$made' AND query = 'SELECT pg_sleep(60)' AND state = 'active'")" = 1 ]; do sleep 0.05; done
}

released() {
  query postgres "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'" >/dev/null
  wait "$holder" 2>/dev/null || true
}

# killed_at PATTERN COMMAND...: kill -9 while its session is at such a statement, which the held session lets wait; and no session is
# in the way any more.
killed_at() {
  local pattern=$1 killed
  shift
  "$@" --url "$url" >"$work/out" 2>"$work/log" &
  killed=$!
  until [ "$(query postgres "SELECT count(*) FROM pg_stat_activity WHERE datname = '$made' AND query ~ '$pattern' AND wait_event_type = 'Lock'")" = 1 ]; do
    kill -0 "$killed" || fail "it has ended: $(cat "$work/log")"
    sleep 0.05
  done
  kill -KILL "$killed"
  wait "$killed" 2>/dev/null || true
  query postgres "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$made' AND application_name LIKE 'migen%'" >/dev/null
  released
  until [ "$(query postgres "SELECT count(*) FROM pg_stat_activity WHERE datname = '$made'")" = 0 ]; do sleep 0.05; done
}
