// Discrete Fourier transforms: products with constant matrices.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "host/graph/onnx/import_parts.hpp"
#include "host/graph/onnx/importer.hpp"

namespace proofcard::graph {
namespace {

constexpr std::int64_t kMaxLength = 4096;

struct Transform {
  std::int64_t length = 1;  // of the transform; entries beyond the operand's are 0
  std::int64_t in = 1;      // entries of the operand that count
  std::int64_t in_parts = 1;
  std::int64_t out = 1;
  std::int64_t out_parts = 2;
  bool inverse = false;
  bool from_half = false;  // the operand has the bins up to the middle, of a transform of real numbers
};

// Rows by (entry, real or imaginary part), columns likewise.
FloatTensor matrix(const Transform& t) {
  FloatTensor m{{t.in * t.in_parts, t.out * t.out_parts}, {}, false};
  const double sign = t.inverse ? 1.0 : -1.0;
  for (std::int64_t n = 0; n < t.in; ++n) {
    const bool twice = t.from_half && n > 0 && 2 * n != t.length;
    const double factor = (t.inverse ? 1.0 / static_cast<double>(t.length) : 1.0) * (twice ? 2.0 : 1.0);
    for (std::int64_t part = 0; part < t.in_parts; ++part) {
      for (std::int64_t k = 0; k < t.out; ++k) {
        const double angle =
            sign * 2 * std::numbers::pi * static_cast<double>(n * k % t.length) / static_cast<double>(t.length);
        const double c = factor * std::cos(angle);
        const double s = factor * std::sin(angle);
        m.data.push_back(static_cast<float>(part == 0 ? c : -s));
        if (t.out_parts == 2) {
          m.data.push_back(static_cast<float>(part == 0 ? s : c));
        }
      }
    }
  }
  return m;
}

// The last two axes of x are entries and parts.
Result<std::uint32_t> transformed(const NodeReader& node, std::uint32_t x, const Transform& t) {
  Dims shape = node.shape_of(x);
  const std::size_t rank = shape.size();
  if (t.in < shape[rank - 2]) {
    FloatNode n = whole_slice(node, x);
    n.ints[3 * rank - 2] = t.in;
    PROOFCARD_TRY(x, node.emit(std::move(n)));
  }
  shape.resize(rank - 2);
  Dims flat = shape;
  flat.push_back(t.in * t.in_parts);
  PROOFCARD_TRY(x, node.reshape(x, std::move(flat)));
  PROOFCARD_TRY(x, node.emit(FloatOp::kMatMul, {x, node.add_constant(matrix(t))}));
  shape.insert(shape.end(), {t.out, t.out_parts});
  return node.reshape(x, std::move(shape));
}

Status fourier(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  const Dims shape = node.shape_of(x);
  const std::size_t rank = shape.size();
  PROOFCARD_TRY(const std::int64_t inverse, node.integer("inverse", 0));
  PROOFCARD_TRY(const std::int64_t onesided, node.integer("onesided", 0));
  std::int64_t axis = -2;
  if (node.opset() < 20) {
    PROOFCARD_TRY(axis, node.integer("axis", 1));
  } else if (node.has_input(2)) {
    PROOFCARD_TRY(const Dims given, node.constant_integers(2, "axis"));
    axis = given.size() == 1 ? given[0] : -2;
  }
  PROOFCARD_TRY(axis, normalise_axis(axis, rank, node.where()));
  if (rank < 2 || axis + 1 == static_cast<std::int64_t>(rank) || shape.back() < 1 || shape.back() > 2) {
    return bad_input(node.where(), "expected an axis before a last one of one or two parts, found axis {} of [{}]",
                     axis, fmt::join(shape, ", "));
  }
  Transform t;
  t.inverse = inverse != 0;
  t.from_half = t.inverse && onesided != 0;
  t.in_parts = shape.back();
  const std::int64_t entries = shape[static_cast<std::size_t>(axis)];
  t.length = t.from_half ? std::max<std::int64_t>(2 * (entries - 1), 1) : entries;
  if (node.has_input(1)) {
    PROOFCARD_TRY(const Dims given, node.constant_integers(1, "length"));
    t.length = given.size() == 1 ? given[0] : 0;
  }
  if (t.length < 1 || t.length > kMaxLength || (onesided != 0 && !t.inverse && t.in_parts != 1)) {
    return node.unsupported(
        fmt::format("expected a length of 1 to {}, and real numbers where one side is asked for", kMaxLength));
  }
  t.in = std::min(entries, t.from_half ? t.length / 2 + 1 : t.length);
  t.out = onesided != 0 && !t.inverse ? t.length / 2 + 1 : t.length;
  t.out_parts = t.from_half ? 1 : 2;
  Dims order(rank);
  std::iota(order.begin(), order.end(), 0);
  std::swap(order[static_cast<std::size_t>(axis)], order[rank - 2]);
  PROOFCARD_TRY(x, transposed(node, x, order));
  PROOFCARD_TRY(x, transformed(node, x, t));
  PROOFCARD_TRY(x, transposed(node, x, order));
  return node.bind(0, x);
}

// The transform of each frame of a signal of real numbers.
Status short_time_fourier(const NodeReader& node) {
  constexpr std::int64_t kMaxFrames = 1024;
  PROOFCARD_TRY(const std::uint32_t signal, node.input(0));
  const Dims shape = node.shape_of(signal);
  PROOFCARD_TRY(const Dims step, node.constant_integers(1, "step"));
  PROOFCARD_TRY(const std::int64_t onesided, node.integer("onesided", 1));
  if ((shape.size() != 3 || shape[2] != 1) && shape.size() != 2) {
    return node.unsupported("expected a signal of real numbers");
  }
  Transform t;
  t.length = shape[1];
  if (node.has_input(3)) {
    PROOFCARD_TRY(const Dims given, node.constant_integers(3, "length"));
    t.length = given.size() == 1 ? given[0] : 0;
  } else if (node.has_input(2)) {
    PROOFCARD_TRY(const std::uint32_t window, node.input(2));
    t.length = count(node.shape_of(window));
  }
  const std::int64_t by = step.size() == 1 ? step[0] : 0;
  const std::int64_t frames = by > 0 && t.length > 0 ? (shape[1] - t.length) / by + 1 : 0;
  if (t.length < 1 || t.length > std::min(kMaxLength, shape[1]) || frames < 1 || frames > kMaxFrames) {
    return node.unsupported(fmt::format("expected 1 to {} frames of 1 to {} entries", kMaxFrames, kMaxLength));
  }
  t.in = t.length;
  t.out = onesided != 0 ? t.length / 2 + 1 : t.length;
  PROOFCARD_TRY(const std::uint32_t rows, node.reshape(signal, {shape[0], shape[1]}));
  FloatNode all = node.make(FloatOp::kConcat, {});
  all.axis = 1;
  for (std::int64_t f = 0; f < frames; ++f) {
    FloatNode n = whole_slice(node, rows);
    n.ints[1] = f * by;
    n.ints[5] = t.length;
    PROOFCARD_TRY(std::uint32_t frame, node.emit(std::move(n)));
    PROOFCARD_TRY(frame, node.reshape(frame, {shape[0], 1, t.length}));
    all.inputs.push_back(frame);
  }
  PROOFCARD_TRY(std::uint32_t x, frames == 1 ? Result<std::uint32_t>(all.inputs[0]) : node.emit(std::move(all)));
  if (node.has_input(2)) {
    PROOFCARD_TRY(const std::uint32_t window, node.input(2));
    PROOFCARD_TRY(x, node.emit(FloatOp::kMul, {x, window}));
  }
  PROOFCARD_TRY(x, node.reshape(x, {shape[0], frames, t.length, 1}));
  PROOFCARD_TRY(x, transformed(node, x, t));
  return node.bind(0, x);
}

}  // namespace

const std::map<std::string, Translation>& fourier_translations() {
  static const std::map<std::string, Translation> table = {{"DFT", fourier}, {"STFT", short_time_fourier}};
  return table;
}

}  // namespace proofcard::graph
