// Tree ensembles as files have them, and the two forms in which they are proved. Private to graph/onnx/ml.
//
// Every branch asks one question, "is the feature at most the threshold": other comparisons are turned into it, which is
// exact, since between neighbouring float32 numbers there is none. For features of float32 a threshold of 64 bits is as good as
// the float32 number below it. Features of 64 bits are rounded to float32, and thresholds for them in the same way.
#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "host/graph/onnx/ml/import_ml.hpp"

namespace proofcard::graph {

inline constexpr std::size_t kMaxTreePlaces = std::size_t{1} << 16;  // of one tree

// A place in a tree: branch i, or leaf -1 - i. Branches stand behind what they lead to. Of sets of categories several branches lead
// to one place.
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

// Adds what asks whether the feature is one of the members: the place where it begins. Sorted, they are asked for by halves; all yes
// lead to one place, and all no. NaN is a member where the branch takes missing values.
// Errors: kUnsupported for members that are not finite.
Result<TreePlace> add_membership(const NodeReader& node, Tree& tree, const std::vector<double>& members,
                                 const TreeBranch& branch);

// A branch of a list, as far as it may be one of a chain that asks for one member of a set after the other: exporters write
// sets as equalities of which each has the same yes, and the next one as its no.
struct ListedEquality {
  bool is_one = false;
  std::int64_t feature = 0;
  std::pair<std::int64_t, bool> yes;  // the number of a node, and whether it is a leaf in a list of its own
  double value = 0;
  bool takes_missing = false;
  std::optional<std::size_t> no;  // in the list, unless it is a leaf
};
struct ListedSet {
  std::vector<double> members;
  bool takes_missing = false;
  std::size_t last = 0;  // whose no is the set's
};
ListedSet set_from(std::size_t first, std::size_t size, const std::function<ListedEquality(std::size_t)>& listed);

// How trees are laid out for a walk: places in the order of levels, so that the children of a branch are neighbours. What
// another branch leads to already is reached by a place that goes on to it, whatever the feature is.
struct TreePlaces {
  struct Place {
    TreePlace at = 0;       // a branch or a leaf
    std::size_t child = 0;  // the place of yes; a leaf's own; where to go on
    bool goes_on = false;
  };
  std::vector<Place> places;
  std::int64_t depth = 0;  // the most steps to a leaf
};
TreePlaces laid_out(const Tree& tree);

// Whether several branches lead to one place.
bool meets_again(const Tree& tree);

// The tree without places that several branches lead to, which are copied; none where that takes more than kMaxTreePlaces.
std::optional<Tree> unfolded(const Tree& tree);

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
