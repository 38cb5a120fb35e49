#!/usr/bin/env bash
# A name that another kind of thing has already: said as a difference, on both engines, and no failed migration. A unique constraint
# that does what a unique index of its name would do is that index.
source "$(dirname "$0")/library.sh"
start_postgres

# taken ENGINE STATEMENT SQL TEXT...: the statement of a second migration, where the SQL has given its name to something else.
number=0
taken() {
  local engine=$1 statement=$2 sql=$3
  number=$((number + 1))
  new_project "$work/taken$number" "$engine"
  migration 1_first <<'END'
migration "Base"
create table base { id id; a int }
END
  printf 'migration "Second"\n%s\n' "$statement" | migration 2_second
  build "$work/release$number"
  ${engine}_fresh "taken$number"
  expect 0 "$work/release$number" up +1 --url "$url"
  ask "$sql"
  expect 0 "$work/release$number" plan --url "$url"
  says "fails=0"
  expect 0 "$work/release$number" up --url "$url"
  for text in "${@:4}"; do says "$text"; done
  silent_about "another session"
}

unique="ALTER TABLE base ADD CONSTRAINT t UNIQUE (a)"
taken postgres 'create unique index t on base (a)' "$unique" "skipped  index t on base, already there as a unique constraint"
expect 0 "$work/release$number" verify --url "$url"
taken postgres 'create unique index t on base (id, a)' "$unique" "differs  index t on base: wanted unique index (id, a), found a constraint's index"
expect 4 "$work/release$number" verify --url "$url"
taken postgres 'create index t on base (a)' "CREATE TABLE t (x int)" "differs  index t on base: wanted index (a), found a table"
taken postgres 'create index t on base (a)' "CREATE TABLE o (x int CONSTRAINT t UNIQUE)" "found a constraint's index"
taken postgres 'add unique t on base (a)' "CREATE TABLE t (x int)" "differs  constraint t on base: wanted unique (a), found a table"
taken postgres 'add unique t on base (a)' "CREATE TABLE o (x int CONSTRAINT t UNIQUE)" "found a constraint's index"
taken postgres 'create table t { id id }' "CREATE TYPE t AS (a int)" "differs  table t: wanted a table, found a composite type"
taken postgres 'create table t { id id }' "CREATE TYPE t AS ENUM ('a')" "found an enum"
taken postgres 'create table t { id id }' "CREATE DOMAIN t AS int" "found a domain"
taken postgres 'create table t { id id }' "CREATE SEQUENCE t" "found a sequence"
taken postgres "create enum e ('a')" "CREATE DOMAIN e AS int" "differs  enum e: wanted an enum, found a domain"
taken postgres "create enum e ('a')" "CREATE TYPE e AS (a int)" "found a composite type"
taken postgres "create enum e ('a')" "CREATE TABLE e (a int)" "found a table"
taken postgres 'create view t as { SELECT a FROM base }' "CREATE SEQUENCE t" "differs  view t: wanted a view, found a sequence"
taken postgres 'create sequence t' "CREATE TABLE t (a int)" "differs  sequence t: wanted a sequence, found a table"
taken postgres 'create sequence o_n_seq' "CREATE TABLE o (n serial)" "found a sequence"
taken postgres 'rename table base to tt' "CREATE VIEW tt AS SELECT 1 AS one" "differs  table base: wanted it renamed to tt, found a view"
taken postgres $'create index ix on base (a)\nrename index ix to ix2' "CREATE TABLE ix2 (a int)" "found a table"
taken sqlite 'create index t on base (a)' "CREATE TABLE t (x int)" "differs  index t on base: wanted index (a), found a table"
taken sqlite 'create index t on base (a)' "CREATE VIEW t AS SELECT 1 AS x" "found a view"
taken sqlite 'create view t as { SELECT a FROM base }' "CREATE INDEX t ON base (a)" "differs  view t: wanted a view, found an index"
taken sqlite 'rename table base to tt' "CREATE VIEW tt AS SELECT 1 AS one" "differs  table base: wanted it renamed to tt, found a view"

# What the same run has taken away is in nobody's way.
new_project "$work/again" postgres
migration 1_first <<'END'
migration "Base"
create table o { id id; n int }
create table p { id serial primary key }
END
migration 2_second <<'END'
migration "Second"
drop table p
create sequence p_id_seq
drop table o
create view o as { SELECT 1 AS one }
END
build "$work/again_release"
postgres_fresh again
expect 0 "$work/again_release" up +1 --url "$url"
expect 0 "$work/again_release" up --url "$url"
silent_about warning
expect 0 "$work/again_release" verify --url "$url"
