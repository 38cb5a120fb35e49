#!/usr/bin/env bash
# Sixty-four processes of `up` at once, on both engines, directly and behind PgBouncer, with each way of locking: all exit 0,
# each migration is applied once and each row is filled once, nobody's lock is left. Then the same with the one that works
# killed (SIGKILL) in the midst of a concurrent index: another takes over. And on a server with few places. With `full` more
# rounds, in which whoever works is killed at five moments of chance.
source "$(dirname "$0")/library.sh"
mode=${1:-some}
crowd=${CROWD:-64}
start_postgres -c max_connections=400 # the poolers keep theirs
source "$SOURCE/tests/support/pooler.sh"
cd "$work"

pooler_in() { # MODE PORT [SETTING...]
  start_pooler "$1" "$2" user=postgres "auth_type = any" "pool_mode = $1" "max_client_conn = 200" "${@:3}"
}
base=$((10000 + $$ * 4 % 10000))
transaction_port=$base session_port=$((base + 1)) statement_port=$((base + 2))
pooler_in transaction "$transaction_port"
pooler_in session "$session_port" "default_pool_size = 100"
pooler_in statement "$statement_port"

# ---- what is applied: what is counted shows how often it was done ----
new_project "$work/app"
migration 1_begin <<'END'
migration "Begin"
create table people { id id
                      name text not null
                      filled int not null default 0 }
create table counted { id id
                       n int not null }
run "people" { INSERT INTO people (name) WITH RECURSIVE g (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < 3000) SELECT 'n' || i FROM g } undo none
run "counted" { INSERT INTO counted (n) VALUES (1) } undo none
END
migration 2_index <<'END'
migration "An index on a table with rows"
after begin
run "count 10" { UPDATE counted SET n = n + 10 } undo none
create index people_name on people (name)
on sqlite { run "slowly" { UPDATE counted SET n = n + (WITH RECURSIVE g (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < 2000000) SELECT count(*) * 0 FROM g) } undo none }
run "count 100" { UPDATE counted SET n = n + 100 } undo none
END
migration 3_fill <<'END'
migration "Filled in batches"
after index
backfill people set (filled = filled + 1) where (filled < 10) batch 500
run "count 1000" { UPDATE counted SET n = n + 1000 } undo none
END
migration 4_strict <<'END'
migration "A check and a unique name"
after fill
add check people_filled on people (filled > 0)
add unique people_name_key on people (name)
run "count 10000" { UPDATE counted SET n = n + 10000 } undo none
END
build "$work/app-migrate"
app=$work/app-migrate

applied="SELECT count(*), count(DISTINCT id) FROM migen_history WHERE direction = 'up'"
sums="SELECT (SELECT n FROM counted), (SELECT count(*) FROM people), (SELECT min(filled) FROM people), (SELECT max(filled) FROM people)"
# Everybody's exit is 0 (but for who was killed), and all was done once.
all_is_done_once() { # WHAT DATABASE
  equal "4|4" "$(query "$2" "$applied")" "$1: history rows, and the migrations that they are of,"
  equal "11111|3000|1|1" "$(query "$2" "$sums")" "$1: the counts"
  equal 0 "$(query "$2" "SELECT count(*) FROM pg_index WHERE NOT indisvalid")" "$1: invalid indexes"
  equal 0 "$(query "$2" "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")" "$1: advisory locks left"
  [ "$(query "$2" "SELECT to_regclass('migen_history_lock')")" = "" ] ||
    equal 0 "$(query "$2" "SELECT count(*) FROM migen_history_lock WHERE holder IS NOT NULL")" "$1: leases left"
}

