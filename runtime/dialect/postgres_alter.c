#include "postgres_alter.h"
#include "dialect_offenders.h"

#include "default_value.h"
#include "postgres_parts.h"
#include "sql_normal.h"
#include "types.h"

/* serial and id are no types of a column that is there: a sequence stands beside them. */
static migen_type alter_plain_type(migen_type type)
{
    if (type.kind == MIGEN_TYPE_SERIAL)
        type.kind = MIGEN_TYPE_INT;
    if (type.kind == MIGEN_TYPE_ID || type.kind == MIGEN_TYPE_BIGSERIAL)
        type.kind = MIGEN_TYPE_BIGINT;
    return type;
}

/* Whether PostgreSQL assigns the one to the other without being told how. Any type is assigned to text. */
static bool alter_casts_by_itself(migen_type from, migen_type to)
{
    if (!from.array && !to.array && type_family_of(to) == TYPE_FAMILY_TEXT)
        return true;
    if (from.array != to.array)
        return false;
    type_family family = type_family_of(from);
    bool casts = family == TYPE_FAMILY_NUMBER || family == TYPE_FAMILY_BOOL || family == TYPE_FAMILY_TEXT ||
                 family == TYPE_FAMILY_DATE || family == TYPE_FAMILY_JSON;
    return casts && family == type_family_of(to);
}

bool postgres_type_rewrites(migen_type from, migen_type to)
{
    bool text = !from.array && !to.array && (from.kind == MIGEN_TYPE_VARCHAR || from.kind == MIGEN_TYPE_TEXT);
    if (type_equal(from, to))
        return false;
    if (text && (to.kind == MIGEN_TYPE_TEXT || (to.kind == MIGEN_TYPE_VARCHAR && to.length == 0)))
        return false;
    if (text && from.kind == MIGEN_TYPE_VARCHAR && to.kind == MIGEN_TYPE_VARCHAR)
        return from.length == 0 || to.length < from.length;
    if (from.array || to.array)
        return true;
    if (from.kind == MIGEN_TYPE_NUMERIC && to.kind == MIGEN_TYPE_NUMERIC)
        return to.length != 0 && (from.length == 0 || to.scale != from.scale || to.length < from.length);
    migen_type_kind x = alter_plain_type(from).kind, y = alter_plain_type(to).kind;
    if (x == y && type_family_of(from) == TYPE_FAMILY_NUMBER)
        return false;
    /* The session's time zone is UTC: the same bytes. */
    return !((x == MIGEN_TYPE_TIMESTAMP && y == MIGEN_TYPE_TIMESTAMPTZ) ||
             (x == MIGEN_TYPE_TIMESTAMPTZ && y == MIGEN_TYPE_TIMESTAMP));
}

static void alter_cast(sql_writer *w, const char *through, migen_type to)
{
    builder b = builder_new(w->text.memory);
    if (through != NULL) {
        builder_add(&b, "::");
        builder_add(&b, through);
    }
    builder_add(&b, "::");
    builder_add(&b, dialect_type(w->text.memory, MIGEN_POSTGRES, to));
    w->space_due = false;
    sql_expression(w, b.bytes);
}

/* How the old value becomes the new one where nobody said. */
static void alter_using(sql_writer *w, const char *column, migen_type from, migen_type to)
{
    type_family x = type_family_of(from), y = type_family_of(to);
    sql_words(w, "USING");
    if (to.array && !from.array && alter_casts_by_itself(from, (migen_type){.kind = to.kind})) {
        sql_words(w, "ARRAY["); /* one value becomes a list of one */
        w->space_due = false;
        sql_name(w, column);
        w->space_due = false;
        sql_words(w, "]");
        alter_cast(w, NULL, to);
        return;
    }
    if (x == TYPE_FAMILY_NUMBER && y == TYPE_FAMILY_BOOL) {
        sql_name(w, column);
        sql_words(w, "<> 0");
        return;
    }
    sql_name(w, column);
    if (x == TYPE_FAMILY_BOOL && y == TYPE_FAMILY_NUMBER)
        alter_cast(w, "integer", to);
    else if (x == TYPE_FAMILY_ENUM || (y == TYPE_FAMILY_ENUM && x != TYPE_FAMILY_TEXT))
        alter_cast(w, from.array ? "text[]" : "text", to);
    else
        alter_cast(w, NULL, to);
}

typedef struct column_alteration {
    const dialect_request *r;
    const migen_step *step;
    const migen_alteration *wanted;
    const migen_column *found; /* NULL where the model does not know it */
    migen_type type;           /* of the column afterwards */
    bool changes_type;
    const char *const *generated; /* made of it; NULL: none */
    sql_writer w;
    size_t actions;
} column_alteration;

