/*
 * postgres_query.c: the snapshot's statement, put together from its sections.
 */
#include "postgres_catalog.h"

#include "sql_writer.h"
#include "text.h"

#include <inttypes.h>

/* Every section gives: section, position (both only for the order), kind, schema, relation, name, and eleven
 * texts. */

/* The schemas that are looked at, the relations in them that are neither an extension's nor ours; and, as outside, the views of
 * other schemas that stand on these, or on each other. $1: schemas, $2: prefix, $3: the lock timeout, where the session has a
 * longer one or none: the functions that print a definition wait for the relation's lock. */
static const char postgres_query_scope[] =
    "WITH RECURSIVE patience AS MATERIALIZED ("
    " SELECT set_config('lock_timeout', CASE WHEN s.setting::bigint BETWEEN 1::bigint AND $3::text::bigint"
    " THEN s.setting ELSE coalesce($3::text, s.setting) END, true) AS given"
    " FROM pg_catalog.pg_settings s WHERE s.name = 'lock_timeout'),"
    " space AS MATERIALIZED ("
    " SELECT n.oid, n.nspname, CASE WHEN n.nspname = current_schema() THEN NULL ELSE n.nspname::text END AS "
    "said"
    " FROM patience CROSS JOIN pg_catalog.pg_namespace n WHERE patience.given IS NOT NULL"
    " AND (n.nspname = current_schema() OR n.nspname::text = ANY ($1::text[]))),"
    " inside AS MATERIALIZED ("
    " SELECT c.oid, s.said, c.relname::text AS name, c.relkind::text AS kind"
    " FROM pg_catalog.pg_class c JOIN space s ON s.oid = c.relnamespace"
    " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND c.relpersistence <> 't'"
    " AND NOT starts_with(c.relname::text, '_migen_') AND NOT coalesce(starts_with(c.relname::text, "
    "$2::text), false)"
    " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend x WHERE x.classid = "
    "'pg_catalog.pg_class'::regclass::oid"
    " AND x.objid = c.oid AND x.deptype = 'e')),"
    " other_view AS MATERIALIZED ("
    " SELECT c.oid, n.nspname::text AS said, c.relname::text AS name, c.relkind::text AS kind, x.refobjid AS "
    "below"
    " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " JOIN pg_catalog.pg_rewrite u ON u.ev_class = c.oid"
    " JOIN pg_catalog.pg_depend x ON x.classid = 'pg_catalog.pg_rewrite'::regclass::oid AND x.objid = u.oid"
    " AND x.refclassid = 'pg_catalog.pg_class'::regclass::oid AND x.refobjid <> c.oid"
    " WHERE c.relkind IN ('v', 'm') AND c.relpersistence <> 't'"
    " AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
    " AND NOT EXISTS (SELECT FROM space s WHERE s.oid = n.oid)"
    " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend x WHERE x.classid = "
    "'pg_catalog.pg_class'::regclass::oid"
    " AND x.objid = c.oid AND x.deptype = 'e')),"
    " dependent(oid) AS ("
    " SELECT v.oid FROM other_view v JOIN inside r ON r.oid = v.below"
    " UNION SELECT v.oid FROM other_view v JOIN dependent d ON d.oid = v.below),"
    " relation AS MATERIALIZED ("
    " SELECT r.*, NULL::text AS outside FROM inside r"
    " UNION ALL SELECT DISTINCT v.oid, v.said, v.name, v.kind, 'true'"
    " FROM other_view v JOIN dependent d ON d.oid = v.oid)";

/* Our own temporary tables and views instead. */
static const char postgres_query_questions[] =
    "WITH relation AS MATERIALIZED ("
    " SELECT c.oid, NULL::text AS said, c.relname::text AS name, c.relkind::text AS kind, NULL::text AS "
    "outside"
    " FROM pg_catalog.pg_class c WHERE c.relnamespace = pg_my_temp_schema() AND c.relkind IN ('r', 'v')"
    " AND starts_with(c.relname::text, '" POSTGRES_QUESTION_PREFIX "'))";

