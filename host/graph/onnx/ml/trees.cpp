// TreeEnsembleClassifier and TreeEnsembleRegressor.
#include <algorithm>
#include <map>
#include <utility>

#include "host/graph/onnx/ml/tree_model.hpp"

namespace proofcard::graph {
namespace {

constexpr int kMaxListedLevels = 64;

// Half of the votes is no majority. Votes are float32 (a tenth is above a tenth), so that their sum is within 2^-22 of what is meant.
constexpr float kMajority = 0.5F + 0x1p-22F;

// The lists of attributes that have an entry for each node of a tree.
struct NodeLists {
  Dims trees, nodes, features, yes, no, missing;
  std::vector<double> values;
  std::vector<std::string> modes;
};

// The lists that have an entry for each value of a leaf.
struct LeafLists {
  Dims trees, nodes, targets;
  std::vector<double> weights;
};

using NodeKey = std::pair<std::int64_t, std::int64_t>;  // tree, node

Result<NodeLists> read_node_lists(const NodeReader& node) {
  NodeLists l;
  PROOFCARD_TRY(l.trees, node.integers("nodes_treeids", {}));
  PROOFCARD_TRY(l.nodes, node.integers("nodes_nodeids", {}));
  PROOFCARD_TRY(l.features, node.integers("nodes_featureids", {}));
  PROOFCARD_TRY(l.yes, node.integers("nodes_truenodeids", {}));
  PROOFCARD_TRY(l.no, node.integers("nodes_falsenodeids", {}));
  PROOFCARD_TRY(l.missing, node.integers("nodes_missing_value_tracks_true", {}));
  PROOFCARD_TRY(l.values, reals_or_tensor(node, "nodes_values"));
  PROOFCARD_TRY(l.modes, node.texts("nodes_modes"));
  const std::size_t size = l.trees.size();
  l.missing.resize(l.missing.empty() ? size : l.missing.size(), 0);
  for (const std::size_t other : {l.nodes.size(), l.features.size(), l.yes.size(), l.no.size(), l.missing.size(),
                                  l.values.size(), l.modes.size()}) {
    if (other != size || size == 0) {
      return bad_input(node.where(), "expected lists of {} nodes, found one of {}", size, other);
    }
  }
  return l;
}

Result<LeafLists> read_leaf_lists(const NodeReader& node, const std::string& prefix) {
  LeafLists l;
  PROOFCARD_TRY(l.trees, node.integers(prefix + "_treeids", {}));
  PROOFCARD_TRY(l.nodes, node.integers(prefix + "_nodeids", {}));
  PROOFCARD_TRY(l.targets, node.integers(prefix + "_ids", {}));
  PROOFCARD_TRY(l.weights, reals_or_tensor(node, prefix + "_weights"));
  const std::size_t size = l.weights.size();
  if (l.trees.size() != size || l.nodes.size() != size || l.targets.size() != size) {
    return bad_input(node.where(), "expected lists of {} values of leaves, found {}, {} and {}", size, l.trees.size(),
                     l.nodes.size(), l.targets.size());
  }
  return l;
}

Result<BranchMode> branch_mode(const NodeReader& node, const std::string& mode) {
  static const std::map<std::string, BranchMode> modes = {
      {"BRANCH_LEQ", BranchMode::kLeq},    {"BRANCH_LT", BranchMode::kLess},  {"BRANCH_GTE", BranchMode::kGreaterEqual},
      {"BRANCH_GT", BranchMode::kGreater}, {"BRANCH_EQ", BranchMode::kEqual}, {"BRANCH_NEQ", BranchMode::kNotEqual}};
  const auto found = modes.find(mode);
  if (found == modes.end()) {
    return node.unsupported(fmt::format("branches of mode {} are not supported", foreign_name(mode)));
  }
  return found->second;
}

// Trees out of the lists of the operators before opset 5.
class ListedTrees {
 public:
  ListedTrees(const NodeReader& node, NodeLists nodes, LeafLists leaves, std::int64_t targets)
      : node_(node), nodes_(std::move(nodes)), leaves_(std::move(leaves)), targets_(targets) {}

