# What the scripts of this folder begin with: source it. $1 is the program, `proofcard` of the PATH when it is missing.
set -euo pipefail
export LC_ALL=C

proofcard=${1:-proofcard}
examples=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# Who does what, in a line of its own.
who() { printf '\n%s\n' "$*"; }
# Shows a command and runs it.
run() {
  printf '  $ proofcard %s\n' "${*//"$examples"\//examples/}"
  "$proofcard" "$@" -q
}
# The same, with the first lines of what it prints.
show() {
  printf '  $ proofcard %s\n' "${*//"$examples"\//examples/}"
  "$proofcard" "$@" >shown.txt
  head -n 6 shown.txt | cut -c-150 | sed 's/^/  /'
}
# The same for one that has to say no: exit code 1.
refused() {
  local code=0
  printf '  $ proofcard %s\n' "${*//"$examples"\//examples/}"
  "$proofcard" "$@" >refused.txt 2>&1 || code=$?
  sed 's/^/  /' refused.txt
  if [[ $code -ne 1 ]]; then
    echo "expected exit code 1, found $code" >&2
    exit 1
  fi
}
# sample EXAMPLE NUMBER: one of its samples, counted from 0, as an input file; samples EXAMPLE COUNT: the first ones.
rows() { sed -e 's/^{"input_data": *\[\[//' -e 's/\]\].*//' -e 's/\], *\[/\n/g' "$examples/$1/samples.json"; }
sample() { rows "$1" | sed -n "$(($2 + 1))s/.*/{\"input_data\": [[&]]}/p"; }
samples() { printf '{"input_data": [%s]}\n' "$(rows "$1" | head -n "$2" | sed 's/.*/[&]/' | paste -sd,)"; }
# The digest that names a verification key.
digest() { "$proofcard" inspect --json "$1" | tr -d ' \n' | sed 's/.*"vk_digest":"\([0-9a-f]*\)".*/\1/'; }

# For the stories with contracts. Node and its packages, which tests/circom/install.sh puts into a folder of their own; NODE_FOLDER: where they
# are already.
use_node() {
  node_folder=${NODE_FOLDER:-$work/node}
  "$examples/../tests/circom/install.sh" "$node_folder" >/dev/null
  export PATH=$node_folder/node_modules/.bin:$PATH NODE_PATH=$node_folder/node_modules
}
# Runs somebody else's program, which says much.
other() {
  local command="${*//"$examples"\/..\//}"
  printf '  $ %s\n' "${command//"$examples"\//examples/}"
  "$@" >"$work/other.txt" 2>&1 || { cat "$work/other.txt" >&2 && exit 1; }
}
# powers K: writes powers.ptau of that power. POWERS: a file of a public ceremony, which nobody here has to be trusted for; MAKE_TEST_POWERS: a
# program that makes one in seconds, which only tests may believe (tests/circom).
powers() {
  if [[ -n ${POWERS:-} ]]; then
    ln -s "$(realpath "$POWERS")" powers.ptau
  elif [[ -n ${MAKE_TEST_POWERS:-} ]]; then
    "$MAKE_TEST_POWERS" "$1" powers.ptau
  else
    other snarkjs powersoftau new bn128 "$1" begun.ptau
    other snarkjs powersoftau contribute begun.ptau powers.ptau --name=us "-e=$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')"
  fi
}
