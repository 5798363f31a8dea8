// Magnitudes: the root of a sum of squares, sqrt(a^2 + b^2), as spectra have it. Squares that are rounded lose what is small
// beside the largest; their exact sum and its exact root keep every step of a and b.
#include <algorithm>
#include <cmath>

#include "host/graph/quantize/lowering/lowering.hpp"

namespace proofcard::graph {

namespace {

// x, of x * x; nothing of other nodes.
bool is_square(const FloatNode& n) {
  return n.op == FloatOp::kSquare || (n.op == FloatOp::kMul && n.inputs[0] == n.inputs[1]);
}

}  // namespace

// Whether nothing but sums is between this square and a root: of squares themselves, moved or not, over axes or windows,
// then with other sums, and times constants.
bool Lowering::square_for_root(const FloatNode& n) const {
  if (!is_square(n) || is_whole(n.inputs[0]) || constant(n.inputs[0]) != nullptr) {
    return false;
  }
  std::uint32_t value = n.output;
  bool is_whole_square = true;               // nothing is added to it yet
  for (const FloatNode& m : graph_.nodes) {  // which come in the order in which they are computed
    if (std::find(m.inputs.begin(), m.inputs.end(), value) == m.inputs.end()) {
      continue;
    }
    const bool moves = m.op == FloatOp::kReshape || m.op == FloatOp::kTranspose || m.op == FloatOp::kSlice;
    const bool sums = m.op == FloatOp::kReduceSum || m.op == FloatOp::kReduceMean || m.op == FloatOp::kAveragePool;
    const FloatTensor* factor = m.op == FloatOp::kMul ? constant(m.inputs[1]) : nullptr;
    const bool scales = factor != nullptr && factor->data.size() == 1 && factor->data[0] > 0;
    if (!sole_use(value) || !(m.op == FloatOp::kAdd || scales || (is_whole_square && (moves || sums)))) {
      return sole_use(value) && m.op == FloatOp::kSqrt;
    }
    value = m.output;
    is_whole_square = is_whole_square && moves;
  }
  return false;
}

// The value times itself; nothing is rounded yet.
Status Lowering::lower_square(const FloatNode& n) {
  PROOFCARD_TRY(View x, view_of(n.inputs[0]));
  set_square(n, std::move(x));
  return {};
}

void Lowering::set_square(const FloatNode& n, View x) {
  LinearForm form = reading(x, shape(n.output), node_name(n));
  form.terms[0].operands.push_back(form.terms[0].operands[0]);
  form.terms[0].operand_scale *= x.scale;
  set_form(n.output, std::move(form));
  squared_.emplace(n.output, std::move(x));
}

const View* Lowering::squared(std::uint32_t value) const {
  const auto found = squared_.find(value);
  return found != squared_.end() && pending(value) && sole_use(value) ? &found->second : nullptr;
}

bool Lowering::is_sum_of_squares(std::uint32_t value) const {
  if (!pending(value) || !sole_use(value)) {
    return false;
  }
  const LinearForm& form = *slots_[value].form;
  return form.constants.empty() && form.whole.empty() &&
         std::all_of(form.terms.begin(), form.terms.end(), [](const FormTerm& t) {
           return t.operands.size() == 2 && t.operands[0] == t.operands[1] && t.factor > 0 && !t.weight &&
                  std::all_of(t.label_weights.begin(), t.label_weights.end(), [](const tensor::LabelWeights& w) {
                    return *std::min_element(w.values.begin(), w.values.end()) >= 0;
                  });
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
