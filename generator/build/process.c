/*
 * process.c: fork, exec, and reading what is said.
 */
#include "process.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Exit codes of a child that could not become the program: as a shell's. */
enum { CANNOT_BE_RUN = 126, NOT_FOUND = 127 };

static volatile pid_t process_running;

void process_signal(int number)
{
    pid_t child = process_running;
    if (child > 0)
        kill(child, number);
}

static void become(const char *folder, const char *const *arguments, const char *const *environment,
                   int output, int failed)
{
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing >= 0)
        dup2(nothing, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    setenv("LC_ALL", "C",
           1); /* messages are filtered by their words, and -Wl output is made the same everywhere */
    for (size_t i = 0; environment != NULL && environment[i] != NULL; i++)
        putenv((char *)(uintptr_t)environment[i]);
    if (folder == NULL || chdir(folder) == 0)
        execvp(arguments[0], (char *const *)(uintptr_t)arguments);
    char reason = (char)(errno == ENOENT ? NOT_FOUND : CANNOT_BE_RUN);
    if (write(failed, &reason, 1) != 1)
        _exit(CANNOT_BE_RUN);
    _exit((unsigned char)reason);
}

static char *read_all(arena *a, int from)
{
    builder b = builder_new(a);
    builder_add(&b, "");
    char piece[4096];
    for (;;) {
        ssize_t n = read(from, piece, sizeof piece);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return b.bytes;
        builder_add_bytes(&b, piece, (size_t)n);
    }
}

process_result process_run(arena *a, const char *folder, const char *const *arguments)
{
    return process_run_with(a, folder, arguments, NULL);
}

process_result process_run_with(arena *a, const char *folder, const char *const *arguments,
                                const char *const *environment)
{
    process_result result = {.output = ""};
    int output[2], failed[2]; /* `failed` closes silently when exec succeeds */
    if (pipe(output) != 0)
        return result;
    if (pipe(failed) != 0 || fcntl(failed[1], F_SETFD, FD_CLOEXEC) != 0) {
        close(output[0]);
        close(output[1]);
        return result;
    }
    pid_t child = fork();
    if (child == 0) {
        close(output[0]);
        close(failed[0]);
        become(folder, arguments, environment, output[1], failed[1]);
    }
    process_running = child;
    close(output[1]);
    close(failed[1]);
    if (child > 0) {
        result.output = read_all(a, output[0]);
        result.started = read_all(a, failed[0])[0] == '\0';
        int ending = 0;
        while (waitpid(child, &ending, 0) < 0 && errno == EINTR)
            ;
        process_running = 0;
        result.code = WIFEXITED(ending) ? WEXITSTATUS(ending) : 128 + WTERMSIG(ending);
    }
    close(output[0]);
    close(failed[0]);
    return result;
}
