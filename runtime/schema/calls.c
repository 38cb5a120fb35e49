/*
 * calls.c: whether an SQL text calls a function, or names a sequence.
 *
 * Idea       PostgreSQL notes what an expression, a view or a trigger stands on; here it is told from the text: a name before a
 *            bracket, and which of several functions of that name is meant by the number of the arguments and the types that are plain
 *            to see (a column's, a cast's, a number's).
 * Invariant  CALL_PERHAPS where the text does not decide: never taken for a yes, nor for a no.
 */
#include "calls.h"

#include "compare.h"
#include "text.h"
#include "type_sql.h"

#include <string.h>

/* How well a call fits a function's arguments, or a value's type one of them. */
enum { FITS_NOT, FITS_PERHAPS, FITS_EXACTLY };

typedef struct call_signature {
    VECTOR(const char *) types; /* as the server prints them */
    size_t least;               /* the others have a default */
    bool variadic, known;
} call_signature;

/* A text that is looked through. */
typedef struct call_text {
    const schema *s;
    arena *scratch;
    const schema_table *table; /* whose columns it names; NULL: those of any that it mentions */
    view_tokens tokens;
} call_text;

static bool call_token_is(const call_text *x, size_t at, const char *word)
{
    return at < x->tokens.count && sql_token_is(x->tokens.items[at], word);
}

/* The token behind the bracket that closes the one at `open`. */
static size_t call_behind_bracket(const view_tokens *tokens, size_t open)
{
    int depth = 0;
    for (size_t i = open; i < tokens->count; i++) {
        depth += sql_token_is(tokens->items[i], "(") ? 1 : sql_token_is(tokens->items[i], ")") ? -1 : 0;
        if (depth == 0)
            return i + 1;
    }
    return tokens->count;
}

/* What only the CREATE FUNCTION says of the arguments: which have a default, whether the last takes any number. */
static void call_read_defaults(arena *a, const schema *s, const char *sql, call_signature *out)
{
    view_tokens tokens = view_tokens_of(a, s, sql);
    size_t open = 0;
    while (open < tokens.count && !sql_token_is(tokens.items[open], "("))
        open++;
    size_t end = call_behind_bracket(&tokens, open);
    int depth = 0;
    for (size_t i = open; i < end; i++) {
        sql_token t = tokens.items[i];
        depth += sql_token_is(t, "(") ? 1 : sql_token_is(t, ")") ? -1 : 0;
        bool has_default = sql_token_is(t, "default") || sql_token_is(t, "=") || sql_token_is(t, ":=");
        if (depth == 1 && has_default && out->least > 0)
            out->least--;
        out->variadic = out->variadic || (depth == 1 && sql_token_is(t, "variadic"));
    }
}

static call_signature call_signature_of(arena *a, const schema *s, const schema_function *f)
{
    call_signature out = {0};
    const char *arguments = function_arguments(a, f->arguments, f->sql);
    if (arguments == NULL)
        return out;
    out.known = true;
    view_tokens tokens = view_tokens_of(a, s, arguments);
    size_t begin = 1;
    for (size_t i = 1; i < tokens.count; i++) { /* lengths are left out there: no brackets in it */
        bool ends = sql_token_is(tokens.items[i], ",") || sql_token_is(tokens.items[i], ")");
        if (ends && i > begin) {
            size_t from = tokens.items[begin].offset;
            vector_push(a, &out.types, arena_copy(a, arguments + from, tokens.items[i].offset - from));
        }
        begin = ends ? i + 1 : begin;
    }
    out.least = out.types.count;
    if (f->sql != NULL)
        call_read_defaults(a, s, f->sql, &out);
    return out;
}

