#include "summary.h"

#include "text.h"

static void summary_line(migen *run, bool as_result, const char *line)
{
    if (as_result)
        report_print(run->report, "%s", line);
    else
        report_message(run->report, "info", "  %s", line);
}

void summary_table(migen *run, const schema_table *table, bool as_result)
{
    arena *a = run->memory;
    summary_line(run, as_result, arena_format(a, "table %s", name_text(a, table->name)));
    size_t width = 0;
    for (size_t i = 0; i < table->columns.count; i++) {
        size_t length = strlen(name_part_text(a, table->columns.items[i].name));
        width = length > width ? length : width;
    }
    for (size_t i = 0; i < table->columns.count; i++) {
        const migen_column *column = &table->columns.items[i];
        summary_line(run, as_result,
                     arena_format(a, "  %-*s  %s", (int)width, name_part_text(a, column->name),
                                  column_text(a, column)));
    }
    for (size_t i = 0; i < table->constraints.count; i++)
        summary_line(run, as_result,
                     arena_format(a, "  %s: %s", name_part_text(a, table->constraints.items[i].name),
                                  constraint_text(a, &table->constraints.items[i])));
    for (size_t i = 0; i < table->indexes.count; i++)
        summary_line(run, as_result,
                     arena_format(a, "  %s: %s", name_part_text(a, table->indexes.items[i].name),
                                  index_text(a, &table->indexes.items[i])));
    for (size_t i = 0; i < table->triggers.count; i++)
        summary_line(run, as_result,
                     arena_format(a, "  trigger %s", name_part_text(a, table->triggers.items[i].name)));
}

bool summary_print(migen *run, const char *object, bool as_result)
{
    const schema_table *table = schema_find_table(run->live, object);
    if (table == NULL) {
        summary_line(run, as_result, arena_format(run->memory, "table %s is not there", object));
        return false;
    }
    summary_table(run, table, as_result);
    return true;
}
