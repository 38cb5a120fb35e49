#!/usr/bin/env bash
# What a file system can have against a SQLite database, and what others do with it: a file, a folder or a file system that can only
# be read, a full disk, a writer and a reader that do not end; each on a rollback journal and on WAL. Either it is waited for, or one
# clear error says what is wrong, with the exit code that says whether to try again, and nothing is half done.
source "$(dirname "$0")/library.sh"
cd "$work"
new_project "$work/lite" sqlite
migration 1_first <<'END'
migration "First"
create table a { id id
                 name text not null }
END
build "$work/r1"
migration 2_more <<'END'
migration "More, with a rebuild, and more rows than a full disk has room for"
add column a.more text
alter column a.name type varchar(20)
run "fill" { INSERT INTO a (name, more) SELECT 'x', hex(randomblob(500)) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT i FROM n) } undo { DELETE FROM a WHERE name = 'x' }
END
build "$work/r2" 2.0.0

one_error() {
  equal 1 "$(grep -c '^error' "$work/log" || true)" "the number of errors"
  silent_about "mend migrations"
}
begin() { # FILE JOURNAL: at release 1, with two rows
  rm -f "$1"*
  expect 0 "$work/r1" up --url "sqlite:$1"
  sqlite3 "$1" "PRAGMA journal_mode = $2; INSERT INTO a (name) VALUES ('p'), ('q')" >/dev/null
}
is_as_before() { # FILE
  equal "2 1_first" "$(sqlite3 "$1" "SELECT (SELECT count(*) FROM a) || ' ' || group_concat(id) FROM migen_history WHERE direction = 'up'")" "what $1 has"
  equal ok "$(sqlite3 "$1" "PRAGMA integrity_check")" "the file"
}
is_done() { # FILE
  equal "2002 1_first,2_more" "$(sqlite3 "$1" "SELECT (SELECT count(*) FROM a) || ' ' || group_concat(id) FROM migen_history WHERE direction = 'up'")" "what $1 has"
}

# ---- others ----
hold() { # FILE SQL SECONDS: a process that has begun it, and ends then
  rm -f held
  { printf '%s;\n.shell touch held\n.shell sleep %s\n' "$2" "$3"; } | sqlite3 "$1" >/dev/null &
  holder=$!
  for _ in $(seq 200); do
    [ ! -f held ] || return 0
    sleep 0.05
  done
  fail "nobody holds $1"
}
for journal in delete wal; do
  file=$journal.db
  for begun in "BEGIN IMMEDIATE" "BEGIN EXCLUSIVE"; do
    begin "$file" $journal
    hold "$file" "$begun" 3
    expect 75 "$work/r2" up --lock-timeout 300ms --url "sqlite:$file"
    one_error
    says "locked by sqlite3 (process "
    says "--lock-timeout"
    expect 0 "$work/r2" up --url "sqlite:$file"
    says "held by sqlite3 (process "
    is_done "$file"
    wait "$holder"
  done
  begin "$file" $journal
  hold "$file" "BEGIN; SELECT count(*) FROM a" 3
  if [ $journal = delete ]; then # a reader lets no COMMIT through
    expect 75 "$work/r2" up --ddl-lock-timeout 100ms --ddl-retries 1 --url "sqlite:$file"
    one_error
    says "locked by sqlite3 (process "
    says "--ddl-lock-timeout and --ddl-retries say how long"
    says "the database is as it was before"
    expect 0 "$work/r1" up --url "sqlite:$file"
  fi
  expect 0 "$work/r2" up --url "sqlite:$file"
  wait "$holder"
  is_done "$file"
done
for journal in delete wal; do
  begin $journal.db $journal
  hold $journal.db "BEGIN EXCLUSIVE" 2
  expect 0 "$work/r2" status --url sqlite:$journal.db # a reader waits too, where it has to
  says "pending=1"
  began=$(date +%s)
  [ $journal = wal ] || expect 75 "$work/r2" gate --timeout 0s --url sqlite:$journal.db
  [ $(($(date +%s) - began)) -lt 20 ] || fail "gate waits on"
  wait "$holder"
done