  Result<std::vector<Tree>> read() {
    for (std::size_t i = 0; i < nodes_.trees.size(); ++i) {
      if (!index_.emplace(NodeKey{nodes_.trees[i], nodes_.nodes[i]}, i).second) {
        return bad_input(node_.where(), "expected nodes with numbers of their own, found {} twice in tree {}",
                         nodes_.nodes[i], nodes_.trees[i]);
      }
    }
    for (std::size_t i = 0; i < leaves_.weights.size(); ++i) {
      const NodeKey key{leaves_.trees[i], leaves_.nodes[i]};
      if (!index_.contains(key) || leaves_.targets[i] < 0 || leaves_.targets[i] >= targets_) {
        return bad_input(node_.where(), "expected values of leaves that there are, for {} targets, found others",
                         targets_);
      }
      std::vector<float>& values = values_[key];
      values.resize(static_cast<std::size_t>(targets_), 0.0F);
      values[static_cast<std::size_t>(leaves_.targets[i])] += static_cast<float>(leaves_.weights[i]);
    }
    for (std::size_t i = 0; i < nodes_.trees.size() && !has_sets_; ++i) {
      has_sets_ = set_from(i, nodes_.trees.size(), [this](std::size_t at) { return equality(at); }).members.size() > 1;
    }
    std::vector<Tree> out;
    for (std::size_t i = 0; i < nodes_.trees.size(); ++i) {  // a tree's first node is its root
      if (i > 0 && nodes_.trees[i] == nodes_.trees[i - 1]) {
        continue;
      }
      Tree tree;
      PROOFCARD_TRY(tree.root, place(tree, i, 0));
      out.push_back(std::move(tree));
    }
    return out;
  }

 private:
  Result<TreePlace> place(Tree& tree, std::size_t i, int level) {
    if (level > kMaxListedLevels || ++visited_ > nodes_.trees.size()) {
      return node_.unsupported(fmt::format("expected trees of at most {} levels, found more", kMaxListedLevels));
    }
    if (nodes_.modes[i] == "LEAF") {
      const auto found = values_.find({nodes_.trees[i], nodes_.nodes[i]});
      tree.leaves.push_back(found != values_.end() ? found->second
                                                   : std::vector<float>(static_cast<std::size_t>(targets_), 0.0F));
      return -static_cast<TreePlace>(tree.leaves.size());
    }
    PROOFCARD_TRY(const BranchMode mode, branch_mode(node_, nodes_.modes[i]));
    TreeBranch branch{nodes_.features[i], 0.0F, nodes_.missing[i] != 0, 0, 0};
    ListedSet set{{}, false, i};
    if (has_sets_ && mode == BranchMode::kEqual) {
      set = set_from(i, nodes_.trees.size(), [this](std::size_t at) { return equality(at); });
      branch.takes_missing = set.takes_missing;
      visited_ += set.members.size() - 1;
    }
    for (const bool yes : {true, false}) {
      const std::int64_t child = yes ? nodes_.yes[i] : nodes_.no[set.last];
      const auto found = index_.find({nodes_.trees[i], child});
      if (found == index_.end()) {
        return bad_input(node_.where(), "expected a node {} in tree {}, found none", child, nodes_.trees[i]);
      }
      PROOFCARD_TRY((yes ? branch.yes : branch.no), place(tree, found->second, level + 1));
    }
    return set.members.empty() ? add_branch(node_, tree, mode, nodes_.values[i], branch)
                               : add_membership(node_, tree, set.members, branch);
  }

  ListedEquality equality(std::size_t i) const {
    const auto next = index_.find({nodes_.trees[i], nodes_.no[i]});
    return {nodes_.modes[i] == "BRANCH_EQ", nodes_.features[i],
            {nodes_.yes[i], false},         nodes_.values[i],
            nodes_.missing[i] != 0,         next != index_.end() ? std::optional(next->second) : std::nullopt};
  }