/* The type of the column; NONE where tables that the text mentions have it with several. */
static migen_type call_column_type(const call_text *x, const char *name)
{
    migen_type type = {.kind = MIGEN_TYPE_NONE};
    for (size_t i = 0; i < x->s->tables.count; i++) {
        const schema_table *t = x->s->tables.entries[i].value;
        bool concerned = x->table != NULL ? t == x->table : false;
        for (size_t k = 0; x->table == NULL && k < x->tokens.count && !concerned; k++)
            concerned = view_says(x->scratch, x->s, x->tokens.items[k], t->name.name);
        const migen_column *column =
            concerned && !x->s->tables.entries[i].removed ? table_find_column(t, name) : NULL;
        if (column == NULL)
            continue;
        if (type.kind != MIGEN_TYPE_NONE && !type_equal(type, column->type))
            return (migen_type){.kind = MIGEN_TYPE_NONE};
        type = column->type;
    }
    return type;
}

static migen_type call_named_type(const call_text *x, const char *text)
{
    migen_type type = type_from_postgres(x->scratch, text_trim(x->scratch, text));
    if (type.kind == MIGEN_TYPE_NATIVE && schema_find_enum(x->s, type.name) != NULL)
        type.kind = MIGEN_TYPE_ENUM;
    return type;
}

/* The type of the argument in tokens [begin, end) of the text; NONE where it is not plain to see. */
static migen_type call_argument_type(const call_text *x, const char *sql, size_t begin, size_t end)
{
    int depth = 0;
    size_t cast = 0;
    for (size_t i = begin; i < end; i++) {
        depth += call_token_is(x, i, "(") ? 1 : call_token_is(x, i, ")") ? -1 : 0;
        cast = depth == 0 && call_token_is(x, i, "::") ? i : cast;
    }
    if (cast != 0 && cast + 1 < end) {
        sql_token first = x->tokens.items[cast + 1], last = x->tokens.items[end - 1];
        const char *text =
            arena_copy(x->scratch, sql + first.offset, last.offset + last.text.length - first.offset);
        return call_named_type(x, text);
    }
    if (end - begin > 2 && call_token_is(x, begin, "(") && call_behind_bracket(&x->tokens, begin) == end)
        return call_argument_type(x, sql, begin + 1, end - 1);
    sql_token only = x->tokens.items[begin];
    if (end - begin == 1 && only.kind == TOKEN_NUMBER)
        return (migen_type){.kind = memchr(only.text.bytes, '.', only.text.length) == NULL
                                        ? MIGEN_TYPE_INT
                                        : MIGEN_TYPE_NUMERIC};
    for (size_t i = begin; i < end; i++) /* a, t.a, s.t.a */
        if ((i - begin) % 2 == 0 ? !view_is_name(x->tokens.items[i]) : !call_token_is(x, i, "."))
            return (migen_type){.kind = MIGEN_TYPE_NONE};
    if ((end - begin) % 2 == 0)
        return (migen_type){.kind = MIGEN_TYPE_NONE};
    return call_column_type(x, sql_token_value(x->scratch, x->tokens.items[end - 1]));
}

static migen_type_kind call_plain_kind(migen_type type)
{
    return type.kind == MIGEN_TYPE_ID || type.kind == MIGEN_TYPE_BIGSERIAL ? MIGEN_TYPE_BIGINT
           : type.kind == MIGEN_TYPE_SERIAL                                ? MIGEN_TYPE_INT
                                                                           : type.kind;
}

static int call_type_fits(const call_text *x, migen_type given, const char *declared)
{
    migen_type wanted = call_named_type(x, declared);
    if (given.kind == MIGEN_TYPE_NONE)
        return FITS_PERHAPS;
    if (given.kind == MIGEN_TYPE_NATIVE || wanted.kind == MIGEN_TYPE_NATIVE) {
        bool same = given.kind == wanted.kind && text_equal(given.name, wanted.name);
        return same ? FITS_EXACTLY : FITS_PERHAPS;
    }
    if (given.array != wanted.array || type_family_of(given) != type_family_of(wanted))
        return FITS_NOT;
    if (given.kind == MIGEN_TYPE_ENUM)
        return model_same_object(x->s, given.name, wanted.name) ? FITS_EXACTLY : FITS_NOT;
    return call_plain_kind(given) == call_plain_kind(wanted) ? FITS_EXACTLY : FITS_PERHAPS;
}

