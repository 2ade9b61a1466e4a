# Run as root by install.sh: installs packages without letting the distribution start servers or make a database cluster of its own.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
no_cluster=/etc/postgresql-common/createcluster.d/alur-install.conf

clean_up() {
    ! grep -qs 'made by alur' "$policy" || rm -f "$policy"
    rm -f "$no_cluster"
    rmdir --ignore-fail-on-non-empty "${no_cluster%/*}" "$(dirname "${no_cluster%/*}")" 2>/dev/null || true
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

# Somebody else's policy stays. Ours forgets itself should this script be killed before it can tidy up.
clean_up
if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\n# made by alur while it installs packages\n[ -d /proc/%s ] && exit 101\nrm -f "$0"\nexit 0\n' "$$" >"$policy"
    chmod 755 "$policy"
fi
mkdir -p "${no_cluster%/*}"
echo "create_main_cluster = false" >"$no_cluster"

options=(-y --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold)
if ! apt-get install "${options[@]}" "$@"; then
    apt-get update -o DPkg::Lock::Timeout=300 # no or old package lists: the usual state of a fresh machine
    apt-get install "${options[@]}" "$@"
fi
