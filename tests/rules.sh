#!/usr/bin/env bash
# The house rules that a compiler does not know. Run from anywhere; prints each breach with its place.
set -u
cd "$(dirname "$0")/.." || exit 1
breaches=0

breach() { # TEXT PLACES
  if [ -n "$2" ]; then
    printf '%s\n%s\n\n' "$1" "$2"
    breaches=$((breaches + 1))
  fi
}

sources() {
  find runtime generator \( -name '*.c' -o -name '*.h' \) -not -path '*/stubs/*' | sort
}

breach "SQL through a format string; use sqltext/sql_writer.h:" \
  "$(sources | xargs grep -nE '"[^"]*\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER|DROP) [^"]*%[sd]')"

breach "memory outside of the arena:" \
  "$(sources | grep '^runtime/' | grep -v runtime/base/arena.c | xargs grep -nE '\b(malloc|calloc|realloc|strdup)\(')"

breach "an exit below main, or a jump:" \
  "$(sources | grep -v runtime/base/arena.c | xargs grep -nE '(^|[^_a-z])(exit|abort|setjmp|longjmp)\(')"

breach "a file over 600 lines (two subjects in one?):" \
  "$(sources | while read -r file; do
    lines=$(wc -l <"$file")
    [ "$lines" -le 600 ] || echo "$file: $lines lines"
  done)"

breach "a header without its opening comment:" \
  "$(sources | grep '\.h$' | while read -r file; do
    head -n 2 "$file" | grep -q "$(basename "$file")" || echo "$file"
  done)"

# An upward include does not compile; a folder in an include would go around that.
breach "an include with a folder:" "$(sources | xargs grep -nE '#include "[^"]*/')"

# What an engine alone needs is in files of its name, which scripts/amalgamate leaves out (runtime/include/engines.h).
breach "an engine left out by hand; that is engines.h's work:" \
  "$(sources | grep -v runtime/include/engines.h | xargs grep -nE '^ *#.*MIGEN_NO_(POSTGRES|SQLITE)')"
breach "an engine compared by hand; ask ENGINE_IS_… (engines.h):" \
  "$(sources | grep -E '^runtime/(dialect|driver|catalog|safe|engine)/' | xargs grep -nE '[=!]= *MIGEN_(POSTGRES|SQLITE)\b')"

breach "an object of a model taken to be changed, which copies may share; take it with schema_change_…:" \
  "$(sources | grep -v -e runtime/schema/schema_copy.c -e runtime/catalog/ |
    xargs grep -nE '^ *schema_(table|view|enum) \*[a-z]+ = .*(entries\[|map_get\()')"

if [ "$breaches" -ne 0 ]; then
  echo "$breaches rules are broken"
  exit 1
fi
echo "the house rules hold"
