#!/usr/bin/env bash
# Installs pinned npm packages into a folder, unless they are there already: those of the circom tests, or of another folder with
# a package.json and its lock file.
#
#   install.sh FOLDER [OTHER_FOLDER_WITH_PACKAGE_JSON]
set -euo pipefail

source_dir="$(cd "${2:-$(dirname "$0")}" && pwd)"
folder="$1"
if ! command -v npm > /dev/null; then
  echo "install.sh: npm is missing: install it with scripts/install_deps.sh --test, or configure with -D PROOFCARD_NPM=OFF" >&2
  exit 1
fi
if [[ -d "$folder/node_modules" ]] && cmp -s "$source_dir/package-lock.json" "$folder/package-lock.json"; then
  exit 0
fi
mkdir -p "$folder"
cp "$source_dir/package.json" "$folder"
rm -f "$folder/package-lock.json"
# Lock file last: it says that everything is in place.
work="$folder/work"
rm -rf "$work" "$folder/node_modules"
mkdir "$work"
cp "$source_dir/package.json" "$source_dir/package-lock.json" "$work"
(cd "$work" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error)
mv "$work/node_modules" "$folder/node_modules"
rm -rf "$work"
cp "$source_dir/package-lock.json" "$folder"
