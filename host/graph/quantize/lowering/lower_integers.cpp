// Arithmetic of integers that rounds, wraps around or looks at bits: exact, as their types have it.
#include <algorithm>
#include <bit>
#include <cmath>

#include "host/graph/quantize/lowering/lowering.hpp"

namespace proofcard::graph {
namespace {

// Bits of a two's complement that holds every integer of the range.
unsigned bits_of_range(std::int64_t lo, std::int64_t hi) {
  const auto magnitude = static_cast<std::uint64_t>(std::max({hi, -(lo + 1), std::int64_t{0}}));
  return static_cast<unsigned>(std::bit_width(magnitude)) + (lo < 0 ? 1U : 0U);
}

struct Division {
  View a_negative, b_negative;  // truths
  View a, b;                    // magnitudes; a divisor of 0 counts as 1
  View quotient;                // of these, without remainder
};

Result<Division> divide(const ExactArithmetic& exact, const View& a, const View& b) {
  Division d;
  PROOFCARD_TRY(d.a, exact.absolute("dividend's magnitude", a));
  PROOFCARD_TRY(const View magnitude, exact.absolute("divisor's magnitude", b));
  PROOFCARD_TRY(d.b, exact.within("divisor, not 0", magnitude, 1, std::max<std::int64_t>(exact.hi(magnitude), 1)));
  PROOFCARD_TRY(const View minus_a, exact.sum("dividend, negated", {{-1, {a}}}));
  PROOFCARD_TRY(const View minus_b, exact.sum("divisor, negated", {{-1, {b}}}));
  PROOFCARD_TRY(d.a_negative, exact.positive("dividend below 0", minus_a));
  PROOFCARD_TRY(d.b_negative, exact.positive("divisor below 0", minus_b));
  PROOFCARD_TRY(d.quotient, exact.quotient("quotient", d.a, d.b));
  return d;
}

// The quotient as an integer with the sign that it has.
Result<View> truncated(const ExactArithmetic& exact, const Division& d) {
  if (exact.hi(d.a_negative) == 0 && exact.hi(d.b_negative) == 0) {
    return d.quotient;
  }
  PROOFCARD_TRY(const View a_sign, exact.sign("dividend's sign", d.a_negative));
  PROOFCARD_TRY(const View b_sign, exact.sign("divisor's sign", d.b_negative));
  PROOFCARD_TRY(const View sign, exact.sum("sign", {{1, {a_sign, b_sign}}}));
  return exact.sum("", {{1, {sign, d.quotient}}});
}

}  // namespace

Status Lowering::lower_integer_quotient(const FloatNode& n) {
  const ExactArithmetic exact(builder_, node_name(n), shape(n.output));
  PROOFCARD_TRY(const View a, whole_view(n.inputs[0]));
  PROOFCARD_TRY(const View b, whole_view(n.inputs[1]));
  PROOFCARD_TRY(const Division d, divide(exact, a, b));
  PROOFCARD_TRY(View out, truncated(exact, d));
  set_view(n.output, std::move(out));
  return {};
}

// |a| - |b| floor(|a| / |b|) with the dividend's sign; and, when the sign is to be the divisor's, b more where it is not.
// Real numbers are integers in common steps.
Status Lowering::lower_modulo(const FloatNode& n) {
  const ExactArithmetic exact(builder_, node_name(n), shape(n.output));
  double scale = 1.0;
  View a;
  View b;
  if (is_whole(n.output)) {
    PROOFCARD_TRY(a, whole_view(n.inputs[0]));
    PROOFCARD_TRY(b, whole_view(n.inputs[1]));
  } else {
    constexpr unsigned kBits = 16;
    PROOFCARD_TRY(const View x, rounded_view(n.inputs[0], kBits));
    PROOFCARD_TRY(const View y, rounded_view(n.inputs[1], kBits));
    scale = std::min(x.scale, y.scale);
    const double ratio = std::max(x.scale, y.scale) / scale;
    if (ratio != std::floor(ratio) || ratio > 0x1p20) {
      return make_error(ErrorKind::kUnsupported, node_name(n),
                        "expected operands whose steps are multiples of one another, found {} and {}", x.scale,
                        y.scale);
    }
    PROOFCARD_TRY(a, exact.sum("dividend", {{static_cast<std::int64_t>(x.scale / scale), {x}}}));
    PROOFCARD_TRY(b, exact.sum("divisor", {{static_cast<std::int64_t>(y.scale / scale), {y}}}));
  }
  PROOFCARD_TRY(const Division d, divide(exact, a, b));
  const std::int64_t most = std::min(exact.hi(d.a), exact.hi(d.b) - 1);
  PROOFCARD_TRY(const View rest,
                exact.sum("remainder", {{1, {d.a}}, {-1, {d.b, d.quotient}}}, 0, Interval{-1, {0}, {most}}));
  PROOFCARD_TRY(const View sign, exact.sign("dividend's sign", d.a_negative));
  PROOFCARD_TRY(View out, exact.sum("signed remainder", {{1, {sign, rest}}}, 0, Interval{-1, {-most}, {most}}));
  if (!n.last) {
    PROOFCARD_TRY(
        const View differs,
        exact.sum("signs differ", {{1, {d.a_negative}}, {1, {d.b_negative}}, {-2, {d.a_negative, d.b_negative}}}, 0,
                  Interval{-1, {0}, {1}}));
    PROOFCARD_TRY(const View some, exact.positive("not 0", rest));
    PROOFCARD_TRY(const View moves, exact.sum("other sign", {{1, {differs, some}}}));
    PROOFCARD_TRY(out,
                  exact.sum("", {{1, {out}}, {1, {moves, b}}}, 0, Interval{-1, {-exact.hi(d.b)}, {exact.hi(d.b)}}));
  }
  out.scale = scale;
  set_view(n.output, std::move(out));
  return {};
}

// The product over the exponent's bits e_k of 1 + e_k (a^(2^k) - 1).
Status Lowering::lower_integer_power(const FloatNode& n) {
  const ExactArithmetic exact(builder_, node_name(n), shape(n.output));
  PROOFCARD_TRY(View power, whole_view(n.inputs[0]));
  PROOFCARD_TRY(const View exponent, whole_view(n.inputs[1]));
  const unsigned bits = bits_of_range(0, exact.hi(exponent));
  if (exact.lo(exponent) < 0 || bits > 6) {
    return make_error(ErrorKind::kUnsupported, node_name(n),
                      "expected exponents from 0 to 63, found ones from {} to {}", exact.lo(exponent),
                      exact.hi(exponent));
  }
  View out = exact.constant("one", 1);
  View below;
  for (unsigned k = 0; k < bits; ++k) {
    PROOFCARD_TRY(const View low, exact.low_bits("exponent's bits", exponent, k + 1));
    std::vector<ExactArithmetic::Piece> pieces{{1, {low}}};
    if (k > 0) {
      pieces.push_back({-1, {below}});
      PROOFCARD_TRY(power, exact.sum("square", {{1, {power, power}}}));
    }
    PROOFCARD_TRY(const View bit, exact.sum("scaled bit", pieces, 0, Interval{-1, {0}, {std::int64_t{1} << k}}));
    PROOFCARD_TRY(const View chosen, exact.positive("bit", bit));
    PROOFCARD_TRY(const View factor, exact.sum("factor", {{1, {chosen, power}}, {-1, {chosen}}}, 1));
    PROOFCARD_TRY(out, exact.sum("product", {{1, {out, factor}}}));
    below = low;
  }
  set_view(n.output, std::move(out));
  return {};
}

namespace {

// x modulo 2^bits, as the type has it.
Result<View> wrapped(const ExactArithmetic& exact, const View& x, std::int64_t bits, bool is_signed) {
  const std::int64_t half = std::int64_t{1} << (bits - 1);
  const std::int64_t least = is_signed ? -half : 0;
  const std::int64_t most = is_signed ? half - 1 : 2 * half - 1;
  if (exact.lo(x) >= least && exact.hi(x) <= most) {
    return x;
  }
  if (!is_signed) {
    return exact.low_bits("", x, static_cast<unsigned>(bits));
  }
  PROOFCARD_TRY(const View raised, exact.sum("raised", {{1, {x}}}, half));
  PROOFCARD_TRY(const View low, exact.low_bits("low bits", raised, static_cast<unsigned>(bits)));
  return exact.sum("", {{1, {low}}}, -half, Interval{-1, {least}, {most}});
}

}  // namespace

Status Lowering::lower_wrap(const FloatNode& n) {
  const ExactArithmetic exact(builder_, node_name(n), shape(n.output));
  PROOFCARD_TRY(const View x, whole_view(n.inputs[0]));
  constexpr std::int64_t kLongest = 64;
  if (n.ints[0] == kLongest) {  // none is as large, but what is below 0 would be
    if (n.ints[1] == 0 && exact.lo(x) < 0) {
      return make_error(ErrorKind::kUnsupported, node_name(n),
                        "expected integers without a sign that are never below 0, found ones from {}: they would wrap "
                        "around to 2^64",
                        exact.lo(x));
    }
    set_view(n.output, x);
    return {};
  }
  const std::int64_t values = std::int64_t{1} << n.ints[0];
  const std::int64_t least = n.ints[1] != 0 ? -values / 2 : 0;
  PROOFCARD_TRY(View out, n.ints[2] != 0 ? exact.within("", x, least, least + values - 1)
                                         : wrapped(exact, x, n.ints[0], n.ints[1] != 0));
  set_view(n.output, std::move(out));
  return {};
}

// Bit by bit, over as many bits as both operands need; the last one of a two's complement counts negatively.
Status Lowering::lower_bitwise(const FloatNode& n) {
  const ExactArithmetic exact(builder_, node_name(n), shape(n.output));
  PROOFCARD_TRY(const View a, whole_view(n.inputs[0]));
  PROOFCARD_TRY(const View b, whole_view(n.inputs[1]));
  const bool is_signed = exact.lo(a) < 0 || exact.lo(b) < 0;
  const unsigned own = std::max(bits_of_range(0, std::max(exact.hi(a), exact.hi(b))),
                                is_signed ? bits_of_range(std::min(exact.lo(a), exact.lo(b)), -1) - 1 : 0);
  const unsigned bits = own + (is_signed ? 1U : 0U);
  constexpr unsigned kMaxBits = 40;
  if (bits > kMaxBits) {
    return make_error(ErrorKind::kUnsupported, node_name(n), "expected integers of at most {} bits, found {}", kMaxBits,
                      bits);
  }
  // scaled bits: 2^k times the bit
  const auto bit_of = [&](const View& x, unsigned k, View& below) -> Result<View> {
    PROOFCARD_TRY(const View low, exact.low_bits("low bits", x, k + 1));
    std::vector<ExactArithmetic::Piece> pieces{{1, {low}}};
    if (k > 0) {
      pieces.push_back({-1, {below}});
    }
    below = low;
    PROOFCARD_TRY(const View bit, exact.sum("scaled bit", pieces, 0, Interval{-1, {0}, {std::int64_t{1} << k}}));
    return exact.positive("bit", bit);
  };
  std::vector<ExactArithmetic::Piece> pieces;
  View below_a;
  View below_b;
  for (unsigned k = 0; k < bits; ++k) {
    PROOFCARD_TRY(const View x, bit_of(a, k, below_a));
    PROOFCARD_TRY(const View y, bit_of(b, k, below_b));
    const std::int64_t weight = (std::int64_t{1} << k) * (is_signed && k + 1 == bits ? -1 : 1);
    pieces.push_back({n.op == FloatOp::kBitAnd ? weight : n.op == FloatOp::kBitOr ? -weight : -2 * weight, {x, y}});
    if (n.op != FloatOp::kBitAnd) {
      pieces.push_back({weight, {x}});
      pieces.push_back({weight, {y}});
    }
  }
  const std::int64_t end = std::int64_t{1} << own;
  PROOFCARD_TRY(View out, exact.sum("", pieces, 0, Interval{-1, {is_signed ? -end : 0}, {end - 1}}));
  set_view(n.output, std::move(out));
  return {};
}

Status Lowering::lower_shift(const FloatNode& n) {
  const ExactArithmetic exact(builder_, node_name(n), shape(n.output));
  PROOFCARD_TRY(const View x, whole_view(n.inputs[0]));
  PROOFCARD_TRY(View by, whole_view(n.inputs[1]));
  const bool left = n.op == FloatOp::kShiftLeft;
  const std::int64_t bits = n.ints[0];
  // Shifting further than the integer is long leaves nothing of it; amounts below 0 do the same.
  const unsigned limit = left ? static_cast<unsigned>(bits) : bits_of_range(exact.lo(x), exact.hi(x));
  if (exact.lo(by) < 0) {
    PROOFCARD_TRY(const View minus, exact.sum("amount, negated", {{-1, {by}}}));
    PROOFCARD_TRY(const View negative, exact.positive("amount below 0", minus));
    PROOFCARD_TRY(const View least, exact.within("amount, at least 0", by, 0, std::max<std::int64_t>(exact.hi(by), 0)));
    PROOFCARD_TRY(by, exact.sum("amount", {{1, {least}}, {limit, {negative}}}));
  }
  PROOFCARD_TRY(const View power, exact.power_of_two("power", by, std::max(limit, 1U)));
  if (!left) {
    // floor(x / p), with as many p more as keep the dividend from being negative.
    const std::int64_t more = std::max<std::int64_t>(-exact.lo(x), 0);
    PROOFCARD_TRY(const View divisor, exact.within("divisor", power, 1, exact.hi(power)));
    PROOFCARD_TRY(const View raised, exact.sum("raised", {{1, {x}}, {more, {divisor}}}, 0));
    builder_.set_range(raised.tensor, 0, exact.hi(raised));
    PROOFCARD_TRY(const View quotient, exact.quotient("quotient", raised, divisor));
    PROOFCARD_TRY(View out, exact.sum("", {{1, {quotient}}}, -more, Interval{-1, {exact.lo(x)}, {exact.hi(x)}}));
    set_view(n.output, std::move(out));
    return {};
  }
  PROOFCARD_TRY(const View product, exact.sum("product", {{1, {x, power}}}));
  const bool short_enough = exact.hi(product) < std::int64_t{1} << 40 && exact.lo(product) > -(std::int64_t{1} << 40);
  if (bits > 40 && !short_enough) {
    return make_error(ErrorKind::kUnsupported, node_name(n), "expected results below 2^40, found larger ones");
  }
  PROOFCARD_TRY(View out, bits > 40 ? Result<View>(product) : wrapped(exact, product, bits, n.ints[1] != 0));
  set_view(n.output, std::move(out));
  return {};
}

// Relu, Clip, Abs and Sign of integers.
Status Lowering::lower_whole_activation(const FloatNode& n) {
  const ExactArithmetic exact(builder_, node_name(n), shape(n.output));
  PROOFCARD_TRY(const View x, whole_view(n.inputs[0]));
  const auto bound = [](float v) {
    constexpr float kEnd = 0x1p40F;
    return static_cast<std::int64_t>(std::clamp(v, -kEnd, kEnd));
  };
  const bool is_sign = n.op == FloatOp::kFunction && n.function == tensor::Function::kSign;
  View out;
  if (n.op == FloatOp::kAbs) {
    PROOFCARD_TRY(out, exact.absolute("", x));
  } else if (n.op == FloatOp::kRelu) {
    PROOFCARD_TRY(out, exact.within("", x, 0, std::max<std::int64_t>(exact.hi(x), 0)));
  } else if (n.op == FloatOp::kClip) {
    PROOFCARD_TRY(out, exact.within("", x, bound(n.alpha), bound(n.beta)));
  } else if (is_sign) {
    PROOFCARD_TRY(out, exact.within("", x, -1, 1));
  } else {
    return make_error(ErrorKind::kUnsupported, node_name(n), "of integers it is not supported");
  }
  set_view(n.output, std::move(out));
  return {};
}

}  // namespace proofcard::graph
