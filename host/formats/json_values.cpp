// Values in JSON.
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "host/formats/values.hpp"

namespace proofcard::tools {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxAxes = 32;

// The shape of nested arrays while they are read: their lengths must agree at every level, and numbers are at the last.
class Nesting {
 public:
  // All return what was found instead, or nothing.
  std::string open() {
    if (rank_ && open_.size() == *rank_) {
      return "an array beside numbers";
    }
    if (open_.size() == kMaxAxes) {
      return fmt::format("more than {} levels of arrays", kMaxAxes);
    }
    if (!open_.empty()) {
      ++open_.back();
    }
    open_.push_back(0);
    if (lengths_.size() < open_.size()) {
      lengths_.push_back(kUnknown);
    }
    return {};
  }
  std::string number() {
    if (!rank_) {
      rank_ = open_.size();
    }
    if (open_.size() != *rank_ || lengths_.size() > *rank_) {
      return "a number beside arrays";
    }
    ++open_.back();
    return {};
  }
  std::string close() {
    const std::size_t length = open_.back();
    std::size_t& expected = lengths_[open_.size() - 1];
    open_.pop_back();
    if (expected != kUnknown && expected != length) {
      return fmt::format("an array of {} beside one of {}", length, expected);
    }
    expected = length;
    return {};
  }
  bool is_closed() const { return open_.empty(); }
  const std::vector<std::size_t>& shape() const { return lengths_; }  // Pre: is_closed()

 private:
  static constexpr std::size_t kUnknown = std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> open_;     // elements so far, by level
  std::vector<std::size_t> lengths_;  // of the first array at each level that was closed
  std::optional<std::size_t> rank_;   // the level of numbers
};

// Collects the arrays without building a tree, so that memory is bounded by the text and no depth of nesting recurses.
class ValuesHandler : public json::json_sax_t {
 public:
  explicit ValuesHandler(std::string path) : path_(std::move(path)) {}

  bool null() override { return scalar(); }
  bool boolean(bool) override { return scalar(); }
  bool number_integer(number_integer_t v) override { return number(static_cast<double>(v), v); }
  bool number_unsigned(number_unsigned_t v) override {
    const bool fits = v <= static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max());
    return number(static_cast<double>(v), fits ? std::optional(static_cast<std::int64_t>(v)) : std::nullopt);
  }
  bool number_float(number_float_t v, const string_t&) override { return number(v, std::nullopt); }
  bool string(string_t&) override { return scalar(); }
  bool binary(binary_t&) override { return scalar(); }

  bool start_object(std::size_t) override {
    if (member_ != Member::kOther) {
      return fail("an object");
    }
    is_object_ = is_object_ || depth_ == 0;
    ++depth_;
    return true;
  }
  bool end_object() override {
    --depth_;
    return true;
  }
  bool key(string_t& name) override {
    if (depth_ != 1 || !is_object_) {
      return true;
    }
    const auto known = [&](Member member, bool& seen) {
      key_ = name;
      member_ = member;
      return std::exchange(seen, true) ? fail_with(fmt::format("expected \"{}\" once, found it twice", key_)) : true;
    };
    return name == "input_data"        ? known(Member::kInputs, values_.has_inputs)
           : name == "output_data"     ? known(Member::kOutputs, values_.has_outputs)
           : name == "output_integers" ? known(Member::kOutputIntegers, values_.has_output_integers)
                                       : true;
  }
  bool start_array(std::size_t) override {
    ++depth_;
    if (member_ == Member::kOther || depth_ == 2) {
      return true;
    }
    if (depth_ == 3) {
      nesting_ = {};
      add_array();
    }
    return check(nesting_.open());
  }
  bool end_array() override {
    --depth_;
    if (member_ == Member::kOther) {
      return true;
    }
    if (depth_ == 1) {
      member_ = Member::kOther;
      return true;
    }
    if (!check(nesting_.close())) {
      return false;
    }
    if (nesting_.is_closed()) {
      set_shape(nesting_.shape());
    }
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const json::exception& e) override {
    if (e.id == 406) {
      return fail("a number that is too large");
    }
    return member_ != Member::kOther && num_arrays() != 0
               ? fail(fmt::format("something that is not JSON, at byte {} (NaN and infinities are not allowed)",
                                  position))
               : fail_with(fmt::format("expected {}; found a syntax error at byte {}", kValueFormats, position));
  }

