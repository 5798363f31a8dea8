// Body of verifier.hpp.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

#include "host/relation/plan_impl.hpp"
#include "host/relation/verifier.hpp"
#include "host/sumcheck/verifier_impl.hpp"

namespace proofcard::relation {

template <class C>
class VerifierReducer {
  using Number = typename C::Number;
  using Value = typename C::Value;
  using Factors = LabelFactorsOf<Number>;

 public:
  VerifierReducer(C& channel, const circuit::Circuit& circuit, const Plan& plan, std::span<const Number> point)
      : channel_(channel), circuit_(circuit), plan_(plan), point_(point) {}

  Result<ReducedOver<C>> run() {
    PROOFCARD_RETURN_IF_ERROR(receive_terms());
    PROOFCARD_RETURN_IF_ERROR(check_expressions());
    PROOFCARD_RETURN_IF_ERROR(reduce_products());
    PROOFCARD_RETURN_IF_ERROR(reduce_views());
    return std::move(out_);
  }

 private:
  struct TermState {
    const TermPlan* plan;
    Factors factors;
    Value value;
  };
  struct View {
    const TermState* term;
    std::size_t operand;
    Value value;
  };

  const tensor::Shape& shape(const tensor::Operand& operand) const { return circuit_.tensors[operand.tensor].shape; }

  Status receive_terms() {
    std::vector<TermState*> sent;
    for (const ExpressionPlan* expression : plan_.in_order()) {
      for (const TermPlan& plan : expression->terms) {
        const std::size_t vars = circuit::log_padded(plan.expression->out_dims);
        terms_.push_back(std::make_unique<TermState>(TermState{&plan, Factors(plan, point_.first(vars)), Value()}));
        TermState& term = *terms_.back();
        if (plan.kind == TermKind::kConstant) {
          term.value = Value(Number(Fr::one()));
        } else if (plan.kind != TermKind::kDirect) {
          sent.push_back(&term);
        } else if (plan.opens_claim) {
          const tensor::Operand& operand = plan.term->operands[0];
          out_.claims.push_back(
              {operand.tensor,
               operand_point<Number>(operand, plan.access.operands[0], shape(operand), term.factors, {}), Value()});
          sent.push_back(&term);
        }
      }
    }
    PROOFCARD_TRY(const std::vector<Value> message, channel_.message("relation.terms", sent.size()));
    for (std::size_t i = 0; i < sent.size(); ++i) {
      sent[i]->value = message[i];
      if (sent[i]->plan->kind == TermKind::kDirect) {
        out_.claims[sent[i]->plan->claim].value = message[i];
      }
    }
    for (const auto& term : terms_) {
      if (term->plan->kind == TermKind::kDirect) {
        term->value = out_.claims[term->plan->claim].value;
      }
    }
    return {};
  }

  Status check_expressions() {
    std::size_t next = 0;
    const auto evaluate = [&](const ExpressionPlan& expression) {
      Value sum;
      for (std::size_t t = 0; t < expression.terms.size(); ++t) {
        const TermState& term = *terms_[next++];
        sum += term.value * term.factors.public_factor();
      }
      return sum;
    };
    for (const ExpressionPlan& relation : plan_.relations) {
      PROOFCARD_RETURN_IF_ERROR(
          channel_.require_zero(evaluate(relation), fmt::format("relations ({})", relation.name)));
    }
    for (const auto& columns : plan_.lookups) {
      auto& values = out_.lookup_values.emplace_back();
      for (const ExpressionPlan& column : columns) {
        values.push_back(evaluate(column));
      }
    }
    return {};
  }

  Status reduce_products() {
    std::vector<TermState*> products;
    std::vector<sumcheck::ClaimOver<C>> claims;
    for (const auto& term : terms_) {
      if (term->plan->kind == TermKind::kProduct) {
        products.push_back(term.get());
        claims.push_back({term->factors.sum_segments().num_vars(), term->value});
      } else if (term->plan->kind == TermKind::kMapped) {
        views_.push_back({term.get(), 0, term->value});
      }
    }
    PROOFCARD_TRY(const sumcheck::ReductionOver<C> reduction, sumcheck::verify_batched(channel_, claims));
    PROOFCARD_TRY(const std::vector<Value> finals, channel_.message("relation.products", 2 * products.size()));
    std::vector<typename C::Product> equation;
    for (std::size_t i = 0; i < products.size(); ++i) {
      TermState& term = *products[i];
      term.factors.set_sum_point(reduction.point(claims[i].num_vars));
      equation.push_back({finals[2 * i] * (reduction.batch[i] * term.factors.sum_factor()), finals[2 * i + 1]});
      for (std::size_t k = 0; k < 2; ++k) {
        const tensor::Operand& operand = term.plan->term->operands[k];
        const circuit::OperandAccess& access = term.plan->access.operands[k];
        if (access.all_direct()) {
          out_.claims.push_back({operand.tensor,
                                 operand_point<Number>(operand, access, shape(operand), term.factors, {}),
                                 finals[2 * i + k]});
        } else {
          views_.push_back({&term, k, finals[2 * i + k]});
        }
      }
    }
    return channel_.require_zero(equation, -reduction.final_claim, "sumcheck (products)");
  }

