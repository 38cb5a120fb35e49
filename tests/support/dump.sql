-- dump.sql: a database's schema and data as text that can be compared, for a server that is newer than the pg_dump at hand.
-- Read by psql with -v data=0 (the schema alone) or 1, and -v skip='names to leave out'. What a server numbers or names by itself (oids, the NOT NULL constraints that
-- PostgreSQL 18 lists) is left out, as is what belongs to an extension.
\pset format unaligned
\pset tuples_only on
\pset null '(null)'
SET search_path = pg_catalog;
CREATE TEMPORARY VIEW kept AS
  SELECT c.oid, c.relkind, format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relname !~ :'skip' AND NOT EXISTS
    (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e');
SELECT 'schema', nspname, nspacl FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 2;
SELECT 'extension', extname FROM pg_extension ORDER BY 2;
SELECT 'enum', t.typnamespace::regnamespace, t.typname, array_agg(e.enumlabel ORDER BY e.enumsortorder)
  FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY 2, 3 ORDER BY 2::text, 3;
SELECT 'relation', k.name, k.relkind, c.relpersistence, c.reloptions, c.relrowsecurity, 'COMMENT', obj_description(k.oid, 'pg_class')
  FROM kept k JOIN pg_class c ON c.oid = k.oid WHERE k.relkind <> 'i' OR NOT EXISTS
    (SELECT FROM pg_index i WHERE i.indexrelid = k.oid AND (i.indrelid NOT IN (SELECT oid FROM kept))) ORDER BY 2;
SELECT 'column', k.name, a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END, a.attidentity,
  a.attgenerated, a.attcompression, a.attstorage, a.attcollation::regcollation, pg_get_expr(d.adbin, d.adrelid), col_description(k.oid, a.attnum)
  FROM kept k JOIN pg_attribute a ON a.attrelid = k.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE k.relkind IN ('r', 'p') ORDER BY k.name, a.attnum;
SELECT 'constraint', k.name, c.conname, pg_get_constraintdef(c.oid) FROM kept k JOIN pg_constraint c ON c.conrelid = k.oid
  WHERE c.contype <> 'n' ORDER BY 2, 3;
SELECT 'index', k.name, pg_get_indexdef(i.indexrelid), i.indisvalid FROM kept k JOIN pg_index i ON i.indrelid = k.oid ORDER BY 2, 3;
SELECT 'view', k.name, pg_get_viewdef(k.oid) FROM kept k WHERE k.relkind IN ('v', 'm') ORDER BY 2;
SELECT 'RULE', k.name, pg_get_ruledef(r.oid) FROM kept k JOIN pg_rewrite r ON r.ev_class = k.oid WHERE r.rulename <> '_RETURN' ORDER BY 2, 3;
SELECT 'GRANT', k.name, NULL, a.grantee::regrole, a.privilege_type, a.is_grantable FROM kept k JOIN pg_class c ON c.oid = k.oid, aclexplode(c.relacl) a
  WHERE a.grantee <> c.relowner UNION ALL SELECT 'GRANT', k.name, c.attname, a.grantee::regrole, a.privilege_type, a.is_grantable
  FROM kept k JOIN pg_attribute c ON c.attrelid = k.oid, aclexplode(c.attacl) a ORDER BY 2, 3, 4, 5;
SELECT 'COMMENT', k.name, c.attname, col_description(k.oid, c.attnum), 'DEFAULT', pg_get_expr(d.adbin, d.adrelid)
  FROM kept k JOIN pg_attribute c ON c.attrelid = k.oid LEFT JOIN pg_attrdef d ON d.adrelid = k.oid AND d.adnum = c.attnum
  WHERE k.relkind IN ('v', 'm') AND (d.oid IS NOT NULL OR col_description(k.oid, c.attnum) IS NOT NULL) ORDER BY 2, 3;
SELECT 'sequence', k.name, s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle
  FROM kept k JOIN pg_sequence s ON s.seqrelid = k.oid ORDER BY 2;
SELECT 'owned', k.name, d.refobjid::regclass, d.refobjsubid, d.deptype FROM kept k JOIN pg_depend d ON d.objid = k.oid
  WHERE k.relkind = 'S' AND d.deptype IN ('a', 'i') ORDER BY 2;
SELECT 'trigger', k.name, pg_get_triggerdef(t.oid) FROM kept k JOIN pg_trigger t ON t.tgrelid = k.oid WHERE NOT t.tgisinternal ORDER BY 2, 3;
SELECT 'function', pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.pronamespace::regnamespace::text !~ '^(pg_|information_schema)'
  AND p.prokind IN ('f', 'p') AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY 2;
\if :data
SELECT format('SELECT ''row'', %L, t::text COLLATE "C" AS line FROM %s t ORDER BY line', name, name)
  FROM kept WHERE relkind IN ('r', 'p', 'm') ORDER BY name
\gexec
\endif
