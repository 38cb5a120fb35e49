#!/usr/bin/env bash
# Each folder of tests/corpus/accept is a project whose migrations lean on what docs/language.md says, sentence by sentence. Each must be
# accepted, built, carried out twice, recognised without its history, taken back to nothing, and carried out again, on its engines.
# A project postgres_NN says what came with PostgreSQL NN; an older server has to say that it is too old for it, and where.
source "$(dirname "$0")/library.sh"
start_postgres

# schema_of FILE|URL: what is compared, without migen's own table and with an order of its own.
schema_of() {
  case $url in
  sqlite:*) sqlite3 "${url#sqlite:}" "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'migen_history%'
    AND name NOT LIKE 'sqlite_%' ORDER BY type, name" ;;
  *) dump_postgres "$database" ;;
  esac
}

forget_history() {
  case $url in
  sqlite:*) sqlite3 "${url#sqlite:}" "DROP TABLE migen_history" ;;
  *) query "$database" "DROP TABLE migen_history" ;;
  esac
}

round() { # PROJECT
  schema_of >empty.schema
  expect 0 "$binary" up --strict --verify strict --url "$url"
  says "applied=$count "
  schema_of >first.schema
  expect 0 "$binary" verify --url "$url"
  expect 0 "$binary" up --strict --url "$url"
  says "applied=0 already=$count"
  forget_history
  expect 0 "$binary" up --strict --url "$url"
  says "adopted: the database has this version's schema"
  schema_of >again.schema
  same first.schema again.schema
  expect 0 "$binary" down base --yes --url "$url"
  schema_of >base.schema
  same empty.schema base.schema
  expect 0 "$binary" up --strict --verify strict --url "$url"
  schema_of >again.schema
  same first.schema again.schema
  for _ in $(seq "$count"); do
    expect 0 "$binary" down --yes --url "$url"
    expect 0 "$binary" up +1 --url "$url"
    expect 0 "$binary" down --yes --url "$url"
  done
  schema_of >base.schema
  same empty.schema base.schema
  # Version by version, by the text, where nothing comes back in another order or in other words.
  case $name in
  *_[a-z]*) same_versions ;;
  esac
}

same_versions() {
  for number in $(seq "$count"); do
    schema_of >"version$((number - 1)).schema"
    expect 0 "$binary" up +1 --url "$url"
  done
  for number in $(seq "$count" -1 1); do
    expect 0 "$binary" down --yes --url "$url"
    schema_of >again.schema
    same "version$((number - 1)).schema" again.schema
  done
}

# check_without WHAT VERSION SED: where check's SQLite is too old for it, that has to be said, and the rest is tried without it.
check_without() {
  "$MIGEN" check >"$work/out" 2>"$work/log" && return
  grep -qF -- "$1 needs SQLite $2 or later, and this is SQLite" "$work/log" || return 0
  says "error[rehearsal]"
  sed -i -E "$3" migrations/*.mig
  echo "$name: without $1, which this SQLite does not know"
}

check_project() {
  check_without STRICT 3.37 '/^(\}|create table)/s/\bstrict\b//'
  check_without '->>' 3.38 "s/j ->> '([^']*)'/json_extract(j, '\1')/"
  expect 0 "$MIGEN" check
}

too_old() { # the server for the project
  expect 1 "$binary" up --strict --url "$url"
  says "needs PostgreSQL ${name#postgres_} or later, and this is PostgreSQL $(major "$pg_server/postgres")."
  says "at:        migrations/"
}

for project in "$SOURCE"/tests/corpus/accept/*/; do
  name=$(basename "$project")
  cp -r "$project" "$work/$name"
  cd "$work/$name"
  check_project
  expect 0 "$MIGEN" plan
  binary=$work/$name.bin
  expect 0 "$MIGEN" build --release 1.0.0 -o "$binary"
  expect 0 "$MIGEN" emit -o "$work/$name.c"
  cp "$work/$name.c" "$work/$name.first.c"
  expect 0 "$MIGEN" emit -o "$work/$name.c"
  same "$work/$name.first.c" "$work/$name.c"
  count=$(ls migrations | wc -l)
  cd "$work"
  if [[ $name != postgres* ]]; then
    url=sqlite:$work/$name.db
    round
  fi
  if [ "$name" != sqlite ]; then
    database=accept_$name
    new_database "$database"
    case $name in
    postgres_[0-9]*) [ "$(major "$pg_server/postgres")" -ge "${name#postgres_}" ] || { too_old; continue; } ;;
    esac
    round
  fi
done
