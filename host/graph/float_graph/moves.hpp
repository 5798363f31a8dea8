// Operators that move values without changing them, on values of any type: the executor moves floats, the importer folds
// integers exactly.
//
// Shape: row-major; dimensions of 0 are allowed. Pre: infer_shape accepted the node and gave `shape`.
#pragma once

#include <algorithm>
#include <vector>

#include "host/base/check.hpp"
#include "host/graph/float_graph/float_graph.hpp"

namespace proofcard::graph {

inline bool is_move(FloatOp op) {
  return op == FloatOp::kReshape || op == FloatOp::kTranspose || op == FloatOp::kSlice || op == FloatOp::kPad ||
         op == FloatOp::kConcat || op == FloatOp::kGather;
}

inline Dims row_major_strides(const Dims& shape) {
  Dims strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) {
    strides[i - 1] = strides[i] * shape[i];
  }
  return strides;
}

// Strides that read x as if it had `shape` (numpy broadcasting).
inline Dims broadcast_strides(const Dims& x, const Dims& shape) {
  const Dims own = row_major_strides(x);
  Dims strides(shape.size(), 0);
  for (std::size_t i = 0; i < x.size(); ++i) {
    strides[shape.size() - x.size() + i] = x[i] == 1 ? 0 : own[i];
  }
  return strides;
}

// Calls body(output position, source position) for every cell of `shape`; the source moves by strides[i] along axis i.
template <class Body>
void walk(const Dims& shape, const Dims& strides, std::int64_t start, Body&& body) {
  Dims at(shape.size(), 0);
  std::int64_t source = start;
  const std::int64_t total = count(shape);
  for (std::int64_t i = 0; i < total; ++i) {
    body(static_cast<std::size_t>(i), static_cast<std::size_t>(source));
    for (std::size_t a = shape.size(); a-- > 0;) {
      source += strides[a];
      if (++at[a] < shape[a]) {
        break;
      }
      source -= strides[a] * shape[a];
      at[a] = 0;
    }
  }
}

template <class T>
struct MoveOperand {
  const Dims& shape;
  const std::vector<T>& data;
};

namespace moves {

template <class T>
std::vector<T> read(const MoveOperand<T>& x, const Dims& shape, const Dims& strides, std::int64_t start) {
  std::vector<T> out(static_cast<std::size_t>(count(shape)));
  walk(shape, strides, start, [&](auto i, auto s) { out[i] = x.data[s]; });
  return out;
}

template <class T>
std::vector<T> slice(const FloatNode& n, const MoveOperand<T>& x, const Dims& shape) {
  Dims strides = row_major_strides(x.shape);
  std::int64_t start = 0;
  for (std::size_t i = 0; i < strides.size(); ++i) {
    start += n.ints[i] * strides[i];
    strides[i] *= n.ints[strides.size() + i];
  }
  return read(x, shape, strides, start);
}

template <class T>
std::vector<T> transpose(const FloatNode& n, const MoveOperand<T>& x, const Dims& shape) {
  const Dims own = row_major_strides(x.shape);
  Dims strides;
  for (std::int64_t axis : n.ints) {
    strides.push_back(own[static_cast<std::size_t>(axis)]);
  }
  return read(x, shape, strides, 0);
}

template <class T>
std::vector<T> pad(const FloatNode& n, const MoveOperand<T>& x, const Dims& shape) {
  std::vector<T> out(static_cast<std::size_t>(count(shape)), static_cast<T>(n.alpha));
  const Dims strides = row_major_strides(shape);
  std::int64_t start = 0;
  for (std::size_t i = 0; i < strides.size(); ++i) {
    start += n.ints[i] * strides[i];
  }
  walk(x.shape, strides, start, [&](auto i, auto s) { out[s] = x.data[i]; });
  return out;
}

template <class T>
std::vector<T> concat(const FloatNode& n, const std::vector<MoveOperand<T>>& in, const Dims& shape) {
  std::vector<T> out(static_cast<std::size_t>(count(shape)));
  const Dims strides = row_major_strides(shape);
  const auto axis = static_cast<std::size_t>(n.axis);
  std::int64_t start = 0;
  for (const MoveOperand<T>& x : in) {
    walk(x.shape, strides, start, [&](auto i, auto s) { out[s] = x.data[i]; });
    start += strides[axis] * x.shape[axis];
  }
  return out;
}

// x as [outer, entries, inner], of which whole runs of `inner` values are copied.
template <class T>
std::vector<T> gather(const FloatNode& n, const MoveOperand<T>& x, const Dims& shape) {
  std::vector<T> out(static_cast<std::size_t>(count(shape)));
  const auto axis = static_cast<std::size_t>(n.axis);
  const std::int64_t inner = row_major_strides(x.shape)[axis];
  const std::int64_t outer = count(Dims(shape.begin(), shape.begin() + n.axis));
  auto to = out.begin();
  for (std::int64_t o = 0; o < outer; ++o) {
    for (const std::int64_t entry : n.ints) {
      to = std::copy_n(x.data.begin() + (o * x.shape[axis] + entry) * inner, inner, to);
    }
  }
  return out;
}

}  // namespace moves

// The values after the move. Pre: is_move(n.op).
template <class T>
std::vector<T> moved(const FloatNode& n, const std::vector<MoveOperand<T>>& in, const Dims& shape) {
  PROOFCARD_CHECK(is_move(n.op));
  if (n.op == FloatOp::kReshape) {
    return in[0].data;
  }
  if (n.op == FloatOp::kTranspose) {
    return moves::transpose(n, in[0], shape);
  }
  if (n.op == FloatOp::kSlice) {
    return moves::slice(n, in[0], shape);
  }
  if (n.op == FloatOp::kPad) {
    return moves::pad(n, in[0], shape);
  }
  return n.op == FloatOp::kConcat ? moves::concat(n, in, shape) : moves::gather(n, in[0], shape);
}

}  // namespace proofcard::graph
