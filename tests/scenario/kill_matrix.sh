#!/usr/bin/env bash
# The kill matrix: the release binary gets SIGKILL before each call of the driver and behind each statement of it; the next
# plain `up` ends with the same schema, data and history as an undisturbed run. The points are compiled into this test's
# binary alone (driver_fault.c). As `kill_matrix.sh stops` (stops.sh) it is SIGTERM in the place of SIGKILL: the run ends with
# exit 3 then, and says what to do; and a session that is gone, which is made again: it comes to its end. Without an argument every so-many-th point
# is tried; with `full`, all of them, which takes long.
source "$(dirname "$0")/library.sh"
source "$SOURCE/tests/support/histories.sh"
what=kill
if [ "${1:-}" = stops ]; then
  what=stops
  shift
fi
mode=${1:-some}
start_postgres
cd "$work"
make_histories
make_newer

kills=0
matrix() { # HISTORY WAY: kills `up`, or `down`, at each point
  begin_history "$1" "$2"
  local point code ended=0 begun=$kills first=1
  [ "$kind" != cut ] || first=10 # before that nothing has begun: it connects again, and says nothing
  # Behind the last point nothing happens any more. A stop in the very last calls finds all done: exit 0.
  for ((point = first; ended < 3; point += stride)); do
    make
    code=0
    { MIGEN_FAULT=$point MIGEN_FAULT_KIND=$kind "${way[@]}" --url "$url" >interrupted.out 2>interrupted.log; } 2>/dev/null || code=$?
    if [ "$code" = 0 ] && ! { [ $kind = cut ] && grep -q 'connecting again' interrupted.log; }; then
      ended=$((ended + 1))
    else
      equal 0 "$ended" "how often it had got to its end before it was stopped at point $point"
      equal "$wanted" "$code" "the exit code at point $point ($kind): $(cat interrupted.log)"
      [ "$kind" != term ] || grep -q 'next: ' interrupted.log || fail "$kind at point $point: it does not say what to do next"
      kills=$((kills + 1))
    fi
    ends_as_undisturbed "$kind at point $point"
  done
  echo "$engine: $history, $2${MIGEN_TRANSACTION:+ (each $MIGEN_TRANSACTION a transaction)}: $kind at $((kills - begun)) of its points"
}

for engine in ${ENGINES:-sqlite postgres}; do
  stride=1
  case $mode in
    full) ;;
    some) if [ "$engine" = sqlite ]; then stride=9; else stride=21; fi ;;
    *) stride=$mode ;;
  esac
  if [ $what = kill ]; then
    kind=kill wanted=137
    matrix example up
    matrix steps up
    matrix steps down
    matrix newer down
    matrix newer up
    # Batches, each a transaction of its own, are on SQLite only where a release is not one.
    [ "$engine" = postgres ] || MIGEN_TRANSACTION=migration matrix steps up
  else
    kind=term wanted=3
    matrix steps up
    matrix steps down
    kind=cut wanted=0
    [ "$engine" = sqlite ] || matrix steps up
  fi
done
echo "$kills kills or stops"
