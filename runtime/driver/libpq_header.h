/*
 * libpq_header.h: libpq's header, wherever the system keeps it.
 *
 * Idea       Debian has it as <postgresql/libpq-fe.h>, most others as <libpq-fe.h>: a release that is
 * compiled by hand
 *            (`cc release.c -lpq`) must find either without a -I.
 */
#ifndef MIGEN_LIBPQ_HEADER_H
#define MIGEN_LIBPQ_HEADER_H

#include "engines.h"

#if HAS_POSTGRES
#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#else
#include <postgresql/libpq-fe.h>
#endif
#endif

#endif
