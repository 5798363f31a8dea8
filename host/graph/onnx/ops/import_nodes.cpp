// Nodes in their order: folded, translated, or replaced by the body of a function of the file.
#include <algorithm>

#include "host/graph/onnx/importer.hpp"
#include "host/graph/onnx/liveness.hpp"
#include "host/graph/onnx/ops/microsoft.hpp"

namespace proofcard::graph {
namespace {

constexpr int kMaxNodes = 1 << 15;
constexpr int kMaxDepth = 16;

bool is_default_domain(const std::string& domain) { return domain.empty() || domain == "ai.onnx"; }

// The node as it stands in a body: attributes that refer to the caller's get their values, or go.
void substitute(onnx::NodeProto& node, const onnx::NodeProto& caller) {
  auto* attributes = node.mutable_attribute();
  for (int i = attributes->size(); i-- > 0;) {
    onnx::AttributeProto& a = *attributes->Mutable(i);
    if (!a.ref_attr_name().empty()) {
      const std::string name = a.name();
      const auto given = std::find_if(caller.attribute().begin(), caller.attribute().end(),
                                      [&](const onnx::AttributeProto& c) { return c.name() == a.ref_attr_name(); });
      if (given == caller.attribute().end()) {
        attributes->DeleteSubrange(i, 1);
        continue;
      }
      a = *given;
      a.set_name(name);
    } else if (a.has_g()) {
      for (onnx::NodeProto& inner : *a.mutable_g()->mutable_node()) {
        substitute(inner, caller);
      }
    }
  }
}

}  // namespace

Folding find_folding(const std::string& op) {
  for (const auto* table : {&elementwise_foldings(), &shape_foldings()}) {
    if (const auto it = table->find(op); it != table->end()) {
      return it->second;
    }
  }
  return nullptr;
}

Status Importer::add_nodes(const Nodes& nodes, const std::vector<bool>& live, const std::string& prefix) {
  for (int i = 0; i < nodes.size(); ++i) {
    if (!live[static_cast<std::size_t>(i)]) {
      continue;
    }
    for (const std::string& in : nodes.Get(i).input()) {
      ++names_.uses[in];
    }
    if (++nodes_ > kMaxNodes) {
      return make_error(ErrorKind::kUnsupported, file_, "expected at most {} nodes, found more", kMaxNodes);
    }
  }
  for (int i = 0; i < nodes.size(); ++i) {
    if (!live[static_cast<std::size_t>(i)]) {
      continue;
    }
    const onnx::NodeProto& proto = nodes.Get(i);
    const NodeReader node(*this, proto,
                          prefix + (proto.name().empty() ? fmt::format("node {}", i) : foreign_name(proto.name())));
    PROOFCARD_RETURN_IF_ERROR(add_node(node, proto));
  }
  return {};
}

// Errors of one node that are kUnsupported go to the list, and what depends on it is not looked at.
Status Importer::add_node(const NodeReader& node, const onnx::NodeProto& proto) {
  bool poisoned = false;
  for (const std::string& in : proto.input()) {
    if (names_.poisoned.contains(in)) {
      poisoned = true;
    } else if (!in.empty() && !names_.ids.contains(in)) {
      return bad_input(node.where(), "expected its input {} to be defined before it", foreign_name(in));
    }
  }
  const bool is_ml = ml_translations().contains(proto.op_type());
  const bool in_domain = is_ml ? proto.domain() == "ai.onnx.ml" : is_default_domain(proto.domain());
  const bool is_known =
      find_function(proto) != nullptr || is_microsoft_operator(proto) ||
      (in_domain && (find_translation(proto.op_type()) != nullptr || find_folding(proto.op_type()) != nullptr));
  if (!is_known) {
    problems_.push_back(
        fmt::format("{}{}: operator not supported", node.where(),
                    is_default_domain(proto.domain()) ? "" : ", domain " + foreign_name(proto.domain())));
  } else if (!poisoned) {
    const Status status = translate(node, proto);
    if (!status.ok() && status.error().kind != ErrorKind::kUnsupported) {
      return status;
    }
    if (!status.ok()) {
      problems_.push_back(status.error().message());
    }
  }
  for (const std::string& out : proto.output()) {
    if (!out.empty() && !names_.ids.contains(out)) {
      names_.poisoned[out] = true;
    }
  }
  return {};
}

Status Importer::translate(const NodeReader& node, const onnx::NodeProto& proto) {
  if (const onnx::FunctionProto* function = find_function(proto)) {
    return inline_function(node, proto, *function);
  }
  if (is_microsoft_operator(proto)) {
    PROOFCARD_TRY(const onnx::FunctionProto function, written_out(proto, node.where()));
    if (rounds_dynamically(proto)) {
      node.note(
          "its rounding of activations, by the range of each input, is left out: results are as close to those of its "
          "weights as the rounding that proofs use");
    }
    return inline_function(node, proto, function);
  }
  const Folding folding = find_folding(proto.op_type());
  const Translation translation = find_translation(proto.op_type());
  if (folding != nullptr && node.all_constant() && !(translation != nullptr && node.has_large_floats())) {
    return fold(node, folding);
  }
  if (translation != nullptr) {
    return translation(node);
  }
  return node.unsupported("it is supported for constants alone");
}

Status Importer::fold(const NodeReader& node, Folding folding) {
  std::vector<Constant> constants;
  for (std::size_t i = 0; i < node.num_inputs(); ++i) {
    constants.push_back(node.has_input(i) ? node.typed_operand(i) : Constant{});
  }
  Operands operands;
  for (std::size_t i = 0; i < node.num_inputs(); ++i) {
    operands.push_back(node.has_input(i) ? &constants[i] : nullptr);
  }
  PROOFCARD_RETURN_IF_ERROR(node.no_output_from(1));
  PROOFCARD_TRY(Constant out, folding(node, operands));
  return node.bind(0, node.add_constant(std::move(out)));
}

Result<std::vector<std::uint32_t>> Importer::values_of(const std::vector<std::string>& names,
                                                       const std::string& where) const {
  std::vector<std::uint32_t> out;
  for (const std::string& name : names) {
    if (names_.poisoned.contains(name)) {
      return make_error(ErrorKind::kUnsupported, where, "a part of its body is not supported");
    }
    const auto it = names_.ids.find(name);
    if (it == names_.ids.end()) {
      return bad_input(where, "expected a node of its body that computes {}, found none", foreign_name(name));
    }
    out.push_back(it->second);
  }
  return out;
}

Result<std::vector<std::uint32_t>> Importer::inline_graph(const onnx::GraphProto& graph,
                                                          const std::vector<std::uint32_t>& inputs,
                                                          const std::string& prefix, const std::string& where) {
  if (depth_ >= kMaxDepth) {
    return bad_input(where, "expected at most {} bodies in one another, found more", kMaxDepth);
  }
  if (static_cast<std::size_t>(graph.input_size()) != inputs.size()) {
    return bad_input(where, "expected a body with {} inputs, found {}", inputs.size(), graph.input_size());
  }
  if (++nodes_ > kMaxNodes) {  // a body may be empty
    return make_error(ErrorKind::kUnsupported, file_, "expected at most {} nodes, found more", kMaxNodes);
  }
  ++depth_;
  const std::size_t mark = defined_.size();
  std::vector<std::string> names;
  std::set<std::string> needed;
  for (const onnx::ValueInfoProto& out : graph.output()) {
    names.push_back(out.name());
    needed.insert(out.name());
    ++names_.uses[out.name()];
  }
  const std::vector<bool> live = live_nodes(graph.node(), needed);
  PROOFCARD_RETURN_IF_ERROR(add_initialisers(graph, needed));
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    PROOFCARD_RETURN_IF_ERROR(define(graph.input(static_cast<int>(i)).name(), inputs[i], where));
  }
  PROOFCARD_RETURN_IF_ERROR(add_nodes(graph.node(), live, prefix));
  auto out = values_of(names, where);
  // The body's names end with it; another turn of a loop gives them a meaning again.
  for (; defined_.size() > mark; defined_.pop_back()) {
    names_.ids.erase(defined_.back());
  }
  for (const onnx::NodeProto& node : graph.node()) {
    for (const std::string& name : node.output()) {
      names_.poisoned.erase(name);
    }
  }
  --depth_;
  return out;
}