pids=()
start_crowd() { # URL [OPTION...]
  local i
  pids=()
  rm -f "$work"/crowd.*
  for i in $(seq "$crowd"); do
    "$app" up --lock-timeout 100s "$@" >"$work/crowd.$i" 2>&1 &
    pids+=($!)
  done
}
wait_for_crowd() { # WHAT [KILLED...]: those may have ended by SIGKILL
  local i code what=$1
  shift
  for i in "${!pids[@]}"; do
    code=0
    wait "${pids[$i]}" 2>/dev/null || code=$?
    case " $* " in
    *" ${pids[$i]} "*) [ "$code" = 137 ] || equal 0 "$code" "$what: the exit code of one that was to be killed" ;;
    *)
      checks=$((checks + 1))
      [ "$code" = 0 ] || {
        tail -n 20 "$work/crowd.$((i + 1))" >&2
        fail "$what: one of $crowd exits $code"
      }
      ;;
    esac
  done
}
since() { printf '%d.%02d s' $((($(date +%s%N) - $1) / 1000000000)) $((($(date +%s%N) - $1) / 10000000 % 100)); }

# The process that works, by what the server knows of its session: "migen/shop/1.0.0 PID@HOST".
working() { # DATABASE QUERY-PATTERN
  query "$1" "SELECT split_part(split_part(application_name, ' ', 2), '@', 1) FROM pg_stat_activity
    WHERE datname = current_database() AND query LIKE '$2' AND state = 'active' AND pid <> pg_backend_pid() LIMIT 1"
}

postgres_url() { echo "postgresql://postgres@127.0.0.1:$1/$2"; }

number=0
together() { # WHAT PORT [OPTION...]
  local what=$1 port=$2 began
  shift 2
  number=$((number + 1))
  new_database "together$number"
  began=$(date +%s%N)
  start_crowd --url "$(postgres_url "$port" "together$number")" "$@"
  wait_for_crowd "$what"
  all_is_done_once "$what" "together$number"
  echo "$what: $crowd at once, all exit 0 in $(since "$began"), $(grep -l 'applied=[1-9]' "$work"/crowd.* | wc -l) of them applied something"
}

