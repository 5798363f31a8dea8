// The state of one import: values by name, and the helpers that the operator translations share. Private to graph/onnx.
#pragma once

#include <onnx/onnx_pb.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/base/text.hpp"
#include "host/graph/float_graph/float_graph.hpp"
#include "host/graph/onnx/constant.hpp"
#include "host/graph/onnx/import.hpp"

namespace proofcard::graph {

// Names and other text of the ONNX file, as they go into graphs and messages.
inline std::string foreign_name(std::string_view text) { return to_name(text, 120); }

// Negative axes count from the end.
Result<std::int64_t> normalise_axis(std::int64_t axis, std::size_t rank, const std::string& where);
Result<Dims> normalise_axes(Dims axes, std::size_t rank, const std::string& where);

class Importer;

// A real value that is scale times an integer: as DequantizeLinear gives it.
struct Dequantised {
  std::uint32_t integer = 0;
  float scale = 1;
  float zero = 0;        // which is taken off the integer first
  bool rounded = false;  // the real value is that of a kFakeQuantize, and `integer` nothing
};

// A constant that is integers (INT32, without zero points) times scales: one, or one for each entry of an axis.
struct DequantisedConstant {
  Constant integers;
  std::vector<float> scales;
  std::size_t axis = 0;
};

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
  Result<std::vector<float>> reals(const std::string& name) const;        // none: empty
  Result<std::vector<std::string>> texts(const std::string& name) const;  // none: empty
  const onnx::AttributeProto* find(const std::string& name) const;

  std::size_t num_inputs() const { return static_cast<std::size_t>(proto_.input_size()); }
  std::size_t num_outputs() const { return static_cast<std::size_t>(proto_.output_size()); }
  bool has_input(std::size_t i) const { return i < num_inputs() && !proto_.input(static_cast<int>(i)).empty(); }
  bool has_output(std::size_t i) const { return i < num_outputs() && !proto_.output(static_cast<int>(i)).empty(); }
  Result<std::uint32_t> input(std::size_t i) const;
  Result<const FloatTensor*> constant(std::size_t i, const std::string& what) const;  // kUnsupported when not constant
  Result<Dims> constant_integers(std::size_t i, const std::string& what) const;
  Result<float> constant_scalar(std::size_t i, const std::string& what) const;
  // A constant in its own type. Pre: it is one.
  Constant typed_value(std::uint32_t value) const;
  Constant typed_operand(std::size_t i) const;
  bool is_constant(std::uint32_t value) const;
  const FloatTensor& float_value(std::uint32_t value) const;  // pre: it is constant
  bool all_constant() const;                                  // every operand, of which there is at least one
  // Whether operand 0 is FLOAT and so large that folding it as anything wider would take too much memory.
  bool has_large_floats() const;

  ElementType type_of(std::uint32_t value) const;
  void set_type(std::uint32_t value, ElementType type) const;
  // The real value that a QuantizeLinear with this scale and zero point rounded to this integer, if one did.
  std::optional<std::uint32_t> quantised_value(std::uint32_t integer, float scale, float zero) const;

  // Where a real value comes from, by the value; an integer of kRequantise without its zero point, by the integer with it.
  std::map<std::uint32_t, Dequantised>& dequantised() const;
  std::map<std::uint32_t, Dequantised>& requantised() const;
  std::map<std::uint32_t, DequantisedConstant>& dequantised_constants() const;

  // The node that computes the value so far, or nullptr.
  const FloatNode* producer(std::uint32_t value) const;

