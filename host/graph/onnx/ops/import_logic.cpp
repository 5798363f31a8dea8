// Comparisons, logic, choices, conversions, and arithmetic of integers that rounds or looks at bits.
#include <algorithm>
#include <cmath>
#include <limits>

#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/float_graph/moves.hpp"
#include "host/graph/onnx/import_parts.hpp"
#include "host/graph/onnx/importer.hpp"

namespace proofcard::graph {
namespace {

Result<std::uint32_t> typed(const NodeReader& node, Result<std::uint32_t> value, ElementType type) {
  if (value.ok()) {
    node.set_type(*value, type);
  }
  return value;
}

Result<std::uint32_t> truth(const NodeReader& node, FloatOp op, std::vector<std::uint32_t> inputs) {
  return typed(node, node.emit(op, std::move(inputs)), onnx::TensorProto::BOOL);
}

// Whether x is not 0.
Result<std::uint32_t> not_zero(const NodeReader& node, std::uint32_t x) {
  const std::uint32_t zero = node.add_constant(make_constant(node.type_of(x), {}));
  PROOFCARD_TRY(const std::uint32_t is_zero, truth(node, FloatOp::kEqual, {x, zero}));
  return truth(node, FloatOp::kNot, {is_zero});
}

Status compare(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t a, node.input(0));
  PROOFCARD_TRY(const std::uint32_t b, node.input(1));
  const std::string& op = node.op();
  const bool swapped = op.starts_with("Greater");
  const FloatOp kind = op == "Equal" ? FloatOp::kEqual : op.ends_with("Equal") ? FloatOp::kLessEqual : FloatOp::kLess;
  PROOFCARD_TRY(const std::uint32_t out, truth(node, kind, {swapped ? b : a, swapped ? a : b}));
  return node.bind(0, out);
}

// Operands that ONNX wants as truths; other numbers would break what is assumed of them.
Status expect_truth(const NodeReader& node, std::uint32_t x) {
  if (node.type_of(x) != onnx::TensorProto::BOOL) {
    return bad_input(node.where(), "expected an operand of type {}, found {}",
                     element_type_name(onnx::TensorProto::BOOL), element_type_name(node.type_of(x)));
  }
  return {};
}

Status logic(const NodeReader& node) {
  static const std::map<std::string, FloatOp> ops = {
      {"And", FloatOp::kAnd}, {"Or", FloatOp::kOr}, {"Xor", FloatOp::kXor}, {"Not", FloatOp::kNot}};
  std::vector<std::uint32_t> inputs;
  for (std::size_t i = 0; i < node.num_inputs(); ++i) {
    PROOFCARD_TRY(const std::uint32_t in, node.input(i));
    PROOFCARD_RETURN_IF_ERROR(expect_truth(node, in));
    inputs.push_back(in);
  }
  if (inputs.size() != (node.op() == "Not" ? 1U : 2U)) {
    return bad_input(node.where(), "expected {} operands, found {}", node.op() == "Not" ? 1 : 2, inputs.size());
  }
  PROOFCARD_TRY(const std::uint32_t out, truth(node, ops.at(node.op()), inputs));
  return node.bind(0, out);
}

// A constant branch with zeros where the condition never chooses it: what stands there may be no number.
std::uint32_t only_what_is_read(const NodeReader& node, std::uint32_t branch, std::uint32_t condition, bool where) {
  const auto is_number = [](float v) { return std::isfinite(v); };
  if (!node.is_constant(condition) || !node.is_constant(branch) ||
      std::ranges::all_of(node.float_value(branch).data, is_number)) {
    return branch;
  }
  FloatTensor out = node.float_value(branch);
  const FloatTensor& truths = node.float_value(condition);
  Dims shape(std::max(out.shape.size(), truths.shape.size()), 1);
  for (const Dims* of : std::initializer_list<const Dims*>{&out.shape, &truths.shape}) {
    for (std::size_t i = 0; i < of->size(); ++i) {
      std::int64_t& size = shape[shape.size() - of->size() + i];
      size = size == 1 ? (*of)[i] : size;
    }
  }
  const auto broadcasts = [&](const Dims& of) {
    return std::ranges::equal(of.rbegin(), of.rend(), shape.rbegin(),
                              shape.rbegin() + static_cast<std::ptrdiff_t>(of.size()),
                              [](std::int64_t a, std::int64_t b) { return a == 1 || a == b; });
  };
  if (!broadcasts(out.shape) || !broadcasts(truths.shape) || count(shape) > kMaxElements) {
    return branch;  // which the choice itself refuses
  }
  std::vector<bool> is_chosen;
  walk(shape, broadcast_strides(truths.shape, shape), 0,
       [&](auto, auto from) { is_chosen.push_back((truths.data[from] != 0) == where); });
  std::vector<bool> used(out.data.size(), false);
  walk(shape, broadcast_strides(out.shape, shape), 0,
       [&](auto i, auto from) { used[from] = used[from] || is_chosen[i]; });
  for (std::size_t i = 0; i < used.size(); ++i) {
    out.data[i] = used[i] ? out.data[i] : 0;
  }
  return node.add_constant(std::move(out));
}

Status choice(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t condition, node.input(0));
  PROOFCARD_RETURN_IF_ERROR(expect_truth(node, condition));
  PROOFCARD_TRY(std::uint32_t a, node.input(1));
  PROOFCARD_TRY(std::uint32_t b, node.input(2));
  if (is_float_type(node.type_of(a))) {
    a = only_what_is_read(node, a, condition, true);
    b = only_what_is_read(node, b, condition, false);
  }
  PROOFCARD_TRY(const std::uint32_t out, typed(node, node.emit(FloatOp::kWhere, {condition, a, b}), node.type_of(a)));
  return node.bind(0, out);
}

