#!/usr/bin/env bash
# Which database a command means, and which version: where the URL comes from, what is said of a file that is not there, and each
# form of a target with each command that takes one.
source "$(dirname "$0")/library.sh"
cd "$work"
lite=sqlite:$work/shop.db

new_project "$work/project" sqlite
migration 1_a <<'END'
migration "A"
create table a { id id }
END
migration 2_b <<'END'
migration "B"
create table b { id id }
END
migration 3_c <<'END'
migration "C"
create table c { id id }
END
build "$work/shop"

# ---- a SQLite file that is not there: who goes on from something says so and makes nothing ----
for command in "down --yes" "down base --yes" redo adopt "stamp head --reason x"; do
  expect 69 "$work/shop" $command --url "$lite"
  says "is not there"
  [ ! -e shop.db ] || fail "$command has made the file"
done
for command in status verify plan current doctor unlock wait sql heads schema "summary a" "history -v" "gate --timeout 0s"; do
  code=0
  case $command in
  verify) code=4 ;;
  "summary a") code=1 ;;
  gate*) code=75 ;;
  esac
  expect "$code" "$work/shop" $command --url "$lite"
  case $command in
  heads | schema | gate*) ;;
  *) says "there is no file $work/shop.db: it is read as an empty database" ;;
  esac
  [ ! -e shop.db ] || fail "$command has made the file"
done
for command in "up nowhere" "up --sql" "up --dry-run" "down --dry-run"; do
  code=0
  [ "$command" != "up nowhere" ] || code=64
  expect "$code" "$work/shop" $command --url "$lite"
  [ ! -s shop.db ] || fail "$command has made the file"
done
rm -f shop.db

# ---- what a command cannot do without doing it, it refuses ----
expect 0 "$work/shop" up --url "$lite"
sqlite3 shop.db .dump >before
for command in "redo --dry-run" "redo --sql" "redo a --yes --dry-run" "stamp 1_a --reason x --dry-run" "stamp 1_a --reason x --sql" \
  "adopt --dry-run" "adopt --sql" "down --sql" "downgrade base --yes --sql" "unlock --dry-run"; do
  expect 64 "$work/shop" $command --url "$lite" </dev/null
  says "has no --"
  says "nothing was changed"
  expect 64 env MIGEN_SQL=1 MIGEN_DRY_RUN=1 "$work/shop" ${command%%--*} --reason x --url "$lite" </dev/null
  sqlite3 shop.db .dump >after
  same before after
done
expect 0 "$work/shop" redo --help --dry-run
expect 0 "$work/shop" down --yes --dry-run --url "$lite"
sqlite3 shop.db .dump >after
same before after
rm -f shop.db

# ---- each form of a target ----
applied() {
  sqlite3 shop.db "SELECT group_concat(name, '') FROM (SELECT name FROM sqlite_schema WHERE type = 'table' AND length(name) = 1 ORDER BY name)"
}
goes() { # COMMAND... WHERE IT ENDS
  expect 0 "$work/shop" "${@:1:$#-1}" --yes --url "$lite"
  equal "${!#}" "$(applied)" "the way of ${*:1:$#-1}"
}
goes up +1 a
goes up 2_b ab
goes up +9 abc
goes down -2 a
goes up c abc
goes down a a
goes up 2 ab
goes up head abc
goes down head abc
goes down base ""
goes upgrade heads abc
goes redo -1 abc
goes redo abc
says "3_c"
goes redo a abc
goes downgrade ab
goes rollback none ""
goes up 1_a a
for command in "up -1" "up base" "down +1" "up nowhere" "down nowhere" "stamp +1 --reason x" "gate --at-least +1" "sql -1" "plan nowhere"; do
  expect 64 "$work/shop" $command --url "$lite"
  equal a "$(applied)" "what is there behind $command"
done
expect 64 "$work/shop" up -1 --url "$lite"
says 'back is `down -1`'
expect 64 "$work/shop" down +1 --url "$lite"
says 'forward is `up +1`'
for command in status current heads history adopt doctor unlock wait schema version gate; do
  expect 64 "$work/shop" $command head --url "$lite"
  says "$command takes no argument"
done
for target in a 1_a 1; do
  expect 0 "$work/shop" gate --at-least "$target" --timeout 0s --url "$lite"
  expect 75 "$work/shop" gate --at-least c --timeout 0s --url "$lite"
