// Operators of constants that make, choose or count values: what exporters compute shapes, indices and masks with.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/float_graph/moves.hpp"
#include "host/graph/onnx/importer.hpp"

namespace proofcard::graph {
namespace {

using Type = onnx::TensorProto;

// Operand i. Errors: it was left out.
Result<const Constant*> operand(const NodeReader& node, const Operands& in, std::size_t i) {
  if (i >= in.size() || in[i] == nullptr) {
    return bad_input(node.where(), "expected an input {}, found none", i);
  }
  return in[i];
}

Status check_size(const NodeReader& node, const Dims& shape) {
  std::int64_t total = 1;
  for (const std::int64_t d : shape) {
    if (d < 0 || d > kMaxElements || (total *= d) > kMaxElements) {
      return bad_input(node.where(), "expected a result of at most {} elements, found shape [{}]", kMaxElements,
                       fmt::join(shape, ", "));
    }
  }
  return {};
}

void copy_element(const Constant& from, std::size_t i, Constant& to, std::size_t k) {
  if (to.is_integer()) {
    to.integers[k] = from.integers[i];
  } else {
    to.reals[k] = from.reals[i];
  }
}

Result<Constant> constant_of_shape(const NodeReader& node, const Operands& in) {
  PROOFCARD_TRY(const Constant* shape, operand(node, in, 0));
  PROOFCARD_RETURN_IF_ERROR(check_size(node, shape->integers));
  Constant value = make_constant(Type::FLOAT, {1});
  if (const onnx::AttributeProto* a = node.find("value"); a != nullptr) {
    PROOFCARD_TRY(ReadTensor t, node.read(a->t()));
    value = t.exact ? *t.exact : to_constant(t.floats, a->t().data_type());
  }
  if (value.size() != 1) {
    return bad_input(node.where(), "expected one value, found {}", value.size());
  }
  Constant out = make_constant(value.type, shape->integers);
  for (std::size_t i = 0; i < out.size(); ++i) {
    copy_element(value, 0, out, i);
  }
  return out;
}

Result<Constant> range(const NodeReader& node, const Operands& in) {
  PROOFCARD_TRY(const Constant* start, operand(node, in, 0));
  PROOFCARD_TRY(const Constant* limit, operand(node, in, 1));
  PROOFCARD_TRY(const Constant* step, operand(node, in, 2));
  if (start->size() != 1 || limit->size() != 1 || step->size() != 1 || step->real(0) == 0 ||
      start->type != limit->type || start->type != step->type) {
    return bad_input(node.where(), "expected a start, a limit and a step other than 0 of one type, found others");
  }
  const double num = std::ceil((limit->real(0) - start->real(0)) / step->real(0));
  if (!(num <= static_cast<double>(kMaxElements))) {
    return bad_input(node.where(), "expected at most {} values, found more", kMaxElements);
  }
  Constant out = make_constant(start->type, {std::max<std::int64_t>(static_cast<std::int64_t>(num), 0)});
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out.is_integer()) {
      const std::uint64_t value =
          static_cast<std::uint64_t>(start->integers[0]) + i * static_cast<std::uint64_t>(step->integers[0]);
      out.integers[i] = wrapped(out.type, static_cast<std::int64_t>(value));
    } else {
      out.reals[i] = rounded(out.type, start->real(0) + static_cast<double>(i) * step->real(0));
    }
  }
  return out;
}

Result<Constant> non_zero(const NodeReader& node, const Operands& in) {
  PROOFCARD_TRY(const Constant* x, operand(node, in, 0));
  const Dims strides = row_major_strides(x->shape);
  std::vector<std::int64_t> found;
  for (std::size_t i = 0; i < x->size(); ++i) {
    if (x->real(i) != 0) {
      found.push_back(static_cast<std::int64_t>(i));
    }
  }
  Constant out =
      make_constant(Type::INT64, {static_cast<std::int64_t>(x->shape.size()), static_cast<std::int64_t>(found.size())});
  for (std::size_t a = 0; a < x->shape.size(); ++a) {
    for (std::size_t k = 0; k < found.size(); ++k) {
      out.integers[a * found.size() + k] = found[k] / strides[a] % x->shape[a];
    }
  }
  return out;
}

