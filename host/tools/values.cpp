#include "host/tools/values.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "host/tools/files.hpp"

namespace proofcard::tools {
namespace {

using nlohmann::json;

// Collects the two arrays without building a tree, so that memory is bounded by the text and no depth of nesting
// recurses.
class ValuesHandler : public json::json_sax_t {
 public:
  explicit ValuesHandler(std::string path) : path_(std::move(path)) {}

  bool null() override { return scalar(); }
  bool boolean(bool) override { return scalar(); }
  bool number_integer(number_integer_t v) override { return number(static_cast<double>(v)); }
  bool number_unsigned(number_unsigned_t v) override { return number(static_cast<double>(v)); }
  bool number_float(number_float_t v, const string_t&) override { return number(v); }
  bool string(string_t&) override { return scalar(); }
  bool binary(binary_t&) override { return scalar(); }

  bool start_object(std::size_t) override {
    if (rows_ != nullptr) {
      return fail("an object");
    }
    if (depth_ == 0) {
      is_object_ = true;
    }
    ++depth_;
    return true;
  }
  bool end_object() override {
    --depth_;
    return true;
  }
  bool key(string_t& name) override {
    if (depth_ != 1) {
      return true;
    }
    pending_ = name == "input_data" ? &values_.inputs : name == "output_data" ? &values_.outputs : nullptr;
    key_ = name == "input_data" || name == "output_data" ? name : "";
    if (pending_ != nullptr) {
      bool& seen = pending_ == &values_.inputs ? values_.has_inputs : values_.has_outputs;
      if (seen) {
        return fail_with(fmt::format("expected \"{}\" once, found it twice", key_));
      }
      seen = true;
    }
    return true;
  }
  bool start_array(std::size_t) override {
    ++depth_;
    if (rows_ == nullptr && depth_ == 2 && is_object_ && pending_ != nullptr) {
      rows_ = pending_;
      pending_ = nullptr;
    } else if (rows_ != nullptr && depth_ == 3) {
      rows_->emplace_back();
    }
    return true;
  }
  bool end_array() override {
    --depth_;
    if (rows_ != nullptr && depth_ == 1) {
      rows_ = nullptr;
    }
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const json::exception& e) override {
    if (e.id == 406) {
      return fail("a number that is too large");
    }
    return rows_ != nullptr && !rows_->empty()
               ? fail(fmt::format("something that is not JSON, at byte {} (NaN and infinities are not allowed)",
                                  position))
               : fail_with(fmt::format("expected JSON, found a syntax error at byte {}", position));
  }

  Result<Values> finish(bool parsed) {
    if (!parsed || !error_.empty()) {
      return Error{ErrorKind::kBadInput, path_, error_};
    }
    if (!is_object_ || (!values_.has_inputs && !values_.has_outputs)) {
      return bad_input(path_, "expected {{\"input_data\": [[...], ...]}}, found JSON without \"input_data\"");
    }
    return std::move(values_);
  }

 private:
  bool fail_with(std::string what) {
    error_ = std::move(what);
    return false;
  }
  bool fail(const std::string& found) {
    if (rows_ == nullptr) {
      return fail_with(fmt::format("expected \"input_data\" with arrays of numbers, found {}", found));
    }
    const std::size_t row = rows_->empty() ? 0 : rows_->size() - 1;
    const std::size_t element = rows_->empty() ? 0 : rows_->back().size();
    return fail_with(fmt::format("{}[{}], element {}: expected a finite number, found {}", key_, row, element, found));
  }
  bool scalar() {
    if (rows_ != nullptr) {
      return fail("another kind of value");
    }
    if (pending_ != nullptr) {
      return fail_with(fmt::format("expected \"{}\" to be an array of arrays, found a single value", key_));
    }
    return true;
  }
  bool number(double v) {
    if (rows_ == nullptr) {
      return scalar();
    }
    if (depth_ < 3) {
      return fail_with(
          fmt::format("expected \"{0}\" to be an array of arrays ([[...]]), found a number directly in it", key_));
    }
    if (!std::isfinite(v)) {
      return fail("a number that is too large");
    }
    rows_->back().push_back(v);
    return true;
  }

