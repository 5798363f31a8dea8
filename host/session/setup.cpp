#include "host/session/setup.hpp"

#include "host/base/text.hpp"
#include "host/circuit/bounds.hpp"
#include "host/circuit/weight_range.hpp"
#include "host/pcs/whir/parameters.hpp"
#include "host/verifier/verifier.hpp"

namespace proofcard::tools {
namespace {

using circuit::Column;

std::vector<std::size_t> weight_column_ids(const circuit::Layout& layout) {
  std::vector<std::size_t> out;
  for (std::size_t c = 0; c < layout.columns.size(); ++c) {
    if (layout.columns[c].owner == Column::Owner::kWeights) {
      out.push_back(c);
    }
  }
  return out;
}

// By layout column of `to`: the entry of the weight column of `from` that holds the same tensors.
template <class T>
Result<std::vector<T>> transfer_columns(const circuit::Layout& from, const circuit::Layout& to,
                                        const std::vector<T>& entries) {
  const std::vector<std::size_t> source = weight_column_ids(from);
  const std::vector<std::size_t> target = weight_column_ids(to);
  std::vector<T> out(to.columns.size());
  if (source.size() != target.size()) {
    return rejected("verification key", "expected {} weight columns in the range proof, found {}", source.size(),
                    target.size());
  }
  for (std::size_t k = 0; k < source.size(); ++k) {
    const Column& a = from.columns[source[k]];
    const Column& b = to.columns[target[k]];
    if (a.type != b.type || a.log_row_len != b.log_row_len || a.slots.offsets != b.slots.offsets ||
        a.num_rows() != b.num_rows()) {
      return rejected("verification key", "weight column {} is laid out differently in the range proof", k);
    }
    out[target[k]] = entries[source[k]];
  }
  return out;
}

bool has_weights(const statement::VerifyingKey& vk) { return !weight_column_ids(vk.layout).empty(); }

Result<Bytes> prove_weight_range(const prover::Backend& backend, const statement::VerifyingKey& vk,
                                 const compile::WeightColumns& columns, const ProverKey& key, Stages& stages) {
  PROOFCARD_TRY(const statement::VerifyingKey range_key, weight_range_key(vk));
  PROOFCARD_TRY(const compile::WeightColumns range_columns, transfer_columns(vk.layout, range_key.layout, columns));
  PROOFCARD_TRY(const prover::Context context,
                make_context(range_key, backend, range_columns, key.tail_key, stages, key.weight_tree));
  stages.start("witness");
  PROOFCARD_TRY(const circuit::Assignment assignment,
                compile::assign_weight_range(range_key.circuit, range_key.layout, range_columns));
  prover::Options options;
  options.mode.zero_knowledge = key.tail_key.has_value() || !key.weight_blindings.empty();
  if (!key.weight_blindings.empty()) {
    PROOFCARD_TRY(options.blindings, transfer_columns(vk.layout, range_key.layout, key.weight_blindings));
  }
  return prover::prove(backend, context, range_key, assignment, options, stages);
}

}  // namespace

Status check_sums(const kernels::Msm& msm, std::string_view made, const Status& verified) {
  if (!verified.ok()) {
    return make_error(ErrorKind::kDeviceFault, std::string(msm.name()),
                      "the {} that was made with its sums does not verify, so it gave a wrong one; nothing is written "
                      "({})",
                      made, verified.error().message());
  }
  return {};
}

Result<ProverKey> make_key(CompiledModel model, const prover::Backend& backend, bool hide_weights, Stages& stages,
                           const pcs::Scheme& scheme) {
  ProverKey key{std::move(model), {}, {}};
  stages.start("circuit");
  PROOFCARD_TRY(circuit::Circuit circuit, compile::compile(key.model.graph, key.model.options));
  const circuit::Layout layout = circuit::make_layout(circuit);
  PROOFCARD_TRY(const compile::WeightColumns columns, compile::weight_columns(key.model.graph, circuit, layout));
  const bool hides = hide_weights && key.model.options.weights != circuit::Visibility::kPublic;
  if (scheme.kind == pcs::Kind::kHash) {
    pcs::Scheme of_key = scheme;
    if (!hides || weight_column_ids(layout).empty()) {
      of_key.max_proofs = 0;
    }
    PROOFCARD_RETURN_IF_ERROR(statement::check_hash_scheme(circuit, layout, of_key));
    if (of_key.max_proofs > 0) {
      PROOFCARD_TRY(key.tail_key, hash::BlindingSource::new_key());
    }
    stages.start("commit weights");
    PROOFCARD_TRY(const auto weights, prover::commit_weight_vector(backend.hashing(of_key.function), layout, of_key,
                                                                   columns, key.tail_key ? &*key.tail_key : nullptr));
    if (weights && pcs::is_inner(of_key)) {
      key.weight_tree = weights->committed.word.levels;
    }
    key.vk = statement::make_verifying_key(
        std::move(circuit), of_key,
        weights ? std::optional(weights->committed.commitment) : std::optional<pcs::whir::Commitment>());
  } else {
    stages.start("generators");
    PROOFCARD_TRY(const prover::Context context, prover::make_context(backend.msm, layout));
    stages.start("commit weights");
    if (hides) {
      PROOFCARD_TRY(const hash::BlindingSource source, hash::BlindingSource::from_system());
      key.weight_blindings = prover::weight_blindings(source, layout);
    }
    PROOFCARD_TRY(auto rows, prover::commit_weights(backend, context, layout, columns, key.weight_blindings));
    key.vk = statement::make_verifying_key(std::move(circuit), std::move(rows));
  }
  ByteWriter plan;
  graph::write(plan, key.model.plan);
  key.vk.quantisation = plan.take();
  if (has_weights(key.vk)) {
    PROOFCARD_TRY(key.vk.weight_range_proof, prove_weight_range(backend, key.vk, columns, key, stages));
    if (!backend.msm.is_trusted()) {
      stages.start("check");
      PROOFCARD_RETURN_IF_ERROR(
          check_sums(backend.msm, "key", check_weight_range(key.vk, kernels::cpu_msm(), generators_of(key.vk))));
    }
  }
  stages.stop();
  return key;
}

Result<prover::Context> make_context(const statement::VerifyingKey& vk, const prover::Backend& backend,
                                     const compile::WeightColumns& columns,
                                     const std::optional<hash::BlindingKey>& tail_key, Stages& stages,
                                     const std::vector<std::vector<hash::Digest>>& weight_tree) {
  if (vk.scheme.kind == pcs::Kind::kHyrax) {
    stages.start("generators");
    return prover::make_context(backend.msm, vk.layout);
  }
  stages.start("commit weights");
  prover::Context context;
  std::optional<prover::KnownTree> known;
  if (!weight_tree.empty() && vk.weight_vector) {
    known.emplace(prover::KnownTree{*vk.weight_vector, weight_tree});
  }
  PROOFCARD_TRY(context.weights,
                prover::commit_weight_vector(backend.hashing(vk.scheme.function), vk.layout, vk.scheme, columns,
                                             tail_key ? &*tail_key : nullptr, known ? &*known : nullptr));
  if (context.weights != nullptr && context.weights->committed.commitment != vk.weight_vector) {
    return bad_input("prover key", "expected weights that its verification key commits to, found others");
  }
  return context;
}

Status check_prover_key(const ProverKey& key, const prover::Backend& backend) {
  const auto bytes_of = [](const circuit::Circuit& circuit) {
    ByteWriter out;
    circuit::write(out, circuit);
    return out.take();
  };
  PROOFCARD_TRY(const circuit::Circuit circuit, compile::compile(key.model.graph, key.model.options));
  if (bytes_of(circuit) != bytes_of(key.vk.circuit)) {
    return bad_input("prover key", "expected the model that its verification key states, found another");
  }
  PROOFCARD_TRY(const compile::WeightColumns columns, compile::weight_columns(key.model.graph, circuit, key.vk.layout));
  Stages stages;
  PROOFCARD_TRY(const prover::Context context, make_context(key.vk, backend, columns, key.tail_key, stages));
  if (key.vk.scheme.kind == pcs::Kind::kHash) {
    return {};
  }
  PROOFCARD_TRY(const auto rows,
                prover::commit_weights(backend, context, key.vk.layout, columns, key.weight_blindings));
  if (rows != key.vk.weight_rows) {
    return bad_input("prover key", "expected weights and blindings that its verification key commits to, found others");
  }
  return {};
}

Result<bool> commits_to_public_weights(const statement::VerifyingKey& vk, const graph::Graph& graph,
                                       const prover::Backend& backend) {
  PROOFCARD_TRY(const compile::WeightColumns columns, compile::weight_columns(graph, vk.circuit, vk.layout));
  if (vk.scheme.kind == pcs::Kind::kHash) {
    PROOFCARD_TRY(const auto weights, prover::commit_weight_vector(backend.hashing(vk.scheme.function), vk.layout,
                                                                   vk.scheme, columns, nullptr));
    return weights == nullptr || weights->committed.commitment == vk.weight_vector;
  }
  PROOFCARD_TRY(const prover::Context context, prover::make_context(backend.msm, vk.layout));
  PROOFCARD_TRY(const auto rows, prover::commit_weights(backend, context, vk.layout, columns, {}));
  return rows == vk.weight_rows;
}

bool shows_weights(const statement::VerifyingKey& vk) {
  if (vk.circuit.weight_visibility == circuit::Visibility::kPublic || !has_weights(vk)) {
    return false;
  }
  if (vk.scheme.kind == pcs::Kind::kHash && vk.scheme.max_proofs == 0) {
    return true;  // whatever its proof of ranges says of itself
  }
  const auto range_proof = read_proof_head(vk.weight_range_proof, "verification key");
  return !range_proof.ok() || !range_proof->mode.zero_knowledge;
}

bool hides_weights(const statement::VerifyingKey& vk) {
  return vk.circuit.weight_visibility != circuit::Visibility::kPublic && !shows_weights(vk);
}

std::string commitments_name(const pcs::Scheme& scheme) {
  return pcs::is_inner(scheme) ? "poseidon2" : scheme.kind == pcs::Kind::kHash ? "hash" : "hyrax";
}

std::string commitments_text(const statement::VerifyingKey& vk) {
  const std::uint32_t max_proofs = vk.scheme.max_proofs;
  return commitments_name(vk.scheme) + (max_proofs == 0 || pcs::is_inner(vk.scheme) || shows_weights(vk)
                                            ? ""
                                            : fmt::format(", weights hidden for {} proofs", max_proofs));
}

Result<pcs::Scheme> find_scheme(const std::string& commitments, unsigned security_bits, std::uint32_t max_proofs) {
  if (commitments == "hyrax") {
    return pcs::Scheme{};
  }
  if (commitments != "hash") {
    return bad_input("commitments", "expected hyrax or hash, found {}", printable(commitments));
  }
  if (security_bits < pcs::whir::kSecurityBits || security_bits > kMaxSecurityBits) {
    return bad_input("security", "expected {} to {} bits, found {}", pcs::whir::kSecurityBits, kMaxSecurityBits,
                     security_bits);
  }
  if (max_proofs == 0 || max_proofs > pcs::kMaxProofs) {
    return bad_input("proofs", "expected 1 to {}, found {}", pcs::kMaxProofs, max_proofs);
  }
  return pcs::by_hashes(security_bits, max_proofs);
}

std::string weights_text(const statement::VerifyingKey& vk) {
  return fmt::format("{}{}", circuit::visibility_name(vk.circuit.weight_visibility),
                     !shows_weights(vk)         ? ""
                     : vk.scheme.max_proofs > 0 ? ", but not hidden: the key's proof of their ranges shows them"
                                                : ", but not hidden: the key was set up with --no-zk");
}

pcs::hyrax::Generators generators_of(const statement::VerifyingKey& vk) {
  return vk.scheme.kind == pcs::Kind::kHyrax ? pcs::hyrax::derive(vk.layout.log_row_len) : pcs::hyrax::Generators();
}

Result<statement::VerifyingKey> weight_range_key(const statement::VerifyingKey& vk) {
  circuit::Circuit circuit = circuit::weight_range_circuit(vk.circuit);
  circuit::Layout layout = circuit::weight_range_layout(circuit, vk.layout);
  std::vector<std::vector<curve::G1Affine>> none(vk.layout.columns.size());
  PROOFCARD_TRY(auto rows, transfer_columns(vk.layout, layout, vk.weight_rows.empty() ? none : vk.weight_rows));
  statement::VerifyingKey out = vk.scheme.kind == pcs::Kind::kHash
                                    ? statement::make_verifying_key(std::move(circuit), vk.scheme, vk.weight_vector)
                                    : statement::make_verifying_key(std::move(circuit), std::move(rows));
  out.layout = std::move(layout);
  return out;
}

Status check_weight_range(const statement::VerifyingKey& vk, const kernels::Msm& msm,
                          const pcs::hyrax::Generators& generators) {
  if (!has_weights(vk)) {
    return {};
  }
  PROOFCARD_TRY(const statement::VerifyingKey range_key, weight_range_key(vk));
  if (const auto bounds = circuit::check_soundness(range_key.circuit); !bounds.ok()) {
    return rejected("verification key", "weight range circuit: {}", bounds.error().message());
  }
  const verifier::Options options{.allow_seeded = true, .allow_no_zero_knowledge = true, .observer = {}};
  // Rows of weights are no longer than the key's longest, so theirs are the first of the key's generators.
  const std::size_t row_len = generators.empty() ? 0 : std::size_t{1} << range_key.layout.log_row_len;
  const pcs::hyrax::Generators prefix(generators.begin(), generators.begin() + static_cast<std::ptrdiff_t>(row_len));
  const auto header = verifier::verify(msm, prefix, range_key, vk.weight_range_proof, options);
  if (!header.ok()) {
    return rejected("verification key", "the proof that the weights lie in their ranges does not verify ({})",
                    header.error().message());
  }
  return {};
}

}  // namespace proofcard::tools
