#include "host/compile/lowering/lower.hpp"

#include <algorithm>

#include "host/base/check.hpp"
#include "host/circuit/access.hpp"
#include "host/graph/node_tensors.hpp"

namespace proofcard::compile {
namespace {

using circuit::Role;
using graph::TensorKind;

Value trace_value(const graph::Graph& graph, std::uint32_t id) {
  Value v;
  v.op = graph.tensors[id].kind == TensorKind::kWeight ? Value::Op::kWeight : Value::Op::kTrace;
  v.shape = graph.tensors[id].shape;
  v.source = id;
  return v;
}

}  // namespace

std::vector<bool> used_tensors(const graph::Graph& graph) {
  std::vector<bool> used(graph.tensors.size(), false);
  for (const graph::Node& node : graph.nodes) {
    graph::for_each_tensor(node, [&](std::uint32_t t) { used[t] = true; });
  }
  for (const auto* list : {&graph.inputs, &graph.outputs}) {
    for (const std::uint32_t t : *list) {
      used[t] = true;
    }
  }
  return used;
}

Lowering::Lowering(const graph::Graph& graph, Builder& builder)
    : graph_(graph),
      builder_(builder),
      tensor_of_(graph.tensors.size(), UINT32_MAX),
      read_by_lookup_(graph.tensors.size(), false),
      shared_table_(graph.nodes.size(), SIZE_MAX) {
  create_tensors();
  plan_shared_tables();
}

void Lowering::create_tensors() {
  const std::vector<bool> used = used_tensors(graph_);
  std::vector<bool> is_output(graph_.tensors.size(), false);
  for (const graph::Node& node : graph_.nodes) {
    if (const auto* lookup = std::get_if<graph::Lookup>(&node.op)) {
      read_by_lookup_[lookup->in] = true;
    }
  }
  for (const std::uint32_t t : graph_.outputs) {
    is_output[t] = true;
  }
  circuit::Circuit& c = builder_.circuit();
  for (std::uint32_t t = 0; t < graph_.tensors.size(); ++t) {
    if (!used[t] || graph_.tensors[t].kind == TensorKind::kFedBack) {
      continue;
    }
    const graph::Tensor& g = graph_.tensors[t];
    circuit::Tensor tensor{g.name, g.shape, Role::kWitness, narrowest_int_type(g.lo, g.hi),
                           g.lo,   g.hi,    g.scale,        g.channels};
    if (g.kind == TensorKind::kWeight) {
      tensor.role = Role::kWeight;
      std::tie(tensor.lo, tensor.hi) = circuit::weight_range(tensor.type);
    } else if (g.kind == TensorKind::kInput) {
      tensor.role = Role::kInput;
    } else if (is_output[t]) {
      tensor.role = Role::kOutput;
    }
    tensor_of_[t] = builder_.add_tensor(std::move(tensor), builder_.add_value(trace_value(graph_, t)));
  }
  if (const std::optional<std::uint32_t> again = graph::fed_back(graph_)) {
    tensor_of_[*again] = id(graph_.outputs[0]);
    read_by_lookup_[graph_.outputs[0]] = read_by_lookup_[graph_.outputs[0]] || read_by_lookup_[*again];
  }
  for (const std::uint32_t t : graph_.inputs) {
    c.inputs.push_back(id(t));
  }
  c.input_shapes = graph_.input_shapes;
  c.output_shapes = graph_.output_shapes;
}

Status Lowering::run() {
  prove_inputs();
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    const NodeContext context{i, graph_.nodes[i].name};
    const circuit::Circuit& c = builder_.circuit();
    Segment segment{{id(graph::node_output(graph_.nodes[i]))}, {}, {}};
    std::size_t tensors = c.tensors.size(), relations = c.relations.size(), lookups = c.lookups.size();
    PROOFCARD_RETURN_IF_ERROR(std::visit([&](const auto& op) { return lower(context, op); }, graph_.nodes[i].op));
    for (; tensors < c.tensors.size(); ++tensors) segment.tensors.push_back(static_cast<std::uint32_t>(tensors));
    for (; relations < c.relations.size(); ++relations)
      segment.relations.push_back(static_cast<std::uint32_t>(relations));
    for (; lookups < c.lookups.size(); ++lookups) segment.lookups.push_back(static_cast<std::uint32_t>(lookups));
    segments_.push_back(std::move(segment));
  }
  copy_outputs();
  return {};
}

