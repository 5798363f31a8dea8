#include "host/tools/values.hpp"

#include <cmath>
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
