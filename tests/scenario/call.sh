#!/bin/bash
# call.sh: C files of the project in a release (`call`), on both engines: built, applied, taken back, failing, hashed,
# checked; and the emitted C, which compiles alone.
. "$(dirname "$0")/library.sh"

start_postgres

# Each engine has the same questions and the same answers.
sqlite_url() {
  rm -f "$work/$1.db"
  url=sqlite:$work/$1.db
  ask() { sqlite3 "${url#sqlite:}" "$1"; }
}
postgres_url() {
  new_database "$1"
  database=$1
  ask() { query "$database" "$1"; }
}

cp -r "$SOURCE/tests/corpus/call" "$work/accounts"
project=$work/accounts
build "$work/accounts-migrate"
(cd "$project" && "$MIGEN" emit -o "$work/accounts.c")
hashes='1:b7bd3873c2b380b7 2:f6e354e08db5cd3f 3:-'

for engine in sqlite postgres; do
  ${engine}_url accounts
  expect 0 "$work/accounts-migrate" plan --url "$url"
  says "run       rehash_passwords"
  expect 0 "$work/accounts-migrate" up --url "$url"
  says "ran      rehash_passwords"
  found=$(ask "SELECT id || ':' || coalesce(password_hash, '-') FROM accounts ORDER BY id" | tr '\n' ' ' | sed 's/ $//')
  equal "$hashes" "$found" "the hashes on $engine"
  # once for each application: not again, but again after a way down
  ask "UPDATE accounts SET password_hash = 'other' WHERE id = 1"
  expect 0 "$work/accounts-migrate" up --url "$url"
  silent_about rehash_passwords
  equal other "$(ask "SELECT password_hash FROM accounts WHERE id = 1")" "the hash after a second run"
  expect 0 "$work/accounts-migrate" down --url "$url" --yes
  says forget_hashes
  expect 0 "$work/accounts-migrate" up --url "$url"
  says rehash_passwords
done

# The emitted C compiles where no migen is, without a warning, with the functions in it.
expect 0 gcc -std=c11 -Wall -Wextra -Wpedantic -Werror -DMIGEN_BUNDLED_RUNTIME -fsyntax-only "$work/accounts.c"

# A script cannot carry C.
expect 1 "$work/accounts-migrate" sql --engine sqlite
says "call rehash_passwords"

# What is wrong fails the migration, which is rolled back, with the line of its file.
new_project "$work/wrong"
migration 001_things <<'END'
migration "Things"
create table things {
  id    id
  name  text
}
END
migration 002_break <<'END'
migration "Broken"
add column things.extra text
call break_it from "break.c" undo none
END
cat >"$project/migrations/break.c" <<'END'
#include "migen.h"
static int helper(migen *m)
{
    return migen_execute(m, "INSERT INTO things (name) VALUES ('lost')", NULL, 0);
}
int break_it(migen *m)
{
    int code = helper(m);
    WRONG
    return code;
}
END
try() { # C-TEXT: built with it and applied to both engines; what it says
  sed -i "s|^    .*/\* here \*/.*|    WRONG|; s|^    WRONG|    $1 /* here */|" "$project/migrations/break.c"
  build "$work/wrong-migrate"
  for engine in sqlite postgres; do
    ${engine}_url "wrong$RANDOM"
    expect 1 "$work/wrong-migrate" up --url "$url" --transaction migration
    says "migrations/002_break.mig:3"
    says "$2"
    equal 0 "$(ask "SELECT count(*) FROM things")" "what the failed call has left on $engine"
    expect 0 "$work/wrong-migrate" current --url "$url"
    says 001_things
  done
}
try 'code = migen_fail(m, "no such luck");' 'no such luck'
try 'code = 7;' 'break_it returned 7'
try 'code = migen_execute(m, "INSERT INTO nowhere VALUES (1)", NULL, 0);' 'nowhere'
try 'migen_execute(m, "INSERT INTO nowhere VALUES (1)", NULL, 0);' 'nowhere'