  // A copy: the graph's values move when a node is added.
  Dims shape_of(std::uint32_t value) const;
  FloatNode make(FloatOp op, std::vector<std::uint32_t> inputs) const;
  // Adds the node (or folds it) and returns its output value, which has the type of the first operand.
  Result<std::uint32_t> emit(FloatNode node) const;
  Result<std::uint32_t> emit(FloatOp op, std::vector<std::uint32_t> inputs) const {
    return emit(make(op, std::move(inputs)));
  }
  std::uint32_t add_constant(FloatTensor tensor) const;  // FLOAT
  std::uint32_t add_constant(Constant constant) const;
  std::uint32_t add_scalar(float value) const { return add_constant(FloatTensor{{}, {value}, false}); }
  Result<std::uint32_t> reshape(std::uint32_t value, Dims shape) const;
  // The same value as another element type, which holds it.
  Result<std::uint32_t> retyped(std::uint32_t value, ElementType type) const;
  // Values that get one scale, whatever range each of them has.
  void tie(const std::vector<std::uint32_t>& values) const;
  // An input of integers that are indices below `size`: then that is its range. Of other values nothing is noted.
  void note_index(std::uint32_t value, std::int64_t size) const;
  // Inputs that the value is moved from take numbers alone from now on: no NaN, no infinity.
  void note_finite(std::uint32_t value) const;
  // Binds output i of the ONNX node to a value.
  Status bind(std::size_t i, std::uint32_t value) const;
  // kUnsupported when one of the outputs from i on is used by the file.
  Status no_output_from(std::size_t i) const;
  // For the user to read.
  void note(const std::string& text) const;
  Error unsupported(const std::string& what) const { return Error{ErrorKind::kUnsupported, where_, what}; }

  // Puts a graph that is an attribute in place; its inputs are these values. Returns its outputs.
  Result<std::vector<std::uint32_t>> inline_graph(const std::string& attribute,
                                                  const std::vector<std::uint32_t>& inputs,
                                                  const std::string& suffix) const;
  Result<ReadTensor> read(const onnx::TensorProto& proto) const;

 private:
  Status check_integers(const FloatNode& node) const;
  std::uint32_t fold(const FloatNode& node, const Dims& shape) const;

  Importer& importer_;
  const onnx::NodeProto& proto_;
  std::string name_;
  std::string where_;
};

using Translation = Status (*)(const NodeReader&);

// The translation of an operator, or nullptr. No name stands in two domains.
Translation find_translation(const std::string& op);

// Parts of that table, one a file.
const std::vector<const std::map<std::string, Translation>*>& translation_tables();
const std::map<std::string, Translation>& linear_translations();       // Gemm, MatMul
const std::map<std::string, Translation>& convolution_translations();  // Conv, ConvTranspose
const std::map<std::string, Translation>& pool_translations();         // MaxPool, LpPool, ...
const std::map<std::string, Translation>& normalise_translations();    // LayerNormalization, ...
const std::map<std::string, Translation>& reduce_translations();       // ReduceSum, ArgMax, ...
const std::map<std::string, Translation>& elementwise_translations();  // arithmetic, activations, QDQ
const std::map<std::string, Translation>& logic_translations();        // Equal, Where, Cast, BitShift, ...
const std::map<std::string, Translation>& fourier_translations();      // DFT, STFT
const std::map<std::string, Translation>& cumulative_translations();   // CumSum, Trilu, Hardmax, ...
const std::map<std::string, Translation>& composed_translations();     // what is written in others
const std::map<std::string, Translation>& shape_translations();        // Reshape, Transpose, constants, ...
const std::map<std::string, Translation>& slice_translations();        // Slice, Concat, Split
const std::map<std::string, Translation>& pad_translations();          // Pad, CenterCropPad
const std::map<std::string, Translation>& gather_translations();       // Gather, OneHot
const std::map<std::string, Translation>& attention_translations();    // Attention, RotaryEmbedding
const std::map<std::string, Translation>& scatter_translations();      // GatherND, ScatterND, TopK, ...
const std::map<std::string, Translation>& einsum_translations();       // Einsum
const std::map<std::string, Translation>& loss_translations();         // SoftmaxCrossEntropyLoss, ...
const std::map<std::string, Translation>& quantised_translations();    // QuantizeLinear, QLinearConv, ...
const std::map<std::string, Translation>& grid_translations();         // GridSample, AffineGrid
const std::map<std::string, Translation>& resize_translations();       // Resize, Upsample
const std::map<std::string, Translation>& control_translations();      // If, Loop
const std::map<std::string, Translation>& recurrent_translations();    // RNN, GRU, LSTM
const std::map<std::string, Translation>& ml_translations();           // the domain ai.onnx.ml

