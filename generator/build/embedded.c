/*
 * embedded.c: looking up what the program carries.
 */
#include "embedded.h"

#include <string.h>

const embedded_file *embedded_find(const char *name)
{
    size_t low = 0, high = embedded_file_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, embedded_files[middle].name);
        if (order == 0)
            return &embedded_files[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

view embedded_view(const embedded_file *f)
{
    return f == NULL ? (view){"", 0} : (view){f->bytes, (size_t)(f->end - f->bytes)};
}
