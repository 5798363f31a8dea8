// Clamp to a power-of-two range without a table over the whole domain:
//
//     in - lo = h * 2^bits + l,  l in [0, 2^bits),  (h, [h = 0], [h > 0]) by a sign table
//     out     = lo + [h = 0] * l + [h > 0] * (2^bits - 1)
//
// When even h is too wide for a table:
//     h = s + s * m  with s in {-1, 0, 1} and m >= 0,  (s, [s = 0], [s > 0]) by a sign table, [s = 0] * m = 0.
#include <algorithm>

#include "host/compile/lowering/lower.hpp"

namespace proofcard::compile {

std::uint32_t Lowering::lower_wide_clamp(const NodeContext& node, std::uint32_t in, std::int64_t in_lo,
                                         std::int64_t in_hi, std::int64_t lo, unsigned bits,
                                         std::optional<std::uint32_t> out) {
  const Shape shape = builder_.shape_of(in);
  const std::int64_t size = std::int64_t{1} << bits;
  const std::uint32_t in_value = builder_.value_of(in);
  const auto derived = [&](Value::Op op, std::uint32_t arg, unsigned shift, unsigned keep, std::int64_t constant) {
    return builder_.add_value({op, shape, 0, {arg}, {}, constant, 0, shift, keep, {}});
  };
  const std::uint32_t l = builder_.add_witness(node.name + " low part", shape, 0, size - 1,
                                               derived(Value::Op::kBits, in_value, 0, bits, lo));
  const std::int64_t h_lo = (in_lo - lo) >> bits;
  const std::int64_t h_hi = (in_hi - lo) >> bits;
  const std::uint32_t h = builder_.add_witness(node.name + " high part", shape, h_lo, h_hi,
                                               derived(Value::Op::kBits, in_value, bits, 63, lo));
  const std::uint32_t is_zero = builder_.add_witness(node.name + " inside", shape, 0, 1,
                                                     derived(Value::Op::kIsZero, builder_.value_of(h), 0, 63, 0));
  const std::uint32_t is_positive = builder_.add_witness(
      node.name + " above", shape, 0, 1, derived(Value::Op::kIsPositive, builder_.value_of(h), 0, 63, 0));
  builder_.prove_range(node.name + " low part range", l, 0, size - 1);
  prove_sign(node, h, h_lo, h_hi, is_zero, is_positive);

  const auto add_constant = [&](Expression& e, std::int64_t constant) {
    if (constant != 0) {
      e.terms.push_back({constant, {}, {}});
    }
  };
  Expression split{shape, {}, {builder_.plain(1, in), builder_.plain(-size, h), builder_.plain(-1, l)}};
  add_constant(split, -lo);
  builder_.add_relation(node.name + " split", std::move(split));

  if (!out) {
    Value clamped{Value::Op::kClamp, shape, 0, {in_value}, {}, lo, lo + size - 1, 0, 63, {}};
    out =
        builder_.add_witness(node.name + " clamped", shape, lo, lo + size - 1, builder_.add_value(std::move(clamped)));
  }
  const Term inside{1, {tensor::identity_operand(is_zero, shape), tensor::identity_operand(l, shape)}, {}};
  Expression clamp{shape, {}, {inside, builder_.plain(size - 1, is_positive), builder_.plain(-1, *out)}};
  add_constant(clamp, lo);
  builder_.add_relation(node.name + " clamp", std::move(clamp));
  return *out;
}

void Lowering::prove_sign(const NodeContext& node, std::uint32_t h, std::int64_t lo, std::int64_t hi,
                          std::uint32_t is_zero, std::uint32_t is_positive) {
  const Shape shape = builder_.shape_of(h);
  const unsigned bits = unsigned_bits(std::max({-(lo + 1), hi, std::int64_t{0}}));
  const std::int64_t bound = std::int64_t{1} << bits;  // h in [-bound, bound)
  const auto sign_lookup = [&](std::int64_t table_lo, std::int64_t size, std::uint32_t first) {
    builder_.add_lookup(node.name + " sign", builder_.sign_table(table_lo, static_cast<std::uint32_t>(size)),
                        {builder_.whole(first), builder_.whole(is_zero), builder_.whole(is_positive)});
  };
  if (bits + 1 <= std::max(builder_.limits().limb_bits, builder_.limits().function_bits)) {
    sign_lookup(-bound, 2 * bound, h);
    return;
  }
  const std::uint32_t h_value = builder_.value_of(h);
  const std::uint32_t sign_value = builder_.add_value({Value::Op::kClamp, shape, 0, {h_value}, {}, -1, 1, 0, 63, {}});
  const std::uint32_t sign = builder_.add_witness(node.name + " sign", shape, -1, 1, sign_value);
  sign_lookup(-1, 3, sign);
  const std::uint32_t absolute =
      builder_.add_value({Value::Op::kProduct, shape, 0, {h_value, sign_value}, {}, 0, 0, 0, 63, {}});
  const std::uint32_t magnitude_value =
      builder_.add_value({Value::Op::kSum, shape, 0, {absolute, builder_.value_of(is_zero)}, {1, 1}, -1, 0, 0, 63, {}});
  const std::uint32_t magnitude = builder_.add_witness(node.name + " magnitude", shape, 0, bound - 1, magnitude_value);
  builder_.prove_range(node.name + " magnitude range", magnitude, 0, bound - 1);
  const tensor::Operand m = tensor::identity_operand(magnitude, shape);
  builder_.add_relation(
      node.name + " magnitude",
      {shape,
       {},
       {builder_.plain(1, h), builder_.plain(-1, sign), {-1, {tensor::identity_operand(sign, shape), m}, {}}}});
  builder_.add_relation(node.name + " no magnitude inside",
                        {shape, {}, {{1, {tensor::identity_operand(is_zero, shape), m}, {}}}});
}

}  // namespace proofcard::compile