// Computed values are finite: what is not is refused in samples and inputs.
Status never(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, node.input(0));
  constexpr std::int64_t kMost = std::int64_t{1} << 24;  // a few bytes of a file must not ask for gigabytes
  if (count(node.shape_of(x)) > kMost) {
    return node.unsupported(fmt::format("of more than {} values it is not supported", kMost));
  }
  node.note_finite(x);
  return node.bind(0, node.add_constant(make_constant(onnx::TensorProto::BOOL, node.shape_of(x))));
}

std::int64_t type_bits(ElementType type) {
  if (type == onnx::TensorProto::UINT64) {
    return 64;
  }
  const double values = static_cast<double>(highest_of(type)) - static_cast<double>(lowest_of(type)) + 1;
  return std::lround(std::log2(values));
}

Result<std::uint32_t> wrapped_to(const NodeReader& node, std::uint32_t x, ElementType type, bool saturates = false) {
  FloatNode n = node.make(FloatOp::kWrap, {x});
  n.ints = {type_bits(type), lowest_of(type) < 0 ? 1 : 0, saturates ? 1 : 0};
  return typed(node, node.emit(std::move(n)), type);
}

// The sign as an integer, by all digits: [x > 0] + [x >= 0] - 1. A rounded one might be truncated to 0.
Result<std::uint32_t> whole_sign(const NodeReader& node, std::uint32_t x, ElementType to) {
  PROOFCARD_TRY(const std::uint32_t above, typed(node, node.emit(FloatOp::kAbove, {x}), to));
  FloatNode n = node.make(FloatOp::kAbove, {x});
  n.alpha = -std::numeric_limits<float>::denorm_min();
  PROOFCARD_TRY(const std::uint32_t from_zero, typed(node, node.emit(std::move(n)), to));
  Constant one = make_constant(to, {});
  one.integers = {1};
  PROOFCARD_TRY(const std::uint32_t sum, node.emit(FloatOp::kAdd, {above, from_zero}));
  return node.emit(FloatOp::kSub, {sum, node.add_constant(std::move(one))});
}

Result<std::uint32_t> converted(const NodeReader& node, std::uint32_t x, ElementType to) {
  const ElementType from = node.type_of(x);
  const bool known = is_float_type(to) || is_integer_type(to);
  if (from == to || (is_float_type(from) && is_float_type(to))) {
    return x;
  }
  if (!known) {
    return node.unsupported(fmt::format("conversion of computed values from {} to {} is not supported",
                                        element_type_name(from), element_type_name(to)));
  }
  if (to == onnx::TensorProto::BOOL) {
    return not_zero(node, x);
  }
  if (is_float_type(from)) {
    const FloatNode* n = node.producer(x);
    if (n != nullptr && n->op == FloatOp::kFunction && n->function == tensor::Function::kSign && lowest_of(to) < 0) {
      return whole_sign(node, n->inputs[0], to);
    }
    return typed(node, node.emit(FloatOp::kTruncate, {x}), to);
  }
  const bool widens = is_float_type(to) || (lowest_of(to) <= lowest_of(from) && highest_of(to) >= highest_of(from));
  return widens ? node.retyped(x, to) : wrapped_to(node, x, to);
}

