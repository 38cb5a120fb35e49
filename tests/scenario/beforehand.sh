#!/usr/bin/env bash
# Tables that others have made: an ORM's create_all (the DDL that SQLAlchemy writes), and a person. What is equal is skipped,
# each difference is named once with what was wanted and found, --strict refuses and changes nothing, the rows stay.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

# ---- the application's models, as migrations ----
new_project "$work/app"
migration 1_accounts <<'END'
migration "Accounts"

create enum account_state ('active', 'locked')

create table accounts {
  id               serial primary key
  email            varchar(255) not null
  hashed_password  varchar(255) not null
  is_active        bool not null
  preferences      json
  created_at       timestamp not null default now()
  seen_at          timestamp
  unique index ix_accounts_email (email)
  index ix_accounts_id (id)
}

create table teams {
  id    serial primary key
  name  varchar(50) not null unique
}

create table memberships {
  account_id  not null -> accounts.id on delete cascade
  team_id     not null -> teams.id on delete cascade
  role        varchar(20)
  primary key (account_id, team_id)
}
END
migration 2_items <<'END'
migration "Items"

create table items {
  id          serial primary key
  name        varchar(100) not null unique
  price       numeric(10,2) not null default 0
  owner_id    int not null -> accounts.id
  note        text
  weight      int check (weight > 0)
  created_at  timestamp not null default now()
  index ix_items_owner (owner_id)
}
END
migration 3_state <<'END'
migration "States, and a newest item"

add column accounts.locked_at timestamp
create index ix_items_newest on items (created_at desc)
add column teams.size int not null default 0
END
build "$work/app-migrate"
app=$work/app-migrate

# ---- as SQLAlchemy's create_all writes it ----
orm_sqlite="
CREATE TABLE accounts (
	id INTEGER NOT NULL,
	email VARCHAR(255) NOT NULL,
	hashed_password VARCHAR(255) NOT NULL,
	is_active BOOLEAN NOT NULL,
	preferences JSON,
	created_at DATETIME DEFAULT (CURRENT_TIMESTAMP) NOT NULL,
	seen_at DATETIME,
	PRIMARY KEY (id)
);
CREATE INDEX ix_accounts_id ON accounts (id);
CREATE UNIQUE INDEX ix_accounts_email ON accounts (email);
CREATE TABLE teams (
	id INTEGER NOT NULL,
	name VARCHAR(50) NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (name)
);
CREATE TABLE memberships (
	account_id INTEGER NOT NULL,
	team_id INTEGER NOT NULL,
	role VARCHAR(20),
	PRIMARY KEY (account_id, team_id),
	FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE,
	FOREIGN KEY(team_id) REFERENCES teams (id) ON DELETE CASCADE
);"
orm_postgres="
CREATE TYPE account_state AS ENUM ('active', 'locked');
CREATE TABLE accounts (
	id SERIAL NOT NULL,
	email VARCHAR(255) NOT NULL,
	hashed_password VARCHAR(255) NOT NULL,
	is_active BOOLEAN NOT NULL,
	preferences JSON,
	created_at TIMESTAMP WITHOUT TIME ZONE DEFAULT now() NOT NULL,
	seen_at TIMESTAMP WITHOUT TIME ZONE,
	PRIMARY KEY (id)
);
CREATE INDEX ix_accounts_id ON accounts (id);
CREATE UNIQUE INDEX ix_accounts_email ON accounts (email);
CREATE TABLE teams (
	id SERIAL NOT NULL,
	name VARCHAR(50) NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (name)
);
CREATE TABLE memberships (
	account_id INTEGER NOT NULL,
	team_id INTEGER NOT NULL,
	role VARCHAR(20),
	PRIMARY KEY (account_id, team_id),
	FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE,
	FOREIGN KEY(team_id) REFERENCES teams (id) ON DELETE CASCADE
);"
# Items as an older version of the models had them: each line but id and created_at is another.
other_sqlite="
CREATE TABLE items (
	id INTEGER NOT NULL,
	name VARCHAR(40) NOT NULL,
	price INTEGER NOT NULL,
	owner_id INTEGER,
	weight INTEGER,
	created_at DATETIME DEFAULT (CURRENT_TIMESTAMP) NOT NULL,
	PRIMARY KEY (id)
);
CREATE INDEX ix_items_owner ON items (name);"
other_postgres="
CREATE TABLE items (
	id SERIAL NOT NULL,
	name VARCHAR(40) NOT NULL,
	price INTEGER NOT NULL,
	owner_id INTEGER,
	weight INTEGER,
	created_at TIMESTAMP WITHOUT TIME ZONE DEFAULT now() NOT NULL,
	PRIMARY KEY (id)
);
CREATE INDEX ix_items_owner ON items (name);"
rows="
INSERT INTO accounts (id, email, hashed_password, is_active, preferences, created_at)
VALUES (7, 'a@example.org', 'x', true, '{\"dark\": true}', '2026-01-02 03:04:05');
INSERT INTO teams (id, name) VALUES (3, 'staff');
INSERT INTO memberships (account_id, team_id, role) VALUES (7, 3, 'owner');"
item="INSERT INTO items (id, name, price, owner_id, weight) VALUES (1, 'chair', 12, NULL, -1);"

