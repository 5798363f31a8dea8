#include <algorithm>
#include <optional>

#include "host/base/check.hpp"
#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/float_graph/moves.hpp"
#include "host/graph/onnx/import_parts.hpp"
#include "host/graph/onnx/importer.hpp"

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

Result<std::vector<float>> NodeReader::reals(const std::string& name) const {
  const onnx::AttributeProto* a = find(name);
  if (a == nullptr) return std::vector<float>{};
  if (a->type() != onnx::AttributeProto::FLOATS) return wrong_type(*this, name, "a list of numbers");
  return std::vector<float>(a->floats().begin(), a->floats().end());
}

Result<std::vector<std::string>> NodeReader::texts(const std::string& name) const {
  const onnx::AttributeProto* a = find(name);
  if (a == nullptr) return std::vector<std::string>{};
  if (a->type() != onnx::AttributeProto::STRINGS) return wrong_type(*this, name, "a list of strings");
  return std::vector<std::string>(a->strings().begin(), a->strings().end());
}

void NodeReader::note(const std::string& text) const { importer_.graph_.notes.push_back(text); }

Result<std::uint32_t> NodeReader::input(std::size_t i) const {
  if (!has_input(i)) {
    return bad_input(where_, "expected an input {}, found none", i);
  }
  const auto it = importer_.names_.ids.find(proto_.input(static_cast<int>(i)));
  PROOFCARD_CHECK(it != importer_.names_.ids.end());
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
  (void)t;
  const Constant exact = typed_operand(i);
  if (exact.is_integer()) {
    return exact.integers;
  }
  Dims out;
  for (const double v : exact.reals) {
    if (!(v == v)) {
      return bad_input(where_, "expected integers for its {}, found NaN", what);
    }
    constexpr double kLimit = 4e18;
    out.push_back(static_cast<std::int64_t>(std::clamp(v, -kLimit, kLimit)));
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

bool NodeReader::is_constant(std::uint32_t value) const { return importer_.graph_.values[value].constant.has_value(); }

const FloatTensor& NodeReader::float_value(std::uint32_t value) const {
  PROOFCARD_CHECK(is_constant(value));
  return *importer_.graph_.values[value].constant;
}

bool NodeReader::all_constant() const {
  bool any = false;
  for (std::size_t i = 0; i < num_inputs(); ++i) {
    if (has_input(i)) {
      const Result<std::uint32_t> id = input(i);
      any = true;
      if (!id.ok() || !is_constant(*id)) {
        return false;
      }
    }
  }
  return any;
}

bool NodeReader::has_large_floats() const {
  constexpr std::int64_t kLarge = 1 << 22;
  const Result<std::uint32_t> id = input(0);
  return id.ok() && type_of(*id) == onnx::TensorProto::FLOAT && count(shape_of(*id)) >= kLarge;
}

ElementType NodeReader::type_of(std::uint32_t value) const { return importer_.types_[value]; }

void NodeReader::set_type(std::uint32_t value, ElementType type) const { importer_.types_[value] = type; }

Constant NodeReader::typed_value(std::uint32_t value) const {
  PROOFCARD_CHECK(is_constant(value));
  const auto it = importer_.exact_.find(value);
  return it != importer_.exact_.end() ? it->second
                                      : to_constant(*importer_.graph_.values[value].constant, type_of(value));
}

Constant NodeReader::typed_operand(std::size_t i) const {
  const Result<std::uint32_t> id = input(i);
  PROOFCARD_CHECK(id.ok());
  return typed_value(*id);
}

std::map<std::uint32_t, Dequantised>& NodeReader::dequantised() const { return importer_.dequantised_; }
std::map<std::uint32_t, Dequantised>& NodeReader::requantised() const { return importer_.requantised_; }
std::map<std::uint32_t, DequantisedConstant>& NodeReader::dequantised_constants() const {
  return importer_.dequantised_constants_;
}

const FloatNode* NodeReader::producer(std::uint32_t value) const {
  const std::vector<FloatNode>& nodes = importer_.graph_.nodes;  // outputs are numbered in the order of their nodes
  const auto it = std::lower_bound(nodes.begin(), nodes.end(), value,
                                   [](const FloatNode& n, std::uint32_t v) { return n.output < v; });
  return it == nodes.end() || it->output != value ? nullptr : &*it;
}

std::optional<std::uint32_t> NodeReader::quantised_value(std::uint32_t integer, float scale, float zero) const {
  const FloatNode* n = producer(integer);
  if (n == nullptr || n->op != FloatOp::kQuantised || n->alpha != scale || n->beta != zero) {
    return std::nullopt;
  }
  return n->inputs[0];
}

Dims NodeReader::shape_of(std::uint32_t value) const { return importer_.graph_.values[value].shape; }

FloatNode NodeReader::make(FloatOp op, std::vector<std::uint32_t> inputs) const {
  FloatNode n;
  n.op = op;
  n.name = name_;
  n.onnx_op = foreign_name(proto_.op_type());
  n.inputs = std::move(inputs);
  return n;
}

// Whether the node means the same for integers as for the real numbers that they are, but for wrapping around, which is a
// node of its own.
Status NodeReader::check_integers(const FloatNode& node) const {
  const ElementType type = type_of(node.inputs[0]);
  const bool for_integers = node.op >= FloatOp::kMaximum && node.op <= FloatOp::kShiftRight;
  if (!is_integer_type(type) || is_move(node.op)) {
    return {};
  }
  for (const std::uint32_t in : node.inputs) {
    if (const auto it = importer_.exact_.find(in); it != importer_.exact_.end() && it->second.is_integer()) {
      const auto is_float = [](std::int64_t v) { return static_cast<std::int64_t>(static_cast<float>(v)) == v; };
      constexpr std::int64_t kEnd = std::int64_t{1} << 62;
      for (const std::int64_t v : it->second.integers) {
        if (v <= -kEnd || v >= kEnd || !is_float(v)) {
          return unsupported(fmt::format("of computed values and integers of more than 24 bits it is not supported"));
        }
      }
    }
  }
  if (for_integers || node.op == FloatOp::kIntegerMap || node.op == FloatOp::kArgMax || node.op == FloatOp::kTopK ||
      node.op == FloatOp::kReduceMax || node.op == FloatOp::kMaxPool || node.op == FloatOp::kOneHot ||
      node.op == FloatOp::kClip || node.op == FloatOp::kRelu || node.op == FloatOp::kAdd || node.op == FloatOp::kSub ||
      node.op == FloatOp::kMul || node.op == FloatOp::kReduceSum || node.op == FloatOp::kMatMul ||
      node.op == FloatOp::kConv || node.op == FloatOp::kAbs ||
      (node.op == FloatOp::kFunction && node.function == tensor::Function::kSign)) {
    return {};
  }
  return unsupported(fmt::format("of computed values of {} it is not supported", element_type_name(type)));
}

// Pre: all operands are constant.
std::uint32_t NodeReader::fold(const FloatNode& node, const Dims& shape) const {
  const FloatGraph& graph = importer_.graph_;
  const ElementType type = type_of(node.inputs[0]);
  if (is_move(node.op) && importer_.exact_.contains(node.inputs[0])) {
    std::vector<Constant> constants;
    for (const std::uint32_t in : node.inputs) {
      constants.push_back(typed_value(in));
    }
    Constant out{type, shape, {}, {}};
    std::vector<MoveOperand<std::int64_t>> integers;
    std::vector<MoveOperand<double>> reals;
    for (const Constant& c : constants) {
      integers.push_back({c.shape, c.integers});
      reals.push_back({c.shape, c.reals});
    }
    if (out.is_integer()) {
      out.integers = moved(node, integers, shape);
    } else {
      out.reals = moved(node, reals, shape);
    }
    return add_constant(std::move(out));
  }
  std::vector<const FloatTensor*> constants;
  for (const std::uint32_t in : node.inputs) {
    constants.push_back(&*graph.values[in].constant);
  }
  const std::uint32_t id = add_constant(evaluate(node, constants, shape));
  importer_.types_[id] = type;
  return id;
}

Result<std::uint32_t> NodeReader::emit(FloatNode node) const {
  std::vector<Dims> shapes;
  bool all = true;
  bool empty = false;
  for (std::uint32_t in : node.inputs) {
    const Dims shape = shape_of(in);
    shapes.push_back(shape);
    all = all && is_constant(in);
    empty = empty || count(shape) == 0;
  }
  const ElementType type = type_of(node.inputs[0]);
  const bool is_binary =
      node.op == FloatOp::kAdd || node.op == FloatOp::kSub || node.op == FloatOp::kMul || node.op == FloatOp::kDiv;
  if (empty && !is_move(node.op) && !is_binary && node.op != FloatOp::kMatMul) {
    return bad_input(where_, "expected non-empty operands, found shape [{}]", fmt::join(shapes[0], ", "));
  }
  PROOFCARD_TRY(Dims shape, infer_shape(node, shapes, where_));
  if (count(shape) == 0 ||
      (empty && node.op == FloatOp::kMatMul)) {  // whatever it is computed from; sums of nothing are 0
    return add_constant(make_constant(type, std::move(shape)));
  }
  if (all) {
    if (is_integer_type(type) && !is_move(node.op)) {
      return unsupported(fmt::format("of constants of {} it is not supported", element_type_name(type)));
    }
    constexpr std::int64_t kMaxFolded = std::int64_t{1} << 28;
    importer_.folded_ += count(shape);
    if (importer_.folded_ > kMaxFolded) {
      return bad_input(where_, "expected constants of at most {} values to fold, found more", kMaxFolded);
    }
    return fold(node, shape);
  }
  PROOFCARD_RETURN_IF_ERROR(check_integers(node));
  if (node.op == FloatOp::kConcat) {  // of which some may be of no entries
    std::erase_if(node.inputs, [&](std::uint32_t in) { return count(shape_of(in)) == 0; });
  }
  node.output =
      importer_.new_value(name_, std::move(shape),
                          node.op == FloatOp::kArgMax || node.op == FloatOp::kTopK ? onnx::TensorProto::INT64 : type);
  importer_.graph_.nodes.push_back(std::move(node));
  return importer_.graph_.nodes.back().output;
}

std::uint32_t NodeReader::add_constant(FloatTensor tensor) const {
  const std::uint32_t id = importer_.new_value(name_, tensor.shape, onnx::TensorProto::FLOAT);
  importer_.graph_.values[id].constant = std::move(tensor);
  return id;
}

std::uint32_t NodeReader::add_constant(Constant constant) const {
  const std::uint32_t id = add_constant(to_floats(constant));
  importer_.types_[id] = constant.type;
  if (!fits_float(constant.type) && (constant.is_integer() || constant.type == onnx::TensorProto::DOUBLE)) {
    importer_.exact_[id] = std::move(constant);
  }
  return id;
}

Result<std::uint32_t> NodeReader::retyped(std::uint32_t value, ElementType type) const {
  if (type_of(value) == type || (is_float_type(type_of(value)) && is_float_type(type))) {
    return value;
  }
  FloatNode n = make(FloatOp::kReshape, {value});
  n.ints = shape_of(value);
  PROOFCARD_TRY(const std::uint32_t out, emit(std::move(n)));
  importer_.types_[out] = type;
  return out;
}

void NodeReader::tie(const std::vector<std::uint32_t>& values) const {
  FloatGraph& graph = importer_.graph_;
  ++graph.ties;
  for (const std::uint32_t value : values) {
    if (!is_constant(value)) {
      graph.values[value].tie = graph.ties;
    }
  }
}

// Follows moves and conversions back to an input.
void NodeReader::note_index(std::uint32_t value, std::int64_t size) const {
  FloatGraph& graph = importer_.graph_;
  const FloatNode* n = producer(value);
  while (n != nullptr && (is_move(n->op) || n->op == FloatOp::kWrap) && n->inputs.size() == 1) {
    value = n->inputs[0];
    n = producer(value);
  }
  std::optional<IntegerRange>& range = graph.values[value].integers;
  if (range) {
    range->lo = std::max<std::int64_t>(range->lo, 0);
    range->hi = std::min(range->hi, size - 1);
    range->sampled = false;
  }
}

void NodeReader::note_finite(std::uint32_t value) const {
  for (std::vector<std::uint32_t> open = {value}; !open.empty();) {
    const FloatNode* n = producer(open.back());
    importer_.graph_.values[open.back()].finite = true;
    open.pop_back();
    if (n != nullptr && is_move(n->op)) {
      open.insert(open.end(), n->inputs.begin(), n->inputs.end());
    }
  }
}

Result<std::vector<std::uint32_t>> NodeReader::inline_graph(const std::string& attribute,
                                                            const std::vector<std::uint32_t>& inputs,
                                                            const std::string& suffix) const {
  const onnx::AttributeProto* a = find(attribute);
  if (a == nullptr || !a->has_g()) {
    return bad_input(where_, "expected a graph as its attribute {}, found none", attribute);
  }
  return importer_.inline_graph(a->g(), inputs, name_ + suffix + "/", where_);
}

Result<ReadTensor> NodeReader::read(const onnx::TensorProto& proto) const { return importer_.read(proto, where_); }

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
  PROOFCARD_TRY(value, wrapped(*this, value));
  return importer_.define(proto_.output(static_cast<int>(i)), value, where_);
}

Status NodeReader::no_output_from(std::size_t i) const {
  for (; i < num_outputs(); ++i) {
    if (has_output(i) && importer_.names_.uses.contains(proto_.output(static_cast<int>(i)))) {
      return unsupported(fmt::format("its output {} is not supported", i));
    }
  }
  return {};
}

}  // namespace proofcard::graph
