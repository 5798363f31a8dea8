// A constant matrix along one axis: resampling, and sums with weights that are architecture. The numbers stand in the circuit,
// unlike those of a product with weights.
#include <algorithm>
#include <cmath>

#include "host/graph/quantize/lowering/lowering.hpp"

namespace proofcard::graph {
namespace {

constexpr unsigned kFractionBits = 14;
constexpr double kMaxFactor = 1 << 16;
constexpr std::int64_t kMaxEntries = 256;  // one term each

}  // namespace

// result[o] = sum over j of round(2^14 * matrix[o][j]) * x[j], rounded to the scale of x.
Status Lowering::lower_axis_map(const FloatNode& n) {
  PROOFCARD_TRY(const View x, view_of(n.inputs[0]));
  const Dims& out = shape(n.output);
  const auto axis = static_cast<std::size_t>(n.axis);
  const std::int64_t entries = x.shape[axis];
  const auto rows = static_cast<std::size_t>(out[axis]);
  if (entries > kMaxEntries) {
    return make_error(ErrorKind::kUnsupported, node_name(n), "expected at most {} entries along axis {}, found {}",
                      kMaxEntries, axis, entries);
  }
  const Tensor& t = builder_.tensor(x.tensor);
  const std::int64_t lo = std::min<std::int64_t>(t.lo, 0);
  const std::int64_t hi = std::max<std::int64_t>(t.hi, 0);
  Linear map;
  map.acc.out_dims = storage_shape(out);
  map.shift = kFractionBits;
  Interval range{-1, {0}, {0}};
  std::vector<std::int64_t> least(rows, 0);
  std::vector<std::int64_t> most(rows, 0);
  for (std::int64_t j = 0; j < entries; ++j) {
    std::vector<std::int64_t> column;
    for (std::size_t o = 0; o < rows; ++o) {
      const double factor = n.params[o * static_cast<std::size_t>(entries) + static_cast<std::size_t>(j)];
      if (!(std::abs(factor) <= kMaxFactor)) {
        return make_error(ErrorKind::kUnsupported, node_name(n), "expected factors within {}, found a larger one",
                          kMaxFactor);
      }
      column.push_back(static_cast<std::int64_t>(std::floor(std::ldexp(factor, kFractionBits) + 0.5)));
      least[o] += std::min(column[o] * lo, column[o] * hi);
      most[o] += std::max(column[o] * lo, column[o] * hi);
    }
    if (std::all_of(column.begin(), column.end(), [](std::int64_t w) { return w == 0; })) {
      continue;
    }
    std::vector<AxisMap> maps = out_maps(out);
    maps[axis] = {j, {}};
    tensor::Term term{1, {read_view(x, maps)}, {}};
    if (rows == 1) {
      term.coefficient = column[0];
    } else {
      term.weights.push_back({static_cast<std::uint32_t>(out_label(out, axis)), std::move(column)});
    }
    map.acc.terms.push_back(std::move(term));
  }
  if (map.acc.terms.empty()) {
    map.acc.terms.push_back({0, {}, {}});
  }
  range.lo = {*std::min_element(least.begin(), least.end())};
  range.hi = {*std::max_element(most.begin(), most.end())};
  set_view(n.output, identity_view(builder_.linear(node_name(n), std::move(map), range, x.scale), out, x.scale));
  return {};
}

}  // namespace proofcard::graph
