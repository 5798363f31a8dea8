// proofcard verify MODEL.vk PROOF
#include <fmt/format.h>

#include <memory>

#include "host/statement/security.hpp"
#include "host/tools/commands.hpp"
#include "host/tools/committed_values.hpp"
#include "host/tools/files.hpp"
#include "host/tools/public_values.hpp"
#include "host/tools/report.hpp"
#include "host/tools/setup.hpp"
#include "host/verifier/verifier.hpp"

namespace proofcard::tools {
namespace {

struct VerifyCommand {
  std::string vk;
  std::string proof;
  std::string public_values;
  std::vector<std::string> input_commitments;
  std::vector<std::string> output_commitments;
  std::string vk_checked;
  std::string report;
  bool allow_seeded = false;
  bool allow_no_zk = false;
  bool saturate = false;
  std::size_t threads = 0;
};

// Everything that can accept or reject.
Result<statement::Header> check(const VerifyCommand& options, const statement::VerifyingKey& vk, ByteView proof,
                                const kernels::Msm& msm, Report& report, statement::CommittedRows& committed) {
  if (options.vk_checked.empty()) {
    const Timer timer;
    report.stages.start("check key");
    const Status status = check_weight_range(vk, msm);
    report.stages.stop();
    report.vk_check_ms = timer.milliseconds();
    PROOFCARD_RETURN_IF_ERROR(status);
  }
  report.stages.start("generators");
  const pcs::hyrax::Generators generators = pcs::hyrax::derive(vk.layout.log_row_len);
  report.stages.start("verify");
  const Timer timer;
  const verifier::Options verifier_options{
      .allow_seeded = options.allow_seeded, .allow_no_zero_knowledge = options.allow_no_zk, .observer = {}};
  auto header = verifier::verify(msm, generators, vk, proof, verifier_options, &committed);
  report.verify_ms = timer.milliseconds();
  report.stages.stop();
  return header;
}

Status run_verify(const VerifyCommand& options) {
  const kernels::Msm& msm = use_verifier(options.threads);
  if (!options.report.empty()) {
    PROOFCARD_RETURN_IF_ERROR(check_writable(options.report));
  }
  Report report;
  report.stages.start("read key");
  PROOFCARD_TRY(const Bytes vk_file, read_file(options.vk));
  PROOFCARD_TRY(const statement::VerifyingKey vk, decode_verifying_key(vk_file, options.vk));
  report.stages.stop();
  PROOFCARD_TRY(const Bytes proof, read_file(options.proof));
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
  report.model = vk.circuit.model_name;
  report.vk_digest = hex(vk.digest);
  report.vk_bytes = vk_file.size();
  report.proof_bytes = proof.size();
  const statement::Security security = statement::estimate_security(vk.circuit, vk.layout);
  report.security_bits = security.bits();
  report.statistical_bits = security.statistical_bits;
  if (!options.vk_checked.empty() && options.vk_checked != report.vk_digest) {
    return bad_input("--vk-checked", "expected the digest of {}, {}, found {}", options.vk, report.vk_digest,
                     options.vk_checked);
  }

  statement::CommittedRows committed;
  const auto header = check(options, vk, proof, msm, report, committed);
  Status status = header.ok() ? Status() : Status(header.error());
  if (header.ok()) {
    report.zero_knowledge = header->mode.zero_knowledge;
    report.seeded = header->mode.seeded;
    if (!options.public_values.empty()) {
      status = compare_public(vk.circuit, header->publics, values, options.public_values, options.saturate);
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
    report.reason = status.error().message();
  }
  if (!options.report.empty()) {
    OutputFiles files;
    PROOFCARD_RETURN_IF_ERROR(files.add(options.report, report_json(report), Access::kPublic));
    PROOFCARD_RETURN_IF_ERROR(files.commit());
  }
  PROOFCARD_RETURN_IF_ERROR(status);

  fmt::print("accepted: {}\n", report.model);
  fmt::print("vk digest {}\n", report.vk_digest);
  if (options.public_values.empty()) {
    fmt::print("{}", format_public(vk.circuit, header->publics));
  } else {
    fmt::print("public values agree with {}\n", options.public_values);
  }
  fmt::print("{}", format_commitments(vk.circuit, committed));
  for (const std::vector<std::string>& paths : {options.input_commitments, options.output_commitments}) {
    if (!paths.empty()) {
      fmt::print("commitments agree with {}\n", fmt::join(paths, ", "));
    }
  }
  fmt::print("weights: {}\n", circuit::visibility_name(vk.circuit.weight_visibility));
  fmt::print("zero knowledge: {}\n", header->mode.zero_knowledge ? "yes" : "no");
  if (header->mode.seeded) {
    fmt::print("seeded: yes\n");
  }
  fmt::print("security: {:.0f} bits (curve; statistical {:.0f})\n", security.bits(), security.statistical_bits);
  fmt::print("verified in {}", format_ms(*report.verify_ms));
  if (report.vk_check_ms) {
    fmt::print("; the key, once a model, in {}", format_ms(*report.vk_check_ms));
  }
  fmt::print("\n");
  return {};
}

}  // namespace

void add_verify(CLI::App& app, Command& selected) {
  auto options = std::make_shared<VerifyCommand>();
  CLI::App* command = app.add_subcommand("verify", "Check a proof; exit code 0: accepted, 1: rejected");
  command->add_option("vk", options->vk, "The verification key, .vk")->required();
  command->add_option("proof", options->proof, "The proof")->required();
  command->add_option("--public", options->public_values,
                      "Compare public inputs and outputs with {\"input_data\": [[...]], \"output_data\": [[...]]}");
  command
      ->add_option("--input-commitment", options->input_commitments,
                   "Accept only if the committed input is that of this .commit (one an input, in order; - for any)")
      ->allow_extra_args(false);
  command
      ->add_option("--output-commitment", options->output_commitments,
                   "The same for the committed output: the input of the next proof in a chain")
      ->allow_extra_args(false);
  command->add_option("--vk-checked", options->vk_checked,
                      "Digest of a key whose weights were checked before: skip that check");
  command->add_flag("--allow-seeded", options->allow_seeded, "Accept proofs made with --seed, which hide nothing");
  command->add_flag("--allow-no-zk", options->allow_no_zk, "Accept proofs made with --no-zk, which hide nothing");
  command->add_flag("--saturate", options->saturate,
                    "Clip the inputs of --public to the model's range, as prove --saturate does");
  add_verifier_options(*command, options->threads);
  add_report_option(*command, options->report);
  command->callback([options, &selected] { selected = [options] { return run_verify(*options); }; });
}

}  // namespace proofcard::tools
