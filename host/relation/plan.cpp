#include "host/relation/plan.hpp"

#include <algorithm>

#include "host/poly/multilinear.hpp"

namespace proofcard::relation {
namespace {

ExpressionPlan plan_expression(const circuit::Circuit& circuit, const std::vector<std::int64_t>& padding,
                               const tensor::Expression& e, std::string_view name, circuit::Standing standing) {
  ExpressionPlan out;
  out.name = name;
  for (const tensor::Term& term : e.terms) {
    TermPlan plan{&e, &term, circuit::classify(circuit, padding, e, term, standing), TermKind::kConstant};
    if (term.operands.size() == 2) {
      plan.kind = TermKind::kProduct;
    } else if (term.operands.size() == 1) {
      plan.kind = plan.access.operands[0].all_direct() ? TermKind::kDirect : TermKind::kMapped;
    }
    out.terms.push_back(std::move(plan));
  }
  return out;
}

std::vector<std::uint32_t> out_labels(const tensor::Expression& e) {
  std::vector<std::uint32_t> labels(e.out_dims.size());
  for (std::uint32_t i = 0; i < labels.size(); ++i) {
    labels[i] = i;
  }
  return labels;
}

}  // namespace

Plan make_plan(const circuit::Circuit& circuit) {
  const std::vector<std::int64_t> padding = circuit::honest_padding(circuit);
  Plan plan;
  for (const circuit::Relation& relation : circuit.relations) {
    plan.relations.push_back(
        plan_expression(circuit, padding, relation.zero, relation.name, circuit::Standing::kRelation));
    plan.max_point_vars = std::max(plan.max_point_vars, circuit::log_padded(relation.zero.out_dims));
  }
  for (const circuit::Lookup& lookup : circuit.lookups) {
    auto& columns = plan.lookups.emplace_back();
    const circuit::Standing standing = circuit::standing_of_columns(circuit.tables[lookup.table]);
    for (const tensor::Expression& e : lookup.columns) {
      columns.push_back(plan_expression(circuit, padding, e, lookup.name, standing));
    }
    plan.max_point_vars = std::max(plan.max_point_vars, circuit::log_padded(lookup.dims));
  }
  return plan;
}

std::vector<const ExpressionPlan*> Plan::in_order() const {
  std::vector<const ExpressionPlan*> out;
  for (const ExpressionPlan& e : relations) {
    out.push_back(&e);
  }
  for (const auto& columns : lookups) {
    for (const ExpressionPlan& e : columns) {
      out.push_back(&e);
    }
  }
  return out;
}

Segments::Segments(const tensor::Expression& e, const std::vector<std::uint32_t>& labels) {
  for (std::size_t i = labels.size(); i-- > 0;) {
    const unsigned count = circuit::log_padded(e.label_size(labels[i]));
    places_.push_back({labels[i], num_vars_, count});
    num_vars_ += count;
  }
}

const Segments::Place& Segments::place(std::uint32_t label) const {
  return *std::find_if(places_.begin(), places_.end(), [&](const Place& p) { return p.label == label; });
}

std::span<const Fr> Segments::of(std::uint32_t label, std::span<const Fr> point) const {
  return point.subspan(place(label).first, place(label).count);
}

unsigned Segments::first_var(std::uint32_t label) const { return place(label).first; }

LabelFactors::LabelFactors(const TermPlan& plan, std::span<const Fr> out_point)
    : plan_(plan),
      out_segments_(*plan.expression, out_labels(*plan.expression)),
      sum_segments_(*plan.expression, plan.access.shared_labels),
      out_point_(out_point) {}

void LabelFactors::set_sum_point(std::span<const Fr> sum_point) {
  sum_point_.assign(sum_point.begin(), sum_point.end());
}

bool LabelFactors::is_shared(std::uint32_t label) const {
  return std::binary_search(plan_.access.shared_labels.begin(), plan_.access.shared_labels.end(), label);
}

std::span<const Fr> LabelFactors::segment(std::uint32_t label) const {
  return is_shared(label) ? sum_segments_.of(label, sum_point_) : out_segments_.of(label, out_point_);
}

std::vector<Fr> LabelFactors::weights(std::uint32_t label) const {
  const tensor::Expression& e = *plan_.expression;
  const std::size_t n = e.label_size(label);
  std::vector<Fr> out =
      e.is_out(label) ? poly::eq_prefix(out_segments_.of(label, out_point_), n) : std::vector<Fr>(n, Fr::one());
  if (circuit::has_weights(*plan_.term, label)) {
    const std::vector<std::int64_t> w = circuit::label_weights(e, *plan_.term, label);
    for (std::size_t i = 0; i < n; ++i) {
      out[i] *= Fr::from_i64(w[i]);
    }
  }
  return out;
}

std::vector<Fr> LabelFactors::after_sum(std::uint32_t label) const {
  return is_shared(label) ? poly::eq_prefix(segment(label), plan_.expression->label_size(label)) : weights(label);
}

Fr LabelFactors::public_factor() const {
  Fr product = Fr::from_i64(plan_.term->coefficient);
  for (const std::uint32_t label : plan_.access.free_labels) {
    if (circuit::has_weights(*plan_.term, label)) {
      Fr sum;
      for (const Fr& w : weights(label)) {
        sum += w;
      }
      product *= sum;
    } else {
      product *= poly::range_indicator(out_segments_.of(label, out_point_), plan_.expression->label_size(label));
    }
  }
  return product;
}

Fr LabelFactors::sum_factor() const {
  const tensor::Expression& e = *plan_.expression;
  Fr product = Fr::one();
  for (const std::uint32_t label : plan_.access.shared_labels) {
    if (!e.is_out(label) && !circuit::has_weights(*plan_.term, label)) {
      product *= poly::range_indicator(segment(label), e.label_size(label));
      continue;
    }
    const std::vector<Fr> w = weights(label);
    const std::vector<Fr> eq = poly::eq_prefix(segment(label), w.size());
    Fr sum;
    for (std::size_t i = 0; i < w.size(); ++i) {
      sum += w[i] * eq[i];
    }
    product *= sum;
  }
  return product;
}

unsigned group_vars(const tensor::Group& group, const tensor::Shape& shape) {
  unsigned vars = 0;
  for (std::uint32_t axis = group.first_axis; axis < group.first_axis + group.num_axes; ++axis) {
    vars += circuit::log_padded(shape[axis]);
  }
  return vars;
}

void for_each_index(const tensor::Group& group, const tensor::Shape& shape, const tensor::Expression& e,
                    const std::function<void(std::span<const std::uint32_t>, std::size_t)>& visit) {
  const auto size = static_cast<std::int64_t>(tensor::group_size(group, shape));
  std::vector<std::uint32_t> index(group.labels.size(), 0);
  for (;;) {
    std::int64_t flat = group.offset;
    for (std::size_t j = 0; j < index.size(); ++j) {
      flat += group.labels[j].stride * index[j];
    }
    if (group.clamp) {
      flat = std::clamp<std::int64_t>(flat, 0, size - 1);
    }
    if (flat >= 0 && flat < size) {
      std::size_t padded = 0;
      std::size_t scale = 1;
      for (std::uint32_t axis = group.first_axis + group.num_axes; axis-- > group.first_axis;) {
        padded += scale * static_cast<std::size_t>(flat % shape[axis]);
        flat /= shape[axis];
        scale <<= circuit::log_padded(shape[axis]);
      }
      visit(index, padded);
    }
    std::size_t j = index.size();
    while (j > 0 && ++index[j - 1] == e.label_size(group.labels[j - 1].label)) {
      index[--j] = 0;
    }
    if (j == 0) {
      return;
    }
  }
}

unsigned mapped_vars(const tensor::Operand& operand, const circuit::OperandAccess& access, const tensor::Shape& shape) {
  unsigned vars = 0;
  for (std::size_t g = 0; g < operand.groups.size(); ++g) {
    vars += access.direct_label[g] ? 0 : group_vars(operand.groups[g], shape);
  }
  return vars;
}

std::vector<Fr> operand_point(const tensor::Operand& operand, const circuit::OperandAccess& access,
                              const tensor::Shape& shape, const LabelFactors& factors,
                              std::span<const Fr> mapped_point) {
  std::vector<Fr> point;
  for (std::size_t g = operand.groups.size(); g-- > 0;) {
    std::span<const Fr> part;
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
