/*
 * binary.h: what a release binary is, read from its bytes.
 */
#ifndef MIGEN_BUILD_BINARY_H
#define MIGEN_BUILD_BINARY_H

#include "error.h"
#include "text.h"

/* NULL when the bytes are a static position-independent ELF program: no interpreter to be loaded by, no
 * library needed, and its stack not executable. Else what is wrong. */
const char *binary_problem(view bytes);

/* SHA-256 as 64 hexadecimal digits and a NUL. */
void binary_hash(view bytes, char hash[65]);

#endif
