// Einsum: sums of products over axes that are named by letters, as transpositions and matrix products, operand by operand.
#include <algorithm>
#include <numeric>

#include "host/graph/onnx/import_parts.hpp"

namespace proofcard::graph {
namespace {

// A value whose axes have names: letters, and digits for those that "..." stands for.
struct Named {
  std::uint32_t value = 0;
  std::string axes;
};

bool has(const std::string& axes, char name) { return axes.find(name) != std::string::npos; }

// Names that hold for a condition, in their order.
template <class Condition>
std::string only(const std::string& axes, Condition&& condition) {
  std::string out;
  std::copy_if(axes.begin(), axes.end(), std::back_inserter(out), condition);
  return out;
}

Result<Named> arranged(const NodeReader& node, const Named& x, const std::string& axes) {
  if (axes == x.axes) {
    return x;
  }
  Dims order;
  for (const char name : axes) {
    order.push_back(static_cast<std::int64_t>(x.axes.find(name)));
  }
  PROOFCARD_TRY(const std::uint32_t value, transposed(node, x.value, std::move(order)));
  return Named{value, axes};
}

// Of a name that stands twice, the entries where both positions are the same.
Result<Named> without_repeats(const NodeReader& node, Named x) {
  for (std::size_t i = 0; i < x.axes.size(); ++i) {
    const std::size_t j = x.axes.find(x.axes[i], i + 1);
    if (j == std::string::npos) {
      continue;
    }
    Dims shape = node.shape_of(x.value);
    const std::int64_t size = shape[i];
    if (shape[j] != size) {
      return bad_input(node.where(), "expected axes of one length for {}, found {} and {}", x.axes[i], size, shape[j]);
    }
    Dims order(shape.size());
    std::iota(order.begin(), order.end(), 0);
    order.erase(order.begin() + static_cast<std::ptrdiff_t>(j));
    order.insert(order.begin() + static_cast<std::ptrdiff_t>(i), static_cast<std::int64_t>(j));
    PROOFCARD_TRY(x.value, transposed(node, x.value, std::move(order)));
    shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(j));
    shape[i] = size * size;
    PROOFCARD_TRY(x.value, node.reshape(x.value, shape));
    FloatNode diagonal = whole_slice(node, x.value);
    diagonal.ints[shape.size() + i] = size + 1;
    diagonal.ints[2 * shape.size() + i] = size;
    PROOFCARD_TRY(x.value, node.emit(std::move(diagonal)));
    x.axes.erase(j, 1);
    --i;
  }
  return x;
}

// The sum over all names that are not kept.
Result<Named> summed(const NodeReader& node, const Named& x, const std::string& kept) {
  FloatNode n = node.make(FloatOp::kReduceSum, {x.value});
  n.keep_dims = false;
  for (std::size_t a = 0; a < x.axes.size(); ++a) {
    if (!has(kept, x.axes[a])) {
      n.ints.push_back(static_cast<std::int64_t>(a));
    }
  }
  if (n.ints.empty()) {
    return x;
  }
  PROOFCARD_TRY(const std::uint32_t value, node.emit(std::move(n)));
  return Named{value, only(x.axes, [&](char c) { return has(kept, c); })};
}

std::int64_t length(const NodeReader& node, const Named& x, const std::string& axes) {
  std::int64_t product = 1;
  for (const char name : axes) {
    product *= node.shape_of(x.value)[x.axes.find(name)];
  }
  return product;
}

// The product of two values, summed over what is in both and not kept.
Result<Named> contracted(const NodeReader& node, Named a, Named b, const std::string& kept) {
  PROOFCARD_TRY(a, summed(node, a, kept + b.axes));
  PROOFCARD_TRY(b, summed(node, b, kept + a.axes));
  for (const char name : a.axes) {
    if (has(b.axes, name) && node.shape_of(a.value)[a.axes.find(name)] != node.shape_of(b.value)[b.axes.find(name)]) {
      return bad_input(node.where(), "expected axes of one length for {}, found others", name);
    }
  }
  const std::string batch = only(a.axes, [&](char c) { return has(b.axes, c) && has(kept, c); });
  const std::string inner = only(a.axes, [&](char c) { return has(b.axes, c) && !has(kept, c); });
  const std::string rows = only(a.axes, [&](char c) { return !has(b.axes, c); });
  const std::string columns = only(b.axes, [&](char c) { return !has(a.axes, c); });
  Named out{0, batch + rows + columns};
  Dims shape;
  for (const char name : out.axes) {
    const Named& from = has(a.axes, name) ? a : b;
    shape.push_back(node.shape_of(from.value)[from.axes.find(name)]);
  }
  PROOFCARD_TRY(a, arranged(node, a, batch + rows + inner));
  PROOFCARD_TRY(b, arranged(node, b, batch + inner + columns));
  const std::int64_t batches = length(node, a, batch);
  const std::int64_t terms = length(node, a, inner);
  PROOFCARD_TRY(a.value, node.reshape(a.value, {batches, length(node, a, rows), terms}));
  PROOFCARD_TRY(b.value, node.reshape(b.value, {batches, terms, length(node, b, columns)}));
  PROOFCARD_TRY(out.value, node.emit(FloatOp::kMatMul, {a.value, b.value}));
  PROOFCARD_TRY(out.value, node.reshape(out.value, std::move(shape)));
  return out;
}

struct Equation {
  std::vector<std::string> operands;
  std::optional<std::string> result;
};

Result<Equation> read_equation(const NodeReader& node) {
  PROOFCARD_TRY(std::string text, node.text("equation", ""));
  std::erase(text, ' ');
  Equation out;
  if (const std::size_t arrow = text.find("->"); arrow != std::string::npos) {
    out.result = text.substr(arrow + 2);
    text.resize(arrow);
  }
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    out.operands.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  if (out.operands.size() != node.num_inputs()) {
    return bad_input(node.where(), "expected {} operands in its equation, found {}", node.num_inputs(),
                     out.operands.size());
  }
  return out;
}

// The names with digits in place of "...": the last of `rank` axes have the largest.
Result<std::string> spelt_out(const NodeReader& node, std::string names, std::size_t rank, std::size_t widest) {
  if (const std::size_t dots = names.find("..."); dots != std::string::npos) {
    names.erase(dots, 3);
    const std::size_t num = rank >= names.size() ? rank - names.size() : 0;
    for (std::size_t k = 0; k < num; ++k) {
      names.insert(dots + k, 1, static_cast<char>('0' + widest - num + k));
    }
  }
  const bool letters = std::all_of(names.begin(), names.end(), [](char c) { return std::isalnum(c) != 0; });
  if (names.size() != rank || !letters) {
    return bad_input(node.where(), "expected {} names of axes, found {}", rank, foreign_name(names));
  }
  return names;
}

// Axes that every "..." stands for.
std::size_t axes_of_dots(const NodeReader& node, const Equation& e, const std::vector<std::uint32_t>& inputs) {
  std::size_t widest = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::size_t rank = node.shape_of(inputs[i]).size() + 3;
    if (has(e.operands[i], '.') && rank > e.operands[i].size()) {
      widest = std::max(widest, rank - e.operands[i].size());
    }
  }
  return widest;
}

