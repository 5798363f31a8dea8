// Checks of the graph. Serialisation is in serialise.cpp.
#include "host/graph/graph.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/graph/bounds.hpp"

namespace proofcard::graph {
namespace {

constexpr std::uint32_t kMaxShift = 40;
constexpr std::size_t kMaxSelectAxes = 8;
// Keeps lo, hi, differences of two values and doubled values inside 64 bits.
constexpr std::int64_t kMaxValue = std::int64_t{1} << 61;

// Whether every value of the span is in [lo, hi].
bool in_range(const IntVector& data, std::int64_t lo, std::int64_t hi) {
  return data.visit([&](auto values) {
    using T = typename decltype(values)::value_type;
    T min = std::numeric_limits<T>::max();
    T max = std::numeric_limits<T>::min();
    for (const T v : values) {
      min = std::min(min, v);
      max = std::max(max, v);
    }
    return values.empty() || (min >= lo && max <= hi);
  });
}

Status validate_tensor(const Tensor& t, const std::string& where) {
  const tensor::Expression shape_only{t.shape, {}, {}};
  PROOFCARD_RETURN_IF_ERROR(tensor::validate(shape_only, {}, where));
  if (t.kind > TensorKind::kFedBack) {
    return bad_input(where, "expected a kind below 4, found {}", static_cast<unsigned>(t.kind));
  }
  if (t.lo > t.hi || t.lo <= -kMaxValue || t.hi >= kMaxValue) {
    return bad_input(where, "expected a range in order and within 2^61, found [{}, {}]", t.lo, t.hi);
  }
  if (!std::isfinite(t.scale) || t.scale <= 0) {
    return bad_input(where, "expected a finite positive scale, found {}", t.scale);
  }
  PROOFCARD_RETURN_IF_ERROR(tensor::validate(t.channels, t.shape, where));
  if (t.kind != TensorKind::kInput && !t.channels.empty()) {
    return bad_input(where, "expected one scale for all of a tensor that is no input, found one for each channel");
  }
  const std::uint64_t expected = t.kind == TensorKind::kWeight ? tensor::num_elements(t.shape) : 0;
  if (t.data.size() != expected) {
    return bad_input(where, "expected {} stored values, found {}", expected, t.data.size());
  }
  if (t.kind == TensorKind::kWeight && !in_range(t.data, t.lo, t.hi)) {
    return bad_input(where, "expected weights in [{}, {}], found one outside", t.lo, t.hi);
  }
  return {};
}

// Checks one node; keeps track of which tensors have a value by then.
class NodeValidator {
 public:
  NodeValidator(const Graph& graph, std::vector<bool>& defined) : graph_(graph), defined_(defined) {
    for (const Tensor& t : graph.tensors) {
      shapes_.push_back(t.shape);
    }
  }

  Status operator()(const Node& node, const std::string& where) {
    where_ = where;
    return std::visit([&](const auto& op) { return validate_op(op); }, node.op);
  }

 private:
  Status validate_op(const Linear& op) {
    PROOFCARD_RETURN_IF_ERROR(check_expression(op.acc));
    PROOFCARD_RETURN_IF_ERROR(define(op.out, &op.acc.out_dims));
    if (op.shift > kMaxShift) {
      return bad_input(where_, "expected a shift of at most {}, found {}", kMaxShift, op.shift);
    }
    std::size_t expected = 1;
    if (op.multiplier.size() != 1) {
      if (op.multiplier_label >= op.acc.out_dims.size()) {
        return bad_input(where_, "expected multipliers for an output label below {}, found label {}",
                         op.acc.out_dims.size(), op.multiplier_label);
      }
      expected = op.acc.out_dims[op.multiplier_label];
    }
    if (op.multiplier.size() != expected) {
      return bad_input(where_, "expected 1 or {} multipliers, found {}", expected, op.multiplier.size());
    }
    const auto [min, max] = std::minmax_element(op.multiplier.begin(), op.multiplier.end());
    if (*min <= 0 || *max >= kAccumulatorLimit) {
      return bad_input(where_, "expected multipliers in (0, 2^62), found {} to {}", *min, *max);
    }
    const std::int64_t bound = saturating_product(max_magnitude(op.acc, graph_.tensors), *max);
    if (bound >= kAccumulatorLimit - (std::int64_t{1} << kMaxShift)) {
      return bad_input(where_, "expected accumulators below 2^62, found that ranges allow larger ones");
    }
    return {};
  }