Status conversion(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  std::int64_t to = 0;
  if (node.op() == "CastLike") {
    PROOFCARD_TRY(const std::uint32_t like, node.input(1));
    to = node.type_of(like);
  } else {
    PROOFCARD_TRY(to, node.integer("to", 0));
  }
  PROOFCARD_TRY(x, converted(node, x, static_cast<ElementType>(std::clamp<std::int64_t>(to, 0, 1 << 16))));
  return node.bind(0, x);
}

Status remainder_of(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t a, node.input(0));
  PROOFCARD_TRY(const std::uint32_t b, node.input(1));
  PROOFCARD_TRY(const std::int64_t as_fmod, node.integer("fmod", 0));
  FloatNode n = node.make(FloatOp::kModulo, {a, b});
  n.last = as_fmod != 0;
  PROOFCARD_TRY(const std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

Status expect_integers(const NodeReader& node, std::uint32_t x) {
  const ElementType type = node.type_of(x);
  return is_integer_type(type) ? Status()
                               : bad_input(node.where(), "expected integers, found {}", element_type_name(type));
}

Status bitwise(const NodeReader& node) {
  static const std::map<std::string, FloatOp> ops = {
      {"BitwiseAnd", FloatOp::kBitAnd}, {"BitwiseOr", FloatOp::kBitOr}, {"BitwiseXor", FloatOp::kBitXor}};
  PROOFCARD_TRY(const std::uint32_t a, node.input(0));
  PROOFCARD_TRY(const std::uint32_t b, node.input(1));
  PROOFCARD_RETURN_IF_ERROR(expect_integers(node, a));
  PROOFCARD_RETURN_IF_ERROR(expect_integers(node, b));
  PROOFCARD_TRY(const std::uint32_t out, node.emit(ops.at(node.op()), {a, b}));
  return node.bind(0, out);
}

// -1 - x, or for integers without a sign the highest one less x.
Status bitwise_not(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, node.input(0));
  PROOFCARD_RETURN_IF_ERROR(expect_integers(node, x));
  const ElementType type = node.type_of(x);
  const bool is_signed = lowest_of(type) < 0;
  if (!is_signed && !fits_float(type)) {
    return node.unsupported(fmt::format("of computed values of {} it is not supported", element_type_name(type)));
  }
  const float last = is_signed ? -1.0F : static_cast<float>(highest_of(type));
  PROOFCARD_TRY(std::uint32_t out, scaled(node, x, -1.0F));
  PROOFCARD_TRY(out, node.emit(FloatOp::kAdd, {out, node.add_scalar(last)}));
  return node.bind(0, out);
}

