/*
 * postgres_server.c: see postgres_server.h.
 */
#include "postgres_server.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char server_folder[96]; /* empty: not started */
static char server_programs[256];
static char server_address[512];
static pid_t server_process;
static pid_t server_owner; /* the process that started it: a fork of the test must not stop it */

static bool has_programs(const char *folder)
{
    char path[320];
    snprintf(path, sizeof path, "%s/initdb", folder);
    if (access(path, X_OK) != 0)
        return false;
    snprintf(path, sizeof path, "%s/postgres", folder);
    return access(path, X_OK) == 0;
}

static bool find_in_path(void)
{
    char *path = getenv("PATH") != NULL ? strdup(getenv("PATH")) : NULL;
    char *rest = NULL;
    for (char *at = path != NULL ? strtok_r(path, ":", &rest) : NULL; at != NULL && *server_programs == '\0';
         at = strtok_r(NULL, ":", &rest))
        if (strlen(at) < sizeof server_programs && has_programs(at))
            snprintf(server_programs, sizeof server_programs, "%s", at);
    free(path);
    return *server_programs != '\0';
}

/* The number in /usr/lib/postgresql/15/bin. */
static long version_of(const char *folder)
{
    return strtol(folder + strlen("/usr/lib/postgresql/"), NULL, 10);
}

static bool find_newest(void)
{
    glob_t found;
    long newest = -1;
    if (glob("/usr/lib/postgresql/*/bin", 0, NULL, &found) != 0)
        return false;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *folder = found.gl_pathv[i];
        if (version_of(folder) <= newest || !has_programs(folder))
            continue;
        newest = version_of(folder);
        snprintf(server_programs, sizeof server_programs, "%s", folder);
    }
    globfree(&found);
    return *server_programs != '\0';
}

bool postgres_server_find(const char *folder)
{
    if (folder == NULL)
        folder = getenv("TEST_POSTGRES_BIN");
    if (folder == NULL)
        return *server_programs != '\0' || find_in_path() || find_newest();
    char whole[PATH_MAX]; /* the server is started in another folder */
    if (realpath(folder, whole) == NULL || strlen(whole) >= sizeof server_programs || !has_programs(whole))
        return false;
    snprintf(server_programs, sizeof server_programs, "%s", whole);
    return true;
}

const char *postgres_server_programs(void)
{
    return server_programs;
}

/* The user that the server runs as: root may not. */
static const struct passwd *server_user(void)
{
    if (getuid() != 0)
        return NULL;
    const struct passwd *user = getpwnam("postgres");
    return user != NULL ? user : getpwnam("nobody");
}

static pid_t start_program(const char *program, char *const arguments[], const char *log)
{
    const struct passwd *user = server_user();
    pid_t child = fork();
    if (child != 0)
        return child;
    int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (out >= 0) {
        dup2(out, STDOUT_FILENO);
        dup2(out, STDERR_FILENO);
    }
    if (user != NULL && (setgroups(0, NULL) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0))
        _exit(126);
    if (setsid() < 0 || chdir("/tmp") != 0 || prctl(PR_SET_PDEATHSIG, SIGQUIT) != 0)
        _exit(126);
    unsetenv("PGDATA");
    unsetenv("PGOPTIONS");
    setenv("LC_ALL", "C", 1);
    execv(program, arguments);
    _exit(127);
}

static bool run_initdb(const char *data, const char *log)
{
    char program[320];
    int how = 0;
    snprintf(program, sizeof program, "%s/initdb", server_programs);
    char *const arguments[] = {program, "-D",   (char *)data,       "-U",        "postgres", "-A", "trust",
                               "-E",    "UTF8", "--locale=C.UTF-8", "--no-sync", NULL};
    pid_t child = start_program(program, arguments, log);
    return child > 0 && waitpid(child, &how, 0) == child && WIFEXITED(how) && WEXITSTATUS(how) == 0;
}

/* The server says "ready" in its pid file. */
static bool is_ready(const char *data)
{
    char path[160], line[256];
    bool ready = false;
    snprintf(path, sizeof path, "%s/postmaster.pid", data);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        ready = ready || strncmp(line, "ready", 5) == 0;
    if (file != NULL)
        fclose(file);
    return ready;
}

