#include "host/graph/onnx/import.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>

#include "host/graph/onnx/importer.hpp"
#include "host/graph/quantize/float_executor.hpp"

namespace proofcard::graph {

const char* op_name(FloatOp op) {
  static constexpr const char* kNames[] = {
      "Conv",       "ConvTranspose", "MatMul",     "Add",       "Sub",         "Mul",         "Div",
      "Relu",       "LeakyRelu",     "Clip",       "Sigmoid",   "Tanh",        "Elu",         "HardSigmoid",
      "HardSwish",  "Gelu",          "GeluTanh",   "Erf",       "Exp",         "Sqrt",        "Softplus",
      "Abs",        "Square",        "Reciprocal", "Softmax",   "MaxPool",     "AveragePool", "ReduceSum",
      "ReduceMean", "ReduceMax",     "BatchNorm",  "LayerNorm", "Reshape",     "Transpose",   "Slice",
      "Pad",        "Concat",        "Gather",     "ArgMax",    "FakeQuantize"};
  static_assert(std::size(kNames) == static_cast<std::size_t>(FloatOp::kFakeQuantize) + 1);
  return kNames[static_cast<std::size_t>(op)];
}

Translation find_translation(const std::string& op) {
  for (const auto* table : {&linear_translations(), &elementwise_translations(), &shape_translations()}) {
    if (const auto it = table->find(op); it != table->end()) {
      return it->second;
    }
  }
  return nullptr;
}

std::uint32_t Importer::new_value(std::string name, Dims shape) {
  graph_.values.push_back({std::move(name), std::move(shape), std::nullopt});
  return static_cast<std::uint32_t>(graph_.values.size() - 1);
}

Status Importer::define(const std::string& name, std::uint32_t value, const std::string& where) {
  if (name.empty() || poisoned_.contains(name) || !ids_.emplace(name, value).second) {
    return bad_input(where, "expected a new name for its value, found {}", name.empty() ? "none" : foreign_name(name));
  }
  return {};
}

void Importer::poison(const std::string& name, const Error& why) {
  problems_.push_back(why.message());
  poisoned_[name] = true;
}

Status Importer::read_opset(const onnx::ModelProto& model) {
  constexpr int kOldest = 7;
  constexpr int kNewest = 26;
  for (const onnx::OperatorSetIdProto& set : model.opset_import()) {
    if (set.domain().empty() || set.domain() == "ai.onnx") {
      if (set.version() < kOldest || set.version() > kNewest) {
        problems_.push_back(
            fmt::format("expected an operator set from {} to {}, found {}", kOldest, kNewest, set.version()));
      }
      opset_ = static_cast<int>(std::clamp<std::int64_t>(set.version(), kOldest, kNewest));
    }
  }
  if (opset_ == 0) {
    return bad_input(file_, "expected an operator set, found none: not an ONNX model");
  }
  return {};
}

Status Importer::add_initialisers(const onnx::GraphProto& graph) {
  if (graph.sparse_initializer_size() > 0) {
    problems_.emplace_back("sparse initialisers are not supported");
    for (const onnx::SparseTensorProto& t : graph.sparse_initializer()) {
      poisoned_[t.values().name()] = true;
    }
  }
  for (const onnx::TensorProto& t : graph.initializer()) {
    const std::string where = "initialiser " + foreign_name(t.name());
    Result<FloatTensor> tensor = read_tensor(t, where);
    if (!tensor.ok()) {
      if (tensor.error().kind != ErrorKind::kUnsupported) {
        return tensor.error();
      }
      poison(t.name(), tensor.error());
      continue;
    }
    const std::uint32_t id = new_value(foreign_name(t.name()), tensor->shape);
    graph_.values[id].constant = std::move(tensor).value();
    types_[t.name()] = t.data_type();
    PROOFCARD_RETURN_IF_ERROR(define(t.name(), id, where));
  }
  return {};
}

Result<std::uint32_t> Importer::add_input(const onnx::ValueInfoProto& in, const std::string& where) {
  const onnx::TypeProto_Tensor& type = in.type().tensor_type();
  const auto element = type.elem_type();
  std::vector<std::string> problems;
  if (!in.type().has_tensor_type() ||
      (element != onnx::TensorProto::FLOAT && element != onnx::TensorProto::DOUBLE &&
       element != onnx::TensorProto::FLOAT16 && element != onnx::TensorProto::BFLOAT16)) {
    problems.push_back(fmt::format("expected a tensor of floats, found element type {}", element));
  }
  if (!type.has_shape()) {
    problems.emplace_back("expected a shape, found none");
  }
  Dims shape;
  std::int64_t total = 1;
  for (int i = 0; i < type.shape().dim_size(); ++i) {
    const auto& d = type.shape().dim(i);
    std::int64_t size = d.dim_value();
    if (!d.has_dim_value() || size <= 0) {
      if (i != 0) {
        problems.push_back(fmt::format(
            "dimension {} ({}) is dynamic: only the first (batch) dimension may be; export the model with a "
            "fixed shape",
            i, d.dim_param().empty() ? "unnamed" : foreign_name(d.dim_param())));
      } else {
        graph_.notes.push_back(where + ": dynamic batch dimension taken as 1");
      }
      size = 1;
    }
    if (size > kMaxElements || (total *= size) > kMaxElements) {
      return bad_input(where, "expected at most {} elements, found more", kMaxElements);
    }
    shape.push_back(size);
  }
  if (!problems.empty()) {
    return make_error(ErrorKind::kUnsupported, where, "{}", fmt::join(problems, "; "));
  }
  return new_value(foreign_name(in.name()), std::move(shape));
}

Status Importer::add_inputs(const onnx::GraphProto& graph) {
  for (const onnx::ValueInfoProto& in : graph.input()) {
    if (ids_.contains(in.name()) || poisoned_.contains(in.name())) {
      continue;  // an initialiser that the file also lists as an input
    }
    const std::string where = "input " + foreign_name(in.name());
    const Result<std::uint32_t> id = add_input(in, where);
    if (!id.ok()) {
      if (id.error().kind != ErrorKind::kUnsupported) {
        return id.error();
      }
      poison(in.name(), id.error());
      continue;
    }
    PROOFCARD_RETURN_IF_ERROR(define(in.name(), *id, where));
    graph_.inputs.push_back(*id);
  }
  if (graph_.inputs.empty() && problems_.empty()) {
    return bad_input(file_, "expected a graph input, found none");
  }
  return {};
}

Status Importer::add_nodes(const onnx::GraphProto& graph) {
  constexpr int kMaxNodes = 1 << 15;
  if (graph.node_size() > kMaxNodes) {
    return make_error(ErrorKind::kUnsupported, file_, "expected at most {} nodes, found {}", kMaxNodes,
                      graph.node_size());
  }
  for (const onnx::NodeProto& n : graph.node()) {
    for (const std::string& in : n.input()) {
      ++uses_[in];
    }
    if (n.op_type() == "Constant" && n.output_size() == 1 && n.attribute_size() == 1) {
      types_[n.output(0)] = n.attribute(0).t().data_type();
    }
  }
  for (const onnx::ValueInfoProto& out : graph.output()) {
    ++uses_[out.name()];
  }
  for (int i = 0; i < graph.node_size(); ++i) {
    const onnx::NodeProto& proto = graph.node(i);
    const NodeReader node(*this, proto, proto.name().empty() ? fmt::format("node {}", i) : foreign_name(proto.name()));
    bool poisoned = false;
    for (const std::string& in : proto.input()) {
      if (poisoned_.contains(in)) {
        poisoned = true;
      } else if (!in.empty() && !ids_.contains(in)) {
        return bad_input(node.where(), "expected its input {} to be defined before it", foreign_name(in));
      }
    }
    const bool known_domain = proto.domain().empty() || proto.domain() == "ai.onnx";
    const Translation translate = known_domain ? find_translation(proto.op_type()) : nullptr;
    if (translate != nullptr && !poisoned) {
      const Status status = translate(node);
      if (status.ok()) {
        continue;
      }
      if (status.error().kind != ErrorKind::kUnsupported) {
        return status;
      }
      problems_.push_back(status.error().message());
    } else if (translate == nullptr) {
      problems_.push_back(fmt::format("{}{}: operator not supported", node.where(),
                                      known_domain ? "" : ", domain " + foreign_name(proto.domain())));
    }
    for (const std::string& out : proto.output()) {
      if (!out.empty() && !ids_.contains(out)) {
        poisoned_[out] = true;
      }
    }
  }
  return {};
}

Status Importer::add_outputs(const onnx::GraphProto& graph) {
  for (const onnx::ValueInfoProto& out : graph.output()) {
    const std::string where = "output " + foreign_name(out.name());
    const auto it = ids_.find(out.name());
    if (poisoned_.contains(out.name())) {
      continue;
    }
    if (it == ids_.end()) {
      return bad_input(where, "expected a node that computes it, found none");
    }
    if (graph_.values[it->second].constant) {
      problems_.push_back(where + ": it does not depend on an input");
      continue;
    }
    const auto is_listed = [&](const std::vector<std::uint32_t>& ids) {
      return std::find(ids.begin(), ids.end(), it->second) != ids.end();
    };
    if (!is_listed(graph_.inputs) && !is_listed(graph_.outputs)) {  // values are named after their nodes otherwise
      graph_.values[it->second].name = foreign_name(out.name());
    }
    graph_.outputs.push_back(it->second);
  }
  if (graph_.outputs.empty() && problems_.empty()) {
    return bad_input(file_, "expected a graph output, found none");
  }
  return {};
}

Status Importer::summary() const {
  constexpr std::size_t kMaxListed = 200;
  if (problems_.empty()) {
    return {};
  }
  const std::size_t listed = std::min(problems_.size(), kMaxListed);
  return make_error(ErrorKind::kUnsupported, file_, "{} problem{}: {}{}", problems_.size(),
                    problems_.size() == 1 ? "" : "s",
                    fmt::join(problems_.begin(), problems_.begin() + static_cast<std::ptrdiff_t>(listed), "; "),
                    listed < problems_.size() ? "; ..." : "");
}

void Importer::drop_unused() {
  std::vector<bool> used(graph_.values.size(), false);
  for (std::uint32_t out : graph_.outputs) {
    used[out] = true;
  }
  std::vector<FloatNode> kept;
  for (std::size_t i = graph_.nodes.size(); i-- > 0;) {
    FloatNode& n = graph_.nodes[i];
    if (used[n.output]) {
      for (std::uint32_t in : n.inputs) {
        used[in] = true;
      }
      kept.push_back(std::move(n));
    }
  }
  std::reverse(kept.begin(), kept.end());
  graph_.nodes = std::move(kept);
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (!used[i]) {
      graph_.values[i].constant.reset();
    }
  }
}

