// Comparisons, logic, and choices between two values.
#include <cmath>

#include "host/graph/quantize/lowering/lowering.hpp"

namespace proofcard::graph {

// By the sign of the difference; integers, and given features with constants, are compared exactly, real numbers as they were rounded.
Status Lowering::lower_comparison(const FloatNode& n) {
  PROOFCARD_TRY(const std::optional<std::size_t> given, given_operand(n));
  if (given) {
    return lower_given_comparison(n, *given);
  }
  const Dims& out = shape(n.output);
  const ExactArithmetic exact(builder_, node_name(n), out);
  const bool swapped = n.op == FloatOp::kLess;  // a < b: b - a > 0; a <= b: not a - b > 0
  PROOFCARD_TRY(const View d,
                difference(node_name(n) + ": difference", n.inputs[swapped ? 1 : 0], n.inputs[swapped ? 0 : 1], out));
  if (n.op == FloatOp::kEqual) {
    PROOFCARD_TRY(View equal, exact.zero("", d));
    set_view(n.output, std::move(equal));
    return {};
  }
  PROOFCARD_TRY(View holds, exact.positive(swapped ? "" : "above", d));
  if (!swapped) {
    PROOFCARD_TRY(holds, exact.opposite("", holds));
  }
  set_view(n.output, std::move(holds));
  return {};
}

Status Lowering::lower_logic(const FloatNode& n) {
  const ExactArithmetic exact(builder_, node_name(n), shape(n.output));
  PROOFCARD_TRY(const View a, whole_view(n.inputs[0]));
  const Interval truth{-1, {0}, {1}};
  if (n.op == FloatOp::kNot) {
    PROOFCARD_TRY(View out, exact.opposite("", a));
    set_view(n.output, std::move(out));
    return {};
  }
  PROOFCARD_TRY(const View b, whole_view(n.inputs[1]));
  const std::int64_t both = n.op == FloatOp::kAnd ? 1 : n.op == FloatOp::kOr ? -1 : -2;
  std::vector<ExactArithmetic::Piece> pieces{{both, {a, b}}};
  if (n.op != FloatOp::kAnd) {  // or: a + b - a b; xor: a + b - 2 a b
    pieces.push_back({1, {a}});
    pieces.push_back({1, {b}});
  }
  PROOFCARD_TRY(View out, exact.sum("", pieces, 0, truth));
  set_view(n.output, std::move(out));
  return {};
}

// c a + (1 - c) b, so that nothing of the value that was not chosen is left. One number is a part of the architecture.
Status Lowering::lower_where(const FloatNode& n) {
  const std::string name = node_name(n);
  const Dims& out = shape(n.output);
  PROOFCARD_TRY(const View chosen, whole_view(n.inputs[0]));
  const ExactArithmetic exact(builder_, name, chosen.shape);
  PROOFCARD_TRY(const View other, exact.opposite("not chosen", chosen));
  LinearForm form = empty_form(name, out);
  form.disjoint = true;
  for (std::size_t k = 1; k < 3; ++k) {
    FormTerm term;
    term.operands.push_back(broadcast_operand(k == 1 ? chosen : other, out));
    if (const FloatTensor* c = constant(n.inputs[k])) {
      if (c->data.size() > 1) {
        term.weight = weight_of(n.output, *c);
      } else if (c->data[0] == 0.0F) {
        continue;
      } else {
        term.factor = static_cast<double>(c->data[0]);
      }
    } else {
      PROOFCARD_TRY(const View x, view_of(n.inputs[k]));
      term.operands.push_back(broadcast_operand(x, out));
      term.operand_scale = x.scale;
    }
    form.terms.push_back(std::move(term));
  }
  if (form.terms.empty()) {
    return make_error(ErrorKind::kUnsupported, name, "a choice between 0 and 0 is not supported");
  }
  set_form(n.output, std::move(form));
  return {};
}

// Of integers; of real numbers the importer makes a sum.
Status Lowering::lower_maximum(const FloatNode& n) {
  const ExactArithmetic exact(builder_, node_name(n), shape(n.output));
  PROOFCARD_TRY(const View a, whole_view(n.inputs[0]));
  PROOFCARD_TRY(const View b, whole_view(n.inputs[1]));
  set_view(n.output, exact.larger("", a, b));
  return {};
}

}  // namespace proofcard::graph