const onnx::FunctionProto* Importer::find_function(const onnx::NodeProto& proto) const {
  for (const onnx::FunctionProto& f : model_->functions()) {
    if (f.name() == proto.op_type() && f.domain() == proto.domain()) {
      return &f;
    }
  }
  return nullptr;
}

Status Importer::inline_function(const NodeReader& node, const onnx::NodeProto& proto,
                                 const onnx::FunctionProto& function) {
  if (depth_ >= kMaxDepth) {
    return bad_input(node.where(), "expected functions that do not call themselves, found {} in one another",
                     kMaxDepth);
  }
  std::set<std::string> needed(function.output().begin(), function.output().end());
  const std::vector<std::string> names(function.output().begin(), function.output().end());
  if (names.size() < node.num_outputs() || static_cast<std::size_t>(function.input_size()) < node.num_inputs()) {
    return bad_input(node.where(), "expected at most {} inputs and {} outputs, as its function has, found {} and {}",
                     function.input_size(), names.size(), node.num_inputs(), node.num_outputs());
  }
  Nodes body = function.node();
  for (onnx::NodeProto& n : body) {
    substitute(n, proto);
  }
  const std::vector<bool> live = live_nodes(body, needed);
  Names inside;
  std::set<std::string> absent;
  for (int i = 0; i < function.input_size(); ++i) {
    if (node.has_input(static_cast<std::size_t>(i))) {
      PROOFCARD_TRY(const std::uint32_t id, node.input(static_cast<std::size_t>(i)));
      inside.ids[function.input(i)] = id;
    } else {
      absent.insert(function.input(i));
    }
  }
  for (onnx::NodeProto& n : body) {
    for (std::string& in : *n.mutable_input()) {
      if (absent.contains(in)) {
        in.clear();
      }
    }
  }
  const int opset = opset_;
  for (const onnx::OperatorSetIdProto& set : function.opset_import()) {
    if (is_default_domain(set.domain())) {
      PROOFCARD_RETURN_IF_ERROR(read_opset(function.opset_import()));
    }
  }
  ++depth_;
  const std::size_t mark = defined_.size();
  std::swap(names_, inside);
  for (const std::string& name : names) {
    ++names_.uses[name];
  }
  const Status status = add_nodes(body, live, node.name() + "/");
  const auto values = status.ok() ? values_of(names, node.where()) : Result<std::vector<std::uint32_t>>(status.error());
  std::swap(names_, inside);
  defined_.resize(mark);
  --depth_;
  opset_ = opset;
  if (!values.ok()) {
    return values.error();
  }
  for (std::size_t i = 0; i < node.num_outputs(); ++i) {
    PROOFCARD_RETURN_IF_ERROR(node.bind(i, (*values)[i]));
  }
  return {};
}

}  // namespace proofcard::graph
