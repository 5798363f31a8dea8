// proofcard setup MODEL.pcm -o MODEL  ->  MODEL.pk, MODEL.vk
#include "host/session/setup.hpp"

#include <fmt/format.h>

#include <memory>

#include "host/base/text.hpp"
#include "host/base/timer.hpp"
#include "host/cli/cards_used.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/console.hpp"
#include "host/cli/progress.hpp"
#include "host/cli/proof_count.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/pcs/whir/parameters.hpp"
#include "host/report/describe.hpp"
#include "host/report/run_report.hpp"
#include "host/report/text/cost_text.hpp"
#include "host/session/cost.hpp"

namespace proofcard::tools {
namespace {

struct SetupCommand {
  std::string model;
  std::string out;
  std::string report;
  std::size_t batch = 0;
  std::string commitments = "hyrax";
  unsigned security_bits = pcs::whir::kSecurityBits;
  std::uint32_t max_proofs = kDefaultMaxProofs;
  bool no_zk = false;
  bool force = false;
  MachineOptions machine;
};

Result<CompiledModel> load_compiled(const std::string& path) {
  PROOFCARD_TRY(const Bytes file, read_file(path));
  if (file_kind(file) == FileKind::kOther && path.ends_with(".onnx")) {
    return bad_input(path, "expected {}, found an ONNX model; `proofcard compile {} -o {}.pcm` comes first",
                     file_kind_name(FileKind::kModel), path, path.substr(0, path.size() - 5));
  }
  return decode_model(file, path);
}

// Two setups of one model differ unless the weights are in the open: proofs for the keys that stand here would not verify
// with the new ones.
Status keep_other_keys(const SetupCommand& options, const std::string& pk_path, ByteView pk_file,
                       const std::string& vk_path, ByteView vk_file) {
  if (options.force) {
    return {};
  }
  PROOFCARD_RETURN_IF_ERROR(keep_other_file(vk_path, vk_file, "verification key"));
  return keep_other_file(pk_path, pk_file, "prover key");
}

Status run_setup(const SetupCommand& options) {
  PROOFCARD_TRY(const prover::Backend backend, use_machine(options.machine));
  const std::string pk_path = options.out + ".pk";
  const std::string vk_path = options.out + ".vk";
  PROOFCARD_TRY(CompiledModel model, load_compiled(options.model));
  model.options.batch = options.batch == 0 ? 1 : static_cast<std::uint32_t>(options.batch);
  if (!options.no_zk && model.options.weights != circuit::Visibility::kPublic) {  // asked now, before long work
    PROOFCARD_RETURN_IF_ERROR(keep_other_keys(options, pk_path, {}, vk_path, {}));
  }
  Report report;
  report.command = "setup";
  report.model = model.options.model_name;
  report.device = options.machine.device;
  PROOFCARD_TRY(const pcs::Scheme scheme, find_scheme(options.commitments, options.security_bits, options.max_proofs));
  const Timer timer;
  const Result<ProverKey> key = [&] {
    const Progress progress(report.stages, setup_shares());
    return make_key(std::move(model), backend, !options.no_zk, report.stages, scheme);
  }();
  if (!key.ok()) {
    return key.error();
  }
  const statement::VerifyingKey& vk = key->vk;
  report.setup_ms = timer.milliseconds();
  report.cards = cards_used(options.machine.device);
  add_to_report(report, vk);
  if (shows_weights(vk)) {
    warn(fmt::format("--no-zk: the weights are {}, but {}, which every verifier needs, does not hide them",
                     circuit::visibility_name(vk.circuit.weight_visibility), vk_path));
  }

  const Bytes pk_file = encode_prover_key(*key);
  const Bytes vk_file = encode_verifying_key(vk);
  report.pk_bytes = pk_file.size();
  report.vk_bytes = vk_file.size();
  PROOFCARD_RETURN_IF_ERROR(keep_other_keys(options, pk_path, pk_file, vk_path, vk_file));
  OutputFiles files;
  PROOFCARD_RETURN_IF_ERROR(files.add(pk_path, pk_file, Access::kOwnerOnly));
  PROOFCARD_RETURN_IF_ERROR(files.add(vk_path, vk_file, Access::kPublic));
  std::string budget;
  if (vk.scheme.max_proofs > 0) {
    const std::string count_path = proof_count_path(pk_path);
    PROOFCARD_RETURN_IF_ERROR(files.add(count_path, new_proof_count(vk), Access::kOwnerOnly));
    budget = fmt::format("wrote {}: the key makes {} proofs, for so many hide its weights (--proofs)\n",
                         printable(count_path), vk.scheme.max_proofs);
  }
  if (!options.report.empty()) {
    PROOFCARD_RETURN_IF_ERROR(files.add(options.report, report_json(report), report_access(report)));
  }
  warn_of_memory(options.machine);
  const std::string cost = vk.circuit.batch == 1 ? "" : format_cost(estimate_cost(vk.circuit));
  return print_and_commit(
      fmt::format("set up {} in {}{}\n{}vk digest {}\nwrote {} ({}), for the prover\nwrote {} ({}), for verifiers\n{}",
                  report.model, format_ms(*report.setup_ms), batch_text(vk.circuit), cost, report.vk_digest,
                  printable(pk_path), format_bytes(pk_file.size()), printable(vk_path), format_bytes(vk_file.size()),
                  budget),
      files);
}

}  // namespace

void add_setup(const Options& app) {
  auto options = std::make_shared<SetupCommand>();
  const Options command = app.command("setup", "Compiled model -> prover key (.pk) and verification key (.vk)");
  command.input("model", options->model, "The compiled model, .pcm").required();
  command.output("-o,--out", options->out, "Where to write: OUT.pk and OUT.vk", {".pk", ".vk"}).required();
  add_batch_option(command, options->batch);
  command.choice("--commitments", options->commitments, {"hyrax", "hash"},
                 "What commitments are made of: points of BN254, or hashes, for longer proofs that stay sound against "
                 "quantum computers");
  command.number("--security", options->security_bits, pcs::whir::kSecurityBits, kMaxSecurityBits,
                 "With --commitments hash: bits that are proved for openings");
  command.number("--proofs", options->max_proofs, 1U, pcs::kMaxProofs,
                 "With --commitments hash: how many proofs the key hides its weights for, and makes");
  command.flag("--no-zk", options->no_zk, "Do not hide the weights, so that prove --no-zk is possible");
  command.flag("--force", options->force, "Replace keys that stand there already");
  add_machine_options(command, options->machine);
  add_memory_option(command, options->machine);
  add_report_option(command, options->report);
  command.runs([options] { return run_setup(*options); });
}

}  // namespace proofcard::tools
