#include <algorithm>
#include <limits>

#include "host/base/check.hpp"
#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/float_graph/trees.hpp"

namespace proofcard::graph {
namespace {

constexpr std::int64_t kMaxAttribute = std::int64_t{1} << 24;
constexpr std::int64_t kMaxPatches = std::int64_t{1} << 28;  // the executor lays the patches of a convolution out

Result<Dims> checked(Dims dims, const std::string& where) {
  std::int64_t total = 1;
  for (std::int64_t d : dims) {
    if (d < 0 || d > kMaxElements || (total *= d) > kMaxElements) {
      return bad_input(where, "expected an output of at most {} elements, found shape [{}]", kMaxElements,
                       fmt::join(dims, ", "));
    }
  }
  return dims;
}

Result<Dims> broadcast(const Dims& a, const Dims& b, const std::string& where) {
  Dims out(std::max(a.size(), b.size()), 1);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t from_end = out.size() - i;
    const std::int64_t da = from_end <= a.size() ? a[a.size() - from_end] : 1;
    const std::int64_t db = from_end <= b.size() ? b[b.size() - from_end] : 1;
    if (da != db && da != 1 && db != 1) {
      return bad_input(where, "expected shapes that broadcast, found [{}] and [{}]", fmt::join(a, ", "),
                       fmt::join(b, ", "));
    }
    out[i] = da == 1 ? db : da;
  }
  return checked(std::move(out), where);
}

bool in_range(const Dims& values, std::size_t size, std::int64_t low) {
  return values.size() == size &&
         std::all_of(values.begin(), values.end(), [&](std::int64_t v) { return v >= low && v <= kMaxAttribute; });
}

// Strides, dilations and pads of a convolution or pool over `spatial` axes.
Status check_window(const FloatNode& n, std::size_t spatial, const std::string& where) {
  if (!in_range(n.strides, spatial, 1) || !in_range(n.dilations, spatial, 1) || !in_range(n.pads, 2 * spatial, 0) ||
      !in_range(n.kernel, spatial, 1)) {
    return bad_input(where,
                     "expected {} kernel sizes, strides and dilations from 1 to {} and {} pads from 0, found "
                     "kernel [{}], strides [{}], dilations [{}], pads [{}]",
                     spatial, kMaxAttribute, 2 * spatial, fmt::join(n.kernel, ", "), fmt::join(n.strides, ", "),
                     fmt::join(n.dilations, ", "), fmt::join(n.pads, ", "));
  }
  return {};
}

Result<Dims> window_shape(const FloatNode& n, const Dims& x, std::int64_t channels, const std::string& where) {
  const std::size_t spatial = x.size() - 2;
  PROOFCARD_RETURN_IF_ERROR(check_window(n, spatial, where));
  Dims out{x[0], channels};
  for (std::size_t i = 0; i < spatial; ++i) {
    const std::int64_t padded = x[2 + i] + n.pads[i] + n.pads[spatial + i];
    const std::int64_t extent = n.dilations[i] * (n.kernel[i] - 1) + 1;
    if (extent > padded) {
      return bad_input(where, "expected a window of at most {} cells along spatial axis {}, found {}", padded, i,
                       extent);
    }
    out.push_back((padded - extent) / n.strides[i] + 1);
  }
  return checked(std::move(out), where);
}

Result<Dims> conv_shape(const FloatNode& n, const std::vector<Dims>& in, const std::string& where) {
  const Dims& x = in[0];
  const Dims& w = in[1];
  if (x.size() < 3 || w.size() != x.size()) {
    return bad_input(where, "expected an input of rank 3 or more and weights of the same rank, found ranks {} and {}",
                     x.size(), w.size());
  }
  const bool transposed = n.op == FloatOp::kConvTranspose;
  if (n.group < 1 || n.group > kMaxAttribute || w[0] % n.group != 0 ||
      (transposed ? w[0] != x[1] : (w[1] > kMaxElements / n.group || w[1] * n.group != x[1])) ||
      !std::equal(n.kernel.begin(), n.kernel.end(), w.begin() + 2, w.end())) {
    return bad_input(where, "weights of shape [{}], kernel [{}] and {} groups do not fit an input of shape [{}]",
                     fmt::join(w, ", "), fmt::join(n.kernel, ", "), n.group, fmt::join(x, ", "));
  }
  const std::int64_t channels = transposed ? w[1] * n.group : w[0];
  if (in.size() > 2 && in[2] != Dims{channels}) {
    return bad_input(where, "expected a bias of shape [{}], found [{}]", channels, fmt::join(in[2], ", "));
  }
  if (!transposed) {
    PROOFCARD_TRY(Dims out, window_shape(n, x, channels, where));
    if (count(w) / w[0] > kMaxPatches / (count(out) / out[0] / out[1])) {
      return bad_input(where, "expected at most {} products an output channel, found more", kMaxPatches);
    }
    return out;
  }
  const std::size_t spatial = x.size() - 2;
  PROOFCARD_RETURN_IF_ERROR(check_window(n, spatial, where));
  if (!in_range(n.ints, spatial, 0)) {
    return bad_input(where, "expected {} output paddings of at least 0", spatial);
  }
  Dims out{x[0], channels};
  for (std::size_t i = 0; i < spatial; ++i) {
    out.push_back(n.strides[i] * (x[2 + i] - 1) + n.ints[i] + n.dilations[i] * (n.kernel[i] - 1) + 1 - n.pads[i] -
                  n.pads[spatial + i]);
  }
  return checked(std::move(out), where);
}

Result<Dims> matmul_shape(const std::vector<Dims>& in, const std::string& where) {
  Dims a = in[0];
  Dims b = in[1];
  const bool vector_a = a.size() == 1;
  const bool vector_b = b.size() == 1;
  if (a.empty() || b.empty()) {
    return bad_input(where, "expected operands of rank 1 or more, found a scalar");
  }
  if (vector_a) a.insert(a.begin(), 1);
  if (vector_b) b.push_back(1);
  if (a.back() != b[b.size() - 2]) {
    return bad_input(where, "expected equal contracted dimensions, found shapes [{}] and [{}]", fmt::join(in[0], ", "),
                     fmt::join(in[1], ", "));
  }
  PROOFCARD_TRY(Dims out, broadcast(Dims(a.begin(), a.end() - 2), Dims(b.begin(), b.end() - 2), where));
  if (!vector_a) out.push_back(a[a.size() - 2]);
  if (!vector_b) out.push_back(b.back());
  return checked(std::move(out), where);
}

Result<Dims> reduced_shape(const FloatNode& n, const Dims& x, const Dims& axes, const std::string& where) {
  Dims out;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (std::find(axes.begin(), axes.end(), static_cast<std::int64_t>(i)) == axes.end()) {
      out.push_back(x[i]);
    } else if (n.keep_dims) {
      out.push_back(1);
    }
  }
  for (std::int64_t a : axes) {
    if (a < 0 || a >= static_cast<std::int64_t>(x.size())) {
      return bad_input(where, "expected an axis in [0, {}), found {}", x.size(), a);
    }
  }
  return checked(std::move(out), where);
}

