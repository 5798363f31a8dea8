// Magnitudes: the root of a sum of squares, sqrt(a^2 + b^2), as spectra have it. Squares that are rounded lose what is small
// beside the largest; their exact sum and its exact root keep every step of a and b.
#include <algorithm>
#include <cmath>

#include "host/graph/quantize/lowering.hpp"

namespace proofcard::graph {

// Whether sums alone are between this square and a root.
bool Lowering::square_for_root(const FloatNode& n) const {
  if (is_whole(n.inputs[0])) {
    return false;
  }
  std::uint32_t value = n.output;
  for (const FloatNode& m : graph_.nodes) {  // which come in the order in which they are computed
    if (std::find(m.inputs.begin(), m.inputs.end(), value) == m.inputs.end()) {
      continue;
    }
    if (!sole_use(value) || m.op != FloatOp::kAdd) {
      return sole_use(value) && m.op == FloatOp::kSqrt;
    }
    value = m.output;
  }
  return false;
}

// The value times itself; nothing is rounded yet.
Status Lowering::lower_square(const FloatNode& n) {
  PROOFCARD_TRY(const View x, view_of(n.inputs[0]));
  LinearForm form = reading(x, shape(n.output), node_name(n));
  form.terms[0].operands.push_back(form.terms[0].operands[0]);
  form.terms[0].operand_scale *= x.scale;
  set_form(n.output, std::move(form));
  return {};
}

bool Lowering::is_sum_of_squares(std::uint32_t value) const {
  if (!pending(value) || !sole_use(value)) {
    return false;
  }
  const LinearForm& form = *slots_[value].form;
  return form.constants.empty() && form.sum_dims.empty() && form.whole.empty() &&
         std::all_of(form.terms.begin(), form.terms.end(), [](const FormTerm& t) {
           return t.operands.size() == 2 && t.operands[0] == t.operands[1] && t.factor > 0 && !t.weight &&
                  t.label_weights.empty();
         });
}

Status Lowering::lower_magnitude(const FloatNode& n) {
  const std::uint32_t value = n.inputs[0];
  const LinearForm form = *slots_[value].form;
  slots_[value].form.reset();
  Target target;
  target.raw = true;
  PROOFCARD_TRY(const std::uint32_t squares, realise(builder_, choices_, form, target));
  builder_.set_range(squares, 0, builder_.tensor(squares).hi);
  const double unit = std::sqrt(builder_.tensor(squares).scale);
  const std::uint32_t root = builder_.square_root(node_name(n), squares, unit);
  const Dims& out = shape(n.output);
  set_form(n.output, reading(identity_view(root, out, unit), out, node_name(n) + ": rounded"));
  return {};
}

}  // namespace proofcard::graph
