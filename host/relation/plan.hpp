// What prover and verifier do with the terms of a circuit's expressions, in one order.
//
// The lookup argument ends at a leaf point rho. Every expression of the circuit - each relation, and each column of
// each lookup - is evaluated at the first coordinates of rho, as many as its output space has variables. Terms then
// reduce to claims "tensor at point":
//
//   kConstant  no operand: the verifier computes it
//   kDirect    one operand, read directly: a claim at once; one for all terms that read a tensor at the same coordinates
//              of rho
//   kMapped    one operand, some axes through maps: its value is sent and becomes a *view* instance
//   kProduct   two operands: its value is sent and becomes a *product* instance, sum over shared labels of e * U * V;
//              the two final values are claims (read directly) or further view instances
//
// Product instances run in one batched sumcheck, then all view instances, sum over mapped axes of A(u) X(u), in a
// second.
//
// N: Fr, or what else a verifier runs over (host/transcript/checking_channel.hpp); bodies are in plan_impl.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "host/circuit/access.hpp"
#include "host/circuit/circuit.hpp"
#include "host/field/fr.hpp"
#include "host/poly/multilinear.hpp"

namespace proofcard::relation {

enum class TermKind : std::uint8_t { kConstant, kDirect, kMapped, kProduct };

struct TermPlan {
  const tensor::Expression* expression = nullptr;
  const tensor::Term* term = nullptr;
  circuit::TermAccess access;
  TermKind kind = TermKind::kConstant;
  std::size_t claim = 0;     // kDirect: number of the claim that has its value
  bool opens_claim = false;  // kDirect: the first term that has this claim
};

struct ExpressionPlan {
  std::vector<TermPlan> terms;
  std::string_view name;
};

struct Plan {
  std::vector<ExpressionPlan> relations;             // by relation
  std::vector<std::vector<ExpressionPlan>> lookups;  // by lookup and column
  unsigned max_point_vars = 0;                       // the largest output space
  std::size_t num_direct_claims = 0;

  // All expressions: relations first, then lookups column by column.
  std::vector<const ExpressionPlan*> in_order() const;
};

// The plan points into `circuit`, which must outlive it.
Plan make_plan(const circuit::Circuit& circuit);

// One label's segment of a point over the labels `order`; the last listed label has the lowest variables.
class Segments {
 public:
  Segments(const tensor::Expression& e, const std::vector<std::uint32_t>& labels);
  unsigned num_vars() const { return num_vars_; }
  struct Place {
    std::uint32_t label;
    unsigned first;  // variable
    unsigned count;
  };
  // Pre: label is listed.
  const Place& place(std::uint32_t label) const;
  template <class N>
  std::span<const N> of(std::uint32_t label, std::span<const N> point) const {
    return point.subspan(place(label).first, place(label).count);
  }

 private:
  std::vector<Place> places_;
  unsigned num_vars_ = 0;
};

// The labels of an expression's output, in order.
std::vector<std::uint32_t> out_labels(const tensor::Expression& e);

// What a label contributes to one term once the output point r, and for shared labels the sumcheck point s, are known.
//   weights(l)      by true index: eq(r, i) if l is an output label, times the term's public weights. (Before the sumcheck.)
//   after_sum(l)    for shared labels eq(s, i); for the others weights(l).
//   segment(l)      the point at which a direct axis of this label is evaluated: s when shared, r otherwise.
template <class N>
class LabelFactorsOf {
 public:
  LabelFactorsOf(const TermPlan& plan, std::span<const N> out_point);
  void set_sum_point(std::span<const N> sum_point);

  const Segments& sum_segments() const { return sum_segments_; }
  std::vector<N> weights(std::uint32_t label) const;
  std::vector<N> after_sum(std::uint32_t label) const;
  std::span<const N> segment(std::uint32_t label) const;
  bool is_shared(std::uint32_t label) const;
  // Whether after_sum(label) depends on no point.
  bool is_constant(std::uint32_t label) const;

  // coefficient * product over free labels of sum_i weights(l)[i]: what multiplies the term's operands.
  N public_factor() const;
  // e(s) at the sum point: prod over shared labels of sum_i weights(l)[i] eq(s_l, i).
  N sum_factor() const;

 private:
  const TermPlan& plan_;
  Segments out_segments_;
  Segments sum_segments_;
  std::span<const N> out_point_;
  std::vector<N> sum_point_;
};
using LabelFactors = LabelFactorsOf<Fr>;
extern template class LabelFactorsOf<Fr>;

// Calls visit(labels' true indices, padded index within the group's axes) for every combination of the group's labels
// whose index is inside the group (or was clamped into it).
void for_each_index(const tensor::Group& group, const tensor::Shape& shape, const tensor::Expression& e,
                    const std::function<void(std::span<const std::uint32_t>, std::size_t)>& visit);

// Number of variables of a group's axes together.
unsigned group_vars(const tensor::Group& group, const tensor::Shape& shape);

// The point of an operand's tensor: direct axes at their label's segment, the others from `mapped_point` (the variables
// of the mapped axes alone, last axis lowest; empty when there are none).
template <class N>
std::vector<N> operand_point(const tensor::Operand& operand, const circuit::OperandAccess& access,
                             const tensor::Shape& shape, const LabelFactorsOf<N>& factors,
                             poly::Coordinates<N> mapped_point);
extern template std::vector<Fr> operand_point<Fr>(const tensor::Operand&, const circuit::OperandAccess&,
                                                  const tensor::Shape&, const LabelFactors&, std::span<const Fr>);

// Variables of the mapped axes of an operand together: the size of its view instance.
unsigned mapped_vars(const tensor::Operand& operand, const circuit::OperandAccess& access, const tensor::Shape& shape);

}  // namespace proofcard::relation
