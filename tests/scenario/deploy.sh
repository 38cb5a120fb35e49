#!/usr/bin/env bash
# The manifests of docs/deploy are what they say: read and held against the API's keys and our exit codes; and their very command
# lines run as they say: in an empty root that is read-only, as a user that nobody knows, with the database's URL in a file.
source "$(dirname "$0")/library.sh"
# ---- what they say ----
files=("$SOURCE"/docs/deploy/*.yaml)
expect 0 python3 "$SOURCE/tests/support/deployments.py" "$SOURCE/runtime/base/exits.def" "${files[@]}"
cp "$work/out" "$work/containers"
equal 4 "$(wc -l <"$work/containers")" "the containers of ours"
# That check can fail: an exit code that would be tried for ever, a word that no API knows.
mkdir "$work/wrong"
sed 's/77, 78]/78]/' "$SOURCE/docs/deploy/kubernetes-job.yaml" >"$work/wrong/code.yaml"
expect 1 python3 "$SOURCE/tests/support/deployments.py" "$SOURCE/runtime/base/exits.def" "$work/wrong/code.yaml"
says "exit 77 (NOT_PERMITTED) is None, not FailJob"
sed 's/readOnlyRootFilesystem/readOnlyRootFileSystem/' "$SOURCE/docs/deploy/kubernetes-job.yaml" >"$work/wrong/word.yaml"
expect 1 python3 "$SOURCE/tests/support/deployments.py" "$SOURCE/runtime/base/exits.def" "$work/wrong/word.yaml"
says "has no key readOnlyRootFileSystem"

# ---- what they do ----
start_postgres
build_shop
cd "$work"
new_database shop
query shop "CREATE ROLE reader LOGIN"
root=$work/root
mkdir -p "$root/secrets" "$root/run/secrets" "$root/dev"
cp "$shop" "$root/shop-migrate"
address="127.0.0.1:$pg_port/shop"
for file in secrets/url run/secrets/migrate_url; do
  printf 'postgresql://postgres@%s\n' "$address" >"$root/$file"
done
printf 'postgresql://reader@%s\n' "$address" >"$root/secrets/reader-url"
: >"$root/dev/termination-log"
: >"$work/termination-log"
chmod 666 "$work/termination-log"
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>"$work/log"; then
  way=container
else
  way=plain
  echo "no container here (it takes root and unshare -m): the command lines are run in an empty environment only"
fi

# contained NAME=VALUE... -- ARGUMENT...: as the container would be started, but for the network.
contained() {
  local variables=()
  while [ "$1" != -- ]; do
    variables+=("$1")
    shift
  done
  shift
  if [ $way = plain ]; then
    env -i "${variables[@]/=\//=$root/}" "$root/shop-migrate" "$@"
    return
  fi
  unshare -m --propagation private bash -c '
    root=$1 log=$2
    shift 2
    mount --bind "$root" "$root" && mount --bind "$log" "$root/dev/termination-log" && mount -o remount,ro,bind "$root" || exit 120
    ! touch "$root/something" 2>/dev/null || exit 121
    exec env -i "$@"' container "$root" "$work/termination-log" "${variables[@]}" \
    "$(PATH=$PATH:/usr/sbin command -v chroot)" --userspec=65532:65532 --groups= "$root" /shop-migrate "$@"
}
last_word() {
  local log=$work/termination-log
  [ $way = container ] || log=$root/dev/termination-log
  sqlite3 :memory: "SELECT json_extract(readfile('$log'), '\$.$1')"
}

# One after the other: the Job or the first pod migrates, all others find nothing to do.
sort -r "$work/containers" | while read -r file name what; do
  mapfile -t variables < <(sqlite3 :memory: "SELECT key || '=' || value FROM json_each('$what', '\$.env')")
  mapfile -t arguments < <(sqlite3 :memory: "SELECT value FROM json_each('$what', '\$.args')")
  [ "$name" != schema ] || query shop "GRANT SELECT ON migen_history TO reader"
  : >"$work/termination-log"
  expect 0 contained "${variables[@]}" -- "${arguments[@]}"
  case " ${variables[*]}" in
    *MIGEN_TERMINATION_LOG*) equal "0 ok ${arguments[0]}" "$(last_word exit) $(last_word outcome) $(last_word command)" "the last word of $file" ;;
  esac
  echo "$(basename "$file"), $name: ${arguments[*]}: exit 0"
done
equal 11 "$(query shop "SELECT count(*) FROM migen_history WHERE direction = 'up'")" "what is applied"

# What the Job would be told when it fails, once for ever and once for now.
job=(MIGEN_URL_FILE=/secrets/url MIGEN_TERMINATION_LOG=/dev/termination-log -- up --wait 1s)
query shop "UPDATE migen_history SET hash = 'm1:other' WHERE id LIKE '%create_users'"
expect 4 contained "${job[@]}"
equal "4 0" "$(last_word exit) $(last_word again)" "the last word"
printf 'postgresql://postgres@127.0.0.1:1/shop\n' >"$root/secrets/url"
expect 69 contained "${job[@]}"
equal "69 1" "$(last_word exit) $(last_word again)" "the last word"
