// One function a command: declares it with its options, and what runs it.
#pragma once

#include <string>

#include "host/base/result.hpp"
#include "host/cli/options.hpp"
#include "host/cli/waves.hpp"
#include "host/prover/prover.hpp"
#include "host/session/model.hpp"

namespace proofcard::tools {

void add_compile(const Options& app);
void add_setup(const Options& app);
void add_split(const Options& app);
void add_prove(const Options& app);
void add_verify(const Options& app);
void add_commit(const Options& app);
void add_open(const Options& app);
void add_inspect(const Options& app);
void add_run(const Options& app);
// `bench` is the command that add_bench makes.
void add_bench_groth16(const Options& bench);
void add_bench(const Options& app);
void add_device(const Options& app);
void add_card_report(const Options& app);
void add_groth16(const Options& app);
void add_chain(const Options& app);
// A verification key, proof or public signals, as text.
Result<std::string> read_groth16_text(const std::string& path);
// `group` is the command that add_groth16 makes.
void add_groth16_ceremony(const Options& group);
void add_groth16_contract(const Options& group);
void add_serve(const Options& app);
void add_manual(const Options& app);

// --device, --threads, --card-memory, --waves.
struct MachineOptions {
  std::string device = "cpu";
  std::size_t threads = 0;        // 0: all
  std::uint64_t card_memory = 0;  // 0: all
  std::uint64_t memory = 0;       // 0: no limit
  WavesOptions waves;
};
void add_machine_options(const Options& command, MachineOptions& options);
void add_card_memory_option(const Options& command, MachineOptions& options);
// --memory, for commands that prove.
void add_memory_option(const Options& command, MachineOptions& options);
// Says so when more was taken than --memory allows.
void warn_of_memory(const MachineOptions& options);
void add_threads_option(const Options& command, std::size_t& threads);
// --threads alone, for commands that decide whether a proof is good: a card that answers wrongly must not decide that.
// --device is refused with that reason.
void add_verifier_options(const Options& command, std::size_t& threads);
// Applies --threads. The Msm for what decides about a proof: the CPU's.
const kernels::Msm& use_verifier(std::size_t threads);
// Applies --threads and --waves and finds the device.
Result<prover::Backend> use_machine(const MachineOptions& options);
// --report and --trace, for commands that can write them.
void add_report_option(const Options& command, std::string& path);
void add_trace_option(const Options& command, std::string& path);

// --name, --calibrate, --shape, --bits, --output-bits, --input-like, --input, --output, --weights.
void add_model_options(const Options& command, ModelOptions& options);
// Those of them that can decide whether a model compiles: --calibrate, --shape, --bits, --output-bits, --input-like.
void add_quantisation_options(const Options& command, ModelOptions& options);

// --batch, of commands that make a key: how many inputs its proofs are for. 0: not given.
void add_batch_option(const Options& command, std::size_t& batch);
// Of those that take a key as well, when they do: it has been made for some number. Errors: another one was given.
// What --context says; empty without it. Errors: kBadInput for no digits, or too many.
Result<Bytes> read_context(const std::optional<std::string>& digits);
void add_context_option(const Options& command, std::optional<std::string>& digits, const std::string& what);

Status expect_batch_of_key(std::size_t given, const statement::VerifyingKey& vk, const std::string& path);

// A warning on standard error, unless it is empty; and what may be good to know, there too, unless --quiet was given.
void warn(const std::string& text);
void note(const std::string& text);
// --quiet was given.
bool is_quiet();

}  // namespace proofcard::tools
