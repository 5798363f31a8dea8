#include <algorithm>

#include "host/base/check.hpp"
#include "host/graph/onnx/importer.hpp"
#include "host/graph/quantize/float_executor.hpp"

namespace proofcard::graph {

Result<std::int64_t> normalise_axis(std::int64_t axis, std::size_t rank, const std::string& where) {
  const auto r = static_cast<std::int64_t>(rank);
  if (axis < -r || axis >= r) {
    return bad_input(where, "expected an axis in [{}, {}), found {}", -r, r, axis);
  }
  return axis < 0 ? axis + r : axis;
}

Result<Dims> normalise_axes(Dims axes, std::size_t rank, const std::string& where) {
  for (std::int64_t& a : axes) {
    PROOFCARD_TRY(a, normalise_axis(a, rank, where));
  }
  std::sort(axes.begin(), axes.end());
  if (std::adjacent_find(axes.begin(), axes.end()) != axes.end()) {
    return bad_input(where, "expected distinct axes, found [{}]", fmt::join(axes, ", "));
  }
  return axes;
}

NodeReader::NodeReader(Importer& importer, const onnx::NodeProto& proto, std::string name)
    : importer_(importer),
      proto_(proto),
      name_(std::move(name)),
      where_(fmt::format("{} ({})", name_, foreign_name(proto.op_type()))) {}

int NodeReader::opset() const { return importer_.opset_; }

const onnx::AttributeProto* NodeReader::find(const std::string& name) const {
  for (const onnx::AttributeProto& a : proto_.attribute()) {
    if (a.name() == name) {
      return &a;
    }
  }
  return nullptr;
}

namespace {

Error wrong_type(const NodeReader& node, const std::string& attribute, const char* expected) {
  return bad_input(node.where(), "expected attribute {} to be {}", attribute, expected);
}

}  // namespace

Result<std::int64_t> NodeReader::integer(const std::string& name, std::int64_t fallback) const {
  const onnx::AttributeProto* a = find(name);
  if (a == nullptr) return fallback;
  if (a->type() != onnx::AttributeProto::INT) return wrong_type(*this, name, "an integer");
  return static_cast<std::int64_t>(a->i());
}

Result<float> NodeReader::real(const std::string& name, float fallback) const {
  const onnx::AttributeProto* a = find(name);
  if (a == nullptr) return fallback;
  if (a->type() != onnx::AttributeProto::FLOAT) return wrong_type(*this, name, "a number");
  return a->f();
}

Result<std::string> NodeReader::text(const std::string& name, const std::string& fallback) const {
  const onnx::AttributeProto* a = find(name);
  if (a == nullptr) return fallback;
  if (a->type() != onnx::AttributeProto::STRING) return wrong_type(*this, name, "a string");
  return a->s();
}

Result<Dims> NodeReader::integers(const std::string& name, const Dims& fallback) const {
  const onnx::AttributeProto* a = find(name);
  if (a == nullptr) return fallback;
  if (a->type() != onnx::AttributeProto::INTS) return wrong_type(*this, name, "a list of integers");
  return Dims(a->ints().begin(), a->ints().end());
}

Result<std::uint32_t> NodeReader::input(std::size_t i) const {
  if (!has_input(i)) {
    return bad_input(where_, "expected an input {}, found none", i);
  }
  const auto it = importer_.ids_.find(proto_.input(static_cast<int>(i)));
  PROOFCARD_CHECK(it != importer_.ids_.end());
  return it->second;
}

Result<const FloatTensor*> NodeReader::constant(std::size_t i, const std::string& what) const {
  PROOFCARD_TRY(std::uint32_t id, input(i));
  const auto& value = importer_.graph_.values[id].constant;
  if (!value) {
    return unsupported(fmt::format("its {} must be constant", what));
  }
  return &*value;
}

Result<Dims> NodeReader::constant_integers(std::size_t i, const std::string& what) const {
  PROOFCARD_TRY(const FloatTensor* t, constant(i, what));
  Dims out;
  for (float v : t->data) {
    if (!(v == v)) {
      return bad_input(where_, "expected integers for its {}, found NaN", what);
    }
    constexpr float kLimit = 4e18F;
    out.push_back(static_cast<std::int64_t>(std::min(std::max(v, -kLimit), kLimit)));
  }
  return out;
}

Result<float> NodeReader::constant_scalar(std::size_t i, const std::string& what) const {
  PROOFCARD_TRY(const FloatTensor* t, constant(i, what));
  if (t->data.size() != 1) {
    return bad_input(where_, "expected a scalar for its {}, found {} values", what, t->data.size());
  }
  return t->data[0];
}

int NodeReader::input_type(std::size_t i) const {
  const auto it = importer_.types_.find(proto_.input(static_cast<int>(i)));
  return it == importer_.types_.end() ? 0 : it->second;
}

namespace {

const FloatNode* producer(const FloatGraph& graph, std::uint32_t value) {
  for (auto it = graph.nodes.rbegin(); it != graph.nodes.rend(); ++it) {
    if (it->output == value) {
      return &*it;
    }
  }
  return nullptr;
}

}  // namespace

bool NodeReader::yields_integers(std::uint32_t value) const {
  const FloatNode* n = producer(importer_.graph_, value);
  return n != nullptr && n->op == FloatOp::kArgMax;
}

bool NodeReader::matches_quantiser(std::uint32_t value, float scale, float zero) const {
  const FloatNode* n = producer(importer_.graph_, value);
  return n != nullptr && n->op == FloatOp::kFakeQuantize && n->alpha == scale && n->beta == zero;
}

Result<std::uint32_t> NodeReader::written_out_layer_norm(std::uint32_t dividend, std::uint32_t divisor) const {
  const FloatGraph& graph = importer_.graph_;
  const Error other = unsupported("a divisor that is computed is supported only in a layer normalisation");
  const auto is = [&](std::uint32_t value, FloatOp op) -> const FloatNode* {
    const FloatNode* n = producer(graph, value);
    return n != nullptr && n->op == op ? n : nullptr;
  };
  const FloatNode* centred = is(dividend, FloatOp::kSub);
  const FloatNode* root = is(divisor, FloatOp::kSqrt);
  const FloatNode* mean = centred != nullptr ? is(centred->inputs[1], FloatOp::kReduceMean) : nullptr;
  const FloatNode* sum = root != nullptr ? is(root->inputs[0], FloatOp::kAdd) : nullptr;
  if (mean == nullptr || sum == nullptr || mean->inputs[0] != centred->inputs[0]) {
    return other;
  }
  const auto& epsilon = graph.values[sum->inputs[1]].constant;
  const FloatNode* variance = is(sum->inputs[0], FloatOp::kReduceMean);
  const FloatNode* square = variance != nullptr ? producer(graph, variance->inputs[0]) : nullptr;
  const bool squared =
      square != nullptr && square->inputs[0] == dividend &&
      (square->op == FloatOp::kSquare || (square->op == FloatOp::kMul && square->inputs[1] == dividend));
  const Dims& shape = graph.values[dividend].shape;
  // Both means run over the last axes.
  const auto rank = static_cast<std::int64_t>(shape.size());
  bool last = variance != nullptr && mean->ints == variance->ints && mean->keep_dims && variance->keep_dims;
  for (std::size_t i = 0; last && i < mean->ints.size(); ++i) {
    last = mean->ints[i] == rank - static_cast<std::int64_t>(mean->ints.size() - i);
  }
  if (!squared || !last || !epsilon || epsilon->data.size() != 1) {
    return other;
  }
  FloatNode n = make(FloatOp::kLayerNorm, {centred->inputs[0]});
  n.axis = mean->ints[0];
  n.alpha = epsilon->data[0];
  const Dims row(shape.begin() + n.axis, shape.end());
  n.inputs.push_back(add_constant({row, std::vector<float>(static_cast<std::size_t>(count(row)), 1.0F), false}));
  return emit(std::move(n));
}

const Dims& NodeReader::shape_of(std::uint32_t value) const { return importer_.graph_.values[value].shape; }

FloatNode NodeReader::make(FloatOp op, std::vector<std::uint32_t> inputs) const {
  FloatNode n;
  n.op = op;
  n.name = name_;
  n.onnx_op = foreign_name(proto_.op_type());
  n.inputs = std::move(inputs);
  return n;
}

Result<std::uint32_t> NodeReader::emit(FloatNode node) const {
  std::vector<Dims> shapes;
  std::vector<const FloatTensor*> constants;
  FloatGraph& graph = importer_.graph_;
  for (std::uint32_t in : node.inputs) {
    const FloatValue& v = graph.values[in];
    if (v.constant && v.constant->data.empty()) {
      return bad_input(where_, "expected non-empty operands, found shape [{}]", fmt::join(v.shape, ", "));
    }
    shapes.push_back(v.shape);
    if (v.constant) {
      constants.push_back(&*v.constant);
    }
  }
  PROOFCARD_TRY(Dims shape, infer_shape(node, shapes, where_));
  if (constants.size() == node.inputs.size()) {
    constexpr std::int64_t kMaxFolded = std::int64_t{1} << 28;
    importer_.folded_ += count(shape);
    if (importer_.folded_ > kMaxFolded) {
      return bad_input(where_, "expected constants of at most {} values to fold, found more", kMaxFolded);
    }
    return add_constant(evaluate(node, constants, shape));
  }
  node.output = importer_.new_value(name_, std::move(shape));
  graph.nodes.push_back(std::move(node));
  return graph.nodes.back().output;
}

std::uint32_t NodeReader::add_constant(FloatTensor tensor) const {
  const std::uint32_t id = importer_.new_value(name_, tensor.shape);
  importer_.graph_.values[id].constant = std::move(tensor);
  return id;
}

Result<std::uint32_t> NodeReader::reshape(std::uint32_t value, Dims shape) const {
  if (shape_of(value) == shape) {
    return value;
  }
  FloatNode n = make(FloatOp::kReshape, {value});
  n.ints = std::move(shape);
  return emit(std::move(n));
}

Status NodeReader::bind(std::size_t i, std::uint32_t value) const {
  if (!has_output(i)) {
    return {};
  }
  return importer_.define(proto_.output(static_cast<int>(i)), value, where_);
}

Status NodeReader::no_output_from(std::size_t i) const {
  for (; i < num_outputs(); ++i) {
    if (has_output(i) && importer_.uses_.contains(proto_.output(static_cast<int>(i)))) {
      return unsupported(fmt::format("its output {} is not supported", i));
    }
  }
  return {};
}

}  // namespace proofcard::graph
