#include "host/graph/onnx/ml/tree_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace proofcard::graph {
namespace {

constexpr std::int64_t kMaxTreeDepth = 256;
constexpr double kMaxTreeEntries = 1 << 24;  // of a constant that holds trees
constexpr std::int64_t kMaxFullDepth = 40;

// Work for each branch, leaf and entry of a path matrix, in lookups; only their sizes to one another matter. And of a walk,
// for each row of its tables, each branch on the way, and each level.
constexpr double kBranchWork = 6;
constexpr double kLeafWork = 2;
constexpr double kEntryWork = 0.02;
constexpr double kTableWork = 1;
constexpr double kStepWork = 8;
constexpr double kLevelWork = 200;

struct TreeSizes {
  std::int64_t trees = 0;
  std::int64_t branches = 1;  // of the largest tree
  std::int64_t leaves = 1;
  std::int64_t depth = 1;
};

// How trees are proved (quantize/trees.hpp): answers to all branches of full trees or of others, or a walk down full trees
// or from place to place.
struct TreeForm {
  enum class Kind : std::uint8_t { kFull, kPaths, kFullWalk, kPlaces };
  Kind kind = Kind::kFull;
  std::int64_t branches = 0;  // of each tree
  std::int64_t leaves = 0;
  double work = 0;
  double entries = 0;  // of its largest constant

  bool is_full() const { return kind == Kind::kFull || kind == Kind::kFullWalk; }
  bool is_walk() const { return kind == Kind::kFullWalk || kind == Kind::kPlaces; }
};

double padded(double n) { return std::exp2(std::ceil(std::log2(n))); }

// A walk of these branches and leaves, place by place.
TreeForm walk_form(TreeForm::Kind kind, const TreeSizes& s, std::int64_t rows, std::int64_t targets, double branches,
                   double leaves) {
  const auto trees = static_cast<double>(s.trees);
  const auto k = static_cast<double>(targets);
  const double tables = padded(trees) * (padded(branches) + padded(leaves) * padded(k)) * kTableWork;
  const double steps = padded(static_cast<double>(rows)) * padded(trees) *
                       (static_cast<double>(s.depth) * kStepWork + padded(k) * kLeafWork);
  return TreeForm{kind, static_cast<std::int64_t>(branches), static_cast<std::int64_t>(leaves),
                  tables + steps + static_cast<double>(s.depth) * kLevelWork, trees * leaves * k};
}

// The cheapest form for trees of these sizes, if it may be; it depends on nothing else, so that keys show no more.
TreeForm choose_form(const TreeSizes& s, std::int64_t rows, std::int64_t features, std::int64_t targets, bool missing) {
  const auto trees = static_cast<double>(s.trees);
  const auto columns = static_cast<double>(features) * (missing ? 2 : 1);
  const auto k = static_cast<double>(targets);
  const double branch_work = kBranchWork + static_cast<double>(features) * kEntryWork;
  const auto answers = [&](TreeForm::Kind kind, double branches, double leaves, double more, double largest) {
    return TreeForm{kind, static_cast<std::int64_t>(branches), static_cast<std::int64_t>(leaves),
                    static_cast<double>(rows) * trees * (branches * branch_work + more),
                    trees * std::max({branches * columns, leaves * k, largest})};
  };
  const auto branches = static_cast<double>(s.branches);
  const auto leaves = static_cast<double>(s.leaves);
  const double places = padded(branches + leaves);
  std::vector<TreeForm> forms;
  if (s.depth < kMaxFullDepth) {
    const double full = std::exp2(static_cast<double>(s.depth));
    forms.push_back(answers(TreeForm::Kind::kFull, full - 1, full, branch_work, 0));
    forms.push_back(walk_form(TreeForm::Kind::kFullWalk, s, rows, targets, full - 1, full));
  }
  forms.push_back(answers(TreeForm::Kind::kPaths, branches, leaves, leaves * kLeafWork + branches * leaves * kEntryWork,
                          branches * leaves));
  forms.push_back(walk_form(TreeForm::Kind::kPlaces, s, rows, targets, places, places));
  const auto cost = [](const TreeForm& form) { return std::pair{form.entries > kMaxTreeEntries, form.work}; };
  return *std::ranges::min_element(forms, {}, cost);
}

// The most branches on a way to a leaf. Branches stand behind what they lead to.
std::int64_t depth_of(const Tree& tree) {
  std::vector<std::int64_t> depths;
  const auto below = [&](TreePlace at) { return at < 0 ? 0 : depths[static_cast<std::size_t>(at)]; };
  for (const TreeBranch& b : tree.branches) {
    depths.push_back(1 + std::max(below(b.yes), below(b.no)));
  }
  return below(tree.root);
}

TreeSizes sizes_of(const std::vector<Tree>& trees) {
  TreeSizes s;
  s.trees = static_cast<std::int64_t>(trees.size());
  for (const Tree& tree : trees) {
    s.depth = std::max(s.depth, depth_of(tree));
    s.branches = std::max(s.branches, static_cast<std::int64_t>(tree.branches.size()));
    s.leaves = std::max(s.leaves, static_cast<std::int64_t>(tree.leaves.size()));
  }
  return s;
}

// The form for trees of which some have places that several branches lead to: a walk that meets them, or that of trees without
// such places, which `trees` are then.
TreeForm choose_shared_form(std::vector<Tree>& trees, std::int64_t rows, std::int64_t features, std::int64_t targets,
                            bool missing) {
  TreeSizes s;
  s.trees = static_cast<std::int64_t>(trees.size());
  std::size_t places = 1;
  std::vector<Tree> plain;
  for (const Tree& tree : trees) {
    const TreePlaces laid = laid_out(tree);
    places = std::max(places, laid.places.size());
    s.depth = std::max(s.depth, laid.depth);
    if (std::optional<Tree> copied = unfolded(tree)) {
      plain.push_back(std::move(*copied));
    }
  }
  const double wide = padded(static_cast<double>(places));
  const TreeForm shared = walk_form(TreeForm::Kind::kPlaces, s, rows, targets, wide, wide);
  if (plain.size() < trees.size()) {
    return shared;
  }
  const TreeForm copied = choose_form(sizes_of(plain), rows, features, targets, missing);
  if (copied.entries > kMaxTreeEntries || copied.work >= shared.work) {
    return shared;
  }
  trees = std::move(plain);
  return copied;
}

// The constants that hold all trees.
struct TreeConstants {
  FloatTensor features, thresholds, missing, values, paths, needed, children;

