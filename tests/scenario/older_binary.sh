#!/usr/bin/env bash
# Going back from a newer release's schema with the binary of an older one, by the ways that are kept in the database: from each
# point of a history with every kind of statement (CI: from some; `full`: from each), to the schema to which the newer one goes back.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

new_project "$work/app"
ids=()
step() { # NAME, its statements on stdin
  local id
  id=$(printf '%03d_%s' $((${#ids[@]} + 1)) "$1")
  ids+=("$id")
  { echo "migration \"$1\""; cat; } | migration "$id"
}
step tables <<'END'
create enum state ('new', 'paid')
create enum mood ('a', 'b')
create table owners { id id
                      name varchar(20) not null unique }
create table orders { id id
                      owner_id -> owners.id on delete cascade index
                      s state not null default 'new'
                      t text default 'paid'
                      n int check (n > 0)
                      flag bool not null default true
                      free text
                      m mood }
create view paid as { SELECT id, s FROM orders WHERE s = 'paid' }
END
step value_renamed <<'END'
rename enum value state 'new' to 'fresh'
END
step value_added <<'END'
add enum values state 'gone', 'back'
END
step enum_made <<'END'
create enum kind ('k1', 'k2')
create table things { id id
                      k kind not null default 'k1'
                      j json
                      check long (k <> 'k2' or id > 3) }
END
step column_dropped <<'END'
drop column things.k cascade
END
step table_dropped <<'END'
drop table things
drop enum kind
END
step partial_index <<'END'
create index orders_open on orders (id) where (s in ('fresh', 'paid'))
create index orders_low on orders (abs(n)) where (flag)
add check orders_known on orders (s <> 'gone' or n > 5)
END
step enum_to_text <<'END'
drop view paid
alter column orders.s type text
END
step text_to_enum <<'END'
alter column orders.t type state
alter column orders.free type mood
END
step enum_to_enum <<'END'
create enum other ('fresh', 'paid', 'gone', 'back', 'more')
alter column orders.t type other default 'fresh'
END
step enum_renamed <<'END'
rename enum other to another
rename enum mood to temper
rename enum value temper 'a' to 'alpha'
END
step retyped <<'END'
alter column orders.n type bigint default 7
alter column orders.flag drop default
alter column owners.name type varchar(40)
END
step renamed <<'END'
rename column orders.n to amount
rename table orders to bills
rename constraint orders_known to bills_known on bills
rename index orders_open to bills_open
END
step branches <<'END'
if table bills { add column bills.extra temper default 'b' } else { create table never { id id } }
if { SELECT 1 } { create enum inner_one ('x')
                  create table inside { id id
                                        i inner_one default 'x' } }
END
step dropped <<'END'
drop constraint bills_known on bills
drop index orders_low
END
step views <<'END'
create view open_bills as { SELECT id, s, t FROM bills WHERE t = 'paid' }
add column bills.total bigint as (amount * 2) stored
add unique bills_pair on bills (owner_id, amount)
END
step views_moved <<'END'
rename enum value another 'paid' to 'settled'
drop constraint bills_pair on bills
alter column bills.m not null backfill ('b')
END
step all_gone <<'END'
drop view open_bills
drop columns bills (total, extra, m)
drop column bills.t
drop enum another
END

every=4
[ "${1:-}" != full ] || every=1

build "$work/newest" 99.0.0
for ((i = 1; i < ${#ids[@]}; i += every)); do
  new_project "$work/at$i"
  for ((k = 0; k < i; k++)); do cp "$work/app/migrations/${ids[k]}.mig" "$project/migrations/"; done
  build "$work/release$i" "$i.0.0"
done

schema_of() {
  if [ "$engine" = sqlite ]; then
    sqlite3 "${url#sqlite:}" "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'migen%' AND name NOT LIKE 'sqlite%' ORDER BY 1, 2"
  else
    query "$database" "SELECT relname, relkind, pg_get_viewdef(oid) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname !~ 'migen' AND relkind = 'v' ORDER BY 1"
    query "$database" "SELECT attrelid::regclass::text, attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid) FROM pg_attribute
      LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attnum > 0 AND NOT attisdropped AND attrelid IN
      (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname !~ 'migen' AND relkind IN ('r', 'v')) ORDER BY attrelid::regclass::text, attname"
    query "$database" "SELECT conname, conrelid::regclass, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conname !~ 'migen' ORDER BY 1"
    query "$database" "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname !~ 'migen' ORDER BY 1"
    query "$database" "SELECT typname, string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_type JOIN pg_enum ON enumtypid = pg_type.oid GROUP BY 1 ORDER BY 1"
  fi
}

rows="INSERT INTO owners (name) VALUES ('o')"
for engine in sqlite postgres; do
  for ((i = 1; i < ${#ids[@]}; i += every)); do
    ${engine}_fresh "alone$i"
    expect 0 "$work/release$i" up --url "$url"
    ask "$rows"
    expect 0 "$work/newest" up --url "$url"
    expect 0 "$work/newest" down "${ids[i - 1]}" --yes --url "$url"
    schema_of >newest.schema
    expect 0 "$work/newest" up --url "$url"
    expect 0 "$work/release$i" down head --yes --dry-run --url "$url"
    silent_about "fails=1"
    expect 0 "$work/release$i" down head --yes --url "$url"
    silent_about "differs  "
    silent_about "already renamed"
    silent_about "already so"
    schema_of >older.schema
    same newest.schema older.schema
    expect 0 "$work/release$i" verify --url "$url"
    says "verify: ok differences=0"
    silent_about unknown
    ask "INSERT INTO orders (s) VALUES ('new')" >/dev/null 2>&1 || [ "$i" -gt 1 ] || fail "release 1 cannot write its rows"
    expect 0 "$work/newest" up --verify strict --url "$url"
  done
done
