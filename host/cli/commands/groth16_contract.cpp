// proofcard groth16 export-verifier|export-calldata: proofs of circom's circuits on a chain.
#include <fmt/format.h>

#include <memory>

#include "host/base/text.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/console.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/groth16/contract/calldata.hpp"
#include "host/groth16/contract/verifier_contract.hpp"
#include "host/groth16/json.hpp"
#include "host/groth16/key_check.hpp"
#include "host/groth16/zkey.hpp"
#include "host/wrap/public_digest.hpp"

namespace proofcard::tools {
namespace {

constexpr std::uint64_t kMaxJsonBytes = std::uint64_t{1} << 28;

struct ExportVerifierOptions {
  std::string key, contract;
  std::string name = "Groth16Verifier";
  std::size_t num_values = 0;
  bool allow_unsafe_key = false;
};

struct ExportCalldataOptions {
  std::string public_signals, proof;
  std::string out;
  groth16::ContractFunction function = groth16::ContractFunction::kVerify;
};

// Of a .zkey, or as JSON.
Result<groth16::VerifyingKey> load_key(const std::string& path) {
  PROOFCARD_TRY(const groth16::MappedFile file, groth16::MappedFile::open(path));
  const ByteView bytes = file.bytes();
  if (bytes.size() >= 4 && std::string(bytes.begin(), bytes.begin() + 4) == "zkey") {
    PROOFCARD_TRY(const groth16::Zkey zkey, groth16::Zkey::open(path));
    return zkey.header().vk;
  }
  PROOFCARD_TRY(const std::string text, read_groth16_text(path));
  return groth16::parse_verifying_key(text, path);
}

Status run_export_verifier(const ExportVerifierOptions& options) {
  PROOFCARD_TRY(const groth16::VerifyingKey vk, load_key(options.key));
  const std::vector<std::string> weaknesses = groth16::key_weaknesses(vk);
  if (!weaknesses.empty() && !options.allow_unsafe_key) {
    return bad_input(options.key, "not a safe key: {} (--allow-unsafe-key accepts it)", fmt::join(weaknesses, "; "));
  }
  PROOFCARD_TRY(const std::string contract, groth16::verifier_contract(vk, options.name, {{}, options.num_values}));
  for (const std::string& weakness : weaknesses) {
    warn("not a safe key: " + weakness);
  }
  OutputFiles files;
  PROOFCARD_RETURN_IF_ERROR(files.add(options.contract, contract, Access::kPublic));
  return print_and_commit(
      fmt::format("wrote {}: contract {} for {} public signal(s), key digest {}\n", printable(options.contract),
                  options.name, vk.ic.size() - 1, hex(groth16::key_digest(vk))),
      files);
}

Status run_export_calldata(const ExportCalldataOptions& options) {
  PROOFCARD_TRY(const std::string public_text, read_groth16_text(options.public_signals));
  PROOFCARD_TRY(const std::string proof_text, read_groth16_text(options.proof));
  PROOFCARD_TRY(const std::vector<Fr> signals, groth16::parse_public(public_text, options.public_signals));
  PROOFCARD_TRY(const groth16::Proof proof, groth16::parse_proof(proof_text, options.proof));
  const std::string text = "0x" + hex(groth16::calldata(proof, signals, options.function)) + "\n";
  if (options.out.empty()) {
    return print(text);
  }
  OutputFiles files;
  PROOFCARD_RETURN_IF_ERROR(files.add(options.out, text, Access::kPublic));
  return files.commit();
}

}  // namespace

Result<std::string> read_groth16_text(const std::string& path) {
  PROOFCARD_TRY(const Bytes bytes, read_file(path, kMaxJsonBytes));
  return std::string(bytes.begin(), bytes.end());
}

void add_groth16_contract(const Options& group) {
  auto verifier = std::make_shared<ExportVerifierOptions>();
  const Options verifier_command = group.command("export-verifier", "Write a Solidity contract that verifies proofs");
  verifier_command.input("key", verifier->key, "The proving key, .zkey, or verification key, .json").required();
  verifier_command.output("-o,--out", verifier->contract, "Where the contract goes, .sol").required();
  verifier_command.text("--name", verifier->name, "The contract's name");
  verifier_command.number(
      "--values", verifier->num_values, 1, wrap::kMaxDigestWords,
      "The three public signals are a digest of so many values, their value at r, and r: add verifyValues");
  verifier_command.flag("--allow-unsafe-key", verifier->allow_unsafe_key,
                        "Take a key for which anyone can forge proofs, for tests");
  verifier_command.runs([verifier] { return run_export_verifier(*verifier); });

  auto calldata = std::make_shared<ExportCalldataOptions>();
  const Options calldata_command =
      group.command("export-calldata", "Print the call of a contract that verifies a proof, in hexadecimal");
  calldata_command.input("public", calldata->public_signals, "The public signals, .json").required();
  calldata_command.input("proof", calldata->proof, "The proof, .json").required();
  calldata_command.output("-o,--out", calldata->out, "Write it to this file instead");
  calldata_command.choice(
      "--function", calldata->function,
      {{"verify", groth16::ContractFunction::kVerify}, {"verifyProof", groth16::ContractFunction::kVerifyProof}},
      "verify reverts with the reason, verifyProof is that of contracts of snarkjs too");
  calldata_command.runs([calldata] { return run_export_calldata(*calldata); });
}

}  // namespace proofcard::tools