# ---- the same on both engines ----
make() { # SQL
  if [ "$engine" = sqlite ]; then
    rm -f "$work/app.db"
    sqlite3 "$work/app.db" "$1"
    url=sqlite:$work/app.db
  else
    made=$((${made:-0} + 1))
    new_database "made$made"
    query "made$made" "$1" >/dev/null
  fi
}

ask() { # SQL
  if [ "$engine" = sqlite ]; then
    sqlite3 "$work/app.db" "$1"
  else
    query "made$made" "$1"
  fi
}

dump() {
  if [ "$engine" = sqlite ]; then
    sqlite3 "$work/app.db" .dump
  else
    dump_postgres_whole "made$made"
  fi
}

# differs OBJECT WANTED FOUND: said once.
differs() {
  says_once "differs  $1: wanted $2, found $3"
}

rows_are_there() {
  equal "a@example.org|x" "$(ask "SELECT email, hashed_password FROM accounts WHERE id = 7")" "the account"
  equal "owner" "$(ask "SELECT role FROM memberships WHERE account_id = 7 AND team_id = 3")" "the membership"
}

# All that the first version has, and no more: it is that version, and is recorded as such.
all_equal() {
  make "$1 $rows"
  expect 0 "$app" up --strict --url "$url"
  says "1_accounts  adopted"
  says "created  table items"
  says "up: ok applied=2 already=1"
  ask "DROP TABLE migen_history"
  expect 0 "$app" up --strict --url "$url"
  says "up: ok applied=0 already=3"
  says "differs=0"
  silent_about "differs  "
  silent_about "warning"
  rows_are_there
  quiet_again
  expect 0 "$app" verify --url "$url"
}

# verify holds the database against this release, also before `up`; what a version had and the last has not is a difference,
# what no version knows is not.
verified() {
  make "$1"
  expect 4 "$app" verify --url "$url"
  says "missing  table items"
  says "pending=3"
  expect 0 "$app" up --url "$url"
  ask "CREATE TABLE somebody_elses (id int)"
  expect 0 "$app" verify --url "$url"
  says "unknown  table somebody_elses: no version of this release has it"
  expect 0 "$app" down 1_accounts --yes --url "$url"
  ask "ALTER TABLE teams ADD COLUMN size int"
  expect 0 "$app" verify current --url "$url"
  says "unknown  column teams.size"
  expect 4 "$app" verify --url "$url"
  says "missing  table items"
  expect 64 "$app" verify 2_items --url "$url"
}

# A part of it: what is there is skipped, what is missing is made.
a_part() {
  make "$1 ${rows%INSERT INTO memberships*}"
  expect 0 "$app" up --strict --url "$url"
  says "skipped  table accounts, already there"
  says "skipped  table teams, already there"
  says "created  table memberships"
  says "created  table items"
  silent_about "differs  "
  silent_about "warning"
  equal "a@example.org|x" "$(ask "SELECT email, hashed_password FROM accounts WHERE id = 7")" "the account"
  quiet_again
  expect 0 "$app" verify --url "$url"
}

quiet_again() {
  dump >"$work/first"
  expect 0 "$app" up --url "$url"
  says "up: ok applied=0 already=3"
  silent_about "differs  "
  silent_about "warning"
  dump >"$work/second"
  same "$work/first" "$work/second"
}

