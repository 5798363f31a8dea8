#include "host/graph/quantize/float_executor.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"
#include "host/graph/quantize/float_kernels.hpp"

namespace proofcard::graph {
namespace {

std::size_t idx(std::int64_t v) { return static_cast<std::size_t>(v); }

Dims row_major_strides(const Dims& shape) {
  Dims strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) {
    strides[i - 1] = strides[i] * shape[i];
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
    body(i, source);
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

// Strides that read x as if it had `shape` (numpy broadcasting).
Dims broadcast_strides(const Dims& x, const Dims& shape) {
  const Dims own = row_major_strides(x);
  Dims strides(shape.size(), 0);
  for (std::size_t i = 0; i < x.size(); ++i) {
    strides[shape.size() - x.size() + i] = x[i] == 1 ? 0 : own[i];
  }
  return strides;
}

FloatTensor binary(const FloatNode& n, const FloatTensor& a, const FloatTensor& b, const Dims& shape) {
  FloatTensor out{shape, std::vector<float>(idx(count(shape))), a.integer && b.integer};
  std::vector<float> right(out.data.size());
  walk(shape, broadcast_strides(a.shape, shape), 0, [&](auto i, auto s) { out.data[idx(i)] = a.data[idx(s)]; });
  walk(shape, broadcast_strides(b.shape, shape), 0, [&](auto i, auto s) { right[idx(i)] = b.data[idx(s)]; });
  for (std::size_t i = 0; i < right.size(); ++i) {
    float& v = out.data[i];
    if (n.op == FloatOp::kAdd) {
      v += right[i];
    } else if (n.op == FloatOp::kSub) {
      v -= right[i];
    } else if (n.op == FloatOp::kMul) {
      v *= right[i];
    } else {
      PROOFCARD_CHECK(n.op == FloatOp::kDiv);
      v = out.integer ? std::trunc(v / right[i]) : v / right[i];
    }
  }
  return out;
}

float unary_value(const FloatNode& n, float x) {
  switch (n.op) {
    case FloatOp::kRelu:
      return x > 0 ? x : 0;
    case FloatOp::kLeakyRelu:
      return x < 0 ? n.alpha * x : x;
    case FloatOp::kClip:
      return std::min(std::max(x, n.alpha), n.beta);
    case FloatOp::kSigmoid:
      return 1.0F / (1.0F + std::exp(-x));
    case FloatOp::kTanh:
      return std::tanh(x);
    case FloatOp::kElu:
      return x < 0 ? n.alpha * (std::exp(x) - 1.0F) : x;
    case FloatOp::kHardSigmoid:
      return std::min(std::max(n.alpha * x + n.beta, 0.0F), 1.0F);
    case FloatOp::kHardSwish:
      return x * std::min(std::max(x / 6.0F + 0.5F, 0.0F), 1.0F);
    case FloatOp::kGelu:
      return 0.5F * x * (1.0F + std::erf(x * 0.70710678F));
    case FloatOp::kGeluTanh:
      return 0.5F * x * (1.0F + std::tanh(0.79788456F * (x + 0.044715F * x * x * x)));
    case FloatOp::kErf:
      return std::erf(x);
    case FloatOp::kExp:
      return std::exp(x);
    case FloatOp::kSqrt:
      return std::sqrt(x);
    case FloatOp::kSoftplus:
      return std::max(x, 0.0F) + std::log1p(std::exp(-std::abs(x)));
    case FloatOp::kAbs:
      return std::abs(x);
    case FloatOp::kSquare:
      return x * x;
    case FloatOp::kReciprocal:
      return 1.0F / x;
    case FloatOp::kFakeQuantize: {
      const float q = std::nearbyint(x / n.alpha) + n.beta;
      return (std::min(std::max(q, static_cast<float>(n.ints[0])), static_cast<float>(n.ints[1])) - n.beta) * n.alpha;
    }
    case FloatOp::kConv:
    case FloatOp::kConvTranspose:
    case FloatOp::kMatMul:
    case FloatOp::kAdd:
    case FloatOp::kSub:
    case FloatOp::kMul:
    case FloatOp::kDiv:
    case FloatOp::kSoftmax:
    case FloatOp::kMaxPool:
    case FloatOp::kAveragePool:
    case FloatOp::kReduceSum:
    case FloatOp::kReduceMean:
    case FloatOp::kReduceMax:
    case FloatOp::kBatchNorm:
    case FloatOp::kLayerNorm:
    case FloatOp::kReshape:
    case FloatOp::kTranspose:
    case FloatOp::kSlice:
    case FloatOp::kPad:
    case FloatOp::kConcat:
    case FloatOp::kGather:
    case FloatOp::kArgMax:
      break;
  }
  PROOFCARD_CHECK(false);
}

// Sum, mean, maximum or position of the maximum over `axes`.
FloatTensor reduce(const FloatNode& n, const FloatTensor& x, const Dims& axes, const Dims& out_shape) {
  Dims kept_shape = x.shape;
  Dims axis_shape(x.shape.size(), 1);
  for (std::int64_t a : axes) {
    axis_shape[idx(a)] = x.shape[idx(a)];
    kept_shape[idx(a)] = 1;
  }
  const Dims strides = row_major_strides(x.shape);
  const bool sums = n.op == FloatOp::kReduceSum || n.op == FloatOp::kReduceMean;
  FloatTensor out{out_shape, std::vector<float>(idx(count(out_shape))), x.integer || n.op == FloatOp::kArgMax};
  walk(kept_shape, strides, 0, [&](auto o, auto base) {
    double sum = 0;
    float best = -std::numeric_limits<float>::infinity();
    std::int64_t at = 0;
    walk(axis_shape, strides, base, [&](auto i, auto s) {
      const float v = x.data[idx(s)];
      sum += static_cast<double>(v);
      if (v > best || (n.last && v == best)) {
        best = v;
        at = i;
      }
    });
    if (n.op == FloatOp::kReduceMean) {
      sum /= static_cast<double>(count(axis_shape));
    }
    out.data[idx(o)] = sums ? static_cast<float>(sum) : n.op == FloatOp::kArgMax ? static_cast<float>(at) : best;
  });
  return out;
}

FloatTensor batch_norm(const FloatNode& n, const std::vector<const FloatTensor*>& in, const Dims& shape) {
  FloatTensor out{shape, in[0]->data, false};
  const std::size_t inner = idx(count(shape) / shape[0] / shape[1]);
  for (std::size_t i = 0; i < out.data.size(); ++i) {
    const std::size_t c = i / inner % idx(shape[1]);
    const float scale = in[1]->data[c] / std::sqrt(in[4]->data[c] + n.alpha);
    out.data[i] = (out.data[i] - in[3]->data[c]) * scale + in[2]->data[c];
  }
  return out;
}

FloatTensor layer_norm(const FloatNode& n, const std::vector<const FloatTensor*>& in, const Dims& shape) {
  FloatTensor out{shape, in[0]->data, false};
  const std::size_t size = idx(count(Dims(shape.begin() + n.axis, shape.end())));
  for (std::size_t start = 0; start < out.data.size(); start += size) {
    double mean = 0;
    double square = 0;
    for (std::size_t i = 0; i < size; ++i) {
      mean += static_cast<double>(out.data[start + i]);
    }
    mean /= static_cast<double>(size);
    for (std::size_t i = 0; i < size; ++i) {
      const double d = static_cast<double>(out.data[start + i]) - mean;
      square += d * d;
    }
    const double scale = 1.0 / std::sqrt(square / static_cast<double>(size) + static_cast<double>(n.alpha));
    for (std::size_t i = 0; i < size; ++i) {
      out.data[start + i] = static_cast<float>((static_cast<double>(out.data[start + i]) - mean) * scale);
    }
  }
  walk(shape, broadcast_strides(in[1]->shape, shape), 0,
       [&](auto i, auto s) { out.data[idx(i)] *= in[1]->data[idx(s)]; });
  if (in.size() > 2) {
    walk(shape, broadcast_strides(in[2]->shape, shape), 0,
         [&](auto i, auto s) { out.data[idx(i)] += in[2]->data[idx(s)]; });
  }
  return out;
}

FloatTensor softmax(const FloatNode& n, const FloatTensor& x) {
  FloatTensor out = x;
  Dims outer = x.shape;
  const std::int64_t size = x.shape[idx(n.axis)];
  outer[idx(n.axis)] = 1;
  const Dims strides = row_major_strides(x.shape);
  const std::int64_t step = strides[idx(n.axis)];
  walk(outer, strides, 0, [&](auto, auto base) {
    float top = -std::numeric_limits<float>::infinity();
    for (std::int64_t i = 0; i < size; ++i) {
      top = std::max(top, x.data[idx(base + i * step)]);
    }
    double sum = 0;
    for (std::int64_t i = 0; i < size; ++i) {
      float& v = out.data[idx(base + i * step)];
      v = std::exp(v - top);
      sum += static_cast<double>(v);
    }
    for (std::int64_t i = 0; i < size; ++i) {
      float& v = out.data[idx(base + i * step)];
      v = static_cast<float>(static_cast<double>(v) / sum);
    }
  });
  return out;
}

FloatTensor gather_view(const FloatTensor& x, const Dims& shape, const Dims& strides, std::int64_t start) {
  FloatTensor out{shape, std::vector<float>(idx(count(shape))), x.integer};
  walk(shape, strides, start, [&](auto i, auto s) { out.data[idx(i)] = x.data[idx(s)]; });
  return out;
}

FloatTensor slice(const FloatNode& n, const FloatTensor& x, const Dims& shape) {
  Dims strides = row_major_strides(x.shape);
  std::int64_t start = 0;
  for (std::size_t i = 0; i < strides.size(); ++i) {
    start += n.ints[i] * strides[i];
    strides[i] *= n.ints[strides.size() + i];
  }
  return gather_view(x, shape, strides, start);
}

FloatTensor transpose(const FloatNode& n, const FloatTensor& x, const Dims& shape) {
  const Dims own = row_major_strides(x.shape);
  Dims strides;
  for (std::int64_t axis : n.ints) {
    strides.push_back(own[idx(axis)]);
  }
  return gather_view(x, shape, strides, 0);
}

FloatTensor pad(const FloatNode& n, const FloatTensor& x, const Dims& shape) {
  FloatTensor out{shape, std::vector<float>(idx(count(shape)), n.alpha), x.integer};
  const Dims strides = row_major_strides(shape);
  std::int64_t start = 0;
  for (std::size_t i = 0; i < strides.size(); ++i) {
    start += n.ints[i] * strides[i];
  }
  walk(x.shape, strides, start, [&](auto i, auto s) { out.data[idx(s)] = x.data[idx(i)]; });
  return out;
}

FloatTensor concat(const FloatNode& n, const std::vector<const FloatTensor*>& in, const Dims& shape) {
  FloatTensor out{shape, std::vector<float>(idx(count(shape))), in[0]->integer};
  const Dims strides = row_major_strides(shape);
  std::int64_t start = 0;
  for (const FloatTensor* x : in) {
    walk(x->shape, strides, start, [&](auto i, auto s) { out.data[idx(s)] = x->data[idx(i)]; });
    start += strides[idx(n.axis)] * x->shape[idx(n.axis)];
  }
  return out;
}

FloatTensor gather(const FloatNode& n, const FloatTensor& x, const Dims& shape) {
  FloatTensor out{shape, std::vector<float>(idx(count(shape))), x.integer};
  const Dims from = row_major_strides(x.shape);
  const Dims to = row_major_strides(shape);
  Dims row = shape;
  row[idx(n.axis)] = 1;
  for (std::size_t k = 0; k < n.ints.size(); ++k) {
    std::vector<std::int64_t> targets;
    walk(row, to, static_cast<std::int64_t>(k) * to[idx(n.axis)], [&](auto, auto s) { targets.push_back(s); });
    walk(row, from, n.ints[k] * from[idx(n.axis)],
         [&](auto i, auto s) { out.data[idx(targets[idx(i)])] = x.data[idx(s)]; });
  }
  return out;
}

}  // namespace

FloatTensor evaluate(const FloatNode& n, const std::vector<const FloatTensor*>& in, const Dims& shape) {
  const FloatTensor& x = *in[0];
  switch (n.op) {
    case FloatOp::kConv:
      return convolution(n, in, shape);
    case FloatOp::kConvTranspose:
      return transposed_convolution(n, in, shape);
    case FloatOp::kMatMul: {
      FloatTensor out = matrix_product(x, *in[1], shape);
      for (std::size_t i = 0; in.size() > 2 && i < out.data.size(); ++i) {
        out.data[i] += in[2]->data[i % in[2]->data.size()];
      }
      return out;
    }
    case FloatOp::kMaxPool:
    case FloatOp::kAveragePool:
      return pool(n, x, shape);
    case FloatOp::kAdd:
    case FloatOp::kSub:
    case FloatOp::kMul:
    case FloatOp::kDiv:
      return binary(n, x, *in[1], shape);
    case FloatOp::kReduceSum:
    case FloatOp::kReduceMean:
    case FloatOp::kReduceMax:
      return reduce(n, x, n.ints, shape);
    case FloatOp::kArgMax:
      return reduce(n, x, {n.axis}, shape);
    case FloatOp::kBatchNorm:
      return batch_norm(n, in, shape);
    case FloatOp::kLayerNorm:
      return layer_norm(n, in, shape);
    case FloatOp::kSoftmax:
      return softmax(n, x);
    case FloatOp::kReshape:
      return FloatTensor{shape, x.data, x.integer};
    case FloatOp::kTranspose:
      return transpose(n, x, shape);
    case FloatOp::kSlice:
      return slice(n, x, shape);
    case FloatOp::kPad:
      return pad(n, x, shape);
    case FloatOp::kConcat:
      return concat(n, in, shape);
    case FloatOp::kGather:
      return gather(n, x, shape);
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
    case FloatOp::kFakeQuantize: {
      FloatTensor out{shape, std::vector<float>(x.data.size()), x.integer};
      parallel_for(x.data.size(), 4096, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
          out.data[i] = unary_value(n, x.data[i]);
        }
      });
      return out;
    }
  }
  PROOFCARD_CHECK(false);
}