  TreeConstants(const TreeSizes& s, const TreeForm& form, std::int64_t targets) {
    features = zeros({s.trees, form.branches});
    thresholds = features;
    missing = features;
    values = zeros({s.trees, form.leaves, targets});
    if (form.kind == TreeForm::Kind::kPaths) {
      paths = zeros({s.trees, form.leaves, form.branches});
      needed = zeros({s.trees, form.leaves});
    } else if (form.kind == TreeForm::Kind::kPlaces) {
      children = features;
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

// From place to place, level after level: the children of a branch are neighbours, and a leaf is its own child. A place that goes
// on to another has no number as its threshold.
void fill_places(TreeConstants& out, std::size_t index, const Tree& tree) {
  const auto first = index * static_cast<std::size_t>(out.features.shape[1]);
  const TreePlaces laid = laid_out(tree);
  for (std::size_t p = 0; p < laid.places.size(); ++p) {
    const TreePlaces::Place& place = laid.places[p];
    if (place.at < 0) {
      out.set_leaf(index, p, tree.leaves[static_cast<std::size_t>(-1 - place.at)]);
    } else if (place.goes_on) {
      out.set_branch(index, p, TreeBranch{0, std::numeric_limits<float>::quiet_NaN(), false, 0, 0});
    } else {
      out.set_branch(index, p, tree.branches[static_cast<std::size_t>(place.at)]);
    }
    out.children.data[first + p] = static_cast<float>(place.child);
  }
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

// The largest float32 number that is not above x.
float float_at_most(double x) {
  const auto near = static_cast<float>(x);
  return static_cast<double>(near) > x ? std::nextafter(near, -std::numeric_limits<float>::infinity()) : near;
}

}  // namespace

Result<Constant> tensor_attribute(const NodeReader& node, const std::string& name) {
  const onnx::AttributeProto* a = node.find(name);
  if (a == nullptr || !a->has_t()) {
    return bad_input(node.where(), "expected a tensor as its attribute {}, found none", name);
  }
  PROOFCARD_TRY(const ReadTensor read, node.read(a->t()));
  return read.exact ? *read.exact : to_constant(read.floats, a->t().data_type());
}

Result<std::vector<double>> reals_or_tensor(const NodeReader& node, const std::string& name) {
  const std::string as_tensor = name + "_as_tensor";
  std::vector<double> out;
  if (!node.has_attribute(as_tensor)) {
    PROOFCARD_TRY(const std::vector<float> listed, node.reals(name));
    out.assign(listed.begin(), listed.end());
    return out;
  }
  PROOFCARD_TRY(const Constant values, tensor_attribute(node, as_tensor));
  for (std::size_t i = 0; i < values.size(); ++i) {
    out.push_back(values.real(i));
  }
  return out;
}

Result<TreePlace> add_branch(const NodeReader& node, Tree& tree, BranchMode mode, double threshold,
                             const TreeBranch& branch) {
  constexpr float kLowest = -std::numeric_limits<float>::infinity();
  const bool is_strict = mode == BranchMode::kLess || mode == BranchMode::kGreaterEqual || mode == BranchMode::kEqual ||
                         mode == BranchMode::kNotEqual;
  PROOFCARD_TRY(const std::uint32_t features, node.input(0));
  if (node.type_of(features) == onnx::TensorProto::DOUBLE) {
    threshold = static_cast<double>(static_cast<float>(threshold));  // as the features are: equal numbers stay equal
  }
  TreeBranch asked = branch;
  asked.threshold = float_at_most(threshold);
  if (std::isnan(threshold) || (is_strict && threshold == static_cast<double>(kLowest))) {
    return node.unsupported("expected thresholds that are numbers, found NaN or minus infinity");
  }
  TreeBranch second = asked;  // of equality
  if (is_strict && static_cast<double>(asked.threshold) == threshold) {
    asked.threshold = std::nextafter(asked.threshold, kLowest);
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
  const std::int64_t of_file = node.shape_of(x)[1];
  for (const Tree& tree : trees) {
    for (const TreeBranch& b : tree.branches) {
      if (b.feature < 0 || b.feature >= of_file) {
        return bad_input(node.where(), "expected branches on {} features, found one on feature {}", of_file, b.feature);
      }
    }
  }
  PROOFCARD_TRY(const std::uint32_t given, with_given_features(node, x, trees));
  const std::int64_t features = node.shape_of(given)[1];
  const bool missing = std::any_of(trees.begin(), trees.end(), [](const Tree& tree) {
    return std::any_of(tree.branches.begin(), tree.branches.end(), [](const auto& b) { return b.takes_missing; });
  });
  const auto targets = static_cast<std::int64_t>(base.size());
  for (const Tree& tree : trees) {
    if (depth_of(tree) > kMaxTreeDepth) {
      return node.unsupported(
          fmt::format("expected trees of at most {} branches in a row, found {}", kMaxTreeDepth, depth_of(tree)));
    }
  }
  const std::int64_t rows = node.shape_of(x)[0];
  const TreeForm form = std::ranges::any_of(trees, meets_again)
                            ? choose_shared_form(trees, rows, features, targets, missing)
                            : choose_form(sizes_of(trees), rows, features, targets, missing);
  TreeSizes s = sizes_of(trees);
  if (form.kind == TreeForm::Kind::kPlaces) {
    for (const Tree& tree : trees) {
      s.depth = std::max(s.depth, laid_out(tree).depth);
    }
  }
  if (form.entries > kMaxTreeEntries) {
    return node.unsupported(fmt::format(
        "its trees are too large: {} trees of {} branches in {} levels on {} features need {:.3g} hidden numbers, at "
        "most {} are supported",
        s.trees, s.branches, s.depth, features, form.entries, kMaxTreeEntries));
  }
  TreeConstants c(s, form, targets);
  for (std::size_t t = 0; t < trees.size(); ++t) {
    if (form.is_full()) {
      fill_full(c, t, trees[t], trees[t].root, 0, 0, s.depth);
    } else if (form.kind == TreeForm::Kind::kPlaces) {
      fill_places(c, t, trees[t]);
    } else {
      std::vector<float> path(static_cast<std::size_t>(s.branches), 0.0F);
      std::fill_n(c.needed.data.begin() + static_cast<std::ptrdiff_t>(t) * s.leaves, s.leaves, 1.0F);
      fill_paths(c, t, trees[t], trees[t].root, path, 0.0F);
    }
  }
  FloatNode n = node.make(FloatOp::kTrees, {given});
  n.ints = {form.is_full() ? s.depth : 0, missing ? 1 : 0, s.depth, form.is_walk() ? 1 : 0};
  const auto add = [&](FloatTensor&& t) { n.inputs.push_back(node.add_constant(std::move(t))); };
  add(std::move(c.features));
  add(std::move(c.thresholds));
  add(std::move(c.missing));
  add(std::move(c.values));
  add(FloatTensor{{targets}, base, false});
  if (form.kind == TreeForm::Kind::kPaths) {
    add(std::move(c.paths));
    add(std::move(c.needed));
  } else if (form.kind == TreeForm::Kind::kPlaces) {
    add(std::move(c.children));
  }
  return node.emit(std::move(n));
}

}  // namespace proofcard::graph
