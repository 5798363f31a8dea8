#include "host/graph/quantize/forms/graph_builder.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace proofcard::graph {

std::int64_t Interval::min() const { return *std::min_element(lo.begin(), lo.end()); }
std::int64_t Interval::max() const { return *std::max_element(hi.begin(), hi.end()); }

Interval sum(const Interval& a, const Interval& b) {
  if (a.label != b.label && a.label >= 0 && b.label >= 0) {
    return {-1, {a.min() + b.min()}, {a.max() + b.max()}};
  }
  Interval out = a.label >= 0 ? a : b;
  const Interval& other = a.label >= 0 ? b : a;
  for (std::size_t i = 0; i < out.lo.size(); ++i) {
    const std::size_t k = other.lo.size() == 1 ? 0 : i;
    out.lo[i] += other.lo[k];
    out.hi[i] += other.hi[k];
  }
  return out;
}

Interval times(const Interval& a, std::int64_t factor) {
  Interval out = a;
  for (std::size_t i = 0; i < out.lo.size(); ++i) {
    out.lo[i] *= factor;
    out.hi[i] *= factor;
    if (factor < 0) {
      std::swap(out.lo[i], out.hi[i]);
    }
  }
  return out;
}

Interval requantised(const Interval& acc, const std::vector<std::int64_t>& multiplier, unsigned shift) {
  Interval out = acc;
  const std::int64_t half = shift == 0 ? 0 : std::int64_t{1} << (shift - 1);
  for (std::size_t i = 0; i < out.lo.size(); ++i) {
    const std::int64_t m = multiplier.size() == 1 ? multiplier[0] : multiplier[i];
    out.lo[i] = (m * out.lo[i] + half) >> shift;
    out.hi[i] = (m * out.hi[i] + half) >> shift;
  }
  return out;
}

Interval rounded_outwards(const Interval& range) {
  const std::int64_t lo = std::min<std::int64_t>(range.min(), 0);
  const std::int64_t hi = std::max<std::int64_t>(range.max(), 0);
  const auto bits =
      std::max({std::bit_width(static_cast<std::uint64_t>(-(lo + 1) > 0 ? -(lo + 1) : 0)),
                std::bit_width(static_cast<std::uint64_t>(hi)), decltype(std::bit_width(0UL)){kMinHiddenRangeBits}});
  const std::int64_t top = std::int64_t{1} << bits;
  return {-1, {lo < 0 ? -top : 0}, {top - 1}};
}

std::uint32_t GraphBuilder::add_tensor(std::string name, Shape shape, TensorKind kind, std::int64_t lo, std::int64_t hi,
                                       double scale) {
  graph_.tensors.push_back({std::move(name), std::move(shape), kind, lo, hi, scale, {}});
  return static_cast<std::uint32_t>(graph_.tensors.size() - 1);
}

std::uint32_t GraphBuilder::add_weight(std::string name, Shape shape, IntVector data, double scale) {
  const IntType type = data.type();
  const std::uint32_t id =
      add_tensor(std::move(name), std::move(shape), TensorKind::kWeight, int_type_min(type), int_type_max(type), scale);
  graph_.tensors[id].data = std::move(data);
  return id;
}

std::uint32_t GraphBuilder::add_shared_weight(std::string name, IntVector data, const WeightUse& use) {
  // Factors of two steps with the same scales are products in another order.
  const auto close = [](double a, double b) { return std::abs(a - b) <= 1e-9 * std::abs(a); };
  for (const auto& [id, other] : shared_) {
    if (other.source == use.source && other.shape == use.shape && other.multiplier == use.multiplier &&
        close(other.factor, use.factor) && close(other.scale, use.scale) &&
        graph_.tensors[id].data.type() == data.type()) {
      return id;
    }
  }
  const std::uint32_t id = add_weight(std::move(name), use.shape, std::move(data), use.scale);
  shared_.emplace_back(id, use);
  return id;
}

std::uint32_t GraphBuilder::linear(const std::string& name, Linear node, const Interval& range, double scale) {
  const Interval result = requantised(range, node.multiplier, node.shift);
  return linear_within(name, std::move(node), result, scale);
}

std::uint32_t GraphBuilder::linear_within(const std::string& name, Linear node, const Interval& result, double scale) {
  node.out = add_tensor(name, node.acc.out_dims, TensorKind::kIntermediate, result.min(), result.max(), scale);
  graph_.nodes.push_back({name, std::move(node)});
  return static_cast<std::uint32_t>(graph_.tensors.size() - 1);
}

