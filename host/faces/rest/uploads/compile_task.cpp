// From an ONNX model to keys, in the worker's process.
#include "host/faces/rest/uploads/compile_task.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "host/base/text.hpp"
#include "host/circuit/batch.hpp"
#include "host/faces/rest/calls/infer_body.hpp"
#include "host/faces/rest/state/crypto.hpp"
#include "host/formats/json_text.hpp"
#include "host/report/text/accuracy_text.hpp"
#include "host/session/model.hpp"
#include "host/session/setup.hpp"

namespace proofcard::rest {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
constexpr const char* kWhere = "request";
constexpr std::size_t kMaxDepth = 36;  // of samples
constexpr std::array<std::string_view, 12> kMembers{"onnx",    "samples",     "bits",   "target_accuracy",
                                                    "measure", "output_bits", "output", "input",
                                                    "weights", "shapes",      "fixed",  "batch"};

struct CompileBody {
  Bytes onnx;
  std::optional<tools::Values> samples;
  tools::ModelOptions options;
  std::uint32_t batch = 1;
};

// The members of the body, each once and of its kind.
class Members {
 public:
  explicit Members(const json& object) : object_(object) {}

  // The first member that is not of its kind.
  const Status& status() const { return status_; }

  void whole(const char* name, std::uint32_t& value) {
    take(name, &json::is_number_unsigned, "a whole number", [&](const json& member) {
      const auto number = member.get<std::uint64_t>();
      if (number > UINT32_MAX) {
        status_ = bad_input(name, "expected at most {}, found {}", UINT32_MAX, number);
      }
      value = static_cast<std::uint32_t>(number);
    });
  }
  void number(const char* name, double& value) {
    take(name, &json::is_number, "a number", [&](const json& member) { value = member.get<double>(); });
  }
  void text(const char* name, std::string& value) {
    take(name, &json::is_string, "a text", [&](const json& member) { value = member.get<std::string>(); });
  }
  void texts(const char* name, std::vector<std::string>& value) {
    const auto are_texts = [](const json& member) {
      return member.is_array() && std::ranges::all_of(member, [](const json& text) { return text.is_string(); });
    };
    take(name, are_texts, "a list of texts NAME=...",
         [&](const json& member) { value = member.get<std::vector<std::string>>(); });
  }
  void visibility(const char* name, circuit::Visibility& value) {
    std::string found;
    text(name, found);
    if (found == "private" || found == "public") {
      value = found == "private" ? circuit::Visibility::kPrivate : circuit::Visibility::kPublic;
    } else if (!found.empty() || (status_.ok() && object_.contains(name))) {
      status_ = bad_input(name, "expected private or public, found {}", printable(found.substr(0, 64)));
    }
  }

 private:
  template <class IsRight, class Take>
  void take(const char* name, IsRight is_right, const char* kind, Take take) {
    const auto found = object_.find(name);
    if (!status_.ok() || found == object_.end()) {
      return;
    }
    if (!std::invoke(is_right, *found)) {
      status_ = bad_input(name, "expected {}, found {}", kind, found->is_number() ? found->dump() : found->type_name());
      return;
    }
    take(*found);
  }

  const json& object_;
  Status status_;
};

Result<CompileBody> read_compile_body(const Bytes& body) {
  const std::string_view characters(reinterpret_cast<const char*>(body.data()), body.size());
  const json object = is_nested_at_most(characters, kMaxDepth) ? json::parse(characters, nullptr, false) : json();
  if (!object.is_object()) {
    return bad_input(kWhere, "expected a JSON object with \"onnx\", found {}",
                     object.is_discarded() ? "no JSON" : "something else, or more than 36 levels of it");
  }
  for (const auto& [name, value] : object.items()) {
    if (std::ranges::find(kMembers, name) == kMembers.end()) {
      return bad_input(kWhere, "expected no members but {}, found \"{}\"", fmt::join(kMembers, ", "),
                       printable(name.substr(0, 64)));
    }
  }
  CompileBody out;
  std::string onnx;
  Members members(object);
  members.text("onnx", onnx);
  members.whole("bits", out.options.bits);
  members.number("target_accuracy", out.options.target);
  members.text("measure", out.options.measure);
  members.whole("output_bits", out.options.output_bits);
  members.visibility("input", out.options.compile.input);
  members.visibility("output", out.options.compile.output);
  members.visibility("weights", out.options.compile.weights);
  members.texts("shapes", out.options.shapes);
  members.texts("fixed", out.options.fixed);
  members.whole("batch", out.batch);
  PROOFCARD_RETURN_IF_ERROR(members.status());
  PROOFCARD_RETURN_IF_ERROR(tools::check(out.options));
  if (out.batch < 1 || out.batch > circuit::kMaxBatch) {
    return bad_input("batch", "expected 1 to {}, found {}", circuit::kMaxBatch, out.batch);
  }
  const std::optional<Bytes> model = from_base64(onnx);
  if (!model || model->empty()) {
    return bad_input("onnx", "expected the bytes of an ONNX file in base64, found {}",
                     object.contains("onnx") ? "another text" : "none");
  }
  out.onnx = *model;
  if (const auto samples = object.find("samples"); samples != object.end()) {
    const std::string text = samples->dump();
    PROOFCARD_TRY(out.samples, tools::parse_json_values(
                                   {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, "samples"));
  }
  return out;
}

}  // namespace

Result<CompiledKeys> compile_keys(const Bytes& body, const std::string& name) {
  PROOFCARD_TRY(CompileBody given, read_compile_body(body));
  given.options.name = name;
  PROOFCARD_TRY(const auto fixed, tools::read_fixed_inputs(given.options.fixed));
  PROOFCARD_TRY(tools::LoadedOnnx onnx, tools::read_onnx(given.onnx, "onnx", {given.options.shapes, {}, fixed}));
  std::vector<tools::RealSample> samples;
  if (given.samples) {
    PROOFCARD_TRY(samples, tools::samples_of(std::move(*given.samples), tools::input_shapes(onnx.graph), "samples"));
  }
  PROOFCARD_TRY(tools::Compilation made, tools::compile_onnx(std::move(onnx), samples, given.options));
  CompiledKeys out;
  out.report = {{"accuracy", tools::to_json(made.accuracy)}, {"notes", made.notes}, {"warnings", made.warnings}};
  made.model.options.batch = given.batch;
  Stages stages;
  PROOFCARD_TRY(out.key, tools::make_key(std::move(made.model), {kernels::cpu_msm(), kernels::cpu_int_gemm()},
                                         /*hide_weights=*/true, stages, {}));
  return out;
}

}  // namespace proofcard::rest
