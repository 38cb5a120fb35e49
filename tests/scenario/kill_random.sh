#!/usr/bin/env bash
# Kills at random moments, by time: the client with SIGKILL, and PostgreSQL's server with an immediate stop (`pg_ctl -m immediate`: as a
# crash, it comes back by recovery). The next plain run ends as an undisturbed one. How many kills in the middle of a run: the first argument
# (4 for each history, engine and victim); `kill_random.sh 300` is the long form. The second is the seed of the moments, which is printed.
source "$(dirname "$0")/library.sh"
source "$SOURCE/tests/support/histories.sh"
moments=${1:-4} seed=${2:-$RANDOM}
RANDOM=$seed
echo "seed $seed"
start_postgres
cd "$work"
make_histories

microseconds() { echo "${EPOCHREALTIME/./}"; }

random_moment() { # before 1.1 times the undisturbed run's end; in seconds
  local at=$(((RANDOM * 32768 + RANDOM) % (took * 11 / 10)))
  printf '%d.%06d' $((at / 1000000)) $((at % 1000000))
}

killed_client() { # SECONDS
  { timeout -s KILL "$1" "${way[@]}" --url "$url" >interrupted.out 2>interrupted.log; } 2>/dev/null
}

# The run may end as it likes (a server that comes back may be waited for), but not with success that is none. The signal is that of
# `pg_ctl -m immediate stop`, which itself takes so long to start that most runs would be at their end by then.
crashed_server() { # SECONDS
  local run code=0 postmaster
  read -r postmaster <"$pg_socket/data/postmaster.pid"
  "${way[@]}" --url "$url" >interrupted.out 2>interrupted.log &
  run=$!
  sleep "$1"
  kill -QUIT "$postmaster"
  wait "$server_pid" 2>/dev/null
  serve_postgres
  wait "$run" || code=$?
  case $code in
    0) return 0 ;;
    3 | 69) grep -q 'next: ' interrupted.log || fail "the server went away, and it does not say what to do: $(cat interrupted.log)" ;;
    *) fail "the server went away, and it ends with $code: $(cat interrupted.log)" ;;
  esac
  return "$code"
}

all=0
kill_at_random() { # HISTORY WAY VICTIM
  begin_history "$1" "$2"
  make
  local begun code moment stopped=0 i
  begun=$(microseconds)
  expect 0 "${way[@]}" --url "$url"
  took=$(($(microseconds) - begun))
  for ((i = 0; stopped < moments && i < 4 * moments; i++)); do
    moment=$(random_moment)
    make
    # What CREATE DATABASE has copied must be the server's own again: the sequences of a copy forget numbers in a crash.
    [ "$3" != crashed_server ] || query made CHECKPOINT
    code=0
    "$3" "$moment" || code=$?
    if [ "$code" != 0 ] || grep -q 'connecting again' interrupted.log; then stopped=$((stopped + 1)); fi
    ends_as_undisturbed "${3/_/ } after $moment s (exit $code)"
  done
  all=$((all + stopped))
  echo "$engine: $1, $2: ${3/_/ } at $i random moments, of which $stopped stopped it"
}

for engine in ${ENGINES:-sqlite postgres}; do
  for victim in killed_client crashed_server; do
    [ "$engine:$victim" != sqlite:crashed_server ] || continue
    kill_at_random example up $victim
    kill_at_random steps up $victim
    kill_at_random steps down $victim
    [ "$engine" = postgres ] || MIGEN_TRANSACTION=migration kill_at_random steps up $victim
  done
done
echo "$all kills"
