// proofcard groth16 setup|contribute|verify-key: keys for circuits of circom, with the files of snarkjs.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "host/base/text.hpp"
#include "host/base/timer.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/console.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/groth16/ceremony/contribute.hpp"
#include "host/groth16/ceremony/initial_key.hpp"
#include "host/groth16/ceremony/verify_key.hpp"
#include "host/groth16/key_check.hpp"
#include "host/report/text/chain_text.hpp"

namespace proofcard::tools {
namespace {

struct SetupGroth16Options {
  std::string r1cs, powers, zkey;
  std::string name;
  bool check = false;
  bool no_contribution = false;
  bool force = false;
  std::size_t threads = 0;  // 0: all
};

struct ContributeOptions {
  std::string old_zkey, zkey;
  std::string name;
  std::optional<std::string> beacon;
  unsigned log_iterations = groth16::kMinLogIterations;
  bool force = false;
  std::size_t threads = 0;
};

struct VerifyKeyOptions {
  std::string r1cs, powers, zkey;
  bool check = false;
  std::size_t threads = 0;
};

Status keep_other_key(bool force, const std::string& path, ByteView content) {
  return force ? Status{} : keep_other_file(path, content, "key");
}

std::string indented(const hash::Digest512& digest) {
  std::string out = "  " + groth16::format_hash(digest);
  for (std::size_t at = out.find('\n'); at != std::string::npos; at = out.find('\n', at + 1)) {
    out.insert(at + 1, "  ");
  }
  return out;
}

// What a key that is the circuit's may still be.
void warn_of_forgers(const groth16::PowersOfTau& powers, const groth16::VerifyingKey& vk) {
  if (powers.num_contributions() == 0) {
    warn(fmt::format("{}: nobody has contributed to these powers of tau, so anyone can forge proofs", powers.path()));
  }
  for (const std::string& weakness : groth16::key_weaknesses(vk)) {
    warn("not a safe key: " + weakness);
  }
}

Status write_key(const groth16::KeyContent& key, const std::string& path, bool force, const std::string& text) {
  const Bytes file = groth16::key_bytes(key);
  PROOFCARD_RETURN_IF_ERROR(keep_other_key(force, path, file));
  OutputFiles files;
  PROOFCARD_RETURN_IF_ERROR(files.add(path, file, Access::kPublic));
  return print_and_commit(fmt::format("{}{}wrote {} ({})\n", text, trust_text(key.contributions), printable(path),
                                      format_bytes(file.size())),
                          files);
}

Status add_secret(groth16::KeyContent& key, const std::string& name) {
  PROOFCARD_TRY(const hash::BlindingSource random, hash::BlindingSource::from_system());
  return groth16::contribute(key, name, random);
}

std::string contribution_text(const groth16::KeyContent& key) {
  return "hash of the contribution:\n" + indented(groth16::contribution_hash(key.contributions.list.back())) + "\n";
}

Status run_groth16_setup(const SetupGroth16Options& options) {
  use_verifier(options.threads);
  if (!options.no_contribution) {  // asked now, before long work
    PROOFCARD_RETURN_IF_ERROR(keep_other_key(options.force, options.zkey, {}));
  }
  const Timer timer;
  PROOFCARD_TRY(const groth16::R1cs r1cs, groth16::R1cs::open(options.r1cs));
  PROOFCARD_TRY(const groth16::PowersOfTau powers, groth16::PowersOfTau::open(options.powers));
  if (options.check) {
    PROOFCARD_RETURN_IF_ERROR(powers.check());
  }
  PROOFCARD_TRY(groth16::KeyContent key, groth16::make_initial_key(r1cs, powers));
  if (!options.no_contribution) {
    PROOFCARD_RETURN_IF_ERROR(add_secret(key, options.name));
  }
  warn_of_forgers(powers, key.header.vk);
  return write_key(
      key, options.zkey, options.force,
      fmt::format("set up {} in {}: {} constraints, domain 2^{}\nhash of the circuit:\n{}\n{}", printable(options.r1cs),
                  format_ms(timer.milliseconds()), r1cs.header().num_constraints, key.header.log_domain_size,
                  indented(key.contributions.circuit_hash), options.no_contribution ? "" : contribution_text(key)));
}

Status run_contribute(const ContributeOptions& options) {
  use_verifier(options.threads);
  groth16::Beacon beacon{{}, options.log_iterations};
  if (options.beacon) {
    const std::optional<Bytes> value = from_hex(*options.beacon);
    if (!value) {
      return bad_input("--beacon", "expected an even number of hexadecimal digits, found {}",
                       printable(*options.beacon));
    }
    beacon.value = *value;
  } else {
    PROOFCARD_RETURN_IF_ERROR(keep_other_key(options.force, options.zkey, {}));
  }
  const Timer timer;
  PROOFCARD_TRY(const groth16::Zkey zkey, groth16::Zkey::open(options.old_zkey));
  PROOFCARD_TRY(groth16::KeyContent key, groth16::read_key(zkey));
  PROOFCARD_RETURN_IF_ERROR(options.beacon ? groth16::contribute(key, options.name, beacon)
                                           : add_secret(key, options.name));
  return write_key(key, options.zkey, options.force,
                   fmt::format("contributed to {} in {}\n{}", printable(options.old_zkey),
                               format_ms(timer.milliseconds()), contribution_text(key)));
}

Status run_verify_key(const VerifyKeyOptions& options) {
  use_verifier(options.threads);
  const Timer timer;
  PROOFCARD_TRY(const groth16::R1cs r1cs, groth16::R1cs::open(options.r1cs));
  PROOFCARD_TRY(const groth16::PowersOfTau powers, groth16::PowersOfTau::open(options.powers));
  PROOFCARD_TRY(const groth16::Zkey zkey, groth16::Zkey::open(options.zkey));
  if (options.check) {
    PROOFCARD_RETURN_IF_ERROR(powers.check());
  }
  PROOFCARD_TRY(const std::vector<groth16::Parameters> parameters, groth16::verify_key(r1cs, powers, zkey));
  const groth16::Contributions& contributions = zkey.contributions();
  warn_of_forgers(powers, zkey.header().vk);
  say("accepted: {} is a key of {} with the powers of {}, checked in {}\nhash of the circuit:\n{}\n",
      printable(options.zkey), printable(options.r1cs), printable(options.powers), format_ms(timer.milliseconds()),
      indented(contributions.circuit_hash));
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const groth16::Parameters& p = parameters[i];
    say("contribution {}{}{}:\n{}\n", i + 1, p.name.empty() ? "" : " by " + printable(p.name),
        p.beacon ? fmt::format(", the beacon {} hashed 2^{} times", hex(p.beacon->value), p.beacon->log_iterations)
                 : "",
        indented(groth16::contribution_hash(contributions.list[i])));
  }
  say("{}", trust_text(contributions));
  return {};
}

}  // namespace

