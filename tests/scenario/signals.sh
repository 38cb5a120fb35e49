#!/usr/bin/env bash
# Signals where a run waits, an output that is closed or full, a process with almost nothing around it: the exit code says what
# happened, quickly, and what the log says cannot be written is no reason to leave anything half done.
source "$(dirname "$0")/library.sh"
cd "$work"
build_shop

fresh() { rm -f "$work/made.db"*; url=sqlite:$work/made.db; }

# stops_at SIGNAL WANTED COMMAND...: it is at work when the signal comes, and ends within five seconds of it.
stops_at() {
  local signal=$1 wanted=$2 run code=0
  shift 2
  "$@" >"$work/out" 2>"$work/log" &
  run=$!
  sleep 0.5
  kill -0 "$run" 2>/dev/null || fail "it has ended before the signal: $* ($(cat "$work/log"))"
  kill "-$signal" "$run"
  for _ in $(seq 100); do
    kill -0 "$run" 2>/dev/null || break
    sleep 0.05
  done
  ! kill -0 "$run" 2>/dev/null || { kill -KILL "$run"; fail "$signal does not end: $*"; }
  wait "$run" || code=$?
  equal "$wanted" "$code" "the exit code of $* at $signal ($(cat "$work/log"))"
}

# ---- a host that takes the connection and never answers; nobody there ----
port=$((20000 + $$ * 2 % 12000))
perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => shift, Listen => 5) or die; print "on\n"; $| = 1; sleep 600' "$port" >silent.out &
silent=$!
trap 'ended=$?; kill "$silent" 2>/dev/null; (exit $ended); finish' EXIT
until grep -q on silent.out; do kill -0 "$silent" || fail "port $port is taken"; sleep 0.05; done
for signal in TERM INT HUP; do
  stops_at $signal 3 "$shop" up --url "postgresql://u@127.0.0.1:$port/d"
done
stops_at TERM 3 "$shop" up --wait 60s --url "postgresql://u@127.0.0.1:$((port + 1))/d"
stops_at TERM 3 "$shop" wait --timeout 60s --url "postgresql://u@127.0.0.1:$((port + 1))/d"

# ---- SQLite's lock is held: waiting for it ----
fresh
expect 0 "$shop" up create_users --url "$url"
mkfifo pipe
sqlite3 made.db <pipe >/dev/null &
holder=$!
exec 9>pipe
printf 'BEGIN IMMEDIATE;\n' >&9
sleep 0.3
stops_at TERM 3 "$shop" up --url "$url"
stops_at INT 3 "$shop" up --url "$url"
exec 9>&-
wait $holder || true

# ---- as the first process of a container, which has no default for signals ----
if unshare --pid --fork true 2>/dev/null; then
  unshare --pid --fork --kill-child "$shop" up --wait 60s --url "postgresql://u@127.0.0.1:$((port + 1))/d" >"$work/out" 2>"$work/log" &
  outer=$!
  sleep 0.5
  inner=$(pgrep -P "$outer")
  kill -TERM "$inner"
  code=0
  wait "$outer" || code=$?
  equal 3 "$code" "the exit code of process 1 at SIGTERM"
else
  echo "not tried: a process namespace of its own (unshare is not permitted here)"
fi

# ---- outputs ----
fresh
set +o pipefail
"$shop" up --url "$url" 2>&1 | head -n 1 >first
set -o pipefail
expect 0 "$shop" verify --url "$url"
expect 0 "$shop" up --url "$url"
says "applied=0"
fresh
code=0
"$shop" up --url "$url" >/dev/full 2>"$work/log" || code=$?
equal 3 "$code" "the exit code where the result cannot be written"
expect 0 "$shop" up --url "$url"
says "applied=0"
fresh
"$shop" up --url "$url" >"$work/out" 2>/dev/full || fail "a full log stops a run"
says "up: ok"
fresh
code=0
"$shop" up --url "$url" <&- >&- 2>&- || code=$?
expect 0 "$shop" up --url "$url"
says "applied=0"
expect 0 "$shop" verify --url "$url"
equal ok "$(sqlite3 made.db 'PRAGMA integrity_check')" "the file, made where nothing was open"
fresh
"$shop" up --url "$url" <&- >"$work/out" 2>"$work/log" || fail "a closed input stops a run"

# ---- surroundings ----
fresh
expect 0 env -i "$shop" up --url "$url"
expect 0 "$shop" verify --url "$url"
fresh
expect 0 env -i HOME=/nowhere TMPDIR=/nowhere "$shop" up --url "$url"
if [ "$(id -u)" = 0 ]; then
  fresh
  mkdir -p mine
  chmod 777 mine
  expect 0 setpriv --reuid 54321 --regid 54321 --clear-groups env -i "$shop" up --url "sqlite:$work/mine/made.db"
fi
fresh
expect 3 bash -c "ulimit -f 8; exec \"\$0\" up --url '$url'" "$shop"
expect 0 "$shop" up --url "$url"
fresh
code=0
(ulimit -n 4 && exec "$shop" up --url "$url") >"$work/out" 2>"$work/log" || code=$?
case $code in 0 | 3 | 69) checks=$((checks + 1)) ;; *) fail "with four files open at most: exit $code: $(cat "$work/log")" ;; esac
for limit in 12000 16000 24000; do
  fresh
  code=0
  (ulimit -v $limit && exec "$shop" up --url "$url") >"$work/out" 2>"$work/log" || code=$?
  case $code in 0 | 3 | 69) checks=$((checks + 1)) ;; *) fail "with $limit kB of memory: exit $code: $(cat "$work/log")" ;; esac
  expect 0 "$shop" up --url "$url"
done