  std::string path_;
  std::string error_;
  Values values_;
  std::vector<std::vector<double>>* pending_ = nullptr;  // the array that the last key announced
  std::vector<std::vector<double>>* rows_ = nullptr;     // the array that is being read
  std::string key_;
  std::size_t depth_ = 0;
  bool is_object_ = false;
};

constexpr std::array<std::uint8_t, 6> kNpyMagic{0x93, 'N', 'U', 'M', 'P', 'Y'};

bool is_npy(ByteView file) {
  return file.size() >= kNpyMagic.size() && std::equal(kNpyMagic.begin(), kNpyMagic.end(), file.begin());
}

// The text after 'key': in the header, a Python dictionary literal.
std::string_view header_value(std::string_view header, std::string_view key) {
  const std::size_t at = header.find("'" + std::string(key) + "'");
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

Result<std::vector<float>> to_floats(std::span<const double> row, const std::string& where) {
  std::vector<float> out;
  out.reserve(row.size());
  for (std::size_t i = 0; i < row.size(); ++i) {
    const auto v = static_cast<float>(row[i]);
    if (!std::isfinite(v)) {
      return bad_input(where, "element {}: expected a finite float32 value, found one that is too large", i);
    }
    out.push_back(v);
  }
  return out;
}

std::string total_sizes(const std::vector<std::size_t>& sizes) { return fmt::format("{}", fmt::join(sizes, " + ")); }

}  // namespace

Result<Values> parse_json_values(ByteView text, const std::string& path) {
  ValuesHandler handler(path);
  const bool parsed = json::sax_parse(text.begin(), text.end(), &handler);
  return handler.finish(parsed);
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

Result<Values> load_values(const std::string& path) {
  PROOFCARD_TRY(const Bytes file, read_file(path));
  if (!is_npy(file)) {
    return parse_json_values(file, path);
  }
  Values values;
  values.has_inputs = true;
  PROOFCARD_TRY(values.inputs.emplace_back(), parse_npy(file, path));
  return values;
}

Result<std::vector<std::vector<float>>> one_sample(const Values& values, const std::vector<std::size_t>& sizes,
                                                   const std::string& path) {
  if (!values.has_inputs) {
    return bad_input(path, "expected \"input_data\", found none");
  }
  if (values.inputs.size() != sizes.size()) {
    return bad_input(path, "input_data: expected {} array(s), one for each input of the model, found {}", sizes.size(),
                     values.inputs.size());
  }
  std::vector<std::vector<float>> out;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (values.inputs[i].size() != sizes[i]) {
      return bad_input(path, "input_data[{}]: expected {} numbers, found {}", i, sizes[i], values.inputs[i].size());
    }
    PROOFCARD_TRY(out.emplace_back(), to_floats(values.inputs[i], fmt::format("{}: input_data[{}]", path, i)));
  }
  return out;
}

Result<std::vector<std::vector<std::vector<float>>>> many_samples(const Values& values,
                                                                  const std::vector<std::size_t>& sizes,
                                                                  const std::string& path) {
  if (values.inputs.empty()) {
    return bad_input(path, "expected \"input_data\" with at least one sample, found none");
  }
  std::size_t total = 0;
  for (const std::size_t size : sizes) {
    total += size;
  }
  const bool row_a_sample = values.inputs[0].size() == total;
  std::vector<std::vector<std::vector<float>>> out;
  if (!row_a_sample && values.inputs.size() % sizes.size() != 0) {
    return bad_input(path, "input_data: expected rows of {} numbers, found one of {}", total, values.inputs[0].size());
  }
  for (std::size_t row = 0; row < values.inputs.size(); ++row) {
    const std::vector<double>& data = values.inputs[row];
    const std::size_t expected = row_a_sample ? total : sizes[row % sizes.size()];
    if (data.size() != expected) {
      return bad_input(path, "input_data[{}]: expected {} numbers ({}), found {}", row, expected, total_sizes(sizes),
                       data.size());
    }
    const std::string where = fmt::format("{}: input_data[{}]", path, row);
    if (!row_a_sample) {
      if (row % sizes.size() == 0) {
        out.emplace_back();
      }
      PROOFCARD_TRY(out.back().emplace_back(), to_floats(data, where));
      continue;
    }
    out.emplace_back();
    std::size_t offset = 0;
    for (const std::size_t size : sizes) {
      PROOFCARD_TRY(out.back().emplace_back(), to_floats(std::span(data).subspan(offset, size), where));
      offset += size;
    }
  }
  return out;
}

}  // namespace proofcard::tools
