#!/usr/bin/env bash
# Downloads Debian's sources of some packages into a folder, from the archives that this machine installs from.
#
#   debian_sources.sh FOLDER PACKAGE...
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
shift
# A private copy of the list of packages, with sources: the machine's own settings stay as they are.
apt=$(mktemp -d)
trap 'rm -rf "$apt"' EXIT
mkdir -p "$apt/parts" "$apt/lists/partial"
options=(-o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$apt/parts" -o "Dir::State::lists=$apt/lists"
         -o APT::Sandbox::User=root)
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  [[ ! -f $file ]] || sed -n 's/^deb /deb-src /p' "$file" > "$apt/parts/$(basename "$file" .list).list"
done
for file in /etc/apt/sources.list.d/*.sources; do
  [[ ! -f $file ]] || sed 's/^Types:.*/Types: deb-src/' "$file" > "$apt/parts/$(basename "$file")"
done
apt-get "${options[@]}" -qq update
(cd "$folder" && apt-get "${options[@]}" -qq source --download-only "$@" > /dev/null)