Result<Constant> one_hot(const NodeReader& node, const Operands& in) {
  PROOFCARD_TRY(const Constant* indices, operand(node, in, 0));
  PROOFCARD_TRY(const Constant* depth, operand(node, in, 1));
  PROOFCARD_TRY(const Constant* values, operand(node, in, 2));
  PROOFCARD_TRY(std::int64_t axis, node.integer("axis", -1));
  PROOFCARD_TRY(axis, normalise_axis(axis, indices->shape.size() + 1, node.where()));
  if (depth->size() != 1 || values->size() != 2 || !(depth->real(0) >= 1 && depth->real(0) <= 1e6)) {
    return bad_input(node.where(), "expected a depth from 1 to 1000000 and two values, found others");
  }
  const auto n = static_cast<std::int64_t>(depth->real(0));
  Dims shape = indices->shape;
  shape.insert(shape.begin() + axis, n);
  PROOFCARD_RETURN_IF_ERROR(check_size(node, shape));
  Constant out = make_constant(values->type, shape);
  Dims strides = row_major_strides(indices->shape);
  strides.insert(strides.begin() + axis, 0);
  const std::int64_t inner = count(Dims(shape.begin() + axis + 1, shape.end()));
  walk(shape, strides, 0, [&](auto i, auto s) {
    const double raw = indices->real(s);
    const double index = raw < 0 ? raw + static_cast<double>(n) : raw;
    const bool hot = index == static_cast<double>(static_cast<std::int64_t>(i) / inner % n);
    copy_element(*values, hot ? 1 : 0, out, i);
  });
  return out;
}

Result<Constant> trilu(const NodeReader& node, const Operands& in) {
  PROOFCARD_TRY(const Constant* x, operand(node, in, 0));
  PROOFCARD_TRY(const std::int64_t upper, node.integer("upper", 1));
  const std::int64_t k = in.size() > 1 && in[1] != nullptr && in[1]->size() == 1 ? in[1]->integers[0] : 0;
  const std::size_t rank = x->shape.size();
  if (rank < 2) {
    return bad_input(node.where(), "expected matrices, found rank {}", rank);
  }
  Constant out = make_constant(x->type, x->shape);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::int64_t column = static_cast<std::int64_t>(i) % x->shape[rank - 1];
    const std::int64_t row = static_cast<std::int64_t>(i) / x->shape[rank - 1] % x->shape[rank - 2];
    if (upper != 0 ? column >= row + k : column <= row + k) {
      copy_element(*x, i, out, i);
    }
  }
  return out;
}

Result<Constant> eye_like(const NodeReader& node, const Operands& in) {
  PROOFCARD_TRY(const Constant* x, operand(node, in, 0));
  PROOFCARD_TRY(const std::int64_t type, node.integer("dtype", x->type));
  PROOFCARD_TRY(std::int64_t k, node.integer("k", 0));
  k = std::clamp(k, -kMaxElements, kMaxElements);  // beyond any matrix, and a sum with a row is a number
  const auto to = static_cast<ElementType>(std::clamp<std::int64_t>(type, 0, 1 << 16));
  if (x->shape.size() != 2 || (!is_float_type(to) && !is_integer_type(to))) {
    return bad_input(node.where(), "expected a matrix and a type of numbers, found others");
  }
  Constant out = make_constant(to, x->shape);
  for (std::int64_t row = 0; row < x->shape[0]; ++row) {
    if (row + k >= 0 && row + k < x->shape[1]) {
      const auto at = static_cast<std::size_t>(row * x->shape[1] + row + k);
      if (out.is_integer()) {
        out.integers[at] = 1;
      } else {
        out.reals[at] = 1;
      }
    }
  }
  return out;
}

