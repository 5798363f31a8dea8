#include "host/tools/cli.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <new>
#include <sstream>
#include <system_error>

#include "host/base/cpu_features.hpp"
#include "host/base/parallel.hpp"
#include "host/base/text.hpp"
#include "host/tools/backend.hpp"
#include "host/tools/commands.hpp"
#include "host/tools/files.hpp"
#include "host/tools/suggest.hpp"

namespace proofcard::tools {
namespace {

constexpr int kExitBadInput = 2;
constexpr std::size_t kMaxThreads = 4096;

const std::map<std::string, circuit::Visibility>& visibilities() {
  static const std::map<std::string, circuit::Visibility> kNames{{"private", circuit::Visibility::kPrivate},
                                                                 {"public", circuit::Visibility::kPublic},
                                                                 {"committed", circuit::Visibility::kCommitted}};
  return kNames;
}

void add_threads_option(CLI::App& command, std::size_t& threads) {
  command.add_option("--threads", threads, "Number of threads (default: all)")
      ->check(CLI::Range(std::size_t{1}, kMaxThreads));
}

int report_error(const std::string& message, int code) {
  fmt::print(stderr, "proofcard: error: {}\n", printable_lines(message));
  return code;
}

bool quiet = false;

// --quiet, of every command that does something itself. What was asked for in JSON is the result, not talk.
void add_quiet_options(CLI::App& app) {
  for (CLI::App* command : app.get_subcommands([](CLI::App* c) { return !c->get_group().empty(); })) {
    if (!command->get_subcommands([](CLI::App*) { return true; }).empty()) {
      add_quiet_options(*command);
      continue;
    }
    CLI::Option* flag = command->add_flag("-q,--quiet", quiet, "Print nothing but warnings and errors");
    if (CLI::Option* json = command->get_option_no_throw("--json"); json != nullptr) {
      flag->excludes(json);
    }
  }
}

int run(int argc, const char* const* argv) {
  quiet = false;
  CLI::App app("Proves that a neural network was run correctly, without showing its weights or its input.",
               "proofcard");
  app.set_version_flag("--version", "proofcard " PROOFCARD_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 accepted or done, 1 proof rejected, 2 bad input or usage, 3 device fault.\n"
      "PROOFCARD_ISA=portable|avx2|avx512 in the environment chooses the instruction set.");
  Command selected;
  add_compile(app, selected);
  add_setup(app, selected);
  add_prove(app, selected);
  add_verify(app, selected);
  add_commit(app, selected);
  add_open(app, selected);
  add_inspect(app, selected);
  add_run(app, selected);
  add_bench(app, selected);
  add_device(app, selected);
  add_card_report(app, selected);
  add_groth16(app, selected);
  add_manual(app, selected);
  add_quiet_options(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) {
      std::ostringstream text;
      const int code = app.exit(e, text, text);  // --help, --version
      const Status printed = print(text.str());
      return printed.ok() ? code : report_error(printed.error().message(), kExitBadInput);
    }
    const std::optional<std::string> unknown = explain_unknown(app, argc, argv);
    return report_error(fmt::format("{} (proofcard --help shows the usage)", printable(unknown ? *unknown : e.what())),
                        kExitBadInput);
  }
  if (quiet) {
    discard_stdout();
  }
  Status status = isa_status();
  if (status.ok()) {
    status = selected();
  }
  if (!status.ok()) {
    Error error = status.error();
    error.where = printable(error.where);  // often a path
    const char* kind = error.kind == ErrorKind::kRejected ? "rejected: " : "";
    return report_error(kind + error.message(), exit_code(error));
  }
  status = print("");  // what is still in the buffer
  return status.ok() ? 0 : report_error(status.error().message(), kExitBadInput);
}

}  // namespace

int exit_code(const Error& error) {
  switch (error.kind) {
    case ErrorKind::kRejected:
      return 1;
    case ErrorKind::kDeviceFault:
      return 3;
    case ErrorKind::kBadInput:
    case ErrorKind::kIo:
    case ErrorKind::kUnsupported:
      break;
  }
  return kExitBadInput;
}

