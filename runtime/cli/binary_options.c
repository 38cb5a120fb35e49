#include "cli.h"

#include "duration.h"
#include "name.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

typedef enum option_kind {
    OPTION_FLAG,
    OPTION_TEXT,
    OPTION_NAME,
    OPTION_DURATION,
    OPTION_NUMBER,
    OPTION_CHOICE
} option_kind;

typedef struct option_row {
    const char *name;
    size_t offset; /* of its text in binary_values */
    option_kind kind;
    const char *argument;
    const char *initial;
} option_row;

static const option_row option_rows[] = {
#define BINARY_OPTION(name, field, kind, argument, initial, help)                                            \
    {name, offsetof(binary_values, field), OPTION_##kind, argument, initial},
#include "binary_options.def"
#undef BINARY_OPTION
};

#define OPTION_ROWS (sizeof option_rows / sizeof *option_rows)

static const char *const option_command_names[] = {
#define BINARY_COMMAND(name, aliases, argument, options, help) #name,
#include "binary_commands.def"
#undef BINARY_COMMAND
};

static const char *const option_command_aliases[] = {
#define BINARY_COMMAND(name, aliases, argument, options, help) aliases,
#include "binary_commands.def"
#undef BINARY_COMMAND
};

static const char *const option_command_arguments[] = {
#define BINARY_COMMAND(name, aliases, argument, options, help) argument,
#include "binary_commands.def"
#undef BINARY_COMMAND
};

#define OPTION_COMMANDS (sizeof option_command_names / sizeof *option_command_names)

static const char **option_value(binary_values *values, const option_row *row)
{
    return (const char **)((char *)values + row->offset);
}

static const option_row *option_find(const char *name, size_t length)
{
    for (size_t i = 0; i < OPTION_ROWS; i++)
        if (strlen(option_rows[i].name) == length && strncmp(option_rows[i].name, name, length) == 0)
            return &option_rows[i];
    return NULL;
}

static const option_row *option_find_short(char letter)
{
    static const struct {
        char letter;
        const char *name;
    } letters[] = {{'q', "quiet"}, {'v', "verbose"}, {'y', "yes"}, {'h', "help"}};
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (letters[i].letter == letter)
            return option_find(letters[i].name, strlen(letters[i].name));
    return NULL;
}

static status option_unknown(invocation *i, const char *said)
{
    const char *names[OPTION_ROWS];
    for (size_t k = 0; k < OPTION_ROWS; k++)
        names[k] = option_rows[k].name;
    const char *bare =
        arena_copy(i->memory, said + strspn(said, "-"), strcspn(said + strspn(said, "-"), "="));
    /* Only the name is shown: a value may be a secret. */
    status s = error_set(&i->error, STATUS_USAGE, "unknown option --%s", bare);
    const char *nearest = text_nearest(bare, names, OPTION_ROWS);
    if (nearest != NULL)
        error_hint(&i->error, "did you mean --%s?", nearest);
    else
        error_hint(&i->error, "`help` lists them");
    return s;
}

const char *option_command(const char *said)
{
    for (size_t k = 0; k < OPTION_COMMANDS; k++)
        if (text_equal(said, option_command_names[k]) || text_has_word(option_command_aliases[k], ' ', said))
            return option_command_names[k];
    return NULL;
}

status option_unknown_command(invocation *i, const char *said)
{
    status s = error_set(&i->error, STATUS_USAGE, "unknown command \"%s\"", said);
    const char *nearest = text_nearest(said, option_command_names, OPTION_COMMANDS);
    if (nearest != NULL)
        error_hint(&i->error, "did you mean %s?", nearest);
    else
        error_hint(&i->error, "`help` lists the commands");
    return s;
}

static bool option_command_takes_argument(const char *command)
{
    for (size_t k = 0; k < OPTION_COMMANDS; k++)
        if (text_equal(command, option_command_names[k]))
            return option_command_arguments[k] != NULL;
    return true;
}

static bool option_is_negative_number(const char *said)
{
    return said[0] == '-' && said[1] != '\0' && strspn(said + 1, "0123456789") == strlen(said + 1);
}

static status option_positional(invocation *i, const char *said)
{
    if (i->command == NULL) {
        i->command = option_command(said);
        return i->command != NULL ? STATUS_OK : option_unknown_command(i, said);
    }
    if (!option_command_takes_argument(i->command))
        return error_set(&i->error, STATUS_USAGE, "%s takes no argument: \"%s\" is too much", i->command,
                         said);
    if (i->argument != NULL)
        return error_set(&i->error, STATUS_USAGE, "%s takes one argument: \"%s\" is too much", i->command,
                         said);
    i->argument = said;
    return STATUS_OK;
}

/* One word of the command line; *used is set when it took the next word as its value. */
static status option_take(invocation *i, const char *said, const char *next, bool *used)
{
    if (said[0] != '-' || said[1] == '\0' || option_is_negative_number(said))
        return option_positional(i, said);
    const option_row *row;
    const char *value = NULL;
    if (said[1] == '-') {
        const char *equals = strchr(said, '=');
        size_t length = equals == NULL ? strlen(said + 2) : (size_t)(equals - said - 2);
        row = option_find(said + 2, length);
        value = equals == NULL ? NULL : equals + 1;
    } else {
        row = said[2] == '\0' ? option_find_short(said[1]) : NULL;
    }
    if (row == NULL)
        return option_unknown(i, said);
    if (row->kind == OPTION_FLAG) {
        *option_value(&i->values, row) = value == NULL ? "1" : value;
        return STATUS_OK;
    }
    if (value == NULL) {
        if (next == NULL)
            return error_set(&i->error, STATUS_USAGE, "--%s needs a value: %s", row->name, row->argument);
        value = next;
        *used = true;
    }
    *option_value(&i->values, row) = value;
    return STATUS_OK;
}

static char *option_variable(arena *a, const char *name)
{
    char *variable = arena_format(a, "MIGEN_%s", name);
    for (char *c = variable; *c != '\0'; c++)
        *c = *c == '-' ? '_' : (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
    return variable;
}

/* Fills what the command line did not say: variables, the project's settings, defaults. url and url-file stay
 * with target.h, which knows their order; help and sql are no settings. */
static void option_fill(invocation *i)
{
    for (size_t k = 0; k < OPTION_ROWS; k++) {
        const option_row *row = &option_rows[k];
        const char **value = option_value(&i->values, row);
        if (*value != NULL || text_starts_with(row->name, "url") || text_equal(row->name, "help"))
            continue;
        const char *said = getenv(option_variable(i->memory, row->name));
        if (!text_is_empty(said)) {
            *value = said;
            continue;
        }
        for (size_t s = 0; s < i->release->setting_count && *value == NULL; s++)
            if (text_equal(i->release->settings[s].name, row->name))
                *value = i->release->settings[s].value;
        if (*value == NULL)
            *value = row->initial;
    }
}

/* A value that was said has the form of its kind. */
static status option_check_value(invocation *i, const option_row *row, const char *value)
{
    status s = STATUS_OK;
    int64_t time = 0;
    bool is_on = false;
    size_t longest = text_equal(row->name, "history-table") ? NAME_LONGEST_HISTORY : (size_t)NAME_LONGEST;
    switch (row->kind) {
    case OPTION_TEXT:
        break;
    case OPTION_FLAG:
        if (text_truth(value, &is_on))
            break;
        s = error_set(&i->error, STATUS_USAGE, "--%s: \"%s\" is neither on nor off", row->name, value);
        error_hint(&i->error, "write true or false, also in %s", option_variable(i->memory, row->name));
        break;
    case OPTION_NAME:
        if (strlen(value) > longest)
            s = error_set(&i->error, STATUS_USAGE, "--%s: a name has at most %zu bytes here, not %zu",
                          row->name, longest, strlen(value));
        break;
    case OPTION_DURATION:
        if (duration_parse(value, &time))
            break;
        s = error_set(&i->error, STATUS_USAGE, "--%s: \"%s\" is no time", row->name, value);
        error_hint(&i->error, "write it as 30s, 500ms or 2m");
        break;
    case OPTION_NUMBER:
        if (*value == '\0' || strlen(value) > 9 || strspn(value, "0123456789") != strlen(value))
            s = error_set(&i->error, STATUS_USAGE, "--%s: \"%s\" is no number", row->name, value);
        break;
    case OPTION_CHOICE:
        if (!text_has_word(row->argument, '|', value))
            s = error_set(&i->error, STATUS_USAGE, "--%s is one of %s, not \"%s\"", row->name, row->argument,
                          value);
        break;
    }
    return s;
}

static status option_check(invocation *i)
{
    status s = STATUS_OK;
    for (size_t k = 0; k < OPTION_ROWS && s == STATUS_OK; k++) {
        const char *value = *option_value(&i->values, &option_rows[k]);
        if (value != NULL)
            s = option_check_value(i, &option_rows[k], value);
    }
    return s;
}

static bool option_on(const char *value)
{
    bool is_on = false;
    return value != NULL && text_truth(value, &is_on) && is_on;
}

static int64_t option_time(const char *value)
{
    int64_t milliseconds = 0;
    return value != NULL && duration_parse(value, &milliseconds) ? milliseconds : 0;
}

static void option_convert(invocation *i)
{
    const binary_values *v = &i->values;
    run_options *o = &i->options;
    o->strict = option_on(v->strict);
    o->dry_run = option_on(v->dry_run);
    o->yes = option_on(v->yes);
    o->quiet = option_on(v->quiet);
    o->verbose = option_on(v->verbose);
    o->json = text_equal(v->format, "json") || option_on(v->json);
    o->exit_code = option_on(v->exit_code);
    o->color = v->color;
    o->lock_timeout = option_time(v->lock_timeout);
    o->ddl_lock_timeout = option_time(v->ddl_lock_timeout);
    o->index_wait = option_time(v->index_wait);
    o->statement_timeout = option_time(v->statement_timeout);
    o->wait = option_time(v->wait);
    o->timeout = option_time(v->timeout);
    o->ddl_retries = strtol(v->ddl_retries, NULL, 10);
    o->schema = v->schema;
    o->role = v->role;
    o->history_table = v->history_table;
    o->url = v->url;
    o->url_file = v->url_file;
    o->engine = v->engine;
    o->reason = v->reason;
    o->ahead_ok = text_equal(v->ahead, "ok");
    o->edited_warn = text_equal(v->edited, "warn");
    o->verify = text_equal(v->verify, "off")      ? VERIFY_OFF
                : text_equal(v->verify, "strict") ? VERIFY_STRICT
                                                  : VERIFY_WARN;
    o->lock = text_equal(v->lock, "lease")      ? LOCK_LEASE
              : text_equal(v->lock, "advisory") ? LOCK_ADVISORY
                                                : LOCK_AUTO;
    o->transaction = text_equal(v->transaction, "release")     ? TRANSACTION_RELEASE
                     : text_equal(v->transaction, "migration") ? TRANSACTION_MIGRATION
                                                               : TRANSACTION_BY_ENGINE;
}

/* A command that changes something and knows no other way to do it must not take these for nothing. */
static status option_check_heeded(invocation *i)
{
    static const struct {
        const char *command;
        bool dry_run, sql;
        const char *instead;
    } changing[] = {
        {"down", true, false, "--dry-run shows what would be done"},
        {"redo", false, false, "`down --dry-run` shows what would be taken back"},
        {"stamp", false, false, "`status` shows what is recorded now"},
        {"adopt", false, false, "`doctor` says of which version the schema is"},
        {"unlock", false, false, "`status` says who holds the lock"},
    };
    if (!option_on(i->values.sql))
        i->values.sql = NULL;
    if (i->values.help != NULL)
        return STATUS_OK;
    for (size_t k = 0; k < sizeof changing / sizeof *changing; k++) {
        bool of_sql = i->values.sql != NULL && !changing[k].sql;
        if (!text_equal(i->command, changing[k].command) ||
            (!of_sql && (!i->options.dry_run || changing[k].dry_run)))
            continue;
        status s =
            error_set(&i->error, STATUS_USAGE, "%s has no %s", i->command, of_sql ? "--sql" : "--dry-run");
        error_hint(&i->error, "nothing was changed; %s", changing[k].instead);
        return s;
    }
    return STATUS_OK;
}

status options_parse(invocation *i, int argc, char **argv)
{
    status s = STATUS_OK;
    for (int k = 1; k < argc; k++) {
        /* Behind a mistake only what says where the mistake is to be told still counts. */
        if (s != STATUS_OK && !text_starts_with(argv[k], "--termination-log") &&
            !text_starts_with(argv[k], "--format") && !text_equal(argv[k], "--json"))
            continue;
        bool used = false;
        if (text_equal(argv[k], "--version") && i->command == NULL) {
            i->command = "version";
            continue;
        }
        status taken = option_take(i, argv[k], k + 1 < argc ? argv[k + 1] : NULL, &used);
        s = s == STATUS_OK ? taken : s;
        if (used)
            k++;
    }
    option_fill(i);
    if (s == STATUS_OK)
        s = option_check(i);
    option_convert(i);
    return s == STATUS_OK ? option_check_heeded(i) : s;
}
