#!/usr/bin/env bash
# Steps that the rows of a table are against: exit 1, how many rows or values and the first of them, what stands of the migration, and
# no INVALID index that refuses rows afterwards. With the rows mended the next run goes on.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

new_project "$work/app"
migration 1_start <<'END'
migration "Start"

create table teams { id id
                     name text }
create table people {
  id       id
  email    text
  name     text
  team_id  bigint
  age      int
}
create table pairs { a int
                     b text }
END
migration 2_unique <<'END'
migration "A key that is there twice"

add unique people_email_key on people (email)
END
migration 3_foreign <<'END'
migration "A row that is not there"

add foreign key people_team on people (team_id) -> teams (id)
END
migration 4_check <<'END'
migration "A check that does not hold"

add check people_grown on people (age > 0)
END
migration 5_not_null <<'END'
migration "Values that are missing"

alter column people.name not null
END
migration 6_expression <<'END'
migration "An index on an expression, of a part of the table, behind another step"

add column people.late int
create unique index people_lower on people ((lower(email))) where (age > 2)
END
migration 7_pairs <<'END'
migration "A key of two columns, in a table without a primary key"

create unique index pairs_both on pairs (a, b)
add check pairs_b on pairs (b <> 'x')
END
build "$work/app-migrate"
app=$work/app-migrate

ask() { if [ "$engine" = sqlite ]; then sqlite3 offenders.db "$1"; else query offenders "$1"; fi; }

# refused DETAIL STATE [cleared]: `up` is refused by the rows, at both of two tries; nothing INVALID is left.
refused() {
  local try
  for try in 1 2; do
    expect 1 "$app" up --url "$url"
    says "detail:    $1"
    says "next:      mend these rows (or migrations/"
    if [ "$engine" = postgres ]; then
      if [ "$try" = 1 ] || [ "$2" = "$whole" ]; then says "$2"; else says "committed"; fi
      [ "$try${3:-}" != "1cleared" ] || says "the INVALID index pairs_both, which was there before, is gone"
      equal 0 "$(ask "SELECT count(*) FROM pg_index WHERE NOT indisvalid")" "the number of INVALID indexes after try $try"
    else
      says "rolled back"
    fi
  done
}

whole="was rolled back whole"
part="its first part is committed and journalled"
for engine in sqlite postgres; do
  if [ "$engine" = sqlite ]; then url=sqlite:$work/offenders.db; else new_database offenders; fi
  expect 0 "$app" up start --url "$url"
  ask "INSERT INTO teams (name) VALUES ('red');
    INSERT INTO people (email, name, team_id, age) VALUES ('a@x', 'A', 7, -1), ('A@x', 'B', 7, 3), ('a@x', NULL, 8, 4), ('b@x', NULL, 1, 5), ('b@x', NULL, NULL, 6);
    INSERT INTO pairs VALUES (1, 'x'), (1, 'x'), (1, 'y'), (2, NULL), (2, NULL)"
  refused "2 values of email in people are there more than once: a@x (2 rows), b@x (2 rows)" "$whole"
  # A unique index that is INVALID refuses rows all the same.
  ask "INSERT INTO people (email, name) VALUES ('b@x', 'C')"
  ask "DELETE FROM people WHERE email = 'b@x' AND name = 'C'; UPDATE people SET email = email || id WHERE id > 2"
  refused "2 values of team_id in people refer to no row of teams: 7 (2 rows), 8 (1 row)" "$whole"
  ask "UPDATE people SET team_id = 1"
  refused "1 row of people breaks it; id: 1" "$whole"
  ask "UPDATE people SET age = 3"
  refused "3 rows of people have no name; id: 3, 4, 5" "$whole"
  ask "UPDATE people SET name = 'x'"
  refused "1 value of lower(email) in people is there more than once: a@x (2 rows)" "$part"
  ask "UPDATE people SET age = 1 WHERE id = 2"
  if [ "$engine" = postgres ]; then # an INVALID index that another has left is no first part
    ask "CREATE UNIQUE INDEX CONCURRENTLY pairs_both ON pairs (a, b)" 2>/dev/null || true
    equal 1 "$(ask "SELECT count(*) FROM pg_index WHERE NOT indisvalid")" "the number of INVALID indexes before"
  fi
  refused "1 value of (a, b) in pairs is there more than once: (1, x) (2 rows)" "$whole" cleared
  ask "DELETE FROM pairs WHERE b = 'x'; INSERT INTO pairs VALUES (3, 'x')"
  refused "1 row of pairs breaks it" "$part"
  ask "DELETE FROM pairs"
  expect 0 "$app" up --url "$url"
  expect 0 "$app" verify --url "$url"
  says "differences=0"
  silent_about unknown
done

# What the first step of an interrupted migration has made stands, and is not said to be of no version.
expect 0 "$app" down 5_not_null --yes --url "$url"
query offenders "UPDATE people SET age = 9, email = CASE id WHEN 1 THEN 'same' WHEN 2 THEN 'SAME' ELSE email END"
expect 1 "$app" up expression --url "$url"
says "6_expression: $part"
expect 0 "$app" verify current --url "$url"
says "unknown  column people.late: of a migration that is pending, or was begun"

# ---- values that a column's new type does not hold, or that its backfill does not give ----
new_project "$work/fits"
migration 1_start <<'END'
migration "Start"
create table fits { id id
                    name text
                    n bigint }
END
migration 2_shorter <<'END'
migration "Shorter names"
alter column fits.name type varchar(3)
END
migration 3_smaller <<'END'
migration "Smaller numbers"
on postgres { alter column fits.n type smallint }
END
migration 4_filled <<'END'
migration "A column whose backfill leaves rows empty"
add column fits.z int not null backfill (nullif(n, 3))
END
migration 5_again <<'END'
migration "A column that is there, and its backfill"
alter column fits.name not null backfill (nullif('x', 'x'))
END
build "$work/fits-migrate"
app=$work/fits-migrate
refused_once() { # DETAIL
  expect 1 "$app" up --url "$url"
  says "detail:    $1"
  says "next:      mend these rows (or migrations/"
}
for engine in sqlite postgres; do
  if [ "$engine" = sqlite ]; then url=sqlite:$work/fits.db; else new_database fits; fi
  ask() { if [ "$engine" = sqlite ]; then sqlite3 fits.db "$1"; else query fits "$1"; fi; }
  expect 0 "$app" up start --url "$url"
  ask "INSERT INTO fits (name, n) VALUES ('abcd', 1), ('ab', 70000), ('äöü', 2), ('abcde', 3)"
  refused_once "2 rows of fits do not fit varchar(3) in name; id: 1, 4"
  ask "UPDATE fits SET name = 'abc'"
  [ "$engine" = sqlite ] || refused_once "1 row of fits does not fit smallint in n; id: 2"
  ask "UPDATE fits SET n = 7 WHERE n > 7"
  refused_once "1 row of fits has no z; id: 4"
  ask "UPDATE fits SET n = 4, name = NULL WHERE id = 4"
  refused_once "1 row of fits has no name; id: 4"
  ask "UPDATE fits SET name = 'abc'"
  expect 0 "$app" up --url "$url"
done
