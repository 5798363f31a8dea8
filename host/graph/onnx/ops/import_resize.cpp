// Resize and Upsample: along each axis a choice of entries, or a constant matrix.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/graph/onnx/import_parts.hpp"
#include "host/graph/onnx/importer.hpp"

namespace proofcard::graph {
namespace {

struct Interpolation {
  std::string mode = "nearest";
  std::string coordinates = "asymmetric";
  std::string rounding = "floor";
  double cubic = -0.75;
  bool exclude_outside = false;
  bool antialias = false;
  double outside = 0;  // of coordinates outside, with tf_crop_and_resize
};

// One axis: from `in` entries to `out`.
struct Axis {
  std::size_t axis = 0;
  double scale = 1;
  std::int64_t in = 1;
  std::int64_t out = 1;
  double begin = 0;  // region, as fractions of the axis
  double end = 1;

  bool stays() const { return in == out && scale == 1.0; }
};

// Where an output position comes from, by the operator's own formulas.
Result<double> coordinate(const NodeReader& node, const Interpolation& how, const Axis& a, std::int64_t i) {
  const auto x = static_cast<double>(i);
  const auto in = static_cast<double>(a.in);
  const auto out = static_cast<double>(a.out);
  if (how.coordinates == "half_pixel") {
    return (x + 0.5) / a.scale - 0.5;
  }
  if (how.coordinates == "half_pixel_symmetric") {
    const double adjusted = out / (a.scale * in);
    return in / 2 * (1 - adjusted) + (x + 0.5) / a.scale - 0.5;
  }
  if (how.coordinates == "pytorch_half_pixel") {
    return a.out > 1 ? (x + 0.5) / a.scale - 0.5 : 0;
  }
  if (how.coordinates == "align_corners") {
    return a.out > 1 ? x * (in - 1) / (out - 1) : 0;
  }
  if (how.coordinates == "asymmetric") {
    return x / a.scale;
  }
  if (how.coordinates == "tf_crop_and_resize") {
    return a.out > 1 ? a.begin * (in - 1) + x * (a.end - a.begin) * (in - 1) / (out - 1)
                     : 0.5 * (a.begin + a.end) * (in - 1);
  }
  return node.unsupported(fmt::format("coordinates {} are not supported", foreign_name(how.coordinates)));
}

std::int64_t nearest(const Interpolation& how, const Axis& a, double at) {
  const double rounded = how.rounding == "round_prefer_ceil" ? std::floor(at + 0.5)
                         : how.rounding == "floor"           ? std::floor(at)
                         : how.rounding == "ceil"            ? std::ceil(at)
                                                             : std::ceil(at - 0.5);  // round_prefer_floor
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(rounded), 0, a.in - 1);
}

// The weight of an entry at this distance.
double kernel(const Interpolation& how, double distance) {
  const double t = std::abs(distance);
  if (how.mode == "linear") {
    return std::max(0.0, 1 - t);
  }
  const double c = how.cubic;
  if (t <= 1) {
    return ((c + 2) * t - (c + 3)) * t * t + 1;
  }
  return t < 2 ? ((t - 5) * t + 8) * t * c - 4 * c : 0;
}

// The weights of all entries for one output position: neighbours outside count for the nearest end, or not at all.
std::vector<double> weights(const Interpolation& how, const Axis& a, double at) {
  const double narrowing = how.antialias ? std::min(a.scale, 1.0) : 1.0;
  const double reach = (how.mode == "linear" ? 1.0 : 2.0) / narrowing;
  std::vector<double> row(static_cast<std::size_t>(a.in), 0.0);
  double total = 0;
  for (auto j = static_cast<std::int64_t>(std::floor(at - reach)); static_cast<double>(j) <= at + reach; ++j) {
    const double w = kernel(how, (static_cast<double>(j) - at) * narrowing);
    const bool inside = j >= 0 && j < a.in;
    if (inside || !how.exclude_outside) {
      row[static_cast<std::size_t>(std::clamp<std::int64_t>(j, 0, a.in - 1))] += w;
      total += w;
    }
  }
  for (double& w : row) {
    w /= total == 0 ? 1 : total;
  }
  return row;
}

// Whether the coordinate lies in the region of the value, where tf_crop_and_resize asks.
bool is_inside(const Interpolation& how, const Axis& a, double at) {
  return how.coordinates != "tf_crop_and_resize" || (at >= 0 && at <= static_cast<double>(a.in - 1));
}

Result<std::uint32_t> chosen_along(const NodeReader& node, std::uint32_t x, const Interpolation& how, const Axis& a) {
  FloatNode n = node.make(FloatOp::kGather, {x});
  n.axis = static_cast<std::int64_t>(a.axis);
  const std::int64_t factor = a.out / a.in;
  bool repeats = a.out % a.in == 0;
  for (std::int64_t i = 0; i < a.out; ++i) {
    PROOFCARD_TRY(const double at, coordinate(node, how, a, i));
    n.ints.push_back(nearest(how, a, at));
    repeats = repeats && n.ints.back() == i / factor;
  }
  return repeats ? repeated(node, x, a.axis, factor, true) : node.emit(std::move(n));
}

Result<std::uint32_t> mixed_along(const NodeReader& node, std::uint32_t x, const Interpolation& how, const Axis& a) {
  FloatNode n = node.make(FloatOp::kAxisMap, {x});
  n.axis = static_cast<std::int64_t>(a.axis);
  for (std::int64_t i = 0; i < a.out; ++i) {
    PROOFCARD_TRY(const double at, coordinate(node, how, a, i));
    const std::vector<double> row =
        is_inside(how, a, at) ? weights(how, a, at) : std::vector<double>(static_cast<std::size_t>(a.in), 0.0);
    n.params.insert(n.params.end(), row.begin(), row.end());
  }
  return node.emit(std::move(n));
}

// What tf_crop_and_resize gives for places outside: x there is 0, or has to become it.
Result<std::uint32_t> with_outside(const NodeReader& node, std::uint32_t x, const Interpolation& how,
                                   const std::vector<Axis>& axes) {
  const Dims shape = node.shape_of(x);
  FloatTensor inside{shape, std::vector<float>(static_cast<std::size_t>(count(shape)), 1.0F), false};
  bool all = true;
  for (const Axis& a : axes) {
    const std::int64_t inner = count(Dims(shape.begin() + static_cast<std::ptrdiff_t>(a.axis) + 1, shape.end()));
    for (std::int64_t i = 0; i < a.out; ++i) {
      PROOFCARD_TRY(const double at, coordinate(node, how, a, i));
      if (is_inside(how, a, at)) {
        continue;
      }
      all = false;
      for (std::size_t k = 0; k < inside.data.size(); ++k) {
        if (static_cast<std::int64_t>(k) / inner % a.out == i) {
          inside.data[k] = 0;
        }
      }
    }
  }
  if (all) {
    return x;
  }
  FloatTensor outside = inside;
  for (float& v : outside.data) {
    v = (1 - v) * static_cast<float>(how.outside);
  }
  if (how.mode == "nearest") {
    PROOFCARD_TRY(x, node.emit(FloatOp::kMul, {x, node.add_constant(std::move(inside))}));
  }
  return how.outside == 0 ? Result<std::uint32_t>(x)
                          : node.emit(FloatOp::kAdd, {x, node.add_constant(std::move(outside))});
}

// Sizes or factors of all axes, from the attribute or the inputs of the operator set; the ones that are given.
struct Target {
  std::vector<double> scales;
  Dims sizes;
};

Result<Target> read_target(const NodeReader& node) {
  Target out;
  const bool upsample = node.op() == "Upsample";
  if (upsample && node.opset() < 9) {
    PROOFCARD_TRY(const std::vector<float> scales, node.reals("scales"));
    out.scales.assign(scales.begin(), scales.end());
    return out;
  }
  const std::size_t at = upsample || node.opset() < 11 ? 1 : 2;
  if (node.has_input(at)) {
    PROOFCARD_TRY(const FloatTensor* scales, node.constant(at, "scales"));
    out.scales.assign(scales->data.begin(), scales->data.end());
  }
  if (at == 2 && node.has_input(3)) {
    PROOFCARD_TRY(out.sizes, node.constant_integers(3, "sizes"));
  }
  return out;
}

Result<Interpolation> read_interpolation(const NodeReader& node) {
  Interpolation how;
  PROOFCARD_TRY(how.mode, node.text("mode", "nearest"));
  how.mode = how.mode == "bilinear" || how.mode == "trilinear" ? "linear" : how.mode;
  if (how.mode != "nearest" && how.mode != "linear" && how.mode != "cubic") {
    return node.unsupported(fmt::format("mode {} is not supported", foreign_name(how.mode)));
  }
  if (node.op() == "Resize" && node.opset() >= 11) {
    PROOFCARD_TRY(how.coordinates, node.text("coordinate_transformation_mode", "half_pixel"));
    PROOFCARD_TRY(how.rounding, node.text("nearest_mode", "round_prefer_floor"));
  }
  PROOFCARD_TRY(const float cubic, node.real("cubic_coeff_a", -0.75F));
  PROOFCARD_TRY(const float outside, node.real("extrapolation_value", 0.0F));
  PROOFCARD_TRY(const std::int64_t exclude, node.integer("exclude_outside", 0));
  PROOFCARD_TRY(const std::int64_t antialias, node.integer("antialias", 0));
  how.cubic = static_cast<double>(cubic);
  how.outside = static_cast<double>(outside);
  how.exclude_outside = exclude != 0;
  how.antialias = antialias != 0;
  return how;
}

// One factor for all axes, so that none becomes larger or smaller than its size.
Status keep_aspect_ratio(const NodeReader& node, std::vector<Axis>& axes, bool by_sizes) {
  PROOFCARD_TRY(const std::string policy, node.text("keep_aspect_ratio_policy", "stretch"));
  if (policy == "stretch" || !by_sizes) {
    return {};
  }
  const auto less = [](const Axis& a, const Axis& b) { return a.scale < b.scale; };
  const double scale = policy == "not_larger" ? std::min_element(axes.begin(), axes.end(), less)->scale
                                              : std::max_element(axes.begin(), axes.end(), less)->scale;
  for (Axis& a : axes) {
    a.scale = scale;
    a.out = static_cast<std::int64_t>(std::floor(scale * static_cast<double>(a.in) + 0.5));
  }
  return {};
}

Status read_region(const NodeReader& node, const Interpolation& how, std::vector<Axis>& axes) {
  if (how.coordinates != "tf_crop_and_resize") {
    return {};
  }
  PROOFCARD_TRY(const FloatTensor* region, node.constant(1, "region"));
  if (region->data.size() != 2 * axes.size()) {
    return bad_input(node.where(), "expected a region of {} numbers, found {}", 2 * axes.size(), region->data.size());
  }
  for (std::size_t i = 0; i < axes.size(); ++i) {
    axes[i].begin = static_cast<double>(region->data[i]);
    axes[i].end = static_cast<double>(region->data[axes.size() + i]);
  }
  return {};
}

Result<std::vector<Axis>> read_axes(const NodeReader& node, const Dims& from) {
  PROOFCARD_TRY(const Target target, read_target(node));
  PROOFCARD_TRY(Dims axes, node.integers("axes", {}));
  if (axes.empty()) {
    axes.resize(from.size());
    std::iota(axes.begin(), axes.end(), 0);
  }
  const bool by_sizes = !target.sizes.empty();
  const std::size_t given = by_sizes ? target.sizes.size() : target.scales.size();
  if (given != axes.size() || given == 0) {
    return bad_input(node.where(), "expected {} factors or sizes, found {}", axes.size(), given);
  }
  std::vector<Axis> out;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    PROOFCARD_TRY(const std::int64_t axis, normalise_axis(axes[i], from.size(), node.where()));
    Axis a;
    a.axis = static_cast<std::size_t>(axis);
    a.in = from[a.axis];
    const auto in = static_cast<double>(a.in);
    a.scale = by_sizes ? static_cast<double>(target.sizes[i]) / in : target.scales[i];
    const double size = by_sizes ? static_cast<double>(target.sizes[i]) : std::floor(in * a.scale);
    if (a.in < 1 || !(size >= 1) || !(size <= 1 << 20)) {
      return bad_input(node.where(), "expected a result of 1 to {} entries along axis {}, found another number",
                       1 << 20, axis);
    }
    a.out = static_cast<std::int64_t>(size);
    out.push_back(a);
  }
  PROOFCARD_RETURN_IF_ERROR(keep_aspect_ratio(node, out, by_sizes));
  return out;
}

