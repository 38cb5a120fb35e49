/*
 * sqlite_catalog.h: SQLite's catalogue, by one query, into the model. Private to this floor.
 */
#ifndef MIGEN_CATALOG_SQLITE_CATALOG_H
#define MIGEN_CATALOG_SQLITE_CATALOG_H

#include "catalog.h"

driver_statement sqlite_catalog_statement(const catalog_scope *scope, arena *a);
status sqlite_catalog_load(const catalog_scope *scope, const driver_result *result, const schema *known,
                           arena *memory, schema **out, error *e) MUST_USE;

#endif
