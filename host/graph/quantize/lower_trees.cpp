// Trees: every branch is asked, answers lead to one leaf of each tree, and the values of these leaves are added.
//
//   answer      yes = [threshold >= one-hot(feature) . x] = floor((threshold - x + 2^s) / 2^s)
//   full trees  reached(2p) = reached(p) * yes(p), reached(2p + 1) = reached(p) - reached(2p), level by level
//   others      reached = [number of answers met = number needed], a table of a matrix product
//   result      sum over trees and leaves of reached * value, with values of 16 to 30 bits
//
// Features, thresholds, paths and values are weights: the circuit depends on numbers of trees, branches, leaves and levels
// alone. Features that enter as float32 in order are compared exactly; computed ones are compared as the integers that they
// became.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "host/base/check.hpp"
#include "host/graph/quantize/lowering.hpp"
#include "host/graph/quantize/trees.hpp"
#include "host/tensor/encoding.hpp"

namespace proofcard::graph {
namespace {

constexpr std::int64_t kOrderEnd = std::int64_t{1} << 31;  // float32 in order are in [-2^31, 2^31)
constexpr unsigned kFloatOrderBits = 32;

constexpr int kSumBits = 37;  // of sums, with a class's number
constexpr int kMostLeafBits = 30;
constexpr int kLeastLeafBits = 16;

// The operand that reads a weight with a label on each axis; kNoLabel: the axis has one entry.
tensor::Operand tree_weight_operand(std::uint32_t id, const std::vector<int>& labels) {
  tensor::Operand operand{id, {}};
  for (std::size_t a = 0; a < labels.size(); ++a) {
    tensor::Group g{static_cast<std::uint32_t>(a), 1, 0, {}, false};
    if (labels[a] != kNoLabel) {
      g.labels.push_back({static_cast<std::uint32_t>(labels[a]), 1});
    }
    operand.groups.push_back(std::move(g));
  }
  return operand;
}

Shape tree_shape(std::initializer_list<std::size_t> dims) {
  Shape shape;
  for (const std::size_t d : dims) {
    shape.push_back(static_cast<std::uint32_t>(d));
  }
  return shape;
}

// The label of an axis of a value of this shape, kNoLabel for an axis of one entry.
int tree_label(const Dims& shape, std::size_t axis) { return shape[axis] == 1 ? kNoLabel : out_label(shape, axis); }

AxisMap along_label(int label) {
  return label == kNoLabel ? AxisMap{} : AxisMap{0, {{static_cast<std::uint32_t>(label), 1}}};
}

}  // namespace

// Whether the value's integers are float32 in order; an error when some of what it is made of are and some are not.
Result<bool> Lowering::is_in_order(std::uint32_t value, const std::string& name) {
  if (!tree_values_[value]) {
    return false;
  }
  std::vector<bool> in_order(graph_.values.size(), false);
  for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
    in_order[graph_.inputs[i]] = tensor::is_float_order(builder_.tensor(builder_.graph().inputs[i]).channels);
  }
  for (const FloatNode& n : graph_.nodes) {
    if (!tree_values_[n.output]) {
      continue;
    }
    in_order[n.output] = in_order[n.inputs[0]];
    if (std::any_of(n.inputs.begin(), n.inputs.end(),
                    [&](std::uint32_t in) { return in_order[in] != in_order[n.output]; })) {
      return make_error(ErrorKind::kUnsupported, name, "expected inputs of one encoding, found several");
    }
  }
  return bool{in_order[value]};
}

// [x, and x with its missing values below every number], [rows, 2 * features].
Result<View> Lowering::with_missing_below(const std::string& name, const View& x) {
  const Dims both{x.shape[0], 2, x.shape[1]};
  PROOFCARD_TRY(const View missing, at_least(name + ": missing", x, tensor::kMissingFloatOrder));
  const std::vector<AxisMap> maps = out_maps(both);
  const std::vector<AxisMap> own{maps[0], maps[2]};
  const tensor::LabelWeights second{static_cast<std::uint32_t>(out_label(both, 1)), {0, 1}};
  Linear node;
  node.acc.out_dims = storage_shape(both);
  node.acc.terms.push_back({1, {read_view(x, own)}, {}});
  node.acc.terms.push_back({-1, {read_view(missing, own), read_view(x, own)}, {second}});
  node.acc.terms.push_back({-kOrderEnd, {read_view(missing, own)}, {second}});
  const View out = identity_view(
      builder_.linear_within(name + ": features", std::move(node), {-1, {-kOrderEnd}, {kOrderEnd - 1}}, 1.0), both,
      1.0);
  const std::optional<View> flat = reshape_view(out, {both[0], 2 * both[2]}, tensor_shape(out));
  PROOFCARD_CHECK(flat.has_value());
  return *flat;
}

