#!/usr/bin/env bash
# SQLite: tables as other tools and people write them, made again for an altered column. All that the language cannot say stays as
# SQLite itself reads it: columns, keys and indexes with their collations and orders, rows with their rowids, triggers.
source "$(dirname "$0")/library.sh"
start_postgres
cd "$work"

new_project "$work/altered" sqlite
migration 1_altered <<'END'
migration "A column altered"
ensure table t { marked text }
alter column t.marked not null backfill ('none')
END
build "$work/altered-migrate"
new_project "$work/renamed" sqlite
migration 1_renamed <<'END'
migration "Renamed, dropped and altered in one run"
ensure table t { email text; gone text; marked text }
rename column t.email to mail
drop column t.gone cascade
alter column t.marked not null backfill ('none')
END
build "$work/renamed-migrate"

# What SQLite knows of the table, but for the altered column.
look() {
  sqlite3 "$work/t.db" <<'END'
.mode list
SELECT 'column', name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo('t') WHERE name <> 'marked';
SELECT 'index', l."unique", l.origin, l.partial, iif(l.origin = 'c', l.name, ''),
  group_concat(coalesce(x.name, '?') || ' ' || x."desc" || ' ' || x.coll || ' ' || x.key)
  FROM pragma_index_list('t') l, pragma_index_xinfo(l.name) x GROUP BY l.name ORDER BY l.origin, 6;
SELECT 'key', "table", "from", "to", on_update, on_delete, "match" FROM pragma_foreign_key_list('t') ORDER BY id DESC, seq;
SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name <> 't' AND name NOT LIKE 'migen_%' AND name NOT LIKE 'sqlite_%' ORDER BY name;
PRAGMA integrity_check;
PRAGMA foreign_key_check;
END
  sqlite3 "$work/t.db" "SELECT rowid, * FROM t" 2>/dev/null || sqlite3 "$work/t.db" "SELECT * FROM t"
}

# rebuilt TEXT <<SQL: the table is made again, nothing of it has changed, and its text has that. Its rows have marked = 'none'.
rebuilt() {
  rm -f "$work/t.db"
  sqlite3 "$work/t.db"
  look >"$work/before"
  expect 0 "$work/altered-migrate" up --url "sqlite:$work/t.db"
  says "altered  column t.marked"
  look >"$work/after"
  same "$work/before" "$work/after"
  has_text "$1"
  expect 0 "$work/altered-migrate" up --url "sqlite:$work/t.db"
  says "nothing to do"
}
has_text() {
  checks=$((checks + 1))
  sqlite3 "$work/t.db" "SELECT sql FROM sqlite_schema WHERE name = 't'" | grep -qF -- "$1" ||
    fail "without $1: $(sqlite3 "$work/t.db" "SELECT sql FROM sqlite_schema WHERE name = 't'")"
}
refuses() { # SQL
  checks=$((checks + 1))
  ! sqlite3 "$work/t.db" "$1" 2>/dev/null || fail "it takes: $1"
}

