#!/usr/bin/env bash
# Keys between tables, with a schema said and unsaid.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

# ---- what says public is what says nothing ----
new_project "$work/public" postgres
migration 1_users <<'END'
migration "Users"
create table users { id id; mail varchar(80) unique }
create table public.teams { id uuid primary key }
create table notes {
  id       id
  user_id  not null -> public.users.id on delete cascade
  mail     -> public.users.mail
  team_id  -> teams
}
END
migration 2_more <<'END'
migration "More"
add column notes.other_id -> public.users.id
add columns notes { third_id -> public.teams.id }
END
build "$work/public.bin"
new_database public_users
types() {
  query public_users "SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = 'notes'::regclass AND attnum > 1"
}
wanted="user_id bigint, mail character varying(80), team_id uuid, other_id bigint, third_id uuid"
expect 0 "$work/public.bin" up --verify strict --url "$url"
equal "$wanted" "$(types)" "the types"
expect 0 "$work/public.bin" up --strict --url "$url"
query public_users "DROP TABLE migen_history"
expect 0 "$work/public.bin" up --strict --url "$url"
says "adopted"
expect 0 "$work/public.bin" down base --yes --url "$url"
expect 0 "$work/public.bin" up --verify strict --url "$url"
equal "$wanted" "$(types)" "the types"

refused() { # WHAT IT SAYS, of a third migration from stdin
  migration 3_refused
  expect 1 sh -c 'cd "$1" && "$2" check' sh "$project" "$MIGEN"
  says "$1"
  rm "$project/migrations/3_refused.mig"
}
refused "notes_user_id_fkey" <<'END'
migration "A table that others point at"
drop table users
END
refused "notes_team_id_fkey" <<'END'
migration "And one with its schema"
drop table public.teams
END
refused "not known" <<'END'
migration "Somebody else's table"
add column notes.x -> other.things.id
END

# ---- a column's new type has to fit the other end of its key: what PostgreSQL refuses is the check's to say ----
new_project "$work/fit" postgres
migration 1_keys <<'END'
migration "Keys"
create table wide { id id; i int unique; n numeric(10,2) unique; d double unique; t text unique; u uuid unique; y interval unique }
create table narrow { id id; i -> public.wide.i; n -> wide.n; d -> wide.d; t -> wide.t; u -> wide.u; y -> wide.y }
END
build "$work/fit.bin"
for alteration in "narrow.i type numeric" "narrow.i type double" "narrow.i type text" "narrow.n type double" "narrow.u type text" "wide.n type int" \
  "wide.y type time" "wide.d type numeric(10,2)"; do
  refused "would lead from" <<<"migration \"Not fitting\"
alter column $alteration"
done
{
  echo 'migration "Fitting"'
  for alteration in "narrow.i type bigint" "narrow.n type int" "narrow.d type numeric(8,2)" "narrow.d type real" "narrow.t type varchar(9)" \
    "wide.i type smallint" "wide.n type double"; do
    echo "alter column $alteration"
  done
} >"$project/migrations/2_fitting.mig"
build "$work/fit.bin"
new_database fit
expect 0 "$work/fit.bin" up --verify strict --url "$url"
expect 0 "$work/fit.bin" down base --yes --url "$url"
# what a table is made with goes by the same rule
migration 1_keys <<'END'
migration "Keys"
create table wide { id id; i int unique }
create table narrow { id id; i numeric -> wide.i }
END
rm "$project/migrations/2_fitting.mig"
expect 1 sh -c 'cd "$1" && "$2" check' sh "$project" "$MIGEN"
says '"i" is numeric, but "wide.i" is int'
