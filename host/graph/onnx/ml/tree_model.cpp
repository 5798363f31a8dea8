#include "host/graph/onnx/ml/tree_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace proofcard::graph {
namespace {

constexpr std::int64_t kMaxTreeDepth = 64;
constexpr std::size_t kMaxTreePlaces = std::size_t{1} << 16;     // of one tree
constexpr std::int64_t kMaxTreeEntries = std::int64_t{1} << 24;  // of a constant that holds trees

// Work for each branch, leaf and entry of a path matrix, in lookups; only their sizes to one another matter.
constexpr double kBranchWork = 6;
constexpr double kLeafWork = 2;
constexpr double kEntryWork = 0.02;

struct TreeSizes {
  std::int64_t trees = 0;
  std::int64_t branches = 1;  // of the largest tree
  std::int64_t leaves = 1;
  std::int64_t depth = 1;
};

Status measure_tree(const NodeReader& node, const Tree& tree, TreePlace at, std::int64_t depth, std::int64_t& deepest,
                    std::int64_t& visited) {
  if (depth > kMaxTreeDepth) {
    return node.unsupported(fmt::format("expected trees of at most {} branches in a row, found more", kMaxTreeDepth));
  }
  deepest = std::max(deepest, depth);
  if (++visited > static_cast<std::int64_t>(tree.branches.size() + tree.leaves.size())) {
    return bad_input(node.where(), "expected trees, found a place that two branches lead to");
  }
  if (at < 0) {
    return {};
  }
  const TreeBranch& b = tree.branches[static_cast<std::size_t>(at)];
  PROOFCARD_RETURN_IF_ERROR(measure_tree(node, tree, b.yes, depth + 1, deepest, visited));
  return measure_tree(node, tree, b.no, depth + 1, deepest, visited);
}

// The constants that hold all trees.
struct TreeConstants {
  FloatTensor features, thresholds, missing, values, paths, needed;

  TreeConstants(const TreeSizes& s, std::int64_t branches, std::int64_t leaves, std::int64_t targets, bool with_paths) {
    features = zeros({s.trees, branches});
    thresholds = features;
    missing = features;
    values = zeros({s.trees, leaves, targets});
    if (with_paths) {
      paths = zeros({s.trees, leaves, branches});
      needed = zeros({s.trees, leaves});
    }
  }

  void set_branch(std::size_t tree, std::size_t at, const TreeBranch& b) {
    const std::size_t i = tree * static_cast<std::size_t>(features.shape[1]) + at;
    features.data[i] = static_cast<float>(b.feature);
    thresholds.data[i] = b.threshold;
    missing.data[i] = b.takes_missing ? 1.0F : 0.0F;
  }
  void set_leaf(std::size_t tree, std::size_t at, const std::vector<float>& leaf) {
    const std::size_t first = (tree * static_cast<std::size_t>(values.shape[1]) + at) * leaf.size();
    std::copy(leaf.begin(), leaf.end(), values.data.begin() + static_cast<std::ptrdiff_t>(first));
  }

