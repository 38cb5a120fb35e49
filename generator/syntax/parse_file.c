/* A migration file: its header, its statements, its way down. */
#include "parse_parts.h"

#include "utf8.h"

#include <string.h>

bool id_is_valid(const char *id)
{
    static const char *const reserved[] = {"head", "heads", "base", "none"};
    size_t digits = strspn(id, "0123456789");
    if (digits == 0 || id[digits] != '_')
        return false;
    const char *name = id + digits + 1;
    if (*name == '\0' || name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")] != '\0')
        return false;
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (strcmp(name, reserved[i]) == 0)
            return false;
    return true;
}

bool parse_check_bytes(parser *p)
{
    const source_file *f = p->file->source;
    size_t wrong = utf8_first_invalid(f->bytes, f->length);
    const char *zero = memchr(f->bytes, '\0', f->length);
    if (zero != NULL && (size_t)(zero - f->bytes) <= wrong) {
        size_t at = (size_t)(zero - f->bytes);
        diagnostic *d =
            problem(p, "nul-byte", parse_span(p, at, at + 1), "this is no text: it holds a zero byte");
        hint(p, d, "a migration is a UTF-8 text");
        return false;
    }
    if (wrong < f->length) {
        diagnostic *d = problem(p, "not-utf8", parse_span(p, wrong, wrong + 1),
                                "this is no UTF-8: byte 0x%02x", (unsigned)(unsigned char)f->bytes[wrong]);
        hint(p, d, "a migration is a UTF-8 text");
        return false;
    }
    return true;
}

/* --- header */

static void check_before_statements(parser *p, lexeme word)
{
    if (p->file->statements.count == 0 && !p->file->down_said)
        return;
    diagnostic *d =
        problem(p, "misplaced-header", parse_place(p, word), "%.*s stands before the first statement",
                (int)(word.end - word.start), p->s.bytes + word.start);
    span first = p->file->statements.count > 0 ? p->file->statements.items[0]->place : p->file->down_place;
    diagnostic_second(d, first, "a statement stands here");
}

static bool parse_parent(parser *p, bool *none)
{
    lexeme l = parse_peek(p);
    const char *name;
    *none = false;
    if (l.kind == LEX_QUOTED || l.kind == LEX_STRING) {
        if (!parse_text(p, "a migration's id", &name))
            return false;
    } else if (l.kind == LEX_WORD || l.kind == LEX_NUMBER) {
        *none = parse_is(p, l, "none");
        scan_take(&p->s);
        name = parse_keep(p, p->s.bytes + l.start, l.end - l.start, parse_place(p, l));
    } else {
        return parse_expected(p, "a migration's id, or none");
    }
    if (*none)
        return true;
    for (size_t i = 0; i < p->file->after.count; i++)
        if (text_equal(p->file->after.items[i], name))
            problem(p, "said-twice", parse_place(p, l), "this parent is named twice");
    vector_push(p->memory, &p->file->after, name);
    return true;
}

static bool parse_after(parser *p)
{
    lexeme word = scan_take(&p->s);
    check_before_statements(p, word);
    if (p->file->has_after)
        problem(p, "said-twice", parse_place(p, word),
                "after is said twice: name all parents in one, with commas");
    p->file->has_after = true;
    bool none, any_none = false;
    do {
        if (!parse_parent(p, &none))
            return false;
        any_none = any_none || none;
    } while (parse_take_symbol(p, ','));
    if (any_none && p->file->after.count > 0)
        problem(p, "said-twice", parse_since(p, word.start), "after none excludes other parents");
    return true;
}

static bool parse_transaction(parser *p)
{
    lexeme word = scan_take(&p->s);
    check_before_statements(p, word);
    if (p->file->transaction_none)
        problem(p, "said-twice", parse_place(p, word), "transaction none is said twice");
    p->file->transaction_none = true;
    return parse_expect(p, "none");
}

static bool parse_header(parser *p)
{
    lexeme word = scan_take(&p->s);
    ast_file *f = p->file;
    if (f->title != NULL) {
        diagnostic *d = problem(p, "misplaced-header", parse_place(p, word), "a file holds one migration");
        diagnostic_second(d, f->title_place, "its title is here");
    } else {
        check_before_statements(p, word);
    }
    const char *title;
    if (!parse_text(p, "the migration's title, in quotes", &title)) {
        f->title = f->title == NULL ? "" : f->title; /* reported: not to be asked for again */
        return false;
    }
    if (f->title == NULL) {
        f->title = title;
        f->title_place = ast_place_of(f, title, parse_place(p, word));
        if (*title == '\0')
            problem(p, "missing-title", f->title_place, "the title is empty");
    }
    while (!parse_at_end(p)) {
        bool fine = parse_at(p, "after")         ? parse_after(p)
                    : parse_at(p, "transaction") ? parse_transaction(p)
                                                 : parse_expected(p, "after, or the end of the line");
        if (!fine)
            return false;
    }
    return true;
}

static void require_title(parser *p)
{
    if (p->file->title != NULL)
        return;
    lexeme l = parse_peek(p);
    diagnostic *d = problem(p, "missing-title", parse_place(p, l), "a migration begins with its title");
    hint(p, d, "write migration \"…\" before it");
    p->file->title = "";
}

/* --- down */

static bool parse_down(parser *p)
{
    ast_file *f = p->file;
    lexeme word = scan_take(&p->s);
    if (f->down_said) {
        diagnostic *d = problem(p, "misplaced-down", parse_place(p, word), "there is a second down");
        diagnostic_second(d, f->down_place, "the first is here");
    } else {
        f->down_place = parse_place(p, word);
    }
    f->down_said = true;
    if (parse_take(p, "auto")) {
        f->down = DOWN_AUTO;
        return true;
    }
    if (parse_take(p, "never")) {
        f->down = DOWN_NEVER;
        if (!parse_text(p, "the reason, in quotes", &f->down_reason))
            return false;
        if (*f->down_reason == '\0')
            problem(p, "bad-value", ast_place_of(f, f->down_reason, f->down_place), "the reason is empty");
        return true;
    }
    f->down = DOWN_BLOCK;
    return parse_statement_block(p, "{ and statements, auto, or never \"reason\"", &f->down_statements);
}

/* --- the file */

static bool parse_top(parser *p)
{
    ast_file *f = p->file;
    if (parse_at(p, "migration"))
        return parse_header(p);
    require_title(p);
    if (parse_at(p, "after"))
        return parse_after(p);
    if (parse_at(p, "transaction"))
        return parse_transaction(p);
    if (parse_at(p, "down"))
        return parse_down(p);
    if (f->down_said) {
        diagnostic *d =
            problem(p, "misplaced-down", parse_place(p, parse_peek(p)), "a statement stands behind down");
        diagnostic_second(d, f->down_place, "down stands last in the file");
    }
    return parse_statement(p, &f->statements);
}

static void parse_all(parser *p)
{
    while (!p->stopped) {
        if (!scan_to_thing(&p->s)) {
            if (p->s.at >= p->s.length)
                return;
            problem(p, "stray-brace", parse_span(p, p->s.at, p->s.at + 1), "this } closes nothing");
            scan_go(&p->s, p->s.at + 1);
            continue;
        }
        thing outer = scan_begin_thing(&p->s, true);
        bool fine = parse_top(p);
        if (fine && !p->stopped && !parse_at_end(p))
            fine = parse_expected(p, "the end of the line");
        if (!fine && !p->stopped)
            parse_recover(p);
        scan_end_thing(&p->s, outer);
    }
}

ast_file *parse_migration(arena *a, const source_file *source, const char *id, unsigned engines,
                          diagnostics *d)
{
    ast_file *f = ARENA_NEW(a, ast_file);
    f->source = source;
    f->id = arena_string(a, id);
    parser p = {.memory = a,
                .file = f,
                .out = d,
                .s = scanner_new(source),
                .engines = engines,
                .errors_before = d->error_count};
    if (!parse_check_bytes(&p))
        return f;
    scanner look = p.s;
    if (!scan_to_thing(&look) && look.at >= look.length) {
        diagnostic *empty = problem(&p, "empty-file", parse_span(&p, 0, 0), "the file holds no statement");
        hint(&p, empty, "a migration begins with: migration \"title\"");
        return f;
    }
    parse_all(&p);
    return f;
}