static bool run_server(const char *data, const char *log)
{
    char program[320];
    snprintf(program, sizeof program, "%s/postgres", server_programs);
    char *const arguments[] = {
        program,     "-D", (char *)data,         "-k", server_folder,         "-c", "listen_addresses=", "-c",
        "fsync=off", "-c", "max_connections=60", "-c", "shared_buffers=16MB", NULL};
    server_process = start_program(program, arguments, log);
    for (int i = 0; server_process > 0 && i < 600; i++) {
        int how = 0;
        if (is_ready(data))
            return true;
        if (waitpid(server_process, &how, WNOHANG) == server_process) {
            server_process = 0;
            return false;
        }
        nanosleep(&(struct timespec){.tv_nsec = 50 * 1000 * 1000}, NULL);
    }
    return false;
}

static void remove_folder(const char *folder)
{
    DIR *directory = opendir(folder);
    const struct dirent *entry;
    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        char path[1024];
        struct stat about;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (lstat(path, &about) == 0 && S_ISDIR(about.st_mode))
            remove_folder(path);
        else
            unlink(path);
    }
    if (directory != NULL)
        closedir(directory);
    rmdir(folder);
}

void postgres_server_stop(void)
{
    if (getpid() != server_owner)
        return;
    if (server_process > 0) {
        kill(server_process, SIGQUIT);
        while (waitpid(server_process, NULL, 0) < 0 && errno == EINTR)
            ;
        server_process = 0;
    }
    if (*server_folder != '\0')
        remove_folder(server_folder);
    *server_folder = '\0';
}

static void show_log(const char *log)
{
    char line[512];
    FILE *file = fopen(log, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        fputs(line, stderr);
    if (file != NULL)
        fclose(file);
}

const char *postgres_server_url(const char *database, const char *user)
{
    snprintf(server_address, sizeof server_address, "host='%s' user='%s' dbname='%s'", server_folder, user,
             database);
    return server_address;
}

/* A database is some hundred files, and copying one is most of what a test waits for: in memory, where there is plenty. */
static const char *folder_for_data(void)
{
    const char *wanted = getenv("TMPDIR");
    struct statvfs room;
    /* The path of a unix socket may have 107 characters, and the server takes blanks, commas and quotes for more than one. */
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._+-";
    if (wanted != NULL && *wanted == '/' && strlen(wanted) < 60 && strspn(wanted, plain) == strlen(wanted))
        return wanted;
    if (access("/dev/shm", W_OK | X_OK) == 0 && statvfs("/dev/shm", &room) == 0 &&
        room.f_bavail >= (2UL << 30) / room.f_frsize)
        return "/dev/shm";
    return "/tmp";
}

static bool (*server_is_stopped)(void);

void postgres_server_stopped_by(bool (*stopped)(void))
{
    server_is_stopped = stopped;
}

const char *postgres_server_start(void)
{
    char data[128], log[128];
    if (server_process > 0)
        return postgres_server_url("postgres", "postgres");
    if (!postgres_server_find(NULL)) {
        fputs("no server programs (initdb, postgres) on this machine\n", stderr);
        return NULL;
    }
    server_owner = getpid();
    snprintf(server_folder, sizeof server_folder, "%s/migen-postgres-XXXXXX", folder_for_data());
    if (mkdtemp(server_folder) == NULL) {
        perror(server_folder);
        *server_folder = '\0';
        return NULL;
    }
    atexit(postgres_server_stop);
    snprintf(data, sizeof data, "%s/data", server_folder);
    snprintf(log, sizeof log, "%s/log", server_folder);
    const struct passwd *user = server_user();
    if (user != NULL && chown(server_folder, user->pw_uid, user->pw_gid) != 0)
        return NULL;
    if (!run_initdb(data, log) || !run_server(data, log)) {
        if (server_is_stopped == NULL || !server_is_stopped()) {
            fputs("the temporary PostgreSQL server did not start:\n", stderr);
            show_log(log);
        }
        postgres_server_stop();
        return NULL;
    }
    return postgres_server_url("postgres", "postgres");
}