  Status validate_op(const Lookup& op) {
    PROOFCARD_RETURN_IF_ERROR(check_use(op.in));
    PROOFCARD_RETURN_IF_ERROR(define(op.out, &shapes_[op.in]));
    PROOFCARD_RETURN_IF_ERROR(tensor::validate(op.table, where_ + ".table"));
    const Tensor& in = graph_.tensors[op.in];
    if (in.lo < op.table.lo || in.hi >= op.table.lo + std::int64_t{op.table.rows}) {
      return bad_input(where_, "expected inputs in the table's domain of {} rows from {}, found [{}, {}]",
                       op.table.rows, op.table.lo, in.lo, in.hi);
    }
    if (op.cut && !is_cut(*op.cut)) {
      return bad_input(where_, "expected ends of what is cut off in order and within 2^40, found others");
    }
    return {};
  }

  static bool is_cut(const Cut& cut) {
    const auto is_range = [](std::int64_t lo, std::int64_t hi) { return lo >= -kNoEnd && lo <= hi && hi <= kNoEnd; };
    return is_range(cut.own_lo, cut.own_hi) && is_range(cut.seen_lo, cut.seen_hi);
  }

  Status validate_op(const Max& op) { return check_pair(op.a, op.b, op.out); }

  Status validate_op(const Divide& op) {
    PROOFCARD_RETURN_IF_ERROR(check_pair(op.numerator, op.denominator, op.out));
    if (op.shift > kMaxShift) {
      return bad_input(where_, "expected a shift of at most {}, found {}", kMaxShift, op.shift);
    }
    const Tensor& numerator = graph_.tensors[op.numerator.tensor];
    const Tensor& denominator = graph_.tensors[op.denominator.tensor];
    if (numerator.lo < 0 || denominator.lo < 1) {
      return bad_input(where_, "expected numerators from 0 and denominators from 1, found them from {} and {}",
                       numerator.lo, denominator.lo);
    }
    const tensor::Expression labels{graph_.tensors[op.out].shape, {}, {}};
    for (const tensor::Group& group : op.denominator.groups) {
      if (!group.clamp && tensor::can_leave_range(group, denominator.shape, labels)) {
        return bad_input(where_, "expected denominators inside their tensor, found indices outside, which read 0");
      }
    }
    if (saturating_product(magnitude(numerator), std::int64_t{2} << op.shift) >= kAccumulatorLimit) {
      return bad_input(where_, "expected scaled numerators below 2^62, found that ranges allow larger ones");
    }
    return {};
  }

  Status validate_op(const SquareRoot& op) {
    PROOFCARD_RETURN_IF_ERROR(check_use(op.in));
    PROOFCARD_RETURN_IF_ERROR(define(op.out, &shapes_[op.in]));
    if (graph_.tensors[op.in].lo < 0) {
      return bad_input(where_, "expected inputs from 0, found them from {}", graph_.tensors[op.in].lo);
    }
    return {};
  }

  Status validate_op(const LowBits& op) {
    PROOFCARD_RETURN_IF_ERROR(check_use(op.in));
    PROOFCARD_RETURN_IF_ERROR(define(op.out, &shapes_[op.in]));
    if (op.bits == 0 || op.bits > kMaxShift) {
      return bad_input(where_, "expected 1 to {} bits, found {}", kMaxShift, op.bits);
    }
    return {};
  }

