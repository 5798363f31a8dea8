// The float graph: what an ONNX file means, in few operators, with every attribute resolved and every shape known.
//
// The importer translates ONNX into it (Gemm becomes MatMul and Add, Flatten and Squeeze become Reshape, Split becomes
// slices, a global pool becomes a pool over the whole plane, constants are folded). The float executor runs it and the
// quantiser lowers it. No protobuf types.
//
// Order: nodes are topologically sorted; value ids index FloatGraph::values; data is row-major.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace proofcard::graph {

using Dims = std::vector<std::int64_t>;

std::int64_t count(const Dims& dims);

// A constant. Integer tensors (shapes, indices, axes) are held as floats too: they are exact up to 2^24, far above
// every dimension that is accepted, and larger ones only ever mean "to the end".
struct FloatTensor {
  Dims shape;
  std::vector<float> data;
  bool integer = false;
};

enum class FloatOp : std::uint8_t {
  kConv,           // x, w, [b]; strides, dilations, pads (begins, then ends), group
  kConvTranspose,  // x, w, [b]; strides, dilations, pads, group, output_padding in `ints`
  kMatMul,         // a, b, [bias of the last axis; from simplification only]
  kAdd,
  kSub,
  kMul,
  kDiv,
  kRelu,
  kLeakyRelu,  // alpha
  kClip,       // alpha = low, beta = high (infinite when absent)
  kSigmoid,
  kTanh,
  kElu,          // alpha
  kHardSigmoid,  // alpha, beta
  kHardSwish,
  kGelu,
  kGeluTanh,
  kErf,
  kExp,
  kSqrt,
  kSoftplus,
  kAbs,
  kSquare,
  kReciprocal,
  kSoftmax,      // axis
  kMaxPool,      // kernel, strides, dilations, pads
  kAveragePool,  // the same; include_pad
  kReduceSum,    // axes in `ints`, keep_dims
  kReduceMean,
  kReduceMax,
  kBatchNorm,     // x, scale, bias, mean, variance; alpha = epsilon
  kLayerNorm,     // x, scale, [bias]; axis, alpha = epsilon
  kReshape,       // target in `ints`
  kTranspose,     // permutation in `ints`
  kSlice,         // `ints`: starts, then steps, then counts, an entry an axis each
  kPad,           // `ints`: begins, then ends; alpha = value
  kConcat,        // axis
  kGather,        // axis; indices in `ints`; the indexed axis stays, with as many entries as there are indices
  kArgMax,        // axis, keep_dims, last
  kFakeQuantize,  // QuantizeLinear then DequantizeLinear: alpha = scale, beta = zero point; `ints` = low, high
};

const char* op_name(FloatOp op);

struct FloatNode {
  FloatOp op = FloatOp::kAdd;
  std::string name;
  std::string onnx_op;  // the operator in the file, for messages
  std::vector<std::uint32_t> inputs;
  std::uint32_t output = 0;
  Dims kernel, strides, dilations, pads;
  std::int64_t group = 1;
  std::int64_t axis = 0;
  Dims ints;
  float alpha = 0.0F;
  float beta = 0.0F;
  bool keep_dims = true;
  bool include_pad = false;
  bool last = false;
};

struct FloatValue {
  std::string name;
  Dims shape;
  std::optional<FloatTensor> constant;
};

struct FloatGraph {
  std::vector<FloatValue> values;
  std::vector<FloatNode> nodes;
  std::vector<std::uint32_t> inputs;
  std::vector<std::uint32_t> outputs;
  std::vector<std::string> notes;  // what the importer assumed, for the user to read
};

}  // namespace proofcard::graph
