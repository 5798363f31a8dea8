#include "host/statement/hash_vectors.hpp"

namespace proofcard::statement {

Result<std::vector<HashVector>> hash_vectors(const circuit::JoinedVectors& joined, const pcs::Scheme& scheme,
                                             bool zero_knowledge) {
  std::vector<HashVector> out;
  for (const circuit::JoinedVector& vector : joined.vectors()) {
    const bool hidden = vector.is_weights ? scheme.max_proofs > 0 : zero_knowledge;
    if (!hidden) {
      out.push_back({vector.is_weights, vector.log_size, 0, pcs::whir::Masking::kNone});
      continue;
    }
    // The key's proof of ranges opens its weights once more.
    const std::uint32_t num_openings = vector.is_weights ? scheme.max_proofs + 1 : 1;
    PROOFCARD_TRY(
        const pcs::whir::HiddenSize size,
        pcs::whir::hidden_size(vector.num_values, num_openings, bits_of_parts(scheme, true), scheme.function));
    out.push_back({vector.is_weights, size.log_size, size.num_tail_rows,
                   vector.is_weights ? pcs::whir::Masking::kWord : pcs::whir::Masking::kColumn});
  }
  return out;
}

Result<std::vector<std::size_t>> weight_tree_sizes(const circuit::Layout& layout, const pcs::Scheme& scheme) {
  PROOFCARD_TRY(const std::vector<HashVector> vectors,
                hash_vectors(circuit::JoinedVectors(layout), scheme, scheme.max_proofs > 0));
  if (vectors.empty() || !vectors[0].is_weights) {
    return std::vector<std::size_t>();
  }
  PROOFCARD_TRY(const pcs::whir::Code code, pcs::whir::input_code(vectors[0].log_size, scheme.function));
  return pcs::whir::level_sizes(scheme.function, code);
}

unsigned bits_of_parts(const pcs::Scheme& scheme, bool zero_knowledge) {
  return scheme.security_bits + (zero_knowledge ? 1 : 0);
}

Result<pcs::whir::Parameters> opening_parameters(std::span<const HashVector> vectors, const pcs::Scheme& scheme,
                                                 bool zero_knowledge) {
  std::vector<unsigned> log_sizes;
  for (const HashVector& vector : vectors) {
    log_sizes.push_back(vector.log_size);
  }
  return pcs::whir::make_parameters(log_sizes, bits_of_parts(scheme, zero_knowledge), scheme.function);
}

}  // namespace proofcard::statement
