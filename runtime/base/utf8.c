#include "utf8.h"

static size_t utf8_expected(unsigned char first, uint32_t *code)
{
    if (first < 0x80) {
        *code = first;
        return 1;
    }
    if (first >= 0xC2 && first <= 0xDF) {
        *code = first & 0x1Fu;
        return 2;
    }
    if ((first & 0xF0u) == 0xE0u) {
        *code = first & 0x0Fu;
        return 3;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        *code = first & 0x07u;
        return 4;
    }
    return 0;
}

size_t utf8_character(const char *bytes, size_t length, uint32_t *code)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (length == 0)
        return 0;
    uint32_t value = 0;
    size_t size = utf8_expected((unsigned char)bytes[0], &value);
    if (size == 0 || size > length)
        return 0;
    for (size_t i = 1; i < size; i++) {
        unsigned char next = (unsigned char)bytes[i];
        if ((next & 0xC0u) != 0x80u)
            return 0;
        value = value << 6 | (next & 0x3Fu);
    }
    if (size > 1 && (value < smallest[size] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)))
        return 0;
    if (code != NULL)
        *code = value;
    return size;
}

size_t utf8_count(const char *bytes, size_t length)
{
    size_t count = 0;
    for (size_t at = 0; at < length; count++) {
        size_t size = utf8_character(bytes + at, length - at, NULL);
        at += size == 0 ? 1 : size;
    }
    return count;
}

size_t utf8_first_invalid(const char *bytes, size_t length)
{
    size_t at = 0;
    while (at < length) {
        size_t size = utf8_character(bytes + at, length - at, NULL);
        if (size == 0)
            return at;
        at += size;
    }
    return length;
}
