# The commands of the project. `make demo` and `make test` work on a fresh Debian 12 machine: they install what is missing.

JOBS ?= $(shell nproc)
BUILD := build
PROOFCARD := $(BUILD)/bin/proofcard
STAGE := scripts/stage.sh
CONFIGURE := @$(STAGE) configure "$(BUILD)/" cmake --preset release
BUILD_ALL := @$(STAGE) --ninja build "everything, $(JOBS) jobs" cmake --build --preset release --parallel $(JOBS)

.PHONY: help deps deps-test build demo test test-long fresh install wheel wheel-test cluster-test wasm wasm-test page-test aarch64-test bench-vgg16 bench-gpt2 bench-peers bench-ezkl bench-chain bench-serve instruction-counts fuzz fuzz-graphs bitstream synth-check formal formal-mutants cocotb lint-rtl rtl-coverage check format lint asan tsan mutants mutants-short clean

help:
	@echo "make demo         build, then prove and verify a LeNet-5 on a handwritten digit"
	@echo "make test         build and run the tests"
	@echo "make build        build/bin/proofcard"
	@echo "make install      the program, its manual page and completions below PREFIX, /usr/local by default"
	@echo "make wheel        the Python package in build/wheel (pip install of it; wheel-test runs its tests)"
	@echo "make cluster-test proofs over clusters of Ray and Slurm on this machine, from the wheel"
	@echo "make fresh        make demo in a bare Debian 12 made for it (root; FRESH=test: make test too)"
	@echo "make test-long    the tests with more and longer random inputs"
	@echo "make wasm         the npm package and the page for browsers in build/wasm (wasm-test runs their tests)"
	@echo "make page-test    the service's page in Chromium (SCREENSHOTS=folder for pictures)"
	@echo "make aarch64-test cross-compiles for aarch64 and runs the tests of the arithmetic and the proof under QEMU"
	@echo "make bench-vgg16  prove a 15-million-parameter VGG-16; report in build/bench/vgg16.json"
	@echo "make bench-gpt2   the same of a language model of GPT-2's shape, 124 million parameters; minutes"
	@echo "make bench-peers  MSM and NTT beside gnark-crypto, arkworks and Plonky3 (needs Go and Rust); SVG=file for a plot"
	@echo "make bench-ezkl   whole proofs of the examples beside EZKL's (Python); MODELS=... for others than two small ones"
	@echo "make bench-chain  chain proofs of models for contracts: constraints, seconds, bytes, gas alone and in batches (POWERS=file.ptau; needs Node; hours for all)"
	@echo "make bench-serve  proofs a second of the service beside the command in a loop (BENCH_SECONDS=... a measurement)"
	@echo "make instruction-counts   of commands and kernels: fails when one is 3 % above the record (UPDATE=1 makes a new one)"
	@echo "make fuzz         every fuzz target, a minute together (FUZZ_SECONDS=... for longer)"
	@echo "make fuzz-graphs  random ONNX graphs beside onnxruntime (SEEDS=FROM:TO for others)"
	@echo "make synth-check  synthesise RTL units with Yosys: budgets, LUT levels, carry chains (UNITS=... for others)"
	@echo "make formal       proves properties of RTL blocks (PROOFS=... for some); make formal-mutants breaks the RTL: the proofs must fail"
	@echo "make cocotb       kernels in Verilator under cocotb, beside models in Python (KERNELS=... for some, SEED=... for other jobs)"
	@echo "make bitstream TARGET=hw|hw_emu|hw_emu_x2|sw_emu [CARD=u55c|u250|u55c_groth16] [PLATFORM=...]   what a card loads"
	@echo "make lint-rtl     slang, Verilator and Verible on every configuration of rtl/"
	@echo "make rtl-coverage lines of rtl/ that its tests run; fails when one is neither run nor waived"
	@echo "make mutants      each check and challenge is taken out in turn: the tests must fail (mutants-short: some of them)"
	@echo "make check        formatting; make format applies it; make lint runs clang-tidy"
	@echo "make asan, tsan   the tests under sanitizers"
	@echo "make clean        remove build folders"

deps:
	@scripts/install_deps.sh

deps-test:
	@scripts/install_deps.sh --test

