#!/usr/bin/env bash
# The worked example on SQLite: up, up again, a lost history, down to base, up again; what others made beforehand; many at once.
source "$(dirname "$0")/library.sh"
build_shop
cd "$work"
url=sqlite:$work/shop.db

expect 0 "$shop" up --url "$url"
says "up: ok applied=11"
dump_sqlite shop.db >first.sql
expect 0 "$shop" verify --url "$url"

# A second run writes nothing.
before=$(sha256sum <shop.db)
expect 0 "$shop" up --url "$url"
says "applied=0 already=11"
[ "$before" = "$(sha256sum <shop.db)" ] || fail "a second up changed the file"

# The history lost: the version is recognised, or everything is skipped.
sqlite3 shop.db "INSERT INTO users (email, hashed_password, full_name) VALUES ('a@example.org', 'x', 'A')"
dump_sqlite shop.db >with_data.sql
sqlite3 shop.db "DROP TABLE migen_history"
expect 0 "$shop" up --url "$url"
dump_sqlite shop.db >recognised.sql
same with_data.sql recognised.sql

# Down to nothing, and up to the same.
expect 0 "$shop" down base --yes --url "$url"
dump_sqlite shop.db >base.sql
printf 'PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCOMMIT;\n' >empty.sql
same empty.sql base.sql
expect 0 "$shop" up --url "$url"
dump_sqlite shop.db >again.sql
same first.sql again.sql

# Each migration down and up by itself, from the newest on.
for _ in $(seq 11); do
  expect 0 "$shop" down --yes --url "$url"
done
dump_sqlite shop.db >base.sql
same empty.sql base.sql

# Twenty at once on an empty file.
rm -f many.db
pids=()
for i in $(seq 20); do
  "$shop" up --url "sqlite:$work/many.db" >"many.$i" 2>&1 &
  pids+=($!)
done
for pid in "${pids[@]}"; do
  wait "$pid" || fail "one of twenty: exit $?"
done
[ "$(sqlite3 many.db "SELECT count(*) FROM migen_history WHERE direction = 'up'")" = 11 ] || fail "not applied once each"
dump_sqlite many.db >many.sql
same first.sql many.sql

# A dry run changes nothing.
rm -f none.db
expect 0 "$shop" up --dry-run --url "sqlite:$work/none.db"
says "create    table users"
[ ! -s none.db ] || fail "a dry run wrote"
