// Body of verifier.hpp.
#pragma once

#include <algorithm>

#include "host/pcs/whir/protocol.hpp"
#include "host/pcs/whir/row_oracle.hpp"
#include "host/pcs/whir/verifier.hpp"
#include "host/pcs/whir/weight.hpp"
#include "host/poly/multilinear_impl.hpp"

namespace proofcard::pcs::whir {

template <class C, class O>
class OpeningVerifier {
  using Number = typename C::Number;
  using Value = typename C::Value;
  using Weight = ProductWeightOver<Number>;
  using Word = QueriedRootOver<C>;

  // <vector, sum of weights> = sum.
  struct WeightedSum {
    std::vector<Weight> weights;
    Value sum;  // affine in hidden messages up to step 2', then a constant
  };

 public:
  OpeningVerifier(C& channel, O& oracle, const Parameters& parameters)
      : channel_(channel), oracle_(oracle), parameters_(parameters) {}

  Status run(std::span<const ReceivedOver<C>> vectors, std::span<const ClaimOver<C>> claims) {
    for (std::size_t v = 0; v < vectors.size(); ++v) {
      words_.push_back(
          {parameters_.inputs[v], vectors[v].root, parameters_.offsets[v], vectors[v].masking, vectors[v].mask_root});
    }
    begin_sums(vectors, claims);
    for (std::size_t round = 0;; ++round) {
      PROOFCARD_TRY(const std::vector<Number> r, check_rounds(words_[0].oracle.code.log_width));
      Number rho;
      if (channel_.hiding()) {
        PROOFCARD_TRY(rho, mask_sums());
      }
      for (std::size_t v = 0; v < sums_.size(); ++v) {
        for (Weight& weight : sums_[v].weights) {
          weight.offset += words_[v].offset;
        }
      }
      if (round == parameters_.rounds.size()) {
        PROOFCARD_TRY(const std::vector<Number> values,
                      channel_.shown("whir.final", std::size_t{1} << parameters_.log_final));
        PROOFCARD_RETURN_IF_ERROR(check_nothing_beyond(values));
        PROOFCARD_RETURN_IF_ERROR(check_rows(r, rho));
        return check_last(values);
      }
      const Oracle& next = parameters_.rounds[round];
      PROOFCARD_TRY(const typename C::Digest root, channel_.digest("whir.root"));
      const Number z = channel_.challenge("whir.point");
      PROOFCARD_TRY(const Value answer, channel_.message("whir.answer"));
      sums_.push_back({{Weight::powers(Number(Fr::one()), 0, z, next.code.log_size)}, answer});
      PROOFCARD_RETURN_IF_ERROR(check_rows(r, rho));
      join();
      words_ = {Word{next, root}};
    }
  }

 private:
  // Step 1.
  void begin_sums(std::span<const ReceivedOver<C>> vectors, std::span<const ClaimOver<C>> claims) {
    sums_.resize(vectors.size());
    const Number gamma = channel_.challenge("whir.claims");
    Number power(Fr::one());
    for (const ClaimOver<C>& claim : claims) {
      WeightedSum& sum = sums_[claim.column];
      sum.weights.push_back(Weight::at_point(power, claim.offset, claim.point));
      sum.sum.add_scaled(claim.value, power);
      power *= gamma;
    }
    for (std::size_t v = 0; v < vectors.size(); ++v) {
      const Number z = oracle_.out_of_domain_point(vectors[v].root, vectors[v].log_size);
      sums_[v].weights.push_back(Weight::powers(power, 0, z, parameters_.inputs[v].code.log_size));
      sums_[v].sum.add_scaled(vectors[v].answer, power);
      power *= gamma;
    }
  }

  // Step 2. Returns the coordinates.
  Result<std::vector<Number>> check_rounds(unsigned num_rounds) {
    std::vector<Number> r;
    for (unsigned i = 0; i < num_rounds; ++i) {
      PROOFCARD_TRY(const std::vector<Value> round, channel_.message("whir.round", 2 * sums_.size()));
      r.push_back(channel_.challenge("whir.round"));
      for (std::size_t v = 0; v < sums_.size(); ++v) {
        sums_[v].sum = round_value<Value, Number>(sums_[v].sum, std::span(round).subspan(2 * v, 2), r.back());
        for (Weight& weight : sums_[v].weights) {
          weight.bind(r.back());
        }
      }
    }
    return r;
  }