 private:
  static FloatTensor zeros(Dims shape) {
    const auto size = static_cast<std::size_t>(count(shape));
    return {std::move(shape), std::vector<float>(size, 0.0F), false};
  }
};

// As a full tree: the place p of a level has children 2p and 2p + 1 of the next. Below a leaf all places hold its values.
void fill_full(TreeConstants& out, std::size_t index, const Tree& tree, TreePlace at, std::int64_t level,
               std::size_t place, std::int64_t depth) {
  if (level == depth) {
    out.set_leaf(index, place, tree.leaves[static_cast<std::size_t>(-1 - at)]);
    return;
  }
  if (at >= 0) {
    out.set_branch(index, (std::size_t{1} << level) - 1 + place, tree.branches[static_cast<std::size_t>(at)]);
  }
  const TreeBranch* b = at >= 0 ? &tree.branches[static_cast<std::size_t>(at)] : nullptr;
  fill_full(out, index, tree, b != nullptr ? b->yes : at, level + 1, 2 * place, depth);
  fill_full(out, index, tree, b != nullptr ? b->no : at, level + 1, 2 * place + 1, depth);
}

// By paths: a leaf is reached when as many answers on its path are yes as have to be, and none is that must not.
void fill_paths(TreeConstants& out, std::size_t index, const Tree& tree, TreePlace at, std::vector<float>& path,
                float needed) {
  if (at >= 0) {
    const auto branch = static_cast<std::size_t>(at);
    const TreeBranch& b = tree.branches[branch];
    out.set_branch(index, branch, b);
    path[branch] = 1.0F;
    fill_paths(out, index, tree, b.yes, path, needed + 1);
    path[branch] = -1.0F;
    fill_paths(out, index, tree, b.no, path, needed);
    path[branch] = 0.0F;
    return;
  }
  const auto leaf = static_cast<std::size_t>(-1 - at);
  const auto leaves = static_cast<std::size_t>(out.needed.shape[1]);
  out.set_leaf(index, leaf, tree.leaves[leaf]);
  out.needed.data[index * leaves + leaf] = needed;
  std::copy(path.begin(), path.end(),
            out.paths.data.begin() + static_cast<std::ptrdiff_t>((index * leaves + leaf) * path.size()));
}

// A copy of what begins at the place, so that two branches may lead to it.
Result<TreePlace> copied_tree(const NodeReader& node, Tree& tree, TreePlace at) {
  if (tree.branches.size() + tree.leaves.size() > kMaxTreePlaces) {
    return node.unsupported("its equalities need too many branches");
  }
  if (at < 0) {
    tree.leaves.push_back(std::vector<float>(tree.leaves[static_cast<std::size_t>(-1 - at)]));
    return -static_cast<TreePlace>(tree.leaves.size());
  }
  TreeBranch b = tree.branches[static_cast<std::size_t>(at)];
  PROOFCARD_TRY(b.yes, copied_tree(node, tree, b.yes));
  PROOFCARD_TRY(b.no, copied_tree(node, tree, b.no));
  tree.branches.push_back(b);
  return static_cast<TreePlace>(tree.branches.size()) - 1;
}

}  // namespace

Result<TreePlace> add_branch(const NodeReader& node, Tree& tree, BranchMode mode, const TreeBranch& branch) {
  constexpr float kLowest = -std::numeric_limits<float>::infinity();
  const bool is_strict = mode == BranchMode::kLess || mode == BranchMode::kGreaterEqual || mode == BranchMode::kEqual ||
                         mode == BranchMode::kNotEqual;
  if (std::isnan(branch.threshold) || (is_strict && branch.threshold == kLowest)) {
    return node.unsupported("expected thresholds that are numbers, found NaN or minus infinity");
  }
  TreeBranch asked = branch;
  if (is_strict) {
    asked.threshold = std::nextafter(branch.threshold, kLowest);
  }
  switch (mode) {
    case BranchMode::kLeq:
    case BranchMode::kLess:
      break;
    case BranchMode::kGreaterEqual:
    case BranchMode::kGreater:
      std::swap(asked.yes, asked.no);
      asked.takes_missing = !branch.takes_missing;
      break;
    case BranchMode::kEqual:
    case BranchMode::kNotEqual: {
      // Below the threshold: no. Else, at most the threshold: yes.
      const bool is_equal = mode == BranchMode::kEqual;
      const TreePlace equal = is_equal ? branch.yes : branch.no;
      const TreePlace other = is_equal ? branch.no : branch.yes;
      PROOFCARD_TRY(const TreePlace again, copied_tree(node, tree, other));
      asked.yes = other;
      asked.no = static_cast<TreePlace>(tree.branches.size());
      asked.takes_missing = false;
      TreeBranch second = branch;
      second.takes_missing = is_equal && branch.takes_missing;
      second.yes = equal;
      second.no = again;
      tree.branches.push_back(second);
      break;
    }
  }
  tree.branches.push_back(asked);
  return static_cast<TreePlace>(tree.branches.size()) - 1;
}

