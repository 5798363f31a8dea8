#!/usr/bin/env bash
# Runs commands in a bare Debian 12 that has never seen the project: what a newcomer's machine shows and a developer's hides.
#
#   fresh_machine.sh [--keep FOLDER] [--compiler-cache] COMMAND...      for instance: fresh_machine.sh "make demo" "make test"
#
# Makes a minimal Debian in a folder, with make, git and ca-certificates only, clones this repository's committed state into it
# and runs each COMMAND there, as root, with a clean environment. Packages come from the mirrors that this machine uses. Mounts
# and processes are in name spaces of their own and end with the script. The minimal system is kept as an archive for the next call.
#
#   --keep FOLDER      leave the system in FOLDER; a later call goes on there, with what is committed by then
#   --compiler-cache   what this machine compiled is not compiled again: for those who want to see whether it works, not how long it
#                      takes
#
# Exit status: that of the first COMMAND that fails; 77 when there is no root, no mounts or no debootstrap here, with the reason.
set -euo pipefail

skip() { echo "skipped: the bare machine: $1" >&2; exit 77; }

keep=
compiled=
while [[ "${1:-}" == --* ]]; do
  case $1 in
    --keep) keep=${2:-}; shift; [[ -n $keep ]] || break ;;
    --compiler-cache) compiled=$(ccache --get-config cache_dir 2> /dev/null || true) ;;
    *) break ;;
  esac
  shift
done
if [[ $# -eq 0 || "$1" == -* ]]; then
  sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" >&2
  exit 2
fi
[[ $EUID -eq 0 ]] || skip "needs root, for debootstrap and chroot"
command -v apt-get > /dev/null || skip "needs apt"
unshare --mount --pid --fork true 2> /dev/null || skip "mounts are not allowed here"
if ! command -v debootstrap > /dev/null; then
  "$(dirname "$0")/install_deps.sh" --fresh || skip "debootstrap could not be installed"
fi

release=bookworm
project=$(cd "$(dirname "$0")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/proofcard-fresh
archive=$cache/$release.tar
root=${keep:-$(mktemp -d -t proofcard-fresh.XXXXXX)}
mkdir -p "$cache" "$root"
root=$(cd "$root" && pwd)
cleanup() {
  [[ -n $keep ]] || rm -rf --one-file-system "$root"
}
trap cleanup EXIT

# Debian's mirrors as this machine has them, one "SITE SUITE" a line.
sources=$(apt-get indextargets --format '$(SITE) $(CODENAME) $(COMPONENT) $(ORIGIN)' 'Created-By: Packages' 2> /dev/null |
  sed -n "s/^\([^ ]* $release[^ ]*\) main Debian\$/\1/p" | sort -u)
mirror=$(sed -n "s/ $release\$//p" <<< "$sources" | head -n 1)
[[ -n $mirror ]] || skip "no mirror of $release among this machine's package sources (apt-get update?)"

# An archive older than a month is made anew: its packages would only be replaced.
if [[ ! -x $root/usr/bin/apt-get ]]; then
  if [[ -z "$(find "$archive" -mtime -30 2> /dev/null)" ]]; then
    made=$(mktemp -d -t proofcard-debootstrap.XXXXXX)
    if ! debootstrap --variant=minbase --include=make,git,ca-certificates "$release" "$made" "$mirror" > "$cache/debootstrap.log" 2>&1; then
      rm -rf --one-file-system "$made"
      tail -n 3 "$cache/debootstrap.log" >&2
      skip "debootstrap failed, see $cache/debootstrap.log"
    fi
    tar -C "$made" --one-file-system -cf "$archive.part" .
    mv "$archive.part" "$archive"
    rm -rf --one-file-system "$made"
  fi
  tar -C "$root" -xf "$archive"
  chmod 755 "$root"
fi

# How this machine reaches the network: names, mirrors, proxies, certificates of its own.
cp /etc/resolv.conf /etc/hosts "$root/etc/"
sed 's/.*/deb & main/' <<< "$sources" > "$root/etc/apt/sources.list"
apt-config dump Acquire | grep -i '::proxy' > "$root/etc/apt/apt.conf.d/00proxy" || true
mkdir -p "$root/usr/local/share/ca-certificates"
find /usr/local/share/ca-certificates -name '*.crt' -exec cp {} "$root/usr/local/share/ca-certificates/" \;
git -C "$project" -c safe.directory='*' bundle create -q "$root/srv/proofcard.bundle" HEAD

# start COMMAND: one shell command line in the bare system, in the clone once there is one.
start() {
  unshare --mount --pid --fork --kill-child bash -c '
    set -e
    root=$1
    mount -t proc proc "$root/proc"
    mount -t sysfs sys "$root/sys"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs shm "$root/dev/shm"
    if [[ -d "$3" ]]; then
      mkdir -p "$root/srv/ccache"
      mount --bind "$3" "$root/srv/ccache"
    fi
    exec chroot "$root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}" ${3:+CCACHE_DIR=/srv/ccache} \
      PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
      ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} ${no_proxy:+no_proxy="$no_proxy"} \
      bash -c "$2"' start "$root" "$1" "$compiled"
}

start 'update-ca-certificates > /dev/null 2>&1
  if [[ -d /srv/proofcard ]]; then
    cd /srv/proofcard && git fetch -q /srv/proofcard.bundle HEAD && git checkout -q FETCH_HEAD
  else
    git clone -q /srv/proofcard.bundle /srv/proofcard 2> /dev/null
  fi'
TIMEFORMAT='%0R s, %0U s of CPU'
for command in "$@"; do
  echo "bare machine: $command"
  status=0
  { time start "cd /srv/proofcard && $command" 2>&3; } 3>&2 2> "$root/srv/time" || status=$?
  echo "bare machine: $command: $(cat "$root/srv/time")"
  if [[ $status -ne 0 ]]; then
    echo "bare machine: $command: exit status $status" >&2
    exit "$status"
  fi
done
