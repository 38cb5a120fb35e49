/*
 * operations.c: writes docs/operations.md.
 *
 * Idea       Each operation's example is parsed, decided and written by the very code that release binaries run: the page
 *            says what happens, not what somebody remembers. What cannot be worked out is in operations.def.
 * Usage      operations PAGE.md          writes it
 *            operations --check PAGE.md  ends with 1 where the page is another one
 */
#include "diagnostic.h"
#include "parser.h"
#include "safe.h"
#include "step_text.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct operation_page {
    const char *grammar, *before, *example, *other, *half, *same;
    const char *row; /* OPERATION_ROW: what it is */
} operation_page;

#define OPERATION_PAGE(name, grammar_, before_, example_, other_, half_, same_)                              \
    [MIGEN_##name] = {.grammar = grammar_,                                                                   \
                      .before = before_,                                                                     \
                      .example = example_,                                                                   \
                      .other = other_,                                                                       \
                      .half = half_,                                                                         \
                      .same = same_},
#define OPERATION_ROW(name, what) [MIGEN_##name] = {.row = what},
static const operation_page pages[MIGEN_OPERATION_COUNT] = {
#include "operations.def"
};

typedef struct operation_fact {
    const char *name, *words, *function;
    lock_mode lock;
} operation_fact;

