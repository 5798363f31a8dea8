// proofcard commit MODEL VALUES -o X  ->  X.commit, X.opening
// proofcard open X.commit X.opening
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "host/base/text.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/console.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/formats/values.hpp"
#include "host/report/run_report.hpp"
#include "host/report/text/cut_off_text.hpp"
#include "host/session/backend.hpp"
#include "host/session/values/committed_values.hpp"

namespace proofcard::tools {
namespace {

constexpr std::size_t kMaxIndex = 1 << 16;  // what the model has is asked later

struct CommitCommand {
  std::string model;
  std::string values;
  std::string out;
  Side side = Side::kInput;
  std::size_t index = 0;
  bool saturate = false;
  bool no_zk = false;
  bool force = false;
};

Status run_commit(const CommitCommand& options) {
  PROOFCARD_TRY(const prover::Backend backend, find_backend("cpu"));
  PROOFCARD_TRY(const circuit::Circuit circuit, load_circuit(options.model));
  PROOFCARD_RETURN_IF_ERROR(expect_committed(circuit, options.side, options.model));
  const std::vector<std::uint32_t>& ids = tensors_of(circuit, options.side);
  if (options.index >= ids.size()) {
    return bad_input("--index", "expected less than {}, found {}", ids.size(), options.index);
  }
  const circuit::Tensor& tensor = circuit.tensors[ids[options.index]];
  PROOFCARD_TRY(const Values file, load_values(options.values));
  ClippedTensors clipped;
  PROOFCARD_TRY(IntVector values,
                tensor_values(circuit, options.side, options.index, file, options.values, options.saturate, clipped));
  warn(clipped_warning(clipped, 1));
  PROOFCARD_TRY(const statement::Opening opening, make_opening(tensor, std::move(values), !options.no_zk));
  PROOFCARD_TRY(const statement::Commitment commitment, commit(backend, opening));

  if (options.no_zk) {
    warn("--no-zk: the commitment does not hide its values; it serves `prove --no-zk` only");
  }
  OutputFiles files;
  PROOFCARD_RETURN_IF_ERROR(add_opening(files, options.out, opening, commitment, options.force));
  return print_and_commit(
      fmt::format(
          "commitment {0}\nwrote {1}.commit, for verifiers\nwrote {1}.opening, for the prover: it holds the values\n",
          hex(statement::digest(commitment)), printable(options.out)),
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
  const tensor::Encoding encoding = tensor::encoding(d);
  for (std::size_t i = 0; i < opening.values.size(); ++i) {
    integers.push_back(opening.values[i]);
    reals.push_back(encoding.real(i, integers.back()));
  }
  OutputFiles files;
  if (!options.values_out.empty()) {
    const nlohmann::json json = {{"values", reals}, {"integers", integers}};
    PROOFCARD_RETURN_IF_ERROR(files.add(options.values_out, json.dump() + "\n", Access::kOwnerOnly));
  }
  std::string text = fmt::format("{} opens commitment {}\n", options.opening, hex(statement::digest(commitment)));
  text += fmt::format("shape {}, {}\n", shape_text(d.shape), tensor::describe_scale(d.scale, d.channels));
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

void add_commit(const Options& app) {
  auto options = std::make_shared<CommitCommand>();
  const Options command = app.command("commit", "Commit to an input or output, to be proved about or opened later");
  command.input("model", options->model, "A .vk, .pk or .pcm with that input or output committed").required();
  command.input("values", options->values, "{\"input_data\": [[...]]}, {\"output_data\": [[...]]} or .npy").required();
  command
      .output("-o,--out", options->out, "Writes NAME.commit, public, and NAME.opening, secret", {".commit", ".opening"})
      .value_name("NAME")
      .required();
  command.choice<Side>("--tensor", options->side, {{"input", Side::kInput}, {"output", Side::kOutput}},
                       "Which side of the model (default: input)");
  command.number("--index", options->index, 0, kMaxIndex, "Which of several inputs or outputs, from 0");
  command.flag("--saturate", options->saturate, "Clip values beyond the model's range instead of refusing them");
  command.flag("--no-zk", options->no_zk, "No blinding: hides nothing, for `prove --no-zk`");
  command.flag("--force", options->force, "Replace another opening that stands there");
  command.runs([options] { return run_commit(*options); });
}

void add_open(const Options& app) {
  auto options = std::make_shared<OpenCommand>();
  const Options command =
      app.command("open", "Check an opening against a commitment and show the values; exit code 1: it is none");
  command.input("commitment", options->commitment, "The .commit").required();
  command.input("opening", options->opening, "The .opening").required();
  command.output("--save", options->values_out, "Write all values as JSON");
  command.runs([options] { return run_open(*options); });
}

}  // namespace proofcard::tools
