/*
 * build.c: emit, compile, link, prove.
 */
#include "build.h"
#include "binary.h"
#include "duration.h"
#include "process.h"
#include "toolchain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct build {
    arena *memory;
    toolchain tools;
    unsigned engines;
    bool with_faults;
    const char *folder; /* where it is done: a temporary one */
    build_report *report;
    error *e;
} build;

/* Files that a build leaves in its folder. Names have no path: none can get into the result. */
static const char *const build_files[] = {"release.c",       "release.o", "migen_api.h",
                                          "migen_words.h",   "runtime.o", "runtime_faults.o",
                                          "migen_runtime.c", "result",    "libmigen_stubs.a"};

static const char *in_build(const build *b, const char *name)
{
    return arena_format(b->memory, "%s/%s", b->folder, name);
}

static status write_bytes(build *b, const char *path, view bytes, int mode)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (file < 0)
        return error_set(b->e, STATUS_FAILED, "%s cannot be written: %s", path, strerror(errno));
    size_t at = 0;
    while (at < bytes.length) {
        ssize_t n = write(file, bytes.bytes + at, bytes.length - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        at += (size_t)n;
    }
    int problem = at < bytes.length ? errno : 0;
    if (close(file) != 0 && problem == 0)
        problem = errno;
    if (problem != 0)
        return error_set(b->e, STATUS_FAILED, "%s cannot be written: %s", path, strerror(problem));
    return STATUS_OK;
}

static status write_embedded(build *b, const char *name, const char *as)
{
    const embedded_file *f = embedded_find(name);
    if (f == NULL)
        return error_set(b->e, STATUS_FAILED, "this migen does not carry %s", name);
    return write_bytes(b, in_build(b, as), embedded_view(f), 0600);
}

static status read_bytes(build *b, const char *path, view *out)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return error_set(b->e, STATUS_FAILED, "%s cannot be read: %s", path, strerror(errno));
    builder bytes = builder_new(b->memory);
    char piece[65536];
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;)
        builder_add_bytes(&bytes, piece, n);
    fclose(f);
    *out = (view){bytes.bytes, bytes.length};
    return STATUS_OK;
}

static void add_all(build *b, argument_list *list, const char *const *arguments)
{
    for (size_t i = 0; arguments[i] != NULL; i++)
        vector_push(b->memory, list, arguments[i]);
}

/* What holds for both compiling and linking: hardening (product.md's one static file goes to production), and
 * nothing of the place where it is built. */
static void add_common(build *b, argument_list *list)
{
    add_all(
        b, list, (const char *const[]) {
            "-std=c11", "-fPIE", "-fstack-protector-strong", "-fstack-clash-protection",
#if defined(__x86_64__)
                "-fcf-protection",
#elif defined(__aarch64__)
                                           "-mbranch-protection=standard",
#endif
                NULL
        });
    vector_push(b->memory, list, arena_format(b->memory, "-ffile-prefix-map=%s=.", b->folder));
}

/* What the linker says of getaddrinfo and its like in static programs is answered by the runtime's start-up,
 * which pins the name services to those that are linked in. The line before each, naming the function, goes
 * with it. */
static bool is_answered_warning(const char *line, size_t length, arena *a)
{
    const char *text = arena_copy(a, line, length);
    return (strstr(text, "Using '") != NULL && strstr(text, "in statically linked applications") != NULL) ||
           (strstr(text, ": in function `") != NULL && text_ends_with(text, "':")) ||
           (strstr(text, "pack-relative-relocs") != NULL && strstr(text, "warning") != NULL) ||
           text[0] == '\0';
}

static void note_output(build *b, const char *output)
{
    for (const char *line = output; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        if (!is_answered_warning(line, length, b->memory)) {
            const char *note = arena_copy(b->memory, line, length);
            vector_push(b->memory, &b->report->notes, note);
        }
        line += length + (line[length] == '\n');
    }
}

/* Runs the compiler. *output is what it said. */
static bool run_compiler(build *b, const argument_list *arguments, const char **output)
{
    process_result result =
        process_run(b->memory, b->folder, toolchain_command(b->memory, &b->tools, arguments));
    *output = result.output;
    return result.started && result.code == 0;
}

static status compile(build *b, const char *source, const char *object, const char *optimise)
{
    argument_list arguments = {0};
    add_common(b, &arguments);
    add_all(b, &arguments,
            (const char *const[]){optimise, "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=3", "-DMIGEN_STATIC",
                                  "-D_DEFAULT_SOURCE", "-D_POSIX_C_SOURCE=200809L", "-ffunction-sections",
                                  "-fdata-sections", "-fno-asynchronous-unwind-tables", "-fno-unwind-tables",
                                  "-I.", NULL});
    if (!(b->engines & MIGEN_POSTGRES))
        vector_push(b->memory, &arguments, "-DMIGEN_NO_POSTGRES");
    if (!(b->engines & MIGEN_SQLITE))
        vector_push(b->memory, &arguments, "-DMIGEN_NO_SQLITE");
    add_all(b, &arguments, (const char *const[]){"-c", source, "-o", object, NULL});
    const char *output = "";
    if (run_compiler(b, &arguments, &output)) {
        note_output(b, output);
        return STATUS_OK;
    }
    error_set(b->e, STATUS_FAILED, "the emitted C could not be compiled with %s", b->tools.compiler.items[0]);
    error_detail(b->e, "%s", output);
    return STATUS_FAILED;
}

