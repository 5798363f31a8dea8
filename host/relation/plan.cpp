#include "host/relation/plan.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "host/relation/plan_impl.hpp"

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

// A tensor, and the coordinates of rho, by number, that a term reads it at.
using Reading = std::pair<std::uint32_t, std::vector<unsigned>>;

// Pre: the term has one operand, read directly.
Reading reading(const TermPlan& plan) {
  const tensor::Operand& operand = plan.term->operands[0];
  const Segments segments(*plan.expression, out_labels(*plan.expression));
  Reading out{operand.tensor, {}};
  for (std::size_t g = operand.groups.size(); g-- > 0;) {
    const Segments::Place& place = segments.place(*plan.access.operands[0].direct_label[g]);
    for (unsigned i = 0; i < place.count; ++i) {
      out.second.push_back(place.first + i);
    }
  }
  return out;
}

// Gives each direct term its claim.
class DirectClaims {
 public:
  void number(ExpressionPlan& expression) {
    for (TermPlan& term : expression.terms) {
      if (term.kind == TermKind::kDirect) {
        const auto [known, is_new] = claims_.try_emplace(reading(term), claims_.size());
        term.claim = known->second;
        term.opens_claim = is_new;
      }
    }
  }
  std::size_t size() const { return claims_.size(); }

 private:
  std::map<Reading, std::size_t> claims_;
};

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
  DirectClaims direct;
  for (ExpressionPlan& relation : plan.relations) {
    direct.number(relation);
  }
  for (std::vector<ExpressionPlan>& columns : plan.lookups) {
    for (ExpressionPlan& column : columns) {
      direct.number(column);
    }
  }
  plan.num_direct_claims = direct.size();
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

std::vector<std::uint32_t> out_labels(const tensor::Expression& e) {
  std::vector<std::uint32_t> labels(e.out_dims.size());
  for (std::uint32_t i = 0; i < labels.size(); ++i) {
    labels[i] = i;
  }
  return labels;
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

template class LabelFactorsOf<Fr>;
template std::vector<Fr> operand_point<Fr>(const tensor::Operand&, const circuit::OperandAccess&, const tensor::Shape&,
                                           const LabelFactors&, std::span<const Fr>);

}  // namespace proofcard::relation
