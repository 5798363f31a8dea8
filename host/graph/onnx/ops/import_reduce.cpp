// Operators that make one value of all along some axes.
#include <algorithm>
#include <numeric>
#include <optional>

#include "host/graph/onnx/import_parts.hpp"
#include "host/graph/onnx/importer.hpp"

namespace proofcard::graph {
namespace {

// Axes of a reduction: an attribute at first, an input later. Nothing: it does nothing.
Result<std::optional<Dims>> reduced_axes(const NodeReader& node, std::size_t rank) {
  Dims axes;
  if (node.opset() >= (node.op() == "ReduceSum" ? 13 : 18)) {
    if (node.has_input(1)) {
      PROOFCARD_TRY(axes, node.constant_integers(1, "list of axes"));
    }
  } else {
    PROOFCARD_TRY(axes, node.integers("axes", {}));
  }
  PROOFCARD_TRY(std::int64_t noop, node.integer("noop_with_empty_axes", 0));
  if (axes.empty() && noop != 0) {
    return std::optional<Dims>();
  }
  if (axes.empty()) {
    axes.resize(rank);
    std::iota(axes.begin(), axes.end(), 0);
  }
  PROOFCARD_TRY(axes, normalise_axes(axes, rank, node.where()));
  return std::optional(std::move(axes));
}

// after(reduction(before(x))), each a node or nothing.
struct Reduction {
  FloatOp op = FloatOp::kReduceSum;
  std::optional<FloatOp> before;
  std::optional<FloatOp> after;
  bool negated = false;  // on both sides: a minimum
  bool log = false;      // afterwards
};

Result<std::uint32_t> logarithm(const NodeReader& node, std::uint32_t x) {
  FloatNode n = node.make(FloatOp::kFunction, {x});
  n.function = tensor::Function::kLog;
  return node.emit(std::move(n));
}

// Halves of the axis times each other; an odd entry in the middle goes on by itself.
Result<std::uint32_t> product_over(const NodeReader& node, std::uint32_t x, std::size_t axis) {
  const std::size_t rank = node.shape_of(x).size();
  while (node.shape_of(x)[axis] > 1) {
    const std::int64_t size = node.shape_of(x)[axis];
    const std::int64_t half = size / 2;
    const auto part = [&](std::int64_t start, std::int64_t entries) {
      FloatNode n = whole_slice(node, x);
      n.ints[axis] = start;
      n.ints[2 * rank + axis] = entries;
      return node.emit(std::move(n));
    };
    PROOFCARD_TRY(const std::uint32_t first, part(0, half));
    PROOFCARD_TRY(const std::uint32_t second, part(half, half));
    PROOFCARD_TRY(std::uint32_t product, node.emit(FloatOp::kMul, {first, second}));
    if (size % 2 != 0) {
      PROOFCARD_TRY(const std::uint32_t rest, part(size - 1, 1));
      FloatNode n = node.make(FloatOp::kConcat, {product, rest});
      n.axis = static_cast<std::int64_t>(axis);
      PROOFCARD_TRY(product, node.emit(std::move(n)));
    }
    x = product;
  }
  return x;
}

Status reduce_product(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  const Dims shape = node.shape_of(x);
  PROOFCARD_TRY(const std::optional<Dims> axes, reduced_axes(node, shape.size()));
  PROOFCARD_TRY(const std::int64_t keep, node.integer("keepdims", 1));
  Dims kept;
  for (std::size_t a = 0; a < shape.size(); ++a) {
    const bool reduced = axes && std::find(axes->begin(), axes->end(), static_cast<std::int64_t>(a)) != axes->end();
    if (reduced) {
      PROOFCARD_TRY(x, product_over(node, x, a));
    }
    if (!reduced || keep != 0) {
      kept.push_back(reduced ? 1 : shape[a]);
    }
  }
  PROOFCARD_TRY(x, node.reshape(x, std::move(kept)));
  return node.bind(0, x);
}

// m + log(sum exp(x - m)), with the maximum m of each row.
Result<std::uint32_t> log_sum_exp(const NodeReader& node, std::uint32_t x, const Dims& axes, bool keep) {
  const auto reduced = [&](FloatOp op, std::uint32_t value, bool keeps) {
    FloatNode n = node.make(op, {value});
    n.ints = axes;
    n.keep_dims = keeps;
    return node.emit(std::move(n));
  };
  PROOFCARD_TRY(std::uint32_t m, reduced(FloatOp::kReduceMax, x, true));
  PROOFCARD_TRY(x, node.emit(FloatOp::kSub, {x, m}));
  PROOFCARD_TRY(x, node.emit(FloatOp::kExp, {x}));
  PROOFCARD_TRY(x, reduced(FloatOp::kReduceSum, x, keep));
  PROOFCARD_TRY(x, logarithm(node, x));
  PROOFCARD_TRY(m, node.reshape(m, node.shape_of(x)));
  return node.emit(FloatOp::kAdd, {x, m});
}

Status reduce_log_sum_exp(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const std::optional<Dims> axes, reduced_axes(node, node.shape_of(x).size()));
  PROOFCARD_TRY(const std::int64_t keep, node.integer("keepdims", 1));
  if (axes) {
    PROOFCARD_TRY(x, log_sum_exp(node, x, *axes, keep != 0));
  }
  return node.bind(0, x);
}

Status reduce(const NodeReader& node) {
  static const std::map<std::string, Reduction> reductions = {
      {"ReduceSum", {}},
      {"ReduceMean", {FloatOp::kReduceMean, {}, {}}},
      {"ReduceMax", {FloatOp::kReduceMax, {}, {}}},
      {"ReduceMin", {FloatOp::kReduceMax, {}, {}, true}},
      {"ReduceL1", {FloatOp::kReduceSum, FloatOp::kAbs, {}}},
      {"ReduceL2", {FloatOp::kReduceSum, FloatOp::kSquare, FloatOp::kSqrt}},
      {"ReduceSumSquare", {FloatOp::kReduceSum, FloatOp::kSquare, {}}},
      {"ReduceLogSum", {FloatOp::kReduceSum, {}, {}, false, true}},
  };
  const Reduction& r = reductions.at(node.op());
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const std::optional<Dims> axes, reduced_axes(node, node.shape_of(x).size()));
  PROOFCARD_TRY(std::int64_t keep, node.integer("keepdims", 1));
  if (r.before == FloatOp::kSquare && axes) {
    PROOFCARD_TRY(std::optional<std::uint32_t> distances, written_out_distances(node, x, *axes, keep != 0));
    if (distances && r.after) {
      PROOFCARD_TRY(*distances, node.emit(*r.after, {*distances}));
    }
    if (distances) {
      return node.bind(0, *distances);
    }
  }
  if (r.before) {
    PROOFCARD_TRY(x, node.emit(*r.before, {x}));
  }
  if (axes) {
    PROOFCARD_TRY(x, scaled(node, x, r.negated ? -1.0F : 1.0F));
    FloatNode n = node.make(r.op, {x});
    n.ints = *axes;
    n.keep_dims = keep != 0;
    PROOFCARD_TRY(x, node.emit(std::move(n)));
    PROOFCARD_TRY(x, scaled(node, x, r.negated ? -1.0F : 1.0F));
  }
  if (r.after) {
    PROOFCARD_TRY(x, node.emit(*r.after, {x}));
  }
  if (r.log) {
    PROOFCARD_TRY(x, logarithm(node, x));
  }
  return node.bind(0, x);
}