static bool link_program(build *b, const char **output)
{
    argument_list arguments = {0};
    vector_push(b->memory, &arguments, "-static-pie");
    add_common(b, &arguments);
    add_all(b, &arguments,
            (const char *const[]){"-s", "-Wl,-z,relro,-z,now,-z,noexecstack", "-Wl,--build-id=none",
                                  "-Wl,--gc-sections",
#ifdef __GLIBC__
                                  "-Wl,-z,pack-relative-relocs",
#endif
                                  "release.o", "runtime.o", NULL});
    if (b->with_faults)
        vector_push(b->memory, &arguments, "runtime_faults.o");
    if (b->engines & MIGEN_POSTGRES) {
        vector_push(b->memory, &arguments, "-lpq");
        if (b->tools.postgres_folder != NULL)
            vector_push(b->memory, &arguments, arena_format(b->memory, "-L%s", b->tools.postgres_folder));
        if (b->tools.has_helper_archives)
            add_all(b, &arguments, (const char *const[]){"-lpgcommon", "-lpgport", NULL});
        add_all(b, &arguments, (const char *const[]){"-lssl", "-lcrypto", "libmigen_stubs.a", NULL});
    }
    if (b->engines & MIGEN_SQLITE)
        vector_push(b->memory, &arguments, "-lsqlite3");
    add_all(b, &arguments, (const char *const[]){"-lm", "-o", "result", NULL});
    return run_compiler(b, &arguments, output);
}

/* The first symbols that the linker missed, for a message that is short. */
static const char *open_symbols(build *b, const char *output)
{
    static const char phrase[] = "undefined reference to `";
    builder names = builder_new(b->memory);
    map seen = map_new(b->memory);
    for (const char *at = output; (at = strstr(at, phrase)) != NULL && seen.count < 12;) {
        at += strlen(phrase);
        const char *name = arena_copy(b->memory, at, strcspn(at, "'\n"));
        if (map_has(&seen, name))
            continue;
        map_set(&seen, name, b);
        builder_add(&names, names.length == 0 ? "" : ", ");
        builder_add(&names, name);
    }
    return names.length == 0 ? NULL : names.bytes;
}

static const char *runtime_object(unsigned engines)
{
    if (engines == MIGEN_SQLITE)
        return "runtime_sqlite.o";
    return engines == MIGEN_POSTGRES ? "runtime_postgres.o" : "runtime_both.o";
}

/* Links with the compiled runtime; where that cannot be, with the runtime's copy, compiled here and now. */
static status link_release(build *b)
{
    status code = write_embedded(b, runtime_object(b->engines), "runtime.o");
    if (code == STATUS_OK)
        code = write_embedded(b, "libmigen_stubs.a", "libmigen_stubs.a");
    if (code == STATUS_OK && b->with_faults)
        code = write_embedded(b, "runtime_faults.o", "runtime_faults.o");
    if (code != STATUS_OK)
        return code;
    const char *first = "", *second = "";
    if (link_program(b, &first)) {
        note_output(b, first);
        return STATUS_OK;
    }
    code = write_embedded(b, "migen_runtime.c", "migen_runtime.c");
    if (code == STATUS_OK)
        code = compile(b, "migen_runtime.c", "runtime.o", "-Os");
    if (code == STATUS_OK && link_program(b, &second)) {
        b->report->runtime_compiled = true;
        vector_push(
            b->memory, &b->report->notes,
            "the compiled runtime inside migen does not fit this compiler: its source was compiled instead");
        note_output(b, second);
        return STATUS_OK;
    }
    /* The first attempt is what the user is told of; why the second failed too stands below it. */
    const char *copy_problem = code == STATUS_OK      ? second
                               : b->e->detail == NULL ? b->e->message
                                                      : b->e->detail;
    error_clear(b->e);
    const char *symbols = open_symbols(b, first);
    if (symbols != NULL)
        error_set(b->e, STATUS_FAILED, "the static libraries here leave symbols open: %s", symbols);
    else
        error_set(b->e, STATUS_FAILED, "the release binary could not be linked");
    error_detail(b->e, "%s\nand with the runtime's source, compiled here:\n%s", first, copy_problem);
    if (symbols != NULL && (b->engines & MIGEN_POSTGRES))
        error_hint(b->e, "build on Debian 12, or with a libpq of your own (./configure --with-ssl=openssl "
                         "--without-gssapi --without-ldap) before the system's in LIBRARY_PATH");
    return STATUS_FAILED;
}

