// Linear, Divide, SquareRoot and LowBits.
#include <algorithm>

#include "host/compile/lowering/lower.hpp"

namespace proofcard::compile {
namespace {

// Multiplies every term by the multiplier of its output index. False: a product leaves 64 bits.
bool scale_terms(Expression& e, const graph::Linear& op) {
  if (op.multiplier.size() == 1) {
    for (Term& term : e.terms) {
      if (__builtin_mul_overflow(term.coefficient, op.multiplier[0], &term.coefficient)) {
        return false;
      }
    }
    return true;
  }
  for (Term& term : e.terms) {
    const auto found = std::find_if(term.weights.begin(), term.weights.end(),
                                    [&](const tensor::LabelWeights& w) { return w.label == op.multiplier_label; });
    if (found == term.weights.end()) {
      term.weights.push_back({op.multiplier_label, op.multiplier});
      continue;
    }
    for (std::size_t i = 0; i < op.multiplier.size(); ++i) {
      if (__builtin_mul_overflow(found->values[i], op.multiplier[i], &found->values[i])) {
        return false;
      }
    }
  }
  return true;
}

void append(Expression& e, std::vector<Term> terms) {
  for (Term& term : terms) {
    e.terms.push_back(std::move(term));
  }
}

std::int64_t pow2(unsigned bits) { return std::int64_t{1} << bits; }

}  // namespace

Status Lowering::lower(const NodeContext& node, const graph::Linear& op) {
  Expression zero = op.acc;
  for (Term& term : zero.terms) {
    for (tensor::Operand& o : term.operands) {
      o.tensor = id(o.tensor);
    }
  }
  if (!scale_terms(zero, op)) {
    return make_error(ErrorKind::kUnsupported, node.name, "expected multiplied coefficients below 2^40, found larger");
  }
  zero.terms.push_back(builder_.plain(-pow2(op.shift), id(op.out)));
  if (op.shift > 0) {
    zero.terms.push_back({pow2(op.shift - 1), {}, {}});
    const std::uint32_t remainder = remainder_value(node, zero.out_dims);
    append(zero, builder_.limbs(node.name + " remainder", remainder, 0, op.shift, -1));
    prove_result(node, op.out);
  }
  builder_.add_relation(node.name, std::move(zero));
  return {};
}

Status Lowering::lower(const NodeContext& node, const graph::Divide& op) {
  const Shape& shape = graph_.tensors[op.out].shape;
  const auto [d_lo, d_hi] = read_range(op.denominator, shape);
  const unsigned bits = unsigned_bits(2 * d_hi - 1);
  const Term d{1, {operand(op.denominator)}, {}};
  const std::uint32_t u = remainder_value(node, shape);
  const std::vector<Term> minus_u = builder_.limbs(node.name + " remainder", u, 0, bits, -1);

  Expression quotient{shape, {}, {}};
  quotient.terms.push_back({pow2(op.shift + 1), {operand(op.numerator)}, {}});
  quotient.terms.push_back(d);
  quotient.terms.push_back({-2, {tensor::identity_operand(id(op.out), shape), operand(op.denominator)}, {}});
  append(quotient, minus_u);
  builder_.add_relation(node.name, std::move(quotient));

  Expression slack{shape, {}, {{2, d.operands, {}}, {-1, {}, {}}}};
  append(slack, minus_u);
  const std::uint32_t slack_value = builder_.add_value(
      {Value::Op::kSum, shape, 0, {view_value(op.denominator, shape), u}, {2, -1}, -1, 0, 0, 63, {}});
  append(slack, builder_.limbs(node.name + " remainder slack", slack_value, 0, bits, -1));
  builder_.add_relation(node.name + " remainder below divisor", std::move(slack));
  prove_result(node, op.out);
  return {};
}

Status Lowering::lower(const NodeContext& node, const graph::SquareRoot& op) {
  const graph::Tensor& out = graph_.tensors[op.out];
  const tensor::Operand t = tensor::identity_operand(id(op.out), out.shape);
  const unsigned bits = unsigned_bits(2 * std::max<std::int64_t>(out.hi, 0));
  const std::uint32_t square =
      builder_.add_value({Value::Op::kProduct, out.shape, 0, {value(op.out), value(op.out)}, {}, 0, 0, 0, 63, {}});
  const std::uint32_t rest =
      builder_.add_value({Value::Op::kSum, out.shape, 0, {value(op.in), square}, {1, -1}, 0, 0, 0, 63, {}});
  const std::vector<Term> minus_rest = builder_.limbs(node.name + " rest", rest, 0, bits, -1);

  Expression root{out.shape, {}, {builder_.plain(1, id(op.in)), {-1, {t, t}, {}}}};
  append(root, minus_rest);
  builder_.add_relation(node.name, std::move(root));

  const std::uint32_t slack_value =
      builder_.add_value({Value::Op::kSum, out.shape, 0, {value(op.out), rest}, {2, -1}, 0, 0, 0, 63, {}});
  Expression slack{out.shape, {}, {builder_.plain(2, id(op.out))}};
  append(slack, minus_rest);
  append(slack, builder_.limbs(node.name + " slack", slack_value, 0, bits, -1));
  builder_.add_relation(node.name + " next square is larger", std::move(slack));
  prove_result(node, op.out);
  return {};
}

Status Lowering::lower(const NodeContext& node, const graph::LowBits& op) {
  const graph::Tensor& in = graph_.tensors[op.in];
  const std::int64_t hi_lo = in.lo >> op.bits;
  const std::int64_t hi_hi = in.hi >> op.bits;
  const std::uint32_t hi_value =
      builder_.add_value({Value::Op::kBits, in.shape, 0, {value(op.in)}, {}, 0, 0, op.bits, 63, {}});
  const std::uint32_t hi = builder_.add_witness(node.name + " high bits", in.shape, hi_lo, hi_hi, hi_value);
  builder_.prove_bounded(node.name + " high bits range", hi, hi_lo, hi_hi);
  builder_.prove_range(node.name + " range", id(op.out), 0, pow2(op.bits) - 1);
  builder_.add_relation(
      node.name, {in.shape,
                  {},
                  {builder_.plain(1, id(op.in)), builder_.plain(-pow2(op.bits), hi), builder_.plain(-1, id(op.out))}});
  return {};
}

}  // namespace proofcard::compile
