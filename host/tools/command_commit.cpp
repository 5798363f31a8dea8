// proofcard commit MODEL VALUES -o X  ->  X.commit, X.opening
// proofcard open X.commit X.opening
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "host/base/text.hpp"
#include "host/graph/quantize/quantize.hpp"
#include "host/tools/backend.hpp"
#include "host/tools/commands.hpp"
#include "host/tools/committed_values.hpp"
#include "host/tools/files.hpp"
#include "host/tools/report.hpp"
#include "host/tools/values.hpp"

namespace proofcard::tools {
namespace {

struct CommitCommand {
  std::string model;
  std::string values;
  std::string out;
  Side side = Side::kInput;
  std::size_t index = 0;
  bool saturate = false;
  bool no_zk = false;
};

// The values of one tensor: inputs are float32 to the model, outputs are as `prove --save-output` writes them.
Result<IntVector> load_tensor_values(const circuit::Circuit& circuit, const CommitCommand& options) {
  PROOFCARD_TRY(const Values values, load_values(options.values));
  const circuit::Tensor& tensor = circuit.tensors[tensors_of(circuit, options.side)[options.index]];
  const graph::Quantisation quantisation{tensor.lo, tensor.hi, tensor.scale};
  if (options.side == Side::kInput) {
    PROOFCARD_TRY(const auto sample, one_sample(values, circuit.input_shapes, options.values));
    const std::vector<double> reals(sample[options.index].begin(), sample[options.index].end());
    return graph::quantize_values(quantisation, reals, options.saturate, options.values);
  }
  PROOFCARD_TRY(const OutputArrays output, find_output(values, circuit.output_shapes, options.index, options.values));
  if (output.integers == nullptr) {
    return graph::quantize_values(quantisation, output.reals->numbers, options.saturate, options.values);
  }
  IntVector out(tensor.type, output.integers->numbers.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::int64_t v = output.integers->numbers[i];
    if (v < tensor.lo || v > tensor.hi) {
      return bad_input(options.values,
                       "output_integers[{}], element {}: expected an integer from {} to {}, found another",
                       options.index, i, tensor.lo, tensor.hi);
    }
    out.set(i, v);
  }
  return out;
}

Status run_commit(const CommitCommand& options) {
  PROOFCARD_TRY(const prover::Backend backend, find_backend("cpu"));
  const std::string commit_path = options.out + ".commit";
  const std::string opening_path = options.out + ".opening";
  PROOFCARD_RETURN_IF_ERROR(check_writable(commit_path));
  PROOFCARD_TRY(const circuit::Circuit circuit, load_circuit(options.model));
  PROOFCARD_RETURN_IF_ERROR(expect_committed(circuit, options.side, options.model));
  const std::vector<std::uint32_t>& ids = tensors_of(circuit, options.side);
  if (options.index >= ids.size()) {
    return bad_input("--index", "expected less than {}, found {}", ids.size(), options.index);
  }
  const circuit::Tensor& tensor = circuit.tensors[ids[options.index]];
  PROOFCARD_TRY(IntVector values, load_tensor_values(circuit, options));
  PROOFCARD_TRY(const statement::Opening opening, make_opening(tensor, std::move(values), !options.no_zk));
  PROOFCARD_TRY(const statement::Commitment commitment, commit(backend, opening));

  if (options.no_zk) {
    warn("warning: --no-zk: the commitment does not hide its values; it serves `prove --no-zk` only");
  }
  OutputFiles files;
  PROOFCARD_RETURN_IF_ERROR(files.add(commit_path, encode_commitment(commitment), Access::kPublic));
  PROOFCARD_RETURN_IF_ERROR(files.add(opening_path, encode_opening(opening), Access::kOwnerOnly));
  return print_and_commit(
      fmt::format("commitment {}\nwrote {}, for verifiers\nwrote {}, for the prover: it holds the values\n",
                  hex(statement::digest(commitment)), printable(commit_path), printable(opening_path)),
      files);
}

struct OpenCommand {
  std::string commitment;
  std::string opening;
  std::string values_out;
};

constexpr std::size_t kMaxShown = 32;

Status run_open(const OpenCommand& options) {
  PROOFCARD_TRY(const prover::Backend backend, find_backend("cpu"));
  PROOFCARD_TRY(const statement::Commitment commitment, load_commitment(options.commitment));
  PROOFCARD_TRY(const statement::Opening opening, load_opening(options.opening));
  PROOFCARD_RETURN_IF_ERROR(check_opening(backend, opening, commitment));

  const statement::Descriptor& d = opening.descriptor;
  std::vector<std::int64_t> integers;
  std::vector<double> reals;
  for (std::size_t i = 0; i < opening.values.size(); ++i) {
    integers.push_back(opening.values[i]);
    reals.push_back(static_cast<double>(integers.back()) * d.scale);
  }
  OutputFiles files;
  if (!options.values_out.empty()) {
    const nlohmann::json json = {{"values", reals}, {"integers", integers}};
    PROOFCARD_RETURN_IF_ERROR(files.add(options.values_out, json.dump() + "\n", Access::kOwnerOnly));
  }
  std::string text = fmt::format("{} opens commitment {}\n", options.opening, hex(statement::digest(commitment)));
  text += fmt::format("shape {}, scale {:.6g}\n", shape_text(d.shape), d.scale);
  const std::size_t shown = std::min(reals.size(), kMaxShown);
  for (std::size_t i = 0; i < shown; ++i) {
    text += fmt::format("  [{}] {:>12.6g}   (integer {})\n", i, reals[i], integers[i]);
  }
  if (shown < reals.size()) {
    text += fmt::format("  ... {} more (--save FILE writes all)\n", reals.size() - shown);
  }
  return print_and_commit(text, files);
}

}  // namespace

void add_commit(CLI::App& app, Command& selected) {
  auto options = std::make_shared<CommitCommand>();
  CLI::App* command = app.add_subcommand("commit", "Commit to an input or output, to be proved about or opened later");
  command->add_option("model", options->model, "A .vk, .pk or .pcm with that input or output committed")->required();
  command->add_option("values", options->values, "{\"input_data\": [[...]]}, {\"output_data\": [[...]]} or .npy")
      ->required();
  command->add_option("-o,--out", options->out, "Writes NAME.commit, public, and NAME.opening, secret")
      ->option_text("NAME")
      ->required();
  static const std::map<std::string, Side> kSides{{"input", Side::kInput}, {"output", Side::kOutput}};
  command->add_option("--tensor", options->side, "Which side of the model (default: input)")
      ->transform(CLI::CheckedTransformer(kSides))
      ->option_text("input|output");
  command->add_option("--index", options->index, "Which of several inputs or outputs")->capture_default_str();
  command->add_flag("--saturate", options->saturate, "Clip values beyond the model's range instead of refusing them");
  command->add_flag("--no-zk", options->no_zk, "No blinding: hides nothing, for `prove --no-zk`");
  command->callback([options, &selected] { selected = [options] { return run_commit(*options); }; });
}

void add_open(CLI::App& app, Command& selected) {
  auto options = std::make_shared<OpenCommand>();
  CLI::App* command =
      app.add_subcommand("open", "Check an opening against a commitment and show the values; exit code 1: it is none");
  command->add_option("commitment", options->commitment, "The .commit")->required();
  command->add_option("opening", options->opening, "The .opening")->required();
  command->add_option("--save", options->values_out, "Write all values as JSON");
  command->callback([options, &selected] { selected = [options] { return run_open(*options); }; });
}

}  // namespace proofcard::tools
