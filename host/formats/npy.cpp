// NumPy's array files. Source: numpy.lib.format, versions 1.0 to 3.0.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "host/base/text.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/formats/values.hpp"

namespace proofcard::tools {
namespace {

constexpr std::array<std::uint8_t, 6> kNpyMagic{0x93, 'N', 'U', 'M', 'P', 'Y'};

// The text after 'key': in the header, a Python dictionary literal.
std::string_view header_value(std::string_view header, std::string_view key) {
  const std::size_t at = header.find(fmt::format("'{}'", key));
  if (at == std::string_view::npos) {
    return {};
  }
  header.remove_prefix(at + key.size() + 2);
  const std::size_t start = header.find_first_not_of(" :");
  return start == std::string_view::npos ? std::string_view{} : header.substr(start);
}

template <class T>
double load_element(const std::uint8_t* bytes) {
  T v;
  std::memcpy(&v, bytes, sizeof(T));
  return static_cast<double>(v);
}

// IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits.
double load_half(const std::uint8_t* bytes) {
  const unsigned bits = bytes[0] | static_cast<unsigned>(bytes[1]) << 8;
  const int exponent = static_cast<int>(bits >> 10 & 0x1f);
  const double fraction = bits & 0x3ff;
  const double magnitude = exponent == 0x1f ? (fraction == 0 ? HUGE_VAL : std::nan(""))
                           : exponent == 0  ? std::ldexp(fraction, -24)
                                            : std::ldexp(1024 + fraction, exponent - 25);
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

struct NpyType {
  std::string_view name;  // without the byte order
  std::size_t bytes;
  double (*load)(const std::uint8_t*);  // little-endian
};
constexpr std::array kNpyTypes{
    NpyType{"f2", 2, load_half},
    NpyType{"f4", 4, load_element<float>},
    NpyType{"f8", 8, load_element<double>},
    NpyType{"i1", 1, load_element<std::int8_t>},
    NpyType{"u1", 1, load_element<std::uint8_t>},
    NpyType{"i2", 2, load_element<std::int16_t>},
    NpyType{"u2", 2, load_element<std::uint16_t>},
    NpyType{"i4", 4, load_element<std::int32_t>},
    NpyType{"u4", 4, load_element<std::uint32_t>},
    NpyType{"i8", 8, load_element<std::int64_t>},
    NpyType{"u8", 8, load_element<std::uint64_t>},
    NpyType{"b1", 1, load_element<std::uint8_t>},
};

// The text between the quotes that the value begins with; nothing without them.
std::string_view quoted(std::string_view value) {
  const std::size_t end = value.find('\'', 1);
  return value.starts_with("'") && end != std::string_view::npos ? value.substr(1, end - 1) : std::string_view{};
}

constexpr std::size_t kMaxNpyAxes = 32;  // as in JSON, and in NumPy 1

// "(2, 3)" as lengths; each, and their product, at most kMaxFileBytes.
Result<std::vector<std::size_t>> parse_shape(std::string_view text, const std::string& path) {
  if (!text.starts_with("(") || text.find(')') == std::string_view::npos) {
    return bad_input(path, "expected a shape in the header, found none");
  }
  text = text.substr(1, text.find(')') - 1);
  std::vector<std::size_t> shape;
  bool in_number = false;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      if (!in_number) {
        if (shape.size() == kMaxNpyAxes) {
          return bad_input(path, "expected a shape of at most {} axes in the header, found more", kMaxNpyAxes);
        }
        shape.push_back(0);
      }
      shape.back() = std::min<std::uint64_t>(shape.back() * 10 + static_cast<std::uint64_t>(c - '0'), kMaxFileBytes);
    } else if (c != ' ' && c != ',') {
      return bad_input(path, "expected a shape of whole numbers in the header, found other characters");
    }
    in_number = c >= '0' && c <= '9';
  }
  return shape;
}

// For each place in row-major order, where that element is in Fortran order, in which the first index runs fastest.
std::vector<std::size_t> fortran_places(const std::vector<std::size_t>& shape, std::size_t count) {
  std::vector<std::size_t> places(count);
  std::vector<std::size_t> index(shape.size());
  for (std::size_t& place : places) {
    std::size_t stride = 1;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      place += index[axis] * stride;
      stride *= shape[axis];
    }
    for (std::size_t axis = shape.size(); axis-- > 0 && ++index[axis] == shape[axis];) {
      index[axis] = 0;
    }
  }
  return places;
}

}  // namespace