Result<std::uint32_t> emit_trees(const NodeReader& node, std::uint32_t x, std::vector<Tree> trees,
                                 const std::vector<float>& base) {
  const std::int64_t features = node.shape_of(x)[1];
  TreeSizes s;
  s.trees = static_cast<std::int64_t>(trees.size());
  for (const Tree& tree : trees) {
    std::int64_t visited = 0;
    PROOFCARD_RETURN_IF_ERROR(measure_tree(node, tree, tree.root, 0, s.depth, visited));
    s.branches = std::max(s.branches, static_cast<std::int64_t>(tree.branches.size()));
    s.leaves = std::max(s.leaves, static_cast<std::int64_t>(tree.leaves.size()));
    for (const TreeBranch& b : tree.branches) {
      if (b.feature < 0 || b.feature >= features) {
        return bad_input(node.where(), "expected branches on {} features, found one on feature {}", features,
                         b.feature);
      }
    }
  }
  const std::uint32_t given = without_scalers(node, x, trees);
  const bool missing = std::any_of(trees.begin(), trees.end(), [](const Tree& tree) {
    return std::any_of(tree.branches.begin(), tree.branches.end(), [](const auto& b) { return b.takes_missing; });
  });
  const auto targets = static_cast<std::int64_t>(base.size());
  const auto full = static_cast<double>(s.depth < 40 ? std::int64_t{1} << s.depth : std::int64_t{1} << 40);
  const auto branches = static_cast<double>(s.branches);
  const auto leaves = static_cast<double>(s.leaves);
  const bool is_full = full * (kBranchWork + static_cast<double>(features) * kEntryWork) <=
                       branches * (kBranchWork + static_cast<double>(features) * kEntryWork) + leaves * kLeafWork +
                           branches * leaves * kEntryWork;
  const double per_tree = is_full ? full : branches;
  const double entries =
      static_cast<double>(s.trees) *
      std::max({per_tree * static_cast<double>(features) * (missing ? 2 : 1),
                (is_full ? full : leaves) * static_cast<double>(targets), is_full ? 0 : branches * leaves});
  if (entries > static_cast<double>(kMaxTreeEntries)) {
    return node.unsupported(fmt::format(
        "its trees are too large: {} trees of {} branches in {} levels on {} features need {:.3g} hidden numbers, at "
        "most {} are supported",
        s.trees, s.branches, s.depth, features, entries, kMaxTreeEntries));
  }
  TreeConstants c(s, is_full ? (std::int64_t{1} << s.depth) - 1 : s.branches,
                  is_full ? std::int64_t{1} << s.depth : s.leaves, targets, !is_full);
  for (std::size_t t = 0; t < trees.size(); ++t) {
    if (is_full) {
      fill_full(c, t, trees[t], trees[t].root, 0, 0, s.depth);
    } else {
      std::vector<float> path(static_cast<std::size_t>(s.branches), 0.0F);
      std::fill_n(c.needed.data.begin() + static_cast<std::ptrdiff_t>(t) * s.leaves, s.leaves, 1.0F);
      fill_paths(c, t, trees[t], trees[t].root, path, 0.0F);
    }
  }
  FloatNode n = node.make(FloatOp::kTrees, {given});
  n.ints = {is_full ? s.depth : 0, missing ? 1 : 0, s.depth};
  const auto add = [&](FloatTensor&& t) { n.inputs.push_back(node.add_constant(std::move(t))); };
  add(std::move(c.features));
  add(std::move(c.thresholds));
  add(std::move(c.missing));
  add(std::move(c.values));
  add(FloatTensor{{targets}, base, false});
  if (!is_full) {
    add(std::move(c.paths));
    add(std::move(c.needed));
  }
  return node.emit(std::move(n));
}

}  // namespace proofcard::graph
