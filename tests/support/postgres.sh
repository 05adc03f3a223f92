#!/bin/sh
# PostgreSQL for the tests.
#
#   postgres.sh find                       prints where PostgreSQL's server programs are: in PATH, or Debian's newest
#   postgres.sh serve [SETTING=VALUE …]    runs a server of its own until standard input closes
#
# `serve` prints `ready DIRECTORY` once the server takes connections on the socket in DIRECTORY;
# anything else it prints says why it could not. However its parent ends, even by SIGKILL, standard
# input closes, the server stops, and the directory is removed.
set -u

find_programs() {
    for initdb in "$(command -v initdb)" $(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -t/ -k5,5nr); do
        [ -x "$initdb" ] && [ -x "${initdb%/*}/pg_ctl" ] && echo "${initdb%/*}" && return
    done
    echo "PostgreSQL is missing, and the tests need it. Run: apt-get install --no-install-recommends postgresql" >&2
    return 1
}

# A database has 1,700 files, which a file system in memory creates and removes in a third of the time.
in_memory() {
    free=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
    [ "${free:-0}" -gt 4000000 ] && [ -w /dev/shm ] && echo /dev/shm
}

serve() {
    programs=$(find_programs) || exit
    umask 077
    cluster=$(mktemp -d "${TMPDIR:-$(in_memory || echo /tmp)}/sharefloor-pg.XXXXXX") || exit
    trap 'exit 1' HUP INT PIPE TERM
    trap '"$programs/pg_ctl" stop --silent --mode=immediate --pgdata="$cluster/data" >/dev/null 2>&1; rm -rf "$cluster"' EXIT
    "$programs/initdb" --pgdata="$cluster/data" --no-sync --auth=trust --username=sharefloor --encoding=UTF8 --locale=C \
        >"$cluster/log" 2>&1 &&
        printf '%s\n' "listen_addresses=''" "unix_socket_directories='$cluster'" "max_connections=300" "$@" \
            >>"$cluster/data/postgresql.conf" &&
        "$programs/pg_ctl" start --silent --pgdata="$cluster/data" --log="$cluster/log" >>"$cluster/log" 2>&1 ||
        { cat "$cluster/log"; exit 1; }
    echo "ready $cluster"
    cat >/dev/null
}

case "${1-}" in
find) find_programs ;;
serve) shift && serve "$@" 2>&1 ;;
*) echo "usage: postgres.sh find | serve [SETTING=VALUE …]" >&2 && exit 2 ;;
esac