// The answers of all branches, [rows, trees, branches].
Result<View> Lowering::tree_answers(const FloatNode& n, const TreesNode& trees) {
  const std::string name = node_name(n);
  PROOFCARD_TRY(const bool in_order, is_in_order(n.inputs[0], name));
  PROOFCARD_TRY(View x, all_digits_of(n.inputs[0]));
  const double scale = x.scale;
  const auto features = static_cast<std::size_t>(x.shape[1]);
  const bool has_missing = in_order && trees.has_missing;
  std::int64_t lo = -kOrderEnd;
  std::int64_t hi = kOrderEnd - 1;
  if (!in_order) {
    const Tensor& t = builder_.tensor(x.tensor);
    lo = std::min<std::int64_t>(t.lo, 0);
    hi = std::max<std::int64_t>(t.hi, 0);
    if (lo <= -kOrderEnd || hi >= kOrderEnd - 1) {
      return make_error(ErrorKind::kUnsupported, name, "expected features of at most 31 bits, found wider ones");
    }
  }
  if (has_missing) {
    PROOFCARD_TRY(x, with_missing_below(name, x));
  }
  const auto columns = static_cast<std::size_t>(x.shape[1]);
  IntVector chosen(IntType::kI8, trees.num_trees() * trees.num_branches() * columns);
  IntVector thresholds(IntType::kI32, trees.num_trees() * trees.num_branches());
  for (std::size_t i = 0; i < thresholds.size(); ++i) {
    const auto feature = static_cast<double>(trees.features.data[i]);
    for (std::size_t f = 0; f < features; ++f) {
      if (feature == static_cast<double>(f)) {
        const bool below = has_missing && trees.missing.data[i] != 0.0F;
        chosen.set(i * columns + f + (below ? features : 0), 1);
      }
    }
    const float threshold = trees.thresholds.data[i];
    const double steps = std::floor(static_cast<double>(threshold) / scale);
    thresholds.set(i, in_order ? tensor::float_order(threshold)
                      : steps >= static_cast<double>(lo)
                          ? static_cast<std::int64_t>(std::min(steps, static_cast<double>(hi)))
                          : lo - 1);
  }
  const auto shape_of_trees = [&](std::size_t last) {
    return tree_shape({trees.num_trees(), trees.num_branches(), last});
  };
  Shape threshold_shape = shape_of_trees(1);
  threshold_shape.pop_back();
  const std::uint32_t w = builder_.add_weight(name + ": feature", shape_of_trees(columns), std::move(chosen), 1.0);
  const std::uint32_t t = builder_.add_weight(name + ": threshold", threshold_shape, std::move(thresholds), 1.0);

  const Dims out{x.shape[0], static_cast<std::int64_t>(trees.num_trees()),
                 static_cast<std::int64_t>(trees.num_branches())};
  Linear node;
  node.acc.out_dims = storage_shape(out);
  int column = kNoLabel;
  if (columns > 1) {
    column = static_cast<int>(node.acc.out_dims.size());
    node.acc.sum_dims = {static_cast<std::uint32_t>(columns)};
  }
  const int tree = tree_label(out, 1);
  const int branch = tree_label(out, 2);
  const unsigned bits =
      in_order ? kFloatOrderBits : static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(hi - lo + 1)));
  const std::int64_t size = std::int64_t{1} << bits;
  node.acc.terms.push_back({-1,
                            {tree_weight_operand(w, {tree, branch, column}),
                             read_view(x, {along_label(tree_label(out, 0)), along_label(column)})},
                            {}});
  node.acc.terms.push_back({1, {tree_weight_operand(t, {tree, branch})}, {}});
  node.acc.terms.push_back({size / 2, {}, {}});
  node.shift = bits;
  return identity_view(builder_.linear_within(name + ": answers", std::move(node), {-1, {0}, {1}}, 1.0), out, 1.0);
}

// Which leaf of each tree is reached, [rows, trees, leaves], level by level.
View Lowering::reached_in_full_trees(const std::string& name, const View& answers, unsigned depth) {
  View reached;
  for (unsigned level = 0; level < depth; ++level) {
    const std::int64_t places = std::int64_t{1} << level;
    const Dims below{answers.shape[0], answers.shape[1], places, 2};
    Dims counts = answers.shape;
    counts[2] = places;
    const View here = slice_view(answers, {0, 0, places - 1}, {1, 1, 1}, counts);
    std::vector<AxisMap> own = out_maps(below);
    const auto side = static_cast<std::uint32_t>(out_label(below, 3));
    own.pop_back();
    // A yes goes to side 0: reached * yes; side 1 has the rest: reached - reached * yes.
    tensor::Term all{1, {}, {{side, {0, 1}}}};
    tensor::Term yes{1, {read_view(here, own)}, {{side, {1, -1}}}};
    if (level > 0) {
      all.operands.push_back(read_view(reached, own));
      yes.operands.push_back(read_view(reached, own));
    }
    Linear node;
    node.acc.out_dims = storage_shape(below);
    node.acc.terms = {std::move(all), std::move(yes)};
    const View sides = identity_view(
        builder_.linear_within(fmt::format("{}: level {}", name, level + 1), std::move(node), {-1, {0}, {1}}, 1.0),
        below, 1.0);
    const std::optional<View> next =
        reshape_view(sides, {below[0], below[1], 2 * places}, builder_.tensor(sides.tensor).shape);
    PROOFCARD_CHECK(next.has_value());
    reached = *next;
  }
  return reached;
}

