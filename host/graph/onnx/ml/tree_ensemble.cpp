// TreeEnsemble, the operator of opset 5: branches and leaves have lists of their own.
#include <algorithm>
#include <cmath>

#include "host/graph/onnx/ml/tree_model.hpp"

namespace proofcard::graph {
namespace {

constexpr int kMaxIndexedLevels = 64;
constexpr std::int64_t kEquality = 4;  // among modes
constexpr std::int64_t kMember = 6;

struct EnsembleLists {
  Dims features, yes, yes_is_leaf, no, no_is_leaf, missing, modes;
  std::vector<double> splits;
  std::vector<std::vector<double>> members;  // of branches on membership
  Dims targets;
  std::vector<double> weights;
};

Result<std::vector<double>> real_tensor(const NodeReader& node, const std::string& name) {
  PROOFCARD_TRY(const Constant values, tensor_attribute(node, name));
  std::vector<double> out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    out.push_back(values.real(i));
  }
  return out;
}

// The sets of branches on membership, one after the other, each with NaN at its end.
Result<std::vector<std::vector<double>>> read_members(const NodeReader& node, const Dims& modes) {
  std::vector<std::vector<double>> out(modes.size());
  std::vector<double> listed;
  if (node.has_attribute("membership_values")) {
    PROOFCARD_TRY(listed, real_tensor(node, "membership_values"));
  }
  auto at = listed.begin();
  for (std::size_t i = 0; i < modes.size(); ++i) {
    if (modes[i] != kMember) {
      continue;
    }
    const auto end = std::find_if(at, listed.end(), [](double v) { return std::isnan(v); });
    if (end == listed.end()) {
      return bad_input(node.where(),
                       "membership_values: expected a set that ends with NaN for each of {} branches on "
                       "membership, found fewer",
                       std::count(modes.begin(), modes.end(), kMember));
    }
    out[i].assign(at, end);
    at = end + 1;
  }
  if (at != listed.end()) {
    return bad_input(node.where(), "membership_values: expected {} sets, found more",
                     std::count(modes.begin(), modes.end(), kMember));
  }
  return out;
}

Result<EnsembleLists> read_ensemble_lists(const NodeReader& node) {
  EnsembleLists l;
  PROOFCARD_TRY(l.features, node.integers("nodes_featureids", {}));
  PROOFCARD_TRY(l.yes, node.integers("nodes_truenodeids", {}));
  PROOFCARD_TRY(l.yes_is_leaf, node.integers("nodes_trueleafs", {}));
  PROOFCARD_TRY(l.no, node.integers("nodes_falsenodeids", {}));
  PROOFCARD_TRY(l.no_is_leaf, node.integers("nodes_falseleafs", {}));
  PROOFCARD_TRY(l.missing, node.integers("nodes_missing_value_tracks_true", {}));
  PROOFCARD_TRY(l.targets, node.integers("leaf_targetids", {}));
  PROOFCARD_TRY(l.splits, real_tensor(node, "nodes_splits"));
  PROOFCARD_TRY(l.weights, real_tensor(node, "leaf_weights"));
  PROOFCARD_TRY(const Constant modes, tensor_attribute(node, "nodes_modes"));
  if (!modes.is_integer()) {
    return bad_input(node.where(), "nodes_modes: expected integers, found type {}", modes.type);
  }
  l.modes = modes.integers;
  const std::size_t size = l.features.size();
  l.missing.resize(l.missing.empty() ? size : l.missing.size(), 0);
  for (const std::size_t other : {l.yes.size(), l.yes_is_leaf.size(), l.no.size(), l.no_is_leaf.size(),
                                  l.missing.size(), l.splits.size(), l.modes.size()}) {
    if (other != size || size == 0) {
      return bad_input(node.where(), "expected lists of {} nodes, found one of {}", size, other);
    }
  }
  PROOFCARD_TRY(l.members, read_members(node, l.modes));
  if (l.targets.size() != l.weights.size()) {
    return bad_input(node.where(), "expected a target for each of {} leaves, found {}", l.weights.size(),
                     l.targets.size());
  }
  return l;
}

class IndexedTrees {
 public:
  IndexedTrees(const NodeReader& node, EnsembleLists lists, std::int64_t targets)
      : node_(node), l_(std::move(lists)), targets_(targets) {
    for (std::size_t i = 0; i < l_.features.size() && !has_sets_; ++i) {
      const auto listed = [this](std::size_t at) { return equality(at); };
      has_sets_ = l_.modes[i] == kMember || set_from(i, l_.features.size(), listed).members.size() > 1;
    }
  }

  Result<Tree> read(std::int64_t root) {
    Tree tree;
    visited_ = 0;
    PROOFCARD_TRY(tree.root, place(tree, root, false, 0));
    return tree;
  }

