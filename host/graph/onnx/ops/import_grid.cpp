// GridSample and AffineGrid: values at places between the entries of a plane. The weight of an entry is a product of one weight
// an axis; with constant places they are a constant matrix, with computed ones hats, max(0, 1 - distance).
#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/graph/onnx/import_parts.hpp"

namespace proofcard::graph {
namespace {

struct Sampling {
  std::string mode;
  std::string padding;
  bool corners = false;
  Dims plane;  // lengths of the axes of x behind batch and channels
};

// From [-1, 1] to entries of an axis: factor and offset.
std::pair<double, double> to_entries(const Sampling& s, std::int64_t length) {
  const auto l = static_cast<double>(length);
  return s.corners ? std::pair((l - 1) / 2, (l - 1) / 2) : std::pair(l / 2, (l - 1) / 2);
}

// Mirrored at the ends of the axis until it is inside.
double reflected(const Sampling& s, double at, std::int64_t length) {
  const double low = s.corners ? 0 : -0.5;
  const double range = static_cast<double>(length) - 1 - 2 * low;
  if (range <= 0) {
    return 0;
  }
  double distance = std::fmod(std::abs(at - low), 2 * range);
  distance = distance > range ? 2 * range - distance : distance;
  return low + distance;
}

double cubic(double t) {
  constexpr double kA = -0.75;
  t = std::abs(t);
  if (t <= 1) {
    return ((kA + 2) * t - (kA + 3)) * t * t + 1;
  }
  return t < 2 ? ((t - 5) * t + 8) * t * kA - 4 * kA : 0;
}

// Weights of the entries of one axis at a place.
std::vector<double> weights_at(const Sampling& s, double at, std::int64_t length) {
  std::vector<double> out(static_cast<std::size_t>(length), 0.0);
  const auto last = static_cast<double>(length - 1);
  if (s.padding == "border" && s.mode != "cubic") {
    at = std::clamp(at, 0.0, last);
  } else if (s.padding == "reflection") {
    at = reflected(s, at, length);
  }
  const bool nearest = s.mode == "nearest";
  const double reach = nearest ? 0 : s.mode == "cubic" ? 2 : 1;
  if (!(std::abs(at) <= 1e6)) {
    return out;  // far outside
  }
  at = nearest ? std::nearbyint(at) : at;
  for (double j = std::floor(at - reach); j <= at + reach; ++j) {
    const double w = nearest ? 1 : s.mode == "cubic" ? cubic(j - at) : std::max(0.0, 1 - std::abs(j - at));
    double entry = j;
    if (s.padding == "border") {
      entry = std::clamp(j, 0.0, last);
    } else if (s.padding == "reflection") {
      entry = std::clamp(std::trunc(reflected(s, j, length)), 0.0, last);
    }
    if (w != 0 && entry >= 0 && entry <= last) {
      out[static_cast<std::size_t>(entry)] += w;
    }
  }
  return out;
}

Result<std::uint32_t> batch_of(const NodeReader& node, std::uint32_t x, std::int64_t index) {
  FloatNode n = whole_slice(node, x);
  const std::size_t rank = node.shape_of(x).size();
  n.ints[0] = index;
  n.ints[2 * rank] = 1;
  return node.emit(std::move(n));
}

// x: (N, C, entries of the plane), a matrix for each of N.
Result<std::uint32_t> at_constant_places(const NodeReader& node, std::uint32_t x, const Sampling& s,
                                         const FloatTensor& grid) {
  const auto rank = static_cast<std::int64_t>(s.plane.size());
  const std::int64_t batches = grid.shape[0];
  const std::int64_t places = count(grid.shape) / batches / rank;
  const auto entries = static_cast<std::size_t>(count(s.plane));
  std::vector<std::uint32_t> parts;
  for (std::int64_t b = 0; b < batches; ++b) {
    FloatNode n = node.make(FloatOp::kAxisMap, {x});
    PROOFCARD_TRY(n.inputs[0], batch_of(node, x, b));
    n.axis = 2;
    for (std::int64_t p = 0; p < places; ++p) {
      std::vector<double> row(1, 1.0);
      for (std::int64_t a = 0; a < rank; ++a) {
        const std::int64_t length = s.plane[static_cast<std::size_t>(a)];
        const auto [factor, offset] = to_entries(s, length);
        const auto coordinate =
            static_cast<double>(grid.data[static_cast<std::size_t>((b * places + p) * rank + rank - 1 - a)]);
        std::vector<double> next;
        for (const double before : row) {
          for (const double w : weights_at(s, coordinate * factor + offset, length)) {
            next.push_back(before * w);
          }
        }
        row = std::move(next);
      }
      n.params.insert(n.params.end(), row.begin(), row.begin() + static_cast<std::ptrdiff_t>(entries));
    }
    PROOFCARD_TRY(const std::uint32_t part, node.emit(std::move(n)));
    parts.push_back(part);
  }
  return concatenated(node, std::move(parts), 0);
}

// Weights of an axis at computed places (N, P): (N, P, length).
Result<std::uint32_t> hats(const NodeReader& node, std::uint32_t at, const Sampling& s, std::int64_t length) {
  const Dims shape = node.shape_of(at);
  const auto [factor, offset] = to_entries(s, length);
  PROOFCARD_TRY(at, scaled(node, at, static_cast<float>(factor)));
  PROOFCARD_TRY(at, node.emit(FloatOp::kAdd, {at, node.add_scalar(static_cast<float>(offset))}));
  if (s.padding == "border") {
    FloatNode clip = node.make(FloatOp::kClip, {at});
    clip.alpha = 0;
    clip.beta = static_cast<float>(length - 1);
    PROOFCARD_TRY(at, node.emit(std::move(clip)));
  }
  FloatTensor entries{{length}, {}, false};
  for (std::int64_t j = 0; j < length; ++j) {
    entries.data.push_back(static_cast<float>(j));
  }
  PROOFCARD_TRY(at, node.reshape(at, {shape[0], shape[1], 1}));
  PROOFCARD_TRY(at, node.emit(FloatOp::kSub, {at, node.add_constant(std::move(entries))}));
  PROOFCARD_TRY(at, node.emit(FloatOp::kAbs, {at}));
  PROOFCARD_TRY(at, node.emit(FloatOp::kSub, {node.add_scalar(1.0F), at}));
  return node.emit(FloatOp::kRelu, {at});
}

// x: (N, C, entries of the plane) times (N, entries, P).
Result<std::uint32_t> at_computed_places(const NodeReader& node, std::uint32_t x, const Sampling& s,
                                         std::uint32_t grid) {
  if (s.mode != "linear" || s.padding == "reflection") {
    return node.unsupported("computed places are supported for linear, with padding by zeros or the border");
  }
  const Dims shape = node.shape_of(grid);
  const auto rank = static_cast<std::int64_t>(s.plane.size());
  const std::int64_t places = count(shape) / shape[0] / rank;
  PROOFCARD_TRY(grid, node.reshape(grid, {shape[0], places, rank}));
  std::optional<std::uint32_t> weights;
  std::int64_t entries = 1;
  for (std::int64_t a = 0; a < rank; ++a) {
    FloatNode coordinate = whole_slice(node, grid);
    coordinate.ints[2] = rank - 1 - a;
    coordinate.ints[8] = 1;
    PROOFCARD_TRY(std::uint32_t at, node.emit(std::move(coordinate)));
    PROOFCARD_TRY(at, node.reshape(at, {shape[0], places}));
    const std::int64_t length = s.plane[static_cast<std::size_t>(a)];
    PROOFCARD_TRY(at, hats(node, at, s, length));
    if (weights) {
      PROOFCARD_TRY(const std::uint32_t before, node.reshape(*weights, {shape[0], places, entries, 1}));
      PROOFCARD_TRY(at, node.reshape(at, {shape[0], places, 1, length}));
      PROOFCARD_TRY(at, node.emit(FloatOp::kMul, {before, at}));
    }
    entries *= length;
    PROOFCARD_TRY(weights, node.reshape(at, {shape[0], places, entries}));
  }
  PROOFCARD_TRY(const std::uint32_t columns, transposed(node, *weights, {0, 2, 1}));
  return node.emit(FloatOp::kMatMul, {x, columns});
}

Status grid_sample(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const std::uint32_t grid, node.input(1));
  const Dims shape = node.shape_of(x);
  const Dims places = node.shape_of(grid);
  Sampling s;
  PROOFCARD_TRY(s.mode, node.text("mode", node.opset() < 20 ? "bilinear" : "linear"));
  PROOFCARD_TRY(s.padding, node.text("padding_mode", "zeros"));
  PROOFCARD_TRY(const std::int64_t corners, node.integer("align_corners", 0));
  s.mode = s.mode == "bilinear" ? "linear" : s.mode == "bicubic" ? "cubic" : s.mode;
  s.corners = corners != 0;
  if ((s.mode != "linear" && s.mode != "nearest" && s.mode != "cubic") ||
      (s.padding != "zeros" && s.padding != "border" && s.padding != "reflection")) {
    return node.unsupported(
        fmt::format("mode {} with padding by {} is not supported", foreign_name(s.mode), foreign_name(s.padding)));
  }
  if (shape.size() < 3 || places.size() != shape.size() || places[0] != shape[0] ||
      places.back() + 2 != static_cast<std::int64_t>(shape.size()) || count(places) == 0 || count(shape) == 0) {
    return bad_input(node.where(), "places of shape [{}] do not fit a value of shape [{}]", fmt::join(places, ", "),
                     fmt::join(shape, ", "));
  }
  s.plane = Dims(shape.begin() + 2, shape.end());
  PROOFCARD_TRY(x, node.reshape(x, {shape[0], shape[1], count(s.plane)}));
  if (node.is_constant(grid)) {
    PROOFCARD_TRY(const FloatTensor* constant, node.constant(1, "grid"));
    const FloatTensor copy = *constant;  // values move when one is added
    PROOFCARD_TRY(x, at_constant_places(node, x, s, copy));
  } else {
    PROOFCARD_TRY(x, at_computed_places(node, x, s, grid));
  }
  Dims out{shape[0], shape[1]};
  out.insert(out.end(), places.begin() + 1, places.end() - 1);
  PROOFCARD_TRY(x, node.reshape(x, std::move(out)));
  return node.bind(0, x);
}

// The places of a plane's cells in [-1, 1], each with a 1 behind, times theta: (N, axes, axes + 1).
Status affine_grid(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t theta, node.input(0));
  PROOFCARD_TRY(const Dims size, node.constant_integers(1, "size"));
  PROOFCARD_TRY(const std::int64_t corners, node.integer("align_corners", 0));
  const std::size_t rank = size.size() < 2 ? 0 : size.size() - 2;
  const bool positive = std::all_of(size.begin(), size.end(), [](std::int64_t d) { return d > 0 && d <= 1 << 16; });
  const auto axes = static_cast<std::int64_t>(rank);
  if ((rank != 2 && rank != 3) || !positive || node.shape_of(theta) != Dims{size[0], axes, axes + 1}) {
    return bad_input(node.where(), "a size of [{}] does not fit theta of shape [{}]", fmt::join(size, ", "),
                     fmt::join(node.shape_of(theta), ", "));
  }
  const Dims plane(size.begin() + 2, size.end());
  const std::int64_t cells = count(plane);
  if (cells > 1 << 20) {
    return bad_input(node.where(), "expected at most 2^20 places, found {}", cells);
  }
  FloatTensor places{{cells, axes + 1}, {}, false};
  for (std::int64_t p = 0; p < cells; ++p) {
    std::vector<float> at(rank + 1, 1.0F);
    std::int64_t left = p;
    for (std::size_t a = rank; a-- > 0;) {
      const auto i = static_cast<double>(left % plane[a]);
      const auto l = static_cast<double>(plane[a]);
      left /= plane[a];
      at[rank - 1 - a] =
          static_cast<float>(corners != 0 ? (plane[a] > 1 ? 2 * i / (l - 1) - 1 : -1) : (2 * i + 1) / l - 1);
    }
    places.data.insert(places.data.end(), at.begin(), at.end());
  }
  PROOFCARD_TRY(theta, transposed(node, theta, {0, 2, 1}));
  PROOFCARD_TRY(std::uint32_t out, node.emit(FloatOp::kMatMul, {node.add_constant(std::move(places)), theta}));
  Dims shape{size[0]};
  shape.insert(shape.end(), plane.begin(), plane.end());
  shape.push_back(axes);
  PROOFCARD_TRY(out, node.reshape(out, std::move(shape)));
  return node.bind(0, out);
}

}  // namespace

const std::map<std::string, Translation>& grid_translations() {
  static const std::map<std::string, Translation> table = {
      {"GridSample", grid_sample},
      {"AffineGrid", affine_grid},
  };
  return table;
}

}  // namespace proofcard::graph