static const char postgres_query_names[] =
    "SELECT 1 AS section, 0 AS position, 'schema' AS kind, NULL::text AS said, NULL::text AS relation,"
    " n.nspname::text AS name, NULL::text AS f1, NULL::text AS f2, NULL::text AS f3, NULL::text AS f4, "
    "NULL::text AS f5,"
    " NULL::text AS f6, NULL::text AS f7, NULL::text AS f8, NULL::text AS f9, NULL::text AS f10, NULL::text "
    "AS f11"
    " FROM pg_catalog.pg_namespace n WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
    " AND (n.nspname IS DISTINCT FROM current_schema() OR n.nspname::text = ANY ($1::text[]))"
    " UNION ALL "
    "SELECT 2, 0, 'extension', NULL, NULL, e.extname::text, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "
    "NULL, NULL,"
    " NULL FROM pg_catalog.pg_extension e WHERE e.extname <> 'plpgsql'";

/* f1: a label */
static const char postgres_query_enums[] =
    "SELECT 3, row_number() OVER (ORDER BY l.enumsortorder)::int, 'enum', s.said, t.typname::text, "
    "t.typname::text,"
    " l.enumlabel::text, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL"
    " FROM pg_catalog.pg_type t JOIN space s ON s.oid = t.typnamespace"
    " LEFT JOIN pg_catalog.pg_enum l ON l.enumtypid = t.oid"
    " WHERE t.typtype = 'e' AND NOT starts_with(t.typname::text, '_migen_')"
    " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend x WHERE x.classid = "
    "'pg_catalog.pg_type'::regclass::oid"
    " AND x.objid = t.oid AND x.deptype = 'e')";

/* f1: start, f2: increment */
static const char postgres_query_sequences[] =
    "SELECT 4, 0, 'sequence', r.said, NULL, r.name, q.seqstart::text, q.seqincrement::text, NULL, NULL, "
    "NULL, NULL,"
    " NULL, NULL, NULL, NULL, NULL"
    " FROM relation r JOIN pg_catalog.pg_sequence q ON q.seqrelid = r.oid WHERE r.kind = 'S'"
    " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend x WHERE x.classid = "
    "'pg_catalog.pg_class'::regclass::oid"
    " AND x.objid = r.oid AND x.deptype IN ('a', 'i') AND x.refclassid = "
    "'pg_catalog.pg_class'::regclass::oid)";

/* f1: comment, f2: partitioned */
static const char postgres_query_tables[] =
    "SELECT 5 AS section, 0 AS position, 'table' AS kind, r.said, r.name AS relation, r.name, m.description "
    "AS f1,"
    " (r.kind = 'p')::text AS f2, NULL::text AS f3, NULL::text AS f4, NULL::text AS f5, NULL::text AS f6, "
    "NULL::text "
    "AS f7,"
    " NULL::text AS f8, NULL::text AS f9, NULL::text AS f10, NULL::text AS f11"
    " FROM relation r LEFT JOIN pg_catalog.pg_description m ON m.objoid = r.oid"
    " AND m.classoid = 'pg_catalog.pg_class'::regclass::oid AND m.objsubid = 0 WHERE r.kind IN ('r', 'p')";

/* f1: type, f2: not null, f3: default, f4: identity, f5: generated, f6: collation, f7: comment, f8: enum, f9:
 * its schema, f10: array, f11: owns a sequence */
static const char postgres_query_columns[] =
    "SELECT 6, a.attnum::int, 'column', r.said, r.name, a.attname::text, format_type(a.atttypid, "
    "a.atttypmod),"
    " a.attnotnull::text, pg_get_expr(d.adbin, d.adrelid), a.attidentity::text, a.attgenerated::text,"
    " CASE WHEN a.attcollation <> t.typcollation THEN"
    " (SELECT k.collname::text FROM pg_catalog.pg_collation k WHERE k.oid = a.attcollation) END,"
    " m.description, CASE WHEN b.typtype = 'e' THEN b.typname::text END,"
    " CASE WHEN b.typtype = 'e' THEN (SELECT CASE WHEN n.nspname = current_schema() THEN NULL ELSE "
    "n.nspname::text END"
    " FROM pg_catalog.pg_namespace n WHERE n.oid = b.typnamespace) END,"
    " (t.typcategory = 'A')::text,"
    " CASE WHEN d.adbin IS NOT NULL AND t.oid IN ('20', '21', '23') THEN"
    " EXISTS (SELECT FROM pg_catalog.pg_depend x JOIN pg_catalog.pg_class q ON q.oid = x.objid AND q.relkind "
    "= 'S'"
    " WHERE x.classid = 'pg_catalog.pg_class'::regclass::oid AND x.refclassid = "
    "'pg_catalog.pg_class'::regclass::oid"
    " AND x.refobjid = a.attrelid AND x.refobjsubid = a.attnum AND x.deptype = 'a')::text END"
    " FROM relation r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT "
    "a.attisdropped"
    " JOIN pg_catalog.pg_type t ON t.oid = a.atttypid"
    " LEFT JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN t.typcategory = 'A' THEN t.typelem ELSE t.oid END"
    " LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
    " LEFT JOIN pg_catalog.pg_description m ON m.objoid = r.oid AND m.classoid = "
    "'pg_catalog.pg_class'::regclass::oid"
    " AND m.objsubid = a.attnum WHERE r.kind IN ('r', 'p')";