Result<Constant> cumulative_sum(const NodeReader& node, const Operands& in) {
  PROOFCARD_TRY(const Constant* x, operand(node, in, 0));
  PROOFCARD_TRY(const Constant* where, operand(node, in, 1));
  PROOFCARD_TRY(const std::int64_t exclusive, node.integer("exclusive", 0));
  PROOFCARD_TRY(const std::int64_t reverse, node.integer("reverse", 0));
  if (where->size() != 1 || !where->is_integer()) {
    return bad_input(node.where(), "expected one axis, an integer, found {} of type {}", where->size(), where->type);
  }
  PROOFCARD_TRY(const std::int64_t axis, normalise_axis(where->integers[0], x->shape.size(), node.where()));
  const auto size = static_cast<std::size_t>(x->shape[static_cast<std::size_t>(axis)]);
  const auto step = static_cast<std::size_t>(row_major_strides(x->shape)[static_cast<std::size_t>(axis)]);
  Constant out = make_constant(x->type, x->shape);
  for (std::size_t first = 0; first < out.size(); ++first) {
    if (first / step % size != 0) {
      continue;
    }
    double real = 0;
    std::uint64_t integer = 0;
    for (std::size_t k = 0; k < size; ++k) {
      const std::size_t i = first + step * (reverse != 0 ? size - 1 - k : k);
      const double before = real;
      const std::uint64_t integer_before = integer;
      if (out.is_integer()) {
        integer += static_cast<std::uint64_t>(x->integers[i]);
        out.integers[i] = wrapped(out.type, static_cast<std::int64_t>(exclusive != 0 ? integer_before : integer));
      } else {
        real = rounded(out.type, real + x->reals[i]);
        out.reals[i] = exclusive != 0 ? before : real;
      }
    }
  }
  return out;
}

// The result of a reduction of some values.
struct Reduction {
  double real = 0;
  std::uint64_t integer = 0;
  std::size_t at = 0;  // of the largest or smallest
  std::size_t num = 0;
};

void add(const std::string& op, const Constant& x, std::size_t i, Reduction& r) {
  const double v = x.real(i);
  const auto n = x.is_integer() ? static_cast<std::uint64_t>(x.integers[i]) : 0;
  const bool first = r.num++ == 0;
  if (op == "ReduceMax" || op == "ReduceMin" || op == "ArgMax" || op == "ArgMin") {
    const bool better = first || (op.ends_with("Max") ? v > r.real : v < r.real);
    if (better) {
      r.real = v;
      r.integer = n;
      r.at = r.num - 1;
    }
  } else if (op == "ReduceProd") {
    r.real = first ? v : r.real * v;
    r.integer = first ? n : r.integer * n;
  } else if (op == "ReduceL1") {
    r.real += std::abs(v);
    r.integer += v < 0 ? std::uint64_t{0} - n : n;
  } else if (op == "ReduceSumSquare" || op == "ReduceL2") {
    r.real += v * v;
    r.integer += n * n;
  } else if (op == "ReduceLogSumExp") {
    r.real += std::exp(v);
  } else {  // ReduceSum, ReduceMean, ReduceLogSum
    r.real += v;
    r.integer += n;
  }
}

void finish(const std::string& op, const Reduction& r, Constant& out, std::size_t k) {
  if (op == "ArgMax" || op == "ArgMin") {
    out.integers[k] = static_cast<std::int64_t>(r.at);
  } else if (out.is_integer()) {
    const auto sum = static_cast<std::int64_t>(r.integer);
    out.integers[k] = op == "ReduceMean" && r.num > 0    ? wrapped(out.type, sum) / static_cast<std::int64_t>(r.num)
                      : op == "ReduceProd" && r.num == 0 ? 1
                      : out.type == onnx::TensorProto::UINT64
                          ? sum
                          : std::clamp(sum, lowest_of(out.type), highest_of(out.type));
  } else {
    const double v = op == "ReduceMean"                                ? r.real / static_cast<double>(r.num)
                     : op == "ReduceL2"                                ? std::sqrt(r.real)
                     : op == "ReduceLogSum" || op == "ReduceLogSumExp" ? std::log(r.real)
                     : op == "ReduceProd" && r.num == 0                ? 1
                                                                       : r.real;
    out.reals[k] = rounded(out.type, v);
  }
}