some_different() {
  make "$1 $rows $item"
  dump >"$work/before"
  # Strict: exit 4, the difference in words, and everything as it was.
  expect 4 "$app" up --strict --url "$url"
  says "differs: wanted"
  says "error"
  says "next:"
  says "up: failed exit=4"
  dump >"$work/after"
  same "$work/before" "$work/after"

  # The plan names the same differences and changes nothing.
  expect 0 "$app" plan --url "$url"
  says "items.name"
  dump >"$work/after"
  same "$work/before" "$work/after"

  expect 0 "$app" up --url "$url"
  cp "$work/log" "$work/up.log"
  says "skipped  table items, already there"
  differs "column items.name" "varchar(100)" "varchar(40)"
  differs "column items.price" "numeric(10,2) default 0" "int no default"
  differs "column items.owner_id" "not null" "null"
  differs "column items.note" "text" "nothing"
  says_once "differs  constraint items_name_key on items: wanted unique (name), found nothing"
  says_once "differs  constraint items_owner_id_fkey on items: wanted "
  says_once "differs  constraint items_weight_check on items: wanted check "
  differs "index ix_items_owner on items" "index (owner_id)" "index (name)"
  equal "$(grep -c '^  differs ' "$work/up.log")" "$(grep '^  differs ' "$work/up.log" | sort -u | wc -l)" "the number of distinct differences"
  says "differs=8"
  says "created  column accounts.locked_at"
  says "created  index ix_items_newest"
  says "verify: 8 differences left as found"
  equal "chair|12||-1" "$(ask "SELECT name, price, owner_id, weight FROM items")" "the item"
  rows_are_there
  quiet_again
  expect 4 "$app" verify --url "$url"
  says "items.name"
  # What differed stays as it was found; what was missing beside it was made.
  expect 0 "$app" down 2_items --yes --url "$url"
  expect 0 "$app" up --url "$url"
  says "up: ok applied=1 already=2"
}

engine=sqlite
all_equal "$orm_sqlite"
verified "$orm_sqlite"
a_part "${orm_sqlite%CREATE TABLE memberships*}"
some_different "$orm_sqlite $other_sqlite"
engine=postgres
all_equal "$orm_postgres"
verified "$orm_postgres"
a_part "${orm_postgres%CREATE TABLE memberships*}"
some_different "$orm_postgres $other_postgres"

# ---- by hand: other words for the same, another order, other names ----
by_hand_sqlite="
create table accounts(id integer primary key autoincrement not null, seen_at timestamp, email varchar(255) not null,
  hashed_password varchar ( 255 ) not null, is_active boolean not null check (is_active in (0, 1)), preferences text,
  created_at TIMESTAMP not null default current_timestamp);
