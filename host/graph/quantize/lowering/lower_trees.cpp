// Trees: every branch is asked, answers lead to one leaf of each tree, and the values of these leaves are added.
//
//   answer      yes = [threshold >= one-hot(feature) . x] = floor((threshold - x + 2^s) / 2^s)
//   full trees  reached(2p) = reached(p) * yes(p), reached(2p + 1) = reached(p) - reached(2p), level by level
//   others      reached = [number of answers met = number needed], a table of a matrix product
//   result      sum over trees and leaves of reached * value, with values of 16 to 30 bits
//
// Or only the branches on the way to that leaf are asked: lower_walked_trees.cpp.
//
// Features, thresholds, paths and values are weights: the circuit depends on numbers of trees, branches, leaves and levels
// alone. Features that enter as float32 in order are compared exactly; computed ones are compared as the integers that they
// became.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "host/base/check.hpp"
#include "host/graph/quantize/lowering/tree_input.hpp"
#include "host/tensor/encoding.hpp"

namespace proofcard::graph {
namespace {

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

}  // namespace

// The answers of all branches, [rows, trees, branches].
Result<View> Lowering::tree_answers(const FloatNode& n, const TreesNode& trees) {
  const std::string name = node_name(n);
  PROOFCARD_TRY(const TreeInput in, tree_input(n, trees));
  const View& x = in.x;
  const auto columns = static_cast<std::size_t>(x.shape[1]);
  IntVector chosen(IntType::kI8, trees.num_trees() * trees.num_branches() * columns);
  for (std::size_t i = 0; i < trees.features.data.size(); ++i) {
    if (const auto column = in.column(trees, i)) {
      chosen.set(i * columns + *column, 1);
    }
  }
  const std::uint32_t w = builder_.add_weight(
      name + ": feature", tree_shape({trees.num_trees(), trees.num_branches(), columns}), std::move(chosen), 1.0);
  const std::uint32_t t = branch_thresholds(name, trees, in, tree_shape({trees.num_trees(), trees.num_branches()}));

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
  node.acc.terms.push_back({-1,
                            {tree_weight_operand(w, {tree, branch, column}),
                             read_view(x, {along_label(tree_label(out, 0)), along_label(column)})},
                            {}});
  node.acc.terms.push_back({1, {tree_weight_operand(t, {tree, branch})}, {}});
  in.compare(node);
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
  const Dims& out = shape(n.output);
  // One leaf of each tree is reached. Sums have to leave room for the number of a class beside them (lower_arg_max).
  const auto room = std::bit_width(trees.num_trees()) + std::bit_width(trees.num_targets());
  Target target;
  target.raw = true;
  target.added = static_cast<std::int64_t>(trees.num_trees());
  target.weight_bits =
      static_cast<unsigned>(std::clamp(kSumBits - static_cast<int>(room), kLeastLeafBits, kMostLeafBits));
  LinearForm form = empty_form(name, out);
  const auto summed = [&](std::size_t size) {
    if (size == 1) {
      return kNoLabel;
    }
    form.sum_dims.push_back(static_cast<std::uint32_t>(size));
    return static_cast<int>(kFirstSumLabel + form.sum_dims.size() - 1);
  };
  const int tree = summed(trees.num_trees());
  FormTerm term;
  if (trees.is_walk) {
    PROOFCARD_TRY(const View leaves, walked_trees(n, trees, target.weight_bits));
    term.operand_scale = leaves.scale;
    term.operands.push_back(
        read_view(leaves, {along_label(tree_label(out, 0)), along_label(tree), along_label(tree_label(out, 1))}));
  } else {
    PROOFCARD_TRY(const View answers, tree_answers(n, trees));
    const View reached =
        trees.is_full ? reached_in_full_trees(name, answers, trees.depth) : reached_by_paths(name, answers, trees);
    const int leaf = summed(trees.num_leaves());
    term.operands.push_back(
        read_view(reached, {along_label(tree_label(out, 0)), along_label(tree), along_label(leaf)}));
    term.weight = FormWeight{trees.values, {tree, leaf, tree_label(out, 1)}};
  }
  form.terms.push_back(std::move(term));
  form.constants.push_back(constant_weight(trees.base, out));
  PROOFCARD_TRY(const std::uint32_t sum, realise(builder_, choices_, form, target));
  set_all_digits(n.output, stored_view(sum, form, n.output));
  return {};
}

}  // namespace proofcard::graph
