#include "host/faces/rest/calls/infer_body.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "host/base/text.hpp"
#include "host/statement/proof.hpp"

namespace proofcard::rest {
namespace {

using nlohmann::json;
constexpr const char* kWhere = "request";
constexpr std::size_t kMaxDepth = 36;  // of arrays of values
// What input files have beside values, EZKL's too; it says nothing to us.
constexpr std::array<std::string_view, 6> kFileMembers{"input_data",   "output_data",   "output_integers",
                                                       "input_shapes", "output_shapes", "labels"};

// Finds "context" and "saturate" among the members, without a tree of all the numbers beside them.
class MembersHandler : public json::json_sax_t {
 public:
  std::string error;
  InferBody out;

  bool null() override { return other(); }
  bool boolean(bool value) override {
    if (!is_member("saturate")) {
      return other();
    }
    out.saturate = value;
    return true;
  }
  bool number_integer(number_integer_t) override { return other(); }
  bool number_unsigned(number_unsigned_t) override { return other(); }
  bool number_float(number_float_t, const string_t&) override { return other(); }
  bool string(string_t& value) override {
    if (!is_member("context")) {
      return other();
    }
    const Status status = check_context(value);
    error = status.ok() ? "" : status.error().message();
    out.context = value;
    return status.ok();
  }
  bool binary(binary_t&) override { return other(); }
  bool start_object(std::size_t) override { return enter(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool key(string_t& name) override {
    if (depth_ != 1) {
      return true;
    }
    member_ = name;
    // A member that is misspelt would be lost: a proof for nobody, when it is the context.
    if (name != "context" && name != "saturate" && std::ranges::find(kFileMembers, name) == kFileMembers.end()) {
      error = fmt::format("expected \"context\", \"saturate\" and those of an input file ({}), found \"{}\"",
                          fmt::join(kFileMembers, ", "), printable(name.substr(0, 64)));
      return false;
    }
    bool* seen = name == "context" ? &has_context_ : name == "saturate" ? &has_saturate_ : nullptr;
    if (seen != nullptr && std::exchange(*seen, true)) {
      error = fmt::format("expected \"{}\" once, found it twice", name);
      return false;
    }
    return true;
  }
  // What is no JSON is for the reader of values to say.
  bool parse_error(std::size_t, const std::string&, const json::exception&) override { return false; }

 private:
  bool is_member(std::string_view name) const { return depth_ == 1 && member_ == name; }
  bool other() {
    if (is_member("context") || is_member("saturate")) {
      error = is_member("context")
                  ? "expected \"context\" to be a text of hexadecimal digits, found another kind of value"
                  : "expected \"saturate\" to be true or false, found another kind of value";
      return false;
    }
    return true;
  }
  bool enter() {
    if (!other()) {
      return false;
    }
    ++depth_;
    return true;
  }
  bool leave() {
    --depth_;
    return true;
  }

  std::size_t depth_ = 0;
  std::string member_;
  bool has_context_ = false;
  bool has_saturate_ = false;
};

}  // namespace

bool is_nested_at_most(std::string_view text, std::size_t most) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      i += c == '\\' ? 1 : 0;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > most) {
        return false;
      }
    } else if ((c == ']' || c == '}') && depth != 0) {
      --depth;
    }
  }
  return true;
}

Status check_context(const std::string& digits) {
  const std::optional<Bytes> context = from_hex(digits);
  if (!context || context->empty() || context->size() > statement::kMaxContextBytes) {
    return bad_input("context", "expected 1 to {} bytes as hexadecimal digits, two a byte, found {}",
                     statement::kMaxContextBytes, context ? fmt::format("{} bytes", context->size()) : "other text");
  }
  return {};
}

Result<InferBody> read_infer_body(const std::string& body) {
  if (!is_nested_at_most(body, kMaxDepth)) {
    return bad_input(kWhere, "expected at most {} levels of arrays and objects, found more", kMaxDepth);
  }
  MembersHandler members;
  json::sax_parse(body.begin(), body.end(), &members);
  if (!members.error.empty()) {
    return bad_input(kWhere, "{}", members.error);
  }
  InferBody out = std::move(members.out);
  PROOFCARD_TRY(out.values,
                tools::parse_json_values({reinterpret_cast<const std::uint8_t*>(body.data()), body.size()}, kWhere));
  return out;
}

}  // namespace proofcard::rest