/* f1: kind, f2: columns, f3: target's schema, f4: target, f5: its columns, f6: on update, f7: on delete, f8:
 * valid, f9: definition */
static const char postgres_query_constraints[] =
    "SELECT 7, 0, 'constraint', r.said, r.name, c.conname::text, c.contype::text,"
    " (SELECT pg_catalog.array_agg(y.attname::text ORDER BY u.n) FROM pg_catalog.unnest(c.conkey) WITH "
    "ORDINALITY u(number, n)"
    " JOIN pg_catalog.pg_attribute y ON y.attrelid = c.conrelid AND y.attnum = u.number)::text,"
    " CASE WHEN n.nspname = current_schema() THEN NULL ELSE n.nspname::text END, f.relname::text,"
    " (SELECT pg_catalog.array_agg(y.attname::text ORDER BY u.n) FROM pg_catalog.unnest(c.confkey) WITH "
    "ORDINALITY u(number, n)"
    " JOIN pg_catalog.pg_attribute y ON y.attrelid = c.confrelid AND y.attnum = u.number)::text,"
    " c.confupdtype::text, c.confdeltype::text, c.convalidated::text, pg_get_constraintdef(c.oid), NULL, NULL"
    " FROM relation r JOIN pg_catalog.pg_constraint c ON c.conrelid = r.oid"
    " LEFT JOIN pg_catalog.pg_class f ON f.oid = c.confrelid AND c.contype = 'f'"
    " LEFT JOIN pg_catalog.pg_namespace n ON n.oid = f.relnamespace"
    " WHERE c.contype IN ('p', 'u', 'c', 'f', 'x') AND r.kind IN ('r', 'p')"
    " AND (NOT starts_with(c.conname::text, '_migen_') OR (c.conislocal AND c.conname::text ~ "
    "'^_migen_[0-9a-f]{8}_nn$'))"
    /* a key to a partitioned table is one to each partition, too: the server's own */
    " AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.oid = c.conparentid AND k.conrelid = "
    "c.conrelid)";

/* f1: method, f2: unique, f3: usable, f4: predicate, f5: number of keys, f6: columns, f7: expressions, f8:
 * options, f9: collation, operator class and order of nulls where they are not the usual ones, f10: nulls not
 * distinct, f11: of a materialized view's: definition, and behind \1 whether the view is clustered on it (C or -) and the comment */
static const char postgres_query_indexes[] =
    "SELECT 8, 0, 'index', r.said, r.name, o.relname::text, m.amname::text, i.indisunique::text,"
    " (i.indisvalid AND i.indisready AND i.indislive)::text, pg_get_expr(i.indpred, i.indrelid), "
    "i.indnkeyatts::text,"
    " k.columns::text, k.expressions::text, k.options::text, k.extras::text,"
    " CASE WHEN i.indisunique THEN (pg_get_indexdef(i.indexrelid) LIKE '%) NULLS NOT DISTINCT%')::text END,"
    " CASE r.kind WHEN 'm' THEN pg_get_indexdef(i.indexrelid) || chr(1)"
    " || CASE WHEN i.indisclustered THEN 'C' ELSE '-' END || coalesce((SELECT m.description"
    " FROM pg_catalog.pg_description m WHERE m.objoid = o.oid AND m.objsubid = '0'"
    " AND m.classoid = 'pg_catalog.pg_class'::regclass::oid), '') END"
    " FROM relation r JOIN pg_catalog.pg_index i ON i.indrelid = r.oid"
    " JOIN pg_catalog.pg_class o ON o.oid = i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = o.relam"
    " CROSS JOIN LATERAL (SELECT pg_catalog.array_agg(c.attname::text ORDER BY n) AS columns,"
    " pg_catalog.array_agg(CASE WHEN i.indkey[n] = 0 THEN pg_get_indexdef(i.indexrelid, n + 1, true) END "
    "ORDER BY n) AS "
    "expressions,"
    " pg_catalog.array_agg(i.indoption[n]::int ORDER BY n) AS options,"
    " pg_catalog.array_agg(nullif(pg_catalog.concat_ws(' ',"
    " CASE WHEN w.attcollation <> coalesce(c.attcollation, t.typcollation) THEN"
    " (SELECT 'COLLATE ' || pg_catalog.quote_ident(l.collname) FROM pg_catalog.pg_collation l WHERE l.oid = "
    "w.attcollation) END,"
    " CASE WHEN NOT p.opcdefault THEN p.opcname::text END,"
    " CASE i.indoption[n] & 3 WHEN 1 THEN 'NULLS LAST' WHEN 2 THEN 'NULLS FIRST' END), '') ORDER BY n) AS "
    "extras"
    " FROM generate_series(0, i.indnatts - 1) n"
    " JOIN pg_catalog.pg_attribute w ON w.attrelid = i.indexrelid AND w.attnum = n + 1"
    " JOIN pg_catalog.pg_type t ON t.oid = w.atttypid"
    " LEFT JOIN pg_catalog.pg_attribute c ON c.attrelid = i.indrelid AND c.attnum = i.indkey[n] AND "
    "i.indkey[n] <> 0"
    " LEFT JOIN pg_catalog.pg_opclass p ON p.oid = i.indclass[n]) k"
    " WHERE r.kind IN ('r', 'p', 'm') AND NOT starts_with(o.relname::text, '_migen_')"
    " AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint x WHERE x.conindid = i.indexrelid"
    " AND x.conrelid = i.indrelid AND x.contype IN ('p', 'u', 'x'))";