#define OPERATION(name_, function_, words_, meaning, lock_)                                                  \
    [MIGEN_##name_] = {.name = #name_, .function = #function_, .words = words_, .lock = LOCK_##lock_},
static const operation_fact facts[MIGEN_OPERATION_COUNT] = {
#include "ops.def"
};
#undef OPERATION

typedef struct page_writer {
    arena *memory;
    builder out;
    migen_operation operation;
    bool rows; /* whether the tables have some */
    size_t problems;
} page_writer;

static void add(page_writer *p, const char *text)
{
    builder_add(&p->out, text);
}

static void problem(page_writer *p, const char *what, const char *detail)
{
    fprintf(stderr, "operations: %s: %s%s%s\n", facts[p->operation].name, what, *detail == '\0' ? "" : ": ",
            detail);
    p->problems++;
}

/* The steps of a text in the language, of one engine: conditions and other engines' blocks are left out. */
static void steps_of(page_writer *p, const char *text, const ast_list *list, step_list *out);

static step_list parse_steps(page_writer *p, const char *text)
{
    arena *a = p->memory;
    step_list steps = {0};
    diagnostics d = diagnostics_new(a);
    const char *whole = arena_format(a, "migration \"x\"\n%s\n", text);
    const source_file *source = source_from(a, "operations.def", whole, strlen(whole));
    const ast_file *file =
        parse_migration(a, source, "1_x", (unsigned)MIGEN_POSTGRES | (unsigned)MIGEN_SQLITE, &d);
    if (d.error_count != 0)
        problem(p, text, d.list.items[0].message);
    steps_of(p, text, &file->statements, &steps);
    return steps;
}

static void steps_of(page_writer *p, const char *text, const ast_list *list, step_list *out)
{
    for (size_t i = 0; i < list->count; i++) {
        vector_push(p->memory, out, list->items[i]->step);
        if (list->items[i]->kind == AST_LATER)
            problem(p, text, "not carried out by this version");
    }
}

/* What the engine has after these texts; steps that it has no objects for are left out. */
static schema *played(page_writer *p, migen_engine engine, const char *first, const char *second)
{
    schema *s = schema_new(p->memory, engine);
    const char *texts[] = {PAGE_COMMON, first, second};
    for (size_t k = 0; k < 3; k++) {
        step_list steps = parse_steps(p, texts[k]);
        for (size_t i = 0; i < steps.count; i++) {
            violation v = {0};
            if (schema_apply(s, &steps.items[i], &v) != VIOLATION_NONE && engine == MIGEN_POSTGRES)
                problem(p, texts[k], v.message);
        }
    }
    return s;
}

static bool page_has_rows(void *owner, const char *object)
{
    (void)object;
    return ((page_writer *)owner)->rows;
}

/* The decision on a database that is `live`, where the history expects what `before` and the example make. */
static bool decide(page_writer *p, schema *live, const char *before, bool resuming, decision *d)
{
    const operation_page *page = &pages[p->operation];
    step_list steps = parse_steps(p, page->example);
    expression_memo memo = expression_memo_new(p->memory);
    schema *expected = played(p, live->engine, before, page->example);
    error e = error_new(p->memory);
    safe_context c = {.memory = p->memory,
                      .engine = live->engine,
                      .live = live,
                      .expected = expected,
                      .final = expected,
                      .memo = &memo,
                      .resuming = resuming,
                      .has_rows = page_has_rows,
                      .owner = p,
                      .condition_holds = true};
    if (safe_decide(&c, &steps.items[0], d, &e) == STATUS_OK)
        return true;
    if (live->engine == MIGEN_POSTGRES)
        problem(p, page->example, e.message);
    return false;
}

/* ---- SQL ---- */

static const char *transaction_of(const sql_statement *s)
{
    return s->outside           ? "outside a transaction"
           : s->batches != NULL ? "in batches, each a transaction of its own"
           : s->own_transaction ? "ends its transaction"
                                : "";
}

static void add_statements(page_writer *p, const sql_list *list, bool postgres)
{
    for (size_t i = 0; i < list->count; i++) {
        const sql_statement *s = &list->items[i];
        const char *when = postgres ? transaction_of(s) : "";
        const char *locks = postgres ? lock_text(p->memory, s) : "";
        if (*locks != '\0' || *when != '\0')
            builder_add_format(&p->out, "-- %s%s%s%s\n", locks, *locks != '\0' && *when != '\0' ? "; " : "",
                               when, s->own_transaction && !s->outside ? ": COMMIT behind it" : "");
        builder_add_format(&p->out, "%s;\n", s->text);
    }
}

static char *statements_text(page_writer *p, const sql_list *list, bool postgres)
{
    builder outside = p->out;
    p->out = builder_new(p->memory);
    add(p, "");
    add_statements(p, list, postgres);
    char *text = p->out.bytes;
    p->out = outside;
    return text;
}

static void add_sql(page_writer *p, const char *title, const char *sql)
{
    builder_add_format(&p->out, "**%s**\n\n```sql\n%s```\n\n", title, sql);
}

static char *sql_of(page_writer *p, migen_engine engine, bool rows, decision *d)
{
    const operation_page *page = &pages[p->operation];
    *d = (decision){0};
    p->rows = rows;
    if (!decide(p, played(p, engine, page->before, ""), page->before, false, d))
        return arena_string(p->memory, "");
    return statements_text(p, &d->statements, engine == MIGEN_POSTGRES);
}

/* ---- the answers ---- */

static void add_lines(page_writer *p, const decision *d)
{
    if (d->lines.count == 0)
        add(p, "nothing is said");
    for (size_t i = 0; i < d->lines.count; i++) {
        const decision_line *line = &d->lines.items[i];
        builder_add_format(&p->out, "%s`%s  %s%s%s%s%s%s`", i == 0 ? "" : "<br>", outcome_word(line->outcome),
                           line->object, line->detail == NULL ? "" : ", ",
                           line->detail == NULL ? "" : line->detail,
                           line->wanted == NULL ? "" : arena_format(p->memory, ": wanted %s", line->wanted),
                           line->found == NULL ? "" : ", found ", line->found == NULL ? "" : line->found);
    }
}

/* What is there more than in `before` is marked as a crash leaves it. */
static void mark_half_done(schema *s, const schema *before)
{
    for (size_t i = 0; i < s->tables.count; i++) {
        schema_table *t = s->tables.entries[i].value;
        const schema_table *old = map_get(&before->tables, s->tables.entries[i].key);
        for (size_t k = 0; old != NULL && k < t->indexes.count; k++)
            t->indexes.items[k].half_done = table_find_index(old, t->indexes.items[k].name) == NULL;
        for (size_t k = 0; old != NULL && k < t->constraints.count; k++)
            t->constraints.items[k].half_done =
                table_find_constraint(old, t->constraints.items[k].name) == NULL;
    }
}

static void add_answer(page_writer *p, const char *word, schema *live)
{
    const operation_page *page = &pages[p->operation];
    decision d = {0};
    bool half = text_equal(word, "half done");
    p->rows = half;
    builder_add_format(&p->out, "| %s | ", word);
    if (decide(p, live, page->before, half, &d))
        add_lines(p, &d);
    add(p, d.stale && half ? " and the catalogue is read again" : "");
    if (half) {
        add(p, d.statements.count == 0 ? "" : "<br>");
        for (size_t i = 0; i < d.statements.count; i++)
            builder_add_format(&p->out, "%s`%s`", i == 0 ? "" : "; ", d.statements.items[i].text);
    }
    add(p, " |\n");
}

static bool is_data(const page_writer *p)
{
    const migen_step step = {.operation = p->operation};
    return !step_changes_schema(&step);
}

static void add_answers(page_writer *p)
{
    const operation_page *page = &pages[p->operation];
    migen_engine engine = MIGEN_POSTGRES;
    schema *before = played(p, engine, page->before, "");
    builder_add_format(&p->out, "**Same** is decided by: %s.\n\n", page->same);
    if (is_data(p) || p->operation == MIGEN_GIVEN_TABLE)
        return;
    add(p, "| it is | the log says |\n|---|---|\n");
    bool drops = text_starts_with(page->example, "drop ");
    add_answer(p, drops ? "there" : "absent", schema_copy(p->memory, before));
    add_answer(p, drops ? "gone (same)" : "same", played(p, engine, page->before, page->example));
    if (*page->other != '\0') {
        add_answer(p, "different", played(p, engine, page->before, page->other));
    }
    if (*page->half != '\0') {
        bool invalid = text_equal(page->half, "INVALID");
        schema *live = played(p, engine, page->before, invalid ? page->example : page->half);
        if (invalid)
            mark_half_done(live, before);
        add_answer(p, "half done", live);
    }
    bool no_other = *page->other == '\0', no_half = *page->half == '\0';
    if (no_other || no_half)
        builder_add_format(&p->out, "\nIt cannot be %s.\n",
                           no_other && no_half ? "different, nor half done"
                           : no_other          ? "different"
                                               : "half done");
    add(p, "\n");
}

static void add_way_back(page_writer *p)
{
    const operation_page *page = &pages[p->operation];
    step_list steps = parse_steps(p, page->example), back = {0};
    const char *why = NULL;
    bool found =
        schema_inverse(played(p, MIGEN_POSTGRES, page->before, ""), &steps.items[0], p->memory, &back, &why);
    if (p->operation == MIGEN_RUN || p->operation == MIGEN_CALL) {
        add(p, "**The way back** is its `undo`; without one `migen check` asks for it.\n");
        return;
    }
    if (p->operation == MIGEN_IF_EXISTS || p->operation == MIGEN_IF_SQL || p->operation == MIGEN_ON_ENGINE) {
        add(p, "**The way back** is that of the statements inside.\n");
        return;
    }
    if (!found) {
        builder_add_format(&p->out, "**The way back** has to be written: %s.\n", why);
        return;
    }
    if (back.count == 0) {
        add(p, "**The way back**: none is needed; what it leaves behind stays.\n");
        return;
    }
    add(p, "**The way back**\n\n```mig\n");
    for (size_t i = 0; i < back.count; i++)
        builder_add_format(&p->out, "%s\n", step_text(p->memory, &back.items[i]));
    add(p, "```\n");
}

/* ---- the page ---- */

static lock_mode strongest(const sql_list *list)
{
    lock_mode lock = LOCK_NONE;
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].lock_object != NULL && list->items[i].lock > lock)
            lock = list->items[i].lock;
    return lock;
}

