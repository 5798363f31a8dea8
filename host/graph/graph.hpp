// The integer tensor graph: what the quantiser produces and the executor runs.
//
// Nodes are few and exact, so that each has one circuit relation (host/compile): every ONNX operator is lowered to them
// by the importer and the quantiser. There are no view nodes: reshapes, transposes, slices, padding and broadcasting
// live in the index maps of the operands that read a tensor (host/tensor/expr.hpp); a view that those cannot express is
// copied by a Linear node with shift 0.
//
// Order: nodes are topologically sorted; tensor ids index Graph::tensors. Real value = scale * integer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/int_vector.hpp"
#include "host/base/result.hpp"
#include "host/tensor/encoding.hpp"
#include "host/tensor/expr.hpp"
#include "host/tensor/table.hpp"

namespace proofcard::graph {

using tensor::Shape;

// kFedBack: the first output, read before it is made. A graph has at most one: shape and scale are the output's, and its
// range contains the output's. The executor is given its values and does not compare; the circuit has one tensor for
// both, so what is proved is that the output follows from the inputs and from itself (generate.hpp).
enum class TensorKind : std::uint8_t { kInput, kWeight, kIntermediate, kFedBack };

struct Tensor {
  std::string name;
  Shape shape;
  TensorKind kind = TensorKind::kIntermediate;
  std::int64_t lo = 0;  // every value that can occur is in [lo, hi]: declared for inputs (the whole integer type) and
  std::int64_t hi = 0;  // weights (their type), by interval analysis for intermediates
  double scale = 1.0;
  IntVector data;                   // weights only: row-major, num_elements(shape)
  tensor::ChannelSteps channels{};  // inputs only
};

// acc = expression;  out = floor((multiplier_o * acc + 2^(shift-1)) / 2^shift), that is rounded half up;
// with shift = 0: out = multiplier_o * acc, exactly.
struct Linear {
  tensor::Expression acc;
  std::vector<std::int64_t> multiplier{1};  // one for all, or one per index of output label multiplier_label; each > 0
  std::uint32_t multiplier_label = 0;
  std::uint32_t shift = 0;
  std::uint32_t out = 0;
};

// Where the ends of a table cut off what the model itself does not. All in steps of the result, within 2^40: without its
// ends the table's function is within [own_lo, own_hi], and calibration samples had values in [seen_lo, seen_hi].
// It says nothing about the result: executions are told of values that are lost (executor.hpp).
struct Cut {
  std::int64_t own_lo = 0;
  std::int64_t own_hi = 0;
  std::int64_t seen_lo = 0;
  std::int64_t seen_hi = 0;
  bool operator==(const Cut&) const = default;
};
inline constexpr std::int64_t kNoEnd = (std::int64_t{1} << 40) - 1;  // of a function: -kNoEnd and kNoEnd

// out = table[in], elementwise; shapes equal. Every value of in's [lo, hi] is in the table's domain.
struct Lookup {
  tensor::TableSpec table;
  std::uint32_t in = 0;
  std::uint32_t out = 0;
  std::optional<Cut> cut{};
};

// out = max(a, b), elementwise over out's shape; a and b read tensors of equal scale with labels = out's axes.
struct Max {
  tensor::Operand a;
  tensor::Operand b;
  std::uint32_t out = 0;
};

// out = floor((2 * numerator * 2^shift + denominator) / (2 * denominator)), elementwise over out's shape, that is
// numerator * 2^shift / denominator rounded half up. Denominator values are >= 1, numerator values are >= 0.
struct Divide {
  tensor::Operand numerator;
  tensor::Operand denominator;
  std::uint32_t shift = 0;
  std::uint32_t out = 0;
};

// out = floor(sqrt(in)), elementwise; in >= 0.
struct SquareRoot {
  std::uint32_t in = 0;
  std::uint32_t out = 0;
};

// out = in mod 2^bits, in [0, 2^bits), elementwise (ArgMax takes the index out of a key this way).
struct LowBits {
  std::uint32_t in = 0;
  std::uint32_t bits = 0;
  std::uint32_t out = 0;
};

// out[i] = an element of `data`: along its axis `axis` the one that `index` says at i, along the others, in order, that at
// the output labels `labels`, which are as long. The index is of terms of at most one operand, without summed labels.
// Errors: an execution refuses an index outside the axis, and does not say which.
struct Select {
  std::uint32_t data = 0;
  std::uint32_t axis = 0;
  std::vector<std::uint32_t> labels;
  tensor::Expression index;  // over the shape of out
  std::uint32_t out = 0;
};

struct Node {
  std::string name;  // the ONNX node it stands for, and what it does for it, for instance "conv1 (Conv)"
  std::variant<Linear, Lookup, Max, Divide, SquareRoot, LowBits, Select> op;
};

struct Graph {
  std::vector<Tensor> tensors;
  std::vector<Node> nodes;
  std::vector<std::uint32_t> inputs;   // in the order of the ONNX graph's inputs
  std::vector<std::uint32_t> outputs;  // materialised tensors, in the order of the ONNX graph's outputs

  // The shapes that users see, batch dimension included (tensors drop leading dimensions of 1).
  std::vector<Shape> input_shapes;
  std::vector<Shape> output_shapes;
};

// The tensor of kind kFedBack.
std::optional<std::uint32_t> fed_back(const Graph& graph);

// Checks everything that the executor and the compiler rely on. Used on files.
Status validate(const Graph& graph);

void write(ByteWriter& out, const Graph& graph);
// The result has passed validate(). Memory is bounded by a small multiple of the bytes read.
Result<Graph> read_graph(ByteReader& in);

}  // namespace proofcard::graph
