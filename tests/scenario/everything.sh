#!/usr/bin/env bash
# Introspection reads all that the language can say: a project says everything, the database is brought up to it, and then each
# thing is changed by hand in a copy of the database. verify has to be content before, and name the change after.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

new_project "$work/all"
migration 1_all <<'END'
migration "Everything"
create enum status ('pending', 'active', 'gone')
create table owners {
  id    id
  code  varchar(10) not null unique
  a     int not null
  b     int not null
  unique owners_pair (a, b)
}
create table items {
  id        id
  name      varchar(50) not null
  nick      text default 'none'
  state     status not null default 'pending'
  total     numeric(10,2) not null default 0 check (total >= 0)
  label     text as (upper(name)) stored
  flag      bool not null default true
  body      json
  made_at   timestamptz not null default now()
  key       uuid default uuid()
  raw       bytes
  sorted    native(postgres 'text collate "C"', sqlite 'text collate nocase')
  owner_id  not null -> owners.id on delete cascade on update restrict
  a         int
  b         int
  n         serial
  check items_long (length(name) > 2)
  unique items_name (name, owner_id)
  foreign key items_pair (a, b) -> owners (a, b) on delete set null on update cascade
  index items_owner (owner_id)
  index items_part (nick desc, (lower(name))) where (nick is not null)
}
create unique index items_key on items (key)
create table links { a int not null; b int not null; primary key links_pk (a, b) }
create view named as { SELECT id, name FROM items WHERE nick IS NOT NULL }
on sqlite {
  create trigger items_touch on items { CREATE TRIGGER items_touch AFTER UPDATE OF name ON items BEGIN UPDATE items SET nick = 'touched' WHERE id = NEW.id; END }
  create table narrow { k text primary key; v text as (k || 'x') virtual } without rowid
}
on postgres {
  create schema apart
  create extension pgcrypto
  create sequence numbers start 100 increment 5
  create enum apart.kind ('x', 'y')
  create table apart.logs { id bigserial primary key; kind apart.kind not null default 'x'; tags text[] not null default '{}'; doc native(postgres 'tsvector'); line text collate "C"; half bigint as (id / 2) virtual }
  create index logs_tags on apart.logs using gin (tags)
  create index logs_kind on apart.logs (kind) include (id)
  create function touch { CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.nick := 'touched'; RETURN NEW; END $$ }
  create function twice(int) { CREATE OR REPLACE FUNCTION twice(a int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a * 2' }
  create trigger items_touch on items { CREATE TRIGGER items_touch BEFORE UPDATE OF name ON items FOR EACH ROW EXECUTE FUNCTION touch() }
  create materialized view counts as { SELECT owner_id, count(*) AS n FROM items GROUP BY owner_id }
  comment on table items 'What is sold'
  comment on column items.name 'Short'
}
END
build "$work/all-migrate"

start() { # ENGINE: a database that is up to the release, in all that copies are made of
  engine=$1
  if [ "$engine" = sqlite ]; then
    url=sqlite:$work/all.db
  else
    new_database whole
  fi
  expect 0 "$work/all-migrate" up --strict --verify strict --url "$url"
  expect 0 "$work/all-migrate" verify --url "$url"
  says "verify: ok differences=0"
  silent_about note
  expect 0 "$work/all-migrate" up --strict --verify strict --url "$url"
  says "applied=0"
}

# on_copy SQL: a copy of the database, with the change.
on_copy() {
  if [ "$engine" = sqlite ]; then
    cp all.db copy.db
    url=sqlite:$work/copy.db
    sqlite3 copy.db "$1"
  else
    query postgres "DROP DATABASE IF EXISTS copy" 2>/dev/null
    query postgres "CREATE DATABASE copy TEMPLATE whole"
    url="postgresql:///copy?host=$pg_socket&port=$pg_port&user=postgres"
    query copy "SET client_min_messages = warning; $1"
  fi
}

# changed SQL WORDS: on a copy. WORDS are of what verify says of it.
changed() {
  on_copy "$1"
  checks=$((checks + 1))
  local code=0
  "$work/all-migrate" verify --url "$url" >"$work/out" 2>"$work/log" || code=$?
  if [ $code -ne 4 ] || ! grep -qF -- "$2" "$work/out"; then
    unseen=$((unseen + 1))
    cat "$work/out"
    echo "verify on $engine exits $code and does not say $2 after: $1"
  fi
}
unseen=0

# unchanged SQL: what says the same in another way.
unchanged() {
  on_copy "$1"
  expect 0 "$work/all-migrate" verify --url "$url"
  says "verify: ok differences=0"
}

# What can only be said in a CREATE TABLE: the text in sqlite_schema is changed. The file's own check has to stay content.
rewritten() { # FROM TO WORDS
  changed "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, '${1//\'/\'\'}', '${2//\'/\'\'}') WHERE name IN ('items', 'links', 'narrow', 'owners');
    PRAGMA writable_schema = RESET" "$3"
}

start sqlite
changed "DROP VIEW named" "view named"
changed "DROP VIEW named; CREATE VIEW named AS SELECT id, name FROM items" "view named"
changed "DROP INDEX items_key" "index items_key"
changed "DROP INDEX items_key; CREATE INDEX items_key ON items (key)" "index items_key"
changed "DROP INDEX items_part; CREATE INDEX items_part ON items (nick, lower(name)) WHERE nick IS NOT NULL" "index items_part"
changed "DROP INDEX items_part; CREATE INDEX items_part ON items (nick DESC, upper(name)) WHERE nick IS NOT NULL" "index items_part"
changed "DROP INDEX items_part; CREATE INDEX items_part ON items (nick DESC, lower(name)) WHERE nick IS NULL" "index items_part"
changed "DROP TRIGGER items_touch" "trigger items_touch"
changed "DROP TRIGGER items_touch; CREATE TRIGGER items_touch AFTER UPDATE OF name ON items BEGIN UPDATE items SET nick = 'other' WHERE id = NEW.id; END" "trigger items_touch"
changed "ALTER TABLE items RENAME COLUMN nick TO other" "items.nick"
changed "DROP TABLE links" "links"
changed "DROP TABLE narrow; CREATE TABLE narrow (k TEXT CONSTRAINT narrow_pkey PRIMARY KEY, v TEXT AS (k || 'x'))" "narrow"
changed "DROP TABLE links; CREATE TABLE links (a INTEGER NOT NULL, b INTEGER NOT NULL, CONSTRAINT links_pk PRIMARY KEY (b, a))" "links_pk"
rewritten "k || 'x'" "k || 'y'" "narrow.v"
rewritten "upper(name)" "lower(name)" "items.label"
rewritten 'STORED' 'VIRTUAL' "items.label"
rewritten 'total >= 0' 'total > 0' "items_total_check"
rewritten 'length(name) > 2' 'length(name) > 3' "items_long"
rewritten "DEFAULT 'none'" "DEFAULT 'nothing'" "items.nick"
rewritten "DEFAULT 'none'" "" "items.nick"
rewritten "DEFAULT CURRENT_TIMESTAMP" "DEFAULT 'never'" "items.made_at"
rewritten 'VARCHAR(50)' 'VARCHAR(60)' "items.name"
rewritten 'NUMERIC(10,2)' 'NUMERIC(10,3)' "items.total"
rewritten 'JSON TEXT' 'BLOB' "items.body"
rewritten 'UUID TEXT' 'INTEGER' "items.key"
rewritten 'text collate nocase' 'text collate rtrim' "items.sorted"
rewritten 'ON DELETE CASCADE' 'ON DELETE RESTRICT' "items_owner_id_fkey"
rewritten 'ON UPDATE RESTRICT' '' "items_owner_id_fkey"
rewritten 'ON DELETE SET NULL' '' "items_pair"
rewritten '"owners_pair" UNIQUE ("a", "b")' '"owners_pair" UNIQUE ("b", "a")' "owners_pair"
rewritten '"name" VARCHAR(50)' '"name" BLOB' "items.name"

if [ "$(major "$pg_server/postgres")" -lt 13 ]; then
  new_database old
  expect 78 "$work/all-migrate" up --url "$url"
  says "is too old: PostgreSQL 13 or later is needed"
  [ $unseen -eq 0 ] || fail "$unseen changes are not seen"
  exit 0
fi
start postgres
changed "DROP VIEW named" "view named"
changed "CREATE OR REPLACE VIEW named AS SELECT id, name FROM items" "view named"
changed "DROP MATERIALIZED VIEW counts; CREATE MATERIALIZED VIEW counts AS SELECT owner_id, count(*) + 1 AS n FROM items GROUP BY owner_id" "counts"
changed "DROP INDEX items_key" "index items_key"
changed "DROP INDEX items_key; CREATE INDEX items_key ON items (key)" "index items_key"
changed "DROP INDEX items_part; CREATE INDEX items_part ON items (nick, lower(name)) WHERE nick IS NOT NULL" "index items_part"
changed "DROP INDEX items_part; CREATE INDEX items_part ON items (nick DESC, upper(name)) WHERE nick IS NOT NULL" "index items_part"
changed "DROP INDEX items_part; CREATE INDEX items_part ON items (nick DESC, lower(name)) WHERE nick IS NULL" "index items_part"
changed "DROP INDEX items_part; CREATE INDEX items_part ON items (nick DESC NULLS LAST, lower(name)) WHERE nick IS NOT NULL" "index items_part"
changed "DROP INDEX apart.logs_kind; CREATE INDEX logs_kind ON apart.logs (kind)" "logs_kind"
changed "DROP INDEX apart.logs_tags; CREATE INDEX logs_tags ON apart.logs (tags)" "logs_tags"
changed "DROP TRIGGER items_touch ON items" "trigger items_touch"
changed "DROP TRIGGER items_touch ON items; CREATE TRIGGER items_touch AFTER UPDATE OF name ON items FOR EACH ROW EXECUTE FUNCTION touch()" "trigger items_touch"
changed "CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'" "function touch"
changed "CREATE OR REPLACE FUNCTION twice(a int) RETURNS int LANGUAGE sql STABLE AS 'SELECT a * 2'" "function twice"
changed "DROP FUNCTION twice(int)" "function twice"
changed "ALTER SEQUENCE numbers INCREMENT 6" "sequence numbers"
changed "ALTER SEQUENCE numbers START 101" "sequence numbers"
changed "DROP SEQUENCE numbers" "sequence numbers"
changed "DROP EXTENSION pgcrypto" "extension pgcrypto"
changed "DROP SCHEMA apart CASCADE" "apart"
changed "ALTER TYPE status RENAME VALUE 'gone' TO 'went'" "status"
changed "ALTER TYPE apart.kind RENAME TO sort" "apart.kind"
changed "COMMENT ON TABLE items IS 'What is not'" "items"
changed "COMMENT ON COLUMN items.name IS NULL" "items.name"
changed "ALTER TABLE owners ALTER code TYPE varchar(11)" "owners.code"
changed "ALTER TABLE items ALTER total TYPE numeric(10,3)" "items.total"
changed "ALTER TABLE items ALTER sorted TYPE text COLLATE \"POSIX\"" "items.sorted"
changed "ALTER TABLE items ALTER body TYPE jsonb" "items.body"
changed "ALTER TABLE items ALTER nick SET DEFAULT 'nothing'" "items.nick"
changed "ALTER TABLE items ALTER nick DROP DEFAULT" "items.nick"
changed "ALTER TABLE items ALTER made_at SET DEFAULT 'infinity'" "items.made_at"
changed "ALTER TABLE items ALTER made_at TYPE timestamp" "items.made_at"
changed "ALTER TABLE items ALTER flag SET DEFAULT false" "items.flag"
changed "ALTER TABLE items ALTER flag DROP NOT NULL" "items.flag"
changed "ALTER TABLE items ALTER nick SET NOT NULL" "items.nick"
changed "ALTER TABLE items ALTER label DROP EXPRESSION" "items.label"
changed "ALTER TABLE items DROP label; ALTER TABLE items ADD label text GENERATED ALWAYS AS (lower(name)) STORED" "items.label"
changed "ALTER TABLE items ALTER id DROP IDENTITY" "items.id"
changed "ALTER TABLE items ALTER n DROP DEFAULT" "items.n"
changed "ALTER TABLE apart.logs ALTER tags SET DEFAULT '{a}'" "logs.tags"
changed "ALTER TABLE apart.logs ALTER doc TYPE text" "logs.doc"
changed "ALTER TABLE apart.logs ALTER line TYPE text" "logs.line"
changed "ALTER TABLE apart.logs ALTER line TYPE text COLLATE \"POSIX\"" "logs.line"
changed "ALTER TABLE items DROP CONSTRAINT items_long" "items_long"
changed "ALTER TABLE items DROP CONSTRAINT items_long, ADD CONSTRAINT items_long CHECK (length(name) > 3)" "items_long"
changed "ALTER TABLE items DROP CONSTRAINT items_long, ADD CONSTRAINT items_long CHECK (length(name) > 2) NOT VALID" "items_long"
changed "ALTER TABLE items DROP CONSTRAINT items_pair, ADD CONSTRAINT items_pair FOREIGN KEY (a, b) REFERENCES owners (a, b) ON UPDATE CASCADE" "items_pair"
changed "ALTER TABLE items DROP CONSTRAINT items_pair, ADD CONSTRAINT items_pair FOREIGN KEY (a, b) REFERENCES owners (a, b) ON DELETE SET NULL" "items_pair"
changed "ALTER TABLE items ALTER CONSTRAINT items_pair DEFERRABLE" "items_pair"
changed "ALTER TABLE items DROP CONSTRAINT items_name, ADD CONSTRAINT items_name UNIQUE (owner_id, name)" "items_name"
changed "ALTER TABLE links DROP CONSTRAINT links_pk, ADD CONSTRAINT links_pk PRIMARY KEY (b, a)" "links_pk"
if [ "$(major "$pg_server/postgres")" -ge 15 ]; then
  changed "ALTER TABLE items DROP CONSTRAINT items_name, ADD CONSTRAINT items_name UNIQUE NULLS NOT DISTINCT (name, owner_id)" "items_name"
  changed "DROP INDEX items_key; CREATE UNIQUE INDEX items_key ON items (key) NULLS NOT DISTINCT" "index items_key"
fi
if [ "$(major "$pg_server/postgres")" -ge 18 ]; then
  changed "ALTER TABLE items DROP CONSTRAINT items_long, ADD CONSTRAINT items_long CHECK (length(name) > 2) NOT ENFORCED" "items_long"
  changed "ALTER TABLE items ALTER CONSTRAINT items_pair NOT ENFORCED" "items_pair"
  unchanged "ALTER TABLE apart.logs DROP half; ALTER TABLE apart.logs ADD half bigint GENERATED ALWAYS AS (id / 2) VIRTUAL"
  changed "ALTER TABLE items DROP label; ALTER TABLE items ADD label text GENERATED ALWAYS AS (upper(name)) VIRTUAL" "as (upper((name)::text)) virtual"
fi
[ $unseen -eq 0 ] || fail "$unseen changes are not seen"