static const char *transactions(const sql_list *list)
{
    bool outside = false, batches = false;
    size_t cuts = 0;
    for (size_t i = 0; i < list->count; i++) {
        outside = outside || list->items[i].outside;
        batches = batches || list->items[i].batches != NULL;
        cuts += list->items[i].own_transaction ? 1 : 0;
    }
    return outside && (cuts != 0 || list->count > 1) ? "partly outside any"
           : outside                                 ? "outside any"
           : batches                                 ? "batches of their own"
           : cuts != 0                               ? "several of its own"
                                                     : "the migration's";
}

static const char *on_sqlite(const decision *d)
{
    for (size_t i = 0; i < d->statements.count; i++)
        if (d->statements.items[i].rebuild != NULL)
            return "a rebuild";
    return d->statements.count == 0 ? "nothing" : "statements of its own";
}

static const char *anchor(page_writer *p)
{
    char *text = arena_string(p->memory, facts[p->operation].words);
    for (char *at = text; *at != '\0'; at++)
        *at = *at == ' ' ? '-' : *at;
    if (p->operation == MIGEN_IF_SQL)
        return "if--sql-";
    return text;
}

static const char *heading(const page_writer *p)
{
    return p->operation == MIGEN_IF_SQL ? "if { SQL }" : facts[p->operation].words;
}

