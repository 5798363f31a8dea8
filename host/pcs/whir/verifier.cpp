#include "host/pcs/whir/verifier.hpp"

#include <algorithm>

#include "host/field/fr_vector.hpp"
#include "host/pcs/whir/protocol.hpp"
#include "host/pcs/whir/row_oracle.hpp"
#include "host/pcs/whir/weight.hpp"

namespace proofcard::pcs::whir {
namespace {

// <vector, sum of weights> = sum.
struct WeightedSum {
  std::vector<ProductWeight> weights;
  Value sum;  // affine in hidden messages up to step 2', then a constant
};

std::vector<Fr> constants(std::span<const Value> values) {
  std::vector<Fr> out;
  for (const Value& v : values) {
    out.push_back(v.constant());
  }
  return out;
}

// Step 1.
std::vector<WeightedSum> initial_sums(VerifierChannel& channel, const RowOracle& oracle, const Parameters& parameters,
                                      std::span<const Received> vectors, std::span<const Claim<Value>> claims) {
  std::vector<WeightedSum> out(vectors.size());
  const Fr gamma = channel.challenge("whir.claims");
  Fr power = Fr::one();
  for (const Claim<Value>& claim : claims) {
    WeightedSum& sum = out[claim.column];
    sum.weights.push_back(ProductWeight::at_point(power, claim.offset, claim.point));
    sum.sum.add_scaled(claim.value, power);
    power *= gamma;
  }
  for (std::size_t v = 0; v < vectors.size(); ++v) {
    const Fr z = oracle.out_of_domain_point(vectors[v].root, vectors[v].log_size);
    out[v].weights.push_back(ProductWeight::powers(power, 0, z, parameters.inputs[v].code.log_size));
    out[v].sum.add_scaled(vectors[v].answer, power);
    power *= gamma;
  }
  return out;
}

// Step 2. Returns the coordinates.
Result<std::vector<Fr>> check_rounds(VerifierChannel& channel, std::span<WeightedSum> sums, unsigned num_rounds) {
  std::vector<Fr> r;
  for (unsigned i = 0; i < num_rounds; ++i) {
    PROOFCARD_TRY(const std::vector<Value> round, channel.message("whir.round", 2 * sums.size()));
    r.push_back(channel.challenge("whir.round"));
    for (std::size_t v = 0; v < sums.size(); ++v) {
      sums[v].sum = round_value(sums[v].sum, std::span(round).subspan(2 * v, 2), r.back());
      for (ProductWeight& weight : sums[v].weights) {
        weight.bind(r.back());
      }
    }
  }
  return r;
}

// Step 2'. Leaves sums of what comes after it; returns rho.
Result<Fr> mask_sums(VerifierChannel& channel, std::span<WeightedSum> sums, std::span<const QueriedRoot> words) {
  const auto masked = [](const QueriedRoot& word) { return word.masking != Masking::kNone; };
  const auto num_masks = static_cast<std::size_t>(std::ranges::count_if(words, masked));
  PROOFCARD_TRY(const std::vector<Value> of_masks, channel.message("whir.masks", num_masks));
  const Fr rho = channel.challenge("whir.mask");
  auto of_mask = of_masks.begin();
  for (std::size_t v = 0; v < sums.size(); ++v) {
    if (masked(words[v])) {
      sums[v].sum.add_scaled(*of_mask++, rho);
    }
  }
  channel.stop_hiding();
  PROOFCARD_TRY(const std::vector<Value> shown, channel.message("whir.sums", sums.size()));
  for (std::size_t v = 0; v < sums.size(); ++v) {
    PROOFCARD_RETURN_IF_ERROR(channel.require_zero(sums[v].sum - shown[v], "opening (masked sums)"));
    sums[v].sum = shown[v];
  }
  return rho;
}

// Step 4: what the drawn rows say about the folded vectors, one sum a row. Weights have the coefficient 1. rho: of step
// 2', for words with a mask.
Result<std::vector<WeightedSum>> check_rows(RowOracle& oracle, const Parameters& parameters,
                                            std::span<const QueriedRoot> words, std::span<const Fr> r, const Fr& rho) {
  PROOFCARD_RETURN_IF_ERROR(oracle.check_work(parameters.grinding_bits));
  const std::vector<Fr> eq_r = fr_eq_table(r);
  std::vector<WeightedSum> out;
  for (const QueriedRoot& word : words) {
    PROOFCARD_TRY(const DrawnRows rows, oracle.draw(word));
    for (std::size_t i = 0; i < rows.points.size(); ++i) {
      const Fr folded = fold_row(rows.row(i), eq_r) + rho * rows.masks[i];
      out.push_back({{ProductWeight::powers(Fr::one(), word.offset, rows.points[i], word.oracle.code.log_degree())},
                     Value(folded)});
    }
  }
  return out;
}

// Step 5.
WeightedSum join(VerifierChannel& channel, std::vector<WeightedSum> sums) {
  WeightedSum out;
  const Fr gamma = channel.challenge("whir.gamma");
  Fr power = Fr::one();
  for (WeightedSum& sum : sums) {
    for (ProductWeight& weight : sum.weights) {
      weight.coefficient *= power;
      out.weights.push_back(std::move(weight));
    }
    out.sum.add_scaled(sum.sum, power);
    power *= gamma;
  }
  return out;
}

// Folded vectors stand end to end from the beginning. What follows is in no sum, and anybody could change it.
Status check_nothing_beyond(std::span<const QueriedRoot> words, std::span<const Fr> values) {
  std::size_t end = 0;
  for (const QueriedRoot& word : words) {
    end += std::size_t{1} << word.oracle.code.log_degree();
  }
  if (!std::ranges::all_of(values.subspan(end), [](const Fr& v) { return v.is_zero(); })) {
    return rejected("opening", "expected zeros behind the last {} values, found others", end);
  }
  return {};
}

Status check_last(std::span<const Fr> values, std::span<const WeightedSum> sums) {
  for (const WeightedSum& sum : sums) {
    Fr found;
    for (const ProductWeight& weight : sum.weights) {
      found += weight.sum(values);
    }
    if (found != sum.sum.constant()) {
      return rejected("opening", "the last values do not have the sums that claims and rows lead to");
    }
  }
  return {};
}

}  // namespace

Status verify_opening(VerifierChannel& channel, const kernels::MerkleHash& hash, std::span<const Received> vectors,
                      std::span<const Claim<Value>> claims, unsigned security_bits) {
  std::vector<unsigned> log_sizes;
  for (const Received& vector : vectors) {
    log_sizes.push_back(vector.log_size);
  }
  PROOFCARD_TRY(const Parameters parameters, make_parameters(log_sizes, security_bits, hash.function()));
  RowOracle oracle(channel, hash);
  std::vector<QueriedRoot> words;
  for (std::size_t v = 0; v < vectors.size(); ++v) {
    words.push_back(
        {parameters.inputs[v], vectors[v].root, parameters.offsets[v], vectors[v].masking, vectors[v].mask_root});
  }
  std::vector<WeightedSum> sums = initial_sums(channel, oracle, parameters, vectors, claims);
  for (std::size_t round = 0;; ++round) {
    PROOFCARD_TRY(const std::vector<Fr> r, check_rounds(channel, sums, words[0].oracle.code.log_width));
    Fr rho;
    if (channel.hiding()) {
      PROOFCARD_TRY(rho, mask_sums(channel, sums, words));
    }
    for (std::size_t v = 0; v < sums.size(); ++v) {
      for (ProductWeight& weight : sums[v].weights) {
        weight.offset += words[v].offset;
      }
    }
    const bool last = round == parameters.rounds.size();
    std::vector<Fr> values;
    std::vector<QueriedRoot> next;
    if (last) {
      PROOFCARD_TRY(const std::vector<Value> message,
                    channel.message("whir.final", std::size_t{1} << parameters.log_final));
      values = constants(message);
      PROOFCARD_RETURN_IF_ERROR(check_nothing_beyond(words, values));
    } else {
      const Oracle& next_oracle = parameters.rounds[round];
      PROOFCARD_TRY(const hash::Digest root, channel.digest("whir.root"));
      next.push_back({next_oracle, root});
      const Fr z = channel.challenge("whir.point");
      PROOFCARD_TRY(const Value answer, channel.message("whir.answer"));
      sums.push_back({{ProductWeight::powers(Fr::one(), 0, z, next_oracle.code.log_size)}, answer});
    }
    PROOFCARD_TRY(std::vector<WeightedSum> of_rows, check_rows(oracle, parameters, words, r, rho));
    std::ranges::move(of_rows, std::back_inserter(sums));
    if (last) {
      return check_last(values, sums);
    }
    sums = {join(channel, std::move(sums))};
    words = std::move(next);
  }
}

}  // namespace proofcard::pcs::whir
