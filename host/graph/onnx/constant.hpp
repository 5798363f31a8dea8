// A constant of an ONNX file in its own element type, for folding: integers wrap around at the ends of their type, floats are
// rounded to theirs. What is left of it in the float graph is a FloatTensor. Private to graph/onnx.
//
// Shape:  row-major; dimensions of 0 are allowed.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/result.hpp"
#include "host/graph/float_graph/float_graph.hpp"

namespace proofcard::graph {

using ElementType = int;  // onnx::TensorProto::DataType

bool is_float_type(ElementType type);    // FLOAT, DOUBLE, FLOAT16, BFLOAT16
bool is_integer_type(ElementType type);  // of 8 to 64 bits, signed or not, and BOOL
// Whether a float holds every value of an integer type.
bool fits_float(ElementType type);
std::string element_type_name(ElementType type);

// The ends of an integer type; UINT64 ends where int64 does. Pre: is_integer_type(type).
std::int64_t lowest_of(ElementType type);
std::int64_t highest_of(ElementType type);

struct Constant {
  ElementType type = onnx::TensorProto::FLOAT;
  Dims shape;
  std::vector<double> reals;           // of float types
  std::vector<std::int64_t> integers;  // of integer types; UINT64 by its bits

  bool is_integer() const { return is_integer_type(type); }
  std::size_t size() const { return is_integer() ? integers.size() : reals.size(); }
  double real(std::size_t i) const;
};

// Zeros.
Constant make_constant(ElementType type, Dims shape);
Constant integer_list(std::vector<std::int64_t> values);  // INT64, one axis

// The value in the type: modulo 2^bits for integers (0 or 1 for BOOL), rounded to nearest for floats.
std::int64_t wrapped(ElementType type, std::int64_t value);
double rounded(ElementType type, double value);
// As Cast converts: floats are truncated towards zero, then taken modulo 2^bits; beyond 64 bits, the ends.
std::int64_t truncated(ElementType type, double value);

FloatTensor to_floats(const Constant& constant);
// Of integer types whose values the tensor holds exactly, or FLOAT and shorter types.
Constant to_constant(const FloatTensor& tensor, ElementType type);

// A tensor of the file. `exact` has what floats do not hold: integers of 32 and 64 bits, and doubles.
struct ReadTensor {
  FloatTensor floats;
  std::optional<Constant> exact;
};
// `raw`, when given, is where the values are: of a tensor in another file.
Result<ReadTensor> read_tensor(const onnx::TensorProto& proto, const std::string& where,
                               const std::string_view* raw = nullptr);

}  // namespace proofcard::graph
