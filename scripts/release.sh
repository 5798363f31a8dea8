#!/usr/bin/env bash
# Prepares a release: checks what must agree, writes its notes, and prints the command that tags it.
#
#   release.sh VERSION [BUILD_FOLDER]      notes: BUILD_FOLDER/release-VERSION.md
set -euo pipefail
cd "$(dirname "$0")/.."

version=${1:?usage: release.sh VERSION [BUILD_FOLDER]}
build=${2:-build}
fail() { echo "release: $*" >&2; exit 2; }

[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "VERSION: expected three numbers as in 0.2.0, found $version"
declared=$(sed -n 's/^project(proofcard VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
[[ $declared == "$version" ]] || fail "CMakeLists.txt: expected version $version, found $declared"
cited=$(sed -n 's/^version: //p' CITATION.cff)
[[ $cited == "$version" ]] || fail "CITATION.cff: expected version $version, found $cited"
notes=$(awk -v heading="## $version " 'index($0, "## ") == 1 { on = index($0, heading) == 1; next } on' CHANGELOG.md)
[[ -n ${notes//[[:space:]]/} ]] || fail "CHANGELOG.md: expected a section \"## $version - DATE\", found none"
[[ -z $(git status --porcelain) ]] || fail "expected a clean tree, found changes (git status)"
! git rev-parse --quiet --verify "refs/tags/v$version" > /dev/null || fail "v$version: there is such a tag"
shown=$("$build/bin/proofcard" --version) || fail "$build/bin/proofcard: build it first (make build)"
[[ $shown == "proofcard $version" ]] || fail "$build/bin/proofcard: expected proofcard $version, found $shown"
scripts/check_fixtures.sh "$build/bin/proofcard"

file=$build/release-$version.md
printf '# proofcard %s\n%s\n' "$version" "$notes" > "$file"
echo "notes: $file"
echo "git tag --annotate v$version --file $file --cleanup verbatim"
