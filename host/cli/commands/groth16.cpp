// proofcard groth16 prove|verify|inspect|export-vk: circom circuits, with the files and argument order of snarkjs and rapidsnark.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "host/base/text.hpp"
#include "host/base/timer.hpp"
#include "host/cli/cards_used.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/console.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/formats/model_files.hpp"
#include "host/groth16/ceremony/powers_of_tau.hpp"
#include "host/groth16/json.hpp"
#include "host/groth16/key_check.hpp"
#include "host/groth16/prover.hpp"
#include "host/groth16/r1cs.hpp"
#include "host/groth16/verifier.hpp"
#include "host/groth16/zkey.hpp"
#include "host/report/run_report.hpp"
#include "host/report/trace.hpp"
#include "host/session/backend.hpp"
#include "host/session/setup.hpp"

namespace proofcard::tools {
namespace {

struct ProveGroth16Options {
  std::string zkey, witness, proof, public_signals;
  std::string report, trace;
  MachineOptions machine;
};

struct VerifyGroth16Options {
  std::string vk, public_signals, proof;
  bool allow_unsafe_key = false;
  std::size_t threads = 0;  // 0: all
};

struct InspectGroth16Options {
  std::string file;
  std::string witness;
};

struct ExportGroth16Options {
  std::string zkey, vk;
};

// A proof that would be rejected has a wrong witness or, on a card, wrong sums: the CPU's proof shows which.
Result<groth16::ProofAndPublic> prove_and_blame(const groth16::Zkey& zkey, const groth16::Prover& prover,
                                                const kernels::Msm& msm, const groth16::Witness& witness,
                                                const hash::BlindingSource& blinding, Stages& stages) {
  const auto result = prover.prove(witness, blinding, stages);
  if (result.ok() || msm.is_trusted() || result.error().kind != ErrorKind::kBadInput) {
    return result;
  }
  PROOFCARD_TRY(const groth16::Prover on_cpu,
                groth16::Prover::load(zkey, {kernels::cpu_msm(), kernels::cpu_quotient_sum()}));
  PROOFCARD_TRY(const groth16::ProofAndPublic right, on_cpu.prove(witness, blinding, stages));
  static_cast<void>(right);
  return check_sums(msm, "proof", result.error()).error();
}

Status run_groth16_prove(const ProveGroth16Options& options) {
  PROOFCARD_TRY(const prover::Backend backend, use_machine(options.machine));
  PROOFCARD_TRY(Trace trace, Trace::begin(options.trace, options.machine.device));
  Report report;
  report.command = "groth16 prove";
  report.device = options.machine.device;
  report.stages.start("read key");
  const Timer timer;
  PROOFCARD_TRY(const groth16::Witness witness, groth16::Witness::open(options.witness));
  PROOFCARD_TRY(const groth16::Zkey zkey, groth16::Zkey::open(options.zkey));
  const kernels::QuotientSum& quotient = find_quotient_sum(options.machine.device);
  PROOFCARD_TRY(const groth16::Prover prover, groth16::Prover::load(zkey, {backend.msm, quotient}));
  report.stages.stop();
  const double load_ms = timer.milliseconds();
  PROOFCARD_TRY(const hash::BlindingSource blinding, hash::BlindingSource::from_system());
  const Timer prove_timer;
  PROOFCARD_TRY(const groth16::ProofAndPublic result,
                prove_and_blame(zkey, prover, backend.msm, witness, blinding, report.stages));
  report.prove_ms = prove_timer.milliseconds();
  const std::string proof = groth16::proof_json(result.proof);
  report.pk_bytes = zkey.file_bytes();
  report.proof_bytes = proof.size();
  report.zero_knowledge = true;
  report.cards = cards_used(options.machine.device);
  if (const device::Device* cards = opened_cards(options.machine.device);
      cards != nullptr && cards->quotient() != nullptr) {
    report.composed_quotients = cards->quotient()->composed();
  }
  trace.add(report.stages);
  OutputFiles files;
  PROOFCARD_RETURN_IF_ERROR(files.add(options.proof, proof, Access::kPublic));
  PROOFCARD_RETURN_IF_ERROR(
      files.add(options.public_signals, groth16::public_json(result.public_signals), Access::kPublic));
  if (!options.report.empty()) {
    PROOFCARD_RETURN_IF_ERROR(files.add(options.report, report_json(report), report_access(report)));
  }
  PROOFCARD_RETURN_IF_ERROR(trace.add_to(files));
  PROOFCARD_RETURN_IF_ERROR(files.commit());
  if (report.composed_quotients.value_or(0) != 0) {
    note("the quotient has no room on the cards at once: its vectors went through the host");
  }
  warn_of_failed_cards(report.cards);
  for (const std::string& weakness : groth16::key_weaknesses(zkey.header().vk)) {
    warn("not a safe key: " + weakness);
  }
  say("{}: proved in {}, after reading the key in {}; sums on {}, quotient on {}\n", printable(options.proof),
      format_ms(*report.prove_ms), format_ms(load_ms), backend.msm.name(), quotient.name());
  return {};
}

Status run_groth16_verify(const VerifyGroth16Options& options) {
  const kernels::Msm& msm = use_verifier(options.threads);
  PROOFCARD_TRY(const std::string vk_text, read_groth16_text(options.vk));
  PROOFCARD_TRY(const std::string public_text, read_groth16_text(options.public_signals));
  PROOFCARD_TRY(const std::string proof_text, read_groth16_text(options.proof));
  const Timer timer;
  PROOFCARD_TRY(const groth16::VerifyingKey vk, groth16::parse_verifying_key(vk_text, options.vk));
  PROOFCARD_TRY(const std::vector<Fr> signals, groth16::parse_public(public_text, options.public_signals));
  PROOFCARD_TRY(const groth16::Proof proof, groth16::parse_proof(proof_text, options.proof));
  std::vector<std::string> weaknesses = groth16::key_weaknesses(vk);
  const groth16::Verifier verifier(vk);
  PROOFCARD_TRY(const curve::G1Affine sum, verifier.sum_of_signals(msm, signals));
  if (const std::optional<std::string> weakness = groth16::statement_weakness(vk, sum)) {
    weaknesses.push_back(*weakness);
  }
  if (!weaknesses.empty() && !options.allow_unsafe_key) {
    return bad_input(options.vk, "not a safe key: {} (--allow-unsafe-key accepts it)", fmt::join(weaknesses, "; "));
  }
  PROOFCARD_RETURN_IF_ERROR(verifier.verify(msm, proof, signals));
  for (const std::string& weakness : weaknesses) {
    warn("not a safe key: " + weakness);
  }
  say("accepted: {} public signal(s), verified in {}\n", signals.size(), format_ms(timer.milliseconds()));
  return {};
}

void print_weaknesses(const groth16::VerifyingKey& vk) {
  for (const std::string& weakness : groth16::key_weaknesses(vk)) {
    say("not safe: {}\n", weakness);
  }
}

Status inspect_verifying_key(ByteView file, const std::string& path) {
  PROOFCARD_TRY(const groth16::VerifyingKey vk,
                groth16::parse_verifying_key({reinterpret_cast<const char*>(file.data()), file.size()}, path));
  say("{}: a Groth16 verification key of snarkjs over bn128, {}\n", printable(path), format_bytes(file.size()));
  say("public signals: {}\n", vk.ic.size() - 1);
  print_weaknesses(vk);
  say("(how many contributed to it is not in a verification key: `groth16 inspect` of its .zkey says)\n");
  return {};
}

Status inspect_zkey(const std::string& path) {
  PROOFCARD_TRY(const groth16::Zkey zkey, groth16::Zkey::open(path));
  for (const groth16::Bases which : {groth16::Bases::kA, groth16::Bases::kB1, groth16::Bases::kC, groth16::Bases::kH}) {
    PROOFCARD_TRY(const std::vector<curve::G1Affine> bases, zkey.g1_bases(which));
  }
  PROOFCARD_TRY(const std::vector<curve::G2Affine> b2, zkey.b2_bases());
  PROOFCARD_TRY(const groth16::Coefficients coefficients, zkey.coefficients());
  const groth16::ZkeyHeader& header = zkey.header();
  say("{}: a Groth16 proving key of snarkjs over bn128, {}\n", printable(path), format_bytes(zkey.file_bytes()));
  say("signals: {}, of which public: {}\n", header.num_signals, header.num_public);
  say("domain: 2^{}; coefficients of A and B: {}\n", header.log_domain_size, coefficients.entries.size());
  say("bases other than infinity in G2: {}\n",
      std::count_if(b2.begin(), b2.end(), [](const auto& point) { return !point.is_infinity(); }));
  const std::size_t num_contributions = zkey.contributions().list.size();
  say("contributions to the key: {}{}\n", num_contributions,
      num_contributions == 0
          ? ": its secrets are known to all, so anyone can forge proofs; `proofcard groth16 contribute` adds one"
          : " (`proofcard groth16 verify-key` checks them)");
  print_weaknesses(header.vk);
  return {};
}

Status inspect_witness(const std::string& path) {
  PROOFCARD_TRY(const groth16::Witness witness, groth16::Witness::open(path));
  std::size_t num_zero = 0, num_small = 0;
  for (std::size_t i = 0; i < witness.size(); ++i) {
    const U256 value = witness.plain(i);
    std::uint64_t borrow = 0;
    const U256 minus = detail::subtract(Fr::kModulus, value, borrow);
    const bool small = (value[1] | value[2] | value[3]) == 0 || (minus[1] | minus[2] | minus[3]) == 0;
    num_zero += static_cast<std::size_t>(value == U256{});
    num_small += static_cast<std::size_t>(small);
  }
  say("{}: a witness over bn128, {}\n", printable(path), format_bytes(witness.file_bytes()));
  say("values: {}; zero: {}; below 2^64 in magnitude: {}\n", witness.size(), num_zero, num_small);
  return {};
}

Status inspect_r1cs(const std::string& path, const std::string& witness_path) {
  PROOFCARD_TRY(const groth16::R1cs r1cs, groth16::R1cs::open(path));
  const groth16::R1csHeader& header = r1cs.header();
  say("{}: a constraint system of circom over bn128, {}\n", printable(path), format_bytes(r1cs.file_bytes()));
  say("constraints: {}, with {} coefficients\n", header.num_constraints, r1cs.num_coefficients());
  say("wires: {}; public outputs: {}; public inputs: {}; private inputs: {}; labels: {}\n", header.num_wires,
      header.num_public_outputs, header.num_public_inputs, header.num_private_inputs, header.num_labels);
  if (!witness_path.empty()) {
    PROOFCARD_TRY(const groth16::Witness witness, groth16::Witness::open(witness_path));
    PROOFCARD_RETURN_IF_ERROR(r1cs.check(witness));
    say("{} satisfies every constraint\n", printable(witness_path));
  }
  return {};
}

Status inspect_powers(const std::string& path) {
  PROOFCARD_TRY(const groth16::PowersOfTau powers, groth16::PowersOfTau::open(path));
  say("{}: powers of tau of snarkjs over bn128\n", printable(path));
  say("power: {}, for circuits of fewer than 2^{} constraints and public signals\n", powers.power(), powers.power());
  say("prepared for phase 2: {}\n", powers.is_prepared() ? "yes" : "no, so that setup takes longer");
  say("contributions: {}{}\n", powers.num_contributions(),
      powers.num_contributions() == 0 ? ": nobody took part, so anyone can forge proofs" : "");
  return {};
}

Status run_groth16_inspect(const InspectGroth16Options& options) {
  PROOFCARD_TRY(const groth16::MappedFile file, groth16::MappedFile::open(options.file));
  const std::string magic(
      file.bytes().begin(),
      file.bytes().begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(4, file.bytes().size())));
  if (magic != "r1cs" && !options.witness.empty()) {
    return bad_input("--witness", "expected together with an .r1cs, found {}", options.file);
  }
  if (magic == "zkey") {
    return inspect_zkey(options.file);
  }
  if (magic == "wtns") {
    return inspect_witness(options.file);
  }
  if (magic == "ptau") {
    return inspect_powers(options.file);
  }
  if (magic == "r1cs") {
    return inspect_r1cs(options.file, options.witness);
  }
  if (const std::string found = describe_content(file.bytes()); found != "JSON") {
    return bad_input(options.file, "expected a .zkey, .wtns, .r1cs, .ptau or verification key (.json), found {}",
                     found);
  }
  return inspect_verifying_key(file.bytes(), options.file);
}

Status run_groth16_export(const ExportGroth16Options& options) {
  PROOFCARD_TRY(const groth16::Zkey zkey, groth16::Zkey::open(options.zkey));
  const groth16::VerifyingKey& vk = zkey.header().vk;
  OutputFiles files;
  PROOFCARD_RETURN_IF_ERROR(files.add(options.vk, groth16::verifying_key_json(vk), Access::kPublic));
  PROOFCARD_RETURN_IF_ERROR(files.commit());
  for (const std::string& weakness : groth16::key_weaknesses(vk)) {
    warn("not a safe key: " + weakness);
  }
  say("wrote {}, for verifiers: {} public signal(s)\n", printable(options.vk), vk.ic.size() - 1);
  return {};
}

}  // namespace

