#!/usr/bin/env bash
# A database that was restored from a backup, or came with it from an older server: PostgreSQL makes other words of what it reads in
# its own, and later versions print what earlier ones have made in the words of these. Nothing of it is a difference, the version is
# recognised without its history, and what somebody changed is still seen.
# TEST_POSTGRES_OLDER names the programs of an older server that the backup comes from; without it, it is the same one.
source "$(dirname "$0")/library.sh"
cd "$work"
new_project "$work/restored" postgres
migration 1_all <<'END'
migration "Expressions that a server prints in other words when it reads its own"
create enum mood ('sad', 'ok', 'happy')
create table people {
  id        id
  name      varchar(50) not null check (trim(name) <> '')
  state     varchar(20) not null default 'new' check (state in ('new', 'old', 'gone'))
  code      char(3) check (code in ('abc', 'def'))
  nick      text check (nick in ('a', 'b') or nick is null)
  mood      mood not null default 'ok' check (mood in ('ok', 'happy'))
  born      date default now() check (extract(year from born) > 1900)
  seen      timestamptz not null default now()
  day       date as ((seen at time zone 'UTC')::date)
  cut       text as (substring(name from 1 for 3))
  pos       int as (position('x' in name))
  low       text as (lower(trim(both ' ' from name))) virtual
  age       int check (age between 0 and 150)
  rate      numeric(5,2) default 0.5 check (rate >= 0 and rate <= 100.00)
  tags      text[] not null default '{}' check (array_length(tags, 1) is null or array_length(tags, 1) < 10)
  body      jsonb not null default '{}' check (jsonb_typeof(body) = 'object')
  flag      bool not null default false
  mail      text check (mail like '%@%' and mail not like '% %' and mail ~ '^[^@]+@')
  kind      smallint not null default 1 check (kind in (1, 2, 3))
  big       bigint default 0 check (big <> -1)
  span      interval default '1 day' check (span > interval '0')
  t         time default '12:00'
  ip        native(postgres 'inet') default '127.0.0.1'
  u         uuid default uuid()
  x         double default 1.5 check (x > -1.5 and x is distinct from 0)
  check people_case (case when flag then age is not null else true end)
  check people_over (overlay(name placing 'x' from 1 for 1) <> '')
  check people_any (state = any (array['new', 'old', 'gone', 'lost']))
  check people_not (state not in ('bad', 'worse'))
  check people_null (coalesce(nick, name) <> '' and nullif(age, 0) is not null)
  check people_row ((age, kind) <> (0, 0))
  check people_norm (name is normalized)
  check people_similar (name similar to '[a-z]+' or not name similar to '%x%')
  check people_minus (age > -5 and - age < 5)
  check people_cast (cast(age as text) <> '' and age::bigint < 10::bigint)
  check people_date (born < date '2100-01-01' and seen > timestamp '2000-01-01')
  check people_str (name || 'x' <> 'x' and char_length(name) < 60 and upper(name) ilike 'A%')
}
create index people_lower on people ((lower(name))) where (state in ('new', 'old'))
create index people_trim on people ((trim(name)), (extract(year from born)))
create index people_day on people ((date_trunc('day', seen at time zone 'UTC')))
create index people_body on people using gin (body)
create index people_body2 on people ((body ->> 'a')) where (body ? 'a' and state <> 'gone')
create unique index people_u on people ((coalesce(nick, '')), mood) where (mood <> 'sad')
create view v1 as { SELECT id, name, extract(year FROM born) AS y, trim(name) AS tn, substring(name from 2) AS sn FROM people WHERE state IN ('new', 'old') }
create view v2 as { SELECT p.id, count(*) AS n, max(q.seen) AT TIME ZONE 'UTC' AS at FROM people p LEFT JOIN people q ON q.id = p.id AND q.state = 'new' GROUP BY p.id HAVING count(*) > 1 ORDER BY p.id }
create view v3 as { SELECT p.id, p.tags, l.one FROM people p JOIN LATERAL (SELECT 1 AS one) l ON true WHERE p.mood = ANY ('{ok,happy}') }
create view v4 as { WITH RECURSIVE r(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM r WHERE n < 10) SELECT n, CASE n WHEN 1 THEN 'one' ELSE 'more' END AS w FROM r }
create view v5 as { SELECT DISTINCT ON (state) state, id, row_number() OVER (PARTITION BY state ORDER BY id DESC) AS rn, string_agg(name, ',') OVER w AS names FROM people WINDOW w AS (PARTITION BY state) ORDER BY state, id }
create view v6 as { SELECT a.id FROM people a, people b WHERE a.id = b.id AND a.state IN (SELECT state FROM people WHERE kind IN (1,2)) AND EXISTS (SELECT 1 FROM people c WHERE c.name LIKE 'x%') }
create view v7 as { SELECT current_user AS me, now() - interval '1 day' AS yesterday, '2020-01-01'::date AS d, E'a\nb' AS e, 1.0 AS f, -1 AS g, NULL AS h, ARRAY[1,2] AS i }
create view v8 as { SELECT id FROM people UNION SELECT id + 1 FROM people EXCEPT SELECT 3 }
create materialized view m1 as { SELECT state, count(*) FILTER (WHERE flag) AS n, sum(rate) AS s FROM people GROUP BY ROLLUP (state) }
create view v9 as { SELECT p.state, p.born, extract(dow from p.born) + extract(month from p.seen) AS s, p.seen at time zone 'CET' at time zone 'UTC' AS z FROM people p WHERE p.code IN ('abc', 'def') OR lower(p.state) IN ('new', 'old') }
create function stamp { CREATE OR REPLACE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.seen := now(); RETURN NEW; END $$ }
create trigger people_one on people { CREATE TRIGGER people_one BEFORE INSERT ON people FOR EACH ROW WHEN (NEW.state IN ('new', 'old') AND trim(NEW.name) <> '') EXECUTE FUNCTION stamp() }
create trigger people_two on people { CREATE TRIGGER people_two BEFORE INSERT ON people FOR EACH ROW WHEN (substring(NEW.name from 1 for 2) = 'ab' OR NEW.seen AT TIME ZONE 'UTC' < '2020-01-01') EXECUTE FUNCTION stamp() }
create trigger people_three on people { CREATE TRIGGER people_three AFTER UPDATE OF name, state ON people FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state AND extract(year from NEW.born) > 1900 AND position('x' in NEW.name) = 0) EXECUTE FUNCTION stamp() }
END
build "$work/restored-migrate"
newer=${TEST_POSTGRES_BIN:-}
[ -z "${TEST_POSTGRES_OLDER:-}" ] || TEST_POSTGRES_BIN=$TEST_POSTGRES_OLDER
start_postgres
if [ "$(major "$pg_bin/pg_dump")" -lt "$(major "$pg_server/postgres")" ]; then
  echo "left out: pg_dump $(major "$pg_bin/pg_dump") refuses PostgreSQL $(major "$pg_server/postgres")"
  exit 0
