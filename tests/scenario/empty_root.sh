#!/usr/bin/env bash
# A release binary in an empty root, as a user that nobody knows: no /etc, /proc, /tmp, no home. SQLite; PostgreSQL by its
# socket and by TCP with TLS (verify-full) and SCRAM; and each way in which a connection can fail, in one clear message.
source "$(dirname "$0")/library.sh"
build_shop
root=$work/root
mkdir -p "$root/data" "$root/run" "$root/tls"
cp "$shop" "$root/shop-migrate"

# ---- the empty root ----
# As root: chroot, and a user of no name. Else a user namespace gives the chroot; where that is not allowed either, what is
# left is an empty environment, and the reason is said.
chroot=$(PATH=$PATH:/usr/sbin command -v chroot)
unshare=$(command -v unshare || true)
if [ "$(id -u)" -eq 0 ] && "$chroot" --userspec=12345:12345 --groups= "$root" /shop-migrate version >/dev/null 2>&1; then
  way=chroot
  chown 12345:12345 "$root/data"
elif [ -n "$unshare" ] && "$unshare" -r "$chroot" "$root" /shop-migrate version >/dev/null 2>"$work/log"; then
  way=namespace
else
  way=none
  echo "no empty root here: $(tail -n 1 "$work/log" 2>/dev/null); checked with an empty environment only"
fi

# inside [NAME=VALUE...] -- ARGUMENT...: the release binary in there; @ in front of a path stands for the root.
inside() {
  local variables=()
  while [ "$1" != -- ]; do
    variables+=("$(placed "$1")")
    shift
  done
  shift
  local arguments=()
  for argument in "$@"; do
    arguments+=("$(placed "$argument")")
  done
  case $way in
    chroot) env -i "${variables[@]}" "$chroot" --userspec=12345:12345 --groups= "$root" /shop-migrate "${arguments[@]}" ;;
    namespace) env -i "${variables[@]}" "$unshare" -r "$chroot" "$root" /shop-migrate "${arguments[@]}" ;;
    none) env -i "${variables[@]}" "$root/shop-migrate" "${arguments[@]}" ;;
  esac
}

placed() {
  if [ "$way" = none ]; then
    printf '%s' "${1//@@/$root}"
  else
    printf '%s' "${1//@@/}"
  fi
}

listing() {
  (cd "$root" && find . -mindepth 1 | sort)
}

# one_message: one error, short enough to be read, and the password nowhere, nor a piece of it.
one_message() {
  equal 1 "$(grep -c '^error' "$work/log" || true)" "the number of error messages"
  checks=$((checks + 1))
  [ "$(grep '^error' "$work/log" | wc -m)" -le 300 ] || fail "the message is too long: $(grep '^error' "$work/log")"
  no_secret
}

no_secret() {
  local piece
  for piece in Zebra7 "pa ss" "%20ss" wrong-Quagga3; do
    silent_about "$piece"
  done
}

# ---- SQLite ----
listing >"$work/before"
expect 0 inside -- up --url sqlite:@@/data/shop.db
says "up: ok applied=11"
expect 0 inside MIGEN_URL=sqlite:@@/data/shop.db -- up
says "applied=0 already=11"
listing | grep -v '^./data/shop.db$' >"$work/after"
same "$work/before" "$work/after"
sqlite3 "$root/data/wal.db" "PRAGMA journal_mode = wal; CREATE TABLE other (x)" >/dev/null
[ "$way" != chroot ] || chown 12345:12345 "$root"/data/wal.db*
expect 0 inside -- up --url sqlite:///@@/data/wal.db
expect 0 inside -- verify --url sqlite:@@/data/wal.db
expect 0 inside -- up --url sqlite::memory:

# ---- a server with TLS ----
password="pa ss/w@rd?x#y%:Zebra7"
encoded="pa%20ss%2Fw%40rd%3Fx%23y%25%3AZebra7"
new_authority() { # NAME: a CA of our own
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$1" \
    -keyout "$work/$1.key" -out "$work/$1.pem" 2>/dev/null
}
new_authority authority
new_authority stranger
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=db.test \
  -keyout "$work/server.key" -out "$work/server.csr" 2>/dev/null
printf 'subjectAltName=DNS:db.test,IP:127.0.0.1\n' >"$work/names"
openssl x509 -req -in "$work/server.csr" -CA "$work/authority.pem" -CAkey "$work/authority.key" -CAcreateserial -days 2 \
  -extfile "$work/names" -out "$work/server.pem" 2>/dev/null
cp "$work/authority.pem" "$work/stranger.pem" "$root/tls/"
chmod 600 "$work/server.key"
[ "$(id -u)" -ne 0 ] || chown postgres "$work/server.key" "$root/run"
start_postgres -c unix_socket_directories="$work/pg,$root/run" -c ssl=on -c ssl_cert_file="$work/server.pem" \
  -c ssl_key_file="$work/server.key" -c password_encryption=scram-sha-256
query postgres "CREATE ROLE app LOGIN PASSWORD '$password'; CREATE ROLE local LOGIN"
for database in by_socket by_password by_tls by_name by_secret; do
  query postgres "CREATE DATABASE $database OWNER app"
done
query by_socket "GRANT ALL ON SCHEMA public TO local"
cat >"$work/pg_hba.conf" <<END
local all postgres trust
local all local trust
local all app scram-sha-256
hostssl all app 127.0.0.1/32 scram-sha-256
END
cat "$work/pg_hba.conf" >"$pg_socket/data/pg_hba.conf"
query postgres "SELECT pg_reload_conf()" >/dev/null
sleep 0.3

