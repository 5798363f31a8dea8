#include "host/relation/verifier.hpp"

#include <memory>

#include "host/sumcheck/verifier.hpp"

namespace proofcard::relation {
namespace {

struct TermState {
  const TermPlan* plan;
  LabelFactors factors;
  Value value;
};

struct View {
  const TermState* term;
  std::size_t operand;
  Value value;
};

class VerifierReducer {
 public:
  VerifierReducer(VerifierChannel& channel, const circuit::Circuit& circuit, const Plan& plan,
                  std::span<const Fr> point)
      : channel_(channel), circuit_(circuit), plan_(plan), point_(point) {}

  Result<Reduced> run() {
    PROOFCARD_RETURN_IF_ERROR(receive_terms());
    PROOFCARD_RETURN_IF_ERROR(check_expressions());
    PROOFCARD_RETURN_IF_ERROR(reduce_products());
    PROOFCARD_RETURN_IF_ERROR(reduce_views());
    return std::move(out_);
  }

 private:
  const tensor::Shape& shape(const tensor::Operand& operand) const { return circuit_.tensors[operand.tensor].shape; }

  Status receive_terms() {
    std::vector<TermState*> sent;
    std::vector<std::pair<TermState*, std::size_t>> direct;  // the claim that holds a direct term's value
    for (const ExpressionPlan* expression : plan_.in_order()) {
      for (const TermPlan& plan : expression->terms) {
        const std::size_t vars = circuit::log_padded(plan.expression->out_dims);
        terms_.push_back(
            std::make_unique<TermState>(TermState{&plan, LabelFactors(plan, point_.first(vars)), Value()}));
        TermState& term = *terms_.back();
        if (plan.kind == TermKind::kConstant) {
          term.value = Fr::one();
          continue;
        }
        if (plan.kind == TermKind::kDirect) {
          const tensor::Operand& operand = plan.term->operands[0];
          poly::Point point = operand_point(operand, plan.access.operands[0], shape(operand), term.factors, {});
          const auto* known = find_claim(out_.claims, operand.tensor, point);
          direct.emplace_back(
              &term, known != nullptr ? static_cast<std::size_t>(known - out_.claims.data()) : out_.claims.size());
          if (known != nullptr) {
            continue;
          }
          out_.claims.push_back({operand.tensor, std::move(point), Value()});
        }
        sent.push_back(&term);
      }
    }
    PROOFCARD_TRY(const std::vector<Value> message, channel_.message("relation.terms", sent.size()));
    std::size_t next_claim = 0;
    for (std::size_t i = 0; i < sent.size(); ++i) {
      sent[i]->value = message[i];
      if (sent[i]->plan->kind == TermKind::kDirect) {
        out_.claims[next_claim++].value = message[i];
      }
    }
    for (const auto& [term, claim] : direct) {
      term->value = out_.claims[claim].value;
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
    std::vector<sumcheck::Claim> claims;
    for (const auto& term : terms_) {
      if (term->plan->kind == TermKind::kProduct) {
        products.push_back(term.get());
        claims.push_back({term->factors.sum_segments().num_vars(), term->value});
      } else if (term->plan->kind == TermKind::kMapped) {
        views_.push_back({term.get(), 0, term->value});
      }
    }
    PROOFCARD_TRY(const sumcheck::Reduction reduction, sumcheck::verify_batched(channel_, claims));
    PROOFCARD_TRY(const std::vector<Value> finals, channel_.message("relation.products", 2 * products.size()));
    std::vector<VerifierChannel::Product> equation;
    for (std::size_t i = 0; i < products.size(); ++i) {
      TermState& term = *products[i];
      term.factors.set_sum_point(reduction.point(claims[i].num_vars));
      equation.push_back({finals[2 * i] * (reduction.batch[i] * term.factors.sum_factor()), finals[2 * i + 1]});
      for (std::size_t k = 0; k < 2; ++k) {
        const tensor::Operand& operand = term.plan->term->operands[k];
        const circuit::OperandAccess& access = term.plan->access.operands[k];
        if (access.all_direct()) {
          out_.claims.push_back(
              {operand.tensor, operand_point(operand, access, shape(operand), term.factors, {}), finals[2 * i + k]});
        } else {
          views_.push_back({&term, k, finals[2 * i + k]});
        }
      }
    }
    return channel_.require_zero(equation, -reduction.final_claim, "sumcheck (products)");
  }

  Status reduce_views() {
    std::vector<sumcheck::Claim> claims;
    for (const View& view : views_) {
      const tensor::Operand& operand = view.term->plan->term->operands[view.operand];
      claims.push_back(
          {mapped_vars(operand, view.term->plan->access.operands[view.operand], shape(operand)), view.value});
    }
    PROOFCARD_TRY(const sumcheck::Reduction reduction, sumcheck::verify_batched(channel_, claims));
    PROOFCARD_TRY(const std::vector<Value> finals, channel_.message("relation.views", views_.size()));
    Value equation = -reduction.final_claim;
    for (std::size_t i = 0; i < views_.size(); ++i) {
      const TermPlan& plan = *views_[i].term->plan;
      const LabelFactors& factors = views_[i].term->factors;
      const tensor::Operand& operand = plan.term->operands[views_[i].operand];
      const circuit::OperandAccess& access = plan.access.operands[views_[i].operand];
      const auto mapped = reduction.point(claims[i].num_vars);
      equation += finals[i] * (reduction.batch[i] * map_factor(plan, factors, operand, access, mapped));
      out_.claims.push_back(
          {operand.tensor, operand_point(operand, access, shape(operand), factors, mapped), finals[i]});
    }
    return channel_.require_zero(equation, "sumcheck (views)");
  }

  // prod over mapped groups of A_g at its part of the point.
  Fr map_factor(const TermPlan& plan, const LabelFactors& factors, const tensor::Operand& operand,
                const circuit::OperandAccess& access, std::span<const Fr> mapped_point) const {
    Fr product = Fr::one();
    for (std::size_t g = operand.groups.size(); g-- > 0;) {
      if (access.direct_label[g]) {
        continue;
      }
      const tensor::Group& group = operand.groups[g];
      const unsigned vars = group_vars(group, shape(operand));
      const std::vector<Fr> eq = poly::eq_prefix(mapped_point.first(vars), std::size_t{1} << vars);
      mapped_point = mapped_point.subspan(vars);
      std::vector<std::vector<Fr>> weights;
      for (const tensor::LabelStride& ls : group.labels) {
        weights.push_back(factors.after_sum(ls.label));
      }
      Fr sum;
      for_each_index(group, shape(operand), *plan.expression,
                     [&](std::span<const std::uint32_t> index, std::size_t padded) {
                       Fr weight = eq[padded];
                       for (std::size_t j = 0; j < index.size(); ++j) {
                         weight *= weights[j][index[j]];
                       }
                       sum += weight;
                     });
      product *= sum;
    }
    return product;
  }

  VerifierChannel& channel_;
  const circuit::Circuit& circuit_;
  const Plan& plan_;
  std::span<const Fr> point_;
  std::vector<std::unique_ptr<TermState>> terms_;  // every term, in plan order
  std::vector<View> views_;
  Reduced out_;
};

}  // namespace

Result<Reduced> verify_relations(VerifierChannel& channel, const circuit::Circuit& circuit, const Plan& plan,
                                 std::span<const Fr> point) {
  return VerifierReducer(channel, circuit, plan, point).run();
}

}  // namespace proofcard::relation