done
for target in c:bc head:bc heads:bc +1:b +2:bc 2_b:b a:; do # TARGET:what is still to come
  expect 0 "$work/shop" plan "${target%:*}" --url "$lite"
  planned=$(sed -n 's/^  create    table //p' "$work/out" "$work/log" | tr -d '\n')
  equal "${target#*:}" "$planned" "the plan of ${target%:*}"
  expect 0 "$work/shop" up --dry-run "${target%:*}" --url "$lite"
  says "pending=${#planned}"
  for command in sql "up --sql"; do
    expect 0 "$work/shop" $command "${target%:*}" --url "$lite"
    equal "$planned" "$(sed -n 's/^CREATE TABLE "*\([a-z]\)"* .*/\1/p' "$work/out" | tr -d '\n')" "the script of ${target%:*}"
    expect 0 "$work/shop" $command "${target%:*}" --engine sqlite
    case $target in +1:*) all=a ;; +2:* | 2_b:*) all=ab ;; a:*) all=a ;; *) all=abc ;; esac
    equal "$all" "$(sed -n 's/^CREATE TABLE "*\([a-z]\)"* .*/\1/p' "$work/out" | tr -d '\n')" "the script of ${target%:*} for an empty database"
  done
done
for target in head heads c base none a; do
  expect 0 "$work/shop" stamp "$target" --reason "it is" --url "$lite"
done
equal 1_a "$("$work/shop" current --url "$lite" 2>/dev/null | grep -o '^[0-9]_.')" "the version that was stamped"

# ---- wrong usage touches no file ----
expect 64 "$work/shop" up nowhere --url "sqlite:$work/nowhere.db"
[ ! -e "$work/nowhere.db" ] || fail "up with a target that is none has made a file"
for command in "down --yes" redo "stamp head --reason x" adopt; do
  expect 69 "$work/shop" $command --url "sqlite:$work/nowhere.db"
  says "next:      mend that"
done
expect 64 "$work/shop" status --history-table "$(printf 'a%.0s' {1..59})" --url "$lite"
says "a name has at most 58 bytes here, not 59"
expect 0 "$work/shop" status --history-table "$(printf 'a%.0s' {1..58})" --url "$lite"

# ---- what is on and what is off, in any capitals; nothing else is taken for either ----
for off in 0 false False FALSE no n off f; do
  expect 0 env MIGEN_DRY_RUN=$off "$work/shop" up --url "sqlite:$work/off.db"
  [ -s "$work/off.db" ] || fail "MIGEN_DRY_RUN=$off did nothing"
  rm "$work/off.db"
done
for on in 1 true True TRUE yes y on t; do
  expect 0 env MIGEN_DRY_RUN=$on "$work/shop" up --url "sqlite:$work/off.db"
  [ ! -s "$work/off.db" ] || fail "MIGEN_DRY_RUN=$on did it"
done
for neither in maybe 2 nope; do
  expect 64 env MIGEN_STRICT=$neither "$work/shop" up --url "sqlite:$work/off.db"
  says "\"$neither\" is neither on nor off"
done

# ---- the project's own URL comes behind the variables, and before PG* ----
printf 'url "sqlite:%s/own.db"\n' "$work" >>"$project/migen.project"
build "$work/shop"
expect 0 "$work/shop" up
says "(from migen.project)"
[ -s own.db ] || fail "there is no own.db"
expect 0 env PGHOST=localhost "$work/shop" status
says "(from migen.project)"
for variable in DATABASE_URL MIGEN_URL; do
  expect 0 env $variable="$lite" "$work/shop" status
  says "(from $variable)"
done
expect 0 "$work/shop" status --url "$lite"
says "(from --url)"
expect 0 "$work/shop" version -v
silent_about own.db
sed -i '$d' "$project/migen.project"
printf 'url-file "%s/secret"\n' "$work" >>"$project/migen.project"
build "$work/shop"
echo "$lite" >secret
expect 0 "$work/shop" status
says "(from migen.project)"
says "2 of 3 pending"

# help names for each command what it heeds, and a command by any of its names.
for command in redo stamp adopt unlock down status; do
  expect 0 "$work/shop" help "$command"
  says "--format text|json"
  silent_about "--sql "
  [ "$command" = down ] || silent_about "--dry-run"
done
expect 0 "$work/shop" help upgrade
says "shop-migrate up [TARGET]"
says "--dry-run"
says "--sql "
silent_about "--reason"
