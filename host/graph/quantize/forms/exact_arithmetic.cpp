#include "host/graph/quantize/forms/exact_arithmetic.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include "host/graph/quantize/forms/linear_form.hpp"

namespace proofcard::graph {
namespace {

using tensor::Function;

constexpr double kMost = 0x1p58;
constexpr int kLookedUpBits = 30;                         // of a domain that a clamp is looked up on
constexpr std::int64_t kMaxRows = std::int64_t{1} << 16;  // more are compared, not looked up

}  // namespace

std::int64_t ExactArithmetic::lo(const View& x) const {
  const Tensor& t = builder_.tensor(x.tensor);
  return reads_outside(x, t.shape) ? std::min<std::int64_t>(t.lo, 0) : t.lo;
}

std::int64_t ExactArithmetic::hi(const View& x) const {
  const Tensor& t = builder_.tensor(x.tensor);
  return reads_outside(x, t.shape) ? std::max<std::int64_t>(t.hi, 0) : t.hi;
}

Result<Interval> ExactArithmetic::range_of(const std::vector<Piece>& pieces, std::int64_t constant) const {
  double total = std::abs(static_cast<double>(constant));
  Interval range{-1, {constant}, {constant}};
  for (const Piece& piece : pieces) {
    double least = static_cast<double>(piece.coefficient);
    double most = least;
    for (const View& x : piece.factors) {
      const auto a = static_cast<double>(lo(x));
      const auto b = static_cast<double>(hi(x));
      const auto [low, high] = std::minmax({least * a, least * b, most * a, most * b});
      least = low;
      most = high;
    }
    total += std::max(std::abs(least), std::abs(most));
    if (!(total < kMost)) {
      return make_error(ErrorKind::kUnsupported, name_, "its integers would need more than 58 bits");
    }
    range.lo[0] += static_cast<std::int64_t>(least);  // exact where it matters: see below
    range.hi[0] += static_cast<std::int64_t>(most);
    if (total >= 0x1p52) {  // doubles round there, outwards then
      range.lo[0] -= 1 << 8;
      range.hi[0] += 1 << 8;
    }
  }
  return range;
}

Linear ExactArithmetic::make(const std::vector<Piece>& pieces, std::int64_t constant) const {
  Linear node;
  node.acc.out_dims = storage_shape(shape_);
  for (const Piece& piece : pieces) {
    tensor::Term term{piece.coefficient, {}, {}};
    for (const View& x : piece.factors) {
      term.operands.push_back(broadcast_operand(x, shape_));
    }
    node.acc.terms.push_back(std::move(term));
  }
  if (constant != 0 || node.acc.terms.empty()) {
    node.acc.terms.push_back({constant, {}, {}});
  }
  return node;
}

Result<View> ExactArithmetic::sum(const std::string& what, const std::vector<Piece>& pieces, std::int64_t constant,
                                  const std::optional<Interval>& range) const {
  PROOFCARD_TRY(const Interval found, range_of(pieces, constant));
  return stored(builder_.linear(full(what), make(pieces, constant), range ? *range : found, 1.0));
}

Result<View> ExactArithmetic::shifted(const std::string& what, const std::vector<Piece>& pieces, std::int64_t constant,
                                      unsigned shift) const {
  if (shift == 0) {
    return sum(what, pieces, constant);
  }
  // A Linear node adds half of 2^shift before it shifts.
  const std::int64_t moved = constant - (std::int64_t{1} << (shift - 1));
  PROOFCARD_TRY(const Interval range, range_of(pieces, moved));
  Linear node = make(pieces, moved);
  node.shift = shift;
  return stored(builder_.linear(full(what), std::move(node), range, 1.0));
}

View ExactArithmetic::constant(const std::string& what, std::int64_t value) const {
  return stored(builder_.linear(full(what), make({}, value), {-1, {value}, {value}}, 1.0));
}

View ExactArithmetic::own(const View& x) const { return builder_.exact(name_, x); }

Result<View> ExactArithmetic::looked_up(const std::string& what, const View& x, tensor::TableSpec table) const {
  const View from = own(x);
  const Tensor& t = builder_.tensor(from.tensor);
  if (t.hi - t.lo >= std::int64_t{UINT32_MAX}) {
    return too_many_steps(name_);
  }
  View out = from;
  out.tensor = builder_.lookup(full(what), std::move(table), from.tensor, 1.0);
  out.scale = 1.0;
  return out;
}

// x > 0. What is too wide for a table is shifted first: floor((x - 1) / 2^s) is at least 0 just where x is positive.
Result<View> ExactArithmetic::positive(const std::string& what, const View& x) const {
  if (hi(x) <= 0 || lo(x) > 0) {
    return constant(what, hi(x) <= 0 ? 0 : 1);
  }
  View d = x;
  const auto bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(std::max(hi(x), -lo(x)))));
  if (bits > kLookedUpBits) {
    const auto shift = static_cast<unsigned>(bits - kLookedUpBits);
    PROOFCARD_TRY(d, shifted(what + ", scaled", {{1, {x}}}, -1 + (std::int64_t{1} << shift), shift));
  }
  return looked_up(what, d, {Function::kClamp, 1.0, 1.0, {}, 0, 0, 0, 1});
}