/* f1: v or m, f2: definition, f3: what else belongs to it (schema_view.belongings): options, columns' defaults and
 * statistics, rules, comments, rights (first without those that default privileges give to a new one), owner; f4: whether it is outside */
static const char postgres_query_views[] =
    "SELECT 9, 0, 'view', r.said, r.name, r.name, r.kind, pg_get_viewdef(r.oid), b.statements, r.outside, "
    "NULL,"
    " NULL, NULL, NULL, NULL, NULL, NULL"
    " FROM relation r JOIN pg_catalog.pg_class c ON c.oid = r.oid"
    " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " CROSS JOIN LATERAL (SELECT CASE r.kind WHEN 'm' THEN 'MATERIALIZED VIEW ' ELSE 'VIEW ' END AS kind,"
    " pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) AS name) v"
    " CROSS JOIN LATERAL (SELECT string_agg(x.statement, chr(1) ORDER BY x.number, x.statement) AS statements"
    " FROM (SELECT 1 AS number, '-ALTER ' || v.kind || v.name || ' SET (' || "
    "pg_catalog.array_to_string(c.reloptions, "
    "', ')"
    " || ')' AS statement WHERE c.reloptions IS NOT NULL"
    " UNION ALL SELECT 2, '*ALTER ' || v.kind || v.name || ' ALTER COLUMN ' || "
    "pg_catalog.quote_ident(a.attname)"
    " || ' SET DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef d"
    " JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE d.adrelid = r.oid"
    " UNION ALL SELECT 3, '*ALTER ' || v.kind || v.name || ' ALTER COLUMN ' || "
    "pg_catalog.quote_ident(a.attname)"
    " || ' SET STATISTICS ' || a.attstattarget::text FROM pg_catalog.pg_attribute a WHERE a.attrelid = r.oid"
    " AND r.kind = 'm' AND a.attnum > 0 AND a.attstattarget >= '0'"
    " UNION ALL SELECT 4, '*' || rtrim(pg_get_ruledef(u.oid), ';') FROM pg_catalog.pg_rewrite u"
    " WHERE u.ev_class = r.oid AND u.rulename <> '_RETURN'"
    " UNION ALL SELECT 5, '?COMMENT ON RULE ' || pg_catalog.quote_ident(u.rulename) || ' ON ' || v.name"
    " || ' IS ' || quote_literal(m.description) FROM pg_catalog.pg_rewrite u"
    " JOIN pg_catalog.pg_description m ON m.objoid = u.oid"
    " AND m.classoid = 'pg_catalog.pg_rewrite'::regclass::oid WHERE u.ev_class = r.oid AND u.rulename <> "
    "'_RETURN'"
    " UNION ALL SELECT 5, CASE WHEN m.objsubid = 0 THEN '-COMMENT ON ' || v.kind || v.name"
    " ELSE '*COMMENT ON COLUMN ' || v.name || '.' || pg_catalog.quote_ident(a.attname) END"
    " || ' IS ' || quote_literal(m.description) FROM pg_catalog.pg_description m"
    " LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum = m.objsubid"
    " WHERE m.objoid = r.oid AND m.classoid = 'pg_catalog.pg_class'::regclass::oid"
    " UNION ALL SELECT DISTINCT 6, '-REVOKE ALL ON ' || v.name || ' FROM ' || w.name"
    " FROM pg_catalog.pg_default_acl e, aclexplode(e.defaclacl) g, LATERAL (SELECT CASE g.grantee WHEN '0'"
    " THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_get_userbyid(g.grantee)) END AS name) w"
    " WHERE e.defaclobjtype = 'r' AND e.defaclrole = to_regrole(pg_catalog.quote_ident(current_user))"
    " AND e.defaclnamespace IN ('0', c.relnamespace) AND g.grantee <> e.defaclrole"
    " UNION ALL SELECT 7, CASE WHEN g.of IS NULL THEN '-GRANT ' ELSE '*GRANT ' END || g.privilege_type"
    " || coalesce(' (' || pg_catalog.quote_ident(g.of) || ')', '') || ' ON ' || v.name || ' TO ' || CASE "
    "g.grantee"
    " WHEN '0' THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_get_userbyid(g.grantee)) END || CASE WHEN "
    "g.is_grantable"
    " THEN ' WITH GRANT OPTION' ELSE '' END FROM (SELECT NULL AS of, f.* FROM aclexplode(c.relacl) f"
    " WHERE f.grantee <> c.relowner UNION ALL SELECT a.attname, f.* FROM pg_catalog.pg_attribute a,"
    " aclexplode(a.attacl) f WHERE a.attrelid = r.oid) g"
    " UNION ALL SELECT 8, '-ALTER ' || v.kind || v.name || ' OWNER TO '"
    " || pg_catalog.quote_ident(pg_get_userbyid(c.relowner)) WHERE pg_get_userbyid(c.relowner) <> "
    "current_user) x) b"
    " WHERE r.kind IN ('v', 'm')";

/* f1: argument types, f2: definition */
static const char postgres_query_functions[] =
    "SELECT 10, 0, 'function', s.said, p.proname::text, p.proname::text, '(' || "
    "oidvectortypes(p.proargtypes) || ')',"
    " pg_get_functiondef(p.oid), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL"
    " FROM pg_catalog.pg_proc p JOIN space s ON s.oid = p.pronamespace WHERE p.prokind IN ('f', 'p')"
    " AND NOT starts_with(p.proname::text, '_migen_') AND NOT coalesce(starts_with(p.proname::text, "
    "$2::text), false)"
    " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend x WHERE x.classid = "
    "'pg_catalog.pg_proc'::regclass::oid"
    " AND x.objid = p.oid AND x.deptype = 'e')";

/* f1: definition, f2: when it fires, where that is not as of a new one; f3: comment */
static const char postgres_query_triggers[] =
    "SELECT 11, 0, 'trigger', r.said, r.name, g.tgname::text, pg_get_triggerdef(g.oid),"
    " nullif(g.tgenabled::text, 'O'), m.description, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL"
    " FROM relation r JOIN pg_catalog.pg_trigger g ON g.tgrelid = r.oid"
    " LEFT JOIN pg_catalog.pg_description m ON m.objoid = g.oid"
    " AND m.classoid = 'pg_catalog.pg_trigger'::regclass::oid"
    " WHERE r.kind IN ('r', 'p', 'v') AND NOT g.tgisinternal AND g.tgparentid = '0'"
    " AND NOT starts_with(g.tgname::text, '_migen_')";

/* What the model has nowhere else: f1: words, f2: a relation, f3: a type, f4: its table's schema, f5: table, f6: column */
static const char postgres_query_strangers[] =
    "SELECT 12, 0, 'stranger', s.said, NULL, c.relname::text, CASE c.relkind WHEN 'c' THEN 'a composite type'"
    " WHEN 'f' THEN 'a foreign table' WHEN 'S' THEN 'a sequence' WHEN 'v' THEN 'a view'"
    " WHEN 'm' THEN 'a materialized view' ELSE 'a table' END, 'true', (c.relkind <> 'S')::text,"
    " o.said, o.name, a.attname::text, NULL, NULL, NULL, NULL, NULL"
    " FROM space s JOIN pg_catalog.pg_class c ON c.relnamespace = s.oid AND c.relkind IN ('r', 'p', 'v', "
    "'m', 'S', 'c', 'f')"
    " LEFT JOIN pg_catalog.pg_depend x ON c.relkind = 'S' AND x.classid = "
    "'pg_catalog.pg_class'::regclass::oid"
    " AND x.objid = c.oid AND x.deptype IN ('a', 'i') AND x.refclassid = 'pg_catalog.pg_class'::regclass::oid"
    " LEFT JOIN relation o ON o.oid = x.refobjid"
    " LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = x.refobjid AND a.attnum = x.refobjsubid"
    " WHERE NOT starts_with(c.relname::text, '_migen_') AND NOT coalesce(starts_with(c.relname::text, "
    "$2::text), false)"
    " AND (o.oid IS NOT NULL OR NOT EXISTS (SELECT FROM relation r WHERE r.oid = c.oid))"
    " UNION ALL "
    "SELECT 12, 0, 'stranger', s.said, NULL, t.typname::text, CASE t.typtype WHEN 'd' THEN 'a domain'"
    " WHEN 'e' THEN 'an enum of an extension' ELSE 'a type' END, 'false', 'true', NULL, NULL, NULL, NULL, "
    "NULL, NULL,"
    " NULL, NULL FROM space s JOIN pg_catalog.pg_type t ON t.typnamespace = s.oid"
    " WHERE (t.typtype IN ('d', 'r', 'm') OR (t.typtype = 'b' AND t.typcategory <> 'A')"
    " OR (t.typtype = 'e' AND EXISTS (SELECT FROM pg_catalog.pg_depend x WHERE x.classid = "
    "'pg_catalog.pg_type'::regclass::oid AND x.objid = t.oid AND x.deptype = 'e')))";

static const char postgres_query_head[] =
    "SELECT kind, said, relation, name, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11 FROM (";

static const char postgres_query_order[] = ") AS snapshot ORDER BY section, said COLLATE \"C\" NULLS FIRST, "
                                           "relation COLLATE \"C\", position, name COLLATE \"C\", "
                                           "f1 COLLATE \"C\"";

static char *postgres_query_join(arena *a, const char *head, const char *const *sections, size_t count)
{
    sql_writer w = sql_new(a);
    sql_words(&w, head);
    sql_words(&w, postgres_query_head);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            sql_words(&w, "UNION ALL");
        sql_words(&w, sections[i]);
    }
    sql_words(&w, postgres_query_order);
    return sql_text(&w);
}

