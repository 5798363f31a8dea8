// One-hot rows: with them a matrix product chooses the row of a table that an index names.
#include <bit>

#include "host/base/check.hpp"
#include "host/graph/quantize/lowering/lowering.hpp"

namespace proofcard::graph {

// An axis v of n entries: 1 - min(|x - v|, 1). The index is an exact integer, so of the n entries exactly one is 1 when it
// is in [0, n), and none when it is not.
Result<View> Lowering::one_hot(const std::string& name, const View& x, std::int64_t places) {
  Dims out = x.shape;
  out.push_back(places);
  const Tensor index = builder_.tensor(x.tensor);  // a copy: tensors move when one is added
  if (index.hi - index.lo > (std::int64_t{1} << 24)) {
    return make_error(ErrorKind::kUnsupported, name, "expected indices within 2^24 of each other, found [{}, {}]",
                      index.lo, index.hi);
  }

  // The index at every place, without the new axis.
  std::vector<AxisMap> maps(x.shape.size());
  const std::vector<AxisMap> all = out_maps(out);
  for (std::size_t a = 0; a < maps.size(); ++a) {
    maps[a] = all[a];
  }
  Linear distance;
  distance.acc.out_dims = storage_shape(out);
  distance.acc.terms.push_back({1, {read_view(x, maps)}, {}});
  if (places > 1) {
    tensor::LabelWeights numbers{static_cast<std::uint32_t>(out_label(out, out.size() - 1)), {}};
    for (std::int64_t v = 0; v < places; ++v) {
      numbers.values.push_back(v);
    }
    distance.acc.terms.push_back({-1, {}, {std::move(numbers)}});
  }
  const std::uint32_t d =
      builder_.linear(name + ": distance", std::move(distance), {-1, {index.lo - (places - 1)}, {index.hi}}, 1.0);
  const std::uint32_t other =
      builder_.lookup(name + ": another place", {tensor::Function::kAbs, 1.0, 1.0, {}, 0, 0, 0, 1}, d, 1.0);
  Linear same;
  same.acc.out_dims = storage_shape(out);
  same.acc.terms.push_back({-1, reading(identity_view(other, out, 1.0), out, name).terms[0].operands, {}});
  same.acc.terms.push_back({1, {}, {}});
  return identity_view(builder_.linear(name, std::move(same), {-1, {0}, {1}}, 1.0), out, 1.0);
}

// The entry of the high and the low part: what is looked up is as long as the two, not as their product.
Result<View> Lowering::one_hot_of_parts(const std::string& name, const View& x, std::int64_t high_places,
                                        std::int64_t low_places) {
  const ExactArithmetic exact(builder_, name, x.shape);
  const auto bits = static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(low_places)) - 1);
  PROOFCARD_TRY(const View high, exact.shifted("high part", {{1, {x}}}, 0, bits));
  PROOFCARD_TRY(const View low,
                exact.sum("low part", {{1, {x}}, {-low_places, {high}}}, 0, Interval{-1, {0}, {low_places - 1}}));
  PROOFCARD_TRY(const View rows, one_hot(name + ": high", high, high_places));
  PROOFCARD_TRY(const View columns, one_hot(name + ": low", low, low_places));
  Dims both = x.shape;
  both.insert(both.end(), {high_places, low_places});
  std::vector<AxisMap> maps = out_maps(both);
  const AxisMap low_map = maps.back();
  maps.pop_back();
  Linear product;
  product.acc.out_dims = storage_shape(both);
  product.acc.terms.push_back({1, {read_view(rows, maps)}, {}});
  maps.back() = low_map;
  product.acc.terms[0].operands.push_back(read_view(columns, maps));
  const View hot = identity_view(builder_.linear(name, std::move(product), {-1, {0}, {1}}, 1.0), both, 1.0);
  Dims flat = x.shape;
  flat.push_back(high_places * low_places);
  const std::optional<View> view = reshape_view(hot, flat, tensor_shape(hot));
  PROOFCARD_CHECK(view.has_value());
  return *view;
}

Status Lowering::lower_one_hot(const FloatNode& n) {
  const std::string name = node_name(n);
  if (!is_whole(n.inputs[0])) {
    return make_error(ErrorKind::kUnsupported, name, "its indices must be integers");
  }
  PROOFCARD_TRY(const View x, pending(n.inputs[0]) ? raw_view_of(n.inputs[0]) : view_of(n.inputs[0]));
  if (x.scale != 1.0) {
    return make_error(ErrorKind::kUnsupported, name, "expected indices with scale 1, found {}", x.scale);
  }
  const std::int64_t low = one_hot_low_places(n.ints[0]);
  const bool splits = low > 1 && n.ints[0] % low == 0;
  PROOFCARD_TRY(View hot, splits ? one_hot_of_parts(name, x, n.ints[0] / low, low) : one_hot(name, x, n.ints[0]));
  one_hot_.insert(hot.tensor);
  set_view(n.output, std::move(hot));
  return {};
}

}  // namespace proofcard::graph
