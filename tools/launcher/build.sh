# Sourced by ./alur: builds only when something changed since the last good build of the same target.

# attended DIRECTORY LOG COMMAND...: runs it there, all that it prints into the log, our locks (8, 9) closed. In the background, because bash obeys a
# signal only when the command before it has ended; `child` is what a trap then has to end. A background command would ignore Ctrl-C without env.
attended() {
    local directory=$1 log=$2 status=0
    shift 2
    env --chdir="$directory" --default-signal=INT,QUIT "$@" >"$log" 2>&1 </dev/null 8>&- 9>&- &
    child=$!
    wait "$child" || status=$?
    child=
    return "$status"
}

# build TARGET DIRECTORY...: TARGET is a project or the solution, the directories are what it is made of.
build() {
    local target=$1 stamp begun log
    shift
    stamp="$ALUR_ROOT/artifacts/.built/${target//\//-}"
    own_checkout
    exec 8>"$ALUR_ROOT/artifacts/.built/lock"
    flock -w 900 8 || die 1 "another build has been running for 15 minutes"
    if changed_since "$stamp" "$@"; then
        log="$ALUR_ROOT/artifacts/.built/build.log"
        begun="$stamp.begun"
        touch "$begun"
        if [[ -e $stamp ]]; then say "building"; else say "building; the first time this takes some minutes"; fi
        # Build servers outlive the build: they must keep neither the caller's pipe nor a lock (9 is that of the tests) open.
        if ! attended "$ALUR_ROOT" "$log" dotnet build "$target" -c Release -nologo -v q; then
            rm -f "$begun"
            grep -E ': (error|warning) |error :|error MSB|NU[0-9]+' "$log" | sort -u | head -n 40 >&2 || tail -n 25 "$log" >&2
            say "the build broke; its whole log is in $log"
            return 1
        fi
        mv "$begun" "$stamp" # with the time at which the build began: what changed meanwhile is built next time
    fi
    exec 8>&-
}

# What tests and a benchmark compare ours with, from npm.
install_crosscheck() {
    local at="$ALUR_ROOT/tests/crosscheck"
    [[ -e $at/package.json && ! $at/node_modules/.package-lock.json -nt $at/package-lock.json ]] || return 0
    say "installing the npm packages of tests/crosscheck"
    attended "$at" "$ALUR_ROOT/artifacts/.built/npm.log" npm ci --no-audit --no-fund --ignore-scripts && return 0
    tail -n 20 "$ALUR_ROOT/artifacts/.built/npm.log" >&2
    say "npm ci failed in tests/crosscheck"
    return 1
}

# Both the build and its locks are written into the checkout.
own_checkout() {
    local built="$ALUR_ROOT/artifacts/.built"
    mkdir -p "$built" 2>/dev/null && [[ -w $built && (! -e $built/lock || -w $built/lock) ]] ||
        die 1 "$ALUR_ROOT belongs to $(stat -c %U "$ALUR_ROOT"), and $(id -un) may not write there. Run this as $(stat -c %U "$ALUR_ROOT"), or in a clone of your own."
}

# A directory is newer too when something was removed from it. The one that npm ci put its packages into is not newer than these.
changed_since() {
    local stamp=$1
    shift
    [[ -e $stamp ]] || return 0
    [[ -n $(cd "$ALUR_ROOT" && find "$@" Directory.Build.props Directory.Packages.props global.json .editorconfig Alur.slnx \
        -name node_modules -prune -o -newer "$stamp" \
        ! \( -type d -exec sh -c 'test "$1/node_modules/.package-lock.json" -nt "$1"' sh {} \; \) -print -quit) ]]
}