build: deps
	$(CONFIGURE)
	@$(STAGE) --ninja build "$(PROOFCARD), $(JOBS) jobs" cmake --build --preset release --parallel $(JOBS) --target proofcard

demo: build
	@scripts/demo.sh $(PROOFCARD)

test: deps-test
	$(CONFIGURE)
	@cat $(BUILD)/parts.txt
	$(BUILD_ALL)
	ctest --preset release --parallel $(JOBS) $(CTEST_ARGS)

test-long: deps-test
	$(CONFIGURE) -DPROOFCARD_RTL_LONG=ON
	$(BUILD_ALL)
	@scripts/make_test_models.sh $(BUILD)
	PROOFCARD_LONG=1 PROOFCARD_KILLS=200 PROOFCARD_MODEL_DIR=$(CURDIR)/$(BUILD)/models ctest --preset release --parallel $(JOBS) --timeout 7200
	@PROOFCARD_MODEL_DIR=$(CURDIR)/$(BUILD)/models $(MAKE) --no-print-directory fuzz FUZZ_SECONDS=3600
	@$(MAKE) --no-print-directory wasm-test
	@$(MAKE) --no-print-directory page-test
	@$(MAKE) --no-print-directory aarch64-test
	@$(MAKE) --no-print-directory synth-check
	@$(MAKE) --no-print-directory formal formal-mutants cocotb
	@$(MAKE) --no-print-directory fuzz-graphs SEEDS=$$(date +%Y%m%d)0000:$$(date +%Y%m%d)3000

PREFIX ?= /usr/local
install: build
	@$(STAGE) --ninja build "the library, $(JOBS) jobs" cmake --build --preset release --parallel $(JOBS) --target proofcard_library
	@cmake --install $(BUILD) --prefix "$(DESTDIR)$(PREFIX)"

wasm: build
	@scripts/install_deps.sh --wasm
	@scripts/build_wasm.sh $(BUILD)

wasm-test: build
	@scripts/install_deps.sh --browser
	@scripts/build_wasm.sh $(BUILD) --suites
	@tests/faces_wasm/run.sh $(BUILD)

page-test: build
	@scripts/install_deps.sh --service && scripts/install_deps.sh --browser
	@cmake -B $(BUILD) -DPROOFCARD_SERVICE=ON > /dev/null
	@$(STAGE) --ninja build "the program, $(JOBS) jobs" cmake --build $(BUILD) --parallel $(JOBS) --target proofcard
	@tests/circom/install.sh $(BUILD)/page-npm tests/faces_wasm
	@node tests/faces_rest/page_test.mjs $(PROOFCARD) examples $(BUILD)/page-npm $(SCREENSHOTS)

aarch64-test: build
	@scripts/install_deps.sh --aarch64
	@scripts/build_aarch64.sh $(BUILD)

wheel: deps
	@scripts/install_deps.sh --wheel
	@scripts/make_wheel.sh $(BUILD)

wheel-test: build
	@scripts/install_deps.sh --wheel
	@scripts/make_wheel.sh --test $(BUILD)

cluster-test: wheel build
	@scripts/install_deps.sh --cluster
	@scripts/cluster_test.sh $(BUILD)

# FRESH=test: the tests too, in the same bare system.
fresh:
	@scripts/fresh_machine.sh "make demo" $(if $(filter test,$(FRESH)),"make test")

bench-vgg16: build
	@scripts/install_deps.sh --python
	@scripts/bench_model.sh vgg16 $(PROOFCARD) $(BUILD)/bench

# Scores of 32 positions would be 6.4 MB of every proof: they stay private.
bench-gpt2: build
	@scripts/install_deps.sh --python
	@scripts/bench_model.sh gpt2 $(PROOFCARD) $(BUILD)/bench --output private

bench-peers: build
	@scripts/bench_peers/bench_peers.py $(PROOFCARD) $(if $(SVG),--svg $(SVG))

bench-ezkl: build
	@scripts/install_deps.sh --python
	@scripts/bench_peers/bench_ezkl.py $(PROOFCARD) $(MODELS)