# A compiler's error is of the user's file and line.
sed -i 's|^    .*/\* here \*/.*|    undeclared = 1;|' "$project/migrations/break.c"
(cd "$project" && ! "$MIGEN" build >"$work/out" 2>"$work/log") || fail "C that is wrong was built"
says "migrations/break.c:9:5: error:"

# The check, and places.
cat >"$project/migrations/break.c" <<'END'
#include "migen.h"
int break_in(migen *m)
{
    return m == (migen *)0;
}
END
expect 1 env -C "$project" "$MIGEN" check
says "migrations/002_break.mig:3:6"
says 'did you mean "break_in"?'
rm "$project/migrations/break.c"
expect 1 env -C "$project" "$MIGEN" check
says "migrations/002_break.mig:3:20"
says 'there is no file "break.c"'
printf '#include "helper.h"\nint break_it(migen *m) { return m == (migen *)0; }\n' >"$project/break.c"
expect 1 env -C "$project" "$MIGEN" check
says "break.c:1:10"
migration 003_again <<'END'
migration "Again"
call again from "again.c" undo none
END
printf '#include <migen/migen.h>\nint break_it(migen *m) { return m == (migen *)0; }\n' >"$project/break.c"
printf 'static int break_it(migen *m) { return m == (migen *)0; }\nint again(migen *m) { return break_it(m); }\n' >"$project/again.c"
expect 1 env -C "$project" "$MIGEN" check
says "again.c:1:12"
says "break_it is defined in break.c too"

# Two files with macros of one name, and static functions of their own; the content is in the hash, line ends are not.
printf '#define STEP 1\nstatic int mine(void) { return STEP; }\nint break_it(migen *m) { return m == (migen *)0 ? mine() : 0; }\n' >"$project/break.c"
printf '#define STEP 2\nstatic int other(void) { return STEP; }\nint again(migen *m) { return m == (migen *)0 ? other() : 0; }\n' >"$project/again.c"
build "$work/wrong-migrate"
sqlite_url hashed
expect 0 "$work/wrong-migrate" up --url "$url"
sed -i 's/$/\r/' "$project/again.c"
build "$work/wrong-migrate"
expect 0 "$work/wrong-migrate" up --url "$url"
sed -i 's/STEP 2/STEP 3/' "$project/again.c"
build "$work/wrong-migrate"
expect 4 "$work/wrong-migrate" up --url "$url"
says 003_again

# A call that an interrupted run has committed: where its C is another one since, that is said, and it is carried out again, as a `run` is.
new_project "$work/begun" postgres
migration 001_users <<'END'
migration "Users"
create table users { id id
                     name text }
END
migration 002_fill <<'END'
migration "Fill"
call fill from "fill.c" undo none
create unique index users_name on users (name)
END
fill_with() { # NAME RELEASE: its binary
  cat >"$project/migrations/fill.c" <<END
#include <migen/migen.h>
int fill(migen *m)
{
    return migen_execute(m, "INSERT INTO users (name) VALUES ('$1')", (const char *const *)0, 0);
}
END
  build "$work/begun-$2" "$2"
}
fill_with a 1.0.0
fill_with b 2.0.0
for again in 1.0.0 2.0.0; do
  postgres_url "begun$again"
  expect 0 "$work/begun-1.0.0" up users --url "$url"
  ask "INSERT INTO users (name) VALUES ('a')"
  expect 1 "$work/begun-1.0.0" up --url "$url"
  ask "DELETE FROM users WHERE id = 1"
  expect 0 "$work/begun-$again" up --url "$url"
  if [ $again = 1.0.0 ]; then
    silent_about "was edited"
    equal a "$(ask "SELECT string_agg(name, ',' ORDER BY id) FROM users")" "what the call has done"
  else
    says "002_fill was edited since release 1.0.0 began it"
    equal a,b "$(ask "SELECT string_agg(name, ',' ORDER BY id) FROM users")" "what both calls have done"
  fi
done