  Result<Values> finish(bool parsed) {
    if (!parsed || !error_.empty()) {
      return Error{ErrorKind::kBadInput, path_, error_};
    }
    if (!is_object_ || (!values_.has_inputs && !values_.has_outputs && !values_.has_output_integers)) {
      return bad_input(path_, "expected {}; found JSON without \"input_data\"", kValueFormats);
    }
    return std::move(values_);
  }

 private:
  enum class Member { kOther, kInputs, kOutputs, kOutputIntegers };

  std::vector<Array<double>>& reals() { return member_ == Member::kInputs ? values_.inputs : values_.outputs; }
  bool is_integers() const { return member_ == Member::kOutputIntegers; }
  void add_array() {
    if (is_integers()) {
      values_.output_integers.emplace_back();
    } else {
      reals().emplace_back();
    }
  }
  void set_shape(const std::vector<std::size_t>& shape) {
    (is_integers() ? values_.output_integers.back().shape : reals().back().shape) = shape;
  }
  std::size_t num_arrays() { return is_integers() ? values_.output_integers.size() : reals().size(); }
  std::size_t num_numbers() {
    return num_arrays() == 0 ? 0
           : is_integers()   ? values_.output_integers.back().numbers.size()
                             : reals().back().numbers.size();
  }

  bool fail_with(std::string what) {
    error_ = std::move(what);
    return false;
  }
  bool fail(const std::string& found) {
    if (member_ == Member::kOther) {
      return fail_with(fmt::format("expected \"input_data\" with arrays of numbers, found {}", found));
    }
    return fail_with(fmt::format("{}[{}], element {}: expected {}, found {}", key_,
                                 num_arrays() == 0 ? 0 : num_arrays() - 1, num_numbers(),
                                 is_integers() ? "an integer of 64 bits" : "a finite number", found));
  }
  bool check(const std::string& found) {
    return found.empty() ? true
                         : fail_with(fmt::format("{}[{}]: expected arrays of the same length at every level, found {}",
                                                 key_, num_arrays() - 1, found));
  }
  bool scalar() {
    if (member_ == Member::kOther) {
      return true;
    }
    return depth_ == 1 ? fail_with(fmt::format("expected \"{}\" to be an array of arrays, found a single value", key_))
                       : fail("another kind of value");
  }
  bool number(double v, std::optional<std::int64_t> integer) {
    if (member_ == Member::kOther || depth_ == 1) {
      return scalar();
    }
    if (depth_ == 2) {
      return fail_with(
          fmt::format("expected \"{0}\" to be an array of arrays ([[...]]), found a number directly in it", key_));
    }
    if (!std::isfinite(v) || (is_integers() && !integer)) {
      return fail(is_integers() ? "another number" : "a number that is too large");
    }
    if (!check(nesting_.number())) {
      return false;
    }
    if (is_integers()) {
      values_.output_integers.back().numbers.push_back(*integer);
    } else {
      reals().back().numbers.push_back(v);
    }
    return true;
  }

  std::string path_;
  std::string error_;
  Values values_;
  Member member_ = Member::kOther;  // that is being read
  std::string key_;
  Nesting nesting_;
  std::size_t depth_ = 0;
  bool is_object_ = false;
};

}  // namespace

Result<Values> parse_json_values(ByteView text, const std::string& path) {
  ValuesHandler handler(path);
  const auto* first = reinterpret_cast<const char*>(text.data());
  const bool parsed = json::sax_parse(first, first + text.size(), &handler);
  return handler.finish(parsed);
}

}  // namespace proofcard::tools
