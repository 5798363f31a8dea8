// The float graph: what an ONNX file means, in few operators, with every attribute resolved and every shape known.
//
// The importer translates ONNX into it (Gemm becomes MatMul and Add, Flatten and Squeeze become Reshape, Split becomes
// slices, a global pool becomes a pool over the whole plane, constants are folded). A value never has 0 elements. The float executor runs it and the
// quantiser lowers it. No protobuf types.
//
// Order: nodes are topologically sorted; value ids index FloatGraph::values; data is row-major.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/tensor/fixed_input.hpp"
#include "host/tensor/table.hpp"

namespace proofcard::graph {

using Dims = std::vector<std::int64_t>;

std::int64_t count(const Dims& dims);

// A constant. Integers are held as floats too, which is exact up to 2^24; the importer folds them exactly before.
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
  kFunction,     // `function` of the tables, with `params`
  kSoftmax,      // x, [mask of 0 and 1: where it is 0 the result is 0]; axis
  kMaxPool,      // kernel, strides, dilations, pads
  kAveragePool,  // the same; include_pad: cells of pads count, of those at the ends as many as `ints` says, or all
  kReduceSum,    // axes in `ints`, keep_dims
  kReduceMean,
  kReduceMax,
  kBatchNorm,   // x, scale, bias, mean, variance; alpha = epsilon
  kNormalise,   // x, [scale], [bias]; x or x - mean by sqrt(mean square + alpha) over axes in `ints`, centred
  kRowNorm,     // x / (sum of |x|^p over the last axis)^(1/p), rows of 0 stay; p, 1 or 2, in `ints`
  kReshape,     // target in `ints`
  kTranspose,   // permutation in `ints`
  kSlice,       // `ints`: starts, then steps, then counts, an entry an axis each
  kPad,         // `ints`: begins, then ends; alpha = value
  kConcat,      // axis
  kGather,      // axis; indices in `ints`; the indexed axis stays, with as many entries as there are indices
  kArgMax,      // axis, keep_dims, last
  kAxisMap,     // axis; the entries along it times a constant matrix, in `params`: a row a result
  kTopK,        // axis, which stays, `ints`: k; positions of the largest entries, the first of equal ones first
  kTrees,       // x of rows; what else: host/graph/float_graph/trees.hpp
  kAbove,       // 1 where x > alpha, else 0; of all digits of x
  kIntegerMap,  // x of integers -> integers; `ints`: what is given for other x, then keys, then a value for each key
  kOneHot,  // `ints`: one number n; x of integers in [0, n) -> an axis of n more, 1 where the index is x and 0 elsewhere
  kFakeQuantize,  // QuantizeLinear then DequantizeLinear: alpha = scale, beta = zero point; `ints` = low, high
  kQuantised,     // the integer of a kFakeQuantize, which is the input: x / alpha + beta
  kTruncate,      // towards 0
  kMaximum,       // of two
  kEqual,         // 1 where it holds, 0 elsewhere; also below
  kLess,
  kLessEqual,
  kAnd,  // of values that are 0 or 1
  kOr,
  kXor,
  kNot,
  kWhere,          // c, a, b: a where c is 1, b where it is 0
  kIntegerDivide,  // of integers, truncated towards 0
  kModulo,         // `last`: the sign is the dividend's, as of fmod; else the divisor's
  kIntegerPower,   // of an integer and one of at least 0
  kWrap,           // `ints`: bits, 1 for signed, and 1 for the nearest end of that type; else the integer modulo 2^bits
  kRequantise,  // x of integers times `params`, float32 factors: one, or one an index of `axis`; rounded to the nearest
                // integer (ties to even), plus beta, within `ints` = low, high
  kBitAnd,      // of two's complements of any length
  kBitOr,
  kBitXor,
  kShiftLeft,   // by at least 0; `ints` as of kWrap
  kShiftRight,  // of integers of at least 0
};

// A one-hot row of many places is the product of two shorter ones, for the high and the low part of the index, where the
// places are a multiple of this number of low ones, a power of two near their root; 1: too few places for that.
std::int64_t one_hot_low_places(std::int64_t places);

const char* op_name(FloatOp op);

struct FloatNode {
  FloatOp op = FloatOp::kAdd;
  tensor::Function function = tensor::Function::kClamp;
  std::vector<double> params;
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
  bool centred = false;
  // Of kArgMax and kTopK: by all digits of the operand; of kRelu: it is below 0 by rounding alone; of kIntegerMap: it is one of
  // the keys.
  bool exact = false;
};

// How messages and names of steps name a node.
inline std::string node_name(const FloatNode& n) { return n.name + " (" + n.onnx_op + ")"; }

// The values of an input of integers.
struct IntegerRange {
  std::int64_t lo = 0;
  std::int64_t hi = 0;
  bool sampled = false;  // samples say which part of it occurs
};

struct FloatValue {
  std::string name;
  Dims shape;
  std::optional<FloatTensor> constant;
  std::optional<IntegerRange> integers = std::nullopt;  // of graph inputs alone
  std::uint32_t tie = 0;  // values with the same number, unless it is 0, are calibrated as one
  bool whole = false;     // of an integer type or boolean: computed exactly, its tensor has scale 1
  bool finite = false;    // of graph inputs: the model was told that no value is NaN or infinite
  bool fed_back = false;  // of the last graph input: it is the first output (host/graph/quantize/generation.hpp)
};

using tensor::FixedInput;

// A shape as a file declares it: -1 for a length that it leaves open, nothing where it says none.
using DeclaredShape = std::optional<Dims>;
bool fits(const DeclaredShape& declared, const Dims& found);

struct FloatGraph {
  std::vector<FloatValue> values;
  std::vector<FloatNode> nodes;
  std::vector<std::uint32_t> inputs;
  std::vector<std::uint32_t> outputs;
  std::uint32_t ties = 0;          // numbers of FloatValue::tie that are taken
  std::vector<std::string> notes;  // what the importer assumed, for the user to read
  // What the file says, whatever became of it: its nodes by operator, and the shape of each output.
  std::map<std::string, std::size_t> file_operators;
  std::vector<DeclaredShape> declared_outputs;
};

}  // namespace proofcard::graph
