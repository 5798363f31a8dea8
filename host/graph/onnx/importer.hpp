// The state of one import: values by name, and the helpers that the operator translations share. Private to graph/onnx.
#pragma once

#include <onnx/onnx_pb.h>

#include <map>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/base/text.hpp"
#include "host/graph/onnx/float_graph.hpp"

namespace proofcard::graph {

// Names and other text of the ONNX file, as they go into graphs and messages.
inline std::string foreign_name(std::string_view text) { return to_name(text, 120); }

Result<FloatTensor> read_tensor(const onnx::TensorProto& proto, const std::string& where);

// Negative axes count from the end.
Result<std::int64_t> normalise_axis(std::int64_t axis, std::size_t rank, const std::string& where);
Result<Dims> normalise_axes(Dims axes, std::size_t rank, const std::string& where);

class Importer;

// One ONNX node with typed access to attributes and inputs.
class NodeReader {
 public:
  NodeReader(Importer& importer, const onnx::NodeProto& proto, std::string name);

  const std::string& op() const { return proto_.op_type(); }
  const std::string& name() const { return name_; }
  const std::string& where() const { return where_; }
  int opset() const;
  Importer& importer() const { return importer_; }

  bool has_attribute(const std::string& name) const { return find(name) != nullptr; }
  Result<std::int64_t> integer(const std::string& name, std::int64_t fallback) const;
  Result<float> real(const std::string& name, float fallback) const;
  Result<std::string> text(const std::string& name, const std::string& fallback) const;
  Result<Dims> integers(const std::string& name, const Dims& fallback) const;
  const onnx::AttributeProto* find(const std::string& name) const;

  std::size_t num_inputs() const { return static_cast<std::size_t>(proto_.input_size()); }
  std::size_t num_outputs() const { return static_cast<std::size_t>(proto_.output_size()); }
  bool has_input(std::size_t i) const { return i < num_inputs() && !proto_.input(static_cast<int>(i)).empty(); }
  bool has_output(std::size_t i) const { return i < num_outputs() && !proto_.output(static_cast<int>(i)).empty(); }
  Result<std::uint32_t> input(std::size_t i) const;
  Result<const FloatTensor*> constant(std::size_t i, const std::string& what) const;  // kUnsupported when not constant
  Result<Dims> constant_integers(std::size_t i, const std::string& what) const;
  Result<float> constant_scalar(std::size_t i, const std::string& what) const;

  // Element type of an initialiser input, 0 when unknown.
  int input_type(std::size_t i) const;
  // Whether a computed value is a whole number (ArgMax).
  bool yields_integers(std::uint32_t value) const;
  // Whether a value is the output of a QuantizeLinear with this scale and zero point.
  bool matches_quantiser(std::uint32_t value, float scale, float zero) const;

  // (x - mean) / sqrt(variance + epsilon) over the last axes, when dividend and divisor were computed as that.
  Result<std::uint32_t> written_out_layer_norm(std::uint32_t dividend, std::uint32_t divisor) const;

  const Dims& shape_of(std::uint32_t value) const;
  FloatNode make(FloatOp op, std::vector<std::uint32_t> inputs) const;
  // Adds the node (or folds it) and returns its output value.
  Result<std::uint32_t> emit(FloatNode node) const;
  Result<std::uint32_t> emit(FloatOp op, std::vector<std::uint32_t> inputs) const {
    return emit(make(op, std::move(inputs)));
  }
  std::uint32_t add_constant(FloatTensor tensor) const;
  Result<std::uint32_t> reshape(std::uint32_t value, Dims shape) const;
  // Binds output i of the ONNX node to a value.
  Status bind(std::size_t i, std::uint32_t value) const;
  // kUnsupported when one of the outputs from i on is used by the file.
  Status no_output_from(std::size_t i) const;
  Error unsupported(const std::string& what) const { return Error{ErrorKind::kUnsupported, where_, what}; }

 private:
  Importer& importer_;
  const onnx::NodeProto& proto_;
  std::string name_;
  std::string where_;
};

using Translation = Status (*)(const NodeReader&);

// The translation of an operator of the default domain, or nullptr.
Translation find_translation(const std::string& op);

// Parts of that table, one a file.
const std::map<std::string, Translation>& linear_translations();       // Conv, Gemm, pools, normalisations, reductions
const std::map<std::string, Translation>& elementwise_translations();  // arithmetic, activations, QDQ
const std::map<std::string, Translation>& shape_translations();        // Reshape, Slice, Concat, constants, ...

class Importer {
 public:
  explicit Importer(std::string file) : file_(std::move(file)) {}

  Result<FloatGraph> import(const onnx::ModelProto& model);
  // Of the last import, which failed if there are any: everything that is not supported.
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  friend class NodeReader;

  Status read_opset(const onnx::ModelProto& model);
  Status add_initialisers(const onnx::GraphProto& graph);
  Status add_inputs(const onnx::GraphProto& graph);
  Status add_nodes(const onnx::GraphProto& graph);
  Status add_outputs(const onnx::GraphProto& graph);
  void drop_unused();
  Status define(const std::string& name, std::uint32_t value, const std::string& where);
  std::uint32_t new_value(std::string name, Dims shape);
  // A value that is not known, so that what depends on it is not translated; the error goes to the list.
  void poison(const std::string& name, const Error& why);
  Result<std::uint32_t> add_input(const onnx::ValueInfoProto& in, const std::string& where);
  Status summary() const;

  std::string file_;
  FloatGraph graph_;
  int opset_ = 0;
  std::map<std::string, std::uint32_t> ids_;
  std::map<std::string, int> types_;      // element types of initialisers and constants
  std::map<std::string, bool> poisoned_;  // values that are not known
  std::vector<std::string> problems_;
  std::map<std::string, std::size_t> uses_;
  std::int64_t folded_ = 0;  // elements of folded constants, bounded
};

}  // namespace proofcard::graph