Result<FloatGraph> Importer::import(const onnx::ModelProto& model) {
  if (!model.has_graph()) {
    return bad_input(file_, "expected a graph, found none: not an ONNX model");
  }
  PROOFCARD_RETURN_IF_ERROR(read_opset(model));
  PROOFCARD_RETURN_IF_ERROR(add_initialisers(model.graph()));
  PROOFCARD_RETURN_IF_ERROR(add_inputs(model.graph()));
  PROOFCARD_RETURN_IF_ERROR(add_nodes(model.graph()));
  PROOFCARD_RETURN_IF_ERROR(add_outputs(model.graph()));
  PROOFCARD_RETURN_IF_ERROR(summary());
  drop_unused();
  return std::move(graph_);
}

Result<FloatGraph> import_onnx(ByteView file, const std::string& name, std::vector<std::string>* problems) {
  constexpr std::size_t kMaxFileBytes = std::size_t{1} << 31;  // protobuf's own limit
  if (file.empty() || file.size() >= kMaxFileBytes) {
    return bad_input(name, "expected a file of 1 to {} bytes, found {}", kMaxFileBytes - 1, file.size());
  }
  const google::protobuf::LogSilencer silence;  // the Result says what is wrong
  // The libraries below may throw; nothing leaves this function but a Result.
  try {
    google::protobuf::io::CodedInputStream stream(file.data(), static_cast<int>(file.size()));
    stream.SetTotalBytesLimit(static_cast<int>(file.size()));
    stream.SetRecursionLimit(64);
    onnx::ModelProto model;
    if (!model.ParseFromCodedStream(&stream) || !stream.ConsumedEntireMessage()) {
      return bad_input(name, "cannot be parsed as ONNX: truncated or not an ONNX file");
    }
    Importer importer(name);
    Result<FloatGraph> graph = importer.import(model);
    if (problems != nullptr) {
      *problems = importer.problems();
    }
    return graph;
  } catch (const std::exception& e) {
    return bad_input(name, "cannot be read as ONNX: {}", foreign_name(e.what()));
  }
}

}  // namespace proofcard::graph
