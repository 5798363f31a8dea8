// Attention and rotary positions, written in products, sums and Softmax.
//
// Names of dimensions: B batch, H heads of queries, G heads of keys and values, L queries, S keys, E entries of a head.
#include <cmath>
#include <limits>

#include "host/graph/onnx/import_parts.hpp"
#include "host/graph/onnx/ops/linear_attention.hpp"

namespace proofcard::graph {
namespace {

// (B, L, H * E) as (B, H, L, E).
Result<std::uint32_t> by_heads(const NodeReader& node, std::uint32_t x, const std::string& heads_attribute) {
  const Dims shape = node.shape_of(x);
  if (shape.size() == 4) {
    return x;
  }
  PROOFCARD_TRY(const std::int64_t heads, node.integer(heads_attribute, 0));
  if (shape.size() != 3 || heads < 1 || shape[2] % heads != 0) {
    return bad_input(node.where(), "expected 4 dimensions, or 3 of which the last is split among {} heads, found [{}]",
                     heads, fmt::join(shape, ", "));
  }
  PROOFCARD_TRY(x, node.reshape(x, {shape[0], shape[1], heads, shape[2] / heads}));
  return transposed(node, x, {0, 2, 1, 3});
}

// Keys or values with those of earlier calls before them, which is an output, too; every head for as many heads of queries.
Result<std::uint32_t> with_past(const NodeReader& node, std::uint32_t x, std::size_t past, std::size_t output,
                                std::int64_t heads) {
  if (node.has_input(past)) {
    PROOFCARD_TRY(const std::uint32_t before, node.input(past));
    PROOFCARD_TRY(x, concatenated(node, {before, x}, 2));
  }
  if (node.has_output(output)) {
    PROOFCARD_RETURN_IF_ERROR(node.bind(output, x));
  }
  const std::int64_t own = node.shape_of(x)[1];
  if (own < 1 || heads % own != 0) {
    return bad_input(node.where(), "expected a multiple of {} heads of queries, found {}", own, heads);
  }
  return repeated(node, x, 1, heads / own, true);
}

// Which keys a query may look at: constants that are added (0 or minus infinity), and a computed 0 or 1.
struct Allowed {
  std::vector<std::uint32_t> added;
  std::optional<std::uint32_t> mask;
  bool hides = false;  // something, by any of them
};

Status restrict_to(const NodeReader& node, std::uint32_t mask, Allowed& allowed) {
  allowed.hides = true;
  if (!allowed.mask) {
    allowed.mask = mask;
    return {};
  }
  PROOFCARD_TRY(allowed.mask, node.emit(FloatOp::kAnd, {*allowed.mask, mask}));
  return {};
}

// 0 where `keep`, minus infinity elsewhere.
std::uint32_t hiding(const NodeReader& node, Dims shape, const std::vector<bool>& keep) {
  FloatTensor t{std::move(shape), {}, false};
  for (const bool k : keep) {
    t.data.push_back(k ? 0.0F : -std::numeric_limits<float>::infinity());
  }
  return node.add_constant(std::move(t));
}

// Behind a mask that is shorter than the keys, the others are hidden.
Status add_given_mask(const NodeReader& node, std::int64_t keys, Allowed& allowed) {
  if (!node.has_input(3)) {
    return {};
  }
  PROOFCARD_TRY(std::uint32_t mask, node.input(3));
  const Dims shape = node.shape_of(mask);
  if (shape.empty() || shape.back() > keys || shape.size() > 4) {
    return bad_input(node.where(), "expected a mask of 1 to 4 dimensions over {} keys, found [{}]", keys,
                     fmt::join(shape, ", "));
  }
  const bool is_bool = !is_float_type(node.type_of(mask));
  if (const std::int64_t more = keys - shape.back(); more > 0 && shape.back() != 1) {
    FloatNode pad = node.make(FloatOp::kPad, {mask});
    pad.ints.assign(2 * shape.size(), 0);
    pad.ints.back() = more;
    PROOFCARD_TRY(mask, node.emit(std::move(pad)));
    std::vector<bool> keep(static_cast<std::size_t>(keys), true);
    std::fill(keep.begin() + shape.back(), keep.end(), false);
    if (!is_bool) {
      allowed.added.push_back(hiding(node, {keys}, keep));
      allowed.hides = true;
    }
  }
  if (!is_bool) {
    allowed.added.push_back(mask);
    return {};
  }
  if (!node.is_constant(mask)) {
    return restrict_to(node, mask, allowed);
  }
  const Constant values = node.typed_value(mask);
  std::vector<bool> keep;
  for (const std::int64_t v : values.integers) {
    keep.push_back(v != 0);
  }
  allowed.hides = true;
  allowed.added.push_back(hiding(node, values.shape, keep));
  return {};
}

// Key j is `distance` = i + offset - j places behind query i. Causal: not ahead of it; a window: not further than that.
struct Band {
  std::int64_t behind = std::numeric_limits<std::int64_t>::max();
  std::int64_t ahead = std::numeric_limits<std::int64_t>::max();