Result<View> ExactArithmetic::opposite(const std::string& what, const View& truth) const {
  return sum(what, {{-1, {truth}}}, 1, Interval{-1, {0}, {1}});
}

Result<View> ExactArithmetic::zero(const std::string& what, const View& x) const {
  if (hi(x) - lo(x) < kMaxRows) {
    PROOFCARD_TRY(const View other, looked_up(what + ", not", x, {Function::kAbs, 1.0, 1.0, {}, 0, 0, 0, 1}));
    return opposite(what, other);
  }
  PROOFCARD_TRY(const View negated, sum(what + ", negated", {{-1, {x}}}));
  PROOFCARD_TRY(const View above, positive(what + ", above", x));
  PROOFCARD_TRY(const View below, positive(what + ", below", negated));
  return sum(what, {{-1, {above}}, {-1, {below}}}, 1, Interval{-1, {0}, {1}});
}

View ExactArithmetic::larger(const std::string& what, const View& a, const View& b) const {
  View out = stored(builder_.max(full(what), broadcast_operand(a, shape_), broadcast_operand(b, shape_),
                                 storage_shape(shape_), a.scale));
  builder_.set_range(out.tensor, std::max(lo(a), lo(b)), std::max(hi(a), hi(b)));
  out.scale = a.scale;
  return out;
}

Result<View> ExactArithmetic::within(const std::string& what, const View& x, std::int64_t low,
                                     std::int64_t high) const {
  if (lo(x) >= low && hi(x) <= high) {
    return x;
  }
  low = std::max(low, lo(x));
  high = std::max(low, std::min(high, hi(x)));
  low = std::min(low, high);
  if (hi(x) - lo(x) < kMaxRows) {
    return looked_up(what, x, {Function::kClamp, 1.0, 1.0, {}, 0, 0, low, high});
  }
  const View raised = lo(x) >= low ? x : larger(what + ", at least", x, constant(what + ", least", low));
  if (hi(x) <= high) {
    return raised;
  }
  // min(x, h) = x + h - max(x, h)
  const View most = constant(what + ", most", high);
  const View above = larger(what + ", at most", raised, most);
  return sum(what, {{1, {raised}}, {-1, {above}}}, high, Interval{-1, {low}, {high}});
}

Result<View> ExactArithmetic::absolute(const std::string& what, const View& x) const {
  if (lo(x) >= 0) {
    return x;
  }
  const std::int64_t most = std::max(-lo(x), hi(x));
  if (hi(x) - lo(x) < kMaxRows) {
    return looked_up(what, x, {Function::kAbs, 1.0, 1.0, {}, 0, 0, 0, most});
  }
  PROOFCARD_TRY(const View negated, sum(what + ", negated", {{-1, {x}}}));
  const View out = larger(what, x, negated);
  builder_.set_range(out.tensor, 0, most);
  return out;
}

Result<View> ExactArithmetic::sign(const std::string& what, const View& negative) const {
  return sum(what, {{-2, {negative}}}, 1, Interval{-1, {-1}, {1}});
}

// Divide rounds half up: (2 a + b + 1) / (2 b) rounded is floor(a / b) + 1.
Result<View> ExactArithmetic::quotient(const std::string& what, const View& a, const View& b) const {
  PROOFCARD_TRY(const View numerator, sum(what + ", dividend", {{2, {a}}, {1, {b}}}, 1));
  PROOFCARD_TRY(const View denominator, sum(what + ", divisor", {{2, {b}}}));
  const std::int64_t most = hi(a) / lo(b);
  const View next =
      stored(builder_.divide(full(what + ", next"), broadcast_operand(numerator, shape_),
                             broadcast_operand(denominator, shape_), 0, storage_shape(shape_), most + 1, 1.0));
  return sum(what, {{1, {next}}}, -1, Interval{-1, {0}, {most}});
}

Result<View> ExactArithmetic::low_bits(const std::string& what, const View& x, unsigned bits) const {
  if (lo(x) >= 0 && hi(x) < std::int64_t{1} << bits) {
    return x;
  }
  const View from = own(x);
  View out = from;
  out.tensor = builder_.low_bits(full(what), from.tensor, bits);
  return out;
}

Result<View> ExactArithmetic::power_of_two(const std::string& what, const View& x, unsigned limit) const {
  const auto top = static_cast<unsigned>(std::min<std::int64_t>(hi(x), limit));
  PROOFCARD_TRY(const View exponent, within(what + ", exponent", x, 0, top));
  tensor::TableSpec table{Function::kExp, std::numbers::ln2, 1.0, {}, 0, 0, 0, std::int64_t{1} << top};
  if (top > 39) {
    return make_error(ErrorKind::kUnsupported, name_, "expected shifts by at most 39 bits, found ones by {}", top);
  }
  return looked_up(what, exponent, std::move(table));
}

}  // namespace proofcard::graph