// The same by counting: paths times answers, less what is needed, is 0 for the leaf that is reached and below 0 elsewhere.
View Lowering::reached_by_paths(const std::string& name, const View& answers, const TreesNode& trees) {
  const std::size_t leaves = trees.num_leaves();
  IntVector paths(IntType::kI8, trees.paths->data.size());
  IntVector needed(IntType::kI8, trees.needed->data.size());
  const auto small = [](float v) {
    return static_cast<std::int64_t>(std::clamp(std::isnan(v) ? 0.0F : v, -127.0F, 127.0F));
  };
  for (std::size_t i = 0; i < paths.size(); ++i) {
    paths.set(i, small(trees.paths->data[i]));
  }
  for (std::size_t i = 0; i < needed.size(); ++i) {
    needed.set(i, small(trees.needed->data[i]));
  }
  const std::uint32_t p = builder_.add_weight(
      name + ": paths", tree_shape({trees.num_trees(), leaves, trees.num_branches()}), std::move(paths), 1.0);
  const std::uint32_t q =
      builder_.add_weight(name + ": needed", tree_shape({trees.num_trees(), leaves}), std::move(needed), 1.0);
  const Dims out{answers.shape[0], answers.shape[1], static_cast<std::int64_t>(leaves)};
  Linear node;
  node.acc.out_dims = storage_shape(out);
  int branch = kNoLabel;
  if (trees.num_branches() > 1) {
    branch = static_cast<int>(node.acc.out_dims.size());
    node.acc.sum_dims = {static_cast<std::uint32_t>(trees.num_branches())};
  }
  const int tree = tree_label(out, 1);
  const int leaf = tree_label(out, 2);
  node.acc.terms.push_back(
      {1,
       {tree_weight_operand(p, {tree, leaf, branch}),
        read_view(answers, {along_label(tree_label(out, 0)), along_label(tree), along_label(branch)})},
       {}});
  node.acc.terms.push_back({-1, {tree_weight_operand(q, {tree, leaf})}, {}});
  node.acc.terms.push_back({1, {}, {}});
  const std::int64_t top = std::int64_t{1} << std::bit_width(trees.depth);
  const std::uint32_t met =
      builder_.linear_within(name + ": answers met", std::move(node), {-1, {-top}, {top - 1}}, 1.0);
  const std::uint32_t reached =
      builder_.lookup(name + ": leaf", {tensor::Function::kClamp, 1.0, 1.0, {}, 0, 0, 0, 1}, met, 1.0);
  return identity_view(reached, out, 1.0);
}

Status Lowering::lower_trees(const FloatNode& n) {
  std::vector<const FloatTensor*> in{nullptr};
  for (std::size_t i = 1; i < n.inputs.size(); ++i) {
    in.push_back(constant(n.inputs[i]));
  }
  const TreesNode trees = trees_node(n, in);
  const std::string name = node_name(n);
  PROOFCARD_TRY(const View answers, tree_answers(n, trees));
  const View reached =
      trees.is_full ? reached_in_full_trees(name, answers, trees.depth) : reached_by_paths(name, answers, trees);
  const Dims& out = shape(n.output);
  LinearForm form = empty_form(name, out);
  const auto summed = [&](std::size_t size) {
    if (size == 1) {
      return kNoLabel;
    }
    form.sum_dims.push_back(static_cast<std::uint32_t>(size));
    return static_cast<int>(kFirstSumLabel + form.sum_dims.size() - 1);
  };
  const int tree = summed(trees.num_trees());
  const int leaf = summed(trees.num_leaves());
  FormTerm term;
  term.operands.push_back(read_view(reached, {along_label(tree_label(out, 0)), along_label(tree), along_label(leaf)}));
  term.weight = FormWeight{trees.values, {tree, leaf, tree_label(out, 1)}};
  form.terms.push_back(std::move(term));
  form.constants.push_back(constant_weight(trees.base, out));
  Target target;
  target.raw = true;
  // One leaf of each tree is reached. Sums have to leave room for the number of a class beside them (lower_arg_max).
  target.added = static_cast<std::int64_t>(trees.num_trees());
  const auto room = std::bit_width(trees.num_trees()) + std::bit_width(trees.num_targets());
  target.weight_bits =
      static_cast<unsigned>(std::clamp(kSumBits - static_cast<int>(room), kLeastLeafBits, kMostLeafBits));
  PROOFCARD_TRY(const std::uint32_t sum, realise(builder_, choices_, form, target));
  set_all_digits(n.output, stored_view(sum, form, n.output));
  return {};
}

}  // namespace proofcard::graph