  bool is_all() const { return behind == Band{}.behind && ahead == Band{}.ahead; }
  bool holds(std::int64_t distance) const { return distance <= behind && -distance <= ahead; }
};

Result<Band> read_band(const NodeReader& node) {
  Band band;
  PROOFCARD_TRY(const std::int64_t causal, node.integer("is_causal", 0));
  PROOFCARD_TRY(const std::int64_t left, node.integer("left_window_size", -1));
  PROOFCARD_TRY(const std::int64_t right, node.integer("right_window_size", -1));
  if (left < -1 || right < -1) {
    return bad_input(node.where(), "expected windows of at least -1, found {} and {}", left, right);
  }
  band.behind = left >= 0 ? left : band.behind;
  band.ahead = causal != 0 ? 0 : right >= 0 ? right : band.ahead;
  return band;
}

Status add_band(const NodeReader& node, std::int64_t queries, std::int64_t keys, std::int64_t past, Allowed& allowed) {
  PROOFCARD_TRY(const Band band, read_band(node));
  if (node.has_input(6)) {
    return node.unsupported("numbers of keys that are computed are not supported");
  }
  if (band.is_all()) {
    return {};
  }
  std::vector<bool> keep;
  for (std::int64_t i = 0; i < queries; ++i) {
    for (std::int64_t j = 0; j < keys; ++j) {
      keep.push_back(band.holds(i + past - j));
    }
  }
  allowed.hides = true;
  allowed.added.push_back(hiding(node, {queries, keys}, keep));
  return {};
}

// 1 for each row of which the constants leave something, else 0; nothing when they leave something of all.
Result<std::optional<std::uint32_t>> rows_left(const NodeReader& node, const Allowed& allowed) {
  std::optional<std::uint32_t> all;
  for (const std::uint32_t added : allowed.added) {
    if (node.is_constant(added)) {
      PROOFCARD_TRY(all, all ? node.emit(FloatOp::kAdd, {*all, added}) : Result<std::uint32_t>(added));
    }
  }
  if (!all) {
    return std::optional<std::uint32_t>();
  }
  const Constant sum = node.typed_value(*all);
  FloatTensor rows{sum.shape, {}, false};
  const auto width = static_cast<std::size_t>(sum.shape.back());
  rows.shape.back() = 1;
  bool any_empty = false;
  for (std::size_t start = 0; start < sum.reals.size(); start += width) {
    const bool empty = std::all_of(sum.reals.begin() + static_cast<std::ptrdiff_t>(start),
                                   sum.reals.begin() + static_cast<std::ptrdiff_t>(start + width),
                                   [](double v) { return std::isinf(v) && v < 0; });
    any_empty = any_empty || empty;
    rows.data.push_back(empty ? 0.0F : 1.0F);
  }
  return any_empty ? std::optional(node.add_constant(std::move(rows))) : std::optional<std::uint32_t>();
}

// Scores before the mask: q k^T * scale, bent to [-softcap, softcap].
Result<std::uint32_t> scores(const NodeReader& node, std::uint32_t q, std::uint32_t k, std::int64_t mode) {
  const Dims shape = node.shape_of(q);
  PROOFCARD_TRY(const float scale, node.real("scale", 1.0F / std::sqrt(static_cast<float>(shape[3]))));
  PROOFCARD_TRY(const float softcap, node.real("softcap", 0.0F));
  PROOFCARD_TRY(k, transposed(node, k, {0, 1, 3, 2}));
  PROOFCARD_TRY(std::uint32_t s, node.emit(FloatOp::kMatMul, {q, k}));
  PROOFCARD_TRY(s, scaled(node, s, scale));
  if (mode == 0) {
    PROOFCARD_RETURN_IF_ERROR(node.bind(3, s));
  }
  if (softcap > 0) {
    PROOFCARD_TRY(s, scaled(node, s, 1.0F / softcap));
    PROOFCARD_TRY(s, node.emit(FloatOp::kTanh, {s}));
    PROOFCARD_TRY(s, scaled(node, s, softcap));
  }
  if (mode == 1) {
    PROOFCARD_RETURN_IF_ERROR(node.bind(3, s));
  }
  return s;
}

Result<std::uint32_t> probabilities(const NodeReader& node, std::uint32_t s, const Allowed& allowed,
                                    std::int64_t mode) {
  const Dims shape = node.shape_of(s);
  PROOFCARD_TRY(const std::optional<std::uint32_t> left, rows_left(node, allowed));
  // Constants first: they are one sum.
  std::optional<std::uint32_t> constants;
  for (const std::uint32_t added : allowed.added) {
    if (!node.is_constant(added)) {
      PROOFCARD_TRY(s, node.emit(FloatOp::kAdd, {s, added}));
    } else {
      PROOFCARD_TRY(constants,
                    constants ? node.emit(FloatOp::kAdd, {*constants, added}) : Result<std::uint32_t>(added));
    }
  }
  if (mode == 2 && allowed.hides) {
    return node.unsupported("scores of hidden keys as an output, minus infinity, are not supported");
  }
  if (constants) {
    PROOFCARD_TRY(s, node.emit(FloatOp::kAdd, {s, *constants}));
  }
  if (mode == 2) {
    PROOFCARD_RETURN_IF_ERROR(node.bind(3, s));
  }
  FloatNode softmax = node.make(FloatOp::kSoftmax, {s});
  softmax.axis = 3;
  if (allowed.mask) {
    softmax.inputs.push_back(*allowed.mask);
  }
  PROOFCARD_TRY(std::uint32_t p, node.emit(std::move(softmax)));
  if (left) {
    PROOFCARD_TRY(p, node.emit(FloatOp::kMul, {p, *left}));
  }
  if (node.shape_of(p) != shape) {
    return bad_input(node.where(), "expected a mask that broadcasts to [{}], found another", fmt::join(shape, ", "));
  }
  if (mode == 3) {
    PROOFCARD_RETURN_IF_ERROR(node.bind(3, p));
  }
  return p;
}

Status attention(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t q, node.input(0));
  PROOFCARD_TRY(std::uint32_t k, node.input(1));
  PROOFCARD_TRY(std::uint32_t v, node.input(2));
  const bool flat = node.shape_of(q).size() == 3;
  PROOFCARD_TRY(q, by_heads(node, q, "q_num_heads"));
  PROOFCARD_TRY(k, by_heads(node, k, "kv_num_heads"));
  PROOFCARD_TRY(v, by_heads(node, v, "kv_num_heads"));
  const std::int64_t own_keys = node.shape_of(k)[2];
  const std::int64_t heads = node.shape_of(q)[1];
  PROOFCARD_TRY(k, with_past(node, k, 4, 1, heads));
  PROOFCARD_TRY(v, with_past(node, v, 5, 2, heads));
  PROOFCARD_TRY(std::int64_t mode, node.integer("qk_matmul_output_mode", 0));
  mode = node.has_output(3) ? mode : -1;