Status log_softmax(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  const Dims shape = node.shape_of(x);
  PROOFCARD_TRY(std::int64_t axis, node.integer("axis", node.opset() < 13 ? 1 : -1));
  PROOFCARD_TRY(axis, normalise_axis(axis, shape.size(), node.where()));
  Dims axes{axis};
  for (std::int64_t a = axis + 1; node.opset() < 13 && a < static_cast<std::int64_t>(shape.size()); ++a) {
    axes.push_back(a);  // the old operator normalises over all axes from `axis` on
  }
  PROOFCARD_TRY(x, log_of_softmax(node, x, axes));
  return node.bind(0, x);
}

// Votes and the like that are put together one by one: equal ones stay equal.
void tie_parts(const NodeReader& node, std::uint32_t x) {
  const FloatNode* n = node.producer(x);
  if (n != nullptr && n->op == FloatOp::kConcat) {
    node.tie(std::vector<std::uint32_t>(n->inputs));
  }
}

Status arg_max(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  tie_parts(node, x);
  FloatNode n = node.make(FloatOp::kArgMax, {x});
  PROOFCARD_TRY(n.axis, node.integer("axis", 0));
  PROOFCARD_TRY(n.axis, normalise_axis(n.axis, node.shape_of(x).size(), node.where()));
  PROOFCARD_TRY(std::int64_t keep, node.integer("keepdims", 1));
  PROOFCARD_TRY(std::int64_t last, node.integer("select_last_index", 0));
  n.keep_dims = keep != 0;
  n.last = last != 0;
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

Status arg_min(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, node.input(0));
  FloatNode n = node.make(FloatOp::kArgMax, {x});
  PROOFCARD_TRY(n.axis, node.integer("axis", 0));
  PROOFCARD_TRY(n.axis, normalise_axis(n.axis, node.shape_of(x).size(), node.where()));
  PROOFCARD_TRY(const std::int64_t keep, node.integer("keepdims", 1));
  PROOFCARD_TRY(const std::int64_t last, node.integer("select_last_index", 0));
  n.keep_dims = keep != 0;
  n.last = last != 0;
  PROOFCARD_TRY(n.inputs[0], scaled(node, x, -1.0F));
  PROOFCARD_TRY(const std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

}  // namespace

Result<std::uint32_t> log_of_softmax(const NodeReader& node, std::uint32_t x, const Dims& axes) {
  FloatNode max = node.make(FloatOp::kReduceMax, {x});
  max.ints = axes;
  PROOFCARD_TRY(const std::uint32_t m, node.emit(std::move(max)));
  PROOFCARD_TRY(x, node.emit(FloatOp::kSub, {x, m}));
  PROOFCARD_TRY(const std::uint32_t powers, node.emit(FloatOp::kExp, {x}));
  FloatNode sum = node.make(FloatOp::kReduceSum, {powers});
  sum.ints = axes;
  PROOFCARD_TRY(std::uint32_t norm, node.emit(std::move(sum)));
  PROOFCARD_TRY(norm, logarithm(node, norm));
  return node.emit(FloatOp::kSub, {x, norm});
}

Result<std::optional<std::uint32_t>> written_out_log_sum_exp(const NodeReader& node, std::uint32_t x) {
  const FloatNode* sum = node.producer(x);
  const FloatNode* powers = sum != nullptr && sum->op == FloatOp::kReduceSum ? node.producer(sum->inputs[0]) : nullptr;
  if (powers == nullptr || powers->op != FloatOp::kExp) {
    return std::optional<std::uint32_t>();
  }
  const Dims axes = sum->ints;  // copies: nodes move when one is added
  const bool keep = sum->keep_dims;
  PROOFCARD_TRY(const std::uint32_t out, log_sum_exp(node, powers->inputs[0], axes, keep));
  return std::optional(out);
}

const std::map<std::string, Translation>& reduce_translations() {
  static const std::map<std::string, Translation> table = {
      {"ReduceSum", reduce},
      {"ReduceMean", reduce},
      {"ReduceMax", reduce},
      {"ReduceLogSumExp", reduce_log_sum_exp},
      {"ReduceProd", reduce_product},
      {"ReduceLogSum", reduce},
      {"ReduceSumSquare", reduce},
      {"ReduceL2", reduce},
      {"ReduceL1", reduce},
      {"ReduceMin", reduce},
      {"LogSoftmax", log_softmax},
      {"ArgMax", arg_max},
      {"ArgMin", arg_min},
  };
  return table;
}

}  // namespace proofcard::graph