# ---- what can only be read: by rights, as another user than root, whom no rights keep out ----
anyone=()
if [ "$(id -u)" -eq 0 ]; then
  if command -v runuser >/dev/null && runuser -u nobody -- true 2>/dev/null; then
    anyone=(runuser -u nobody --)
  else
    echo "not tried: files that are not writable (it takes runuser, or a user that is not root)"
    anyone=(none)
  fi
fi
cannot_write() { # FILE WHAT-IT-SAYS
  expect 77 "${anyone[@]}" "$work/r2" up --url "sqlite:$1"
  one_error
  says "$2"
  says "must be writable"
  silent_about "statement:"
  silent_about "created  "
  expect 77 "${anyone[@]}" "$work/r1" down base --yes --url "sqlite:$1"
  one_error
  expect 77 "${anyone[@]}" "$work/r2" stamp more --reason "a test" --url "sqlite:$1"
  one_error
  silent_about "stamped as"
  # What only reads works, and so does a run that has nothing to do.
  expect 0 "${anyone[@]}" "$work/r1" up --url "sqlite:$1"
  says "nothing to do"
  expect 0 "${anyone[@]}" "$work/r1" verify --url "sqlite:$1"
  expect 0 "${anyone[@]}" "$work/r2" status --url "sqlite:$1"
  says "pending=1"
  expect 0 "${anyone[@]}" "$work/r2" plan --url "sqlite:$1"
}
if [ "${anyone[*]:-}" != none ]; then
  mkdir kept
  for journal in delete wal; do
    chmod 777 kept
    begin kept/x.db $journal
    chmod 444 kept/x.db
    cannot_write kept/x.db '"kept/x.db" is not writable: Permission denied'
    chmod 777 kept
    rm -f kept/x.db-*
    chmod 666 kept/x.db
    chmod 555 kept
    if [ $journal = delete ]; then
      cannot_write kept/x.db 'the folder "kept" of "kept/x.db" is not writable'
    else # without its index beside it, that is a database that can only be read
      cannot_write kept/x.db 'the folder "kept"'
    fi
    chmod 777 kept
    chmod 644 kept/x.db
    is_as_before kept/x.db
    rm -f kept/*
    chmod 555 kept
    expect 77 "${anyone[@]}" "$work/r2" up --url sqlite:kept/none.db
    one_error
    says 'the folder "kept" is not writable'
    chmod 777 kept
  done
fi
begin url.db delete
expect 77 "$work/r2" up --url "sqlite:url.db?mode=ro"
one_error
says "mode=ro"
is_as_before url.db

# ---- a full disk, and a file system that is mounted read-only ----
if ! unshare -m --propagation private true 2>/dev/null; then
  echo "not tried: a full disk (unshare is not permitted here)"
  exit 0
fi
mkdir disk
in_namespace() {
  local disk=$work/disk/x.db
  mount -t tmpfs -o size=400k tmpfs disk
  for journal in delete wal; do
    begin "$disk" $journal
    expect 3 "$work/r2" up --url "sqlite:$disk" # in the middle
    one_error
    says "is full"
    says "make room on the disk"
    says "the database is as it was before"
    is_as_before "$disk"
    head -c 1000000 /dev/zero >disk/fill 2>/dev/null || true
    expect 3 "$work/r2" up --url "sqlite:$disk" # from the beginning
    one_error
    says "is full"
    expect 3 "$work/r2" up --url "sqlite:$work/disk/new.db"
    one_error
    says "is full"
    rm disk/fill disk/new.db
    is_as_before "$disk"
    mount -o remount,ro disk
    expect 77 "$work/r2" up --url "sqlite:$disk"
    one_error
    says "is on a file system that is mounted read-only"
    silent_about "statement:"
    expect 0 "$work/r1" up --url "sqlite:$disk"
    says "nothing to do"
    expect 0 "$work/r2" status --url "sqlite:$disk"
    expect 77 "$work/r2" up --url "sqlite:$work/disk/none.db"
    one_error
    mount -o remount,rw,size=16m disk
    expect 0 "$work/r2" up --url "sqlite:$disk"
    is_done "$disk"
    rm -f disk/*
    mount -o remount,size=400k disk
  done
  umount disk
}
unshare -m --propagation private bash -c "set -euo pipefail
  work=$work checks=0
  $(declare -f fail expect says silent_about equal one_error begin is_as_before is_done in_namespace)
  cd '$work'
  in_namespace"
checks=$((checks + 1))
