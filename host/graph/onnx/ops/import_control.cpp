// Branches, and loops whose number of turns is.
#include <algorithm>

#include "host/graph/onnx/import_parts.hpp"

namespace proofcard::graph {
namespace {

// Both branches, and a choice: whatever the condition is, what the other branch computes is finite, as all values are.
Status chosen(const NodeReader& node, std::uint32_t condition) {
  if (count(node.shape_of(condition)) != 1 || node.type_of(condition) != onnx::TensorProto::BOOL) {
    return bad_input(node.where(), "expected one boolean as its condition, found {} of shape [{}]",
                     element_type_name(node.type_of(condition)), fmt::join(node.shape_of(condition), ", "));
  }
  PROOFCARD_TRY(const std::uint32_t scalar, node.reshape(condition, {}));
  const auto branch = [&](const std::string& name, const std::string& suffix) {
    auto values = node.inline_graph(name, {}, suffix);
    if (!values.ok() && values.error().kind == ErrorKind::kBadInput) {
      Error error = values.error();
      error.what += " (in a branch whose condition depends on an input)";
      values = std::move(error);
    }
    return values;
  };
  PROOFCARD_TRY(const auto yes, branch("then_branch", "/then"));
  PROOFCARD_TRY(const auto no, branch("else_branch", "/else"));
  if (yes.size() != node.num_outputs() || no.size() != node.num_outputs()) {
    return bad_input(node.where(), "expected branches with {} outputs, found {} and {}", node.num_outputs(), yes.size(),
                     no.size());
  }
  for (std::size_t i = 0; i < yes.size(); ++i) {
    const Dims a = node.shape_of(yes[i]);
    const Dims b = node.shape_of(no[i]);
    if (a != b || node.type_of(yes[i]) != node.type_of(no[i])) {
      return node.unsupported(
          fmt::format("branches of {} [{}] and {} [{}] are not supported, since its condition depends on an input",
                      element_type_name(node.type_of(yes[i])), fmt::join(a, ", "),
                      element_type_name(node.type_of(no[i])), fmt::join(b, ", ")));
    }
    std::uint32_t out = yes[i];
    if (yes[i] != no[i] && count(a) != 0) {
      PROOFCARD_TRY(out, node.emit(FloatOp::kWhere, {scalar, yes[i], no[i]}));
      node.set_type(out, node.type_of(yes[i]));
    }
    PROOFCARD_RETURN_IF_ERROR(node.bind(i, out));
  }
  return {};
}

Status if_(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t operand, node.input(0));
  if (!node.is_constant(operand)) {
    return chosen(node, operand);
  }
  PROOFCARD_TRY(const float condition, node.constant_scalar(0, "condition"));
  PROOFCARD_TRY(const auto outputs, node.inline_graph(condition != 0 ? "then_branch" : "else_branch", {}, ""));
  if (outputs.size() != node.num_outputs()) {
    return bad_input(node.where(), "expected a branch with {} outputs, found {}", node.num_outputs(), outputs.size());
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    PROOFCARD_RETURN_IF_ERROR(node.bind(i, outputs[i]));
  }
  return {};
}

constexpr std::int64_t kMaxTurns = 4096;

// What every turn gave, one after the other along a new axis.
Result<std::uint32_t> stacked(const NodeReader& node, const std::vector<std::uint32_t>& values, std::int64_t axis) {
  if (values.empty()) {
    return node.unsupported("outputs that collect values of no turn are not supported");
  }
  PROOFCARD_TRY(axis, normalise_axis(axis, node.shape_of(values[0]).size() + 1, node.where()));
  std::vector<std::uint32_t> parts;
  for (const std::uint32_t value : values) {
    Dims shape = node.shape_of(value);
    shape.insert(shape.begin() + axis, 1);
    PROOFCARD_TRY(parts.emplace_back(), node.reshape(value, std::move(shape)));
  }
  return concatenated(node, std::move(parts), axis);
}

Status loop(const NodeReader& node) {
  std::int64_t turns = kMaxTurns + 1;
  if (node.has_input(0)) {
    PROOFCARD_TRY(const Dims count, node.constant_integers(0, "number of turns"));
    if (count.size() != 1) {
      return bad_input(node.where(), "expected one number of turns, found {}", count.size());
    }
    turns = count[0];
  }
  bool goes_on = true;
  if (node.has_input(1)) {
    PROOFCARD_TRY(const float condition, node.constant_scalar(1, "condition"));
    goes_on = condition != 0;
  }
  std::vector<std::uint32_t> carried;
  for (std::size_t i = 2; i < node.num_inputs(); ++i) {
    PROOFCARD_TRY(carried.emplace_back(), node.input(i));
  }
  if (node.num_outputs() < carried.size()) {
    return bad_input(node.where(), "expected at least {} outputs, found {}", carried.size(), node.num_outputs());
  }
  std::vector<std::vector<std::uint32_t>> collected(node.num_outputs() - carried.size());
  for (std::int64_t turn = 0; turn < turns && goes_on; ++turn) {
    if (turn == kMaxTurns) {
      return node.unsupported(fmt::format("more than {} turns are not supported", kMaxTurns));
    }
    Constant number = make_constant(onnx::TensorProto::INT64, {});
    number.integers[0] = turn;
    Constant condition = make_constant(onnx::TensorProto::BOOL, {});
    condition.integers[0] = 1;
    std::vector<std::uint32_t> inputs{node.add_constant(std::move(number)), node.add_constant(std::move(condition))};
    inputs.insert(inputs.end(), carried.begin(), carried.end());
    PROOFCARD_TRY(const auto outputs, node.inline_graph("body", inputs, fmt::format(" {}", turn)));
    if (outputs.size() != 1 + node.num_outputs()) {
      return bad_input(node.where(), "expected a body with {} outputs, found {}", 1 + node.num_outputs(),
                       outputs.size());
    }
    if (!node.is_constant(outputs[0])) {
      return node.unsupported("a condition that depends on an input is not supported");
    }
    goes_on = node.typed_value(outputs[0]).real(0) != 0;
    std::copy(outputs.begin() + 1, outputs.begin() + 1 + static_cast<std::ptrdiff_t>(carried.size()), carried.begin());
    for (std::size_t i = 0; i < collected.size(); ++i) {
      collected[i].push_back(outputs[1 + carried.size() + i]);
    }
  }
  for (std::size_t i = 0; i < carried.size(); ++i) {
    PROOFCARD_RETURN_IF_ERROR(node.bind(i, carried[i]));
  }
  for (std::size_t i = 0; i < collected.size(); ++i) {
    if (node.has_output(carried.size() + i)) {
      PROOFCARD_TRY(const std::uint32_t all, stacked(node, collected[i], 0));
      PROOFCARD_RETURN_IF_ERROR(node.bind(carried.size() + i, all));
    }
  }
  return {};
}

// What a Scan reads or writes: an axis and a direction each.
struct Scanned {
  Dims axes;
  Dims reversed;
};

Result<Scanned> scanned(const NodeReader& node, const std::string& kind, std::size_t number) {
  Scanned out;
  PROOFCARD_TRY(out.axes, node.integers("scan_" + kind + "_axes", Dims(number, 0)));
  PROOFCARD_TRY(out.reversed, node.integers("scan_" + kind + "_directions", Dims(number, 0)));
  if (out.axes.size() != number || out.reversed.size() != number) {
    return bad_input(node.where(), "expected {} axes and directions, found {} and {}", number, out.axes.size(),
                     out.reversed.size());
  }
  return out;
}

// Entry i of an axis, which goes.
Result<std::uint32_t> entry(const NodeReader& node, std::uint32_t x, std::size_t axis, std::int64_t i) {
  FloatNode n = whole_slice(node, x);
  Dims shape = node.shape_of(x);
  n.ints[axis] = i;
  n.ints[2 * shape.size() + axis] = 1;
  PROOFCARD_TRY(const std::uint32_t part, node.emit(std::move(n)));
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
  return node.reshape(part, std::move(shape));
}

Status scan(const NodeReader& node) {
  if (node.opset() < 9) {
    return node.unsupported("the form with batches, before operator set 9, is not supported");
  }
  PROOFCARD_TRY(const std::int64_t given, node.integer("num_scan_inputs", 0));
  if (given < 1 || given > static_cast<std::int64_t>(node.num_inputs()) ||
      node.num_outputs() + static_cast<std::size_t>(given) < node.num_inputs()) {
    return bad_input(node.where(),
                     "expected as many states among its outputs as among its inputs, found {} inputs, of which "
                     "{} are scanned, and {} outputs",
                     node.num_inputs(), given, node.num_outputs());
  }
  const std::size_t states = node.num_inputs() - static_cast<std::size_t>(given);
  PROOFCARD_TRY(Scanned in, scanned(node, "input", node.num_inputs() - states));
  PROOFCARD_TRY(const Scanned out, scanned(node, "output", node.num_outputs() - states));
  std::vector<std::uint32_t> values;
  std::int64_t turns = -1;
  for (std::size_t i = 0; i < node.num_inputs(); ++i) {
    PROOFCARD_TRY(values.emplace_back(), node.input(i));
    if (i >= states) {
      std::int64_t& axis = in.axes[i - states];
      const Dims shape = node.shape_of(values[i]);
      PROOFCARD_TRY(axis, normalise_axis(axis, shape.size(), node.where()));
      const std::int64_t length = shape[static_cast<std::size_t>(axis)];
      if (turns >= 0 && length != turns) {
        return bad_input(node.where(), "expected inputs of one length, found {} and {}", turns, length);
      }
      turns = length;
    }
  }
  if (turns > kMaxTurns) {
    return node.unsupported(fmt::format("more than {} turns are not supported", kMaxTurns));
  }
  if (states == 1 && values.size() == 2 && node.num_outputs() == 2 && in.axes[0] == 0 && in.reversed[0] == 0 &&
      out.axes[0] == 0 && out.reversed[0] == 0) {
    PROOFCARD_TRY(const std::optional<std::uint32_t> distances, scanned_distances(node, values[0], values[1]));
    if (distances) {
      PROOFCARD_RETURN_IF_ERROR(node.bind(0, values[0]));
      return node.bind(1, *distances);
    }
  }
  std::vector<std::vector<std::uint32_t>> collected(node.num_outputs() - states);
  for (std::int64_t turn = 0; turn < turns; ++turn) {
    std::vector<std::uint32_t> inputs(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(states));
    for (std::size_t i = states; i < values.size(); ++i) {
      const std::int64_t at = in.reversed[i - states] != 0 ? turns - 1 - turn : turn;
      PROOFCARD_TRY(inputs.emplace_back(), entry(node, values[i], static_cast<std::size_t>(in.axes[i - states]), at));
    }
    PROOFCARD_TRY(const auto outputs, node.inline_graph("body", inputs, fmt::format(" {}", turn)));
    if (outputs.size() != node.num_outputs()) {
      return bad_input(node.where(), "expected a body with {} outputs, found {}", node.num_outputs(), outputs.size());
    }
    std::copy(outputs.begin(), outputs.begin() + static_cast<std::ptrdiff_t>(states), values.begin());
    for (std::size_t i = 0; i < collected.size(); ++i) {
      collected[i].push_back(outputs[states + i]);
    }
  }
  for (std::size_t i = 0; i < states; ++i) {
    PROOFCARD_RETURN_IF_ERROR(node.bind(i, values[i]));
  }
  for (std::size_t i = 0; i < collected.size(); ++i) {
    if (node.has_output(states + i)) {
      if (out.reversed[i] != 0) {
        std::reverse(collected[i].begin(), collected[i].end());
      }
      PROOFCARD_TRY(const std::uint32_t all, stacked(node, collected[i], out.axes[i]));
      PROOFCARD_RETURN_IF_ERROR(node.bind(states + i, all));
    }
  }
  return {};
}

}  // namespace

const std::map<std::string, Translation>& control_translations() {
  static const std::map<std::string, Translation> table = {{"If", if_}, {"Loop", loop}, {"Scan", scan}};
  return table;
}

}  // namespace proofcard::graph