Result<std::vector<FloatTensor>> run(const FloatGraph& graph, std::span<const std::vector<float>> inputs,
                                     const Observer& observe) {
  if (inputs.size() != graph.inputs.size()) {
    return bad_input("input", "expected {} tensors, found {}", graph.inputs.size(), inputs.size());
  }
  std::vector<FloatTensor> values(graph.values.size());
  std::vector<std::uint32_t> uses(graph.values.size(), 0);
  for (const FloatNode& n : graph.nodes) {
    for (std::uint32_t in : n.inputs) {
      ++uses[in];
    }
  }
  for (std::uint32_t out : graph.outputs) {
    ++uses[out];
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const FloatValue& value = graph.values[graph.inputs[i]];
    if (inputs[i].size() != idx(count(value.shape))) {
      return bad_input(value.name, "expected {} values (shape [{}]), found {}", count(value.shape),
                       fmt::join(value.shape, ", "), inputs[i].size());
    }
    values[graph.inputs[i]] = FloatTensor{value.shape, inputs[i], false};
    if (observe) observe(graph.inputs[i], values[graph.inputs[i]]);
  }
  const auto tensor_of = [&](std::uint32_t id) {
    return graph.values[id].constant ? &*graph.values[id].constant : &values[id];
  };
  for (const FloatNode& n : graph.nodes) {
    std::vector<const FloatTensor*> in;
    for (std::uint32_t id : n.inputs) {
      in.push_back(tensor_of(id));
    }
    values[n.output] = evaluate(n, in, graph.values[n.output].shape);
    if (observe) observe(n.output, values[n.output]);
    for (std::uint32_t id : n.inputs) {
      if (--uses[id] == 0) {
        values[id] = {};
      }
    }
  }
  std::vector<FloatTensor> out;
  for (std::uint32_t id : graph.outputs) {
    out.push_back(*tensor_of(id));
  }
  return out;
}

}  // namespace proofcard::graph
