#include "cli.h"

#include "json.h"
#include "text.h"

status command_version(invocation *i)
{
    const migen_release *r = i->release;
    const char *engines = r->engines == (MIGEN_POSTGRES | MIGEN_SQLITE) ? "postgres, sqlite"
                          : r->engines == MIGEN_POSTGRES                ? "postgres"
                                                                        : "sqlite";
    const char *line =
        arena_format(i->memory, "%s-migrate %s (migen %s, %s, %zu migration%s)", r->project, r->release,
                     MIGEN_VERSION, engines, r->migration_count, r->migration_count == 1 ? "" : "s");
    if (i->options.json) {
        builder b = builder_new(i->memory);
        json_writer w = json_new(&b);
        json_object_begin(&w);
        json_string_member(&w, "project", r->project);
        json_string_member(&w, "release", r->release);
        json_string_member(&w, "hash", r->hash);
        json_string_member(&w, "migen", MIGEN_VERSION);
        json_string_member(&w, "engines", engines);
        json_string_member(&w, "libraries", driver_library_versions(i->memory));
        json_key(&w, "migrations");
        json_array_begin(&w);
        for (size_t k = 0; k < r->migration_count; k++) {
            json_object_begin(&w);
            json_string_member(&w, "id", r->migrations[k]->id);
            json_string_member(&w, "title", r->migrations[k]->title);
            json_string_member(&w, "hash", r->migrations[k]->hash);
            json_object_end(&w);
        }
        json_array_end(&w);
        json_object_end(&w);
        report_emit(&i->report, true,
                    &(report_event){.level = "info",
                                    .event = "version",
                                    .operation = "version",
                                    .message = line,
                                    .more = b.bytes});
        return STATUS_OK;
    }
    report_print(&i->report, "%s", line);
    if (!i->options.verbose)
        return STATUS_OK;
    report_print(&i->report, "hash: %s", r->hash);
    report_print(&i->report, "libraries: %s", driver_library_versions(i->memory));
    for (size_t k = 0; k < r->migration_count; k++)
        report_print(&i->report, "  %s  %s  %s", r->migrations[k]->id, r->migrations[k]->hash,
                     r->migrations[k]->title);
    return STATUS_OK;
}
