// Reading and writing graphs.
#include <bit>
#include <cstring>

#include "host/base/text.hpp"
#include "host/graph/graph.hpp"

namespace proofcard::graph {
namespace {

using tensor::read_expression;
using tensor::read_operand;
using tensor::read_shape;
using tensor::read_table_spec;

static_assert(std::endian::native == std::endian::little, "weights are copied as they lie in memory");

void write_ids(ByteWriter& out, const std::vector<std::uint32_t>& ids) {
  out.u32(static_cast<std::uint32_t>(ids.size()));
  for (const std::uint32_t id : ids) {
    out.u32(id);
  }
}

Result<std::vector<std::uint32_t>> read_ids(ByteReader& in, std::string_view field) {
  PROOFCARD_TRY(const std::uint32_t n, in.count(field, 4));
  std::vector<std::uint32_t> ids(n);
  for (std::uint32_t& id : ids) {
    PROOFCARD_TRY(id, in.u32(field));
  }
  return ids;
}

void write_shapes(ByteWriter& out, const std::vector<Shape>& shapes) {
  out.u32(static_cast<std::uint32_t>(shapes.size()));
  for (const Shape& s : shapes) {
    tensor::write(out, s);
  }
}

Result<std::vector<Shape>> read_shapes(ByteReader& in, std::string_view field) {
  PROOFCARD_TRY(const std::uint32_t n, in.count(field, 4));
  std::vector<Shape> shapes(n);
  for (Shape& s : shapes) {
    PROOFCARD_TRY(s, read_shape(in));
  }
  return shapes;
}

void write(ByteWriter& out, const IntVector& data) {
  out.u8(static_cast<std::uint8_t>(data.type()));
  data.visit([&](auto values) {
    out.blob({reinterpret_cast<const std::uint8_t*>(values.data()), values.size_bytes()});
  });
}

Result<IntVector> read_int_vector(ByteReader& in) {
  PROOFCARD_TRY(const std::uint8_t type, in.u8("data.type"));
  if (type > static_cast<std::uint8_t>(IntType::kI64)) {
    return bad_input(in.what(), "data.type: expected at most 3, found {}", type);
  }
  PROOFCARD_TRY(const ByteView bytes, in.blob("data"));
  const std::size_t width = int_type_bytes(static_cast<IntType>(type));
  if (bytes.size() % width != 0) {
    return bad_input(in.what(), "data: expected a multiple of {} bytes, found {}", width, bytes.size());
  }
  IntVector data(static_cast<IntType>(type), bytes.size() / width);
  data.visit_mutable([&](auto values) {
    if (!bytes.empty()) {
      std::memcpy(values.data(), bytes.data(), bytes.size());
    }
  });
  return data;
}

void write(ByteWriter& out, const Tensor& t) {
  out.string(t.name);
  tensor::write(out, t.shape);
  out.u8(static_cast<std::uint8_t>(t.kind));
  out.i64(t.lo);
  out.i64(t.hi);
  out.u64(std::bit_cast<std::uint64_t>(t.scale));
  write(out, t.data);
  tensor::write(out, t.channels);
}

Result<Tensor> read_tensor(ByteReader& in) {
  Tensor t;
  PROOFCARD_TRY(t.name, read_name(in, "tensor.name"));
  PROOFCARD_TRY(t.shape, read_shape(in));
  PROOFCARD_TRY(const std::uint8_t kind, in.u8("tensor.kind"));
  t.kind = static_cast<TensorKind>(kind);
  PROOFCARD_TRY(t.lo, in.i64("tensor.lo"));
  PROOFCARD_TRY(t.hi, in.i64("tensor.hi"));
  PROOFCARD_TRY(const std::uint64_t scale, in.u64("tensor.scale"));
  t.scale = std::bit_cast<double>(scale);
  PROOFCARD_TRY(t.data, read_int_vector(in));
  PROOFCARD_TRY(t.channels, tensor::read_channel_steps(in));
  return t;
}

void write_op(ByteWriter& out, const Linear& op) {
  tensor::write(out, op.acc);
  out.u32(static_cast<std::uint32_t>(op.multiplier.size()));
  for (const std::int64_t m : op.multiplier) {
    out.i64(m);
  }
  out.u32(op.multiplier_label);
  out.u32(op.shift);
  out.u32(op.out);
}
void write_op(ByteWriter& out, const Lookup& op) {
  tensor::write(out, op.table);
  out.u32(op.in);
  out.u32(op.out);
}
void write_cut(ByteWriter& out, const Cut& cut) {
  for (const std::int64_t end : {cut.own_lo, cut.own_hi, cut.seen_lo, cut.seen_hi}) {
    out.i64(end);
  }
}
void write_op(ByteWriter& out, const Max& op) {
  tensor::write(out, op.a);
  tensor::write(out, op.b);
  out.u32(op.out);
}
void write_op(ByteWriter& out, const Divide& op) {
  tensor::write(out, op.numerator);
  tensor::write(out, op.denominator);
  out.u32(op.shift);
  out.u32(op.out);
}
void write_op(ByteWriter& out, const SquareRoot& op) {
  out.u32(op.in);
  out.u32(op.out);
}
void write_op(ByteWriter& out, const LowBits& op) {
  out.u32(op.in);
  out.u32(op.bits);
  out.u32(op.out);
}
void write_op(ByteWriter& out, const Select& op) {
  out.u32(op.data);
  out.u32(op.axis);
  write_ids(out, op.labels);
  tensor::write(out, op.index);
  out.u32(op.out);
}

Status read_op(ByteReader& in, Linear& op) {
  PROOFCARD_TRY(op.acc, read_expression(in));
  PROOFCARD_TRY(const std::uint32_t n, in.count("linear.multipliers", 8));
  op.multiplier.resize(n);
  for (std::int64_t& m : op.multiplier) {
    PROOFCARD_TRY(m, in.i64("linear.multiplier"));
  }
  PROOFCARD_TRY(op.multiplier_label, in.u32("linear.multiplier_label"));
  PROOFCARD_TRY(op.shift, in.u32("linear.shift"));
  PROOFCARD_TRY(op.out, in.u32("linear.out"));
  return {};
}
Status read_op(ByteReader& in, Lookup& op) {
  PROOFCARD_TRY(op.table, read_table_spec(in));
  PROOFCARD_TRY(op.in, in.u32("lookup.in"));
  PROOFCARD_TRY(op.out, in.u32("lookup.out"));
  return {};
}
Status read_cut(ByteReader& in, std::optional<Cut>& cut) {
  cut.emplace();
  for (std::int64_t* end : {&cut->own_lo, &cut->own_hi, &cut->seen_lo, &cut->seen_hi}) {
    PROOFCARD_TRY(*end, in.i64("lookup.cut"));
  }
  return {};
}
Status read_op(ByteReader& in, Max& op) {
  PROOFCARD_TRY(op.a, read_operand(in));
  PROOFCARD_TRY(op.b, read_operand(in));
  PROOFCARD_TRY(op.out, in.u32("max.out"));
  return {};
}
Status read_op(ByteReader& in, Divide& op) {
  PROOFCARD_TRY(op.numerator, read_operand(in));
  PROOFCARD_TRY(op.denominator, read_operand(in));
  PROOFCARD_TRY(op.shift, in.u32("divide.shift"));
  PROOFCARD_TRY(op.out, in.u32("divide.out"));
  return {};
}
Status read_op(ByteReader& in, SquareRoot& op) {
  PROOFCARD_TRY(op.in, in.u32("square_root.in"));
  PROOFCARD_TRY(op.out, in.u32("square_root.out"));
  return {};
}
Status read_op(ByteReader& in, LowBits& op) {
  PROOFCARD_TRY(op.in, in.u32("low_bits.in"));
  PROOFCARD_TRY(op.bits, in.u32("low_bits.bits"));
  PROOFCARD_TRY(op.out, in.u32("low_bits.out"));
  return {};
}
Status read_op(ByteReader& in, Select& op) {
  PROOFCARD_TRY(op.data, in.u32("select.data"));
  PROOFCARD_TRY(op.axis, in.u32("select.axis"));
  PROOFCARD_TRY(op.labels, read_ids(in, "select.labels"));
  PROOFCARD_TRY(op.index, read_expression(in));
  PROOFCARD_TRY(op.out, in.u32("select.out"));
  return {};
}

template <class Op>
Result<Node> read_node_as(ByteReader& in, std::string name) {
  Op op;
  PROOFCARD_RETURN_IF_ERROR(read_op(in, op));
  return Node{std::move(name), std::move(op)};
}

// Kinds are the indices of Node::op; that of a Lookup with a cut behind it; and from there on one more than the index.
constexpr std::uint8_t kCutLookup = 6;
constexpr std::uint8_t kSelect = 7;

std::uint8_t kind_of(const Node& node) {
  const auto* lookup = std::get_if<Lookup>(&node.op);
  if (lookup != nullptr && lookup->cut) {
    return kCutLookup;
  }
  return static_cast<std::uint8_t>(node.op.index() < kCutLookup ? node.op.index() : node.op.index() + 1);
}

Result<Node> read_node(ByteReader& in) {
  PROOFCARD_TRY(std::string name, read_name(in, "node.name"));
  PROOFCARD_TRY(const std::uint8_t kind, in.u8("node.kind"));
  switch (kind) {
    case 0:
      return read_node_as<Linear>(in, std::move(name));
    case 1:
      return read_node_as<Lookup>(in, std::move(name));
    case 2:
      return read_node_as<Max>(in, std::move(name));
    case 3:
      return read_node_as<Divide>(in, std::move(name));
    case 4:
      return read_node_as<SquareRoot>(in, std::move(name));
    case 5:
      return read_node_as<LowBits>(in, std::move(name));
    case kCutLookup: {
      PROOFCARD_TRY(Node node, read_node_as<Lookup>(in, std::move(name)));
      PROOFCARD_RETURN_IF_ERROR(read_cut(in, std::get<Lookup>(node.op).cut));
      return node;
    }
    case kSelect:
      return read_node_as<Select>(in, std::move(name));
    default:
      return bad_input(in.what(), "node.kind: expected at most {}, found {}", kSelect, kind);
  }
}

}  // namespace

void write(ByteWriter& out, const Graph& graph) {
  out.u32(static_cast<std::uint32_t>(graph.tensors.size()));
  for (const Tensor& t : graph.tensors) {
    write(out, t);
  }
  out.u32(static_cast<std::uint32_t>(graph.nodes.size()));
  for (const Node& node : graph.nodes) {
    out.string(node.name);
    const std::uint8_t kind = kind_of(node);
    out.u8(kind);
    std::visit([&](const auto& op) { write_op(out, op); }, node.op);
    if (kind == kCutLookup) {
      write_cut(out, *std::get<Lookup>(node.op).cut);
    }
  }
  write_ids(out, graph.inputs);
  write_ids(out, graph.outputs);
  write_shapes(out, graph.input_shapes);
  write_shapes(out, graph.output_shapes);
}

Result<Graph> read_graph(ByteReader& in) {
  Graph graph;
  PROOFCARD_TRY(const std::uint32_t tensors, in.count("graph.tensors", 46));
  for (std::uint32_t i = 0; i < tensors; ++i) {
    PROOFCARD_TRY(Tensor t, read_tensor(in));
    graph.tensors.push_back(std::move(t));
  }
  PROOFCARD_TRY(const std::uint32_t nodes, in.count("graph.nodes", 17));
  for (std::uint32_t i = 0; i < nodes; ++i) {
    PROOFCARD_TRY(Node node, read_node(in));
    graph.nodes.push_back(std::move(node));
  }
  PROOFCARD_TRY(graph.inputs, read_ids(in, "graph.inputs"));
  PROOFCARD_TRY(graph.outputs, read_ids(in, "graph.outputs"));
  PROOFCARD_TRY(graph.input_shapes, read_shapes(in, "graph.input_shapes"));
  PROOFCARD_TRY(graph.output_shapes, read_shapes(in, "graph.output_shapes"));
  PROOFCARD_RETURN_IF_ERROR(validate(graph));
  return graph;
}

}  // namespace proofcard::graph