# ---- ways in ----
tls="sslmode=verify-full&sslrootcert=@@/tls/authority.pem"
by_address="127.0.0.1:$pg_port"
expect 0 inside -- up --url "postgresql:///by_socket?host=@@/run&port=$pg_port&user=local"
says "up: ok applied=11"
expect 0 inside -- up --url "postgresql://app:$encoded@/by_password?host=@@/run&port=$pg_port"
says "up: ok applied=11"
expect 0 inside -- up --url "postgresql://app:$encoded@$by_address/by_tls?$tls"
says "up: ok applied=11"
says "postgres://app@$by_address/by_tls (from --url)"
no_secret
equal t "$(query by_tls "SELECT count(*) = 11 FROM migen_history")" "the history over TLS"
expect 0 inside -- up --url "postgresql://app:$encoded@$by_address/by_tls?$tls"
says "applied=0 already=11"
# The name that the certificate has, and the address where it is.
expect 0 inside -- up --url "postgresql://app:$encoded@db.test:$pg_port/by_name?hostaddr=127.0.0.1&$tls"
says "up: ok applied=11"
# As a mounted secret; as libpq's variables; raw special characters in the URL.
printf 'postgresql://app:%s@%s/by_secret?%s\n' "$encoded" "$by_address" "$(placed "$tls")" >"$root/tls/url"
expect 0 inside DATABASE_URL_FILE=@@/tls/url -- up -v
says "(from DATABASE_URL_FILE)"
no_secret
expect 0 inside PGHOST=127.0.0.1 PGPORT="$pg_port" PGUSER=app PGPASSWORD="$password" PGDATABASE=by_secret \
  PGSSLMODE=verify-full PGSSLROOTCERT=@@/tls/authority.pem -- current
says "20260401080000_order_totals (head)"
expect 0 inside -- current --url "postgresql://app:$password@$by_address/by_secret?$tls"

# ---- refusals ----
# refused CODE URL TEXT: as text and as JSON.
refused() {
  expect "$1" inside -- up --url "$2"
  one_message
  says "$3"
  expect "$1" inside -- up --url "$2" --format json -v
  says "$3"
  no_secret
  cat "$work/out" "$work/log" >"$work/lines"
  every_line_is_json "$work/lines"
}

# A wrong password; a right one over a connection that the server does not want.
refused 77 "postgresql://app:wrong-Quagga3@$by_address/by_tls?$tls" "password authentication failed"
says "28P01"
refused 77 "postgresql://app@$by_address/by_tls?$tls" "no password supplied"
refused 77 "postgresql://nobody:$encoded@$by_address/by_tls?$tls" "nobody"
refused 77 "postgresql://app:$encoded@$by_address/by_tls?sslmode=disable" "no pg_hba.conf entry"
# A host where nothing listens; a name that cannot be looked up; a database that is not there.
refused 69 "postgresql://app:$encoded@127.0.0.1:1/by_tls?$tls" "Connection refused"
refused 69 "postgresql://app:$encoded@nowhere.invalid:$pg_port/by_tls?$tls" "could not translate host name"
if [ "$way" != none ]; then
  says "/etc/resolv.conf and /etc/hosts are missing here"
fi
refused 69 "postgresql://app:$encoded@/by_tls?host=@@/nowhere&port=$pg_port" "No such file or directory"
refused 69 "postgresql://app:$encoded@$by_address/nothing?$tls" "nothing"
# A server that is not the one that was meant; one whose authority is another; no authority at all.
refused 69 "postgresql://app:$encoded@other.test:$pg_port/by_tls?hostaddr=127.0.0.1&$tls" "does not match host name"
refused 69 "postgresql://app:$encoded@$by_address/by_tls?sslmode=verify-full&sslrootcert=@@/tls/stranger.pem" \
  "certificate verify failed"
refused 69 "postgresql://app:$encoded@$by_address/by_tls?sslmode=verify-full&sslrootcert=@@/tls/missing.pem" \
  "missing.pem"
refused 69 "postgresql://app:$encoded@$by_address/by_tls?sslmode=verify-full" "certificate"
says "sslrootcert"
# SQLite: a folder that is not there, one that may not be written, a file that is no database.
refused 69 sqlite:@@/nowhere/shop.db "cannot be opened"
printf 'this is no database, whatever its name says; it is long enough to be looked at' >"$root/data/text.db"
chmod 666 "$root/data/text.db"
expect 78 inside -- up --url sqlite:@@/data/text.db
says "is not a SQLite database"

# ---- what the root may hold all the same ----
# A name service switch that names modules, and an OpenSSL configuration that names providers, belong to other programs:
# neither is loaded. Names are looked up in /etc/hosts.
if [ "$way" != none ]; then
  mkdir -p "$root/etc" "$root/usr/lib/ssl" "$root/lib" "$root/lib64"
  printf '127.0.0.1 db.test\n' >"$root/etc/hosts"
  printf 'hosts: stray\npasswd: stray\n' >"$root/etc/nsswitch.conf"
  printf 'openssl_conf = all\n[all]\nproviders = list\nssl_conf = no\n[list]\nstray = one\n[one]\nmodule = /stray.so\nactivate = 1\n' \
    >"$root/usr/lib/ssl/openssl.cnf"
  expect 0 inside -- current --url "postgresql://app:$encoded@db.test:$pg_port/by_name?$tls"
  says "20260401080000_order_totals (head)"
fi
echo "empty root: $way"