// Axes of a reduction: an attribute at first, an input later.
Result<Dims> reduced_axes(const NodeReader& node, const Operands& in, std::size_t rank) {
  Dims axes;
  if (node.op().starts_with("Arg")) {
    PROOFCARD_TRY(const std::int64_t axis, node.integer("axis", 0));
    axes = {axis};
  } else if (in.size() > 1 && in[1] != nullptr) {
    axes = in[1]->integers;
  } else {
    PROOFCARD_TRY(axes, node.integers("axes", {}));
  }
  PROOFCARD_TRY(const std::int64_t noop, node.integer("noop_with_empty_axes", 0));
  if (axes.empty() && noop == 0) {
    axes.resize(rank);
    std::iota(axes.begin(), axes.end(), 0);
  }
  return normalise_axes(std::move(axes), rank, node.where());
}

Result<Constant> reduce(const NodeReader& node, const Operands& in) {
  PROOFCARD_TRY(const Constant* x, operand(node, in, 0));
  const std::size_t rank = x->shape.size();
  PROOFCARD_TRY(Dims axes, reduced_axes(node, in, rank));
  PROOFCARD_TRY(const std::int64_t keep, node.integer("keepdims", 1));
  PROOFCARD_TRY(const std::int64_t last, node.integer("select_last_index", 0));
  if (last != 0) {
    return node.unsupported("the last index of constants is not supported");
  }
  Dims shape;
  Dims kept = x->shape;
  Dims inner(rank, 1);
  for (std::size_t a = 0; a < rank; ++a) {
    const bool reduced = std::binary_search(axes.begin(), axes.end(), static_cast<std::int64_t>(a));
    if (reduced) {
      inner[a] = x->shape[a];
      kept[a] = 1;
    }
    if (!reduced || keep != 0) {
      shape.push_back(kept[a]);
    }
  }
  const bool finds = node.op().ends_with("Max") || node.op().ends_with("Min");
  if (finds && count(inner) == 0) {
    return bad_input(node.where(), "expected values to choose from, found none");
  }
  Constant out = make_constant(node.op().starts_with("Arg") ? Type::INT64 : x->type, shape);
  const Dims strides = row_major_strides(x->shape);
  walk(kept, strides, 0, [&](auto k, auto base) {
    Reduction r;
    walk(inner, strides, static_cast<std::int64_t>(base), [&](auto, auto i) { add(node.op(), *x, i, r); });
    finish(node.op(), r, out, k);
  });
  return out;
}

Result<Constant> gather_elements(const NodeReader& node, const Operands& in) {
  PROOFCARD_TRY(const Constant* x, operand(node, in, 0));
  PROOFCARD_TRY(const Constant* indices, operand(node, in, 1));
  PROOFCARD_TRY(std::int64_t axis, node.integer("axis", 0));
  PROOFCARD_TRY(axis, normalise_axis(axis, x->shape.size(), node.where()));
  const auto a = static_cast<std::size_t>(axis);
  const auto fits = [&] {
    for (std::size_t i = 0; i < x->shape.size(); ++i) {
      if (i != a && indices->shape[i] > x->shape[i]) return false;
    }
    return true;
  };
  if (!indices->is_integer() || indices->shape.size() != x->shape.size() || !fits()) {
    return bad_input(node.where(), "expected indices of the shape of the values, found others");
  }
  Dims strides = row_major_strides(x->shape);
  const std::int64_t step = strides[a];
  strides[a] = 0;
  Constant out = make_constant(x->type, indices->shape);
  Status status;
  walk(indices->shape, strides, 0, [&](auto i, auto s) {
    const auto at = normalise_axis(indices->integers[i], static_cast<std::size_t>(x->shape[a]), node.where());
    if (at.ok()) {
      copy_element(*x, s + static_cast<std::size_t>(*at * step), out, i);
    } else if (status.ok()) {
      status = at.error();
    }
  });
  PROOFCARD_RETURN_IF_ERROR(status);
  return out;
}

