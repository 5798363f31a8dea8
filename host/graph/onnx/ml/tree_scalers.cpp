// Questions of trees about computed features become questions about given ones.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "host/graph/onnx/ml/feature_sources.hpp"
#include "host/graph/onnx/ml/tree_model.hpp"

namespace proofcard::graph {
namespace {

constexpr std::size_t kMoreBranches = 4;  // as many times as before, in exchange for exact comparisons
constexpr std::size_t kFewBranches = 64;

// Where branches look, by feature, and the values that hold it.
struct Sources {
  std::map<std::int64_t, FeatureSource> by_feature;
  std::vector<std::uint32_t> values;
};

std::optional<Sources> sources_of(const NodeReader& node, std::uint32_t x, const std::vector<Tree>& trees) {
  Sources out;
  for (const Tree& tree : trees) {
    for (const TreeBranch& b : tree.branches) {
      if (out.by_feature.contains(b.feature)) {
        continue;
      }
      std::optional<FeatureSource> source = source_of_feature(node, x, b.feature);
      if (!source) {
        return std::nullopt;
      }
      if (std::ranges::find(out.values, source->value) == out.values.end()) {
        out.values.push_back(source->value);
      }
      out.by_feature.emplace(b.feature, std::move(*source));
    }
  }
  return out;
}

// The values side by side, [rows, features], and where the features of each begin; a branch on none: x itself.
Result<std::uint32_t> side_by_side(const NodeReader& node, std::int64_t rows, const std::vector<std::uint32_t>& values,
                                   std::map<std::uint32_t, std::int64_t>& first) {
  std::vector<std::uint32_t> parts;
  std::int64_t next = 0;
  for (const std::uint32_t value : values) {
    const Dims wanted{rows, count(node.shape_of(value)) / rows};
    first[value] = next;
    next += wanted[1];
    if (node.shape_of(value) == wanted) {
      parts.push_back(value);
      continue;
    }
    PROOFCARD_TRY(const std::uint32_t part, node.reshape(value, wanted));
    parts.push_back(part);
  }
  if (parts.size() == 1) {
    return std::uint32_t{parts[0]};
  }
  FloatNode n = node.make(FloatOp::kConcat, parts);
  n.axis = 1;
  return node.emit(std::move(n));
}

// The same tree with questions about given features. What is asked of a category takes two branches.
class Rewritten {
 public:
  Rewritten(const Tree& from, const Sources& sources, const std::map<std::uint32_t, std::int64_t>& first)
      : from_(from), sources_(sources), first_(first) {}

  // None where it would be too large, or a question has no threshold.
  std::optional<Tree> tree() {
    to_.root = place(from_.root);
    return failed_ ? std::nullopt : std::optional(std::move(to_));
  }

 private:
  TreePlace add(TreeBranch branch, float threshold, bool takes_missing, TreePlace yes, TreePlace no) {
    branch.threshold = threshold;
    branch.takes_missing = takes_missing;
    branch.yes = yes;
    branch.no = no;
    to_.branches.push_back(branch);
    failed_ = failed_ || to_.branches.size() > kMoreBranches * from_.branches.size() + kFewBranches;
    return static_cast<TreePlace>(to_.branches.size()) - 1;
  }

  TreePlace place(TreePlace at) {
    if (failed_) {
      return 0;
    }
    if (at < 0) {
      to_.leaves.push_back(from_.leaves[static_cast<std::size_t>(-1 - at)]);
      return -static_cast<TreePlace>(to_.leaves.size());
    }
    if (!meets_again_) {
      return branch(at);
    }
    const auto known = done_.find(at);
    return known != done_.end() ? known->second : done_[at] = branch(at);
  }

  TreePlace branch(TreePlace at) {
    const TreeBranch& b = from_.branches[static_cast<std::size_t>(at)];
    const FeatureSource& source = sources_.by_feature.at(b.feature);
    const std::optional<FeatureQuestion> q = question_before(source.steps, b.threshold);
    if (!q) {
      failed_ = true;
      return 0;
    }
    const float of_missing = source.apply(std::numeric_limits<float>::quiet_NaN());
    const bool missing = std::isnan(of_missing) ? b.takes_missing : of_missing <= b.threshold;
    TreeBranch asked = b;
    asked.feature = first_.at(source.value) + source.column;
    if (q->always && *q->always == missing) {
      return place(missing ? b.yes : b.no);
    }
    if (q->always) {  // numbers on one side, NaN on the other
      const TreePlace number = place(*q->always ? b.yes : b.no);
      const TreePlace other = place(*q->always ? b.no : b.yes);
      return add(asked, std::numeric_limits<float>::infinity(), false, number, other);
    }
    const TreePlace inside = q->opposite ? b.no : b.yes;
    const TreePlace outside = q->opposite ? b.yes : b.no;
    const bool missing_inside = missing != q->opposite;
    const TreePlace in = place(inside);
    const TreePlace above = place(outside);
    const TreePlace upper = add(asked, q->upper, missing_inside, in, above);
    if (!q->lower) {
      return upper;
    }
    const TreePlace below = place(outside);
    return add(asked, *q->lower, !missing_inside, below, upper);
  }

  const Tree& from_;
  const Sources& sources_;
  const std::map<std::uint32_t, std::int64_t>& first_;
  bool meets_again_ = meets_again(from_);  // then what is made of a branch is met again, too
  std::map<TreePlace, TreePlace> done_;
  Tree to_;
  bool failed_ = false;
};

}  // namespace

Result<std::uint32_t> with_given_features(const NodeReader& node, std::uint32_t x, std::vector<Tree>& trees) {
  const std::optional<Sources> sources = sources_of(node, x, trees);
  const auto same_type = [&](std::uint32_t value) { return node.type_of(value) == node.type_of(sources->values[0]); };
  if (sources && std::ranges::all_of(sources->values, same_type)) {
    const std::vector<std::uint32_t> values = sources->values.empty() ? std::vector<std::uint32_t>{x} : sources->values;
    std::map<std::uint32_t, std::int64_t> first;
    PROOFCARD_TRY(const std::uint32_t given, side_by_side(node, node.shape_of(x)[0], values, first));
    std::vector<Tree> rewritten;
    for (const Tree& tree : trees) {
      std::optional<Tree> one = Rewritten(tree, *sources, first).tree();
      if (!one) {
        break;
      }
      rewritten.push_back(std::move(*one));
    }
    if (rewritten.size() == trees.size()) {
      trees = std::move(rewritten);
      return std::uint32_t{given};
    }
  }
  node.note(node.where() +
            ": its features are computed, so they are compared as the integers that they are rounded to; near a "
            "threshold the answer may be another");
  return std::uint32_t{x};
}

}  // namespace proofcard::graph