Status bit_shift(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const std::uint32_t by, node.input(1));
  PROOFCARD_RETURN_IF_ERROR(expect_integers(node, x));
  PROOFCARD_RETURN_IF_ERROR(expect_integers(node, by));
  PROOFCARD_TRY(const std::string direction, node.text("direction", ""));
  if (direction != "LEFT" && direction != "RIGHT") {
    return bad_input(node.where(), "expected direction LEFT or RIGHT, found {}", foreign_name(direction));
  }
  const ElementType type = node.type_of(x);
  FloatNode n = node.make(direction == "LEFT" ? FloatOp::kShiftLeft : FloatOp::kShiftRight, {x, by});
  n.ints = {type_bits(type), lowest_of(type) < 0 ? 1 : 0};
  PROOFCARD_TRY(const std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

// |a|^b as exp(b log |a|), with a's sign where b is odd.
Result<std::uint32_t> real_power(const NodeReader& node, std::uint32_t a, std::uint32_t b) {
  const auto function = [&](tensor::Function f, std::uint32_t x) {
    FloatNode n = node.make(FloatOp::kFunction, {x});
    n.function = f;
    return node.emit(std::move(n));
  };
  PROOFCARD_TRY(const std::uint32_t magnitude, node.emit(FloatOp::kAbs, {a}));
  PROOFCARD_TRY(std::uint32_t out, function(tensor::Function::kLog, magnitude));
  PROOFCARD_TRY(out, node.emit(FloatOp::kMul, {out, b}));
  PROOFCARD_TRY(out, node.emit(FloatOp::kExp, {out}));
  PROOFCARD_TRY(const std::uint32_t negative, truth(node, FloatOp::kLess, {a, node.add_scalar(0.0F)}));
  PROOFCARD_TRY(const std::uint32_t half, scaled(node, b, 0.5F));
  PROOFCARD_TRY(std::uint32_t even, function(tensor::Function::kFloor, half));
  PROOFCARD_TRY(even, scaled(node, even, 2.0F));
  PROOFCARD_TRY(const std::uint32_t even_one, truth(node, FloatOp::kEqual, {even, b}));
  PROOFCARD_TRY(const std::uint32_t odd, truth(node, FloatOp::kNot, {even_one}));
  PROOFCARD_TRY(std::uint32_t turned, truth(node, FloatOp::kAnd, {negative, odd}));
  PROOFCARD_TRY(const std::uint32_t opposite, scaled(node, out, -1.0F));
  return node.emit(FloatOp::kWhere, {turned, opposite, out});
}

}  // namespace

namespace {

// Whether values of this node may leave their type.
bool is_arithmetic(const FloatNode& n) {
  return n.op == FloatOp::kAdd || n.op == FloatOp::kSub || n.op == FloatOp::kMul || n.op == FloatOp::kMatMul ||
         n.op == FloatOp::kConv || n.op == FloatOp::kReduceSum || n.op == FloatOp::kAbs ||
         n.op == FloatOp::kIntegerDivide || n.op == FloatOp::kIntegerPower;
}

}  // namespace

Result<std::uint32_t> wrapped(const NodeReader& node, std::uint32_t x) {
  const ElementType type = node.type_of(x);
  // Of int64 no step may need more than 58 bits.
  if (!is_integer_type(type) || type == onnx::TensorProto::BOOL || type == onnx::TensorProto::INT64) {
    return x;
  }
  const FloatNode* n = node.producer(x);
  while (n != nullptr && is_move(n->op) && n->inputs.size() == 1) {
    n = node.producer(n->inputs[0]);
  }
  // Sums over axes end where the type does, in onnxruntime.
  const bool reduces = node.op().starts_with("Reduce");
  return n != nullptr && is_arithmetic(*n) ? wrapped_to(node, x, type, reduces) : Result<std::uint32_t>(x);
}

Status computed_power(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t a, node.input(0));
  PROOFCARD_TRY(std::uint32_t b, node.input(1));
  if (is_integer_type(node.type_of(a))) {
    if (!is_integer_type(node.type_of(b))) {
      return node.unsupported("powers of integers with exponents that are not are not supported");
    }
    PROOFCARD_TRY(const std::uint32_t out, node.emit(FloatOp::kIntegerPower, {a, b}));
    return node.bind(0, out);
  }
  PROOFCARD_TRY(b, node.retyped(b, node.type_of(a)));
  PROOFCARD_TRY(const std::uint32_t out, typed(node, real_power(node, a, b), node.type_of(a)));
  return node.bind(0, out);
}

const std::map<std::string, Translation>& logic_translations() {
  static const std::map<std::string, Translation> table = {
      {"Equal", compare},
      {"Greater", compare},
      {"GreaterOrEqual", compare},
      {"Less", compare},
      {"LessOrEqual", compare},
      {"And", logic},
      {"Or", logic},
      {"Xor", logic},
      {"Not", logic},
      {"Where", choice},
      {"IsNaN", never},
      {"IsInf", never},
      {"Cast", conversion},
      {"CastLike", conversion},
      {"Mod", remainder_of},
      {"BitwiseAnd", bitwise},
      {"BitwiseOr", bitwise},
      {"BitwiseXor", bitwise},
      {"BitwiseNot", bitwise_not},
      {"BitShift", bit_shift},
  };
  return table;
}

}  // namespace proofcard::graph
