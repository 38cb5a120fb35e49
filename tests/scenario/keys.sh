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