fi
new_database source
expect 0 "$work/restored-migrate" up --strict --verify strict --url "$url"
expect 0 "$work/restored-migrate" verify --url "$url"
says "verify: ok differences=0"

dump() { # DATABASE
  "$pg_bin/pg_dump" -h "$pg_socket" -p "$pg_port" -U postgres "$1" | sed '/^SET transaction_timeout/d'
}
restore() { # DATABASE FILE
  new_database "$1"
  "$pg_bin/psql" -X -q -v ON_ERROR_STOP=1 -h "$pg_socket" -p "$pg_port" -U postgres -d "$1" -f "$2" >"$work/out" 2>&1 || {
    tail -n 5 "$work/out" >&2
    fail "$2 cannot be restored"
  }
}
content() { # the database of $url is what the release says
  expect 0 "$work/restored-migrate" verify --url "$url"
  says "verify: ok differences=0"
  silent_about note
  expect 0 "$work/restored-migrate" up --strict --verify strict --url "$url"
  says "applied=0 already=1"
}

dump source >backup.sql
if [ -n "${TEST_POSTGRES_OLDER:-}" ]; then
  as_server_user "$pg_server/pg_ctl" -D "$pg_socket/data" -m fast stop >/dev/null
  wait "$server_pid" || true
  rm -rf "$pg_socket"
  TEST_POSTGRES_BIN=$newer
  start_postgres
fi
restore target backup.sql
content
query target "DROP TABLE migen_history"
expect 0 "$work/restored-migrate" up --strict --verify strict --url "$url"
says "adopted: the database has this version's schema"
if [ "$(major "$pg_bin/pg_dump")" -ge "$(major "$pg_server/postgres")" ]; then
  dump target >again.sql # once more: its words are the same from here on, or others still
  restore second again.sql
  content
fi

# changed WORDS SQL: in the restored database, one more each time.
changed() {
  query target "BEGIN; $2; COMMIT"
  url="postgresql:///target?host=$pg_socket&port=$pg_port&user=postgres"
  expect 4 "$work/restored-migrate" verify --url "$url"
  says "$1"
  says "differences=$number"
  number=$((number + 1))
}
number=1
changed "people_born_check" "ALTER TABLE people DROP CONSTRAINT people_born_check, ADD CONSTRAINT people_born_check CHECK (extract(month from born) > 1900)"
changed "people_name_check" "ALTER TABLE people DROP CONSTRAINT people_name_check, ADD CONSTRAINT people_name_check CHECK (ltrim(name) <> '')"
changed "people_state_check" "ALTER TABLE people DROP CONSTRAINT people_state_check, ADD CONSTRAINT people_state_check CHECK (state IN ('new', 'lost'))"
changed "index people_day" "DROP INDEX people_day; CREATE INDEX people_day ON people (date_trunc('day', seen AT TIME ZONE 'CET'))"
changed "index people_trim" "DROP INDEX people_trim; CREATE INDEX people_trim ON people (trim(both 'x' from name), (extract(year from born)))"
changed "people.cut" "ALTER TABLE people DROP cut; ALTER TABLE people ADD cut text GENERATED ALWAYS AS (substring(name from 1 for 4)) STORED"
changed "view v1" "DROP VIEW v1; CREATE VIEW v1 AS SELECT id, name, extract(year FROM born) AS y, trim(name) AS tn, substring(name from 2) AS sn FROM people WHERE state IN ('new', 'gone')"
changed "view v2" "CREATE OR REPLACE VIEW v2 AS SELECT p.id, count(*) AS n, max(q.seen) AT TIME ZONE 'CET' AS at FROM people p LEFT JOIN people q ON q.id = p.id AND q.state = 'new' GROUP BY p.id HAVING count(*) > 1 ORDER BY p.id"
changed "trigger people_two" "DROP TRIGGER people_two ON people; CREATE TRIGGER people_two BEFORE INSERT ON people FOR EACH ROW WHEN (substring(NEW.name from 1 for 3) = 'ab' OR NEW.seen AT TIME ZONE 'UTC' < '2020-01-01') EXECUTE FUNCTION stamp()"
changed "trigger people_three" "DROP TRIGGER people_three ON people; CREATE TRIGGER people_three AFTER UPDATE OF name, state ON people FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state AND extract(month from NEW.born) > 1900 AND position('x' in NEW.name) = 0) EXECUTE FUNCTION stamp()"
