// proofcard verify MODEL.vk PROOF, and of a split model: verify split.manifest PROOF, or a proof of each part
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

#include "host/base/text.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/console.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/formats/json_text.hpp"
#include "host/report/describe.hpp"
#include "host/report/json/verdict_json.hpp"
#include "host/report/run_report.hpp"
#include "host/report/text/plan_text.hpp"
#include "host/report/text/public_text.hpp"
#include "host/session/setup.hpp"
#include "host/session/split/split_verifying.hpp"
#include "host/session/values/committed_values.hpp"
#include "host/session/values/public_values.hpp"

namespace proofcard::tools {
namespace {

struct VerifyCommand {
  std::string vk;
  std::vector<std::string> proofs;  // one; of a split model one with all parts', or one a part
  std::string public_values;
  std::vector<std::string> input_commitments;
  std::vector<std::string> output_commitments;
  std::optional<std::string> vk_checked;
  std::string report;
  std::optional<std::string> context;
  bool allow_seeded = false;
  bool allow_no_zk = false;
  bool saturate = false;
  std::size_t threads = 0;  // 0: all
  bool json = false;
};

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

// What to verify with: a key, or of a split model the parts' keys and what the whole is from outside.
struct Trusted {
  statement::VerifyingKey vk;
  std::optional<statement::SplitKey> split;
};

Result<Trusted> decode_trusted(ByteView file, const std::string& path) {
  Trusted out;
  if (file_kind(file) != FileKind::kSplitKey) {
    PROOFCARD_TRY(out.vk, decode_verifying_key(file, path));
    return out;
  }
  PROOFCARD_TRY(out.split, decode_split_key(file, path));
  out.vk.circuit = statement::outside(*out.split);
  out.vk.digest = out.split->digest;
  return out;
}

// Of one proof file, or of each part in order: their contents, and the proofs in them.
struct Proofs {
  std::vector<Bytes> files;
  std::vector<ByteView> views;
  std::uint64_t bytes = 0;
};

Result<Proofs> load_proofs(const VerifyCommand& options, const Trusted& trusted) {
  Proofs out;
  const std::uint64_t most = trusted.split ? max_proof_bytes(*trusted.split) : max_proof_bytes(trusted.vk);
  if (!trusted.split && options.proofs.size() != 1) {
    return bad_input("proof", "expected one, for {} is the key of a whole model, found {}", options.vk,
                     options.proofs.size());
  }
  for (const std::string& path : options.proofs) {
    PROOFCARD_TRY(Bytes file, read_file(path, most));
    out.bytes += file.size();
    out.files.push_back(std::move(file));
  }
  if (trusted.split && out.files.size() == 1 && file_kind(out.files[0]) == FileKind::kSplitProof) {
    PROOFCARD_TRY(out.views, decode_split_proof(out.files[0], options.proofs[0]));
    return out;
  }
  for (std::size_t i = 0; i < out.files.size(); ++i) {
    PROOFCARD_RETURN_IF_ERROR(expect_kind(out.files[i], FileKind::kProof, options.proofs[i]));
    out.views.emplace_back(out.files[i]);
  }
  return out;
}

Result<statement::Header> verify_any(const Trusted& trusted, const Proofs& proofs, const kernels::Msm& msm,
                                     const VerifyOptions& options, Stages& stages, VerifyTimes& times,
                                     statement::CommittedRows& committed) {
  if (!trusted.split) {
    return verify_proof(trusted.vk, proofs.views[0], msm, options, stages, times, committed);
  }
  PROOFCARD_TRY(SplitStatement whole, verify_split(*trusted.split, proofs.views, msm, options, stages, times));
  committed = std::move(whole.committed);
  return std::move(whole.header);
}

void print_accepted(const VerifyCommand& options, const Verdict& verdict, const Report& report) {
  const circuit::Circuit& circuit = verdict.vk.circuit;
  const statement::VerifyingKey& weakest = verdict.split != nullptr ? weakest_part(*verdict.split) : verdict.vk;
  say("accepted: {}{}\n", report.model, batch_text(circuit));
  if (verdict.split != nullptr) {
    const statement::Mode& mode = verdict.header->mode;
    say("all {} parts, and what flows between them is the same in both proofs{}\n", verdict.split->parts.size(),
        mode.zero_knowledge && !mode.seeded ? ", and hidden" : "");
  }
  say("{} digest {}\n{}", verdict.split != nullptr ? "manifest" : "vk", report.vk_digest,
      fixed_inputs_text(circuit.fixed));
  say("{}", options.public_values.empty() ? format_public(circuit, verdict.header->publics)
                                          : format_compared(verdict.compared, options.public_values));
  say("{}", format_commitments(circuit, verdict.committed));
  if (!verdict.header->context.empty()) {
    say("made for the context {}\n", hex(verdict.header->context));
  }
  for (const std::vector<std::string>& paths : {options.input_commitments, options.output_commitments}) {
    if (!paths.empty()) {
      say("commitments agree with {}\n", printable(fmt::format("{}", fmt::join(paths, ", "))));
    }
  }
  say("weights: {}\n", weights_text(weakest));
  say("zero knowledge: {}\n", zero_knowledge_text(verdict.header->mode, shows_weights(weakest)));
  say("security: {:.0f} bits ({}; statistical {:.0f})\n", std::floor(*report.security_bits),
      weakest.scheme.kind == pcs::Kind::kHash ? "hashes, no curve" : "curve", std::floor(*report.statistical_bits));
  say("verified in {}", format_ms(*report.verify_ms));
  if (report.vk_check_ms) {
    say("; the key, once a model, in {}", format_ms(*report.vk_check_ms));
  }
  say("\n");
}

Status run_verify(const VerifyCommand& options) {
  PROOFCARD_TRY(const Bytes context, read_context(options.context));
  const kernels::Msm& msm = use_verifier(options.threads);
  Report report;
  report.stages.start("read key");
  PROOFCARD_TRY(const Bytes vk_file, read_file(options.vk, kMaxVerifyingKeyBytes));
  PROOFCARD_TRY(const Trusted trusted, decode_trusted(vk_file, options.vk));
  const statement::VerifyingKey& vk = trusted.vk;
  report.stages.stop();
  PROOFCARD_TRY(const Proofs proofs, load_proofs(options, trusted));
  Values values;
  if (!options.public_values.empty()) {
    PROOFCARD_TRY(values, load_values(options.public_values));
  }
  PROOFCARD_TRY(const ExpectedCommitments inputs,
                load_commitments(vk.circuit, Side::kInput, options.input_commitments));
  PROOFCARD_TRY(const ExpectedCommitments outputs,
                load_commitments(vk.circuit, Side::kOutput, options.output_commitments));
  report.command = "verify";
  report.device = "cpu";
  trusted.split ? add_to_report(report, *trusted.split) : add_to_report(report, vk);
  report.vk_bytes = vk_file.size();
  report.proof_bytes = proofs.bytes;
  if (options.vk_checked && lower_case(*options.vk_checked) != report.vk_digest) {
    return bad_input("--vk-checked", "expected the digest of {}, {}, found {}", options.vk, report.vk_digest,
                     *options.vk_checked);
  }

  statement::CommittedRows committed;
  VerifyTimes times;
  const auto header = verify_any(trusted, proofs, msm,
                                 {options.vk_checked.has_value(), options.allow_seeded, options.allow_no_zk, context},
                                 report.stages, times, committed);
  report.vk_check_ms = times.key_ms;
  report.verify_ms = times.proof_ms;
  Status status = header.ok() ? Status() : Status(header.error());
  std::vector<ComparedTensor> compared;
  if (header.ok()) {
    report.zero_knowledge = header->mode.zero_knowledge;
    report.seeded = header->mode.seeded;
    if (!options.public_values.empty()) {
      auto outcome = compare_public(vk.circuit, header->publics, values, options.public_values, options.saturate);
      status = outcome.ok() ? Status() : Status(outcome.error());
      compared = outcome.ok() ? std::move(outcome).value() : compared;
    }
    if (status.ok()) {
      status = check_commitments(vk.circuit, committed, Side::kInput, inputs);
    }
    if (status.ok()) {
      status = check_commitments(vk.circuit, committed, Side::kOutput, outputs);
    }
  }
  if (!status.ok() && status.error().kind != ErrorKind::kRejected) {
    return status;  // neither accepted nor rejected
  }
  report.accepted = status.ok();
  if (!status.ok()) {
    report.reason = printable_lines(status.error().message());
  }
  OutputFiles files;
  if (!options.report.empty()) {
    PROOFCARD_RETURN_IF_ERROR(files.add(options.report, report_json(report), Access::kPublic));
  }
  const Verdict verdict{vk,    header.ok() ? &*header : nullptr,         committed, compared, report.reason,
                        times, trusted.split ? &*trusted.split : nullptr};
  if (options.json) {
    PROOFCARD_RETURN_IF_ERROR(print(json_text(verdict_json(verdict)) + "\n"));
  } else if (status.ok()) {
    print_accepted(options, verdict, report);
  }
  PROOFCARD_RETURN_IF_ERROR(print_and_commit("", files));
  return status;
}

}  // namespace

void add_verify(const Options& app) {
  auto options = std::make_shared<VerifyCommand>();
  const Options command = app.command("verify", "Check a proof; exit code 0: accepted, 1: rejected");
  command.input("vk", options->vk, "The verification key, .vk, or the manifest of a split model").required();
  command
      .inputs("proof", options->proofs, "The proof; of a split model one with all parts, or one of each part in order")
      .required();
  const Option values =
      command.input("--public", options->public_values,
                    "Compare public inputs and outputs with {\"input_data\": [[...]], \"output_data\": [[...]]}");
  command.inputs("--input-commitment", options->input_commitments,
                 "Accept only if the committed input is that of this .commit (one an input, in order; - for any)");
  command.inputs("--output-commitment", options->output_commitments,
                 "The same for the committed output: the input of the next proof in a chain");
  command.text("--vk-checked", options->vk_checked,
               "Digest of a key whose weights were checked before: skip that check");
  add_context_option(command, options->context,
                     "What the proof has to be made for; without it, a proof that was made with --context is rejected");
  command.flag("--allow-seeded", options->allow_seeded, "Accept proofs made with --seed, which hide nothing");
  command.flag("--allow-no-zk", options->allow_no_zk, "Accept proofs made with --no-zk, which hide nothing");
  command
      .flag("--saturate", options->saturate,
            "Clip the inputs of --public to the model's range, as prove --saturate does")
      .needs(values);
  add_verifier_options(command, options->threads);
  command.flag("--json", options->json, "Print the verdict as JSON, a rejected proof's too");
  add_report_option(command, options->report);
  command.runs([options] { return run_verify(*options); });
}

}  // namespace proofcard::tools
