/* Statements that work on rows: run, seed, backfill, call. */
#include "parse_parts.h"

#include "duration.h"
#include "name.h"

#include <string.h>

/* undo { SQL } | undo none, of which undo is taken. */
static bool parse_undo(parser *p, ast_statement *st)
{
    if (parse_take(p, "none")) {
        st->undo_none = true;
        return true;
    }
    if (!parse_at_symbol(p, '{'))
        return parse_expected(p, "{ and SQL, or none");
    return parse_sql(p, &st->undo);
}

bool parse_run(parser *p, ast_statement *st)
{
    lexeme l = parse_peek(p);
    if ((l.kind == LEX_QUOTED || l.kind == LEX_STRING) && !parse_text(p, "a description", &st->step.text))
        return false;
    if (!parse_at_symbol(p, '{'))
        return parse_expected(p, "{ and SQL");
    if (!parse_sql(p, &st->step.sql))
        return false;
    for (;;) {
        lexeme word = parse_peek(p);
        bool when = parse_take(p, "when");
        if (when || parse_take(p, "unless")) {
            if (st->step.when != NULL || st->step.unless != NULL)
                problem(p, "said-twice", parse_place(p, word), "a run has one condition: when or unless");
            if (!parse_sql_one(p, when ? &st->step.when : &st->step.unless))
                return false;
        } else if (parse_take(p, "undo")) {
            if (st->undo != NULL || st->undo_none)
                problem(p, "said-twice", parse_place(p, word), "undo is said twice");
            if (!parse_undo(p, st))
                return false;
        } else {
            return true;
        }
    }
}

static bool is_c_name(const char *name)
{
    bool fine = !(*name >= '0' && *name <= '9');
    for (const char *c = name; *c != '\0'; c++)
        fine = fine && ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
                        *c == '_');
    return fine;
}

bool parse_call(parser *p, ast_statement *st)
{
    const char *undo;
    if (!parse_part(p, "the name of a C function", &st->step.text) || !parse_expect(p, "from") ||
        !parse_text(p, "the name of a C file, in quotes", &st->call_file))
        return false;
    if (!is_c_name(st->step.text)) {
        diagnostic *d = problem(p, "bad-name", ast_place_of(p->file, st->step.text, st->place),
                                "no C function is called so");
        hint(p, d, "a C name has letters, digits and _ only");
    }
    if (*st->call_file == '\0')
        problem(p, "bad-value", ast_place_of(p->file, st->call_file, st->place), "the file's name is empty");
    if (!parse_take(p, "undo"))
        return true;
    if (parse_take(p, "none")) {
        st->undo_none = true;
        return true;
    }
    if (!parse_part(p, "the name of a C function, or none", &undo))
        return false;
    string_list names = {0};
    vector_push(p->memory, &names, undo);
    vector_push(p->memory, &names, NULL);
    st->undo = names.items;
    return true;
}

/* --- seed */

typedef struct seed_rows {
    migen_seed *seed;
    size_t width;
    size_t *key_places; /* which columns are the key */
    size_t key_width;
    string_list values;
    map keys; /* a key's text → its row's number, from 1 */
    VECTOR(span) places;
} seed_rows;

static bool is_literal(const char *value)
{
    return *value != '(' && strcmp(value, "now()") != 0 && strcmp(value, "uuid()") != 0;
}

/* The key's values of one row, for finding it twice; NULL when it is not known before it runs. */
static const char *key_text(parser *p, const seed_rows *rows, const char *const *values)
{
    builder text = builder_new(p->memory);
    for (size_t i = 0; i < rows->key_width; i++) {
        const char *value = values[rows->key_places[i]];
        if (!is_literal(value))
            return NULL;
        builder_add(&text, value);
        builder_add_character(&text, ',');
    }
    return text.bytes;
}

static void check_key(parser *p, seed_rows *rows, const char *const *values, const span *places, span row)
{
    for (size_t i = 0; i < rows->key_width; i++)
        if (strcmp(values[rows->key_places[i]], "null") == 0)
            problem(p, "null-key", places[rows->key_places[i]], "the key column %s is null",
                    name_part_text(p->memory, rows->seed->columns[rows->key_places[i]]));
    const char *key = key_text(p, rows, values);
    vector_push(p->memory, &rows->places, row);
    if (key == NULL)
        return;
    uintptr_t before = (uintptr_t)map_get(&rows->keys, key);
    if (before != 0) {
        diagnostic *d = problem(p, "duplicate-key", row, "a row with this key stands in this seed already");
        diagnostic_second(d, rows->places.items[before - 1], "first here");
        return;
    }
    map_set(&rows->keys, key, (void *)(uintptr_t)rows->places.count);
}