  Status reduce_views() {
    std::vector<sumcheck::ClaimOver<C>> claims;
    for (const View& view : views_) {
      const tensor::Operand& operand = view.term->plan->term->operands[view.operand];
      claims.push_back(
          {mapped_vars(operand, view.term->plan->access.operands[view.operand], shape(operand)), view.value});
    }
    PROOFCARD_TRY(const sumcheck::ReductionOver<C> reduction, sumcheck::verify_batched(channel_, claims));
    PROOFCARD_TRY(const std::vector<Value> finals, channel_.message("relation.views", views_.size()));
    Value equation = -reduction.final_claim;
    for (std::size_t i = 0; i < views_.size(); ++i) {
      const TermPlan& plan = *views_[i].term->plan;
      const Factors& factors = views_[i].term->factors;
      const tensor::Operand& operand = plan.term->operands[views_[i].operand];
      const circuit::OperandAccess& access = plan.access.operands[views_[i].operand];
      const auto mapped = reduction.point(claims[i].num_vars);
      equation += finals[i] * (reduction.batch[i] * map_factor(plan, factors, operand, access, mapped));
      out_.claims.push_back(
          {operand.tensor, operand_point<Number>(operand, access, shape(operand), factors, mapped), finals[i]});
    }
    return channel_.require_zero(equation, "sumcheck (views)");
  }

  // prod over mapped groups of A_g at its part of the point.
  Number map_factor(const TermPlan& plan, const Factors& factors, const tensor::Operand& operand,
                    const circuit::OperandAccess& access, std::span<const Number> mapped_point) const {
    Number product(Fr::one());
    for (std::size_t g = operand.groups.size(); g-- > 0;) {
      if (access.direct_label[g]) {
        continue;
      }
      const tensor::Group& group = operand.groups[g];
      const unsigned vars = group_vars(group, shape(operand));
      product *= group_factor(plan, factors, group, shape(operand), mapped_point.first(vars));
      mapped_point = mapped_point.subspan(vars);
    }
    return product;
  }

  // A_g: eq at the index that the labels lead to, times their weights, summed over one label after the other.
  static Number group_factor(const TermPlan& plan, const Factors& factors, tensor::Group group,
                             const tensor::Shape& shape, std::span<const Number> point) {
    const tensor::Expression& e = *plan.expression;
    // The innermost are summed first: those whose weights are constants, then long ones, which leaves the fewest products.
    std::ranges::stable_sort(group.labels, std::less<>(), [&](const tensor::LabelStride& ls) {
      return std::pair(factors.is_constant(ls.label), e.label_size(ls.label));
    });
    std::vector<std::vector<Number>> weights;
    for (const tensor::LabelStride& ls : group.labels) {
      weights.push_back(factors.after_sum(ls.label));
    }
    const std::vector<Number> eq = poly::eq_prefix<Number>(point, std::size_t{1} << point.size());
    std::vector<std::uint32_t> at(weights.size(), 0);
    std::vector<Number> sums(
        weights.size() + 1);  // sums[j]: over labels from number j on, as far as visited; those before it as in `at`
    const auto close = [&](std::size_t first) {
      for (std::size_t j = weights.size(); j-- > first;) {
        sums[j] += sums[j + 1] * weights[j][at[j]];
        sums[j + 1] = Number();
      }
    };
    for_each_index(group, shape, e, [&](std::span<const std::uint32_t> index, std::size_t padded) {
      close(static_cast<std::size_t>(std::ranges::mismatch(at, index).in1 - at.begin()));
      at.assign(index.begin(), index.end());
      sums.back() += eq[padded];
    });
    close(0);
    return sums[0];
  }

  C& channel_;
  const circuit::Circuit& circuit_;
  const Plan& plan_;
  std::span<const Number> point_;
  std::vector<std::unique_ptr<TermState>> terms_;  // every term, in plan order
  std::vector<View> views_;
  ReducedOver<C> out_;
};

template <class C>
Result<ReducedOver<C>> verify_relations(C& channel, const circuit::Circuit& circuit, const Plan& plan,
                                        poly::Coordinates<typename C::Number> point) {
  return VerifierReducer<C>(channel, circuit, plan, point).run();
}

}  // namespace proofcard::relation
