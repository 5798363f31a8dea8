#include <bit>
#include <cmath>
#include <cstring>

#include "host/graph/onnx/importer.hpp"
#include "host/graph/quantize/float_executor.hpp"

namespace proofcard::graph {
namespace {

float half_to_float(std::uint16_t half) {
  const int exponent = half >> 10 & 31;
  const float fraction = static_cast<float>(half & 1023) / 1024.0F;
  float value = 0;
  if (exponent == 31) {
    value = fraction == 0 ? INFINITY : NAN;
  } else {
    value = exponent == 0 ? std::ldexp(fraction, -14) : std::ldexp(1.0F + fraction, exponent - 15);
  }
  return half >> 15 != 0 ? -value : value;
}

float bfloat_to_float(std::uint16_t v) { return std::bit_cast<float>(static_cast<std::uint32_t>(v) << 16); }

template <class T, class Convert>
Status from_raw(const std::string& raw, FloatTensor& out, const std::string& where, Convert&& convert) {
  if (raw.size() != out.data.size() * sizeof(T)) {
    return bad_input(where, "expected {} bytes of data, found {}", out.data.size() * sizeof(T), raw.size());
  }
  for (std::size_t i = 0; i < out.data.size(); ++i) {
    T v;
    std::memcpy(&v, raw.data() + i * sizeof(T), sizeof(T));
    out.data[i] = convert(v);
  }
  return {};
}

template <class Repeated, class Convert>
Status from_field(const Repeated& field, FloatTensor& out, const std::string& where, Convert&& convert) {
  if (static_cast<std::size_t>(field.size()) != out.data.size()) {
    return bad_input(where, "expected {} values, found {}", out.data.size(), field.size());
  }
  for (std::size_t i = 0; i < out.data.size(); ++i) {
    out.data[i] = convert(field.Get(static_cast<int>(i)));
  }
  return {};
}

template <class T, class Repeated>
Status plain(const onnx::TensorProto& p, const Repeated& field, FloatTensor& out, const std::string& where) {
  const auto convert = [](auto v) { return static_cast<float>(v); };
  return p.has_raw_data() ? from_raw<T>(p.raw_data(), out, where, convert) : from_field(field, out, where, convert);
}

Status fill(const onnx::TensorProto& p, FloatTensor& out, const std::string& where) {
  using Type = onnx::TensorProto;
  const auto half = [](auto v) { return half_to_float(static_cast<std::uint16_t>(v)); };
  const auto bfloat = [](auto v) { return bfloat_to_float(static_cast<std::uint16_t>(v)); };
  switch (p.data_type()) {
    case Type::FLOAT:
      return plain<float>(p, p.float_data(), out, where);
    case Type::DOUBLE:
      return plain<double>(p, p.double_data(), out, where);
    case Type::FLOAT16:
      return p.has_raw_data() ? from_raw<std::uint16_t>(p.raw_data(), out, where, half)
                              : from_field(p.int32_data(), out, where, half);
    case Type::BFLOAT16:
      return p.has_raw_data() ? from_raw<std::uint16_t>(p.raw_data(), out, where, bfloat)
                              : from_field(p.int32_data(), out, where, bfloat);
    default:
      break;
  }
  out.integer = true;
  switch (p.data_type()) {
    case Type::INT8:
      return plain<std::int8_t>(p, p.int32_data(), out, where);
    case Type::UINT8:
    case Type::BOOL:
      return plain<std::uint8_t>(p, p.int32_data(), out, where);
    case Type::INT16:
      return plain<std::int16_t>(p, p.int32_data(), out, where);
    case Type::UINT16:
      return plain<std::uint16_t>(p, p.int32_data(), out, where);
    case Type::INT32:
      return plain<std::int32_t>(p, p.int32_data(), out, where);
    case Type::INT64:
      return plain<std::int64_t>(p, p.int64_data(), out, where);
    case Type::UINT32:
      return plain<std::uint32_t>(p, p.uint64_data(), out, where);
    case Type::UINT64:
      return plain<std::uint64_t>(p, p.uint64_data(), out, where);
    default:
      break;
  }
  return make_error(ErrorKind::kUnsupported, where, "tensor element type {} is not supported", p.data_type());
}

}  // namespace

Result<FloatTensor> read_tensor(const onnx::TensorProto& p, const std::string& where) {
  if (p.data_location() == onnx::TensorProto::EXTERNAL || p.external_data_size() > 0) {
    return make_error(ErrorKind::kUnsupported, where,
                      "its values are in another file (external data); save the model as one file");
  }
  if (p.has_segment()) {
    return make_error(ErrorKind::kUnsupported, where, "tensor in segments is not supported");
  }
  FloatTensor out;
  std::int64_t total = 1;
  bool empty = false;
  for (std::int64_t d : p.dims()) {
    if (d < 0 || d > kMaxElements || (d > 0 && (total *= d) > kMaxElements)) {
      return bad_input(where, "expected a tensor of at most {} elements, found shape [{}]", kMaxElements,
                       fmt::join(p.dims(), ", "));
    }
    empty = empty || d == 0;
    out.shape.push_back(d);
  }
  const auto size = static_cast<std::uint64_t>(empty ? 0 : total);
  // The file must hold as many values as the shape says before anything is allocated.
  const std::uint64_t present =
      p.has_raw_data()
          ? p.raw_data().size()
          : static_cast<std::uint64_t>(p.float_data_size()) + static_cast<std::uint64_t>(p.int32_data_size()) +
                static_cast<std::uint64_t>(p.int64_data_size()) + static_cast<std::uint64_t>(p.double_data_size()) +
                static_cast<std::uint64_t>(p.uint64_data_size());
  if (present < size) {
    return bad_input(where, "expected {} values, found fewer", size);
  }
  out.data.resize(size);
  PROOFCARD_RETURN_IF_ERROR(fill(p, out, where));
  return out;
}

}  // namespace proofcard::graph