  Status validate_op(const Select& op) {
    PROOFCARD_RETURN_IF_ERROR(check_use(op.data));
    PROOFCARD_RETURN_IF_ERROR(check_expression(op.index));
    PROOFCARD_RETURN_IF_ERROR(define(op.out, &op.index.out_dims));
    const Shape& shape = graph_.tensors[op.data].shape;
    if (op.axis >= shape.size() || op.labels.size() + 1 != shape.size() || shape.size() > kMaxSelectAxes) {
      return bad_input(where_,
                       "expected an axis of at most {} and labels for the others, found axis {} of {} and {} labels",
                       kMaxSelectAxes, op.axis, shape.size(), op.labels.size());
    }
    for (std::size_t i = 0; i < op.labels.size(); ++i) {
      const std::uint32_t size = shape[i < op.axis ? i : i + 1];
      if (op.labels[i] >= op.index.out_dims.size() || op.index.label_size(op.labels[i]) != size) {
        return bad_input(where_, "expected an output label of {} entries, found label {}", size, op.labels[i]);
      }
    }
    const bool is_sum =
        op.index.sum_dims.empty() && std::all_of(op.index.terms.begin(), op.index.terms.end(),
                                                 [](const tensor::Term& t) { return t.operands.size() <= 1; });
    if (!is_sum || max_magnitude(op.index, graph_.tensors) >= kAccumulatorLimit) {
      return bad_input(where_, "expected an index of single tensors below 2^62, found another");
    }
    return {};
  }

  Status check_pair(const tensor::Operand& a, const tensor::Operand& b, std::uint32_t out) {
    if (out >= graph_.tensors.size()) {
      return bad_input(where_, "expected an output id below {}, found {}", graph_.tensors.size(), out);
    }
    PROOFCARD_RETURN_IF_ERROR(check_expression({graph_.tensors[out].shape, {}, {{1, {a, b}, {}}}}));
    return define(out, nullptr);
  }

  Status check_expression(const tensor::Expression& e) {
    PROOFCARD_RETURN_IF_ERROR(tensor::validate(e, shapes_, where_));
    for (const tensor::Term& term : e.terms) {
      for (const tensor::Operand& operand : term.operands) {
        PROOFCARD_RETURN_IF_ERROR(check_use(operand.tensor));
      }
    }
    return {};
  }

  Status check_use(std::uint32_t id) {
    if (id >= defined_.size()) {
      return bad_input(where_, "expected a tensor id below {}, found {}", defined_.size(), id);
    }
    if (!defined_[id]) {
      return bad_input(where_, "expected nodes in topological order, found a use of tensor {} before its value", id);
    }
    return {};
  }

  // Marks the output as computed; it must have this shape unless null.
  Status define(std::uint32_t id, const Shape* shape) {
    if (id >= defined_.size()) {
      return bad_input(where_, "expected an output id below {}, found {}", defined_.size(), id);
    }
    if (graph_.tensors[id].kind != TensorKind::kIntermediate || defined_[id]) {
      return bad_input(where_, "expected an intermediate tensor without a value as output, found tensor {}", id);
    }
    if (shape != nullptr && *shape != graph_.tensors[id].shape) {
      return bad_input(where_, "expected an output of shape [{}], found [{}]", fmt::join(*shape, ", "),
                       fmt::join(graph_.tensors[id].shape, ", "));
    }
    defined_[id] = true;
    return {};
  }