Status resize(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const Interpolation how, read_interpolation(node));
  PROOFCARD_TRY(std::vector<Axis> axes, read_axes(node, node.shape_of(x)));
  PROOFCARD_RETURN_IF_ERROR(read_region(node, how, axes));
  const bool crops = how.coordinates == "tf_crop_and_resize";
  for (const Axis& a : axes) {
    // Implementations differ about the length then: rounded down, or as it is.
    if (how.coordinates == "align_corners" && a.scale * static_cast<double>(a.in) != static_cast<double>(a.out)) {
      return node.unsupported(fmt::format("align_corners is not supported for {} entries by {}", a.in, a.scale));
    }
    if (how.mode == "nearest") {
      PROOFCARD_TRY(x, chosen_along(node, x, how, a));
    } else if (!a.stays() || (crops && (a.begin != 0 || a.end != 1))) {
      PROOFCARD_TRY(x, mixed_along(node, x, how, a));
    }
  }
  if (crops) {
    PROOFCARD_TRY(x, with_outside(node, x, how, axes));
  }
  return node.bind(0, x);
}

}  // namespace

const std::map<std::string, Translation>& resize_translations() {
  static const std::map<std::string, Translation> table = {
      {"Upsample", resize},
      {"Resize", resize},
  };
  return table;
}

}  // namespace proofcard::graph
