#include "host/graph/float_graph/float_executor.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"
#include "host/graph/float_graph/float_kernels.hpp"
#include "host/graph/float_graph/moves.hpp"
#include "host/graph/float_graph/trees.hpp"
#include "host/tensor/row_value.hpp"

namespace proofcard::graph {
namespace {

FloatTensor binary(const FloatNode& n, const FloatTensor& a, const FloatTensor& b, const Dims& shape) {
  FloatTensor out{shape, std::vector<float>(idx(count(shape))), a.integer && b.integer};
  std::vector<float> right(out.data.size());
  walk(shape, broadcast_strides(a.shape, shape), 0, [&](auto i, auto s) { out.data[i] = a.data[s]; });
  walk(shape, broadcast_strides(b.shape, shape), 0, [&](auto i, auto s) { right[i] = b.data[s]; });
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
      v /= right[i];
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
    case FloatOp::kFunction:
      return static_cast<float>(tensor::function_value(n.function, n.params, static_cast<double>(x)));
    case FloatOp::kAbove:
      return x > n.alpha ? 1 : 0;
    case FloatOp::kFakeQuantize: {
      const float q = std::nearbyint(x / n.alpha) + n.beta;
      return (std::min(std::max(q, static_cast<float>(n.ints[0])), static_cast<float>(n.ints[1])) - n.beta) * n.alpha;
    }
    case FloatOp::kQuantised:
      return std::nearbyint(x / n.alpha) + n.beta;
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
    case FloatOp::kNormalise:
    case FloatOp::kReshape:
    case FloatOp::kTranspose:
    case FloatOp::kSlice:
    case FloatOp::kPad:
    case FloatOp::kConcat:
    case FloatOp::kGather:
    case FloatOp::kArgMax:
    case FloatOp::kAxisMap:
    case FloatOp::kTopK:
    case FloatOp::kTrees:
    case FloatOp::kIntegerMap:
    case FloatOp::kRowNorm:
    case FloatOp::kOneHot:
    case FloatOp::kTruncate:
    case FloatOp::kMaximum:
    case FloatOp::kEqual:
    case FloatOp::kLess:
    case FloatOp::kLessEqual:
    case FloatOp::kAnd:
    case FloatOp::kOr:
    case FloatOp::kXor:
    case FloatOp::kNot:
    case FloatOp::kWhere:
    case FloatOp::kIntegerDivide:
    case FloatOp::kModulo:
    case FloatOp::kIntegerPower:
    case FloatOp::kWrap:
    case FloatOp::kRequantise:
    case FloatOp::kBitAnd:
    case FloatOp::kBitOr:
    case FloatOp::kBitXor:
    case FloatOp::kShiftLeft:
    case FloatOp::kShiftRight:
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
    std::size_t at = 0;
    walk(axis_shape, strides, static_cast<std::int64_t>(base), [&](auto i, auto s) {
      const float v = x.data[s];
      sum += static_cast<double>(v);
      if (v > best || (n.last && v == best)) {
        best = v;
        at = i;
      }
    });
    if (n.op == FloatOp::kReduceMean) {
      sum /= static_cast<double>(count(axis_shape));
    }
    out.data[o] = sums ? static_cast<float>(sum) : n.op == FloatOp::kArgMax ? static_cast<float>(at) : best;
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

FloatTensor softmax(const FloatNode& n, const std::vector<const FloatTensor*>& in, const Dims& shape) {
  FloatTensor out{shape, in[0]->data, false};
  if (in.size() > 1) {
    walk(shape, broadcast_strides(in[1]->shape, shape), 0, [&](auto i, auto s) {
      out.data[i] = in[1]->data[s] != 0 ? out.data[i] : -std::numeric_limits<float>::infinity();
    });
  }
  Dims outer = shape;
  const std::size_t size = idx(shape[idx(n.axis)]);
  outer[idx(n.axis)] = 1;
  const Dims strides = row_major_strides(shape);
  const std::size_t step = idx(strides[idx(n.axis)]);
  walk(outer, strides, 0, [&](auto, auto base) {
    float top = std::numeric_limits<float>::lowest();
    for (std::size_t i = 0; i < size; ++i) {
      top = std::max(top, out.data[base + i * step]);
    }
    double sum = 0;
    for (std::size_t i = 0; i < size; ++i) {
      float& v = out.data[base + i * step];
      v = std::exp(v - top);
      sum += static_cast<double>(v);
    }
    for (std::size_t i = 0; i < size; ++i) {
      float& v = out.data[base + i * step];
      v = sum > 0 ? static_cast<float>(static_cast<double>(v) / sum) : 0;
    }
  });
  return out;
}

FloatTensor integer_map(const FloatNode& n, const FloatTensor& x) {
  FloatTensor out = x;
  const auto keys = n.ints.begin() + 1;
  const auto size = static_cast<std::ptrdiff_t>(n.ints.size() / 2);
  for (float& v : out.data) {
    const auto found = std::find_if(keys, keys + size, [&](std::int64_t k) { return v == static_cast<float>(k); });
    v = static_cast<float>(found == keys + size ? n.ints[0] : *(found + size));
  }
  return out;
}

FloatTensor row_norm(const FloatNode& n, const FloatTensor& x) {
  FloatTensor out = x;
  const std::size_t size = idx(x.shape.back());
  for (std::size_t start = 0; start < out.data.size(); start += size) {
    double norm = 0;
    for (std::size_t i = start; i < start + size; ++i) {
      const double v = std::abs(static_cast<double>(x.data[i]));
      norm += n.ints[0] == 1 ? v : v * v;
    }
    norm = n.ints[0] == 1 ? norm : std::sqrt(norm);
    for (std::size_t i = start; i < start + size && norm > 0; ++i) {
      out.data[i] = static_cast<float>(static_cast<double>(x.data[i]) / norm);
    }
  }
  return out;
}

FloatTensor one_hot(const FloatNode& n, const FloatTensor& x, const Dims& shape) {
  FloatTensor out{shape, std::vector<float>(idx(count(shape)), 0.0F), false};
  for (std::size_t i = 0; i < x.data.size(); ++i) {
    if (x.data[i] >= 0 && x.data[i] < static_cast<float>(n.ints[0])) {
      out.data[i * idx(n.ints[0]) + static_cast<std::size_t>(x.data[i])] = 1;
    }
  }
  return out;
}

FloatTensor move(const FloatNode& n, const std::vector<const FloatTensor*>& in, const Dims& shape) {
  std::vector<MoveOperand<float>> operands;
  for (const FloatTensor* x : in) {
    operands.push_back({x->shape, x->data});
  }
  return {shape, moved(n, operands, shape), in[0]->integer};
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
    case FloatOp::kTrees:
      return evaluate_trees(n, in, shape);
    case FloatOp::kIntegerMap:
      return integer_map(n, x);
    case FloatOp::kRowNorm:
      return row_norm(n, x);
    case FloatOp::kOneHot:
      return one_hot(n, x, shape);
    case FloatOp::kBatchNorm:
      return batch_norm(n, in, shape);
    case FloatOp::kNormalise:
      return normalise(n, in, shape);
    case FloatOp::kAxisMap:
      return axis_map(n, x, shape);
    case FloatOp::kTopK:
      return top_k(n, x, shape);
    case FloatOp::kSoftmax:
      return softmax(n, in, shape);
    case FloatOp::kRequantise:
      return requantise(n, x);
    case FloatOp::kTruncate:
    case FloatOp::kMaximum:
    case FloatOp::kEqual:
    case FloatOp::kLess:
    case FloatOp::kLessEqual:
    case FloatOp::kAnd:
    case FloatOp::kOr:
    case FloatOp::kXor:
    case FloatOp::kNot:
    case FloatOp::kWhere:
    case FloatOp::kIntegerDivide:
    case FloatOp::kModulo:
    case FloatOp::kIntegerPower:
    case FloatOp::kWrap:
    case FloatOp::kBitAnd:
    case FloatOp::kBitOr:
    case FloatOp::kBitXor:
    case FloatOp::kShiftLeft:
    case FloatOp::kShiftRight:
      return elementwise(n, in, shape);
    case FloatOp::kReshape:
    case FloatOp::kTranspose:
    case FloatOp::kSlice:
    case FloatOp::kPad:
    case FloatOp::kConcat:
    case FloatOp::kGather:
      return move(n, in, shape);
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
    case FloatOp::kQuantised: {
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
