#!/usr/bin/env bash
# What fails under a run: a statement of PostgreSQL's with each class of error (driver_fault.c), a file operation of SQLite's
# (tests/support/faulty_files.c), an allocation (failing_memory.c): once, or for good from there on. The exit code is the one that
# says whether to try again, what is said of the database is true, nothing leaks, and the next plain run ends as an undisturbed one.
# The argument is how far the tried points lie apart (1: all of them, which takes hours); without one, a few of each kind are tried.
source "$(dirname "$0")/library.sh"
source "$SOURCE/tests/support/histories.sh"
apart=${1:-}
start_postgres
cd "$work"
write_steps
build_faulty "$work/steps-migrate" -g -fsanitize=address,undefined -fno-sanitize-recover=all "$SOURCE/tests/support/faulty_files.c"
build_faulty "$work/memory-migrate" "$SOURCE/tests/support/failing_memory.c"
# A sanitizer of the compiler that cannot look for leaks here (under a debugger) says so, and is no finding.
export ASAN_OPTIONS=exitcode=99:detect_leaks=1

tried=0
declare -A ends
run_with() { # WHAT-IT-IS CODES VARIABLE=VALUE...: one run with the fault; then what it says is held against the database
  local what=$1 codes=" $2 " code=0
  shift 2
  make_begun
  { timeout -k 5 180 env "$@" "${way[@]}" --url "$url" >interrupted.out 2>interrupted.log; } 2>/dev/null || code=$?
  tried=$((tried + 1))
  ends[$code]=$((${ends[$code]:-0} + 1))
  case $codes in
    *" $code "*) ;;
    *) fail "$engine, ${way[1]}, $what: exit $code, and not one of$codes: $(cat interrupted.out interrupted.log)" ;;
  esac
  case $code in
    0) ;;
    137) ;;
    3 | 69 | 75) grep -q 'next: \|out of memory' interrupted.log || fail "$what: it does not say what to do next: $(cat interrupted.log)" ;;
  esac
  if grep -q 'the database is as it was before' interrupted.log; then
    dump >now
    cmp -s begun now || fail "$engine, $what: it says that all was rolled back, and it was not: $(cat interrupted.log; diff begun now)"
  elif [ "$code" = 0 ] && [ "${way[1]}" = up ]; then
    dump >now
    cmp -s undisturbed now || fail "$engine, $what: exit 0, and not all is done: $(cat interrupted.log; diff undisturbed now)"
  fi
  ends_as_undisturbed "$what (exit $code)"
}

make_begun() { # a copy of the start, in the journal's mode that is to be tried
  make
  [ -z "${journal:-}" ] || sqlite3 made.db "PRAGMA journal_mode = $journal" >/dev/null
}

# every COUNT: the points to try, so many of them, or so far apart as was asked.
points() { # LAST HOW-MANY
  local step=${apart:-$(($1 / $2 + 1))}
  seq $((1 + RANDOM % step)) "$step" "$1"
}

say_ends() { # WHAT
  local list= code
  for code in "${!ends[@]}"; do list="$list exit $code: ${ends[$code]}"; done
  echo "$engine${journal:+ ($journal)}, ${way[1]}: $1:$list"
  ends=()
}

# ---- PostgreSQL's errors ----
postgres_errors() {
  local last sqlstate codes point kind
  make
  # So many points as there are statements: behind the last one nothing fails any more.
  for ((last = 32; ; last *= 2)); do
    make
    code=0
    MIGEN_FAULT=$last MIGEN_FAULT_KIND="error 42501" "${way[@]}" --url "$url" >interrupted.out 2>interrupted.log || code=$?
    [ "$code" != 0 ] || break
  done
  for sqlstate in 40001 40P01 55P03 57014 57P01 08006 53100 53200 53300 42501 XX000; do
    case $sqlstate in
      40001 | 40P01 | 55P03 | 53300) codes="0 75" ;;
      57014 | 57P01 | 08006 | 53100 | 53200) codes="0 3" ;; # 0: what was asked for comfort alone, or behind the end
      42501) codes="0 77" ;;
      *) codes="0 1" ;;
    esac
    for kind in error errors; do
      for point in $(points "$last" 2); do
        run_with "$kind $sqlstate at $point" "$codes" MIGEN_FAULT="$point" MIGEN_FAULT_KIND="$kind $sqlstate" MIGEN_DDL_RETRIES=2 MIGEN_LOCK_TIMEOUT=1s
      done
    done
    say_ends "$sqlstate"
  done
}

# ---- SQLite's files ----
sqlite_files() {
  local what codes point count on
  for what in full write short torn sync truncate delete read open access lock busy readonly; do
    case $what in
      torn) codes="0 137" ;;
      busy) codes="0 75" ;;
      readonly) codes="0 77" ;;
      *) codes="0 3 69" ;;
    esac
    make_begun
    FAULTY_FILES="$what 0" FAULTY_FILES_COUNT=$work/count expect 0 "${way[@]}" --url "$url"
    count=$(cat count)
    for on in "" " on"; do
      for point in $(points "$count" 2); do
        run_with "$what$on at $point" "$codes" FAULTY_FILES="$what $point$on" MIGEN_LOCK_TIMEOUT=200ms MIGEN_DDL_LOCK_TIMEOUT=200ms MIGEN_DDL_RETRIES=2
      done
    done
    say_ends "$what of $count"
  done
}

# ---- memory ----
memory_of() { # ONLY: calloc, which is the arena's, or any
  local count point on codes
  make
  FAILING_MEMORY_ONLY=$1 FAILING_MEMORY_COUNT=$work/count expect 0 "${way[@]}" --url "$url"
  count=$(cat count)
  for on in "" " on"; do
    for point in $(points "$count" 5); do
      codes="0 3 69"
      run_with "$1$on at $point" "$codes" FAILING_MEMORY="$point$on" FAILING_MEMORY_ONLY="$1"
    done
  done
  say_ends "no memory at one of $count allocations ($1)"
}

RANDOM=${SEED:-4711}
for engine in ${ENGINES:-sqlite postgres}; do
  for direction in up ${apart:+down}; do
    begin_history steps $direction
    make
    dump >begun
    if [ $engine = postgres ]; then
      [ $direction = down ] || postgres_errors
    else
      for journal in delete wal; do sqlite_files; done
      journal=
    fi
    [ $direction = down ] && continue
    way[0]=$work/memory-migrate
    for only in calloc any; do memory_of $only; done
  done
done
echo "$tried faults"
