#include "host/graph/quantize/lowering/tree_input.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>

#include "host/base/check.hpp"
#include "host/tensor/encoding.hpp"

namespace proofcard::graph {

Shape tree_shape(std::initializer_list<std::size_t> dims) {
  Shape shape;
  for (const std::size_t d : dims) {
    shape.push_back(static_cast<std::uint32_t>(d));
  }
  return shape;
}

int tree_label(const Dims& shape, std::size_t axis) { return shape[axis] == 1 ? kNoLabel : out_label(shape, axis); }

std::optional<std::size_t> Lowering::TreeInput::column(const TreesNode& trees, std::size_t i) const {
  const float feature = trees.features.data[i];
  if (!(feature >= 0 && feature < static_cast<float>(features)) || feature != std::floor(feature)) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(feature) + (has_missing && trees.missing.data[i] != 0.0F ? features : 0);
}

void Lowering::TreeInput::compare(Linear& node) const {
  node.shift =
      in_order ? kFloatOrderBits : static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(hi - lo + 1)));
  node.acc.terms.push_back({std::int64_t{1} << (node.shift - 1), {}, {}});
}

AxisMap along_label(int label) {
  return label == kNoLabel ? AxisMap{} : AxisMap{0, {{static_cast<std::uint32_t>(label), 1}}};
}

// Whether the value's integers are float32 in order; an error when some of what it is made of are and some are not.
Result<bool> Lowering::is_in_order(std::uint32_t value, const std::string& name) {
  if (!compared_[value]) {
    return false;
  }
  std::vector<bool> in_order(graph_.values.size(), false);
  for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
    in_order[graph_.inputs[i]] = tensor::is_float_order(builder_.tensor(builder_.graph().inputs[i]).channels);
  }
  for (const FloatNode& n : graph_.nodes) {
    if (!compared_[n.output]) {
      continue;
    }
    in_order[n.output] = in_order[n.inputs[0]];
    if (std::any_of(n.inputs.begin(), n.inputs.end(),
                    [&](std::uint32_t in) { return in_order[in] != in_order[n.output]; })) {
      return make_error(ErrorKind::kUnsupported, name, "expected inputs of one encoding, found several");
    }
  }
  return bool{in_order[value]};
}

// [x, and x with its missing values below every number], [rows, 2 * features].
Result<View> Lowering::with_missing_below(const std::string& name, const View& x) {
  const Dims both{x.shape[0], 2, x.shape[1]};
  PROOFCARD_TRY(const View missing, at_least(name + ": missing", x, tensor::kMissingFloatOrder));
  const std::vector<AxisMap> maps = out_maps(both);
  const std::vector<AxisMap> own{maps[0], maps[2]};
  const tensor::LabelWeights second{static_cast<std::uint32_t>(out_label(both, 1)), {0, 1}};
  Linear node;
  node.acc.out_dims = storage_shape(both);
  node.acc.terms.push_back({1, {read_view(x, own)}, {}});
  node.acc.terms.push_back({-1, {read_view(missing, own), read_view(x, own)}, {second}});
  node.acc.terms.push_back({-kOrderEnd, {read_view(missing, own)}, {second}});
  const View out = identity_view(
      builder_.linear_within(name + ": features", std::move(node), {-1, {-kOrderEnd}, {kOrderEnd - 1}}, 1.0), both,
      1.0);
  const std::optional<View> flat = reshape_view(out, {both[0], 2 * both[2]}, tensor_shape(out));
  PROOFCARD_CHECK(flat.has_value());
  return *flat;
}

// Whether the value's integers are an input's, which real numbers were rounded to.
bool Lowering::is_rounded_input(std::uint32_t value, const View& x) const {
  const Tensor& t = builder_.tensor(x.tensor);
  return t.kind == TensorKind::kInput && !is_whole(value) && !tensor::is_float_order(t.channels);
}

Result<Lowering::TreeInput> Lowering::tree_input(const FloatNode& n, const TreesNode& trees) {
  const std::string name = node_name(n);
  TreeInput in;
  PROOFCARD_TRY(in.in_order, is_in_order(n.inputs[0], name));
  PROOFCARD_TRY(in.x, all_digits_of(n.inputs[0]));
  in.features = static_cast<std::size_t>(in.x.shape[1]);
  in.has_missing = in.in_order && trees.has_missing;
  in.rounded = is_rounded_input(n.inputs[0], in.x);
  if (!in.in_order) {
    const Tensor& t = builder_.tensor(in.x.tensor);
    in.lo = std::min<std::int64_t>(t.lo, 0);
    in.hi = std::max<std::int64_t>(t.hi, 0);
    if (in.lo <= -kOrderEnd || in.hi >= kOrderEnd - 1) {
      return make_error(ErrorKind::kUnsupported, name, "expected features of at most 31 bits, found wider ones");
    }
  }
  if (in.has_missing) {
    PROOFCARD_TRY(in.x, with_missing_below(name, in.x));
  }
  return in;
}

namespace {

std::size_t digits(float x) {
  std::array<char, 32> text{};
  return static_cast<std::size_t>(std::to_chars(text.data(), text.data() + text.size(), x).ptr - text.data());
}

// The last integer of those that numbers up to the threshold are rounded to. The next number above it may be rounded to that one,
// too, and be the one that occurs: x < 0.3 is x <= 0.29999998. Tables have numbers of few digits.
double last_step(const tensor::Encoding& encoding, std::size_t feature, float threshold) {
  const float above = std::nextafter(threshold, INFINITY);
  const double at_most = encoding.nearest(feature, static_cast<double>(threshold));
  const double next = encoding.nearest(feature, static_cast<double>(above));
  constexpr std::size_t kMuchShorter = 2;
  return next == at_most && digits(above) + kMuchShorter <= digits(threshold) ? at_most - 1 : at_most;
}

}  // namespace

// Thresholds as integers of the features, in this shape; the largest where a walk stays. Those for rounded inputs are rounded as
// these are, so that equal numbers stay equal, and no order is turned round.
std::uint32_t Lowering::branch_thresholds(const std::string& name, const TreesNode& trees, const TreeInput& in,
                                          const Shape& shape) {
  const tensor::Encoding encoding = tensor::encoding(builder_.tensor(in.x.tensor));
  IntVector thresholds(IntType::kI32, trees.num_trees() * trees.num_branches());
  for (std::size_t i = 0; i < thresholds.size(); ++i) {
    const float threshold = trees.thresholds.data[i];
    if (trees.stays(i) || trees.goes_on(i)) {
      thresholds.set(i, in.hi);
      continue;
    }
    const double steps = in.rounded ? last_step(encoding, in.column(trees, i).value_or(0), threshold)
                                    : std::floor(static_cast<double>(threshold) / in.x.scale);
    thresholds.set(i, in.in_order ? tensor::float_order(threshold)
                      : steps >= static_cast<double>(in.lo)
                          ? static_cast<std::int64_t>(std::min(steps, static_cast<double>(in.hi)))
                          : in.lo - 1);
  }
  return builder_.add_weight(name + ": threshold", shape, std::move(thresholds), 1.0);
}

}  // namespace proofcard::graph
