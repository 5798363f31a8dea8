// proofcard chain setup|export|prove|verify|inspect: proofs of 256 bytes that a contract checks, for models of any size.
#include "host/session/chain/chain.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>

#include "host/base/text.hpp"
#include "host/base/timer.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/console.hpp"
#include "host/cli/progress.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/groth16/ceremony/verify_key.hpp"
#include "host/groth16/contract/verifier_contract.hpp"
#include "host/groth16/json.hpp"
#include "host/groth16/key_check.hpp"
#include "host/report/describe.hpp"
#include "host/report/run_report.hpp"
#include "host/report/text/chain_text.hpp"
#include "host/report/text/outputs_text.hpp"
#include "host/report/text/public_text.hpp"
#include "host/session/backend.hpp"
#include "host/session/setup.hpp"

namespace proofcard::tools {
namespace {

struct ChainSetupCommand {
  std::string model, powers, out;
  std::string name, r1cs;
  std::size_t batch = 0;
  bool digest = false;
  bool check = false;
  bool force = false;
  MachineOptions machine;
};

struct ChainExportCommand {
  std::string zkey, vk, out;
  std::string name = "ModelVerifier";
};

struct ChainProveCommand {
  std::string zkey, key, input, out;
  std::string public_out, report;
  std::optional<std::string> context;
  std::size_t batch = 0;
  bool saturate = false;
  bool allow_unsafe_key = false;
  MachineOptions machine;
};

struct ChainVerifyCommand {
  std::string verifier, proof;
  std::optional<std::string> context;
  bool allow_unsafe_key = false;
  std::size_t threads = 0;
};

struct ChainInspectCommand {
  std::string zkey, vk;
  std::string against, powers;
  std::size_t threads = 0;
};

Status keep_files(const ChainSetupCommand& options, const std::vector<std::pair<std::string, ByteView>>& files) {
  for (const auto& [path, content] : files) {
    if (!options.force) {
      PROOFCARD_RETURN_IF_ERROR(keep_other_file(path, content, "key"));
    }
  }
  return {};
}

Status run_chain_setup(const ChainSetupCommand& options) {
  PROOFCARD_TRY(const prover::Backend backend, use_machine(options.machine));
  const std::string zkey_path = options.out + ".zkey", pk_path = options.out + ".pk", vk_path = options.out + ".vk";
  PROOFCARD_RETURN_IF_ERROR(keep_files(options, {{zkey_path, {}}, {pk_path, {}}, {vk_path, {}}}));
  PROOFCARD_TRY(CompiledModel model, load_model(options.model));
  model.options.batch = options.batch == 0 ? 1 : static_cast<std::uint32_t>(options.batch);
  PROOFCARD_TRY(const groth16::PowersOfTau powers, groth16::PowersOfTau::open(options.powers));
  if (options.check) {
    PROOFCARD_RETURN_IF_ERROR(powers.check());
  }
  const Timer timer;
  Stages stages;
  std::optional<Progress> progress(
      std::in_place, stages,
      std::vector<std::pair<std::string, double>>{{"record", 3}, {"groth16 key", 75}, {"contribution", 20}});
  const Result<ChainKey> made =
      make_chain_key(std::move(model), backend, powers, options.name,
                     options.digest ? wrap::PublicForm::kDigest : wrap::PublicForm::kWords, stages);
  progress.reset();
  if (!made.ok()) {
    return made.error();
  }
  if (powers.num_contributions() == 0) {
    warn(fmt::format("{}: nobody has contributed to these powers of tau, so anyone can forge proofs", powers.path()));
  }
  for (const std::string& weakness : groth16::key_weaknesses(made->zkey.header.vk)) {
    warn("not a safe key: " + weakness);
  }
  const Bytes zkey = groth16::key_bytes(made->zkey);
  const Bytes pk = encode_prover_key(made->key), vk = encode_verifying_key(made->key.vk);
  OutputFiles files;
  PROOFCARD_RETURN_IF_ERROR(files.add(zkey_path, zkey, Access::kPublic));
  PROOFCARD_RETURN_IF_ERROR(files.add(pk_path, pk, Access::kOwnerOnly));
  PROOFCARD_RETURN_IF_ERROR(files.add(vk_path, vk, Access::kPublic));
  if (!options.r1cs.empty()) {
    PROOFCARD_RETURN_IF_ERROR(files.add(options.r1cs, wrap::r1cs_bytes(made->circuit.system), Access::kPublic));
  }
  return print_and_commit(
      fmt::format(
          "set up {} for chain proofs in {}{}\n{}vk digest {}\n{}wrote {} ({}), for the prover and for contributors\n"
          "wrote {} ({}), for the prover\nwrote {} ({}), for those who check that the .zkey is this model's\n",
          made->key.vk.circuit.model_name, format_ms(timer.milliseconds()), batch_text(made->key.vk.circuit),
          format_circuit(made->circuit, made->zkey.header.log_domain_size), hex(made->key.vk.digest),
          trust_text(made->zkey.contributions), printable(zkey_path), format_bytes(zkey.size()), printable(pk_path),
          format_bytes(pk.size()), printable(vk_path), format_bytes(vk.size())),
      files);
}

// A key of the circuit, and the model's that it is said to be for, whose weights lie in their ranges. Nothing else checks that: the circuit
// has the weights' root as a constant.
struct ChainFiles {
  groth16::Zkey zkey;
  statement::VerifyingKey vk;
};

Result<ChainFiles> load_chain_files(const std::string& zkey_path, const std::string& vk_path) {
  PROOFCARD_TRY(groth16::Zkey zkey, groth16::Zkey::open(zkey_path));
  PROOFCARD_TRY(statement::VerifyingKey vk, load_verifying_key(vk_path));
  if (!pcs::is_inner(vk.scheme)) {
    return bad_input(vk_path,
                     "expected a verification key that `proofcard chain setup` made, found one of other proofs");
  }
  PROOFCARD_RETURN_IF_ERROR(check_weight_range(vk, kernels::cpu_msm(), generators_of(vk)));
  return ChainFiles{std::move(zkey), std::move(vk)};
}

groth16::ContractContent contract_content(const ChainStatement& statement) {
  groth16::ContractContent out;
  out.notes = {{"model", statement.circuit.model_name + batch_text(statement.circuit)},
               {"vk-digest", statement.vk_digest}};
  for (const std::string& line : word_lines(statement)) {
    out.notes.emplace_back("words", line);
  }
  if (statement.by_digest()) {
    out.num_values = wrap::packing(statement.circuit, statement.form).num_words();
  }
  return out;
}

Status run_chain_export(const ChainExportCommand& options) {
  PROOFCARD_TRY(const ChainFiles read, load_chain_files(options.zkey, options.vk));
  PROOFCARD_TRY(const wrap::VerifierCircuit circuit, wrap::record_verifier(read.vk));
  PROOFCARD_RETURN_IF_ERROR(compare_constraints(circuit.system, read.zkey));
  const groth16::VerifyingKey& key = read.zkey.header().vk;
  const std::vector<std::string> weaknesses = groth16::key_weaknesses(key);
  if (!weaknesses.empty() || read.zkey.contributions().list.empty()) {
    return bad_input(options.zkey, "not a safe key: {}",
                     weaknesses.empty() ? "nobody has contributed to it" : weaknesses[0]);
  }
  const ChainVerifier verifier{key, chain_statement(read.vk)};
  const std::string json = chain_verifier_json(verifier);
  PROOFCARD_TRY(const ChainVerifier checked, parse_chain_verifier(json, options.zkey));  // that key and words fit
  static_cast<void>(checked);
  PROOFCARD_TRY(const std::string contract,
                groth16::verifier_contract(key, options.name, contract_content(verifier.statement)));
  const std::string json_path = options.out + ".verifier.json", contract_path = options.out + ".sol";
  OutputFiles files;
  PROOFCARD_RETURN_IF_ERROR(files.add(json_path, json, Access::kPublic));
  PROOFCARD_RETURN_IF_ERROR(files.add(contract_path, contract, Access::kPublic));
  return print_and_commit(
      fmt::format("wrote {}, for verifiers\nwrote {}: contract {} for {} public words, key digest {}\n{}",
                  printable(json_path), printable(contract_path), options.name, key.ic.size() - 1,
                  hex(groth16::key_digest(key)), trust_text(read.zkey.contributions())),
      files);
}

Status run_chain_prove(const ChainProveCommand& options) {
  PROOFCARD_TRY(const Bytes context, read_context(options.context));
  PROOFCARD_TRY(const prover::Backend backend, use_machine(options.machine));
  Report report;
  report.command = "chain prove";
  report.device = options.machine.device;
  PROOFCARD_TRY(ProverKey key, load_prover_key(options.key));
  PROOFCARD_RETURN_IF_ERROR(expect_batch_of_key(options.batch, key.vk, options.key));
  PROOFCARD_TRY(const groth16::Zkey zkey, groth16::Zkey::open(options.zkey));
  ClippedTensors clipped;
  PROOFCARD_TRY(const std::vector<InputValues> inputs,
                load_batch(key.model.graph, key.vk.circuit.batch, options.input, options.saturate, clipped));
  report.clipped = clipped;
  PROOFCARD_TRY(const ChainProver prover,
                ChainProver::make(std::move(key), zkey, backend, find_quotient_sum(options.machine.device),
                                  options.allow_unsafe_key, report.stages));
  const Timer timer;
  PROOFCARD_TRY(const ChainResult result, prover.prove(inputs, context, report.stages));
  report.prove_ms = timer.milliseconds();
  add_to_report(report, prover.key().vk);
  report.zero_knowledge = true;
  const std::string json = chain_proof_json(result.proof);
  report.proof_bytes = json.size();
  OutputFiles files;
  PROOFCARD_RETURN_IF_ERROR(files.add(options.out, json, Access::kPublic));
  if (!options.public_out.empty()) {
    PROOFCARD_RETURN_IF_ERROR(
        files.add(options.public_out, groth16::public_json(result.proof.signals), Access::kPublic));
  }
  if (!options.report.empty()) {
    PROOFCARD_RETURN_IF_ERROR(files.add(options.report, report_json(report), report_access(report)));
  }
  return print_and_commit(
      fmt::format("{}{}: proved in {}: {} public words, an inner proof of {} that was not kept\n",
                  format_samples(result.outputs), printable(options.out), format_ms(*report.prove_ms),
                  result.proof.signals.size(), format_bytes(result.inner_bytes)),
      files);
}

Status run_chain_verify(const ChainVerifyCommand& options) {
  PROOFCARD_TRY(const Bytes context, read_context(options.context));
  const kernels::Msm& msm = use_verifier(options.threads);
  PROOFCARD_TRY(const std::string verifier_text, read_groth16_text(options.verifier));
  PROOFCARD_TRY(const std::string proof_text, read_groth16_text(options.proof));
  const Timer timer;
  PROOFCARD_TRY(const ChainVerifier verifier, parse_chain_verifier(verifier_text, options.verifier));
  PROOFCARD_TRY(const ChainProof proof, parse_chain_proof(proof_text, options.proof));
  PROOFCARD_TRY(const statement::PublicTensors publics,
                verify_chain_proof(verifier, proof, context, msm, options.verifier, options.allow_unsafe_key));
  const circuit::Circuit& circuit = verifier.statement.circuit;
  say("accepted: {}{}\nvk digest {}\n{}", printable(circuit.model_name), batch_text(circuit),
      verifier.statement.vk_digest, format_public(circuit, publics));
  if (!context.empty()) {
    say("made for the context {}\n", hex(context));
  }
  say("verified in {}\n", format_ms(timer.milliseconds()));
  return {};
}

Status run_chain_inspect(const ChainInspectCommand& options) {
  use_verifier(options.threads);
  PROOFCARD_TRY(const ChainFiles read, load_chain_files(options.zkey, options.vk));
  const groth16::Zkey& zkey = read.zkey;
  PROOFCARD_TRY(const wrap::VerifierCircuit circuit, wrap::record_verifier(read.vk));
  say("{}: a key for chain proofs of {}, {}\n", printable(options.zkey), printable(read.vk.circuit.model_name),
      format_bytes(zkey.file_bytes()));
  say("{}", format_circuit(circuit, zkey.header().log_domain_size));
  for (const std::string& line : word_lines(chain_statement(read.vk))) {
    say("{}\n", line);
  }
  PROOFCARD_RETURN_IF_ERROR(compare_constraints(circuit.system, zkey));
  say("weights: the key's proof that they lie in their ranges holds\n");
  say("constraints: A, B and what is public are, one by one, those of the circuit that verifies proofs of {}\n",
      printable(options.vk));
  if (!options.against.empty()) {
    PROOFCARD_TRY(const CompiledModel model, load_model(options.against));
    PROOFCARD_RETURN_IF_ERROR(compare_circuit(read.vk, model, options.against));
    say("circuit: {} is about the model of {} (weights: {})\n", printable(options.vk), printable(options.against),
        read.vk.circuit.weight_visibility == circuit::Visibility::kPublic ? "public, and the model's"
                                                                          : weights_text(read.vk) + ", not compared");
  }
  if (!options.powers.empty()) {
    PROOFCARD_TRY(const groth16::PowersOfTau powers, groth16::PowersOfTau::open(options.powers));
    const Bytes file = wrap::r1cs_bytes(circuit.system);
    PROOFCARD_TRY(const groth16::R1cs r1cs, groth16::R1cs::view(options.vk, file));
    PROOFCARD_TRY(const std::vector<groth16::Parameters> parameters, groth16::verify_key(r1cs, powers, zkey));
    say("key: every base follows from that circuit, the powers of {} and {} contributions\n", printable(options.powers),
        parameters.size());
  }
  say("contributions: {}\n{}", zkey.contributions().list.size(), trust_text(zkey.contributions()));
  say("key digest {}, KEY_DIGEST of its contract\n", hex(groth16::key_digest(zkey.header().vk)));
  // What was looked at is right, so the exit code says so; what was not has to be read beside it.
  say("verdict: {}\n",
      options.powers.empty()
          ? "NOT COMPLETE: C and the bases were not looked at, and a key that is wrong there proves anything "
            "(--powers POWERS.ptau looks)"
          : "all of the key is that circuit's");
  std::vector<std::string> weaknesses = groth16::key_weaknesses(zkey.header().vk);
  if (zkey.contributions().list.empty()) {
    weaknesses.emplace_back("nobody has contributed to it");
  }
  if (!weaknesses.empty()) {
    return rejected("key", "{}: not a safe key: {}", options.zkey, fmt::join(weaknesses, "; "));
  }
  return {};
}

}  // namespace

void add_chain(const Options& app) {
  const Options group = app.command("chain", "Proofs of 256 bytes that a contract checks, for models of any size");
  group.expect_command();

  auto setup = std::make_shared<ChainSetupCommand>();
  const Options setup_command =
      group.command("setup", "Compiled model and powers of tau -> OUT.zkey, with a contribution, OUT.pk and OUT.vk");
  setup_command.input("model", setup->model, "The compiled model, .pcm").required();
  setup_command.input("powers", setup->powers, "The powers of tau of a ceremony, .ptau, prepared for phase 2 or not")
      .required();
  setup_command.output("-o,--out", setup->out, "Where to write: OUT.zkey, OUT.pk and OUT.vk", {".zkey", ".pk", ".vk"})
      .required();
  add_batch_option(setup_command, setup->batch);
  setup_command.flag(
      "--digest", setup->digest,
      "Public values stand in three public words, whatever their number, by a digest that a contract checks");
  setup_command.text("--name", setup->name, "The contributor's name, which goes into the .zkey");
  setup_command.output("--r1cs", setup->r1cs, "Write the circuit, too, .r1cs, as `snarkjs zkey verify` asks for it");
  setup_command.flag("--check", setup->check, "Check all of the powers of tau, not only what is used");
  setup_command.flag("--force", setup->force, "Replace keys that stand there already");
  add_machine_options(setup_command, setup->machine);
  setup_command.runs([setup] { return run_chain_setup(*setup); });

  auto exported = std::make_shared<ChainExportCommand>();
  const Options export_command =
      group.command("export", "Write OUT.verifier.json and a Solidity contract, OUT.sol: after the last contribution");
  export_command.input("zkey", exported->zkey, "The key, .zkey").required();
  export_command.input("vk", exported->vk, "The model's verification key of `chain setup`, .vk").required();
  export_command.output("-o,--out", exported->out, "Where to write: OUT.verifier.json and OUT.sol").required();
  export_command.text("--name", exported->name, "The contract's name");
  export_command.runs([exported] { return run_chain_export(*exported); });

  auto prove = std::make_shared<ChainProveCommand>();
  const Options prove_command = group.command("prove", "Run the model and prove it for a contract");
  prove_command.input("zkey", prove->zkey, "The key, .zkey").required();
  prove_command.input("key", prove->key, "The prover key of `chain setup`, .pk").required();
  prove_command.input("input", prove->input, "The input, .json or .npy").required();
  prove_command.output("-o,--out", prove->out, "Where the proof goes, .json: with public words and calldata")
      .required();
  prove_command.output("--public", prove->public_out, "Write the public words alone, too, as snarkjs reads them");
  add_context_option(prove_command, prove->context,
                     "What the proof is made for, as the recipient or a nonce: verifiers have to give the same");
  add_batch_option(prove_command, prove->batch);
  prove_command.flag("--saturate", prove->saturate, "Clip inputs beyond the range that the model was compiled for");
  prove_command.flag("--allow-unsafe-key", prove->allow_unsafe_key,
                     "Take a key for which anyone can forge proofs, for tests");
  add_machine_options(prove_command, prove->machine);
  add_report_option(prove_command, prove->report);
  prove_command.runs([prove] { return run_chain_prove(*prove); });

  auto verify = std::make_shared<ChainVerifyCommand>();
  const Options verify_command = group.command("verify", "Check a proof; exit code 0: accepted, 1: rejected");
  verify_command.input("verifier", verify->verifier, "What `chain export` wrote, .verifier.json").required();
  verify_command.input("proof", verify->proof, "The proof, .json").required();
  add_context_option(verify_command, verify->context, "What the proof has to be made for");
  verify_command.flag("--allow-unsafe-key", verify->allow_unsafe_key,
                      "Accept a key for which anyone can forge proofs, for tests");
  add_verifier_options(verify_command, verify->threads);
  verify_command.runs([verify] { return run_chain_verify(*verify); });

  auto inspect = std::make_shared<ChainInspectCommand>();
  const Options inspect_command = group.command(
      "inspect", "Whether a .zkey is the circuit of a model's key; its constraints by part, contributions");
  inspect_command.input("zkey", inspect->zkey, "The key, .zkey").required();
  inspect_command.input("vk", inspect->vk, "The model's verification key of `chain setup`, .vk").required();
  inspect_command.input("--against", inspect->against, "Make the circuit again from this compiled model, .pcm");
  inspect_command.input("--powers", inspect->powers, "Check every base of the key with these powers of tau, .ptau");
  add_threads_option(inspect_command, inspect->threads);
  inspect_command.runs([inspect] { return run_chain_inspect(*inspect); });
}

}  // namespace proofcard::tools
