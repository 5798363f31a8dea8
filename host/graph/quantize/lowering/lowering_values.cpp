// Values as comparisons and integer arithmetic want them: integers as themselves, real numbers in steps of a power of two.
#include <algorithm>
#include <cmath>

#include "host/graph/float_graph/moves.hpp"
#include "host/graph/quantize/forms/realisation.hpp"
#include "host/graph/quantize/lowering/lowering.hpp"

namespace proofcard::graph {

bool rounds(const FloatNode& n) {
  using tensor::Function;
  return n.op == FloatOp::kTruncate ||
         (n.op == FloatOp::kFunction &&
          (n.function == Function::kFloor || n.function == Function::kCeil || n.function == Function::kRound));
}

double power_of_two_from(double x) {
  int exponent = 0;
  const double fraction = std::frexp(x, &exponent);
  return std::ldexp(1.0, fraction == 0.5 ? exponent - 1 : exponent);
}

// Backwards: a value is marked when what reads it is, and only moves it.
void Lowering::mark_grid() {
  for (auto n = graph_.nodes.rbegin(); n != graph_.nodes.rend(); ++n) {
    const bool compares = n->op == FloatOp::kEqual || n->op == FloatOp::kLess || n->op == FloatOp::kLessEqual;
    if (rounds(*n) || compares || n->op == FloatOp::kModulo || (is_move(n->op) && on_grid_[n->output])) {
      for (const std::uint32_t in : n->inputs) {
        on_grid_[in] = !is_whole(in) && constant(in) == nullptr;
      }
    }
  }
}

void Lowering::mark_ordered() {
  std::set<std::uint32_t> ordered;
  for (auto n = graph_.nodes.rbegin(); n != graph_.nodes.rend(); ++n) {
    if (n->op == FloatOp::kRelu && n->exact) {  // squared distances, of which a root may be taken
      ordered.insert({n->inputs[0], n->output});
    }
    const bool adds = n->op == FloatOp::kAdd || n->op == FloatOp::kSub || n->op == FloatOp::kMul ||
                      n->op == FloatOp::kMatMul || n->op == FloatOp::kReduceSum || n->op == FloatOp::kSquare ||
                      n->op == FloatOp::kAbs || is_move(n->op);
    const bool orders = (n->op == FloatOp::kTopK || n->op == FloatOp::kArgMax) && n->exact;
    if (orders || n->op == FloatOp::kAbove || (adds && ordered.contains(n->output))) {
      ordered.insert(n->inputs.begin(), n->inputs.end());
    }
  }
  choices_.set_always_wide(std::move(ordered));
}

// Whether a softmax reads it, or one that is written out: x - max x.
bool Lowering::is_exponent(std::uint32_t value) const {
  bool max = false;
  bool difference = false;
  for (const FloatNode& n : graph_.nodes) {
    if (n.inputs[0] == value) {
      max = max || n.op == FloatOp::kReduceMax;
      difference = difference || n.op == FloatOp::kSub;
      if (n.op == FloatOp::kSoftmax) {
        return true;
      }
    }
  }
  return max && difference;
}

// Pre: its form is pending.
Result<View> Lowering::grid_view_of(std::uint32_t value, std::int64_t top) {
  Slot& slot = slots_[value];
  Target target;
  target.fixed = true;
  target.wide = choices_.is_wide(value);
  const double most = threshold(value, target.wide);
  target.scale = power_of_two_from((most > 0 ? most : 1.0) / static_cast<double>(top));
  if (choices_.replaying()) {
    PROOFCARD_TRY(target.scale, choices_.take_table(slot.form->name));
    if (power_of_two_from(target.scale) != target.scale) {
      return rejected(slot.form->name, "expected a power of two as its scale, found {}", target.scale);
    }
  } else {
    choices_.record_table(target.scale);
  }
  PROOFCARD_TRY(const std::uint32_t q, realise(builder_, choices_, *slot.form, target));
  const Tensor& found = builder_.tensor(q);
  if (choices_.replaying() && static_cast<double>(std::max(-found.lo, found.hi)) < kMinSteps) {
    return rejected(slot.form->name, "expected a scale that leaves {} steps of it, found {}", kMinSteps, target.scale);
  }
  slot.view = cut(stored_view(q, *slot.form, value), value, slot.form->name, -top - 1, top);
  slot.form.reset();
  return *slot.view;
}

Result<View> Lowering::whole_view(std::uint32_t value) {
  const FloatTensor* c = constant(value);
  if (c == nullptr) {
    return view_of(value);
  }
  const std::string& name = graph_.values[value].name;
  if (c->data.size() == 1) {  // a part of the architecture
    return ExactArithmetic(builder_, name, c->shape).constant("", static_cast<std::int64_t>(c->data[0]));
  }
  LinearForm form = empty_form(name, c->shape);
  form.constants.push_back(constant_weight(*c, c->shape));
  Target target;
  target.raw = true;
  target.fixed = true;
  PROOFCARD_TRY(const std::uint32_t id, realise(builder_, choices_, form, target));
  return identity_view(id, c->shape, 1.0);
}

Result<View> Lowering::rounded_view(std::uint32_t value, unsigned bits) {
  const FloatTensor* c = constant(value);
  if (c == nullptr) {
    return pending(value) ? view_of(value, bits) : view_of(value);
  }
  const std::string& name = graph_.values[value].name;
  LinearForm form = empty_form(name, c->shape);
  form.constants.push_back(constant_weight(*c, c->shape));
  const double largest = choices_.replaying() ? 0 : max_abs(*c);
  Target target;
  target.scale = power_of_two_from((largest > 0 ? largest : 1.0) / std::ldexp(1.0, static_cast<int>(bits) - 1));
  PROOFCARD_TRY(const std::uint32_t id, realise(builder_, choices_, form, target));
  return identity_view(id, c->shape, builder_.tensor(id).scale);
}

Result<View> Lowering::difference(const std::string& name, std::uint32_t a, std::uint32_t b, const Dims& out) {
  PROOFCARD_TRY(LinearForm form, form_of(a, out, name));
  PROOFCARD_TRY(LinearForm other, form_of(b, out, name));
  negate(other);
  if (form.terms.empty()) {
    std::swap(form, other);
  }
  add_form(form, other);
  form.name = name;
  Target target;
  target.raw = true;
  target.fixed = is_whole(a);
  PROOFCARD_TRY(const std::uint32_t id, realise(builder_, choices_, form, target));
  return identity_view(id, out, 1.0);
}

}  // namespace proofcard::graph