Status check_axis(std::int64_t axis, const Dims& x, const std::string& where) {
  if (axis < 0 || axis >= static_cast<std::int64_t>(x.size())) {
    return bad_input(where, "expected an axis in [0, {}), found {}", x.size(), axis);
  }
  return {};
}

Result<Dims> slice_shape(const FloatNode& n, const Dims& x, const std::string& where) {
  const std::size_t rank = x.size();
  if (n.ints.size() != 3 * rank) {
    return bad_input(where, "expected a start, step and count for each of {} axes", rank);
  }
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t start = n.ints[i];
    const std::int64_t step = n.ints[rank + i];
    const std::int64_t num = n.ints[2 * rank + i];
    const bool small = std::abs(step) <= kMaxElements && num >= 0 && num <= kMaxElements;
    const bool inside =
        num == 0 || (start >= 0 && start < x[i] && start + step * (num - 1) >= 0 && start + step * (num - 1) < x[i]);
    if (!small || !inside) {
      return bad_input(where, "expected a slice inside axis {} of {} entries", i, x[i]);
    }
  }
  return checked(Dims(n.ints.begin() + 2 * static_cast<std::ptrdiff_t>(rank), n.ints.end()), where);
}

Result<Dims> concat_shape(const FloatNode& n, const std::vector<Dims>& in, const std::string& where) {
  PROOFCARD_RETURN_IF_ERROR(check_axis(n.axis, in[0], where));
  Dims out = in[0];
  const auto axis = static_cast<std::size_t>(n.axis);
  out[axis] = 0;
  for (const Dims& d : in) {
    Dims same = d;
    if (d.size() == out.size()) {
      same[axis] = out[axis];
    }
    if (same != out) {
      return bad_input(where, "expected inputs that differ along axis {} only, found [{}] and [{}]", axis,
                       fmt::join(in[0], ", "), fmt::join(d, ", "));
    }
    out[axis] += d[axis];
  }
  return checked(std::move(out), where);
}

}  // namespace

