/*
 * sqlite_catalog.h: SQLite's catalogue, by one query, into the model. Private to this floor.
 */
#ifndef MIGEN_CATALOG_SQLITE_CATALOG_H
#define MIGEN_CATALOG_SQLITE_CATALOG_H

#include "catalog.h"

void sqlite_catalog_statements(const catalog_scope *scope, arena *a,
                               driver_statement statements[CATALOG_STATEMENTS]);
status sqlite_catalog_load(const catalog_scope *scope, const driver_result results[CATALOG_STATEMENTS],
                           const schema *known, arena *memory, schema **out, error *e) MUST_USE;

#endif