# ---- keys with a collation or an order ----
rebuilt 'UNIQUE ("email" COLLATE NOCASE)' <<'END'
CREATE TABLE t (id INTEGER PRIMARY KEY, email TEXT NOT NULL, marked text, UNIQUE (email COLLATE NOCASE));
INSERT INTO t VALUES (3, 'a@b', 'none');
END
refuses "INSERT INTO t VALUES (4, 'A@B', 'none')"
rebuilt 'UNIQUE ("email" COLLATE rtrim DESC, "id", "marked" desc)' <<'END'
CREATE TABLE t (id INTEGER PRIMARY KEY, email TEXT COLLATE nocase, marked text, CONSTRAINT u UNIQUE (email COLLATE rtrim DESC, id ASC, marked desc));
INSERT INTO t VALUES (3, 'a@b', 'none');
END
rebuilt 'PRIMARY KEY ("a" COLLATE nocase, "b" DESC)' <<'END'
CREATE TABLE t (a TEXT, b INTEGER, marked text, PRIMARY KEY (a COLLATE nocase, b DESC));
INSERT INTO t VALUES ('x', 3, 'none');
END
refuses "INSERT INTO t VALUES ('X', 3, 'none')"
rebuilt 'PRIMARY KEY ("a" COLLATE nocase desc, "b")' <<'END'
CREATE TABLE t (b INTEGER, a TEXT, marked text, PRIMARY KEY (a COLLATE nocase desc, b)) WITHOUT ROWID;
INSERT INTO t VALUES (3, 'x', 'none');
END
rebuilt '"id" INTEGER CONSTRAINT "x" PRIMARY KEY desc on conflict replace' <<'END'
CREATE TABLE t (id INTEGER CONSTRAINT x PRIMARY KEY desc on conflict replace, a TEXT, marked text);
INSERT INTO t (rowid, id, a, marked) VALUES (77, 3, 'x', 'none');
END
rebuilt '"id" INTEGER PRIMARY KEY' <<'END'
CREATE TABLE t (id INTEGER, a TEXT, marked text, PRIMARY KEY (id DESC));
INSERT INTO t VALUES (3, 'x', 'none');
END

# ---- what stores values in another way than the language's type keeps its words: numbers stay numbers ----
rebuilt '"a" DATETIME' <<'END'
CREATE TABLE t (id INTEGER PRIMARY KEY, a DATETIME, b DATE NOT NULL, c TIMESTAMP, d BOOLEAN, e JSON, f UUID, g TIME, h, i "odd type", marked text);
INSERT INTO t VALUES (1, 1700000000, 20260101, 1.5, 'x', 12, 123, 7, 8, 9, 'none');
END
equal "integer integer real text integer integer integer" \
  "$(sqlite3 "$work/t.db" "SELECT typeof(a) || ' ' || typeof(b) || ' ' || typeof(c) || ' ' || typeof(d) || ' ' || typeof(e) || ' ' || typeof(f) || ' ' || typeof(g) FROM t")" \
  "how the values are stored"

# ---- the key's column renamed, another one dropped, in the run that makes the table again ----
sqlite3 "$work/r.db" "CREATE TABLE t (id INTEGER PRIMARY KEY, gone text, email TEXT NOT NULL, marked text, a int,
  UNIQUE (email COLLATE NOCASE DESC, a), UNIQUE (gone COLLATE NOCASE, a)); INSERT INTO t VALUES (3, 'x', 'a@b', null, 1)"
mv "$work/r.db" "$work/t.db"
expect 0 "$work/renamed-migrate" up --url "sqlite:$work/t.db"
says "renamed  column t.email to mail"
has_text 'UNIQUE ("mail" COLLATE NOCASE DESC, "a")'
equal "3|a@b|none|1" "$(sqlite3 "$work/t.db" "SELECT * FROM t")" "the row"
equal 1 "$(sqlite3 "$work/t.db" "SELECT count(*) FROM pragma_index_list('t')")" "the number of indexes"

# ---- what SQLite takes and nobody expects: brackets around a key's column, COLLATE twice, a name without its constraint ----
rebuilt 'UNIQUE ("a" COLLATE nocase, "b" COLLATE rtrim DESC)' <<'END'
CREATE TABLE t (a TEXT COLLATE binary COLLATE rtrim, b, marked text, UNIQUE (((a) COLLATE binary) COLLATE nocase, (b COLLATE rtrim) DESC), CONSTRAINT alone);
INSERT INTO t VALUES ('x', 3, 'none');
END
refuses "INSERT INTO t VALUES ('X', 3, 'none')"
rebuilt 'DEFERRABLE INITIALLY DEFERRED' <<'END'
CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER REFERENCES t (id) DEFAULT -null, marked text, b TEXT DEFERRABLE INITIALLY DEFERRED DEFAULT .5);
END
equal "0.5" "$(sqlite3 "$work/t.db" "INSERT INTO t (id, marked) VALUES (1, 'none'); SELECT b FROM t")" "a number that is a text's default"

