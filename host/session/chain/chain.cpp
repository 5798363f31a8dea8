#include "host/session/chain/chain.hpp"

#include <string.h>

#include "host/groth16/ceremony/contribute.hpp"
#include "host/groth16/ceremony/initial_key.hpp"
#include "host/groth16/key_check.hpp"
#include "host/pcs/whir/parameters.hpp"
#include "host/session/backend.hpp"
#include "host/session/setup.hpp"

namespace proofcard::tools {
namespace {

constexpr const char* kCircuitName = "the circuit";

// Bytes that are erased at the end.
struct Secret {
  Bytes bytes;

  explicit Secret(Bytes given) : bytes(std::move(given)) {}
  ~Secret() { ::explicit_bzero(bytes.data(), bytes.size()); }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
};

// Rows of A and B as a .zkey has them: those of the constraints, then one for each public signal and the constant.
std::vector<wrap::Term> expected_row(const wrap::ConstraintSystem& system, std::size_t row, std::size_t matrix) {
  if (row < system.num_constraints()) {
    const auto terms = system.row(row, matrix);
    return {terms.begin(), terms.end()};
  }
  if (matrix == 0 && row <= system.num_constraints() + system.num_public) {
    return {{static_cast<std::uint32_t>(row - system.num_constraints()), Fr::one()}};
  }
  return {};
}

}  // namespace

Result<ChainKey> make_chain_key(CompiledModel model, const prover::Backend& backend, const groth16::PowersOfTau& powers,
                                const std::string& contributor, wrap::PublicForm publics, Stages& stages) {
  ChainKey out;
  PROOFCARD_TRY(
      out.key, make_key(std::move(model), backend, true, stages, pcs::inner_scheme(pcs::whir::kSecurityBits, publics)));
  stages.start("record");
  PROOFCARD_TRY(out.circuit, wrap::record_verifier(out.key.vk));
  const Bytes r1cs = wrap::r1cs_bytes(out.circuit.system);
  PROOFCARD_TRY(const groth16::R1cs read, groth16::R1cs::view(kCircuitName, r1cs));
  stages.start("groth16 key");
  PROOFCARD_TRY(out.zkey, groth16::make_initial_key(read, powers));
  stages.start("contribution");
  PROOFCARD_TRY(const hash::BlindingSource random, hash::BlindingSource::from_system());
  PROOFCARD_RETURN_IF_ERROR(groth16::contribute(out.zkey, contributor, random));
  stages.stop();
  return out;
}

Status compare_constraints(const wrap::ConstraintSystem& system, const groth16::Zkey& zkey) {
  const groth16::ZkeyHeader& header = zkey.header();
  for (const auto& [what, expected, found] :
       {std::tuple<const char*, std::size_t, std::size_t>{"wires", system.num_wires, header.num_signals},
        {"public words", system.num_public, header.num_public}}) {
    if (expected != found) {
      return rejected("circuit", "{}: expected {} {}, those of the model's circuit, found {}", zkey.path(), expected,
                      what, found);
    }
  }
  const std::size_t n = header.domain_size();
  if (system.num_constraints() + system.num_public + 1 > n) {
    return rejected("circuit", "{}: expected a domain for {} constraints, found 2^{}", zkey.path(),
                    system.num_constraints(), header.log_domain_size);
  }
  PROOFCARD_TRY(const groth16::Coefficients found, zkey.coefficients());
  for (std::size_t matrix = 0; matrix < 2; ++matrix) {
    for (std::size_t row = 0; row < n; ++row) {
      const std::vector<wrap::Term> expected = expected_row(system, row, matrix);
      const std::size_t begin = found.starts[matrix * n + row], end = found.starts[matrix * n + row + 1];
      bool same = expected.size() == end - begin;
      for (std::size_t k = 0; same && k < expected.size(); ++k) {
        // value_times_r is the coefficient times 2^256 in Montgomery form.
        const groth16::Coefficients::Entry& entry = found.entries[begin + k];
        same = entry.signal == expected[k].wire &&
               entry.value_times_r == Fr::from_canonical(expected[k].coefficient.montgomery());
      }
      if (!same) {
        return rejected("circuit", "{}: constraint {}, {}: expected that of the model's circuit, found another",
                        zkey.path(), row, matrix == 0 ? 'A' : 'B');
      }
    }
  }
  return {};
}

Status compare_circuit(const statement::VerifyingKey& vk, const CompiledModel& model, const std::string& model_path) {
  compile::CompileOptions options = model.options;
  options.batch = vk.circuit.batch;
  PROOFCARD_TRY(const circuit::Circuit made, compile::compile(model.graph, options));
  ByteWriter expected, found;
  circuit::write(expected, made);
  circuit::write(found, vk.circuit);
  if (expected.bytes() != found.bytes()) {
    return rejected("circuit", "expected a key of the circuit that {} compiles to, found one of another", model_path);
  }
  if (vk.circuit.weight_visibility == circuit::Visibility::kPublic) {
    PROOFCARD_TRY(const prover::Backend backend, find_backend("cpu"));
    PROOFCARD_TRY(const bool same, commits_to_public_weights(vk, model.graph, backend));
    if (!same) {
      return rejected("circuit", "expected a key of the weights of {}, which are public, found one of others",
                      model_path);
    }
  }
  return {};
}

Result<ChainProver> ChainProver::make(ProverKey key, const groth16::Zkey& zkey, const prover::Backend& backend,
                                      const kernels::QuotientSum& quotient, bool allow_unsafe_key, Stages& stages) {
  if (!pcs::is_inner(key.vk.scheme)) {
    return bad_input("prover key", "expected one that `proofcard chain setup` made, found one of other proofs");
  }
  const std::vector<std::string> weaknesses = groth16::key_weaknesses(zkey.header().vk);
  if (!allow_unsafe_key && (!weaknesses.empty() || zkey.contributions().list.empty())) {
    return bad_input(zkey.path(), "not a safe key: {} (--allow-unsafe-key accepts it)",
                     weaknesses.empty() ? "nobody has contributed to it" : weaknesses[0]);
  }
  const std::size_t signals = wrap::num_signals(key.vk.circuit, key.vk.scheme.publics);
  if (signals != zkey.header().num_public) {
    return bad_input(zkey.path(), "expected the key of this model's circuit, with {} public words, found one with {}",
                     signals, zkey.header().num_public);
  }
  PROOFCARD_TRY(ProvingSession session, ProvingSession::make(std::move(key), backend, stages));
  stages.start("read zkey");
  PROOFCARD_TRY(groth16::Prover prover, groth16::Prover::load(zkey, {backend.msm, quotient}));
  stages.stop();
  return ChainProver(std::move(session), std::move(prover), zkey);
}

Result<ChainResult> ChainProver::prove(const std::vector<InputValues>& inputs, const Bytes& context,
                                       Stages& stages) const {
  PROOFCARD_TRY(const Fr context_word, chain_context_word(context));
  const wrap::PublicForm form = key().vk.scheme.publics;
  const bool by_digest = form == wrap::PublicForm::kDigest;  // the context is in the challenge then
  PROOFCARD_TRY(ProofResult inner, session_.prove_inner(inputs, stages, by_digest ? Bytes() : context));
  const Secret inner_proof(std::move(inner.proof));
  stages.start("circuit");
  Bytes file;
  {
    PROOFCARD_TRY(std::vector<Fr> values, wrap::verifier_values(key().vk, inner_proof.bytes, context_word));
    if (values.size() != num_wires_) {
      return bad_input(zkey_path_, "expected the key of this model's circuit, with {} wires, found one with {}",
                       values.size(), num_wires_);
    }
    file = wrap::witness_bytes(values);
    ::explicit_bzero(values.data(), values.size() * sizeof(Fr));
  }
  const Secret witness_file(std::move(file));
  PROOFCARD_TRY(const groth16::Witness witness, groth16::Witness::view(zkey_path_, witness_file.bytes));
  PROOFCARD_TRY(const hash::BlindingSource blinding, hash::BlindingSource::from_system());
  PROOFCARD_TRY(groth16::ProofAndPublic proof, prover_.prove(witness, blinding, stages));
  ChainProof made{proof.proof, std::move(proof.public_signals)};
  if (by_digest) {
    ByteReader reader(inner_proof.bytes, "inner proof");
    PROOFCARD_TRY(const statement::Header header, statement::read_header(reader, key().vk));
    made.digested = {context_word, wrap::pack(key().vk.circuit, form, header.publics)};
  }
  return ChainResult{std::move(made), std::move(inner.outputs), std::move(inner.cut_off), inner_proof.bytes.size()};
}

}  // namespace proofcard::tools