/* A list as the text of a text[]: {"a","b"} */
static char *postgres_query_array(arena *a, const char *const *list)
{
    builder b = builder_new(a);
    builder_add(&b, "{");
    for (size_t i = 0; list != NULL && list[i] != NULL; i++) {
        builder_add(&b, i > 0 ? ",\"" : "\"");
        for (const char *at = list[i]; *at != '\0'; at++) {
            if (*at == '"' || *at == '\\')
                builder_add_character(&b, '\\');
            builder_add_character(&b, *at);
        }
        builder_add(&b, "\"");
    }
    builder_add(&b, "}");
    return b.bytes;
}

driver_statement postgres_catalog_statement(const catalog_scope *scope, arena *a)
{
    const char *const sections[] = {
        postgres_query_names,     postgres_query_enums,       postgres_query_sequences, postgres_query_tables,
        postgres_query_columns,   postgres_query_constraints, postgres_query_indexes,   postgres_query_views,
        postgres_query_functions, postgres_query_triggers,    postgres_query_strangers,
    };
    const char **parameters = ARENA_NEW_ARRAY(a, const char *, 3);
    parameters[0] = postgres_query_array(a, scope->schemas);
    parameters[1] = text_is_empty(scope->history_prefix) ? NULL : scope->history_prefix;
    parameters[2] = scope->lock_timeout == 0 ? NULL : arena_format(a, "%" PRId64, scope->lock_timeout);
    return (driver_statement){
        .sql = postgres_query_join(a, postgres_query_scope, sections, sizeof sections / sizeof *sections),
        .parameters = parameters,
        .parameter_count = 3,
        .shown = "(the catalogue is read)"};
}

driver_statement postgres_question_statement(arena *a)
{
    const char *const sections[] = {postgres_query_tables,      postgres_query_columns,
                                    postgres_query_constraints, postgres_query_indexes,
                                    postgres_query_views,       postgres_query_triggers};
    return (driver_statement){.sql = postgres_query_join(a, postgres_query_questions, sections,
                                                         sizeof sections / sizeof *sections)};
}
