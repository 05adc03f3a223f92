# ChromeDriver for the tests, until standard input closes. However its parent ends, even by SIGKILL, ChromeDriver is stopped, its
# browsers end because it held their pipes, and their files are removed.
set -u
files=$(mktemp -d "${TMPDIR:-/tmp}/sharefloor-chromium.XXXXXX") || exit
TMPDIR=$files HOME=$files chromedriver --port=0 </dev/null 2>&1 &
driver=$!
exec >/dev/null
clean() {
    kill -KILL "$driver" 2>/dev/null
    # A browser that ends can still write for some seconds.
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
        sleep 1
        rm -rf "$files" 2>/dev/null && [ ! -e "$files" ] && return
    done
}
trap 'exit 1' HUP INT PIPE TERM
trap clean EXIT
cat
