// Operators on rows: the entries along one axis, or along several.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/graph/float_graph/float_kernels.hpp"
#include "host/graph/float_graph/moves.hpp"

namespace proofcard::graph {
namespace {

// For every row along the axis: body(position of its first entry in x, in the result).
template <class Body>
void each_row(const FloatNode& n, const FloatTensor& x, const Dims& shape, Body&& body) {
  Dims outer = shape;
  outer[idx(n.axis)] = 1;
  const Dims from = row_major_strides(x.shape);
  const Dims to = row_major_strides(shape);
  std::vector<std::size_t> starts;
  walk(outer, to, 0, [&](auto, auto s) { starts.push_back(s); });
  walk(outer, from, 0, [&](auto i, auto s) { body(s, starts[i]); });
}

}  // namespace

FloatTensor normalise(const FloatNode& n, const std::vector<const FloatTensor*>& in, const Dims& shape) {
  FloatTensor out{shape, in[0]->data, false};
  Dims kept = shape;
  Dims row(shape.size(), 1);
  for (const std::int64_t a : n.ints) {
    row[idx(a)] = shape[idx(a)];
    kept[idx(a)] = 1;
  }
  const Dims strides = row_major_strides(shape);
  const auto size = static_cast<double>(count(row));
  walk(kept, strides, 0, [&](auto, auto base) {
    const auto each = [&](auto&& body) {
      walk(row, strides, static_cast<std::int64_t>(base), [&](auto, auto s) { body(out.data[s]); });
    };
    double mean = 0;
    double square = 0;
    each([&](float v) { mean += n.centred ? static_cast<double>(v) / size : 0.0; });
    each([&](float v) { square += (static_cast<double>(v) - mean) * (static_cast<double>(v) - mean) / size; });
    const double length = std::sqrt(square + static_cast<double>(n.alpha));
    const double scale = length > 0 ? 1.0 / length : 0.0;
    each([&](float& v) { v = static_cast<float>((static_cast<double>(v) - mean) * scale); });
  });
  if (in.size() > 1) {
    walk(shape, broadcast_strides(in[1]->shape, shape), 0, [&](auto i, auto s) { out.data[i] *= in[1]->data[s]; });
  }
  if (in.size() > 2) {
    walk(shape, broadcast_strides(in[2]->shape, shape), 0, [&](auto i, auto s) { out.data[i] += in[2]->data[s]; });
  }
  return out;
}

FloatTensor axis_map(const FloatNode& n, const FloatTensor& x, const Dims& shape) {
  FloatTensor out{shape, std::vector<float>(idx(count(shape))), false};
  const std::size_t entries = idx(x.shape[idx(n.axis)]);
  const std::size_t from = idx(row_major_strides(x.shape)[idx(n.axis)]);
  const std::size_t to = idx(row_major_strides(shape)[idx(n.axis)]);
  each_row(n, x, shape, [&](std::size_t in, std::size_t start) {
    for (std::size_t o = 0; o < idx(shape[idx(n.axis)]); ++o) {
      double sum = 0;
      for (std::size_t i = 0; i < entries; ++i) {
        sum += n.params[o * entries + i] * static_cast<double>(x.data[in + i * from]);
      }
      out.data[start + o * to] = static_cast<float>(sum);
    }
  });
  return out;
}

FloatTensor top_k(const FloatNode& n, const FloatTensor& x, const Dims& shape) {
  FloatTensor out{shape, std::vector<float>(idx(count(shape))), true};
  const std::size_t from = idx(row_major_strides(x.shape)[idx(n.axis)]);
  const std::size_t to = idx(row_major_strides(shape)[idx(n.axis)]);
  std::vector<std::size_t> order(idx(x.shape[idx(n.axis)]));
  each_row(n, x, shape, [&](std::size_t in, std::size_t start) {
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return x.data[in + a * from] > x.data[in + b * from]; });
    for (std::size_t k = 0; k < idx(n.ints[0]); ++k) {
      out.data[start + k * to] = static_cast<float>(order[k]);
    }
  });
  return out;
}

}  // namespace proofcard::graph