typedef struct call_arguments {
    VECTOR(migen_type) types;
} call_arguments;

static call_arguments call_arguments_at(const call_text *x, const char *sql, size_t open)
{
    call_arguments out = {0};
    size_t behind = call_behind_bracket(&x->tokens, open), begin = open + 1;
    int depth = 0;
    for (size_t i = open; i < behind; i++) {
        depth += call_token_is(x, i, "(") ? 1 : call_token_is(x, i, ")") ? -1 : 0;
        bool ends = depth == 0 || (depth == 1 && call_token_is(x, i, ","));
        if (ends && i > begin)
            vector_push(x->scratch, &out.types, call_argument_type(x, sql, begin, i));
        begin = ends ? i + 1 : begin;
    }
    return out;
}

static int call_fits(const call_text *x, const call_arguments *given, const call_signature *wanted)
{
    if (!wanted->known)
        return FITS_PERHAPS;
    size_t count = wanted->types.count, fixed = wanted->variadic && count > 0 ? count - 1 : count;
    if (given->types.count < (wanted->least < fixed ? wanted->least : fixed) ||
        (given->types.count > count && !wanted->variadic))
        return FITS_NOT;
    int fits = FITS_EXACTLY;
    for (size_t i = 0; i < given->types.count; i++) {
        int one = i < fixed ? call_type_fits(x, given->types.items[i], wanted->types.items[i]) : FITS_PERHAPS;
        fits = one < fits ? one : fits;
    }
    return fits;
}

/* Which of the functions of the name is meant. */
static call_answer call_decide(const call_text *x, const schema_function *f, const call_arguments *given)
{
    call_signature own = call_signature_of(x->scratch, x->s, f);
    int fits = call_fits(x, given, &own), best = FITS_NOT;
    if (fits == FITS_NOT)
        return CALL_NO;
    for (size_t i = 0; i < x->s->functions.count; i++) {
        const schema_function *other = x->s->functions.entries[i].value;
        if (x->s->functions.entries[i].removed || other == f || !text_equal(other->name.name, f->name.name) ||
            !text_equal(other->name.schema, f->name.schema))
            continue;
        call_signature theirs = call_signature_of(x->scratch, x->s, other);
        int them = call_fits(x, given, &theirs);
        best = them > best ? them : best;
    }
    if (best == FITS_NOT || (fits == FITS_EXACTLY && best < fits))
        return CALL_SURELY;
    return best == FITS_EXACTLY && fits < best ? CALL_NO : CALL_PERHAPS;
}

call_answer name_is_meant(const schema *s, const char *said, const char *own)
{
    const char *current = s->current != NULL ? s->current : "public";
    if (own == NULL)
        return said == NULL || text_equal(said, current) ? CALL_SURELY : CALL_NO;
    if (said == NULL)
        return text_equal(own, current) ? CALL_SURELY : CALL_PERHAPS; /* by way of the search path */
    return text_equal(said, own) ? CALL_SURELY : CALL_NO;
}

/* The schema before the name at i; *first: the first token of both. */
static const char *call_qualifier(const call_text *x, size_t i, size_t *first)
{
    *first = i;
    if (i < 2 || !call_token_is(x, i - 1, ".") || !view_is_name(x->tokens.items[i - 2]))
        return NULL;
    *first = i - 2;
    return sql_token_value(x->scratch, x->tokens.items[i - 2]);
}

static call_text call_text_of(const schema *s, arena *scratch, const schema_table *t, const char *sql)
{
    return (call_text){.s = s, .scratch = scratch, .table = t, .tokens = view_tokens_of(scratch, s, sql)};
}

