#include "host/graph/onnx/import.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>

#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/onnx/external_data.hpp"
#include "host/graph/onnx/importer.hpp"
#include "host/graph/onnx/liveness.hpp"

namespace proofcard::graph {

std::int64_t one_hot_low_places(std::int64_t places) {
  constexpr std::int64_t kDirect = 512;
  const auto bits = std::bit_width(static_cast<std::uint64_t>(std::max<std::int64_t>(places, 1) - 1));
  return places <= kDirect ? 1 : std::int64_t{1} << ((bits + 1) / 2);
}

const char* op_name(FloatOp op) {
  static constexpr const char* kNames[] = {
      "Conv",      "ConvTranspose", "MatMul",  "Add",         "Sub",       "Mul",         "Div",       "Relu",
      "LeakyRelu", "Clip",          "Sigmoid", "Tanh",        "Elu",       "HardSigmoid", "HardSwish", "Gelu",
      "GeluTanh",  "Erf",           "Exp",     "Sqrt",        "Softplus",  "Abs",         "Square",    "Reciprocal",
      "Function",  "Softmax",       "MaxPool", "AveragePool", "ReduceSum", "ReduceMean",  "ReduceMax", "BatchNorm",
      "Normalise", "RowNorm",       "Reshape", "Transpose",   "Slice",     "Pad",         "Concat",    "Gather",
      "ArgMax",    "AxisMap",       "TopK",    "Trees",       "Above",     "IntegerMap",  "OneHot",    "FakeQuantize",
      "Quantised", "Truncate",      "Maximum", "Equal",       "Less",      "LessEqual",   "And",       "Or",
      "Xor",       "Not",           "Where",   "Divide",      "Modulo",    "Power",       "Wrap",      "Requantise",
      "BitAnd",    "BitOr",         "BitXor",  "ShiftLeft",   "ShiftRight"};
  static_assert(std::size(kNames) == static_cast<std::size_t>(FloatOp::kShiftRight) + 1);
  return kNames[static_cast<std::size_t>(op)];
}

bool fits(const DeclaredShape& declared, const Dims& found) {
  const auto same = [](std::int64_t a, std::int64_t b) { return a == -1 || a == b; };
  return !declared || std::equal(declared->begin(), declared->end(), found.begin(), found.end(), same);
}

namespace {

// Integers of 8 and 16 bits may be any; of larger ones samples say which occur, within what an input may hold.
IntegerRange input_range(ElementType type) {
  constexpr std::int64_t kMaxInput = (std::int64_t{1} << 40) - 1;
  return {std::max(lowest_of(type), -kMaxInput), std::min(highest_of(type), kMaxInput), !fits_float(type)};
}

}  // namespace

const std::vector<const std::map<std::string, Translation>*>& translation_tables() {
  static const std::vector<const std::map<std::string, Translation>*> tables = {
      &linear_translations(),    &convolution_translations(), &pool_translations(),      &normalise_translations(),
      &reduce_translations(),    &elementwise_translations(), &composed_translations(),  &shape_translations(),
      &slice_translations(),     &pad_translations(),         &gather_translations(),    &resize_translations(),
      &attention_translations(), &scatter_translations(),     &einsum_translations(),    &control_translations(),
      &logic_translations(),     &cumulative_translations(),  &recurrent_translations(), &loss_translations(),
      &grid_translations(),      &quantised_translations(),   &fourier_translations(),   &ml_translations(),
  };
  return tables;
}

Translation find_translation(const std::string& op) {
  for (const auto* table : translation_tables()) {
    if (const auto it = table->find(op); it != table->end()) {
      return it->second;
    }
  }
  return nullptr;
}

std::uint32_t Importer::new_value(std::string name, Dims shape, ElementType type) {
  graph_.values.push_back({std::move(name), std::move(shape), std::nullopt});
  types_.push_back(type);
  return static_cast<std::uint32_t>(graph_.values.size() - 1);
}

Status Importer::define(const std::string& name, std::uint32_t value, const std::string& where) {
  if (name.empty() || names_.poisoned.contains(name) || !names_.ids.emplace(name, value).second) {
    return bad_input(where, "expected a new name for its value, found {}", name.empty() ? "none" : foreign_name(name));
  }
  defined_.push_back(name);
  return {};
}

void Importer::poison(const std::string& name, const Error& why) {
  problems_.push_back(why.message());
  names_.poisoned[name] = true;
}

// A file that imports the domain of classical models alone has no operators of the default domain, or new ones.
Status Importer::read_opset(const google::protobuf::RepeatedPtrField<onnx::OperatorSetIdProto>& sets) {
  constexpr int kOldest = 7;
  constexpr int kNewest = 28;
  if (sets.empty()) {
    return bad_input(file_, "expected an operator set, found none: not an ONNX model");
  }
  opset_ = kNewest;
  for (const onnx::OperatorSetIdProto& set : sets) {
    if (set.domain().empty() || set.domain() == "ai.onnx") {
      if (set.version() < kOldest || set.version() > kNewest) {
        problems_.push_back(
            fmt::format("expected an operator set from {} to {}, found {}", kOldest, kNewest, set.version()));
      }
      opset_ = static_cast<int>(std::clamp<std::int64_t>(set.version(), kOldest, kNewest));
    }
  }
  return {};
}

Result<ReadTensor> Importer::read(const onnx::TensorProto& proto, const std::string& where) {
  if (proto.data_location() != onnx::TensorProto::EXTERNAL && proto.external_data_size() == 0) {
    return read_tensor(proto, where);
  }
  if (!options_.read_external) {
    return read_tensor(proto, where);  // which refuses it
  }
  PROOFCARD_TRY(const ExternalPlace place, external_place(proto, where));
  auto found = external_.find(place.file);
  if (found == external_.end()) {
    auto file = options_.read_external(place.file);
    if (!file.ok()) {
      return bad_input(where, "its values are in another file: {}", file.error().message());
    }
    found = external_.emplace(place.file, std::move(file).value()).first;
  }
  const Bytes& file = found->second;
  const std::uint64_t left = place.offset <= file.size() ? file.size() - place.offset : 0;
  if (place.offset > file.size() || place.length.value_or(0) > left) {
    return bad_input(where, "expected {} bytes at {} of {}, found a file of {} bytes", place.length.value_or(0),
                     place.offset, foreign_name(place.file), file.size());
  }
  const std::string_view all(reinterpret_cast<const char*>(file.data()), file.size());
  const std::string_view raw = all.substr(place.offset, place.length.value_or(left));
  return read_tensor(proto, where, &raw);
}

Status Importer::add_initialisers(const onnx::GraphProto& graph, const std::set<std::string>& needed) {
  if (graph.sparse_initializer_size() > 0) {
    problems_.emplace_back("sparse initialisers are not supported");
    for (const onnx::SparseTensorProto& t : graph.sparse_initializer()) {
      names_.poisoned[t.values().name()] = true;
    }
  }
  for (const onnx::TensorProto& t : graph.initializer()) {
    if (!needed.contains(t.name())) {
      continue;
    }
    const std::string where = "initialiser " + foreign_name(t.name());
    Result<ReadTensor> tensor = read(t, where);
    if (!tensor.ok()) {
      // A file that lacks is one of the things that somebody has to bring.
      if (tensor.error().kind != ErrorKind::kUnsupported && t.data_location() != onnx::TensorProto::EXTERNAL) {
        return tensor.error();
      }
      poison(t.name(), tensor.error());
      continue;
    }
    const std::uint32_t id = new_value(foreign_name(t.name()), tensor->floats.shape, t.data_type());
    graph_.values[id].constant = std::move(tensor->floats);
    if (tensor->exact) {
      exact_[id] = std::move(*tensor->exact);
    }
    PROOFCARD_RETURN_IF_ERROR(define(t.name(), id, where));
  }
  return {};
}

Result<Dims> Importer::input_shape(const onnx::ValueInfoProto& in, std::size_t index, const std::string& where,
                                   std::vector<std::string>& problems) {
  const onnx::TensorShapeProto& declared = in.type().tensor_type().shape();
  const auto rank = static_cast<std::size_t>(declared.dim_size());
  const auto named = options_.shapes.find(in.name());
  const Dims* wanted = named != options_.shapes.end()       ? &named->second
                       : index < options_.all_shapes.size() ? &options_.all_shapes[index]
                                                            : nullptr;
  if (named != options_.shapes.end() && wanted->size() != rank) {
    return bad_input(where, "expected a shape of {} dimensions for it, found [{}]", rank, fmt::join(*wanted, ", "));
  }
  Dims shape;
  std::int64_t total = 1;
  for (std::size_t i = 0; i < rank; ++i) {
    const auto& d = declared.dim(static_cast<int>(i));
    std::int64_t size = d.dim_value();
    const bool is_dynamic = !d.has_dim_value() || size <= 0;
    if (named != options_.shapes.end() && !is_dynamic && (*wanted)[i] != size) {
      return bad_input(where, "expected {} for its dimension {}, which the model fixes, found {}", size, i,
                       (*wanted)[i]);
    }
    if (is_dynamic && wanted != nullptr && wanted->size() == rank) {
      size = (*wanted)[i];
    } else if (is_dynamic) {
      if (i != 0) {
        problems.push_back(fmt::format(
            "dimension {} ({}) is dynamic: only the first (batch) dimension may be; give its shape with --shape, or "
            "export the model with a fixed one",
            i, d.dim_param().empty() ? "unnamed" : foreign_name(d.dim_param())));
      } else {
        graph_.notes.push_back(where + ": dynamic batch dimension taken as 1");
      }
      size = 1;
    }
    if (size < 1 || size > kMaxElements || (total *= size) > kMaxElements) {
      return bad_input(where, "expected 1 to {} elements, found another number", kMaxElements);
    }
    shape.push_back(size);
  }
  return shape;
}

Result<std::uint32_t> Importer::add_input(const onnx::ValueInfoProto& in, std::size_t index, const std::string& where) {
  const onnx::TypeProto_Tensor& type = in.type().tensor_type();
  const ElementType element = type.elem_type();
  std::vector<std::string> problems;
  if (!in.type().has_tensor_type() || (!is_float_type(element) && !is_integer_type(element))) {
    problems.push_back(fmt::format("expected a tensor of floats, integers or booleans, found {}",
                                   in.type().has_tensor_type() ? element_type_name(element) : "another kind of value"));
  }
  if (!type.has_shape()) {
    problems.emplace_back("expected a shape, found none");
  }
  PROOFCARD_TRY(Dims shape, input_shape(in, index, where, problems));
  if (!problems.empty()) {
    return make_error(ErrorKind::kUnsupported, where, "{}", fmt::join(problems, "; "));
  }
  const std::uint32_t id = new_value(foreign_name(in.name()), std::move(shape), element);
  if (is_integer_type(element)) {
    graph_.values[id].integers = input_range(element);
  }
  return id;
}

Status Importer::add_inputs(const onnx::GraphProto& graph) {
  std::set<std::string> initialisers;
  for (const onnx::TensorProto& t : graph.initializer()) {
    initialisers.insert(t.name());
  }
  std::set<std::string> names;
  std::size_t index = 0;
  for (const onnx::ValueInfoProto& in : graph.input()) {
    if (initialisers.contains(in.name()) || names_.poisoned.contains(in.name())) {
      continue;  // an initialiser that the file also lists as an input
    }
    names.insert(in.name());
    const std::string where = "input " + foreign_name(in.name());
    if (const FixedInput* given = fixed(in.name())) {
      PROOFCARD_RETURN_IF_ERROR(add_fixed_input(in, *given, where));
      continue;
    }
    const Result<std::uint32_t> id = add_input(in, index++, where);
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
  PROOFCARD_RETURN_IF_ERROR(expect_all_named(names));
  if (graph_.inputs.empty() && problems_.empty()) {
    return bad_input(file_, "expected a graph input, found none");
  }
  return {};
}

// An output is computed: the constant plus 0. For integers that is the truth of s < s, for an input's first value s; else
// sigmoid(s) - sigmoid(s), in steps that are fine enough for any constant that is not tiny.
std::uint32_t Importer::add_constant_output(std::uint32_t constant) {
  const std::string name = graph_.values[constant].name;
  const auto add = [&](FloatOp op, std::vector<std::uint32_t> inputs, Dims shape, Dims ints = {}) {
    FloatNode n;
    n.op = op;
    n.name = name;
    n.onnx_op = "Constant";
    n.ints = std::move(ints);
    const bool moves = op == FloatOp::kReshape || op == FloatOp::kSlice;
    const bool is_integer = op == FloatOp::kLess || (op == FloatOp::kAdd && is_integer_type(types_[constant]));
    n.output = new_value(name, std::move(shape),
                         moves        ? types_[inputs[0]]
                         : is_integer ? onnx::TensorProto::INT64
                                      : onnx::TensorProto::FLOAT);
    n.inputs = std::move(inputs);
    graph_.nodes.push_back(n);
    return n.output;
  };
  const std::uint32_t input = graph_.inputs[0];
  const std::int64_t size = count(graph_.values[input].shape);
  const std::uint32_t all = add(FloatOp::kReshape, {input}, {size}, {size});
  const std::uint32_t first = add(FloatOp::kSlice, {all}, {1}, {0, 1, 1});
  const std::uint32_t scalar = add(FloatOp::kReshape, {first}, {}, {});
  std::uint32_t zero = 0;
  if (is_integer_type(types_[constant])) {
    zero = add(FloatOp::kLess, {scalar, scalar}, {});
  } else {
    const std::uint32_t s = add(FloatOp::kSigmoid, {scalar}, {});
    zero = add(FloatOp::kSub, {s, s}, {});
  }
  const Dims shape = graph_.values[constant].shape;
  return add(FloatOp::kAdd, {constant, zero}, shape);
}

namespace {

DeclaredShape declared_shape(const onnx::ValueInfoProto& value) {
  if (!value.type().has_tensor_type() || !value.type().tensor_type().has_shape()) {
    return std::nullopt;
  }
  Dims out;
  for (const auto& d : value.type().tensor_type().shape().dim()) {
    out.push_back(d.has_dim_value() && d.dim_value() >= 0 ? d.dim_value() : -1);
  }
  return out;
}

}  // namespace

Status Importer::add_outputs(const onnx::GraphProto& graph) {
  for (const onnx::ValueInfoProto& out : graph.output()) {
    const std::string where = "output " + foreign_name(out.name());
    const auto it = names_.ids.find(out.name());
    if (names_.poisoned.contains(out.name())) {
      continue;
    }
    if (it == names_.ids.end()) {
      return bad_input(where, "expected a node that computes it, found none");
    }
    std::uint32_t id = it->second;
    if (graph_.values[id].constant) {
      if (graph_.values[id].constant->data.empty()) {
        problems_.push_back(where + ": it has no elements");
        continue;
      }
      if (graph_.inputs.empty()) {
        continue;  // they were refused
      }
      graph_.notes.push_back(where + ": it does not depend on an input");
      id = add_constant_output(id);
    }
    const auto maker =
        std::find_if(graph_.nodes.begin(), graph_.nodes.end(), [&](const FloatNode& n) { return n.output == id; });
    if (maker != graph_.nodes.end() && maker->onnx_op == "DynamicQuantizeLinear" && is_integer_type(types_[id])) {
      problems_.push_back(where + ": its integers may be one step off, so they are no output by themselves");
      continue;
    }
    const auto is_listed = [&](const std::vector<std::uint32_t>& ids) {
      return std::find(ids.begin(), ids.end(), id) != ids.end();
    };
    if (!is_listed(graph_.inputs) && !is_listed(graph_.outputs)) {  // values are named after their nodes otherwise
      graph_.values[id].name = foreign_name(out.name());
    }
    graph_.outputs.push_back(id);
    graph_.declared_outputs.push_back(declared_shape(out));
    if (!fits(graph_.declared_outputs.back(), graph_.values[id].shape)) {
      graph_.notes.push_back(fmt::format("{}: the file declares shape [{}], its nodes give [{}]", where,
                                         fmt::join(*graph_.declared_outputs.back(), ","),
                                         fmt::join(graph_.values[id].shape, ",")));
    }
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
  model_ = &model;
  const onnx::GraphProto& graph = model.graph();
  std::set<std::string> needed;
  for (const onnx::ValueInfoProto& out : graph.output()) {
    needed.insert(out.name());
    ++names_.uses[out.name()];
  }
  for (const onnx::NodeProto& node : graph.node()) {
    ++graph_.file_operators[foreign_name(node.op_type())];
  }
  const std::vector<bool> live = live_nodes(graph.node(), needed);
  PROOFCARD_RETURN_IF_ERROR(read_opset(model.opset_import()));
  PROOFCARD_RETURN_IF_ERROR(add_initialisers(graph, needed));
  PROOFCARD_RETURN_IF_ERROR(add_inputs(graph));
  PROOFCARD_RETURN_IF_ERROR(add_nodes(graph.node(), live, ""));
  PROOFCARD_RETURN_IF_ERROR(add_outputs(model.graph()));
  PROOFCARD_RETURN_IF_ERROR(summary());
  drop_unused();
  for (std::size_t i = 0; i < types_.size(); ++i) {
    graph_.values[i].whole = is_integer_type(types_[i]);
  }
  return std::move(graph_);
}

namespace {

Status parse(ByteView file, const std::string& name, onnx::ModelProto& model) {
  constexpr std::size_t kMaxFileBytes = std::size_t{1} << 31;  // protobuf's own limit
  if (file.empty() || file.size() >= kMaxFileBytes) {
    return bad_input(name, "expected a file of 1 to {} bytes, found {}", kMaxFileBytes - 1, file.size());
  }
  google::protobuf::io::CodedInputStream stream(file.data(), static_cast<int>(file.size()));
  stream.SetTotalBytesLimit(static_cast<int>(file.size()));
  stream.SetRecursionLimit(64);
  if (!model.ParseFromCodedStream(&stream) || !stream.ConsumedEntireMessage()) {
    return bad_input(name, "cannot be parsed as ONNX: truncated or not an ONNX file");
  }
  return {};
}

// The libraries below may throw; nothing leaves this file but a Result.
template <class Body>
auto guarded(const std::string& name, Body&& body) -> decltype(body()) {
  const google::protobuf::LogSilencer silence;  // the Result says what is wrong
  try {
    return body();
  } catch (const std::exception& e) {
    return bad_input(name, "cannot be read as ONNX: {}", foreign_name(e.what()));
  }
}

}  // namespace

Result<FloatGraph> import_onnx(ByteView file, const std::string& name, std::vector<std::string>* problems,
                               const ImportOptions& options) {
  return guarded(name, [&]() -> Result<FloatGraph> {
    onnx::ModelProto model;
    PROOFCARD_RETURN_IF_ERROR(parse(file, name, model));
    Importer importer(name, options);
    Result<FloatGraph> graph = importer.import(model);
    if (problems != nullptr) {
      *problems = importer.problems();
    }
    return graph;
  });
}

Result<std::vector<std::string>> external_files(ByteView file, const std::string& name) {
  return guarded(name, [&]() -> Result<std::vector<std::string>> {
    onnx::ModelProto model;
    PROOFCARD_RETURN_IF_ERROR(parse(file, name, model));
    std::set<std::string> files;
    PROOFCARD_RETURN_IF_ERROR(add_external_files(model.graph(), files));
    for (const onnx::FunctionProto& function : model.functions()) {
      PROOFCARD_RETURN_IF_ERROR(add_external_files(function.node(), files));
    }
    return std::vector<std::string>(files.begin(), files.end());
  });
}

}  // namespace proofcard::graph