void add_groth16(const Options& app) {
  const Options group = app.command("groth16", "Prove and verify circom circuits, with the files of snarkjs");
  group.expect_command();

  auto prove = std::make_shared<ProveGroth16Options>();
  const Options prove_command = group.command("prove", "Prove that a witness satisfies a circuit");
  prove_command.input("zkey", prove->zkey, "The proving key, .zkey").required();
  prove_command.input("witness", prove->witness, "The values of all signals, .wtns").required();
  prove_command.output("proof", prove->proof, "Where the proof goes, .json").required();
  prove_command.output("public", prove->public_signals, "Where the public signals go, .json").required();
  add_machine_options(prove_command, prove->machine);
  add_report_option(prove_command, prove->report);
  add_trace_option(prove_command, prove->trace);
  prove_command.runs([prove] { return run_groth16_prove(*prove); });

  auto verify = std::make_shared<VerifyGroth16Options>();
  const Options verify_command = group.command("verify", "Check a proof; exit code 0: accepted, 1: rejected");
  verify_command.input("vk", verify->vk, "The verification key, .json").required();
  verify_command.input("public", verify->public_signals, "The public signals, .json").required();
  verify_command.input("proof", verify->proof, "The proof, .json").required();
  add_verifier_options(verify_command, verify->threads);
  verify_command.flag("--allow-unsafe-key", verify->allow_unsafe_key,
                      "Accept a key for which anyone can forge proofs, for tests");
  verify_command.runs([verify] { return run_groth16_verify(*verify); });

  auto inspect = std::make_shared<InspectGroth16Options>();
  const Options inspect_command =
      group.command("inspect", "Check and describe a .zkey, .wtns, .r1cs, .ptau or verification key");
  inspect_command.input("file", inspect->file, "The file").required();
  inspect_command.input("--witness", inspect->witness, "With an .r1cs: whether this .wtns satisfies every constraint");
  inspect_command.runs([inspect] { return run_groth16_inspect(*inspect); });

  auto exported = std::make_shared<ExportGroth16Options>();
  const Options export_command =
      group.command("export-vk", "Write the verification key of a .zkey, as `snarkjs zkey export` does");
  export_command.input("zkey", exported->zkey, "The proving key, .zkey").required();
  export_command.output("vk", exported->vk, "Where the verification key goes, .json").required();
  export_command.runs([exported] { return run_groth16_export(*exported); });
  add_groth16_ceremony(group);
  add_groth16_contract(group);
}

}  // namespace proofcard::tools