static void alter_action(column_alteration *x, const char *words)
{
    if (x->actions++ != 0)
        sql_comma(&x->w);
    sql_words(&x->w, "ALTER COLUMN");
    sql_name(&x->w, x->step->part);
    sql_words(&x->w, words);
}

/* serial: its default is a sequence of its own, which the model does not show as one. */
static bool alter_is_serial(const migen_column *column)
{
    return column != NULL &&
           (column->type.kind == MIGEN_TYPE_SERIAL || column->type.kind == MIGEN_TYPE_BIGSERIAL);
}

static bool alter_becomes_identity(const column_alteration *x)
{
    return x->changes_type && x->type.kind == MIGEN_TYPE_ID &&
           (x->found == NULL || x->found->type.kind != MIGEN_TYPE_ID);
}

/* A default is taken off while the type changes, and set again: the server would keep the value that the old type has read. */
static void alter_type_actions(column_alteration *x)
{
    const migen_column *found = x->found;
    const char *kept = found == NULL || x->wanted->drop_default || type_numbers_itself(x->type)
                           ? NULL
                           : default_in_type(found->default_value, found->type, x->type);
    bool same_family = found != NULL && alter_casts_by_itself(found->type, x->type) &&
                       type_family_of(found->type) == type_family_of(x->type);
    bool same_type = found != NULL && x->wanted->using_expression == NULL &&
                     type_equal(alter_plain_type(found->type), alter_plain_type(x->type));
    if ((found != NULL && found->default_value != NULL && (!same_type || alter_becomes_identity(x))) ||
        (alter_is_serial(found) && (alter_becomes_identity(x) || !same_family)))
        alter_action(x, "DROP DEFAULT");
    if (same_type)
        return; /* only what stands beside the type is another: the sequence */
    alter_action(x, "TYPE");
    sql_expression(&x->w, dialect_type(x->r->memory, MIGEN_POSTGRES, alter_plain_type(x->type)));
    const char *collate = x->wanted->collate != NULL || found == NULL ? x->wanted->collate : found->collate;
    if (collate != NULL && type_family_of(x->type) == TYPE_FAMILY_TEXT) {
        sql_words(&x->w, "COLLATE"); /* unsaid, it would be the type's own */
        sql_name(&x->w, collate);
    }
    if (x->wanted->using_expression != NULL) {
        sql_words(&x->w, "USING");
        sql_in_brackets(&x->w, x->wanted->using_expression);
    } else if (found != NULL && !alter_casts_by_itself(found->type, x->type)) {
        alter_using(&x->w, x->step->part, found->type, alter_plain_type(x->type));
    }
    if (kept != NULL && x->wanted->default_value == NULL) {
        alter_action(x, "SET DEFAULT");
        dialect_literal(&x->w, MIGEN_POSTGRES, x->type, kept);
    }
}

static void alter_default_actions(column_alteration *x)
{
    if (x->wanted->drop_default && x->wanted->default_value == NULL) {
        alter_action(x, "DROP DEFAULT");
    } else if (x->wanted->default_value != NULL) {
        alter_action(x, "SET DEFAULT");
        dialect_literal(&x->w, MIGEN_POSTGRES, x->type, x->wanted->default_value);
    }
}

static bool alter_is_named(const column_alteration *x, const char *sql)
{
    bool named = sql_mentions(sql, x->step->part, MIGEN_POSTGRES);
    for (size_t i = 0; x->generated != NULL && x->generated[i] != NULL; i++)
        named = named || sql_mentions(sql, x->generated[i], MIGEN_POSTGRES);
    return named;
}

/* A trigger that names the column (UPDATE OF, WHEN) holds its type fast. */
static void alter_triggers(column_alteration *x, bool make, sql_list *out)
{
    const schema_table *t = schema_find_table(x->r->before, x->step->object);
    for (size_t i = 0; t != NULL && i < t->triggers.count; i++) {
        const schema_trigger *trigger = &t->triggers.items[i];
        if (trigger->sql == NULL || !alter_is_named(x, trigger->sql))
            continue;
        sql_writer w = sql_new(x->r->memory);
        if (make) {
            sql_expression(&w, trigger->sql);
        } else {
            sql_words(&w, "DROP TRIGGER");
            sql_name(&w, trigger->name);
            sql_words(&w, "ON");
            sql_object_text(&w, x->step->object);
        }
        sql_statement how =
            postgres_lock(x->r, x->step->object, make ? LOCK_SHARE_ROW_EXCLUSIVE : LOCK_ACCESS_EXCLUSIVE);
        dialect_push(x->r, out, &w, how);
        if (make)
            postgres_keep_trigger(x->r, x->step->object, trigger, how, out);
    }
}