create unique index ix_accounts_email on accounts(\"email\");
create index ix_accounts_id on accounts(id);
create table teams(id integer primary key, name varchar(50) not null constraint team_names unique);
create table memberships(account_id int not null references accounts on delete cascade,
  team_id int not null references teams(id) on delete cascade, role varchar(20),
  constraint memberships_key primary key (account_id, team_id));"
by_hand_postgres="
create type account_state as enum ('active', 'locked');
create table accounts(id serial primary key, seen_at timestamp, email character varying(255) not null,
  hashed_password varchar(255) not null, is_active bool not null, preferences json,
  created_at timestamp without time zone not null default current_timestamp);
create unique index ix_accounts_email on accounts using btree (\"email\" asc);
create index ix_accounts_id on accounts(id);
create table teams(id serial primary key, name varchar(50) not null constraint team_names unique);
create table memberships(account_id int4 not null references accounts on delete cascade,
  team_id integer not null references teams(id) on delete cascade, role varchar(20),
  constraint memberships_key primary key (account_id, team_id));"
hand_made() {
  make "$1 $rows CREATE TABLE others (x integer);"
  expect 0 "$app" up --strict --url "$url"
  says "1_accounts  adopted"
  silent_about "differs  "
  rows_are_there
  quiet_again
  expect 0 "$app" verify --url "$url"
  says "unknown"
  says "others"
}
engine=sqlite
hand_made "$by_hand_sqlite"
engine=postgres
hand_made "$by_hand_postgres"

# ---- something of another kind has the name ----
wrong_kind() {
  make "CREATE VIEW teams AS SELECT 1 AS id"
  dump >"$work/before"
  expect 4 "$app" up --strict --url "$url"
  says "table teams differs: wanted a table, found a view"
  dump >"$work/after"
  same "$work/before" "$work/after"
}
engine=sqlite
wrong_kind
engine=postgres
wrong_kind

# ---- every type that an ORM writes ----
new_project "$work/types"
migration 1_things <<'END'
migration "One of each"

create table things {
  id         id
  title      varchar(200) not null
  body       text
  code       char(3)
  small      smallint
  number     int not null default 0
  big        bigint
  price      numeric(10,2)
  ratio      double
  flag       bool not null default true
  off        bool default false
  born       date
  at         time
  made       timestamp not null default now()
  seen       timestamptz
  data       json not null default '{}'
  more       jsonb
  ref        uuid
  bytes      bytes
  parent_id  bigint -> things.id on delete set null
  unique uq_things_title_code (title, code)
  check ck_things_number (number >= 0)
  index ix_things_parent_id (parent_id)
}
END
migration 2_extra <<'END'
migration "Something that is not there"

add column things.extra text
END
build "$work/app-migrate"
engine=sqlite
make "
CREATE TABLE things (
	id INTEGER NOT NULL,
	title VARCHAR(200) NOT NULL,
	body TEXT,
	code CHAR(3),
	small SMALLINT,
	number INTEGER DEFAULT '0' NOT NULL,
	big BIGINT,
	price NUMERIC(10, 2),
	ratio FLOAT,
	flag BOOLEAN DEFAULT 1 NOT NULL,
	off BOOLEAN DEFAULT 'false',
	born DATE,
	at TIME,
	made DATETIME DEFAULT (CURRENT_TIMESTAMP) NOT NULL,
	seen TIMESTAMP,
	data JSON DEFAULT '{}' NOT NULL,
	more TEXT,
	ref CHAR(32),
	bytes BLOB,
	parent_id BIGINT,
	PRIMARY KEY (id),
	CONSTRAINT uq_things_title_code UNIQUE (title, code),
	CONSTRAINT ck_things_number CHECK (number >= 0),
	FOREIGN KEY(parent_id) REFERENCES things (id) ON DELETE SET NULL
);
CREATE INDEX ix_things_parent_id ON things (parent_id);"
expect 0 "$app" up --strict --url "$url"
says "applied=1"
expect 0 "$app" verify --url "$url"
engine=postgres
make "
CREATE TABLE things (
	id BIGSERIAL NOT NULL,
	title VARCHAR(200) NOT NULL,
	body TEXT,
	code CHAR(3),
	small SMALLINT,
	number INTEGER DEFAULT '0' NOT NULL,
	big BIGINT,
	price NUMERIC(10, 2),
	ratio FLOAT,
	flag BOOLEAN DEFAULT 'true' NOT NULL,
	off BOOLEAN DEFAULT false,
	born DATE,
	at TIME WITHOUT TIME ZONE,
	made TIMESTAMP WITHOUT TIME ZONE DEFAULT CURRENT_TIMESTAMP NOT NULL,
	seen TIMESTAMP WITH TIME ZONE,
	data JSON DEFAULT '{}' NOT NULL,
	more JSONB,
	ref UUID,
	bytes BYTEA,
	parent_id BIGINT,
	PRIMARY KEY (id),
	CONSTRAINT uq_things_title_code UNIQUE (title, code),
	CONSTRAINT ck_things_number CHECK (number >= 0),
	FOREIGN KEY(parent_id) REFERENCES things (id) ON DELETE SET NULL
);
CREATE INDEX ix_things_parent_id ON things (parent_id);"
# A serial is no identity: the one thing that is not the same.
expect 0 "$app" up --url "$url"
differs "column things.id" "id" "bigserial"
says "differs=1"

# ---- an enum of the migrations is a check of somebody else's on SQLite ----
new_project "$work/states" sqlite
migration 1_tickets <<'END'
migration "Tickets"

create enum state ('new', 'paid')
create table tickets {
  id     id
  state  state not null default 'new'
  was    state
}
END
migration 2_sent <<'END'
migration "Sent"

add enum value state 'sent'
END
migration 3_done <<'END'
migration "Done"

rename enum value state 'paid' to 'done'
END
build "$work/app-migrate"
engine=sqlite
ticket="INSERT INTO tickets VALUES (1, 'new', 'paid');"

# What a pending `add value` brings is no difference behind it; one without a check, or with its own name, is a state too.
make "CREATE TABLE tickets (id INTEGER PRIMARY KEY, state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('paid', 'new')),
        was VARCHAR(8)); $ticket"
expect 4 "$app" verify --url "$url"
says "differs  column tickets.state: wanted state ('new', 'done', 'sent'), found text check (state IN ('paid', 'new'))"
expect 0 "$app" up --strict --url "$url"
says "1_tickets  adopted"
ask "INSERT INTO tickets VALUES (2, 'sent', 'sent')"
equal "new|done sent|sent" "$(ask "SELECT group_concat(state || '|' || was, ' ') FROM tickets")" "the tickets"
expect 0 "$app" verify --url "$url"
says "note     column tickets.was: wanted state, found state, unchecked"
ask "DELETE FROM tickets WHERE id = 2"
expect 0 "$app" down base --yes --url "$url"
expect 0 "$app" up --strict --url "$url"
expect 0 "$app" verify --url "$url"

# A value that is missing and that no migration adds stays missing, and is said; those that are added are let in.
make "CREATE TABLE tickets (id INTEGER PRIMARY KEY, state VARCHAR(8) NOT NULL DEFAULT 'new',
        was TEXT CHECK (was IN ('paid', 'new', 'sent')), CONSTRAINT state CHECK (state IN ('new'))); $ticket"