// Where each row of indices, [..., depth], points in a tensor of this shape.
Result<std::vector<std::size_t>> pointed_at(const NodeReader& node, const Constant& indices, const Dims& shape) {
  if (!indices.is_integer() || indices.shape.empty() || indices.shape.back() < 1 ||
      indices.shape.back() > static_cast<std::int64_t>(shape.size())) {
    return bad_input(node.where(), "expected rows of 1 to {} indices, found others", shape.size());
  }
  const Dims strides = row_major_strides(shape);
  const auto depth = static_cast<std::size_t>(indices.shape.back());
  std::vector<std::size_t> out(indices.size() / depth);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    PROOFCARD_TRY(const std::int64_t at,
                  normalise_axis(indices.integers[i], static_cast<std::size_t>(shape[i % depth]), node.where()));
    out[i / depth] += static_cast<std::size_t>(at * strides[i % depth]);
  }
  return out;
}

Result<Constant> gather_nd(const NodeReader& node, const Operands& in) {
  PROOFCARD_TRY(const Constant* x, operand(node, in, 0));
  PROOFCARD_TRY(const Constant* indices, operand(node, in, 1));
  PROOFCARD_TRY(const std::int64_t batch, node.integer("batch_dims", 0));
  if (batch != 0) {
    return node.unsupported("batch dimensions are not supported");
  }
  PROOFCARD_TRY(const std::vector<std::size_t> from, pointed_at(node, *indices, x->shape));
  Dims shape(indices->shape.begin(), indices->shape.end() - 1);
  const Dims row(x->shape.begin() + indices->shape.back(), x->shape.end());
  shape.insert(shape.end(), row.begin(), row.end());
  PROOFCARD_RETURN_IF_ERROR(check_size(node, shape));
  const auto size = static_cast<std::size_t>(count(row));
  Constant out = make_constant(x->type, shape);
  for (std::size_t i = 0; i < out.size(); ++i) {
    copy_element(*x, from[i / size] + i % size, out, i);
  }
  return out;
}

Result<Constant> scatter_nd(const NodeReader& node, const Operands& in) {
  PROOFCARD_TRY(const Constant* x, operand(node, in, 0));
  PROOFCARD_TRY(const Constant* indices, operand(node, in, 1));
  PROOFCARD_TRY(const Constant* updates, operand(node, in, 2));
  PROOFCARD_TRY(const std::string reduction, node.text("reduction", "none"));
  PROOFCARD_TRY(const std::vector<std::size_t> to, pointed_at(node, *indices, x->shape));
  const auto size = static_cast<std::size_t>(count(Dims(x->shape.begin() + indices->shape.back(), x->shape.end())));
  if (reduction != "none" || updates->type != x->type || updates->size() != to.size() * size) {
    return node.unsupported("only updates that replace values, one for each index, are supported");
  }
  Constant out = *x;
  for (std::size_t i = 0; i < updates->size(); ++i) {
    copy_element(*updates, i, out, to[i / size] + i % size);
  }
  return out;
}

}  // namespace

const std::map<std::string, Folding>& shape_foldings() {
  static const std::map<std::string, Folding> table = [] {
    std::map<std::string, Folding> all = {
        {"ConstantOfShape", constant_of_shape},
        {"Range", range},
        {"NonZero", non_zero},
        {"OneHot", one_hot},
        {"Trilu", trilu},
        {"EyeLike", eye_like},
        {"CumSum", cumulative_sum},
        {"GatherElements", gather_elements},
        {"GatherND", gather_nd},
        {"ScatterND", scatter_nd},
    };
    for (const char* name : {"ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2",
                             "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp", "ArgMax", "ArgMin"}) {
      all[name] = reduce;
    }
    return all;
  }();
  return table;
}

}  // namespace proofcard::graph