# A reader keeps the concurrent index waiting until its builder is dead and another one is at the same work.
killed() { # WHAT PORT [OPTION...]
  local what=$1 port=$2 began victim= next= reader
  shift 2
  number=$((number + 1))
  local database=killed$number
  new_database "$database"
  expect 0 "$app" up begin --url "$url" "$@"
  "$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d "$database" \
    -c "BEGIN ISOLATION LEVEL REPEATABLE READ" -c "SELECT 1" -c "SELECT pg_sleep(100)" >/dev/null 2>&1 &
  reader=$!
  until [ -n "$(query "$database" "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(100)%' AND pid <> pg_backend_pid()")" ]; do sleep 0.05; done
  start_crowd --url "$(postgres_url "$port" "$database")" "$@"
  for _ in $(seq 400); do
    victim=$(working "$database" "CREATE INDEX CONCURRENTLY%")
    [ -z "$victim" ] || break
    sleep 0.05
  done
  [ -n "$victim" ] || fail "$what: nobody builds the index"
  kill -KILL "$victim"
  began=$(date +%s%N)
  for _ in $(seq 1200); do
    next=$(query "$database" "SELECT split_part(split_part(application_name, ' ', 2), '@', 1) FROM pg_stat_activity
      WHERE datname = current_database() AND state = 'active' AND query ~ '^(CREATE|DROP) INDEX CONCURRENTLY|^(CREATE|DROP) INDEX'
      AND application_name NOT LIKE '% $victim@%' LIMIT 1")
    [ -z "$next" ] || break
    sleep 0.05
  done
  [ -n "$next" ] || fail "$what: nobody takes over from $victim"
  local taken
  taken=$(since "$began")
  query "$database" "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(100)%' AND pid <> pg_backend_pid()" >/dev/null
  wait "$reader" 2>/dev/null || true
  wait_for_crowd "$what" "$victim"
  all_is_done_once "$what" "$database"
  equal 1 "$(query "$database" "SELECT count(*) FROM migen_history WHERE direction = 'intent' AND id LIKE '%index' AND step = 1 AND seq = (SELECT min(seq) FROM migen_history WHERE direction = 'intent')")" "$what: the intent of the one that was killed"
  echo "$what: the working one of $crowd killed in its concurrent index; another was at it $taken later, the others exit 0"
}

direct=$pg_port
together "directly" "$direct"
together "pooler, transaction mode" "$transaction_port"
together "pooler, session mode" "$session_port"
together "lease, pooler in transaction mode" "$transaction_port" --lock lease
killed "directly" "$direct"
killed "pooler, transaction mode" "$transaction_port"
killed "lease, directly" "$direct" --lock lease
if [ "$mode" = full ]; then
  together "lease, directly" "$direct" --lock lease
  killed "pooler, session mode" "$session_port"
  killed "lease, pooler in transaction mode" "$transaction_port" --lock lease
fi

# Statement mode has no transactions: refused, and nothing is there.
new_database stated
start_crowd --url "$(postgres_url "$statement_port" stated)"
for i in "${!pids[@]}"; do
  code=0
  wait "${pids[$i]}" || code=$?
  equal 78 "$code" "pooler, statement mode: the exit code"
done
equal 0 "$(query stated "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")" "statement mode: what was made"
echo "pooler, statement mode: $crowd at once, all exit 78, nothing made"

# Whoever works is killed, at moments of chance; the last crowd brings it to its end.
chance() { # ROUND WHAT PORT [OPTION...]
  local round=$1 what=$2 port=$3 database victim killed=() i
  shift 3
  database=chance$round${port}
  new_database "$database"
  start_crowd --url "$(postgres_url "$port" "$database")" "$@"
  for i in 1 2 3 4 5; do
    sleep "0.$((RANDOM % 4))$((RANDOM % 10))"
    victim=$(query "$database" "SELECT split_part(split_part(application_name, ' ', 2), '@', 1) FROM pg_stat_activity
      WHERE datname = current_database() AND query ~ '^(BEGIN|INSERT|CREATE|UPDATE|COMMIT|ALTER)' AND application_name LIKE 'migen/%' LIMIT 1")
    if [ -n "$victim" ] && kill -KILL "$victim" 2>/dev/null; then killed+=("$victim"); fi
  done
  wait_for_crowd "$what, round $round" "${killed[@]}"
  expect 0 "$app" up --url "$(postgres_url "$port" "$database")" "$@"
  all_is_done_once "$what, round $round" "$database"
  deaths=$((deaths + ${#killed[@]}))
}
if [ "$mode" = full ]; then
  deaths=0
  for round in $(seq 10); do
    chance "$round" "directly" "$direct"
    chance "$round" "pooler, transaction mode" "$transaction_port"
    chance "0$round" "lease, directly" "$direct" --lock lease
  done
  echo "30 crowds of $crowd, $deaths killed at moments of chance: all done once"
fi

# ---- a server with places for a few of them, which is started anew in between ----
query postgres "ALTER SYSTEM SET max_connections = 10" >/dev/null
restart() {
  as_server_user "$pg_bin/pg_ctl" -D "$pg_socket/data" stop -m "$1" -w >/dev/null
  wait "$server_pid" 2>/dev/null || true
  as_server_user "$pg_bin/postgres" -D "$pg_socket/data" -k "$pg_socket" -p "$pg_port" -c listen_addresses=127.0.0.1 -c fsync=off >>"$work/pg.log" 2>&1 &
  server_pid=$!
  for _ in $(seq 100); do
    "$pg_bin/pg_isready" -q -h "$pg_socket" -p "$pg_port" && return 0
    sleep 0.1
  done
  fail "PostgreSQL did not start again"
}
restart fast
query postgres "CREATE ROLE plain LOGIN" >/dev/null
new_database few
query few "GRANT ALL ON SCHEMA public TO plain" >/dev/null
expect 0 "$app" up begin --url "postgresql://plain@127.0.0.1:$direct/few"
"$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d few -c "BEGIN ISOLATION LEVEL REPEATABLE READ" -c "SELECT 1" \
  -c "SELECT pg_sleep(3)" >/dev/null 2>&1 & # the superuser's three places are left to the test
reader=$!
began=$(date +%s%N)
start_crowd --url "postgresql://plain@127.0.0.1:$direct/few"
wait_for_crowd "10 places"
wait "$reader"
all_is_done_once "10 places" few
refused=$(grep -c "sorry, too many clients\|remaining connection slots" "$work/pg.log" || true)
[ "$refused" -gt 0 ] || fail "there was a place for everybody: nothing was shown"
echo "a server with 10 places: $crowd at once, $refused times there was none, all exit 0 in $(since "$began")"

# Who waits or works when the server goes down comes back to it.
query postgres "ALTER SYSTEM SET max_connections = 100" >/dev/null
restart fast
new_database again
expect 0 "$app" up begin --url "$url"
"$pg_bin/psql" -X -q -h "$pg_socket" -p "$pg_port" -U postgres -d again -c "BEGIN ISOLATION LEVEL REPEATABLE READ" -c "SELECT 1" \
  -c "SELECT pg_sleep(100)" >/dev/null 2>&1 &
reader=$!
until [ -n "$(query again "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(100)%' AND pid <> pg_backend_pid()")" ]; do sleep 0.05; done
start_crowd --url "$(postgres_url "$direct" again)"
for _ in $(seq 400); do
  victim=$(working again "CREATE INDEX CONCURRENTLY%")
  [ -z "$victim" ] || break
  sleep 0.05
done
[ -n "$victim" ] || fail "nobody builds the index"
sleep 1 # until all have come
restart immediate
wait "$reader" 2>/dev/null || true
ended=
for i in "${!pids[@]}"; do
  code=0
  wait "${pids[$i]}" || code=$?
  [ "$code" = 0 ] || ended="$ended$code(${pids[$i]}) "
done
equal "" "$ended" "who did not exit 0 when the server was started anew, and how"
all_is_done_once "a server that was started anew" again
echo "the server stopped (immediate) and started under $crowd: all exit 0"
checks=$((checks + 1))
! grep -n "transaction in progress" "$work/pg.log" >&2 || fail "somebody began a transaction in another"

# ---- SQLite ----
sqlite_sums="SELECT (SELECT group_concat(c) FROM (SELECT count(*) || '/' || count(DISTINCT id) AS c FROM migen_history WHERE direction = 'up')) || ' ' ||
  (SELECT n FROM counted) || ' ' || (SELECT count(*) || '/' || min(filled) || '/' || max(filled) FROM people)"
for journal in delete wal; do
  file=$work/crowd-$journal.db
  sqlite3 "$file" "PRAGMA journal_mode = $journal" >/dev/null
  began=$(date +%s%N)
  start_crowd --url "sqlite:$file"
  wait_for_crowd "sqlite, $journal"
  equal "4/4 11111 3000/1/1" "$(sqlite3 "$file" "$sqlite_sums")" "sqlite, $journal: history, counts and rows"
  echo "sqlite, journal $journal: $crowd at once, all exit 0 in $(since "$began"), $(grep -l 'applied=[1-9]' "$work"/crowd.* | wc -l) of them applied something"
  # Each migration a transaction; whoever has said that it works is killed.
  rm -f "$file"*
  sqlite3 "$file" "PRAGMA journal_mode = $journal" >/dev/null
  start_crowd --url "sqlite:$file" --transaction migration
  killed=()
  for _ in $(seq 100); do
    number=$(grep -l "^2_index\|^3_fill" "$work"/crowd.* 2>/dev/null | head -n 1 | sed 's/.*\.//' || true)
    if [ -n "$number" ]; then
      victim=${pids[$((number - 1))]}
      kill -KILL "$victim" 2>/dev/null && killed+=("$victim")
      break
    fi
    sleep 0.01
  done
  equal 1 "${#killed[@]}" "sqlite, $journal: how many were killed at work"
  wait_for_crowd "sqlite, $journal, killed" "${killed[@]}"
  equal "4/4 11111 3000/1/1" "$(sqlite3 "$file" "$sqlite_sums")" "sqlite, $journal, killed: history, counts and rows"
  equal ok "$(sqlite3 "$file" "PRAGMA integrity_check")" "sqlite, $journal, killed: the file"
  echo "sqlite, journal $journal: the working one of $crowd killed, the others finish and exit 0"
done