// Libraries below us (CLI11, the standard library's allocation) throw; nothing gets past here.
int run_command_line(int argc, const char* const* argv) {
  try {
    return run(argc, argv);
  } catch (const std::bad_alloc&) {
    return report_error("out of memory", kExitBadInput);
  } catch (const std::system_error& e) {
    // Someone stopped reading in the middle: nothing to tell.
    return e.code().value() == EPIPE ? kExitBadInput : report_error(e.what(), kExitBadInput);
  } catch (const std::exception& e) {
    return report_error(e.what(), kExitBadInput);
  }
}

void add_machine_options(CLI::App& command, MachineOptions& options) {
  command.add_option("--device", options.device, "What computes: cpu; or cards, as sw_emu*2 or xrt:0,xrt:1")
      ->capture_default_str();
  add_threads_option(command, options.threads);
  add_card_memory_option(command, options);
  add_waves_options(command, options.waves);
}

void add_card_memory_option(CLI::App& command, MachineOptions& options) {
  command.add_option("--card-memory", options.card_memory, "Memory of a card that may be used (default: all)")
      ->transform(CLI::AsSizeValue(false))
      ->option_text("BYTES|KiB|MiB|GiB")
      ->envname("PROOFCARD_CARD_MEMORY");
}

void add_verifier_options(CLI::App& command, std::size_t& threads) {
  add_threads_option(command, threads);
  command.add_option_function<std::string>("--device", [](const std::string&) {})
      ->group("")  // not in the help
      ->check([](const std::string&) {
        return std::string("a proof is verified on the CPU only: a card could answer that anything is right");
      });
}

const kernels::Msm& use_verifier(std::size_t threads) {
  if (threads != 0) {
    set_num_threads(threads);
  }
  return kernels::cpu_msm();
}

Result<prover::Backend> use_machine(const MachineOptions& options) {
  if (options.threads != 0) {
    set_num_threads(options.threads);
  }
  PROOFCARD_RETURN_IF_ERROR(request_waves(options.waves, options.device));
  return find_backend(options.device, options.card_memory);
}

bool is_quiet() { return quiet; }

void note(const std::string& text) {
  if (!quiet) {
    warn("note: " + text);
  }
}

void add_report_option(CLI::App& command, std::string& path) {
  command.add_option("--report", path, "Write times and sizes as JSON");
}

void add_trace_option(CLI::App& command, std::string& path) {
  command.add_option("--trace", path, "Write a timeline of stages, copies and kernels (for ui.perfetto.dev)");
}

void add_model_options(CLI::App& command, ModelOptions& options) {
  command.add_option(
      "--name", options.name,
      "Name of the model in its keys, which everybody sees (default: the file's; \"model\" for model.onnx)");
  command.add_option("--calibrate", options.calibration,
                     "Samples that set the scales, in the form of the input file: one row a sample");
  command.add_option("--bits", options.bits, "Width of weights and activations: 8 or 16")
      ->check(CLI::IsMember({8, 16}))
      ->capture_default_str();
  command.add_option("--output-bits", options.output_bits, "Width of the outputs: 8, 16, or 32 for all bits there are")
      ->check(CLI::IsMember({8, 16, 32}))
      ->capture_default_str();
  command.add_option("--input-like", options.input_like,
                     "A .vk, .pk or .pcm: take type and scale of the inputs from that model's outputs");
  const auto add = [&](const std::string& name, circuit::Visibility& value, const std::string& what) {
    command.add_option(name, value, what)
        ->transform(CLI::CheckedTransformer(visibilities()))
        ->option_text("private|public|committed");
  };
  add("--input", options.compile.input, "Who sees the input (default: private)");
  add("--output", options.compile.output, "Who sees the output (default: public)");
  add("--weights", options.compile.weights, "Who sees the weights (default: private)");
}

void warn(const std::string& text) { fmt::print(stderr, "proofcard: {}\n", printable_lines(text)); }

}  // namespace proofcard::tools
