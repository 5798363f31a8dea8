#include <bit>
#include <cmath>
#include <cstring>
#include <optional>
#include <string_view>

#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/onnx/constant.hpp"

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

// Values of an element type T of the file, by its bytes or by a field of the message, converted one by one.
template <class T, class Out, class Convert>
Status from_raw(std::string_view raw, std::vector<Out>& out, const std::string& where, Convert&& convert) {
  if (raw.size() != out.size() * sizeof(T)) {
    return bad_input(where, "expected {} bytes of data, found {}", out.size() * sizeof(T), raw.size());
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    T v;
    std::memcpy(&v, raw.data() + i * sizeof(T), sizeof(T));
    out[i] = static_cast<Out>(convert(v));
  }
  return {};
}

template <class Repeated, class Out, class Convert>
Status from_field(const Repeated& field, std::vector<Out>& out, const std::string& where, Convert&& convert) {
  if (static_cast<std::size_t>(field.size()) != out.size()) {
    return bad_input(where, "expected {} values, found {}", out.size(), field.size());
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<Out>(convert(field.Get(static_cast<int>(i))));
  }
  return {};
}

// Where the values are.
struct Source {
  const onnx::TensorProto& proto;
  std::optional<std::string_view> raw;
  const std::string& where;

  template <class T, class Repeated, class Out, class Convert>
  Status read(const Repeated& field, std::vector<Out>& out, Convert&& convert) const {
    return raw ? from_raw<T>(*raw, out, where, convert) : from_field(field, out, where, convert);
  }
  // As they are; those of a field are reduced to the type first.
  template <class T, class Repeated, class Out>
  Status plain(const Repeated& field, std::vector<Out>& out) const {
    return read<T>(field, out, [](auto v) { return static_cast<T>(v); });
  }
};

Status fill(const Source& from, std::size_t size, ReadTensor& out) {
  using Type = onnx::TensorProto;
  const onnx::TensorProto& p = from.proto;
  const auto half = [](auto v) { return half_to_float(static_cast<std::uint16_t>(v)); };
  const auto bfloat = [](auto v) { return bfloat_to_float(static_cast<std::uint16_t>(v)); };
  std::vector<float>& floats = out.floats.data;
  out.floats.integer = is_integer_type(p.data_type());
  if (fits_float(p.data_type()) || (is_float_type(p.data_type()) && p.data_type() != Type::DOUBLE)) {
    floats.resize(size);
  } else {
    out.exact = make_constant(p.data_type(), out.floats.shape);
  }
  switch (p.data_type()) {
    case Type::FLOAT:
      return from.plain<float>(p.float_data(), floats);
    case Type::FLOAT16:
      return from.read<std::uint16_t>(p.int32_data(), floats, half);
    case Type::BFLOAT16:
      return from.read<std::uint16_t>(p.int32_data(), floats, bfloat);
    case Type::INT8:
      return from.plain<std::int8_t>(p.int32_data(), floats);
    case Type::UINT8:
      return from.plain<std::uint8_t>(p.int32_data(), floats);
    case Type::BOOL:
      return from.read<std::uint8_t>(p.int32_data(), floats, [](auto v) { return v != 0 ? 1 : 0; });
    case Type::INT16:
      return from.plain<std::int16_t>(p.int32_data(), floats);
    case Type::UINT16:
      return from.plain<std::uint16_t>(p.int32_data(), floats);
    case Type::INT32:
      return from.plain<std::int32_t>(p.int32_data(), out.exact->integers);
    case Type::INT64:
      return from.plain<std::int64_t>(p.int64_data(), out.exact->integers);
    case Type::UINT32:
      return from.plain<std::uint32_t>(p.uint64_data(), out.exact->integers);
    case Type::UINT64:
      return from.plain<std::uint64_t>(p.uint64_data(), out.exact->integers);
    case Type::DOUBLE:
      return from.plain<double>(p.double_data(), out.exact->reals);
    default:  // refused before
      return {};
  }
}

}  // namespace

Result<ReadTensor> read_tensor(const onnx::TensorProto& p, const std::string& where, const std::string_view* raw) {
  if (raw == nullptr && (p.data_location() == onnx::TensorProto::EXTERNAL || p.external_data_size() > 0)) {
    return make_error(ErrorKind::kUnsupported, where,
                      "its values are in another file (external data); save the model as one file");
  }
  if (p.has_segment()) {
    return make_error(ErrorKind::kUnsupported, where, "tensor in segments is not supported");
  }
  if (!is_float_type(p.data_type()) && !is_integer_type(p.data_type())) {
    return make_error(ErrorKind::kUnsupported, where, "tensor of {} is not supported",
                      element_type_name(p.data_type()));
  }
  ReadTensor out;
  std::int64_t total = 1;
  bool empty = false;
  for (std::int64_t d : p.dims()) {
    if (d < 0 || d > kMaxElements || (d > 0 && (total *= d) > kMaxElements)) {
      return bad_input(where, "expected a tensor of at most {} elements, found shape [{}]", kMaxElements,
                       fmt::join(p.dims(), ", "));
    }
    empty = empty || d == 0;
    out.floats.shape.push_back(d);
  }
  const auto size = static_cast<std::uint64_t>(empty ? 0 : total);
  Source from{p, std::nullopt, where};
  if (raw != nullptr) {
    from.raw = *raw;
  } else if (p.has_raw_data()) {
    from.raw = p.raw_data();
  }
  // The file must hold as many values as the shape says before anything is allocated.
  const std::uint64_t present =
      from.raw
          ? from.raw->size()
          : static_cast<std::uint64_t>(p.float_data_size()) + static_cast<std::uint64_t>(p.int32_data_size()) +
                static_cast<std::uint64_t>(p.int64_data_size()) + static_cast<std::uint64_t>(p.double_data_size()) +
                static_cast<std::uint64_t>(p.uint64_data_size());
  if (present < size) {
    return bad_input(where, "expected {} values, found fewer", size);
  }
  PROOFCARD_RETURN_IF_ERROR(fill(from, size, out));
  if (out.exact) {
    out.floats = to_floats(*out.exact);
  }
  return out;
}

}  // namespace proofcard::graph
