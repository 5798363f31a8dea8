#!/usr/bin/env bash
# Builds the WebAssembly module, the npm package around it and the page: build/wasm/package, build/wasm/proofcard-VERSION.tgz,
# build/wasm/page/index.html. GMP and MPFR are compiled for it from Debian's sources, once.
#
#   build_wasm.sh BUILD_FOLDER [--suites]      in which `make build` has made the program: it makes the key of the digit that the page proves
#
# --suites: also the test programs that run in Node (tests/faces_wasm/suites), build/wasm/cmake/bin/test_*.wasm
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(cd "$1/bin" && pwd)/proofcard
out=$(mkdir -p "$1/wasm" && cd "$1/wasm" && pwd)
jobs=${JOBS:-$(nproc)}
libraries=$out/libraries
compiler="clang-19 --target=wasm32-wasi"

# logged FILE COMMAND...: its output in the file; the end of it when it fails.
logged() {
  local log=$1
  shift
  if ! "$@" > "$log" 2>&1; then
    echo "build_wasm.sh: $1 failed, see $PWD/$log:" >&2
    tail -n 5 "$log" >&2
    return 1
  fi
}

build_libraries() {
  local flags="-O2 -D_WASI_EMULATED_SIGNAL"
  local work=$out/sources
  rm -rf "$work"/gmp-* "$work"/mpfr-*
  tar -C "$work" -xf "$work"/gmp_*.orig.tar.xz
  tar -C "$work" -xf "$work"/mpfr4_*.orig.tar.xz
  mkdir -p "$libraries/include" "$libraries/lib"
  ( cd "$work"/gmp-*
    mkdir -p doc && echo 'all:' > doc/Makefile.in  # Debian leaves the manual out
    CC=$compiler CC_FOR_BUILD=cc AR=llvm-ar-19 RANLIB=llvm-ranlib-19 CFLAGS=$flags LIBS=-lwasi-emulated-signal \
      logged configure.log ./configure --host=none-wasm32-wasi --disable-assembly --disable-shared
    logged make.log make -j"$jobs" SUBDIRS="mpn mpz mpq mpf printf scanf rand"
    cp gmp.h "$libraries/include" && cp .libs/libgmp.a "$libraries/lib" )
  ( cd "$work"/mpfr-*
    CC=$compiler AR=llvm-ar-19 RANLIB=llvm-ranlib-19 CFLAGS=$flags LIBS=-lwasi-emulated-signal \
      logged configure.log ./configure --host=none-wasm32-wasi --disable-shared --disable-thread-safe --disable-float128 \
      --with-gmp-include="$libraries/include" --with-gmp-lib="$libraries/lib"
    logged make.log make -j"$jobs" -C src
    cp src/mpfr.h "$libraries/include" && cp src/.libs/libmpfr.a "$libraries/lib" )
}

if [[ ! -f $libraries/lib/libmpfr.a ]]; then
  scripts/debian_sources.sh "$out/sources" gmp mpfr4
  build_libraries
fi
# build FOLDER OPTION...: the module, for one thread or, with -DPROOFCARD_WASM_THREADS=ON, for several.
build() {
  local folder=$1
  shift
  cmake -S host/faces/wasm -B "$folder" -G Ninja -DCMAKE_TOOLCHAIN_FILE="$PWD/host/faces/wasm/toolchain.cmake" \
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_UNITY_BUILD=ON -DPREFIX="$libraries" "$@" > "$folder.log"
  cmake --build "$folder" --parallel "$jobs" --target proofcard
}
suites=()
[[ ${2:-} != --suites ]] || mapfile -t suites < <(cut -d' ' -f1 tests/faces_wasm/suites/suites.txt)
build "$out/cmake" -DPROOFCARD_WASM_SUITES="$(IFS=';' && echo "${suites[*]}")"
if [[ ${#suites[@]} -gt 0 ]]; then
  cmake --build "$out/cmake" --parallel "$jobs" --target "${suites[@]/#/test_}"
fi
build "$out/cmake-threads" -DPROOFCARD_WASM_THREADS=ON

package=$out/package
rm -rf "$package" && mkdir -p "$package" "$out/page"
cp host/faces/wasm/package/* LICENSE "$package"
cp "$out/cmake/bin/proofcard.wasm" "$package"
cp "$out/cmake-threads/bin/proofcard.wasm" "$package/proofcard-threads.wasm"
(cd "$package" && npm pack --silent --pack-destination "$out" > /dev/null)

# The digit's model, with its input and weights hidden; its key is as public as the example is.
example=$PWD/examples/lenet5
key=$out/page/lenet5
"$program" compile "$example/model.onnx" -o "$key.pcm" --calibrate "$example/samples.json" --name lenet5 > /dev/null 2>&1
"$program" setup "$key.pcm" -o "$key" --force > /dev/null
node host/faces/wasm/page/assemble.mjs "$package" "$out/page/index.html" "$key.pk"
rm -f "$key".*
ls -l "$package"/*.wasm "$out"/proofcard-*.tgz "$out/page/index.html"