  const std::int64_t queries = node.shape_of(q)[2];
  const std::int64_t keys = node.shape_of(k)[2];
  PROOFCARD_TRY(const std::uint32_t s, scores(node, q, k, mode));
  Allowed allowed;
  PROOFCARD_RETURN_IF_ERROR(add_given_mask(node, keys, allowed));
  PROOFCARD_RETURN_IF_ERROR(add_band(node, queries, keys, keys - own_keys, allowed));
  PROOFCARD_TRY(const std::uint32_t p, probabilities(node, s, allowed, mode));
  PROOFCARD_TRY(std::uint32_t out, node.emit(FloatOp::kMatMul, {p, v}));
  if (flat) {
    const Dims shape = node.shape_of(out);
    PROOFCARD_TRY(out, transposed(node, out, {0, 2, 1, 3}));
    PROOFCARD_TRY(out, node.reshape(out, {shape[0], shape[2], shape[1] * shape[3]}));
  }
  return node.bind(0, out);
}

// Entries start, start + step, ... of the last axis.
Result<std::uint32_t> part_of_last(const NodeReader& node, std::uint32_t x, std::int64_t start, std::int64_t step,
                                   std::int64_t num) {
  FloatNode n = whole_slice(node, x);
  const std::size_t rank = node.shape_of(x).size();
  n.ints[rank - 1] = start;
  n.ints[2 * rank - 1] = step;
  n.ints[3 * rank - 1] = num;
  return node.emit(std::move(n));
}

// Cosines or sines for each place, (B or 1, L, 1, D / 2).
Result<std::uint32_t> angles(const NodeReader& node, std::size_t input, std::int64_t half) {
  PROOFCARD_TRY(std::uint32_t table, node.input(input));
  if (node.has_input(3)) {
    PROOFCARD_TRY(const std::uint32_t places, node.input(3));
    PROOFCARD_TRY(table, gathered(node, table, places, 0));
  }
  Dims shape = node.shape_of(table);
  if (shape.size() != 3 || shape[2] != half) {
    return bad_input(node.where(), "expected angles of 3 dimensions, the last of {} entries, found [{}]", half,
                     fmt::join(shape, ", "));
  }
  shape.insert(shape.begin() + 2, 1);
  return node.reshape(table, std::move(shape));
}

// Pairs of entries are turned: (cos a - sin b, sin a + cos b).
Status rotary(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  const Dims given = node.shape_of(x);
  PROOFCARD_TRY(const std::int64_t heads, node.integer("num_heads", 0));
  PROOFCARD_TRY(const std::int64_t interleaved, node.integer("interleaved", 0));
  PROOFCARD_TRY(std::int64_t dim, node.integer("rotary_embedding_dim", 0));
  if (given.size() == 4) {
    PROOFCARD_TRY(x, transposed(node, x, {0, 2, 1, 3}));
  } else if (given.size() == 3 && heads > 0 && given[2] % heads == 0) {
    PROOFCARD_TRY(x, node.reshape(x, {given[0], given[1], heads, given[2] / heads}));
  } else {
    return bad_input(node.where(), "expected 4 dimensions, or 3 and a number of heads, found [{}] and {}",
                     fmt::join(given, ", "), heads);
  }
  const Dims shape = node.shape_of(x);
  dim = dim == 0 ? shape[3] : dim;
  if (dim < 2 || dim > shape[3] || dim % 2 != 0) {
    return bad_input(node.where(), "expected an even number of at most {} entries to turn, found {}", shape[3], dim);
  }
  PROOFCARD_TRY(const std::uint32_t cos, angles(node, 1, dim / 2));
  PROOFCARD_TRY(const std::uint32_t sin, angles(node, 2, dim / 2));
  const bool pairs = interleaved != 0;
  PROOFCARD_TRY(const std::uint32_t a, part_of_last(node, x, 0, pairs ? 2 : 1, dim / 2));
  PROOFCARD_TRY(const std::uint32_t b, part_of_last(node, x, pairs ? 1 : dim / 2, pairs ? 2 : 1, dim / 2));
  const auto turned = [&](FloatOp op, std::uint32_t first, std::uint32_t second) -> Result<std::uint32_t> {
    PROOFCARD_TRY(const std::uint32_t left, node.emit(FloatOp::kMul, {a, first}));
    PROOFCARD_TRY(const std::uint32_t right, node.emit(FloatOp::kMul, {b, second}));
    return node.emit(op, {left, right});
  };
  PROOFCARD_TRY(std::uint32_t real, turned(FloatOp::kSub, cos, sin));
  PROOFCARD_TRY(std::uint32_t imaginary, turned(FloatOp::kAdd, sin, cos));
  const Dims half{shape[0], shape[1], shape[2], dim / 2, 1};
  if (pairs) {
    PROOFCARD_TRY(real, node.reshape(real, half));
    PROOFCARD_TRY(imaginary, node.reshape(imaginary, half));
  }
  PROOFCARD_TRY(std::uint32_t out, concatenated(node, {real, imaginary}, pairs ? 4 : 3));
  PROOFCARD_TRY(out, node.reshape(out, {shape[0], shape[1], shape[2], dim}));
  if (dim < shape[3]) {
    PROOFCARD_TRY(const std::uint32_t rest, part_of_last(node, x, dim, 1, shape[3] - dim));
    PROOFCARD_TRY(out, concatenated(node, {out, rest}, 3));
  }
  if (given.size() == 4) {
    PROOFCARD_TRY(out, transposed(node, out, {0, 2, 1, 3}));
  }
  PROOFCARD_TRY(out, node.reshape(out, given));
  return node.bind(0, out);
}

}  // namespace

const std::map<std::string, Translation>& attention_translations() {
  static const std::map<std::string, Translation> table = {
      {"Attention", attention},
      {"RotaryEmbedding", rotary},
      {"LinearAttention", linear_attention},
  };
  return table;
}

}  // namespace proofcard::graph