/* Checks and indexes that compare the column, which the server would make again itself, with casts to the old type. */
static void alter_remade(column_alteration *x, bool make, sql_list *out)
{
    dialect_request calm = *x->r; /* all of it is under the one lock that the change needs */
    calm.online = false;
    const schema_table *t = schema_find_table(calm.before, x->step->object);
    for (size_t i = 0; t != NULL && calm.remade != NULL && calm.remade[i] != NULL; i++) {
        const migen_constraint *check = table_find_constraint(t, calm.remade[i]);
        const migen_index *index = table_find_index(t, calm.remade[i]);
        if (make && check != NULL) {
            postgres_add_constraint(&calm, x->step->object, t, check, out);
        } else if (make && index != NULL) {
            postgres_create_index(&calm, x->step->object, index, out);
        } else if (check != NULL) {
            sql_writer w = postgres_alter_table(&calm, x->step->object);
            sql_words(&w, "DROP CONSTRAINT");
            sql_name(&w, check->name);
            dialect_push(&calm, out, &w, postgres_lock(&calm, x->step->object, LOCK_ACCESS_EXCLUSIVE));
        } else if (index != NULL) {
            sql_writer w = sql_new(calm.memory);
            sql_words(&w, "DROP INDEX");
            sql_object(&w, (object_name){.schema = t->name.schema, .name = index->name});
            dialect_push(&calm, out, &w, postgres_lock(&calm, x->step->object, LOCK_ACCESS_EXCLUSIVE));
        }
    }
}

static void alter_statement(column_alteration *x, sql_list *out)
{
    view_list views = {0};
    if (x->changes_type) {
        x->generated = postgres_generated_of(x->r);
        views = dialect_views_on(x->r->memory, x->r->before, x->step->object,
                                 x->generated == NULL ? x->step->part : NULL);
        postgres_functions_around(x->r, &views, false, out);
        postgres_drop_views(x->r, &views, out);
        alter_triggers(x, false, out);
        alter_remade(x, false, out);
        postgres_drop_generated(x->r, x->generated, out);
    }
    sql_statement how = postgres_lock(x->r, x->step->object, LOCK_ACCESS_EXCLUSIVE);
    if (x->changes_type && how.lock_object != NULL) {
        how.rewrites = x->found == NULL || x->wanted->using_expression != NULL ||
                       postgres_type_rewrites(x->found->type, x->type);
        how.scans = how.rewrites;
        postgres_lock_targets(x->r, &how, schema_find_table(x->r->before, x->step->object), x->step->part,
                              LOCK_ACCESS_EXCLUSIVE); /* the keys are made anew */
    }
    dialect_push(x->r, out, &x->w, how);
    if (x->changes_type) {
        postgres_make_generated(x->r, x->generated, &views, out);
        alter_remade(x, true, out);
        alter_triggers(x, true, out);
        postgres_make_views(x->r, &views, out);
        postgres_functions_around(x->r, &views, true, out);
    }
}

static void alter_not_null(column_alteration *x, bool online, sql_list *out)
{
    if (!x->wanted->set_not_null)
        return;
    if (x->wanted->backfill != NULL) {
        if (online && x->actions != 0) /* the strong lock is not held while rows are filled */
            out->items[out->count - 1].own_transaction = true;
        postgres_fill_column(x->r, x->step->object, x->step->part, x->wanted->backfill, out);
        out->items[out->count - 1].own_transaction = online;
    }
    if (x->found == NULL || !x->found->not_null)
        postgres_set_not_null(x->r, x->step->object, x->step->part, out);
}

/* The sequence that a serial column leaves behind: its name is only known to the server. */
static void alter_drop_sequence(const column_alteration *x, sql_list *out)
{
    sql_writer object = sql_new(x->r->memory), body = sql_new(x->r->memory), w = sql_new(x->r->memory);
    sql_object_text(&object, x->step->object);
    sql_words(&body, "BEGIN EXECUTE coalesce('DROP SEQUENCE ' || pg_get_serial_sequence(");
    body.space_due = false;
    sql_string(&body, sql_text(&object));
    sql_comma(&body);
    sql_string(&body, x->step->part);
    sql_words(&body, "), 'SELECT 1'); END");
    sql_words(&w, "DO");
    sql_string(&w, sql_text(&body));
    dialect_push(x->r, out, &w, (sql_statement){.lock = LOCK_NONE});
}