  const NodeReader& node_;
  NodeLists nodes_;
  LeafLists leaves_;
  std::int64_t targets_;
  std::map<NodeKey, std::size_t> index_;
  std::map<NodeKey, std::vector<float>> values_;
  std::size_t visited_ = 0;
  bool has_sets_ = false;  // of several members: then equalities lead to places that others lead to, too
};

// Whether every leaf of some tree has a value of the target: then it has a score, whatever the input is.
bool is_always_scored(const NodeLists& nodes, const LeafLists& leaves, std::int64_t target) {
  std::map<std::int64_t, std::size_t> missing;  // leaves, by tree
  for (std::size_t i = 0; i < nodes.trees.size(); ++i) {
    missing[nodes.trees[i]] += nodes.modes[i] == "LEAF" ? 1 : 0;
  }
  for (std::size_t i = 0; i < leaves.trees.size(); ++i) {
    if (leaves.targets[i] == target) {
      --missing[leaves.trees[i]];
    }
  }
  return std::any_of(missing.begin(), missing.end(), [](const auto& tree) { return tree.second == 0; });
}

Result<std::vector<float>> base_values(const NodeReader& node) {
  PROOFCARD_TRY(const std::vector<double> exact, reals_or_tensor(node, "base_values"));
  std::vector<float> out;
  for (const double v : exact) {
    out.push_back(static_cast<float>(v));
  }
  return out;
}

Status tree_regressor(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, feature_rows(node, 0));
  PROOFCARD_TRY(const std::int64_t targets, node.integer("n_targets", 1));
  PROOFCARD_TRY(const std::string aggregate, node.text("aggregate_function", "SUM"));
  PROOFCARD_TRY(std::vector<float> base, base_values(node));
  constexpr std::int64_t kMaxTargets = 1 << 16;
  if (targets < 1 || targets > kMaxTargets || (!base.empty() && static_cast<std::int64_t>(base.size()) != targets)) {
    return bad_input(node.where(), "expected 1 to {} targets and as many base values or none, found {} and {}",
                     kMaxTargets, targets, base.size());
  }
  base.resize(static_cast<std::size_t>(targets), 0.0F);
  PROOFCARD_TRY(NodeLists nodes, read_node_lists(node));
  PROOFCARD_TRY(LeafLists leaves, read_leaf_lists(node, "target"));
  for (std::int64_t target = 0; target < targets; ++target) {
    float& of_target = base[static_cast<std::size_t>(target)];
    if (of_target == 0 || is_always_scored(nodes, leaves, target)) {
      continue;
    }
    if (std::ranges::find(leaves.targets, target) != leaves.targets.end()) {
      return node.unsupported(fmt::format(
          "expected every input to have a score for target {}, which has a base value, found leaves without", target));
    }
    node.note(fmt::format("{}: its target {} has a base value and no leaf: it is 0, as onnxruntime has it",
                          node.where(), target));
    of_target = 0;
  }
  const std::size_t given = leaves.weights.size();
  const auto num_leaves = std::count(nodes.modes.begin(), nodes.modes.end(), "LEAF");
  PROOFCARD_TRY(std::vector<Tree> trees, ListedTrees(node, std::move(nodes), std::move(leaves), targets).read());
  if ((aggregate == "MIN" || aggregate == "MAX") && given != static_cast<std::size_t>(num_leaves * targets)) {
    return node.unsupported("expected a value of every leaf for every target to take extremes of, found others");
  }
  PROOFCARD_TRY(std::uint32_t out, aggregated_trees(node, x, std::move(trees), base, aggregate));
  PROOFCARD_TRY(out, transformed_targets(node, out));
  return node.bind(0, out);
}

// The label of two classes: whether the second score is above the threshold.
Status bind_second(const NodeReader& node, std::uint32_t scores, float threshold, const ClassLabels& labels) {
  FloatNode above = node.make(FloatOp::kAbove, {scores});
  above.alpha = threshold;
  PROOFCARD_TRY(const std::uint32_t sides, node.emit(std::move(above)));
  node.set_type(sides, onnx::TensorProto::INT64);
  FloatNode n = node.make(FloatOp::kGather, {sides});
  n.axis = 1;
  n.ints = {1};
  PROOFCARD_TRY(std::uint32_t number, node.emit(std::move(n)));
  PROOFCARD_TRY(number, node.reshape(number, {node.shape_of(scores)[0]}));
  return bind_label(node, number, labels);
}

// Two classes of which one alone has values: what onnxruntime makes of its score s. Of the first class (which then means the
// second) these are [1 - s, s], or [-s, s] where some values are negative, or the logistic of these; of the second, [0, s].
Status one_class_scored(const NodeReader& node, std::uint32_t x, std::vector<Tree> trees, float base,
                        const ClassLabels& labels, bool first, bool positive) {
  PROOFCARD_TRY(const std::string kind, node.text("post_transform", "NONE"));
  if (kind == "PROBIT" || (kind == "SOFTMAX_ZERO" && !first)) {
    return node.unsupported(fmt::format("post_transform {} is not supported", kind));
  }
  const bool logistic = kind == "LOGISTIC";
  for (Tree& tree : trees) {
    for (std::vector<float>& leaf : tree.leaves) {
      leaf = {first ? -leaf[0] : 0.0F, leaf[0]};
    }
  }
  const float rest = !first ? 0.0F : positive && !logistic ? 1.0F - base : -base;
  PROOFCARD_TRY(const std::uint32_t scores, emit_trees(node, x, std::move(trees), {rest, base}));
  PROOFCARD_RETURN_IF_ERROR(bind_second(node, scores, positive ? kMajority : 0.0F, labels));
  PROOFCARD_TRY(const std::uint32_t out, first && !logistic ? scores : transformed(node, scores));
  return node.bind(1, out);
}

Status tree_classifier(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, feature_rows(node, 0));
  PROOFCARD_TRY(const ClassLabels labels, read_labels(node));
  const auto classes = static_cast<std::int64_t>(labels.size());
  PROOFCARD_TRY(std::vector<float> base, base_values(node));
  PROOFCARD_TRY(const NodeLists nodes, read_node_lists(node));
  PROOFCARD_TRY(LeafLists leaves, read_leaf_lists(node, "class"));
  if (classes < 2) {
    return node.unsupported(fmt::format("expected at least 2 classes, found {}", classes));
  }
  const bool one = classes == 2 && !leaves.targets.empty() &&
                   std::all_of(leaves.targets.begin(), leaves.targets.end(),
                               [&](std::int64_t id) { return id == leaves.targets[0]; });
  const bool positive = std::all_of(leaves.weights.begin(), leaves.weights.end(), [](double w) { return w >= 0; });
  if (one) {
    const bool first = leaves.targets[0] == 0;
    if (base.size() > (first ? 1U : 0U)) {
      return node.unsupported("base values of two classes of which one has scores are not supported");
    }
    base.resize(1, 0.0F);
    std::fill(leaves.targets.begin(), leaves.targets.end(), 0);
    PROOFCARD_TRY(const std::vector<Tree> trees, ListedTrees(node, nodes, std::move(leaves), 1).read());
    return one_class_scored(node, x, trees, base[0], labels, first, positive);
  }
  if (!base.empty() && (classes == 2 || static_cast<std::int64_t>(base.size()) != classes)) {
    return node.unsupported(fmt::format("{} base values of {} classes are not supported", base.size(), classes));
  }
  for (std::int64_t c = 0; base.empty() && c < classes; ++c) {
    if (!is_always_scored(nodes, leaves, c) && (classes == 2 || !positive)) {
      return node.unsupported(
          fmt::format("expected every input to have a score for class {}, found leaves without", c));
    }
  }
  base.resize(static_cast<std::size_t>(classes), 0.0F);
  PROOFCARD_TRY(const std::vector<Tree> trees, ListedTrees(node, nodes, std::move(leaves), classes).read());
  PROOFCARD_TRY(const std::uint32_t scores, emit_trees(node, x, trees, base));
  if (classes == 2) {  // onnxruntime looks at the second score alone
    PROOFCARD_RETURN_IF_ERROR(bind_second(node, scores, 0.0F, labels));
  } else {
    PROOFCARD_TRY(const std::uint32_t number, largest_score(node, scores));
    PROOFCARD_RETURN_IF_ERROR(bind_label(node, number, labels));
  }
  PROOFCARD_TRY(const std::uint32_t out, transformed(node, scores));
  return node.bind(1, out);
}

}  // namespace

const std::map<std::string, Translation>& tree_translations() {
  static const std::map<std::string, Translation> table = {
      {"TreeEnsembleClassifier", tree_classifier},
      {"TreeEnsembleRegressor", tree_regressor},
  };
  return table;
}

}  // namespace proofcard::graph