// Operators of constants alone, worked out in the constants' types; an operand that is left out is nullptr.
using Operands = std::vector<const Constant*>;
using Folding = Result<Constant> (*)(const NodeReader&, const Operands&);
Folding find_folding(const std::string& op);
const std::map<std::string, Folding>& elementwise_foldings();
const std::map<std::string, Folding>& shape_foldings();

class Importer {
 public:
  Importer(std::string file, const ImportOptions& options) : file_(std::move(file)), options_(options) {}

  Result<FloatGraph> import(const onnx::ModelProto& model);
  // Of the last import, which failed if there are any: everything that is not supported.
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  friend class NodeReader;
  using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;

  // What names mean: those of the graph, or of a function that is being put in place.
  struct Names {
    std::map<std::string, std::uint32_t> ids;
    std::map<std::string, bool> poisoned;  // values that are not known
    std::map<std::string, std::size_t> uses;
  };

  Status read_opset(const google::protobuf::RepeatedPtrField<onnx::OperatorSetIdProto>& sets);
  Status add_initialisers(const onnx::GraphProto& graph, const std::set<std::string>& needed);
  Status add_inputs(const onnx::GraphProto& graph);
  Status add_nodes(const Nodes& nodes, const std::vector<bool>& live, const std::string& prefix);
  Status add_node(const NodeReader& node, const onnx::NodeProto& proto);
  Status translate(const NodeReader& node, const onnx::NodeProto& proto);
  Status fold(const NodeReader& node, Folding folding);
  Status add_outputs(const onnx::GraphProto& graph);
  std::uint32_t add_constant_output(std::uint32_t constant);
  void drop_unused();
  Status define(const std::string& name, std::uint32_t value, const std::string& where);
  std::uint32_t new_value(std::string name, Dims shape, ElementType type);
  // A value that is not known, so that what depends on it is not translated; the error goes to the list.
  void poison(const std::string& name, const Error& why);
  Result<std::uint32_t> add_input(const onnx::ValueInfoProto& in, std::size_t index, const std::string& where);
  const FixedInput* fixed(const std::string& name) const;
  Status add_fixed_input(const onnx::ValueInfoProto& in, const FixedInput& given, const std::string& where);
  Status expect_all_named(const std::set<std::string>& inputs) const;
  Result<Dims> input_shape(const onnx::ValueInfoProto& in, std::size_t index, const std::string& where,
                           std::vector<std::string>& problems);
  Result<ReadTensor> read(const onnx::TensorProto& proto, const std::string& where);
  Status summary() const;

  // Bodies that are put in place of the node that has them.
  Result<std::vector<std::uint32_t>> inline_graph(const onnx::GraphProto& graph,
                                                  const std::vector<std::uint32_t>& inputs, const std::string& prefix,
                                                  const std::string& where);
  const onnx::FunctionProto* find_function(const onnx::NodeProto& proto) const;
  Status inline_function(const NodeReader& node, const onnx::NodeProto& proto, const onnx::FunctionProto& function);
  Result<std::vector<std::uint32_t>> values_of(const std::vector<std::string>& names, const std::string& where) const;

  std::string file_;
  const ImportOptions& options_;
  const onnx::ModelProto* model_ = nullptr;
  FloatGraph graph_;
  int opset_ = 0;  // of the default domain; 0: the file imports none
  Names names_;
  std::vector<std::string> defined_;         // names in the order in which they got a meaning
  std::vector<ElementType> types_;           // of every value
  std::map<std::uint32_t, Constant> exact_;  // constants that floats do not hold exactly
  std::map<std::uint32_t, Dequantised> dequantised_;
  std::map<std::uint32_t, Dequantised> requantised_;
  std::map<std::uint32_t, DequantisedConstant> dequantised_constants_;
  std::map<std::string, Bytes> external_;  // files that were read
  std::vector<std::string> problems_;
  std::int64_t folded_ = 0;  // elements of folded constants, bounded
  int nodes_ = 0;            // that were looked at, those of bodies every time, bounded
  int depth_ = 0;            // of bodies in bodies, bounded
};

}  // namespace proofcard::graph
