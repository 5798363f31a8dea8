// Bodies of plan.hpp that are written over N.
#pragma once

#include <algorithm>

#include "host/poly/multilinear_impl.hpp"
#include "host/relation/plan.hpp"

namespace proofcard::relation {

template <class N>
LabelFactorsOf<N>::LabelFactorsOf(const TermPlan& plan, std::span<const N> out_point)
    : plan_(plan),
      out_segments_(*plan.expression, out_labels(*plan.expression)),
      sum_segments_(*plan.expression, plan.access.shared_labels),
      out_point_(out_point) {}

template <class N>
void LabelFactorsOf<N>::set_sum_point(std::span<const N> sum_point) {
  sum_point_.assign(sum_point.begin(), sum_point.end());
}

template <class N>
bool LabelFactorsOf<N>::is_shared(std::uint32_t label) const {
  return std::binary_search(plan_.access.shared_labels.begin(), plan_.access.shared_labels.end(), label);
}

template <class N>
bool LabelFactorsOf<N>::is_constant(std::uint32_t label) const {
  return !is_shared(label) && !plan_.expression->is_out(label);
}

template <class N>
std::span<const N> LabelFactorsOf<N>::segment(std::uint32_t label) const {
  return is_shared(label) ? sum_segments_.of<N>(label, sum_point_) : out_segments_.of<N>(label, out_point_);
}

template <class N>
std::vector<N> LabelFactorsOf<N>::weights(std::uint32_t label) const {
  const tensor::Expression& e = *plan_.expression;
  const std::size_t n = e.label_size(label);
  std::vector<N> out =
      e.is_out(label) ? poly::eq_prefix<N>(out_segments_.of<N>(label, out_point_), n) : std::vector<N>(n, N(Fr::one()));
  if (circuit::has_weights(*plan_.term, label)) {
    const std::vector<std::int64_t> w = circuit::label_weights(e, *plan_.term, label);
    for (std::size_t i = 0; i < n; ++i) {
      out[i] *= N(Fr::from_i64(w[i]));
    }
  }
  return out;
}

template <class N>
std::vector<N> LabelFactorsOf<N>::after_sum(std::uint32_t label) const {
  return is_shared(label) ? poly::eq_prefix<N>(segment(label), plan_.expression->label_size(label)) : weights(label);
}

template <class N>
N LabelFactorsOf<N>::public_factor() const {
  const tensor::Expression& e = *plan_.expression;
  N product(Fr::from_i64(plan_.term->coefficient));
  for (const std::uint32_t label : plan_.access.free_labels) {
    const std::span<const N> r = out_segments_.of<N>(label, out_point_);
    if (circuit::has_weights(*plan_.term, label)) {
      product *= poly::evaluate<N>(circuit::label_weights(e, *plan_.term, label), r);
    } else {
      product *= poly::range_indicator<N>(r, e.label_size(label));
    }
  }
  return product;
}

template <class N>
N LabelFactorsOf<N>::sum_factor() const {
  const tensor::Expression& e = *plan_.expression;
  N product(Fr::one());
  for (const std::uint32_t label : plan_.access.shared_labels) {
    const std::span<const N> s = segment(label);
    const bool weighted = circuit::has_weights(*plan_.term, label);
    if (!e.is_out(label)) {
      product *= weighted ? poly::evaluate<N>(circuit::label_weights(e, *plan_.term, label), s)
                          : poly::range_indicator<N>(s, e.label_size(label));
      continue;
    }
    if (!weighted) {
      product *= poly::range_eq<N>(out_segments_.of<N>(label, out_point_), s, e.label_size(label));
      continue;
    }
    const std::vector<N> w = weights(label);
    const std::vector<N> eq = poly::eq_prefix<N>(s, w.size());
    N sum;
    for (std::size_t i = 0; i < w.size(); ++i) {
      sum += w[i] * eq[i];
    }
    product *= sum;
  }
  return product;
}

template <class N>
std::vector<N> operand_point(const tensor::Operand& operand, const circuit::OperandAccess& access,
                             const tensor::Shape& shape, const LabelFactorsOf<N>& factors,
                             poly::Coordinates<N> mapped_point) {
  std::vector<N> point;
  for (std::size_t g = operand.groups.size(); g-- > 0;) {
    std::span<const N> part;
    if (access.direct_label[g]) {
      part = factors.segment(*access.direct_label[g]);
    } else {
      const unsigned vars = group_vars(operand.groups[g], shape);
      part = mapped_point.first(vars);
      mapped_point = mapped_point.subspan(vars);
    }
    point.insert(point.end(), part.begin(), part.end());
  }
  return point;
}

}  // namespace proofcard::relation
