#!/usr/bin/env bash
# The emitted C: it compiles alone with gcc and clang without a warning, with both engines and with each left out; the
# programs migrate; the same release is the same bytes; texts that are hard to write in C arrive as they are; an installed
# runtime is taken where there is one.
source "$(dirname "$0")/library.sh"
cd "$work"
new_project "$work/app"
cp "$SOURCE/migrations/"*.mig "$project/migrations/"

# A migration whose SQL is over 4,095 bytes and holds what C reads as its own: trigraphs, quotes, backslashes, escapes, what
# looks like a comment's end, and text that is not ASCII.
hard="??/ ??= ??' ??( \\n \\ \" ' */ /* %s %n \\x41 \\101 ä€🙂 @insert @PROJECT@ #include \$1 \$\$"
quoted=${hard//\'/\'\'}
long=$(printf 'x%.0s' $(seq 9000))
{
  printf 'migration "Hard texts: ""quoted"" \\ ?""?/ ä€🙂 */ /*"\nafter order_totals\n\n'
  printf 'create table hard_texts { id id\n  text text }\n\n'
  printf "seed hard_texts (id, text) key (id) {\n  1, '%s'\n}\n" "$quoted"
  printf "run \"long ??/ \\\\\" {\n  INSERT INTO hard_texts (id, text) VALUES (2, '%s%s')\n} undo none\n" "$long" "$quoted"
  printf "run \"lines\" {\n  INSERT INTO hard_texts (id, text) VALUES (3, 'one\n\ttwo\n\nfour')\n} undo none\n"
} >"$project/migrations/20260501000000_hard_texts.mig"

cd "$project"
expect 0 "$MIGEN" emit --release 2.0.0 -o "$work/release.c"
expect 0 "$MIGEN" emit --release 2.0.0 -o "$work/again.c"
cd "$work"
same release.c again.c
cp -r "$project" "$work/elsewhere"
(cd "$work/elsewhere" && "$MIGEN" emit --release 2.0.0) >elsewhere.c
same release.c elsewhere.c
if grep -nE "$work|$SOURCE" release.c >&2; then
  fail "the emitted C names a folder of this machine"
fi

# ---- compiling ----
strict="-std=c11 -Wall -Wextra -Wpedantic -Werror"
compile() { # COMPILER OUTPUT FLAG...
  local compiler=$1 output=$2
  shift 2
  # shellcheck disable=SC2086
  expect 0 "$compiler" $strict -o "$output" "$@"
  [ ! -s "$work/log" ] || fail "$compiler says: $(cat "$work/log")"
}
compilers=gcc
if command -v clang >/dev/null; then
  compilers="gcc clang"
else
  echo "no clang here: checked with gcc only"
fi
for compiler in $compilers; do
  compile "$compiler" "both-$compiler" release.c -lsqlite3 -lpq
  compile "$compiler" "sqlite-$compiler" -DMIGEN_NO_POSTGRES release.c -lsqlite3
  compile "$compiler" "postgres-$compiler" -DMIGEN_NO_SQLITE release.c -lpq
done
compile gcc both-optimised -O2 release.c -lsqlite3 -lpq
compile gcc sanitized.o -O1 -fsanitize=address,undefined -c release.c # gcc looks at paths then that are none

# ---- the programs ----
sqlite_program() { # PROGRAM
  rm -f program.db
  expect 0 "./$1" up --url sqlite:program.db
  says "up: ok applied=12"
  expect 0 "./$1" up --url sqlite:program.db
  says "applied=0 already=12"
  equal "$hard" "$(sqlite3 program.db "SELECT text FROM hard_texts WHERE id = 1")" "the seed's text"
  equal "$long$hard" "$(sqlite3 program.db "SELECT text FROM hard_texts WHERE id = 2")" "the long text"
  equal "$(printf 'one\n\ttwo\n\nfour')" "$(sqlite3 program.db "SELECT text FROM hard_texts WHERE id = 3")" "the text of lines"
  expect 0 "./$1" history
  says 'Hard texts: "quoted" \ ?"?/ ä€🙂 */ /*'
}
for compiler in $compilers; do
  sqlite_program "both-$compiler"
  sqlite_program "sqlite-$compiler"
  expect 78 "./sqlite-$compiler" up --url postgres://app@db/shop
  says "without PostgreSQL"
  expect 78 "./postgres-$compiler" up --url sqlite:program.db
  says "without SQLite"
  expect 0 "./postgres-$compiler" sql --engine postgres
  says "$quoted"
  # Not optimised, and without the linker's help: nothing of an engine that was left out.
  equal 0 "$(grep -acE 'pg_catalog|pg_class|pg_try_advisory|CONCURRENTLY' "sqlite-$compiler")" "PostgreSQL's SQL in the program without it"
  equal 0 "$(grep -acE 'sqlite_schema|sqlite_sequence|PRAGMA|BEGIN IMMEDIATE' "postgres-$compiler")" "SQLite's SQL in the program without it"
  expect 64 "./sqlite-$compiler" sql --engine postgres
  says "not made for postgres"
  equal 0 "$(ldd "./sqlite-$compiler" | grep -c libpq)" "libpq in the program without PostgreSQL"
  equal 0 "$(ldd "./postgres-$compiler" | grep -c libsqlite3)" "SQLite in the program without it"
done
sqlite_program both-optimised
# The same as the binary that migen builds.
(cd "$project" && "$MIGEN" build --release 2.0.0 -o "$work/built" >/dev/null)
sqlite_program built
expect 0 ./built version -v
sed 's/^libraries:.*//' "$work/out" >built.version
expect 0 ./both-gcc version -v
sed 's/^libraries:.*//' "$work/out" >compiled.version
same built.version compiled.version

# ---- an installed runtime ----
build_folder=$(dirname "$MIGEN")
expect 0 cmake --install "$build_folder" --prefix "$work/prefix"
[ -f "$work/prefix/include/migen/migen_runtime.c" ] || fail "no runtime is installed"
export CPATH=$work/prefix/include
expect 0 gcc -std=c11 -M release.c
says "$work/prefix/include/migen/migen_runtime.c"
compile gcc installed release.c -lsqlite3 -lpq
sqlite_program installed
# The copy always, where that is asked for.
expect 0 gcc -std=c11 -M -DMIGEN_BUNDLED_RUNTIME release.c
silent_about "$work/prefix/include/migen/migen_runtime.c"
# An installed one of another version, or of another ABI, is not taken.
for line in VERSION ABI; do
  sed -i.before "s/^\(#define MIGEN_INSTALLED_$line *\)\([0-9]*\)/\199\2/" "$work/prefix/include/migen/migen_version.h"
  expect 0 gcc -std=c11 -M release.c
  silent_about "$work/prefix/include/migen/migen_runtime.c"
  mv "$work/prefix/include/migen/migen_version.h.before" "$work/prefix/include/migen/migen_version.h"
done
compile gcc bundled -DMIGEN_BUNDLED_RUNTIME release.c -lsqlite3 -lpq
unset CPATH
