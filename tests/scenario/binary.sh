#!/usr/bin/env bash
# The release binary as a file: its size, static and hardened and stripped, the same bytes from two folders, what is in it
# and what is not, and how fast it begins.
source "$(dirname "$0")/library.sh"
build_shop
cd "$work"

size_of() {
  stat -c %s "$1"
}

at_most() { # WHAT NUMBER LIMIT
  checks=$((checks + 1))
  echo "$1: $2 (at most $3)"
  [ "$2" -le "$3" ] || fail "$1: $2 is more than $3"
}

# ---- size ----
(cd shop && expect 0 "$MIGEN" build --release 1.0.0 --engine sqlite -o "$work/sqlite-only")
(cd shop && expect 0 "$MIGEN" build --release 1.0.0 --engine postgres -o "$work/postgres-only")
at_most "bytes, both engines" "$(size_of "$shop")" 7500000
at_most "bytes, SQLite only" "$(size_of sqlite-only)" 2900000
at_most "bytes, PostgreSQL only" "$(size_of postgres-only)" "$(size_of "$shop")"

# ---- static-pie, hardened, stripped ----
for binary in "$shop" sqlite-only postgres-only; do
  readelf -hW "$binary" >"$work/out"
  readelf -lW "$binary" >"$work/log"
  says "DYN (" # position independent
  silent_about "INTERP"
  says "GNU_RELRO"
  checks=$((checks + 1))
  grep -E '^ +GNU_STACK +.* RW +' "$work/log" >/dev/null || fail "$binary: the stack can be executed"
  if grep -E '^ +LOAD .* RWE ' "$work/log" >&2; then
    fail "$binary: a segment can be written and executed"
  fi
  readelf -dW "$binary" >"$work/out"
  : >"$work/log"
  silent_about "(NEEDED)"
  silent_about "(TEXTREL)"
  silent_about "(RPATH)"
  silent_about "(RUNPATH)"
  says "NOW"
  readelf -SW "$binary" >"$work/out"
  silent_about ".symtab"
  silent_about ".debug"
  silent_about ".note.gnu.build-id"
  expect 1 grep -aqE "$work|$SOURCE|$(dirname "$MIGEN")" "$binary"
done

# ---- the same bytes from another folder, at another time ----
mkdir -p another/place/of/another/length
cp -r shop/migen.project shop/migrations another/place/of/another/length/
find another -name '*.mig' -exec touch -d '2001-01-01' {} +
(
  cd another/place/of/another/length
  TZ=Asia/Tokyo TMPDIR=$work/another "$MIGEN" build --release 1.0.0 >/dev/null
  umask 077
  TZ=America/Lima LC_ALL=C "$MIGEN" build --release 1.0.0 --engine sqlite -o sqlite-only >/dev/null
)
expect 0 cmp "$shop" another/place/of/another/length/shop-migrate
expect 0 cmp sqlite-only another/place/of/another/length/sqlite-only
[ -x another/place/of/another/length/sqlite-only ] || fail "it cannot be run"
equal 0 "$(find another -name 'migen-build-*' | wc -l)" "temporary folders that stayed"
# Another release is another file.
(cd shop && expect 0 "$MIGEN" build --release 1.0.1 -o "$work/next")
expect 1 cmp -s "$shop" next
# What build says: size and hash are those of the file.
(cd shop && expect 0 "$MIGEN" build --release 1.0.0 -o "$work/said" && cp "$work/out" "$work/said.out")
cp said.out out
: >log
says "$(size_of said) bytes"
says "$(sha256sum said | cut -d ' ' -f 1)"

# ---- one engine only ----
# has FILE TEXT, has_not FILE TEXT: its bytes.
has() {
  checks=$((checks + 1))
  LC_ALL=C grep -aqF -- "$2" "$1" || fail "$1 has no \"$2\""
}

has_not() {
  checks=$((checks + 1))
  ! LC_ALL=C grep -aqF -- "$2" "$1" || fail "$1 has \"$2\""
}

# Words of libpq and of OpenSSL; of SQLite.
for word in "could not translate host name" sslrootcert "OpenSSL" PGPASSWORD "SCRAM-SHA-256" "unexpected message from server"; do
  has "$shop" "$word"
  has_not sqlite-only "$word"
done
for word in "SQLite format 3" "database disk image is malformed"; do
  has "$shop" "$word"
  has sqlite-only "$word"
  has_not postgres-only "$word"
done
# Words of our own code for PostgreSQL: its catalogue, lock, recipes, settings, scripts; and for SQLite.
for word in pg_catalog pg_class pg_try_advisory CONCURRENTLY pg_get_serial_sequence idle_session_timeout ON_ERROR_STOP; do
  has "$shop" "$word"
  has postgres-only "$word"
  has_not sqlite-only "$word"
done
for word in sqlite_schema sqlite_sequence PRAGMA "BEGIN IMMEDIATE" _migen_guard; do
  has "$shop" "$word"
  has sqlite-only "$word"
  has_not postgres-only "$word"
done
expect 78 ./sqlite-only up --url postgres://app:Zebra7@db/shop
says "PostgreSQL"
silent_about Zebra7
expect 78 env PGHOST=db ./sqlite-only up
expect 78 ./postgres-only up --url sqlite:shop.db
says "SQLite"
[ ! -e shop.db ] || fail "it made a file"
expect 0 ./sqlite-only up --url sqlite:shop.db
says "up: ok applied=11"
expect 64 "$MIGEN" build -C shop --engine oracle

# ---- version ----
expect 0 "$shop" version
says "shop-migrate 1.0.0"
says "11 migrations"
says "postgres, sqlite"
expect 0 ./sqlite-only version
silent_about "postgres"
expect 0 "$shop" version -v
for id in "$SOURCE"/migrations/*.mig; do
  says "$(basename "$id" .mig)"
done
says "SQLite 3."
says "libpq"
expect 0 "$shop" version --json
equal 11 "$(sqlite3 :memory: "SELECT json_array_length('$(sed "s/'/''/g" "$work/out")', '\$.migrations')")" "the migrations in JSON"
equal 1.0.0 "$(sqlite3 :memory: "SELECT json_extract('$(sed "s/'/''/g" "$work/out")', '\$.release')")" "the release in JSON"

# The quickest of many starts, fork and exec included: what a busy machine adds does not count.
best=1000000
for _ in $(seq 200); do
  begun=${EPOCHREALTIME/./}
  "$shop" version >/dev/null
  ended=${EPOCHREALTIME/./}
  [ $((ended - begun)) -ge "$best" ] || best=$((ended - begun))
done
at_most "microseconds of version" "$best" 2000
