/*
 * utf8.h: reading UTF-8 (RFC 3629), and how wide a text stands on a terminal.
 */
#ifndef MIGEN_BASE_UTF8_H
#define MIGEN_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The length in bytes (1 to 4) of the character at bytes, 0 when it is no valid UTF-8 (overlong forms,
 * surrogates and values over U+10FFFF are not). *code is set when it is valid and code is not NULL. */
size_t utf8_character(const char *bytes, size_t length, uint32_t *code);

/* The number of characters in length bytes; an invalid byte counts as one. */
size_t utf8_count(const char *bytes, size_t length);

/* The offset of the first byte that is no valid UTF-8, or length when all is. */
size_t utf8_first_invalid(const char *bytes, size_t length);

#endif
