// One function a command: declares its options on the app; when the command is chosen, sets `selected` to what runs it.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "host/base/result.hpp"
#include "host/prover/prover.hpp"
#include "host/tools/model.hpp"
#include "host/tools/waves.hpp"

namespace proofcard::tools {

using Command = std::function<Status()>;

void add_compile(CLI::App& app, Command& selected);
void add_setup(CLI::App& app, Command& selected);
void add_prove(CLI::App& app, Command& selected);
void add_verify(CLI::App& app, Command& selected);
void add_commit(CLI::App& app, Command& selected);
void add_open(CLI::App& app, Command& selected);
void add_inspect(CLI::App& app, Command& selected);
void add_run(CLI::App& app, Command& selected);
// `bench` is the command that add_bench makes.
void add_bench_groth16(CLI::App& bench, Command& selected);
void add_bench(CLI::App& app, Command& selected);
void add_device(CLI::App& app, Command& selected);
void add_card_report(CLI::App& app, Command& selected);
void add_groth16(CLI::App& app, Command& selected);
void add_manual(CLI::App& app, Command& selected);

// --device, --threads, --card-memory, --waves.
struct MachineOptions {
  std::string device = "cpu";
  std::size_t threads = 0;        // 0: all
  std::uint64_t card_memory = 0;  // 0: all
  WavesOptions waves;
};
void add_machine_options(CLI::App& command, MachineOptions& options);
void add_card_memory_option(CLI::App& command, MachineOptions& options);
// --threads alone, for commands that decide whether a proof is good: a card that answers wrongly must not decide that.
void add_verifier_options(CLI::App& command, std::size_t& threads);
// Applies --threads. The Msm for what decides about a proof: the CPU's.
const kernels::Msm& use_verifier(std::size_t threads);
// Applies --threads and --waves and finds the device.
Result<prover::Backend> use_machine(const MachineOptions& options);
// --report and --trace, for commands that can write them.
void add_report_option(CLI::App& command, std::string& path);
void add_trace_option(CLI::App& command, std::string& path);

// --name, --calibrate, --bits, --output-bits, --input-like, --input, --output, --weights.
void add_model_options(CLI::App& command, ModelOptions& options);

// A warning on standard error; and what may be good to know, there too, unless --quiet was given.
void warn(const std::string& text);
void note(const std::string& text);
// --quiet was given.
bool is_quiet();

}  // namespace proofcard::tools