  const Graph& graph_;
  std::vector<bool>& defined_;
  std::vector<Shape> shapes_;
  std::string where_;
};

// `shape` is what users see of the tensor: the same elements.
Status check_user_shape(const Shape& shape, const Tensor& t, const std::string& where) {
  const tensor::Expression shape_only{shape, {}, {}};
  PROOFCARD_RETURN_IF_ERROR(tensor::validate(shape_only, {}, where));
  if (tensor::num_elements(shape) != tensor::num_elements(t.shape)) {
    return bad_input(where, "expected {} elements, found {}", tensor::num_elements(t.shape),
                     tensor::num_elements(shape));
  }
  return {};
}

Status validate_inputs(const Graph& graph, std::vector<bool>& defined) {
  if (graph.input_shapes.size() != graph.inputs.size()) {
    return bad_input("graph.input_shapes", "expected {}, found {}", graph.inputs.size(), graph.input_shapes.size());
  }
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    const std::uint32_t id = graph.inputs[i];
    if (id >= graph.tensors.size() || graph.tensors[id].kind != TensorKind::kInput || defined[id]) {
      return bad_input(fmt::format("graph.inputs[{}]", i), "expected an input tensor named once, found tensor {}", id);
    }
    defined[id] = true;
    PROOFCARD_RETURN_IF_ERROR(
        check_user_shape(graph.input_shapes[i], graph.tensors[id], fmt::format("graph.input_shapes[{}]", i)));
  }
  return {};
}

Status validate_outputs(const Graph& graph, const std::vector<bool>& defined) {
  if (graph.output_shapes.size() != graph.outputs.size()) {
    return bad_input("graph.output_shapes", "expected {}, found {}", graph.outputs.size(), graph.output_shapes.size());
  }
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    const std::uint32_t id = graph.outputs[i];
    if (id >= graph.tensors.size() || !defined[id] || graph.tensors[id].kind == TensorKind::kWeight ||
        graph.tensors[id].kind == TensorKind::kFedBack) {
      return bad_input(fmt::format("graph.outputs[{}]", i), "expected a computed tensor, found tensor {}", id);
    }
    PROOFCARD_RETURN_IF_ERROR(
        check_user_shape(graph.output_shapes[i], graph.tensors[id], fmt::format("graph.output_shapes[{}]", i)));
  }
  return {};
}

Status validate_fed_back(const Graph& graph) {
  const std::optional<std::uint32_t> id = fed_back(graph);
  if (!id) {
    return {};
  }
  const Tensor& t = graph.tensors[*id];
  const std::string where = fmt::format("graph.tensors[{}] ({})", *id, t.name);
  const auto again = std::count_if(graph.tensors.begin(), graph.tensors.end(),
                                   [](const Tensor& other) { return other.kind == TensorKind::kFedBack; });
  if (again != 1 || graph.outputs.empty()) {
    return bad_input(where, "expected one tensor that is fed back and an output for it, found {} and {} outputs", again,
                     graph.outputs.size());
  }
  const Tensor& out = graph.tensors[graph.outputs[0]];
  if (out.kind != TensorKind::kIntermediate || out.shape != t.shape || out.scale != t.scale || out.lo < t.lo ||
      out.hi > t.hi) {
    return bad_input(where,
                     "expected a computed first output of shape [{}] and scale {} within [{}, {}], found [{}], {} and "
                     "[{}, {}]",
                     fmt::join(t.shape, ", "), t.scale, t.lo, t.hi, fmt::join(out.shape, ", "), out.scale, out.lo,
                     out.hi);
  }
  return {};
}

}  // namespace

std::optional<std::uint32_t> fed_back(const Graph& graph) {
  const auto found = std::find_if(graph.tensors.begin(), graph.tensors.end(),
                                  [](const Tensor& t) { return t.kind == TensorKind::kFedBack; });
  return found == graph.tensors.end() ? std::nullopt
                                      : std::optional(static_cast<std::uint32_t>(found - graph.tensors.begin()));
}

Status validate(const Graph& graph) {
  std::vector<bool> defined(graph.tensors.size(), false);
  for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
    const Tensor& t = graph.tensors[i];
    PROOFCARD_RETURN_IF_ERROR(validate_tensor(t, fmt::format("graph.tensors[{}] ({})", i, t.name)));
    defined[i] = t.kind == TensorKind::kWeight || t.kind == TensorKind::kFedBack;
  }
  PROOFCARD_RETURN_IF_ERROR(validate_inputs(graph, defined));
  NodeValidator validate_node(graph, defined);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    PROOFCARD_RETURN_IF_ERROR(
        validate_node(graph.nodes[i], fmt::format("graph.nodes[{}] ({})", i, graph.nodes[i].name)));
  }
  for (std::size_t i = 0; i < defined.size(); ++i) {
    if (!defined[i]) {
      return bad_input(fmt::format("graph.tensors[{}] ({})", i, graph.tensors[i].name),
                       "expected a node or the list of inputs to give it a value, found neither");
    }
  }
  PROOFCARD_RETURN_IF_ERROR(validate_outputs(graph, defined));
  return validate_fed_back(graph);
}

}  // namespace proofcard::graph