/* id: the sequence goes on behind the rows that are there. */
static void alter_make_identity(column_alteration *x, sql_list *out)
{
    if (!alter_becomes_identity(x))
        return;
    if (alter_is_serial(x->found))
        alter_drop_sequence(x, out);
    sql_writer w = postgres_alter_table(x->r, x->step->object);
    sql_words(&w, "ALTER COLUMN");
    sql_name(&w, x->step->part);
    sql_words(&w, "ADD GENERATED BY DEFAULT AS IDENTITY");
    dialect_push(x->r, out, &w, postgres_lock(x->r, x->step->object, LOCK_ACCESS_EXCLUSIVE));
    postgres_move_sequence(x->r, x->step->object, x->step->part, out);
}

/* From an id to a number that is given: the sequence goes too. */
static void alter_drop_identity(column_alteration *x, sql_list *out)
{
    if (!x->changes_type || x->type.kind == MIGEN_TYPE_ID || x->found == NULL ||
        x->found->type.kind != MIGEN_TYPE_ID)
        return;
    sql_writer w = postgres_alter_table(x->r, x->step->object);
    sql_words(&w, "ALTER COLUMN");
    sql_name(&w, x->step->part);
    sql_words(&w, "DROP IDENTITY");
    dialect_push(x->r, out, &w, postgres_lock(x->r, x->step->object, LOCK_ACCESS_EXCLUSIVE));
}

void postgres_alter_column(const dialect_request *r, sql_list *out)
{
    const migen_step *step = r->step;
    const schema_table *t = schema_find_table(r->before, step->object);
    column_alteration x = {.r = r,
                           .step = step,
                           .wanted = step->alteration,
                           .found = t == NULL ? NULL : table_find_column(t, step->part),
                           .w = postgres_alter_table(r, step->object)};
    x.type = x.wanted->set_type || x.found == NULL ? x.wanted->type : x.found->type;
    x.changes_type = x.wanted->set_type && (x.found == NULL || x.wanted->using_expression != NULL ||
                                            !type_equal(x.found->type, x.wanted->type));
    if (x.changes_type)
        alter_type_actions(&x);
    alter_default_actions(&x);
    if (x.wanted->drop_not_null)
        alter_action(&x, "DROP NOT NULL");
    alter_drop_identity(&x, out);
    if (x.actions != 0)
        alter_statement(&x, out);
    sql_statement lock = postgres_lock(r, step->object, LOCK_ACCESS_EXCLUSIVE);
    alter_not_null(&x, r->online && lock.lock_object != NULL, out);
    alter_make_identity(&x, out);
}

/* What the server holds a value against when it is assigned to a column of the type. */
char *postgres_type_holds(arena *a, const schema *s, const migen_column *column, const char *value)
{
    (void)s;
    const migen_type type = column->type;
    sql_writer w = sql_new(a);
    switch (type.array ? MIGEN_TYPE_NONE : type.kind) {
    case MIGEN_TYPE_VARCHAR:
    case MIGEN_TYPE_CHAR:
        if (type.length <= 0)
            return NULL;
        sql_words(&w, "pg_catalog.char_length(pg_catalog.rtrim(CAST(");
        sql_expression(&w, value);
        sql_words(&w, "AS text))) <=");
        sql_integer(&w, type.length);
        return sql_text(&w);
    case MIGEN_TYPE_SMALLINT:
        sql_expression(&w, value);
        sql_words(&w, "BETWEEN -32768 AND 32767");
        return sql_text(&w);
    case MIGEN_TYPE_INT:
        sql_expression(&w, value);
        sql_words(&w, "BETWEEN -2147483648 AND 2147483647");
        return sql_text(&w);
    case MIGEN_TYPE_BIGINT:
        sql_expression(&w, value);
        sql_words(&w, "BETWEEN -9223372036854775808 AND 9223372036854775807");
        return sql_text(&w);
    case MIGEN_TYPE_NUMERIC:
        if (type.length <= 0)
            return NULL;
        sql_words(&w, "pg_catalog.abs(pg_catalog.round(CAST(");
        sql_expression(&w, value);
        sql_words(&w, "AS numeric),");
        sql_integer(&w, type.scale);
        sql_words(&w, ")) < pg_catalog.power(10::numeric,");
        sql_integer(&w, type.length - type.scale);
        sql_words(&w, ")");
        return sql_text(&w);
    default:
        return NULL;
    }
}