std::uint32_t GraphBuilder::lookup(const std::string& name, tensor::TableSpec table, std::uint32_t in, double scale) {
  const Tensor& x = graph_.tensors[in];
  table.lo = x.lo;
  table.rows =
      static_cast<std::uint32_t>(std::min<std::int64_t>(x.hi - x.lo + 1, UINT32_MAX));  // more are refused later
  Lookup node{table, in, 0};
  node.out = add_tensor(name, Shape(x.shape), TensorKind::kIntermediate, table.out_lo, table.out_hi, scale);
  const std::uint32_t out = node.out;
  graph_.nodes.push_back({name, std::move(node)});
  return out;
}

std::uint32_t GraphBuilder::max(const std::string& name, tensor::Operand a, tensor::Operand b, Shape shape,
                                double scale) {
  const Tensor& x = graph_.tensors[a.tensor];
  const Tensor& y = graph_.tensors[b.tensor];
  // An operand that may read outside its tensor reads 0 there.
  const std::int64_t lo = std::min(std::max(x.lo, y.lo), std::int64_t{0});
  const std::int64_t hi = std::max({x.hi, y.hi, std::int64_t{0}});
  const std::uint32_t out = add_tensor(name, std::move(shape), TensorKind::kIntermediate, lo, hi, scale);
  graph_.nodes.push_back({name, Max{std::move(a), std::move(b), out}});
  return out;
}

std::uint32_t GraphBuilder::divide(const std::string& name, tensor::Operand numerator, tensor::Operand denominator,
                                   unsigned shift, Shape shape, std::int64_t hi, double scale) {
  const std::uint32_t out = add_tensor(name, std::move(shape), TensorKind::kIntermediate, 0, hi, scale);
  graph_.nodes.push_back({name, Divide{std::move(numerator), std::move(denominator), shift, out}});
  return out;
}

std::uint32_t GraphBuilder::square_root(const std::string& name, std::uint32_t in, double scale) {
  const Tensor& x = graph_.tensors[in];
  const auto hi = static_cast<std::int64_t>(std::sqrt(static_cast<double>(x.hi))) + 1;
  const std::uint32_t out = add_tensor(name, Shape(x.shape), TensorKind::kIntermediate, 0, hi, scale);
  graph_.nodes.push_back({name, SquareRoot{in, out}});
  return out;
}

std::uint32_t GraphBuilder::low_bits(const std::string& name, std::uint32_t in, unsigned bits) {
  const std::uint32_t out = add_tensor(name, Shape(graph_.tensors[in].shape), TensorKind::kIntermediate, 0,
                                       (std::int64_t{1} << bits) - 1, 1.0);
  graph_.nodes.push_back({name, LowBits{in, bits, out}});
  return out;
}

std::uint32_t GraphBuilder::select(const std::string& name, Select node, std::int64_t lo, std::int64_t hi) {
  node.out = add_tensor(name, node.index.out_dims, TensorKind::kIntermediate, lo, hi, graph_.tensors[node.data].scale);
  const std::uint32_t out = node.out;
  graph_.nodes.push_back({name, std::move(node)});
  return out;
}

void GraphBuilder::set_range(std::uint32_t id, std::int64_t lo, std::int64_t hi) {
  graph_.tensors[id].lo = lo;
  graph_.tensors[id].hi = hi;
}

View GraphBuilder::materialised(const std::string& name, const View& view) {
  return is_row_major(view, graph_.tensors[view.tensor].shape) ? view : copy(name, view);
}

View GraphBuilder::exact(const std::string& name, const View& view) {
  const Shape& shape = graph_.tensors[view.tensor].shape;
  const bool same = shape == storage_shape(view.shape) && is_row_major(view, shape);
  return same ? identity_view(view.tensor, view.shape, view.scale) : copy(name, view);
}

View GraphBuilder::copy(const std::string& name, const View& view) {
  const Tensor& from = graph_.tensors[view.tensor];
  Linear node;
  node.acc.out_dims = storage_shape(view.shape);
  const std::size_t skip = view.shape.size() - node.acc.out_dims.size();
  std::vector<AxisMap> maps(view.shape.size());
  for (std::size_t a = skip; a < maps.size(); ++a) {
    maps[a].labels.push_back({static_cast<std::uint32_t>(a - skip), 1});
  }
  node.acc.terms.push_back({1, {read_view(view, maps)}, {}});
  const Interval range{-1, {std::min<std::int64_t>(from.lo, 0)}, {std::max<std::int64_t>(from.hi, 0)}};
  return identity_view(linear(name + ": copy", std::move(node), range, view.scale), view.shape, view.scale);
}

}  // namespace proofcard::graph
