// A walk through trees: on every level one branch of each tree is looked up in the tensors of all branches, and one feature
// in the row of features, by numbers that only the prover knows.
//
//   place       0 at the root
//   branch      feature, threshold (and child) of the tree, at the place
//   x           of the row, at the feature
//   answer      yes = [threshold >= x], as for trees of which all branches are asked
//   next place  2 * place + 2 - yes in full trees, child + 1 - yes in others
//   leaf        value of the tree, at the last place, for each target
//
// A row has features of its own and a tree branches of its own: neither those of another row nor those of another tree can
// be looked up. The circuit depends on numbers of trees, places and levels alone.
#include <algorithm>
#include <cmath>

#include "host/graph/quantize/forms/realisation.hpp"
#include "host/graph/quantize/lowering/tree_input.hpp"

namespace proofcard::graph {
namespace {

// Labels that there are, in order.
std::vector<std::uint32_t> as_labels(std::initializer_list<int> labels) {
  std::vector<std::uint32_t> out;
  for (const int label : labels) {
    if (label != kNoLabel) {
      out.push_back(static_cast<std::uint32_t>(label));
    }
  }
  return out;
}

tensor::Term whole(std::int64_t coefficient, std::uint32_t id, const Shape& shape) {
  return {coefficient, {tensor::identity_operand(id, shape)}, {}};
}

// The numbers of a tensor that hold [0, end).
IntVector small_numbers(std::size_t size, std::size_t end) {
  return {narrowest_int_type(0, static_cast<std::int64_t>(end) - 1), size};
}

// One place of every tree for every row.
struct Walk {
  Dims dims;  // [rows, trees]
  std::size_t places = 0;

