// A prover of Ligero written from host/zk/ligero/protocol.hpp alone, with polynomials multiplied term by term, values by
// Horner's rule and one hash after the other; and able to lie. Of host/zk/ligero it uses the parameters.
#pragma once

#include <functional>

#include "tests/pcs/whir_naive.hpp"
#include "tests/zk/ligero_support.hpp"

namespace proofcard::zk::ligero::testing {

using Polynomial = std::vector<Fr>;  // coefficients

inline Polynomial operator*(const Polynomial& a, const Polynomial& b) {
  Polynomial out(a.size() + b.size() - 1);
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j) {
      out[i + j] += a[i] * b[j];
    }
  }
  return out;
}

// sum += scale * X^shift * p
inline void add_to(Polynomial& sum, const Polynomial& p, const Fr& scale = Fr::one(), std::size_t shift = 0) {
  sum.resize(std::max(sum.size(), p.size() + shift));
  for (std::size_t i = 0; i < p.size(); ++i) {
    sum[i + shift] += scale * p[i];
  }
}

inline Fr at(const Polynomial& p, const Fr& x) {
  Fr out;
  for (std::size_t i = p.size(); i-- > 0;) {
    out = out * x + p[i];
  }
  return out;
}

// Below degree n with values[j] at the j-th power of a root of order n: coefficient b is sum_j values[j] h^(-bj) / n.
inline Polynomial interpolate(std::span<const Fr> values, std::size_t n) {
  const Fr h = root_of_unity<Fr>(static_cast<unsigned>(std::countr_zero(n))).inverse();
  const Fr scale = Fr::from_u64(n).inverse();
  Polynomial out(n);
  Fr step = Fr::one();
  for (std::size_t b = 0; b < n; ++b, step *= h) {
    Fr power = scale;
    for (std::size_t j = 0; j < values.size(); ++j, power *= step) {
      out[b] += values[j] * power;
    }
  }
  return out;
}

// What a liar changes, each before the next step depends on it.
struct NaiveLies {
  std::function<void(std::vector<Polynomial>&)> first_columns = {};
  std::function<void(std::vector<std::vector<Fr>>&)> first_rows = {};
  // Factors by place of their columns, and the challenge delta.
  std::function<void(std::vector<Fr>& left, std::vector<Fr>& right, const Fr& delta)> factors = {};
  std::function<void(std::vector<std::vector<Fr>>&)> second_rows = {};
  // Of the rows that are opened, after the root was sent.
  std::function<void(std::vector<std::vector<Fr>>&)> second_rows_opened = {};
  std::function<void(Polynomial&)> word = {};
  // The sum polynomial, and what is wrong with its sum over H.
  std::function<void(Polynomial&, const Fr& surplus)> sum = {};
  bool other_rows = false;
};

class NaiveProver {
 public:
  NaiveProver(const System& system, const hash::BlindingSource& blinding, NaiveLies lies = {})
      : system_(system), parameters_(system.parameters()), blinding_(blinding), lies_(std::move(lies)) {}

  Proof prove() {
    const std::size_t len = parameters_.column_len();
    std::vector<Polynomial> first =
        value_columns(system_.values, parameters_.num_value_columns(), "ligero.value-column", 0);
    add_masks(first);
    tell(lies_.first_columns, first);
    auto rows = rows_of(first);
    tell(lies_.first_rows, rows);
    words_.emplace_back(pcs::whir::Code{parameters_.log_rows}, rows);
    ProverChannel channel(transcript_of(words_[0].root()));

    const Fr delta = channel.challenge("ligero.equations");
    std::vector<Fr> left(parameters_.num_factor_columns() * len), right(left.size());
    Fr gamma;
    std::vector<Polynomial> second;
    if (parameters_.num_products != 0) {
      std::size_t j = 0;
      Fr scale = Fr::one();
      for (const auto& constraint : system_.constraints) {
        scale *= delta;
        for (const auto& product : constraint.products) {
          left[j] = scale * value_of(product.a, system_.values);
          right[j++] = value_of(product.b, system_.values);
        }
      }
      if (lies_.factors) {
        lies_.factors(left, right, delta);
      }
      second = value_columns(left, parameters_.num_factor_columns(), "ligero.factor-column", 0);
      for (Polynomial& p : value_columns(right, parameters_.num_factor_columns(), "ligero.factor-column",
                                         parameters_.num_factor_columns())) {
        second.push_back(std::move(p));
      }
      rows = rows_of(second);
      tell(lies_.second_rows, rows);
      words_.emplace_back(pcs::whir::Code{parameters_.log_rows}, rows);
      channel.digest("ligero.root", words_[1].root());
      tell(lies_.second_rows_opened, words_[1].rows);
      gamma = channel.challenge("ligero.factors");
    }

    const std::vector<Fr> fold = channel.challenges("ligero.fold", parameters_.num_fold_challenges());
    Polynomial word = first.back();
    std::vector<const Polynomial*> folded;
    for (std::size_t c = 0; c + 1 < first.size(); ++c) {
      folded.push_back(&first[c]);
    }
    for (const Polynomial& p : second) {
      folded.push_back(&p);
    }
    for (std::size_t c = 0; c < folded.size(); ++c) {
      Fr eq = fold.back();
      for (std::size_t i = 0; i + 1 < fold.size(); ++i) {
        eq *= (c >> i) % 2 == 1 ? fold[i] : Fr::one() - fold[i];
      }
      add_to(word, *folded[c], eq);
    }
    tell(lies_.word, word);
    channel.message("ligero.word", word);

    Fr constant;
    Polynomial sum = sum_polynomial(first, second, delta, gamma, constant);
    if (lies_.sum) {
      Fr surplus = constant;
      for (std::size_t j = 0; j < len; ++j) {
        surplus += at(sum, pcs::whir::testing::power(root_of_unity<Fr>(parameters_.log_column_len), j));
      }
      lies_.sum(sum, surplus);
    }
    channel.message("ligero.sum", sum);

    channel.nonce("ligero.nonce",
                  pcs::whir::testing::find_nonce(hash::Function::kSha256, channel.challenge("ligero.grind").to_bytes(),
                                                 parameters_.grinding_bits));
    std::set<std::size_t> opened;
    for (const Fr& drawn : channel.challenges("ligero.queries", parameters_.num_queries)) {
      opened.insert((drawn.canonical()[0] % parameters_.rows()) ^ (lies_.other_rows ? 1 : 0));
    }
    for (const auto& committed : words_) {
      committed.open(channel, opened, "ligero.rows", "ligero.nodes");
    }
    return {words_[0].root(), channel.take_proof()};
  }

