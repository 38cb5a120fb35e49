/* Why SQLite cannot open, read or write a file: itself it only says that it cannot. */
#include "sqlite_private.h"

#include "sqlite_error.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

char *sqlite_folder(arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return arena_string(a, ".");
    return slash == path ? arena_string(a, "/") : arena_copy(a, path, (size_t)(slash - path));
}

static bool refusal_disk_is_full(arena *a, const char *path)
{
    struct statvfs disk;
    return statvfs(sqlite_folder(a, path), &disk) == 0 && disk.f_blocks != 0 && disk.f_bavail == 0;
}

/* "is not writable" with the reason in the system's words; NULL: it is writable, as far as can be seen. */
static char *refusal_of_writing(arena *a, const char *path)
{
    const char *folder = sqlite_folder(a, path);
    const char *beside[] = {"", "-journal", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        const char *file = arena_format(a, "%s%s", path, beside[i]);
        if (access(file, W_OK) != 0 && errno == EROFS)
            return arena_format(a, "\"%s\" is on a file system that is mounted read-only", path);
        if (access(file, F_OK) == 0 && access(file, W_OK) != 0)
            return arena_format(a, "\"%s\" is not writable: %s", file, strerror(errno));
    }
    if (access(folder, W_OK | X_OK) != 0)
        return arena_format(a,
                            "the folder \"%s\" of \"%s\" is not writable, where SQLite keeps its journal: %s",
                            folder, path, strerror(errno));
    return NULL;
}

char *sqlite_trouble(arena *a, const char *path, int code)
{
    switch (code & 0xff) {
    case SQLITE_READONLY:
        return refusal_of_writing(a, path);
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        return refusal_disk_is_full(a, path) ? arena_format(a, "the disk with \"%s\" is full", path) : NULL;
    default:
        return NULL;
    }
}

status sqlite_open_failed(arena *a, const char *path, int code, const char *message, error *e)
{
    const char *folder = sqlite_folder(a, path);
    driver_failure failure = {.code = STATUS_NO_CONNECTION, .sqlstate = sqlite_error_name(code)};
    struct stat file;
    struct stat parent;
    bool there = stat(path, &file) == 0;
    int file_error = errno;
    const char *trouble = sqlite_trouble(a, path, code);
    if (there && S_ISDIR(file.st_mode)) {
        failure.code = STATUS_CONFIGURATION;
        failure.message = arena_format(a, "\"%s\" is a folder, not a SQLite database", path);
    } else if ((code & 0xff) == SQLITE_NOTADB) {
        failure.code = STATUS_CONFIGURATION;
        failure.message = arena_format(a, "\"%s\" is not a SQLite database", path);
        failure.hint = "it is another kind of file, or encrypted";
    } else if (!there && stat(folder, &parent) != 0 && errno == ENOENT) {
        failure.message =
            arena_format(a, "\"%s\" cannot be opened: the folder \"%s\" is not there", path, folder);
        failure.hint =
            "make the folder, or mount the volume; sqlite:PATH is relative to the working directory, "
            "sqlite:///PATH is absolute";
    } else if (there ? access(path, R_OK) != 0 : file_error == EACCES || access(folder, W_OK | X_OK) != 0) {
        failure.code = STATUS_NOT_PERMITTED;
        failure.message =
            there ? arena_format(a, "\"%s\" cannot be read: %s", path, strerror(errno))
                  : arena_format(a, "\"%s\" cannot be made: the folder \"%s\" is not writable", path, folder);
    } else if (trouble != NULL && (code & 0xff) != SQLITE_READONLY) {
        failure.code = STATUS_STOPPED;
        failure.message = trouble;
        failure.hint = SQLITE_HINT_FULL;
    } else if (!there) {
        failure.message = arena_format(a, "\"%s\" is not there", path);
        failure.hint = "look at its path; `up` makes a database that is not there yet";
    } else {
        status known = sqlite_error_status(code); /* busy: WAL's locks were lost to others for too long */
        failure.code = known == STATUS_NOT_PERMITTED || known == STATUS_BUSY ? known : STATUS_NO_CONNECTION;
        failure.message =
            trouble != NULL ? trouble : arena_format(a, "\"%s\" cannot be opened: %s", path, message);
    }
    return driver_fail(e, &failure, NULL, 0);
}