expect 0 "$app" up --url "$url"
says_once "differs  column tickets.state: wanted state ('new', 'paid'), found varchar(8) check (state IN ('new'))"
says "altered  constraint state on tickets"
ask "INSERT INTO tickets VALUES (2, 'sent', 'done')"
equal "new|done sent|done" "$(ask "SELECT group_concat(state || '|' || was, ' ') FROM tickets")" "the tickets"
expect 4 "$app" verify --url "$url"
says_once "differs  column tickets.state"
silent_about "column tickets.was"

# ---- a column that somebody's table lacks: whatever reads it is an error that names it, before any SQL. (On SQLite a name that is
# unknown, in double quotes, would be a text: an index on a constant.) ----
new_project "$work/lacking"
migration 1_people <<'END'
migration "People"

create table people { id id
                      name text
                      email text }
END
migration 2_more <<'END'
migration "More"

create unique index people_email on people (email)
create index people_lower on people ((lower("email")))
create index people_some on people (name) where ("email" is not null)
create index people_with on people (name) include (email)
add check people_check on people ("email" <> name)
add column people.upper text as (upper("email")) stored
alter column people.name not null backfill ("email")
backfill people set (name = "email") where (id = 2)
backfill people set (email = name) where (id = 2)
END
build "$work/app-migrate"
for engine in sqlite postgres; do
  make "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO people (id, name) VALUES (1, 'ann');"
  expect 1 "$app" plan --url "$url"
  for line in 3 4 5 7 8 9 10 11; do
    says "migrations/2_more.mig:$line: "
  done
  # SQLite's indexes include nothing.
  equal "$([ $engine = sqlite ] && echo 8 || echo 9)" "$(grep -c "there is no column people.email" out)" "the number of errors"
  expect 1 "$app" up --url "$url"
  says "create unique index people_email on people: there is no column people.email"
  says "migrations/2_more.mig:3"
  silent_about "statement:"
  ask "ALTER TABLE people ADD COLUMN email text; UPDATE people SET email = 'a@b'" >/dev/null
  expect 0 "$app" up --url "$url"
  says "applied=1"
  equal "A@B" "$(ask "SELECT upper FROM people")" "the column made of it"
done

# ---- a unique index does the work of a constraint of its name, and is renamed and dropped as one ----
new_project "$work/stands-in"
migration 1_t <<'END'
migration "T"

create table t { id id
                 c int
                 d int }
add unique t_c on t (c)
END
migration 2_t <<'END'
migration "More"

rename constraint t_c to t_cc on t
END
build "$work/app-migrate"
migration 3_t <<'END'
migration "And more"

drop constraint t_cc on t
add unique t_cc on t (c, d)
END
build "$work/app-migrate3"
for engine in sqlite postgres; do
  key=$([ $engine = sqlite ] && echo "INTEGER PRIMARY KEY" || echo "bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY")
  make "CREATE TABLE t (id $key, c int, d text); CREATE UNIQUE INDEX t_c ON t (c);" # d: no version's schema
  expect 0 "$app" up 1_t --url "$url"
  says "constraint t_c on t, already there"
  silent_about "as t_c"
  expect 0 "$app" up --url "$url"
  says "renamed  constraint t_c on t to t_cc"
  silent_about "differs  constraint"
  expect 0 "$work/app-migrate3" up --url "$url"
  says "dropped  constraint t_cc on t"
  says "created  constraint t_cc on t"
  silent_about "differs  constraint"
  # Renamed before the history knew of it.
  make "CREATE TABLE t (id $key, c int, d text); CREATE UNIQUE INDEX t_cc ON t (c);"
  expect 0 "$app" up --url "$url"
  says "constraint t_c on t, already renamed to t_cc"
  silent_about "differs  constraint"
done
