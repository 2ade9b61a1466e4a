# Sourced by ./alur test: builds everything, runs every test project, adds up. The last line, alone, is the result.

run_tests() {
    [[ $# -le 1 && ${1:-} != -* ]] || die 2 "usage: ./alur test [FILTER]"
    passed=0 failed=0 skipped=0 child= signal=
    own_checkout
    exec 9>"$ALUR_ROOT/artifacts/.built/tests.lock"
    if ! flock -n 9; then
        say "another ./alur test is running in this checkout; it would lose its database servers at our end"
        echo "0 passed, 1 failed, 0 skipped"
        exit 1
    fi
    trap finish EXIT # the result is the last line however this ends, and an end on the way is a failure
    trap 'interrupted 130' INT
    trap 'interrupted 143' TERM
    need sdk node postgres mariadb mariadb-client kafka zones browser
    build Alur.slnx src tests bench tools
    install_crosscheck
    local project projects=("$ALUR_ROOT"/tests/*.Tests)
    [[ -n ${1:-} ]] || say "every test of ${#projects[@]} projects: about 15 minutes on two cores"
    for project in "${projects[@]}"; do
        say "${project##*/} ..."
        run_project "${project##*/}" "${1:-}"
    done
    exit 0
}

# What runs is asked to end, and made to after ten seconds (a project's timeout does it for all of its processes).
interrupted() {
    signal=yes
    if [[ -n $child ]]; then
        kill -TERM "$child" 2>/dev/null || true
        timeout 12 tail --pid="$child" -f /dev/null || kill -KILL "$child" 2>/dev/null || true
    fi
    exit "$1"
}

finish() {
    local status=$?
    trap - EXIT
    stop_test_servers || true
    [[ -z $signal ]] || say "ended by a signal; not all tests ran"
    if [[ $((passed + failed)) -eq 0 && $status -eq 0 ]]; then
        say "no test ran"
        status=1
    fi
    [[ $status -eq 0 || $failed -gt 0 ]] || failed=1
    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [[ $failed -eq 0 ]] && exit 0 || exit 1
}

PROJECT_MINUTES=20 # a project takes 2 to 4 on two quiet cores

# Adds one project's counts. A project that ends in any other way than by reporting its tests counts as a failed test.
run_project() {
    local name=$1 filter=$2 results="$ALUR_ROOT/artifacts/tests/$1" status=0 begun=$SECONDS select=() counts
    mkdir -p "$results"
    rm -f "$results/results.trx"
    case "$filter" in
        '') ;;
        *=*) select=(-trait "$filter") ;;
        *) select=(-method "*$filter*") ;;
    esac
    attended "$ALUR_ROOT" "$results/output.txt" timeout --kill-after=10 "${PROJECT_MINUTES}m" dotnet "artifacts/bin/$name/release/$name.dll" \
        -noColor -noLogo -trx "$results/results.trx" "${select[@]}" || status=$?
    counts=$(read_counts "$results/results.trx")
    local p f s
    read -r p f s <<<"$counts"
    if [[ $f -eq 0 && $status -ne 0 ]] && ! nothing_selected "$filter" "$results/output.txt"; then
        f=1
        case $status in
            124 | 137) say "$name was ended: it took longer than $PROJECT_MINUTES minutes, or the system ran out of memory" ;;
            *) say "$name did not end in order (exit code $status)" ;;
        esac
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    printf '%-28s %5d passed %4d failed %4d skipped %5d s\n' "$name" "$p" "$f" "$s" "$((SECONDS - begun))" >&2
    [[ $f -eq 0 ]] || tail -n 400 "$results/output.txt" >&2
}

# passed, failed and skipped of a TRX file; zeros when there is none.
read_counts() {
    local line
    line=$(grep -o '<Counters [^>]*' "$1" 2>/dev/null) || line=
    printf '%d %d %d\n' "$(counter passed "$line")" "$(counter failed "$line")" "$(($(counter total "$line") - $(counter passed "$line") - $(counter failed "$line")))"
}

counter() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$2" | grep . || echo 0; }

nothing_selected() { [[ -n $1 ]] && grep -q 'Total: 0, Errors: 0, Failed: 0' "$2"; }

# The shared servers of this checkout's tests, by their pid files; a pid is believed only if its command line names our directory.
stop_test_servers() {
    local place file pid
    for place in "$ALUR_ROOT/data/test" "/var/lib/alur/$(printf %s "$ALUR_ROOT" | sha256sum | cut -c1-12)/test"; do
        for file in "$place"/*/*.pid; do
            pid=$(head -n 1 "$file" 2>/dev/null) || continue
            [[ $pid =~ ^[0-9]+$ ]] && tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "$place/" || continue
            [[ $file == */postmaster.pid ]] && kill -INT "$pid" || kill -TERM "$pid"
            timeout 30 tail --pid="$pid" -f /dev/null || kill -KILL "$pid"
        done
    done
}