  int row() const { return out_label(dims, 0); }
  int tree() const { return out_label(dims, 1); }
  Shape out() const { return storage_shape(dims); }
  // What every tree has of its own: without an axis where there is no label for it.
  Shape of_trees(std::size_t last) const {
    return tree() == kNoLabel ? tree_shape({last}) : tree_shape({static_cast<std::size_t>(dims[1]), last});
  }
};

// The next place, in a full tree.
void descend(tensor::Expression& place, std::uint32_t yes) {
  for (tensor::Term& term : place.terms) {
    term.coefficient *= 2;
  }
  place.terms.push_back({2, {}, {}});
  place.terms.push_back(whole(-1, yes, place.out_dims));
}

}  // namespace

// The step of leaves' integers, which have so many bits.
Result<double> Lowering::leaf_scale(const std::string& name, const TreesNode& trees, unsigned value_bits) {
  if (!std::all_of(trees.values.data.begin(), trees.values.data.end(), [](float v) { return std::isfinite(v); })) {
    return bad_input(name, "expected finite values of leaves, found one that is not");
  }
  if (builder_.private_weights() && choices_.replaying()) {
    PROOFCARD_TRY(const double scale, choices_.take_table(name));
    if (!is_usable_scale(scale)) {
      return make_error(ErrorKind::kRejected, name, "expected a scale from 1e-60 to 1e60, found {}", scale);
    }
    return double{scale};
  }
  const double largest = max_abs(trees.values);
  const double scale = (largest > 0 ? largest : 1.0) / (std::ldexp(1.0, static_cast<int>(value_bits)) - 1);
  if (builder_.private_weights()) {
    choices_.record_table(scale);
  }
  return double{scale};
}

// The values of the leaves that are reached, [rows, trees, targets].
Result<View> Lowering::walked_trees(const FloatNode& n, const TreesNode& trees, unsigned value_bits) {
  const std::string name = node_name(n);
  PROOFCARD_TRY(const TreeInput in, tree_input(n, trees));
  const auto columns = static_cast<std::size_t>(in.x.shape[1]);
  const Walk walk{{in.x.shape[0], static_cast<std::int64_t>(trees.num_trees())}, trees.num_branches()};
  const Shape out = walk.out();
  const View x = columns > 1 ? builder_.exact(name + ": features", in.x) : in.x;
  const Shape of_branches = walk.of_trees(walk.places);

  IntVector features = small_numbers(trees.features.data.size(), columns);
  for (std::size_t i = 0; i < features.size(); ++i) {
    features.set(i, static_cast<std::int64_t>(in.column(trees, i).value_or(0)));
  }
  const std::uint32_t feature_of = builder_.add_weight(name + ": feature", of_branches, std::move(features), 1.0);
  const std::uint32_t threshold_of = branch_thresholds(name, trees, in, of_branches);
  std::uint32_t child_of = 0;
  if (trees.children != nullptr) {
    IntVector children = small_numbers(trees.children->data.size(), walk.places);
    for (std::size_t i = 0; i < children.size(); ++i) {
      children.set(i, static_cast<std::int64_t>(trees.children->data[i]));
    }
    child_of = builder_.add_weight(name + ": child", of_branches, std::move(children), 1.0);
  }

  tensor::Expression place{out, {}, {}};
  for (unsigned level = 1; level <= trees.depth; ++level) {
    const std::string here = fmt::format("{}: level {}", name, level);
    const auto of_branch = [&](const char* what, std::uint32_t data, std::int64_t lo, std::int64_t hi) {
      const auto axis = static_cast<std::uint32_t>(of_branches.size() - 1);
      return builder_.select(here + what, {data, axis, as_labels({walk.tree()}), place, 0}, lo, hi);
    };
    const std::uint32_t feature = of_branch(" feature", feature_of, 0, static_cast<std::int64_t>(columns) - 1);
    const std::uint32_t threshold =
        of_branch(" threshold", threshold_of, int_type_min(IntType::kI32), int_type_max(IntType::kI32));
    const std::uint32_t child =
        trees.children != nullptr ? of_branch(" child", child_of, 0, static_cast<std::int64_t>(walk.places) - 1) : 0;
    Linear node;
    node.acc.out_dims = out;
    node.acc.terms.push_back(whole(1, threshold, out));
    if (columns > 1) {
      const Tensor& data = builder_.tensor(x.tensor);
      const std::uint32_t value = builder_.select(here + " x",
                                                  {x.tensor,
                                                   static_cast<std::uint32_t>(data.shape.size() - 1),
                                                   as_labels({walk.row()}),
                                                   {out, {}, {whole(1, feature, out)}},
                                                   0},
                                                  data.lo, data.hi);
      node.acc.terms.push_back(whole(-1, value, out));
    } else {
      node.acc.terms.push_back({-1, {read_view(x, {along_label(walk.row()), AxisMap{}})}, {}});
    }
    in.compare(node);
    const std::uint32_t yes = builder_.linear_within(here + " answer", std::move(node), {-1, {0}, {1}}, 1.0);
    if (trees.children != nullptr) {
      place.terms = {whole(1, child, out), {1, {}, {}}, whole(-1, yes, out)};
    } else {
      descend(place, yes);
    }
  }

  const Dims leaves{walk.dims[0], walk.dims[1], static_cast<std::int64_t>(trees.num_targets())};
  place.out_dims = storage_shape(leaves);
  if (trees.children == nullptr) {
    place.terms.push_back({-static_cast<std::int64_t>(walk.places), {}, {}});
  }
  PROOFCARD_TRY(const double scale, leaf_scale(name, trees, value_bits));
  IntVector values(IntType::kI32, trees.values.data.size());
  const std::int64_t top = (std::int64_t{1} << value_bits) - 1;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double steps = std::floor(static_cast<double>(trees.values.data[i]) / scale + 0.5);
    values.set(i, static_cast<std::int64_t>(std::clamp(steps, -static_cast<double>(top), static_cast<double>(top))));
  }
  const int target = out_label(leaves, 2);
  Shape of_leaves = walk.of_trees(trees.num_leaves());
  if (target != kNoLabel) {
    of_leaves.push_back(static_cast<std::uint32_t>(trees.num_targets()));
  }
  const auto axis = static_cast<std::uint32_t>(of_leaves.size() - (target == kNoLabel ? 1 : 2));
  const std::uint32_t data = builder_.add_weight(name + ": value", of_leaves, std::move(values), scale);
  const std::uint32_t reached =
      builder_.select(name + ": leaf", {data, axis, as_labels({walk.tree(), target}), place, 0}, -top, top);
  return identity_view(reached, leaves, scale);
}

}  // namespace proofcard::graph
