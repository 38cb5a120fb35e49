#include "source.h"

#include "utf8.h"
#include "vector.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SOURCE_LARGEST ((size_t)64 * 1024 * 1024)

static void find_lines(arena *a, source_file *f)
{
    size_t count = 1;
    for (const char *c = f->bytes; (c = memchr(c, '\n', f->length - (size_t)(c - f->bytes))) != NULL; c++)
        count++;
    f->line_starts = ARENA_NEW_ARRAY(a, size_t, count);
    f->line_count = 1;
    for (size_t i = 0; i < f->length; i++)
        if (f->bytes[i] == '\n')
            f->line_starts[f->line_count++] = i + 1;
}

source_file *source_from(arena *a, const char *path, const char *bytes, size_t length)
{
    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        bytes += 3;
        length -= 3;
    }
    source_file *f = ARENA_NEW(a, source_file);
    f->path = arena_string(a, path);
    f->bytes = arena_copy(a, length == 0 ? "" : bytes, length);
    f->length = length;
    find_lines(a, f);
    return f;
}

/* All bytes of an open file, from malloc; NULL with *problem. */
static char *read_all(arena *a, FILE *in, size_t *length, const char **problem)
{
    size_t capacity = 1 << 16;
    char *bytes = malloc(capacity);
    *length = 0;
    while (bytes != NULL) {
        *length += fread(bytes + *length, 1, capacity - *length, in);
        if (*length < capacity)
            break;
        if (capacity > SOURCE_LARGEST) {
            *problem = "it is over 64 MB";
            free(bytes);
            return NULL;
        }
        capacity *= 2;
        char *grown = realloc(bytes, capacity);
        if (grown == NULL)
            free(bytes);
        bytes = grown;
    }
    if (bytes == NULL) {
        *problem = "there is not enough memory for it";
    } else if (ferror(in)) {
        *problem = arena_format(a, "%s", strerror(errno));
        free(bytes);
        return NULL;
    } else if (*length > SOURCE_LARGEST) {
        *problem = "it is over 64 MB";
        free(bytes);
        return NULL;
    }
    return bytes;
}

source_file *source_read(arena *a, const char *path, const char *shown_path, const char **problem)
{
    struct stat about;
    FILE *in = NULL;
    *problem = NULL;
    if (stat(path, &about) == 0 && !S_ISREG(about.st_mode)) {
        *problem = S_ISDIR(about.st_mode) ? "it is a folder" : "it is not a regular file";
        return NULL;
    }
    in = fopen(path, "rb");
    if (in == NULL) {
        *problem = arena_format(a, "%s", strerror(errno));
        return NULL;
    }
    size_t length = 0;
    char *bytes = read_all(a, in, &length, problem);
    fclose(in);
    if (bytes == NULL)
        return NULL;
    source_file *f = source_from(a, shown_path, bytes, length);
    free(bytes);
    return f;
}

/* The index of the line that holds offset. */
static size_t line_index(const source_file *f, size_t offset)
{
    size_t low = 0, high = f->line_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (f->line_starts[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

void source_place(const source_file *f, size_t offset, size_t *line, size_t *column)
{
    if (offset > f->length)
        offset = f->length;
    size_t index = line_index(f, offset);
    size_t start = f->line_starts[index];
    *line = index + 1;
    *column = utf8_count(f->bytes + start, offset - start) + 1;
}

view source_line(const source_file *f, size_t line)
{
    if (line == 0 || line > f->line_count)
        return view_of("");
    size_t start = f->line_starts[line - 1];
    size_t end = line < f->line_count ? f->line_starts[line] - 1 : f->length;
    if (end > start && f->bytes[end - 1] == '\r')
        end--;
    return (view){f->bytes + start, end - start};
}

size_t source_line_of(span s)
{
    return s.file == NULL ? 0 : line_index(s.file, s.start) + 1;
}