// Without an arrow: first what "..." stands for, then the letters that stand once, in the order of the alphabet.
std::string implied_result(const std::vector<Named>& operands, std::size_t widest) {
  std::string all;
  for (const Named& x : operands) {
    all += x.axes;
  }
  std::sort(all.begin(), all.end());
  return only(all, [&](char c) { return std::isalpha(c) != 0 && std::count(all.begin(), all.end(), c) == 1; })
      .insert(0, std::string("0123456789").substr(0, widest));
}

Status einsum(const NodeReader& node) {
  PROOFCARD_TRY(const Equation equation, read_equation(node));
  std::vector<std::uint32_t> inputs;
  for (std::size_t i = 0; i < node.num_inputs(); ++i) {
    PROOFCARD_TRY(const std::uint32_t x, node.input(i));
    inputs.push_back(x);
  }
  const std::size_t widest = axes_of_dots(node, equation, inputs);
  if (widest > 9) {
    return node.unsupported("\"...\" of more than 9 axes is not supported");
  }
  std::vector<Named> operands;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    PROOFCARD_TRY(std::string axes, spelt_out(node, equation.operands[i], node.shape_of(inputs[i]).size(), widest));
    operands.push_back({inputs[i], std::move(axes)});
  }
  std::string result = implied_result(operands, widest);
  if (equation.result) {
    const bool dots = has(*equation.result, '.');
    const std::size_t rank = equation.result->size() - (dots ? 3 : 0) + (dots ? widest : 0);
    PROOFCARD_TRY(result, spelt_out(node, *equation.result, rank, widest));
  }
  for (Named& x : operands) {
    PROOFCARD_TRY(x, without_repeats(node, x));
  }
  Named out = operands[0];
  for (std::size_t i = 1; i < operands.size(); ++i) {
    std::string kept = result;
    for (std::size_t k = i + 1; k < operands.size(); ++k) {
      kept += operands[k].axes;
    }
    PROOFCARD_TRY(out, contracted(node, out, operands[i], kept));
  }
  PROOFCARD_TRY(out, summed(node, out, result));
  std::string sorted = result;
  std::sort(sorted.begin(), sorted.end());
  const bool twice = std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
  const bool known = std::all_of(result.begin(), result.end(), [&](char c) { return has(out.axes, c); });
  if (twice || !known) {
    return bad_input(node.where(), "expected names of its operands, each once, in its result, found {}",
                     foreign_name(result));
  }
  PROOFCARD_TRY(out, arranged(node, out, result));
  return node.bind(0, out.value);
}

}  // namespace

const std::map<std::string, Translation>& einsum_translations() {
  static const std::map<std::string, Translation> table = {{"Einsum", einsum}};
  return table;
}

}  // namespace proofcard::graph