 private:
  template <class Lie, class What>
  static void tell(const Lie& lie, What& what) {
    if (lie) {
      lie(what);
    }
  }

  // I(X) + (X^len - 1) R(X): values by I, R random.
  std::vector<Polynomial> value_columns(std::span<const Fr> values, std::size_t num_columns, const char* label,
                                        std::size_t first_column) const {
    const std::size_t len = parameters_.column_len();
    std::vector<Polynomial> out;
    for (std::size_t c = 0; c < num_columns; ++c) {
      Polynomial p = interpolate(values.subspan(c * len, std::min(len, values.size() - c * len)), len);
      Polynomial random(parameters_.num_random());
      for (std::size_t k = 0; k < random.size(); ++k) {
        random[k] = blinding_.get(label, (first_column + c) * random.size() + k);
      }
      add_to(p, random, -Fr::one());
      add_to(p, random, Fr::one(), len);
      out.push_back(p);
    }
    return out;
  }

  void add_masks(std::vector<Polynomial>& columns) const {
    const std::size_t first_mask = columns.size();
    std::uint64_t index = 0;
    Fr sum;
    for (std::size_t i = 0; i < parameters_.num_sum_masks(); ++i) {
      Polynomial mask(parameters_.num_coefficients());
      for (std::size_t b = 0; b < mask.size(); ++b) {
        mask[b] = blinding_.get("ligero.sum-mask", index++);
        sum += (parameters_.mask_shift(i) + b) % parameters_.column_len() == 0 ? mask[b] : Fr();
      }
      columns.push_back(mask);
    }
    columns[first_mask][0] -= sum;
    Polynomial mask(parameters_.num_coefficients());
    for (std::size_t b = 0; b < mask.size(); ++b) {
      mask[b] = blinding_.get("ligero.word-mask", b);
    }
    columns.push_back(mask);
  }

  std::vector<std::vector<Fr>> rows_of(const std::vector<Polynomial>& columns) const {
    std::vector<std::vector<Fr>> out;
    Fr x = Fr::from_u64(5);
    for (std::size_t i = 0; i < parameters_.rows(); ++i, x *= root_of_unity<Fr>(parameters_.log_rows)) {
      out.emplace_back();
      for (const Polynomial& p : columns) {
        out.back().push_back(at(p, x));
      }
    }
    return out;
  }

  Polynomial sum_polynomial(const std::vector<Polynomial>& first, const std::vector<Polynomial>& second,
                            const Fr& delta, const Fr& gamma, Fr& constant) const {
    const std::size_t len = parameters_.column_len();
    const std::size_t num_factors = parameters_.num_factor_columns();
    std::vector<Fr> of_values(parameters_.num_value_columns() * len), of_left(num_factors * len), of_right(of_left);
    const auto add_form = [&](const Value& form, const Fr& scale) {
      constant += scale * form.constant();
      for (const auto& [variable, coefficient] : form.terms()) {
        of_values[variable] += scale * coefficient;
      }
    };
    std::size_t j = 0;
    Fr scale = Fr::one();
    for (const auto& constraint : system_.constraints) {
      scale *= delta;
      add_form(constraint.rest, scale);
      for (const auto& product : constraint.products) {
        add_form(product.a, -scale * pcs::whir::testing::power(gamma, 2 * j + 1));
        add_form(product.b, -pcs::whir::testing::power(gamma, 2 * j + 2));
        ++j;
      }
    }
    for (std::size_t k = 0; k < of_left.size(); ++k) {
      of_left[k] = pcs::whir::testing::power(gamma, 2 * k + 1);
      of_right[k] = pcs::whir::testing::power(gamma, 2 * k + 2);
    }
    Polynomial sum(parameters_.num_sum_coefficients());
    const auto add_columns = [&](std::span<const Fr> weights, std::span<const Polynomial> columns) {
      for (std::size_t c = 0; c * len < weights.size(); ++c) {
        add_to(sum, interpolate(weights.subspan(c * len, len), len) * columns[c]);
      }
    };
    add_columns(of_values, first);
    add_columns(of_left, std::span(second).first(num_factors));
    add_columns(of_right, std::span(second).subspan(num_factors));
    for (std::size_t c = 0; c < num_factors; ++c) {
      add_to(sum, second[c] * second[num_factors + c]);
    }
    for (std::size_t i = 0; i < parameters_.num_sum_masks(); ++i) {
      add_to(sum, first[parameters_.num_value_columns() + i], Fr::one(), parameters_.mask_shift(i));
    }
    EXPECT_EQ(sum.size(), parameters_.num_sum_coefficients());
    return sum;
  }

  const System& system_;
  Parameters parameters_;
  const hash::BlindingSource& blinding_;
  NaiveLies lies_;
  std::vector<pcs::whir::testing::NaiveWord> words_;
};

}  // namespace proofcard::zk::ligero::testing
