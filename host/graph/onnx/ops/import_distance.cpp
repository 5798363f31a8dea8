// Distances of rows to constant rows: nearest neighbours and kernels, as CDist of onnxruntime and the Scan of scikit-learn's
// exporter have them.
#include <algorithm>

#include "host/graph/onnx/import_parts.hpp"

namespace proofcard::graph {
namespace {

using Values = std::map<std::string, std::uint32_t>;

// The only axis that a body's reduction goes over: that of the features of a row. Nothing: it is another, or not constant.
bool reduces_features(const onnx::NodeProto& n, const onnx::GraphProto& body) {
  std::vector<std::int64_t> axes;
  bool keeps = true;
  for (const onnx::AttributeProto& a : n.attribute()) {
    if (a.name() == "axes") {
      axes.assign(a.ints().begin(), a.ints().end());
    } else if (a.name() == "keepdims") {
      keeps = a.i() != 0;
    } else {
      return false;
    }
  }
  if (n.input_size() > 1) {
    const auto& constants = body.initializer();
    const auto found =
        std::find_if(constants.begin(), constants.end(), [&](const auto& t) { return t.name() == n.input(1); });
    const auto read = found != constants.end() ? std::optional(read_tensor(*found, "")) : std::nullopt;
    if (!read || !read->ok()) {
      return false;
    }
    axes.assign((*read)->floats.data.begin(), (*read)->floats.data.end());
  }
  return !keeps && axes.size() == 1 && (axes[0] == 1 || axes[0] == -1);
}

// The node on [turns, rows, features] instead of one turn's [rows, features]. Nothing: it is none of those that distances are made of.
Result<std::optional<std::uint32_t>> of_all_turns(const NodeReader& node, const onnx::NodeProto& n,
                                                  const onnx::GraphProto& body, const Values& values) {
  std::vector<std::uint32_t> in;
  for (int i = 0; i < (n.op_type() == "Sub" ? 2 : 1); ++i) {
    const auto found = i < n.input_size() ? values.find(n.input(i)) : values.end();
    if (found == values.end()) {
      return std::optional<std::uint32_t>();
    }
    in.push_back(found->second);
  }
  const auto some = [](Result<std::uint32_t> value) -> Result<std::optional<std::uint32_t>> {
    PROOFCARD_TRY(const std::uint32_t out, std::move(value));
    return std::optional(out);
  };
  const bool whole = node.shape_of(in[0]).size() == 3;
  if (n.op_type() == "Identity") {
    return std::optional(in[0]);
  }
  if (whole && n.op_type() == "Sub") {
    return some(node.emit(FloatOp::kSub, std::move(in)));
  }
  if (whole && n.op_type() == "Abs") {
    return some(node.emit(FloatOp::kAbs, std::move(in)));
  }
  if (whole && n.op_type() == "ReduceSum" && reduces_features(n, body)) {
    FloatNode sum = node.make(FloatOp::kReduceSum, std::move(in));
    sum.ints = {2};
    sum.keep_dims = false;
    return some(node.emit(std::move(sum)));
  }
  if (whole && n.op_type() == "ReduceSumSquare" && reduces_features(n, body)) {
    return written_out_distances(node, in[0], {2}, false);
  }
  return std::optional<std::uint32_t>();
}

}  // namespace

Result<std::uint32_t> squared_distances(const NodeReader& node, std::uint32_t x, const FloatTensor& rows) {
  const auto features = static_cast<std::size_t>(rows.shape[1]);
  const auto num = static_cast<std::size_t>(rows.shape[0]);
  std::vector<double> middle(features, 0.0);
  for (std::size_t i = 0; i < rows.data.size(); ++i) {
    middle[i % features] += static_cast<double>(rows.data[i]) / static_cast<double>(num);
  }
  const FloatTensor centre{{rows.shape[1]}, {middle.begin(), middle.end()}, false};
  FloatTensor twice{{rows.shape[1], rows.shape[0]}, std::vector<float>(rows.data.size()), false};
  std::vector<double> lengths(num, 0.0);
  for (std::size_t i = 0; i < rows.data.size(); ++i) {
    const double v = static_cast<double>(rows.data[i]) - static_cast<double>(centre.data[i % features]);
    twice.data[i % features * num + i / features] = static_cast<float>(-2 * v);
    lengths[i / features] += v * v;
  }
  const std::uint32_t constant_part =
      node.add_constant(FloatTensor{{rows.shape[0]}, {lengths.begin(), lengths.end()}, false});
  PROOFCARD_TRY(x, node.emit(FloatOp::kSub, {x, node.add_constant(centre)}));
  PROOFCARD_TRY(std::uint32_t out, node.emit(FloatOp::kMatMul, {x, node.add_constant(std::move(twice))}));
  PROOFCARD_TRY(out, node.emit(FloatOp::kAdd, {out, constant_part}));
  PROOFCARD_TRY(const std::uint32_t squares, node.emit(FloatOp::kSquare, {x}));
  FloatNode sum = node.make(FloatOp::kReduceSum, {squares});
  sum.ints = {1};
  PROOFCARD_TRY(const std::uint32_t length, node.emit(std::move(sum)));
  return node.emit(FloatOp::kAdd, {out, length});
}

Result<std::optional<std::uint32_t>> written_out_distances(const NodeReader& node, std::uint32_t difference,
                                                           const Dims& axes, bool keep) {
  const std::optional<std::uint32_t> other;
  const FloatNode* n = node.producer(difference);
  if (n == nullptr || n->op != FloatOp::kSub || axes != Dims{2} || keep || node.shape_of(difference).size() != 3) {
    return other;
  }
  const std::size_t at = node.is_constant(n->inputs[0]) ? 0 : 1;
  const std::uint32_t rows = n->inputs[at];
  const std::uint32_t x = n->inputs[1 - at];
  const Dims of_rows = node.shape_of(rows);
  const Dims of_x = node.shape_of(x);
  if (!node.is_constant(rows) || of_rows.size() != 3 || of_x.size() != 3 || of_rows[2] != of_x[2] || of_x[2] < 2) {
    return other;
  }
  const bool rows_first = of_rows[1] == 1 && of_x[0] == 1;
  if (!rows_first && !(of_rows[0] == 1 && of_x[1] == 1)) {
    return other;
  }
  const std::int64_t num = of_rows[0] * of_rows[1];
  PROOFCARD_TRY(const std::uint32_t flat, node.reshape(x, {of_x[0] * of_x[1], of_x[2]}));
  PROOFCARD_TRY(std::uint32_t out,
                squared_distances(node, flat, {{num, of_rows[2]}, node.float_value(rows).data, false}));
  FloatNode guard = node.make(FloatOp::kRelu, {out});
  guard.exact = true;  // floats may come out below 0
  PROOFCARD_TRY(out, node.emit(std::move(guard)));
  if (rows_first) {
    PROOFCARD_TRY(out, transposed(node, out, {1, 0}));
  }
  return std::optional(out);
}

Result<std::optional<std::uint32_t>> scanned_distances(const NodeReader& node, std::uint32_t x, std::uint32_t rows) {
  const std::optional<std::uint32_t> other;
  const onnx::AttributeProto* attribute = node.find("body");
  const Dims of_x = node.shape_of(x);
  const Dims of_rows = node.shape_of(rows);
  if (attribute == nullptr || !attribute->has_g() || of_x.size() != 2 || of_rows.size() != 2 || of_x[1] != of_rows[1]) {
    return other;
  }
  const onnx::GraphProto& body = attribute->g();
  if (body.input_size() != 2 || body.output_size() != 2) {
    return other;
  }
  Values values;
  PROOFCARD_TRY(values[body.input(0).name()], node.reshape(x, {1, of_x[0], of_x[1]}));
  PROOFCARD_TRY(values[body.input(1).name()], node.reshape(rows, {of_rows[0], 1, of_rows[1]}));
  const std::uint32_t state = values[body.input(0).name()];
  for (const onnx::NodeProto& n : body.node()) {
    PROOFCARD_TRY(const std::optional<std::uint32_t> out, of_all_turns(node, n, body, values));
    if (!out || n.output_size() != 1) {
      return other;
    }
    values[n.output(0)] = *out;
  }
  const auto out = values.find(body.output(1).name());
  const auto kept = values.find(body.output(0).name());
  const bool is_distance = out != values.end() && kept != values.end() && kept->second == state &&
                           node.shape_of(out->second) == Dims{of_rows[0], of_x[0]};
  return is_distance ? std::optional(out->second) : other;
}

}  // namespace proofcard::graph
