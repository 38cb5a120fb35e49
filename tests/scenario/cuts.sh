#!/usr/bin/env bash
# The connection to PostgreSQL is cut at a message of the protocol, in either direction: the run connects again and comes to its
# end, and says of each migration what the history says, also where the answer to its COMMIT was what got lost. Where each connection
# is cut, it ends with exit 3, and the next run goes on. Without an argument every so-many-th message; `full`: all of them; `7`: each
# seventh, and so on.
source "$(dirname "$0")/library.sh"
source "$SOURCE/tests/support/histories.sh"
: "${CUT_PROXY:?the program cut_proxy}"
mode=${1:-some}
engine=postgres
start_postgres
cd "$work"
make_histories

proxy_port=$((pg_port + 1))
: >plan
: >proxy.out
"$CUT_PROXY" "$proxy_port" "$pg_socket" "$pg_port" plan count >proxy.out &
proxy=$!
trap 'ended=$?; kill "$proxy" 2>/dev/null; (exit $ended); finish' EXIT
until grep -q listening proxy.out; do sleep 0.02; done
through="postgresql://postgres@127.0.0.1:$proxy_port/made?sslmode=disable"

done_in_history() { # how many rows of the way are in the history
  query made "SELECT count(*) FROM migen_history WHERE direction = '${way[1]}'" 2>/dev/null || echo 0
}

# What the run's last line says it has done is what the history has; one more may be there where it says that it does not know.
check_claim() { # ROWS-BEFORE AT
  local said found
  said=$(sed -nE 's/^(up|down): (ok|failed).* (applied|reverted)=([0-9]+).*/\4/p' interrupted.out)
  found=$(($(done_in_history) - $1))
  if grep -q 'the connection was lost while .* was committed' interrupted.log && [ "$found" = $((said + 1)) ]; then
    in_doubt=$((in_doubt + 1))
    return
  fi
  equal "$found" "$said" "what the run says that it has done, cut at message $2 ($(cat interrupted.out interrupted.log)):"
}

all=0 arrived=0 in_doubt=0
cut_all() { # HISTORY WAY HOW STRIDE
  begin_history "$1" "$2"
  make
  local before code point ended=0 cut=0 messages wanted=0
  before=$(done_in_history)
  expect 0 "${way[@]}" --url "$through"
  sleep 0.1
  messages=$(cat count)
  for ((point = 1; point <= messages; point += $4)); do
    make
    echo "$point $3" >plan
    code=0
    "${way[@]}" --url "$through" >interrupted.out 2>interrupted.log || code=$?
    case $code in
      0) ended=$((ended + 1)) ;;
      3 | 69) grep -q 'next: ' interrupted.log || fail "cut $3 message $point: it does not say what to do: $(cat interrupted.log)" ;;
      *) fail "cut $3 message $point: exit $code: $(cat interrupted.log)" ;;
    esac
    [ -s plan ] || cut=$((cut + 1))
    # Before the session stands (ReadyForQuery) there is no connection; behind that it is made again.
    [ "$3" = always ] || [ "$code" = 0 ] || [ "$code:$((point < 20))" = 69:1 ] || fail "cut $3 message $point: exit $code: $(cat interrupted.log)"
    [ "$3:$code" != always:0 ] || grep -q 'connecting again' interrupted.log || equal 1 "$((point >= messages - 2))" "cut at $point of $messages, and it did not see it:"
    grep -q ' had been committed' interrupted.log && arrived=$((arrived + 1))
    : >plan
    [ "$code" = 69 ] || check_claim "$before" "$point"
    ends_as_undisturbed "cut $3 message $point (exit $code)"
  done
  all=$((all + (messages + $4 - 1) / $4))
  echo "$1, $2: cut $3 $(((messages + $4 - 1) / $4)) of $messages messages; $ended runs came to their end all the same"
}

# The server is still at a COMMIT when the run that sent it is connected again: what becomes of it is known, and counted, as soon as
# the server is done with it.
new_project "$work/slow" postgres
migration 01_fast <<'END'
migration "One that is quick"
create table fast { id id }
END
migration 02_slow <<'END'
migration "One whose COMMIT takes its time"
run { INSERT INTO slow VALUES (1) } undo none
END
build "$work/slow-migrate"
new_database made
query made "CREATE TABLE slow (n int);
  CREATE FUNCTION doze() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.6); RETURN NULL; END';
  CREATE CONSTRAINT TRIGGER dozing AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION doze()"
"$work/slow-migrate" up --url "$through" >out 2>log &
running=$!
until [ "$(query made "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")" = 1 ]; do sleep 0.02; done
pkill -KILL -P "$proxy" # what serves the connection; the proxy takes the next one
wait "$running" || fail "cut at a slow COMMIT: $(cat log)"
equal 2 "$(query made "SELECT count(*) FROM migen_history WHERE direction = 'up'")" "the history"
grep -q '^up: ok applied=2 already=0 ' out || fail "cut at a slow COMMIT, it says: $(cat out log)"
grep -q '02_slow had been committed' log || fail "cut at a slow COMMIT, it says: $(cat out log)"

case $mode in
  full) stride=1 ;;
  some) stride=149 ;;
  *) stride=$mode ;;
esac
cut_all example up before $stride
cut_all steps up before $stride
cut_all steps up after $((stride * 2 - 1))
cut_all steps down before $stride
cut_all steps up always $((stride * 2 - 1))
echo "$all cuts; $arrived migrations had been committed when the connection was lost, $in_doubt were left open"
