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
        json_key(&w, "project");
        json_string(&w, r->project);
        json_key(&w, "release");
        json_string(&w, r->release);
        json_key(&w, "hash");
        json_string(&w, r->hash);
        json_key(&w, "migen");
        json_string(&w, MIGEN_VERSION);
        json_key(&w, "engines");
        json_string(&w, engines);
        json_key(&w, "libraries");
        json_string(&w, driver_library_versions(i->memory));
        json_key(&w, "migrations");
        json_array_begin(&w);
        for (size_t k = 0; k < r->migration_count; k++) {
            json_object_begin(&w);
            json_key(&w, "id");
            json_string(&w, r->migrations[k]->id);
            json_key(&w, "title");
            json_string(&w, r->migrations[k]->title);
            json_key(&w, "hash");
            json_string(&w, r->migrations[k]->hash);
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
