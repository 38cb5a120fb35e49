#!/usr/bin/env bash
# A SQLite file with a transaction for each migration: one process is held between calls of its driver, another comes between and
# applies two of the migrations that the first one has found pending, or goes the other way. Both end well, none is carried out twice, and
# none without its parents.
source "$(dirname "$0")/library.sh"
source "$SOURCE/tests/support/histories.sh"
cd "$work"
engine=sqlite
url=sqlite:$work/made.db
new_project "$work/counting" sqlite
migration 0_start <<'END_OF_FILE'
migration "What is counted"
create table t0 { id id }
create table counted { id id
                       n int not null }
run "one row" { INSERT INTO counted (n) VALUES (0) } undo none
END_OF_FILE
number=1
for name in one two three; do
  migration ${#number}_$name <<END_OF_FILE
migration "Counted once, and built upon the one before"
create table t$number { id id }
run "counting" { UPDATE counted SET n = n + $number } undo { UPDATE counted SET n = n - $number }
alter table t$((number / 10)) {
  add column later text
}
END_OF_FILE
  number=${number}0
done
build_faulty "$work/app"
export MIGEN_TRANSACTION=migration

was_between=0
come_between() { # STEP FROM WAY OTHER'S COMMAND...: WAY (up, down) goes from the version FROM on
  local point code held=0 first state step=$1 from=$2 way=$3
  shift 3
  for ((point = 1; held == point - step || point == 1; point += step)); do
    rm -f made.db*
    cp "$from.db" made.db
    MIGEN_FAULT=$point MIGEN_FAULT_KIND=stop ./app "$way" $([ "$way" = up ] || echo base --yes) --url "$url" >first.out 2>first.log &
    first=$!
    for state in $(seq 4000); do # until it is stopped, or at its end
      read -r _ _ state _ 2>/dev/null <"/proc/$first/stat" || state=Z
      [[ $state != [TZ] ]] || break
      sleep 0.005
    done
    if [ "$state" = T ]; then
      held=$point code=0
      # Where the first one holds the file, nobody comes between.
      ./app "$@" --lock-timeout 0s --url "$url" >"$work/out" 2>"$work/log" || code=$?
      case $code in
        0) was_between=$((was_between + 1)) ;;
        75) ;;
        *) fail "$* beside a process at point $point: exit $code: $(cat "$work/log")" ;;
      esac
      kill -CONT "$first"
    fi
    code=0
    wait "$first" || code=$?
    equal 0 "$code" "the exit code of $way, where \`$*\` came between at point $point ($(cat first.log))"
    [ "$way $1" = "up up" ] || expect 0 ./app up --url "$url"
    equal "111 4" "$(sqlite3 -separator ' ' made.db "SELECT n, (SELECT count(*) FROM sqlite_schema WHERE name GLOB 't[0-9]*') FROM counted")" "what was counted by $way, where \`$*\` came between at point $point ($(cat first.out first.log))"
    [ "$way $1" != "up up" ] || equal "" "$(sqlite3 made.db "SELECT id FROM migen_history GROUP BY id HAVING count(*) > 1")" "what was applied twice, where \`$*\` came between at point $point"
  done
  [ "$held" -gt 20 ] || fail "there were $held points only"
}
expect 0 ./app up start --url "$url"
cp made.db start.db
expect 0 ./app up --url "$url"
cp made.db head.db
come_between 2 start up up +2
came_up=$was_between
come_between 3 start up down -1 --yes
come_between 3 head down up +1
echo "another process went up $came_up times between two transactions of one that goes up; $((was_between - came_up)) times one went the other way"
[ "$came_up" -gt 5 ] && [ "$was_between" -gt $((came_up + 5)) ] || fail "that is too seldom"