static bool sqlite_refuses(const page_writer *p)
{
    schema *s = schema_new(p->memory, MIGEN_SQLITE);
    page_writer quiet = *p;
    step_list steps = parse_steps(&quiet, pages[p->operation].example);
    violation v = {0};
    return schema_apply(s, &steps.items[0], &v) == VIOLATION_UNSUPPORTED;
}

static void add_overview(page_writer *p)
{
    add(p, "| operation | lock on PostgreSQL | of a table with rows | transaction then | SQLite |\n"
           "|---|---|---|---|---|\n");
    for (int i = MIGEN_NOTHING + 1; i < MIGEN_OPERATION_COUNT; i++) {
        decision rows = {0}, lite = {0};
        p->operation = (migen_operation)i;
        if (pages[i].row != NULL || pages[i].grammar == NULL)
            continue;
        bool written = !is_data(p) || i == MIGEN_RUN || i == MIGEN_SEED || i == MIGEN_BACKFILL;
        if (written) {
            (void)sql_of(p, MIGEN_POSTGRES, true, &rows);
            (void)sql_of(p, MIGEN_SQLITE, false, &lite);
        }
        builder_add_format(&p->out, "| [%s](#%s) | %s | %s | %s | %s |\n", heading(p), anchor(p),
                           lock_words(facts[i].lock), lock_words(strongest(&rows.statements)),
                           rows.statements.count == 0 ? "" : transactions(&rows.statements),
                           sqlite_refuses(p) ? "an error, but in `on postgres`" : on_sqlite(&lite));
    }
    add(p, "\n");
}

static void add_operation(page_writer *p)
{
    const operation_page *page = &pages[p->operation];
    decision lite = {0}, plain = {0}, rows = {0};
    builder_add_format(&p->out, "## %s\n\n`%s`\n\n", heading(p), page->grammar);
    if (*page->before != '\0')
        builder_add_format(&p->out, "Behind\n\n```mig\n%s\n```\n\n", page->before);
    builder_add_format(&p->out, "```mig\n%s\n```\n\n", page->example);
    if (!is_data(p) || p->operation == MIGEN_RUN || p->operation == MIGEN_SEED ||
        p->operation == MIGEN_BACKFILL) {
        const char *sqlite = sql_of(p, MIGEN_SQLITE, false, &lite);
        const char *empty = sql_of(p, MIGEN_POSTGRES, false, &plain);
        const char *full = sql_of(p, MIGEN_POSTGRES, true, &rows);
        if (sqlite_refuses(p))
            add(p, "**SQLite**: an error of `migen check`, unless it stands in `on postgres { }`.\n\n");
        else if (*sqlite == '\0')
            add(p, "**SQLite**: nothing is sent.\n\n");
        else
            add_sql(p, "SQLite", sqlite);
        if (*empty == '\0')
            add(p, "**PostgreSQL**: nothing is sent.\n\n");
        else
            add_sql(p,
                    text_equal(empty, full) ? "PostgreSQL"
                                            : "PostgreSQL, an empty table, or one that this run made",
                    empty);
        if (!text_equal(empty, full))
            add_sql(p, "PostgreSQL, a table with rows", full);
    }
    add_answers(p);
    add_way_back(p);
    add(p, "\n");
}