static bool parse_row(parser *p, void *context)
{
    seed_rows *rows = context;
    string_list values = {0};
    VECTOR(span) places = {0};
    size_t start = parse_peek(p).start;
    do {
        lexeme l = parse_peek(p);
        const char *value;
        if (l.kind == LEX_END && values.count > 0) {
            diagnostic *d = problem(p, "row-length", parse_span(p, p->s.previous_end, p->s.previous_end),
                                    "a value is missing behind the comma");
            hint(p, d, "rows are lines: no comma stands between them");
            return false;
        }
        if (!parse_value(
                p, "a value: 'text', a number, true, false, null, x'0aff', now(), uuid() or (expression)",
                &value))
            return false;
        ast_note_place(p->memory, p->file, value, parse_since(p, l.start));
        vector_push(p->memory, &values, value);
        vector_push(p->memory, &places, parse_since(p, l.start));
    } while (parse_take_symbol(p, ','));
    if (!parse_at_end(p))
        return parse_expected(p, ", and a value, or the end of the row");
    span row = parse_since(p, start);
    if (values.count != rows->width) {
        diagnostic *d = problem(p, "row-length", row, "this row has %zu values for %zu columns", values.count,
                                rows->width);
        const char *columns = list_join(p->memory, rows->seed->columns, ", ");
        if (values.count == 1 && p->s.bytes[start] == '(')
            hint(p, d,
                 "the columns are: %s; a row's values stand without brackets (in them is one expression)",
                 columns);
        else
            hint(p, d, "the columns are: %s", columns);
        return true;
    }
    check_key(p, rows, values.items, places.items, row);
    for (size_t i = 0; i < values.count; i++)
        vector_push(p->memory, &rows->values, values.items[i]);
    rows->seed->row_count++;
    return true;
}

/* Where the key's columns stand among the seed's. */
static void find_key(parser *p, seed_rows *rows)
{
    const migen_seed *seed = rows->seed;
    rows->key_places = ARENA_NEW_ARRAY(p->memory, size_t, list_length(seed->key) + 1);
    for (const char *const *key = seed->key; *key != NULL; key++) {
        size_t at = 0;
        while (at < rows->width && !text_equal(seed->columns[at], *key))
            at++;
        if (at < rows->width) {
            rows->key_places[rows->key_width++] = at;
            continue;
        }
        diagnostic *d =
            problem(p, "unknown-key", ast_place_of(p->file, *key, parse_since(p, 0)),
                    "the key column %s is none of the seed's columns", name_part_text(p->memory, *key));
        const char *nearest = text_nearest(*key, seed->columns, rows->width);
        if (nearest != NULL)
            hint(p, d, "did you mean \"%s\"?", nearest);
    }
}

static bool parse_rows(parser *p, migen_seed *seed)
{
    seed_rows rows = {.seed = seed, .width = list_length(seed->columns), .keys = map_new(p->memory)};
    span open;
    find_key(p, &rows);
    if (!parse_open(p, '{', "{ and rows, or from { SELECT … }", &open))
        return false;
    size_t errors = p->out->error_count;
    const char *outer = p->form;
    p->form = "VALUE, VALUE, …, one row to a line";
    bool closed = parse_things(p, open, false, parse_row, &rows);
    p->form = outer;
    if (!closed)
        return false;
    if (seed->row_count == 0 && p->out->error_count == errors)
        problem(p, "empty-block", parse_since(p, open.start), "there is no row between the braces");
    vector_push(p->memory, &rows.values, NULL);
    seed->values = rows.values.items;
    return true;
}

bool parse_seed(parser *p, ast_statement *st)
{
    migen_seed *seed = ARENA_NEW(p->memory, migen_seed);
    st->step.operation = MIGEN_SEED;
    if (!parse_object(p, "a table's name", &st->step.object) || !parse_names(p, &seed->columns))
        return false;
    if (!parse_take(p, "key")) {
        parse_expected(p, "key and the columns that tell rows apart");
        return false;
    }
    if (!parse_names(p, &seed->key))
        return false;
    seed->update = parse_take(p, "update");
    st->step.seed = seed;
    if (!parse_take(p, "from"))
        return parse_rows(p, seed);
    seed_rows rows = {.seed = seed, .width = list_length(seed->columns)};
    find_key(p, &rows);
    return parse_sql_one(p, &seed->from);
}

/* --- backfill */

static bool parse_pause(parser *p, long *out)
{
    lexeme l = parse_peek(p);
    int64_t milliseconds;
    if (l.kind != LEX_NUMBER)
        return parse_expected(p, "a time, as 10ms");
    scan_take(&p->s);
    if (!duration_parse(arena_copy(p->memory, p->s.bytes + l.start, l.end - l.start), &milliseconds)) {
        diagnostic *d = problem(p, "bad-number", parse_place(p, l), "this is no time");
        hint(p, d, "write 10ms, 1.5s, 2m or 1h");
        return false;
    }
    *out = (long)milliseconds;
    return true;
}

bool parse_backfill(parser *p, ast_statement *st)
{
    migen_backfill *b = ARENA_NEW(p->memory, migen_backfill);
    bool batch = false, pause = false;
    if (!parse_object(p, "a table's name", &st->step.object) || !parse_expect(p, "set") ||
        !parse_assignments(p, &b->columns, &b->expressions))
        return false;
    if (!parse_at(p, "where")) {
        parse_expected(p, "where (…), which says what rows are still to be filled in");
        return false;
    }
    scan_take(&p->s);
    if (!parse_expression(p, &b->where))
        return false;
    st->step.backfill = b;
    for (;;) {
        lexeme word = parse_peek(p);
        bool twice = false, fine = true;
        if (parse_take(p, "by")) {
            twice = b->by != NULL;
            fine = parse_part(p, "a column's name", &b->by);
        } else if (parse_take(p, "batch")) {
            twice = batch;
            batch = true;
            fine = parse_integer(p, "the number of rows of a batch", 1, 1000000000, &b->batch);
        } else if (parse_take(p, "pause")) {
            twice = pause;
            pause = true;
            fine = parse_pause(p, &b->pause);
        } else {
            return true;
        }
        if (twice)
            problem(p, "said-twice", parse_place(p, word), "this is said twice");
        if (!fine)
            return false;
    }
}