void Lowering::prove_inputs() {
  for (const std::uint32_t t : graph_.inputs) {
    if (!builder_.circuit().is_public(id(t))) {
      const graph::Tensor& g = graph_.tensors[t];
      builder_.prove_range(fmt::format("input {} range", g.name), id(t), g.lo, g.hi);
    }
  }
}

// A graph output that is an input, a weight or listed before becomes a tensor of its own. So does one that is committed
// and padded with what a table says for 0: the commitment of an output must not depend on the model.
void Lowering::copy_outputs() {
  circuit::Circuit& c = builder_.circuit();
  if (c.output_visibility == circuit::Visibility::kCommitted) {
    const std::vector<std::int64_t> padding = circuit::honest_padding(c);
    for (std::uint32_t tensor = 0; tensor < c.tensors.size(); ++tensor) {
      if (c.tensors[tensor].role == Role::kOutput && padding[tensor] != 0) {
        c.tensors[tensor].role = Role::kWitness;
      }
    }
  }
  for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
    const std::uint32_t t = graph_.outputs[i];
    const bool listed = std::find(c.outputs.begin(), c.outputs.end(), id(t)) != c.outputs.end();
    if (c.tensors[id(t)].role == Role::kOutput && !listed) {
      c.outputs.push_back(id(t));
      continue;
    }
    const graph::Tensor& g = graph_.tensors[t];
    const std::string name = fmt::format("output {}: copy of {}", i, g.name);
    const std::uint32_t copy = builder_.add_tensor(
        {name, g.shape, Role::kOutput, narrowest_int_type(g.lo, g.hi), g.lo, g.hi, g.scale}, value(t));
    builder_.add_relation(name, {g.shape, {}, {builder_.plain(1, id(t)), builder_.plain(-1, copy)}});
    c.outputs.push_back(copy);
  }
}

void Lowering::prove_result(const NodeContext& node, std::uint32_t graph_tensor) {
  if (builder_.circuit().is_public(id(graph_tensor)) || read_by_lookup_[graph_tensor]) {
    return;
  }
  const graph::Tensor& g = graph_.tensors[graph_tensor];
  builder_.prove_bounded(node.name + " range", id(graph_tensor), g.lo, g.hi);
}

tensor::Operand Lowering::operand(const tensor::Operand& graph_operand) const {
  return {id(graph_operand.tensor), graph_operand.groups};
}

std::uint32_t Lowering::view_value(const tensor::Operand& graph_operand, const Shape& shape) {
  Value v;
  v.op = Value::Op::kView;
  v.shape = shape;
  v.args = {value(graph_operand.tensor)};
  v.view = graph_operand;
  return builder_.add_value(std::move(v));
}

std::uint32_t Lowering::remainder_value(const NodeContext& node, const Shape& shape) {
  Value v;
  v.op = Value::Op::kRemainder;
  v.shape = shape;
  v.source = static_cast<std::uint32_t>(node.index);
  return builder_.add_value(std::move(v));
}

std::pair<std::int64_t, std::int64_t> Lowering::read_range(const tensor::Operand& graph_operand,
                                                           const Shape& out) const {
  const graph::Tensor& g = graph_.tensors[graph_operand.tensor];
  const Expression labels{out, {}, {}};
  const bool reads_zero = std::any_of(
      graph_operand.groups.begin(), graph_operand.groups.end(),
      [&](const tensor::Group& group) { return !group.clamp && tensor::can_leave_range(group, g.shape, labels); });
  return reads_zero ? std::pair{std::min<std::int64_t>(g.lo, 0), std::max<std::int64_t>(g.hi, 0)}
                    : std::pair{g.lo, g.hi};
}

}  // namespace proofcard::compile
