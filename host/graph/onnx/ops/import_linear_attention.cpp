// LinearAttention: one step after the other, each of which adds an outer product to a state and reads it.
//
// Names of dimensions: B batch, T steps, H heads of keys, G heads of queries for each of them, K entries of a key, V of a
// value. Queries (B, T, H G K), keys (B, T, H K), values (B, T, H V), state (B, H, K, V), decay (B, T, H K) or (B, T, H),
// beta (B, T, H) or (B, T, 1).
#include <cmath>

#include "host/graph/onnx/import_parts.hpp"
#include "host/graph/onnx/ops/linear_attention.hpp"

namespace proofcard::graph {
namespace {

constexpr std::int64_t kMaxSteps = 4096;

struct Heads {
  std::int64_t batch = 0, steps = 0, keys = 0, group = 0, key_size = 0, value_size = 0;
  bool gated = false;
  bool delta = false;
  float scale = 1;
};

Result<Heads> read_heads(const NodeReader& node) {
  Heads h;
  std::vector<Dims> shapes;
  for (std::size_t i = 0; i < 3; ++i) {
    PROOFCARD_TRY(const std::uint32_t x, node.input(i));
    shapes.push_back(node.shape_of(x));
    if (shapes[i].size() != 3 || shapes[i][0] != shapes[0][0] || shapes[i][1] != shapes[0][1]) {
      return bad_input(node.where(),
                       "expected queries, keys and values of 3 dimensions, the first two the same, found [{}]",
                       fmt::join(shapes[i], ", "));
    }
  }
  PROOFCARD_TRY(const std::int64_t queries, node.integer("q_num_heads", 0));
  PROOFCARD_TRY(h.keys, node.integer("kv_num_heads", 0));
  if (h.keys < 1 || queries < 1 || queries % h.keys != 0 || shapes[0][2] % queries != 0 || shapes[1][2] % h.keys != 0 ||
      shapes[2][2] % h.keys != 0 || shapes[0][2] / queries != shapes[1][2] / h.keys) {
    return bad_input(node.where(), "expected heads that divide queries, keys and values, found {} and {}", queries,
                     h.keys);
  }
  h.batch = shapes[0][0];
  h.steps = shapes[0][1];
  h.group = queries / h.keys;
  h.key_size = shapes[1][2] / h.keys;
  h.value_size = shapes[2][2] / h.keys;
  if (h.steps > kMaxSteps) {
    return node.unsupported(fmt::format("more than {} steps are not supported", kMaxSteps));
  }
  PROOFCARD_TRY(const std::string rule, node.text("update_rule", "gated_delta"));
  h.gated = rule.starts_with("gated");
  h.delta = rule.ends_with("delta");
  if (rule != "linear" && !h.gated && !h.delta) {
    return bad_input(node.where(), "expected an update_rule of linear, gated, delta or gated_delta, found {}",
                     foreign_name(rule));
  }
  PROOFCARD_TRY(h.scale, node.real("scale", 0.0F));
  h.scale = h.scale == 0 ? 1.0F / std::sqrt(static_cast<float>(h.key_size)) : h.scale;
  return h;
}

// Step t of operand i, reshaped.
Result<std::uint32_t> step_of(const NodeReader& node, std::size_t i, std::int64_t t, Dims shape) {
  PROOFCARD_TRY(const std::uint32_t x, node.input(i));
  FloatNode n = whole_slice(node, x);
  n.ints[1] = t;
  n.ints[2 * 3 + 1] = 1;
  PROOFCARD_TRY(const std::uint32_t part, node.emit(std::move(n)));
  if (count(node.shape_of(part)) != count(shape)) {
    return bad_input(node.where(), "expected {} values a step of its input {}, found {}", count(shape), i,
                     count(node.shape_of(part)));
  }
  return node.reshape(part, std::move(shape));
}

// (B, H, 1 or K, 1) of an operand that has one number a head and step, or as many as a key.
Result<std::uint32_t> column_of(const NodeReader& node, std::size_t i, std::int64_t t, const Heads& h) {
  PROOFCARD_TRY(const std::uint32_t x, node.input(i));
  const Dims shape = node.shape_of(x);
  if (shape.size() != 3 || shape[1] != h.steps) {
    return bad_input(node.where(), "expected 3 dimensions, the second one of {}, found [{}]", h.steps,
                     fmt::join(shape, ", "));
  }
  if (shape[2] == 1) {
    return step_of(node, i, t, {h.batch, 1, 1, 1});
  }
  return step_of(node, i, t, {h.batch, h.keys, shape[2] == h.keys ? 1 : h.key_size, 1});
}

// The state after step t.
Result<std::uint32_t> next_state(const NodeReader& node, const Heads& h, std::int64_t t,
                                 std::optional<std::uint32_t> state) {
  if (h.gated && state) {
    PROOFCARD_TRY(std::uint32_t decay, column_of(node, 4, t, h));
    PROOFCARD_TRY(decay, node.emit(FloatOp::kExp, {decay}));
    PROOFCARD_TRY(state, node.emit(FloatOp::kMul, {*state, decay}));
  }
  PROOFCARD_TRY(std::uint32_t added, step_of(node, 2, t, {h.batch, h.keys, 1, h.value_size}));
  if (h.delta) {
    if (state) {
      PROOFCARD_TRY(const std::uint32_t key, step_of(node, 1, t, {h.batch, h.keys, 1, h.key_size}));
      PROOFCARD_TRY(const std::uint32_t found, node.emit(FloatOp::kMatMul, {key, *state}));
      PROOFCARD_TRY(added, node.emit(FloatOp::kSub, {added, found}));
    }
    PROOFCARD_TRY(const std::uint32_t beta, column_of(node, 5, t, h));
    PROOFCARD_TRY(added, node.emit(FloatOp::kMul, {added, beta}));
  }
  PROOFCARD_TRY(const std::uint32_t key, step_of(node, 1, t, {h.batch, h.keys, h.key_size, 1}));
  PROOFCARD_TRY(const std::uint32_t outer, node.emit(FloatOp::kMul, {key, added}));
  return state ? node.emit(FloatOp::kAdd, {*state, outer}) : Result<std::uint32_t>(outer);
}

}  // namespace

Status linear_attention(const NodeReader& node) {
  PROOFCARD_TRY(const Heads h, read_heads(node));
  std::optional<std::uint32_t> state;
  if (node.has_input(3)) {
    PROOFCARD_TRY(state, node.input(3));
    const Dims shape = node.shape_of(*state);
    if (shape != Dims{h.batch, h.keys, h.key_size, h.value_size}) {
      return bad_input(node.where(), "expected a state of [{}, {}, {}, {}], found [{}]", h.batch, h.keys, h.key_size,
                       h.value_size, fmt::join(shape, ", "));
    }
  }
  std::vector<std::uint32_t> outputs;
  for (std::int64_t t = 0; t < h.steps; ++t) {
    PROOFCARD_TRY(state, next_state(node, h, t, state));
    PROOFCARD_TRY(const std::uint32_t queries, step_of(node, 0, t, {h.batch, h.keys, h.group, h.key_size}));
    PROOFCARD_TRY(std::uint32_t read, node.emit(FloatOp::kMatMul, {queries, *state}));
    PROOFCARD_TRY(read, scaled(node, read, h.scale));
    PROOFCARD_TRY(outputs.emplace_back(), node.reshape(read, {h.batch, 1, h.keys * h.group * h.value_size}));
  }
  PROOFCARD_TRY(const std::uint32_t all, concatenated(node, std::move(outputs), 1));
  PROOFCARD_RETURN_IF_ERROR(node.bind(0, all));
  return node.bind(1, *state);
}

}  // namespace proofcard::graph
