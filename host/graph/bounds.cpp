#include "host/graph/bounds.hpp"

#include <algorithm>

namespace proofcard::graph {
namespace {

// |v| saturated to kAccumulatorLimit; also right for INT64_MIN.
std::int64_t saturated_abs(std::int64_t v) {
  return v <= -kAccumulatorLimit || v >= kAccumulatorLimit ? kAccumulatorLimit : std::abs(v);
}

std::int64_t term_magnitude(const tensor::Term& term, const tensor::Expression& e, std::span<const Tensor> tensors) {
  // Every factor counts as at least 1, so that the bound holds for partial products, too.
  std::int64_t bound = std::max<std::int64_t>(1, saturated_abs(term.coefficient));
  for (const tensor::Operand& operand : term.operands) {
    bound = saturating_product(bound, magnitude(tensors[operand.tensor]));
  }
  for (std::uint32_t label = 0; label < e.num_labels(); ++label) {
    const auto w =
        std::find_if(term.weights.begin(), term.weights.end(), [&](const auto& x) { return x.label == label; });
    if (e.is_out(label)) {
      bound = saturating_product(bound, w == term.weights.end() ? 1 : magnitude(*w));
    } else if (uses_label(term, label)) {
      std::int64_t total = 0;
      if (w == term.weights.end()) {
        total = e.label_size(label);
      } else {
        for (const std::int64_t v : w->values) {
          total = std::min(kAccumulatorLimit, total + saturated_abs(v));
        }
        total = std::max(total, magnitude(*w));
      }
      bound = saturating_product(bound, total);
    }
  }
  return bound;
}

}  // namespace

bool uses_label(const tensor::Term& term, std::uint32_t label) {
  for (const tensor::Operand& operand : term.operands) {
    for (const tensor::Group& group : operand.groups) {
      for (const tensor::LabelStride& l : group.labels) {
        if (l.label == label) {
          return true;
        }
      }
    }
  }
  return false;
}

std::int64_t magnitude(const Tensor& t) {
  return std::max({std::int64_t{1}, saturated_abs(t.lo), saturated_abs(t.hi)});
}

std::int64_t magnitude(const tensor::LabelWeights& w) {
  std::int64_t m = 1;
  for (const std::int64_t v : w.values) {
    m = std::max(m, saturated_abs(v));
  }
  return m;
}

std::int64_t max_magnitude(const tensor::Expression& e, std::span<const Tensor> tensors) {
  std::int64_t bound = 0;
  for (const tensor::Term& term : e.terms) {
    bound = std::min(kAccumulatorLimit, bound + term_magnitude(term, e, tensors));
  }
  return bound;
}

std::int64_t saturating_product(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? kAccumulatorLimit : std::min(product, kAccumulatorLimit);
}

}  // namespace proofcard::graph
