#include "host/graph/onnx/constant.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/base/check.hpp"

namespace proofcard::graph {
namespace {

using Type = onnx::TensorProto;

// Bits of an integer type, 0 for others.
int bits_of(ElementType type) {
  switch (type) {
    case Type::BOOL:
      return 1;
    case Type::INT8:
    case Type::UINT8:
      return 8;
    case Type::INT16:
    case Type::UINT16:
      return 16;
    case Type::INT32:
    case Type::UINT32:
      return 32;
    case Type::INT64:
    case Type::UINT64:
      return 64;
    default:  // of the file: any number
      return 0;
  }
}

bool is_signed(ElementType type) {
  return type == Type::INT8 || type == Type::INT16 || type == Type::INT32 || type == Type::INT64;
}

// Rounded to `bits` bits of fraction, to nearest even, with the smallest exponent of the type.
double rounded_to(double value, int bits, int least_exponent, double largest) {
  if (!std::isfinite(value) || value == 0) {
    return value;
  }
  int exponent = 0;
  std::frexp(value, &exponent);
  const int shift = bits - std::max(exponent, least_exponent);
  const double out = std::ldexp(std::nearbyint(std::ldexp(value, shift)), -shift);
  return std::abs(out) > largest ? std::copysign(std::numeric_limits<double>::infinity(), value) : out;
}

}  // namespace

bool is_float_type(ElementType type) {
  return type == Type::FLOAT || type == Type::DOUBLE || type == Type::FLOAT16 || type == Type::BFLOAT16;
}
bool is_integer_type(ElementType type) { return bits_of(type) > 0; }
bool fits_float(ElementType type) { return is_integer_type(type) && bits_of(type) <= 16; }

std::string element_type_name(ElementType type) {
  if (type == Type::STRING || is_float_type(type) || is_integer_type(type)) {
    std::string name = Type::DataType_Name(static_cast<Type::DataType>(type));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return name;
  }
  return fmt::format("element type {}", type);
}

std::int64_t lowest_of(ElementType type) {
  PROOFCARD_CHECK(is_integer_type(type));
  return is_signed(type) ? -highest_of(type) - 1 : 0;
}

std::int64_t highest_of(ElementType type) {
  PROOFCARD_CHECK(is_integer_type(type));
  const int bits = std::min(is_signed(type) ? bits_of(type) - 1 : bits_of(type), 63);
  return static_cast<std::int64_t>((std::uint64_t{1} << bits) - 1);
}

double Constant::real(std::size_t i) const {
  if (!is_integer()) {
    return reals[i];
  }
  return type == Type::UINT64 ? static_cast<double>(static_cast<std::uint64_t>(integers[i]))
                              : static_cast<double>(integers[i]);
}

Constant make_constant(ElementType type, Dims shape) {
  Constant out{type, std::move(shape), {}, {}};
  const auto size = static_cast<std::size_t>(count(out.shape));
  if (out.is_integer()) {
    out.integers.resize(size);
  } else {
    out.reals.resize(size);
  }
  return out;
}

Constant integer_list(std::vector<std::int64_t> values) {
  const auto size = static_cast<std::int64_t>(values.size());
  return {Type::INT64, {size}, {}, std::move(values)};
}

std::int64_t wrapped(ElementType type, std::int64_t value) {
  const int bits = bits_of(type);
  if (type == Type::BOOL) {
    return value != 0 ? 1 : 0;
  }
  if (bits == 64) {
    return value;
  }
  const std::uint64_t low = static_cast<std::uint64_t>(value) & ((std::uint64_t{1} << bits) - 1);
  const bool negative = is_signed(type) && (low >> (bits - 1)) != 0;
  return static_cast<std::int64_t>(low) - (negative ? std::int64_t{1} << bits : 0);
}

double rounded(ElementType type, double value) {
  switch (type) {
    case Type::FLOAT:
      return static_cast<double>(static_cast<float>(value));
    case Type::FLOAT16:
      return rounded_to(value, 11, -13, 65504);
    case Type::BFLOAT16:
      return rounded_to(value, 8, -125, 0x1.fep127);
    default:  // DOUBLE
      return value;
  }
}

std::int64_t truncated(ElementType type, double value) {
  if (type == Type::BOOL) {
    return value != 0 ? 1 : 0;
  }
  if (std::isnan(value)) {
    return 0;
  }
  const double whole = std::trunc(value);
  if (whole >= 0x1p63) {
    return type == Type::UINT64 && whole < 0x1p64 ? static_cast<std::int64_t>(static_cast<std::uint64_t>(whole))
                                                  : std::numeric_limits<std::int64_t>::max();
  }
  return whole < -0x1p63 ? std::numeric_limits<std::int64_t>::min() : wrapped(type, static_cast<std::int64_t>(whole));
}

FloatTensor to_floats(const Constant& constant) {
  FloatTensor out{constant.shape, std::vector<float>(constant.size()), constant.is_integer()};
  for (std::size_t i = 0; i < out.data.size(); ++i) {
    out.data[i] = static_cast<float>(constant.real(i));
  }
  return out;
}

Constant to_constant(const FloatTensor& tensor, ElementType type) {
  Constant out{type, tensor.shape, {}, {}};
  for (const float v : tensor.data) {
    if (out.is_integer()) {
      out.integers.push_back(static_cast<std::int64_t>(v));
    } else {
      out.reals.push_back(static_cast<double>(v));
    }
  }
  return out;
}

}  // namespace proofcard::graph