std::int64_t count(const Dims& dims) {
  std::int64_t total = 1;
  for (std::int64_t d : dims) {
    total *= d;
  }
  return total;
}

Result<Dims> infer_shape(const FloatNode& n, const std::vector<Dims>& in, const std::string& where) {
  const Dims& x = in[0];
  switch (n.op) {
    case FloatOp::kConv:
    case FloatOp::kConvTranspose:
      return conv_shape(n, in, where);
    case FloatOp::kMatMul:
      return matmul_shape(in, where);
    case FloatOp::kAdd:
    case FloatOp::kSub:
    case FloatOp::kMul:
    case FloatOp::kDiv:
    case FloatOp::kMaximum:
    case FloatOp::kEqual:
    case FloatOp::kLess:
    case FloatOp::kLessEqual:
    case FloatOp::kAnd:
    case FloatOp::kOr:
    case FloatOp::kXor:
    case FloatOp::kIntegerDivide:
    case FloatOp::kModulo:
    case FloatOp::kIntegerPower:
    case FloatOp::kBitAnd:
    case FloatOp::kBitOr:
    case FloatOp::kBitXor:
    case FloatOp::kShiftLeft:
    case FloatOp::kShiftRight:
      return broadcast(x, in[1], where);
    case FloatOp::kWhere: {
      PROOFCARD_TRY(const Dims chosen, broadcast(in[1], in[2], where));
      return broadcast(x, chosen, where);
    }
    case FloatOp::kMaxPool:
    case FloatOp::kAveragePool: {
      if (x.size() < 3) {
        return bad_input(where, "expected an input of rank 3 or more, found rank {}", x.size());
      }
      return window_shape(n, x, x[1], where);
    }
    case FloatOp::kReduceSum:
    case FloatOp::kReduceMean:
    case FloatOp::kReduceMax:
      return reduced_shape(n, x, n.ints, where);
    case FloatOp::kArgMax:
      return reduced_shape(n, x, {n.axis}, where);
    case FloatOp::kBatchNorm: {
      if (x.size() < 2) {
        return bad_input(where, "expected an input of rank 2 or more, found rank {}", x.size());
      }
      for (std::size_t i = 1; i < 5; ++i) {
        if (in[i] != Dims{x[1]}) {
          return bad_input(where, "expected parameters of shape [{}], found [{}]", x[1], fmt::join(in[i], ", "));
        }
      }
      return x;
    }
    case FloatOp::kNormalise: {
      for (const std::int64_t axis : n.ints) {
        PROOFCARD_RETURN_IF_ERROR(check_axis(axis, x, where));
      }
      for (std::size_t i = 1; i < in.size(); ++i) {
        PROOFCARD_TRY(Dims out, broadcast(x, in[i], where));
        if (out != x) {
          return bad_input(where, "expected parameters that broadcast to [{}], found [{}]", fmt::join(x, ", "),
                           fmt::join(in[i], ", "));
        }
      }
      return x;
    }
    case FloatOp::kReshape: {
      PROOFCARD_TRY(Dims out, checked(n.ints, where));
      if (count(out) != count(x)) {
        return bad_input(where, "cannot reshape [{}] to [{}]", fmt::join(x, ", "), fmt::join(out, ", "));
      }
      return out;
    }
    case FloatOp::kTranspose: {
      Dims sorted = n.ints;
      std::sort(sorted.begin(), sorted.end());
      Dims out;
      for (std::size_t i = 0; i < sorted.size(); ++i) {
        if (sorted.size() != x.size() || sorted[i] != static_cast<std::int64_t>(i)) {
          return bad_input(where, "expected a permutation of {} axes, found [{}]", x.size(), fmt::join(n.ints, ", "));
        }
        out.push_back(x[static_cast<std::size_t>(n.ints[i])]);
      }
      if (out.size() != x.size()) {
        return bad_input(where, "expected a permutation of {} axes, found none", x.size());
      }
      return out;
    }
    case FloatOp::kSlice:
      return slice_shape(n, x, where);
    case FloatOp::kPad: {
      if (!in_range(n.ints, 2 * x.size(), 0)) {
        return bad_input(where, "expected {} pads from 0 to {}, found [{}]", 2 * x.size(), kMaxAttribute,
                         fmt::join(n.ints, ", "));
      }
      Dims out = x;
      for (std::size_t i = 0; i < x.size(); ++i) {
        out[i] += n.ints[i] + n.ints[x.size() + i];
      }
      return checked(std::move(out), where);
    }
    case FloatOp::kConcat:
      return concat_shape(n, in, where);
    case FloatOp::kGather: {
      PROOFCARD_RETURN_IF_ERROR(check_axis(n.axis, x, where));
      Dims out = x;
      out[static_cast<std::size_t>(n.axis)] = static_cast<std::int64_t>(n.ints.size());
      for (std::int64_t i : n.ints) {
        if (i < 0 || i >= x[static_cast<std::size_t>(n.axis)]) {
          return bad_input(where, "expected indices in [0, {}), found {}", x[static_cast<std::size_t>(n.axis)], i);
        }
      }
      return checked(std::move(out), where);
    }
    case FloatOp::kAxisMap: {
      PROOFCARD_RETURN_IF_ERROR(check_axis(n.axis, x, where));
      Dims out = x;
      const auto from = static_cast<std::size_t>(x[static_cast<std::size_t>(n.axis)]);
      if (from == 0 || n.params.empty() || n.params.size() % from != 0) {
        return bad_input(where, "expected rows of {} numbers, found {}", from, n.params.size());
      }
      out[static_cast<std::size_t>(n.axis)] = static_cast<std::int64_t>(n.params.size() / from);
      return checked(std::move(out), where);
    }
    case FloatOp::kTopK: {
      PROOFCARD_RETURN_IF_ERROR(check_axis(n.axis, x, where));
      Dims out = x;
      if (n.ints.size() != 1 || n.ints[0] < 0 || n.ints[0] > x[static_cast<std::size_t>(n.axis)]) {
        return bad_input(where, "expected at most {} of the largest entries, found another number",
                         x[static_cast<std::size_t>(n.axis)]);
      }
      out[static_cast<std::size_t>(n.axis)] = n.ints[0];
      return out;
    }
    case FloatOp::kTrees:
      return trees_shape(n, in, where);
    case FloatOp::kIntegerMap:
      if (n.ints.size() % 2 == 0 || n.ints.size() < 3) {
        return bad_input(where, "expected a value for each key and one more, found {} numbers", n.ints.size());
      }
      return x;
    case FloatOp::kRowNorm:
      if (x.empty() || n.ints.size() != 1 || n.ints[0] < 1 || n.ints[0] > 2) {
        return bad_input(where, "expected rows and a power of 1 or 2, found others");
      }
      return x;
    case FloatOp::kOneHot: {
      if (n.ints.size() != 1 || n.ints[0] < 1 || n.ints[0] > kMaxAttribute) {
        return bad_input(where, "expected 1 to {} places, found another number", kMaxAttribute);
      }
      Dims out = x;
      out.push_back(n.ints[0]);
      return checked(std::move(out), where);
    }
    case FloatOp::kSoftmax:
      PROOFCARD_RETURN_IF_ERROR(check_axis(n.axis, x, where));
      if (in.size() > 1) {
        PROOFCARD_TRY(const Dims out, broadcast(x, in[1], where));
        if (out != x) {
          return bad_input(where, "expected a mask that broadcasts to [{}], found [{}]", fmt::join(x, ", "),
                           fmt::join(in[1], ", "));
        }
      }
      return x;
    case FloatOp::kRelu:
    case FloatOp::kLeakyRelu:
    case FloatOp::kClip:
    case FloatOp::kSigmoid:
    case FloatOp::kTanh:
    case FloatOp::kElu:
    case FloatOp::kHardSigmoid:
    case FloatOp::kHardSwish:
    case FloatOp::kGelu:
    case FloatOp::kGeluTanh:
    case FloatOp::kErf:
    case FloatOp::kExp:
    case FloatOp::kSqrt:
    case FloatOp::kSoftplus:
    case FloatOp::kAbs:
    case FloatOp::kSquare:
    case FloatOp::kReciprocal:
    case FloatOp::kFunction:
    case FloatOp::kAbove:
    case FloatOp::kFakeQuantize:
    case FloatOp::kQuantised:
    case FloatOp::kTruncate:
    case FloatOp::kNot:
    case FloatOp::kWrap:
      return x;
    case FloatOp::kRequantise:
      if (n.params.size() != 1) {
        PROOFCARD_RETURN_IF_ERROR(check_axis(n.axis, x, where));
        if (n.params.size() != static_cast<std::size_t>(x[static_cast<std::size_t>(n.axis)])) {
          return bad_input(where, "expected one scale or {}, found {}", x[static_cast<std::size_t>(n.axis)],
                           n.params.size());
        }
      }
      return x;
  }
  PROOFCARD_CHECK(false);
}

}  // namespace proofcard::graph