  // Step 2'. Leaves sums of what comes after it; returns rho.
  Result<Number> mask_sums() {
    const auto masked = [](const Word& word) { return word.masking != Masking::kNone; };
    const auto num_masks = static_cast<std::size_t>(std::ranges::count_if(words_, masked));
    PROOFCARD_TRY(const std::vector<Value> of_masks, channel_.message("whir.masks", num_masks));
    const Number rho = channel_.challenge("whir.mask");
    auto of_mask = of_masks.begin();
    for (std::size_t v = 0; v < sums_.size(); ++v) {
      if (masked(words_[v])) {
        sums_[v].sum.add_scaled(*of_mask++, rho);
      }
    }
    channel_.stop_hiding();
    PROOFCARD_TRY(const std::vector<Value> shown, channel_.message("whir.sums", sums_.size()));
    for (std::size_t v = 0; v < sums_.size(); ++v) {
      PROOFCARD_RETURN_IF_ERROR(channel_.require_zero(sums_[v].sum - shown[v], "opening (masked sums)"));
      sums_[v].sum = shown[v];
    }
    return rho;
  }

  // Step 4: what the drawn rows say about the folded vectors, one sum a row. Weights have the coefficient 1. rho: of step
  // 2', for words with a mask.
  Status check_rows(std::span<const Number> r, const Number& rho) {
    PROOFCARD_RETURN_IF_ERROR(oracle_.check_work(parameters_.grinding_bits));
    const std::vector<Number> eq_r = poly::eq_prefix<Number>(r, std::size_t{1} << r.size());
    for (const Word& word : words_) {
      PROOFCARD_TRY(const DrawnRowsOver<Number> rows, oracle_.draw(word));
      for (std::size_t i = 0; i < rows.points.size(); ++i) {
        const Number folded = fold_row<Number>(rows.row(i), eq_r) + rho * rows.masks[i];
        sums_.push_back(
            {{Weight::powers(Number(Fr::one()), word.offset, rows.points[i], word.oracle.code.log_degree())},
             Value(folded)});
      }
    }
    return {};
  }

  // Step 5.
  void join() {
    WeightedSum out;
    const Number gamma = channel_.challenge("whir.gamma");
    Number power(Fr::one());
    for (WeightedSum& sum : sums_) {
      for (Weight& weight : sum.weights) {
        weight.coefficient *= power;
        out.weights.push_back(std::move(weight));
      }
      out.sum.add_scaled(sum.sum, power);
      power *= gamma;
    }
    sums_ = {std::move(out)};
  }

  // Folded vectors stand end to end from the beginning. What follows is in no sum, and anybody could change it.
  Status check_nothing_beyond(std::span<const Number> values) {
    std::size_t end = 0;
    for (const Word& word : words_) {
      end += std::size_t{1} << word.oracle.code.log_degree();
    }
    for (const Number& beyond : values.subspan(end)) {
      PROOFCARD_RETURN_IF_ERROR(channel_.require_zero(Value(beyond), "opening (zeros behind the last values)"));
    }
    return {};
  }

  Status check_last(std::span<const Number> values) {
    for (const WeightedSum& sum : sums_) {
      Number found;
      for (const Weight& weight : sum.weights) {
        found += weight.sum(values);
      }
      PROOFCARD_RETURN_IF_ERROR(channel_.require_zero(Value(found) - sum.sum, "opening (sums of the last values)"));
    }
    return {};
  }

  C& channel_;
  O& oracle_;
  const Parameters& parameters_;
  std::vector<Word> words_;
  std::vector<WeightedSum> sums_;
};

template <class C, class O>
Status verify_opening_with(C& channel, O& oracle, std::type_identity_t<std::span<const ReceivedOver<C>>> vectors,
                           std::type_identity_t<std::span<const ClaimOver<C>>> claims, unsigned security_bits,
                           hash::Function function) {
  std::vector<unsigned> log_sizes;
  for (const ReceivedOver<C>& vector : vectors) {
    log_sizes.push_back(vector.log_size);
  }
  PROOFCARD_TRY(const Parameters parameters, make_parameters(log_sizes, security_bits, function));
  return OpeningVerifier<C, O>(channel, oracle, parameters).run(vectors, claims);
}

}  // namespace proofcard::pcs::whir