 private:
  Result<TreePlace> place(Tree& tree, std::int64_t index, bool is_leaf, int level) {
    const std::size_t size = is_leaf ? l_.weights.size() : l_.features.size();
    if (index < 0 || static_cast<std::size_t>(index) >= size) {
      return bad_input(node_.where(), "expected nodes and leaves that there are, found number {} of {}", index, size);
    }
    const auto i = static_cast<std::size_t>(index);
    if (level > kMaxIndexedLevels || ++visited_ > 2 * (l_.features.size() + l_.weights.size())) {
      return node_.unsupported(fmt::format("expected trees of at most {} levels, found more", kMaxIndexedLevels));
    }
    if (is_leaf) {
      std::vector<float> values(static_cast<std::size_t>(targets_), 0.0F);
      if (l_.targets[i] < 0 || l_.targets[i] >= targets_) {
        return bad_input(node_.where(), "expected leaves for {} targets, found one for target {}", targets_,
                         l_.targets[i]);
      }
      values[static_cast<std::size_t>(l_.targets[i])] = static_cast<float>(l_.weights[i]);
      tree.leaves.push_back(std::move(values));
      return -static_cast<TreePlace>(tree.leaves.size());
    }
    if (l_.modes[i] < 0 || l_.modes[i] > kMember) {
      return bad_input(node_.where(), "expected modes of branches from 0 to {}, found {}", kMember, l_.modes[i]);
    }
    TreeBranch branch{l_.features[i], 0.0F, l_.missing[i] != 0, 0, 0};
    const ListedSet set = set_of(i);
    if (has_sets_ && !is_threshold(i)) {
      branch.takes_missing = set.takes_missing;
    }
    PROOFCARD_TRY(branch.yes, place(tree, l_.yes[i], l_.yes_is_leaf[i] != 0, level + 1));
    PROOFCARD_TRY(branch.no, place(tree, l_.no[set.last], l_.no_is_leaf[set.last] != 0, level + 1));
    return has_sets_ && !is_threshold(i)
               ? add_membership(node_, tree, set.members, branch)
               : add_branch(node_, tree, static_cast<BranchMode>(l_.modes[i]), l_.splits[i], branch);
  }

  bool is_threshold(std::size_t i) const { return l_.modes[i] != kMember && l_.modes[i] != kEquality; }
  // The members of what is asked for from branch i on; none of a threshold.
  ListedSet set_of(std::size_t i) const {
    if (l_.modes[i] == kMember) {
      return {l_.members[i], l_.missing[i] != 0, i};
    }
    ListedSet set = set_from(i, l_.features.size(), [this](std::size_t at) { return equality(at); });
    return has_sets_ ? set : ListedSet{{}, false, i};
  }
  ListedEquality equality(std::size_t i) const {
    const bool has_next = l_.no_is_leaf[i] == 0 && l_.no[i] >= 0 && static_cast<std::size_t>(l_.no[i]) < l_.no.size();
    return {l_.modes[i] == kEquality,
            l_.features[i],
            {l_.yes[i], l_.yes_is_leaf[i] != 0},
            l_.splits[i],
            l_.missing[i] != 0,
            has_next ? std::optional(static_cast<std::size_t>(l_.no[i])) : std::nullopt};
  }

  const NodeReader& node_;
  EnsembleLists l_;
  std::int64_t targets_;
  std::size_t visited_ = 0;
  bool has_sets_ = false;  // of one or several members: then equalities lead to places that others lead to, too
};

Result<std::string> named_choice(const NodeReader& node, const std::string& name, std::int64_t fallback,
                                 const std::vector<std::string>& names) {
  PROOFCARD_TRY(const std::int64_t i, node.integer(name, fallback));
  if (i < 0 || static_cast<std::size_t>(i) >= names.size()) {
    return bad_input(node.where(), "expected attribute {} to be 0 to {}, found {}", name, names.size() - 1, i);
  }
  return names[static_cast<std::size_t>(i)];
}

Status tree_ensemble(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, feature_rows(node, 0));
  PROOFCARD_TRY(const std::int64_t targets, node.integer("n_targets", 1));
  PROOFCARD_TRY(const Dims roots, node.integers("tree_roots", {}));
  PROOFCARD_TRY(const std::string aggregate,
                named_choice(node, "aggregate_function", 1, {"AVERAGE", "SUM", "MIN", "MAX"}));
  PROOFCARD_TRY(const std::string kind,
                named_choice(node, "post_transform", 0, {"NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"}));
  constexpr std::int64_t kMaxTargets = 1 << 16;
  if (targets < 1 || targets > kMaxTargets || roots.empty()) {
    return bad_input(node.where(), "expected 1 to {} targets and a root, found {} and {}", kMaxTargets, targets,
                     roots.size());
  }
  if (targets > 1 && (aggregate == "MIN" || aggregate == "MAX")) {
    return node.unsupported("extremes of several targets are not supported");  // a leaf has a value of one alone
  }
  PROOFCARD_TRY(EnsembleLists lists, read_ensemble_lists(node));
  IndexedTrees reader(node, std::move(lists), targets);
  std::vector<Tree> trees;
  for (const std::int64_t root : roots) {
    PROOFCARD_TRY(Tree tree, reader.read(root));
    trees.push_back(std::move(tree));
  }
  const std::vector<float> base(static_cast<std::size_t>(targets), 0.0F);
  PROOFCARD_TRY(std::uint32_t out, aggregated_trees(node, x, std::move(trees), base, aggregate));
  PROOFCARD_TRY(out, transformed_targets(node, out, kind));
  return node.bind(0, out);
}

}  // namespace

const std::map<std::string, Translation>& tree_ensemble_translations() {
  static const std::map<std::string, Translation> table = {{"TreeEnsemble", tree_ensemble}};
  return table;
}

}  // namespace proofcard::graph