void add_groth16_ceremony(const Options& group) {
  auto setup = std::make_shared<SetupGroth16Options>();
  const Options setup_command = group.command("setup", "Circuit and powers of tau -> proving key, with a contribution");
  setup_command.input("r1cs", setup->r1cs, "The circuit, .r1cs").required();
  setup_command.input("powers", setup->powers, "The powers of tau of a ceremony, .ptau, prepared for phase 2 or not")
      .required();
  setup_command.output("-o,--out", setup->zkey, "Where the proving key goes, .zkey").required();
  setup_command.text("--name", setup->name, "The contributor's name, which goes into the key");
  setup_command.flag("--check", setup->check, "Check all of the powers of tau, not only what is used");
  setup_command.flag("--no-contribution", setup->no_contribution,
                     "The key that contributions begin with, for which anyone can forge proofs");
  setup_command.flag("--force", setup->force, "Replace a key that stands there already");
  add_threads_option(setup_command, setup->threads);
  setup_command.runs([setup] { return run_groth16_setup(*setup); });

  auto contribute = std::make_shared<ContributeOptions>();
  const Options contribute_command =
      group.command("contribute", "Multiply the secret of a proving key by another, which is then forgotten");
  contribute_command.input("zkey", contribute->old_zkey, "The proving key, .zkey").required();
  contribute_command.output("-o,--out", contribute->zkey, "Where the new one goes, .zkey").required();
  contribute_command.text("--name", contribute->name, "The contributor's name, which goes into the key");
  const Option beacon =
      contribute_command.text("--beacon", contribute->beacon,
                              "Instead of a secret: public randomness that nobody could know before, in hexadecimal");
  contribute_command
      .number("--log-iterations", contribute->log_iterations, groth16::kMinLogIterations, groth16::kMaxLogIterations,
              "With --beacon: it is hashed 2^N times")
      .needs(beacon);
  contribute_command.flag("--force", contribute->force, "Replace a key that stands there already");
  add_threads_option(contribute_command, contribute->threads);
  contribute_command.runs([contribute] { return run_contribute(*contribute); });

  auto verify = std::make_shared<VerifyKeyOptions>();
  const Options verify_command = group.command(
      "verify-key", "Check that a key is a circuit's, and its contributions; exit code 0: accepted, 1: rejected");
  verify_command.input("r1cs", verify->r1cs, "The circuit, .r1cs").required();
  verify_command.input("powers", verify->powers, "The powers of tau of its ceremony, .ptau").required();
  verify_command.input("zkey", verify->zkey, "The proving key, .zkey").required();
  verify_command.flag("--check", verify->check, "Check all of the powers of tau too");
  add_verifier_options(verify_command, verify->threads);
  verify_command.runs([verify] { return run_verify_key(*verify); });
}

}  // namespace proofcard::tools
