#!/usr/bin/env bash
# The documents are true: their migrations are checked, built and carried out; the files they name are there; what they call
# missing is missing.
source "$(dirname "$0")/library.sh"
documents=(README.md CONTRIBUTING.md docs/language.md docs/operations.md docs/architecture.md docs/dependencies.md docs/versions.md bench/length/count)
base=20260105090000_create_users

# Every fenced block of a document that begins with ```mig and `migration`, as $work/blocks/DOCUMENT-LINE.mig.
mkdir -p "$work/blocks"
for document in "${documents[@]}"; do
  awk -v prefix="$work/blocks/${document//\//-}" '
    inside && /^```/ { inside = 0; close(file); next }
    inside { print > file; next }
    /^```mig$/ { inside = 1; file = prefix "-" NR ".mig" }
  ' "$SOURCE/$document"
done
grep -L -m1 '^migration ' "$work"/blocks/*.mig | while read -r fragment; do rm "$fragment"; done

# A project with the block alone, or behind the first migration of the worked example.
project_of() { # BLOCK
  project=$work/projects/$(basename "$1" .mig)
  mkdir -p "$project/migrations"
  printf 'project shop\nengines sqlite, postgres\n' >"$project/migen.project"
  if ! grep -qE '^(migration .*)?after none( |$)' "$1"; then
    cp "$SOURCE/migrations/$base.mig" "$project/migrations/"
  fi
  cp "$1" "$project/migrations/20300101000000_document.mig"
}

blocks=0
for block in "$work"/blocks/*.mig "$SOURCE"/bench/length/*.mig; do
  blocks=$((blocks + 1))
  project_of "$block"
  expect 0 "$MIGEN" check -C "$project"
  silent_about "warning["
  expect 0 "$MIGEN" build -C "$project" --engine sqlite -o "$project/shop-migrate"
  database=sqlite:$project/shop.db
  expect 0 "$project/shop-migrate" up --url "$database"
  silent_about "  differs "
  says "up: ok"
  expect 0 "$project/shop-migrate" up --url "$database"
  says "applied=0"
  expect 0 "$project/shop-migrate" down --url "$database" --yes
  expect 0 "$project/shop-migrate" up --url "$database"
  expect 0 "$project/shop-migrate" verify --url "$database"
done
[ "$blocks" -ge 15 ] || fail "only $blocks migrations were found in the documents: are they still looked for rightly?"
echo "$blocks migrations of the documents: checked, carried out, taken back"

# A path in backquotes that begins with a folder of ours is there.
for document in "${documents[@]}"; do
  for path in $(grep -oE '`(\./)?(runtime|generator|templates|migrations|tests|docs|bench|scripts|\.ci)/[A-Za-z0-9_./<>*-]*`' \
    "$SOURCE/$document" | tr -d '`' | grep -v '[<>*]' | sort -u); do
    checks=$((checks + 1))
    [ -e "$SOURCE/$path" ] || fail "$document names $path, which is not there"
  done
done

# What the README says is not there yet: when it comes, the README must say so.
for command in fmt sql graph docs import diff completion; do
  grep -q "\`migen $command\`" "$SOURCE/README.md" || fail "the README does not say that \`migen $command\` is missing"
  expect 64 "$MIGEN" "$command" -C "$project"
done
# A command that the page on operating explains is one that the binary has.
for command in adopt gate doctor unlock status down; do
  grep -q "\`$command" "$SOURCE/docs/operating.md" || fail "docs/operating.md says nothing of \`$command\`"
  expect 0 "$project/shop-migrate" help "$command"
  says "shop-migrate $command"
done

# The length that the README tells.
expect 0 "$SOURCE/bench/length/count"
ratio=$(sed -n 's/^characters .* //p' "$work/out")
checks=$((checks + 1))
grep -q "$ratio" "$SOURCE/README.md" || fail "the README does not tell the ratio $ratio of bench/length/count"
