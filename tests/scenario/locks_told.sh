#!/usr/bin/env bash
# `plan` tells the locks truthfully: for each step on tables with rows, what it says beforehand (and `migen plan` without a database)
# is what PostgreSQL's own account of the locks has in the history afterwards. Tables that are empty, or made by the same run, get
# no needless recipe.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

new_project "$work/app" postgres
migration 00_first <<'END'
migration "What is there"

create table parents { id id
                       n int }
create table others { id id }
create table things { id        id
                      parent_id bigint
                      other_id  bigint -> others.id
                      small_id  int -> parents.id
                      old       int
                      name      text
                      n         int }
create table leaving { id id
                       parent_id -> parents.id
                       other_id  -> others.id }
create table moving { id id
                      n int }
create view seen as { SELECT id, n FROM things }
create materialized view counted as { SELECT count(*) AS n FROM parents }
create enum mood ('calm', 'cross')
END
number=0
step() { # STATEMENT...: a migration of its own
  number=$((number + 1))
  printf -v id '%02d_step' $number
  { printf 'migration "%s"\n\n' "step $number"; printf '%s\n' "$@"; } >"$project/migrations/$id.mig"
}
step 'add column things.added int'
step "add column things.filled text not null default 'x'"
step 'add column things.keyed int unique'
step 'add column things.led bigint -> others.id'
step 'add column things.checked int check (checked > 0)'
step 'add foreign key things_parent on things (parent_id) -> parents (id)'
step 'add check things_n on things (n > 0)'
step 'alter column things.n not null'
step 'alter column things.n default 7'
step 'alter column things.small_id type bigint'
step 'add unique things_name on things (name)'
step 'create index things_n_index on things (n)'
step 'create unique index parents_n on parents (n)'
step 'drop index things_n_index'
step 'drop constraint things_n on things'
step 'drop constraint things_parent on things'
step 'drop column things.other_id'
step 'rename column things.old to older'
step 'rename table moving to moved'
step 'drop table leaving'
step 'create view seen as { SELECT id, n, name FROM things }'
step "comment on table things 'a text'"
step 'create table fresh {' '  id  id' '  parent_id  not null -> parents.id' '  other_id   not null -> others.id' '  index fresh_parent (parent_id)' '}' \
  'create index fresh_both on fresh (parent_id, other_id)' 'add check fresh_grown on fresh (id > 0)'
step "add enum value mood 'glad'" "run \"cheer\" { SELECT 'glad'::mood } undo none"
build "$work/app-migrate"
app=$work/app-migrate
new_database told
expect 0 "$app" up first --url "$url"
query told "INSERT INTO parents (n) VALUES (1); INSERT INTO others DEFAULT VALUES; INSERT INTO moving (n) VALUES (1);
  INSERT INTO things (parent_id, other_id, small_id, name, n) VALUES (1, 1, 1, 'a', 1); INSERT INTO leaving (parent_id, other_id) VALUES (1, 1)"

# "MODE on table", of each table the strongest that keeps writers out. Reads "MODE on a and b, …; MODE on c" and "MODE on a, MODE on b".
strongest() {
  sed -E -e 's/, (blocks|reads|rewrites)[^;,]*//g' -e 's/, (SHARE|ACCESS|EXCLUSIVE)/; \1/g' -e 's/; /\n/g' |
    sed -nE 's/^(SHARE ROW EXCLUSIVE|ACCESS EXCLUSIVE|SHARE) on (.*)$/\1|\2/p' |
    awk -F'|' '{ rank = $1 == "SHARE" ? 1 : $1 == "ACCESS EXCLUSIVE" ? 3 : 2
      count = split($2, tables, " and ")
      for (i = 1; i <= count; i++) if (rank > best[tables[i]]) { best[tables[i]] = rank; mode[tables[i]] = $1 } }
      END { for (t in mode) print mode[t] " on " t }' | sort
}

for file in "$project"/migrations/*_step.mig; do
  id=$(basename "$file" .mig)
  what=$(sed -n '3,$p' "$file" | tr '\n' ' ')
  expect 0 "$app" plan "$id" --url "$url"
  sed -nE 's/.*-- lock: ([^-]*[^- ]).*/\1/p' "$work/out" | strongest >planned
  cp "$work/out" "planned.$id"
  expect 0 "$MIGEN" plan -C "$project" "$id"
  sed -nE 's/.*-- lock: (.*)/\1/p' "$work/out" | strongest >foretold
  expect 0 "$app" up "$id" --url "$url"
  query told "SELECT locks FROM migen_history WHERE id = '$id' AND locks IS NOT NULL" | sed 's/\bmoved\b/moving/' | strongest >measured
  diff measured planned >difference || fail "$what: the plan (>) says other locks than were measured (<): $(cat difference)"
  case $what in *'create table fresh'*) ;; *)
    diff measured foretold >difference || fail "$what: \`migen plan\` (>) says other locks than were measured (<): $(cat difference)" ;;
  esac
  checks=$((checks + 2))
  echo "$what: $(paste -sd ';' measured | sed 's/;/; /g')"
done
expect 0 "$app" verify --url "$url"

# The transactions: what ends one is said, and so is what stands outside.
says_of() { # NUMBER TEXT
  checks=$((checks + 1))
  grep -qF -- "$2" "planned.$1_step" || fail "the plan of $1 does not say $2: $(cat "planned.$1_step")"
}
says_of 06 "-- lock: SHARE ROW EXCLUSIVE on things and parents, blocks writes  -- then COMMIT"
says_of 12 "blocks neither reads nor writes, reads the whole table  -- outside a transaction"
says_of 24 "ADD VALUE IF NOT EXISTS 'glad';  -- then COMMIT"
for silent in CONCURRENTLY "NOT VALID"; do
  ! grep -q "$silent" planned.23_step || fail "a needless recipe for a table of the same run: $(cat planned.23_step)"
done

# Empty tables need no recipe either.
new_database empty
expect 0 "$app" up first --url "$url"
expect 0 "$app" plan --url "$url"
silent_about CONCURRENTLY
silent_about "NOT VALID"
expect 0 "$app" up --url "$url"
equal 0 "$(query empty "SELECT count(*) FROM migen_history WHERE direction = 'intent' AND id <> '24_step'")" "the transactions that were cut for empty tables"
