// NumPy's array files. Source: numpy.lib.format, versions 1.0 to 3.0.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "host/tools/files.hpp"
#include "host/tools/values.hpp"

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

struct NpyType {
  std::string_view name;
  std::size_t bytes;
  double (*load)(const std::uint8_t*);
};
constexpr std::array kNpyTypes{
    NpyType{"<f4", 4, load_element<float>},        NpyType{"<f8", 8, load_element<double>},
    NpyType{"|i1", 1, load_element<std::int8_t>},  NpyType{"|u1", 1, load_element<std::uint8_t>},
    NpyType{"<i2", 2, load_element<std::int16_t>}, NpyType{"<u2", 2, load_element<std::uint16_t>},
    NpyType{"<i4", 4, load_element<std::int32_t>}, NpyType{"<u4", 4, load_element<std::uint32_t>},
    NpyType{"<i8", 8, load_element<std::int64_t>}, NpyType{"<u8", 8, load_element<std::uint64_t>},
    NpyType{"|b1", 1, load_element<std::uint8_t>},
};

}  // namespace

bool is_npy(ByteView file) {
  return file.size() >= kNpyMagic.size() && std::equal(kNpyMagic.begin(), kNpyMagic.end(), file.begin());
}

Result<std::vector<double>> parse_npy(ByteView file, const std::string& path) {
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
  const std::string_view descr = header_value(header, "descr");
  const auto type = std::find_if(kNpyTypes.begin(), kNpyTypes.end(), [&](const NpyType& t) {
    return descr.size() > t.name.size() + 1 && descr.substr(1, t.name.size()) == t.name && descr[0] == '\'' &&
           descr[1 + t.name.size()] == '\'';
  });
  if (type == kNpyTypes.end()) {
    return bad_input(path, "expected a little-endian float32, float64 or integer array, found another type");
  }
  if (!header_value(header, "fortran_order").starts_with("False")) {
    return bad_input(path, "expected an array in C order, found Fortran order");
  }
  std::string_view shape = header_value(header, "shape");
  if (!shape.starts_with("(") || shape.find(')') == std::string_view::npos) {
    return bad_input(path, "expected a shape in the header, found none");
  }
  shape = shape.substr(1, shape.find(')') - 1);
  std::uint64_t count = 1;
  std::uint64_t dim = 0;
  bool in_number = false;
  for (std::size_t i = 0; i <= shape.size(); ++i) {
    const char c = i < shape.size() ? shape[i] : ',';
    if (c >= '0' && c <= '9') {
      dim = std::min<std::uint64_t>(dim * 10 + static_cast<std::uint64_t>(c - '0'), kMaxFileBytes);
      in_number = true;
    } else if (c == ',' && in_number) {
      count = std::min<std::uint64_t>(count * dim, kMaxFileBytes);  // both at most 2^33
      dim = 0;
      in_number = false;
    } else if (c != ' ' && c != ',') {
      return bad_input(path, "expected a shape of whole numbers in the header, found other characters");
    }
  }
  if (in.remaining() / type->bytes != count || in.remaining() % type->bytes != 0) {
    return bad_input(path, "expected {} elements of {} bytes after the header, found {} bytes", count, type->bytes,
                     in.remaining());
  }
  PROOFCARD_TRY(const ByteView data, in.raw(in.remaining(), "data"));
  std::vector<double> out(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = type->load(data.data() + i * type->bytes);
    if (!std::isfinite(out[i])) {
      return bad_input(path, "element {}: expected a finite number, found NaN or an infinity", i);
    }
  }
  return out;
}

}  // namespace proofcard::tools
