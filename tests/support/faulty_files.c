/*
 * faulty_files: a file system for SQLite that fails when it is told to; linked into a test's release binary, where it becomes
 * the default one before main.
 *
 * Usage   FAULTY_FILES="WHAT N" or "WHAT N on": the N-th call of its kind fails, with "on" all calls from there on.
 *           full        a write finds the disk full                (SQLITE_FULL)
 *           write       a write fails                              (SQLITE_IOERR_WRITE)
 *           short       half of what is written arrives, then so   (SQLITE_IOERR_WRITE)
 *           torn        half of it arrives, then the process is killed
 *           sync, truncate, delete, read, lock, open, access       so (SQLITE_IOERR_…, SQLITE_CANTOPEN)
 *           busy        a lock is held by another                  (SQLITE_BUSY)
 *           readonly    a write is not permitted                   (SQLITE_READONLY)
 *         FAULTY_FILES_COUNT=FILE: there the number of calls of that kind is written.
 * Says    "faulty_files: WHAT" to stderr at the first failure.
 */
#include <sqlite3.h>

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct faulty_file {
    sqlite3_file base;
    sqlite3_file *real; /* behind this struct */
} faulty_file;

static struct {
    char what[16];
    long at, passed;
    bool on;
    sqlite3_vfs *real;
    sqlite3_vfs vfs;
} faulty;

static bool faulty_is(const char *what)
{
    return strcmp(faulty.what, what) == 0;
}

/* Whether this call, of the kind `what`, is to fail. */
static bool faulty_now(const char *what)
{
    if (!faulty_is(what))
        return false;
    faulty.passed++;
    if (faulty.at == 0 || (faulty.on ? faulty.passed < faulty.at : faulty.passed != faulty.at))
        return false;
    if (faulty.passed == faulty.at)
        fprintf(stderr, "faulty_files: %s\n", what);
    return true;
}

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((faulty_file *)file)->real;
}

static int faulty_close(sqlite3_file *file)
{
    return real_of(file)->pMethods == NULL ? SQLITE_OK : real_of(file)->pMethods->xClose(real_of(file));
}

static int faulty_read(sqlite3_file *file, void *to, int length, sqlite3_int64 at)
{
    if (faulty_now("read"))
        return SQLITE_IOERR_READ;
    return real_of(file)->pMethods->xRead(real_of(file), to, length, at);
}

static int faulty_write(sqlite3_file *file, const void *from, int length, sqlite3_int64 at)
{
    sqlite3_file *real = real_of(file);
    if (faulty_now("full"))
        return SQLITE_FULL;
    if (faulty_now("write"))
        return SQLITE_IOERR_WRITE;
    if (faulty_now("readonly"))
        return SQLITE_READONLY;
    if (faulty_now("short") || faulty_now("torn")) {
        (void)real->pMethods->xWrite(real, from, length / 2, at);
        if (faulty_is("torn"))
            (void)raise(SIGKILL);
        return SQLITE_IOERR_WRITE;
    }
    return real->pMethods->xWrite(real, from, length, at);
}

static int faulty_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return faulty_now("truncate") ? SQLITE_IOERR_TRUNCATE
                                  : real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int faulty_sync(sqlite3_file *file, int flags)
{
    return faulty_now("sync") ? SQLITE_IOERR_FSYNC : real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int faulty_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int faulty_lock(sqlite3_file *file, int level)
{
    if (faulty_now("busy"))
        return SQLITE_BUSY;
    return faulty_now("lock") ? SQLITE_IOERR_LOCK : real_of(file)->pMethods->xLock(real_of(file), level);
}

static int faulty_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int faulty_is_reserved(sqlite3_file *file, int *answer)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), answer);
}

static int faulty_control(sqlite3_file *file, int operation, void *argument)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}

static int faulty_sector(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int faulty_device(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int faulty_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **to)
{
    return real_of(file)->pMethods->xShmMap(real_of(file), region, size, extend, to);
}

static int faulty_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    if ((flags & SQLITE_SHM_LOCK) != 0 && faulty_now("busy"))
        return SQLITE_BUSY;
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void faulty_shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int faulty_shm_unmap(sqlite3_file *file, int remove)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

static const sqlite3_io_methods faulty_methods = {.iVersion = 2,
                                                  .xClose = faulty_close,
                                                  .xRead = faulty_read,
                                                  .xWrite = faulty_write,
                                                  .xTruncate = faulty_truncate,
                                                  .xSync = faulty_sync,
                                                  .xFileSize = faulty_size,
                                                  .xLock = faulty_lock,
                                                  .xUnlock = faulty_unlock,
                                                  .xCheckReservedLock = faulty_is_reserved,
                                                  .xFileControl = faulty_control,
                                                  .xSectorSize = faulty_sector,
                                                  .xDeviceCharacteristics = faulty_device,
                                                  .xShmMap = faulty_shm_map,
                                                  .xShmLock = faulty_shm_lock,
                                                  .xShmBarrier = faulty_shm_barrier,
                                                  .xShmUnmap = faulty_shm_unmap};

static int faulty_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *flags_out)
{
    (void)vfs;
    faulty_file *f = (faulty_file *)file;
    f->real = (sqlite3_file *)(f + 1);
    f->real->pMethods = NULL;
    file->pMethods = NULL;
    if (faulty_now("open"))
        return SQLITE_CANTOPEN;
    int code = faulty.real->xOpen(faulty.real, name, f->real, flags, flags_out);
    if (code == SQLITE_OK)
        file->pMethods = &faulty_methods;
    return code;
}

static int faulty_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
    (void)vfs;
    return faulty_now("delete") ? SQLITE_IOERR_DELETE : faulty.real->xDelete(faulty.real, name, sync_folder);
}

static int faulty_access(sqlite3_vfs *vfs, const char *name, int flags, int *answer)
{
    (void)vfs;
    return faulty_now("access") ? SQLITE_IOERR_ACCESS
                                : faulty.real->xAccess(faulty.real, name, flags, answer);
}

static void faulty_say_count(void)
{
    const char *path = getenv("FAULTY_FILES_COUNT");
    FILE *file = path == NULL ? NULL : fopen(path, "w");
    if (file == NULL)
        return;
    fprintf(file, "%ld\n", faulty.passed);
    fclose(file);
}

__attribute__((constructor)) static void faulty_register(void)
{
    char on[4] = "";
    const char *plan = getenv("FAULTY_FILES");
    if (plan == NULL || sscanf(plan, "%15s %ld %3s", faulty.what, &faulty.at, on) < 2)
        return;
    faulty.on = strcmp(on, "on") == 0;
    faulty.real = sqlite3_vfs_find(NULL);
    faulty.vfs = *faulty.real;
    faulty.vfs.zName = "faulty";
    faulty.vfs.szOsFile = (int)sizeof(faulty_file) + faulty.real->szOsFile;
    faulty.vfs.xOpen = faulty_open;
    faulty.vfs.xDelete = faulty_delete;
    faulty.vfs.xAccess = faulty_access;
    if (sqlite3_vfs_register(&faulty.vfs, 1) != SQLITE_OK)
        abort();
    atexit(faulty_say_count);
}
