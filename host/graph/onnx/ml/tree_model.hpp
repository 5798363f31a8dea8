// Tree ensembles as files have them, and the two forms in which they are proved. Private to graph/onnx/ml.
//
// Every branch asks one question, "is the feature at most the threshold": other comparisons are turned into it, which is
// exact, since between neighbouring float32 numbers there is none. For features of float32 a threshold of 64 bits is as good as
// the float32 number below it. Features of 64 bits are rounded to float32, and thresholds for them in the same way.
#pragma once

#include <vector>

#include "host/graph/onnx/ml/import_ml.hpp"

namespace proofcard::graph {

// A place in a tree: branch i, or leaf -1 - i.
using TreePlace = std::int64_t;

struct TreeBranch {
  std::int64_t feature = 0;
  float threshold = 0.0F;
  bool takes_missing = false;  // whether NaN counts as at most the threshold
  TreePlace yes = 0;
  TreePlace no = 0;
};

struct Tree {
  std::vector<TreeBranch> branches;
  std::vector<std::vector<float>> leaves;  // a value a target
  TreePlace root = 0;
};

enum class BranchMode : std::uint8_t { kLeq, kLess, kGreaterEqual, kGreater, kEqual, kNotEqual };

// Adds what asks the question of the mode about `threshold` to the tree: the place where it begins. Two branches for equality. The
// branch's own threshold is not looked at.
// Errors: kUnsupported for a threshold that is no number, or below every number.
Result<TreePlace> add_branch(const NodeReader& node, Tree& tree, BranchMode mode, double threshold,
                             const TreeBranch& branch);

// A list of numbers: the attribute `name`, or the tensor of 32 or 64 bits that `name`_as_tensor is. Empty where there is neither.
Result<std::vector<double>> reals_or_tensor(const NodeReader& node, const std::string& name);

// The tensor of an attribute. Errors: kBadInput where there is none.
Result<Constant> tensor_attribute(const NodeReader& node, const std::string& name);

// What scalers, imputers, one-hot encoders and binarizers before trees read (feature_sources.hpp): changes the trees so that they
// ask about that, and returns the features to compare, [rows, features]. Where that cannot be, x, and a note.
Result<std::uint32_t> with_given_features(const NodeReader& node, std::uint32_t x, std::vector<Tree>& trees);

// The sums over all trees, [N, targets], plus `base`. Errors: kUnsupported for trees that are too large.
Result<std::uint32_t> emit_trees(const NodeReader& node, std::uint32_t x, std::vector<Tree> trees,
                                 const std::vector<float>& base);

// The same for SUM, AVERAGE, MIN or MAX over trees.
Result<std::uint32_t> aggregated_trees(const NodeReader& node, std::uint32_t x, std::vector<Tree> trees,
                                       const std::vector<float>& base, const std::string& aggregate);

}  // namespace proofcard::graph
