// proofcard prove split.manifest INPUT -o PROOF: the parts of a split model one after another, with the keys beside the manifest.
#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <memory>
#include <optional>

#include "host/base/text.hpp"
#include "host/base/timer.hpp"
#include "host/cli/cards_used.hpp"
#include "host/cli/commands/prove.hpp"
#include "host/cli/console.hpp"
#include "host/cli/progress.hpp"
#include "host/report/run_report.hpp"
#include "host/report/text/cut_off_text.hpp"
#include "host/report/text/outputs_text.hpp"
#include "host/report/trace.hpp"
#include "host/session/setup.hpp"
#include "host/session/split/split_model.hpp"
#include "host/session/split/split_proving.hpp"
#include "host/session/split/split_verifying.hpp"
#include "host/session/values/output_values.hpp"

namespace proofcard::tools {
namespace {

// Options that say how a key is made, which these have behind them.
Status check_options(const ProveCommand& options) {
  PROOFCARD_RETURN_IF_ERROR(expect_no_options(options.compile, options.model, FileKind::kSplitKey));
  if (options.batch > 1) {
    return bad_input("--batch", "expected one input, as all proofs of a split model are of, found {}", options.batch);
  }
  if (!options.vk_out.empty()) {
    return bad_input("--vk", "expected together with an ONNX model, found {}, which is what verifiers need",
                     options.model);
  }
  return {};
}

std::string key_path(const ProveCommand& options, std::size_t part) {
  return part_key_path(std::filesystem::path(options.model).parent_path().string(), part + 1);
}

}  // namespace

Status run_prove_split(const ProveCommand& options) {
  PROOFCARD_RETURN_IF_ERROR(check_options(options));
  PROOFCARD_TRY(const Bytes context, read_context(options.context));
  PROOFCARD_TRY(const prover::Backend backend, use_machine(options.machine));
  PROOFCARD_TRY(Trace trace, Trace::begin(options.trace, options.machine.device));
  Report report;
  report.command = "prove";
  report.device = options.machine.device;
  warn_of_mode(options);
  PROOFCARD_TRY(const Bytes file, read_file(options.model));
  PROOFCARD_TRY(const statement::SplitKey key, decode_split_key(file, options.model));
  PROOFCARD_RETURN_IF_ERROR(check_output_openings(options, key.parts.back().circuit));
  if (key.parts.back().circuit.output_visibility == circuit::Visibility::kCommitted &&
      options.output_openings.empty()) {
    warn("the output is committed, and without --output-opening nobody can open it later or prove on from it");
  }
  PROOFCARD_TRY(ProverKey first, load_prover_key(key_path(options, 0)));
  PROOFCARD_TRY(const ProveInputs inputs, load_inputs(options, first));
  std::optional<ProverKey> loaded = std::move(first);
  const auto session = [&](std::size_t part) -> Result<std::shared_ptr<const ProvingSession>> {
    note(fmt::format("part {} of {}", part + 1, key.parts.size()));
    if (!loaded) {
      PROOFCARD_TRY(loaded, load_prover_key(key_path(options, part)));
    }
    ProverKey part_key = std::move(*loaded);
    loaded.reset();
    PROOFCARD_TRY(ProvingSession made, ProvingSession::make(std::move(part_key), backend, report.stages));
    return std::make_shared<const ProvingSession>(std::move(made));
  };
  const Timer timer;
  PROOFCARD_TRY(const SplitProofResult result, prove_split(key, session, inputs.values.front(), !options.no_zk,
                                                           options.seed, report.stages, inputs.openings, context));
  report.prove_ms = timer.milliseconds();

  const Bytes proof = encode_split_proof(result.proofs);
  const statement::Mode mode{!options.no_zk, options.seed.has_value()};
  add_to_report(report, key);
  report.proof_bytes = proof.size();
  report.vk_bytes = file.size();
  report.zero_knowledge = mode.zero_knowledge;
  report.seeded = mode.seeded;
  report.cut_off = result.cut_off;
  report.clipped = inputs.clipped;
  report.cards = cards_used(options.machine.device);
  trace.add(report.stages);

  OutputFiles files;
  PROOFCARD_RETURN_IF_ERROR(files.add(options.out, proof, Access::kPublic));
  if (!options.values_out.empty()) {
    PROOFCARD_RETURN_IF_ERROR(files.add(options.values_out, outputs_json({result.outputs}), Access::kOwnerOnly));
  }
  PROOFCARD_RETURN_IF_ERROR(add_output_openings(options, result.output_openings, files));
  if (!options.report.empty()) {
    PROOFCARD_RETURN_IF_ERROR(files.add(options.report, report_json(report), report_access(report)));
  }
  PROOFCARD_RETURN_IF_ERROR(trace.add_to(files));
  warn(clipped_warning(inputs.clipped, 1));
  warn(cut_off_warning(result.cut_off, 1));
  warn_of_failed_cards(report.cards);
  warn_of_memory(options.machine);
  std::string text = format_samples({result.outputs});
  if (const auto visibility = key.parts.back().circuit.output_visibility; visibility != circuit::Visibility::kPublic) {
    text += fmt::format("(the output is {}: the proof does not state it)\n", circuit::visibility_name(visibility));
  }
  text += fmt::format("proved {} in {} parts in {} on {}, keys read included\n", report.model, key.parts.size(),
                      format_ms(*report.prove_ms), report.device);
  text += fmt::format("zero knowledge: {}\n", zero_knowledge_text(mode, shows_weights(weakest_part(key))));
  text += fmt::format("security: {:.0f} bits\n", std::floor(*report.security_bits));
  text += fmt::format("wrote {} ({})\n", printable(options.out), format_bytes(proof.size()));
  return print_and_commit(text, files);
}

}  // namespace proofcard::tools
