/*
 * files.c: files that arrive whole or not at all.
 */
#include "tool.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

const char *file_path(arena *a, const char *folder, const char *name)
{
    return *name == '/' || text_equal(folder, ".") ? arena_string(a, name)
                                                   : arena_format(a, "%s/%s", folder, name);
}

bool file_exists(arena *a, const char *folder, const char *name)
{
    struct stat about;
    return lstat(file_path(a, folder, name), &about) == 0;
}

static const char *make_folders(arena *a, const char *path)
{
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        const char *folder = arena_copy(a, path, (size_t)(slash - path));
        if (mkdir(folder, 0777) != 0 && errno != EEXIST)
            return arena_format(a, "the folder %s cannot be made: %s", folder, strerror(errno));
    }
    return NULL;
}

/* Something that is no plain file (a pipe, /dev/stdout) is written as it is: it cannot be replaced by
 * another. */
static bool is_special(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && !S_ISREG(about.st_mode);
}

const char *file_write(arena *a, const char *path, const char *bytes, size_t length)
{
    const char *problem = make_folders(a, path);
    if (problem)
        return problem;
    const char *partial = is_special(path) ? path : arena_format(a, "%s.%ld.partial", path, (long)getpid());
    FILE *file = fopen(partial, "wb");
    if (!file)
        return arena_format(a, "%s cannot be written: %s", path, strerror(errno));
    bool written = fwrite(bytes, 1, length, file) == length;
    int reason = errno;
    if (fclose(file) != 0 && written) {
        written = false;
        reason = errno;
    }
    if (written && partial != path && rename(partial, path) != 0) {
        written = false;
        reason = errno;
    }
    if (written)
        return NULL;
    if (partial != path)
        unlink(partial);
    return arena_format(a, "%s cannot be written: %s", path, strerror(reason));
}