bool is_npy(ByteView file) {
  return file.size() >= kNpyMagic.size() && std::equal(kNpyMagic.begin(), kNpyMagic.end(), file.begin());
}

Result<Array<double>> parse_npy(ByteView file, const std::string& path) {
  ByteReader in(file, path);
  PROOFCARD_TRY(const ByteView magic, in.raw(kNpyMagic.size(), "magic"));
  static_cast<void>(magic);
  PROOFCARD_TRY(const std::uint8_t major, in.u8("version"));
  PROOFCARD_TRY(const std::uint8_t minor, in.u8("version"));
  if (major < 1 || major > 3 || minor != 0) {
    return bad_input(path, "expected .npy version 1.0, 2.0 or 3.0, found {}.{}", major, minor);
  }
  std::uint32_t header_size = 0;
  if (major == 1) {
    PROOFCARD_TRY(header_size, in.u16("header length"));
  } else {
    PROOFCARD_TRY(header_size, in.u32("header length"));
  }
  PROOFCARD_TRY(const ByteView header_bytes, in.raw(header_size, "header"));
  const std::string_view header(reinterpret_cast<const char*>(header_bytes.data()), header_bytes.size());
  const std::string_view descr = quoted(header_value(header, "descr"));
  const auto type = std::find_if(kNpyTypes.begin(), kNpyTypes.end(), [&](const NpyType& t) {
    return !descr.empty() && std::string_view("<>|=").find(descr[0]) != std::string_view::npos &&
           descr.substr(1) == t.name;
  });
  if (type == kNpyTypes.end()) {
    return bad_input(path, "expected an array of floats, integers or booleans, found {}",
                     descr.empty() ? "another kind" : fmt::format("type {}", printable(descr, 32)));
  }
  const std::string_view order = header_value(header, "fortran_order");
  if (!order.starts_with("True") && !order.starts_with("False")) {
    return bad_input(path, "expected the order of elements in the header, found none");
  }
  Array<double> out;
  PROOFCARD_TRY(out.shape, parse_shape(header_value(header, "shape"), path));
  std::uint64_t count = 1;
  for (const std::size_t length : out.shape) {
    count = length != 0 && count > kMaxFileBytes / length ? kMaxFileBytes : count * length;
  }
  if (in.remaining() / type->bytes != count || in.remaining() % type->bytes != 0) {
    return bad_input(path, "expected {} elements of {} bytes after the header, found {} bytes", count, type->bytes,
                     in.remaining());
  }
  PROOFCARD_TRY(const ByteView data, in.raw(in.remaining(), "data"));
  const std::vector<std::size_t> places = order.starts_with("True")
                                              ? fortran_places(out.shape, static_cast<std::size_t>(count))
                                              : std::vector<std::size_t>{};
  out.numbers.resize(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < out.numbers.size(); ++i) {
    std::array<std::uint8_t, 8> element{};
    const std::uint8_t* const first = data.data() + (places.empty() ? i : places[i]) * type->bytes;
    std::copy(first, first + type->bytes, element.begin());
    if (descr[0] == '>') {
      std::reverse(element.begin(), element.begin() + static_cast<std::ptrdiff_t>(type->bytes));
    }
    out.numbers[i] = type->load(element.data());
  }
  return out;
}

}  // namespace proofcard::tools
