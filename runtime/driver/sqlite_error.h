/*
 * sqlite_error.h: SQLite's result codes as names and statuses.
 */
#ifndef MIGEN_DRIVER_SQLITE_ERROR_H
#define MIGEN_DRIVER_SQLITE_ERROR_H

#include "error.h"

/* "SQLITE_BUSY_SNAPSHOT"; of an extended code that is not known, the name of its primary code. */
const char *sqlite_error_name(int extended_code);

/* STATUS_BUSY, STATUS_NOT_PERMITTED, STATUS_STOPPED or STATUS_FAILED. */
status sqlite_error_status(int extended_code);

#endif