# ---- a virtual table has columns that nobody can alter: each step says so, and nothing is said to be done ----
new_project "$work/virtual" sqlite
migration 1_first <<'END'
migration "A table that is a virtual one there"
create table t {
  title  text
}
create table plain { id id }
END
migration 2_more <<'END'
migration "What SQLite can do to no virtual table"
add column t.body text
create index t_title on t (title)
add unique t_once on t (title)
alter column t.title not null
rename column t.title to head
create trigger tr on t { CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END }
add column plain.more text
END
migration 3_name <<'END'
migration "And what it can"
rename table t to u
END
build "$work/virtual-migrate"
rm -f "$work/t.db"
sqlite3 "$work/t.db" "CREATE VIRTUAL TABLE t USING fts5(title); INSERT INTO t VALUES ('one')"
expect 0 "$work/virtual-migrate" up --url "sqlite:$work/t.db"
says 'differs  table t: wanted a table, for "create index t_title on t", found a virtual table'
for step in "add column t.body" "add unique t_once on t" "alter column t.title" "rename column t.title to head" "create trigger tr on t"; do
  says "wanted a table, for \"$step\", found a virtual table"
done
silent_about "created  index"
silent_about "created  constraint"
silent_about "created  column t."
silent_about "altered  column t."
says "created  column plain.more"
says "renamed  table t to u"
equal "one" "$(sqlite3 "$work/t.db" "SELECT title FROM u WHERE u MATCH 'one'")" "the renamed virtual table"

# ---- a serial that a table with rows gets numbers them, in their order ----
new_project "$work/numbered"
migration 1_rows <<'END'
migration "Rows"
create table p { sku text primary key }
create table q { id id; x int }
END
migration 2_serial <<'END'
migration "Numbers"
add column p.no bigserial
add columns q { n serial
                m int default 3 }
END
build "$work/numbered-migrate"
app=$work/numbered-migrate
new_database numbered
for at in "sqlite:$work/numbered.db" "$url"; do
  ask() { case $at in sqlite:*) sqlite3 -separator '|' "$work/numbered.db" "$1" ;; *) query numbered "$1" ;; esac; }
  expect 0 "$app" up 1_rows --url "$at"
  ask "INSERT INTO p VALUES ('B'), ('A')"
  ask "INSERT INTO q VALUES (7, 70), (3, 30), (9, 90)"
  ask "DELETE FROM q WHERE id = 7"
  expect 0 "$app" up --verify strict --url "$at"
  equal "1 2" "$(ask "SELECT no FROM p ORDER BY no" | xargs)" "the numbers"
  equal "1 2" "$(ask "SELECT n FROM q ORDER BY id" | xargs)" "the numbers"
  equal "3 3" "$(ask "SELECT m FROM q" | xargs)" "the defaults"
  expect 0 "$app" down -1 --yes --url "$at"
  expect 0 "$app" verify current --url "$at"
  expect 0 "$app" up --verify strict --url "$at"
  equal "1 2" "$(ask "SELECT n FROM q ORDER BY id" | xargs)" "the numbers"
done

# ---- one run or one for each migration: the same text ----
new_project "$work/runs" sqlite
migration 1_made <<'END'
migration "A key without a name"
create table groups { id id; name text }
create table pairs { a int primary key; b int }
END
migration 2_renamed <<'END'
migration "Renamed"
rename table groups to teams
rename table pairs to couples
END
migration 3_rebuilt <<'END'
migration "Rebuilt"
alter column teams.name type varchar(20)
alter column couples.b type text
END
build "$work/runs-migrate"
app=$work/runs-migrate
expect 0 "$app" up --url "sqlite:$work/at_once.db"
for _ in 1 2 3; do expect 0 "$app" up +1 --url "sqlite:$work/singly.db"; done
dump_sqlite "$work/at_once.db" >at_once.dump
dump_sqlite "$work/singly.db" >singly.dump
same at_once.dump singly.dump
expect 0 "$app" down base --yes --url "sqlite:$work/at_once.db"
