// What is made of the values of several trees.
#include "host/graph/onnx/ml/tree_model.hpp"

namespace proofcard::graph {
namespace {

// Values of each tree for targets of its own: then the largest or the smallest of them can be taken.
void separate_targets(std::vector<Tree>& trees, std::int64_t targets, float sign) {
  for (std::size_t t = 0; t < trees.size(); ++t) {
    for (std::vector<float>& leaf : trees[t].leaves) {
      std::vector<float> wide(trees.size() * static_cast<std::size_t>(targets), 0.0F);
      for (std::size_t k = 0; k < leaf.size(); ++k) {
        wide[t * leaf.size() + k] = sign * leaf[k];
      }
      leaf = std::move(wide);
    }
  }
}

// The extreme of each tree's value, plus base.
Result<std::uint32_t> extreme_of_trees(const NodeReader& node, std::uint32_t x, std::vector<Tree> trees,
                                       const std::vector<float>& base, bool largest) {
  const auto targets = static_cast<std::int64_t>(base.size());
  const auto size = static_cast<std::int64_t>(trees.size());
  const float sign = largest ? 1.0F : -1.0F;
  separate_targets(trees, targets, sign);
  const std::vector<float> none(static_cast<std::size_t>(size * targets), 0.0F);
  PROOFCARD_TRY(std::uint32_t out, emit_trees(node, x, trees, none));
  PROOFCARD_TRY(out, node.reshape(out, {node.shape_of(x)[0], size, targets}));
  FloatNode n = node.make(FloatOp::kReduceMax, {out});
  n.ints = {1};
  n.keep_dims = false;
  PROOFCARD_TRY(out, node.emit(std::move(n)));
  PROOFCARD_TRY(out, node.emit(FloatOp::kMul, {out, node.add_scalar(sign)}));
  return node.emit(FloatOp::kAdd, {out, node.add_constant(FloatTensor{{targets}, base, false})});
}

}  // namespace

Result<std::uint32_t> aggregated_trees(const NodeReader& node, std::uint32_t x, std::vector<Tree> trees,
                                       const std::vector<float>& base, const std::string& aggregate) {
  if (aggregate == "MIN" || aggregate == "MAX") {
    return extreme_of_trees(node, x, std::move(trees), base, aggregate == "MAX");
  }
  if (aggregate != "SUM" && aggregate != "AVERAGE") {
    return bad_input(node.where(), "expected SUM, AVERAGE, MIN or MAX, found {}", foreign_name(aggregate));
  }
  for (Tree& tree : trees) {
    for (std::vector<float>& leaf : tree.leaves) {
      for (float& v : leaf) {
        v = aggregate == "SUM" ? v : v / static_cast<float>(trees.size());
      }
    }
  }
  return emit_trees(node, x, trees, base);
}

}  // namespace proofcard::graph
