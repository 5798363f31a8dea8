#include "host/zk/ligero/prover.hpp"

#include "host/base/bits.hpp"
#include "host/field/fr_vector.hpp"
#include "host/field/two_adic.hpp"
#include "host/pcs/whir/protocol.hpp"

namespace proofcard::zk::ligero {
namespace {

using pcs::whir::Word;

// Both words and tables of values on a part of their points that is large enough for the sum polynomial.
class Prover {
 public:
  Prover(const Kernels& kernels, const Committed& committed)
      : kernels_(kernels),
        parameters_(committed.parameters),
        words_{&committed.word},
        log_points_(ceil_log2(committed.parameters.num_sum_coefficients())) {}

  void add_word(const Word& word) { words_.push_back(&word); }

  // Step 3.
  Result<std::vector<Fr>> combined_word(std::span<const Fr> challenges) const {
    const std::vector<Fr> eq = fr_eq_table(challenges.first(challenges.size() - 1), challenges.back());
    const std::size_t mask = parameters_.num_columns() - 1;
    std::vector<Fr> sum = points_of(mask);
    for (std::size_t c = 0; c < mask; ++c) {
      fr_axpy(sum, eq[c], points_of(c));
    }
    for (std::size_t c = 0; c < 2 * parameters_.num_factor_columns(); ++c) {
      fr_axpy(sum, eq[mask + c], points_of(parameters_.num_columns() + c));
    }
    return interpolate(std::move(sum), parameters_.num_coefficients());
  }

  Result<std::vector<Fr>> sum_polynomial(const JoinedSum& joined) const {
    std::vector<Fr> sum(num_points());
    const auto add_product = [&](std::span<const Fr> a, std::span<const Fr> b) {
      std::vector<Fr> product(num_points());
      fr_mul(product, a, b);
      fr_axpy(sum, Fr::one(), product);
    };
    const auto add_weighted = [&](std::span<const Fr> weights, std::size_t first_column) -> Status {
      for (std::size_t at = 0; at < weights.size(); at += parameters_.column_len()) {
        PROOFCARD_TRY(const std::vector<Fr> u, extend(weights.subspan(at, parameters_.column_len())));
        add_product(u, points_of(first_column + (at >> parameters_.log_column_len)));
      }
      return {};
    };
    const std::size_t left = parameters_.num_columns();
    const std::size_t right = left + parameters_.num_factor_columns();
    PROOFCARD_RETURN_IF_ERROR(add_weighted(joined.values, 0));
    PROOFCARD_RETURN_IF_ERROR(add_weighted(joined.left, left));
    PROOFCARD_RETURN_IF_ERROR(add_weighted(joined.right, right));
    for (std::size_t c = 0; c < parameters_.num_factor_columns(); ++c) {
      add_product(points_of(left + c), points_of(right + c));
    }
    for (std::size_t i = 0; i < parameters_.num_sum_masks(); ++i) {
      add_product(powers_of_points(parameters_.mask_shift(i)), points_of(parameters_.num_value_columns() + i));
    }
    return interpolate(std::move(sum), parameters_.num_sum_coefficients());
  }

  // Step 4.
  void open(ProverChannel& channel) const {
    const hash::Digest seed = channel.challenge("ligero.grind").to_bytes();
    channel.nonce("ligero.nonce", kernels_.hash.smallest_nonce(seed, parameters_.grinding_bits));
    const std::vector<std::size_t> rows =
        pcs::whir::query_rows(channel.challenges("ligero.queries", parameters_.num_queries), code_of_rows(parameters_));
    for (const Word* word : words_) {
      const pcs::whir::OpenedRows opened = pcs::whir::open_rows(*word, rows);
      channel.opened("ligero.rows", opened.elements);
      channel.opened("ligero.nodes", opened.nodes);
    }
  }

 private:
  std::size_t num_points() const { return std::size_t{1} << log_points_; }

