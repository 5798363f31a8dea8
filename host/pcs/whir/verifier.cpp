#include "host/pcs/whir/verifier.hpp"

#include <algorithm>

#include "host/field/fr_vector.hpp"
#include "host/field/two_adic.hpp"
#include "host/pcs/whir/protocol.hpp"
#include "host/pcs/whir/weight.hpp"
#include "host/pcs/whir/word.hpp"

namespace proofcard::pcs::whir {
namespace {

// <vector, sum of weights> = sum.
struct WeightedSum {
  std::vector<ProductWeight> weights;
  Fr sum;
};

// A word that is to be queried, and where its vector stands in the next one when it is folded.
struct QueriedRoot {
  Oracle oracle;
  hash::Digest root;
  std::size_t offset = 0;
};

std::vector<Fr> constants(std::span<const Value> values) {
  std::vector<Fr> out;
  for (const Value& v : values) {
    out.push_back(v.constant());
  }
  return out;
}

// Step 1.
std::vector<WeightedSum> initial_sums(VerifierChannel& channel, const Parameters& parameters,
                                      std::span<const Commitment> commitments, std::span<const Claim<Value>> claims) {
  std::vector<WeightedSum> out(commitments.size());
  const Fr gamma = channel.challenge("whir.claims");
  Fr power = Fr::one();
  for (const Claim<Value>& claim : claims) {
    WeightedSum& sum = out[claim.column];
    sum.weights.push_back(ProductWeight::at_point(power, claim.offset, claim.point));
    sum.sum += power * claim.value.constant();
    power *= gamma;
  }
  for (std::size_t v = 0; v < commitments.size(); ++v) {
    const Commitment& commitment = commitments[v];
    const Fr z = out_of_domain_point(commitment.root, commitment.log_size);
    out[v].weights.push_back(ProductWeight::powers(power, 0, z, parameters.inputs[v].code.log_size));
    out[v].sum += power * commitment.answer;
    power *= gamma;
  }
  return out;
}

// Step 2. Returns the coordinates.
Result<std::vector<Fr>> check_rounds(VerifierChannel& channel, std::span<WeightedSum> sums, unsigned num_rounds) {
  std::vector<Fr> r;
  for (unsigned i = 0; i < num_rounds; ++i) {
    PROOFCARD_TRY(const std::vector<Value> message, channel.message("whir.round", 2 * sums.size()));
    const std::vector<Fr> round = constants(message);
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

Fr power(Fr x, std::size_t exponent) {
  Fr out = Fr::one();
  for (; exponent != 0; exponent /= 2, x = x.square()) {
    if (exponent % 2 == 1) {
      out *= x;
    }
  }
  return out;
}

// Step 4: what the drawn rows say about the folded vectors, one sum a row. Weights have the coefficient 1.
Result<std::vector<WeightedSum>> check_rows(VerifierChannel& channel, const kernels::MerkleHash& hash,
                                            const Parameters& parameters, std::span<const QueriedRoot> words,
                                            std::span<const Fr> r) {
  const hash::Digest seed = channel.challenge("whir.grind").to_bytes();
  PROOFCARD_TRY(const std::uint64_t nonce, channel.nonce("whir.nonce"));
  if (!kernels::nonce_fits(seed, nonce, parameters.grinding_bits)) {
    return rejected("opening", "nonce: expected one with a digest that begins with {} zero bits, found {}",
                    parameters.grinding_bits, nonce);
  }
  const std::vector<Fr> eq_r = fr_eq_table(r);
  std::vector<WeightedSum> out;
  for (const QueriedRoot& word : words) {
    const Code& code = word.oracle.code;
    const std::vector<std::size_t> rows = query_rows(channel.challenges("whir.queries", word.oracle.num_queries), code);
    OpenedRows opened;
    PROOFCARD_TRY(opened.elements, channel.opened_elements("whir.rows", rows.size() << code.log_width));
    PROOFCARD_TRY(opened.siblings, channel.opened_nodes("whir.nodes", num_siblings(code, rows)));
    if (root_of_rows(hash, code, rows, opened) != word.root) {
      return rejected("opening", "rows of a word of 2^{} values do not lead to its root", code.log_size);
    }
    const Fr w = root_of_unity<Fr>(code.log_rows());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto row = std::span(opened.elements).subspan(i << code.log_width, eq_r.size());
      out.push_back(
          {{ProductWeight::powers(Fr::one(), word.offset, power(w, rows[i]), code.log_degree())}, fold_row(row, eq_r)});
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
    out.sum += power * sum.sum;
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
    if (found != sum.sum) {
      return rejected("opening", "the last values do not have the sums that claims and rows lead to");
    }
  }
  return {};
}

}  // namespace

Status verify_opening(VerifierChannel& channel, const kernels::MerkleHash& hash,
                      std::span<const Commitment> commitments, std::span<const Claim<Value>> claims,
                      unsigned security_bits) {
  std::vector<unsigned> log_sizes;
  for (const Commitment& commitment : commitments) {
    log_sizes.push_back(commitment.log_size);
  }
  PROOFCARD_TRY(const Parameters parameters, make_parameters(log_sizes, security_bits));
  std::vector<QueriedRoot> words;
  for (std::size_t v = 0; v < commitments.size(); ++v) {
    words.push_back({parameters.inputs[v], commitments[v].root, parameters.offsets[v]});
  }
  std::vector<WeightedSum> sums = initial_sums(channel, parameters, commitments, claims);
  for (std::size_t round = 0;; ++round) {
    PROOFCARD_TRY(const std::vector<Fr> r, check_rounds(channel, sums, words[0].oracle.code.log_width));
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
      const Oracle& oracle = parameters.rounds[round];
      PROOFCARD_TRY(const hash::Digest root, channel.digest("whir.root"));
      next.push_back({oracle, root, 0});
      const Fr z = channel.challenge("whir.point");
      PROOFCARD_TRY(const Value answer, channel.message("whir.answer"));
      sums.push_back({{ProductWeight::powers(Fr::one(), 0, z, oracle.code.log_size)}, answer.constant()});
    }
    PROOFCARD_TRY(std::vector<WeightedSum> of_rows, check_rows(channel, hash, parameters, words, r));
    std::ranges::move(of_rows, std::back_inserter(sums));
    if (last) {
      return check_last(values, sums);
    }
    sums = {join(channel, std::move(sums))};
    words = std::move(next);
  }
}

}  // namespace proofcard::pcs::whir
