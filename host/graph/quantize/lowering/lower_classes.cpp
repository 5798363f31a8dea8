// Comparisons of all digits with a number, and integers by keys: what classes and their labels are made of.
#include <algorithm>
#include <bit>
#include <cmath>

#include "host/base/check.hpp"
#include "host/graph/quantize/lowering/lowering.hpp"

namespace proofcard::graph {
namespace {

constexpr unsigned kMaxComparedBits = 38;  // of one shift; wider values take two, the last of kLastComparedBits
constexpr unsigned kLastComparedBits = 32;
constexpr std::int64_t kMaxComparedConstant = std::int64_t{1} << 39;  // of a term

// Of what a view reads: 0 is a value, too, where it reads outside its tensor.
std::pair<std::int64_t, std::int64_t> range_with_zero(const Tensor& t) {
  return {std::min<std::int64_t>(t.lo, 0), std::max<std::int64_t>(t.hi, 0)};
}

}  // namespace

// With x - least in [-2^s, 2^s): floor((x - least) / 2^s) + 1 is 1 from least on, and 0 below. A wide one takes two shifts.
Result<View> Lowering::at_least(const std::string& name, const View& view, std::int64_t least) {
  constexpr std::int64_t kEnd = std::int64_t{1} << 60;
  const auto [lo, hi] = range_with_zero(builder_.tensor(view.tensor));
  least = std::clamp(least, lo, hi + 1);
  if (lo <= -kEnd || hi >= kEnd || std::abs(least) >= kMaxComparedConstant) {
    return make_error(ErrorKind::kUnsupported, name, "expected an operand of at most 60 bits, found more");
  }
  unsigned bits = 1;
  while (hi - least >= std::int64_t{1} << bits || least - lo > std::int64_t{1} << bits) {
    ++bits;
  }
  const unsigned last = bits <= kMaxComparedBits ? bits : kLastComparedBits;
  const auto shifted = [&](const View& x, unsigned shift, std::int64_t added, const Interval& range) {
    const LinearForm form = reading(x, x.shape, name);
    Linear node;
    node.acc.out_dims = form.out_dims;
    node.acc.terms.push_back({1, form.terms[0].operands, {}});
    node.acc.terms.push_back({added - (std::int64_t{1} << (shift - 1)), {}, {}});
    node.shift = shift;
    return identity_view(builder_.linear_within(name, std::move(node), range, 1.0), x.shape, 1.0);
  };
  const std::int64_t half = std::int64_t{1} << last;
  View x = view;
  if (bits > last) {
    x = shifted(x, bits - last, -least, {-1, {-half}, {half - 1}});
    least = 0;
  }
  return shifted(x, last, half - least, {-1, {0}, {1}});
}

Status Lowering::lower_above(const FloatNode& n) {
  PROOFCARD_TRY(const std::optional<std::size_t> given, given_operand(n));
  if (given) {
    return lower_given_comparison(n, *given);
  }
  PROOFCARD_TRY(const View x, all_digits_of(n.inputs[0]));
  const double least = std::floor(static_cast<double>(n.alpha) / x.scale) + 1;
  const auto end = static_cast<std::int64_t>(std::clamp(least, -0x1p61, 0x1p61));
  PROOFCARD_TRY(View above, at_least(node_name(n), x, end));
  set_view(n.output, std::move(above));
  return {};
}

// The distance to every key, 0 or more than that, chooses the values. Keys 0, 1, 2, ... whose values are in line need none.
Status Lowering::lower_integer_map(const FloatNode& n) {
  const std::string name = node_name(n);
  if (!is_whole(n.inputs[0])) {
    return make_error(ErrorKind::kUnsupported, name,
                      "its operand must be an input of integers, or be computed as such");
  }
  PROOFCARD_TRY(const View x, view_of(n.inputs[0]));
  PROOFCARD_CHECK(x.scale == 1.0);
  const std::size_t size = n.ints.size() / 2;
  const std::int64_t* keys = n.ints.data() + 1;
  const std::int64_t* values = keys + size;
  const Dims& out = shape(n.output);
  const Tensor index = builder_.tensor(x.tensor);  // a copy: tensors move when one is added
  const auto [least, most] = std::minmax_element(values, values + size);
  const Interval range{-1, {std::min(*least, n.ints[0])}, {std::max(*most, n.ints[0])}};
  const LinearForm own = reading(x, out, name);

  bool in_line = index.lo >= 0 && index.hi <= static_cast<std::int64_t>(std::bit_ceil(size)) - 1 && n.exact;
  const std::int64_t step = size > 1 ? values[1] - values[0] : 0;
  for (std::size_t k = 0; k < size; ++k) {
    const auto at = static_cast<std::int64_t>(k);
    in_line = in_line && keys[k] == at && values[k] == values[0] + at * step;
  }
  Linear sum;
  sum.acc.out_dims = own.out_dims;
  if (in_line) {
    sum.acc.terms.push_back({step, own.terms[0].operands, {}});
    sum.acc.terms.push_back({values[0], {}, {}});
    const Interval line{
        -1, {std::min(values[0], values[0] + step * index.hi)}, {std::max(values[0], values[0] + step * index.hi)}};
    set_view(n.output, identity_view(builder_.linear(name, std::move(sum), line, 1.0), out, 1.0));
    return {};
  }
  const auto [first, last] = std::minmax_element(keys, keys + size);
  if (std::max(index.hi, *last) - std::min(index.lo, *first) > (std::int64_t{1} << 24)) {
    return make_error(ErrorKind::kUnsupported, name, "expected values and keys within 2^24 of each other, found more");
  }
  Dims wide = out;
  wide.push_back(static_cast<std::int64_t>(size));
  const auto label = static_cast<std::uint32_t>(out_label(wide, out.size()));
  std::vector<AxisMap> maps = out_maps(wide);
  maps.pop_back();
  Linear distance;
  distance.acc.out_dims = storage_shape(wide);
  distance.acc.terms.push_back({1, {read_view(x, maps)}, {}});
  if (size > 1) {
    distance.acc.terms.push_back({-1, {}, {{label, {keys, keys + size}}}});
  } else {
    distance.acc.terms.push_back({-keys[0], {}, {}});
  }
  const Interval apart{
      -1, {std::min<std::int64_t>(index.lo, 0) - *last}, {std::max<std::int64_t>(index.hi, 0) - *first}};
  const std::uint32_t d = builder_.linear(name + ": distance", std::move(distance), apart, 1.0);
  const std::uint32_t other =
      builder_.lookup(name + ": another key", {tensor::Function::kAbs, 1.0, 1.0, {}, 0, 0, 0, 1}, d, 1.0);

  // default + sum over keys of (value - default) * (1 - other).
  tensor::LabelWeights weights{static_cast<std::uint32_t>(storage_shape(out).size()), {}};
  std::int64_t total = n.ints[0];
  for (std::size_t k = 0; k < size; ++k) {
    weights.values.push_back(values[k] - n.ints[0]);
    total += weights.values.back();
  }
  std::vector<AxisMap> summed = out_maps(out);
  summed.emplace_back();
  tensor::Term term{-1, {}, {}};
  if (size > 1) {
    sum.acc.sum_dims = {static_cast<std::uint32_t>(size)};
    summed.back().labels.push_back({weights.label, 1});
    term.weights.push_back(std::move(weights));
  } else {
    term.coefficient = -weights.values[0];
  }
  term.operands.push_back(read_view(identity_view(other, wide, 1.0), summed));
  sum.acc.terms.push_back(std::move(term));
  sum.acc.terms.push_back({total, {}, {}});
  set_view(n.output, identity_view(builder_.linear_within(name, std::move(sum), range, 1.0), out, 1.0));
  return {};
}

}  // namespace proofcard::graph