/* Reads the result back, proves what it is, and puts it in its place in one move. */
static status finish(build *b, const char *output)
{
    view bytes;
    status code = read_bytes(b, in_build(b, "result"), &bytes);
    if (code != STATUS_OK)
        return code;
    const char *problem = binary_problem(bytes);
    if (problem != NULL) {
        error_set(b->e, STATUS_FAILED, "%s made no static program of the release: %s",
                  b->tools.compiler.items[0], problem);
        error_hint(b->e, "name another compiler with CC");
        return STATUS_FAILED;
    }
    struct stat about;
    bool is_special =
        stat(output, &about) == 0 && !S_ISREG(about.st_mode); /* a pipe, a device: it stays what it is */
    const char *beside = is_special ? output : arena_format(b->memory, "%s.%ld.new", output, (long)getpid());
    code = write_bytes(b, beside, bytes, 0755);
    if (code == STATUS_OK && !is_special && rename(beside, output) != 0)
        code = error_set(b->e, STATUS_FAILED, "%s cannot be written: %s", output, strerror(errno));
    if (code != STATUS_OK) {
        if (!is_special)
            unlink(beside);
        return code;
    }
    b->report->path = output;
    b->report->size = bytes.length;
    binary_hash(bytes, b->report->hash);
    return STATUS_OK;
}

static view carried(const char *name)
{
    return embedded_view(embedded_find(name));
}

static emit_options emit_options_of(const char *release_version, unsigned engines, bool without_runtime)
{
    return (emit_options){.release_version = release_version,
                          .engines = engines,
                          .without_runtime = without_runtime,
                          .runtime = carried("migen_runtime.c"),
                          .words = carried("migen_words.h"),
                          .templates = {.release = carried("templates/emit/release.c"),
                                        .runtime = carried("templates/emit/runtime.c"),
                                        .precompiled = carried("templates/emit/precompiled.c"),
                                        .long_texts = carried("templates/emit/long_texts.c")}};
}

char *build_emit(arena *a, const checked_release *r, const char *release_version, unsigned engines)
{
    emit_options options = emit_options_of(release_version, engines, false);
    return emit_release(a, r, &options);
}

static status build_in_folder(build *b, const checked_release *r, const build_options *options,
                              const char *output)
{
    emit_options rows_only = emit_options_of(options->release_version, b->engines, true);
    const char *rows = emit_release(b->memory, r, &rows_only);
    status code = write_bytes(b, in_build(b, "release.c"), view_of(rows), 0600);
    if (code == STATUS_OK)
        code = write_embedded(b, "migen_api.h", "migen_api.h");
    if (code == STATUS_OK)
        code = write_embedded(b, "migen_words.h", "migen_words.h");
    if (code == STATUS_OK)
        code = compile(b, "release.c", "release.o", "-O1");
    if (code == STATUS_OK)
        code = link_release(b);
    if (code == STATUS_OK)
        code = finish(b, output);
    return code;
}

static char *new_folder(arena *a)
{
    const char *base = getenv("TMPDIR");
    char *folder = arena_format(a, "%s/migen-build-XXXXXX", text_is_empty(base) ? "/tmp" : base);
    return mkdtemp(folder);
}

static void remove_folder(const build *b)
{
    for (size_t i = 0; i < sizeof build_files / sizeof build_files[0]; i++)
        unlink(in_build(b, build_files[i]));
    rmdir(b->folder);
}

status build_release(arena *a, const checked_release *r, const build_options *options, build_report *report,
                     error *e)
{
    double start = clock_milliseconds();
    *report = (build_report){0};
    build b = {.memory = a, .report = report, .e = e, .with_faults = options->with_faults};
    b.engines = options->engines == 0 ? r->release.engines : r->release.engines & options->engines;
    report->engines = b.engines;
    if (b.engines == 0)
        return error_set(e, STATUS_USAGE, "the project %s is not for that engine", r->release.project);
    const char *output =
        options->output != NULL ? options->output : arena_format(a, "%s-migrate", r->release.project);
    status code = toolchain_find(a, options->compiler, b.engines, &b.tools, e);
    if (code != STATUS_OK)
        return code;
    if (options->c_file != NULL) {
        const char *whole = build_emit(a, r, options->release_version, b.engines);
        code = write_bytes(&b, options->c_file, view_of(whole), 0666);
        if (code != STATUS_OK)
            return code;
    }
    b.folder = new_folder(a);
    if (b.folder == NULL)
        return error_set(e, STATUS_FAILED, "no temporary folder can be made: %s", strerror(errno));
    code = build_in_folder(&b, r, options, output);
    remove_folder(&b);
    report->milliseconds = clock_milliseconds() - start;
    return code;
}
