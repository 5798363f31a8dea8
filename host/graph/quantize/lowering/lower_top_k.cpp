// Positions of the k largest entries along an axis: k times the largest key, which is then set below all others. A key is the
// entry, and below it the position, so that no two keys are equal.
#include <algorithm>
#include <bit>

#include "host/graph/quantize/lowering/lowering.hpp"

namespace proofcard::graph {
namespace {

constexpr unsigned kEntryBits = 12;     // of entries that are still forms, with 8-bit activations
constexpr unsigned kEntryKeyBits = 29;  // of keys that are exact, but for the sign: differences are looked up
constexpr std::int64_t kMaxRounds = 64;

}  // namespace

// The keys without the largest of each row: those that differ from it stay, it goes below `lo`.
View Lowering::without_largest(const std::string& name, const View& keys, const View& largest, std::int64_t lo,
                               std::int64_t hi) {
  const Dims& shape = keys.shape;
  const auto own = [&](const View& view) { return reading(view, shape, name).terms[0].operands[0]; };
  Linear below;
  below.acc.out_dims = storage_shape(shape);
  below.acc.terms.push_back({1, {own(largest)}, {}});
  below.acc.terms.push_back({-1, {own(keys)}, {}});
  const std::int64_t drop = hi - lo + 1;
  const std::uint32_t d =
      builder_.linear(name + ": below the largest", std::move(below), {-1, {0}, {hi - lo + drop}}, 1.0);
  const std::uint32_t stays =
      builder_.lookup(name + ": not the largest", {tensor::Function::kClamp, 1.0, 1.0, {}, 0, 0, 0, 1}, d, 1.0);
  Linear rest;
  rest.acc.out_dims = storage_shape(shape);
  rest.acc.terms.push_back({1, {own(keys)}, {}});
  rest.acc.terms.push_back({drop, {own(identity_view(stays, shape, 1.0))}, {}});
  rest.acc.terms.push_back({-drop, {}, {}});
  return identity_view(builder_.linear(name + ": others", std::move(rest), {-1, {lo - drop}, {hi}}, 1.0), shape, 1.0);
}

Status Lowering::lower_top_k(const FloatNode& n) {
  const std::string name = node_name(n);
  const auto axis = static_cast<std::size_t>(n.axis);
  const std::int64_t size = shape(n.inputs[0])[axis];
  if (n.ints[0] > kMaxRounds) {
    return make_error(ErrorKind::kUnsupported, name, "expected at most {} of the largest entries, found {}", kMaxRounds,
                      n.ints[0]);
  }
  const auto bits = std::max(1U, static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(size - 1))));
  const std::int64_t top = (std::int64_t{1} << bits) - 1;
  PROOFCARD_TRY(const View x, n.exact ? leading_digits_of(n.inputs[0], kEntryKeyBits - bits, name)
                                      : view_of(n.inputs[0], choices_.is_wide(n.output) ? 0 : kEntryBits));
  // key = x * 2^bits + (top - position): among equal entries the first is the largest.
  const LinearForm form = reading(x, x.shape, name);
  Linear key;
  key.acc.out_dims = form.out_dims;
  key.acc.terms.push_back({top + 1, form.terms[0].operands, {}});
  key.acc.terms.push_back({top, {}, {}});
  if (size > 1) {
    tensor::LabelWeights position{static_cast<std::uint32_t>(out_label(x.shape, axis)), {}};
    for (std::int64_t j = 0; j < size; ++j) {
      position.values.push_back(-j);
    }
    key.acc.terms.push_back({1, {}, {std::move(position)}});
  }
  const Tensor t = builder_.tensor(x.tensor);  // a copy: tensors move when one is added
  const std::int64_t lo = std::min<std::int64_t>(t.lo, 0) * (top + 1);
  const std::int64_t hi = std::max<std::int64_t>(t.hi, 0) * (top + 1) + top;
  if (hi - lo >= std::int64_t{1} << 40) {
    return too_many_steps(name);
  }
  View keys = identity_view(builder_.linear(name + ": key", std::move(key), {-1, {lo}, {hi}}, 1.0), x.shape, 1.0);

  const Dims& out = shape(n.output);
  Linear positions;
  positions.acc.out_dims = storage_shape(out);
  positions.acc.terms.push_back({top, {}, {}});
  for (std::int64_t k = 0; k < n.ints[0]; ++k) {
    const View largest = max_over_axis(name, keys, axis);
    builder_.set_range(largest.tensor, std::min(lo, std::int64_t{0}), std::max(hi, std::int64_t{0}));
    const View low = identity_view(builder_.low_bits(name + ": position", largest.tensor, bits), largest.shape, 1.0);
    tensor::Term term{-1, reading(low, out, name).terms[0].operands, {}};
    if (out[axis] > 1) {
      tensor::LabelWeights at{static_cast<std::uint32_t>(out_label(out, axis)), {}};
      at.values.assign(static_cast<std::size_t>(out[axis]), 0);
      at.values[static_cast<std::size_t>(k)] = 1;
      term.weights.push_back(std::move(at));
    }
    positions.acc.terms.push_back(std::move(term));
    if (k + 1 < n.ints[0]) {
      keys = without_largest(name, keys, largest, lo, hi);
    }
  }
  set_view(n.output, identity_view(builder_.linear(name, std::move(positions), {-1, {0}, {top}}, 1.0), out, 1.0));
  return {};
}

}  // namespace proofcard::graph
