#include "summary.h"

#include "text.h"

/* As JSON what stands in a line: "column", "email", "varchar(255) not null". */
static void summary_say(migen *run, bool as_result, const char *kind, const char *name, const char *text,
                        const char *line)
{
    if (run->report->json)
        report_emit(run->report, as_result,
                    &(report_event){.level = "info",
                                    .event = "summary",
                                    .operation = "summary",
                                    .object = arena_format(run->memory, "%s %s", kind, name),
                                    .message = text});
    else if (as_result)
        report_print(run->report, "%s", line);
    else
        report_message(run->report, "info", "  %s", line);
}

void summary_table(migen *run, const schema_table *table, bool as_result)
{
    arena *a = run->memory;
    const char *name = name_text(a, table->name);
    summary_say(run, as_result, "table", name, NULL, arena_format(a, "table %s", name));
    size_t width = 0;
    for (size_t i = 0; i < table->columns.count; i++) {
        size_t length = strlen(name_part_text(a, table->columns.items[i].name));
        width = length > width ? length : width;
    }
    for (size_t i = 0; i < table->columns.count; i++) {
        name = name_part_text(a, table->columns.items[i].name);
        const char *text = column_text(a, &table->columns.items[i]);
        summary_say(run, as_result, "column", name, text,
                    arena_format(a, "  %-*s  %s", (int)width, name, text));
    }
    for (size_t i = 0; i < table->constraints.count; i++) {
        name = name_part_text(a, table->constraints.items[i].name);
        const char *text = constraint_text(a, &table->constraints.items[i]);
        summary_say(run, as_result, "constraint", name, text, arena_format(a, "  %s: %s", name, text));
    }
    for (size_t i = 0; i < table->indexes.count; i++) {
        name = name_part_text(a, table->indexes.items[i].name);
        const char *text = index_text(a, &table->indexes.items[i]);
        summary_say(run, as_result, "index", name, text, arena_format(a, "  %s: %s", name, text));
    }
    for (size_t i = 0; i < table->triggers.count; i++) {
        name = name_part_text(a, table->triggers.items[i].name);
        summary_say(run, as_result, "trigger", name, NULL, arena_format(a, "  trigger %s", name));
    }
}

bool summary_print(migen *run, const char *object, bool as_result)
{
    const schema_table *table = schema_find_table(run->live, object);
    if (table == NULL) {
        summary_say(run, as_result, "table", object, "not there",
                    arena_format(run->memory, "table %s is not there", object));
        return false;
    }
    summary_table(run, table, as_result);
    return true;
}