  // A column, of both words in order, at g v^s, v of order num_points(): every few rows.
  std::vector<Fr> points_of(std::size_t column) const {
    const bool second = column >= parameters_.num_columns();
    const std::size_t stride = parameters_.rows() >> log_points_;
    const std::size_t first = (second ? column - parameters_.num_columns() : column) << parameters_.log_rows;
    std::vector<Fr> out(num_points());
    for (std::size_t s = 0; s < out.size(); ++s) {
      out[s] = words_[second ? 1 : 0]->elements[first + s * stride];
    }
    return out;
  }

  // X^exponent at these points.
  std::vector<Fr> powers_of_points(std::size_t exponent) const {
    return pcs::whir::power_table(root_of_unity<Fr>(log_points_).pow_vartime({exponent}), log_points_,
                                  kShift.pow_vartime({exponent}));
  }

  // The polynomial with these values on H, at these points.
  Result<std::vector<Fr>> extend(std::span<const Fr> values) const {
    std::vector<Fr> out(values.begin(), values.end());
    PROOFCARD_RETURN_IF_ERROR(kernels_.ntt.transform(
        out, {.log_n = parameters_.log_column_len, .direction = kernels::NttDirection::kInverse}));
    out.resize(num_points());
    PROOFCARD_RETURN_IF_ERROR(kernels_.ntt.transform(out, {.log_n = log_points_, .shift = kShift}));
    return out;
  }

  // The coefficients of a polynomial from its values at these points.
  Result<std::vector<Fr>> interpolate(std::vector<Fr> values, std::size_t num_coefficients) const {
    PROOFCARD_RETURN_IF_ERROR(kernels_.ntt.transform(
        values, {.log_n = log_points_, .direction = kernels::NttDirection::kInverse, .shift = kShift}));
    values.resize(num_coefficients);
    return values;
  }

  const Kernels& kernels_;
  const Parameters& parameters_;
  std::vector<const Word*> words_;
  unsigned log_points_;
};

// The factors of step 1.
struct Factors {
  std::vector<Fr> left;
  std::vector<Fr> right;

  Factors(Constraints constraints, std::span<const Fr> values, const Fr& delta) {
    const auto at_values = [&](const Value& form) {
      Fr sum = form.constant();
      for (const auto& [variable, coefficient] : form.terms()) {
        sum += coefficient * values[variable];
      }
      return sum;
    };
    const std::vector<Fr> scales = equation_scales(constraints, delta);
    for (std::size_t e = 0; e < constraints.size(); ++e) {
      for (const VerifierChannel::Product& product : constraints[e].products) {
        left.push_back(scales[e] * at_values(product.a));
        right.push_back(at_values(product.b));
      }
    }
  }
};

}  // namespace

Status prove(ProverChannel& channel, const Kernels& kernels, const Committed& committed, Constraints constraints,
             const hash::BlindingSource& blinding) {
  const Parameters& parameters = committed.parameters;
  if (num_products(constraints) != parameters.num_products) {
    return bad_input("ligero", "products: expected the {} that were committed for, found {}", parameters.num_products,
                     num_products(constraints));
  }
  Prover prover(kernels, committed);
  const Fr delta = channel.challenge("ligero.equations");
  Fr gamma;
  Word factors_word;
  if (parameters.num_products != 0) {
    const Factors factors(constraints, committed.values, delta);
    PROOFCARD_TRY(factors_word, commit_factors(kernels, factors.left, factors.right, blinding, parameters));
    prover.add_word(factors_word);
    channel.digest("ligero.root", factors_word.root());
    gamma = channel.challenge("ligero.factors");
  }
  const std::vector<Fr> fold = channel.challenges("ligero.fold", parameters.num_fold_challenges());
  PROOFCARD_TRY(const std::vector<Fr> word, prover.combined_word(fold));
  channel.message("ligero.word", word);
  PROOFCARD_TRY(const std::vector<Fr> sum, prover.sum_polynomial(join(parameters, constraints, delta, gamma)));
  channel.message("ligero.sum", sum);
  prover.open(channel);
  return {};
}

}  // namespace proofcard::zk::ligero