# CHAIN_MODELS="'risk score' 'LeNet-5'" for some; without POWERS test powers are made, which only measurements may believe.
bench-chain: deps-test
	@scripts/install_deps.sh --python
	$(CONFIGURE)
	@$(STAGE) --ninja build "the program, $(JOBS) jobs" cmake --build --preset release --parallel $(JOBS) --target proofcard make_test_powers
	@tests/circom/install.sh $(BUILD)/circom/npm
	@scripts/bench_chain.py $(PROOFCARD) $(BUILD)/bench/chain $(CHAIN_MODELS) $(if $(POWERS),--powers $(POWERS))

BENCH_SECONDS ?= 20
bench-serve:
	@scripts/install_deps.sh --bench-serve
	@$(MAKE) --no-print-directory build
	@scripts/bench_serve.py $(PROOFCARD) $(BUILD)/bench/serve $(BENCH_SECONDS)

FUZZ_SECONDS ?= 60
instruction-counts: build
	@scripts/install_deps.sh --counts
	@scripts/instruction_counts.py $(PROOFCARD) examples $(if $(UPDATE),--update,--check)

fuzz:
	@scripts/install_deps.sh --fuzz
	@scripts/fuzz.sh $(FUZZ_SECONDS) $(BUILD)/fuzz

# A graph a seed. The same ones every time: what is red then is red because of a change.
SEEDS ?= 0:240
fuzz-graphs: build
	@scripts/make_test_models.sh $(BUILD)
	@$(BUILD)/venv/bin/python3 tests/graph_fuzz/fuzz_graphs_test.py $(PROOFCARD)
	@$(BUILD)/venv/bin/python3 tests/graph_fuzz/fuzz_graphs.py $(PROOFCARD) --seeds $(SEEDS) --jobs $(JOBS)

# Those that take little time, and the URAM of the whole kernel in configuration u55c.
UNITS ?= fq_mul park_pair_small contexts horner job_order msm_g1_u55c
synth-check: deps-test
	scripts/synth.py --check $(UNITS)

PROOFS ?=
formal: deps-test
	scripts/formal.py $(PROOFS)

formal-mutants: deps-test
	scripts/formal.py --mutants $(PROOFS)

KERNELS ?=
cocotb: deps-test
	@scripts/cocotb.sh $(BUILD) $(KERNELS)

# Configures for the list of configurations; builds nothing.
lint-rtl: deps-test
	$(CONFIGURE)
	@scripts/lint_rtl.sh $(BUILD)

rtl-coverage: deps-test
	scripts/rtl_coverage.py --jobs $(JOBS)

# TARGET=hw needs Vitis; the emulated targets need the packages of `make test` only.
TARGET ?= hw
CARD ?= u55c
KERNEL ?= rtl
PLATFORM ?=

bitstream:
ifeq ($(TARGET),hw)
	@bitstreams/scripts/build.sh $(CARD) $(KERNEL) "$(PLATFORM)" $(BUILD)/bitstreams/$(CARD)
else ifneq ($(filter $(TARGET),sw_emu hw_emu hw_emu_x2),)
	@scripts/install_deps.sh --test
	$(CONFIGURE)
	@$(STAGE) --ninja build "the card's file, $(JOBS) jobs" cmake --build --preset release --parallel $(JOBS) --target xclbin_$(TARGET)
	@echo $(BUILD)/bin/msm_g1.$(TARGET).xclbin
else
	@echo "make bitstream: TARGET: expected hw, hw_emu, hw_emu_x2 or sw_emu, found $(TARGET)" >&2; exit 2
endif

mutants: deps-test
	@cmake --preset release > /dev/null
	@scripts/mutation/mutants.py --jobs $(JOBS)

mutants-short: deps-test
	@cmake --preset release > /dev/null
	@scripts/mutation/mutants.py --short --jobs $(JOBS)

check:
	@scripts/check_format.sh

format:
	@scripts/check_format.sh --fix

lint: deps
	@$(STAGE) configure "build-dev/" cmake --preset dev
	@scripts/lint.sh build-dev

asan tsan: deps-test
	@$(STAGE) configure "build-$@/" cmake --preset $@
	@$(STAGE) --ninja build "everything, $(JOBS) jobs" cmake --build --preset $@ --parallel $(JOBS)
	ctest --preset $@ --parallel $(JOBS)

clean:
	rm -rf build build-pip build-dev build-debug build-asan build-tsan