static char *page_text(page_writer *p)
{
    p->out = builder_new(p->memory);
    add(p, "# The operations\n\n"
           "What each statement of the language comes to: its SQL on both engines, the locks that it takes, "
           "how it is decided that there is nothing to do, and the way\n"
           "back. Every example below was carried out by the code that release binaries run; `ninja "
           "operations_page` writes this page, and a test holds it against the code.\n\n"
           "* **The lock** is the strongest that PostgreSQL takes on a table that was there before, and for "
           "how long matters as much: a recipe for tables with rows takes a strong lock for a\n"
           "  moment and does the long work under a weak one. ACCESS EXCLUSIVE blocks reads and writes; "
           "SHARE ROW EXCLUSIVE and SHARE block writes; SHARE UPDATE EXCLUSIVE blocks neither.\n"
           "* **The transaction** is the migration's, unless a statement says otherwise: *COMMIT behind it* "
           "ends a transaction and records how far it came, *outside a transaction* stands\n"
           "  between two. On SQLite everything that is due is one transaction.\n"
           "* **The answers**: *absent* (for a drop: *there*) is done; *same* is skipped with a line; "
           "*different* is left alone "
           "and said (with `--strict` it is an error); *half done*, which a crash left, is finished.\n"
           "* **The way back** is what `down auto` comes to, worked out from the schema as it was before.\n\n"
           "The examples stand on this:\n\n```mig\n" PAGE_COMMON "```\n\n");
    add_overview(p);
    for (int i = MIGEN_NOTHING + 1; i < MIGEN_OPERATION_COUNT; i++) {
        p->operation = (migen_operation)i;
        if (pages[i].grammar != NULL)
            add_operation(p);
        else if (pages[i].row == NULL)
            problem(p, "it has no line in operations.def", "");
    }
    add(p, "## Rows without a statement\n\nIn emitted C, besides:\n\n");
    for (int i = MIGEN_NOTHING + 1; i < MIGEN_OPERATION_COUNT; i++)
        if (pages[i].row != NULL)
            builder_add_format(&p->out, "* `%s`: %s\n", facts[i].name, pages[i].row);
    return p->out.bytes;
}

static char *read_page(arena *a, const char *path)
{
    builder b = builder_new(a);
    char bytes[4096];
    FILE *file = fopen(path, "rb");
    builder_add(&b, "");
    if (file == NULL)
        return b.bytes;
    for (size_t count; (count = fread(bytes, 1, sizeof bytes, file)) != 0;)
        builder_add_bytes(&b, bytes, count);
    fclose(file);
    return b.bytes;
}

int main(int count, char **words)
{
    page_writer p = {.memory = arena_new()};
    bool check = count == 3 && text_equal(words[1], "--check");
    if (count != (check ? 3 : 2)) {
        fprintf(stderr, "usage: operations [--check] PAGE.md\n");
        return 64;
    }
    const char *text = page_text(&p), *path = words[count - 1];
    if (p.problems != 0)
        return 1;
    if (check) {
        if (text_equal(text, read_page(p.memory, path)))
            return 0;
        fprintf(stderr, "%s is not what the code does now: `ninja -C build operations_page` writes it\n",
                path);
        return 1;
    }
    FILE *file = fopen(path, "wb");
    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0) {
        perror(path);
        return 1;
    }
    arena_free(p.memory);
    return 0;
}