call_answer sql_calls(const schema *s, const schema_table *t, const char *sql, const schema_function *f)
{
    if (sql == NULL)
        return CALL_NO;
    arena *scratch = arena_new();
    call_text x = call_text_of(s, scratch, t, sql);
    call_answer answer = CALL_NO;
    for (size_t i = 0; i + 1 < x.tokens.count && answer != CALL_SURELY; i++) {
        size_t first = i;
        if (!view_says(scratch, s, x.tokens.items[i], f->name.name) || !call_token_is(&x, i + 1, "("))
            continue;
        call_answer here = name_is_meant(s, call_qualifier(&x, i, &first), f->name.schema);
        const char *before = first == 0 ? "" : sql_token_value(scratch, x.tokens.items[first - 1]);
        bool declared = text_equal_word(before, "function") || text_equal_word(before, "procedure");
        bool of_trigger = declared && first > 1 && call_token_is(&x, first - 2, "execute");
        if (text_equal_word(before, "as") || (declared && !of_trigger))
            continue;               /* an alias with columns; the head of a CREATE FUNCTION */
        call_arguments given = {0}; /* a trigger's function has none, whatever stands in the brackets */
        if (!of_trigger)
            given = call_arguments_at(&x, sql, i + 1);
        call_answer which = here == CALL_NO ? CALL_NO : call_decide(&x, f, &given);
        here = which < here ? which : here;
        answer = here > answer ? here : answer;
    }
    arena_free(scratch);
    return answer;
}

/* Whether the string names the sequence: numbers, "Numbers", public.numbers. */
static call_answer call_names(const schema *s, arena *scratch, const char *string, const schema_sequence *q)
{
    view_tokens tokens = view_tokens_of(scratch, s, string);
    bool two = tokens.count == 3 && sql_token_is(tokens.items[1], ".");
    if (tokens.count == 0 || (tokens.count != 1 && !two) ||
        !view_says(scratch, s, tokens.items[tokens.count - 1], q->name.name))
        return CALL_NO;
    return name_is_meant(s, two ? sql_token_value(scratch, tokens.items[0]) : NULL, q->name.schema);
}

/* nextval('numbers'), 'numbers'::regclass; not 'numbers'::text, which PostgreSQL looks up each time. */
static bool call_is_regclass(const call_text *x, size_t i)
{
    static const char *const takers[] = {"nextval", "currval", "setval"};
    if (call_token_is(x, i + 1, "::"))
        return call_token_is(x, i + 2, "regclass");
    for (size_t k = 0; k < sizeof takers / sizeof *takers; k++)
        if (i >= 2 && call_token_is(x, i - 1, "(") && call_token_is(x, i - 2, takers[k]))
            return true;
    return false;
}

call_answer sql_takes_numbers(const schema *s, const char *sql, const schema_sequence *q)
{
    if (sql == NULL)
        return CALL_NO;
    arena *scratch = arena_new();
    call_text x = call_text_of(s, scratch, NULL, sql);
    call_answer answer = CALL_NO;
    for (size_t i = 0; i < x.tokens.count && answer != CALL_SURELY; i++) {
        call_answer here = CALL_NO;
        size_t first = i;
        if (x.tokens.items[i].kind == TOKEN_STRING && call_is_regclass(&x, i)) {
            here = call_names(s, scratch, sql_token_value(scratch, x.tokens.items[i]), q);
        } else if (view_says(scratch, s, x.tokens.items[i],
                             q->name.name)) { /* SELECT last_value FROM numbers */
            const char *schema_name = call_qualifier(&x, i, &first);
            bool read =
                first > 0 && (call_token_is(&x, first - 1, "from") || call_token_is(&x, first - 1, "join"));
            here = read ? name_is_meant(s, schema_name, q->name.schema) : CALL_NO;
        }
        answer = here > answer ? here : answer;
    }
    arena_free(scratch);
    return answer;
}
