// Options that several commands have, and what some of them do.
#include <fmt/format.h>

#include "host/base/parallel.hpp"
#include "host/base/text.hpp"
#include "host/circuit/batch.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/console.hpp"
#include "host/report/run_report.hpp"
#include "host/session/backend.hpp"

namespace proofcard::tools {
namespace {

constexpr std::size_t kMaxThreads = 4096;
constexpr std::uint32_t kMaxTokens = 1U << 20;

}  // namespace

void add_threads_option(const Options& command, std::size_t& threads) {
  command.number("--threads", threads, 1, kMaxThreads, "Number of threads (default: all)");
}

void add_machine_options(const Options& command, MachineOptions& options) {
  command.text("--device", options.device, "What computes: cpu; or cards, as sw_emu*2 or xrt:0,xrt:1");
  add_threads_option(command, options.threads);
  add_card_memory_option(command, options);
  add_waves_options(command, options.waves);
}

void add_card_memory_option(const Options& command, MachineOptions& options) {
  command.bytes("--card-memory", options.card_memory, "Memory of a card that may be used (default: all)")
      .from_environment("PROOFCARD_CARD_MEMORY");
}

void add_memory_option(const Options& command, MachineOptions& options) {
  command.bytes("--memory", options.memory,
                "Most memory that proving lookups may bring the process to; less takes longer (default: no limit)");
}

void warn_of_memory(const MachineOptions& options) {
  if (options.memory != 0 && peak_rss_bytes() > options.memory) {
    warn(fmt::format("--memory: {} were taken, more than the {} allowed: only lookups take less memory for more time",
                     format_bytes(peak_rss_bytes()), format_bytes(options.memory)));
  }
}

void add_verifier_options(const Options& command, std::size_t& threads) {
  add_threads_option(command, threads);
  command.refused("--device", "a proof is verified on the CPU only: a card could answer that anything is right");
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
  PROOFCARD_TRY(prover::Backend backend, find_backend(options.device, options.card_memory));
  backend.memory_bytes = options.memory;
  return backend;
}

void add_batch_option(const Options& command, std::size_t& batch) {
  command.number("--batch", batch, 1, circuit::kMaxBatch,
                 "How many inputs are proved at once, one a row of the input file (default: 1)");
}

Result<Bytes> read_context(const std::optional<std::string>& digits) {
  if (!digits) {
    return Bytes();
  }
  const std::string_view given(*digits);
  // As Ethereum's tools write bytes.
  const std::optional<Bytes> context = from_hex(given.starts_with("0x") ? given.substr(2) : given);
  if (!context || context->empty() || context->size() > statement::kMaxContextBytes) {
    return bad_input("--context", "expected 1 to {} bytes as hexadecimal digits, two a byte, found {}",
                     statement::kMaxContextBytes, *digits);
  }
  return *context;
}

void add_context_option(const Options& command, std::optional<std::string>& digits, const std::string& what) {
  command.text("--context", digits, what).value_name("HEX");
}

Status expect_batch_of_key(std::size_t given, const statement::VerifyingKey& vk, const std::string& path) {
  if (given != 0 && given != vk.circuit.batch) {
    return bad_input("--batch",
                     "expected {}, the number of inputs that {} is for, found {}; `setup --batch {}` makes "
                     "a key for that many",
                     vk.circuit.batch, path, given, given);
  }
  return {};
}

void add_report_option(const Options& command, std::string& path) {
  command.output("--report", path, "Write times and sizes as JSON");
}

void add_trace_option(const Options& command, std::string& path) {
  command.output("--trace", path, "Write a timeline of stages, copies and kernels (for ui.perfetto.dev)");
}

void add_quantisation_options(const Options& command, ModelOptions& options) {
  command
      .input("--calibrate", options.calibration,
             "Samples that set the scales, in the form of the input file: one row a sample")
      .noted_in(options.given);
  command
      .texts("--shape", options.shapes,
             "Shape of an input whose dimensions the ONNX file leaves open; once for each such input")
      .value_name("NAME=1x128")
      .noted_in(options.given);
  command
      .texts(
          "--fix", options.fixed,
          "Take an input as a constant of the model, which its keys name: one that decides the network; once for each "
          "such input")
      .value_name("NAME=VALUE")
      .noted_in(options.given);
  const Option generate =
      command
          .number("--generate", options.generate, 1, kMaxTokens,
                  "Run a language model on its own tokens: all of so many in one proof. The prompt is the model's "
                  "positions but all of these but the last")
          .noted_in(options.given);
  command.number("--end-token", options.end_token, "After this token every further one is this one")
      .needs(generate)
      .noted_in(options.given);
  const Option bits = command
                          .choice("--bits", options.bits, {8, 16},
                                  "Width of weights and activations (default: the cheapest, tensor by tensor, that "
                                  "reaches the target)")
                          .noted_in(options.given);
  command
      .number("--target-accuracy", options.target, 50, 99.99,
              "Per cent of predictions that stay as the float model's, or 100 less the error of the output in per cent")
      .noted_in(options.given)
      .excludes(bits);
  command
      .choice("--measure", options.measure, {"error", "prediction", "cosine"},
              "What outputs are judged by (default: what suits each; classes by prediction, the rest by error)")
      .noted_in(options.given);
  command.choice("--output-bits", options.output_bits, {8, 16, 32}, "Width of the outputs; 32 for all bits there are")
      .noted_in(options.given);
  command
      .input("--input-like", options.input_like,
             "A .vk, .pk or .pcm: take type and scale of the inputs from that model's outputs")
      .noted_in(options.given);
}

void add_model_options(const Options& command, ModelOptions& options) {
  using circuit::Visibility;
  command
      .text("--name", options.name,
            "Name of the model in its keys, which everybody sees (default: the file's; \"model\" for model.onnx)")
      .check([](const std::string& name) { return name.empty() ? "expected a name, found an empty one" : ""; })
      .noted_in(options.given);
  add_quantisation_options(command, options);
  const auto add_visibility = [&](const std::string& name, Visibility& value, const std::string& what) {
    command
        .choice<Visibility>(
            name, value,
            {{"private", Visibility::kPrivate}, {"public", Visibility::kPublic}, {"committed", Visibility::kCommitted}},
            what)
        .noted_in(options.given);
  };
  add_visibility("--input", options.compile.input, "Who sees the input (default: private)");
  add_visibility("--output", options.compile.output, "Who sees the output (default: public)");
  add_visibility("--weights", options.compile.weights, "Who sees the weights (default: private)");
}

}  // namespace proofcard::tools
