# Sourced by ./alur: finds out by file what is missing and installs it. A file says more than a package name: it is what will be run.

# need NAME...: makes sure that each is there, or ends with the one command that would install it.
need() {
    local name missing=()
    for name in "$@"; do
        case "$name" in
            sdk) has_sdk || die 1 "the .NET 10 SDK is missing: https://dotnet.microsoft.com/download/dotnet/10.0" ;;
            postgres) has_postgres || missing+=(postgresql) ; [[ $EUID -ne 0 || -x /usr/bin/setpriv ]] || missing+=(util-linux) ;;
            postgres-client) any_file /usr/lib/postgresql/*/bin/pg_restore || missing+=(postgresql-client) ;;
            # Only the core packages: they bring the programs but no service that would start.
            mariadb) [[ -x /usr/sbin/mariadbd && -x /usr/bin/mariadb-install-db && -x /usr/bin/mariadb && -x /usr/bin/my_print_defaults ]] || missing+=(mariadb-server-core mariadb-client-core) ;;
            mariadb-client) any_file /usr/lib/*/libmariadb.so.3 || missing+=(libmariadb3) ;;
            kafka) any_file /usr/lib/*/librdkafka.so.1 || missing+=(librdkafka1) ;;
            zones) [[ -e /usr/share/zoneinfo/Asia/Jakarta ]] || missing+=(tzdata) ;;
            # Ubuntu's package of that name is a snap, which a test cannot start: there the tests of pages fail and say so, unless there is a Chrome.
            browser) has_browser || grep -qs '^ID=ubuntu' /etc/os-release || missing+=(chromium) ;;
            node) command -v node >/dev/null && command -v npm >/dev/null || missing+=(nodejs npm) ;;
        esac
    done
    [[ ${#missing[@]} -eq 0 ]] || install_packages "${missing[@]}"
}

any_file() { [[ -e "$1" ]]; }

has_sdk() {
    [[ -d "$HOME/.dotnet" ]] && PATH="$PATH:$HOME/.dotnet"
    command -v dotnet >/dev/null && dotnet --list-sdks 2>/dev/null | grep -q '^10\.'
}

has_browser() { [[ -x /usr/bin/chromium ]] || command -v google-chrome >/dev/null; }

has_postgres() {
    local postgres version
    for postgres in /usr/lib/postgresql/*/bin/postgres; do
        version=${postgres#/usr/lib/postgresql/}
        [[ -x $postgres && ${version%%/*} -ge 15 && -x ${postgres%postgres}pg_dump ]] && return 0
    done
    return 1
}

install_packages() {
    local command="apt-get install -y --no-install-recommends $*" as_root=() log
    [[ -x /usr/bin/apt-get ]] || die 1 "missing on this machine: $*. Install them with the package manager of this system."
    if [[ $EUID -ne 0 ]]; then
        sudo -n true 2>/dev/null || die 1 "missing on this machine: $*. Run once: sudo apt-get update && sudo $command"
        as_root=(sudo -n)
    fi
    log=$(mktemp -t alur-install.XXXXXX)
    say "installing $* (log: $log)"
    if ! timeout 1200 "${as_root[@]}" bash "$ALUR_ROOT/tools/launcher/apt.sh" "$@" >"$log" 2>&1 </dev/null; then
        tail -n 25 "$log" >&2
        die 1 "could not install $*; the whole log is in $log"
    fi
    rm -f "$log"
}
